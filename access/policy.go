package access

import (
	"cmp"
	"slices"

	"insightbot/chat"
)

// Policy is everything an admin decided. Its lists are in order of their keys.
type Policy struct {
	Workspaces []Workspace
	// Roles always hold RoleEveryone, and never RoleOperator.
	Roles    []Role
	Channels []Channel
	People   []Person
	Groups   []Group
	Domains  []Domain
}

// Workspace is the mode of one workspace.
type Workspace struct {
	Platform, ID string
	Mode         Mode
}

// Channel maps a channel to roles. It is known by ids; Name is only shown.
type Channel struct {
	Key
	Name  string
	Roles []string
	// Approved says that an admin lets roles marked external be used there.
	Approved bool
}

// Person gives roles to one person. Name is only shown.
type Person struct {
	Key
	Name  string
	Roles []string
}

// Group gives roles to everybody in a group or role of the platform.
type Group struct {
	Key
	Name  string
	Roles []string
}

// Domain gives roles to everybody whose e-mail address is in it, of whatever
// platform. Name is in lower case: "fernfold.example".
type Domain struct {
	Name  string
	Roles []string
}

// Rules are the part of a Policy that concerns one person in one place. Rules
// that were never filled grant nothing.
type Rules struct {
	Mode Mode
	// Channel is the mapping of the place; Mapped says whether there is one.
	Channel Channel
	Mapped  bool
	// Held are the roles of the person, each with the way it came.
	Held []Holding
	// Roles are the definitions of those that Channel and Held name, and of
	// RoleEveryone.
	Roles []Role
	// PlatformAdmins lets those who administer the workspace administer the
	// rules.
	PlatformAdmins bool
}

// Holding is a role that a person has, and why.
type Holding struct {
	Role string
	Via  Via
	// ID is the group's id or the domain's name.
	ID string
}

// Via is the way a person came to a role.
type Via string

// The ways. ViaMember is being a full member, which gives RoleEveryone.
const (
	ViaName   Via = "name"
	ViaGroup  Via = "group"
	ViaDomain Via = "domain"
	ViaMember Via = "member"
)

// OperatorRules are those of the command line: whoever can run the program
// with its files holds everything in them.
func OperatorRules() Rules {
	return Rules{Held: []Holding{{Role: RoleOperator, Via: ViaName}}, Roles: []Role{Operator()}}
}

// For picks what concerns one person in one place. Storage does the same with
// a query; a test holds them to each other.
func (p Policy) For(u chat.User, place chat.Place) Rules {
	r := Rules{Mode: p.Mode(place.Platform, place.Workspace)}
	names := []string{RoleEveryone}
	if i := slices.IndexFunc(p.Channels, func(c Channel) bool { return c.Key == ChannelOf(place) }); i >= 0 {
		r.Channel, r.Mapped = p.Channels[i], true
		names = append(names, r.Channel.Roles...)
	}
	hold := func(roles []string, via Via, id string) {
		for _, role := range roles {
			r.Held = append(r.Held, Holding{role, via, id})
			names = append(names, role)
		}
	}
	for _, person := range p.People {
		if person.Key == PersonOf(u, place) && u.ID != "" {
			hold(person.Roles, ViaName, "")
		}
	}
	for _, g := range p.Groups {
		if g.Platform == place.Platform && g.Workspace == place.Workspace && slices.Contains(u.Groups, g.ID) {
			hold(g.Roles, ViaGroup, g.ID)
		}
	}
	for _, d := range p.Domains {
		if d.Name == u.Domain && u.Domain != "" {
			hold(d.Roles, ViaDomain, d.Name)
		}
	}
	for _, role := range p.Roles {
		if slices.Contains(names, role.ID) {
			r.Roles = append(r.Roles, role)
		}
	}
	return r
}

// Mode is that of a workspace.
func (p Policy) Mode(platform, workspace string) Mode {
	for _, w := range p.Workspaces {
		if w.Platform == platform && w.ID == workspace {
			return w.Mode
		}
	}
	return ModeUnset
}

// Role looks a role up by its id.
func (p Policy) Role(id string) (Role, bool) {
	for _, r := range p.Roles {
		if r.ID == id {
			return r, true
		}
	}
	return Role{}, false
}

// HasAdmin reports whether somebody administers a workspace by name.
func (p Policy) HasAdmin(platform, workspace string) bool {
	for _, person := range p.People {
		if person.Platform != platform || person.Workspace != workspace {
			continue
		}
		for _, id := range person.Roles {
			if r, ok := p.Role(id); ok && r.Can(AbilityAdmin) {
				return true
			}
		}
	}
	return false
}

// compareKeys orders keys.
func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Workspace, b.Workspace), cmp.Compare(a.ID, b.ID))
}
