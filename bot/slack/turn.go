package slack

import (
	"context"
	"fmt"
	"sync"
	"time"

	"insightbot/bot/slack/api"
	"insightbot/chat"
)

// turn is one request of a person, with where its reply goes.
type turn struct {
	slack     *Slack
	workspace *workspace
	// id is that of the delivery in the inbox.
	id  int64
	ref string
	at  time.Time
	// user is the id of who asked, and team the workspace they are of, or "".
	user, team string
	// place is where they asked, with what is known of who reads there.
	place chat.Place
	// respond is the address for replies to a command or a button; or "".
	respond string
	// source is the message that asked, for a sign that it is being worked on.
	source string
	// view is the dialog or home page that is open, or "".
	view string
	// alone says that the reply is for the asker only, whatever it is.
	alone bool
	// quiet says that the place does not show what was asked: an answer goes
	// there openly, below who asked it and asked, and anything else to the asker
	// alone.
	quiet bool
	asked string
	// call is what was asked last, so that a form in its reply can be opened.
	call chat.Call
	// late is what is said in the place of an answer that comes too late.
	late string
	// waits is set when somebody waits for a reply, sends once one is on its way,
	// and told when they got it.
	waits, sends, told bool
}

// request is the turn as the handler sees it.
func (t *turn) request(ctx context.Context, c chat.Call) *chat.Request {
	t.call = c
	r := &chat.Request{
		Ref: t.ref, Call: c, Place: t.place, At: t.at, Themes: []chat.Theme{chat.Light}, Shares: true,
	}
	r.User = t.who(ctx)
	previous, err := t.slack.config.Store.Thread(ctx, t.place, t.user)
	if err != nil {
		// A follow-up is then answered as a question of its own.
		t.slack.config.Log.WarnContext(ctx, "the context of a thread could not be read", "ref", t.ref, "error", err)
	}
	r.Context = previous
	return r
}

// who is what is known of the asker. Where Slack does not say it, the facts
// stay unknown, and the gate opens nothing.
func (t *turn) who(ctx context.Context) chat.User {
	u, err := t.workspace.User(ctx, t.user, t.team)
	if err != nil {
		t.slack.config.Log.WarnContext(ctx, "a person could not be looked up", "ref", t.ref, "workspace", t.workspace.id, "error", err)
		return chat.User{ID: t.user}
	}
	return u
}

// locate finds out where a turn takes place. thread is the message that its
// replies go below, or "".
func (t *turn) locate(ctx context.Context, channel, thread string, direct bool) {
	p, err := t.workspace.Place(ctx, channel, direct)
	if err != nil {
		t.slack.config.Log.WarnContext(ctx, "a channel could not be looked up", "ref", t.ref, "workspace", t.workspace.id, "error", err)
		p = chat.Place{Channel: channel, Kind: chat.PlacePrivate}
	}
	p.Platform, p.Workspace, p.Thread = Name, t.workspace.id, thread
	t.place = p
}

// forAsker reports whether a reply is for the asker alone.
func (t *turn) forAsker(reply *chat.Reply) bool {
	return reply.Private || t.alone || t.quiet && reply.Outcome != chat.OutcomeAnswer
}

// alone moves a turn to where the asker alone reads: their direct messages.
func (t *turn) apart(ctx context.Context) error {
	channel, err := t.workspace.Direct(ctx, t.user)
	if err != nil {
		return fmt.Errorf("slack: direct messages: %w", err)
	}
	t.place = directPlace(t.workspace.id, channel)
	return nil
}

// directPlace is the conversation of the bot with one person.
func directPlace(workspace, channel string) chat.Place {
	return chat.Place{
		Platform: Name, Workspace: workspace, Channel: channel, Name: "direct messages", Kind: chat.PlaceDirect,
		Audience: chat.Audience{Shared: chat.No, Guests: chat.No},
	}
}

// answer runs a call and delivers its reply.
func (t *turn) answer(ctx context.Context, c chat.Call) error {
	t.waits = true
	if t.late != "" {
		return t.sayLate(ctx)
	}
	defer t.progress(ctx)()
	return t.deliver(ctx, t.run(ctx, t.request(ctx, c)))
}

// run asks the handler, and puts an error into words.
func (t *turn) run(ctx context.Context, r *chat.Request) *chat.Reply {
	reply, err := t.slack.handler.Answer(ctx, r)
	if err != nil {
		t.slack.config.Log.ErrorContext(ctx, "request failed", "ref", t.ref, "command", r.Call.Command, "error", err)
		return failure("Something went wrong on my side, so there is no answer. Please try again; if it happens again, tell whoever runs me this reference.", t.ref)
	}
	if reply.Ref == "" {
		reply.Ref = t.ref
	}
	return reply
}

// failure is a reply that says what did not work, to the asker alone.
func failure(words, ref string) *chat.Reply {
	return &chat.Reply{Private: true, Ref: ref, Outcome: chat.OutcomeFailed, Parts: []chat.Part{
		chat.Text{Style: chat.Failure, Text: words}, chat.Text{Style: chat.Note, Text: "Reference " + ref},
	}}
}

// sayLate says why there is no answer, to the asker alone.
func (t *turn) sayLate(ctx context.Context) error {
	return t.deliver(ctx, &chat.Reply{Private: true, Ref: t.ref, Parts: []chat.Part{chat.Text{Style: chat.Caution, Text: t.late}}})
}

// patience is how long an answer may take before a sign of work is shown:
// most need none, and each sign costs two calls.
const patience = 700 * time.Millisecond

// working is the emoji below a question that is being worked on.
const working = "eyes"

// progress shows a sign of work when the answer takes longer. stop takes it
// away and must be called.
func (t *turn) progress(ctx context.Context) (stop func()) {
	if t.source == "" || t.alone {
		return func() {}
	}
	// A sign that is being put up when the answer comes is finished first:
	// one that was cut off could be there and stay.
	whole := ctx
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	shown := false
	wg.Go(func() {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if t.place.Kind == chat.PlaceDirect && t.place.Thread != "" &&
			t.workspace.Status(whole, t.place.Channel, t.place.Thread, "is looking it up…") == nil {
			return // it vanishes with the answer
		}
		shown = t.workspace.React(whole, t.place.Channel, t.source, working) == nil
	})
	return func() {
		cancel()
		wg.Wait()
		if shown {
			// A sign that stays is no harm.
			_ = t.workspace.Unreact(whole, t.place.Channel, t.source, working)
		}
	}
}

// to is where public and direct replies go.
func (t *turn) to() api.To { return api.To{Channel: t.place.Channel, Thread: t.place.Thread} }
