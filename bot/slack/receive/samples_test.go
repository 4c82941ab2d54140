package receive

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"insightbot/envtest"
)

// samples are Slack's own payloads, by the transport's type of envelope.
func samples(t *testing.T) map[string]map[string]string {
	t.Helper()
	root := envtest.Shared(t, "data", "slack", "samples")
	all := map[string]map[string]string{}
	for kind, pattern := range map[string]string{
		"events_api": "events/*.json", "slash_commands": "app-backend/slash-commands/*.json", "interactive": "app-backend/[^s]*/*.json",
	} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no samples of %s: %v", kind, err)
		}
		all[kind] = map[string]string{}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all[kind][filepath.Base(f)] = string(b)
		}
	}
	return all
}

func TestSamples_OverHTTP(t *testing.T) {
	for kind, list := range samples(t) {
		for name, body := range list {
			path, sent := "/slack/events", body
			switch kind {
			case "interactive":
				path, sent = "/slack/interactions", "payload="+url.QueryEscape(body)
			case "slash_commands":
				path = "/slack/commands"
				var values map[string]any
				if err := json.Unmarshal([]byte(body), &values); err != nil {
					t.Fatal(err)
				}
				form := url.Values{}
				for k, v := range values {
					form.Set(k, fmt.Sprint(v))
				}
				sent = form.Encode()
			}
			var got taken
			if w := serve(testHandler(t, got.take), post(path, sent)); w.Code != 200 {
				t.Errorf("%s: answered %d", name, w.Code)
			}
			checkSample(t, kind, name, got.all())
		}
	}
}

func TestSamples_BySocketMode(t *testing.T) {
	all := samples(t)
	synctest.Test(t, func(t *testing.T) {
		slack := newFake(t)
		var got taken
		s, stop := slack.start(SocketConfig{Take: got.take, Connections: 1})
		p := slack.next()
		p.hello()
		seen := 0
		for kind, list := range all {
			for name, body := range list {
				p.send(fmt.Sprintf(`{"envelope_id":%q,"type":%q,"accepts_response_payload":true,"payload":%s}`, name, kind, body))
				if id, _ := acked(t, <-p.in); id != name {
					t.Errorf("acknowledged %s, want %s", id, name)
				}
				taken := got.all()
				checkSample(t, kind, name, taken[seen:])
				seen = len(taken)
			}
		}
		if s.State().Unread != 0 || len(slack.times()) != 1 {
			t.Errorf("state %+v, opened %d times", s.State(), len(slack.times()))
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// checkSample holds what became of a sample to what can be known of it: its
// values are masked.
func checkSample(t *testing.T, kind, name string, got []Delivery) {
	t.Helper()
	want := 1
	for _, old := range []string{"Dialog", "AttachmentAction", "ViewClosed"} {
		if strings.HasPrefix(name, old) {
			want = 0
		}
	}
	if len(got) != want {
		t.Errorf("%s: took %d, want %d", name, len(got), want)
		return
	}
	if want == 0 {
		return
	}
	d := got[0]
	if w := map[string]Kind{"events_api": KindEvent, "slash_commands": KindCommand, "interactive": KindAction}[kind]; d.Kind != w {
		t.Errorf("%s: a delivery of the kind %q, want %q", name, d.Kind, w)
	}
	back, err := Decode(d.Encode())
	if err != nil || len(back.Keys) == 0 || back.Keys[0] == "" || !json.Valid(back.Payload) || back.Kind != d.Kind {
		t.Errorf("%s: read back %v, %v", name, back, err)
	}
}
