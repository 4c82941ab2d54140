package policyfile

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
	"github.com/google/go-cmp/cmp"

	"insightbot/access"
	"insightbot/insight"
)

const whole = `
workspaces: [{platform: slack, workspace: T1, mode: channel}]
roles:
  - {id: growth, name: Growth, tags: [growth], attributes: {region: [eu, us]}, strict: true, external: true, mask: [Email], unmask: [name], min_group: 5}
  - {id: admins, can: [ask, admin], everything: true}
channels: [{platform: slack, workspace: T1, channel: C1, name: "#growth", roles: [growth], approved: true}]
people: [{platform: slack, workspace: T1, person: U1, name: Mia, roles: [admins, growth]}]
groups: [{platform: slack, workspace: T1, group: S1, roles: [growth]}]
domains: [{domain: Fernfold.example, roles: [growth]}]
`

func TestRead_AWholeFile(t *testing.T) {
	p, err := Read("access.yml", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	key := func(id string) access.Key { return access.Key{Platform: "slack", Workspace: "T1", ID: id} }
	want := access.Policy{
		Workspaces: []access.Workspace{{Platform: "slack", ID: "T1", Mode: access.ModeChannel}},
		Roles: []access.Role{
			{ID: "admins", Name: "admins", Everything: true, Abilities: []access.Ability{access.AbilityAdmin, access.AbilityAsk}},
			{ID: access.RoleEveryone, Name: "Everyone"},
			{
				ID: "growth", Name: "Growth", Tags: []string{"growth"}, Abilities: []access.Ability{access.AbilityAsk, access.AbilityExport},
				Attributes: map[string][]string{"region": {"eu", "us"}}, Strict: true, External: true, Masks: []string{"email"},
				Unmask: []insight.ColumnType{insight.ColumnName}, MinGroup: 5,
			},
		},
		Channels: []access.Channel{{Key: key("C1"), Name: "#growth", Roles: []string{"growth"}, Approved: true}},
		People:   []access.Person{{Key: key("U1"), Name: "Mia", Roles: []string{"admins", "growth"}}},
		Groups:   []access.Group{{Key: key("S1"), Roles: []string{"growth"}}},
		Domains:  []access.Domain{{Name: "fernfold.example", Roles: []string{"growth"}}},
	}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Error(diff)
	}
}

func TestRead_WhatIsLeftOutIsAsSmallAsCanBe(t *testing.T) {
	none := access.Policy{}.Normalize()
	for _, text := range []string{"", "  \n", "# nothing\n", "~", "---\n", "\ufeff# nothing", "roles:\npeople: ~\n", "roles: []"} {
		p, err := Read("access.yml", []byte(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if diff := cmp.Diff(none, p); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
	// Words need no quotes where they read as themselves.
	p, err := Read("access.yml", []byte("roles:\n- id: a\n  tags:\n  - true\n  - 12\n  - |-\n    x\n  - 'y'\n"))
	if r, _ := p.Role("a"); err != nil || !slices.Equal(r.Tags, []string{"12", "true", "x", "y"}) {
		t.Errorf("tags %q, %v", r.Tags, err)
	}
	if p, err := Read("access.yml", []byte("roles: [id: a]")); err != nil || len(p.Roles) != 2 {
		t.Errorf("a pair without braces: %+v, %v", p, err)
	}
	both := []access.Ability{access.AbilityAsk, access.AbilityExport}
	for text, want := range map[string][]access.Ability{
		"{id: a}":                             both,
		"{id: a, can: ~}":                     both,
		"{id: a, can: []}":                    nil,
		"{id: a, can: [admin]}":               {access.AbilityAdmin},
		"{id: everyone}":                      nil,
		"{id: everyone, tags: [t]}":           both,
		"{id: everyone, sources: [s]}":        both,
		"{id: everyone, insights: [s/i]}":     both,
		"{id: everyone, everything: true}":    both,
		"{id: everyone, can: [ask]}":          {access.AbilityAsk},
		"{id: everyone, tags: [t], can: []}":  nil,
		"{id: everyone, name: A, strict: no}": nil,
	} {
		if strings.Contains(text, "strict: no") {
			// "no" is a word in this YAML, and not false.
			if _, err := Read("access.yml", []byte("roles: ["+text+"]")); err == nil {
				t.Errorf("%s is read", text)
			}
			continue
		}
		p, err := Read("access.yml", []byte("\ufeffroles: ["+text+"]"))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		id := access.RoleEveryone
		if strings.HasPrefix(text, "{id: a") {
			id = "a"
		}
		if r, _ := p.Role(id); !slices.Equal(r.Abilities, want) {
			t.Errorf("%s can %v, want %v", text, r.Abilities, want)
		}
	}
}

func TestRead_SaysWhatIsWrongAndWhere(t *testing.T) {
	long := strings.Repeat("x", 201)
	for _, c := range []struct{ text, want string }{
		// The form.
		{"roles: [{id: growth, tag: [a]}]", `unknown field "tag", did you mean "tags"? (access.yml:1:22)`},
		{"roles:\n  - id: growth\n    tagz: [a]", `unknown field "tagz", did you mean "tags"? (access.yml:3:5)`},
		{"role: []", `unknown field "role", did you mean "roles"? (access.yml:1:1)`},
		{"rules: []\nsomething: 1", `unknown field "rules", did you mean "roles"? (access.yml:1:1)|unknown field "something" (access.yml:2:1)`},
		{"channels:\n- platform: web\n  approve: true", `unknown field "approve", did you mean "approved"? (access.yml:3:3)`},
		{"- a", `the file has keys and values: {key: value} (access.yml:1:1)`},
		{"roles: x", `roles is a list: [a, b] (access.yml:1:8)`},
		{"roles: {id: a}", `roles is a list: [a, b] (access.yml:1:8)`},
		{"roles:\n  id: a", `roles is a list: [a, b] (access.yml:2:3)`},
		{"roles: [x]", `an entry of roles has keys and values: {key: value} (access.yml:1:9)`},
		{"roles: [~]", `an entry of roles has keys and values: {key: value} (access.yml:1:9)`},
		{"roles: [{id: [a]}]", `id is one word, not a list (access.yml:1:14)`},
		{"roles: [{id: {a: b}}]", `id is one word, not a list (access.yml:1:14)`},
		{"roles: [{id: a, tags: a}]", `tags is a list: [a, b] (access.yml:1:23)`},
		{"roles: [{id: a, tags: [a, ~]}]", `an empty entry of tags (access.yml:1:27)`},
		{"roles: [{id: a, tags: [[a]]}]", `tags is one word, not a list (access.yml:1:24)`},
		{"roles: [{id: a, attributes: [a]}]", `attributes has keys and values: {key: value} (access.yml:1:29)`},
		{"roles: [{id: a, attributes: {region: eu}}]", `region is a list: [a, b] (access.yml:1:38)`},
		{"roles: [{id: a, everything: maybe}]", `everything is true or false (access.yml:1:29)`},
		{"roles: [{id: a, strict: 1}]", `strict is true or false (access.yml:1:25)`},
		{"roles: [{id: a, min_group: five}]", `min_group is a whole number (access.yml:1:28)`},
		{"roles: [{id: a, min_group: 1.5}]", `min_group is a whole number (access.yml:1:28)`},
		{"roles: [{id: a, min_group: 99999999999999999999}]", `min_group is a whole number (access.yml:1:28)`},
		{"roles: [{id: a, min_group: 9999999999999999999}]", `overflow`},
		{"roles: [{id: a}]\n---\nroles: [{id: b}]", `a second document; a file is one (access.yml:3:`},
		// YAML that no file of rules needs.
		{"roles: !!str x", `has no meaning here`},
		{"roles: [{id: a, tags: &t [x]}, {id: b, tags: *t}]", `has no meaning here; put it in quotes where it is part of a name (access.yml:1:23)`},
		{"roles: [{<<: {id: a}}]", `"<<" has no meaning here`},
		{"%YAML 1.1\n---\nroles: []", `has no meaning here`},
		{"? roles\n: []", `has no meaning here`},
		{"roles: [*nope]", `has no meaning here; put it in quotes where it is part of a name (access.yml:1:9)`},
		{"roles: " + strings.Repeat("[", 9), `lists in lists in lists`},
		{"roles:\n" + strings.Repeat("- ", 9), `lists in lists in lists`},
		{"roles: {", `(access.yml:1:`},
		{"roles: [{id: a}]\nroles: [{id: b}]", `mapping key "roles" already defined at [1:1] (access.yml:2:1)`},
		{"roles:\n\t- id: a", `(access.yml:2:1)`},
		{"\xff", "this is not a text file"},
		{"roles: []\x00", "this is not a text file"},
		{strings.Repeat("#", maxFile+1), "longer than 16 MB"},
		// Words that are no words to YAML.
		{"channels: [{platform: slack, workspace: 007, channel: C1}]", `workspace: 007 has to stand in quotes, or it is read as a number (access.yml:1:41)`},
		{"channels: [{platform: slack, workspace: T1, channel: 1_000}]", `channel: 1_000 has to stand in quotes`},
		{"channels: [{platform: slack, workspace: T1, channel: 0x10}]", `channel: 0x10 has to stand in quotes`},
		{"channels: [{platform: slack, workspace: T1, channel: +12}]", `channel: +12 has to stand in quotes`},
		{"channels: [{platform: slack, workspace: T1, channel: 1.10}]", `channel: 1.10 has to stand in quotes`},
		{"channels: [{platform: slack, workspace: T1, channel: .inf}]", `channel: .inf has to stand in quotes`},
		{"channels: [{platform: slack, workspace: T1, channel: .nan}]", `channel: .nan has to stand in quotes`},
		{"roles: [{id: a, tags: [True]}]", `tags: True has to stand in quotes`},
		// The rules.
		{"roles: [{id: Growth}]", `role "Growth": an id is a short word of small letters, digits and dashes (access.yml:1:14)`},
		{"roles: [{id: operator}]", `cannot be given (access.yml:1:14)`},
		{"roles: [{id: a}, {id: b}, {id: a}]", `role "a" is there twice (access.yml:1:27)`},
		{"roles:\n  - id: a\n  - id: b\n  - id: a", `role "a" is there twice (access.yml:4:5)`},
		{"roles: [{id: a, can: [aks]}]", `role "a": "aks" is not one of ask, export, schedule, curate, admin, did you mean "ask"? (access.yml:1:23)`},
		{"roles: [{id: a, can: [fly]}]", `role "a": "fly" is not one of ask, export, schedule, curate, admin (access.yml:1:23)`},
		{"roles: [{id: a, unmask: [phone]}]", `"phone" is not one of email, name, ip (access.yml:1:26)`},
		{"roles: [{id: everyone, external: true}]", `neither external nor admin: all full members hold it (access.yml:1:9)`},
		{"roles: [{id: a, min_group: -1}]", `cannot be below 0 (access.yml:1:28)`},
		{"roles: [{id: a, attributes: {region: ['']}}]", `role "a": an empty attribute region (access.yml:1:9)`},
		{"roles: [{id: a, mask: [" + strings.ToUpper(long) + "]}]", `masks is longer than 200 bytes (access.yml:1:24)`},
		{"roles: [{id: a, tags: [\"a\\tb\"]}]", `tags "a\tb" has a character that cannot be printed (access.yml:1:24)`},
		{"workspaces: [{platform: web, workspace: demo, mode: chanel}]", `mode "chanel" is not one of open, channel, strict, or the workspace is not named, did you mean "channel"? (access.yml:1:53)`},
		{"workspaces: [{platform: web, workspace: demo, mode: open}, {platform: web, workspace: demo, mode: strict}]", `workspace:web/demo is there twice (access.yml:1:60)`},
		{
			"roles: [{id: growth}]\nchannels:\n  - platform: web\n    workspace: demo\n    channel: a\n    roles:\n      - growth\n      - growht",
			`role "growht" of channel:web/demo/a does not exist, did you mean "growth"? (access.yml:8:9)`,
		},
		{"people: [{platform: web, workspace: demo, person: '', roles: [everyone]}]", `person:web/demo/: an empty id (access.yml:1:10)`},
		{"people: [{platform: web, workspace: demo, person: u, roles: [evryone]}]", `role "evryone" of person:web/demo/u does not exist, did you mean "everyone"? (access.yml:1:62)`},
		{"groups: [{platform: web, workspace: a/b, group: g, roles: [everyone]}]", `group:web/a/b/g: the workspace "a/b" has a slash (access.yml:1:37)`},
		{"domains: [{domain: '@Fern.example', roles: [everyone]}]", `domain:@fern.example: a domain is what stands behind the @ of an address (access.yml:1:20)`},
		{"domains: [{domain: a.example, roles: [everyone]}, {domain: A.example, roles: [everyone]}]", `domain:a.example is there twice (access.yml:1:51)`},
		// All of it at once.
		{"roles: [{id: A}, {id: B}]\npeople: [{platform: p, workspace: w, person: u, roles: [c]}]", `role "A": an id|role "B": an id|role "c" of person:p/w/u does not exist`},
	} {
		p, err := Read("access.yml", []byte(c.text))
		if err == nil {
			t.Errorf("%.80q is read as %+v", c.text, p)
			continue
		}
		if !cmp.Equal(p, access.Policy{}) {
			t.Errorf("%.80q: an error and a policy", c.text)
		}
		lines, wants := strings.Split(err.Error(), "\n"), strings.Split(c.want, "|")
		if len(lines) != len(wants) {
			t.Errorf("%.80q: %d problems, want %d: %v", c.text, len(lines), len(wants), err)
			continue
		}
		for i, line := range lines {
			if !strings.HasPrefix(line, "access.yml: ") || !strings.Contains(line, wants[i]) {
				t.Errorf("%.80q:\n got %s\nwant %s", c.text, line, wants[i])
			}
		}
	}
}

// What the library or the rules say without a place is told without one.
func TestReader_TellsWhatHasNoPlace(t *testing.T) {
	r := reader{name: "f"}
	r.fail(errors.New("somehow"))
	r.report(&token.Token{}, "a token of nowhere")
	problem := access.Problem{Subject: "role:a", Value: "b", Text: "wrong"}
	r.refuse(errors.Join(problem), nil)
	if got, want := fmt.Sprint(r.err()), "f: somehow\nf: a token of nowhere\nf: wrong"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	// A word that does not stand there is looked for in vain in everything.
	body := (&reader{}).parse([]byte("roles: [{id: a, tags: [c], attributes: {d: [e]}}]"))
	pairs, _ := pairsOf(body)
	list := pairs[0].Value.(*ast.SequenceNode).Values //nolint:errcheck,forcetypeassert // written above
	if at := locate(problem, list); at.Position.Line != 1 || at.Position.Column != 9 {
		t.Errorf("it stands at %v", at.Position)
	}
}

func TestRead_TellsNoMoreThanCanBeRead(t *testing.T) {
	_, err := Read("access.yml", []byte("roles: ["+strings.Repeat("{id: A}, ", 30)+"]"))
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != maxProblems+1 || lines[maxProblems] != "access.yml: and 10 more" {
		t.Errorf("%d lines: %v", len(lines), err)
	}
	_, err = Read("access.yml", []byte("roles: ["+strings.Repeat("{id: A}, ", maxProblems)+"]"))
	if n := len(strings.Split(err.Error(), "\n")); n != maxProblems {
		t.Errorf("%d lines: %v", n, err)
	}
}

// A few bytes must not keep the reader busy: aliases that double with every
// line, and lists without end.
func TestRead_ASmallFileIsReadQuickly(t *testing.T) {
	var bomb strings.Builder
	bomb.WriteString("roles:\n- id: a\n  attributes: &a0 {x: [y]}\n")
	for i := 1; i < 60; i++ {
		fmt.Fprintf(&bomb, "- id: a%d\n  attributes: &a%d {x: [*a%d, *a%d, *a%d]}\n", i, i, i-1, i-1, i-1)
	}
	for name, text := range map[string]string{
		"aliases": bomb.String(), "brackets": "roles: " + strings.Repeat("[", 100_000), "braces": "roles: " + strings.Repeat("{a: ", 100_000),
		"dashes": "roles:\n" + strings.Repeat("- ", 100_000), "colons": strings.Repeat("a: ", 2_000), "keys": strings.Repeat("? ", 100_000),
	} {
		started := time.Now()
		if _, err := Read("access.yml", []byte(text)); err == nil {
			t.Errorf("%s are read", name)
		}
		if took := time.Since(started); took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

// What shape knows of the form is what document says.
func TestShapes_AreThoseOfTheDocument(t *testing.T) {
	kinds := map[string]kind{"string": word, "bool": flag, "int": number, "slice": list, "map": lists}
	want := map[string]map[string]kind{}
	name := func(f reflect.StructField) string { n, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); return n }
	for _, section := range reflect.VisibleFields(reflect.TypeFor[document]()) {
		keys := map[string]kind{}
		for _, f := range reflect.VisibleFields(section.Type.Elem()) {
			typ := f.Type
			if typ.Kind() == reflect.Pointer {
				typ = typ.Elem()
			}
			keys[name(f)] = kinds[typ.Kind().String()]
		}
		want[name(section)] = keys
	}
	if diff := cmp.Diff(want, shapes); diff != "" {
		t.Error(diff)
	}
}

// odd are words that YAML has other ideas about.
var odd = []string{
	"a", "growth", "007", "1.10", "1e3", "0x1f", "-1", "+1", "1_000", ".inf", ".nan", "true", "False", "yes", "no", "null", "~", "Null", "2026-01-01", "12:30", "0o7", "=",
	"- a", "-", "--- a", "...", "? a", ": a", "a: b", "a:", ":a", "# a", "a #b", "#growth", "&a", "*a", "!a", "!!str a", "%a", "@a", "`a`", "|", ">", "|-", "{a}", "[a]", "a, b", "]", "}", ",",
	`"a"`, "'a'", `a"b`, "it's", `a\b`, `\n`, `\`, " a", "a ", "  ", "é", "東京", "نور", "🙂", "a\u2028b", "\u2029", "\ufeffa", "a\u200bb", "\u202ea", "\u00a0", "<<", "a/b/c", "%%", "{{a}}", "a\u0301",
}

// hostile makes policies of such words that Check has nothing against.
func hostile(r *rand.Rand) access.Policy {
	text := func() string {
		if r.IntN(4) > 0 {
			return odd[r.IntN(len(odd))]
		}
		var b strings.Builder
		for range 1 + r.IntN(6) {
			c := rune(r.IntN(0x250))
			if r.IntN(8) == 0 {
				c = rune(r.IntN(0x20000))
			}
			if !unicode.IsControl(c) && (c < 0xd800 || c > 0xdfff) && c != 0xfffd {
				b.WriteRune(c)
			}
		}
		return "x" + b.String()
	}
	list := func() []string {
		var out []string
		for range r.IntN(4) {
			out = append(out, text())
		}
		return out
	}
	ids := []string{access.RoleEveryone}
	var p access.Policy
	for i := range 1 + r.IntN(4) {
		role := access.Role{
			ID: fmt.Sprintf("r%d", i), Name: text(), Tags: list(), Sources: list(), Insights: list(), Everything: r.IntN(2) == 0, Strict: r.IntN(2) == 0,
			External: r.IntN(2) == 0, Masks: list(), MinGroup: r.IntN(3) * 5, Attributes: map[string][]string{text(): list(), "region": list()},
		}
		if i == 0 && r.IntN(2) == 0 {
			role.ID, role.External = access.RoleEveryone, false
		}
		ids = append(ids, role.ID)
		for _, a := range access.Abilities()[:4] {
			if r.IntN(2) == 0 {
				role.Abilities = append(role.Abilities, a)
			}
		}
		for _, c := range []insight.ColumnType{insight.ColumnEmail, insight.ColumnName, insight.ColumnIP} {
			if r.IntN(2) == 0 {
				role.Unmask = append(role.Unmask, c)
			}
		}
		p.PutRole(role)
	}
	some := func() []string { return []string{ids[r.IntN(len(ids))], ids[r.IntN(len(ids))]} }
	key := func() access.Key {
		flat := func() string { return strings.ReplaceAll(text(), "/", "") }
		return access.Key{Platform: "x" + flat(), Workspace: "x" + flat(), ID: text()}
	}
	for range r.IntN(4) {
		k := key()
		p.SetMode(k.Platform, k.Workspace, access.Modes()[r.IntN(3)])
		p.PutChannel(access.Channel{Key: key(), Name: text(), Roles: some()[:r.IntN(3)], Approved: r.IntN(2) == 0})
		p.PutPerson(access.Person{Key: key(), Name: text(), Roles: some()})
		p.PutGroup(access.Group{Key: key(), Name: text(), Roles: some()})
		p.PutDomain(access.Domain{Name: strings.ReplaceAll(text(), "@", "") + "x", Roles: some()})
	}
	return p.Normalize()
}

func TestWrite_ReadsBackAsTheSame(t *testing.T) {
	n := 1000
	if testing.Short() {
		n = 200
	}
	tried := 0
	for i := range n {
		p := hostile(rand.New(rand.NewPCG(uint64(i), 3))) //nolint:gosec // cases that can be made again, not secrets
		if err := p.Check(); err != nil {
			continue
		}
		tried++
		data, err := Write(p)
		if err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
		again, err := Read("b", data)
		if err != nil {
			t.Fatalf("case %d: %v\n%s", i, err, data)
		}
		if diff := cmp.Diff(p, again); diff != "" {
			t.Fatalf("case %d: %s\n%s", i, diff, data)
		}
		if second, err := Write(again); err != nil || string(second) != string(data) {
			t.Fatalf("case %d: written twice it is another: %v", i, err)
		}
	}
	if tried < n/2 {
		t.Errorf("only %d of %d were tried", tried, n)
	}
}

func TestWrite_IsForPeople(t *testing.T) {
	p, err := Read("a", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	data, err := Write(p)
	if err != nil {
		t.Fatal(err)
	}
	want := `# Who may see what, where: see docs/access.md.
# Look first at what a change would do: insightbot access apply --dry-run access.yml
workspaces:
  - platform: slack
    workspace: T1
    mode: channel
roles:
  - id: admins
    name: admins
    everything: true
    can: [admin, ask]
  - id: everyone
    name: Everyone
    can: []
  - id: growth
    name: Growth
    tags: [growth]
    can: [ask, export]
    attributes:
      region:
        - eu
        - us
    strict: true
    external: true
    mask: [email]
    unmask: [name]
    min_group: 5
channels:
  - platform: slack
    workspace: T1
    channel: C1
    name: "#growth"
    roles: [growth]
    approved: true
people:
  - platform: slack
    workspace: T1
    person: U1
    name: Mia
    roles: [admins, growth]
groups:
  - platform: slack
    workspace: T1
    group: S1
    roles: [growth]
domains:
  - domain: fernfold.example
    roles: [growth]
`
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(string(data), "\n")); diff != "" {
		t.Error(diff)
	}
	if again, err := Write(p); err != nil || string(again) != string(data) {
		t.Errorf("written again it is another: %v", err)
	}
}

func TestWrite_RefusesWhatCouldNotBeRead(t *testing.T) {
	var p access.Policy
	for i := range 10 {
		r := access.Role{ID: fmt.Sprintf("r%d", i)}
		for j := range 10_000 {
			r.Insights = append(r.Insights, fmt.Sprintf("%0200d", j))
		}
		p.Roles = append(p.Roles, r)
	}
	if data, err := Write(p); err == nil || data != nil {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}

func TestSuggest_OnlyWhatIsNear(t *testing.T) {
	options := slices.Collect(maps.Keys(shapes))
	for given, want := range map[string]string{
		"rolse": "roles", "chanels": "channels", "domain": "domains", "people": "people", "poeple": "people", "x": "", "": "", "workspace": "workspaces", "somebody": "",
	} {
		if want != "" {
			want = fmt.Sprintf(", did you mean %q?", want)
		}
		if got := suggest(given, options); got != want {
			t.Errorf("%q: %q, want %q", given, got, want)
		}
	}
	if got := suggest("ab", nil); got != "" {
		t.Errorf("of nothing: %q", got)
	}
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"abc", "acb", 1}, {"abc", "abd", 1}, {"abc", "xyz", 3}, {"kitten", "sitting", 3}, {"é", "e", 1}} {
		if got := distance(c.a, c.b); got != c.want || distance(c.b, c.a) != c.want {
			t.Errorf("from %q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("roles: [{id: a, can: []}]"))
	f.Add([]byte("roles:\n  - id: a\n    attributes:\n      region: [\"007\", '~', \"\\u2028\"]\n"))
	f.Add([]byte("workspaces: [{}]\npeople: [{}]\ngroups: [{}]\ndomains: [{}]"))
	f.Add([]byte("roles: !!str x"))
	f.Add([]byte("---\n# x\nroles:\n- id: a\n  mask:\n  - |\n    x\n...\n---\na: &b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Read("f", data)
		if err != nil {
			return
		}
		if err := p.Check(); err != nil {
			t.Fatalf("read, and yet wrong: %v", err)
		}
		written, err := Write(p)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Read("g", written)
		if err != nil {
			t.Fatalf("%v\n%s", err, written)
		}
		if diff := cmp.Diff(p, again); diff != "" {
			t.Errorf("%s\n%s", diff, written)
		}
	})
}
