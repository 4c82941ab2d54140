package receive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The vector of Slack's page "Verifying requests from Slack".
const (
	vectorBody = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&" +
		"user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&" +
		"trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	vectorSignature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
)

func vector(body, at, signature string) *http.Request {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/slack/commands", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header[headerTime], r.Header[headerSignature] = []string{at}, []string{signature}
	return r
}

func TestHTTP_AcceptsTheVectorOfTheDocumentation(t *testing.T) {
	var got taken
	w := serve(testHandler(t, got.take), vector(vectorBody, "1531420618", vectorSignature))
	if w.Code != http.StatusOK || len(got.all()) != 1 {
		t.Fatalf("answered %d, took %d", w.Code, len(got.all()))
	}
	d := got.all()[0]
	var values map[string]string
	if err := json.Unmarshal(d.Payload, &values); err != nil {
		t.Fatal(err)
	}
	if values["command"] != "/webhook-collect" || values["user_name"] != "roadrunner" || values["token"] != "" {
		t.Errorf("the payload is %s", d.Payload)
	}
	d.Payload = nil
	want := Delivery{
		Kind: KindCommand, Team: "T1DC2JH3J", User: "U2CERLKJA", At: testNow, MaxAnswer: maxHTTPAnswer,
		Keys: []string{"trigger:398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"},
	}
	if diff := cmp.Diff(want, d); diff != "" {
		t.Error(diff)
	}
}

// TestHTTP_RefusesMutants is attack A1: whatever is changed, nothing is taken.
func TestHTTP_RefusesMutants(t *testing.T) {
	var got taken
	h := testHandler(t, got.take)
	rng := rand.New(rand.NewPCG(1, 2))
	mutate := func(s string) string {
		b := []byte(s)
		for {
			i := rng.IntN(len(b))
			switch rng.IntN(5) {
			case 0, 1, 2:
				b[i] ^= 1 << rng.IntN(8)
			case 3:
				b = append(b[:i:i], b[i+1:]...)
			case 4:
				b = append(b[:i:i], append([]byte{byte(rng.IntN(256))}, b[i:]...)...)
			}
			if string(b) != s && len(b) > 0 {
				return string(b)
			}
		}
	}
	for n := range 10_000 {
		parts := [3]string{vectorBody, "1531420618", vectorSignature}
		parts[n%3] = mutate(parts[n%3])
		if w := serve(h, vector(parts[0], parts[1], parts[2])); w.Code != http.StatusUnauthorized {
			t.Fatalf("answered %d to %q", w.Code, parts)
		}
	}
	if len(got.all()) != 0 {
		t.Errorf("took %d mutants", len(got.all()))
	}
	if w := serve(h, vector(vectorBody, "1531420618", vectorSignature)); w.Code != http.StatusOK {
		t.Errorf("answered %d to the original", w.Code)
	}
}

func TestHTTP_AcceptsFiveMinutesInBothDirections(t *testing.T) {
	for offset, want := range map[time.Duration]int{
		0: 200, 300 * time.Second: 200, -300 * time.Second: 200, 301 * time.Second: 401, -301 * time.Second: 401, 87600 * time.Hour: 401, -400000 * time.Hour: 401,
	} {
		var got taken
		h, err := HTTP(HTTPConfig{Secret: testSecret, Take: got.take, Now: func() time.Time { return testNow.Add(offset) }})
		if err != nil {
			t.Fatal(err)
		}
		w := serve(h, vector(vectorBody, "1531420618", vectorSignature))
		if w.Code != want || len(got.all()) != (401-want)/201 {
			t.Errorf("%s away: answered %d, took %d; want %d", offset, w.Code, len(got.all()), want)
		}
	}
}

func TestHTTP_RefusesAndDoesNothing(t *testing.T) {
	const action = `{"type":"block_actions","team":{"id":"T1"},"user":{"id":"U1"},"trigger_id":"1.2.3"}`
	const message = `{"type":"event_callback","team_id":"T1","event_id":"Ev1","event":{"type":"message","ts":"1.1","channel":"C1"}}`
	form := "payload=" + url.QueryEscape(action)
	change := func(r *http.Request, f func(*http.Request)) *http.Request { f(r); return r }
	header := func(name string, values ...string) func(*http.Request) {
		return func(r *http.Request) { r.Header[name] = values }
	}
	for name, c := range map[string]struct {
		r    *http.Request
		want int
	}{
		"no signature":                       {change(post("/slack/events", message), header(headerSignature)), 401},
		"two signatures":                     {change(post("/slack/events", message), header(headerSignature, sign(testNow, message), sign(testNow, message))), 401},
		"no time":                            {change(post("/slack/events", message), header(headerTime)), 401},
		"a time with a sign":                 {change(post("/slack/events", message), header(headerTime, "+1531420618")), 401},
		"a huge time":                        {change(post("/slack/events", message), header(headerTime, strings.Repeat("9", 400))), 401},
		"the signature of another body":      {change(post("/slack/events", message), header(headerSignature, sign(testNow, action))), 401},
		"a signature in capitals":            {change(post("/slack/events", message), header(headerSignature, strings.ToUpper(sign(testNow, message)))), 401},
		"a payload in the query":             {post("/slack/interactions?"+form, ""), 400},
		"a payload in the query and a form":  {post("/slack/interactions?"+form, "other=1"), 400},
		"two payloads":                       {post("/slack/interactions", form+"&"+form), 400},
		"a payload that is no JSON":          {post("/slack/interactions", "payload=x"), 400},
		"JSON as an interaction":             {post("/slack/interactions", action), 400},
		"an event as a form":                 {change(post("/slack/events", message), header("Content-Type", "application/x-www-form-urlencoded")), 400},
		"an event without a type":            {change(post("/slack/events", message), header("Content-Type")), 400},
		"a command as JSON":                  {change(post("/slack/commands", "command=/x"), header("Content-Type", "application/json")), 400},
		"a command as a multipart form":      {change(post("/slack/commands", "command=/x"), header("Content-Type", "multipart/form-data; boundary=x")), 400},
		"a field twice":                      {post("/slack/commands", "team_id=T1&team_id=T2"), 400},
		"a form that is none":                {post("/slack/commands", "a=%zz"), 400},
		"a field that is no UTF-8":           {post("/slack/commands", "a=%ff"), 400},
		"a body of more than 1 MiB":          {post("/slack/events", `{"type":"`+strings.Repeat("x", maxBody)+`"}`), 400},
		"a form of more than 1 MiB":          {post("/slack/commands", "text="+strings.Repeat("x", maxBody)), 400},
		"a string of 70 kB":                  {post("/slack/events", `{"type":"event_callback","event":{"type":"message","text":"`+strings.Repeat("x", 70_000)+`"}}`), 400},
		"a name of 70 kB":                    {post("/slack/events", `{"type":"event_callback","event":{"`+strings.Repeat("x", 70_000)+`":1}}`), 400},
		"a field of 70 kB":                   {post("/slack/commands", "text="+strings.Repeat("x", 70_000)), 400},
		"3,000 levels of arrays":             {post("/slack/events", `{"event":`+strings.Repeat("[", 3000)+strings.Repeat("]", 3000)+`}`), 400},
		"3,000 levels of objects":            {post("/slack/events", strings.Repeat(`{"a":`, 3000)+"1"+strings.Repeat("}", 3000)), 400},
		"a name twice":                       {post("/slack/events", `{"type":"event_callback","team_id":"T1","team_id":"T2","event":{"type":"message"}}`), 400},
		"a name twice within, in escapes":    {post("/slack/events", `{"event":{"type":"message","user":"U1","us\u0065r":"U2"}}`), 400},
		"something after the object":         {post("/slack/events", message+message), 400},
		"an array":                           {post("/slack/events", "["+message+"]"), 400},
		"nothing":                            {post("/slack/events", ""), 400},
		"cut off":                            {post("/slack/events", message[:40]), 400},
		"no UTF-8":                           {post("/slack/events", "{\"type\":\"\xff\"}"), 400},
		"a handshake without a challenge":    {post("/slack/events", `{"type":"url_verification"}`), 400},
		"a handshake that is not signed":     {change(post("/slack/events", `{"type":"url_verification","challenge":"c"}`), header(headerSignature)), 401},
		"a look at the certificate unsigned": {change(post("/slack/commands", "ssl_check=1"), header(headerSignature)), 401},
		"GET of events":                      {change(post("/slack/events", message), func(r *http.Request) { r.Method = http.MethodGet }), 405},
		"GET of a command":                   {httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/slack/commands?command=/x", nil), 405},
		"another path":                       {post("/slack/other", "x"), 404},
	} {
		t.Run(name, func(t *testing.T) {
			var got taken
			w := serve(testHandler(t, got.take), c.r)
			if w.Code != c.want || len(got.all()) != 0 {
				t.Errorf("answered %d, took %d; want %d and none", w.Code, len(got.all()), c.want)
			}
			if c.want < 404 && w.Header().Get("X-Slack-No-Retry") != "1" {
				t.Error("lets Slack send it again")
			}
		})
	}
}

func TestHTTP_HugeBodiesCostLittleMemory(t *testing.T) {
	var got taken
	h := testHandler(t, got.take)
	for name, body := range map[string]string{
		"arrays": `{"event":[` + strings.Repeat("[],", 300_000) + `0]}`,
		"levels": `{"a":` + strings.Repeat("[", maxBody-10),
		"names":  `{` + strings.Repeat(`"":[],`, 150_000) + `"x":1}`,
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		w := serve(h, post("/slack/events", body))
		runtime.ReadMemStats(&after)
		if grown := after.HeapAlloc - min(before.HeapAlloc, after.HeapAlloc); grown > 20<<20 {
			t.Errorf("%s: answered %d, %d bytes more", name, w.Code, grown)
		}
	}
}

// endless is a body without an end.
type endless struct{ read int }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	e.read += len(b)
	return len(b), nil
}

func TestHTTP_ReadsNoMoreThanItMay(t *testing.T) {
	var got taken
	h := testHandler(t, got.take)
	for name, c := range map[string]struct {
		signature string
		most      int
	}{
		"that may be signed": {vectorSignature, maxBody + 1<<20},
		"that is not signed": {"v0=", 0},
	} {
		body := &endless{}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/slack/events", body)
		r.Header[headerTime], r.Header[headerSignature] = []string{"1531420618"}, []string{c.signature}
		if w := serve(h, r); w.Code < 400 || w.Code >= 500 || body.read > c.most || len(got.all()) != 0 {
			t.Errorf("%s: answered %d, read %d bytes", name, w.Code, body.read)
		}
	}
}

func TestHTTP_RefusesToBeMade(t *testing.T) {
	var got taken
	if _, err := HTTP(HTTPConfig{Take: got.take}); err == nil {
		t.Error("without a secret")
	}
	if _, err := HTTP(HTTPConfig{Secret: testSecret}); err == nil {
		t.Error("with nobody who takes the deliveries")
	}
}

func TestHTTP_Handshakes(t *testing.T) {
	var got taken
	h := testHandler(t, got.take)
	w := serve(h, post("/slack/events", `{"token":"t","challenge":"3eZbrw1aB<&>","type":"url_verification"}`))
	var echo map[string]string
	if err := json.Unmarshal(w.Body.Bytes(), &echo); err != nil || w.Code != 200 {
		t.Fatal(w.Code, err)
	}
	if diff := cmp.Diff(map[string]string{"challenge": "3eZbrw1aB<&>"}, echo); diff != "" {
		t.Error(diff)
	}
	for _, r := range []*http.Request{
		post("/slack/commands", "ssl_check=1&token=t"),
		httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/slack/commands?ssl_check=1&token=t", nil),
		httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/healthz", nil),
	} {
		if w := serve(h, r); w.Code != 200 {
			t.Errorf("%s %s: %d", r.Method, r.URL.Path, w.Code)
		}
	}
	if len(got.all()) != 0 {
		t.Errorf("took %v", got.all())
	}
}

func TestHTTP_ReadsEvents(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want Delivery
	}{
		"a mention": {
			`{"token":"t","team_id":"T1","enterprise_id":"E1","api_app_id":"A1","type":"event_callback","event_id":"Ev1","event":{"type":"app_mention","user":"U1","ts":"1.5","channel":"C1"}}`,
			Delivery{App: "A1", Team: "T1", Enterprise: "E1", User: "U1", Keys: []string{"event:Ev1", "msg:C1:1.5"}},
		},
		"its twin": {
			`{"team_id":"T1","type":"event_callback","event_id":"Ev2","event":{"type":"message","user":"U1","ts":"1.5","channel":"C1","channel_type":"channel"}}`,
			Delivery{Team: "T1", User: "U1", Keys: []string{"event:Ev2", "msg:C1:1.5"}},
		},
		"a message that was changed": {
			`{"team_id":"T1","type":"event_callback","event_id":"Ev3","event":{"type":"message","subtype":"message_changed","ts":"1.5","channel":"C1"}}`,
			Delivery{Team: "T1", Keys: []string{"event:Ev3"}},
		},
		"somebody as an object": {
			`{"team_id":"T1","type":"event_callback","event_id":"Ev4","event":{"type":"user_change","user":{"id":"U2","team_id":"T1"}}}`,
			Delivery{Team: "T1", User: "U2", Keys: []string{"event:Ev4"}},
		},
		"an assistant": {
			`{"team_id":"T1","type":"event_callback","event_id":"Ev5","event":{"type":"assistant_thread_started","assistant_thread":{"user_id":"U3"}}}`,
			Delivery{Team: "T1", User: "U3", Keys: []string{"event:Ev5"}},
		},
		"only an authorization names the team": {
			`{"team_id":null,"authorizations":[{"team_id":"T9","enterprise_id":"E9"}],"type":"event_callback","event_id":"Ev6","event":{"type":"app_uninstalled"}}`,
			Delivery{Team: "T9", Enterprise: "E9", Keys: []string{"event:Ev6"}},
		},
		"fields of an unknown form": {
			`{"team_id":"T1","authorizations":7,"type":"event_callback","event_id":"Ev7","event":{"type":"message","user":["U1"],"subtype":{"a":1},"channel":4,"ts":1.5}}`,
			Delivery{Team: "T1", Keys: []string{"event:Ev7"}},
		},
		"the limit of events": {
			`{"token":"t","type":"app_rate_limited","minute_rate_limited":1518467820,"team_id":"T1","api_app_id":"A1"}`,
			Delivery{App: "A1", Team: "T1", Keys: []string{"limited:T1:1518467820"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got taken
			r := post("/slack/events", c.body)
			r.Header.Set("X-Slack-Retry-Num", "2")
			if w := serve(testHandler(t, got.take), r); w.Code != 200 || w.Body.Len() != 0 || len(got.all()) != 1 {
				t.Fatalf("answered %d %q, took %d", w.Code, w.Body, len(got.all()))
			}
			d := got.all()[0]
			var payload map[string]json.RawMessage
			if err := json.Unmarshal(d.Payload, &payload); err != nil || payload["type"] == nil || payload["token"] != nil {
				t.Errorf("the payload is %s", d.Payload)
			}
			d.Payload = nil
			c.want.Kind, c.want.Retry, c.want.At = KindEvent, 2, testNow
			if diff := cmp.Diff(c.want, d); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHTTP_ReadsInteractions(t *testing.T) {
	const who = `"api_app_id":"A1","team":{"id":"T1"},"enterprise":{"id":"E1"},"user":{"id":"U1","team_id":"T2"},"token":"t"`
	for name, c := range map[string]struct {
		payload string
		kind    Kind // "" is acknowledged and dropped
		team    string
		key     string
	}{
		"a button":                     {`{"type":"block_actions","trigger_id":"1.2.3",` + who + `}`, KindAction, "T1", "trigger:1.2.3"},
		"a shortcut":                   {`{"type":"shortcut","trigger_id":"1.2.3",` + who + `}`, KindAction, "T1", "trigger:1.2.3"},
		"a shortcut of a message":      {`{"type":"message_action","trigger_id":"1.2.3",` + who + `}`, KindAction, "T1", "trigger:1.2.3"},
		"a menu":                       {`{"type":"block_suggestion","value":"vis",` + who + `}`, KindOptions, "T1", "body:"},
		"a dialog":                     {`{"type":"view_submission","trigger_id":"1.2.3","view":{"id":"V1"},` + who + `}`, KindSubmit, "T1", "trigger:1.2.3"},
		"a dialog of somebody else":    {`{"type":"view_submission","trigger_id":"1.2.3","view":{"app_installed_team_id":"T7"},` + who + `}`, KindSubmit, "T7", "trigger:1.2.3"},
		"an app of an organisation":    {`{"type":"shortcut","trigger_id":"1.2.3","team":null,"enterprise":{"id":"E1"},"user":{"id":"U1","team_id":"T2"},"api_app_id":"A1"}`, KindAction, "", "trigger:1.2.3"},
		"a closed dialog":              {`{"type":"view_closed",` + who + `}`, "", "", ""},
		"a button of the old kind":     {`{"type":"interactive_message",` + who + `}`, "", "", ""},
		"something that is unheard of": {`{"type":"dance",` + who + `}`, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got taken
			w := serve(testHandler(t, got.take), post("/slack/interactions", "payload="+url.QueryEscape(c.payload)))
			if w.Code != 200 || w.Body.Len() != 0 {
				t.Fatalf("answered %d %q", w.Code, w.Body)
			}
			if c.kind == "" {
				if len(got.all()) != 0 {
					t.Errorf("took %v", got.all())
				}
				return
			}
			if len(got.all()) != 1 {
				t.Fatalf("took %d", len(got.all()))
			}
			d := got.all()[0]
			if d.Kind != c.kind || d.Team != c.team || d.User != "U1" || d.Enterprise != "E1" || d.App != "A1" || len(d.Keys) != 1 || !strings.HasPrefix(d.Keys[0], c.key) {
				t.Errorf("got %+v", d)
			}
			if bytes.Contains(d.Payload, []byte(`"token"`)) {
				t.Error("the verification token is still in the payload")
			}
		})
	}
}

func TestHTTP_AnswersGoIntoTheAcknowledgement(t *testing.T) {
	got := taken{answer: map[string]string{"text": "<hello>"}}
	h := testHandler(t, got.take)
	w := serve(h, post("/slack/commands", "command=/insights&trigger_id=1"))
	if w.Code != 200 || w.Body.String() != `{"text":"\u003chello\u003e"}` || w.Header().Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("answered %d %s %q", w.Code, w.Header().Get("Content-Type"), w.Body)
	}
	if w := serve(h, post("/slack/events", `{"event_id":"Ev1","event":{"type":"message"}}`)); w.Body.Len() != 0 {
		t.Errorf("an event is answered with %q", w.Body)
	}
}

// bodies are one delivery of each kind, and how it is answered when it is not
// taken.
var bodies = map[string]struct {
	path, body string
	status     int
	says       string
}{
	"event":   {"/slack/events", `{"event_id":"Ev1","event":{"type":"message"}}`, 503, ""},
	"command": {"/slack/commands", "command=/insights", 200, `{"response_type":"ephemeral","text":"Sorry`},
	"action":  {"/slack/interactions", "payload=" + url.QueryEscape(`{"type":"block_actions"}`), 200, `{"response_type":"ephemeral","text":"Sorry`},
	"options": {"/slack/interactions", "payload=" + url.QueryEscape(`{"type":"block_suggestion"}`), 200, `{"options":[]}`},
	"submit": {
		"/slack/interactions", "payload=" + url.QueryEscape(`{"type":"view_submission","view":{"blocks":[{"type":"section","block_id":"a"},{"type":"input","block_id":"b"}]}}`),
		200, `{"response_action":"errors","errors":{"b":"Sorry`,
	},
	"submit without a field": {"/slack/interactions", "payload=" + url.QueryEscape(`{"type":"view_submission","view":{"blocks":[]}}`), 503, ""},
}

func TestHTTP_WhatIsNotTakenIsSaid(t *testing.T) {
	for name, c := range bodies {
		for why, take := range map[string]Taker{
			"an error": func(context.Context, Delivery) (any, error) { return nil, errors.New("the store is down") },
			"a panic":  func(context.Context, Delivery) (any, error) { panic("a body: <@U1> secret question") },
			"an answer that is no JSON": func(_ context.Context, d Delivery) (any, error) {
				if d.Kind == KindEvent {
					return nil, errors.New("an event has no answer")
				}
				return func() {}, nil
			},
			"an answer that is too long": func(_ context.Context, d Delivery) (any, error) {
				if d.Kind == KindEvent {
					return nil, errors.New("an event has no answer")
				}
				return strings.Repeat("x", maxHTTPAnswer-1), nil
			},
		} {
			t.Run(name+", "+why, func(t *testing.T) {
				var log bytes.Buffer
				h, err := HTTP(HTTPConfig{Secret: testSecret, Take: take, Log: slog.New(slog.NewTextHandler(&log, nil)), Now: func() time.Time { return testNow }})
				if err != nil {
					t.Fatal(err)
				}
				w := serve(h, post(c.path, c.body))
				if w.Code != c.status || !strings.HasPrefix(w.Body.String(), c.says) || c.says == "" && w.Body.Len() > 0 {
					t.Errorf("answered %d %q, want %d %q", w.Code, w.Body, c.status, c.says)
				}
				if w.Header().Get("X-Slack-No-Retry") != "" {
					t.Error("stops Slack from sending it again")
				}
				if !strings.Contains(log.String(), "was not taken") || strings.Contains(log.String(), "secret question") {
					t.Errorf("the log is %s", log.String())
				}
			})
		}
	}
}

func TestHTTP_AnswersInTimeWhateverTheTakerDoes(t *testing.T) {
	for name, c := range bodies {
		for how, slow := range map[string]time.Duration{"too slow": Limit + time.Millisecond, "just in time": Limit - time.Millisecond, "stuck": 60 * time.Second} {
			t.Run(name+", "+how, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var ended atomic.Bool
					h := testHandler(t, func(ctx context.Context, _ Delivery) (any, error) {
						time.Sleep(slow)
						ended.Store(ctx.Err() != nil)
						return nil, nil
					})
					began := time.Now()
					w := serve(h, post(c.path, c.body))
					if d := time.Since(began); d != min(slow, Limit) {
						t.Errorf("answered after %s", d)
					}
					want, says := c.status, c.says
					if slow < Limit {
						want, says = 200, ""
					}
					if w.Code != want || !strings.HasPrefix(w.Body.String(), says) {
						t.Errorf("answered %d %q, want %d %q", w.Code, w.Body, want, says)
					}
					time.Sleep(time.Minute)
					if ended.Load() != (slow > Limit) {
						t.Errorf("the context had ended: %v", ended.Load())
					}
				})
			})
		}
	}
}

func TestHTTP_StuckTakersAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var got taken
		h := testHandler(t, func(ctx context.Context, d Delivery) (any, error) {
			_, _ = got.take(ctx, d)
			<-release
			return nil, nil
		})
		codes := make(chan int, 2*atOnce)
		for n := range 2 * atOnce {
			go func() {
				codes <- serve(h, post("/slack/events", fmt.Sprintf(`{"event_id":"Ev%d","event":{"type":"message"}}`, n))).Code
			}()
		}
		for range 2 * atOnce {
			if code := <-codes; code != http.StatusServiceUnavailable {
				t.Fatalf("answered %d", code)
			}
		}
		if n := len(got.all()); n != atOnce {
			t.Errorf("%d run at once, want %d", n, atOnce)
		}
		close(release)
		synctest.Wait()
		if w := serve(h, post("/slack/events", `{"event_id":"Ev1","event":{"type":"message"}}`)); w.Code != 200 {
			t.Errorf("answered %d when they are gone", w.Code)
		}
	})
}

func TestHTTP_TakesWhatItBeganWhenSlackHangsUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h := testHandler(t, func(ctx context.Context, _ Delivery) (any, error) {
		cancel()
		return nil, ctx.Err()
	})
	if w := serve(h, post("/slack/events", `{"event_id":"Ev1","event":{"type":"message"}}`).WithContext(ctx)); w.Code != 200 {
		t.Errorf("answered %d", w.Code)
	}
}

func TestHTTP_LogsRefusalsOnceAMinuteAndNoBodies(t *testing.T) {
	var log bytes.Buffer
	now := testNow
	h, err := HTTP(HTTPConfig{
		Secret: testSecret, Take: (&taken{}).take, Log: slog.New(slog.NewTextHandler(&log, nil)), Now: func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		serve(h, vector("text=classified", "1531420618", vectorSignature))
	}
	now = now.Add(time.Minute)
	serve(h, vector("text=classified", "1531420618", vectorSignature))
	if n := strings.Count(log.String(), "\n"); n != 2 || !strings.Contains(log.String(), "times=100") {
		t.Errorf("%d lines: %s", n, log.String())
	}
	for _, s := range []string{"classified", vectorSignature, testSecret.Reveal()} {
		if strings.Contains(log.String(), s) {
			t.Errorf("the log has %q", s)
		}
	}
}

func TestHTTP_LeavesNoGoroutines(t *testing.T) {
	var got taken
	srv := httptest.NewServer(testHandler(t, got.take))
	before := runtime.NumGoroutine()
	for range 50 {
		r := post("/slack/commands", vectorBody)
		out, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/slack/commands", strings.NewReader(vectorBody))
		if err != nil {
			t.Fatal(err)
		}
		out.Header = r.Header
		resp, err := srv.Client().Do(out)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != 200 {
			t.Fatal(resp.StatusCode)
		}
	}
	srv.Close()
	srv.Client().CloseIdleConnections()
	for range 1000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		runtime.Gosched()
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines, before %d", runtime.NumGoroutine(), before)
}
