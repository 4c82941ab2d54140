package access

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"insightbot/chat"
	"insightbot/insight"
)

// benchScene is a policy of a company of some size and somebody who holds
// several roles of it, in a channel that has several.
func benchScene() (Policy, chat.User, chat.Place) {
	var p Policy
	for i := range 40 {
		id := fmt.Sprintf("role-%02d", i)
		p.PutRole(Role{
			ID: id, Tags: []string{fmt.Sprintf("tag-%02d", i), fmt.Sprintf("tag-%02d", i+1)}, Abilities: []Ability{AbilityAsk, AbilityExport},
			Attributes: map[string][]string{"region": {"eu", "us"}}, Masks: []string{"salary"}, Strict: i%2 == 0,
		})
		p.PutChannel(Channel{Key: Key{"web", "demo", fmt.Sprintf("C%02d", i)}, Roles: []string{id, "role-00", "role-01"}})
		p.PutPerson(Person{Key: Key{"web", "demo", fmt.Sprintf("U%02d", i)}, Roles: []string{id, "role-00", "role-02"}})
		p.PutGroup(Group{Key: Key{"web", "demo", fmt.Sprintf("S%02d", i)}, Roles: []string{id}})
	}
	p.SetMode("web", "demo", ModeChannel)
	u := chat.User{ID: "U07", Guest: chat.No, External: chat.No, Groups: []string{"S08", "S09"}}
	place := chat.Place{Platform: "web", Workspace: "demo", Channel: "C07", Kind: chat.PlacePublic, Audience: chat.Audience{Shared: chat.No, Guests: chat.No}}
	return p.Normalize(), u, place
}

// BenchmarkDecide is one decision of one request: the audience is worked out
// anew, and one insight is decided that both keys open. The quickest of them
// has to be within the budget; what else the machine does is in the others.
func BenchmarkDecide(b *testing.B) {
	p, u, place := benchScene()
	rules := p.For(u, place)
	in := insight.Insight{ID: "demo/x", Source: "demo", Tags: []string{"tag-00", "tag-07", "tag-08"}, Accepts: insight.Accepts{
		Attributes: []string{"region"}, Columns: []insight.Column{{Name: "email", Type: insight.ColumnEmail}, {Name: "plan"}},
	}}
	b.ReportAllocs()
	const budget = 20 * time.Microsecond
	quickest := time.Hour
	for b.Loop() {
		started := time.Now()
		d := rules.Audience(u, place).Decide(in)
		quickest = min(quickest, time.Since(started))
		if d.Where != Publicly {
			b.Fatalf("%+v", d)
		}
	}
	if b.N > 100 && quickest > budget {
		b.Errorf("the quickest decision took %v, more than %v", quickest, budget)
	}
}

// BenchmarkVisible finds 1,000 visible insights among 100,000.
func BenchmarkVisible(b *testing.B) {
	p, u, place := benchScene()
	ins := make([]insight.Insight, 100_000)
	for i := range ins {
		tag := "other"
		if i%100 == 0 {
			tag = []string{"tag-00", "tag-07", "tag-08"}[i/100%3]
		}
		ins[i] = insight.Insight{ID: fmt.Sprintf("demo/%06d", i), Source: "demo", Tags: []string{tag}}
	}
	x, rules := NewIndex(ins), p.For(u, place)
	var took []time.Duration
	for b.Loop() {
		started := time.Now()
		visible := x.Visible(rules.Audience(u, place))
		took = append(took, time.Since(started))
		if len(visible) != 1000 {
			b.Fatalf("%d are visible", len(visible))
		}
	}
	slices.Sort(took)
	for _, percent := range []int{50, 99} {
		b.ReportMetric(float64(took[(len(took)-1)*percent/100].Microseconds()), fmt.Sprintf("p%d-µs", percent))
	}
}
