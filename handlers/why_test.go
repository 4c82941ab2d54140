package handlers

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
)

// replyBytes is a whole reply, so that two can be held to each other.
func replyBytes(t testing.TB, r *chat.Reply) string {
	t.Helper()
	var kinds []string
	for _, p := range r.Parts {
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, string(data))
	}
	return r.Title + "|" + strings.Join(kinds, "|")
}

func TestWhy_HiddenAndMissingAreByteIdentical(t *testing.T) {
	for _, mode := range access.Modes() {
		synctest.Test(t, func(t *testing.T) { hiddenIsMissing(t, mode) })
	}
}

// hiddenIsMissing holds what is said of a hidden insight to what is said of
// one that does not exist, and to what is said where the hidden one never was.
func hiddenIsMissing(t *testing.T, mode access.Mode) {
	with, without := administered(t), administered(t)
	for _, b := range []accessBench{with, without} {
		b.edit(t, mapGrowth)
		b.edit(t, func(p *access.Policy) { p.SetMode("web", "w", mode) })
	}
	without.catalogue.ins = slices.DeleteFunc(slices.Clone(without.catalogue.ins), func(in insight.Insight) bool { return in.ID == "shop/salaries" })
	for _, u := range []chat.User{mia, gus, eve, nina, ann} {
		for _, p := range []chat.Place{growthRoom, moneyRoom, sharedRoom, unknownRoom, directRoom} {
			missing := replyBytes(t, with.do(t, u, p, "why", "q", "Kites flown"))
			for _, name := range []string{"Salaries", "shop/salaries", "what do people earn"} {
				hidden, never := with.do(t, u, p, "why", "q", name), without.do(t, u, p, "why", "q", name)
				saysNot(t, hidden, "alaries", "what do people")
				h := replyBytes(t, hidden)
				if n := replyBytes(t, never); h != n {
					t.Errorf("%s, %s in %s, %q: it shows that there is one:\n%s\n%s", mode, u.Name, p.Name, name, h, n)
				}
				// Words can also mean something that is theirs; a name cannot.
				if !strings.Contains(name, " ") && h != missing {
					t.Errorf("%s, %s in %s, %q: told from a missing one:\n%s\n%s", mode, u.Name, p.Name, name, h, missing)
				}
			}
		}
	}
}

func TestWhy_ATwinThatLooksIntoTheWholeCatalogueIsSeen(t *testing.T) {
	b := administered(t)
	// The twin of the test above: were "why" to find it, it would say so.
	if _, found := byName(b.catalogue.ins, "Salaries"); !found {
		t.Fatal("the hidden insight is not in the catalogue, so nothing was hidden")
	}
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "hr", Insights: []string{"shop/salaries"}, Abilities: []access.Ability{access.AbilityAsk}})
		p.PutPerson(access.Person{Key: access.PersonOf(mia, growthRoom), Roles: []string{"hr"}})
	})
	says(t, b.do(t, mia, growthRoom, "why", "q", "Salaries"), "You can see “Salaries”: ask for it here, and I answer you alone.", access.ReasonOnlyPerson.Sentence())
	says(t, b.do(t, mia, directRoom, "why", "q", "salaries"), "only you read this", access.ReasonPersonKey.Sentence())
}

func TestWhy_SaysWhichKeyIsMissingInGeneral(t *testing.T) {
	b := administered(t)
	b.edit(t, mapGrowth)
	says(t, b.say(t, mia, moneyRoom, "why"), access.ReasonUnmapped.Sentence(), "By channel", "Your roles", "Ask an admin for access")
	says(t, b.say(t, mia, sharedRoom, "why"), access.ReasonUnmapped.Sentence())
	says(t, b.say(t, gus, growthRoom, "why can't I see it?"), access.ReasonGuest.Sentence())
	says(t, b.say(t, mia, growthRoom, "why can’t I see the sign-ups?"), "You can see “Sign-ups” here, and so can everybody who reads #growth.", access.ReasonChannelKey.Sentence())
	r := b.say(t, mia, growthRoom, "why is Revenue hidden?")
	says(t, r, whyMissing)
	saysNot(t, r, "Revenue")
	if !r.Private {
		t.Error("everybody reads it")
	}
}

func TestWhy_IsAuditedAlikeAndHoldsNoQuestion(t *testing.T) {
	b := administered(t)
	for name, want := range map[string]string{
		"Salaries": "insight:shop/salaries", "shop/salaries": "insight:shop/salaries", "shop/nothing": "insight:shop/nothing",
		"how ill is my colleague": "insight",
	} {
		began := time.Now()
		b.do(t, mia, growthRoom, "why", "q", name)
		if e := b.last(); e.Action != access.ActionDenied || e.Subject != want || strings.Contains(e.Detail, "colleague") {
			t.Errorf("%q: audited as %+v", name, e)
		}
		if took := time.Since(began); took < missTime {
			t.Errorf("%q: answered after %v", name, took)
		}
	}
	if len(b.log.asks) != 0 {
		t.Errorf("the ask log has %+v", b.log.asks)
	}
}

func TestTypedWhy_ReadsTheWaysToAskIt(t *testing.T) {
	for words, want := range map[string]string{
		"why": "", "Why?": "", "why can't I see revenue": "revenue", "why cant i see the revenue?": "revenue", "why can i not see revenue": "revenue",
		"why can’t I see “Weekly revenue”?": "Weekly revenue", "why is the revenue hidden": "revenue", "why are sign-ups hidden from me?": "sign-ups",
		"why can't I see something?": "", "why cannot I see this": "", "why did sign-ups fall last week": "!", "why is revenue down": "!", "why not": "!",
	} {
		args, ok := typedWhy(words)
		if ok != (want != "!") || ok && args[argQuestion] != want {
			t.Errorf("%q reads as %v, %v", words, args, ok)
		}
	}
}

func TestExplain_SaysForAnAdminWhyAndAsksForWhatIsNotKnown(t *testing.T) {
	b := administered(t)
	b.edit(t, mapGrowth)
	b.keeper.seen = []access.Seen{{Key: access.ChannelOf(growthRoom), Name: "#growth", Kind: chat.PlacePublic, Shared: chat.No, Guests: chat.No}}
	form := b.do(t, ann, directRoom, "access-explain")
	for _, name := range []string{"who", "guest", "foreign", "groups", "domain", "where", "insight"} {
		field(t, form, name)
	}
	r := b.send(t, ann, form, "who", "mia", "where", "C1", "insight", "shop/signups")
	says(t, r, "If mia asks for “Sign-ups” in #growth:", "everybody in the channel can read it", "Opened by growth", "nobody of another company reads there")
	if e := b.last(); e.Action != access.ActionView || e.Subject != "person:hash of mia" || !strings.Contains(e.Detail, "shop/signups") {
		t.Errorf("audited as %+v", e)
	}
	says(t, b.send(t, ann, form, "who", "mia", "where", "C1", "insight", "Salaries"), "exactly like an insight that does not exist", "no role grants it")
	guest := b.send(t, ann, form, "guest", "yes", "where", "C1", "insight", "shop/signups")
	says(t, guest, "If any member asks", "exactly like an insight that does not exist", "a guest;")
	says(t, b.send(t, ann, form, "who", "mia", "where", "direct", "insight", "shop/signups"), "in a private message:", "exactly like an insight that does not exist")
	for name, value := range map[string]string{"who": "@mia", "domain": "a@b.example", "insight": "shop/nothing"} {
		values := []string{"where", "C1", name, value}
		if name != "insight" {
			values = append(values, "insight", "shop/signups")
		}
		if f := field(t, b.send(t, ann, form, values...), name); f.Error == "" || f.Value != value {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestSimulate_SaysWhatSomebodyWouldBeAnsweredWithoutANumber(t *testing.T) {
	b := administered(t)
	b.edit(t, mapGrowth)
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "money", Name: "Money", Insights: []string{"shop/revenue"}, Abilities: []access.Ability{access.AbilityAsk}, Attributes: map[string][]string{"region": {"eu"}}, MinGroup: 5})
		p.PutPerson(access.Person{Key: access.PersonOf(mia, growthRoom), Name: "Mia", Roles: []string{"money"}})
	})
	b.keeper.seen = []access.Seen{{Key: access.ChannelOf(growthRoom), Name: "#growth", Kind: chat.PlacePublic, Shared: chat.No, Guests: chat.No}}
	form := b.do(t, ann, directRoom, "access-simulate")
	says(t, b.send(t, ann, form, "who", "mia", "where", "C1", "q", "sign-ups last week"), "It would be answered from “Sign-ups”.", "everybody in the channel can read it")
	r := b.send(t, ann, form, "who", "mia", "where", "C1", "q", "revenue last week")
	says(t, r, "It would be answered from “Revenue”.", "to the person alone", "region: eu", "fewer than 5 people")
	says(t, b.send(t, ann, form, "who", "mia", "where", "C1", "q", "salaries"), "no saved insight answers this")
	says(t, b.send(t, ann, form, "guest", "yes", "where", "direct", "q", "revenue"), "Any member can ask nothing in a private message.")
	if f := field(t, b.do(t, ann, directRoom, "access-simulate", "go", "yes", "who", "mia"), "q"); f.Error == "" {
		t.Error("an empty question is tried")
	}
	if len(b.catalogue.ran) != 0 || len(b.log.asks) != 0 {
		t.Errorf("%d runs, %d questions kept", len(b.catalogue.ran), len(b.log.asks))
	}
	if e := b.last(); e.Action != access.ActionView || strings.Contains(e.Detail, "revenue") {
		t.Errorf("audited as %+v", e)
	}
}

func TestSimulate_IsWhatThePersonIsReallyAnswered(t *testing.T) {
	b := administered(t)
	b.edit(t, mapGrowth)
	b.keeper.seen = []access.Seen{{Key: access.ChannelOf(growthRoom), Name: "#growth", Kind: chat.PlacePublic, Shared: chat.No, Guests: chat.No}}
	form := b.do(t, ann, directRoom, "access-simulate")
	for _, in := range b.catalogue.ins {
		sim := strings.Contains(everything(b.send(t, ann, form, "who", "mia", "where", "C1", "q", in.Title+" last week")), "It would be answered from “"+in.Title+"”")
		really := b.say(t, mia, growthRoom, in.Title+" last week")
		if (really.Outcome == chat.OutcomeAnswer && really.Title == in.Title) != sim {
			t.Errorf("%s: simulated %v, answered %q", in.Title, sim, really.Title)
		}
	}
}
