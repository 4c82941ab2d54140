// Package access decides who may see what, where. It is two keys and default
// deny: a reply that a channel can read needs a role of that channel which
// grants the insight, a private reply needs a role of the person. Everything in
// it is a pure function of what an admin decided and of the facts about the
// person and the place, and every decision carries a named reason.
package access

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"insightbot/chat"
	"insightbot/insight"
)

// Ability is something a role lets people do.
type Ability string

// The abilities.
const (
	// AbilityAsk: ask the role's insights. Without it a role only carries
	// what is posted by the clock.
	AbilityAsk Ability = "ask"
	// AbilityExport: take the numbers away as a file.
	AbilityExport Ability = "export"
	// AbilitySchedule: make digests and alerts.
	AbilitySchedule Ability = "schedule"
	// AbilityCurate: write caveats, certify, and see unanswered questions.
	AbilityCurate Ability = "curate"
	// AbilityAdmin: change these rules. It counts only for people who hold
	// the role by name, never through a channel, a group or a domain.
	AbilityAdmin Ability = "admin"
)

// Abilities lists every ability, the weakest first.
func Abilities() []Ability {
	return []Ability{AbilityAsk, AbilityExport, AbilitySchedule, AbilityCurate, AbilityAdmin}
}

// Mode is what a workspace begins with before channels are mapped one by one.
type Mode string

// The modes. The zero value is that of a workspace whose admin has not chosen
// yet; it grants what ModeChannel grants.
const (
	ModeUnset Mode = ""
	// ModeOpen: all full members, and all internal channels without guests,
	// may see everything that is not tagged TagRestricted.
	ModeOpen Mode = "open"
	// ModeChannel: a channel shows what its roles grant to all who read it.
	ModeChannel Mode = "channel"
	// ModeStrict: as ModeChannel, and who asks needs a key of their own too.
	ModeStrict Mode = "strict"
)

// Modes lists the modes that can be chosen.
func Modes() []Mode { return []Mode{ModeOpen, ModeChannel, ModeStrict} }

const (
	// TagRestricted keeps an insight out of what ModeOpen and
	// Role.Everything grant.
	TagRestricted = "restricted"
	// RoleEveryone is the id of the built-in role that every full member
	// holds. It grants nothing until an admin says so.
	RoleEveryone = "everyone"
	// RoleOperator is the id of the built-in role of whoever runs the program
	// on its own machine: they hold its keys and its files already.
	RoleOperator = "operator"
)

// Role is a named set of grants, abilities and limits.
type Role struct {
	// ID is a short word that never changes; Name is only shown.
	ID, Name string
	// Tags, Sources and Insights are what it grants: an insight that carries
	// one of the tags, comes from one of the sources, or has one of the ids.
	Tags, Sources, Insights []string
	// Everything grants whatever is not tagged TagRestricted.
	Everything bool
	Abilities  []Ability
	// Attributes are the row attributes it lends: name to allowed values.
	Attributes map[string][]string
	// Strict asks for the person's key too where a channel shows what it
	// grants.
	Strict bool
	// External lets guests, people of another company, and the channels they
	// read have it, where an admin approved the channel.
	External bool
	// Masks are columns that are hidden from it. Columns of a personal type
	// are hidden as well, save those in Unmask.
	Masks  []string
	Unmask []insight.ColumnType
	// MinGroup hides groups of fewer people than this; 0 hides none.
	MinGroup int
}

// Grants reports whether the role grants an insight.
func (r Role) Grants(in insight.Insight) bool { return r.opens(&in) }

// opens is Grants without copies, as it is asked for a whole catalogue.
func (r *Role) opens(in *insight.Insight) bool {
	switch {
	case r.ID == RoleOperator:
		return true
	case slices.Contains(r.Insights, in.ID), slices.Contains(r.Sources, in.Source):
		return true
	}
	for _, tag := range r.Tags {
		if slices.Contains(in.Tags, tag) {
			return true
		}
	}
	return r.Everything && !slices.Contains(in.Tags, TagRestricted)
}

// Can reports whether the role has an ability.
func (r Role) Can(a Ability) bool { return slices.Contains(r.Abilities, a) }

// Operator is the built-in role of the command line.
func Operator() Role {
	return Role{ID: RoleOperator, Name: "Operator", Abilities: Abilities(), Unmask: personalColumns()}
}

// personalColumns are the column types that are masked unless a role unmasks
// them.
func personalColumns() []insight.ColumnType {
	return []insight.ColumnType{insight.ColumnEmail, insight.ColumnName, insight.ColumnIP}
}

// Terms are the limits under which an insight is shown to somebody.
type Terms struct {
	// Attributes are bound as lists of allowed values. An insight that
	// requires one that is missing here is not shown at all.
	Attributes map[string][]string
	// Masks are the columns and dimensions that are hidden, in lower case.
	Masks    []string
	MinGroup int
	// Abilities are what may be done with the answer besides reading it.
	Abilities []Ability
	// Unbounded is set for the operator alone, whose rows no attribute limits.
	Unbounded bool
}

// Can reports whether the terms allow an ability.
func (t Terms) Can(a Ability) bool { return slices.Contains(t.Abilities, a) }

// terms are what one role says of one insight.
func (r Role) terms(in insight.Insight) Terms {
	t := Terms{Attributes: r.Attributes, MinGroup: r.MinGroup, Abilities: r.Abilities, Unbounded: r.ID == RoleOperator}
	for _, name := range r.Masks {
		t.Masks = append(t.Masks, strings.ToLower(name))
	}
	for _, c := range in.Accepts.Columns {
		personal := slices.Contains(personalColumns(), c.Type)
		if personal && !slices.Contains(r.Unmask, c.Type) {
			t.Masks = append(t.Masks, strings.ToLower(c.Name))
		}
	}
	t.Masks = unite(t.Masks, nil)
	return t
}

// join combines what two granting roles say, so that one more grant never
// takes anything away.
func (t Terms) join(o Terms) Terms {
	return Terms{
		Attributes: joinAttributes(t.Attributes, o.Attributes),
		Masks:      intersect(t.Masks, o.Masks),
		MinGroup:   min(t.MinGroup, o.MinGroup),
		Abilities:  unite(t.Abilities, o.Abilities),
		Unbounded:  t.Unbounded || o.Unbounded,
	}
}

// meet combines two keys that are both needed: what neither forbids.
func (t Terms) meet(o Terms) Terms {
	return Terms{
		Attributes: meetAttributes(t.Attributes, o.Attributes),
		Masks:      unite(t.Masks, o.Masks),
		MinGroup:   max(t.MinGroup, o.MinGroup),
		Abilities:  intersect(t.Abilities, o.Abilities),
		Unbounded:  t.Unbounded && o.Unbounded,
	}
}

func joinAttributes(a, b map[string][]string) map[string][]string {
	all := maps.Clone(a)
	for name, values := range b {
		if all == nil {
			all = map[string][]string{}
		}
		all[name] = unite(all[name], values)
	}
	return all
}

func meetAttributes(a, b map[string][]string) map[string][]string {
	both := map[string][]string{}
	for name, values := range a {
		if common := intersect(values, b[name]); len(common) > 0 {
			both[name] = common
		}
	}
	return both
}

// unite returns what is in either list, sorted.
func unite[T cmp.Ordered](a, b []T) []T {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// intersect returns what is in both lists, sorted.
func intersect[T cmp.Ordered](a, b []T) []T {
	var both []T
	in := within(b)
	for _, v := range a {
		if in(v) {
			both = append(both, v)
		}
	}
	slices.Sort(both)
	return slices.Compact(both)
}

// within tells what is in a list. A list of thousands, as roles may have, is
// put in a set, so that comparing two of them does not take seconds.
func within[T comparable](list []T) func(T) bool {
	const short = 16
	if len(list) <= short {
		return func(v T) bool { return slices.Contains(list, v) }
	}
	set := make(map[T]bool, len(list))
	for _, v := range list {
		set[v] = true
	}
	return func(v T) bool { return set[v] }
}

// Key names a person on a platform.
type Key struct{ Platform, Workspace, ID string }

// PersonOf is the key of who asked, in the place they asked.
func PersonOf(u chat.User, p chat.Place) Key { return Key{p.Platform, p.Workspace, u.ID} }

// ChannelOf is the key of a place; a thread has that of its channel.
func ChannelOf(p chat.Place) Key { return Key{p.Platform, p.Workspace, p.Channel} }
