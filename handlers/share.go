package handlers

import (
	"context"
	"fmt"
	"slices"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
)

// noInsight is said of an insight that is not there and of one that is not for
// who asks.
const noInsight = "There is no such insight, or not any more."

// shareChoice offers to carry an answer, of which it has the state, to another
// place. What was typed stays where it was typed.
func shareChoice(state chat.Call) chat.Choice {
	return chat.Choice{Label: "Share to a channel", Call: chat.Call{Command: "share", Args: state.With(argQuestion, "").Args}}
}

// share shows an answer in a channel. First it asks in which; the form's call
// is then made in that channel, where everything is decided anew.
func (b *Bot) share(ctx context.Context, v *visit) (*chat.Reply, error) {
	in, ok := v.reach(ctx, v.Call.Args[argInsight])
	if !ok {
		return v.privately("", lead(noInsight)), nil
	}
	if !isSet(v.Call.Args, argGo) || v.audience.Direct {
		return v.shareForm(in), nil
	}
	if d := v.decide(in); d.Where != access.Publicly {
		v.note(ctx, access.ActionDenied, "insight:"+in.ID, string(d.Channel))
		v.sawPlace(ctx) // so that an admin can open it from anywhere
		return v.shareRefused(in), nil
	}
	v.Request = v.WithCall(sharedState(v.Call))
	a := b.answer(ctx, v)
	a.Why = "a colleague shared it"
	reply, err := b.reply(v, a)
	if err != nil {
		return nil, err
	}
	reply.Outcome = a.Outcome
	if a.Outcome != chat.OutcomeAnswer {
		// What went wrong concerns nobody but who shares it.
		reply.Private = true
		return reply, nil
	}
	note := chat.Text{Style: chat.Note, Text: "Shared by " + named(clip(v.User.Name), "a colleague") + "."}
	reply.Parts = slices.Insert(reply.Parts, min(1, len(reply.Parts)), chat.Part(note))
	return reply, nil
}

// sharedState is the question that a call to share carries.
func sharedState(c chat.Call) chat.Call {
	state := chat.Call{Command: "ask", Args: c.Args}
	for _, name := range []string{argGo, argTo, argQuestion, argRead, argNot} {
		state = state.With(name, "")
	}
	return state
}

// shareForm asks for the channel.
func (v *visit) shareForm(in insight.Insight) *chat.Reply {
	if !v.Shares {
		return v.privately("", lead("I cannot carry an answer to another place from here. Ask the same question in that channel."))
	}
	f := form{args: v.Call.Args, wrong: wrongs{}}
	if isSet(v.Call.Args, argGo) {
		f.wrong[argTo] = "Choose a channel: nobody else reads this place."
	}
	f.add(chat.Field{Name: argTo, Label: "Channel", Help: "Everybody who reads it will see the answer, if they may", Kind: chat.FieldPlace, Required: true})
	state := sharedState(v.Call)
	return v.privately("Share an answer", lead(fmt.Sprintf("Where shall I show “%s”?", in.Title)), chat.Form{
		Title: "Share an answer", Fields: f.fields, Submit: "Share", Call: chat.Call{Command: "share", Args: state.With(argGo, yes).Args},
	})
}

// shareRefused says to somebody who may see an insight that the channel may
// not. What to do is in words, as a button would act where they read this.
func (v *visit) shareRefused(in insight.Insight) *chat.Reply {
	words := fmt.Sprintf("I cannot show “%s” in %s: that channel may not see it.", in.Title, v.placeName())
	switch {
	case v.admin():
		return v.privately("", lead(words), chat.Text{Text: "You are an admin: open it to the channel, and share it again."},
			chat.Choices{Items: []chat.Choice{accessChoice("What "+v.placeName()+" may see", v.atPlace())}})
	case v.member():
		return v.privately("", lead(words), chat.Text{Text: "To ask an admin for it, go to that channel and " + mentionMe("request") + "."})
	}
	return v.privately("", lead(words), chat.Text{Text: "Only an admin can change that."})
}
