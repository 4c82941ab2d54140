package shape

import (
	"math"
	"slices"
	"time"

	"insightbot/insight"
)

// trend reads series over time, or totals.
func (r *reading) trend() error {
	r.result.Shape = insight.ShapeTrend
	main, err := r.lines(r.parts[PartMain].body.result, r.saved.scale())
	if err != nil {
		return err
	}
	if err := r.checkSplit(splits(main)); err != nil {
		return err
	}
	current, earlier := parted(main)
	if r.saved.def.display == "ActionsLineGraphCumulative" && r.query.Grain != insight.GrainNone {
		r.note("Values add up from the start of the period.")
	}
	r.grain(current)
	r.settle(r.actual(r.parts[PartMain], r.query.Window, daysOf(current), r.result.Grain))
	r.sum(current)
	if err := r.wholes(current, PartTotal, r.query.Window); err != nil {
		return err
	}
	if earlier, err = r.earlier(earlier, r.saved.scale()); err != nil {
		return err
	}
	if err := r.wholes(earlier, PartPreviousTotal, r.query.Previous); err != nil {
		return err
	}
	if _, only := r.parts[PartPrevious]; !only && earlier == nil && r.settled() && r.query.Compare != insight.CompareNone {
		if earlier, err = r.totalsAlone(); err != nil {
			return err
		}
	}
	r.alike(current, earlier)
	r.show(current, false)
	r.show(matching(earlier, current), true)
	r.mark()
	return nil
}

// splits tells which lines have a breakdown value.
func splits(all []line) []bool {
	out := make([]bool, len(all))
	for i, l := range all {
		out[i] = l.split
	}
	return out
}

// parted sorts lines by the period they are about.
func parted(all []line) (current, earlier []line) {
	for _, l := range all {
		if l.previous {
			earlier = append(earlier, l)
		} else {
			current = append(current, l)
		}
	}
	return current, earlier
}

// daysOf are the buckets of the first line that has any.
func daysOf(all []line) []time.Time {
	for _, l := range all {
		if len(l.days) > 0 {
			return l.days
		}
	}
	return nil
}

// grain takes the width of the buckets that came, and says so where it is not
// the one asked for.
func (r *reading) grain(all []line) {
	if r.query.Grain == insight.GrainNone {
		return
	}
	if g := grainOfDays(daysOf(all), r.query.Grain); g != r.query.Grain {
		r.result.Grain = g
		r.note("PostHog shows it by %s.", g)
	}
}

// width is the width of the buckets of lines, also where only totals are shown.
func (r *reading) width(all []line) insight.Grain {
	g := r.result.Grain
	if g == insight.GrainNone {
		g = r.saved.def.grain
	}
	return grainOfDays(daysOf(all), g)
}

// sum makes the totals of lines that have buckets alone, as the insight says.
func (r *reading) sum(all []line) {
	r.credit(all)
	for i := range all {
		l := &all[i]
		l.points = slices.DeleteFunc(l.points, func(p insight.Point) bool { return r.ahead(p.At) })
		if l.whole {
			continue
		}
		switch r.saved.total() {
		case insight.TotalSum:
			if math.IsNaN(l.total) {
				l.total = sumOf(l.points)
			}
		case insight.TotalLast:
			l.total = lastOfPoints(l.points)
		case insight.TotalAverage:
			l.total = r.average(l.points, r.width(all))
		default:
			l.total = missing()
		}
	}
}

// credit checks that no data lies after where it is said to end. Where some
// does, nobody knows when it was computed.
func (r *reading) credit(all []line) {
	for _, l := range all {
		for _, p := range l.points {
			if r.ahead(p.At) && !math.IsNaN(p.Value) && p.Value != 0 {
				r.distrust(p.At)
			}
		}
	}
}

// sumOf adds points up; NaN where there is nothing to add.
func sumOf(points []insight.Point) float64 {
	sum, some := 0.0, false
	for _, p := range points {
		if !math.IsNaN(p.Value) {
			sum, some = sum+p.Value, true
		}
	}
	if !some {
		return missing()
	}
	return sum
}

// lastOfPoints is the value of the last bucket that has one.
func lastOfPoints(points []insight.Point) float64 {
	for _, p := range slices.Backward(points) {
		if !math.IsNaN(p.Value) {
			return p.Value
		}
	}
	return missing()
}

// average is the mean of the buckets that are whole, or of all where none is.
func (r *reading) average(points []insight.Point, g insight.Grain) float64 {
	var whole []insight.Point
	for _, p := range points {
		end := g.Next(p.At)
		cut := !r.limit.IsZero() && end.After(r.limit)
		for _, w := range []insight.Window{r.result.Window, r.query.Previous} {
			cut = cut || w.Contains(p.At) && end.After(w.To)
		}
		if !cut && !math.IsNaN(p.Value) {
			whole = append(whole, p)
		}
	}
	if len(whole) == 0 {
		whole = slices.DeleteFunc(slices.Clone(points), func(p insight.Point) bool { return math.IsNaN(p.Value) })
	}
	return sumOf(whole) / float64(len(whole)) // NaN for none
}

// wholes takes the totals of lines from a run without buckets.
func (r *reading) wholes(all []line, part Part, asked insight.Window) error {
	a, ok := r.parts[part]
	if !ok || len(all) == 0 {
		return nil
	}
	found, err := r.lines(a.body.result, r.saved.scale())
	if err != nil {
		return err
	}
	if err := r.checkSplit(splits(found)); err != nil {
		return err
	}
	current, _ := parted(found)
	same := r.actual(a, asked, daysOf(current), insight.GrainDay) == asked && r.settled()
	for i := range all {
		l := &all[i]
		l.total, l.whole = missing(), true
		at := slices.IndexFunc(current, func(o line) bool { return o.key == l.key })
		if at >= 0 && same {
			l.total = current[at].total
		}
	}
	return nil
}

// show puts lines into the result.
func (r *reading) show(all []line, previous bool) {
	limit := r.project.maxRows()
	for _, l := range all {
		if len(r.result.Series) >= limit {
			r.result.More = true
			return
		}
		s := insight.Series{Key: l.key, Label: l.label, Values: l.values, Previous: previous, Status: l.status, Total: l.total}
		if s.Label == "" {
			s.Label = r.saved.Title()
		}
		if r.query.Grain != insight.GrainNone && (!previous || !r.query.CompareTotals) || r.result.Shape == insight.ShapeStickiness {
			s.Points = l.points
			if len(s.Points) > limit {
				s.Points, r.result.More = s.Points[:limit], true
			}
		}
		if math.IsNaN(s.Total) && !slices.ContainsFunc(s.Points, func(p insight.Point) bool { return !math.IsNaN(p.Value) }) {
			continue // nothing at all is no answer
		}
		r.result.Series = append(r.result.Series, s)
	}
}

// mark says from where on the result is incomplete, and where the window cuts
// a bucket.
func (r *reading) mark() {
	g, w := r.result.Grain, r.result.Window
	if g == insight.GrainNone {
		r.running()
		return
	}
	if len(r.result.Series) == 0 || len(r.result.Series[0].Points) == 0 {
		return
	}
	points := r.result.Series[0].Points
	for _, p := range points {
		if !r.limit.IsZero() && g.Next(p.At).After(r.limit) {
			r.result.Incomplete = p.At
			break
		}
	}
	if w.IsZero() {
		return
	}
	first := points[0].At.Before(w.From)
	last := g.Next(points[len(points)-1].At).After(w.To) && r.result.Incomplete.IsZero()
	switch {
	case first && last:
		r.note("The first and the last %s are only partly in the period.", g)
	case first:
		r.note("The first %s is only partly in the period.", g)
	case last:
		r.note("The last %s is only partly in the period.", g)
	}
}
