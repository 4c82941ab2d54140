package slack

import (
	"context"
	"strings"

	slackgo "github.com/slack-go/slack"

	"insightbot/bot/slack/api"
	"insightbot/bot/slack/screen"
	"insightbot/chat"
)

// The shortcuts of the manifest.
const (
	shortcutAsk    = "ask_question"
	shortcutAnswer = "answer_message"
)

// commandPrefix stands before what was typed, so that the handler reads it as
// a command first.
const commandPrefix = "/insight "

// command answers a slash command: an answer that the channel may see there,
// below the question, which Slack shows nobody else; and everything else to the
// asker alone.
func (s *Slack) command(ctx context.Context, t *turn, c command) error {
	t.user, t.team, t.respond = c.User, c.Team, c.ResponseURL
	t.locate(ctx, c.Channel, "", false)
	words := typed(c.Text, t.workspace.installation().Bot)
	t.quiet, t.asked = true, words
	if words != "" {
		words = commandPrefix + words
	}
	return t.answer(ctx, question(words))
}

// action does what a button, a menu or a shortcut asks for.
func (s *Slack) action(ctx context.Context, t *turn, i slackgo.InteractionCallback) error {
	t.user, t.team, t.respond = i.User.ID, i.User.TeamID, i.ResponseURL
	t.waits = i.Type == slackgo.InteractionTypeShortcut || i.Type == slackgo.InteractionTypeMessageAction
	switch i.Type {
	case slackgo.InteractionTypeShortcut:
		if i.CallbackID != shortcutAsk {
			return nil
		}
		_, _, err := t.workspace.OpenView(ctx, i.TriggerID, screen.Ask())
		return err
	case slackgo.InteractionTypeMessageAction:
		if i.CallbackID != shortcutAnswer {
			return nil
		}
		return s.answerMessage(ctx, t, i)
	case slackgo.InteractionTypeBlockActions:
		return s.pressed(ctx, t, i)
	default:
		return nil
	}
}

// answerMessage answers what a message says, to who asked for it alone. The
// message is a text and has no say in anything: the keys of the asker count.
func (s *Slack) answerMessage(ctx context.Context, t *turn, i slackgo.InteractionCallback) error {
	if err := t.apart(ctx); err != nil {
		return err
	}
	t.alone = true
	if i.Channel.ID == t.place.Channel {
		t.place.Thread = firstOf(i.Message.ThreadTimestamp, i.Message.Timestamp)
	}
	respond := t.respond
	t.respond = "" // the reply itself is a message, because it may hold a picture
	if err := t.answer(ctx, question(typed(i.Message.Text, t.workspace.installation().Bot))); err != nil {
		return err
	}
	if i.Channel.ID != t.place.Channel && respond != "" {
		t.point(ctx, respond, "I sent you an answer as a direct message.")
	}
	return nil
}

// point tells the asker, where they asked, that the answer stands elsewhere.
func (t *turn) point(ctx context.Context, respond, words string) {
	if err := t.workspace.Respond(ctx, respond, api.Response{Message: api.Message{Text: words}}); err != nil {
		// The answer is there; a pointer to it that fails is no failure.
		t.slack.config.Log.InfoContext(ctx, "a pointer to an answer was not shown", "ref", t.ref, "error", err)
	}
}

// pressed does what a button or a menu is for. The rights of who pressed it
// count, in the place where it stands; whose message it was does not matter.
func (s *Slack) pressed(ctx context.Context, t *turn, i slackgo.InteractionCallback) error {
	if len(i.ActionCallback.BlockActions) == 0 {
		return nil
	}
	press, err := screen.Pressed(i.ActionCallback.BlockActions[0], t.kept)
	if err != nil {
		return t.stale(ctx, i, err)
	}
	if press.Call.IsZero() && !press.Retract {
		return nil // a link, or an input of a dialog
	}
	if err := s.placeOf(ctx, t, i); err != nil {
		return err
	}
	switch {
	case t.late != "":
		return t.sayLate(ctx)
	case press.Retract:
		return s.removeAnswer(ctx, t, i.Container.ChannelID, i.Container.MessageTs, i.Container.IsEphemeral)
	case press.Dialog:
		return s.dialog(ctx, t, i, press.Call)
	case t.view != "" && i.View.Type == slackgo.VTModal:
		return s.turnDialog(ctx, t, i.View, press.Call)
	default:
		// Nobody else saw the message that was pressed.
		t.quiet, t.asked = i.Container.IsEphemeral, press.Call.Args[argQuestion]
		return t.answer(ctx, press.Call)
	}
}

// placeOf finds out where a button stands: below a message, whose thread its
// reply goes to, or on a page or dialog, which the asker alone sees.
func (s *Slack) placeOf(ctx context.Context, t *turn, i slackgo.InteractionCallback) error {
	if i.Container.ChannelID == "" && i.Channel.ID == "" {
		t.view = i.View.ID
		if i.View.Type == slackgo.VTModal {
			if meta, err := screen.MetaOf(i.View, t.kept); err == nil && t.reads(ctx, meta.Channel) {
				t.locate(ctx, meta.Channel, meta.Thread, false)
				return nil
			}
		}
		return t.apart(ctx)
	}
	channel := firstOf(i.Container.ChannelID, i.Channel.ID)
	thread := firstOf(i.Container.ThreadTs, i.Message.ThreadTimestamp)
	if !i.Container.IsEphemeral {
		thread = firstOf(thread, i.Container.MessageTs, i.Message.Timestamp)
		t.source = firstOf(i.Container.MessageTs, i.Message.Timestamp)
	}
	t.locate(ctx, channel, thread, false)
	return nil
}

// stale says that a button is older than what is kept for it.
func (t *turn) stale(ctx context.Context, i slackgo.InteractionCallback, err error) error {
	t.slack.config.Log.InfoContext(ctx, "a button could not be read", "ref", t.ref, "error", err)
	if err := t.slack.placeOf(ctx, t, i); err != nil {
		return err
	}
	t.source = firstOf(t.source, i.Container.MessageTs)
	return t.deliver(ctx, &chat.Reply{Private: true, Ref: t.ref, Parts: []chat.Part{
		chat.Text{Style: chat.Caution, Text: "This button is too old. Please ask again."},
	}})
}

// dialog opens a dialog at once, because Slack lets one open for three seconds
// only, and puts the form into it when it is made.
func (s *Slack) dialog(ctx context.Context, t *turn, i slackgo.InteractionCallback, c chat.Call) error {
	if i.View.Type == slackgo.VTModal {
		return s.turnDialog(ctx, t, i.View, c)
	}
	id, hash, err := t.workspace.OpenView(ctx, i.TriggerID, screen.Loading(dialogTitle))
	if err != nil {
		s.config.Log.InfoContext(ctx, "a dialog could not be opened, so the reply goes as a message", "ref", t.ref, "error", err)
		return t.answer(ctx, c)
	}
	t.view, t.waits = id, true
	reply := t.run(ctx, t.request(ctx, c))
	return t.fill(ctx, id, hash, c, reply)
}

// turnDialog shows the reply to a button of a dialog within it.
func (s *Slack) turnDialog(ctx context.Context, t *turn, v slackgo.View, c chat.Call) error {
	t.waits = true
	return t.fill(ctx, v.ID, "", c, t.run(ctx, t.request(ctx, c)))
}

// dialogTitle is the title of a dialog that has none.
const dialogTitle = "Insightbot"

// fill puts a reply into an open dialog.
func (t *turn) fill(ctx context.Context, id, hash string, c chat.Call, reply *chat.Reply) error {
	defer t.notify(ctx, reply)
	v, err := t.modal(c, reply)
	if err != nil {
		return err
	}
	err = t.workspace.UpdateView(ctx, id, hash, v)
	t.told = t.told || err == nil
	return err
}

// modal draws a reply as a dialog that knows where it was opened.
func (t *turn) modal(c chat.Call, reply *chat.Reply) (slackgo.ModalViewRequest, error) {
	meta := screen.Meta{Call: c, Channel: t.place.Channel, Thread: t.place.Thread}
	if strings.TrimSpace(reply.Title) == "" {
		copied := *reply
		copied.Title = dialogTitle
		reply = &copied
	}
	return screen.Modal(reply, meta, t.options())
}
