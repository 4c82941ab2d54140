package render

import (
	"math"
	"slices"
	"strings"
	"time"

	"insightbot/insight"
	"insightbot/text"
)

// funnelOverTime turns the percentages of a funnel over time into the
// fractions that every other rate is given in. Its totals mean nothing.
func funnelOverTime(in insight.Insight, r insight.Result) (insight.Insight, insight.Result) {
	in.Format = shareFormat
	series := make([]insight.Series, len(r.Series))
	for i, s := range r.Series {
		s.Total = math.NaN()
		s.Points = slices.Clone(s.Points)
		for k := range s.Points {
			s.Points[k].Value /= 100
		}
		series[i] = s
	}
	r.Series = series
	return in, r
}

// conversion is the share of the first step that reached the last; NaN where
// nobody entered.
func conversion(steps []insight.Step) float64 {
	if len(steps) == 0 || !(steps[0].Count > 0) {
		return math.NaN()
	}
	return steps[len(steps)-1].Count / steps[0].Count
}

// funnel is the sentence for the steps of a funnel: how many came through, and
// where most were lost; or the best and the worst group.
func (s *sentence) funnel(r insight.Result) bool {
	var groups []groupTotal
	var current []insight.Funnel
	for _, f := range r.Funnels {
		if f.Previous || len(f.Steps) == 0 {
			continue
		}
		g := groupTotal{key: f.Key, name: nameOf(f.Label, f.Key), now: conversion(f.Steps), before: math.NaN()}
		for _, p := range r.Funnels {
			if p.Previous && p.Key == f.Key {
				g.before = conversion(p.Steps)
			}
		}
		groups, current = append(groups, g), append(current, f)
	}
	switch {
	case len(groups) == 0:
		return false
	case len(groups) > 1:
		if s.extremes(shareFormat, r, groups) {
			return true
		}
		fallthrough // nobody entered any of them
	case math.IsNaN(groups[0].now):
		first := current[0].Steps[0]
		if math.IsNaN(first.Count) {
			return false
		}
		s.body = "nobody reached the first step, “" + nameOf(first.Name, "1") + "”,"
		return true
	}
	steps := current[0].Steps
	s.body = Short(shareFormat, groups[0].now) + " of " + Short(countFormat, steps[0].Count) + " came through all " +
		countOf(len(steps), "steps")
	if len(steps) == 1 {
		s.body = Short(countFormat, steps[0].Count) + " at “" + nameOf(steps[0].Name, "1") + "”"
		return true
	}
	s.changed(r, shareFormat, groups[0].now, groups[0].before)
	if s.extra == "" {
		s.extra = largestLoss(steps)
	}
	return true
}

// largestLoss names the step before which most people left.
func largestLoss(steps []insight.Step) string {
	best, most := -1, 0.0
	for i := 1; i < len(steps); i++ {
		if lost := steps[i-1].Count - steps[i].Count; lost > most && steps[i-1].Count > 0 {
			best, most = i, lost
		}
	}
	if best < 0 {
		return ""
	}
	return "largest loss before “" + nameOf(steps[best].Name, "") + "” (" + Short(shareFormat, most/steps[best-1].Count) + ")"
}

// retention is the sentence for cohorts: how many came back after one period
// and after the last that is known, on average.
func (s *sentence) retention(r insight.Result) bool {
	s.late = true
	s.when = PeriodPhrase(r.Window) // cells that are still filling are left out
	var groups []groupTotal
	for _, c := range r.Cohorts {
		groups = append(groups, groupTotal{key: c.Key, name: nameOf(c.Label, c.Key), now: retainedAfter(c, 1), before: math.NaN()})
	}
	unit := strings.ToLower(periodName(r.Grain))
	if len(groups) > 1 && s.extremes(shareFormat, r, groups) {
		s.body = "after 1 " + unit + ", " + s.body
		return true
	}
	for i, g := range groups {
		if math.IsNaN(g.now) {
			continue
		}
		last := 1
		for k := 2; k < longestRow(r.Cohorts[i]); k++ {
			if !math.IsNaN(retainedAfter(r.Cohorts[i], k)) {
				last = k
			}
		}
		s.body = cameBack(r.Cohorts[i], last, unit)
		return true
	}
	for _, c := range r.Cohorts {
		for _, row := range c.Rows {
			if len(row.Counts) > 0 && finite(row.Counts[0]) {
				s.body = "too early to say who came back"
				return true
			}
		}
	}
	return false
}

// longestRow is how many periods the longest cohort has.
func longestRow(c insight.Cohorts) int {
	n := 0
	for _, row := range c.Rows {
		n = max(n, len(row.Counts))
	}
	return n
}

// retainedAfter is the share of people that came back after k periods, all
// complete cells together; NaN where there is none.
func retainedAfter(c insight.Cohorts, k int) float64 { return retained(c, k+1)[k] }

// lifecycle is the sentence for new, returning, resurrecting and dormant
// people in the last complete bucket. Dormant arrives negative.
func (s *sentence) lifecycle(r insight.Result) bool {
	at := time.Time{}
	for _, g := range groupsOf(r) {
		if last, _, ok := lastComplete(r, g.series.Points); ok && last.At.After(at) {
			at = last.At
		}
	}
	if !at.IsZero() {
		s.when = BucketPhrase(r.Grain, at, r.Window)
	}
	var list []string
	net, complete := 0.0, true
	early := at.IsZero() && !r.Incomplete.IsZero() // who is dormant shows only at the end
	for _, status := range lifecycleOrder() {
		for _, g := range groupsOf(r) {
			if g.series.Status != status {
				continue
			}
			v := g.now
			switch {
			case !at.IsZero():
				v = valueAt(g.series.Points, at)
			case early && status == insight.StatusDormant:
				v = math.NaN()
			}
			if math.IsNaN(v) {
				complete = complete && status == insight.StatusReturning
				continue
			}
			list = append(list, Short(countFormat, math.Abs(v))+" "+string(status))
			if status != insight.StatusReturning {
				net += v
			}
		}
	}
	if len(list) == 0 {
		return false
	}
	s.late, s.body = true, text.JoinWords(list)
	if complete && len(list) == len(lifecycleOrder()) {
		s.extra = "net change " + plus(countFormat, net)
	}
	return true
}

// lifecycleOrder is the order in which the statuses are told.
func lifecycleOrder() []insight.Status {
	return []insight.Status{insight.StatusNew, insight.StatusReturning, insight.StatusResurrecting, insight.StatusDormant}
}

// valueAt is the value of the bucket that starts at t, or NaN.
func valueAt(points []insight.Point, t time.Time) float64 {
	for _, p := range points {
		if p.At.Equal(t) {
			return p.Value
		}
	}
	return math.NaN()
}

// plus writes a difference with its sign.
func plus(f insight.Format, v float64) string {
	if v > 0 {
		return "+" + Short(f, v)
	}
	return Short(f, v)
}

// stickiness is the sentence for how many people came on 1, 2, … days.
func (s *sentence) stickiness(in insight.Insight, r insight.Result) bool {
	for _, g := range groupsOf(r) {
		sum, _ := pointSum(g.series.Points)
		top, last := insight.Point{Value: math.NaN()}, insight.Point{}
		for _, p := range g.series.Points {
			if finite(p.Value) && (math.IsNaN(top.Value) || p.Value > top.Value) {
				top = p
			}
			if finite(p.Value) {
				last = p
			}
		}
		if math.IsNaN(top.Value) {
			continue
		}
		unit := strings.ToLower(periodName(r.Grain))
		people := joinNonEmpty(" ", Short(countFormat, sum), text.Clean(in.Format.Unit))
		s.late = true
		if sum == 0 {
			s.body = "0 on any " + unit
			return true
		}
		s.body = "most often on " + unitCount(top.X, unit) + " (" + Short(shareFormat, top.Value/sum) + " of " + people + ")"
		if g.name != "" && len(r.BrokenDownBy) > 0 {
			s.body = g.name + ": " + s.body
		}
		if last.X != top.X {
			s.extra = Short(shareFormat, last.Value/sum) + " on " + unitCount(last.X, unit)
		}
		return true
	}
	return false
}

// unitCount writes "1 day", "2 days".
func unitCount(n int, unit string) string {
	if n != 1 {
		unit += "s"
	}
	return countOf(n, unit)
}
