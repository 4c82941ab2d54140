package source

import (
	"math"
	"slices"

	"insightbot/insight"
)

// spot is the place of a point: a bucket, or a number of days.
type spot struct {
	at int64
	x  int
}

// spotOf is the place of a point.
func spotOf(p insight.Point) spot {
	if p.At.IsZero() {
		return spot{x: p.X}
	}
	return spot{at: p.At.UnixNano(), x: p.X}
}

// series hides small groups of trends and of stickiness, window by window. A
// group that is left out of the one asked about is left out of the earlier one
// too: it has not vanished.
func (h *hider) series() {
	gone := map[string]bool{}
	var all []insight.Series
	for _, previous := range []bool{false, true} {
		var of []insight.Series
		for _, s := range h.result.Series {
			if s.Previous == previous {
				of = append(of, s)
			}
		}
		all = append(all, h.seriesOf(of, previous, gone)...)
	}
	h.result.Series = all
}

// seriesOf hides small groups of one window; gone are those that are left out.
func (h *hider) seriesOf(of []insight.Series, previous bool, gone map[string]bool) []insight.Series {
	// One group alone is what an answer without a breakdown tells too.
	split := len(of) > 1
	l := &ledger{across: split, loose: !split}
	cols := map[spot]int{}
	totals, points := make([]int, len(of)), make([][]int, len(of))
	for i, s := range of {
		unit := l.newUnit()
		last := h.in.Total == insight.TotalLast && h.result.Shape == insight.ShapeTrend
		totals[i] = l.add(cell{value: s.Total, unit: unit, head: true, counted: !last})
		points[i] = make([]int, len(s.Points))
		for k, p := range s.Points {
			place := spotOf(p)
			if cols[place] == 0 {
				cols[place] = len(cols) + 1 // column 0 is that of the totals
			}
			points[i][k] = l.add(cell{value: p.Value, unit: unit, col: cols[place], counted: !last && h.isPart(p)})
		}
		if last {
			h.markLast(l, points[i])
		}
		if previous && gone[s.Key] {
			l.hideUnit(unit)
		}
	}
	l.protect(h.k)
	var kept []insight.Series
	for i, s := range of {
		left := slices.ContainsFunc(points[i], func(at int) bool { return at >= 0 && !l.cells[at].hidden && l.cells[at].value > 0 })
		if l.isHidden(totals[i]) && (split || !left) || totals[i] < 0 && h.allHidden(l, points[i]) {
			if split && !gone[s.Key] {
				h.groups++
			} else if !split {
				h.values++
			}
			gone[s.Key] = true
			continue
		}
		s.Total = h.shown(l, totals[i], s.Total)
		s.Points = slices.Clone(s.Points)
		for k := range s.Points {
			s.Points[k].Value = h.shown(l, points[i][k], s.Points[k].Value)
		}
		kept = append(kept, s)
	}
	return kept
}

// allHidden reports whether a group has cells and all of them are hidden.
func (h *hider) allHidden(l *ledger, cells []int) bool {
	some := false
	for _, at := range cells {
		if at >= 0 && !l.cells[at].hidden {
			return false
		}
		some = some || at >= 0
	}
	return some
}

// markLast makes the last point of a group stand for it, where the total is
// that point said again.
func (h *hider) markLast(l *ledger, points []int) {
	for _, at := range slices.Backward(points) {
		if at >= 0 {
			l.cells[at].head = true
			return
		}
	}
}

// isPart reports whether a point is one of those its group's total is made of:
// an average leaves out buckets that are not whole.
func (h *hider) isPart(p insight.Point) bool {
	r := h.result
	if h.in.Total != insight.TotalAverage || r.Shape != insight.ShapeTrend || p.At.IsZero() {
		return true
	}
	inside := func(w insight.Window) bool {
		return !p.At.Before(w.From) && !r.Grain.Next(p.At).After(w.To)
	}
	return (inside(r.Window) || inside(r.Previous)) && (r.Incomplete.IsZero() || p.At.Before(r.Incomplete))
}

// lifecycle hides whole buckets, two at least: who came back and who did not
// are together those of the bucket before, so that one number of a bucket
// tells another. The sums of what is hidden are known for each status.
func (h *hider) lifecycle() {
	hidden, size := map[int64]bool{}, map[int64]float64{}
	for _, s := range h.result.Series {
		for _, p := range s.Points {
			if v := math.Abs(p.Value); !math.IsNaN(v) {
				size[p.At.UnixNano()] += v
				hidden[p.At.UnixNano()] = hidden[p.At.UnixNano()] || h.small(v)
			}
		}
	}
	for h.tells(hidden) {
		next, least := int64(0), math.Inf(1)
		for at, yes := range hidden {
			if !yes && size[at] > 0 && (size[at] < least || size[at] == least && at < next) {
				next, least = at, size[at]
			}
		}
		if math.IsInf(least, 1) {
			break
		}
		hidden[next] = true
	}
	var kept []insight.Series
	for _, s := range h.result.Series {
		if h.small(s.Total) {
			h.groups++
			continue
		}
		s.Points = slices.Clone(s.Points)
		for i, p := range s.Points {
			if hidden[p.At.UnixNano()] && !math.IsNaN(p.Value) {
				s.Points[i].Value = math.NaN()
				h.values++
			}
		}
		kept = append(kept, s)
	}
	h.result.Series = kept
}

// tells reports whether the sum of the hidden buckets of a status tells of one
// of them alone, or of too few people.
func (h *hider) tells(hidden map[int64]bool) bool {
	for _, s := range h.result.Series {
		var sum float64
		some, all := 0, 0
		for _, p := range s.Points {
			if v := math.Abs(p.Value); hidden[p.At.UnixNano()] && !math.IsNaN(v) {
				all++
				if sum += v; v > 0 {
					some++
				}
			}
		}
		if sum > 0 && (all == 1 || sum-float64(some-1) < h.k) {
			return true
		}
	}
	return false
}

// funnels hides small steps, and a funnel whose first step is hidden whole. The
// same step of all groups makes a known sum.
func (h *hider) funnels() {
	gone := map[string]bool{}
	var all []insight.Funnel
	for _, previous := range []bool{false, true} {
		l := &ledger{across: h.split}
		var of []insight.Funnel
		var steps [][]int
		for _, f := range h.result.Funnels {
			if f.Previous != previous {
				continue
			}
			unit := l.newUnit()
			places := make([]int, len(f.Steps))
			for i, s := range f.Steps {
				places[i] = l.add(cell{value: s.Count, unit: unit, col: i, head: i == 0})
			}
			if previous && gone[f.Key] {
				l.hideUnit(unit)
			}
			of, steps = append(of, f), append(steps, places)
		}
		l.protect(h.k)
		for i, f := range of {
			if len(steps[i]) > 0 && l.isHidden(steps[i][0]) {
				if !gone[f.Key] {
					h.groups++
				}
				gone[f.Key] = true
				continue
			}
			f.Steps = slices.Clone(f.Steps)
			for k, at := range steps[i] {
				s := &f.Steps[k]
				if s.Count = h.shown(l, at, s.Count); l.isHidden(at) {
					s.Average, s.Median = -1, -1
				}
			}
			all = append(all, f)
		}
	}
	h.result.Funnels = all
}
