//go:build unix

package slack_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"insightbot/bot/slack"
	"insightbot/bot/slack/manifest"
	"insightbot/bot/slack/slacktest"
	"insightbot/chat"
)

// emulated is emulate with the transport in front of it.
type emulated struct {
	*bench
	t          *testing.T
	base, team string
	token      string
	bot        string // address of the transport
	nextEvent  int
}

// call calls a method of emulate as the bot, or as who holds another token.
func (e *emulated) call(method string, v url.Values) map[string]any {
	e.t.Helper()
	r, err := http.NewRequestWithContext(e.t.Context(), http.MethodPost, e.base+"/api/"+method, strings.NewReader(v.Encode()))
	if err != nil {
		e.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	token := e.token
	if method == "conversations.replies" || method == "chat.postMessage" {
		token = "xoxp-reader" // what the bot may not do
	}
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		e.t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	var answer map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		e.t.Fatalf("%s: %v", method, err)
	}
	if answer["ok"] != true {
		e.t.Fatalf("%s: %v", method, answer)
	}
	return answer
}

// send sends something signed to the transport, which emulate does not.
func (e *emulated) send(path, contentType string, body []byte) {
	e.t.Helper()
	r, err := slacktest.NewRequest(e.t.Context(), slacktest.EmulateSecret, e.bot+path, contentType, body, time.Now())
	if err != nil {
		e.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		e.t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // its status is enough
	if resp.StatusCode != http.StatusOK {
		e.t.Fatalf("%s: status %d", path, resp.StatusCode)
	}
}

// event sends an event.
func (e *emulated) event(event map[string]any) {
	e.t.Helper()
	e.nextEvent++
	body, err := json.Marshal(map[string]any{
		"type": "event_callback", "team_id": e.team, "event_id": fmt.Sprint("Ev", e.nextEvent), "event": event, "authorizations": []any{map[string]any{"team_id": e.team}},
	})
	if err != nil {
		e.t.Fatal(err)
	}
	e.send("/slack/events", "application/json", body)
}

// install goes the way of a browser: to Slack, to the button there, and back.
func (e *emulated) install() {
	e.t.Helper()
	jar := map[string]string{}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	do := func(method, address string, form url.Values) (string, string, int) {
		r, err := http.NewRequestWithContext(e.t.Context(), method, address, strings.NewReader(form.Encode()))
		if err != nil {
			e.t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for name, value := range jar {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		resp, err := client.Do(r)
		if err != nil {
			e.t.Fatal(err)
		}
		defer resp.Body.Close() //nolint:errcheck // read to its end
		for _, c := range resp.Cookies() {
			jar[c.Name] = c.Value
		}
		page, err := io.ReadAll(resp.Body)
		if err != nil {
			e.t.Fatal(err)
		}
		return resp.Header.Get("Location"), string(page), resp.StatusCode
	}
	to, _, _ := do(http.MethodGet, e.bot+"/slack/install?key=k", nil)
	_, page, status := do(http.MethodGet, to, nil)
	if status != http.StatusOK {
		e.t.Fatalf("%s: status %d: %s", to, status, page)
	}
	u, err := url.Parse(to)
	if err != nil {
		e.t.Fatal(err)
	}
	q := u.Query()
	_, after, _ := strings.Cut(page, `name="user_id" value="`)
	user, _, _ := strings.Cut(after, `"`)
	form := url.Values{"user_id": {user}, "user_scope": {""}}
	for _, name := range []string{"redirect_uri", "scope", "state", "client_id"} {
		form.Set(name, q.Get(name))
	}
	back, _, _ := do(http.MethodPost, e.base+"/oauth/v2/authorize/callback", form)
	if _, page, status = do(http.MethodGet, back, nil); status != http.StatusOK {
		e.t.Fatalf("%s: status %d: %s\n%s", back, status, page, e.log)
	}
}

// newEmulated starts emulate with the scopes of the manifest, and channels:join
// with which the bot gets into channels there.
func newEmulated(t *testing.T) *emulated {
	t.Helper()
	e := &emulated{t: t}
	h := http.NewServeMux()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	e.bot = strings.Replace(server.URL, "localhost", "127.0.0.1", 1)
	scopes := append(manifest.ScopeNames(), "channels:join")
	seed := filepath.Join(t.TempDir(), "seed.yaml")
	text := fmt.Sprintf(`slack:
  team: { name: Acme, domain: acme }
  users: [{ name: alice, real_name: Alice A, email: alice@example.com, is_admin: true }]
  channels: [{ name: general, topic: General }]
  bots: [{ name: probe-bot }]
  oauth_apps: [{ client_id: "1.2", client_secret: cs, app_id: A000000001, name: Bot, bot_name: probe-bot, redirect_uris: [%q], scopes: [%s] }]
  tokens: [{ token: xoxp-reader, type: user, user: alice, scopes: [channels:history, channels:read, channels:write, chat:write, users:read] }]
  strict_scopes: true
  signing_secret: %s
`, e.bot+"/slack/oauth", strings.Join(scopes, ", "), slacktest.EmulateSecret)
	if err := os.WriteFile(seed, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	e.base = slacktest.EmulateFrom(t, seed, "")
	b := &bench{Server: slacktest.New(t), t: t, log: newLog(), answers: echo}
	e.bench = b
	b.open(filepath.Join(t.TempDir(), "bot", "bot.db"))
	t.Cleanup(func() { b.store.Close() }) //nolint:errcheck // a temporary store
	b.start(func(_ *bench, c *slack.Config) {
		*c = slack.Config{
			SigningSecret: slacktest.EmulateSecret, ClientID: "1.2", ClientSecret: "cs", InstallKey: "k", Addr: "127.0.0.1:0", URL: e.bot, Scopes: scopes, API: e.base + "/api/",
			Client: &http.Client{Transport: slacktest.EmulateTransport{}}, Store: c.Store, Dialog: c.Dialog, Log: c.Log, Now: c.Now, Purge: c.Purge,
		}
	})
	t.Cleanup(func() { b.stop() })
	served, err := b.slack.Handler()
	if err != nil {
		t.Fatal(err)
	}
	h.Handle("/", served)
	e.install()
	in := b.slack.Workspaces()
	if len(in) != 1 {
		t.Fatalf("installed in %d workspaces", len(in))
	}
	e.team, e.token = in[0].Workspace, in[0].Token.Reveal()
	return e
}

// TestAcceptance10_EmulateTakesTheWholeWay installs the app at a fake that
// others wrote, with strict scopes, and then posts, uploads, changes, opens and
// publishes there.
func TestAcceptance10_EmulateTakesTheWholeWay(t *testing.T) {
	e := newEmulated(t)
	first := func(list any, want func(map[string]any) bool) string {
		all, _ := list.([]any)
		for _, o := range all {
			if m, ok := o.(map[string]any); ok && want(m) {
				id, _ := m["id"].(string)
				return id
			}
		}
		t.Fatalf("not among %v", list)
		return ""
	}
	general := first(e.call("conversations.list", url.Values{})["channels"], func(m map[string]any) bool { return m["name"] == "general" })
	alice := first(e.call("users.list", url.Values{})["members"], func(m map[string]any) bool { return m["name"] == "alice" })
	e.call("conversations.join", url.Values{"channel": {general}})
	e.answering(func(r *chat.Request) *chat.Reply {
		if r.Call.Command == "ask" {
			return picture(false)
		}
		return &chat.Reply{Private: true, Title: "A form", Parts: []chat.Part{chat.Form{
			Title: "A form", Submit: "Save", Call: chat.Call{Command: "form"}, Fields: []chat.Field{{Name: "name", Label: "Name", Kind: chat.FieldText}},
		}}}
	})
	root, _ := e.call("chat.postMessage", url.Values{"channel": {general}, "text": {"a question"}})["ts"].(string)

	t.Log("a question is answered below it, with a picture")
	e.event(map[string]any{"type": "app_mention", "user": alice, "text": "sign-ups", "ts": root, "channel": general})
	replies := func() []any {
		list, _ := e.call("conversations.replies", url.Values{"channel": {general}, "ts": {root}})["messages"].([]any)
		return list
	}
	e.Eventually(t, "the answer", func() bool { return len(replies()) == 2 })
	answer, _ := replies()[1].(map[string]any)
	if b, err := json.Marshal(answer); err != nil || !strings.Contains(string(b), "slack_file") || !strings.Contains(string(b), "69 sign-ups") {
		t.Errorf("answered %s, %v", b, err)
	}
	ts, _ := answer["ts"].(string)

	t.Log("a dialog opens, and the home page is drawn")
	trigger, _ := e.call("views.generateTriggerId", url.Values{"user_id": {alice}})["trigger_id"].(string)
	press, err := json.Marshal(map[string]any{
		"type": "block_actions", "team": map[string]any{"id": e.team}, "user": map[string]any{"id": alice, "team_id": e.team}, "trigger_id": trigger,
		"channel": map[string]any{"id": general}, "container": map[string]any{"type": "message", "message_ts": ts, "channel_id": general},
		"actions": []any{map[string]any{"type": "button", "action_id": "a1", "block_id": "b1", "value": `!["form"]`}},
	})
	if err != nil {
		t.Fatal(err)
	}
	e.send("/slack/interactions", "application/x-www-form-urlencoded", []byte(url.Values{"payload": {string(press)}}.Encode()))
	e.event(map[string]any{"type": "app_home_opened", "user": alice, "channel": "", "tab": "home"})
	e.Eventually(t, "both calls", func() bool { return len(e.requests()) == 3 })

	t.Log("the answer is taken back")
	e.event(map[string]any{"type": "reaction_added", "user": alice, "reaction": "x", "item": map[string]any{"type": "message", "channel": general, "ts": ts}})
	e.Eventually(t, "the note", func() bool {
		m, _ := replies()[1].(map[string]any)
		text, _ := m["text"].(string)
		return strings.Contains(text, "took this answer back")
	})
	e.Eventually(t, "an empty inbox", func() bool {
		left, err := e.store.Pending(t.Context(), slack.Name, 0, 1)
		return err == nil && len(left) == 0
	})
	for _, trouble := range []string{`"level":"ERROR"`, "missing_scope"} {
		if strings.Contains(e.log.String(), trouble) {
			t.Errorf("the log holds %s:\n%s", trouble, e.log)
		}
	}
}
