package render

import (
	"math"
	"strings"

	"insightbot/insight"
	"insightbot/text"
)

// Finding says what a result shows in one sentence of at most 200 characters:
// what, the number, the period, the change against what, and the part that
// stands out. It is made from the result alone, by fixed templates, and neither
// explains nor praises. A result without data says so and never reads as zero.
func Finding(in insight.Insight, r insight.Result) string {
	s := begin(in, r)
	ok := false
	switch {
	case r.Shape == insight.ShapeFunnel && len(r.Funnels) > 0:
		ok = s.funnel(r)
	case r.Shape == insight.ShapeFunnel:
		ok = s.trend(funnelOverTime(in, r))
	case r.Shape == insight.ShapeRetention:
		ok = s.retention(r)
	case r.Shape == insight.ShapeLifecycle:
		ok = s.lifecycle(r)
	case r.Shape == insight.ShapeStickiness:
		ok = s.stickiness(in, r)
	case r.Shape == insight.ShapePaths:
		ok = s.paths(r)
	case r.Shape == insight.ShapeHistogram:
		ok = s.histogram(in, r)
	case r.Shape == insight.ShapeBox:
		ok = s.boxes(in, r)
	case r.Shape == insight.ShapeTable:
		ok = s.table(r)
	default:
		ok = s.trend(in, r)
	}
	if !ok {
		return noData(in, r).String()
	}
	return s.String()
}

// noData is the sentence for a result without any value.
func noData(in insight.Insight, r insight.Result) sentence {
	s := begin(in, r)
	s.body, s.title = "No data for “"+text.Truncate(s.title, 80, text.Graphemes)+"”", ""
	return s
}

// trend is the sentence for series over time and for totals. It reports false
// when there is no data.
func (s *sentence) trend(in insight.Insight, r insight.Result) bool {
	groups := groupsOf(r)
	switch {
	case len(groups) == 0:
		return false
	case len(groups) == 1 && len(r.BrokenDownBy) == 0:
		return s.single(in, r, groups[0])
	case addsUp(in, r, groups):
		return s.parts(in, r, groups)
	case len(r.BrokenDownBy) > 0:
		return s.extremes(in.Format, r, groups)
	}
	return s.several(in.Format, r, groups)
}

// single is the sentence for one series: its total and how that changed; or,
// where nothing is compared or the total is still growing, how the last
// complete bucket did.
func (s *sentence) single(in insight.Insight, r insight.Result, g groupTotal) bool {
	if math.IsNaN(g.now) {
		return s.lastBucket(in, r, g)
	}
	s.counted(in.Format, g.now)
	s.changed(r, in.Format, g.now, g.before)
	s.totalled(in, r)
	if r.Previous.IsZero() {
		if last, before, ok := lastComplete(r, g.series.Points); ok && len(g.series.Points) > 2 {
			s.extra = nearLabel(r, last.At) + ": " + joinNonEmpty(", ", WithUnit(in.Format, last.Value), stepWords(r, in.Format, last, before))
		}
	}
	return true
}

// lastBucket is the sentence for a series without a total.
func (s *sentence) lastBucket(in insight.Insight, r insight.Result, g groupTotal) bool {
	last, before, ok := lastComplete(r, g.series.Points)
	so := ""
	if !ok {
		for _, p := range g.series.Points {
			if !math.IsNaN(p.Value) {
				last, ok = p, true
			}
		}
		if isFilling(r, last) {
			so = "so far "
		}
	}
	if !ok {
		return false
	}
	s.counted(in.Format, last.Value)
	s.when = so + BucketPhrase(r.Grain, last.At, r.Window)
	if isWhole(r, last) {
		s.change = stepWords(r, in.Format, last, before)
	}
	return true
}

// parts is the sentence for groups that add up: the whole, and the largest
// part or, when compared, the largest mover.
func (s *sentence) parts(in insight.Insight, r insight.Result, groups []groupTotal) bool {
	now, before := sums(groups, r)
	if math.IsNaN(now) {
		return false
	}
	s.counted(in.Format, now)
	s.changed(r, in.Format, now, before)
	s.totalled(in, r)
	if s.extra != "" {
		return true
	}
	s.extra = largestPart(groups, now)
	if !r.Previous.IsZero() && finite(before) {
		if mover := largestMover(in.Format, groups, now-before); mover != "" {
			s.extra = mover
		}
	}
	return true
}

// largestPart names the group that gives most, and its share.
func largestPart(groups []groupTotal, whole float64) string {
	if whole == 0 {
		return ""
	}
	values := make([]float64, len(groups))
	best, ties := -1, 0
	for i, g := range groups {
		values[i] = g.now
		switch {
		case math.IsNaN(g.now) || g.isRest():
		case best < 0 || g.now > groups[best].now:
			best, ties = i, 0
		case g.now == groups[best].now:
			ties++
		}
	}
	if best < 0 || ties > 0 {
		return ""
	}
	share := Shares(values)[best]
	if len(groups) == 1 {
		return "all from " + groups[best].name
	}
	return "most from " + groups[best].name + " (" + share + ")"
}

// largestMover names the group that changed most in the direction in which the
// whole went.
func largestMover(f insight.Format, groups []groupTotal, direction float64) string {
	best := -1
	for i, g := range groups {
		c := g.change()
		if math.IsNaN(c) || c == 0 || g.isRest() || direction*c < 0 {
			continue
		}
		if best < 0 || math.Abs(c) > math.Abs(groups[best].change()) {
			best = i
		}
	}
	if best < 0 {
		return ""
	}
	word, sign := "rise", "+"
	if groups[best].change() < 0 {
		word, sign = "fall", "−"
	}
	g := groups[best]
	return "largest " + word + ": " + g.name + " (" + sign + Short(f, math.Abs(g.change())) + " to " + Short(f, g.now) + ")"
}

// extremes is the sentence for groups that do not add up: the highest and the
// lowest.
func (s *sentence) extremes(f insight.Format, r insight.Result, groups []groupTotal) bool {
	groups = s.withValues(r, groups)
	high, low := -1, -1
	for i, g := range groups {
		if g.isRest() && len(groups) > 1 {
			continue
		}
		if high < 0 || g.now > groups[high].now {
			high = i
		}
		if low < 0 || g.now <= groups[low].now {
			low = i
		}
	}
	if high < 0 {
		return false
	}
	s.late = true
	if len(groups) == 1 {
		s.body = groups[0].name + " " + WithUnit(f, groups[0].now)
		s.changed(r, f, groups[0].now, groups[0].before)
		return true
	}
	if groups[high].now == groups[low].now {
		s.body = "all the same, " + WithUnit(f, groups[high].now)
		return true
	}
	s.body = "highest " + groups[high].name + " (" + valueAndChange(f, r, groups[high]) + ")"
	s.extra = "lowest " + groups[low].name + " (" + WithUnit(f, groups[low].now) + ")"
	return true
}

// several is the sentence for series that measure different things.
func (s *sentence) several(f insight.Format, r insight.Result, groups []groupTotal) bool {
	groups = s.withValues(r, groups)
	if len(groups) == 0 {
		return false
	}
	s.late = true
	var list []string
	for _, g := range groups[:min(3, len(groups))] {
		list = append(list, joinNonEmpty(" ", text.Truncate(g.name, 25, text.Graphemes), WithUnit(f, g.now)))
	}
	if more := len(groups) - len(list); more > 0 {
		list = append(list, countOf(more, "more"))
	}
	s.body = text.JoinWords(list)
	if d := Change(f, groups[0].now, groups[0].before); d.Words != "" && !r.Previous.IsZero() && isComparable(r) {
		s.extra = strings.TrimSpace(groups[0].name + " " + d.Words + " " + previousPhrase(r))
	}
	return true
}

// valueAndChange is a value with its change, for brackets.
func valueAndChange(f insight.Format, r insight.Result, g groupTotal) string {
	d := Change(f, g.now, g.before)
	if r.Previous.IsZero() || d.Words == "" || !isComparable(r) {
		return WithUnit(f, g.now)
	}
	return WithUnit(f, g.now) + ", " + d.Words + " " + previousPhrase(r)
}
