package handlers

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"insightbot/access"
	"insightbot/chat"
)

// maxApproveChoices is how many roles a request can be approved with at one
// click.
const maxApproveChoices = 4

// requestWords say who asks for what.
func (v *visit) requestWords(r access.Request) string {
	who := r.Who.ID
	if r.WhoName != "" {
		// A name is whatever somebody calls themselves; the id is who they are.
		who = fmt.Sprintf("%s (%s)", clip(r.WhoName), r.Who.ID)
	}
	if r.Direct {
		return fmt.Sprintf("%s asks for access of their own, since %s", who, v.when(r.At))
	}
	return fmt.Sprintf("%s asks for access in %s, since %s", who, named(clip(r.ChannelName), r.Channel.ID), v.when(r.At))
}

// decideChoices are the ways to decide a request.
func (v *visit) decideChoices(ctx context.Context, p access.Policy, r access.Request) ([]chat.Part, error) {
	decide := chat.Call{Command: "access-decide", Args: chat.Args{argID: strconv.FormatInt(r.ID, 10)}}
	deny := chat.Choice{Label: "Deny", Call: decide.With(argState, string(access.RequestDenied))}
	inside, known := true, true
	var parts []chat.Part
	if !r.Direct {
		room, err := v.room(ctx, p, r.Channel.ID)
		if err != nil {
			return nil, err
		}
		if inside, known = room.inside(), room.known(); !inside {
			parts = append(parts, chat.Text{Style: chat.Caution, Text: outsideWords(room)})
		}
	}
	c := chat.Choices{}
	for _, role := range v.sensibleRoles(p, inside, known) {
		c.Items = append(c.Items, chat.Choice{
			Label: "Approve with the role " + roleName(role), Detail: grantWords(role),
			Call: decide.With(argState, string(access.RequestApproved)).With(argRole, role.ID),
		})
	}
	switch {
	case !r.Direct:
		c.Items = append(c.Items, chat.Choice{Label: "Choose what the channel may see", Call: chat.Call{Command: "access", Args: chat.Args{argChannel: r.Channel.ID}}})
	case len(c.Items) == 0:
		c.Items = append(c.Items, chat.Choice{Label: "Make a role first", Call: chat.Call{Command: "access-role"}})
	}
	c.Items = append(c.Items, deny)
	return append(parts, c), nil
}

// sensibleRoles are those to approve a request with: they grant something, let
// it be asked, and make nobody an admin.
func (v *visit) sensibleRoles(p access.Policy, inside, known bool) []access.Role {
	if !known {
		return nil // nothing that is given there would count
	}
	roles := slices.DeleteFunc(slices.Clone(p.Roles), func(r access.Role) bool {
		return r.ID == access.RoleEveryone || r.Can(access.AbilityAdmin) || !r.Can(access.AbilityAsk) || v.stock.granted(r) == 0 || !inside && !r.External
	})
	return roles[:min(len(roles), maxApproveChoices)]
}

// argState is what a request is decided to.
const argState = "state"

// decideRequest says yes or no to a request, once.
func (b *Bot) decideRequest(ctx context.Context, v *visit) (*chat.Reply, error) {
	args := v.Call.Args
	id := requestID(args)
	state := access.RequestState(args[argState])
	if id == 0 || state != access.RequestApproved && state != access.RequestDenied {
		return v.privately("", lead("This button does not say which request.")), nil
	}
	wish, open, err := v.openRequest(ctx, id)
	if err != nil {
		return nil, err
	}
	if !open {
		return v.decidedAlready(ctx, id)
	}
	p, err := b.config.Keeper.Policy(ctx)
	if err != nil {
		return nil, err
	}
	to, err := v.room(ctx, p, wish.Channel.ID)
	if err != nil {
		return nil, err
	}
	role := ""
	if state == access.RequestApproved {
		role = args[argRole]
	}
	_, changes, err := b.config.Keeper.DecideRequest(ctx, id, v.event(access.ActionDecision), state, role, func(p *access.Policy, r access.Request) error {
		if state == access.RequestDenied {
			return nil
		}
		return v.guarded(p, func(p *access.Policy) error { return v.grant(p, r, to, role) })
	})
	if err != nil {
		if _, open, again := v.openRequest(ctx, id); again == nil && !open {
			return v.decidedAlready(ctx, id)
		}
		return v.stopped(err)
	}
	if state == access.RequestDenied {
		reply := v.privately("Denied", lead("Denied. They see it when they ask again; nothing was changed."), chat.Link{Label: "Who may see what", Call: chat.Call{Command: "access"}})
		reply.Notices = v.decisionNotice(wish, state)
		return reply, nil
	}
	reply := v.privately("Approved", lead("Approved. They see it when they say “access” to me."))
	reply.Notices = v.decisionNotice(wish, state)
	lines, err := v.changeLines(ctx, changes)
	if err != nil {
		return nil, err
	}
	reply.Parts = append(append(reply.Parts, lines...), chat.Link{Label: "Who may see what", Call: chat.Call{Command: "access"}})
	return reply, nil
}

// requestID is the number of the request that a button is about; 0 for none.
func requestID(args chat.Args) int64 {
	id, err := strconv.ParseInt(args[argID], 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// openRequest is a request of this workspace that waits to be decided.
func (v *visit) openRequest(ctx context.Context, id int64) (access.Request, bool, error) {
	open, err := v.requests(ctx, access.RequestOpen)
	r, ok := findBy(open, func(r access.Request) bool { return r.ID == id })
	return r, ok, err
}

// decidedAlready says who was first, without a name.
func (v *visit) decidedAlready(ctx context.Context, id int64) (*chat.Reply, error) {
	for _, state := range []access.RequestState{access.RequestApproved, access.RequestDenied} {
		decided, err := v.requests(ctx, state)
		if err != nil {
			return nil, err
		}
		r, ok := findBy(decided, func(r access.Request) bool { return r.ID == id })
		if !ok {
			continue
		}
		who, what := "Another admin", "denied"
		if r.DecidedBy == v.person() {
			who = "You"
		}
		if state == access.RequestApproved {
			what = "approved"
		}
		return v.privately("Decided already", lead(fmt.Sprintf("%s %s this already, on %s. Nothing was changed.", who, what, v.when(r.DecidedAt)))), nil
	}
	return v.privately("", lead("There is no such request, or not any more.")), nil
}

// grant does what an approved request asks for: the person gets the role, or
// the channel does.
func (v *visit) grant(p *access.Policy, r access.Request, to room, role string) error {
	if _, ok := p.Role(role); !ok {
		return refusal("That role is not there any more.")
	}
	if r.Who.Platform != v.Place.Platform || r.Who.Workspace != v.Place.Workspace {
		return refusal("That request is of another workspace.")
	}
	if r.Direct {
		person, _ := findBy(p.People, func(o access.Person) bool { return o.Key == r.Who })
		person.Key, person.Name, person.Roles = r.Who, named(person.Name, clip(r.WhoName)), with(person.Roles, role)
		p.PutPerson(person)
		return nil
	}
	to.Name = named(to.Name, clip(r.ChannelName))
	return openRoom(p, to, role, !to.inside())
}
