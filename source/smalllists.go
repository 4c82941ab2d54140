package source

import (
	"math"
	"slices"

	"insightbot/insight"
)

// cohorts hides small cells of retention, and of a cohort that is small itself
// all of them. The same cell of all groups makes a known sum.
func (h *hider) cohorts() {
	l := &ledger{across: h.split}
	cols := map[[2]int64]int{}
	places := make([][][]int, len(h.result.Cohorts))
	for g, c := range h.result.Cohorts {
		for _, row := range c.Rows {
			unit := l.newUnit()
			cells := make([]int, len(row.Counts))
			for n, v := range row.Counts {
				at := [2]int64{row.At.UnixNano(), int64(n)}
				if _, ok := cols[at]; !ok {
					cols[at] = len(cols)
				}
				cells[n] = l.add(cell{value: v, unit: unit, col: cols[at], head: n == 0})
			}
			places[g] = append(places[g], cells)
		}
	}
	l.protect(h.k)
	var kept []insight.Cohorts
	for g, c := range h.result.Cohorts {
		c.Rows = slices.Clone(c.Rows)
		shown := len(c.Rows) == 0
		hidden := 0
		for i := range c.Rows {
			counts := slices.Clone(c.Rows[i].Counts)
			for n, at := range places[g][i] {
				if l.isHidden(at) {
					counts[n] = math.NaN()
					hidden++
				} else if counts[n] != 0 {
					shown = true
				}
			}
			c.Rows[i].Counts = counts
		}
		if !shown && hidden > 0 {
			h.groups++
			continue
		}
		h.values += hidden
		kept = append(kept, c)
	}
	h.result.Cohorts = kept
}

// histograms hides small bins. All bins together are everybody.
func (h *hider) histograms() {
	var kept []insight.Histogram
	for _, hist := range h.result.Bins {
		l := &ledger{}
		unit := l.newUnit()
		places := make([]int, len(hist.Bins))
		total := 0.0
		for i, b := range hist.Bins {
			places[i] = l.add(cell{value: b.Count, unit: unit, col: i, counted: true})
			total += math.Abs(b.Count)
		}
		if h.small(total) {
			h.values++ // the average is one of too few people as well
			continue
		}
		l.protect(h.k)
		hist.Bins = slices.Clone(hist.Bins)
		for i, at := range places {
			hist.Bins[i].Count = h.shown(l, at, hist.Bins[i].Count)
		}
		kept = append(kept, hist)
	}
	h.result.Bins = kept
}

// paths leaves out small hops. How many people there are in all is not told.
func (h *hider) paths() {
	var kept []insight.Path
	for _, p := range h.result.Paths {
		if h.small(p.Count) {
			h.groups++
			continue
		}
		kept = append(kept, p)
	}
	h.result.Paths = kept
}
