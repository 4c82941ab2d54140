package source

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"insightbot/insight"
)

// refuseSmall refuses what cannot be shown to an audience that may not see
// small groups: parts of an answer whose number of people nobody knows.
func refuseSmall(in insight.Insight, q insight.Query) error {
	if !hides(in, q) {
		return nil
	}
	shape := in.Chart.Shape()
	parts := len(q.Breakdowns) > 0 || len(q.Filters) > 0
	switch {
	case !counts(in) && shape != insight.ShapeTrend:
		return fmt.Errorf("a %s of unknown numbers of people: %w", shape, insight.ErrSmallGroups)
	case !counts(in) && parts:
		return fmt.Errorf("parts of unknown numbers of people: %w", insight.ErrSmallGroups)
	case len(q.Breakdowns) > 1:
		// By the first of them alone it tells the sums of what would be hidden.
		return fmt.Errorf("two breakdowns at once: %w", insight.ErrSmallGroups)
	}
	return nil
}

// hides reports whether small groups matter at all: for whom they are asked,
// and where the data is about people.
func hides(in insight.Insight, q insight.Query) bool {
	return q.MinGroup > 1 && in.People != insight.PeopleNone
}

// counts reports whether every value of an insight is a number of people. A
// row of a table, a spread, or an amount is not, whatever its author says.
func counts(in insight.Insight) bool {
	shape := in.Chart.Shape()
	return in.People == insight.PeopleCounted && shape != insight.ShapeTable && shape != insight.ShapeBox &&
		(in.Format.Kind == insight.FormatNumber || in.Format.Kind == "")
}

// hideSmall hides every number of fewer people than the query allows, zero
// apart, and as many others as it takes that nobody can work them out from the
// rest of the same result. What is hidden is NaN, or left out where it stands
// for a whole group. A note says how much that was, and not which of it was
// small. What several answers tell together is not its matter: see the guide.
func hideSmall(in insight.Insight, q insight.Query, r insight.Result) (insight.Result, error) {
	if !hides(in, q) {
		return r, nil
	}
	parts := len(q.Breakdowns) > 0 || len(q.Filters) > 0
	rates := r.Shape == insight.ShapeFunnel && len(r.Series) > 0 // a funnel over time
	if !counts(in) || rates {
		if parts || r.Shape != insight.ShapeTrend && !rates || len(r.Series) > 1 && !comparesOne(r) || hasOther(r) {
			return insight.Result{}, fmt.Errorf("%s of unknown numbers of people: %w", r.Shape, insight.ErrSmallGroups)
		}
		return r, nil
	}
	h := hider{in: in, result: r, k: float64(q.MinGroup), split: len(q.Breakdowns) > 0 || len(r.BrokenDownBy) > 0}
	switch r.Shape {
	case insight.ShapeTrend, insight.ShapeStickiness:
		h.series()
	case insight.ShapeLifecycle:
		h.lifecycle()
	case insight.ShapeFunnel:
		h.funnels()
	case insight.ShapeRetention:
		h.cohorts()
	case insight.ShapeHistogram:
		h.histograms()
	case insight.ShapePaths:
		h.paths()
	default:
		return insight.Result{}, fmt.Errorf("%s of numbers of people: %w", r.Shape, insight.ErrSmallGroups)
	}
	h.note(q.MinGroup)
	return h.result, nil
}

// comparesOne reports whether a result has but one series of each window.
func comparesOne(r insight.Result) bool {
	seen := map[bool]int{}
	for _, s := range r.Series {
		seen[s.Previous]++
	}
	return seen[false] <= 1 && seen[true] <= 1
}

// hasOther reports whether a trend carries data of any other shape.
func hasOther(r insight.Result) bool {
	r.Series = nil
	return !r.Empty()
}

// hider takes the small groups out of a result. It never changes what the
// result shares with others.
type hider struct {
	in     insight.Insight
	result insight.Result
	k      float64
	// split says that the result has parts that make up a known whole.
	split bool
	// groups and values are how many were hidden.
	groups, values int
}

// note says what was done.
func (h *hider) note(k int) {
	var what []string
	for _, c := range []struct {
		n    int
		name string
	}{{h.groups, "group"}, {h.values, "value"}} {
		switch {
		case c.n == 1:
			what = append(what, "1 "+c.name)
		case c.n > 1:
			what = append(what, fmt.Sprintf("%d %ss", c.n, c.name))
		}
	}
	if len(what) == 0 {
		return
	}
	be := "are"
	if h.groups+h.values == 1 {
		be = "is"
	}
	note := fmt.Sprintf("%s %s not shown, so that nobody can tell a number of fewer than %d people.", strings.Join(what, " and "), be, k)
	if h.result.Empty() && !h.split {
		note = fmt.Sprintf("Numbers of fewer than %d people are not shown.", k)
	}
	h.result.Notes = append(slices.Clip(h.result.Notes), note)
	// Sums and shares of what is left would be wrong.
	h.result.More = h.result.More || h.groups > 0
}

// shown is a value, or NaN where it is hidden.
func (h *hider) shown(l *ledger, at int, v float64) float64 {
	if !l.isHidden(at) {
		return v
	}
	h.values++
	return math.NaN()
}

// small reports whether a number tells of some people, but too few.
func (h *hider) small(v float64) bool { return v != 0 && math.Abs(v) < h.k }
