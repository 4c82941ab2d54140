package render

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"insightbot/insight"
)

// retentionLines reads each group of cohorts as the share of people that came
// back after 1, 2, … periods, all cohorts taken together. A cell that is still
// filling counts neither above nor below the line.
func retentionLines(t *timeline, r insight.Result) {
	t.format = insight.Format{Kind: insight.FormatPercent, Decimals: 1}
	t.note = "average of all " + cohortWord(strings.ToLower(periodName(r.Grain))) + " groups"
	n := 0
	for _, c := range r.Cohorts {
		for _, row := range c.Rows {
			n = max(n, min(len(row.Counts), maxPoints))
		}
	}
	for i := range n {
		t.slots = append(t.slots, periodName(r.Grain)+" "+strconv.Itoa(i))
	}
	t.incomplete = n
	t.groups = len(r.Cohorts)
	for _, c := range r.Cohorts[:min(len(r.Cohorts), maxSeries)] {
		t.lines = append(t.lines, line{
			key: c.Key, label: c.Label, values: retained(c, n), total: math.NaN(), totalBefore: math.NaN(),
		})
	}
}

// retained is the average share of the cohorts of c that came back in each of
// n periods, weighted by their size.
func retained(c insight.Cohorts, n int) []float64 {
	values := missing(n)
	for i := range n {
		came, size := 0.0, 0.0
		for _, row := range c.Rows {
			last := len(row.Counts)
			if row.Incomplete {
				last--
			}
			if i < last && finite(row.Counts[i], row.Counts[0]) {
				came += row.Counts[i]
				size += row.Counts[0]
			}
		}
		if size > 0 {
			values[i] = value(came / size)
		}
	}
	return values
}

// periodName is what a period of retention is called.
func periodName(g insight.Grain) string {
	switch g {
	case insight.GrainHour:
		return "Hour"
	case insight.GrainWeek:
		return "Week"
	case insight.GrainMonth:
		return "Month"
	case insight.GrainQuarter:
		return "Quarter"
	case insight.GrainYear:
		return "Year"
	default:
		return "Day"
	}
}

// histogramLines reads a distribution as one line over its bins, each named by
// its lower bound.
func histogramLines(t *timeline, in insight.Insight, r insight.Result) {
	t.format = insight.Format{Kind: insight.FormatNumber, Decimals: -1}
	current := slices.IndexFunc(r.Bins, func(h insight.Histogram) bool { return !h.Previous })
	if current < 0 {
		return
	}
	bins := r.Bins[current].Bins
	bins = bins[:min(len(bins), maxPoints)]
	l := line{label: r.Bins[current].Label, total: math.NaN(), totalBefore: math.NaN()}
	from := make([]float64, len(bins))
	for i, b := range bins {
		from[i] = b.From
		l.values = append(l.values, value(b.Count))
	}
	if p := slices.IndexFunc(r.Bins, func(h insight.Histogram) bool { return h.Previous }); p >= 0 {
		l.previous = missing(len(bins))
		for i, b := range r.Bins[p].Bins[:min(len(r.Bins[p].Bins), len(bins))] {
			l.previous[i] = value(b.Count)
		}
	}
	t.slots, t.incomplete, t.groups = TickLabels(in.Format, from), len(bins), 1
	t.lines = []line{l}
}

// medians reads box plots as lines of their medians.
func medians(r insight.Result) []insight.Series {
	var list []insight.Series
	for _, b := range r.Boxes {
		s := insight.Series{Key: b.Key, Label: b.Label, Total: math.NaN()}
		for _, x := range b.Boxes {
			s.Points = append(s.Points, insight.Point{At: x.At, Value: x.Median})
		}
		list = append(list, s)
	}
	return list
}

// trim keeps the six largest lines and sums the others up, where a sum means
// anything; where it does not they are left out.
func (t *timeline) trim() {
	rest := slices.DeleteFunc(slices.Clone(t.lines), func(l line) bool { return l.rest == 0 })
	if len(t.lines)-len(rest) <= directLabels {
		return
	}
	size := func(l line) float64 {
		if finite(l.total) {
			return math.Abs(l.total)
		}
		sum := 0.0
		for _, v := range l.values {
			if finite(v) {
				sum += math.Abs(v)
			}
		}
		return sum
	}
	sorted := slices.DeleteFunc(slices.Clone(t.lines), func(l line) bool { return l.rest > 0 })
	slices.SortStableFunc(sorted, func(a, b line) int {
		return cmp.Or(cmp.Compare(size(b), size(a)), cmp.Compare(a.key, b.key))
	})
	t.lines = sorted[:directLabels]
	if !additive(t.format, t.total) || t.groups > len(sorted)+len(rest) || t.note != "" {
		t.lines = append(t.lines, rest...)
		return
	}
	label := "Other (" + strconv.Itoa(len(sorted)-directLabels) + ")"
	if len(rest) > 0 {
		label = "Other" // nobody knows how many the source has put together
	}
	rest = append(rest, sorted[directLabels:]...)
	other := line{label: label, rest: len(rest), values: missing(len(t.slots)), total: math.NaN(), totalBefore: math.NaN()}
	for _, l := range rest {
		add(other.values, l.values)
		if l.previous != nil {
			if other.previous == nil {
				other.previous = missing(len(t.slots))
			}
			add(other.previous, l.previous)
		}
	}
	t.lines = append(t.lines, other)
}

// add adds values to sums, slot by slot. What is missing adds nothing.
func add(sums, values []float64) {
	for i, v := range values {
		if !finite(v) {
			continue
		}
		if math.IsNaN(sums[i]) {
			sums[i] = 0
		}
		sums[i] += v
	}
}

// additive reports whether values may be summed over groups. Shares and
// durations may not, nor what is counted anew or averaged for every group.
func additive(f insight.Format, t insight.Total) bool {
	if t == insight.TotalRerun || t == insight.TotalAverage {
		return false
	}
	return f.Kind != insight.FormatPercent && f.Kind != insight.FormatDuration
}
