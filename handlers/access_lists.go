package handlers

import (
	"context"
	"fmt"
	"strings"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/text"
)

// maxListRows bounds the lists of admins.
const maxListRows = 200

// bounded says how many rows a list left out.
func bounded(t *chat.Table, noun string) {
	if more := len(t.Rows) - maxListRows; more > 0 {
		t.Rows = t.Rows[:maxListRows]
		t.Foot = fmt.Sprintf("and %d more %s", more, noun)
	}
}

// roles lists every role with what it grants and who has it.
func (b *Bot) roles(ctx context.Context, v *visit) (*chat.Reply, error) {
	p, err := b.config.Keeper.Policy(ctx)
	if err != nil {
		return nil, err
	}
	t := chat.Table{Columns: []chat.Column{{Name: "Role"}, {Name: "Grants"}, {Name: "Insights", Number: true}, {Name: "May"}, {Name: "Limits"}, {Name: "Who has it"}}}
	for _, r := range p.Roles {
		var may []string
		for _, a := range r.Abilities {
			may = append(may, string(a))
		}
		holders := holdersWords(p, r.ID)
		if r.ID == access.RoleEveryone {
			holders = "Every full member."
		}
		t.Rows = append(t.Rows, []chat.Cell{
			{Text: roleName(r), Call: chat.Call{Command: "access-role", Args: chat.Args{argRole: r.ID}}},
			{Text: grantWords(r)},
			{Text: fmt.Sprint(v.stock.granted(r))},
			{Text: strings.Join(may, ", ")},
			{Text: limitWords(r)},
			{Text: holders},
		})
	}
	bounded(&t, "roles")
	reply := v.privately("Roles", chat.Text{Text: "A role says what may be seen and done. Channels and people get roles."}, t)
	reply.Parts = append(reply.Parts, chat.Choices{Items: []chat.Choice{{Label: "Make a role", Call: chat.Call{Command: "access-role"}}}}, adminLinks())
	return reply, nil
}

// limitWords are the limits of a role, in short.
func limitWords(r access.Role) string {
	var words []string
	if r.Strict {
		words = append(words, "strict")
	}
	if r.External {
		words = append(words, "external")
	}
	if s := attributesText(r.Attributes); s != "" {
		words = append(words, s)
	}
	if len(r.Masks) > 0 {
		words = append(words, "hides "+text.JoinWords(r.Masks))
	}
	if r.MinGroup > 0 {
		words = append(words, fmt.Sprintf("groups of %d and more", r.MinGroup))
	}
	return strings.Join(words, "; ")
}

// channels lists the channels that are mapped or that the bot was used in.
func (b *Bot) channels(ctx context.Context, v *visit) (*chat.Reply, error) {
	p, err := b.config.Keeper.Policy(ctx)
	if err != nil {
		return nil, err
	}
	rooms, err := v.rooms(ctx, p)
	if err != nil {
		return nil, err
	}
	t := chat.Table{Columns: []chat.Column{{Name: "Channel"}, {Name: "Roles"}, {Name: "Who reads it"}, {Name: "For outsiders"}}}
	for _, r := range rooms {
		var names []string
		for _, id := range r.Roles {
			role, _ := p.Role(id)
			names = append(names, named(role.Name, id))
		}
		approved := ""
		if r.Approved {
			approved = "approved"
		}
		t.Rows = append(t.Rows, []chat.Cell{
			{Text: channelName(r.Channel), Call: chat.Call{Command: "access", Args: chat.Args{argChannel: r.ID}}},
			{Text: named(text.JoinWords(names), "none")},
			{Text: readersWords(r)},
			{Text: approved},
		})
	}
	bounded(&t, "channels")
	reply := v.privately("Channels", chat.Text{Text: "What everybody who reads a channel may see there. " + modeRule(p.Mode(v.Place.Platform, v.Place.Workspace))})
	if len(t.Rows) == 0 {
		reply.Parts = append(reply.Parts, chat.Text{Text: "I was used in no channel yet. Go to one and " + mentionMe("access") + ", and it is here."})
	} else {
		reply.Parts = append(reply.Parts, t)
	}
	reply.Parts = append(reply.Parts, chat.Choices{Items: []chat.Choice{{Label: "Set up a channel by its id", Call: chat.Call{Command: "access-channel"}}}}, adminLinks())
	return reply, nil
}

// readersWords say who is known to read a channel.
func readersWords(r room) string {
	switch {
	case r.shared == chat.Yes && r.guests == chat.Yes:
		return "another company, and guests"
	case r.shared == chat.Yes:
		return "another company too"
	case r.guests == chat.Yes:
		return "guests too"
	case r.inside():
		return "members"
	}
	return "not known"
}

// holdersList lists who has roles: people, groups and e-mail domains.
func (b *Bot) holdersList(ctx context.Context, v *visit) (*chat.Reply, error) {
	p, err := b.config.Keeper.Policy(ctx)
	if err != nil {
		return nil, err
	}
	names := func(ids []string) chat.Cell {
		var words []string
		for _, id := range ids {
			role, _ := p.Role(id)
			words = append(words, named(role.Name, id))
		}
		return chat.Cell{Text: text.JoinWords(words)}
	}
	edit := func(command, id string) chat.Call { return chat.Call{Command: command, Args: chat.Args{argID: id}} }
	ours := func(k access.Key) bool { return k.Platform == v.Place.Platform && k.Workspace == v.Place.Workspace }
	t := chat.Table{Columns: []chat.Column{{Name: "Who"}, {Name: "Kind"}, {Name: "Id"}, {Name: "Roles"}}}
	row := func(name, kind, command, id string, roles []string) {
		t.Rows = append(t.Rows, []chat.Cell{{Text: named(name, id), Call: edit(command, id)}, {Text: kind}, {Text: id}, names(roles)})
	}
	for _, o := range p.People {
		if ours(o.Key) {
			row(o.Name, "person", "access-person", o.ID, o.Roles)
		}
	}
	for _, g := range p.Groups {
		if ours(g.Key) {
			row(g.Name, "group", "access-group", g.ID, g.Roles)
		}
	}
	for _, d := range p.Domains {
		row(d.Name, "e-mail domain", "access-domain", d.Name, d.Roles)
	}
	bounded(&t, "rows")
	reply := v.privately("People", chat.Text{Text: "What people may see in a private message to me. Only a person who has a role by name can be an admin."})
	if len(t.Rows) == 0 {
		reply.Parts = append(reply.Parts, chat.Text{Text: "Nobody has a role of their own yet."})
	} else {
		reply.Parts = append(reply.Parts, t)
	}
	reply.Parts = append(reply.Parts, chat.Choices{Prompt: "Give roles to", Items: []chat.Choice{
		{Label: "A person", Call: chat.Call{Command: "access-person"}},
		{Label: "A group", Call: chat.Call{Command: "access-group"}},
		{Label: "An e-mail domain", Call: chat.Call{Command: "access-domain"}},
	}}, adminLinks())
	return reply, nil
}
