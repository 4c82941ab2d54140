package access

import (
	"slices"

	"insightbot/chat"
	"insightbot/insight"
)

// Audience is who would read a reply, with the roles that count for them. It
// is made for one request from facts of that moment, and never kept.
type Audience struct {
	// Direct says that the asker alone reads there; Clock that nobody asked.
	Direct, Clock bool
	// Channel and Person are the roles whose keys count.
	Channel, Person []Role
	// ChannelWhy and PersonWhy say why there are no such roles; "" when there
	// are, or when there is nothing special to say.
	ChannelWhy, PersonWhy Reason
	// Admin says that the person may change the rules.
	Admin bool

	strict bool
}

// Audience works out which roles count for u in p.
func (r Rules) Audience(u chat.User, p chat.Place) Audience {
	a := Audience{Direct: p.Kind == chat.PlaceDirect, strict: r.Mode == ModeStrict}
	a.person(r, u)
	if !a.Direct {
		a.channel(r, p, u)
	}
	return a
}

// Posting is the audience of what the clock posts in a place: nobody asks, so
// nobody's own key is there but that of the person a direct message goes to.
func (r Rules) Posting(u chat.User, p chat.Place) Audience {
	if p.Kind == chat.PlaceDirect {
		a := r.Audience(u, p)
		a.Clock = true
		return a
	}
	a := Audience{Clock: true, strict: r.Mode == ModeStrict}
	a.channel(r, p, chat.User{Guest: chat.No, External: chat.No})
	return a
}

// among reads facts about who is there: whether all are ourselves, and whether
// all facts are known. An admin's approval is for people known to be from
// outside, so that it counts for nothing where a fact is not known.
func among(facts ...chat.Fact) (ourselves, known bool) {
	ourselves, known = true, true
	for _, f := range facts {
		ourselves = ourselves && f == chat.No
		known = known && (f == chat.No || f == chat.Yes)
	}
	return ourselves, known
}

// person fills in what the person holds.
func (a *Audience) person(r Rules, u chat.User) {
	member, known := among(u.Guest, u.External)
	held := slices.Clone(r.Held)
	if member && u.ID != "" {
		held = append(held, Holding{Role: RoleEveryone, Via: ViaMember})
	}
	for _, h := range held {
		role, ok := r.role(h.Role)
		if !ok {
			continue
		}
		if member || known && role.External && r.Channel.Approved {
			a.Person = append(a.Person, role)
		}
		a.Admin = a.Admin || member && h.Via == ViaName && role.Can(AbilityAdmin)
	}
	a.Admin = a.Admin || member && r.PlatformAdmins && u.Admin == chat.Yes
	if len(a.Person) == 0 {
		a.PersonWhy = personWhy(u, member, known)
	}
}

// personWhy names what keeps a person from having roles.
func personWhy(u chat.User, member, known bool) Reason {
	switch {
	case member:
		return ReasonNoRole
	case !known:
		return ReasonUnknownPerson
	case u.External == chat.Yes:
		return ReasonExternal
	default:
		return ReasonGuest
	}
}

// channel fills in what the channel holds: all its roles among ourselves, and
// only those an admin marked and approved where others read too. Somebody from
// outside who asks reads there, whatever is said of the place.
func (a *Audience) channel(r Rules, p chat.Place, u chat.User) {
	inside, known := among(p.Audience.Shared, p.Audience.Guests, u.Guest, u.External)
	ids := r.Channel.Roles
	if r.Mode == ModeOpen && inside {
		ids = append(slices.Clone(ids), RoleEveryone)
	}
	for _, id := range ids {
		role, ok := r.role(id)
		if ok && (inside || known && role.External && r.Channel.Approved) {
			a.Channel = append(a.Channel, role)
		}
	}
	if len(a.Channel) == 0 {
		a.ChannelWhy = channelWhy(r, p, u, inside, known)
	}
}

// channelWhy names what keeps a channel from having roles.
func channelWhy(r Rules, p chat.Place, u chat.User, inside, known bool) Reason {
	switch {
	case !r.Mapped:
		return ReasonUnmapped
	case inside:
		return ReasonNoRole
	case !known:
		return ReasonUnknownPlace
	case p.Audience.Shared == chat.Yes || u.External == chat.Yes:
		return ReasonShared
	default:
		return ReasonGuests
	}
}

// role is the definition of a role. In ModeOpen everyone may see everything
// that is not restricted, and ask and export it.
func (r Rules) role(id string) (Role, bool) {
	for _, role := range r.Roles {
		if role.ID != id {
			continue
		}
		if id == RoleEveryone && r.Mode == ModeOpen {
			role.Everything = true
			role.Abilities = unite(role.Abilities, []Ability{AbilityAsk, AbilityExport})
		}
		return role, true
	}
	return Role{}, false
}

// Can reports whether the person has an ability that is not about one insight.
func (a Audience) Can(ability Ability) bool {
	if ability == AbilityAdmin {
		return a.Admin
	}
	return a.Admin || slices.ContainsFunc(a.Person, func(r Role) bool { return r.Can(ability) })
}

// Closed reports whether nothing at all can be asked: there is no role to ask
// with. It is a fact about the person and the place, not about any insight.
func (a Audience) Closed() bool {
	asks := func(r Role) bool { return r.Can(AbilityAsk) }
	return !slices.ContainsFunc(a.Channel, asks) && !slices.ContainsFunc(a.Person, asks)
}

// key is whether some roles open an insight, and under which terms.
type key struct {
	held  bool
	roles []string
	terms Terms
	// why says what was missing where it is not held.
	why Reason
}

// turn tries the roles on an insight. allowed picks those that count; each of
// them may change the terms under which it does.
func (a Audience) turn(in insight.Insight, roles []Role, allowed func(Role) (func(Terms) Terms, Reason)) key {
	k := key{why: ReasonNoGrant}
	for _, r := range roles {
		if !r.Grants(in) {
			continue
		}
		if !a.Clock && !r.Can(AbilityAsk) {
			// What a role that can ask lacks is nearer to the point.
			if k.why == ReasonNoGrant {
				k.why = ReasonAbility
			}
			continue
		}
		limit, why := allowed(r)
		if why != "" {
			k.why = why
			continue
		}
		t := limit(r.terms(in))
		if k.held {
			t = k.terms.join(t)
		}
		k.held, k.terms = true, t
		// A role that came in two ways is named once.
		if !slices.Contains(k.roles, r.ID) {
			k.roles = append(k.roles, r.ID)
		}
	}
	if k.held && !k.terms.satisfy(in) {
		return key{why: ReasonAttribute, roles: k.roles}
	}
	return k
}

// satisfy reports whether the terms lend every attribute that an insight
// requires.
func (t Terms) satisfy(in insight.Insight) bool {
	return t.Unbounded || !slices.ContainsFunc(in.Accepts.Attributes, func(name string) bool { return len(t.Attributes[name]) == 0 })
}

// whole lets a role count as it is.
func whole(Role) (func(Terms) Terms, Reason) {
	return func(t Terms) Terms { return t }, ""
}
