package shape

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"insightbot/insight"
)

// allGrains are the buckets that PostHog has.
var allGrains = []insight.Grain{insight.GrainHour, insight.GrainDay, insight.GrainWeek, insight.GrainMonth}

// bothCompares are the comparisons: each is a run of its own, for PostHog's own
// knows neither calendar months nor every kind.
var bothCompares = []insight.Compare{insight.ComparePrevious, insight.CompareYear}

// accepts lists what the insight can be run with: what its kind can do, less
// what an old form of it or its statement cannot.
func (s Saved) accepts(dims []dimension) insight.Accepts {
	a := insight.Accepts{Windows: s.Kind != KindSQL || s.def.sql.filters, Grains: s.grains()}
	switch {
	case s.Kind == KindSQL, s.Kind == KindRetention, s.Kind == KindLifecycle, s.Kind == KindPaths, s.def.display == "BoxPlot":
	default:
		a.Compare = bothCompares
	}
	saved := 0
	for _, d := range dims {
		if d.Breakdown || d.Filter {
			a.Dimensions = append(a.Dimensions, d.Dimension)
		}
		if d.saved {
			saved++
		}
	}
	some := slices.ContainsFunc(a.Dimensions, func(d insight.Dimension) bool { return d.Breakdown })
	switch {
	case !some:
	case s.Kind == KindTrends && s.def.source != nil:
		a.MaxBreakdowns = max(2, saved)
	default:
		a.MaxBreakdowns = max(1, saved)
	}
	return a
}

// grains are the buckets an insight can be drawn in. Those of an old insight
// cannot be changed, and retention knows no other than its own.
func (s Saved) grains() []insight.Grain {
	if s.def.fine && s.def.source == nil {
		return nil
	}
	switch s.Kind {
	case KindTrends:
		if s.def.source == nil {
			if s.def.total() {
				return nil
			}
			return []insight.Grain{s.def.grain}
		}
		return slices.Clone(allGrains)
	case KindLifecycle:
		if s.def.source == nil {
			return []insight.Grain{s.def.grain}
		}
		return slices.Clone(allGrains)
	case KindFunnels:
		switch {
		case s.def.funnel != overTime:
			return nil
		case s.def.source == nil:
			return []insight.Grain{s.def.grain}
		}
		return slices.Clone(allGrains)
	case KindRetention:
		return []insight.Grain{s.def.grain}
	default:
		return nil
	}
}

// defaults are what runs when a question leaves it open: as it was saved.
func (s Saved) defaults(p Project, dims []dimension) insight.Defaults {
	var d insight.Defaults
	if s.Kind == KindSQL && !s.def.sql.filters {
		return d
	}
	d.Period = s.period(p)
	if grains := s.grains(); (s.Kind != KindTrends || !s.def.total()) && slices.Contains(grains, s.def.grain) {
		d.Grain = s.def.grain
	}
	d.Breakdowns = savedBreakdowns(dims)
	return d
}

// period is the saved period as a phrase.
func (s Saved) period(p Project) string {
	d := s.def.dates
	if s.Kind == KindRetention {
		// It shows so many cohorts up to the end, whenever it begins.
		return lastOf(s.cohorts(), string(s.def.grain))
	}
	from := strings.TrimSpace(d.from)
	to := strings.TrimSpace(d.to)
	if phrase := relativePeriod(from, to); phrase != "" {
		return phrase
	}
	begin := momentOf(from, p.zone())
	if begin.IsZero() {
		return "last 7 days" // what PostHog takes where nothing is said
	}
	if end := momentOf(to, p.zone()); !end.IsZero() && !end.Before(begin) {
		return "from " + begin.Format(time.DateOnly) + " to " + end.Format(time.DateOnly)
	}
	return "since " + begin.Format(time.DateOnly)
}

// cohorts is how many cohorts a retention shows.
func (s Saved) cohorts() int {
	switch {
	case s.def.intervals > 0:
		return s.def.intervals
	case s.def.source == nil:
		return 11
	}
	return 7
}

// relativePeriod reads relative dates as a phrase: -7d is "last 7 days".
func relativePeriod(from, to string) string {
	pairs := map[string]string{
		"dStart": "today", "-1dStart -1dEnd": "yesterday", "wStart": "this week", "-1wStart -1wEnd": "last week",
		"mStart": "this month", "-1mStart -1mEnd": "last month", "yStart": "this year", "-1yStart -1yEnd": "last year",
		"qStart": "this quarter", "-1qStart -1qEnd": "last quarter", "all": "all time",
		"mStart mEnd": "this month", "yStart yEnd": "this year", "dStart dEnd": "today", "-1dStart": "since yesterday",
	}
	key := strings.TrimSpace(from + " " + to)
	if phrase, ok := pairs[key]; ok {
		return phrase
	}
	if to != "" && to != "dEnd" {
		return ""
	}
	rest, minus := strings.CutPrefix(from, "-")
	unit := strings.TrimLeft(rest, "0123456789")
	n, err := strconv.Atoi(strings.TrimSuffix(rest, unit))
	name := map[string]string{"h": "hour", "d": "day", "w": "week", "m": "month", "q": "quarter", "y": "year", "dStart": "day"}[unit]
	if !minus || err != nil || n < 1 || n > 9999 || name == "" {
		return ""
	}
	return lastOf(n, name)
}

// lastOf is so many units as a phrase.
func lastOf(n int, unit string) string {
	if n == 1 {
		// "last day" would be one that ended; a week that ends today is meant.
		switch unit {
		case "day":
			return "last 24 hours"
		case "week":
			return "last 7 days"
		case "month":
			return "last 30 days"
		case "year":
			return "last 12 months"
		case "quarter":
			return "last 3 months"
		}
		return "last 60 minutes"
	}
	return "last " + strconv.Itoa(n) + " " + unit + "s"
}
