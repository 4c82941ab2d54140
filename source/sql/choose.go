package sqlsource

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"insightbot/insight"
)

// maxGroups is how many breakdown groups are shown one by one.
const maxGroups = 25

// choose finds out which groups are shown one by one when there are many. It
// returns no choice when all are, and the totals it read for that.
func (r *run) choose(ctx context.Context) (only [][]string, other bool, totals groups, err error) {
	if len(r.query.Breakdowns) == 0 || !r.totalsFirst() {
		return nil, false, nil, nil
	}
	totals, err = r.read(ctx, request{window: r.query.Window, breakdowns: r.query.Breakdowns})
	if err != nil || len(totals) <= maxGroups {
		return nil, false, totals, err
	}
	left := len(totals) - maxGroups
	for _, key := range r.order(totals)[:maxGroups] {
		only = append(only, totals[key].values)
	}
	for _, key := range r.order(totals)[maxGroups:] {
		delete(totals, key)
	}
	if r.additive() {
		r.note("%d smaller groups are added up as “Other”.", left)
	} else {
		r.note("%d smaller groups are left out.", left)
	}
	return only, r.additive(), totals, nil
}

// note adds a sentence for the reader.
func (r *run) note(format string, args ...any) {
	r.result.Notes = append(r.result.Notes, fmt.Sprintf(format, args...))
}

// match completes the groups of two windows: one that only the earlier window
// has is shown as nothing in the current one, where nothing is zero.
func (r *run) match(current, previous groups) {
	if len(current) == 0 && !r.settled(r.query.Window) {
		return // there may be no data yet
	}
	for _, key := range r.order(previous) {
		if current[key] == nil && r.def.zero && len(current) < maxGroups {
			current[key] = &group{key: key, values: previous[key].values}
		}
	}
}

// cut leaves out the smallest of too many groups, where they could not be
// chosen before, and returns the order of those that stay.
func (r *run) cut(g groups) []string {
	order := r.order(g)
	if _, other := g[insight.KeyOther]; other || len(order) <= maxGroups {
		return order
	}
	r.note("%d smaller groups are left out.", len(order)-maxGroups)
	return order[:maxGroups]
}

// order lists the keys of groups: the largest total first, what sums up the
// others last.
func (r *run) order(g groups) []string {
	keys := make([]string, 0, len(g))
	for key := range g {
		keys = append(keys, key)
	}
	rank := func(key string) float64 {
		if t := g[key].total; !math.IsNaN(t) {
			return t
		}
		return math.Inf(-1)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if other := cmp.Compare(boolInt(a == insight.KeyOther), boolInt(b == insight.KeyOther)); other != 0 {
			return other
		}
		return cmp.Or(cmp.Compare(rank(b), rank(a)), cmp.Compare(a, b))
	})
	return keys
}

// boolInt orders false before true.
func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
