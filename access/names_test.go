package access

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDiff_SaysWhatIsCalledOtherwise(t *testing.T) {
	key := Key{"web", "demo", "x"}
	named := func(channel, group, person string) Policy {
		return Policy{
			Channels: []Channel{{Key: key, Name: channel}},
			Groups:   []Group{{Key: key, Name: group, Roles: []string{"r"}}},
			People:   []Person{{Key: key, Name: person, Roles: []string{"r"}}},
		}
	}
	want := []Change{
		{Subject: "channel:web/demo/x", Text: "is called “#b”, was “#a”"},
		{Person: key, Text: "is called something else"},
		{Subject: "group:web/demo/x", Text: "is called “B”, was “A”"},
	}
	if diff := cmp.Diff(want, Diff(named("#a", "A", "Mia"), named("#b", "B", "Mo"))); diff != "" {
		t.Error(diff)
	}
	// What is new or gone is not called otherwise.
	for _, changes := range [][]Change{Diff(Policy{}, named("#b", "B", "Mo")), Diff(named("#b", "B", "Mo"), Policy{})} {
		for _, c := range changes {
			if strings.Contains(c.Text, "called") {
				t.Errorf("%+v", c)
			}
		}
	}
}

func TestCheck_RefusesWhatCannotBeWrittenPlainly(t *testing.T) {
	key := Key{"web", "demo", "x"}
	for _, c := range []struct {
		name   string
		change func(*Policy)
		want   []string
	}{
		{"a slash", func(p *Policy) {
			p.PutGroup(Group{Key: Key{"web/a", "b/c", "d/e"}})
			p.SetMode("web/a", "b", ModeOpen)
			p.SetMode("web", "b/c", ModeOpen)
		}, []string{
			`workspace:web/a/b: the platform "web/a" has a slash`, `workspace:web/b/c: the workspace "b/c" has a slash`,
			`group:web/a/b/c/d/e: the platform "web/a" has a slash`, `group:web/a/b/c/d/e: the workspace "b/c" has a slash`,
		}},
		{"what cannot be printed", func(p *Policy) {
			p.PutChannel(Channel{Key: key, Name: "a\tb"})
			p.PutRole(Role{ID: "a", Tags: []string{"\xff"}})
		}, []string{
			`role "a": tags "\xff" has a character that cannot be printed`,
			`channel:web/demo/x: name "a\tb" has a character that cannot be printed`,
		}},
		{"too many roles", func(p *Policy) {
			p.PutChannel(Channel{Key: key, Roles: slices.Repeat([]string{RoleEveryone}, maxList+1)})
		}, []string{`channel:web/demo/x: roles has more than 10000 entries`}},
		{"an address as a domain", func(p *Policy) { p.PutDomain(Domain{Name: "mia@a.example"}) }, []string{
			`domain:mia@a.example: a domain is what stands behind the @ of an address`,
		}},
	} {
		p := Policy{Roles: []Role{{ID: RoleEveryone}}}
		c.change(&p)
		var got []string
		if err := p.Check(); err != nil {
			got = strings.Split(err.Error(), "\n")
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestCheck_IsMadeOfProblems(t *testing.T) {
	p := Policy{
		Roles:   []Role{{ID: RoleEveryone}, {ID: "growth"}, {ID: "a", Abilities: []Ability{"fly"}}},
		Domains: []Domain{{Name: "a.example"}, {Name: "a.example", Roles: []string{"growht"}}},
	}
	joined, ok := p.Check().(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("not joined: %v", p.Check())
	}
	var got []Problem
	for _, err := range joined.Unwrap() {
		var one Problem
		if !errors.As(err, &one) {
			t.Fatalf("%v is no Problem", err)
		}
		got = append(got, one)
	}
	want := []Problem{
		{Subject: "role:a", Value: "fly", Options: words(Abilities()), Text: `role "a": "fly" is not one of ask, export, schedule, curate, admin`},
		{Subject: "domain:a.example", Again: true, Text: "domain:a.example is there twice"},
		{Subject: "domain:a.example", Value: "growht", Options: []string{"a", RoleEveryone, "growth"}, Text: `role "growht" of domain:a.example does not exist`},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Whatever somebody calls themselves, they can be given a role.
func TestNormalize_NamesOfThePlatformCanBeKept(t *testing.T) {
	for name, want := range map[string]string{
		"Mia":                                 "Mia",
		"M\nia\x00":                           "Mia",
		"M\xffia":                             "Mia",
		strings.Repeat("x", maxText) + "y":    strings.Repeat("x", maxText),
		strings.Repeat("x", maxText-1) + "é":  strings.Repeat("x", maxText-1),
		strings.Repeat("é", maxText/2) + "éé": strings.Repeat("é", maxText/2),
	} {
		k := Key{"web", "demo", "x"}
		p := Policy{
			Channels: []Channel{{Key: k, Name: name}},
			People:   []Person{{Key: k, Name: name, Roles: []string{RoleEveryone}}},
			Groups:   []Group{{Key: k, Name: name, Roles: []string{RoleEveryone}}},
		}.Normalize()
		if p.Channels[0].Name != want || p.People[0].Name != want || p.Groups[0].Name != want {
			t.Errorf("%q is kept as %q, %q, %q", name, p.Channels[0].Name, p.People[0].Name, p.Groups[0].Name)
		}
		if err := p.Check(); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}
