package slack_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"insightbot/bot/slack/slacktest"
	"insightbot/chat"
)

// byAudience answers openly where the transport says that no guest reads.
func byAudience(r *chat.Request) *chat.Reply {
	reply := echo(r)
	if r.Place.Kind != chat.PlaceDirect && (r.Place.Audience.Guests != chat.No || r.Place.Audience.Shared != chat.No) {
		reply.Private = true
	}
	return reply
}

// withFile is an answer with a file below it.
func withFile(r *chat.Request) *chat.Reply {
	reply := echo(r)
	reply.Parts = append(reply.Parts, chat.Attachment{Label: "The data", File: chat.File{Name: "a.csv", Type: "text/csv", Data: []byte("who,revenue\nmia,12345\n")}})
	return reply
}

// The news waits behind no question of the guest.
func TestReaders_AGuestCannotDelayTheNewsOfTheirJoining(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	gus := b.AddUser(slacktest.User{Name: "gus", Guest: true})
	free := make(chan struct{})
	defer close(free)
	b.answering(func(r *chat.Request) *chat.Reply {
		if r.User.ID == gus.ID {
			<-free // any slow source
		}
		return byAudience(r)
	})
	b.Mention(mia.ID, growth.ID, "before").Wait(t)
	b.Eventually(t, "the first answer", func() bool { return len(b.Posted(growth.ID)) == 1 })
	b.DirectMessage(gus.ID, "slow one").Wait(t)
	b.DirectMessage(gus.ID, "slow two").Wait(t)
	b.request(3)
	if d := b.Joined(gus.ID, growth.ID, mia.ID).Wait(t); !d.Acked() {
		t.Fatal("not acked")
	}
	b.WaitIdle(t, 300*time.Millisecond)
	b.Mention(mia.ID, growth.ID, "secret").Wait(t)
	b.WaitIdle(t, 300*time.Millisecond)
	if b.SeesText(gus.ID, "You asked: ask secret") {
		t.Error("the guest read a public answer although the join was acknowledged before the question")
	}
}

// A post that waits for its turn is decided when its turn comes.
func TestReaders_AreLookedAtAfterTheWaitForATurn(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	gus := b.AddUser(slacktest.User{Name: "gus", Guest: true})
	b.answering(byAudience)
	b.Break("chat.postMessage", slacktest.Fault{Times: 1, RetryAfter: 3 * time.Second})
	b.Mention(mia.ID, growth.ID, "secret").Wait(t)
	b.Eventually(t, "the limit", func() bool { return len(b.Calls("chat.postMessage")) == 1 })
	b.Joined(gus.ID, growth.ID, mia.ID).Wait(t)
	b.Eventually(t, "a word to who asked", func() bool { return strings.Contains(texts(b.Ephemerals(mia.ID)), "Who reads this channel changed") })
	if b.SeesText(gus.ID, "You asked: ask secret") {
		t.Error("posted 3 s after the guest's joining was acknowledged")
	}
}

func TestReaders_OfAPreviewAreLookedAtAgain(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	gus := b.AddUser(slacktest.User{Name: "gus", Guest: true})
	b.answering(func(r *chat.Request) *chat.Reply {
		if r.Call.Command == "preview" {
			b.Joined(gus.ID, growth.ID, mia.ID)
			time.Sleep(700 * time.Millisecond)
		}
		return byAudience(r)
	})
	b.PostLink(mia.ID, growth.ID, "https://bot.example/insight/x").Wait(t)
	b.WaitIdle(t, 500*time.Millisecond)
	if n := len(b.Calls("chat.unfurl")); n > 0 {
		t.Errorf("unfurled %d times after a guest joined: %v", n, b.Calls("chat.unfurl")[0].Result)
	}
}

func TestReaders_ADialogGivesNoRightsOfAChannelThatWasLeft(t *testing.T) {
	b := newBench(t)
	mia, ben, _ := b.people()
	board := b.AddChannel(slacktest.Channel{Name: "board", Kind: slacktest.Private, Members: []string{mia.ID, ben.ID, b.Bot}})
	b.answering(func(r *chat.Request) *chat.Reply {
		switch r.Call.Command {
		case "form":
			return &chat.Reply{Private: true, Title: "F", Parts: []chat.Part{chat.Text{Text: "Pick"}, chat.Choices{Items: []chat.Choice{{Label: "Look", Call: chat.Call{Command: "look"}}}}}}
		case "look":
			if r.Place.Channel == board.ID { // what only the channel's key opens
				return &chat.Reply{Outcome: chat.OutcomeAnswer, Title: "A", Parts: []chat.Part{chat.Text{Text: "board secret 42"}}}
			}
			return &chat.Reply{Private: true, Title: "A", Parts: []chat.Part{chat.Text{Text: "no such thing"}}}
		default:
			x := echo(r)
			x.Parts = append(x.Parts, chat.Choices{Items: []chat.Choice{{Label: "Fill in", Call: chat.Call{Command: "form"}}}})
			return x
		}
	})
	b.Mention(mia.ID, board.ID, "x").Wait(t)
	b.Eventually(t, "answer", func() bool { return len(b.Posted(board.ID)) == 1 })
	b.Press(ben.ID, "Fill in").Wait(t)
	b.Eventually(t, "dialog", func() bool { d, ok := b.Dialog(ben.ID); return ok && strings.Contains(d.Words, "Pick") })
	b.Left(ben.ID, board.ID).Wait(t)
	b.WaitIdle(t, 300*time.Millisecond)
	b.Press(ben.ID, "Look").Wait(t)
	b.WaitIdle(t, 300*time.Millisecond)
	d, _ := b.Dialog(ben.ID)
	if strings.Contains(d.Words, "board secret") {
		t.Errorf("%q shown to somebody who is not in the channel any more", d.Words)
	}
}

func TestTakenBack_TakesTheFileToo(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	b.answering(withFile)
	b.Mention(mia.ID, growth.ID, "x").Wait(t)
	b.Eventually(t, "file", func() bool { return len(b.Files()) == 1 && len(b.Posted(growth.ID)) >= 2 })
	b.WaitIdle(t, 300*time.Millisecond)
	var ts string
	for _, m := range b.Posted(growth.ID) {
		if strings.Contains(m.Text, "You asked") {
			ts = m.TS
		}
	}
	b.React(mia.ID, growth.ID, ts, "x").Wait(t)
	b.Eventually(t, "taken back", func() bool { return strings.Contains(texts(b.Posted(growth.ID)), "took this answer back") })
	b.WaitIdle(t, 300*time.Millisecond)
	if n := len(b.Files()); n != 0 || len(b.Calls("files.delete")) != 1 {
		t.Errorf("%d files remain, %d were deleted; %q", n, len(b.Calls("files.delete")), texts(b.Posted(growth.ID)))
	}
}

func TestReaders_DroppedEventsEndWhatIsKnown(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	gus := b.AddUser(slacktest.User{Name: "gus", Guest: true})
	b.answering(byAudience)
	b.Mention(mia.ID, growth.ID, "before").Wait(t)
	b.Eventually(t, "the first answer", func() bool { return len(b.Posted(growth.ID)) == 1 })
	b.ChangeChannel(growth.ID, func(c *slacktest.Channel) { c.Members = append(c.Members, gus.ID) }) // its event was dropped by Slack ...
	b.RateLimited(b.Home.ID).Wait(t)                                                                 // ... which says so
	b.WaitIdle(t, 300*time.Millisecond)
	b.Mention(mia.ID, growth.ID, "secret").Wait(t)
	b.WaitIdle(t, 300*time.Millisecond)
	if b.SeesText(gus.ID, "You asked: ask secret") {
		t.Error("after app_rate_limited what is known is still believed")
	}
}

// A file goes up after the answer stands there, which takes its time.
func TestReaders_AreLookedAtBeforeAFileIsShown(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	gus := b.AddUser(slacktest.User{Name: "gus", Guest: true})
	b.answering(withFile)
	b.Break("files.completeUploadExternal", slacktest.Fault{Times: 1, RetryAfter: 2 * time.Second})
	b.Mention(mia.ID, growth.ID, "x").Wait(t)
	b.Eventually(t, "the limit", func() bool { return len(b.Calls("files.completeUploadExternal")) == 1 })
	b.Joined(gus.ID, growth.ID, mia.ID).Wait(t)
	b.Eventually(t, "a word", func() bool { return len(b.Ephemerals(mia.ID)) == 1 })
	if words := b.Ephemerals(mia.ID)[0].Words; !strings.Contains(words, "kept the file back") {
		t.Errorf("told %q", words)
	}
	if n := len(b.Calls("files.completeUploadExternal")); n != 1 {
		t.Errorf("shown after a guest joined: %d calls", n)
	}
}

// That a channel is a direct message with the bot is Slack's to say when asked:
// in one between two people the other would read what the poster may see.
func TestReaders_OfAPreviewAreNotBelievedOfTheEvent(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	for _, channel := range []string{growth.ID, "D0STRANGERS"} {
		asked := len(b.requests())
		b.Emit(b.Home.ID, json.RawMessage(`{"type":"link_shared","channel":"`+channel+`","channel_type":"im","user":"`+mia.ID+
			`","message_ts":"1700000000.000100","links":[{"domain":"bot.example","url":"https://bot.example/insight/x"}]}`)).Wait(t)
		if r := b.request(asked + 1); r.Place.Kind == chat.PlaceDirect || r.User.ID != "" || !r.Clock {
			t.Errorf("in %s it was asked as %q in %+v", channel, r.User.ID, r.Place)
		}
	}
}

// News that Slack had while nothing was connected may never come.
func TestReaders_ALostConnectionEndsWhatIsKnown(t *testing.T) {
	b := newBench(t)
	mia, _, growth := b.people()
	gus := b.AddUser(slacktest.User{Name: "gus", Guest: true})
	b.answering(byAudience)
	b.Mention(mia.ID, growth.ID, "before").Wait(t)
	b.Eventually(t, "the first answer", func() bool { return len(b.Posted(growth.ID)) == 1 })
	b.ChangeChannel(growth.ID, func(c *slacktest.Channel) { c.Members = append(c.Members, gus.ID) })
	b.Cut()
	b.Eventually(t, "no connection", func() bool { return b.Sockets() == 0 })
	b.Eventually(t, "connections", func() bool { return b.Sockets() == 2 })
	b.Mention(mia.ID, growth.ID, "secret").Wait(t)
	b.request(2)
	b.WaitIdle(t, 300*time.Millisecond)
	if b.SeesText(gus.ID, "You asked: ask secret") {
		t.Error("what was known before the gap was believed")
	}
}

// Without a guest the same is answered for all, so that the tests above show
// that it was the guest who made the difference.
func TestReaders_WithoutAGuestAllRead(t *testing.T) {
	b := newBench(t)
	mia, ben, growth := b.people()
	b.answering(byAudience)
	b.Mention(mia.ID, growth.ID, "secret").Wait(t)
	b.Eventually(t, "the answer", func() bool { return b.SeesText(ben.ID, "You asked: ask secret") })
}
