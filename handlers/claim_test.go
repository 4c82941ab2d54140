package handlers

import (
	"strings"
	"sync"
	"testing"

	"insightbot/access"
	"insightbot/chat"
)

func TestClaim_TheCodeMakesTheFirstAdminAndAsksOneQuestion(t *testing.T) {
	b := newAccessBench(t)
	r := b.say(t, mia, growthRoom, "claim abcd 2345")
	if !r.Private {
		t.Error("the reply can be read by everybody")
	}
	says(t, r, "You are now the admin", "Open", "By channel", "Strict", "3 insights", "the 1 tagged restricted")
	role, _ := b.keeper.policy.Role("admins")
	if !b.keeper.policy.HasAdmin("web", "w") || b.keeper.policy.HasAdmin("web", "other") || len(role.Abilities) != len(access.Abilities()) {
		t.Errorf("the rules are %+v", b.keeper.policy)
	}
	for _, e := range b.keeper.events {
		if e.Action != access.ActionClaim || e.Actor != "hash of mia" {
			t.Errorf("the audit log has %+v", e)
		}
	}
	if len(b.keeper.events) == 0 || len(b.log.asks) != 0 {
		t.Errorf("%d events, and the code among %d questions", len(b.keeper.events), len(b.log.asks))
	}
	if strings.Contains(b.lines.String(), "2345") {
		t.Error("the code is in the log")
	}
}

func TestClaim_AWrongCodeIsOneSentence(t *testing.T) {
	b := newAccessBench(t)
	r := b.say(t, mia, directRoom, "claim ABCD-2346")
	says(t, r, "That is not the code.")
	if len(r.Parts) != 1 || b.keeper.policy.HasAdmin("web", "w") {
		t.Errorf("%d parts, rules %+v", len(r.Parts), b.keeper.policy)
	}
	if e := b.last(); e.Action != access.ActionClaim || e.Detail != "wrong code" {
		t.Errorf("audited as %+v", e)
	}
}

func TestClaim_IsForFullMembersOfAWorkspaceWithoutAnAdmin(t *testing.T) {
	for _, u := range []chat.User{gus, eve, nina} {
		b := newAccessBench(t)
		says(t, b.do(t, u, directRoom, "claim", "code", "ABCD-2345"), "Only a full member")
		if len(b.keeper.policy.People) != 0 || b.last().Action != access.ActionClaim {
			t.Errorf("%s: %+v, audited %+v", u.Name, b.keeper.policy.People, b.last())
		}
	}
	b := administered(t)
	says(t, b.do(t, mia, directRoom, "claim", "code", "ABCD-2345"), "has an admin already")
	if len(b.keeper.policy.People) != 1 {
		t.Errorf("people %+v", b.keeper.policy.People)
	}
	b = newAccessBench(t, func(c *Config) { c.Code = "" })
	says(t, b.do(t, mia, directRoom, "claim", "code", ""), "There is no code")
	if len(b.keeper.policy.People) != 0 {
		t.Error("no code is a code")
	}
}

func TestClaim_OfTwoAtOnceOneWins(t *testing.T) {
	b := newAccessBench(t)
	var wg sync.WaitGroup
	replies := make([]*chat.Reply, 2)
	for i, u := range []chat.User{mia, ann} {
		wg.Go(func() { replies[i] = b.do(t, u, directRoom, "claim", "code", "ABCD-2345") })
	}
	wg.Wait()
	won := 0
	for _, r := range replies {
		if strings.Contains(words(r), "You are now the admin") {
			won++
		}
	}
	if won != 1 || len(b.keeper.policy.People) != 1 {
		t.Errorf("%d won, %d people", won, len(b.keeper.policy.People))
	}
}

func TestClaim_ARoleOfThatIdWithOtherHoldersIsLeftAlone(t *testing.T) {
	b := newAccessBench(t)
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "admins", Name: "Site admins", Abilities: []access.Ability{access.AbilityAsk}})
		p.PutPerson(access.Person{Key: access.Key{Platform: "web", Workspace: "w", ID: "gus"}, Roles: []string{"admins"}})
	})
	b.do(t, mia, directRoom, "claim", "code", "abcd2345")
	if r, _ := b.keeper.policy.Role("admins"); r.Can(access.AbilityAdmin) {
		t.Error("everybody in that role became an admin")
	}
	if !b.keeper.policy.HasAdmin("web", "w") {
		t.Error("nobody is one")
	}
}

func TestTypedClaim_LeavesQuestionsAlone(t *testing.T) {
	for words, want := range map[string]bool{
		"claim ABCD-2345": true, "claim abcd-efgh": true, "Claim abcd2345": true, "CLAIM ABCD EFGH": true, "claim abcd 2345": true,
		"claim": true, "claim?": false, "claim rate week": false, "claim rate by month": false, "claim approval": false, "claims ABCD-2345": false,
		"claim ABCD-23456": false, "claim äbcd-2345": false, "claim a b c d 2 3 4 5": false,
	} {
		if _, got := typedClaim(words); got != want {
			t.Errorf("%q is a claim: %v, want %v", words, got, want)
		}
	}
}

func TestClaim_WithoutACodeIsToldWhatLacks(t *testing.T) {
	b := newAccessBench(t)
	r := b.say(t, ann, directRoom, "claim")
	says(t, r, "Add the code to it that was printed where I was started")
	if len(b.keeper.policy.People) != 0 {
		t.Errorf("somebody became admin: %v", b.keeper.policy.People)
	}
}

func TestMode_OpenIsAskedTwiceAndTheOthersOnce(t *testing.T) {
	b := administered(t)
	r := b.do(t, ann, directRoom, "access-mode", "mode", "open")
	says(t, r, "Nothing was changed yet", "3 insights, all but the 1 tagged restricted")
	if b.keeper.policy.Mode("web", "w") != access.ModeChannel {
		t.Fatal("it was changed")
	}
	says(t, b.press(t, ann, directRoom, button(t, r, "Yes, do it").Call), "Done: Open.")
	if b.keeper.policy.Mode("web", "w") != access.ModeOpen || b.keeper.policy.Mode("web", "other") != access.ModeUnset {
		t.Errorf("modes %+v", b.keeper.policy.Workspaces)
	}
	says(t, b.do(t, ann, directRoom, "access-mode", "mode", "strict"), "Done: Strict.", "mention me there with the word “access”")
	says(t, b.do(t, ann, directRoom, "access-mode", "mode", "strict"), "It is like that already")
	says(t, b.do(t, ann, directRoom, "access-mode", "mode", "anarchy"), "Choose what this workspace begins with")
	if b.keeper.policy.Mode("web", "w") != access.ModeStrict {
		t.Error("nonsense changed the mode")
	}
}
