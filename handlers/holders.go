package handlers

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/text"
)

// holder is something that roles are given to: a person, a group or a domain.
type holder struct {
	id, name string
	roles    []string
}

// holders is one kind of them, with the words of its form.
type holders struct {
	command, title, idLabel, idHelp string
	// named says that they have a name besides their id.
	named bool
	check func(id string) string
	find  func(p access.Policy, v *visit, id string) (holder, bool)
	put   func(p *access.Policy, v *visit, h holder)
	drop  func(p *access.Policy, v *visit, id string)
}

// key is that of somebody or something in the workspace of the visit.
func (v *visit) key(id string) access.Key {
	return access.Key{Platform: v.Place.Platform, Workspace: v.Place.Workspace, ID: id}
}

func people() holders {
	return holders{
		command: "access-person", title: "A person's roles", named: true,
		idLabel: "Their id", idHelp: "The id the platform knows them by, not their name; their profile shows it", check: checkID,
		find: func(p access.Policy, v *visit, id string) (holder, bool) {
			o, ok := findBy(p.People, func(o access.Person) bool { return o.Key == v.key(id) })
			return holder{id, o.Name, o.Roles}, ok
		},
		put: func(p *access.Policy, v *visit, h holder) {
			p.PutPerson(access.Person{Key: v.key(h.id), Name: h.name, Roles: h.roles})
		},
		drop: func(p *access.Policy, v *visit, id string) { p.DropPerson(v.key(id)) },
	}
}

func groups() holders {
	return holders{
		command: "access-group", title: "A group's roles", named: true,
		idLabel: "The group's id", idHelp: "The id of a group or role of the platform: everybody in it has what it has", check: checkID,
		find: func(p access.Policy, v *visit, id string) (holder, bool) {
			o, ok := findBy(p.Groups, func(o access.Group) bool { return o.Key == v.key(id) })
			return holder{id, o.Name, o.Roles}, ok
		},
		put: func(p *access.Policy, v *visit, h holder) {
			p.PutGroup(access.Group{Key: v.key(h.id), Name: h.name, Roles: h.roles})
		},
		drop: func(p *access.Policy, v *visit, id string) { p.DropGroup(v.key(id)) },
	}
}

func domains() holders {
	return holders{
		command: "access-domain", title: "An e-mail domain's roles",
		idLabel: "The domain", idHelp: "What stands behind the @, such as fernfold.example: every member with such an address has what it has, in all workspaces", check: checkDomain,
		find: func(p access.Policy, _ *visit, id string) (holder, bool) {
			o, ok := findBy(p.Domains, func(o access.Domain) bool { return o.Name == strings.ToLower(id) })
			return holder{id: strings.ToLower(id), roles: o.Roles}, ok
		},
		put: func(p *access.Policy, _ *visit, h holder) {
			p.PutDomain(access.Domain{Name: strings.ToLower(h.id), Roles: h.roles})
		},
		drop: func(p *access.Policy, _ *visit, id string) { p.DropDomain(strings.ToLower(id)) },
	}
}

// checkID says what is wrong with an id of the platform.
func checkID(id string) string {
	switch {
	case id == "":
		return "This is needed."
	case len(id) > maxSubject || id != text.Clean(id) || strings.ContainsAny(id, " ,/"):
		return "An id has no spaces, commas or slashes."
	case strings.HasPrefix(id, "@"):
		return "That is a name. The id is needed, because names change."
	}
	return ""
}

// domainName is an e-mail domain.
var domainName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)

// checkDomain says what is wrong with a domain.
func checkDomain(id string) string {
	switch {
	case id == "":
		return "This is needed."
	case strings.Contains(id, "@"):
		return "Only what stands behind the @."
	case len(id) > maxSubject || !domainName.MatchString(strings.ToLower(id)):
		return "This is no domain, such as fernfold.example."
	}
	return ""
}

// edit gives roles to a person, a group or a domain, or takes them away.
func (k holders) edit(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error) {
	p, err := b.config.Keeper.Policy(ctx)
	if err != nil {
		return nil, err
	}
	args := v.Call.Args
	id := strings.TrimSpace(args[argID])
	if !isSet(args, argSave) {
		args = chat.Args{argID: id}
		if h, ok := k.find(p, v, id); ok {
			args[argName], args[argRoles] = h.name, listText(h.roles)
		}
		v.note(ctx, access.ActionView, "command:"+k.command, "")
		return k.form(p, v, args, nil), nil
	}
	wrong := wrongs{}
	if problem := k.check(id); problem != "" {
		wrong[argID] = problem
	}
	h := holder{id: id, name: text.Truncate(text.Clean(args[argName]), maxName, text.Graphemes), roles: rolesOf(p, args, wrong)}
	if len(wrong) > 0 {
		return k.form(p, v, args, wrong), nil
	}
	changes, err := v.change(ctx, func(p *access.Policy) error {
		if len(h.roles) == 0 {
			k.drop(p, v, h.id)
			return nil
		}
		k.put(p, v, h)
		return nil
	})
	if no, ok := errors.AsType[refusal](err); ok {
		return k.form(p, v, args, wrongs{"": string(no)}), nil
	}
	if err != nil {
		return v.stopped(err)
	}
	reply, err := v.changed(ctx, changes)
	if err != nil {
		return nil, err
	}
	reply.Parts = append(reply.Parts, chat.Link{Label: "See who has which role", Call: chat.Call{Command: "access-people"}})
	return reply, nil
}

// form is the form, with what was typed.
func (k holders) form(p access.Policy, v *visit, args chat.Args, wrong wrongs) *chat.Reply {
	f := form{args: args, wrong: wrong}
	f.add(chat.Field{Name: argID, Label: k.idLabel, Help: k.idHelp, Kind: chat.FieldText, Required: true})
	if k.named {
		f.text(argName, "Name", "Only shown, so that you know who it is")
	}
	f.multi(argRoles, "Roles", "None takes all of them away", keep(roleOptions(p), args[argRoles]))
	reply := v.privately(k.title, wrong.first()...)
	reply.Parts = append(reply.Parts, chat.Form{
		Title: k.title, Fields: f.fields, Submit: "Save", Call: chat.Call{Command: k.command, Args: chat.Args{argSave: yes}},
	})
	return reply
}
