package handlers

import (
	"fmt"
	"slices"
	"testing"

	"insightbot/access"
	"insightbot/chat"
)

func TestRequest_TellsTheAdminsByNameOnce(t *testing.T) {
	b := administered(t)
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "chiefs", Abilities: []access.Ability{access.AbilityAdmin}})
		key := func(workspace, id string) access.Key {
			return access.Key{Platform: "web", Workspace: workspace, ID: id}
		}
		p.PutPerson(access.Person{Key: key("w", "bea"), Roles: []string{"growth", "chiefs"}})
		p.PutPerson(access.Person{Key: key("w", "carl"), Roles: []string{"growth"}})
		p.PutPerson(access.Person{Key: key("other", "zoe"), Roles: []string{"chiefs"}})
		p.PutGroup(access.Group{Key: key("w", "G1"), Roles: []string{"chiefs"}})
	})
	r := b.do(t, mia, growthRoom, "request")
	if len(r.Notices) != 1 || !slices.Equal(r.Notices[0].Users, []string{"ann", "bea"}) {
		t.Fatalf("the notices are %+v", r.Notices)
	}
	notice := r.Notices[0].Reply
	says(t, notice, "Mia (mia) asks for access in #growth, since 25 November 2026")
	if c := button(t, notice, "Look at it").Call; c.Command != "access" || c.Args[argChannel] != "C1" || notice.Ref != "REF1" || notice.Private {
		t.Errorf("the button calls %v, ref %q", c, notice.Ref)
	}
	says(t, b.press(t, ann, directRoom, button(t, notice, "Look at it").Call), "1 open request")
	if again := b.do(t, mia, growthRoom, "request"); len(again.Notices) != 0 {
		t.Errorf("told twice: %+v", again.Notices)
	}
	own := b.do(t, mia, directRoom, "request")
	says(t, own.Notices[0].Reply, "asks for access of their own")
	for _, u := range []chat.User{gus, ann} {
		if r := b.do(t, u, moneyRoom, "request"); len(r.Notices) != 0 {
			t.Errorf("%s: told of nothing: %+v", u.ID, r.Notices)
		}
	}
	if r := newAccessBench(t).do(t, mia, growthRoom, "request"); len(r.Notices) != 0 {
		t.Errorf("nobody to tell: %+v", r.Notices)
	}
}

func TestRequest_TellsNoMoreThanTwentyAdmins(t *testing.T) {
	b := administered(t)
	b.edit(t, func(p *access.Policy) {
		for i := range 40 {
			p.PutPerson(access.Person{Key: access.Key{Platform: "web", Workspace: "w", ID: fmt.Sprintf("a%02d", i)}, Roles: []string{"admins"}})
		}
	})
	if n := len(b.do(t, mia, growthRoom, "request").Notices[0].Users); n != maxNotified {
		t.Errorf("%d admins are told", n)
	}
}

func TestDecide_TellsWhoAsked(t *testing.T) {
	b := administered(t)
	b.keeper.seen = []access.Seen{{Key: access.ChannelOf(growthRoom), Name: "#growth", Kind: chat.PlacePublic, Shared: chat.No, Guests: chat.No}}
	decided := func(place chat.Place, label string) *chat.Reply {
		t.Helper()
		b.do(t, mia, place, "request")
		r := b.press(t, ann, directRoom, button(t, b.say(t, ann, directRoom, "access"), label).Call)
		if len(r.Notices) != 1 || !slices.Equal(r.Notices[0].Users, []string{"mia"}) {
			t.Fatalf("the notices are %+v", r.Notices)
		}
		saysNot(t, r.Notices[0].Reply, "Ann", "ann", "Growth")
		return r.Notices[0].Reply
	}
	yes := decided(growthRoom, "Approve with the role Growth")
	says(t, yes, "An admin said yes to your request for access in #growth, of 25 November 2026", "Go to #growth and ask there")
	says(t, decided(moneyRoom, "Deny"), "An admin said no to your request for access in #money")
	own := decided(directRoom, "Approve with the role Growth")
	says(t, own, "An admin said yes to your request for access of your own")
	says(t, b.must(t, func() *chat.Request {
		r := call(button(t, own, "What can I ask?").Call)
		r.User, r.Place = mia, directRoom
		return r
	}()), "Sign-ups")

	// A decision that was not made is told to nobody.
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "partners", Name: "Partners", Tags: []string{"growth"}, External: true, Abilities: []access.Ability{access.AbilityAsk}})
	})
	b.do(t, mia, sharedRoom, "request")
	id := fmt.Sprint(len(b.keeper.requests))
	for _, args := range [][]string{{"id", "1", "state", "denied"}, {"id", "99", "state", "denied"}, {"id", id, "state", "approved", "role", "partners"}} {
		if r := b.do(t, ann, directRoom, "access-decide", args...); len(r.Notices) != 0 {
			t.Errorf("%v: told %+v", args, r.Notices)
		}
	}
}
