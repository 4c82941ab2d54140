package handlers

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
	"insightbot/chat"
)

// sharing sends a call of a platform that can carry answers elsewhere.
func (b accessBench) sharing(t testing.TB, u chat.User, p chat.Place, c chat.Call) *chat.Reply {
	t.Helper()
	r := call(c)
	r.User, r.Place, r.Shares = u, p, true
	return b.must(t, r)
}

// asking is a question on such a platform.
func asking(q string) chat.Call { return chat.Call{Command: "ask", Args: chat.Args{argQuestion: q}} }

func sharingBench(t testing.TB) accessBench {
	t.Helper()
	b := administered(t)
	b.edit(t, mapGrowth)
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "all", Tags: []string{"growth", "money"}, Abilities: []access.Ability{access.AbilityAsk}})
		p.PutPerson(access.Person{Key: access.PersonOf(mia, directRoom), Name: "Mia", Roles: []string{"all"}})
	})
	return b
}

func TestShare_IsOfferedBelowPrivateAnswersWhereThePlatformCan(t *testing.T) {
	b := sharingBench(t)
	has := func(r *chat.Reply) bool { return strings.Contains(everything(r), "Share to a channel") }
	if !has(b.sharing(t, mia, directRoom, asking("sign-ups last week"))) || !has(b.sharing(t, mia, growthRoom, asking("revenue last week"))) {
		t.Error("not offered below a private answer")
	}
	if has(b.sharing(t, mia, growthRoom, asking("sign-ups last week"))) {
		t.Error("offered below an answer that everybody reads")
	}
	if has(b.say(t, mia, directRoom, "sign-ups last week")) {
		t.Error("offered where a platform cannot")
	}
}

func TestShare_ShowsTheAnswerInTheChannelThatIsChosen(t *testing.T) {
	b := sharingBench(t)
	answer := b.sharing(t, mia, directRoom, asking("sign-ups in Germany last month by country as a table"))
	c := button(t, answer, "Share to a channel").Call
	if c.Command != "share" || c.Args[argQuestion] != "" {
		t.Errorf("the button calls %v: what was typed stays there", c)
	}
	r := b.sharing(t, mia, directRoom, c)
	says(t, r, "Where shall I show “Sign-ups”?")
	forms := find[chat.Form](r.Parts)
	if len(forms) != 1 || len(forms[0].Fields) != 1 {
		t.Fatalf("forms %+v", forms)
	}
	if f := forms[0].Fields[0]; f.Kind != chat.FieldPlace || f.Name != argTo || !f.Required {
		t.Errorf("the field is %+v", f)
	}
	shared := b.sharing(t, mia, growthRoom, forms[0].Call.With(argTo, "C1"))
	says(t, shared, "Shared by Mia.", "October 2026", "Chosen because: a colleague shared it")
	if shared.Private || shared.Outcome != chat.OutcomeAnswer || len(find[chat.Table](shared.Parts)) != 1 {
		t.Errorf("shared %+v", shared)
	}
	for i, ran := range b.catalogue.ran {
		ran.Attributes, ran.Masks = nil, nil
		if first := b.catalogue.ran[0]; ran.Window != first.Window || !cmp.Equal(ran.Filters, first.Filters) || !cmp.Equal(ran.Breakdowns, first.Breakdowns) {
			t.Errorf("run %d shows something else: %+v", i, ran)
		}
	}
	if shared.Context.Args[argInsight] != "shop/signups" || shared.Context.Args[argQuestion] != "" {
		t.Errorf("the context is %v", shared.Context)
	}
	says(t, b.sharing(t, mia, growthRoom, button(t, shared, "Last week").Call), "16–22 Nov 2026")
	if last := b.log.asks[len(b.log.asks)-2]; last.Question != "" || last.Channel != "C1" || last.Insight != "shop/signups" {
		t.Errorf("logged as %+v", last)
	}
}

func TestShare_IsRefusedInPrivateWhereTheChannelMayNotSeeIt(t *testing.T) {
	b := sharingBench(t)
	goes := func(id string) chat.Call {
		return chat.Call{Command: "share", Args: chat.Args{argInsight: id, argGo: yes, argTo: "C1"}}
	}
	r := b.sharing(t, mia, growthRoom, goes("shop/revenue"))
	says(t, r, "I cannot show “Revenue” in #growth: that channel may not see it.", "go to that channel and mention me there with the word “request”")
	if !r.Private || r.Outcome != "" || len(b.catalogue.ran) != 0 {
		t.Errorf("private %v, outcome %q, %d runs", r.Private, r.Outcome, len(b.catalogue.ran))
	}
	if e := b.last(); e.Action != access.ActionDenied || e.Subject != "insight:shop/revenue" || e.Detail != string(access.ReasonNoGrant) {
		t.Errorf("audited as %+v", e)
	}
	b.edit(t, func(p *access.Policy) {
		p.PutPerson(access.Person{Key: access.PersonOf(ann, directRoom), Name: "Ann", Roles: []string{"admins", "all"}})
	})
	r = b.sharing(t, ann, growthRoom, goes("shop/revenue"))
	says(t, r, "may not see it", "open it to the channel")
	says(t, b.press(t, ann, growthRoom, button(t, r, "What #growth may see").Call), "Let #growth see what is tagged money")

	// Without a key it is as missing.
	hidden := b.sharing(t, chat.User{ID: "bo", Guest: chat.No, External: chat.No}, growthRoom, goes("shop/revenue"))
	missing := b.sharing(t, chat.User{ID: "bo", Guest: chat.No, External: chat.No}, growthRoom, goes("shop/nothing"))
	if diff := cmp.Diff(hidden, missing); diff != "" || !hidden.Private {
		t.Errorf("private %v:\n%s", hidden.Private, diff)
	}
	says(t, hidden, noInsight)
	for _, place := range []chat.Place{sharedRoom, unknownRoom, boardRoom} {
		if r := b.sharing(t, mia, place, goes("shop/signups")); !r.Private || strings.Contains(everything(r), "100") {
			t.Errorf("%s: %s", place.Name, everything(r))
		}
	}
	// What goes wrong there is told to nobody else.
	bad := goes("shop/signups")
	if r := b.sharing(t, mia, growthRoom, bad.With(argPeriod, "nonsense")); !r.Private {
		t.Errorf("everybody reads that it went wrong: %s", everything(r))
	}
}

func TestShare_AStrictRoleAsksForTheSharersOwn(t *testing.T) {
	b := sharingBench(t)
	b.edit(t, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "growth", Name: "Growth", Tags: []string{"growth"}, Strict: true, Abilities: []access.Ability{access.AbilityAsk}})
	})
	goes := chat.Call{Command: "share", Args: chat.Args{argInsight: "shop/signups", argGo: yes}}
	if r := b.sharing(t, mia, growthRoom, goes); r.Private || r.Outcome != chat.OutcomeAnswer {
		t.Errorf("with both keys: %s", everything(r))
	}
	says(t, b.sharing(t, chat.User{ID: "bo", Guest: chat.No, External: chat.No}, growthRoom, goes), noInsight)
}

func TestShare_WithoutAChannelAsksForOne(t *testing.T) {
	b := sharingBench(t)
	state := chat.Call{Command: "share", Args: chat.Args{argInsight: "shop/signups"}}
	r := b.sharing(t, mia, directRoom, state.With(argGo, yes).With(argTo, "D1"))
	if f := find[chat.Form](r.Parts); len(f) != 1 || f[0].Fields[0].Error == "" {
		t.Errorf("forms %+v", f)
	}
	if r := b.press(t, mia, directRoom, state); len(find[chat.Form](r.Parts)) != 0 {
		t.Error("a form that the platform cannot show")
	}
	says(t, b.sharing(t, mia, directRoom, chat.Call{Command: "share"}), noInsight)
	if r := b.sharing(t, mia, growthRoom, state); !r.Private {
		t.Error("everybody sees the form")
	}
}

func TestShare_ANameIsWhateverSomebodyCallsThemselves(t *testing.T) {
	b := sharingBench(t)
	goes := chat.Call{Command: "share", Args: chat.Args{argInsight: "shop/signups", argGo: yes}}
	named := mia
	named.Name = "Mia\u202e\n" + strings.Repeat("x", 500)
	r := b.sharing(t, named, growthRoom, goes)
	saysNot(t, r, "\u202e", strings.Repeat("x", maxName+1))
	named.Name = ""
	says(t, b.sharing(t, named, growthRoom, goes), "Shared by a colleague.")
}
