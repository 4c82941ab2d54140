package slack

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"insightbot/bot/slack/api"
	"insightbot/bot/slack/receive"
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
// marked as one that may have been answered.
func (s *Slack) handle(ctx context.Context, d chat.Delivery) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handleLimit)
	defer cancel()
	ref, held := refOf(d), false
	defer func() {
		if p := recover(); p != nil {
			s.config.Log.ErrorContext(ctx, "a delivery panicked", "ref", ref, "panic", p, "stack", string(debug.Stack()))
		}
		if held {
			s.behind.Store(true)
			return
		}
		s.finish(ctx, d.ID, ref)
	}()
	w := s.spaces.of(d.Workspace)
	if w == nil || w.left() {
		return
	}
	in, err := receive.Decode(d.Body)
	if err != nil {
		s.config.Log.ErrorContext(ctx, "a kept delivery could not be read", "ref", ref, "error", err)
		return
	}
	t := &turn{slack: s, workspace: w, id: d.ID, ref: ref, at: d.At, user: in.User}
	switch {
	case d.Sending:
		t.late = "I was restarted while I was answering you here. If you see no answer, please ask again."
	case s.config.Now().Sub(d.At) > stale:
		t.late = "I was away when you asked me something here. Please ask again."
	}
	if err := s.dispatch(ctx, t, in); err != nil {
		held = errors.Is(err, errHeld)
		s.failed(ctx, t, err)
	}
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
		t.place = chat.Place{Platform: Name, Workspace: t.workspace.id, Kind: chat.PlaceDirect}
		return t.sayLate(ctx)
	default:
		return fmt.Errorf("slack: a delivery of the kind %q", d.Kind)
	}
}

// failed logs once why something was not done, and looks whether the workspace
// is still there. Who asked was told by then, where anybody could be.
func (s *Slack) failed(ctx context.Context, t *turn, err error) {
	if api.Revoked(err) {
		s.revoked(ctx, t.workspace, "a call was refused")
		return
	}
	s.config.Log.ErrorContext(ctx, "slack could not be answered", "ref", t.ref, "workspace", t.workspace.id, "error", err)
}

// revoked stops a workspace that took its token back. What is kept of it stays
// until it uninstalls the app or installs it again.
func (s *Slack) revoked(ctx context.Context, w *workspace, why string) {
	if w.left() {
		return
	}
	s.config.Log.WarnContext(ctx, "a workspace is disconnected: its token is not valid any more", "workspace", w.id, "why", why)
	fixed := w.fixed
	s.spaces.drop(w.id)
	if fixed {
		return
	}
	if err := s.config.Store.DropInstallation(ctx, Name, w.id); err != nil {
		s.config.Log.ErrorContext(ctx, "a token could not be deleted", "workspace", w.id, "error", err)
	}
}
