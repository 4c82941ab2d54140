package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
)

// scene makes up a catalogue, rules and calls. Its words are few, so that what
// may be seen and what may not share most of them.
type scene struct{ *rand.Rand }

func (s scene) one(list ...string) string { return list[s.IntN(len(list))] }

func (s scene) some(n int, list ...string) []string {
	var out []string
	for range s.IntN(n + 1) {
		out = append(out, s.one(list...))
	}
	return out
}

var (
	sceneWords   = strings.Fields("orders refunds margin salaries payroll bonus revenue churn trials upgrades visits sessions crashes uptime latency tickets wages forecast budget hiring offers layoffs acquisition runway equity")
	sceneTags    = []string{"growth", "money", "people", "product", "board"}
	sceneSources = []string{"crm", "erp", "logs"}
)

// books makes a catalogue.
func (s scene) books() *shelfBooks {
	b := &shelfBooks{revision: 1}
	for i := range 36 {
		in := plainInsight(fmt.Sprintf("%s/i%02d", s.one(sceneSources...), i), capital(s.one(sceneWords...))+" "+s.one(sceneWords...), s.some(2, sceneTags...)...)
		in.Description = "What is known of " + s.one(sceneWords...) + " and " + s.one(sceneWords...) + "."
		in.Examples, in.Events = []string{"how many " + s.one(sceneWords...) + " were there"}, s.some(2, sceneWords...)
		in.Asked, in.Viewers = s.IntN(50), s.IntN(20)
		if s.IntN(4) == 0 {
			in.Tags = append(in.Tags, access.TagRestricted)
		}
		if s.IntN(5) == 0 {
			in.Replaced = insight.Replacement{By: fmt.Sprintf("%s/i%02d", s.one(sceneSources...), s.IntN(36)), Why: "There is a better one."}
		}
		in.Accepts.MaxBreakdowns, in.Accepts.Dimensions = 1, []insight.Dimension{
			{Name: s.one(sceneWords...), Label: capital(s.one(sceneWords...)), Breakdown: true, Filter: true, Values: []insight.Value{{Key: s.one(sceneWords...)}}},
			{Name: "country", Label: "Country", Breakdown: true, Filter: true, Values: []insight.Value{{Key: "DE", Label: "Germany"}, {Key: "US", Label: s.one(sceneWords...)}}},
		}
		b.ins = append(b.ins, in)
	}
	slices.SortFunc(b.ins, func(x, y insight.Insight) int { return strings.Compare(x.ID, y.ID) })
	return b
}

// policy makes rules that make nobody an admin.
func (s scene) policy(b *shelfBooks) access.Policy {
	var p access.Policy
	ids := []string{access.RoleEveryone}
	for i := range 6 {
		r := access.Role{
			ID: fmt.Sprintf("role-%d", i), Tags: s.some(2, sceneTags...), Sources: s.some(1, sceneSources...), Everything: s.IntN(8) == 0,
			Insights: s.some(2, b.ins[s.IntN(36)].ID, b.ins[s.IntN(36)].ID), Abilities: []access.Ability{access.AbilityAsk}, Strict: s.IntN(3) == 0, External: s.IntN(2) == 0,
			Masks: s.some(1, sceneWords...),
		}
		if s.IntN(2) == 0 {
			r.Abilities = append(r.Abilities, access.AbilityExport)
		}
		p.PutRole(r)
		ids = append(ids, r.ID)
	}
	for _, place := range walkPlaces() {
		if s.IntN(5) > 0 {
			p.PutChannel(access.Channel{Key: access.ChannelOf(place), Roles: s.some(3, ids...), Approved: s.IntN(2) == 0})
		}
	}
	for _, u := range walkPeople() {
		p.PutPerson(access.Person{Key: access.Key{Platform: "web", Workspace: walkSpace, ID: u.ID}, Roles: s.some(3, ids...)})
	}
	if m := access.Mode(s.one("", string(access.ModeOpen), string(access.ModeChannel), string(access.ModeStrict))); m != access.ModeUnset {
		p.SetMode("web", walkSpace, m)
	}
	return p
}

// slip is a word as it is typed in haste, or its beginning.
func (s scene) slip(word string) string {
	at := 1 + s.IntN(len(word)-2)
	if s.IntN(2) == 0 {
		return word[:at] + word[at+1:]
	}
	return word[:max(3, at)]
}

// calls are all kinds of calls, with fifty questions among them.
func (s scene) calls(b *shelfBooks) []chat.Call {
	list := []chat.Call{called("help"), called("insights"), called("access"), called("why"), called("privacy")}
	for range 50 {
		word := s.one(sceneWords...)
		switch s.IntN(5) {
		case 0:
			word = s.slip(word)
		case 1:
			word += " by " + s.one("country", s.one(sceneWords...)) + " last month"
		case 2:
			word += " " + s.one(sceneWords...) + " " + s.slip(s.one(sceneWords...))
		case 3:
			word = "how many " + word + " in " + s.one("germany", s.one(sceneWords...))
		}
		list = append(list, called("ask", "q", word))
	}
	for range 12 {
		list = append(list, called("insights", "q", s.one(sceneWords...)), called("insights", "q", s.slip(s.one(sceneWords...))), called("why", "q", s.one(sceneWords...)),
			called("feedback", "q", s.one(sceneWords...), "insight", b.ins[s.IntN(36)].ID))
	}
	for _, in := range b.ins {
		list = append(list, called("insight", "id", in.ID), called("ask", "insight", in.ID), called("why", "q", s.one(in.ID, in.Title)))
	}
	return append(list, called("privacy-export"))
}

// TestA15_NonInterference compares all replies of a bot with those of one from
// whose catalogue everything was deleted that the audience may not see. They
// are the same to the byte: ranks, spelling, counts and what is asked often
// come from what may be seen alone.
func TestA15_NonInterference(t *testing.T) {
	s := scene{seeded(t)}
	trials := 6
	if testing.Short() || raceOn {
		trials = 2
	}
	synctest.Test(t, func(t *testing.T) {
		compared, hid := 0, 0
		for trial := range trials {
			b := s.books()
			policy := s.policy(b).Normalize()
			a := audience{user: walkPeople()[s.IntN(6)], place: walkPlaces()[s.IntN(7)]}
			seen := policy.For(a.user, a.place).Audience(a.user, a.place)
			less := b.without(func(in insight.Insight) bool { return seen.Decide(in).Where == access.Nowhere })
			hid += len(b.ins) - len(less.ins)
			calls := s.calls(b)
			left, right := newWorld(t, b), newWorld(t, less)
			left.decree(t, policy)
			right.decree(t, policy)
			for _, c := range calls {
				if diff := cmp.Diff(left.ask(t, a.user, a.place, c), right.ask(t, a.user, a.place, c)); diff != "" {
					t.Errorf("trial %d, %s, mode %q, who may see %d of %d: %v tells of what is hidden (-hidden +deleted):\n%s",
						trial, a, policy.Mode("web", walkSpace), len(less.ins), len(b.ins), c, diff)
				}
				compared++
			}
			if len(less.ins) == len(b.ins) {
				continue
			}
			// The twin: where all may see all, the same comparison finds it.
			all := access.Policy{Roles: []access.Role{{ID: access.RoleEveryone, Insights: idsOf(b.ins), Abilities: []access.Ability{access.AbilityAsk}}}}.Normalize()
			left.decree(t, all)
			right.decree(t, all)
			differ := 0
			for _, c := range calls {
				if !cmp.Equal(left.ask(t, holder, walkPlaces()[5], c), right.ask(t, holder, walkPlaces()[5], c)) {
					differ++
				}
			}
			if differ < 5 {
				t.Errorf("trial %d: without the rules only %d of %d replies differ", trial, differ, len(calls))
			}
		}
		if hid == 0 {
			t.Error("nothing was hidden from anybody")
		}
		t.Logf("%d replies compared, %d insights hidden", compared, hid)
	})
}

func idsOf(ins []insight.Insight) []string {
	ids := make([]string, len(ins))
	for i, in := range ins {
		ids[i] = in.ID
	}
	return ids
}
