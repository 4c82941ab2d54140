package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"insightbot/access"
	"insightbot/chat"
)

// runner is what a command does.
type runner = func(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error)

// adminOnly puts a command behind the ability to change the rules. Who lacks
// it is told one sentence, whatever else the call says.
func adminOnly(run runner) runner {
	return func(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error) {
		if !v.admin() {
			return v.refuseAdmin(ctx), nil
		}
		return run(ctx, b, v)
	}
}

// adminView is adminOnly for what looks at the rules, which is kept too.
func adminView(run runner) runner {
	return adminOnly(func(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error) {
		v.note(ctx, access.ActionView, "command:"+v.Call.Command, "")
		return run(ctx, b, v)
	})
}

// admin reports whether the asker may change the rules. The clock never may.
func (v *visit) admin() bool { return v.audience.Admin && !v.Clock }

// refuseAdmin is all that is said to somebody who is no admin.
func (v *visit) refuseAdmin(ctx context.Context) *chat.Reply {
	v.note(ctx, access.ActionDenied, "command:"+v.Call.Command, "not an admin")
	return v.privately("", lead("Only an admin of the bot can do that."))
}

// privately is a reply that the asker alone can read.
func (v *visit) privately(title string, parts ...chat.Part) *chat.Reply {
	return &chat.Reply{Title: title, Private: !v.audience.Direct, Parts: parts}
}

// lead is the first sentence of a reply.
func lead(text string) chat.Text { return chat.Text{Style: chat.Lead, Text: text} }

// heading begins a new topic.
func heading(text string) chat.Text { return chat.Text{Style: chat.Heading, Text: text} }

// The arguments of the commands about access.
const (
	argMode    = "mode"
	argChannel = "channel"
	argRole    = "role"
	argTag     = "tag"
	argRemove  = "remove"
	argUnmap   = "unmap"
	argApprove = "approve"
	argDelete  = "delete"
	argName    = "name"
	argRoles   = "roles"
	// argSave marks a form that was sent; argSure a second, knowing yes.
	argSave = "save"
	argSure = "sure"
)

// yes is the value of an argument that is set.
const yes = "yes"

// isSet reports whether a check field or a mark is set.
func isSet(args chat.Args, name string) bool { return args[name] == yes }

// refusal is a sentence that says why a change was not made.
type refusal string

func (r refusal) Error() string { return string(r) }

// riskError stops a change that would let many see more, until somebody said
// that they mean it.
type riskError struct{ risks []string }

func (e riskError) Error() string { return "handlers: a change waits for its confirmation" }

// change changes the rules in one step, all of it or nothing. It fails with a
// riskError where the change wants a second yes, and with a refusal where it
// cannot be made.
func (v *visit) change(ctx context.Context, edit func(*access.Policy) error) ([]access.Change, error) {
	return v.bot.config.Keeper.ChangePolicy(ctx, v.event(access.ActionRule), func(p *access.Policy) error {
		return v.guarded(p, edit)
	})
}

// guarded edits a policy and looks at what came of it.
func (v *visit) guarded(p *access.Policy, edit func(*access.Policy) error) error {
	if !v.stillAdmin(*p) {
		return refusal("You are no admin any more.")
	}
	before := clonePolicy(*p)
	if err := edit(p); err != nil {
		return err
	}
	*p = p.Normalize()
	if err := p.Check(); err != nil {
		return refusal("That does not fit together: " + err.Error() + ".")
	}
	if unseated(before, *p) {
		return refusal("That would leave nobody who may change these rules. Make somebody else an admin first.")
	}
	if risks := v.risks(before, *p); len(risks) > 0 && !isSet(v.Call.Args, argSure) {
		return riskError{risks}
	}
	return nil
}

// stillAdmin asks once more, of the rules that are about to change: somebody
// else may have changed them since this request began.
func (v *visit) stillAdmin(p access.Policy) bool {
	if v.operator() {
		return true
	}
	r := p.For(v.User, v.Place)
	r.PlatformAdmins = v.rules.PlatformAdmins
	return r.Audience(v.User, v.Place).Admin
}

// clonePolicy copies the lists of a policy, so that it stays as it is while
// another one is edited.
func clonePolicy(p access.Policy) access.Policy {
	p.Workspaces, p.Roles, p.Channels = slices.Clone(p.Workspaces), slices.Clone(p.Roles), slices.Clone(p.Channels)
	p.People, p.Groups, p.Domains = slices.Clone(p.People), slices.Clone(p.Groups), slices.Clone(p.Domains)
	return p
}

// unseated reports whether a workspace lost its last admin.
func unseated(before, after access.Policy) bool {
	return slices.ContainsFunc(before.People, func(p access.Person) bool {
		return before.HasAdmin(p.Platform, p.Workspace) && !after.HasAdmin(p.Platform, p.Workspace)
	})
}

// stopped puts a riskError or a refusal into words; any other error is the
// operator's.
func (v *visit) stopped(err error) (*chat.Reply, error) {
	var risk riskError
	var no refusal
	switch {
	case errors.As(err, &risk):
		return v.confirm(risk.risks), nil
	case errors.As(err, &no):
		return v.privately("", lead("Nothing was changed."), chat.Text{Text: string(no)}), nil
	}
	return nil, err
}

// confirm asks once more for what the call wants.
func (v *visit) confirm(risks []string) *chat.Reply {
	reply := v.privately("Please confirm", lead("This lets more be seen, so I ask once more. Nothing was changed yet."))
	for _, r := range risks {
		reply.Parts = append(reply.Parts, chat.Text{Style: chat.Caution, Text: r})
	}
	reply.Parts = append(reply.Parts, chat.Choices{Prompt: "Is that what you want?", Items: []chat.Choice{
		{Label: "Yes, do it", Call: v.Call.With(argSure, yes)},
		{Label: "No, leave it", Call: chat.Call{Command: "access"}},
	}})
	return reply
}

// changed says what a change came to, in a sentence for each difference.
func (v *visit) changed(ctx context.Context, changes []access.Change) (*chat.Reply, error) {
	if len(changes) == 0 {
		return v.privately("Nothing to change", lead("It is like that already, so nothing was changed.")), nil
	}
	lines, err := v.changeLines(ctx, changes)
	if err != nil {
		return nil, err
	}
	reply := v.privately("Saved", lead("Done. It holds from now on, for everybody and everywhere."))
	reply.Parts = append(reply.Parts, lines...)
	return reply, nil
}

// changeLines are the differences in a sentence each.
func (v *visit) changeLines(ctx context.Context, changes []access.Change) ([]chat.Part, error) {
	p, err := v.bot.config.Keeper.Policy(ctx)
	if err != nil {
		return nil, err
	}
	var parts []chat.Part
	for _, c := range changes {
		parts = append(parts, chat.Text{Text: changeLine(p, c)})
	}
	return parts, nil
}

// changeLine is one difference in a sentence that names what it is about.
func changeLine(p access.Policy, c access.Change) string {
	return fmt.Sprintf("%s: %s.", changeSubject(p, c), c.Text)
}
