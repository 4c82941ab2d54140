package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCallError_MeansWhatCallersTellApart(t *testing.T) {
	all := []error{ErrRevoked, ErrBlocks, ErrGone, ErrBusy, ErrUnsure, ErrSpent, ErrLate, ErrStale}
	for code, want := range map[string]error{
		"token_revoked": ErrRevoked, "account_inactive": ErrRevoked, "invalid_auth": ErrRevoked, "not_authed": ErrRevoked,
		"invalid_blocks": ErrBlocks, "msg_blocks_too_long": ErrBlocks,
		"channel_not_found": ErrGone, "is_archived": ErrGone, "not_in_channel": ErrGone, "restricted_action": ErrGone, "restricted_action_read_only_channel": ErrGone,
		"used_url": ErrSpent, "expired_trigger_id": ErrLate, "hash_conflict": ErrStale, "invalid_arguments": nil, "something_new": nil,
	} {
		f := newFake(t)
		f.says("chat.postMessage", fmt.Sprintf(`{"ok":false,"error":%q}`, code))
		_, err := f.client().Post(t.Context(), To{Channel: "C0X"}, Message{Text: "x"})
		for _, e := range all {
			if errors.Is(err, e) != errors.Is(want, e) {
				t.Errorf("%s: is %q: %v", code, e, errors.Is(err, e))
			}
		}
		if Revoked(err) != errors.Is(want, ErrRevoked) {
			t.Errorf("%s: revoked %v", code, Revoked(err))
		}
		if got := err.Error(); got != "slack: chat.postMessage: "+code {
			t.Errorf("%s says %q", code, got)
		}
	}
}

func TestCallError_SaysWhere(t *testing.T) {
	f := newFake(t)
	f.says("chat.postMessage", `{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":[
		"[ERROR] invalid slack file: CANARY [json-pointer:/blocks/1/slack_file]","[ERROR] must be less than 3001 [json-pointer:/blocks/0/text/text] [json-pointer:/CANARY <b>]"]}}`)
	_, err := f.client().Post(t.Context(), To{Channel: "C0X"}, Message{Text: "x"})
	want := &CallError{Method: "chat.postMessage", Code: "invalid_blocks", At: []string{"/blocks/1/slack_file", "/blocks/0/text/text"}}
	got, _ := errors.AsType[*CallError](err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if want := "slack: chat.postMessage: invalid_blocks at /blocks/1/slack_file, /blocks/0/text/text"; err.Error() != want {
		t.Errorf("says %q", err)
	}
	f.says("views.open", `{"ok":false,"error":"invalid_arguments","response_metadata":{"messages":["[ERROR] x [json-pointer:/view/blocks/0]"]}}`)
	if err := every()["views.open"](t.Context(), f.client()); !errors.Is(err, ErrBlocks) {
		t.Errorf("error %v", err)
	}
	f.says("views.open", `{"ok":false,"error":"invalid_arguments","response_metadata":{"messages":["[ERROR] x [json-pointer:/trigger_id]"]}}`)
	if err := every()["views.open"](t.Context(), f.client()); errors.Is(err, ErrBlocks) {
		t.Errorf("error %v", err)
	}
}

func TestScopeError_SaysWhatLacks(t *testing.T) {
	f := newFake(t)
	f.says("users.info", `{"ok":false,"error":"missing_scope","needed":"users:read","provided":"chat:write,commands"}`)
	_, err := f.client().User(t.Context(), "U0AAA1", "")
	got, ok := errors.AsType[*ScopeError](err)
	if want := (&ScopeError{Method: "users.info", Needed: "users:read", Provided: "chat:write,commands"}); !ok || *got != *want {
		t.Errorf("got %+v, %v", got, err)
	}
	f.says("users.info", `{"ok":false,"error":"missing_scope","needed":"CANARY <script>","provided":"CANARY\n"}`)
	if _, err = f.client().User(t.Context(), "U0AAA1", ""); strings.Contains(fmt.Sprintf("%v %+v", err, err), "CANARY") {
		t.Errorf("error %v", err)
	}
}

// No token, no address that is a secret, and nothing that was said or read
// stands in an error or in the log, whatever goes wrong.
func TestClient_NoSecretLeavesByAnError(t *testing.T) {
	const canary = "CANARY"
	echo := func(status int, form string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", canary+theToken)
			w.Header().Set("Location", "https://evil.example/"+theToken+canary)
			w.WriteHeader(status)
			fmt.Fprintf(w, form, theToken+" "+canary+r.Header.Get("Authorization"))
		}
	}
	failures := map[string]http.HandlerFunc{
		"500":            echo(500, "%s"),
		"404":            echo(404, "%s"),
		"400 JSON":       echo(400, `{"ok":false,"error":"%s"}`),
		"301":            echo(301, "%s"),
		"429":            echo(429, "%s"),
		"error":          echo(200, `{"ok":false,"error":"%s"}`),
		"messages":       echo(200, `{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":["%s [json-pointer:/blocks/0]"]}}`),
		"missing scope":  echo(200, `{"ok":false,"error":"missing_scope","needed":"%[1]s","provided":"%[1]s"}`),
		"odd errors":     echo(200, `{"ok":false,"error":"x","errors":[{"%s":1}]}`),
		"text":           echo(200, "%s"),
		"wrong types":    echo(200, `{"ok":"%s"}`),
		"wrong in parts": echo(200, `{"ok":true,"ts":{"x":"%[1]s"},"channel":"%[1]s","user":["%[1]s"],"members":{"a":"%[1]s"},"file":"%[1]s","view":"%[1]s","team_id":[1]}`),
		"broken header": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n"+canary+theToken+"\r\n\r\n")
			_ = conn.Close()
		},
		"no HTTP": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, canary+theToken+"\r\n\r\n")
			_ = conn.Close()
		},
	}
	secret := []string{canary, "canary", "1234567890", "response_url/", "/upload"}
	for name, call := range every() {
		for kind, h := range failures {
			f := newFake(t)
			f.obliging()
			f.handle(path(name), h)
			err := call(t.Context(), f.client())
			// What Slack took for good, and a file that is there whatever was said
			// of it, are no errors.
			works := kind == "wrong in parts" || name == methodUpload || name == "files.completeUploadExternal"
			if err == nil && !works {
				t.Errorf("%s answers %s: no error", name, kind)
			}
			for _, s := range secret {
				if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), s) {
					t.Errorf("%s answers %s: the error says %q: %v", name, kind, s, err)
				}
				if strings.Contains(f.log.String(), s) {
					t.Errorf("%s answers %s: the log says %q: %s", name, kind, s, f.log.String())
				}
			}
		}
	}
}

func TestClient_NoSecretLeavesWithoutAConnection(t *testing.T) {
	for _, base := range []string{"http://127.0.0.1:1/api/", "ht tp://x/", "", "gopher://x/api/", "http://[::1/api/"} {
		f := newFake(t)
		config := f.config()
		config.BaseURL = base
		c := New(config)
		for name, call := range every() {
			err := call(t.Context(), c)
			if err == nil {
				t.Errorf("%s at %q: no error", name, base)
			}
			if s := fmt.Sprintf("%v %+v", err, err) + f.log.String(); strings.Contains(s, "canary") {
				t.Errorf("%s at %q: %s", name, base, s)
			}
		}
		if err := c.Respond(t.Context(), "https://hooks.slack.com:9/commands/SECRETPATH", Response{}); err == nil || strings.Contains(err.Error(), "SECRETPATH") {
			t.Errorf("error %v", err)
		}
	}
}
