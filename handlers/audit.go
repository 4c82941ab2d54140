package handlers

import (
	"context"
	"strings"

	"insightbot/access"
	"insightbot/chat"
)

// maxEvents is how many lines of the audit log are shown.
const maxEvents = 100

// audit shows the newest lines of the audit log. People in it are numbers.
func (b *Bot) audit(ctx context.Context, v *visit) (*chat.Reply, error) {
	events, err := b.config.Keeper.Events(ctx, maxEvents)
	if err != nil {
		return nil, err
	}
	t := chat.Table{Columns: []chat.Column{{Name: "When"}, {Name: "Who"}, {Name: "What"}, {Name: "About"}, {Name: "Detail"}, {Name: "Ref"}}}
	for _, e := range events {
		t.Rows = append(t.Rows, []chat.Cell{
			{Text: v.when(e.At)},
			{Text: v.someoneWords(e.Actor)},
			{Text: actionWords(e.Action)},
			{Text: v.subjectWords(e.Subject)},
			{Text: e.Detail},
			{Text: e.Ref},
		})
	}
	reply := v.privately("Audit log", chat.Text{Text: "The newest changes and denials first, " + plural(len(events), "line", "lines") + ". People stand in it as a number, never by name."})
	if len(events) > 0 {
		reply.Parts = append(reply.Parts, t)
	}
	reply.Parts = append(reply.Parts, chat.Text{Style: chat.Note, Text: "This page shows the log; it does not prove it. Whoever runs me can do that in a shell, with “insightbot audit verify”."}, adminLinks())
	return reply, nil
}

// hashShown is how much of a keyed hash is shown: enough to tell people apart.
const hashShown = 6

// someoneWords name an actor of the log without naming a person.
func (v *visit) someoneWords(actor string) string {
	switch actor {
	case access.ActorOperator:
		return "the operator"
	case access.ActorProgram:
		return "the program"
	case "":
		return ""
	case v.person():
		return "you"
	}
	return "somebody (" + actor[:min(len(actor), hashShown)] + ")"
}

// subjectWords are the subject of a line; people in it stay numbers.
func (v *visit) subjectWords(subject string) string {
	if who, ok := strings.CutPrefix(subject, "person:"); ok {
		return v.someoneWords(who)
	}
	return strings.Replace(subject, ":", " ", 1)
}

// actionWords are an action as people read it.
func actionWords(a access.Action) string {
	switch a {
	case access.ActionRule:
		return "changed a rule"
	case access.ActionDenied:
		return "was denied"
	case access.ActionPrivate:
		return "was answered alone"
	case access.ActionExport:
		return "took a file"
	case access.ActionShare:
		return "shared an answer"
	case access.ActionRequest:
		return "asked for access"
	case access.ActionDecision:
		return "decided a request"
	case access.ActionView:
		return "looked at the rules"
	case access.ActionClaim:
		return "used the first admin's code"
	case access.ActionSignIn:
		return "signed in"
	case access.ActionPrivacy:
		return "managed their data"
	case access.ActionDigest:
		return "changed a digest"
	default:
		return string(a)
	}
}
