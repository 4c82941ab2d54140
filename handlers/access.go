package handlers

import (
	"context"
	"fmt"
	"slices"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/text"
)

// access says what can be asked here and why; to an admin also what is to be
// decided, and how.
func (b *Bot) access(ctx context.Context, v *visit) (*chat.Reply, error) {
	reply := v.privately("Who may see what", v.keysHere()...)
	status, err := v.requestStatus(ctx)
	if err != nil {
		return nil, err
	}
	reply.Parts = append(reply.Parts, status...)
	reply.Parts = append(reply.Parts, v.accessChoices())
	if !v.admin() {
		claim, err := v.claimHint(ctx)
		if err != nil {
			return nil, err
		}
		reply.Parts = append(reply.Parts, claim...)
		return reply, nil
	}
	if v.operator() {
		// The command line is a workspace of nobody: a rule for it would mean
		// nothing.
		reply.Parts = append(reply.Parts, chat.Text{Text: "You run me on my own machine, so nothing is kept from you. The rules of every workspace are under “insightbot access --help”."})
		return reply, nil
	}
	v.note(ctx, access.ActionView, "command:"+v.Call.Command, "")
	if !v.audience.Direct {
		v.sawPlace(ctx)
	}
	admin, err := v.adminParts(ctx)
	if err != nil {
		return nil, err
	}
	reply.Parts = append(reply.Parts, admin...)
	return reply, nil
}

// keysHere say how much can be asked here, and which roles of the asker count.
func (v *visit) keysHere() []chat.Part {
	here, all := len(v.here()), len(v.shelf.insights)
	words := fmt.Sprintf("You can ask %s here.", plural(here, "insight", "insights"))
	if here == 0 {
		words = "Nothing can be asked here yet."
	}
	if v.audience.Direct && here == 0 {
		words = "There is nothing you can ask in private yet."
	}
	parts := []chat.Part{lead(words)}
	if more := all - here; more > 0 {
		parts = append(parts, chat.Text{Text: fmt.Sprintf("%s only for you: I answer those so that nobody else can read it.", plural(more, "more is", "more are"))})
	}
	return append(parts, chat.Facts{Items: append(v.keyFacts(), chat.Item{Label: "Your roles", Text: v.heldWords()})})
}

// keyFacts say how the two keys fare here in general. They are facts about the
// place and the person and depend on no insight.
func (v *visit) keyFacts() []chat.Item {
	place := "Only you read this, so what counts are your own roles."
	switch {
	case v.audience.Direct:
	case len(v.audience.Channel) > 0:
		place = "What is shown here is what an admin opened to everybody who reads " + v.placeName() + "."
	case v.audience.ChannelWhy != "":
		place = v.audience.ChannelWhy.Sentence()
	}
	items := []chat.Item{{Label: "This place", Text: place}}
	if v.audience.PersonWhy != "" {
		items = append(items, chat.Item{Label: "You", Text: v.audience.PersonWhy.Sentence()})
	}
	return append(items, chat.Item{Label: "This workspace", Text: modeRule(v.rules.Mode)})
}

// modeRule is a mode as a rule for who asks.
func modeRule(m access.Mode) string {
	switch m {
	case access.ModeOpen:
		return "Open: members and internal channels see what is not restricted."
	case access.ModeStrict:
		return "Strict: where a channel shows something, you need a role for it too."
	default:
		return "By channel: a channel shows what an admin opened to it."
	}
}

// heldWords are the roles of the asker that count, with the way they came.
func (v *visit) heldWords() string {
	var held []string
	for _, r := range v.audience.Person {
		held = append(held, roleName(r)+" ("+v.via(r.ID)+")")
	}
	if len(held) == 0 {
		return "none that counts here"
	}
	return text.JoinWords(held)
}

// via says how the asker came to a role.
func (v *visit) via(role string) string {
	h, ok := findBy(v.rules.Held, func(h access.Holding) bool { return h.Role == role })
	switch {
	case !ok:
		return "every member has it"
	case h.Via == access.ViaGroup:
		return "through a group you are in"
	case h.Via == access.ViaDomain:
		return "through your e-mail address"
	default:
		return "given to you"
	}
}

// accessChoices are what anybody can do about their access.
func (v *visit) accessChoices() chat.Choices {
	c := chat.Choices{Items: []chat.Choice{{Label: "Why can't I see something?", Call: chat.Call{Command: "why"}}}}
	if v.member() && !v.admin() {
		c.Items = append(c.Items, requestChoice())
	}
	return c
}

// requestChoice asks an admin for access.
func requestChoice() chat.Choice {
	return chat.Choice{Label: "Ask an admin for access", Call: chat.Call{Command: "request"}}
}

// claimHint tells a member of a workspace without an admin how it gets one.
func (v *visit) claimHint(ctx context.Context) ([]chat.Part, error) {
	if !v.member() {
		return nil, nil
	}
	p, err := v.bot.config.Keeper.Policy(ctx)
	if err != nil || p.HasAdmin(v.Place.Platform, v.Place.Workspace) {
		return nil, err
	}
	words := "Nobody administers me here yet. Whoever runs me can name an admin with the command line."
	if v.bot.config.Code != "" {
		words = "Nobody administers me here yet. Whoever started me can read a code where I was started: say “claim” and that code to me in a direct message, and you are the admin."
	}
	return []chat.Part{chat.Text{Text: words}}, nil
}

// maxOpenRequests is how many requests are shown at once.
const maxOpenRequests = 5

// adminParts are what an admin can decide: the requests, the mode, and the
// channel that is at hand.
func (v *visit) adminParts(ctx context.Context) ([]chat.Part, error) {
	p, err := v.bot.config.Keeper.Policy(ctx)
	if err != nil {
		return nil, err
	}
	parts, err := v.openRequests(ctx, p)
	if err != nil {
		return nil, err
	}
	id := v.Call.Args[argChannel]
	if id == "" && !v.audience.Direct {
		id = v.Place.Channel
	}
	if id != "" {
		room, ok, err := v.findRoom(ctx, p, id)
		if err != nil {
			return nil, err
		}
		if ok {
			parts = append(parts, v.roomParts(p, room)...)
		} else {
			parts = append(parts, chat.Text{Text: "I was used in no channel of that name or id yet."})
		}
	}
	parts = append(parts, heading("The workspace"), v.modeChoices(p.Mode(v.Place.Platform, v.Place.Workspace)))
	if id == "" {
		parts = append(parts, chat.Text{Style: chat.Note, Text: "To set up a channel, go to it and " + mentionMe("access") + ", or choose it from the list of channels."})
	}
	return append(parts, adminLinks()), nil
}

// openRequests are the wishes for access that wait for an admin of this
// workspace.
func (v *visit) openRequests(ctx context.Context, p access.Policy) ([]chat.Part, error) {
	open, err := v.requests(ctx, access.RequestOpen)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	parts := []chat.Part{heading(plural(len(open), "open request", "open requests"))}
	for _, r := range open[:min(len(open), maxOpenRequests)] {
		buttons, err := v.decideChoices(ctx, p, r)
		if err != nil {
			return nil, err
		}
		parts = append(parts, chat.Section{Title: v.requestWords(r), Parts: buttons})
	}
	if more := len(open) - maxOpenRequests; more > 0 {
		parts = append(parts, chat.Text{Style: chat.Note, Text: fmt.Sprintf("%d more; they show when these are decided.", more)})
	}
	return parts, nil
}

// requests are those of this workspace in one state, the oldest first.
func (v *visit) requests(ctx context.Context, state access.RequestState) ([]access.Request, error) {
	all, err := v.bot.config.Keeper.Requests(ctx, state)
	if err != nil {
		return nil, err
	}
	ours := slices.DeleteFunc(slices.Clone(all), func(r access.Request) bool {
		return r.Who.Platform != v.Place.Platform || r.Who.Workspace != v.Place.Workspace
	})
	slices.SortStableFunc(ours, func(x, y access.Request) int { return x.At.Compare(y.At) })
	return ours, nil
}
