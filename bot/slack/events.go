package slack

import (
	"context"

	"insightbot/chat"
)

// The calls that the transport makes by itself.
const (
	callAsk      = "ask"
	callHelp     = "help"
	callHome     = "home"
	callAccess   = "access"
	callComplete = "complete"
	callPreview  = "preview"

	argQuestion = "q"
	argURL      = "url"
)

// event does what an event asks for.
func (s *Slack) event(ctx context.Context, t *turn, e event) error {
	bot := t.workspace.installation().Bot
	t.user, t.team = e.User.ID, firstOf(e.UserTeam, e.SourceTeam, e.User.Team)
	channel := string(e.Channel)
	switch e.Type {
	case "app_mention":
		if !e.spoken(bot) {
			return nil
		}
		return s.asked(ctx, t, e, bot)
	case "message":
		// In a channel the mention comes as an event of its own.
		direct := e.ChannelType == "im"
		if !e.spoken(bot) || !direct && !mentions(e.Text, bot) {
			return nil
		}
		return s.asked(ctx, t, e, bot)
	case "app_home_opened":
		if e.Tab == "messages" {
			return s.prompts(ctx, t, channel, "")
		}
		return s.home(ctx, t)
	case "assistant_thread_started":
		t.user = e.Assistant.User
		return s.prompts(ctx, t, e.Assistant.Channel, e.Assistant.Thread)
	case "link_shared":
		return s.preview(ctx, t, e)
	case "reaction_added":
		if e.Reaction != takeBackSign || e.ItemUser != "" && e.ItemUser != bot || e.Item.Type != "message" {
			return nil
		}
		return s.takeBack(ctx, t, e.Item.Channel, e.Item.TS)
	case "member_joined_channel":
		t.workspace.Forget(channel)
		if e.User.ID == bot && e.Inviter != "" {
			return s.invited(ctx, t, channel, e.Inviter)
		}
		return nil
	default:
		return nil
	}
}

// asked answers a question in a channel, below it, or in direct messages,
// where every message begins a thread.
func (s *Slack) asked(ctx context.Context, t *turn, e event, bot string) error {
	t.source = e.TS
	t.locate(ctx, string(e.Channel), firstOf(e.Thread, e.TS), e.ChannelType == "im")
	if t.place.Kind == chat.PlaceDirect && e.Thread == "" {
		return t.answerFresh(ctx, question(typed(e.Text, bot)))
	}
	return t.answer(ctx, question(typed(e.Text, bot)))
}

// answerFresh answers the first message of a thread in direct messages. It may
// follow up what was said there before, in another thread.
func (t *turn) answerFresh(ctx context.Context, c chat.Call) error {
	t.waits = true
	if t.late != "" {
		return t.sayLate(ctx)
	}
	r := t.request(ctx, c)
	if r.Context.IsZero() {
		before := t.place
		before.Thread = ""
		if previous, err := t.slack.config.Store.Thread(ctx, before, t.user); err == nil {
			r.Context = previous
		}
	}
	defer t.progress(ctx)()
	return t.deliver(ctx, t.run(ctx, r))
}

// question is the call for what somebody typed; for nothing, what can be asked.
func question(words string) chat.Call {
	if words == "" {
		return chat.Call{Command: callHelp}
	}
	return chat.Call{Command: callAsk, Args: chat.Args{argQuestion: words}}
}

// invited tells who invited the bot, and them alone, what it can do there.
func (s *Slack) invited(ctx context.Context, t *turn, channel, inviter string) error {
	t.user, t.alone = inviter, true
	t.locate(ctx, channel, "", false)
	return t.answer(ctx, chat.Call{Command: callAccess})
}

// takeBackSign is the emoji with which the asker takes an answer back.
const takeBackSign = "x"

// firstOf is the first text that is not empty.
func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
