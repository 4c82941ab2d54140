package slack

import (
	"context"
	"errors"
	"fmt"

	slackgo "github.com/slack-go/slack"

	"insightbot/bot/slack/api"
	"insightbot/bot/slack/screen"
	"insightbot/chat"
)

// deliver carries a reply to who may read it: into the place, or to the asker
// alone. What it costs to keep for later is written down beside.
func (t *turn) deliver(ctx context.Context, reply *chat.Reply) error {
	if err := t.slack.config.Store.BeginSending(ctx, t.id); err != nil {
		// Without the mark a restart could answer twice; and what cannot be
		// written down now could not be taken back later either.
		return fmt.Errorf("%w: %w", errHeld, err)
	}
	t.sends = true
	defer t.notify(ctx, reply)
	direct := t.place.Kind == chat.PlaceDirect
	switch {
	case t.forAsker(reply) && !direct:
		return t.privately(ctx, reply)
	default:
		return t.post(ctx, t.to(), t.place, reply)
	}
}

// errHeld says that an answer was not sent, because the store is stuck. The
// delivery stays in the inbox and is worked off again later.
var errHeld = errors.New("slack: the inbox is stuck")

// draw makes a message of a reply. Its pictures are uploaded first, seen by
// nobody until the message is posted; one that fails is left out, and the words
// go alone.
func (t *turn) draw(ctx context.Context, reply *chat.Reply, private bool) (screen.Drawn, []string, error) {
	o := t.options()
	o.Private = private
	if t.quiet && !private {
		o.Asker, o.Asked = t.user, firstOf(t.asked, reply.Title)
	}
	o.Retract = reply.Outcome == chat.OutcomeAnswer
	for _, p := range screen.Pictures(reply) {
		id, err := t.workspace.Upload(ctx, p.Files[chat.Light], p.Alt, reply.Title, api.To{})
		if err != nil {
			t.slack.config.Log.WarnContext(ctx, "a picture could not be uploaded", "ref", t.ref, "error", err)
			id = ""
		}
		o.Pictures = append(o.Pictures, id)
	}
	drawn, err := screen.Message(reply, o)
	return drawn, o.Pictures, err
}

// options are those of every screen of this turn.
func (t *turn) options() screen.Options {
	return screen.Options{Call: t.call, Keep: t.keep, Dialog: t.slack.config.Dialog}
}

// keep writes a call down that is too long for a button.
func (t *turn) keep(c chat.Call) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), acceptLimit)
	defer cancel()
	return t.slack.config.Store.KeepCall(ctx, Name, t.workspace.id, c, t.slack.config.Now())
}

// kept reads such a call again.
func (t *turn) kept(key string) (chat.Call, bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), acceptLimit)
	defer cancel()
	return t.slack.config.Store.KeptCall(ctx, Name, t.workspace.id, key)
}

// post writes a reply into a place that everybody meant reads: the place of
// the question, or the asker's direct messages.
func (t *turn) post(ctx context.Context, to api.To, place chat.Place, reply *chat.Reply) error {
	drawn, files, err := t.draw(ctx, reply, place.Kind == chat.PlaceDirect)
	if err != nil {
		return err
	}
	to.If = t.asDecided(place)
	ts, err := t.workspace.Post(ctx, to, t.message(drawn.Text, drawn.Blocks))
	if errors.Is(err, api.ErrBlocks) {
		// A picture that is not ready after all, or a rule of Slack's that is
		// new: the words are worth more than their form.
		t.slack.config.Log.WarnContext(ctx, "a message was refused as it was drawn; it goes as text", "ref", t.ref, "error", err)
		ts, err = t.workspace.Post(ctx, to, t.message(drawn.Text, nil))
	}
	if errors.Is(err, errReaders) {
		return t.privately(ctx, &chat.Reply{Private: true, Ref: t.ref, Parts: []chat.Part{chat.Text{
			Style: chat.Caution, Text: "Who reads this channel changed while I was answering, so I kept the answer back. Please ask again.",
		}}})
	}
	if err != nil {
		return t.unposted(ctx, err)
	}
	t.told = true
	t.cleanUp(ctx)
	if to.Thread == "" && place.Kind != chat.PlaceDirect {
		place.Thread = ts // replies below it follow it up
	}
	files = append(files, t.attach(ctx, to, place, ts, reply)...)
	t.remember(ctx, place, ts, files, reply)
	return nil
}

// message is a drawn message with what finds it again: the reference.
func (t *turn) message(text string, blocks []slackgo.Block) api.Message {
	return api.Message{Text: text, Blocks: blocks, Metadata: &slackgo.SlackMetadata{
		EventType: "insightbot_answer", EventPayload: map[string]any{"ref": t.ref},
	}}
}

// unposted tells the asker that an answer could not be posted.
func (t *turn) unposted(ctx context.Context, err error) error {
	words := "I cannot write here, so my answer could not be posted. Please invite me to the channel, or ask me in a direct message."
	if errors.Is(err, api.ErrUnsure) {
		words = "Slack did not say whether my answer arrived. If you do not see it, please ask again."
	}
	if t.place.Kind == chat.PlaceDirect || api.Revoked(err) {
		return err
	}
	reply := failure(words, t.ref)
	if drawn, e := screen.Message(reply, t.options()); e == nil {
		if e := t.whisper(ctx, drawn); e != nil {
			err = errors.Join(err, e)
		}
	}
	return err
}

// privately says something that the asker alone may read. Files cannot be
// shown in a message for one person within a channel, so what has some goes to
// their direct messages.
func (t *turn) privately(ctx context.Context, reply *chat.Reply) error {
	if len(screen.Pictures(reply)) == 0 && len(screen.Attachments(reply)) == 0 {
		drawn, _, err := t.draw(ctx, reply, true)
		if err != nil {
			return err
		}
		if err := t.whisper(ctx, drawn); err == nil {
			t.remember(ctx, t.place, "", nil, reply)
			return nil
		} else if api.Revoked(err) || errors.Is(err, api.ErrUnsure) {
			return err
		}
	}
	channel, err := t.workspace.Direct(ctx, t.user)
	if err != nil {
		return errors.Join(fmt.Errorf("slack: direct messages: %w", err), t.apologise(ctx))
	}
	if err := t.post(ctx, api.To{Channel: channel}, directPlace(t.workspace.id, channel), reply); err != nil {
		return err
	}
	t.remember(ctx, t.place, "", nil, reply)
	note, err := screen.Message(&chat.Reply{Ref: t.ref, Parts: []chat.Part{
		chat.Text{Text: "Only you may see this answer, so I sent it to you as a direct message."},
	}}, t.options())
	if err != nil {
		return err
	}
	if err := t.whisper(ctx, note); err != nil {
		// The answer is there; a pointer to it that fails is no failure.
		t.slack.config.Log.InfoContext(ctx, "a pointer to a private answer was not shown", "ref", t.ref, "error", err)
	}
	return nil
}

// apologise says that an answer for one person could not reach them.
func (t *turn) apologise(ctx context.Context) error {
	drawn, err := screen.Message(failure("My answer is for you alone, and I could not send you a direct message. Please write to me directly.", t.ref), t.options())
	if err != nil {
		return err
	}
	return t.whisper(ctx, drawn)
}

// whisper shows something to the asker alone, in the place of the question.
func (t *turn) whisper(ctx context.Context, drawn screen.Drawn) error {
	m := api.Message{Text: drawn.Text, Blocks: drawn.Blocks}
	if t.respond != "" {
		err := t.workspace.Respond(ctx, t.respond, api.Response{Message: m, Replace: t.source == ""})
		if err == nil {
			t.told = true
			return nil
		}
		if errors.Is(err, api.ErrUnsure) {
			return err // it may be there: another way could show it twice
		}
		if !errors.Is(err, api.ErrSpent) {
			t.slack.config.Log.InfoContext(ctx, "a reply to a command was not taken, so it goes another way", "ref", t.ref, "error", err)
		}
	}
	var err error
	if t.place.Kind == chat.PlaceDirect {
		_, err = t.workspace.Post(ctx, t.to(), m)
	} else {
		err = t.workspace.Ephemeral(ctx, t.to(), t.user, m)
	}
	t.told = t.told || err == nil
	return err
}

// cleanUp takes the sign away that a command was heard, once its answer stands
// somewhere else.
func (t *turn) cleanUp(ctx context.Context) {
	if t.respond == "" || t.source != "" {
		return
	}
	if err := t.workspace.Respond(ctx, t.respond, api.Response{Delete: true}); err != nil {
		t.slack.config.Log.DebugContext(ctx, "the sign of a command was not removed", "ref", t.ref, "error", err)
	}
}

// attach uploads the files of a reply below it, and returns their ids: who takes
// the answer back takes them too. One that fails is said.
func (t *turn) attach(ctx context.Context, to api.To, place chat.Place, ts string, reply *chat.Reply) (files []string) {
	if to.Thread == "" {
		to.Thread = ts
	}
	for _, a := range screen.Attachments(reply) {
		id, err := t.workspace.Upload(ctx, a.File, a.Label, a.Label, to)
		if err == nil {
			files = append(files, id)
			continue
		}
		t.slack.config.Log.ErrorContext(ctx, "a file could not be uploaded", "ref", t.ref, "error", err)
		if errors.Is(err, errReaders) {
			// Nor may they read its name.
			t.keptBack(ctx)
			return files
		}
		words := "The file “" + a.File.Name + "” could not be uploaded. Please ask for it again."
		drawn, err := screen.Message(failure(words, t.ref), t.options())
		if err != nil {
			continue
		}
		if _, err := t.workspace.Post(ctx, to, api.Message{Text: drawn.Text, Blocks: drawn.Blocks}); err != nil {
			t.slack.config.Log.ErrorContext(ctx, "nor could that be said", "ref", t.ref, "channel_kind", place.Kind, "error", err)
		}
	}
	return files
}

// remember keeps what a follow-up needs, and who may take the message back.
// Without it the answer stands all the same.
func (t *turn) remember(ctx context.Context, place chat.Place, ts string, files []string, reply *chat.Reply) {
	now, store := t.slack.config.Now(), t.slack.config.Store
	warn := func(err error) {
		if err != nil {
			t.slack.config.Log.WarnContext(ctx, "what a follow-up needs could not be kept", "ref", t.ref, "error", err)
		}
	}
	if !reply.Context.IsZero() {
		user := ""
		if t.forAsker(reply) {
			user = t.user
		}
		warn(store.PutThread(ctx, place, user, reply.Context, now))
		if place.Kind == chat.PlaceDirect && place.Thread != "" {
			// "And by country?" need not be said in the same thread there.
			place.Thread = ""
			warn(store.PutThread(ctx, place, user, reply.Context, now))
		}
	}
	if ts != "" && reply.Outcome == chat.OutcomeAnswer {
		warn(store.PutPosted(ctx, chat.Posted{
			Platform: Name, Workspace: place.Workspace, Channel: place.Channel, Message: ts, Thread: place.Thread,
			User: t.user, Ref: t.ref, Files: files, At: now,
		}))
	}
}

// notify tells other people what the reply has for them.
func (t *turn) notify(ctx context.Context, reply *chat.Reply) {
	for _, n := range reply.Notices {
		drawn, err := screen.Message(n.Reply, t.options())
		if err != nil {
			t.slack.config.Log.ErrorContext(ctx, "a notice could not be drawn", "ref", t.ref, "error", err)
			continue
		}
		for _, user := range n.Users {
			channel, err := t.workspace.Direct(ctx, user)
			if err == nil {
				_, err = t.workspace.Post(ctx, api.To{Channel: channel}, api.Message{Text: drawn.Text, Blocks: drawn.Blocks})
			}
			if err != nil {
				t.slack.config.Log.WarnContext(ctx, "somebody could not be told", "ref", t.ref, "error", err)
			}
		}
	}
}
