package slack

import (
	"context"
	"encoding/json"
	"errors"
	"runtime/debug"
	"sync"
	"time"

	slackgo "github.com/slack-go/slack"

	"insightbot/bot/slack/receive"
	"insightbot/bot/slack/screen"
	"insightbot/chat"
)

// submitLimit is how long a sent dialog waits for its answer; Slack gives it
// three seconds. Beyond it the dialog says that it is being worked on, and is
// changed later.
const submitLimit = 2 * time.Second

// verdict is what becomes of a sent dialog, in the form Slack wants.
type verdict struct {
	Action string                    `json:"response_action"`
	Errors map[string]string         `json:"errors,omitempty"`
	View   *slackgo.ModalViewRequest `json:"view,omitempty"`
}

// done closes every dialog.
func done() verdict { return verdict{Action: "clear"} }

// submit reads a sent dialog and answers within the acknowledgement.
func (s *Slack) submit(ctx context.Context, w *workspace, d chat.Delivery, in receive.Delivery) (any, error) {
	ref := refOf(d)
	i, err := readInteraction(in)
	if err != nil {
		s.finish(ctx, d.ID, ref)
		return nil, err
	}
	t := &turn{slack: s, workspace: w, id: d.ID, ref: ref, at: d.At, user: i.User.ID, team: i.User.TeamID, view: i.View.ID}
	answer := make(chan verdict, 1)
	var late slow
	s.mu.Lock()
	if s.known(d.ID) {
		s.mu.Unlock()
		return done(), nil // it was found in the inbox first, and is answered from there
	}
	s.waiting[d.ID] = true
	ok := s.quick.Put(d.Workspace+"/"+d.Person, func(ctx context.Context) {
		defer s.left(d.ID, false)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handleLimit)
		defer cancel()
		defer s.finish(ctx, d.ID, ref)
		v, err := s.sentSafely(ctx, t, i.View)
		if err != nil {
			s.failed(ctx, t, err)
			v = t.verdictOf(chat.Call{}, failure("That could not be done. Please try again; if it happens again, tell whoever runs me this reference.", ref))
		}
		if late.answered() {
			s.showLate(ctx, t, i.View.ID, v)
			return
		}
		answer <- v
	})
	if !ok {
		delete(s.waiting, d.ID)
	}
	s.mu.Unlock()
	if !ok {
		s.finish(ctx, d.ID, ref)
		return t.verdictOf(chat.Call{}, failure("I am too busy right now. Please try again in a minute.", ref)), nil
	}
	timer := time.NewTimer(submitLimit)
	defer timer.Stop()
	select {
	case v := <-answer:
		return s.fitting(t, v, in.MaxAnswer), nil
	case <-timer.C:
	case <-ctx.Done():
	}
	if late.give() {
		return s.fitting(t, <-answer, in.MaxAnswer), nil // it came in the same moment
	}
	loading := screen.Loading(dialogTitle)
	return verdict{Action: "update", View: &loading}, nil
}

// fitting is a verdict as an acknowledgement can carry it. A view that is too
// big for that is shown by a call of its own, and the dialog waits for it.
func (s *Slack) fitting(t *turn, v verdict, room int) verdict {
	b, err := json.Marshal(v)
	if v.View == nil || err == nil && len(b) <= room {
		return v
	}
	s.quick.Put(t.workspace.id+"/"+t.user, func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handleLimit)
		defer cancel()
		s.showLate(ctx, t, t.view, v)
	})
	loading := screen.Loading(dialogTitle)
	return verdict{Action: "update", View: &loading}
}

// slow settles whether a dialog was answered in time or has to be changed
// later: whoever comes first decides.
type slow struct {
	mu       sync.Mutex
	late, in bool
}

// answered is called with the answer at hand; true when it is too late.
func (s *slow) answered() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.in = !s.late
	return s.late
}

// give is called when nobody waits any longer; true when the answer is there
// after all.
func (s *slow) give() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.late = !s.in
	return s.in
}

// showLate shows the verdict over a dialog that waits for it.
func (s *Slack) showLate(ctx context.Context, t *turn, view string, v verdict) {
	shown := v.View
	if shown == nil {
		words := "Done. You can close this."
		for _, e := range v.Errors {
			words = e
		}
		m, err := t.modal(chat.Call{}, &chat.Reply{Parts: []chat.Part{chat.Text{Text: words}}})
		if err != nil {
			return
		}
		shown = &m
	}
	if err := t.workspace.UpdateView(ctx, view, "", *shown); err != nil {
		s.failed(ctx, t, err)
	}
}

// errDefect stands for a panic, which is logged where it happened.
var errDefect = errors.New("slack: a defect")

// sentSafely is sent, where a defect ends the dialog and not the program.
func (s *Slack) sentSafely(ctx context.Context, t *turn, v slackgo.View) (answer verdict, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.config.Log.ErrorContext(ctx, "a dialog panicked", "ref", t.ref, "panic", chat.Recovered(p), "stack", string(debug.Stack()))
			answer, err = verdict{}, errDefect
		}
	}()
	return s.sent(ctx, t, v)
}

// sent does what a dialog was sent for.
func (s *Slack) sent(ctx context.Context, t *turn, v slackgo.View) (verdict, error) {
	if v.CallbackID == screen.AskCallback {
		return s.sentQuestion(ctx, t, v)
	}
	meta, call, chosen, err := screen.Submitted(v, t.kept)
	if err != nil {
		return verdict{}, err
	}
	switch {
	case chosen != "":
		if !s.choose(ctx, t, chosen) {
			return verdict{Action: "errors", Errors: map[string]string{screen.PlaceBlock(v): "Choose a channel that you and I are both in."}}, nil
		}
	case t.reads(ctx, meta.Channel):
		t.locate(ctx, meta.Channel, meta.Thread, false)
	default:
		if err := t.apart(ctx); err != nil {
			return verdict{}, err
		}
	}
	reply := t.run(ctx, t.request(ctx, call))
	if form, ok := formOf(reply.Parts); ok {
		if wrong, ok := screen.ErrorsIn(v, form); ok {
			return verdict{Action: "errors", Errors: wrong}, nil
		}
	}
	if t.place.Kind != chat.PlaceDirect && !reply.Private {
		if err := t.deliver(ctx, reply); err != nil {
			return verdict{}, err
		}
		return done(), nil
	}
	t.notify(ctx, reply)
	return t.verdictOf(call, reply), nil
}

// choose moves a turn to a channel that was chosen in a dialog. Whoever
// chooses it must be in it, so that nobody writes through the bot where they
// may not write themselves; where that is not known they are not.
func (s *Slack) choose(ctx context.Context, t *turn, channel string) bool {
	member, err := t.workspace.Member(ctx, channel, t.user)
	if err != nil {
		s.config.Log.InfoContext(ctx, "a chosen channel could not be looked up", "ref", t.ref, "error", err)
	}
	if err != nil || !member {
		return false
	}
	t.locate(ctx, channel, "", false)
	return true
}

// sentQuestion answers the dialog of the shortcut in direct messages.
func (s *Slack) sentQuestion(ctx context.Context, t *turn, v slackgo.View) (verdict, error) {
	call, ok := screen.Asked(v, t.kept)
	if !ok {
		return verdict{Action: "errors", Errors: map[string]string{screen.AskBlock: "Type a question, or choose an insight."}}, nil
	}
	if err := t.apart(ctx); err != nil {
		return verdict{}, err
	}
	// The answer may take longer than a dialog waits; then the dialog says so
	// until the answer is there.
	if err := t.answer(ctx, call); err != nil {
		return verdict{}, err
	}
	return done(), nil
}

// verdictOf shows a reply in the dialog that was sent.
func (t *turn) verdictOf(c chat.Call, reply *chat.Reply) verdict {
	v, err := t.modal(c, reply)
	if err != nil {
		t.slack.config.Log.Error("a dialog could not be drawn", "ref", t.ref, "error", err)
		return done()
	}
	return verdict{Action: "update", View: &v}
}

// formOf is the first form of a reply.
func formOf(parts []chat.Part) (chat.Form, bool) {
	for _, p := range parts {
		switch p := p.(type) {
		case chat.Form:
			return p, true
		case chat.Section:
			if f, ok := formOf(p.Parts); ok {
				return f, true
			}
		}
	}
	return chat.Form{}, false
}
