package handlers

import (
	"context"

	"insightbot/access"
	"insightbot/chat"
)

// closed says that nothing can be asked here, which is a fact about the place
// and the person and says nothing of any insight. Members can ask an admin with
// one click.
func (v *visit) closed() *chat.Reply {
	reason := v.audience.ChannelWhy
	lead := "Nothing can be answered here yet."
	if v.audience.Direct || reason == "" {
		reason, lead = v.audience.PersonWhy, "Nothing can be answered for you yet."
	}
	reply := &chat.Reply{Private: true, Outcome: chat.OutcomeClosed, Parts: []chat.Part{chat.Text{Style: chat.Lead, Text: lead}}}
	if reason != "" {
		reply.Parts = append(reply.Parts, chat.Text{Text: reason.Sentence()})
	}
	if v.member() {
		reply.Parts = append(reply.Parts, chat.Choices{Items: []chat.Choice{{Label: "Ask an admin for access", Call: chat.Call{Command: "request"}}}})
	}
	return reply
}

// member reports whether the asker is a full member.
func (v *visit) member() bool { return v.User.Guest == chat.No && v.User.External == chat.No }

// note of a closed door, once for each question.
func (v *visit) noteClosed(ctx context.Context) {
	reason := v.audience.ChannelWhy
	if v.audience.Direct || reason == "" {
		reason = v.audience.PersonWhy
	}
	if reason == "" {
		reason = access.ReasonAbility
	}
	subject := v.channel()
	if v.audience.Direct {
		// The id of a direct message names a person.
		subject = "person:" + v.person()
	}
	v.note(ctx, access.ActionDenied, subject, string(reason))
}
