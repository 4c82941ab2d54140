package access

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Change is one difference between two policies.
type Change struct {
	// Subject is what changed: "role:growth", "channel:web/demo/growth",
	// "workspace:web/demo", "group:…", "domain:…"; for a person it is "" and
	// Person is set, because an audit log must not name them.
	Subject string
	Person  Key
	// Text says what is different, in a sentence without the name of a
	// person: "may now see what is tagged growth".
	Text string
	// Widens is set where somebody may see or do more than before.
	Widens bool
}

// Diff returns every difference between two normalized policies, in a fixed
// order: workspaces, roles, channels, people, groups, domains.
func Diff(before, after Policy) []Change {
	d := &differ{}
	for _, w := range pairs(before.Workspaces, after.Workspaces, func(w Workspace) Key { return Key{w.Platform, w.ID, ""} }) {
		if w.old.Mode != w.now.Mode {
			d.add(workspaceSubject(w.any), Key{}, fmt.Sprintf("mode is %s, was %s", modeWord(w.now.Mode), modeWord(w.old.Mode)), w.now.Mode == ModeOpen || w.old.Mode == ModeStrict)
		}
	}
	for _, r := range pairs(before.Roles, after.Roles, func(r Role) Key { return Key{ID: r.ID} }) {
		d.role(r)
	}
	for _, c := range pairs(before.Channels, after.Channels, func(c Channel) Key { return c.Key }) {
		subject := channelSubject(c.any.Key)
		d.presence(subject, c.inOld, c.inNow, "is mapped", "is not mapped any more")
		d.name(subject, c.inOld && c.inNow, c.old.Name, c.now.Name)
		d.flag(subject, c.old.Approved, c.now.Approved, "is approved for roles marked external", "is not approved for roles marked external any more", true)
		d.held(subject, Key{}, c.old.Roles, c.now.Roles)
	}
	for _, p := range pairs(before.People, after.People, func(p Person) Key { return p.Key }) {
		if p.inOld && p.inNow && p.old.Name != p.now.Name {
			d.add("", p.any.Key, "is called something else", false)
		}
		d.held("", p.any.Key, p.old.Roles, p.now.Roles)
	}
	for _, g := range pairs(before.Groups, after.Groups, func(g Group) Key { return g.Key }) {
		d.name(groupSubject(g.any.Key), g.inOld && g.inNow, g.old.Name, g.now.Name)
		d.held(groupSubject(g.any.Key), Key{}, g.old.Roles, g.now.Roles)
	}
	for _, g := range pairs(before.Domains, after.Domains, func(g Domain) Key { return Key{ID: g.Name} }) {
		d.held("domain:"+g.any.Name, Key{}, g.old.Roles, g.now.Roles)
	}
	return d.found
}

// differ collects changes.
type differ struct{ found []Change }

func (d *differ) add(subject string, person Key, text string, widens bool) {
	d.found = append(d.found, Change{subject, person, text, widens})
}

// presence says that something came or went.
func (d *differ) presence(subject string, before, now bool, came, went string) {
	switch {
	case now && !before:
		d.add(subject, Key{}, came, false)
	case before && !now:
		d.add(subject, Key{}, went, false)
	}
}

// name says that something is called otherwise, where it is in both policies.
func (d *differ) name(subject string, both bool, before, now string) {
	if both && before != now {
		d.add(subject, Key{}, fmt.Sprintf("is called “%s”, was “%s”", now, before), false)
	}
}

// flag says that a setting was turned; widens is whether "on" shows more.
func (d *differ) flag(subject string, before, now bool, on, off string, widens bool) {
	switch {
	case now && !before:
		d.add(subject, Key{}, on, widens)
	case before && !now:
		d.add(subject, Key{}, off, !widens)
	}
}

// held says which roles were given and taken.
func (d *differ) held(subject string, person Key, before, now []string) {
	for _, id := range minus(now, before) {
		d.add(subject, person, "gets the role "+id, true)
	}
	for _, id := range minus(before, now) {
		d.add(subject, person, "loses the role "+id, false)
	}
}

// role compares two roles.
func (d *differ) role(p pair[Role]) {
	subject, old, now := "role:"+p.any.ID, p.old, p.now
	d.presence(subject, p.inOld, p.inNow, "is new", "is gone")
	if !p.inNow {
		// Nobody sees more because a role with limits is gone.
		now.Masks, now.Strict, now.MinGroup = old.Masks, old.Strict, old.MinGroup
	}
	d.name(subject, p.inOld && p.inNow, old.Name, now.Name)
	d.flag(subject, old.Everything, now.Everything, "may now see everything that is not tagged "+TagRestricted, "may no longer see everything that is not tagged "+TagRestricted, true)
	d.lists(subject, "may now see what is tagged ", "may no longer see what is tagged ", old.Tags, now.Tags, true)
	d.lists(subject, "may now see what comes from ", "may no longer see what comes from ", old.Sources, now.Sources, true)
	d.lists(subject, "may now see the insight ", "may no longer see the insight ", old.Insights, now.Insights, true)
	d.lists(subject, "can now ", "can no longer ", words(old.Abilities), words(now.Abilities), true)
	d.lists(subject, "does not see the column ", "sees the column ", old.Masks, now.Masks, false)
	d.lists(subject, "sees personal columns of the kind ", "does not see personal columns of the kind ", words(old.Unmask), words(now.Unmask), true)
	for _, name := range sortedNames(old.Attributes, now.Attributes) {
		a := fmt.Sprintf("lends %s = ", name)
		d.lists(subject, a, "does not lend "+name+" = ", old.Attributes[name], now.Attributes[name], true)
	}
	d.flag(subject, old.Strict, now.Strict, "asks for the person's own key too", "does not ask for the person's own key any more", false)
	d.flag(subject, old.External, now.External, "may be used by and before people from outside, where approved", "may not be used by and before people from outside any more", true)
	if old.MinGroup != now.MinGroup {
		d.add(subject, Key{}, fmt.Sprintf("groups below %d people are hidden, was %d", now.MinGroup, old.MinGroup), now.MinGroup < old.MinGroup)
	}
}

// lists says what was added to a list and taken from it.
func (d *differ) lists(subject, added, removed string, before, now []string, widens bool) {
	for _, s := range minus(now, before) {
		d.add(subject, Key{}, added+s, widens)
	}
	for _, s := range minus(before, now) {
		d.add(subject, Key{}, removed+s, !widens)
	}
}

// pair is an entry before and now; any is whichever there is.
type pair[T any] struct {
	old, now, any T
	inOld, inNow  bool
}

// pairs brings the entries of two lists together by key, in order of keys.
func pairs[T any](before, now []T, key func(T) Key) []pair[T] {
	all := map[Key]pair[T]{}
	for _, v := range before {
		all[key(v)] = pair[T]{old: v, any: v, inOld: true}
	}
	for _, v := range now {
		p := all[key(v)]
		p.now, p.any, p.inNow = v, v, true
		all[key(v)] = p
	}
	list := make([]pair[T], 0, len(all))
	for _, k := range slices.SortedFunc(maps.Keys(all), compareKeys) {
		list = append(list, all[k])
	}
	return list
}

// minus returns what is in a and not in b, in the order of a.
func minus(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), within(b))
}

// words are the texts of a list of names.
func words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// sortedNames are the names of attributes of several maps, in order.
func sortedNames(ms ...map[string][]string) []string {
	var names []string
	for _, m := range ms {
		names = slices.AppendSeq(names, maps.Keys(m))
	}
	return unite(names, nil)
}

// modeWord is a mode as people read it.
func modeWord(m Mode) string { return strings.ToLower(cmp.Or(string(m), "not chosen")) }
