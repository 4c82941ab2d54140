//go:build unix

package slacktest_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"

	"insightbot/bot/slack/slacktest"
)

// TestBolt_FindsOurFakeToBeSlack lets an app that is made with Slack's own
// framework answer on our fake, by either transport.
func TestBolt_FindsOurFakeToBeSlack(t *testing.T) {
	for name, start := range map[string]func(*testing.T, *slacktest.Server, []string){
		"socket mode": func(t *testing.T, s *slacktest.Server, settings []string) {
			slacktest.Node(t, settings, "bolt.mjs", "socket").Ready(t)
			s.Eventually(t, "Bolt is connected", func() bool { return s.Sockets() == 1 })
		},
		"http": func(t *testing.T, s *slacktest.Server, settings []string) {
			port := slacktest.FreePort(t)
			slacktest.Node(t, append(settings, "PORT="+port), "bolt.mjs", "http").Ready(t)
			address := "http://127.0.0.1:" + port + "/slack/events"
			s.UseAddresses(address, address, address)
			if !s.Handshake(t) {
				t.Error("Bolt does not answer the handshake")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, ann, ben, _, channel := room(t)
			start(t, s, []string{
				"SLACK_API_URL=" + s.API, "SLACK_BOT_TOKEN=" + s.Token, "SLACK_APP_TOKEN=" + s.App.AppToken, "SLACK_SIGNING_SECRET=" + s.App.SigningSecret,
			})
			converse(t, s, ann, ben, channel)
		})
	}
}

// converse takes Bolt's app through everything it can do.
func converse(t *testing.T, s *slacktest.Server, ann, ben, channel string) {
	t.Helper()
	acked := func(d *slacktest.Sent) *slacktest.Sent {
		t.Helper()
		if d.Wait(t); !d.Acked() || d.Attempts() != 1 {
			t.Errorf("%s: acknowledged %v after %d attempts: %s", d.Kind, d.Acked(), d.Attempts(), d.Trouble())
		}
		return d
	}
	asked := acked(s.Mention(ann, channel, "revenue"))
	answers := func() []slacktest.Message { return s.Posted(channel) }
	s.Eventually(t, "the mention is answered in its thread", func() bool {
		a := answers()
		return len(a) == 1 && a[0].Thread == asked.TS && strings.Contains(a[0].Text, "revenue")
	})

	acked(s.Command(ann, channel, "/probe", "today"))
	s.Eventually(t, "the command is answered", func() bool {
		return slices.ContainsFunc(answers(), func(m slacktest.Message) bool { return m.Text == "ran today" })
	})
	if !s.SeesText(ann, "one moment") || s.SeesText(ben, "one moment") {
		t.Error("what the acknowledgement says is for who typed alone")
	}

	acked(s.Press(ann, "Subscribe"))
	s.Eventually(t, "a dialog opens", func() bool { _, open := s.Dialog(ann); return open })
	options := s.Suggest(t, ann, "Insight", "net")
	if want := []slacktest.Option{{Text: "Revenue net", Value: "revenue"}}; !cmp.Equal(options, want) {
		t.Errorf("options %+v, want %+v", options, want)
	}
	if got := s.Submit(t, ann, map[string]string{"When": "never"}); got.Action != "errors" || got.Errors["when"] != "That is no time." {
		t.Errorf("a wrong time: %+v", got)
	}
	s.Choose(ann, "Insight", "Revenue net")
	if got := s.Submit(t, ann, map[string]string{"When": "daily"}); got.Action != "" {
		t.Errorf("a good time: %+v", got)
	}
	s.Eventually(t, "the dialog's values are said", func() bool {
		return slices.ContainsFunc(answers(), func(m slacktest.Message) bool { return m.Text == "revenue daily" })
	})
	if _, open := s.Dialog(ann); open {
		t.Error("the dialog is still open")
	}

	acked(s.OpenHome(ben))
	s.Eventually(t, "a home page is published", func() bool {
		v, ok := s.HomeOf(ben)
		return ok && strings.Contains(v.Words, "Welcome "+ben)
	})
	acked(s.DirectMessage(ben, "hello"))
	s.Eventually(t, "the direct message is answered once", func() bool { return len(s.Posted(s.DirectOf(ben))) == 1 })
	s.WaitIdle(t, 200*time.Millisecond)
	if own := s.Posted(s.DirectOf(ben)); len(own) != 1 || own[0].Text != "you said hello" {
		t.Errorf("in the direct messages: %+v", own)
	}
	if p := s.Problems(); len(p) > 0 {
		t.Errorf("problems: %v", p)
	}
}

// TestBolt_AcceptsOurSignatures asks Slack's own check about them.
func TestBolt_AcceptsOurSignatures(t *testing.T) {
	p := slacktest.Node(t, nil, "bolt.mjs", "verify")
	type request struct {
		Secret  string            `json:"signingSecret"`
		Body    string            `json:"body"`
		Headers map[string]string `json:"headers"`
	}
	secret, body := "8f742231b10e8888abcd99yyyzzz85a5", "payload=%7B%7D&x=ü"
	for _, w := range []struct {
		name   string
		age    time.Duration
		change func(*request)
		want   string
	}{
		{"as sent", 0, func(*request) {}, "accepted"},
		{"other body", 0, func(r *request) { r.Body += " " }, "refused"},
		{"other secret", 0, func(r *request) { r.Secret = "x" + secret }, "refused"},
		{"no secret", 0, func(r *request) { r.Secret = "" }, "refused"},
		{"other time", 0, func(r *request) { r.Headers["x-slack-request-timestamp"] += "0" }, "refused"},
		{"400 seconds old", 400 * time.Second, func(*request) {}, "refused"},
	} {
		seconds := strconv.FormatInt(time.Now().Add(-w.age).Unix(), 10)
		r := request{Secret: secret, Body: body, Headers: map[string]string{
			"x-slack-request-timestamp": seconds, "x-slack-signature": slacktest.Sign(secret, seconds, []byte(body)),
		}}
		w.change(&r)
		line, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		p.Say(t, string(line))
		if got := p.Line(t); got != w.want {
			t.Errorf("%s: %s, want %s", w.name, got, w.want)
		}
	}
}

// TestEmulate_AgreesWithOurFake makes the same calls at a fake of others and at
// ours: what one refuses, the other refuses with the same word. Emulate lets a
// bot write in channels it is not in, which is left out.
func TestEmulate_AgreesWithOurFake(t *testing.T) {
	theirs := slacktest.Emulate(t)
	s := slacktest.New(t)
	s.AddUser(slacktest.User{Name: "alice"})
	s.AddChannel(slacktest.Channel{Name: "general"})
	s.AddChannel(slacktest.Channel{Name: "secret", Kind: slacktest.Private})
	s.SetScopes(s.Home.ID, "chat:write", "channels:read", "channels:join", "files:write", "files:read", "users:read")
	outcomes := func(api, token string) map[string]string {
		c := slack.New(token, slack.OptionAPIURL(api), slack.OptionHTTPClient(&http.Client{Transport: slacktest.EmulateTransport{}}))
		out := map[string]string{}
		note := func(name string, err error) { out[name] = code(err) }
		_, err := c.AuthTestContext(t.Context())
		note("auth.test", err)
		channels, _, err := c.GetConversationsContext(t.Context(), &slack.GetConversationsParameters{Types: []string{"public_channel"}})
		note("conversations.list", err)
		i := slices.IndexFunc(channels, func(ch slack.Channel) bool { return ch.Name == "general" })
		if i < 0 {
			t.Fatalf("%s: no channel general in %+v", api, channels)
		}
		general := channels[i].ID
		people, err := c.GetUsersContext(t.Context())
		note("users.list", err)
		i = slices.IndexFunc(people, func(u slack.User) bool { return u.Name == "alice" })
		if i < 0 {
			t.Fatalf("%s: no alice in %+v", api, people)
		}
		alice := people[i].ID
		if api == s.API {
			s.ChangeChannel(general, func(ch *slacktest.Channel) { ch.Members = append(ch.Members, s.Bot) })
		} else if _, _, _, err := c.JoinConversationContext(t.Context(), general); err != nil {
			t.Fatal(err)
		}
		_, ts, err := c.PostMessageContext(t.Context(), general, text("hello"))
		note("post", err)
		_, _, _, err = c.UpdateMessageContext(t.Context(), general, ts, text("hello again"))
		note("update", err)
		_, _, _, err = c.UpdateMessageContext(t.Context(), general, "1.000001", text("x"))
		note("update of nothing", err)
		_, err = c.PostEphemeralContext(t.Context(), general, alice, text("psst"))
		note("ephemeral for somebody outside", err)
		_, _, err = c.PostMessageContext(t.Context(), "C0NOWHERE", text("x"))
		note("post nowhere", err)
		_, _, err = c.PostMessageContext(t.Context(), general, text(""))
		note("post of nothing", err)
		_, err = c.GetUserInfoContext(t.Context(), "U0NOBODY")
		note("users.info of nobody", err)
		note("reactions.add without the scope", c.AddReactionContext(t.Context(), "eyes", slack.NewRefToMessage(general, ts)))
		_, _, err = c.DeleteMessageContext(t.Context(), general, ts)
		note("delete", err)
		return out
	}
	want, got := outcomes(theirs+"/api/", slacktest.EmulateToken), outcomes(s.API, s.Token)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("emulate (-) and our fake (+) differ:\n%s", diff)
	}
}
