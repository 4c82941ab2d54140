package handlers

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
)

// field is a field of the form in a reply, or ends the test.
func field(t testing.TB, r *chat.Reply, name string) chat.Field {
	t.Helper()
	for _, f := range find[chat.Form](r.Parts) {
		for _, field := range f.Fields {
			if field.Name == name {
				return field
			}
		}
	}
	t.Fatalf("no field %q in %s", name, everything(r))
	return chat.Field{}
}

// send fills in the form of a reply and sends it, as a platform does: fields
// that are empty are absent.
func (b accessBench) send(t testing.TB, u chat.User, r *chat.Reply, values ...string) *chat.Reply {
	t.Helper()
	f := find[chat.Form](r.Parts)[0]
	c := f.Call
	for _, field := range f.Fields {
		if field.Value != "" {
			c = c.With(field.Name, field.Value)
		}
	}
	for i := 0; i+1 < len(values); i += 2 {
		field(t, r, values[i])
		c = c.With(values[i], values[i+1])
	}
	return b.press(t, u, directRoom, c)
}

func TestRole_IsMadeChangedAndDeleted(t *testing.T) {
	b := administered(t)
	r := b.send(
		t, ann, b.do(t, ann, directRoom, "access-role"), "id", "finance", "name", "Finance", "tags", "money,growth", "sources", "shop",
		"insights", "shop/signups", "abilities", "ask,schedule", "attributes", "region=eu,us; plan=pro", "strict", "yes", "masks", "email, Name",
		"unmask", "email", "min_group", "5",
	)
	says(t, r, "Please confirm", "tagged restricted") // it grants a source with a restricted insight
	says(t, b.press(t, ann, directRoom, button(t, r, "Yes, do it").Call), "Done.")
	got, _ := b.keeper.policy.Role("finance")
	want := access.Role{
		ID: "finance", Name: "Finance", Tags: []string{"growth", "money"}, Sources: []string{"shop"}, Insights: []string{"shop/signups"},
		Abilities: []access.Ability{access.AbilityAsk, access.AbilitySchedule}, Attributes: map[string][]string{"region": {"eu", "us"}, "plan": {"pro"}},
		Strict: true, Masks: []string{"Name", "email"}, Unmask: []insight.ColumnType{insight.ColumnEmail}, MinGroup: 5,
	}
	if diff := cmp.Diff(want, got, cmp.Transformer("set", func(s []string) map[string]bool {
		m := map[string]bool{}
		for _, v := range s {
			m[strings.ToLower(v)] = true
		}
		return m
	})); diff != "" {
		t.Error(diff)
	}

	r = b.do(t, ann, directRoom, "access-role", "role", "finance")
	if field(t, r, "min_group").Value != "5" || field(t, r, "strict").Value != "yes" || field(t, r, "attributes").Value != "plan=pro; region=eu,us" {
		t.Errorf("the form shows %s", everything(r))
	}
	b.send(t, ann, r)
	if again, _ := b.keeper.policy.Role("finance"); !cmp.Equal(again, got) {
		t.Errorf("saving it untouched changed it: %s", cmp.Diff(got, again))
	}
	says(t, b.send(t, ann, r, "strict", "", "tags", "growth", "sources", "", "min_group", ""), "Done.")
	if got, _ := b.keeper.policy.Role("finance"); got.Strict || got.MinGroup != 0 || len(got.Sources) != 0 || !cmp.Equal(got.Tags, []string{"growth"}) {
		t.Errorf("after taking away it is %+v", got)
	}
	r = b.press(t, ann, directRoom, button(t, b.do(t, ann, directRoom, "access-role", "role", "finance"), "Delete this role").Call)
	says(t, r, "Delete the role “Finance”?", "Nobody has it.")
	if _, there := b.keeper.policy.Role("finance"); !there {
		t.Fatal("deleted before the second yes")
	}
	b.press(t, ann, directRoom, button(t, r, "Yes, delete it").Call)
	if _, there := b.keeper.policy.Role("finance"); there {
		t.Error("it is still there")
	}
	says(t, b.do(t, ann, directRoom, "access-role", "role", "finance"), "There is no role of that id")
}

func TestRole_WhatIsWrongComesBackOnItsFieldWithWhatWasTyped(t *testing.T) {
	b := administered(t)
	before := clonePolicy(b.keeper.policy)
	for name, value := range map[string]string{
		"id": "Fi nance", "tags": "growht", "sources": "nowhere", "insights": "shop/nothing", "abilities": "fly", "attributes": "region", "unmask": "shoe size", "min_group": "-1",
	} {
		values := []string{"id", "finance", "name", "Finance <b>"}
		if name == "id" {
			values = values[2:]
		}
		r := b.send(t, ann, b.do(t, ann, directRoom, "access-role"), append(values, name, value)...)
		f := field(t, r, name)
		if f.Error == "" || f.Value != value || field(t, r, "name").Value != "Finance <b>" {
			t.Errorf("%s: %+v in %s", name, f, everything(r))
		}
		says(t, r, "Nothing was saved")
		fixed := b.send(t, ann, r, name, map[string]string{"id": "finance"}[name])
		says(t, fixed, "Done.")
		b.keeper.policy = before
	}
	for id, want := range map[string]string{"growth": "already", "operator": "built in", "everyone": "built in", "": "needs an id"} {
		r := b.send(t, ann, b.do(t, ann, directRoom, "access-role"), "id", id)
		if f := field(t, r, "id"); !strings.Contains(f.Error, want) {
			t.Errorf("id %q: %q", id, f.Error)
		}
	}
	if len(access.Diff(before, b.keeper.policy)) != 0 {
		t.Error("something was half written")
	}
}

func TestRole_WideOnesAreAskedTwice(t *testing.T) {
	for name, values := range map[string][]string{
		"can make admins":     {"abilities", "admin"},
		"grants everything":   {"everything", "yes"},
		"grants a restricted": {"insights", "shop/salaries"},
		"grants the tag":      {"tags", "restricted"},
	} {
		b := administered(t)
		r := b.send(t, ann, b.do(t, ann, directRoom, "access-role"), append([]string{"id", "wide"}, values...)...)
		says(t, r, "Nothing was changed yet")
		if _, there := b.keeper.policy.Role("wide"); there {
			t.Errorf("%s: made before the second yes", name)
		}
		b.press(t, ann, directRoom, button(t, r, "Yes, do it").Call)
		if _, there := b.keeper.policy.Role("wide"); !there {
			t.Errorf("%s: not made after it", name)
		}
	}
}

func TestRole_WhatOutsidersHaveIsWidenedOnlyAfterASecondYes(t *testing.T) {
	b := administered(t)
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "partners", Name: "Partners", Tags: []string{"growth"}, External: true, Abilities: []access.Ability{access.AbilityAsk}})
		p.PutChannel(access.Channel{Key: access.ChannelOf(sharedRoom), Name: "#partners", Roles: []string{"partners"}, Approved: true})
	})
	r := b.send(t, ann, b.do(t, ann, directRoom, "access-role", "role", "partners"), "insights", "shop/revenue")
	says(t, r, "who read #partners will see 1 more insight", "Nothing was changed yet")
	if got, _ := b.keeper.policy.Role("partners"); len(got.Insights) != 0 {
		t.Error("changed before the second yes")
	}
	says(t, b.send(t, ann, b.do(t, ann, directRoom, "access-role", "role", "partners"), "name", "Our partners"), "Done.")
}

func TestRole_TheBuiltInOneStaysAndMakesNoAdmins(t *testing.T) {
	b := administered(t)
	says(t, b.do(t, ann, directRoom, "access-role", "role", "everyone", "delete", "yes", "sure", "yes"), "built in and stays")
	r := b.send(t, ann, b.do(t, ann, directRoom, "access-role", "role", "everyone"), "abilities", "ask,admin")
	if field(t, r, "abilities").Error == "" {
		t.Error("everybody can be made an admin")
	}
	r = b.send(t, ann, b.do(t, ann, directRoom, "access-role", "role", "everyone"), "tags", "growth", "abilities", "ask")
	says(t, r, "Done.")
	if r := b.say(t, mia, directRoom, "sign-ups last week"); r.Outcome != chat.OutcomeAnswer {
		t.Errorf("a member is told %s", words(r))
	}
}

func TestRole_SingleInsightsAreAListUntilThereAreTooMany(t *testing.T) {
	b := administered(t)
	if f := field(t, b.do(t, ann, directRoom, "access-role"), "insights"); f.Kind != chat.FieldMulti || len(f.Options) != 4 {
		t.Errorf("%+v", f)
	}
	in := b.catalogue.ins[0]
	for range maxInsightOptions {
		in.ID += "x"
		b.catalogue.ins = append(b.catalogue.ins, in)
	}
	b.catalogue.revision++
	if f := field(t, b.do(t, ann, directRoom, "access-role"), "insights"); f.Kind != chat.FieldLong {
		t.Errorf("%+v", f)
	}
}

func TestReadAttributes_ReadsWhatItWrites(t *testing.T) {
	for s, want := range map[string]string{"": "", "region=eu": "region=eu", " region = eu , us ;plan=pro\n": "plan=pro; region=eu,us", "region": "!", "=x": "!", "a=": "!", "a=1;a=2": "!", "a b=1": "!"} {
		got, err := readAttributes(s)
		if (err != nil) != (want == "!") || err == nil && attributesText(got) != want {
			t.Errorf("%q reads as %v, %v", s, got, err)
		}
	}
}
