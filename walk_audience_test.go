package main

import (
	"insightbot/access"
	"insightbot/chat"
)

// The workspace of the walk.
const walkSpace = "w"

// walkPlaces are a place of every kind.
func walkPlaces() []chat.Place {
	place := func(id string, kind chat.PlaceKind, shared, guests chat.Fact) chat.Place {
		return chat.Place{Platform: "web", Workspace: walkSpace, Channel: id, Name: "#" + id, Kind: kind, Audience: chat.Audience{Shared: shared, Guests: guests}}
	}
	return []chat.Place{
		place("public", chat.PlacePublic, chat.No, chat.No), place("private", chat.PlacePrivate, chat.No, chat.No),
		place("guests", chat.PlacePrivate, chat.No, chat.Yes), place("shared", chat.PlacePublic, chat.Yes, chat.No),
		place("unknown", chat.PlacePublic, chat.Unknown, chat.Unknown), place("direct", chat.PlaceDirect, chat.No, chat.No),
		place("unmapped", chat.PlacePublic, chat.No, chat.No),
	}
}

// walkPeople are a person of every kind.
func walkPeople() []chat.User {
	user := func(id string, guest, external chat.Fact) chat.User {
		return chat.User{ID: id, Name: capital(id), Guest: guest, External: external}
	}
	return []chat.User{
		user("member", chat.No, chat.No), user("staff", chat.No, chat.No), user("guest", chat.Yes, chat.No), user("external", chat.No, chat.Yes),
		user("unknown", chat.Unknown, chat.Unknown), user("elsewhere", chat.No, chat.No), user("admin", chat.No, chat.No),
	}
}

// holder may see the canary, so that what was made for them is at hand.
var holder = chat.User{ID: "holder", Name: "Holder", Guest: chat.No, External: chat.No}

// audience is who asks where.
type audience struct {
	user  chat.User
	place chat.Place
	clock bool
}

func (a audience) String() string {
	if a.clock {
		return "clock in " + a.place.Channel
	}
	return a.user.ID + " in " + a.place.Channel
}

// member reports whether a full member asks; known whether both facts are.
func (a audience) member() bool { return a.user.Guest == chat.No && a.user.External == chat.No }

func (a audience) known() bool {
	return a.user.Guest != chat.Unknown && a.user.External != chat.Unknown
}

// inside reports whether only full members read the place.
func (a audience) inside() bool {
	return a.place.Audience.Shared == chat.No && a.place.Audience.Guests == chat.No
}

func (a audience) placeKnown() bool {
	return a.place.Audience.Shared != chat.Unknown && a.place.Audience.Guests != chat.Unknown
}

func (a audience) direct() bool { return a.place.Kind == chat.PlaceDirect }

// walkAudiences are everybody everywhere, and the clock.
func walkAudiences() []audience {
	var list []audience
	for _, p := range walkPlaces() {
		for _, u := range walkPeople() {
			list = append(list, audience{user: u, place: p})
		}
		switch p.Kind {
		case chat.PlaceDirect:
			list = append(list, audience{user: walkPeople()[0], place: p, clock: true})
		default:
			list = append(list, audience{place: p, clock: true})
		}
	}
	return list
}

// The roles of the walk.
const (
	roleStaff    = "staff"
	rolePartners = "partners"
	roleAdmins   = "admins"
	roleKeys     = "keys"
	roleKeysOut  = "keys-outside"
)

// walkPolicy lets everybody see something and only the holder the canary. Where
// a single thing is missing that would open it, all others are there: a role
// that is not external in a channel with guests, a channel that is not
// approved, a channel's key without the person's.
func walkPolicy(c *canary, mode access.Mode) access.Policy {
	can := []access.Ability{access.AbilityAsk, access.AbilityExport}
	p := access.Policy{Roles: []access.Role{
		{ID: roleStaff, Tags: []string{"staff"}, Abilities: can},
		{ID: rolePartners, Tags: []string{"partner"}, Abilities: can, External: true},
		{ID: roleAdmins, Abilities: []access.Ability{access.AbilityAdmin}},
		{ID: roleKeys, Tags: []string{c.tag}, Abilities: can},
		{ID: roleKeysOut, Insights: []string{c.id}, Abilities: can, External: true},
	}}
	if mode != access.ModeUnset {
		p.SetMode("web", walkSpace, mode)
	}
	channel := func(id string, approved bool, roles ...string) {
		p.PutChannel(access.Channel{Key: access.Key{Platform: "web", Workspace: walkSpace, ID: id}, Approved: approved, Roles: append(roles, roleStaff, rolePartners)})
	}
	var strict []string
	if mode == access.ModeStrict {
		strict = []string{roleKeys}
	}
	channel("public", true, strict...)
	channel("private", false, strict...)
	channel("guests", true, roleKeys)
	channel("shared", false, roleKeysOut)
	channel("unknown", true, roleKeys, roleKeysOut)
	channel("direct", false, roleKeys, roleKeysOut)
	person := func(workspace, id string, roles ...string) {
		p.PutPerson(access.Person{Key: access.Key{Platform: "web", Workspace: workspace, ID: id}, Roles: roles})
	}
	person(walkSpace, "staff", roleStaff)
	person(walkSpace, "admin", roleAdmins)
	person(walkSpace, "unknown", roleKeys, roleKeysOut)
	person(walkSpace, "guest", roleKeys)
	person(walkSpace, holder.ID, roleKeys)
	person("another", "elsewhere", roleKeys, roleKeysOut)
	return p
}

// The ways in which somebody who may see the canary is told of it.
const (
	toAll   = "to all who read there"
	toOne   = "to one of those who read there"
	toReach = "where one alone reads"
)

// opening opens the canary to an audience by as little as it takes.
type opening struct {
	name string
	// reach is how it is told then; "" says that nothing opens it.
	reach   string
	channel []string
	person  []string
	approve bool
}

// openings are the ways to open the canary to an audience, worked out by hand
// from the rule of two keys. Where there is none, everything is given at once,
// and it must stay closed.
func openings(a audience, mode access.Mode) []opening {
	strict := mode == access.ModeStrict
	channel := opening{name: "the channel's key", channel: []string{roleKeys}, reach: toAll}
	person := opening{name: "the person's key", person: []string{roleKeys}, reach: toOne}
	outside := opening{name: "the channel's key, external and approved", channel: []string{roleKeysOut}, approve: true, reach: toAll}
	all := opening{name: "everything", channel: []string{roleKeys, roleKeysOut}, person: []string{roleKeys, roleKeysOut}, approve: true}
	if strict {
		channel.name, channel.person = "both keys", []string{roleKeys}
		outside.name, outside.person = "both keys, external and approved", []string{roleKeysOut}
	}
	reached := func(g opening, reach string) opening { g.reach = reach; return g }
	switch {
	case a.clock && a.direct(), a.direct() && a.member():
		return []opening{reached(person, toReach)}
	case a.clock && (strict || !a.placeKnown()):
		// A key that also asks for a person's opens nothing when nobody asks,
		// and whom the clock sends nothing to lends it nothing.
		all.person = nil
		return []opening{all}
	case a.clock && a.inside():
		return []opening{channel}
	case a.clock:
		return []opening{outside}
	case !a.known():
		return []opening{all}
	case a.direct():
		return []opening{{name: "the person's key, external and approved", person: []string{roleKeysOut}, approve: true, reach: toReach}}
	case !a.placeKnown() && a.member():
		return []opening{person}
	case !a.placeKnown():
		return []opening{{name: "the person's key, external and approved", person: []string{roleKeysOut}, approve: true, reach: toOne}}
	case a.member() && a.inside() && strict && a.place.Channel != "unmapped":
		return []opening{reached(person, toAll)} // the channel has its own already
	case a.member() && a.inside():
		return []opening{channel, person}
	case a.member():
		return []opening{outside, person}
	default:
		return []opening{outside}
	}
}

// open gives what it holds.
func (g opening) open(p *access.Policy, a audience) {
	keys := []access.Key{access.ChannelOf(a.place)}
	if a.direct() { // who signs in to the console has a direct place of that name
		keys = append(keys, access.Key{Platform: "web", Workspace: walkSpace, ID: "console"})
	}
	for _, key := range keys {
		c := access.Channel{Key: key}
		for _, o := range p.Channels {
			if o.Key == key {
				c = o
			}
		}
		if len(g.channel) > 0 || g.approve {
			c.Roles, c.Approved = append(append([]string{}, c.Roles...), g.channel...), c.Approved || g.approve
			p.PutChannel(c)
		}
	}
	if len(g.person) == 0 || a.user.ID == "" {
		return
	}
	person := access.Person{Key: access.PersonOf(a.user, a.place)}
	for _, o := range p.People {
		if o.Key == person.Key {
			person = o
		}
	}
	person.Roles = append(append([]string{}, person.Roles...), g.person...)
	p.PutPerson(person)
}
