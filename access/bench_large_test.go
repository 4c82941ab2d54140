package access

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"insightbot/chat"
	"insightbot/insight"
)

// BenchmarkVisible_OfALargePolicy finds 1,000 visible insights among 100,000,
// where 10,000 roles and 10,000 channels are decided about. Picking what
// concerns one question out of the policy is measured too; storage does that
// with a query.
func BenchmarkVisible_OfALargePolicy(b *testing.B) {
	const n = 10_000
	p := Policy{Workspaces: []Workspace{{"web", "demo", ModeChannel}}}
	role := func(i int) string { return fmt.Sprintf("role-%05d", i) }
	for i := range n {
		p.Roles = append(p.Roles, Role{ID: role(i), Tags: []string{fmt.Sprintf("tag-%05d", i)}, Abilities: []Ability{AbilityAsk}, Strict: i%2 == 0})
		p.Channels = append(p.Channels, Channel{Key: Key{"web", "demo", fmt.Sprintf("C%05d", i)}, Roles: []string{role(i), role((i + 1) % n)}})
		p.People = append(p.People, Person{Key: Key{"web", "demo", fmt.Sprintf("U%05d", i)}, Roles: []string{role(i), role((i + 2) % n)}})
	}
	// Tags 7,000 to 7,002 carry 1,000 insights; the others share the rest.
	ins := make([]insight.Insight, 100_000)
	for i := range ins {
		tag := i % 5000
		if i%100 == 0 {
			tag = 7000 + i/100%3
		}
		ins[i] = insight.Insight{ID: fmt.Sprintf("demo/%06d", i), Source: "demo", Tags: []string{fmt.Sprintf("tag-%05d", tag)}}
	}
	p, x := p.Normalize(), NewIndex(ins)
	u := chat.User{ID: "U07000", Guest: chat.No, External: chat.No}
	place := chat.Place{Platform: "web", Workspace: "demo", Channel: "C07000", Kind: chat.PlacePublic, Audience: chat.Audience{Shared: chat.No, Guests: chat.No}}
	var all, picked []time.Duration
	b.ReportAllocs()
	for b.Loop() {
		started := time.Now()
		rules := p.For(u, place)
		picked = append(picked, time.Since(started))
		visible := x.Visible(rules.Audience(u, place))
		all = append(all, time.Since(started))
		if len(visible) != 1000 {
			b.Fatalf("%d are visible", len(visible))
		}
	}
	for name, took := range map[string][]time.Duration{"": all, "pick-": picked} {
		slices.Sort(took)
		for _, percent := range []int{50, 99} {
			b.ReportMetric(float64(took[(len(took)-1)*percent/100].Microseconds()), fmt.Sprintf("%sp%d-µs", name, percent))
		}
	}
}
