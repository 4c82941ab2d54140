package handlers

import (
	"context"
	"slices"

	"insightbot/access"
	"insightbot/chat"
)

// shut reports whether nothing at all can be asked here: there is no role to
// ask with, or those there are open nothing. It depends on what can be seen
// alone. Nothing is kept from the operator, whose catalogue is then empty.
func (v *visit) shut() bool {
	return v.audience.Closed() || len(v.shelf.insights) == 0 && !v.operator()
}

// closed says that nothing can be asked here, which is a fact about the place
// and the person and says nothing of any insight. Members can ask an admin with
// one click, and admins are told where they open something.
func (v *visit) closed(ctx context.Context) *chat.Reply {
	words, parts := v.closedSays(ctx)
	return &chat.Reply{Private: true, Outcome: chat.OutcomeClosed, Parts: append([]chat.Part{lead(words)}, parts...)}
}

// closedSays are the first sentence and what stands below it.
func (v *visit) closedSays(ctx context.Context) (string, []chat.Part) {
	words, parts := v.closedWords(), v.closedParts()
	if v.audience.Direct && v.member() && v.closedReason() == access.ReasonNoRole && v.channelsOpen(ctx) {
		words = "Nothing can be answered for you in private yet."
		parts[0] = chat.Text{Text: "Ask in a channel that is set up for me: there you may ask what the channel may see. To ask in private too you need a role of your own."}
	}
	return words, parts
}

// channelsOpen reports whether some channel of this workspace lets those who
// read it ask something. Which one is not said: the asker need not know it.
func (v *visit) channelsOpen(ctx context.Context) bool {
	if v.rules.Mode == access.ModeStrict || v.bot.config.Keeper == nil {
		return false
	}
	p, err := v.bot.config.Keeper.Policy(ctx)
	if err != nil {
		v.bot.config.Log.WarnContext(ctx, "the rules could not be read for a hint", "ref", v.Ref, "error", err)
		return false
	}
	return slices.ContainsFunc(p.Channels, func(c access.Channel) bool {
		return c.Platform == v.Place.Platform && c.Workspace == v.Place.Workspace && slices.ContainsFunc(c.Roles, func(id string) bool {
			role, ok := p.Role(id)
			return ok && !role.Strict && grantsSomething(role) && role.Can(access.AbilityAsk)
		})
	})
}

// closedWords say that nothing can be asked: here, or by the asker.
func (v *visit) closedWords() string {
	if v.audience.Direct || v.closedReason() == access.ReasonStrict {
		return "Nothing can be answered for you yet."
	}
	return "Nothing can be answered here yet."
}

// closedParts say why, and what can be done about it.
func (v *visit) closedParts() []chat.Part {
	parts := []chat.Part{chat.Text{Text: v.closedReason().Sentence()}}
	switch {
	case v.admin():
		words := "You are an admin: press the button below, or say “access” to me, and one click opens something to this channel."
		if v.audience.Direct || v.closedReason() == access.ReasonStrict {
			words = "You are an admin: press the button below, or say “access” to me, and under People give yourself a role that grants what you want to ask. Being an admin alone shows nothing."
		}
		return append(parts, chat.Text{Text: words}, chat.Choices{Items: []chat.Choice{accessChoice("Who may see what", nil)}})
	case v.member():
		return append(parts, chat.Choices{Items: []chat.Choice{requestChoice()}})
	}
	return parts
}

// closedReason is why nothing can be asked, of the place first. It is worked
// out from the roles alone, never from what they do not open.
func (v *visit) closedReason() access.Reason {
	if why := v.audience.ChannelWhy; why != "" && !v.audience.Direct {
		return why
	}
	if why := v.audience.PersonWhy; why != "" {
		return why
	}
	roles := v.audience.Channel
	if v.audience.Direct {
		roles = v.audience.Person
	}
	switch {
	case !v.audience.Direct && (v.rules.Mode == access.ModeStrict || !slices.ContainsFunc(roles, func(r access.Role) bool { return !r.Strict })):
		return access.ReasonStrict
	case !slices.ContainsFunc(roles, grantsSomething):
		return access.ReasonNoRole
	case v.audience.Closed():
		return access.ReasonAbility
	}
	return access.ReasonNoGrant
}

// grantsSomething reports whether a role names anything that it grants.
func grantsSomething(r access.Role) bool {
	return r.Everything || len(r.Tags)+len(r.Sources)+len(r.Insights) > 0
}

// member reports whether the asker is a full member.
func (v *visit) member() bool { return v.User.Guest == chat.No && v.User.External == chat.No }

// note of a closed door, once for each question.
func (v *visit) noteClosed(ctx context.Context) {
	subject := v.channel()
	if v.audience.Direct {
		// The id of a direct message names a person.
		subject = "person:" + v.person()
	}
	v.note(ctx, access.ActionDenied, subject, string(v.closedReason()))
}
