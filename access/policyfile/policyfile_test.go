package policyfile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
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
	growth, _ := p.Role("growth")
	want := access.Role{
		ID: "growth", Name: "Growth", Tags: []string{"growth"}, Abilities: []access.Ability{access.AbilityAsk, access.AbilityExport},
		Attributes: map[string][]string{"region": {"eu", "us"}}, Strict: true, External: true, Masks: []string{"email"}, Unmask: growth.Unmask, MinGroup: 5,
	}
	if diff := cmp.Diff(want, growth); diff != "" {
		t.Error(diff)
	}
	if everyone, ok := p.Role(access.RoleEveryone); !ok || len(everyone.Abilities) != 0 {
		t.Errorf("everyone is %+v, %v", everyone, ok)
	}
	if len(p.Roles) != 3 || p.Domains[0].Name != "fernfold.example" || !p.Channels[0].Approved || p.Mode("slack", "T1") != access.ModeChannel {
		t.Errorf("read %+v", p)
	}
}

func TestRead_SaysWhatIsWrongAndWhere(t *testing.T) {
	for text, want := range map[string]string{
		"roles: [{id: growth, tag: [a]}]": `unknown field "tag"`,
		"roles: [{id: Growth}]":           "an id is a short word",
		"channels: [{platform: web, workspace: demo, channel: a, roles: [growht]}]": `role "growht" of channel:web/demo/a does not exist`,
		"roles: [{id: a, can: [fly]}]":                                              `"fly" is not one of`,
		"roles: [{id: a}, {id: a}]":                                                 "there twice",
		"roles: [{id: operator}]":                                                   "cannot be given",
		"roles: [{id: everyone, external: true}]":                                   "neither external nor admin",
		"workspaces: [{platform: web, workspace: demo, mode: shut}]":                `mode "shut" is not one of`,
		"roles: [{id: a, min_group: -1}]":                                           "cannot be below 0",
		"roles: {":                                                                  "[1:",
		"people: [{platform: web, workspace: demo, person: '', roles: [everyone]}]": "an empty id",
		"roles: [{id: a, unmask: [phone]}]":                                         `"phone" is not one of`,
		"\xff":                                                                      "not a text file",
	} {
		_, err := Read("access.yml", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), "access.yml: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %q", text, err, want)
		}
	}
}

func TestWrite_ReadsBackAsTheSame(t *testing.T) {
	p, err := Read("a", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	data, err := Write(p)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Read("b", data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if diff := cmp.Diff(p, again); diff != "" {
		t.Errorf("%s\n%s", diff, data)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("roles: [{id: a, can: []}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Read("f", data)
		if err != nil {
			return
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
