package main

import (
	"context"
	"encoding/json"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"insightbot/access"
	"insightbot/bot"
	"insightbot/bot/slack"
	"insightbot/bot/slack/screentest"
	"insightbot/bot/slack/slacktest"
	"insightbot/chat"
	"insightbot/insight"
)

// updateGolden writes the golden payloads anew.
var updateGolden = flag.Bool("update", false, "write golden files anew")

// slackStory is a whole bot in a fake Slack with people in it.
type slackStory struct {
	*slacktest.Server
	t      *testing.T
	world  *world
	slack  *slack.Slack
	mia    slacktest.User
	ben    slacktest.User
	growth slacktest.Channel
	random slacktest.Channel
}

// trendInsight is an insight that draws a line, by country too.
func trendInsight(id, title, question, tag string) insight.Insight {
	in := plainInsight(id, title, tag)
	in.Chart, in.Default.Grain, in.Examples = insight.ChartLine, insight.GrainDay, []string{question}
	in.Caveats = []insight.Caveat{{Text: "Test accounts are left out since March."}}
	in.Certified = insight.Certification{By: "Data team", On: attackNow.AddDate(0, -2, 0)}
	in.Link = "https://analytics.example/insights/" + id
	in.Accepts.MaxBreakdowns = 1
	in.Accepts.Dimensions = []insight.Dimension{{
		Name: "country", Label: "Country", Words: []string{"country"}, Breakdown: true,
		Values: []insight.Value{{Key: "DE", Label: "Germany"}, {Key: "FR", Label: "France"}},
	}}
	return in
}

// storyBooks are what the story asks for.
func storyBooks() *shelfBooks {
	return &shelfBooks{
		ins: []insight.Insight{
			trendInsight("demo/payroll", "Payroll", "how much do we pay people", "finance"),
			trendInsight("demo/signups", "Sign-ups", "how many people signed up", "growth"),
			trendInsight("demo/signups_web", "Sign-ups on the web", "how many people signed up on the web", "growth"),
		},
		revision: 1,
		run: func(in insight.Insight, q insight.Query) (insight.Result, error) {
			r := insight.Result{Shape: insight.ShapeTrend, Window: q.Window, Grain: q.Grain, AsOf: attackNow, Filters: q.Filters}
			if len(q.Breakdowns) == 0 {
				one := insight.Series{Key: "all", Label: in.Title, Points: points(q, 0)}
				for i := range one.Points {
					one.Points[i].Value = float64(6 + i*7%9)
					one.Total += one.Points[i].Value
				}
				r.Series = []insight.Series{one}
				return r, nil
			}
			d := in.Accepts.Dimensions[0]
			r.BrokenDownBy = []insight.Dimension{d}
			for i, v := range d.Values {
				r.Series = append(r.Series, insight.Series{Key: v.Key, Label: v.Label, Values: []string{v.Key}, Total: float64(40 - 10*i), Points: points(q, float64(6-2*i))})
			}
			return r, nil
		},
	}
}

// newSlackStory starts everything.
func newSlackStory(t *testing.T, books ...*shelfBooks) *slackStory {
	t.Helper()
	if len(books) == 0 {
		books = append(books, storyBooks())
	}
	s := &slackStory{Server: slacktest.New(t), t: t, world: newWorld(t, books[0])}
	dir := screentest.Dir(t)
	s.Review = func(kind string, data []byte) []string {
		switch kind {
		case "modal":
			return screentest.Modal(dir, data)
		case "home":
			return screentest.Home(dir, data)
		default:
			return screentest.Blocks(dir, data)
		}
	}
	s.mia = s.AddUser(slacktest.User{Name: "mia", RealName: "Mia Chen", Email: "mia@acme.example"})
	s.ben = s.AddUser(slacktest.User{Name: "ben", RealName: "Ben Ode", Email: "ben@acme.example"})
	s.growth = s.AddChannel(slacktest.Channel{Name: "growth", Members: []string{s.mia.ID, s.ben.ID, s.Bot}})
	s.random = s.AddChannel(slacktest.Channel{Name: "random", Members: []string{s.mia.ID, s.ben.ID, s.Bot}})
	var err error
	s.slack, err = slack.New(slack.Config{
		BotToken: chat.Secret(s.Token), AppToken: chat.Secret(s.App.AppToken), API: s.API, Store: s.world.store, Dialog: dialog,
		Log: s.world.slog, Now: func() time.Time { return attackNow },
		Purge: func(context.Context, string) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	handler := chat.Chain(s.world.bot, bot.Recover(slog.New(slog.DiscardHandler)), bot.Timeout(answerLimit))
	go func() { ran <- s.slack.Run(ctx, handler) }()
	t.Cleanup(func() {
		stop()
		if err := <-ran; err != nil {
			t.Error(err)
		}
	})
	s.Eventually(t, "sockets", func() bool { return s.Sockets() == 2 })
	return s
}

// mention asks in a channel and returns the new message of the bot there.
func (s *slackStory) mention(user slacktest.User, channel slacktest.Channel, thread, words string) slacktest.Message {
	s.t.Helper()
	before := len(s.Posted(channel.ID))
	text := words
	if thread == "" {
		s.Mention(user.ID, channel.ID, text).Wait(s.t)
	} else {
		s.MentionIn(user.ID, channel.ID, thread, text).Wait(s.t)
	}
	return s.newest(channel.ID, before)
}

// newest waits for one more message of the bot in a channel.
func (s *slackStory) newest(channel string, before int) slacktest.Message {
	s.t.Helper()
	s.Eventually(s.t, "a message in "+channel, func() bool { return len(s.Posted(channel)) > before })
	all := s.Posted(channel)
	return all[len(all)-1]
}

// unstable are ids in payloads that differ from run to run.
var unstable = regexp.MustCompile(`"(block_id|action_id|id)": *"[^"]*"`)

// golden compares a payload with the one that is kept.
func (s *slackStory) golden(name string, payload json.RawMessage) {
	s.t.Helper()
	var v any
	if err := json.Unmarshal(payload, &v); err != nil {
		s.t.Fatal(err)
	}
	got, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		s.t.Fatal(err)
	}
	path := filepath.Join("testdata", "slack", name+".json")
	if *updateGolden {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(path, append(got, '\n'), 0o600); err != nil {
			s.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	plain := func(b []byte) string { return strings.TrimSpace(unstable.ReplaceAllString(string(b), `"$1": ""`)) }
	if plain(got) != plain(want) {
		s.t.Errorf("%s is not as it was; look at it and run with -update:\n%s", path, got)
	}
}

// TestStory_InSlack walks through a first day in Slack: becoming the admin,
// opening a channel, asking there, choosing, changing the period, following up,
// sharing, looking at the home page, a link, and taking an answer back.
func TestStory_InSlack(t *testing.T) {
	s := newSlackStory(t)

	t.Log("nobody may see anything, and nobody else is told")
	s.Mention(s.ben.ID, s.growth.ID, "how many people signed up last week?").Wait(t)
	s.Eventually(t, "the closed door", func() bool { return len(s.Ephemerals(s.ben.ID)) == 1 })
	if m := s.Ephemerals(s.ben.ID)[0]; !strings.Contains(m.Words, "Nothing can be answered here yet") || len(s.Posted(s.growth.ID)) != 0 {
		t.Errorf("told %q", m.Words)
	}
	s.golden("closed", s.Ephemerals(s.ben.ID)[0].Blocks)

	t.Log("Mia claims, and is asked one question")
	direct := func() string { return s.DirectOf(s.mia.ID) }
	s.DirectMessage(s.mia.ID, "claim ABCD-2345").Wait(t)
	s.Eventually(t, "the claim", func() bool { return direct() != "" && len(s.Posted(direct())) == 1 })
	s.Press(s.mia.ID, "Choose By channel").Wait(t)
	saved := s.newest(direct(), 1)
	if !strings.Contains(saved.Words, "Done: By channel") {
		t.Errorf("says %q", saved.Words)
	}

	t.Log("Ben asks for access, and Mia hears of it")
	s.Press(s.ben.ID, "Ask an admin for access").Wait(t)
	if m := s.newest(direct(), 2); !strings.Contains(m.Words, "Ben") {
		t.Errorf("Mia hears %q", m.Words)
	}

	t.Log("the channel is opened")
	s.world.edit(t, func(p *access.Policy) {
		can := []access.Ability{access.AbilityAsk, access.AbilityExport}
		p.PutRole(access.Role{ID: "growth", Name: "Growth", Tags: []string{"growth"}, Abilities: can})
		p.PutRole(access.Role{ID: "finance", Name: "Finance", Tags: []string{"finance", "growth"}, Abilities: can})
		p.PutChannel(access.Channel{Key: access.Key{Platform: slack.Name, Workspace: s.Home.ID, ID: s.growth.ID}, Roles: []string{"growth"}})
		mia := access.Key{Platform: slack.Name, Workspace: s.Home.ID, ID: s.mia.ID}
		p.PutPerson(access.Person{Key: mia, Name: "Mia", Roles: []string{"admins", "finance"}})
	})
	answer := s.mention(s.ben, s.growth, "", "how many people signed up last week?")
	if !strings.Contains(answer.Words, "in 16–22 Nov 2026") || len(answer.Files) != 1 || answer.Thread == "" {
		t.Errorf("files %v, thread %q, words %q", answer.Files, answer.Thread, answer.Words)
	}
	s.golden("answer", answer.Blocks)

	t.Log("another period, and a follow-up")
	s.Choose(s.ben.ID, "Period: Last week", "Last month").Wait(t)
	month := s.newest(s.growth.ID, 1)
	if !strings.Contains(month.Words, "October 2026") || month.Thread != answer.Thread {
		t.Errorf("in thread %q: %q", month.Thread, month.Words)
	}
	by := s.mention(s.ben, s.growth, answer.Thread, "and by country?")
	if !strings.Contains(by.Words, "Germany") {
		t.Errorf("the follow-up says %q", by.Words)
	}

	t.Log("what the channel may not see is told to Mia alone, in direct messages, because of its picture")
	n, dms := len(s.Posted(s.growth.ID)), len(s.Posted(direct()))
	s.Mention(s.mia.ID, s.growth.ID, "how much do we pay people in october?").Wait(t)
	private := s.newest(direct(), dms)
	if !strings.Contains(private.Words, "Payroll") || len(s.Posted(s.growth.ID)) != n || s.SeesText(s.ben.ID, "Payroll") {
		t.Errorf("Mia reads %q, and the channel %q", private.Words, s.Posted(s.growth.ID)[n-1].Words)
	}
	s.golden("private", private.Blocks)

	t.Log("shared where it may be, refused where not")
	dms = len(s.Posted(direct()))
	s.DirectMessage(s.mia.ID, "how many people signed up last week?").Wait(t)
	s.newest(direct(), dms)
	s.Choose(s.mia.ID, "", "Share to a channel").Wait(t)
	s.Eventually(t, "the dialog", func() bool { d, ok := s.Dialog(s.mia.ID); return ok && strings.Contains(d.Words, "Channel") })
	d, _ := s.Dialog(s.mia.ID)
	s.golden("share", d.Blocks)
	if out := s.Submit(t, s.mia.ID, map[string]string{"Channel": s.random.ID}); out.Action != "update" || len(s.Posted(s.random.ID)) != 0 {
		t.Errorf("the dialog does %q, %v", out.Action, out.Errors)
	}
	s.CloseDialog(s.mia.ID)
	s.Choose(s.mia.ID, "", "Share to a channel").Wait(t)
	s.Eventually(t, "the dialog", func() bool { d, ok := s.Dialog(s.mia.ID); return ok && strings.Contains(d.Words, "Channel") })
	n = len(s.Posted(s.growth.ID))
	if out := s.Submit(t, s.mia.ID, map[string]string{"Channel": s.growth.ID}); out.Action != "clear" {
		t.Errorf("the dialog does %q, %v", out.Action, out.Errors)
	}
	shared := s.newest(s.growth.ID, n)
	if !strings.Contains(shared.Words, "Shared by") {
		t.Errorf("shared %q", shared.Words)
	}

	t.Log("the home page, and what to type")
	s.OpenHome(s.mia.ID).Wait(t)
	s.Eventually(t, "the home page", func() bool { _, ok := s.HomeOf(s.mia.ID); return ok })
	home, _ := s.HomeOf(s.mia.ID)
	s.golden("home", home.Blocks)
	s.Shortcut(s.mia.ID, "ask_question").Wait(t)
	s.Eventually(t, "the question", func() bool { _, ok := s.Dialog(s.mia.ID); return ok })
	s.CloseDialog(s.mia.ID)

	t.Log("a link is previewed as far as everybody there may see it")
	link := "https://analytics.example/insights/demo/signups"
	s.PostLink(s.ben.ID, s.growth.ID, link).Wait(t)
	s.Eventually(t, "the preview", func() bool {
		for _, m := range s.Messages(s.growth.ID) {
			if len(m.Unfurls) == 1 {
				return true
			}
		}
		return false
	})
	for _, hidden := range []struct {
		channel slacktest.Channel
		link    string
	}{{s.growth, "https://analytics.example/insights/demo/payroll"}, {s.random, link}} {
		s.WaitIdle(t, 300*time.Millisecond) // the call of the preview above is over
		n := len(s.Calls("chat.unfurl"))
		s.PostLink(s.mia.ID, hidden.channel.ID, hidden.link).Wait(t)
		s.WaitIdle(t, 300*time.Millisecond)
		if calls := s.Calls("chat.unfurl"); len(calls) != n {
			t.Errorf("%s is previewed in #%s: %v", hidden.link, hidden.channel.Name, calls[n:])
		}
	}

	t.Log("only who asked takes an answer back")
	s.React(s.mia.ID, s.growth.ID, answer.TS, "x").Wait(t)
	s.WaitIdle(t, 100*time.Millisecond)
	if s.find(s.growth.ID, answer.TS).Words != answer.Words {
		t.Error("somebody else took it back")
	}
	s.React(s.ben.ID, s.growth.ID, answer.TS, "x").Wait(t)
	s.Eventually(t, "the note", func() bool { return strings.Contains(s.find(s.growth.ID, answer.TS).Words, "took this answer back") })
	if p := s.Problems(); len(p) > 0 {
		t.Errorf("Slack would refuse:\n%s", strings.Join(p, "\n"))
	}
}

// find is a message of a channel.
func (s *slackStory) find(channel, ts string) slacktest.Message {
	for _, m := range s.Messages(channel) {
		if m.TS == ts {
			return m
		}
	}
	return slacktest.Message{}
}
