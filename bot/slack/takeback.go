package slack

import (
	"context"
	"errors"

	slackgo "github.com/slack-go/slack"

	"insightbot/bot/slack/api"
	"insightbot/chat"
)

// takenBack stands in the place of an answer that was taken back.
const takenBack = "Whoever asked took this answer back."

// takeBack replaces an answer by a note, when who asked for it wishes so.
func (s *Slack) takeBack(ctx context.Context, t *turn, channel, ts string) error {
	posted, theirs, err := s.config.Store.PostedBy(ctx, Name, t.workspace.id, channel, ts, t.user)
	if err != nil {
		return err
	}
	if !theirs {
		return errNotTheirs
	}
	section := slackgo.NewSectionBlock(slackgo.NewTextBlockObject(slackgo.PlainTextType, takenBack, false, false), nil, nil)
	err = t.workspace.Update(ctx, channel, ts, api.Message{Text: takenBack, Blocks: []slackgo.Block{section}})
	if err != nil {
		return err
	}
	var errs []error
	for _, f := range posted.Files {
		if f != "" {
			errs = append(errs, t.workspace.DeleteFile(ctx, f))
		}
	}
	errs = append(errs, s.config.Store.DropPosted(ctx, Name, t.workspace.id, channel, ts))
	return errors.Join(errs...)
}

// errNotTheirs says that a message is not an answer to who wants it away. A
// reaction of anybody else means nothing, so it is not told.
var errNotTheirs = errors.New("slack: not who asked")

// removeAnswer takes an answer back by its button.
func (s *Slack) removeAnswer(ctx context.Context, t *turn, channel, ts string, onlyTheirs bool) error {
	if onlyTheirs {
		return t.workspace.Respond(ctx, t.respond, api.Response{Delete: true})
	}
	err := s.takeBack(ctx, t, channel, ts)
	if errors.Is(err, errNotTheirs) {
		t.source = ts // so that the whisper does not replace the answer
		return t.deliver(ctx, &chat.Reply{Private: true, Ref: t.ref, Parts: []chat.Part{
			chat.Text{Style: chat.Caution, Text: "Only who asked can take an answer back."},
		}})
	}
	return err
}
