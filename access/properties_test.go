package access

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"insightbot/chat"
	"insightbot/insight"
)

// scene is one made-up case: what an admin decided, who asks where, and a
// catalogue. The names are few, so that things meet often.
type scene struct {
	policy Policy
	user   chat.User
	place  chat.Place
	ins    []insight.Insight
}

// maker makes scenes.
type maker struct{ *rand.Rand }

// scenes calls check with thousands of scenes, the same in every run.
func scenes(t *testing.T, check func(t *testing.T, m maker, s scene)) {
	t.Helper()
	n := 2000
	if testing.Short() {
		n = 600
	}
	for i := range n {
		m := maker{rand.New(rand.NewPCG(uint64(i), 7))} //nolint:gosec // cases that can be made again, not secrets
		s := m.scene()
		check(t, m, s)
		if t.Failed() {
			t.Fatalf("case %d: %+v\nasks in %+v\npolicy %+v", i, s.user, s.place, s.policy)
		}
	}
}

func (m maker) one(list ...string) string { return list[m.IntN(len(list))] }

// some picks from a list, often nothing.
func (m maker) some(list ...string) []string {
	var out []string
	for _, v := range list {
		if m.IntN(2*len(list)) < 2 {
			out = append(out, v)
		}
	}
	return out
}

func (m maker) odds(one, of int) bool { return m.IntN(of) < one }

var (
	roleNames  = []string{RoleEveryone, "r0", "r1", "r2", "r3", "r4"}
	tagNames   = []string{"t0", "t1", "t2", TagRestricted}
	idNames    = []string{"s0/i0", "s1/i1", "s0/i2", "s1/i3", "s0/i4", "s1/i5"}
	columnList = []insight.Column{{Name: "Plain"}, {Name: "Mail", Type: insight.ColumnEmail}, {Name: "Who", Type: insight.ColumnName}, {Name: "Addr", Type: insight.ColumnIP}}
)

func (m maker) scene() scene {
	s := scene{policy: m.policy(), user: m.user(), place: m.place()}
	for i, id := range idNames {
		in := insight.Insight{ID: id, Source: fmt.Sprintf("s%d", i%2), Tags: m.some(tagNames...)}
		if m.odds(1, 8) {
			in.Tags = append(in.Tags, in.Tags...)
		}
		in.Accepts.Attributes = m.some("region", "team")
		if m.odds(1, 2) {
			in.Accepts.Columns = columnList
		}
		s.ins = append(s.ins, in)
	}
	return s
}

func (m maker) role(id string) Role {
	r := Role{
		ID: id, Name: strings.ToUpper(id), Tags: m.some(tagNames...), Sources: m.some("s0", "s1", "s2", "s3"), Insights: m.some(idNames...),
		Everything: m.odds(1, 5), Strict: m.odds(1, 3), External: m.odds(1, 2), Masks: m.some("plain", "Mail", "WHO"), MinGroup: m.IntN(4) * 5,
	}
	for _, a := range Abilities() {
		if m.odds(1, 3) || a == AbilityAsk && m.odds(3, 4) {
			r.Abilities = append(r.Abilities, a)
		}
	}
	for _, c := range personalColumns() {
		if m.odds(1, 3) {
			r.Unmask = append(r.Unmask, c)
		}
	}
	for _, name := range []string{"region", "team"} {
		if m.odds(1, 2) {
			r.Attributes = with(r.Attributes, name, m.some("eu", "us", "apac")...)
		}
	}
	if id == RoleEveryone {
		r.External = false
		r.Abilities = slices.DeleteFunc(r.Abilities, func(a Ability) bool { return a == AbilityAdmin })
	}
	return r
}

// with adds values of an attribute to a copy.
func with(attributes map[string][]string, name string, values ...string) map[string][]string {
	out := maps.Clone(attributes)
	if out == nil {
		out = map[string][]string{}
	}
	out[name] = unite(out[name], values)
	return out
}

func (m maker) key(ids ...string) Key {
	return Key{"web", m.one("w", "w", "w", "v"), m.one(ids...)}
}

func (m maker) policy() Policy {
	var p Policy
	if m.odds(4, 5) {
		p.SetMode("web", "w", Mode(m.one("open", "channel", "channel", "strict")))
	}
	for _, id := range roleNames {
		p.PutRole(m.role(id))
	}
	for range 3 {
		p.PutChannel(Channel{Key: m.key("c0", "c1", "c2"), Roles: append(m.some(roleNames...), m.some(roleNames...)...), Approved: m.odds(1, 2)})
		p.PutPerson(Person{Key: m.key("u0", "u1"), Roles: m.some(roleNames...)})
		p.PutGroup(Group{Key: m.key("g0", "g1"), Roles: m.some(roleNames...)})
	}
	p.PutDomain(Domain{Name: "a.example", Roles: m.some(roleNames...)})
	return p.Normalize()
}

// fact is mostly no.
func (m maker) fact() chat.Fact {
	return chat.Fact(m.one("no", "no", "no", "no", "no", "no", "no", "no", "no", "no", "no", "no", "yes", "yes", "", "maybe"))
}

func (m maker) user() chat.User {
	return chat.User{ID: m.one("u0", "u1", ""), Guest: m.fact(), External: m.fact(), Groups: m.some("g0", "g1"), Domain: m.one("", "a.example", "b.example")}
}

func (m maker) place() chat.Place {
	return chat.Place{
		Platform: "web", Workspace: "w", Channel: m.one("c0", "c0", "c1", "c1", "c2", "c2", "c3"), Kind: chat.PlaceKind(m.one("direct", "private", "public", "")),
		Audience: chat.Audience{Shared: m.fact(), Guests: m.fact()},
	}
}

// decide is the whole way of a question.
func (s scene) decide(in insight.Insight) Decision {
	return s.policy.For(s.user, s.place).Audience(s.user, s.place).Decide(in)
}

// post is the whole way of a digest.
func (s scene) post(in insight.Insight) Decision {
	return s.policy.For(s.user, s.place).Posting(s.user, s.place).Decide(in)
}

var reach = map[Where]int{Nowhere: 0, Privately: 1, Publicly: 2}

// narrower says in which way one decision shows less than another, or "". An
// answer that moves from the asker alone to everybody follows the channel's
// terms from then on: the asker's own are still to be had in a direct message.
func narrower(now, before Decision) string {
	switch {
	case reach[now.Where] < reach[before.Where]:
		return fmt.Sprintf("read %q, was %q", now.Where, before.Where)
	case now.Where != before.Where || now.Where == Nowhere:
		return ""
	}
	n, b := now.Terms, before.Terms
	for name, values := range b.Attributes {
		for _, v := range values {
			if !slices.Contains(n.Attributes[name], v) {
				return "lost the attribute " + name + "=" + v
			}
		}
	}
	for _, mask := range n.Masks {
		if !slices.Contains(b.Masks, mask) {
			return "hides the column " + mask
		}
	}
	for _, a := range b.Abilities {
		if !n.Can(a) {
			return "lost the ability " + string(a)
		}
	}
	if n.MinGroup > b.MinGroup {
		return fmt.Sprintf("hides groups below %d, was %d", n.MinGroup, b.MinGroup)
	}
	return ""
}

// widen gives one thing more, and says what. It is mostly something that
// concerns the person or the place.
func (m maker) widen(s scene) (Policy, string) {
	p := s.policy
	p.Roles, p.Channels, p.People = slices.Clone(p.Roles), slices.Clone(p.Channels), slices.Clone(p.People)
	r := &p.Roles[m.IntN(len(p.Roles))]
	mapped, _ := s.mapping()
	if near := append(s.personIDs(), mapped.Roles...); len(near) > 0 && m.odds(3, 4) {
		id := m.one(near...)
		r = &p.Roles[slices.IndexFunc(p.Roles, func(r Role) bool { return r.ID == id })]
	}
	given := m.one(roleNames...)
	ways := []func() string{
		func() string { r.Tags = append(slices.Clone(r.Tags), m.one(tagNames...)); return "a tag" },
		func() string { r.Sources = append(slices.Clone(r.Sources), m.one("s0", "s1")); return "a source" },
		func() string { r.Insights = append(slices.Clone(r.Insights), m.one(idNames...)); return "an insight" },
		func() string { r.Everything = true; return "everything" },
		func() string {
			r.Abilities = append(slices.Clone(r.Abilities), Abilities()[m.IntN(len(Abilities()))])
			return "an ability"
		},
		func() string {
			r.Attributes = with(r.Attributes, m.one("region", "team"), m.one("eu", "us", "apac"))
			return "an attribute"
		},
		func() string { r.Masks = nil; return "no masks" },
		func() string { r.Unmask = personalColumns(); return "no personal masks" },
		func() string { r.MinGroup = 0; return "no smallest group" },
		func() string { r.Strict = false; return "not strict" },
		func() string { r.External = r.ID != RoleEveryone; return "external" },
		func() string {
			k := m.key("c0", "c1", "c2")
			c := Channel{Key: k}
			if i := slices.IndexFunc(p.Channels, func(c Channel) bool { return c.Key == k }); i >= 0 {
				c = p.Channels[i]
			}
			c.Roles = append(slices.Clone(c.Roles), given)
			p.PutChannel(c)
			return "a role of a channel"
		},
		func() string {
			for i := range p.Channels {
				p.Channels[i].Approved = true
			}
			return "approval"
		},
		func() string {
			k := m.key("u0", "u1")
			o := Person{Key: k}
			if i := slices.IndexFunc(p.People, func(o Person) bool { return o.Key == k }); i >= 0 {
				o = p.People[i]
			}
			o.Roles = append(slices.Clone(o.Roles), given)
			p.PutPerson(o)
			return "a role of a person"
		},
		func() string {
			p.Groups = append(slices.Clone(p.Groups), Group{Key: m.key("g0", "g1"), Roles: []string{given}})
			return "a role of a group"
		},
		func() string {
			p.Domains = append(slices.Clone(p.Domains), Domain{Name: "a.example", Roles: []string{given}})
			return "a role of a domain"
		},
		func() string {
			p.SetMode("web", "w", map[Mode]Mode{ModeStrict: ModeChannel, ModeChannel: ModeOpen, ModeUnset: ModeOpen, ModeOpen: ModeOpen}[p.Mode("web", "w")])
			return "a wider mode"
		},
		func() string { p.PutRole(m.role("new")); return "a role that nobody has" },
	}
	way := ways[m.IntN(len(ways))]()
	return p, way
}

func TestDecide_GivingMoreNeverTakesAnything(t *testing.T) {
	gained := map[string]int{}
	scenes(t, func(t *testing.T, m maker, s scene) {
		now := s
		var way string
		now.policy, way = m.widen(s)
		for _, in := range s.ins {
			if lost := narrower(now.decide(in), s.decide(in)); lost != "" {
				t.Errorf("giving %s: %s %s", way, in.ID, lost)
			}
			if lost := narrower(now.post(in), s.post(in)); lost != "" {
				t.Errorf("giving %s: posting %s %s", way, in.ID, lost)
			}
			if narrower(s.decide(in), now.decide(in)) != "" {
				gained[way]++
			}
		}
	})
	// Without cases in which something is gained, nothing was tried.
	if !testing.Short() && len(gained) != 17 {
		t.Errorf("gained something by %d of 17 ways: %v", len(gained), gained)
	}
}

// A fact that says "outside", or that is not known, never shows more than one
// that says "ourselves".
func TestDecide_AFactNeverAddsAnything(t *testing.T) {
	lost := 0
	scenes(t, func(t *testing.T, m maker, s scene) {
		facts := []*chat.Fact{&s.user.Guest, &s.user.External, &s.place.Audience.Shared, &s.place.Audience.Guests}
		f := facts[m.IntN(len(facts))]
		*f = chat.No
		before := s
		for _, v := range []chat.Fact{chat.Yes, chat.Unknown, "NO", "true"} {
			*f = v
			for _, in := range s.ins {
				if more := narrower(before.decide(in), s.decide(in)); more != "" {
					t.Errorf("%q instead of no: before, %s %s", v, in.ID, more)
				}
				if more := narrower(before.post(in), s.post(in)); more != "" {
					t.Errorf("%q instead of no: before, posting %s %s", v, in.ID, more)
				}
				if narrower(s.decide(in), before.decide(in)) != "" {
					lost++
				}
			}
		}
	})
	if lost == 0 {
		t.Error("no fact ever took anything away")
	}
}

func known(facts ...chat.Fact) bool {
	return !slices.ContainsFunc(facts, func(f chat.Fact) bool { return f != chat.Yes && f != chat.No })
}

func TestDecide_WhatIsNotKnownIsDenied(t *testing.T) {
	denied := 0
	scenes(t, func(t *testing.T, _ maker, s scene) {
		person, place := known(s.user.Guest, s.user.External), known(s.place.Audience.Shared, s.place.Audience.Guests)
		for _, in := range s.ins {
			d := s.decide(in)
			if d.Where == Publicly && (!person || !place) || d.Where == Privately && !person {
				t.Errorf("%s is told: %+v", in.ID, d)
			}
			if s.place.Kind != chat.PlaceDirect && !place && s.post(in).Where != Nowhere {
				t.Errorf("%s is posted", in.ID)
			}
			if !person || !place {
				denied++
			}
		}
	})
	if denied == 0 {
		t.Error("everything was known in every case")
	}
}

// opens is an oracle for one key: whether some of the roles grant an insight,
// can be asked, and together lend what it requires. It is written from the
// rules in words, without what Audience uses.
func opens(p Policy, ids []string, in insight.Insight, posting bool, count func(Role) bool) bool {
	lent := map[string]bool{}
	some := false
	for _, r := range p.Roles {
		if !slices.Contains(ids, r.ID) || !count(r) {
			continue
		}
		if r.ID == RoleEveryone && p.Mode("web", "w") == ModeOpen {
			r.Everything = true
			r.Abilities = append(slices.Clone(r.Abilities), AbilityAsk)
		}
		granted := r.Everything && !slices.Contains(in.Tags, TagRestricted)
		for _, tag := range in.Tags {
			granted = granted || slices.Contains(r.Tags, tag)
		}
		granted = granted || slices.Contains(r.Insights, in.ID) || slices.Contains(r.Sources, in.Source)
		if !granted || !posting && !slices.Contains(r.Abilities, AbilityAsk) {
			continue
		}
		some = true
		for name, values := range r.Attributes {
			lent[name] = lent[name] || len(values) > 0
		}
	}
	for _, name := range in.Accepts.Attributes {
		some = some && lent[name]
	}
	return some
}

// personIDs are the roles somebody has in some way.
func (s scene) personIDs() []string {
	var ids []string
	p := s.policy
	for _, o := range p.People {
		if s.user.ID != "" && o.Key == (Key{"web", "w", s.user.ID}) {
			ids = append(ids, o.Roles...)
		}
	}
	for _, g := range p.Groups {
		if g.Workspace == "w" && slices.Contains(s.user.Groups, g.ID) {
			ids = append(ids, g.Roles...)
		}
	}
	for _, d := range p.Domains {
		if s.user.Domain == d.Name {
			ids = append(ids, d.Roles...)
		}
	}
	if s.user.ID != "" {
		ids = append(ids, RoleEveryone)
	}
	return ids
}

// mapping is that of the place.
func (s scene) mapping() (Channel, bool) {
	for _, c := range s.policy.Channels {
		if c.Key == (Key{"web", "w", s.place.Channel}) {
			return c, true
		}
	}
	return Channel{}, false
}

func (s scene) ours() bool { return s.user.Guest == chat.No && s.user.External == chat.No }

func (s scene) internal() bool {
	return s.place.Audience.Shared == chat.No && s.place.Audience.Guests == chat.No
}

func TestDecide_EachAnswerHasItsKey(t *testing.T) {
	count := map[Where]int{}
	scenes(t, func(t *testing.T, _ maker, s scene) {
		mapped, ok := s.mapping()
		outside := func(r Role) bool { return r.External && mapped.Approved }
		for _, in := range s.ins {
			person := known(s.user.Guest, s.user.External) && opens(s.policy, s.personIDs(), in, false, func(r Role) bool { return s.ours() || outside(r) })
			all := known(s.user.Guest, s.user.External, s.place.Audience.Shared, s.place.Audience.Guests)
			ids := mapped.Roles
			if s.policy.Mode("web", "w") == ModeOpen && s.ours() && s.internal() {
				ids = append(slices.Clone(ids), RoleEveryone)
			}
			channel := all && opens(s.policy, ids, in, false, func(r Role) bool { return s.ours() && s.internal() || outside(r) })
			d := s.decide(in)
			count[d.Where]++
			switch {
			case d.Where == Publicly && (!channel || s.place.Kind == chat.PlaceDirect):
				t.Errorf("%s is public without the channel's key: %+v", in.ID, d)
			case d.Where == Publicly && !ok && s.policy.Mode("web", "w") != ModeOpen:
				t.Errorf("%s is public in a channel that is not mapped: %+v", in.ID, d)
			case d.Where == Privately && !person:
				t.Errorf("%s is private without the person's key: %+v", in.ID, d)
			case d.Where == Nowhere && person:
				t.Errorf("%s is not told although the person has a key: %+v", in.ID, d)
			}
			if s.place.Kind == chat.PlaceDirect && (d.Where != Nowhere) != person {
				t.Errorf("%s in a direct message: %+v, key %v", in.ID, d, person)
			}
			// The mode may ask for the person's key on top of the channel's,
			// and a strict role does; what is not strict opens alone.
			strictMode := s.policy.Mode("web", "w") == ModeStrict
			loose := all && !strictMode && opens(s.policy, ids, in, false, func(r Role) bool { return !r.Strict && (s.ours() && s.internal() || outside(r)) })
			if s.place.Kind != chat.PlaceDirect && loose && d.Where != Publicly {
				t.Errorf("%s is not public although a role that is not strict grants it: %+v", in.ID, d)
			}
			if d.Where == Publicly && !loose && !person {
				t.Errorf("%s is public by strict roles and without the person's key: %+v", in.ID, d)
			}
		}
	})
	for where, n := range reach {
		if count[where] < 100 {
			t.Errorf("only %d cases of %q (%d)", count[where], where, n)
		}
	}
}

func TestPosting_AStrictRoleAloneNeverPosts(t *testing.T) {
	posted := 0
	scenes(t, func(t *testing.T, _ maker, s scene) {
		if s.place.Kind == chat.PlaceDirect {
			return
		}
		mapped, _ := s.mapping()
		ids := mapped.Roles
		if s.policy.Mode("web", "w") == ModeOpen && s.internal() {
			ids = append(slices.Clone(ids), RoleEveryone)
		}
		for _, in := range s.ins {
			loose := known(s.place.Audience.Shared, s.place.Audience.Guests) && s.policy.Mode("web", "w") != ModeStrict &&
				opens(s.policy, ids, in, true, func(r Role) bool { return !r.Strict && (s.internal() || r.External && mapped.Approved) })
			d := s.post(in)
			if (d.Where == Publicly) != loose || d.Where == Privately {
				t.Errorf("%s: %+v, a role that is not strict grants it: %v", in.ID, d, loose)
			}
			// Who is set as the user does not matter: nobody asks.
			other := s
			other.user = chat.User{}
			if diff := cmp.Diff(d, other.post(in)); diff != "" {
				t.Errorf("%s depends on a user: %s", in.ID, diff)
			}
			if loose {
				posted++
			}
		}
	})
	if posted < 100 {
		t.Errorf("only %d were posted", posted)
	}
}

func TestAudience_OutsideOnlyApprovedExternalRolesCount(t *testing.T) {
	counted := 0
	scenes(t, func(t *testing.T, _ maker, s scene) {
		mapped, _ := s.mapping()
		a := s.policy.For(s.user, s.place).Audience(s.user, s.place)
		check := func(what string, roles []Role) {
			for _, r := range roles {
				counted++
				if !r.External || !mapped.Approved {
					t.Errorf("%s has the role %s, external %v, approved %v", what, r.ID, r.External, mapped.Approved)
				}
			}
		}
		if !s.ours() {
			check("somebody from outside", a.Person)
			if a.Admin {
				t.Error("somebody from outside is an admin")
			}
		}
		if !s.ours() || !s.internal() {
			check("a channel that others read", a.Channel)
		}
		if s.place.Kind == chat.PlaceDirect && len(a.Channel) > 0 {
			t.Error("a direct message has the roles of a channel")
		}
	})
	if counted < 20 {
		t.Errorf("only %d roles counted outside", counted)
	}
}

// sameSets compares decisions whose roles came in another order.
var sameSets = []cmp.Option{
	cmpopts.SortSlices(func(a, b string) bool { return a < b }), cmpopts.SortSlices(func(a, b Ability) bool { return a < b }), cmpopts.EquateEmpty(),
}

func TestDecide_TheOrderOfThePolicyDoesNotMatter(t *testing.T) {
	scenes(t, func(t *testing.T, m maker, s scene) {
		now := s
		p := &now.policy
		p.Workspaces, p.Roles, p.Channels, p.People = slices.Clone(p.Workspaces), slices.Clone(p.Roles), slices.Clone(p.Channels), slices.Clone(p.People)
		p.Groups, p.Domains = slices.Clone(p.Groups), slices.Clone(p.Domains)
		shuffle(m, p.Workspaces)
		shuffle(m, p.Roles)
		shuffle(m, p.Channels)
		shuffle(m, p.People)
		shuffle(m, p.Groups)
		shuffle(m, p.Domains)
		for i := range p.Channels {
			p.Channels[i].Roles = slices.Clone(p.Channels[i].Roles)
			shuffle(m, p.Channels[i].Roles)
		}
		for i := range p.People {
			p.People[i].Roles = slices.Clone(p.People[i].Roles)
			shuffle(m, p.People[i].Roles)
		}
		for _, in := range s.ins {
			if diff := cmp.Diff(s.decide(in), now.decide(in), sameSets...); diff != "" {
				t.Errorf("%s: %s", in.ID, diff)
			}
			d := s.decide(in)
			if len(unite(d.Roles, nil)) != len(d.Roles) {
				t.Errorf("%s names a role twice: %v", in.ID, d.Roles)
			}
		}
		if diff := cmp.Diff(s.policy, now.policy.Normalize()); diff != "" {
			t.Errorf("Normalize depends on the order: %s", diff)
		}
	})
}

func shuffle[T any](m maker, list []T) {
	m.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

func TestIndex_VisibleIsWhatDecideTells(t *testing.T) {
	seen := 0
	scenes(t, func(t *testing.T, _ maker, s scene) {
		x := NewIndex(s.ins)
		rules := s.policy.For(s.user, s.place)
		for _, a := range []Audience{rules.Audience(s.user, s.place), rules.Posting(s.user, s.place), OperatorRules().Audience(s.user, s.place)} {
			var want []int32
			for i, in := range s.ins {
				if a.Decide(in).Where != Nowhere {
					want = append(want, int32(i)) //nolint:gosec // a handful
				}
			}
			if diff := cmp.Diff(want, x.Visible(a), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("visible: %s", diff)
			}
			seen += len(want)
		}
	})
	if seen < 1000 {
		t.Errorf("only %d were visible", seen)
	}
}

func TestDropRole_TheSameIDLaterHasNothing(t *testing.T) {
	lost := 0
	scenes(t, func(t *testing.T, m maker, s scene) {
		id := roleNames[1+m.IntN(len(roleNames)-1)]
		now, without := s, s
		now.policy.DropRole(id)
		without.policy.DropRole(id)
		r := m.role(id)
		r.Everything, r.External, r.Strict, r.Abilities = true, true, false, Abilities()
		now.policy.PutRole(r)
		if err := now.policy.Normalize().Check(); err != nil {
			t.Error(err)
		}
		for _, in := range s.ins {
			d := now.decide(in)
			if slices.Contains(d.Roles, id) {
				t.Errorf("%s is opened by the new role: %+v", in.ID, d)
			}
			if diff := cmp.Diff(without.decide(in), d); diff != "" {
				t.Errorf("the new role of an old id changes %s: %s", in.ID, diff)
			}
			if slices.Contains(s.decide(in).Roles, id) {
				lost++
			}
		}
	})
	if lost < 100 {
		t.Errorf("only %d were lost", lost)
	}
}

func TestNormalize_TwiceIsOnceAndChangesNothingSaid(t *testing.T) {
	scenes(t, func(t *testing.T, m maker, s scene) {
		messy := s
		p := &messy.policy
		p.Roles = slices.Clone(p.Roles)
		for i, r := range p.Roles {
			p.Roles[i].Tags, p.Roles[i].Insights = append(slices.Clone(r.Tags), r.Tags...), append([]string{}, r.Insights...)
			p.Roles[i].Masks = append([]string{"PLAIN"}, r.Masks...)
		}
		shuffle(m, p.Roles)
		p.People = append(slices.Clone(p.People), Person{Key: Key{"web", "w", "idle"}, Roles: []string{}})
		p.Groups = append(slices.Clone(p.Groups), Group{Key: Key{"web", "w", "idle"}})
		p.Domains = append(slices.Clone(p.Domains), Domain{Name: "Idle.example"})
		p.Workspaces = append(slices.Clone(p.Workspaces), Workspace{"web", "x", ModeUnset})
		once := p.Normalize()
		if diff := cmp.Diff(once, once.Normalize()); diff != "" {
			t.Errorf("twice is not once: %s", diff)
		}
		if err := once.Check(); err != nil {
			t.Error(err)
		}
		now := messy
		now.policy = once
		for _, in := range s.ins {
			if diff := cmp.Diff(messy.decide(in), now.decide(in), sameSets...); diff != "" {
				t.Errorf("%s: %s", in.ID, diff)
			}
		}
		if changes := Diff(once, messy.policy.Normalize()); len(changes) > 0 {
			t.Errorf("differs from itself: %v", changes)
		}
	})
}

// What Diff marks as widening is there whenever somebody sees more.
func TestDiff_SaysWidensWheneverSomebodySeesMore(t *testing.T) {
	scenes(t, func(t *testing.T, m maker, s scene) {
		now := s
		now.policy = m.policy()
		if m.odds(1, 2) {
			now.policy = s.policy
			now.policy.DropRole(m.one(roleNames...))
			now.policy = now.policy.Normalize()
		}
		widens := slices.ContainsFunc(Diff(s.policy, now.policy), func(c Change) bool { return c.Widens })
		for _, in := range s.ins {
			if more := narrower(s.decide(in), now.decide(in)); more != "" && !widens {
				t.Errorf("before, %s %s; no change says so: %v", in.ID, more, Diff(s.policy, now.policy))
			}
		}
	})
}

// bytesSource makes numbers of bytes, and plain ones when they are used up.
type bytesSource struct {
	data []byte
	rest rand.PCG
}

func (b *bytesSource) Uint64() uint64 {
	if len(b.data) == 0 {
		return b.rest.Uint64()
	}
	// Rand uses the high bits of a number.
	n := uint64(b.data[0]) << 56
	b.data = b.data[1:]
	return n | b.rest.Uint64()>>8
}

func FuzzDecide(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("two keys and default deny"))
	for i := range 20 {
		data := make([]byte, 1200)
		r := rand.New(rand.NewPCG(uint64(i), 9)) //nolint:gosec // seeds that can be made again
		for j := range data {
			data[j] = byte(r.Uint32())
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m := maker{rand.New(&bytesSource{data: data})} //nolint:gosec // cases, not secrets
		s := m.scene()
		// Half of the cases hold what Check would have refused.
		if m.odds(1, 2) {
			s.policy.Roles = append(s.policy.Roles, m.role("r0"), m.role(""), m.role(RoleOperator))
			s.policy.People = append(s.policy.People, Person{Roles: []string{"", "gone", RoleOperator}})
			s.policy.Channels = append(s.policy.Channels, Channel{Key: ChannelOf(s.place), Roles: []string{"gone", ""}})
		}
		rules := s.policy.For(s.user, s.place)
		audience, posting := rules.Audience(s.user, s.place), rules.Posting(s.user, s.place)
		for _, in := range s.ins {
			d, posted := audience.Decide(in), posting.Decide(in)
			if d.Reason == "" || posted.Reason == "" {
				t.Errorf("no reason: %+v, %+v", d, posted)
			}
			if (d.Where == Nowhere) != (len(d.Roles) == 0) || d.Where == Nowhere && !cmp.Equal(d.Terms, Terms{}) {
				t.Errorf("nothing is told, and yet: %+v", d)
			}
			if d.Where == Publicly && audience.Direct || posted.Where == Privately && !posting.Direct {
				t.Errorf("told where nobody reads: %+v, %+v", d, posted)
			}
			if (d.Where == Publicly || posted.Where == Publicly) && !known(s.place.Audience.Shared, s.place.Audience.Guests) {
				t.Errorf("told to nobody knows whom: %+v, %+v", d, posted)
			}
			if d.Where != Nowhere && !known(s.user.Guest, s.user.External) {
				t.Errorf("told for somebody nobody knows: %+v", d)
			}
			if d.Where != Nowhere && !d.Terms.satisfy(in) {
				t.Errorf("an attribute is missing: %+v", d)
			}
			if len(Explain(d)) < 2 || d.Reason.Sentence() == "" {
				t.Errorf("not explained: %+v", d)
			}
		}
		if audience.Closed() && slices.ContainsFunc(s.ins, func(in insight.Insight) bool { return audience.Decide(in).Where != Nowhere }) {
			t.Error("closed, and yet something is told")
		}
		n := s.policy.Normalize()
		if !cmp.Equal(n, n.Normalize()) {
			t.Error("Normalize changes its own result")
		}
		_ = n.Check()
		n.Report(s.ins, []Seen{{Key: ChannelOf(s.place), Kind: s.place.Kind, Shared: s.place.Audience.Shared, Guests: s.place.Audience.Guests}})
	})
}
