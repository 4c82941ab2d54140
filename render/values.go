package render

import (
	"math"
	"slices"

	"insightbot/insight"
)

// hasValues reports whether a result holds anything that can be drawn: one
// number at least that is of the window itself and not of the one before.
func hasValues(r insight.Result) bool {
	known := func(v float64) bool { return !math.IsNaN(v) }
	return slices.ContainsFunc(r.Series, func(s insight.Series) bool {
		return !s.Previous && (known(s.Total) || slices.ContainsFunc(s.Points, func(p insight.Point) bool { return known(p.Value) }))
	}) || slices.ContainsFunc(r.Funnels, func(f insight.Funnel) bool {
		return !f.Previous && slices.ContainsFunc(f.Steps, func(s insight.Step) bool { return known(s.Count) })
	}) || slices.ContainsFunc(r.Cohorts, func(c insight.Cohorts) bool {
		return slices.ContainsFunc(c.Rows, func(row insight.Cohort) bool { return slices.ContainsFunc(row.Counts, known) })
	}) || slices.ContainsFunc(r.Bins, func(h insight.Histogram) bool {
		return !h.Previous && (known(h.Average) || slices.ContainsFunc(h.Bins, func(b insight.Bin) bool { return known(b.Count) }))
	}) || slices.ContainsFunc(r.Boxes, func(b insight.BoxSeries) bool {
		return slices.ContainsFunc(b.Boxes, func(x insight.Box) bool { return known(x.Median) })
	}) || slices.ContainsFunc(r.Paths, func(p insight.Path) bool { return known(p.Count) }) || len(r.Table.Rows) > 0
}
