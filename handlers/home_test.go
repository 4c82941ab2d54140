package handlers

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"insightbot/access"
	"insightbot/chat"
)

// giveGrowth gives mia a role of her own for what is tagged growth.
func giveGrowth(p *access.Policy) {
	p.PutPerson(access.Person{Key: access.PersonOf(mia, directRoom), Name: "Mia", Roles: []string{"growth"}})
}

func TestHome_GreetsAndOffersWhatOnesOwnRolesOpen(t *testing.T) {
	h := &fakeHistory{asks: map[string][]chat.Ask{"hash of mia": {
		{Question: "sign-ups\u202e last week", Outcome: chat.OutcomeAnswer, Insight: "shop/signups"},
		{Question: "salaries", Outcome: chat.OutcomeAnswer, Insight: "shop/salaries"}, // was hers once
		{Question: "people who joined or so", Outcome: chat.OutcomeChoose},
		{Question: "", Outcome: chat.OutcomeAnswer, Insight: "shop/signups"},
	}}}
	b := administered(t, recalling(h))
	b.edit(t, mapGrowth)
	b.edit(t, giveGrowth)
	r := b.do(t, mia, directRoom, "home")
	says(t, r, "Hello, Mia. Ask me in your own words", "You can ask 1 insight here, and only you read the answers.", "Sign-ups", "What is kept of me",
		"You asked lately", "people who joined or so")
	saysNot(t, r, "alaries", "evenue", "For admins", "Set me up", "\u202e", "Ask an admin")
	if c := button(t, r, "Sign-ups").Call; c.Command != "ask" || c.Args[argInsight] != "shop/signups" {
		t.Errorf("the offer calls %v", c)
	}
	if again := b.press(t, mia, directRoom, button(t, r, "sign-ups last week").Call); again.Outcome != chat.OutcomeAnswer {
		t.Errorf("asked again: %s", words(again))
	}
	if len(b.keeper.events) != 0 {
		t.Errorf("a look at one's own page is audited: %+v", b.keeper.events)
	}
	if len(h.where) != 0 {
		t.Error("a member's page asks for what nobody was answered")
	}
}

func TestHome_SaysWhyNothingCanBeAsked(t *testing.T) {
	b := administered(t, recalling(&fakeHistory{}))
	r := b.do(t, mia, directRoom, "home")
	says(t, r, "Hello, Mia.", "Nothing can be answered for you yet.", access.ReasonNoRole.Sentence(), "Ask an admin for access")
	saysNot(t, r, "You could ask", "You asked lately", "insight here")
	says(t, b.do(t, gus, directRoom, "home"), access.ReasonGuest.Sentence())
	saysNot(t, b.do(t, gus, directRoom, "home"), "Ask an admin for access")
	r = b.do(t, chat.User{ID: "x", Guest: chat.No, External: chat.No}, directRoom, "home")
	says(t, r, "Hello. Ask me")
	says(t, newAccessBench(t).do(t, mia, directRoom, "home"), "Nobody administers me here yet", "Nothing can be answered for you yet.")
}

func TestHome_ShowsInAChannelOnlyWhatTheChannelMaySee(t *testing.T) {
	h := &fakeHistory{asks: map[string][]chat.Ask{"hash of mia": {{Question: "revenue last week", Insight: "shop/revenue"}, {Question: "joined last week", Insight: "shop/signups"}}}}
	b := administered(t, recalling(h))
	b.edit(t, mapGrowth)
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "money", Tags: []string{"money"}, Abilities: []access.Ability{access.AbilityAsk}})
		p.PutPerson(access.Person{Key: access.PersonOf(mia, directRoom), Roles: []string{"money"}})
	})
	r := b.do(t, mia, growthRoom, "home") // which press holds to be private
	says(t, r, "You can ask 1 insight in #growth", "joined last week")
	saysNot(t, r, "evenue", "alaries")
	says(t, b.do(t, mia, directRoom, "home"), "You can ask 3 insights here", "Revenue", "Salaries", "revenue last week")
	r = b.do(t, mia, boardRoom, "home")
	says(t, r, "#board shows nothing to everybody yet.")
	saysNot(t, r, "evenue", "You could ask", "0 insights")
}

func TestHome_LeadsAnAdminThroughTheFirstSteps(t *testing.T) {
	h := &fakeHistory{asks: map[string][]chat.Ask{}}
	b := newAccessBench(t, recalling(h))
	b.say(t, ann, directRoom, "claim abcd-2345")
	r := b.do(t, ann, directRoom, "home")
	says(t, r, "Set me up", "1. An admin: done: you are one", "2. Who may ask what: now", "3. The first channel: later", "4. The first question: later", "Mapped channels: 0")
	saysNot(t, r, "Nothing can be answered")
	b.press(t, ann, directRoom, button(t, r, "By channel").Call)
	r = b.do(t, ann, directRoom, "home")
	says(t, r, "2. Who may ask what: done: By channel", "3. The first channel: now", "mention me there with the word “access”")
	if form := b.press(t, ann, directRoom, button(t, r, "Set up a channel from here").Call); len(find[chat.Form](form.Parts)) != 1 {
		t.Errorf("no form for a channel: %s", everything(form))
	}
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "growth", Name: "Growth", Tags: []string{"growth"}, Abilities: []access.Ability{access.AbilityAsk}})
	})
	b.edit(t, mapGrowth)
	r = b.do(t, ann, directRoom, "home")
	says(t, r, "3. The first channel: done: 1 channel is mapped", "4. The first question: now", "give yourself a role", "Mapped channels: 1")
	h.asks["hash of ann"] = []chat.Ask{{Question: "sign-ups last week", Insight: "shop/signups"}}
	r = b.do(t, ann, directRoom, "home")
	saysNot(t, r, "Set me up", "sign-ups last week")
	says(t, r, "Nothing can be answered for you in private yet.", "Being an admin alone shows nothing.")
}

func TestHome_AnOpenWorkspaceNeedsNoMapping(t *testing.T) {
	b := administered(t, recalling(&fakeHistory{}))
	b.edit(t, func(p *access.Policy) { p.SetMode("web", "w", access.ModeOpen) })
	says(t, b.do(t, ann, directRoom, "home"), "done: internal channels are open", "4. The first question: now", "one of those below", "Revenue")
	b = administered(t)
	b.edit(t, func(p *access.Policy) { p.SetMode("web", "w", access.ModeOpen) })
	saysNot(t, b.do(t, ann, directRoom, "home"), "Set me up", "The first question") // nobody knows what was asked
}

func TestHome_ShowsAdminsWhatWaitsForThem(t *testing.T) {
	h := &fakeHistory{unanswered: []chat.Unanswered{
		{Question: "how many kites\u202e fly", Times: 4, Last: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)},
		{Question: "acess", Times: 3, Last: now},
	}}
	b := administered(t, recalling(h), func(c *Config) { c.Failing = func() []string { return []string{"shop", "crm"} } })
	b.edit(t, mapGrowth)
	b.edit(t, func(p *access.Policy) {
		p.PutChannel(access.Channel{Key: access.Key{Platform: "web", Workspace: "other", ID: "C9"}, Roles: []string{"growth"}})
	})
	b.do(t, mia, moneyRoom, "request")
	b.keeper.events = nil
	r := b.do(t, ann, directRoom, "home")
	says(t, r, "For admins", "Mapped channels: 1", "Open requests: 1", "Decide 1 request", "Report", "Audit log", "Sources that fail: shop and crm",
		"Asked, and nothing answers it", "“how many kites fly”: 4 times, last on 20 November")
	saysNot(t, r, "acess", "\u202e")
	if !slices.Equal(h.where, []string{"web/w"}) || !h.since.Equal(now.Add(-unansweredFor)) {
		t.Errorf("asked for the unanswered of %v since %v", h.where, h.since)
	}
	if e := b.last(); len(b.keeper.events) != 1 || e.Action != access.ActionView || e.Subject != "command:home" {
		t.Errorf("audited as %+v", b.keeper.events)
	}
	says(t, b.press(t, ann, directRoom, button(t, r, "Decide 1 request").Call), "1 open request")
	r = b.do(t, mia, directRoom, "home")
	saysNot(t, r, "kites", "For admins", "fail", "Decide")
	clock := call(chat.Call{Command: "home"})
	clock.User, clock.Place, clock.Clock = ann, directRoom, true
	saysNot(t, b.must(t, clock), "kites", "For admins", "What is kept")
}

func TestHome_AHistoryThatFailsIsAnError(t *testing.T) {
	h := &fakeHistory{err: errors.New("disk full")}
	b := administered(t, recalling(h))
	r := call(chat.Call{Command: "home"})
	r.User, r.Place = ann, directRoom
	if _, err := b.Answer(t.Context(), r); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("err = %v", err)
	}
}
