package handlers

import (
	"slices"
	"strings"
	"testing"

	"insightbot/chat"
)

func TestInsights_ListsOutdatedOnesLast(t *testing.T) {
	table := find[chat.Table](newBench(t).must(t, call(chat.Call{Command: "insights"})).Parts)[0]
	if len(table.Rows) != 3 || table.Rows[2][0].Text != "Turnover by hand" || table.Rows[2][3].Text != "outdated" {
		t.Errorf("rows %v", table.Rows)
	}
	if table.Rows[1][3].Text != "certified" || table.Rows[1][0].Call.Args[argID] != "shop/signups" {
		t.Errorf("the row of sign-ups is %v", table.Rows[1])
	}
}

func TestInsight_UnknownIDOffersTheNearest(t *testing.T) {
	b := newBench(t)
	for typed, want := range map[string]string{"signups": "shop/signups", "turn": "", "shop/nothing": ""} {
		r := b.must(t, call(chat.Call{Command: "insight", Args: chat.Args{argID: typed}}))
		if !strings.Contains(words(r), "There is no such insight") {
			t.Fatalf("%q: %s", typed, words(r))
		}
		var got string
		for _, c := range find[chat.Choices](r.Parts) {
			got = c.Items[0].Call.Args[argID]
		}
		if got != want {
			t.Errorf("%q offers %q, not %q", typed, got, want)
		}
	}
}

func TestInsights_Searches(t *testing.T) {
	b := newBench(t)
	r := b.must(t, call(chat.Call{Command: "insights", Args: chat.Args{argQuestion: "sign-ups"}}))
	if table := find[chat.Table](r.Parts)[0]; table.Rows[0][0].Text != "Sign-ups" {
		t.Errorf("rows %v", table.Rows)
	}
	r = b.must(t, call(chat.Call{Command: "insights", Args: chat.Args{argQuestion: "zzz qqq"}}))
	if len(find[chat.Table](r.Parts)) != 0 || !strings.Contains(words(r), "Nothing saved matches") {
		t.Errorf("nonsense finds %s", words(r))
	}
}

func TestInsight_PageSaysWhatToKnow(t *testing.T) {
	b := newBench(t)
	all := words(b.must(t, call(chat.Call{Command: "insight", Args: chat.Args{argID: "shop/signups"}})))
	for _, want := range []string{
		"New accounts.", "Owner: Growth (#growth)", "Certified: by Mia", "Can be broken down by: country", "Can be filtered by: country, account",
		"The app did not count. (17 November 2026)", "Time zone: Europe/Berlin", "last 30 days when you do not say",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the page does not say %q:\n%s", want, all)
		}
	}
	r := b.must(t, call(chat.Call{Command: "insight", Args: chat.Args{argID: "shop/revenue-2019"}}))
	if !strings.Contains(words(r), "Outdated. It missed refunds.") || find[chat.Link](r.Parts)[0].Call.Args[argID] != "shop/revenue" {
		t.Errorf("an outdated insight does not lead to its successor: %s", words(r))
	}
	if r := b.must(t, call(chat.Call{Command: "insight"})); !strings.Contains(words(r), "no such insight") {
		t.Errorf("a page without an id: %s", words(r))
	}
}

func TestHelp_NamesEveryVisibleCommand(t *testing.T) {
	all := words(newBench(t).must(t, call(chat.Call{Command: "help"})))
	for _, c := range Commands() {
		if got := strings.Contains(all, c.Name+": "+c.Summary); got == c.Hidden {
			t.Errorf("%s: listed %v, hidden %v", c.Name, got, c.Hidden)
		}
	}
}

func TestCommands_AreWellFormed(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Commands() {
		if seen[c.Name] || c.Name == "" || c.Name != strings.ToLower(c.Name) || strings.ContainsAny(c.Name, " \t") || c.Summary == "" || c.run == nil {
			t.Errorf("%+v", c)
		}
		seen[c.Name] = true
	}
}

// TestCommands_ADialogIsAForm holds Dialog to what an admin is answered.
func TestCommands_ADialogIsAForm(t *testing.T) {
	// Their form is beside what they show, and needs no window of its own.
	pages := []string{"insights", "report"}
	b := administered(t)
	b.edit(t, mapGrowth)
	for _, c := range Commands() {
		r := call(chat.Call{Command: c.Name, Args: chat.Args{argInsight: "shop/signups", argChannel: "C1"}})
		r.User, r.Place, r.Shares = ann, growthRoom, true
		has := len(find[chat.Form](b.must(t, r).Parts)) > 0
		if want := has && !slices.Contains(pages, c.Name); c.Dialog != want {
			t.Errorf("%s: a dialog %v, with a form %v", c.Name, c.Dialog, has)
		}
	}
}
