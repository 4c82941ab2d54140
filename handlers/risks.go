package handlers

import (
	"fmt"
	"slices"
	"strings"

	"insightbot/access"
	"insightbot/insight"
	"insightbot/text"
)

// risks are the sentences about what a change would let many see, or somebody
// do, that they could not before. Each wants a second yes.
func (v *visit) risks(before, after access.Policy) []string {
	var found []string
	for _, w := range after.Workspaces {
		if w.Mode == access.ModeOpen && before.Mode(w.Platform, w.ID) != access.ModeOpen {
			found = append(found, fmt.Sprintf("All full members, and everybody in an internal channel without guests, will be able to ask %s.", v.stock.openWords()))
		}
	}
	for _, r := range after.Roles {
		old, _ := before.Role(r.ID)
		found = append(found, v.stock.roleRisks(old, r)...)
	}
	found = append(found, v.stock.channelRisks(before, after)...)
	return append(found, v.stock.holderRisks(before, after)...)
}

// openWords says how much the open mode opens.
func (st *stock) openWords() string {
	restricted := st.restricted()
	s := plural(len(st.insights)-restricted, "insight", "insights")
	if restricted == 0 {
		return s + ": all there are, as none is tagged " + access.TagRestricted
	}
	return fmt.Sprintf("%s, all but the %d tagged %s", s, restricted, access.TagRestricted)
}

// restricted counts what the open mode keeps closed.
func (st *stock) restricted() int {
	return count(st.insights, isRestricted)
}

func isRestricted(in insight.Insight) bool { return slices.Contains(in.Tags, access.TagRestricted) }

// count is how many of a list a test holds for.
func count[T any](list []T, holds func(T) bool) int {
	n := 0
	for _, v := range list {
		if holds(v) {
			n++
		}
	}
	return n
}

// granted counts what a role grants.
func (st *stock) granted(r access.Role) int { return count(st.insights, r.Grants) }

// roleRisks are those of one role that was made or changed.
func (st *stock) roleRisks(old, r access.Role) []string {
	var found []string
	if r.Can(access.AbilityAdmin) && !old.Can(access.AbilityAdmin) {
		found = append(found, fmt.Sprintf("Whoever holds the role “%s” by name will be able to change all these rules and read the audit log.", roleName(r)))
	}
	if r.Everything && !old.Everything {
		found = append(found, fmt.Sprintf("The role “%s” will grant %s.", roleName(r), st.openWords()))
	}
	restricted := count(st.insights, func(in insight.Insight) bool { return isRestricted(in) && r.Grants(in) && !old.Grants(in) })
	switch {
	case restricted > 0:
		found = append(found, fmt.Sprintf("The role “%s” will grant %s tagged %s.", roleName(r), plural(restricted, "insight that is", "insights that are"), access.TagRestricted))
	case slices.Contains(r.Tags, access.TagRestricted) && !slices.Contains(old.Tags, access.TagRestricted):
		found = append(found, fmt.Sprintf("The role “%s” will grant whatever gets tagged %s.", roleName(r), access.TagRestricted))
	}
	if r.External && !old.External && old.ID != "" {
		found = append(found, fmt.Sprintf("Guests and people of another company will have the role “%s” too, in every channel that is approved for outsiders.", roleName(r)))
	}
	return found
}

// restrictedRisks are those of restricted insights that a whole channel gets to
// read.
func (st *stock) restrictedRisks(after access.Policy, old, c access.Channel) []string {
	var found []string
	for _, id := range added(old.Roles, c.Roles) {
		r, _ := after.Role(id)
		if n := count(st.insights, func(in insight.Insight) bool { return isRestricted(in) && r.Grants(in) }); n > 0 {
			found = append(found, fmt.Sprintf("Everybody who reads %s will be able to see what “%s” grants: %s tagged %s.",
				channelName(c), roleName(r), plural(n, "insight that is", "insights that are"), access.TagRestricted))
		}
	}
	return found
}

// channelRisks are those of what channels get to read.
func (st *stock) channelRisks(before, after access.Policy) []string {
	var found []string
	for _, c := range after.Channels {
		old, _ := findChannel(before, c.Key)
		found = append(found, st.restrictedRisks(after, old, c)...)
		if !c.Approved {
			continue
		}
		if old.Approved && len(added(old.Roles, c.Roles)) == 0 {
			found = append(found, st.outsideRisks(before, after, c)...)
			continue
		}
		var external []string
		for _, id := range c.Roles {
			if r, ok := after.Role(id); ok && r.External {
				external = append(external, "“"+roleName(r)+"”")
			}
		}
		s := "Nothing can be read there by them yet, as none of its roles is marked external."
		if len(external) > 0 {
			s = "They will be able to read what " + text.JoinWords(external) + " " + verb(len(external), "grants", "grant") + "."
		}
		found = append(found, fmt.Sprintf("You approve %s for people who are not of your company or are guests. %s", channelName(c), s))
	}
	return found
}

// outsideRisks are those of roles that outsiders have already in a channel.
func (st *stock) outsideRisks(before, after access.Policy, c access.Channel) []string {
	var found []string
	for _, id := range c.Roles {
		old, _ := before.Role(id)
		r, _ := after.Role(id)
		more := count(st.insights, func(in insight.Insight) bool { return r.Grants(in) && (!old.External || !old.Grants(in)) })
		if r.External && more > 0 {
			found = append(found, fmt.Sprintf("Guests or people of another company who read %s will see %s of the role “%s”.",
				channelName(c), plural(more, "more insight", "more insights"), roleName(r)))
		}
	}
	return found
}

// holderRisks are those of wide roles that many get at once, and of admins.
func (st *stock) holderRisks(before, after access.Policy) []string {
	var found []string
	wide := func(who string, ids []string) {
		for _, id := range ids {
			if r, ok := after.Role(id); ok && (r.Everything || count(st.insights, func(in insight.Insight) bool { return isRestricted(in) && r.Grants(in) }) > 0) {
				found = append(found, fmt.Sprintf("%s will have the role “%s”, which grants %s.", who, roleName(r), plural(st.granted(r), "insight", "insights")))
			}
		}
	}
	for _, c := range after.Channels {
		old, _ := findChannel(before, c.Key)
		wide("Everybody who reads "+channelName(c), added(old.Roles, c.Roles))
	}
	for _, g := range after.Groups {
		old, _ := findBy(before.Groups, func(o access.Group) bool { return o.Key == g.Key })
		wide("Everybody in the group "+named(g.Name, g.ID), added(old.Roles, g.Roles))
	}
	for _, d := range after.Domains {
		old, _ := findBy(before.Domains, func(o access.Domain) bool { return o.Name == d.Name })
		wide("Everybody with an address at "+d.Name, added(old.Roles, d.Roles))
	}
	for _, p := range after.People {
		old, _ := findBy(before.People, func(o access.Person) bool { return o.Key == p.Key })
		for _, id := range added(old.Roles, p.Roles) {
			if r, ok := after.Role(id); ok && r.Can(access.AbilityAdmin) {
				found = append(found, fmt.Sprintf("%s will be able to change all these rules and read the audit log.", named(p.Name, p.ID)))
			}
		}
	}
	return found
}

// added are the members of now that were not in before.
func added(before, now []string) []string {
	return slices.DeleteFunc(slices.Clone(now), func(s string) bool { return slices.Contains(before, s) })
}

// findBy is the first of a list a test holds for.
func findBy[T any](list []T, holds func(T) bool) (T, bool) {
	if i := slices.IndexFunc(list, holds); i >= 0 {
		return list[i], true
	}
	var none T
	return none, false
}

// findChannel looks a mapping up.
func findChannel(p access.Policy, k access.Key) (access.Channel, bool) {
	return findBy(p.Channels, func(c access.Channel) bool { return c.Key == k })
}

// changeSubject names what a change is about.
func changeSubject(p access.Policy, c access.Change) string {
	if c.Subject == "" {
		person, _ := findBy(p.People, func(o access.Person) bool { return o.Key == c.Person })
		return named(person.Name, c.Person.ID)
	}
	kind, id, _ := strings.Cut(c.Subject, ":")
	switch kind {
	case "role":
		if r, ok := p.Role(id); ok {
			return "The role “" + roleName(r) + "”"
		}
		return "The role “" + id + "”"
	case "channel":
		for _, ch := range p.Channels {
			if ch.Platform+"/"+ch.Workspace+"/"+ch.ID == id {
				return channelName(ch)
			}
		}
		return "The channel " + id[strings.LastIndexByte(id, '/')+1:]
	case "workspace":
		return "This workspace"
	case "group":
		g, _ := findBy(p.Groups, func(g access.Group) bool { return g.Platform+"/"+g.Workspace+"/"+g.ID == id })
		return "The group " + named(g.Name, id[strings.LastIndexByte(id, '/')+1:])
	}
	return "The " + kind + " " + id[strings.LastIndexByte(id, '/')+1:]
}

// roleName is how a role is called.
func roleName(r access.Role) string {
	if r.ID == access.RoleEveryone && r.Name == "" {
		return "Everyone"
	}
	return named(r.Name, r.ID)
}

// channelName is how a mapped channel is called.
func channelName(c access.Channel) string { return named(c.Name, c.ID) }

// named is a name, or the id where there is none.
func named(name, id string) string {
	if name != "" {
		return name
	}
	return id
}

// verb is the form of a verb for a number of things.
func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
