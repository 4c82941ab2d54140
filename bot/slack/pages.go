package slack

import (
	"context"
	"errors"

	slackgo "github.com/slack-go/slack"

	"insightbot/bot/slack/api"
	"insightbot/bot/slack/receive"
	"insightbot/bot/slack/screen"
	"insightbot/chat"
)

// home draws the home page of the app for one person.
func (s *Slack) home(ctx context.Context, t *turn) error {
	if err := t.apart(ctx); err != nil {
		return err
	}
	reply := t.run(ctx, t.request(ctx, chat.Call{Command: callHome}))
	v, err := screen.Home(reply, t.options())
	if err != nil {
		return err
	}
	return t.workspace.PublishHome(ctx, t.user, v)
}

// maxPrompts is how many questions are suggested in direct messages.
const maxPrompts = 4

// prompts suggests questions when somebody opens direct messages.
func (s *Slack) prompts(ctx context.Context, t *turn, channel, thread string) error {
	t.place = directPlace(t.workspace.id, channel)
	reply := t.run(ctx, t.request(ctx, chat.Call{Command: callComplete}))
	var titles []string
	for _, p := range reply.Parts {
		if c, ok := p.(chat.Choices); ok {
			for _, i := range c.Items {
				titles = append(titles, i.Label)
			}
		}
	}
	if len(titles) == 0 {
		return nil
	}
	return t.workspace.Prompts(ctx, channel, thread, titles[:min(len(titles), maxPrompts)])
}

// suggestions are the entries of a menu that is typed into.
type suggestions struct {
	Options []*slackgo.OptionBlockObject `json:"options"`
}

// suggest offers the insights whose titles match what was typed so far.
func (s *Slack) suggest(ctx context.Context, w *workspace, d receive.Delivery) (any, error) {
	i, err := readInteraction(d)
	if err != nil {
		return nil, err
	}
	t := &turn{slack: s, workspace: w, ref: refOf(chat.Delivery{Workspace: w.id, Keys: d.Keys, ID: d.At.UnixNano()}), at: d.At, user: i.User.ID, team: i.User.TeamID}
	if err := s.placeOf(ctx, t, i); err != nil {
		return nil, err
	}
	c := chat.Call{Command: callComplete}
	if i.Value != "" {
		c = c.With(argQuestion, i.Value)
	}
	reply := t.run(ctx, t.request(ctx, c))
	return suggestions{screen.Suggest(reply)}, nil
}

// preview shows what links to insights lead to, as far as everybody in the
// channel may see it. It is asked as if the clock did, because who posted the
// link lends their key to nobody. Where it may not be shown, nothing is said.
func (s *Slack) preview(ctx context.Context, t *turn, e event) error {
	if t.late != "" {
		return nil
	}
	if u := t.who(ctx); u.Guest == chat.Unknown || u.External == chat.Unknown {
		return nil // somebody of whom nothing is known reads there
	}
	t.locate(ctx, string(e.Channel), e.Thread, false)
	shown := map[string]api.Message{}
	for _, link := range e.Links {
		r := t.request(ctx, chat.Call{Command: callPreview, Args: chat.Args{argURL: link.URL}})
		r.Clock, r.Shares, r.Context = true, false, chat.Call{}
		if t.place.Kind != chat.PlaceDirect {
			r.User = chat.User{}
		}
		reply, err := s.handler.Answer(ctx, r)
		if err != nil {
			s.config.Log.ErrorContext(ctx, "a link could not be previewed", "ref", t.ref, "error", err)
			continue
		}
		if reply.Private || len(reply.Parts) == 0 {
			continue
		}
		drawn, _, err := t.draw(ctx, reply, false)
		if err != nil {
			return err
		}
		shown[link.URL] = api.Message{Text: drawn.Text, Blocks: drawn.Blocks}
	}
	if len(shown) == 0 {
		return nil
	}
	to := api.UnfurlTo{ID: e.UnfurlID, Source: e.Source, Channel: string(e.Channel), TS: e.MessageTS, If: t.asDecided(t.place)}
	err := t.workspace.Unfurl(ctx, to, shown)
	if errors.Is(err, api.ErrBlocks) {
		for url, m := range shown {
			shown[url] = api.Message{Text: m.Text}
		}
		err = t.workspace.Unfurl(ctx, to, shown)
	}
	if errors.Is(err, errReaders) {
		return nil // where it may not be shown, nothing is said
	}
	return err
}
