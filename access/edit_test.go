package access

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
)

func TestPolicy_PutAndDropLeaveTheFormerPolicyAlone(t *testing.T) {
	a, b := Key{"web", "demo", "a"}, Key{"web", "demo", "b"}
	base := Policy{}
	base.SetMode("web", "demo", ModeChannel)
	base.PutRole(Role{ID: "r"})
	base.PutChannel(Channel{Key: a, Roles: []string{"r"}})
	base.PutPerson(Person{Key: a, Roles: []string{"r"}})
	base.PutGroup(Group{Key: a, Roles: []string{"r"}})
	base.PutDomain(Domain{Name: "A.example", Roles: []string{"r"}})
	frozen := base.Normalize()
	for name, c := range map[string]struct {
		change func(*Policy)
		check  func(Policy) bool
	}{
		"set the mode": {func(p *Policy) { p.SetMode("web", "demo", ModeOpen) }, func(p Policy) bool { return p.Mode("web", "demo") == ModeOpen && len(p.Workspaces) == 1 }},
		"another platform": {func(p *Policy) { p.SetMode("slack", "demo", ModeOpen) }, func(p Policy) bool {
			return p.Mode("web", "demo") == ModeChannel && p.Mode("slack", "demo") == ModeOpen
		}},
		"another workspace":    {func(p *Policy) { p.SetMode("web", "x", ModeOpen) }, func(p Policy) bool { return p.Mode("web", "demo") == ModeChannel && p.Mode("web", "x") == ModeOpen }},
		"replace a role":       {func(p *Policy) { p.PutRole(Role{ID: "r", Strict: true}) }, func(p Policy) bool { return len(p.Roles) == 1 && p.Roles[0].Strict }},
		"add a role":           {func(p *Policy) { p.PutRole(Role{ID: "q"}) }, func(p Policy) bool { return len(p.Roles) == 2 }},
		"replace a channel":    {func(p *Policy) { p.PutChannel(Channel{Key: a, Approved: true}) }, func(p Policy) bool { return len(p.Channels) == 1 && p.Channels[0].Approved }},
		"add a channel":        {func(p *Policy) { p.PutChannel(Channel{Key: b}) }, func(p Policy) bool { return len(p.Channels) == 2 }},
		"drop a channel":       {func(p *Policy) { p.DropChannel(a) }, func(p Policy) bool { return len(p.Channels) == 0 }},
		"drop another channel": {func(p *Policy) { p.DropChannel(b) }, func(p Policy) bool { return len(p.Channels) == 1 }},
		"replace a person":     {func(p *Policy) { p.PutPerson(Person{Key: a, Name: "Mia"}) }, func(p Policy) bool { return len(p.People) == 1 && p.People[0].Name == "Mia" }},
		"add a person":         {func(p *Policy) { p.PutPerson(Person{Key: b}) }, func(p Policy) bool { return len(p.People) == 2 }},
		"drop a person":        {func(p *Policy) { p.DropPerson(a) }, func(p Policy) bool { return len(p.People) == 0 }},
		"drop another person":  {func(p *Policy) { p.DropPerson(b) }, func(p Policy) bool { return len(p.People) == 1 }},
		"replace a group":      {func(p *Policy) { p.PutGroup(Group{Key: a, Name: "G"}) }, func(p Policy) bool { return len(p.Groups) == 1 && p.Groups[0].Name == "G" }},
		"add a group":          {func(p *Policy) { p.PutGroup(Group{Key: b}) }, func(p Policy) bool { return len(p.Groups) == 2 }},
		"drop a group":         {func(p *Policy) { p.DropGroup(a) }, func(p Policy) bool { return len(p.Groups) == 0 }},
		"drop another group":   {func(p *Policy) { p.DropGroup(b) }, func(p Policy) bool { return len(p.Groups) == 1 }},
		"replace a domain": {func(p *Policy) { p.PutDomain(Domain{Name: "a.EXAMPLE"}) }, func(p Policy) bool {
			return len(p.Domains) == 1 && p.Domains[0].Name == "a.example" && p.Domains[0].Roles == nil
		}},
		"add a domain":          {func(p *Policy) { p.PutDomain(Domain{Name: "b.example"}) }, func(p Policy) bool { return len(p.Domains) == 2 }},
		"drop a domain":         {func(p *Policy) { p.DropDomain("A.EXAMPLE") }, func(p Policy) bool { return len(p.Domains) == 0 }},
		"drop another domain":   {func(p *Policy) { p.DropDomain("b.example") }, func(p Policy) bool { return len(p.Domains) == 1 }},
		"drop a role":           {func(p *Policy) { p.DropRole("r") }, func(p Policy) bool { return !strings.Contains(cmpText(p), `"r"`) }},
		"drop a role not there": {func(p *Policy) { p.DropRole("q") }, func(p Policy) bool { return strings.Count(cmpText(p), `"r"`) == 5 }},
	} {
		p := base
		c.change(&p)
		if !c.check(p) {
			t.Errorf("%s: %+v", name, p)
		}
		if diff := cmp.Diff(frozen, base.Normalize()); diff != "" {
			t.Fatalf("%s changed the former policy: %s", name, diff)
		}
	}
}

// cmpText writes the ids of roles wherever they stand.
func cmpText(p Policy) string {
	var b strings.Builder
	for _, r := range p.Roles {
		b.WriteString(`"` + r.ID + `"`)
	}
	lists := [][]string{}
	for _, c := range p.Channels {
		lists = append(lists, c.Roles)
	}
	for _, o := range p.People {
		lists = append(lists, o.Roles)
	}
	for _, g := range p.Groups {
		lists = append(lists, g.Roles)
	}
	for _, d := range p.Domains {
		lists = append(lists, d.Roles)
	}
	for _, id := range slices.Concat(lists...) {
		b.WriteString(`"` + id + `"`)
	}
	return b.String()
}

func TestPolicy_DroppingEveryoneLeavesItWithNothing(t *testing.T) {
	var p Policy
	p.PutRole(Role{ID: RoleEveryone, Everything: true, Abilities: Abilities()})
	p.DropRole(RoleEveryone)
	if diff := cmp.Diff([]Role{{ID: RoleEveryone, Name: "Everyone"}}, p.Normalize().Roles); diff != "" {
		t.Error(diff)
	}
}

func TestNormalize_HasOneForm(t *testing.T) {
	p := Policy{
		Workspaces: []Workspace{{"web", "b", ModeOpen}, {"web", "a", ModeOpen}, {"slack", "z", ModeStrict}, {"web", "c", ModeUnset}},
		Roles: []Role{
			{ID: "z", Tags: []string{"b", "a", "b"}, Sources: []string{}, Abilities: []Ability{AbilityExport, AbilityAsk, AbilityAsk}, Masks: []string{"Mail", "mail", "A"}, Attributes: map[string][]string{"empty": {}}},
			{ID: "a", Name: "A", Insights: []string{"y", "x"}, Unmask: []insight.ColumnType{insight.ColumnName, insight.ColumnEmail}, Attributes: map[string][]string{"region": {"us", "eu", "us"}, "empty": nil}},
		},
		Channels: []Channel{{Key: Key{"web", "b", "1"}}, {Key: Key{"web", "a", "2"}}, {Key: Key{"web", "a", "1"}, Roles: []string{"z", "a", "z"}}, {Key: Key{"slack", "x", "9"}, Roles: []string{}}},
		People:   []Person{{Key: Key{"web", "a", "2"}, Roles: []string{"z"}}, {Key: Key{"web", "a", "1"}, Roles: []string{"z", "a"}}, {Key: Key{"web", "a", "0"}}},
		Groups:   []Group{{Key: Key{"web", "a", "2"}, Roles: []string{"z"}}, {Key: Key{"web", "a", "1"}, Roles: []string{"z", "a"}}, {Key: Key{"web", "a", "0"}}},
		Domains:  []Domain{{"B.example", []string{"z", "a"}}, {"a.Example", []string{"z"}}, {"c", nil}},
	}
	want := Policy{
		Workspaces: []Workspace{{"slack", "z", ModeStrict}, {"web", "a", ModeOpen}, {"web", "b", ModeOpen}},
		Roles: []Role{
			{ID: "a", Name: "A", Insights: []string{"x", "y"}, Unmask: []insight.ColumnType{insight.ColumnEmail, insight.ColumnName}, Attributes: map[string][]string{"region": {"eu", "us"}}},
			{ID: RoleEveryone, Name: "Everyone"},
			{ID: "z", Name: "z", Tags: []string{"a", "b"}, Abilities: []Ability{AbilityAsk, AbilityExport}, Masks: []string{"a", "mail"}},
		},
		Channels: []Channel{{Key: Key{"slack", "x", "9"}}, {Key: Key{"web", "a", "1"}, Roles: []string{"a", "z"}}, {Key: Key{"web", "a", "2"}}, {Key: Key{"web", "b", "1"}}},
		People:   []Person{{Key: Key{"web", "a", "1"}, Roles: []string{"a", "z"}}, {Key: Key{"web", "a", "2"}, Roles: []string{"z"}}},
		Groups:   []Group{{Key: Key{"web", "a", "1"}, Roles: []string{"a", "z"}}, {Key: Key{"web", "a", "2"}, Roles: []string{"z"}}},
		Domains:  []Domain{{"a.example", []string{"z"}}, {"b.example", []string{"a", "z"}}},
	}
	if diff := cmp.Diff(want, p.Normalize()); diff != "" {
		t.Error(diff)
	}
	if p.Roles[0].ID != "z" || p.Roles[0].Tags[0] != "b" || p.Channels[2].Roles[0] != "z" || p.Domains[0].Name != "B.example" || p.Domains[0].Roles[0] != "z" {
		t.Error("Normalize changed what it was given")
	}
}

func TestCheck_SaysEachProblemWithItsPlace(t *testing.T) {
	long := strings.Repeat("x", maxText+1)
	key := Key{"web", "demo", "x"}
	role := func(r Role) func(*Policy) { return func(p *Policy) { p.Roles = append(p.Roles, r) } }
	for _, c := range []struct {
		name   string
		change func(*Policy)
		want   []string
	}{
		{"nothing", func(*Policy) {}, nil},
		{"a good role", role(Role{
			ID: "a-1", Name: strings.Repeat("x", maxText), Tags: []string{"t"}, Abilities: Abilities(), Unmask: personalColumns(), Attributes: map[string][]string{"region": {"eu"}}, External: true,
		}), nil},
		{"no everyone", func(p *Policy) { p.Roles = nil }, []string{`the role "everyone" is missing`}},
		{"operator", role(Role{ID: RoleOperator}), []string{`role "operator" is the one of the command line and cannot be given`}},
		{"a bad id", role(Role{ID: "A b"}), []string{`role "A b": an id is a short word of small letters, digits and dashes`}},
		{"a long id", role(Role{ID: strings.Repeat("a", 41)}), []string{`role "` + strings.Repeat("a", 41) + `": an id is a short word of small letters, digits and dashes`}},
		{"two roles", func(p *Policy) { p.Roles = append(p.Roles, Role{ID: "a"}, Role{ID: "a"}) }, []string{`role "a" is there twice`}},
		{"everyone external", func(p *Policy) { p.Roles = []Role{{ID: RoleEveryone, External: true}} }, []string{`role "everyone" can be neither external nor admin: all full members hold it`}},
		{"everyone admin", func(p *Policy) { p.Roles = []Role{{ID: RoleEveryone, Abilities: []Ability{AbilityAdmin}}} }, []string{`role "everyone" can be neither external nor admin: all full members hold it`}},
		{"a long name", role(Role{ID: "a", Name: long}), []string{`role "a": name is longer than 200 bytes`}},
		{"lists", role(Role{ID: "a", Tags: []string{""}, Sources: []string{""}, Insights: []string{long}, Masks: []string{""}}), []string{
			`role "a": an empty tags`, `role "a": an empty sources`, `role "a": insights is longer than 200 bytes`, `role "a": an empty masks`,
		}},
		{"a long list", role(Role{ID: "a", Tags: slices.Repeat([]string{"t"}, maxList+1)}), []string{`role "a": tags has more than 10000 entries`}},
		{"a list as long as can be", role(Role{ID: "a", Tags: slices.Repeat([]string{"t"}, maxList)}), nil},
		{"an ability", role(Role{ID: "a", Abilities: []Ability{"fly"}}), []string{`role "a": "fly" is not one of ask, export, schedule, curate, admin`}},
		{"unmask", role(Role{ID: "a", Unmask: []insight.ColumnType{"phone"}}), []string{`role "a": "phone" is not one of email, name, ip`}},
		{"attributes", role(Role{ID: "a", Attributes: map[string][]string{"": {"x"}, "region": {""}}}), []string{`role "a": an empty attribute`, `role "a": an empty attribute region`}},
		{"a small group", role(Role{ID: "a", MinGroup: -1}), []string{`role "a": the smallest group cannot be below 0`}},
		{"a mode", func(p *Policy) { p.SetMode("web", "demo", "shut") }, []string{`workspace:web/demo: mode "shut" is not one of open, channel, strict, or the workspace is not named`}},
		{"no workspace", func(p *Policy) { p.SetMode("web", "", ModeOpen) }, []string{`workspace:web/: mode "open" is not one of open, channel, strict, or the workspace is not named`}},
		{"no platform", func(p *Policy) { p.SetMode("", "demo", ModeOpen) }, []string{`workspace:/demo: mode "open" is not one of open, channel, strict, or the workspace is not named`}},
		{"a workspace twice", func(p *Policy) { p.Workspaces = []Workspace{{"web", "demo", ModeOpen}, {"web", "demo", ModeStrict}} }, []string{`workspace:web/demo is there twice`}},
		{"a channel", func(p *Policy) { p.PutChannel(Channel{Key: key, Name: long, Roles: []string{"everyone", "growht"}}) }, []string{
			`channel:web/demo/x: name is longer than 200 bytes`, `role "growht" of channel:web/demo/x does not exist`,
		}},
		{"a channel twice", func(p *Policy) { p.Channels = []Channel{{Key: key}, {Key: key}} }, []string{`channel:web/demo/x is there twice`}},
		{"a person", func(p *Policy) { p.PutPerson(Person{Roles: []string{"gone"}}) }, []string{
			`person://: an empty platform`, `person://: an empty workspace`, `person://: an empty id`, `role "gone" of person:// does not exist`,
		}},
		{"a group", func(p *Policy) { p.PutGroup(Group{Key: Key{"web", "demo", ""}, Roles: []string{"gone"}}) }, []string{`group:web/demo/: an empty id`, `role "gone" of group:web/demo/ does not exist`}},
		{"a domain", func(p *Policy) { p.Domains = []Domain{{"", []string{"gone"}}, {"", nil}} }, []string{
			`domain:: an empty name`, `role "gone" of domain: does not exist`, `domain: is there twice`, `domain:: an empty name`,
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
