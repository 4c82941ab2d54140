package handlers

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/text"
)

// unansweredFor is how far back the unanswered questions reach.
const unansweredFor = 30 * 24 * time.Hour

// homeAdmin is what an admin finds on the first page: what sets the workspace
// up, and further below how things stand. A member of a workspace without an
// admin is told how it gets one. The command line has no workspace.
func (v *visit) homeAdmin(ctx context.Context, asked bool) (first, below []chat.Part, err error) {
	if !v.admin() {
		first, err = v.claimHint(ctx)
		return first, nil, err
	}
	if v.operator() {
		return nil, nil, nil
	}
	v.note(ctx, access.ActionView, "command:"+v.Call.Command, "")
	p, err := v.bot.config.Keeper.Policy(ctx)
	if err != nil {
		return nil, nil, err
	}
	below, err = v.standing(ctx, p)
	return v.firstSteps(p, asked), below, err
}

// standing is how things stand, and what people asked in vain.
func (v *visit) standing(ctx context.Context, p access.Policy) ([]chat.Part, error) {
	open, err := v.requests(ctx, access.RequestOpen)
	if err != nil {
		return nil, err
	}
	facts := chat.Facts{Items: []chat.Item{
		{Label: "Who may ask what", Text: modeName(p.Mode(v.Place.Platform, v.Place.Workspace))},
		{Label: "Mapped channels", Text: strconv.Itoa(v.mapped(p))},
		{Label: "Open requests", Text: strconv.Itoa(len(open))},
	}}
	parts := []chat.Part{heading("For admins")}
	if failing := v.bot.config.Failing; failing != nil {
		if names := failing(); len(names) > 0 {
			facts.Items = append(facts.Items, chat.Item{Label: "Sources that fail", Text: text.JoinWords(names)})
		}
	}
	label := "Who may see what"
	if len(open) > 0 {
		label = "Decide " + plural(len(open), "request", "requests")
	}
	parts = append(parts, facts, chat.Choices{Items: []chat.Choice{
		accessChoice(label, nil),
		{Label: "Report", Call: chat.Call{Command: "report"}},
		{Label: "Audit log", Call: chat.Call{Command: "audit"}},
	}})
	inVain, err := v.unanswered(ctx)
	return append(parts, inVain...), err
}

// mapped counts the channels of this workspace that have roles.
func (v *visit) mapped(p access.Policy) int {
	return count(p.Channels, func(c access.Channel) bool {
		return c.Platform == v.Place.Platform && c.Workspace == v.Place.Workspace && len(c.Roles) > 0
	})
}

// unanswered are the questions that were asked most and that nothing answered.
// A mistyped command is none.
func (v *visit) unanswered(ctx context.Context) ([]chat.Part, error) {
	if v.bot.config.History == nil {
		return nil, nil
	}
	since := v.bot.config.Now().Add(-unansweredFor)
	list, err := v.bot.config.History.Unanswered(ctx, v.Place.Platform, v.Place.Workspace, since, 4*maxHomeUnanswered)
	if err != nil {
		return nil, err
	}
	var facts chat.Facts
	for _, u := range list {
		if _, command := v.bot.meant(u.Question); command || len(facts.Items) == maxHomeUnanswered {
			continue
		}
		facts.Items = append(facts.Items, chat.Item{
			Label: "“" + shortQuestion(u.Question) + "”", Text: fmt.Sprintf("%s, last on %s", times(u.Times), u.Last.In(v.bot.config.Zone).Format("2 January")),
		})
	}
	if len(facts.Items) == 0 {
		return nil, nil
	}
	return []chat.Part{heading("Asked, and nothing answers it"), facts}, nil
}

// step is one of the steps that set a workspace up.
type step struct {
	label, state string
	done         bool
	next         []chat.Part
}

// firstSteps are the steps that set a new workspace up, and what to do for the
// next of them. They are gone when all are done.
func (v *visit) firstSteps(p access.Policy, asked bool) []chat.Part {
	facts, next := chat.Facts{}, []chat.Part(nil)
	for i, s := range v.steps(p, asked) {
		state := "done: " + s.state
		switch {
		case !s.done && next == nil:
			state, next = "now", s.next
		case !s.done:
			state = "later"
		}
		facts.Items = append(facts.Items, chat.Item{Label: fmt.Sprintf("%d. %s", i+1, s.label), Text: state})
	}
	if next == nil {
		return nil
	}
	return append([]chat.Part{heading("Set me up"), facts}, next...)
}

// steps are all steps, in their order.
func (v *visit) steps(p access.Policy, asked bool) []step {
	mode, mapped := p.Mode(v.Place.Platform, v.Place.Workspace), v.mapped(p)
	list := []step{
		{label: "An admin", state: "you are one", done: true},
		{label: "Who may ask what", state: modeName(mode), done: mode != access.ModeUnset, next: []chat.Part{v.modeChoices(mode)}},
		{
			label: "The first channel", state: plural(mapped, "channel is mapped", "channels are mapped"), done: mapped > 0 || mode == access.ModeOpen,
			next: []chat.Part{
				chat.Text{Text: "Go to a channel and " + mentionMe("access") + ". One click lets it see what belongs to it."},
				chat.Choices{Items: []chat.Choice{{Label: "Set up a channel from here", Call: chat.Call{Command: "access-channel"}}}},
			},
		},
	}
	if mode == access.ModeOpen && mapped == 0 {
		list[2].state = "internal channels are open"
	}
	if v.bot.config.History == nil {
		return list // nobody knows whether anything was asked
	}
	first := step{label: "The first question", done: asked, state: "asked", next: []chat.Part{chat.Text{
		Text: "Ask me something in a channel that you opened. To ask in private too, give yourself a role.",
	}, chat.Choices{Items: []chat.Choice{{Label: "Give somebody a role", Call: chat.Call{Command: "access-person"}}}}}}
	if !v.shut() {
		first.next = []chat.Part{chat.Text{Text: "Ask me something, here or in a channel: in your own words, or one of those below."}}
	}
	return append(list, first)
}
