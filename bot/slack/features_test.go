package slack_test

import (
	"strings"
	"testing"

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
