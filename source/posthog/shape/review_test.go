package shape

import (
	"encoding/json"
	"errors"
	"testing"

	"insightbot/insight"
)

// PostHog answers 200 with an empty list and a reason where a query is saved with
// its debugging on: that is no empty answer.
func TestRead_AnErrorBesideAResultIsAnError(t *testing.T) {
	for _, body := range []string{
		`{"results": [], "error": "Query exceeded max execution time"}`, `{"result": [], "query_status": {"error": true, "error_message": "too much"}}`,
		`{"result": null, "query_status": {"error": true, "error_message": "too much"}}`,
	} {
		if a, err := Read([]byte(body)); err != nil || a.State != StateFailed || a.Message == "" {
			t.Errorf("%s: %+v, %v", body, a, err)
		}
	}
	if a, err := Read([]byte(`{"results": [], "error": null}`)); err != nil || a.State != StateAnswer {
		t.Errorf("nothing found: %+v, %v", a, err)
	}
}

// A cell without a column may be one that nobody may read.
func TestTable_ARowOfMoreCellsThanColumnsIsBroken(t *testing.T) {
	r := &reading{}
	_, err := r.table(Answer{body: body{result: json.RawMessage(`[["a", "b@x.org"]]`), columns: []string{"plan"}}})
	if !errors.Is(err, insight.ErrBroken) {
		t.Errorf("got %v", err)
	}
}

func TestShown_CutsWhatMayTellWhoSomebodyIs(t *testing.T) {
	for v, want := range map[string]string{
		"https://x.example/a?email=bob@x.org": "https://x.example/a", "/a#token": "/a", "Chrome": "Chrome", "what?": "what?", "bob@x.org": hidden,
	} {
		if got := shown(v); got != want {
			t.Errorf("%s is shown as %s", v, got)
		}
	}
}
