package slack_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"insightbot/bot/slack"
	"insightbot/bot/slack/screentest"
	"insightbot/bot/slack/slacktest"
	"insightbot/chat"
)

// overHTTP serves the transport over HTTP and points the fake at it.
func overHTTP(b *bench, c *slack.Config) {
	c.AppToken, c.SigningSecret, c.Addr = "", chat.Secret(b.App.SigningSecret), "127.0.0.1:0"
}

// served is the address of the transport's HTTP side.
func (b *bench) served() string {
	b.t.Helper()
	h, err := b.slack.Handler()
	if err != nil {
		b.t.Fatal(err)
	}
	server := httptest.NewServer(h)
	b.t.Cleanup(server.Close)
	b.Eventually(b.t, "the workspace", func() bool { return len(b.slack.Workspaces()) == 1 })
	return server.URL
}

func TestAcceptance01_WhatSlackDidNotSignHasNoEffect(t *testing.T) {
	b := newBench(t, overHTTP)
	mia, _, growth := b.people()
	address := b.served()
	b.UseHTTP(address)
	b.Mention(mia.ID, growth.ID, "good").Wait(t)
	b.request(1)
	secret := b.App.SigningSecret
	for _, s := range []string{"", "wrong", secret + "x"} {
		b.App.SigningSecret = s
		b.Timing.Retries = nil
		if d := b.Mention(mia.ID, growth.ID, "forged").Wait(t); d.Acked() {
			t.Errorf("secret %q: taken", s)
		}
	}
	if n := len(b.requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
	b.Eventually(t, "an empty inbox", func() bool {
		left, err := b.store.Pending(t.Context(), slack.Name, 0, 10)
		return err == nil && len(left) == 0
	})
}

func TestAcceptance02_EachQuestionIsAnsweredOnce(t *testing.T) {
	b := &bench{Server: slacktest.New(t), t: t, log: nil, answers: echo}
	b.App.Twins = true
	b.log = newLog()
	path := filepath.Join(t.TempDir(), "bot", "bot.db")
	b.open(path)
	b.start()
	mia, _, growth := b.people()
	sent := b.Mention(mia.ID, growth.ID, "once").Wait(t)
	b.Eventually(t, "the answer", func() bool { return len(b.Posted(growth.ID)) == 1 })
	for range 3 {
		b.Redeliver(sent).Wait(t)
	}
	b.WaitIdle(t, 100*time.Millisecond)
	b.stop()
	if err := b.store.Close(); err != nil {
		t.Fatal(err)
	}
	b.open(path)
	defer b.store.Close() //nolint:errcheck // a temporary store
	b.start()
	defer b.stop()
	b.Redeliver(sent).Wait(t)
	b.Mention(mia.ID, growth.ID, "twice").Wait(t)
	b.Eventually(t, "the next answer", func() bool { return len(b.Posted(growth.ID)) >= 2 })
	b.WaitIdle(t, 100*time.Millisecond)
	if posted := b.Posted(growth.ID); len(posted) != 2 || len(b.requests()) != 2 {
		t.Errorf("%d answers to %d requests:\n%s", len(posted), len(b.requests()), texts(posted))
	}
}

func TestAcceptance02_WhatARestartInterruptedIsToldToTheAskerAlone(t *testing.T) {
	b := &bench{Server: slacktest.New(t), t: t, log: newLog(), answers: echo}
	path := filepath.Join(t.TempDir(), "bot", "bot.db")
	b.open(path)
	mia, _, growth := b.people()
	// Two deliveries that an earlier process kept: one it was answering.
	keep := func(n, text string, sending bool) {
		payload := `{"type":"event_callback","team_id":"` + b.Home.ID + `","event":{"type":"app_mention","user":"` + mia.ID + `","text":"` + text +
			`","ts":"` + n + `","channel":"` + growth.ID + `"}}`
		body := `{"kind":"event","team":"` + b.Home.ID + `","user":"` + mia.ID + `","keys":["event:` + n + `"],"at":"` + time.Now().UTC().Format(time.RFC3339) + `","payload":` + payload + `}`
		id, _, err := b.store.Accept(t.Context(), chat.Delivery{
			Platform: slack.Name, Workspace: b.Home.ID, Person: mia.ID, Keys: []string{"event:" + n}, At: time.Now(), Body: []byte(body),
		})
		if err != nil {
			t.Fatal(err)
		}
		if sending {
			if err := b.store.BeginSending(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
	}
	before := b.Say(mia.ID, growth.ID, "", "hello")
	after := b.Say(mia.ID, growth.ID, "", "hello again")
	keep(before.TS, "interrupted", true)
	keep(after.TS, "waiting", false)
	b.start()
	defer b.store.Close() //nolint:errcheck // a temporary store
	defer b.stop()
	b.Eventually(t, "both", func() bool { return len(b.Posted(growth.ID)) == 1 && len(b.Ephemerals(mia.ID)) == 1 })
	if got := texts(b.Posted(growth.ID)); !strings.Contains(got, "waiting") {
		t.Errorf("posted %q", got)
	}
	if got := texts(b.Ephemerals(mia.ID)); !strings.Contains(got, "restarted") {
		t.Errorf("told %q", got)
	}
}

func TestAcceptance03_ALateAnswerStillArrives(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	goOn := make(chan struct{})
	b.answering(func(r *chat.Request) *chat.Reply { <-goOn; return echo(r) })
	sent := b.Command(mia.ID, growth.ID, "/insight", "sign-ups").Wait(t)
	if !sent.Acked() || sent.Took() > time.Second {
		t.Errorf("acknowledged %v after %v", sent.Acked(), sent.Took())
	}
	mention := b.Mention(mia.ID, growth.ID, "sign-ups").Wait(t)
	b.Eventually(t, "a sign of work", func() bool {
		for _, m := range b.Messages(growth.ID) {
			if m.TS == mention.TS && len(m.Reactions) == 1 {
				return true
			}
		}
		return false
	})
	b.Advance(31 * time.Minute)
	close(goOn)
	b.Eventually(t, "both answers", func() bool { return len(b.Posted(growth.ID)) == 2 })
	b.WaitIdle(t, 100*time.Millisecond)
	for _, m := range b.Messages(growth.ID) {
		if m.TS == mention.TS && len(m.Reactions) != 0 {
			t.Errorf("the sign of work stays: %v", m.Reactions)
		}
	}
}

func TestAcceptance04_EveryScreenOfAWalkIsValid(t *testing.T) {
	b := newBench(t, func(b *bench, _ *slack.Config) {
		dir := screentest.Dir(t)
		b.Review = func(kind string, data []byte) []string {
			switch kind {
			case "modal":
				return screentest.Modal(dir, data)
			case "home":
				return screentest.Home(dir, data)
			default:
				return screentest.Blocks(dir, data)
			}
		}
	})
	mia, _, growth := b.people()
	b.answering(func(r *chat.Request) *chat.Reply {
		switch r.Call.Command {
		case "form":
			if r.Call.Args["name"] == "" {
				return &chat.Reply{Private: true, Title: "A form", Parts: []chat.Part{chat.Form{
					Title: "A form", Submit: "Save", Call: chat.Call{Command: "form"}, Fields: []chat.Field{{Name: "name", Label: "Name", Kind: chat.FieldText, Required: true}},
				}}}
			}
			return &chat.Reply{Private: true, Parts: []chat.Part{chat.Text{Text: "Saved " + r.Call.Args["name"]}}}
		case "ask":
			reply := picture(false)
			reply.Parts = append(reply.Parts, chat.Choices{Prompt: "More", Items: []chat.Choice{{Label: "Fill in", Call: chat.Call{Command: "form"}}}})
			return reply
		default:
			return echo(r)
		}
	})
	b.Mention(mia.ID, growth.ID, "sign-ups <!channel>").Wait(t)
	b.Eventually(t, "the answer", func() bool { return len(b.Posted(growth.ID)) == 1 })
	b.Press(mia.ID, "Fill in").Wait(t)
	b.Eventually(t, "the dialog", func() bool { d, ok := b.Dialog(mia.ID); return ok && strings.Contains(d.Words, "Name") })
	if out := b.Submit(t, mia.ID, map[string]string{"Name": "Mia"}); out.Action != "update" {
		t.Errorf("the dialog does %q, %v", out.Action, out.Errors)
	}
	b.Eventually(t, "the result", func() bool { d, ok := b.Dialog(mia.ID); return ok && strings.Contains(d.Words, "Saved Mia") })
	b.OpenHome(mia.ID).Wait(t)
	b.Eventually(t, "the home page", func() bool { _, ok := b.HomeOf(mia.ID); return ok })
	if p := b.Problems(); len(p) > 0 {
		t.Errorf("Slack would refuse:\n%s", strings.Join(p, "\n"))
	}
}

func TestAcceptance05_FactsOfPeopleAndPlacesAreThoseOfSlack(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	other := b.AddTeam(slacktest.Team{Name: "Partner", Domain: "partner"})
	guest := b.AddUser(slacktest.User{Name: "gus", Guest: true})
	eve := b.AddUser(slacktest.User{Name: "eve", Team: other.ID})
	channel := func(c slacktest.Channel, members ...string) string {
		c.Members = append(members, b.Bot, mia.ID)
		return b.AddChannel(c).ID
	}
	guests := channel(slacktest.Channel{Name: "guests", Kind: slacktest.Private}, guest.ID)
	shared := channel(slacktest.Channel{Name: "shared", Shared: true, ExtShared: true, Teams: []string{other.ID}}, eve.ID)
	pending := channel(slacktest.Channel{Name: "pending", PendingExtShared: true})
	for n, c := range []struct {
		user, channel   string
		guest, external chat.Fact
		shared, guests  chat.Fact
		kind            chat.PlaceKind
	}{
		{mia.ID, growth.ID, chat.No, chat.No, chat.No, chat.No, chat.PlacePublic},
		{mia.ID, guests, chat.No, chat.No, chat.No, chat.Yes, chat.PlacePrivate},
		{guest.ID, guests, chat.Yes, chat.No, chat.No, chat.Yes, chat.PlacePrivate},
		{eve.ID, shared, chat.No, chat.Yes, chat.Yes, chat.No, chat.PlacePublic},
		{mia.ID, shared, chat.No, chat.No, chat.Yes, chat.No, chat.PlacePublic},
		{mia.ID, pending, chat.No, chat.No, chat.Yes, chat.No, chat.PlacePublic},
	} {
		b.Mention(c.user, c.channel, "facts").Wait(t)
		r := b.request(n + 1)
		if r.User.Guest != c.guest || r.User.External != c.external || r.Place.Audience.Shared != c.shared || r.Place.Kind != c.kind ||
			r.Place.Audience.Guests != c.guests && c.shared == chat.No {
			t.Errorf("case %d: %+v in %+v", n, r.User, r.Place)
		}
	}
	b.Break("conversations.info", slacktest.Fault{Code: "internal_error", Times: 50})
	b.ChannelShared(growth.ID, other.ID).Wait(t)
	b.Mention(mia.ID, growth.ID, "facts").Wait(t)
	if r := b.request(7); r.Place.Audience.Shared != chat.Unknown || r.Place.Audience.Guests != chat.Unknown {
		t.Errorf("what nobody knows is %+v", r.Place)
	}
}

func TestAcceptance06_ALimitDelaysAndLosesNothing(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	b.Break("chat.postMessage", slacktest.Fault{Times: 2, RetryAfter: 1})
	b.Mention(mia.ID, growth.ID, "sign-ups").Wait(t)
	b.Eventually(t, "the answer", func() bool { return len(b.Posted(growth.ID)) == 1 })
	b.WaitIdle(t, 100*time.Millisecond)
	if n := len(b.Calls("chat.postMessage")); n != 3 {
		t.Errorf("%d calls", n)
	}
}

func TestAcceptance07_AnAnswerOutlivesItsPicture(t *testing.T) {
	for name, c := range map[string]struct {
		fault  func(b *bench)
		broken bool
	}{
		"ready":         {func(*bench) {}, false},
		"upload broken": {func(b *bench) { b.Break("upload", slacktest.Fault{Times: 9, Status: 500}) }, true},
		"no address": {func(b *bench) {
			b.Break("files.getUploadURLExternal", slacktest.Fault{Times: 9, Code: "internal_error"})
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			mia, _, growth := b.people()
			b.answering(func(*chat.Request) *chat.Reply { return picture(false) })
			c.fault(b)
			b.Mention(mia.ID, growth.ID, "sign-ups").Wait(t)
			b.Eventually(t, "the answer", func() bool { return len(b.Posted(growth.ID)) == 1 })
			m := b.Posted(growth.ID)[0]
			if !strings.Contains(m.Words, "69 sign-ups") || c.broken != (len(m.Files) == 0) {
				t.Errorf("files %v, words %q", m.Files, m.Words)
			}
			if m.Thread == "" {
				t.Error("the answer is not below its question")
			}
		})
	}
}

func TestAcceptance07_APrivateAnswerWithAPictureGoesToDirectMessages(t *testing.T) {
	b := newBench(t)
	mia, ben, growth := b.people()
	b.answering(func(*chat.Request) *chat.Reply { return picture(true) })
	b.Mention(mia.ID, growth.ID, "sign-ups").Wait(t)
	direct := func() []slacktest.Message { return b.Posted(b.DirectOf(mia.ID)) }
	b.Eventually(t, "the direct message", func() bool { return len(direct()) == 1 && len(b.Ephemerals(mia.ID)) == 1 })
	if len(direct()[0].Files) != 1 || strings.Contains(texts(b.Ephemerals(mia.ID)), "69") || len(b.Posted(growth.ID)) != 0 || b.SeesText(ben.ID, "69 sign-ups") {
		t.Errorf("files %v, told in the channel %q, posted %q", direct()[0].Files, texts(b.Ephemerals(mia.ID)), texts(b.Posted(growth.ID)))
	}
}

func TestAcceptance08_NothingIsLostWhenConnectionsEnd(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	for n, end := range []func(){
		func() { b.Disconnect("warning") }, func() { b.Disconnect("refresh_requested") }, b.Cut,
	} {
		end()
		b.Mention(mia.ID, growth.ID, "sign-ups").Wait(t)
		b.Eventually(t, "the answer", func() bool { return len(b.Posted(growth.ID)) == n+1 })
	}
}

func TestAcceptance09_AWorkspaceThatLeavesIsForgottenInEitherOrder(t *testing.T) {
	for name, leave := range map[string]func(b *bench){
		"uninstalled first": func(b *bench) { b.Uninstall(b.Home.ID).Wait(b.t); b.RevokeTokens(b.Home.ID) },
		"revoked first":     func(b *bench) { b.RevokeTokens(b.Home.ID).Wait(b.t); b.Uninstall(b.Home.ID).Wait(b.t) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			mia, _, growth := b.people()
			b.Mention(mia.ID, growth.ID, "sign-ups").Wait(t)
			b.Eventually(t, "the answer", func() bool { return len(b.Posted(growth.ID)) == 1 })
			place := chat.Place{Platform: slack.Name, Workspace: b.Home.ID, Channel: growth.ID, Thread: b.Posted(growth.ID)[0].Thread}
			b.Eventually(t, "the context", func() bool { c, err := b.store.Thread(t.Context(), place, ""); return err == nil && !c.IsZero() })
			leave(b)
			b.Eventually(t, "nobody", func() bool { return len(b.slack.Workspaces()) == 0 })
			b.Eventually(t, "nothing kept", func() bool { c, err := b.store.Thread(t.Context(), place, ""); return err == nil && c.IsZero() })
		})
	}
}

func TestAcceptance09_ATokenThatWasTakenBackStopsTheWorkspace(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	b.answering(func(r *chat.Request) *chat.Reply {
		b.Revoke(b.Home.ID, "token_revoked")
		return echo(r)
	})
	b.Mention(mia.ID, growth.ID, "sign-ups").Wait(t)
	b.Eventually(t, "nobody", func() bool { return len(b.slack.Workspaces()) == 0 })
}

func TestInstall_AnotherWorkspaceByOAuth(t *testing.T) {
	b := &bench{Server: slacktest.New(t), t: t, log: newLog(), answers: echo}
	b.open(filepath.Join(t.TempDir(), "bot", "bot.db"))
	defer b.store.Close() //nolint:errcheck // a temporary store
	var mu sync.Mutex
	var h http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	defer server.Close()
	b.start(overHTTP, func(b *bench, c *slack.Config) {
		c.ClientID, c.ClientSecret, c.URL, c.Scopes = b.App.ClientID, chat.Secret(b.App.ClientSecret), server.URL, []string{"chat:write", "users:read"}
		c.InstallKey = "an install key"
	})
	defer b.stop()
	var err error
	mu.Lock()
	h, err = b.slack.Handler()
	mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	team := b.AddTeam(slacktest.Team{Name: "Second", Domain: "second"})
	owner := b.AddUser(slacktest.User{Name: "ola", Team: team.ID, Admin: true})
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(address string, cookies []*http.Cookie) (status int, location string, set []*http.Cookie) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cookies {
			r.AddCookie(c)
		}
		resp, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close() //nolint:errcheck // its head is enough
		return resp.StatusCode, resp.Header.Get("Location"), resp.Cookies()
	}
	if status, _, _ := get(server.URL+"/slack/install", nil); status != http.StatusNotFound {
		t.Errorf("without the key: status %d", status)
	}
	_, away, _ := get(server.URL+"/slack/install?key=an+install+key", nil)
	back := b.Consent(away, team.ID, owner.ID)
	if status, _, _ := get(back, nil); status != http.StatusBadRequest {
		t.Errorf("another browser: status %d", status)
	}
	_, away, cookies := get(server.URL+"/slack/install?key=an+install+key", nil)
	back = b.Consent(away, team.ID, owner.ID)
	if status, _, _ := get(back, cookies); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	if status, _, _ := get(back, cookies); status != http.StatusBadRequest {
		t.Errorf("a second time: status %d", status)
	}
	kept, err := b.store.Installations(t.Context(), slack.Name)
	if err != nil || len(kept) != 1 || kept[0].Workspace != team.ID {
		t.Fatalf("%v, %v", kept, err)
	}
	if j, err := json.Marshal(kept); err != nil || strings.Contains(string(j), kept[0].Token.Reveal()) {
		t.Error("a token prints")
	}
}
