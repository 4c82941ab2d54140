package main

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"insightbot/access"
	"insightbot/bot/slack"
	"insightbot/bot/slack/screentest"
	"insightbot/bot/slack/slacktest"
	"insightbot/chat"
	"insightbot/storage"
)

// slackDoor is the HTTP side of the transport, without anybody who works off
// what comes in.
func slackDoor(t *testing.T) (http.Handler, *storage.Store) {
	t.Helper()
	store, err := storage.Open(t.Context(), filepath.Join(t.TempDir(), "bot", "bot.db"), storage.Options{
		Person: hashed, AuditKey: []byte("a key for tests only"), SealKey: bytes.Repeat([]byte{7}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() }) //nolint:errcheck // a temporary store
	s, err := slack.New(slack.Config{
		BotToken: "xoxb-door", SigningSecret: loadSecret, API: "https://slack.test/api/", Store: store, Now: time.Now,
		Client: &http.Client{Transport: &quietSlack{posted: map[string]int{}}}, Log: slog.New(slog.DiscardHandler),
		Purge: func(context.Context, string) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() {
		ran <- s.Run(ctx, chat.HandlerFunc(func(_ context.Context, r *chat.Request) (*chat.Reply, error) {
			return &chat.Reply{Ref: r.Ref, Parts: []chat.Part{chat.Text{Text: "x"}}}, nil
		}))
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ran; err != nil {
			t.Error(err)
		}
	})
	for len(s.Workspaces()) == 0 {
		time.Sleep(time.Millisecond)
	}
	h, err := s.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return h, store
}

// knock sends a request and returns its status.
func knock(h http.Handler, stamp, signature string, body []byte) int {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/slack/events", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", signature)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

func TestA01_NoMutantOfASignedRequestIsTaken(t *testing.T) {
	h, store := slackDoor(t)
	r := seeded(t)
	body := mention(1)
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	signature := slacktest.Sign(loadSecret, stamp, body)
	flip := func(b []byte) []byte {
		b = slices.Clone(b)
		b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		return b
	}
	for range 10_000 {
		s, g, b := []byte(stamp), []byte(signature), body
		switch r.IntN(3) {
		case 0:
			s = flip(s)
		case 1:
			g = flip(g)
		default:
			b = flip(b)
		}
		if strings.EqualFold(string(g), signature) && string(s) == stamp && bytes.Equal(b, body) {
			continue // the same signature in another case
		}
		if code := knock(h, string(s), string(g), b); code == http.StatusOK {
			t.Fatalf("taken: %q %q %q", s, g, b)
		}
	}
	left, err := store.Pending(t.Context(), slack.Name, 0, 10)
	if err != nil || len(left) != 0 {
		t.Errorf("%d deliveries are kept, %v", len(left), err)
	}
	if code := knock(h, stamp, signature, body); code != http.StatusOK {
		t.Errorf("the request itself: status %d", code)
	}
}

func TestA02_ARequestSentAgainHasOneEffect(t *testing.T) {
	s := newSlackStory(t)
	sent := s.Mention(s.ben.ID, s.growth.ID, "how many people signed up last week?").Wait(t)
	s.Eventually(t, "the answer", func() bool { return len(s.Ephemerals(s.ben.ID)) == 1 })
	for range 3 {
		s.Redeliver(sent).Wait(t)
	}
	s.WaitIdle(t, 200*time.Millisecond)
	if n := len(s.Ephemerals(s.ben.ID)); n != 1 {
		t.Errorf("%d answers", n)
	}
	h, _ := slackDoor(t)
	for _, old := range []time.Duration{-302 * time.Second, 302 * time.Second} {
		stamp := strconv.FormatInt(time.Now().Add(old).Unix(), 10)
		if code := knock(h, stamp, slacktest.Sign(loadSecret, stamp, mention(1)), mention(1)); code != http.StatusUnauthorized {
			t.Errorf("%v: status %d", old, code)
		}
	}
}

// open lets #growth see what is tagged growth, and Mia everything.
func (s *slackStory) open() {
	s.t.Helper()
	s.world.edit(s.t, func(p *access.Policy) {
		can := []access.Ability{access.AbilityAsk, access.AbilityExport}
		p.PutRole(access.Role{ID: "growth", Tags: []string{"growth"}, Abilities: can})
		p.PutRole(access.Role{ID: "finance", Tags: []string{"finance", "growth"}, Abilities: can})
		p.PutChannel(access.Channel{Key: access.Key{Platform: slack.Name, Workspace: s.Home.ID, ID: s.growth.ID}, Roles: []string{"growth"}})
		p.PutPerson(access.Person{Key: access.Key{Platform: slack.Name, Workspace: s.Home.ID, ID: s.mia.ID}, Roles: []string{"finance"}})
	})
}

func TestA05_AnotherWorkspaceOpensNothing(t *testing.T) {
	h, store := slackDoor(t)
	// Signed by Slack, but of a workspace that nobody installed the app in.
	for _, body := range [][]byte{
		bytes.ReplaceAll(mention(1), []byte(`"T1"`), []byte(`"T2"`)),
		bytes.Replace(mention(2), []byte(`[{"is_bot":true,"team_id":"T1","user_id":"UBOT"}]`), []byte(`[{"team_id":"T2"}]`), 1),
	} {
		if bytes.Equal(body, mention(2)) {
			t.Fatal("the event is of the right workspace")
		}
		stamp := strconv.FormatInt(time.Now().Unix(), 10)
		if code := knock(h, stamp, slacktest.Sign(loadSecret, stamp, body), body); code != http.StatusOK {
			t.Errorf("status %d", code)
		}
	}
	left, err := store.Pending(t.Context(), slack.Name, 0, 10)
	if err != nil || len(left) != 0 {
		t.Errorf("%d deliveries are kept, %v", len(left), err)
	}
}

func TestA08_TheShortcutAnswersTheAskerAloneAndNothingIsBroadcast(t *testing.T) {
	s := newSlackStory(t)
	s.open()
	said := s.Say(s.ben.ID, s.growth.ID, "", "how much do we pay people in october?")
	s.MessageShortcut(s.mia.ID, s.growth.ID, said.TS, "answer_message").Wait(t)
	s.Eventually(t, "the answer", func() bool { return s.SeesText(s.mia.ID, "Payroll") })
	if s.SeesText(s.ben.ID, "Payroll") {
		t.Error("who wrote the message sees the answer")
	}
	s.mention(s.ben, s.growth, "", "how many people signed up last week?")
	for _, c := range slices.Concat(s.Calls("chat.postMessage"), s.Calls("chat.postEphemeral"), s.Calls("chat.update")) {
		if b := c.Args.Get("reply_broadcast"); b != "" && b != "false" {
			t.Errorf("%s: reply_broadcast %q", c.Method, b)
		}
		if n := c.Args.Get("link_names"); n != "" && n != "0" && n != "false" {
			t.Errorf("%s: link_names %q", c.Method, n)
		}
	}
}

func TestA09_AButtonInSlackIsDecidedForWhoPressesIt(t *testing.T) {
	s := newSlackStory(t)
	s.open()
	s.Mention(s.mia.ID, s.growth.ID, "how much do we pay people in october?").Wait(t)
	direct := s.DirectOf(s.mia.ID)
	s.Eventually(t, "the answer", func() bool { return direct != "" && len(s.Posted(direct)) == 1 })
	// Ben sends what Mia's button carries, from the channel.
	payload := `{"type":"block_actions","team":{"id":"` + s.Home.ID + `"},"user":{"id":"` + s.ben.ID + `","team_id":"` + s.Home.ID + `"},"trigger_id":"t1",` +
		`"channel":{"id":"` + s.growth.ID + `"},"container":{"type":"message","message_ts":"1.1","channel_id":"` + s.growth.ID + `"},` +
		`"actions":[{"type":"button","action_id":"a1","block_id":"b1","action_ts":"1.2","value":"[\"ask\",\"insight\",\"demo/payroll\",\"period\",\"october\"]"}]}`
	s.RawInteraction([]byte(payload)).Wait(t)
	s.Eventually(t, "the refusal", func() bool { return len(s.Ephemerals(s.ben.ID)) == 1 })
	if s.SeesText(s.ben.ID, "Payroll") || s.SeesText(s.ben.ID, "in October 2026") {
		t.Errorf("Ben reads %q", s.Ephemerals(s.ben.ID)[0].Words)
	}
}

func TestA14_APreviewIsDecidedByTheChannelAndNoLinkIsUnfurledBySlack(t *testing.T) {
	s := newSlackStory(t)
	s.open()
	s.mention(s.ben, s.growth, "", "how many people signed up last week?")
	link := func(id string) string { return "https://analytics.example/insights/" + id }
	s.PostLink(s.mia.ID, s.growth.ID, link("demo/payroll")).Wait(t) // her own key lends nothing
	s.PostLink(s.mia.ID, s.random.ID, link("demo/signups")).Wait(t) // a channel without a key
	s.ComposeLink(s.mia.ID, s.growth.ID, link("demo/signups"))      // nobody knows where it goes to
	s.WaitIdle(t, 300*time.Millisecond)
	if n := len(s.Calls("chat.unfurl")); n != 0 {
		t.Errorf("%d previews", n)
	}
	s.PostLink(s.ben.ID, s.growth.ID, link("demo/signups")).Wait(t)
	s.Eventually(t, "the preview", func() bool { return len(s.Calls("chat.unfurl")) == 1 })
	for _, c := range s.Calls("chat.postMessage") {
		if c.Args.Get("unfurl_links") != "false" || c.Args.Get("unfurl_media") != "false" {
			t.Errorf("a message leaves links to Slack: %v", c.Args)
		}
	}
}

func TestA30_ATokenThatWasTakenBackIsGone(t *testing.T) {
	for name, leave := range map[string]func(s *slacktest.Server){
		"uninstalled": func(s *slacktest.Server) { s.Uninstall(s.Home.ID) },
		"revoked":     func(s *slacktest.Server) { s.RevokeTokens(s.Home.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			fake := slacktest.New(t)
			path := filepath.Join(t.TempDir(), "bot", "bot.db")
			w := openWorld(t, path, storyBooks())
			in := chat.Installation{Platform: slack.Name, Workspace: fake.Home.ID, Name: "Acme", Bot: fake.Bot, Token: chat.Secret(fake.Token), At: attackNow}
			if err := w.store.PutInstallation(t.Context(), in); err != nil {
				t.Fatal(err)
			}
			s, err := slack.New(slack.Config{
				ClientID: "1.2", ClientSecret: "cs", InstallKey: "k", URL: "https://bot.example", SigningSecret: "s", AppToken: chat.Secret(fake.App.AppToken), API: fake.API,
				Store: w.store, Log: w.slog, Now: time.Now, Purge: func(ctx context.Context, workspace string) error {
					by := access.Event{At: attackNow, Actor: access.ActorProgram, Action: access.ActionPrivacy}
					return w.store.PurgeWorkspace(ctx, slack.Name, workspace, by)
				},
			})
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			ran := make(chan error, 1)
			go func() { ran <- s.Run(ctx, w.handler) }()
			defer func() {
				stop()
				if err := <-ran; err != nil {
					t.Error(err)
				}
			}()
			fake.Eventually(t, "sockets", func() bool { return fake.Sockets() == 2 && len(s.Workspaces()) == 1 })
			leave(fake)
			fake.Eventually(t, "nobody", func() bool { return len(s.Workspaces()) == 0 })
			fake.Eventually(t, "no row", func() bool {
				kept, err := w.store.Installations(t.Context(), slack.Name)
				return err == nil && len(kept) == 0
			})
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(data, []byte(fake.Token)) || strings.Contains(w.log.String(), fake.Token) {
				t.Error("the token stands in the file or in the log")
			}
		})
	}
}

// TestA22_NoDataBecomesMarkupInSlack lets every text of an insight be hostile,
// and looks at everything that goes to Slack. What the blocks may hold, the
// fake reviews itself.
func TestA22_NoDataBecomesMarkupInSlack(t *testing.T) {
	hostile := "<!channel> <!here|here> <@U000000002> <http://evil.example|bank> &lt;!everyone&gt; @everyone *bold*`code`"
	books := storyBooks()
	for i := range books.ins {
		books.ins[i].Title = "Sign-ups " + hostile
		books.ins[i].Description, books.ins[i].Owner.Name, books.ins[i].Caveats[0].Text = hostile, hostile, hostile
	}
	s := newSlackStory(t, books)
	s.open()
	for _, words := range []string{"sign-ups last week", "insights", "insight demo/signups", "help", "what of <!channel>?"} {
		n := len(s.Calls(""))
		s.Mention(s.mia.ID, s.growth.ID, words).Wait(t)
		s.Eventually(t, "something", func() bool { return len(s.Calls("")) > n })
		s.WaitIdle(t, 100*time.Millisecond)
	}
	if len(s.Calls("chat.postMessage"))+len(s.Calls("chat.postEphemeral")) < 5 {
		t.Error("too little was said")
	}
	for _, c := range slices.Concat(s.Calls("chat.postMessage"), s.Calls("chat.postEphemeral")) {
		if p := screentest.Text(c.Args.Get("text")); len(p) > 0 {
			t.Errorf("%s: %s", c.Method, strings.Join(p, "; "))
		}
	}
	if p := s.Problems(); len(p) > 0 {
		t.Errorf("Slack would refuse:\n%s", strings.Join(p, "\n"))
	}
}
