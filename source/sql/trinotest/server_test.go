package trinotest

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// call sends one request of the protocol and returns the document.
func call(t *testing.T, method, address, body string, header map[string]string) (results, http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Trino-User", "reader")
	for name, value := range header {
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // it was read
	var doc results
	if err := json.NewDecoder(resp.Body).Decode(&doc); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	return doc, resp.Header
}

// walk follows a statement to its end.
func walk(t *testing.T, s *Server, statement string, header map[string]string) (data [][]any, last results, headers http.Header) {
	t.Helper()
	headers = http.Header{}
	doc, _ := call(t, http.MethodPost, s.server.URL+"/v1/statement", statement, header)
	for doc.NextURI != "" {
		next, h := call(t, http.MethodGet, doc.NextURI, "", nil)
		maps.Copy(headers, h)
		doc = next
		data = append(data, doc.Data...)
	}
	return data, doc, headers
}

func TestServer_PagesToTheEnd(t *testing.T) {
	s := New(t, func(q Query) Reply {
		if strings.Contains(q.SQL, "broken") {
			return Reply{Error: &Error{Message: "line 1:1: no", Name: "SYNTAX_ERROR", Type: "USER_ERROR", Code: 1}}
		}
		return Reply{Columns: []Column{{"a", "decimal(10, 2)"}}, Pages: [][][]any{{{"1.50"}}, {}, {{"2.50"}}}}
	})
	data, last, _ := walk(t, s, "SELECT 1", nil)
	if diff := cmp.Diff([][]any{{"1.50"}, {"2.50"}}, data); diff != "" || last.Stats.State != "FINISHED" || s.Running() != 0 {
		t.Errorf("%s; it ended as %+v", diff, last)
	}
	want := column{Name: "a", Type: "decimal(10, 2)", Signature: signature{RawType: "decimal", Arguments: []argument{{"LONG", 10.0}, {"LONG", 2.0}}}}
	if diff := cmp.Diff([]column{want}, last.Columns); diff != "" {
		t.Error(diff)
	}
	if _, last, _ = walk(t, s, "SELECT broken", nil); last.Error == nil || last.Error.Name != "SYNTAX_ERROR" || last.Stats.State != "FAILED" {
		t.Errorf("it ended as %+v", last)
	}
}

func TestServer_TakesStatementsApart(t *testing.T) {
	s := New(t, func(Query) Reply { return Reply{Columns: []Column{{"a", "bigint"}}} })
	walk(t, s, "EXECUTE IMMEDIATE 'SELECT ''a'' WHERE x = ? AND y IN (?, ?)' USING 12, 'it''s, so', TIMESTAMP '2026-01-01 00:00:00'", nil)
	walk(t, s, "EXECUTE q USING 'a'", map[string]string{"X-Trino-Prepared-Statement": "q=SELECT+%3F"})
	_, last, _ := walk(t, s, "EXECUTE IMMEDIATE 'SELECT", nil)
	if last.Error == nil {
		t.Error("a text that never ends was taken")
	}
	var got []string
	for _, q := range s.Seen() {
		got = append(got, q.SQL+" | "+strings.Join(q.Arguments, " | "))
	}
	want := []string{"SELECT 'a' WHERE x = ? AND y IN (?, ?) | 12 | 'it''s, so' | TIMESTAMP '2026-01-01 00:00:00'", "SELECT ? | 'a'"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestServer_KnowsTransactions(t *testing.T) {
	s := New(t, func(Query) Reply { return Reply{Columns: []Column{{"a", "bigint"}}} })
	_, _, headers := walk(t, s, "START TRANSACTION READ ONLY", map[string]string{"X-Trino-Transaction-Id": "NONE"})
	id := headers.Get("X-Trino-Started-Transaction-Id")
	if id == "" || s.Open() != 1 {
		t.Fatalf("%d transactions, the name %q", s.Open(), id)
	}
	walk(t, s, "SELECT 1", map[string]string{"X-Trino-Transaction-Id": id})
	if _, last, _ := walk(t, s, "SELECT 1", map[string]string{"X-Trino-Transaction-Id": "tx-none"}); last.Error == nil {
		t.Error("a transaction that is not open was taken")
	}
	if _, _, headers = walk(t, s, "ROLLBACK", map[string]string{"X-Trino-Transaction-Id": id}); headers.Get("X-Trino-Clear-Transaction-Id") == "" || s.Open() != 0 {
		t.Errorf("%d transactions are open", s.Open())
	}
	if seen := s.Seen(); len(seen) != 1 || seen[0].Transaction != id {
		t.Errorf("saw %+v", seen)
	}
}

func TestServer_StopsWhatIsDeleted(t *testing.T) {
	s := New(t, func(Query) Reply { return Reply{Endless: true} })
	for _, path := range []string{"/v1/query/", ""} {
		doc, _ := call(t, http.MethodPost, s.server.URL+"/v1/statement", "SELECT 1", nil)
		doc, _ = call(t, http.MethodGet, doc.NextURI, "", nil)
		address := doc.NextURI
		if path != "" {
			address = s.server.URL + path + doc.ID
		}
		call(t, http.MethodDelete, address, "", nil)
		if doc, _ = call(t, http.MethodGet, doc.NextURI, "", nil); doc.Error == nil || doc.Error.Name != "USER_CANCELED" || doc.NextURI != "" {
			t.Errorf("it went on: %+v", doc)
		}
	}
	if n := len(s.Cancelled()); n != 2 || s.Running() != 0 {
		t.Errorf("%d were cancelled, %d run", n, s.Running())
	}
}
