package sqlsource

import (
	"cmp"
	"math"
	"slices"
	"time"

	"insightbot/insight"
)

// totalGrain is the grain of the buckets that a total is made of.
func (r *run) totalGrain(grain insight.Grain) insight.Grain {
	grain = cmp.Or(grain, r.def.insight.Default.Grain)
	if grain == insight.GrainNone && len(r.def.insight.Accepts.Grains) > 0 {
		grain = r.def.insight.Accepts.Grains[0]
	}
	return grain
}

// alike compares like with like where a total is the last bucket and the
// window still runs: the last bucket so far stands beside the earlier bucket
// in the same place, not beside the end of the earlier window.
func (r *run) alike(current, previous groups) {
	w, g := r.query.Window, r.totalGrain(r.query.Grain)
	if r.def.insight.Total != insight.TotalLast || !r.limit.Before(w.To) {
		return
	}
	slots := r.slots(w, g, keysOf(current))
	if len(slots) == 0 {
		return
	}
	last := slots[len(slots)-1].start
	place := 0
	for _, start := range starts(w, g, r.def.insight.WeekStart, r.source.config.MaxRows) {
		if start.Before(last) {
			place++
		}
	}
	earlier := starts(r.query.Previous, g, r.def.insight.WeekStart, r.source.config.MaxRows)
	if place >= len(earlier) {
		return
	}
	until := slices.DeleteFunc(r.slots(r.query.Previous, g, keysOf(previous)), func(s slot) bool { return s.start.After(earlier[place]) })
	for _, group := range previous {
		group.total = r.totalOf(group.points, r.query.Previous, until)
	}
}

// doubted leaves out a lone zero of a window that may have no data yet: a
// statement that does not group counts nothing and missing data alike.
func (r *run) doubted(found groups, w insight.Window) groups {
	if g := found[""]; g != nil && len(found) == 1 && g.total == 0 && len(r.query.Breakdowns) == 0 && r.def.zero && !r.settled(w) {
		return groups{}
	}
	return found
}

// keysOf lists the buckets that any group has a row for.
func keysOf(found groups) map[time.Time]bool {
	keys := map[time.Time]bool{}
	for _, g := range found {
		for at := range g.points {
			keys[at] = true
		}
	}
	return keys
}

// totalOf makes a total of the points of a group in the slots of a window. A
// bucket without a row counts as zero where the insight says so. A mean is one
// of whole buckets: half a week is no week with half the people.
func (r *run) totalOf(points map[time.Time]float64, w insight.Window, slots []slot) float64 {
	var all, whole []float64
	for _, s := range slots {
		v, ok := points[s.key]
		if !ok && r.def.zero && s.settled {
			v, ok = 0, true
		}
		if !ok || math.IsNaN(v) {
			continue
		}
		all = append(all, v)
		if !s.start.Before(w.From) && !s.end.After(w.To) && !s.end.After(r.limit) {
			whole = append(whole, v)
		}
	}
	switch t := r.def.insight.Total; {
	case len(all) == 0:
		return math.NaN()
	case t == insight.TotalLast:
		return all[len(all)-1]
	case t == insight.TotalAverage && len(whole) > 0:
		return sum(whole) / float64(len(whole))
	case t == insight.TotalAverage:
		return sum(all) / float64(len(all))
	}
	return sum(all)
}

// sum adds values up.
func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}
