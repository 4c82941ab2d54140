package slack

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"insightbot/bot/slack/api"
	"insightbot/bot/slack/receive"
	"insightbot/bot/slack/screen"
	"insightbot/chat"
)

const (
	// handleLimit bounds everything that is done about one delivery. It is
	// beyond the time of an answer, and what uploading and posting may take.
	handleLimit = 3 * time.Minute
	// stale is how old a delivery may be and still be answered: a later answer
	// would surprise more than it helps.
	stale = 15 * time.Minute
)

// handle works off one delivery and takes it out of the inbox. Where it cannot
// be taken out, because the store is stuck, it is found there after a restart,
// marked as one that may have been answered. It reports whether the delivery was
// held back and has to be worked on again.
func (s *Slack) handle(ctx context.Context, d chat.Delivery) (held bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handleLimit)
	defer cancel()
	ref := refOf(d)
	var t *turn
	defer func() {
		if p := recover(); p != nil {
			s.config.Log.ErrorContext(ctx, "a delivery panicked", "ref", ref, "panic", chat.Recovered(p), "stack", string(debug.Stack()))
			if t != nil {
				t.sayFailed(ctx, nil)
			}
		}
		if held {
			s.behind.Store(true)
			return
		}
		s.finish(ctx, d.ID, ref)
	}()
	w := s.spaces.of(d.Workspace)
	if w == nil || w.left() {
		return false
	}
	in, err := receive.Decode(d.Body)
	if err != nil {
		s.config.Log.ErrorContext(ctx, "a kept delivery could not be read", "ref", ref, "error", err)
		return false
	}
	t = &turn{slack: s, workspace: w, id: d.ID, ref: ref, at: d.At, user: in.User}
	switch {
	case d.Sending:
		t.late = "I was restarted while I was answering you here. If you see no answer, please ask again."
	case s.config.Now().Sub(d.At) > stale:
		t.late = "I was away when you asked me something here. Please ask again."
	}
	if err := s.dispatch(ctx, t, in); err != nil {
		held = errors.Is(err, errHeld)
		s.failed(ctx, t, err)
		if !held {
			t.sayFailed(ctx, err)
		}
	}
	return held
}

// finish takes a delivery out of the inbox.
func (s *Slack) finish(ctx context.Context, id int64, ref string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.config.Store.Finish(ctx, id); err != nil {
		s.config.Log.ErrorContext(ctx, "a delivery could not be taken out of the inbox", "ref", ref, "error", err)
	}
}

// dispatch does what a delivery asks for.
func (s *Slack) dispatch(ctx context.Context, t *turn, d receive.Delivery) error {
	switch d.Kind {
	case receive.KindEvent:
		e, err := readEvent(d)
		if err != nil {
			return err
		}
		return s.event(ctx, t, e)
	case receive.KindCommand:
		c, err := readCommand(d)
		if err != nil {
			return err
		}
		return s.command(ctx, t, c)
	case receive.KindAction:
		i, err := readInteraction(d)
		if err != nil {
			return err
		}
		return s.action(ctx, t, i)
	case receive.KindSubmit:
		// One that was in the inbox at a start: its dialog is gone.
		t.late = "I was restarted before I could read what you sent in a dialog. Please open it again."
		if err := t.apart(ctx); err != nil {
			return err
		}
		return t.sayLate(ctx)
	default:
		return fmt.Errorf("slack: a delivery of the kind %q", d.Kind)
	}
}

// failed logs once why something was not done, and looks whether the workspace
// is still there.
func (s *Slack) failed(ctx context.Context, t *turn, err error) {
	if api.Revoked(err) {
		s.revoked(ctx, t.workspace, "a call was refused")
		return
	}
	s.config.Log.ErrorContext(ctx, "slack could not be answered", "ref", t.ref, "workspace", t.workspace.id, "error", err)
}

// tellLimit is how long telling of a failure may take, whatever took the time
// of the answer.
const tellLimit = 15 * time.Second

// sayFailed tells who waits for a reply that none comes, unless they were told
// already: in the dialog that is open, where they asked, or else directly.
func (t *turn) sayFailed(ctx context.Context, err error) {
	if !t.waits || t.told || t.workspace.left() {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tellLimit)
	defer cancel()
	words := "That did not work on my side. Please try again; if it happens again, tell whoever runs me this reference."
	if t.sends && errors.Is(err, api.ErrUnsure) {
		words = "Slack did not say whether my answer arrived. If you do not see it, please ask again."
		t.respond = "" // this must not take the place of an answer that did
	}
	reply := failure(words, t.ref)
	if t.view != "" {
		if v, e := t.modal(chat.Call{}, reply); e == nil && t.workspace.UpdateView(ctx, t.view, "", v) == nil {
			t.told = true
			return
		}
	}
	drawn, e := screen.Message(reply, screen.Options{})
	if e == nil {
		e = t.sayAnyhow(ctx, api.Message{Text: drawn.Text, Blocks: drawn.Blocks})
	}
	if e != nil {
		t.slack.config.Log.ErrorContext(ctx, "who asked could not be told of a failure", "ref", t.ref, "error", e)
	}
}

// sayAnyhow shows something to the asker alone: where they asked, or else
// directly.
func (t *turn) sayAnyhow(ctx context.Context, m api.Message) (err error) {
	asked := t.place.Channel != ""
	if t.respond != "" {
		err = t.workspace.Respond(ctx, t.respond, api.Response{Message: m, Replace: asked && t.source == ""})
		if err == nil {
			return nil
		}
	}
	if asked && t.place.Kind != chat.PlaceDirect {
		if err = t.workspace.Ephemeral(ctx, t.to(), t.user, m); err == nil {
			return nil
		}
	}
	if t.place.Kind != chat.PlaceDirect || !asked {
		if e := t.apart(ctx); e != nil {
			return errors.Join(err, e)
		}
	}
	_, e := t.workspace.Post(ctx, t.to(), m)
	return e
}

// revoked stops a workspace that took its token back. What is kept of it stays
// until it uninstalls the app or installs it again.
func (s *Slack) revoked(ctx context.Context, w *workspace, why string) {
	if w.left() {
		return
	}
	s.config.Log.WarnContext(ctx, "a workspace is disconnected: its token is not valid any more", "workspace", w.id, "why", why)
	fixed := w.fixed
	if current := s.spaces.of(w.id); current != w {
		w.leave() // it was installed anew meanwhile, and that token is good
		return
	}
	s.spaces.drop(w.id)
	if fixed {
		return
	}
	if err := s.config.Store.DropInstallation(ctx, Name, w.id); err != nil {
		s.config.Log.ErrorContext(ctx, "a token could not be deleted", "workspace", w.id, "error", err)
	}
}
