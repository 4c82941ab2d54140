package slack_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"insightbot/bot/slack"
	"insightbot/bot/slack/slacktest"
	"insightbot/chat"
)

// stuck is a store of which parts fail.
type stuck struct {
	slack.Store
	keep   atomic.Bool
	accept func(ctx context.Context, d chat.Delivery) (int64, bool, error)
}

func (s *stuck) KeepCall(ctx context.Context, platform, workspace string, c chat.Call, at time.Time) (string, error) {
	if s.keep.Load() {
		return "", errors.New("stuck")
	}
	return s.Store.KeepCall(ctx, platform, workspace, c, at)
}

func (s *stuck) Accept(ctx context.Context, d chat.Delivery) (int64, bool, error) {
	if s.accept != nil {
		return s.accept(ctx, d)
	}
	return s.Store.Accept(ctx, d)
}

// stuckBench is a bench over such a store.
func stuckBench(t *testing.T) (*bench, *stuck) {
	t.Helper()
	var st *stuck
	b := newBench(t, func(_ *bench, c *slack.Config) { st = &stuck{Store: c.Store}; c.Store = st })
	return b, st
}

// withButton is an answer with one button.
func withButton(label string, c chat.Call) func(*chat.Request) *chat.Reply {
	return func(r *chat.Request) *chat.Reply {
		reply := echo(r)
		if r.Call.Command != c.Command || c.Command == "ask" {
			reply.Parts = append(reply.Parts, chat.Choices{Items: []chat.Choice{{Label: label, Call: c}}})
		}
		return reply
	}
}

func TestLost_ADialogInTheInboxAtAStartIsTold(t *testing.T) {
	b := &bench{Server: slacktest.New(t), t: t, log: newLog(), answers: echo}
	b.open(filepath.Join(t.TempDir(), "bot", "bot.db"))
	mia, _, _ := b.people()
	body := `{"kind":"submit","team":"` + b.Home.ID + `","user":"` + mia.ID + `","keys":["trigger:1"],"at":"` + time.Now().UTC().Format(time.RFC3339) +
		`","payload":{"type":"view_submission","user":{"id":"` + mia.ID + `"},"team":{"id":"` + b.Home.ID + `"},"view":{"id":"V1","callback_id":"ask"}}}`
	kept := chat.Delivery{Platform: slack.Name, Workspace: b.Home.ID, Person: mia.ID, Keys: []string{"trigger:1"}, At: time.Now(), Body: []byte(body)}
	if _, _, err := b.store.Accept(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	b.start()
	defer b.store.Close() //nolint:errcheck // it is only a test
	defer b.stop()
	b.Eventually(t, "a word about the dialog", func() bool {
		return b.DirectOf(mia.ID) != "" && strings.Contains(texts(b.Posted(b.DirectOf(mia.ID))), "open it again")
	})
}

func TestLost_WhatCannotBeDrawnIsSaid(t *testing.T) {
	b, st := stuckBench(t)
	st.keep.Store(true)
	mia, _, growth := b.people()
	b.answering(withButton("More", chat.Call{Command: "ask", Args: chat.Args{"q": strings.Repeat("long ", 500)}}))
	b.Mention(mia.ID, growth.ID, "x").Wait(t)
	b.Eventually(t, "a word to who asked", func() bool { return strings.Contains(texts(b.Ephemerals(mia.ID)), "did not work") })
}

func TestLost_AShortcutWithoutDirectMessagesIsSaid(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	b.Break("conversations.open", slacktest.Fault{Status: 500})
	m := b.Say(mia.ID, growth.ID, "", "how many sign-ups?")
	b.MessageShortcut(mia.ID, growth.ID, m.TS, "answer_message").Wait(t)
	b.Eventually(t, "a word to who asked", func() bool { return strings.Contains(texts(b.Ephemerals(mia.ID)), "did not work") })
}

func TestLost_AnAnswerThatMayHaveArrivedIsSaidToBeUnsure(t *testing.T) {
	b := newBench(t)
	mia, _, _ := b.people()
	b.Break("chat.postMessage", slacktest.Fault{Times: 1, Status: 503})
	b.DirectMessage(mia.ID, "x").Wait(t)
	b.Eventually(t, "a word to who asked", func() bool {
		return strings.Contains(texts(b.Posted(b.DirectOf(mia.ID))), "did not say whether my answer arrived")
	})
}

func TestLost_ADialogThatCouldNotBeFilledSaysSo(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	b.answering(withButton("Fill in", chat.Call{Command: "form"}))
	b.Mention(mia.ID, growth.ID, "x").Wait(t)
	b.Eventually(t, "the answer", func() bool { return len(b.Posted(growth.ID)) == 1 })
	b.Break("views.update", slacktest.Fault{Times: 1, Status: 503})
	b.Press(mia.ID, "Fill in").Wait(t)
	b.Eventually(t, "a word in the dialog", func() bool {
		d, ok := b.Dialog(mia.ID)
		return ok && !strings.Contains(d.Words, "One moment")
	})
}

func TestTwice_AReplyThatMayHaveArrivedGoesNoOtherWay(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	b.answering(func(r *chat.Request) *chat.Reply {
		reply := echo(r)
		reply.Private = true
		return reply
	})
	b.Break("response_url", slacktest.Fault{Times: 1, Status: 500, After: true})
	b.Command(mia.ID, growth.ID, "/insight", "x").Wait(t)
	b.Eventually(t, "the reply and what is said of it", func() bool { return len(b.Calls("response_url")) > 0 && len(b.Ephemerals(mia.ID)) > 0 })
	b.WaitIdle(t, 300*time.Millisecond)
	said := texts(b.Ephemerals(mia.ID))
	if len(b.Calls("response_url")) > 1 || strings.Contains(said, "You asked") || !strings.Contains(said, "did not say whether my answer arrived") {
		t.Errorf("%d responses, and %q", len(b.Calls("response_url")), said)
	}
}

// A delivery that is kept, though nobody heard of it in time, may be answered:
// nothing may say that it was not done.
func TestTwice_WhatWasKeptIsNotSaidToBeUndone(t *testing.T) {
	b, st := stuckBench(t)
	var slow atomic.Bool
	st.accept = func(ctx context.Context, d chat.Delivery) (int64, bool, error) {
		if !slow.Load() {
			return st.Store.Accept(ctx, d)
		}
		if _, _, err := st.Store.Accept(context.WithoutCancel(ctx), d); err != nil {
			return 0, false, err
		}
		return 0, false, context.DeadlineExceeded
	}
	mia, _, growth := b.people()
	slow.Store(true)
	first := b.Command(mia.ID, growth.ID, "/insight", "x").Wait(t)
	if said := string(first.Answer()); strings.Contains(said, "Nothing was done") || !strings.Contains(said, "within a minute") {
		t.Errorf("said %s", said)
	}
	b.Eventually(t, "the answer all the same", func() bool { return len(b.Posted(growth.ID)) == 1 })
}

func TestTwice_TheInboxIsReadWhileOneIsOnItsWayToTheQueue(t *testing.T) {
	b, st := stuckBench(t)
	var slow atomic.Bool
	mia, _, growth := b.people()
	st.accept = func(ctx context.Context, d chat.Delivery) (int64, bool, error) {
		id, fresh, err := st.Store.Accept(ctx, d)
		if slow.CompareAndSwap(true, false) {
			time.Sleep(1500 * time.Millisecond) // the goroutine does not get its turn
		}
		return id, fresh, err
	}
	slow.Store(true)
	s := b.Mention(mia.ID, growth.ID, "once")
	for slow.Load() {
		time.Sleep(time.Millisecond)
	}
	// A repetition makes the inbox be looked through.
	b.Redeliver(b.Mention(mia.ID, growth.ID, "other").Wait(t)).Wait(t)
	s.Wait(t)
	b.Eventually(t, "both answers", func() bool { return len(b.Posted(growth.ID)) >= 2 })
	b.WaitIdle(t, 500*time.Millisecond)
	if n := strings.Count(texts(b.Posted(growth.ID)), "ask once"); n != 1 {
		t.Errorf("%d answers to one question", n)
	}
}
