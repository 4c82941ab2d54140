package slack

import (
	"context"
	"errors"
	"time"

	"insightbot/bot/slack/api"
	"insightbot/chat"
)

// errReaders says that somebody else reads a place than when it was decided what
// may be said there.
var errReaders = errors.New("slack: who reads there changed")

// asDecided looks whether the same people read a place as when it was decided
// what may be said there: a source, an upload and the limits of Slack can take
// minutes, in which a guest may have joined.
func (t *turn) asDecided(decided chat.Place) api.Guard {
	if decided.Kind == chat.PlaceDirect {
		return nil
	}
	return func(ctx context.Context) error {
		now, err := t.workspace.PlaceNow(ctx, decided.Channel)
		if err != nil || now.Audience != decided.Audience || now.Kind != decided.Kind {
			return errReaders
		}
		return nil
	}
}

// readsFor is how long it is believed that somebody reads a channel.
const readsFor = 30 * time.Second

// reads reports whether the asker is in the channel that a dialog was opened in.
// They may have left since; where that is not known they are not there, and are
// answered as in their direct messages.
func (t *turn) reads(ctx context.Context, channel string) bool {
	if channel == "" {
		return false
	}
	now, w := t.slack.config.Now(), t.workspace
	if w.believes(channel, t.user, now) {
		return true
	}
	member, err := w.Member(ctx, channel, t.user)
	if err != nil {
		t.slack.config.Log.InfoContext(ctx, "the channel of a dialog could not be looked up", "ref", t.ref, "error", err)
		return false
	}
	if member {
		w.believe(channel, t.user, now.Add(readsFor))
	}
	return member
}

// believes reports whether somebody was in a channel a moment ago.
func (w *workspace) believes(channel, user string, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return now.Before(w.readers[[2]string{channel, user}])
}

// believe keeps that somebody is in a channel, until a moment.
func (w *workspace) believe(channel, user string, until time.Time) {
	const most = 1000
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.readers == nil || len(w.readers) >= most {
		w.readers = map[[2]string]time.Time{}
	}
	w.readers[[2]string{channel, user}] = until
}

// forgetReaders ends what is believed of who is where.
func (w *workspace) forgetReaders() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.readers = nil
}

// forgetAll ends all that is believed of people and places, after news of them
// may have been lost: who joined what would not be known for an hour.
func (s *Slack) forgetAll() {
	for _, w := range s.spaces.all() {
		w.ForgetAll()
		w.forgetReaders()
	}
}

// keptBack tells the asker alone that the files of an answer were kept back.
func (t *turn) keptBack(ctx context.Context) {
	err := t.privately(ctx, &chat.Reply{Private: true, Ref: t.ref, Parts: []chat.Part{chat.Text{
		Style: chat.Caution, Text: "Who reads this channel changed while I was answering, so I kept the file back. Please ask for it again.",
	}}})
	if err != nil {
		t.slack.config.Log.ErrorContext(ctx, "nor could that be said", "ref", t.ref, "error", err)
	}
}
