package handlers

import (
	"slices"
	"strings"
	"testing"

	"insightbot/access"
	"insightbot/chat"
)

// mapGrowth lets #growth see what is tagged growth.
func mapGrowth(p *access.Policy) {
	p.PutChannel(access.Channel{Key: access.ChannelOf(growthRoom), Name: "#growth", Roles: []string{"growth"}})
}

func TestAccess_TellsAMemberWhatCanBeAskedAndWhy(t *testing.T) {
	b := administered(t)
	b.edit(t, mapGrowth)
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "money", Name: "Money", Tags: []string{"money"}, Abilities: []access.Ability{access.AbilityAsk}})
		p.PutPerson(access.Person{Key: access.PersonOf(mia, growthRoom), Name: "Mia", Roles: []string{"money"}})
	})
	r := b.say(t, mia, growthRoom, "access")
	says(t, r, "You can ask 1 insight here.", "3 more are only for you", "Money (given to you)", "Everyone (every member has it)", "Why can't I see something?", "Ask an admin for access")
	saysNot(t, r, "Let #growth see", "Strict", "Audit log", "Salaries")
	r = b.say(t, mia, directRoom, "access")
	says(t, r, "You can ask 3 insights here.", "Only you read this")
	says(t, b.say(t, mia, boardRoom, "access"), "Nothing can be asked here yet.", access.ReasonUnmapped.Sentence())
	says(t, b.say(t, gus, growthRoom, "access"), access.ReasonGuest.Sentence(), "none that counts here")
	saysNot(t, b.say(t, gus, growthRoom, "access"), "Ask an admin for access")
	for _, e := range b.keeper.events {
		t.Errorf("a member's look is audited: %+v", e)
	}
}

func TestAccess_SaysHowAWorkspaceGetsItsAdmin(t *testing.T) {
	b := newAccessBench(t)
	says(t, b.say(t, mia, growthRoom, "access"), "Nobody administers me here yet", "say “claim”")
	saysNot(t, b.say(t, mia, growthRoom, "access"), "ABCD", "2345")
	saysNot(t, b.say(t, gus, growthRoom, "access"), "Nobody administers me")
	saysNot(t, administered(t).say(t, mia, growthRoom, "access"), "Nobody administers me")
}

func TestAccess_OffersAnAdminOneClickChoicesForTheChannel(t *testing.T) {
	b := administered(t)
	r := b.say(t, ann, growthRoom, "access")
	says(t, r, "nothing yet", "Let #growth see what is tagged growth (1 insight)", "Let #growth see what is tagged money (3 insights)", "Add the role Growth", "By channel")
	saysNot(t, r, "tagged restricted (", "Add the role Admins")
	if e := b.last(); e.Action != access.ActionView || e.Actor != "hash of ann" {
		t.Errorf("audited as %+v", e)
	}
	first := find[chat.Choices](r.Parts)[1].Items[0]
	if !strings.Contains(first.Label, "tagged growth") {
		t.Errorf("the first offer is %q, not the one that sounds like the channel", first.Label)
	}
	done := b.press(t, ann, growthRoom, first.Call)
	says(t, done, "Done.", "#growth: gets the role growth.", "Growth: tagged growth: 1 insight", "Remove the role Growth")
	saysNot(t, done, "Let #growth see what is tagged growth")
	c, _ := findChannel(b.keeper.policy, access.ChannelOf(growthRoom))
	if !slices.Equal(c.Roles, []string{"growth"}) || c.Name != "#growth" || c.Approved {
		t.Errorf("the channel is %+v", c)
	}
	if e := b.last(); e.Action != access.ActionRule || e.Subject != "channel:web/w/C1" {
		t.Errorf("audited as %+v", e)
	}
	says(t, b.say(t, mia, growthRoom, "sign-ups last week"), "100 sign-ups")
}

func TestAccessMap_AddsAndTakesAwayAndCloses(t *testing.T) {
	b := administered(t)
	roles := func() []string {
		c, _ := findChannel(b.keeper.policy, access.ChannelOf(moneyRoom))
		return c.Roles
	}
	b.do(t, ann, moneyRoom, "access-map", "channel", "C2", "role", "growth")
	r := b.do(t, ann, moneyRoom, "access-map", "channel", "C2", "tag", "money")
	says(t, r, "Please confirm", "1 insight that is tagged restricted")
	if !slices.Equal(roles(), []string{"growth"}) {
		t.Fatalf("mapped to %v before the second yes", roles())
	}
	b.press(t, ann, moneyRoom, button(t, r, "Yes, do it").Call)
	if !slices.Equal(roles(), []string{"growth", "money"}) {
		t.Fatalf("mapped to %v: an offer adds", roles())
	}
	role, _ := b.keeper.policy.Role("money")
	if !slices.Equal(role.Tags, []string{"money"}) || !role.Can(access.AbilityAsk) || !role.Can(access.AbilityExport) || role.Can(access.AbilityAdmin) || role.Everything {
		t.Errorf("the role made is %+v", role)
	}
	b.do(t, ann, moneyRoom, "access-map", "channel", "C2", "remove", "growth")
	if !slices.Equal(roles(), []string{"money"}) {
		t.Errorf("mapped to %v after one was removed", roles())
	}
	b.do(t, ann, moneyRoom, "access-map", "channel", "C2", "unmap", "yes")
	if _, mapped := findChannel(b.keeper.policy, access.ChannelOf(moneyRoom)); mapped {
		t.Error("it is still mapped")
	}
	for _, args := range [][]string{{"role", "nothing"}, {"tag", "nothing"}, {}, {"remove", "growth"}, {"approve", "no"}} {
		before := clonePolicy(b.keeper.policy)
		b.do(t, ann, moneyRoom, "access-map", append([]string{"channel", "C2"}, args...)...)
		if len(access.Diff(before, b.keeper.policy)) != 0 {
			t.Errorf("%v changed the rules", args)
		}
	}
}

func TestAccessMap_ATagRoleGrantsNoMoreThanTheButtonSays(t *testing.T) {
	b := administered(t)
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "growth", Name: "Growth and more", Tags: []string{"growth", "money"}, Abilities: []access.Ability{access.AbilityAsk}})
	})
	b.do(t, ann, growthRoom, "access-map", "channel", "C1", "tag", "growth")
	c, _ := findChannel(b.keeper.policy, access.ChannelOf(growthRoom))
	if len(c.Roles) != 1 || c.Roles[0] == "growth" {
		t.Fatalf("the channel got %v, which grants money too", c.Roles)
	}
	if r, _ := b.keeper.policy.Role(c.Roles[0]); !onlyTagged(r) || r.Tags[0] != "growth" {
		t.Errorf("the role is %+v", r)
	}
}

func TestAccess_AChannelThatOthersReadTakesOnlyExternalRolesAndAnApproval(t *testing.T) {
	guestRoom := sharedRoom
	guestRoom.Audience = chat.Audience{Shared: chat.No, Guests: chat.Yes}
	for name, place := range map[string]chat.Place{"shared": sharedRoom, "guests": guestRoom} {
		b := administered(t)
		r := b.say(t, ann, place, "access")
		says(t, r, "Only roles marked external count here", "Make a role for outsiders first")
		saysNot(t, r, "what is tagged", "Add the role")
		b.edit(t, func(p *access.Policy) {
			p.PutRole(access.Role{ID: "partners", Name: "Partners", Tags: []string{"growth"}, External: true, Abilities: []access.Ability{access.AbilityAsk}})
		})
		says(t, b.do(t, ann, place, "access-map", "channel", place.Channel, "role", "growth"), "is not marked external")
		says(t, b.do(t, ann, place, "access-map", "channel", place.Channel, "tag", "money", "sure", "yes"), "is not marked external")
		r = b.say(t, ann, place, "access")
		r = b.press(t, ann, place, button(t, r, "Approve "+place.Name+" for the role Partners").Call)
		says(t, r, "Nothing was changed yet", "“Partners” grants")
		if len(b.keeper.policy.Channels) != 0 {
			t.Fatalf("%s: mapped before the second yes", name)
		}
		b.press(t, ann, place, button(t, r, "Yes, do it").Call)
		c, _ := findChannel(b.keeper.policy, access.ChannelOf(place))
		if !c.Approved || !slices.Equal(c.Roles, []string{"partners"}) {
			t.Errorf("%s: the channel is %+v", name, c)
		}
		if r := b.say(t, mia, place, "sign-ups last week"); r.Outcome != chat.OutcomeAnswer || r.Private {
			t.Errorf("%s: %s", name, words(r))
		}
		b.press(t, ann, place, button(t, b.say(t, ann, place, "access"), "Approve it for outsiders no more").Call)
		if r := b.say(t, mia, place, "sign-ups last week"); r.Outcome != chat.OutcomeClosed {
			t.Errorf("%s: without the approval: %s", name, words(r))
		}
	}
}

func TestAccess_AChannelWhoseReadersAreNotKnownIsOpenedByNoClick(t *testing.T) {
	b := administered(t)
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "partners", Name: "Partners", Tags: []string{"growth"}, External: true, Abilities: []access.Ability{access.AbilityAsk}})
	})
	b.do(t, mia, unknownRoom, "request")
	r := b.say(t, ann, unknownRoom, "access")
	says(t, r, "I do not know who reads this channel", "All settings of #fog")
	saysNot(t, r, "what is tagged", "Add the role", "Approve")
	for _, args := range [][]string{{"role", "partners", "approve", "yes"}, {"role", "growth"}, {"tag", "growth"}} {
		says(t, b.do(t, ann, unknownRoom, "access-map", append([]string{"channel", "C5", "sure", "yes"}, args...)...), "Nothing was changed.", "I do not know who reads")
	}
	says(t, b.do(t, ann, unknownRoom, "access-decide", "id", "1", "state", "approved", "role", "partners", "sure", "yes"), "Nothing was changed.")
	if len(b.keeper.policy.Channels) != 0 || b.keeper.requests[0].State != access.RequestOpen {
		t.Errorf("channels %+v, request %+v", b.keeper.policy.Channels, b.keeper.requests[0])
	}
}

func TestAccess_AnAdminSetsUpAChannelFromElsewhere(t *testing.T) {
	b := administered(t)
	b.keeper.seen = []access.Seen{
		{Key: access.ChannelOf(growthRoom), Name: "#growth", Kind: chat.PlacePublic, Shared: chat.No, Guests: chat.No},
		{Key: access.ChannelOf(sharedRoom), Name: "#partners", Kind: chat.PlacePublic, Shared: chat.Yes, Guests: chat.No},
		{Key: access.Key{Platform: "web", Workspace: "other", ID: "C9"}, Name: "#theirs", Kind: chat.PlacePublic},
		{Key: access.ChannelOf(directRoom), Name: "Ann", Kind: chat.PlaceDirect},
	}
	says(t, b.do(t, ann, directRoom, "access", "channel", "C1"), "Let #growth see what is tagged growth")
	says(t, b.do(t, ann, directRoom, "access", "channel", "growth"), "Let #growth see what is tagged growth")
	says(t, b.do(t, ann, directRoom, "access", "channel", "C4"), "People of another company read this channel.")
	says(t, b.do(t, ann, directRoom, "access", "channel", "C9"), "I was used in no channel of that name")
	saysNot(t, b.do(t, mia, directRoom, "access", "channel", "C1"), "#growth")
	r := b.do(t, ann, directRoom, "access-channels")
	says(t, r, "#growth", "#partners", "another company too", "members")
	saysNot(t, r, "#theirs")
}

// TestAccess_AnAdminWhoNeverSawItMapsThreeChannelsByChatAlone walks the way of
// a first admin: the code, one question, one word and one click a channel.
func TestAccess_AnAdminWhoNeverSawItMapsThreeChannelsByChatAlone(t *testing.T) {
	b := newAccessBench(t)
	r := b.say(t, ann, directRoom, "claim abcd-2345")
	b.press(t, ann, directRoom, button(t, r, "By channel").Call)
	for place, label := range map[*chat.Place]string{
		&growthRoom: "Let #growth see what is tagged growth (1 insight)",
		&moneyRoom:  "Let #money see what is tagged money (3 insights)",
		&boardRoom:  "Let #board see what is tagged growth (1 insight)",
	} {
		r := b.press(t, ann, *place, button(t, b.say(t, ann, *place, "access"), label).Call)
		if r.Title == "Please confirm" {
			b.press(t, ann, *place, button(t, r, "Yes, do it").Call)
		}
	}
	if len(b.keeper.policy.Channels) != 3 {
		t.Fatalf("%d channels are mapped", len(b.keeper.policy.Channels))
	}
	for place, q := range map[*chat.Place]string{&growthRoom: "sign-ups last week", &moneyRoom: "revenue last week", &boardRoom: "sign-ups last week"} {
		if r := b.say(t, mia, *place, q); r.Outcome != chat.OutcomeAnswer || r.Private {
			t.Errorf("%s in %s: %s", q, place.Name, words(r))
		}
	}
	if r := b.say(t, mia, growthRoom, "revenue last week"); r.Outcome == chat.OutcomeAnswer {
		t.Error("#growth sees money")
	}
}
