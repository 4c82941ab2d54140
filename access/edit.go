package access

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// PutRole adds a role, or replaces the one of that id.
func (p *Policy) PutRole(r Role) {
	p.Roles = put(p.Roles, r, func(o Role) bool { return o.ID == r.ID })
}

// DropRole removes a role and whatever names it, so that another role of the
// same id has to be given anew. RoleEveryone stays, and grants nothing then.
func (p *Policy) DropRole(id string) {
	p.Roles = slices.DeleteFunc(slices.Clone(p.Roles), func(r Role) bool { return r.ID == id })
	without := func(roles []string) []string {
		return slices.DeleteFunc(slices.Clone(roles), func(r string) bool { return r == id })
	}
	p.Channels, p.People, p.Groups, p.Domains = slices.Clone(p.Channels), slices.Clone(p.People), slices.Clone(p.Groups), slices.Clone(p.Domains)
	for i := range p.Channels {
		p.Channels[i].Roles = without(p.Channels[i].Roles)
	}
	for i := range p.People {
		p.People[i].Roles = without(p.People[i].Roles)
	}
	for i := range p.Groups {
		p.Groups[i].Roles = without(p.Groups[i].Roles)
	}
	for i := range p.Domains {
		p.Domains[i].Roles = without(p.Domains[i].Roles)
	}
}

// PutChannel adds a channel, or replaces its mapping.
func (p *Policy) PutChannel(c Channel) {
	p.Channels = put(p.Channels, c, func(o Channel) bool { return o.Key == c.Key })
}

// DropChannel removes the mapping of a channel.
func (p *Policy) DropChannel(k Key) {
	p.Channels = slices.DeleteFunc(slices.Clone(p.Channels), func(c Channel) bool { return c.Key == k })
}

// PutPerson adds a person, or replaces what they hold by name.
func (p *Policy) PutPerson(person Person) {
	p.People = put(p.People, person, func(o Person) bool { return o.Key == person.Key })
}

// DropPerson removes what a person holds by name.
func (p *Policy) DropPerson(k Key) {
	p.People = slices.DeleteFunc(slices.Clone(p.People), func(o Person) bool { return o.Key == k })
}

// PutGroup adds a group of the platform, or replaces what it holds.
func (p *Policy) PutGroup(g Group) {
	p.Groups = put(p.Groups, g, func(o Group) bool { return o.Key == g.Key })
}

// DropGroup removes what a group holds.
func (p *Policy) DropGroup(k Key) {
	p.Groups = slices.DeleteFunc(slices.Clone(p.Groups), func(o Group) bool { return o.Key == k })
}

// PutDomain adds an e-mail domain, or replaces what it holds.
func (p *Policy) PutDomain(d Domain) {
	d.Name = strings.ToLower(d.Name)
	p.Domains = put(p.Domains, d, func(o Domain) bool { return strings.ToLower(o.Name) == d.Name })
}

// DropDomain removes what a domain holds.
func (p *Policy) DropDomain(name string) {
	p.Domains = slices.DeleteFunc(slices.Clone(p.Domains), func(o Domain) bool { return strings.EqualFold(o.Name, name) })
}

// SetMode sets the mode of a workspace.
func (p *Policy) SetMode(platform, workspace string, m Mode) {
	p.Workspaces = put(p.Workspaces, Workspace{platform, workspace, m}, func(o Workspace) bool { return o.Platform == platform && o.ID == workspace })
}

// put replaces what is the same in a copy of a list, or adds to it, so that the
// list of whoever shares it stays as it was.
func put[T any](list []T, v T, same func(T) bool) []T {
	list = slices.Clone(list)
	if i := slices.IndexFunc(list, same); i >= 0 {
		list[i] = v
		return list
	}
	return append(list, v)
}

// Normalize returns the policy in its one form: sorted, without doubles in
// lists and without empty entries, RoleEveryone among the roles, domains in
// lower case. Two entries of one key stay, for Check to find.
func (p Policy) Normalize() Policy {
	n := Policy{
		Workspaces: keep(p.Workspaces, func(w Workspace) bool { return w.Mode != ModeUnset }),
		Roles:      keep(p.Roles, func(Role) bool { return true }),
		Channels:   keep(p.Channels, func(Channel) bool { return true }),
		People:     keep(p.People, func(o Person) bool { return len(o.Roles) > 0 }),
		Groups:     keep(p.Groups, func(g Group) bool { return len(g.Roles) > 0 }),
		Domains:    keep(p.Domains, func(d Domain) bool { return len(d.Roles) > 0 }),
	}
	if _, ok := n.Role(RoleEveryone); !ok {
		n.Roles = append(n.Roles, Role{ID: RoleEveryone, Name: "Everyone"})
	}
	for i, r := range n.Roles {
		n.Roles[i] = r.normalize()
	}
	for i := range n.Channels {
		n.Channels[i].Name, n.Channels[i].Roles = shown(n.Channels[i].Name), unite(n.Channels[i].Roles, nil)
	}
	for i := range n.People {
		n.People[i].Name, n.People[i].Roles = shown(n.People[i].Name), unite(n.People[i].Roles, nil)
	}
	for i := range n.Groups {
		n.Groups[i].Name, n.Groups[i].Roles = shown(n.Groups[i].Name), unite(n.Groups[i].Roles, nil)
	}
	for i := range n.Domains {
		n.Domains[i].Name, n.Domains[i].Roles = strings.ToLower(n.Domains[i].Name), unite(n.Domains[i].Roles, nil)
	}
	slices.SortStableFunc(n.Workspaces, func(a, b Workspace) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.ID, b.ID))
	})
	slices.SortStableFunc(n.Roles, func(a, b Role) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(n.Channels, func(a, b Channel) int { return compareKeys(a.Key, b.Key) })
	slices.SortStableFunc(n.People, func(a, b Person) int { return compareKeys(a.Key, b.Key) })
	slices.SortStableFunc(n.Groups, func(a, b Group) int { return compareKeys(a.Key, b.Key) })
	slices.SortStableFunc(n.Domains, func(a, b Domain) int { return cmp.Compare(a.Name, b.Name) })
	return n
}

// keep copies what is wanted of a list, and makes nothing of an empty one.
func keep[T any](list []T, wanted func(T) bool) []T {
	var kept []T
	for _, v := range list {
		if wanted(v) {
			kept = append(kept, v)
		}
	}
	return kept
}

// shown is a name that a platform gave as it can be kept: whatever somebody
// calls themselves must not keep an admin from giving them a role.
func shown(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, name)
	for len(name) > maxText {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return name
}

// normalize sorts the lists of a role.
func (r Role) normalize() Role {
	r.Name = cmp.Or(r.Name, r.ID)
	r.Tags, r.Sources, r.Insights = unite(r.Tags, nil), unite(r.Sources, nil), unite(r.Insights, nil)
	r.Abilities, r.Unmask = unite(r.Abilities, nil), unite(r.Unmask, nil)
	masks := make([]string, len(r.Masks))
	for i, m := range r.Masks {
		masks[i] = strings.ToLower(m)
	}
	r.Masks = unite(masks, nil)
	attributes := map[string][]string{}
	for name, values := range r.Attributes {
		if len(values) > 0 {
			attributes[name] = unite(values, nil)
		}
	}
	r.Attributes = nil
	if len(attributes) > 0 {
		r.Attributes = attributes
	}
	return r
}
