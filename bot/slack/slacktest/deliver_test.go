package slacktest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/bot/slack/slacktest"
	"insightbot/envtest"
)

func TestSign_PassesTheVectorOfSlack(t *testing.T) {
	body := "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA" +
		"&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN" +
		"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	got := slacktest.Sign("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", []byte(body))
	if want := "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestCheckEvent_FindsWhatIsWrong(t *testing.T) {
	envtest.Shared(t, "data", "slack", "events.schema.json")
	good := `{"type":"app_mention","user":"U1","text":"hi","ts":"1.2","channel":"C1","event_ts":"1.2"}`
	if err := slacktest.CheckEvent([]byte(good)); err != nil {
		t.Errorf("a mention: %v", err)
	}
	for name, event := range map[string]string{
		"no channel":    `{"type":"app_mention","user":"U1","text":"hi","ts":"1.2","event_ts":"1.2"}`,
		"unknown field": strings.Replace(good, `"user"`, `"person"`, 1),
		"unknown type":  `{"type":"app_mentioned","user":"U1"}`,
		"no JSON":       `{`,
	} {
		if slacktest.CheckEvent([]byte(event)) == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestEvents_AreThoseOfSlack sends every kind of event there is; each is checked
// against the schema when it is sent, and an error there fails the test.
func TestEvents_AreThoseOfSlack(t *testing.T) {
	envtest.Shared(t, "data", "slack", "events.schema.json")
	s, ann, ben, _, channel := room(t)
	s.App.Twins = true
	b := overHTTP(t, s)
	client := s.AddTeam(slacktest.Team{Name: "Client"}).ID
	org := s.AddTeam(slacktest.Team{Name: "Grid", Enterprise: "E1"}).ID
	s.Install(org)
	sib := s.AddUser(slacktest.User{Team: org}).ID
	group := s.AddGroup(slacktest.UserGroup{Users: []string{ann}}).ID
	private := s.AddChannel(slacktest.Channel{Kind: slacktest.Private, Members: []string{ann, s.Bot}}).ID
	many := s.AddChannel(slacktest.Channel{Kind: slacktest.Group, Members: []string{ann, ben, s.Bot}}).ID
	alone := s.AddChannel(slacktest.Channel{Members: []string{ann}}).ID

	first := s.Mention(ann, channel, "revenue <by> country & channel")
	types := map[string]bool{}
	for _, d := range []*slacktest.Sent{
		first, s.MentionIn(ben, channel, first.TS, "and by channel"), s.Mention(ann, private, "x"), s.Mention(ann, many, "x"),
		s.DirectMessage(ann, "revenue"), s.DirectMessage(sib, "revenue"), s.PostLink(ann, channel, "https://analytics.example/insights/1?a=1&b=2"),
		s.ComposeLink(ann, channel, "https://analytics.example/insights/1"), s.OpenHome(ann), s.OpenMessages(ann), s.OpenHome(sib),
		s.AppContext(ann, channel), s.React(ben, channel, first.TS, "eyes"), s.Joined(ben, private, ann), s.Left(ben, private),
		s.ChannelShared(channel, client), s.Mention(ann, channel, "shared"), s.ChannelUnshared(channel, client),
		s.UserChanged(ann, func(u *slacktest.User) { u.Guest = true }), s.GroupChanged(group, ben),
		s.RateLimited(s.Home.ID), s.RevokeTokens(s.Home.ID), s.Uninstall(s.Home.ID), s.Uninstall(org),
	} {
		d.Wait(t)
		if !d.Acked() || d.Attempts() != 1 || d.Silent {
			t.Errorf("%s: %d attempts, %s", d.Payload, d.Attempts(), d.Trouble())
		}
		types[kindOf(string(d.Payload))] = true
	}
	for _, want := range []string{
		"app_mention", "message", "link_shared", "app_home_opened", "app_context_changed", "reaction_added", "member_joined_channel",
		"member_left_channel", "channel_shared", "channel_unshared", "user_change", "subteam_members_changed", "app_rate_limited",
		"tokens_revoked", "app_uninstalled",
	} {
		if !types[want] {
			t.Errorf("no event %s", want)
		}
	}
	if d := s.Mention(ann, alone, "anybody?"); !d.Silent {
		t.Error("the bot hears of a channel it is not in")
	}
	s.WaitIdle(t, 20*time.Millisecond)
	// What the bot should have got, besides: the twin of each mention.
	twins := 0
	for _, g := range b.came() {
		if strings.Contains(string(g.body), `"type":"message"`) && strings.Contains(string(g.body), first.TS) && strings.Contains(string(g.body), "revenue") {
			twins++
		}
		if g.header.Get("X-Slack-Retry-Num") != "" {
			t.Error("a first attempt says that it is a retry")
		}
	}
	if twins != 1 {
		t.Errorf("%d twins of the first mention", twins)
	}
	body := string(first.Payload)
	for _, want := range []string{`"api_app_id":"` + s.App.ID, `"is_bot":true`, `&lt;by&gt; country &amp; channel`, `"event_id":"Ev`, `"is_ext_shared_channel":false`} {
		if !strings.Contains(strings.ReplaceAll(body, `\u0026`, "&"), want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
}

// kindOf is the type of the event in an envelope.
func kindOf(payload string) string {
	if _, rest, ok := strings.Cut(payload, `"event":{"type":"`); ok {
		kind, _, _ := strings.Cut(rest, `"`)
		return kind
	}
	if strings.Contains(payload, "app_rate_limited") {
		return "app_rate_limited"
	}
	return ""
}

func TestEcho_SendsTheBotsOwnMessages(t *testing.T) {
	s, ann, _, _, _ := room(t)
	b := overHTTP(t, s)
	c := client(s)
	dm := s.DirectOf(ann)
	_, ts, err := c.PostMessageContext(t.Context(), dm, text("hello"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := c.UpdateMessageContext(t.Context(), dm, ts, text("hello again")); err != nil {
		t.Fatal(err)
	}
	s.WaitIdle(t, 20*time.Millisecond)
	var all string
	for _, g := range b.came() {
		all += string(g.body)
	}
	if strings.Count(all, `"bot_id":"`) < 3 || !strings.Contains(all, `"subtype":"message_changed"`) {
		t.Errorf("the echoes are %s", all)
	}
}

func TestHTTP_SendsAgainAsSlackDoes(t *testing.T) {
	s, ann, _, _, channel := room(t)
	s.Timing.Ack = 200 * time.Millisecond
	s.Timing.Retries = []time.Duration{0, 10 * time.Millisecond, 20 * time.Millisecond}
	b := overHTTP(t, s)
	for _, w := range []struct {
		name     string
		answer   func(n int, w http.ResponseWriter, r got)
		attempts int
		acked    bool
		reason   string
	}{
		{"taken", func(int, http.ResponseWriter, got) {}, 1, true, ""},
		{"an error", func(_ int, w http.ResponseWriter, _ got) { w.WriteHeader(http.StatusServiceUnavailable) }, 4, false, "http_error"},
		{"an error without retry", func(_ int, w http.ResponseWriter, _ got) {
			w.Header().Set("X-Slack-No-Retry", "1")
			w.WriteHeader(http.StatusBadRequest)
		}, 1, false, ""},
		{"one error", func(n int, w http.ResponseWriter, _ got) {
			if n == 1 {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}, 2, true, "http_error"},
		{"too slow once", func(n int, _ http.ResponseWriter, _ got) {
			if n == 1 {
				time.Sleep(300 * time.Millisecond)
			}
		}, 2, true, "http_timeout"},
	} {
		t.Run(w.name, func(t *testing.T) {
			before := len(b.came())
			b.answering(func(rw http.ResponseWriter, g got) { w.answer(len(b.came())-before, rw, g) })
			d := s.Mention(ann, channel, "revenue").Wait(t)
			if d.Attempts() != w.attempts || d.Acked() != w.acked {
				t.Errorf("%d attempts, acknowledged %v", d.Attempts(), d.Acked())
			}
			came := b.came()[before:]
			for i, g := range came {
				num, reason := g.header.Get("X-Slack-Retry-Num"), g.header.Get("X-Slack-Retry-Reason")
				if i == 0 && (num != "" || reason != "") || i > 0 && (num != string(rune('0'+i)) || reason != w.reason) {
					t.Errorf("attempt %d says %s, %s", i, num, reason)
				}
				if diff := cmp.Diff(string(came[0].body), string(g.body)); diff != "" {
					t.Errorf("attempt %d differs: %s", i, diff)
				}
			}
		})
	}
}

func TestHandshake_WantsTheChallengeBack(t *testing.T) {
	s := slacktest.New(t)
	b := overHTTP(t, s)
	if s.Handshake(t) {
		t.Error("an empty answer passes")
	}
	b.answering(func(w http.ResponseWriter, g got) { _, _ = w.Write(g.body) })
	if !s.Handshake(t) {
		t.Error("the challenge does not pass")
	}
}
