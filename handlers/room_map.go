package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/text"
)

// mapRoom changes what a channel may see, by one click.
func (b *Bot) mapRoom(ctx context.Context, v *visit) (*chat.Reply, error) {
	args := v.Call.Args
	id := args[argChannel]
	if id == "" && !v.audience.Direct {
		id = v.Place.Channel
	}
	if id == "" || len(id) > maxSubject {
		return v.privately("", lead("Say which channel.")), nil
	}
	p, err := b.config.Keeper.Policy(ctx)
	if err != nil {
		return nil, err
	}
	r, err := v.room(ctx, p, id)
	if err != nil {
		return nil, err
	}
	changes, err := v.change(ctx, func(p *access.Policy) error { return v.mapOnce(p, r) })
	if err != nil {
		return v.stopped(err)
	}
	reply, err := v.changed(ctx, changes)
	if err != nil {
		return nil, err
	}
	if p, err = b.config.Keeper.Policy(ctx); err != nil {
		return nil, err
	}
	if r, err = v.room(ctx, p, id); err != nil {
		return nil, err
	}
	reply.Parts = append(reply.Parts, v.roomParts(p, r)...)
	return reply, nil
}

// mapOnce makes the change that the arguments ask for. It reads the mapping
// from the policy, which may be newer than what a button was made of.
func (v *visit) mapOnce(p *access.Policy, r room) error {
	args := v.Call.Args
	c, mapped := findChannel(*p, r.Key)
	c.Key, c.Name = r.Key, r.Name
	switch {
	case isSet(args, argUnmap):
		p.DropChannel(r.Key)
		return nil
	case args[argRemove] != "":
		if c.Roles = without(c.Roles, args[argRemove]); !mapped {
			return nil
		}
	case args[argApprove] == "no":
		if c.Approved = false; !mapped {
			return nil
		}
	case args[argTag] != "":
		role, err := v.tagRole(p, args[argTag])
		if err != nil {
			return err
		}
		return openRoom(p, r, role, false)
	case args[argRole] != "":
		return openRoom(p, r, args[argRole], isSet(args, argApprove))
	default:
		return refusal("This button does not say what to change.")
	}
	p.PutChannel(c)
	return nil
}

// openRoom adds a role to what a channel has, and approves the channel for
// outsiders where that is meant. A role that cannot count there is refused.
func openRoom(p *access.Policy, r room, id string, approve bool) error {
	role, ok := p.Role(id)
	switch {
	case !ok:
		return refusal("That role is not there any more.")
	case !r.known():
		return refusal(outsideWords(r))
	case !r.inside() && !role.External:
		return refusal("Others than your own people read this channel, and the role “" + roleName(role) + "” is not marked external.")
	}
	c, _ := findChannel(*p, r.Key)
	c.Key, c.Name, c.Roles, c.Approved = r.Key, r.Name, with(c.Roles, id), c.Approved || approve
	p.PutChannel(c)
	return nil
}

// tagRole finds or makes the role that grants what carries a tag, and nothing
// else: a role of the same name that grants more would open more than the
// button says.
func (v *visit) tagRole(p *access.Policy, tag string) (string, error) {
	if !v.stock.tagged(tag) {
		return "", refusal("No insight carries that tag any more.")
	}
	for _, r := range p.Roles {
		if onlyTagged(r) && r.Tags[0] == tag && r.ID != access.RoleEveryone && r.Can(access.AbilityAsk) && !r.Can(access.AbilityAdmin) {
			return r.ID, nil
		}
	}
	id := roleID(tag)
	for n := 2; ; n++ {
		if _, taken := p.Role(id); !taken && id != access.RoleOperator {
			break
		}
		id = roleID(tag) + "-" + strconv.Itoa(n)
	}
	p.PutRole(access.Role{
		ID: id, Name: sentenceCase(text.Clean(tag)), Tags: []string{tag},
		Abilities: []access.Ability{access.AbilityAsk, access.AbilityExport},
	})
	return id, nil
}

// maxRoleID is how long the id of a role is made: the rules take a little more.
const maxRoleID = 36

// roleID makes the id of a role from any word.
func roleID(word string) string {
	id := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(word))
	parts := slices.DeleteFunc(strings.Split(id, "-"), func(s string) bool { return s == "" })
	if id = strings.Join(parts, "-"); len(id) > maxRoleID {
		id = strings.TrimRight(id[:maxRoleID], "-")
	}
	switch {
	case id == "":
		return "role"
	case id[0] >= '0' && id[0] <= '9':
		return roleID("role-" + id)
	}
	return id
}
