package handlers

import (
	"slices"
	"strings"
	"testing"

	"insightbot/access"
	"insightbot/chat"
)

func TestRequest_IsOpenedOnceAndSaysWhatHappensNext(t *testing.T) {
	b := administered(t)
	closed := b.say(t, mia, growthRoom, "sign-ups last week")
	says(t, b.press(t, mia, growthRoom, button(t, closed, "Ask an admin for access").Call), "I passed it on", "access in #growth", "Say “request” to me here once more (with a mention")
	if len(b.keeper.requests) != 1 {
		t.Fatalf("%d requests", len(b.keeper.requests))
	}
	if r := b.keeper.requests[0]; r.Who != access.PersonOf(mia, growthRoom) || r.WhoName != "Mia" || r.ChannelName != "#growth" || r.Direct {
		t.Errorf("the request is %+v", r)
	}
	if e := b.last(); e.Action != access.ActionRequest || e.Subject != "channel:web/w/C1" {
		t.Errorf("audited as %+v", e)
	}
	says(t, b.say(t, mia, growthRoom, "request"), "is open already", "25 November 2026")
	says(t, b.say(t, mia, directRoom, "request"), "access of your own")
	if len(b.keeper.requests) != 2 {
		t.Errorf("%d requests, one of them for herself", len(b.keeper.requests))
	}
}

func TestRequest_IsForMembersWhoAreNoAdmin(t *testing.T) {
	b := administered(t)
	for _, u := range []chat.User{gus, eve, nina} {
		says(t, b.do(t, u, growthRoom, "request"), "Only full members can ask for access.")
		if b.last().Action != access.ActionDenied {
			t.Errorf("%s: audited as %+v", u.Name, b.last())
		}
	}
	says(t, b.do(t, ann, growthRoom, "request"), "You are an admin")
	if len(b.keeper.requests) != 0 {
		t.Errorf("requests %+v", b.keeper.requests)
	}
	says(t, newAccessBench(t).do(t, mia, growthRoom, "request"), "Nobody administers me here yet")
}

func TestDecide_ApprovesAChannelWithARole(t *testing.T) {
	b := administered(t)
	b.do(t, mia, growthRoom, "request")
	b.keeper.seen = []access.Seen{{Key: access.ChannelOf(growthRoom), Name: "#growth", Kind: chat.PlacePublic, Shared: chat.No, Guests: chat.No}}
	r := b.say(t, ann, directRoom, "access")
	says(t, r, "1 open request", "Mia (mia) asks for access in #growth")
	saysNot(t, r, "Approve with the role Admins")
	approve := button(t, r, "Approve with the role Growth").Call
	says(t, b.press(t, ann, directRoom, approve), "Approved.", "#growth: gets the role growth.")
	c, _ := findChannel(b.keeper.policy, access.ChannelOf(growthRoom))
	if !slices.Equal(c.Roles, []string{"growth"}) || c.Approved {
		t.Errorf("the channel is %+v", c)
	}
	if r := b.keeper.requests[0]; r.State != access.RequestApproved || r.RoleGiven != "growth" {
		t.Errorf("the request is %+v", r)
	}
	says(t, b.say(t, mia, growthRoom, "access"), "An admin said yes to your request")
	says(t, b.say(t, mia, growthRoom, "request"), "An admin said yes to your request", "Ask once more")
	r = b.press(t, ann, directRoom, approve)
	says(t, r, "You approved this already")
	b.edit(t, func(p *access.Policy) {
		p.PutPerson(access.Person{Key: access.PersonOf(chat.User{ID: "bea"}, growthRoom), Roles: []string{"admins"}})
	})
	r = b.press(t, chat.User{ID: "bea", Guest: chat.No, External: chat.No}, directRoom, approve)
	says(t, r, "Another admin approved this already")
	saysNot(t, r, "Ann", "ann")
}

func TestDecide_ApprovesAPersonAndDenies(t *testing.T) {
	b := administered(t)
	b.do(t, mia, directRoom, "request")
	b.press(t, ann, directRoom, button(t, b.say(t, ann, directRoom, "access"), "Approve with the role Growth").Call)
	o, _ := findBy(b.keeper.policy.People, func(o access.Person) bool { return o.Key == access.PersonOf(mia, directRoom) })
	if !slices.Equal(o.Roles, []string{"growth"}) || o.Name != "Mia" {
		t.Errorf("the person is %+v", o)
	}
	b.do(t, mia, moneyRoom, "request")
	before := clonePolicy(b.keeper.policy)
	says(t, b.press(t, ann, directRoom, button(t, b.say(t, ann, directRoom, "access"), "Deny").Call), "Denied.")
	if len(access.Diff(before, b.keeper.policy)) != 0 || b.keeper.requests[1].State != access.RequestDenied {
		t.Errorf("request %+v", b.keeper.requests[1])
	}
	says(t, b.say(t, mia, moneyRoom, "access"), "An admin said no to your request")
	r := b.say(t, mia, moneyRoom, "request")
	says(t, b.press(t, mia, moneyRoom, button(t, r, "Ask once more").Call), "I passed it on")
}

func TestDecide_AnOutsideChannelIsAskedTwice(t *testing.T) {
	b := administered(t)
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "partners", Name: "Partners", Tags: []string{"growth"}, External: true, Abilities: []access.Ability{access.AbilityAsk}})
	})
	b.do(t, mia, sharedRoom, "request")
	b.keeper.seen = []access.Seen{{Key: access.ChannelOf(sharedRoom), Name: "#partners", Kind: chat.PlacePublic, Shared: chat.Yes, Guests: chat.No}}
	r := b.say(t, ann, directRoom, "access")
	saysNot(t, r, "Approve with the role Growth")
	r = b.press(t, ann, directRoom, button(t, r, "Approve with the role Partners").Call)
	says(t, r, "Nothing was changed yet")
	if b.keeper.requests[0].State != access.RequestOpen {
		t.Fatal("decided before the second yes")
	}
	says(t, b.press(t, ann, directRoom, button(t, r, "Yes, do it").Call), "Approved.")
	if c, _ := findChannel(b.keeper.policy, access.ChannelOf(sharedRoom)); !c.Approved {
		t.Errorf("the channel is %+v", c)
	}
}

func TestDecide_OfTwoAdminsAtOnceOneWins(t *testing.T) {
	b := administered(t)
	b.do(t, mia, directRoom, "request")
	approve := button(t, b.say(t, ann, directRoom, "access"), "Approve with the role Growth").Call
	b.keeper.between = func() {
		r := &b.keeper.requests[0]
		r.State, r.DecidedAt, r.DecidedBy = access.RequestDenied, now, "hash of bea"
	}
	says(t, b.press(t, ann, directRoom, approve), "Another admin denied this already")
	if len(b.keeper.policy.People) != 1 {
		t.Error("the second one counted")
	}
}

func TestDecide_OnlyWhatIsOfThisWorkspaceAndMakesSense(t *testing.T) {
	b := administered(t)
	b.keeper.requests = []access.Request{
		{ID: 1, Who: access.Key{Platform: "web", Workspace: "other", ID: "zoe"}, WhoName: "Zoe", Direct: true, State: access.RequestOpen},
		{ID: 2, Who: access.PersonOf(mia, directRoom), WhoName: "Mia", Direct: true, State: access.RequestOpen},
	}
	before := clonePolicy(b.keeper.policy)
	saysNot(t, b.say(t, ann, directRoom, "access"), "Zoe")
	for args, want := range map[string]string{
		"1 approved growth": "There is no such request", "1 denied ": "There is no such request", "9 denied ": "There is no such request",
		"x denied ": "does not say which", "2 maybe growth": "does not say which", "2 approved nothing": "not there any more", "2 approved admins": "Nothing was changed yet",
	} {
		f := strings.Split(args, " ")
		says(t, b.do(t, ann, directRoom, "access-decide", "id", f[0], "state", f[1], "role", f[2]), want)
	}
	if len(access.Diff(before, b.keeper.policy)) != 0 || b.keeper.requests[0].State != access.RequestOpen || b.keeper.requests[1].State != access.RequestOpen {
		t.Errorf("requests %+v", b.keeper.requests)
	}
}
