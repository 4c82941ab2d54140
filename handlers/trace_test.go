package handlers

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
)

// TestPlaceCommands_AHiddenInsightLeavesNoTrace compares their replies, and the
// times they take, with those of a bot whose catalogue never held what the
// asker may not see.
func TestPlaceCommands_AHiddenInsightLeavesNoTrace(t *testing.T) {
	past := &fakeHistory{asks: map[string][]chat.Ask{"hash of mia": {
		{Question: "how are we doing", Insight: "shop/salaries"}, {Question: "joined last week", Insight: "shop/signups"}, {Question: "hm", Outcome: chat.OutcomeChoose},
	}}}
	world := func(t *testing.T, keep func(insight.Insight) bool) accessBench {
		b := linkedBench(t, recalling(past))
		b.edit(t, giveGrowth)
		for i := range b.catalogue.ins { // what is hidden is what is best
			if b.catalogue.ins[i].ID != "shop/signups" {
				b.catalogue.ins[i].Asked, b.catalogue.ins[i].Viewers, b.catalogue.ins[i].Certified = 900, 900, insight.Certification{By: "Zoe", On: now.AddDate(-1, 0, 0)}
			}
		}
		b.catalogue.ins = slices.DeleteFunc(b.catalogue.ins, func(in insight.Insight) bool { return !keep(in) })
		return b
	}
	calls := []chat.Call{{Command: "home"}, {Command: "share"}, {Command: "preview"}, asking("acess"), asking("revenu")}
	for _, words := range []string{"", "s", "sal", "salaries", "rev", "what do people earn", "money", "shop/salaries", "turnover"} {
		calls = append(calls, chat.Call{Command: "complete", Args: chat.Args{argQuestion: words}})
	}
	for _, id := range []string{"signups", "salaries", "revenue", "revenue-2019", "nothing"} {
		for _, address := range []string{"https://eu.source.example/project/1/" + id + "?a=1&b=2", "https://bot.example/console/insights/shop/" + id} {
			calls = append(calls, chat.Call{Command: "preview", Args: chat.Args{argURL: address}})
		}
		share := chat.Call{Command: "share", Args: chat.Args{argInsight: "shop/" + id}}
		calls = append(calls, share, share.With(argGo, yes), share.With(argGo, yes).With(argPeriod, "nonsense"))
	}
	synctest.Test(t, func(t *testing.T) {
		left, right := world(t, func(insight.Insight) bool { return true }), world(t, func(in insight.Insight) bool { return in.ID == "shop/signups" })
		compare := func(c chat.Call, u chat.User, p chat.Place, clock bool) string {
			var replies []*chat.Reply
			var took []time.Duration
			for _, b := range []accessBench{left, right} {
				r := call(c)
				r.User, r.Place, r.Clock, r.Shares = u, p, clock, true
				began := time.Now()
				replies = append(replies, b.must(t, r))
				took = append(took, time.Since(began))
			}
			diff := cmp.Diff(replies[0], replies[1])
			if took[0] != took[1] {
				diff += fmt.Sprintf("after %v and %v", took[0], took[1])
			}
			return diff
		}
		cells := 0
		for _, c := range calls {
			for _, u := range []chat.User{mia, gus, eve, nina} {
				for _, p := range []chat.Place{growthRoom, moneyRoom, boardRoom, sharedRoom, unknownRoom, directRoom} {
					for _, clock := range []bool{false, true} {
						if diff := compare(c, u, p, clock); diff != "" {
							t.Errorf("%v by %s in %s, clock %v, tells of what is hidden (-hidden +deleted):\n%s", c, u.ID, p.Name, clock, diff)
						}
						cells++
					}
				}
			}
		}
		// The twin: to somebody who may see all of it, the two differ.
		for _, b := range []accessBench{left, right} {
			b.edit(t, func(p *access.Policy) {
				p.PutRole(access.Role{ID: "all", Tags: []string{"growth", "money"}, Abilities: []access.Ability{access.AbilityAsk}})
				p.PutPerson(access.Person{Key: access.PersonOf(mia, directRoom), Roles: []string{"all"}})
			})
		}
		differ := map[string]bool{}
		for _, c := range calls {
			if compare(c, mia, directRoom, false) != "" {
				differ[c.Command] = true
			}
		}
		if len(differ) != 5 {
			t.Errorf("with the keys only %v differ", differ)
		}
		t.Logf("%d cells", cells)
	})
}
