package access

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
)

func TestDiff_NamesEachKindOfChange(t *testing.T) {
	key := Key{"web", "demo", "x"}
	role := func(change func(*Role)) Policy {
		r := Role{ID: "r", Name: "R"}
		if change != nil {
			change(&r)
		}
		return Policy{Roles: []Role{r}}
	}
	mode := func(m Mode) (p Policy) { p.SetMode("web", "demo", m); return p }
	on := func(subject, text string, widens bool) Change {
		return Change{Subject: subject, Text: text, Widens: widens}
	}
	for _, c := range []struct {
		name          string
		before, after Policy
		want          []Change
		// back is what turning it around says.
		back []Change
	}{
		{"nothing", role(nil), role(nil), nil, nil},
		{
			"open",
			Policy{},
			mode(ModeOpen),
			[]Change{on("workspace:web/demo", "mode is open, was not chosen", true)},
			[]Change{on("workspace:web/demo", "mode is not chosen, was open", false)},
		},
		{
			"channel to strict", mode(ModeChannel), mode(ModeStrict),
			[]Change{on("workspace:web/demo", "mode is strict, was channel", false)},
			[]Change{on("workspace:web/demo", "mode is channel, was strict", true)},
		},
		{
			"channel",
			Policy{},
			mode(ModeChannel),
			[]Change{on("workspace:web/demo", "mode is channel, was not chosen", false)},
			[]Change{on("workspace:web/demo", "mode is not chosen, was channel", false)},
		},
		{
			"a role",
			Policy{},
			role(nil),
			[]Change{on("role:r", "is new", false)},
			[]Change{on("role:r", "is gone", false)},
		},
		{
			"a role with all there is",
			Policy{},
			role(func(r *Role) {
				r.Tags, r.Masks, r.Strict, r.External, r.MinGroup, r.Everything = []string{"t"}, []string{"m"}, true, true, 5, true
				r.Abilities, r.Attributes, r.Unmask = []Ability{AbilityAsk}, map[string][]string{"region": {"eu"}}, []insight.ColumnType{insight.ColumnIP}
			}),
			[]Change{
				on("role:r", "is new", false), on("role:r", "may now see everything that is not tagged restricted", true), on("role:r", "may now see what is tagged t", true),
				on("role:r", "can now ask", true), on("role:r", "does not see the column m", false), on("role:r", "sees personal columns of the kind ip", true),
				on("role:r", "lends region = eu", true), on("role:r", "asks for the person's own key too", false),
				on("role:r", "may be used by and before people from outside, where approved", true), on("role:r", "groups below 5 people are hidden, was 0", false),
			},
			// Nothing of this widens, although limits go too.
			[]Change{
				on("role:r", "is gone", false), on("role:r", "may no longer see everything that is not tagged restricted", false), on("role:r", "may no longer see what is tagged t", false),
				on("role:r", "can no longer ask", false), on("role:r", "does not see personal columns of the kind ip", false),
				on("role:r", "does not lend region = eu", false), on("role:r", "may not be used by and before people from outside any more", false),
			},
		},
		{
			"its name", role(nil), role(func(r *Role) { r.Name = "Q" }),
			[]Change{on("role:r", "is called “Q”, was “R”", false)},
			[]Change{on("role:r", "is called “R”, was “Q”", false)},
		},
		{
			"sources and insights", role(nil), role(func(r *Role) { r.Sources, r.Insights = []string{"s"}, []string{"s/i"} }),
			[]Change{on("role:r", "may now see what comes from s", true), on("role:r", "may now see the insight s/i", true)},
			[]Change{on("role:r", "may no longer see what comes from s", false), on("role:r", "may no longer see the insight s/i", false)},
		},
		{
			"its limits", role(nil), role(func(r *Role) { r.Masks, r.Strict, r.MinGroup = []string{"m"}, true, 5 }),
			[]Change{
				on("role:r", "does not see the column m", false), on("role:r", "asks for the person's own key too", false),
				on("role:r", "groups below 5 people are hidden, was 0", false),
			},
			[]Change{
				on("role:r", "sees the column m", true), on("role:r", "does not ask for the person's own key any more", true),
				on("role:r", "groups below 0 people are hidden, was 5", true),
			},
		},
		{
			"values of attributes", role(func(r *Role) { r.Attributes = map[string][]string{"region": {"eu"}} }),
			role(func(r *Role) { r.Attributes = map[string][]string{"region": {"us"}, "area": {"x"}} }),
			[]Change{on("role:r", "lends area = x", true), on("role:r", "lends region = us", true), on("role:r", "does not lend region = eu", false)},
			[]Change{on("role:r", "does not lend area = x", false), on("role:r", "lends region = eu", true), on("role:r", "does not lend region = us", false)},
		},
		{
			"a channel",
			Policy{},
			Policy{Channels: []Channel{{Key: key, Roles: []string{"r"}, Approved: true}}},
			[]Change{
				on("channel:web/demo/x", "is mapped", false), on("channel:web/demo/x", "is approved for roles marked external", true),
				on("channel:web/demo/x", "gets the role r", true),
			},
			[]Change{
				on("channel:web/demo/x", "is not mapped any more", false), on("channel:web/demo/x", "is not approved for roles marked external any more", false),
				on("channel:web/demo/x", "loses the role r", false),
			},
		},
		{
			"a person",
			Policy{},
			Policy{People: []Person{{Key: key, Name: "Mia", Roles: []string{"r"}}}},
			[]Change{{Person: key, Text: "gets the role r", Widens: true}},
			[]Change{{Person: key, Text: "loses the role r"}},
		},
		{
			"a group",
			Policy{},
			Policy{Groups: []Group{{Key: key, Roles: []string{"r"}}}},
			[]Change{on("group:web/demo/x", "gets the role r", true)},
			[]Change{on("group:web/demo/x", "loses the role r", false)},
		},
		{
			"a domain",
			Policy{Domains: []Domain{{Name: "a.example", Roles: []string{"q"}}}},
			Policy{Domains: []Domain{{Name: "a.example", Roles: []string{"q", "r"}}}},
			[]Change{on("domain:a.example", "gets the role r", true)},
			[]Change{on("domain:a.example", "loses the role r", false)},
		},
	} {
		if diff := cmp.Diff(c.want, Diff(c.before, c.after)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if diff := cmp.Diff(c.back, Diff(c.after, c.before)); diff != "" {
			t.Errorf("%s, taken back: %s", c.name, diff)
		}
	}
}

func TestDiff_IsInOrderAndNamesNobody(t *testing.T) {
	canary := fmt.Sprintf("canary-%d", time.Now().UnixNano())
	var p Policy
	for _, id := range []string{"b", "a"} {
		k := Key{"web", "demo", id}
		p.PutDomain(Domain{Name: id + ".example", Roles: []string{"a"}})
		p.PutGroup(Group{Key: k, Name: id, Roles: []string{"a"}})
		p.PutPerson(Person{Key: Key{"web", "demo", canary + id}, Name: canary, Roles: []string{"a"}})
		p.PutChannel(Channel{Key: k, Name: id})
		p.PutRole(Role{ID: id})
		p.SetMode("web", id, ModeOpen)
	}
	p = p.Normalize()
	var order []string
	for _, c := range Diff(Policy{}.Normalize(), p) {
		subject := c.Subject
		if subject == "" {
			subject = "person:" + strings.TrimPrefix(c.Person.ID, canary)
		} else if c.Person != (Key{}) {
			t.Errorf("both a subject and a person: %+v", c)
		}
		order = append(order, subject)
		if strings.Contains(c.Subject+c.Text, canary) {
			t.Errorf("a person is named: %+v", c)
		}
	}
	want := []string{
		"workspace:web/a", "workspace:web/b", "role:a", "role:b", "channel:web/demo/a", "channel:web/demo/b",
		"person:a", "person:b", "group:web/demo/a", "group:web/demo/b", "domain:a.example", "domain:b.example",
	}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Error(diff)
	}
}

func TestDiff_LongListsAreQuick(t *testing.T) {
	long := make([]string, maxList)
	for i := range long {
		long[i] = fmt.Sprintf("demo/a-long-name-that-is-like-the-others-%06d", i)
	}
	other := slices.Clone(long)
	other[len(other)-1] = "demo/new"
	before := Policy{Roles: []Role{{ID: "r", Insights: long, Attributes: map[string][]string{"region": long}}}}.Normalize()
	after := Policy{Roles: []Role{{ID: "r", Insights: other, Attributes: map[string][]string{"region": other}}}}.Normalize()
	started := time.Now()
	if changes := Diff(before, after); len(changes) != 4 {
		t.Errorf("%d changes: %v", len(changes), changes)
	}
	a, b := Terms{Attributes: map[string][]string{"region": long}}, Terms{Attributes: map[string][]string{"region": other}}
	if got := len(a.meet(b).Attributes["region"]); got != maxList-1 {
		t.Errorf("%d values are common", got)
	}
	// Comparing each with each takes seconds.
	if took := time.Since(started); took > time.Second {
		t.Errorf("took %v", took)
	}
}

func TestWithin_ShortAndLongListsAreTheSame(t *testing.T) {
	for n := range 40 {
		list := make([]int, n)
		for i := range list {
			list[i] = 2 * i
		}
		in := within(list)
		for v := -1; v < 2*n+2; v++ {
			if in(v) != slices.Contains(list, v) {
				t.Errorf("%d within %d numbers: %v", v, n, in(v))
			}
		}
	}
}
