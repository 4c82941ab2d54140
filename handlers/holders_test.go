package handlers

import (
	"slices"
	"testing"

	"insightbot/access"
	"insightbot/chat"
)

func TestHolders_GetRolesAndLoseThem(t *testing.T) {
	b := administered(t)
	roles := map[string]func() []string{
		"access-person": func() []string {
			o, _ := findBy(b.keeper.policy.People, func(o access.Person) bool { return o.Key == access.PersonOf(mia, growthRoom) })
			return o.Roles
		},
		"access-group": func() []string {
			o, _ := findBy(b.keeper.policy.Groups, func(o access.Group) bool { return o.ID == "mia" && o.Workspace == "w" })
			return o.Roles
		},
		"access-domain": func() []string {
			o, _ := findBy(b.keeper.policy.Domains, func(o access.Domain) bool { return o.Name == "mia.example" })
			return o.Roles
		},
	}
	for command, held := range roles {
		id := "mia"
		if command == "access-domain" {
			id = "Mia.Example"
		}
		says(t, b.send(t, ann, b.do(t, ann, directRoom, command), "id", id, "roles", "growth"), "Done.")
		if !slices.Equal(held(), []string{"growth"}) {
			t.Errorf("%s: has %v", command, held())
		}
		if e := b.last(); e.Action != access.ActionRule || e.Actor != "hash of ann" {
			t.Errorf("%s: audited as %+v", command, e)
		}
		r := b.do(t, ann, directRoom, command, "id", id)
		if field(t, r, "roles").Value != "growth" {
			t.Errorf("%s: the form shows %q", command, field(t, r, "roles").Value)
		}
		says(t, b.do(t, ann, directRoom, "access-people"), "Growth")
		b.send(t, ann, r, "roles", "")
		if len(held()) != 0 {
			t.Errorf("%s: still has %v", command, held())
		}
		before := clonePolicy(b.keeper.policy)
		for _, wrong := range [][]string{{"id", "@mia", "roles", "growth"}, {"id", "a b", "roles", "growth"}} {
			r := b.send(t, ann, b.do(t, ann, directRoom, command), wrong...)
			if f := field(t, r, "id"); f.Error == "" || f.Value != wrong[1] {
				t.Errorf("%s: %+v", command, f)
			}
		}
		r = b.do(t, ann, directRoom, command, "save", "yes", "id", id, "roles", "nothing")
		if field(t, r, "roles").Error == "" {
			t.Errorf("%s: a role that does not exist is taken", command)
		}
		if len(access.Diff(before, b.keeper.policy)) != 0 {
			t.Errorf("%s: something was half written", command)
		}
	}
}

func TestPerson_MakingAnAdminIsAskedTwice(t *testing.T) {
	b := administered(t)
	r := b.send(t, ann, b.do(t, ann, directRoom, "access-person"), "id", "mia", "name", "Mia", "roles", "admins")
	says(t, r, "Mia will be able to change all these rules", "Nothing was changed yet")
	if len(b.keeper.policy.People) != 1 {
		t.Fatal("made before the second yes")
	}
	b.press(t, ann, directRoom, button(t, r, "Yes, do it").Call)
	says(t, b.do(t, mia, directRoom, "access-roles"), "Admins")
}

func TestHolders_WideRolesForManyAreAskedTwice(t *testing.T) {
	for command, id := range map[string]string{"access-group": "G1", "access-domain": "fernfold.example"} {
		b := administered(t)
		b.edit(t, func(p *access.Policy) {
			p.PutRole(access.Role{ID: "all", Name: "All", Everything: true, Abilities: []access.Ability{access.AbilityAsk}})
		})
		r := b.send(t, ann, b.do(t, ann, directRoom, command), "id", id, "roles", "all")
		says(t, r, "Nothing was changed yet", "which grants 3 insights")
		if len(b.keeper.policy.Groups)+len(b.keeper.policy.Domains) != 0 {
			t.Errorf("%s: changed before the second yes", command)
		}
	}
}

func TestChannel_FormMapsAndApproves(t *testing.T) {
	b := administered(t)
	b.keeper.seen = []access.Seen{
		{Key: access.ChannelOf(growthRoom), Name: "#growth", Kind: chat.PlacePublic, Shared: chat.No, Guests: chat.No},
		{Key: access.ChannelOf(sharedRoom), Name: "#partners", Kind: chat.PlacePublic, Shared: chat.Yes, Guests: chat.No},
	}
	r := b.do(t, ann, directRoom, "access-channel")
	if o := field(t, r, "channel").Options; len(o) != 3 || o[1].Label != "#growth" {
		t.Errorf("options %v", o)
	}
	says(t, b.send(t, ann, r, "channel", "C1", "roles", "growth"), "Done.")
	c, _ := findChannel(b.keeper.policy, access.ChannelOf(growthRoom))
	if !slices.Equal(c.Roles, []string{"growth"}) || c.Name != "#growth" {
		t.Errorf("the channel is %+v", c)
	}
	says(t, b.send(t, ann, r, "other", "C77", "roles", "growth"), "Done.", "I do not know who reads this channel")
	r = b.send(t, ann, b.do(t, ann, directRoom, "access-channel", "channel", "C4"), "roles", "growth", "approve", "yes")
	says(t, r, "You approve #partners", "none of its roles is marked external")
	b.press(t, ann, directRoom, button(t, r, "Yes, do it").Call)
	if c, _ := findChannel(b.keeper.policy, access.ChannelOf(sharedRoom)); !c.Approved {
		t.Errorf("the channel is %+v", c)
	}
	b.send(t, ann, b.do(t, ann, directRoom, "access-channel", "channel", "C4"), "roles", "", "approve", "")
	if _, mapped := findChannel(b.keeper.policy, access.ChannelOf(sharedRoom)); mapped {
		t.Error("a channel without roles is still mapped")
	}
	before := clonePolicy(b.keeper.policy)
	for _, args := range [][]string{{"roles", "growth"}, {"other", "#growth"}, {"other", "a b"}, {"channel", "C1", "other", "C2"}, {"channel", "C1", "roles", "nothing"}} {
		r := b.do(t, ann, directRoom, "access-channel", append([]string{"save", "yes"}, args...)...)
		says(t, r, "Nothing was saved")
	}
	if len(access.Diff(before, b.keeper.policy)) != 0 {
		t.Error("something was half written")
	}
}
