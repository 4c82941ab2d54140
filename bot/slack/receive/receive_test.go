package receive

import (
	"encoding/json"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }

func TestDelivery_EncodeAndDecode(t *testing.T) {
	d := Delivery{
		Kind: KindEvent, App: "A1", Team: "T1", Enterprise: "E1", User: "U1", Keys: []string{"event:Ev1", "msg:C1:1.1"}, Retry: 2,
		At: time.Date(2026, 11, 25, 12, 0, 0, 5, time.UTC), Payload: json.RawMessage(`{"event":{"text":"a & b"}}`), MaxAnswer: 7,
	}
	got, err := Decode(d.Encode())
	if err != nil {
		t.Fatal(err)
	}
	var text struct{ Event struct{ Text string } }
	if err := json.Unmarshal(got.Payload, &text); err != nil || text.Event.Text != "a & b" {
		t.Errorf("the payload is %s: %v", got.Payload, err)
	}
	d.Payload, got.Payload, d.MaxAnswer = nil, nil, 0
	if diff := cmp.Diff(d, got); diff != "" {
		t.Error(diff)
	}
	d.Payload = json.RawMessage("{no json")
	if got, err = Decode(d.Encode()); err != nil || string(got.Payload) != "null" || got.User != "U1" {
		t.Errorf("read %+v, %v", got, err)
	}
	for _, b := range []string{"", "{}", "null", "[]", `{"kind":7}`} {
		if _, err := Decode([]byte(b)); err == nil {
			t.Errorf("reads %q", b)
		}
	}
}

// checkParsed holds what every parsed delivery promises.
func checkParsed(t *testing.T, d Delivery, err error) {
	t.Helper()
	if err != nil || d.Kind == "" {
		return
	}
	if len(d.Keys) == 0 {
		t.Error("no key")
	}
	for _, k := range d.Keys {
		if len(k) > maxKey+10 || k == "" {
			t.Errorf("the key %q", k)
		}
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(d.Payload, &object) != nil || object["token"] != nil {
		t.Errorf("the payload is %q", d.Payload)
	}
	back, err := Decode(d.Encode())
	if err != nil {
		t.Fatal(err)
	}
	d.Payload, back.Payload = nil, nil
	if diff := cmp.Diff(d, back); diff != "" {
		t.Error(diff)
	}
}

func FuzzEvent(f *testing.F) {
	for _, s := range []string{
		`{"token":"t","team_id":"T1","type":"event_callback","event_id":"Ev1","authorizations":[{"team_id":"T1"}],"event":{"type":"app_mention","user":{"id":"U1"},"ts":"1.1","channel":"C1"}}`,
		`{"type":"url_verification","challenge":"c"}`, `{"type":"app_rate_limited","minute_rate_limited":1}`, `{"event":{"type":7}}`, `{"a":[{"a":1,"a":2}]}`, `[]`, ``,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, _, err := readEvent(b)
		checkParsed(t, d, err)
	})
}

func FuzzInteraction(f *testing.F) {
	for _, s := range []string{
		`{"type":"block_actions","team":{"id":"T1"},"user":{"id":"U1"},"trigger_id":"1.2.3","token":"t"}`,
		`{"type":"view_submission","team":null,"view":{"app_installed_team_id":"T1","blocks":[{"type":"input","block_id":"b"}]}}`,
		`{"type":"view_submission","view":[]}`, `{"type":"view_closed"}`, `{"type":{}}`, ``,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := readInteraction(b)
		checkParsed(t, d, err)
		if err == nil && d.Kind != "" {
			if v := refusal(d); v.body != nil && !json.Valid(v.body) {
				t.Errorf("is refused with %q", v.body)
			}
		}
	})
}

func FuzzCommand(f *testing.F) {
	for _, s := range []string{vectorBody, `{"command":"/x","is_enterprise_install":false,"n":1,"o":{},"l":[],"z":null}`, "a=%zz", "=&&=", "{}", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range []func([]byte) (map[string]string, error){readForm, commandJSON} {
			values, err := read(b)
			if err != nil {
				continue
			}
			d, err := readCommand(values)
			checkParsed(t, d, err)
		}
		_, _ = readPayload(b)
		_ = findID(b)
	})
}
