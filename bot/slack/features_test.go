package slack_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"insightbot/bot/slack"
	"insightbot/bot/slack/slacktest"
	"insightbot/chat"
)

func TestDeliver_WhoJoinsWhileItIsAnsweredSeesNothing(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	guest := b.AddUser(slacktest.User{Name: "gus", Guest: true})
	b.answering(func(r *chat.Request) *chat.Reply {
		if r.Place.Audience.Guests != chat.No {
			t.Errorf("the channel is %+v", r.Place)
		}
		b.Joined(guest.ID, growth.ID, "").Wait(t)
		return echo(r)
	})
	b.Mention(mia.ID, growth.ID, "sign-ups").Wait(t)
	b.Eventually(t, "the notice", func() bool { return len(b.Ephemerals(mia.ID)) == 1 })
	if words := b.Ephemerals(mia.ID)[0].Words; !strings.Contains(words, "changed while I was answering") || len(b.Posted(growth.ID)) != 0 {
		t.Errorf("told %q, posted %q", words, texts(b.Posted(growth.ID)))
	}
}

func TestMessage_AFollowUpInDirectMessagesNeedsNoThread(t *testing.T) {
	b := newBench(t)
	mia, _, _ := b.people()
	b.DirectMessage(mia.ID, "sign-ups last week").Wait(t)
	b.Eventually(t, "the answer", func() bool { return len(b.Posted(b.DirectOf(mia.ID))) == 1 })
	b.WaitIdle(t, 100_000_000)
	b.DirectMessage(mia.ID, "and by country?").Wait(t)
	if r := b.request(2); r.Context.Args["insight"] != "demo/signups" {
		t.Errorf("the context is %v", r.Context)
	}
}

func TestThread_WhatOneWasToldAloneIsNobodyElsesContext(t *testing.T) {
	b := newBench(t)
	mia, ben, growth := b.people()
	b.answering(func(r *chat.Request) *chat.Reply {
		reply := echo(r)
		reply.Private = true
		return reply
	})
	said := b.Mention(mia.ID, growth.ID, "payroll").Wait(t)
	b.request(1)
	b.WaitIdle(t, 100_000_000)
	b.MentionIn(ben.ID, growth.ID, said.TS, "and by country?").Wait(t)
	if r := b.request(2); !r.Context.IsZero() {
		t.Errorf("Ben follows up %v", r.Context)
	}
	b.MentionIn(mia.ID, growth.ID, said.TS, "and by country?").Wait(t)
	if r := b.request(3); r.Context.IsZero() {
		t.Error("Mia follows up nothing")
	}
}

func TestSuggest_OffersWhatTheHandlerCompletes(t *testing.T) {
	b := newBench(t)
	mia, _, _ := b.people()
	b.answering(func(r *chat.Request) *chat.Reply {
		return &chat.Reply{Parts: []chat.Part{chat.Choices{Items: []chat.Choice{
			{Label: "Sign-ups " + r.Call.Args["q"], Call: chat.Call{Command: "ask", Args: chat.Args{"insight": "demo/signups"}}},
		}}}}
	})
	b.Shortcut(mia.ID, "ask_question").Wait(t)
	b.Eventually(t, "the dialog", func() bool { _, ok := b.Dialog(mia.ID); return ok })
	options := b.Suggest(t, mia.ID, "", "sig")
	if len(options) != 1 {
		t.Fatalf("%d options", len(options))
	}
	if r := b.request(1); r.Call.Command != "complete" || r.Call.Args["q"] != "sig" || r.Place.Kind != chat.PlaceDirect {
		t.Errorf("asked %v in %v", r.Call, r.Place)
	}
}

func TestCommand_OnlyAnAnswerGoesOpenly(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	b.answering(func(r *chat.Request) *chat.Reply {
		reply := echo(r)
		switch {
		case r.Call.Args["q"] == "/insight which":
			reply.Outcome = chat.OutcomeChoose
			reply.Parts = append(reply.Parts, chat.Choices{Items: []chat.Choice{
				{Label: "This one", Call: chat.Call{Command: "ask", Args: chat.Args{"q": "which", "insight": "demo/signups"}}},
			}})
		case r.Call.Args["q"] != "/insight sign-ups <!channel>" && r.Call.Args["insight"] == "":
			reply.Outcome = ""
		}
		return reply
	})
	for i, words := range []string{"", "insights", "revnue", "which"} {
		b.Command(mia.ID, growth.ID, "/insight", words).Wait(t)
		b.Eventually(t, "a reply to "+words, func() bool {
			all := b.Ephemerals(mia.ID)
			return len(all) == i+1 && strings.Contains(all[i].Words, "You asked")
		})
	}
	if got := b.Posted(growth.ID); len(got) != 0 {
		t.Fatalf("posted %q", texts(got))
	}
	b.Press(mia.ID, "This one").Wait(t)
	b.Eventually(t, "the answer", func() bool { return len(b.Posted(growth.ID)) == 1 })
	b.Command(mia.ID, growth.ID, "/insight", "sign-ups &lt;!channel&gt;").Wait(t)
	b.Eventually(t, "the other answer", func() bool { return len(b.Posted(growth.ID)) == 2 })
	for i, want := range []string{"<@" + mia.ID + "> asked: which", "<@" + mia.ID + "> asked: sign-ups &lt;!channel&gt;"} {
		if got := b.Posted(growth.ID)[i].Text; !strings.HasPrefix(got, want+"\n") {
			t.Errorf("posted %q, not below %q", got, want)
		}
	}
	b.Mention(mia.ID, growth.ID, "sign-ups <!channel>").Wait(t)
	b.Eventually(t, "a reply to the mention", func() bool { return len(b.Posted(growth.ID)) == 3 })
	if got := b.Posted(growth.ID)[2].Text; strings.Contains(got, "asked: ") && strings.HasPrefix(got, "<@") {
		t.Errorf("a mention shows the question by itself, and the answer says %q", got)
	}
}

func TestCheck_HTTPNeedsAnAddressThatSlackCanCall(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		name, url string
		app       chat.Secret
		ok        bool
	}{{"no address", "", "", false}, {"an address", "https://bot.example", "", true}, {"Socket Mode too", "", chat.Secret(b.App.AppToken), true}} {
		found := slack.Check(t.Context(), slack.Config{
			BotToken: chat.Secret(b.Token), AppToken: c.app, SigningSecret: "s", API: b.API, Addr: "127.0.0.1:3000", URL: c.url,
			Store: b.store, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		}, nil)
		if f := found[len(found)-1]; f.OK != c.ok || !strings.Contains(f.Says, "127.0.0.1:3000") || f.OK == (f.Do != "") {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}
