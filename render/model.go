package render

import (
	"cmp"
	"math"
	"slices"
	"time"

	"insightbot/insight"
)

// The limits of one picture. What is beyond them could not be seen.
const (
	maxSeries    = 50
	maxPoints    = 5000
	directLabels = 6
	maxRows      = 12
	maxBars      = 60
)

// line is one series over the slots of the x axis. Slots without a value are
// NaN.
type line struct {
	key, label string
	values     []float64
	// previous are the values of the comparison window by the same slots; nil
	// where there are none.
	previous []float64
	// total is the value of the whole window and totalBefore of the one it is
	// compared with; NaN when unknown.
	total, totalBefore float64
	status             insight.Status
	// rest is how many series are summed up in this one, at least.
	rest int
}

// timeline is a set of lines over one axis.
type timeline struct {
	lines []line
	slots []string
	// at are the starts of the slots, nil where they are no times.
	at []time.Time
	// incomplete is the first slot that is still filling, or len(slots). Where
	// over is true the window has ended and only cuts into that slot.
	incomplete int
	over       bool
	// whole is the first slot that lies wholly in the window: 1 where the
	// window begins in the middle of a bucket.
	whole  int
	format insight.Format
	total  insight.Total
	// groups is how many series there were before the smaller ones were left
	// out.
	groups int
	// note says what the lines are where the title cannot: "median".
	note string
}

// timelineOf reads the lines of a result, whatever its shape.
func timelineOf(in insight.Insight, r insight.Result) timeline {
	t := timeline{format: in.Format, total: in.Total}
	switch r.Shape {
	case insight.ShapeRetention:
		retentionLines(&t, r)
	case insight.ShapeHistogram:
		histogramLines(&t, in, r)
	case insight.ShapeBox:
		seriesLines(&t, r, medians(r))
		t.note = "median"
	default:
		if r.Shape == insight.ShapeStickiness {
			t.format = insight.Format{Kind: insight.FormatNumber, Decimals: -1}
		}
		seriesLines(&t, r, r.Series)
	}
	return t
}

// seriesLines puts series with points on common slots.
func seriesLines(t *timeline, r insight.Result, series []insight.Series) {
	current := slices.DeleteFunc(slices.Clone(series), func(s insight.Series) bool { return s.Previous })
	t.groups = len(current)
	if len(current) > maxSeries {
		slices.SortStableFunc(current, func(a, b insight.Series) int { return byTotal(a.Total, b.Total) })
		current = current[:maxSeries]
	}
	axis := axisOf(current)
	t.slots, t.at, t.incomplete = axis.labels(r), axis.at, axis.incomplete(r)
	t.cut(r)
	for _, s := range current {
		l := line{
			key: s.Key, label: s.Label, status: s.Status, total: s.Total, totalBefore: math.NaN(),
			values: axis.place(s.Points),
		}
		if s.Key == insight.KeyOther {
			l.rest, l.label = 1, cmp.Or(l.label, "Other")
		}
		if s.Status == insight.StatusDormant && r.Shape == insight.ShapeLifecycle && r.Running() {
			// Who is dormant shows only when the bucket is over.
			copy(l.values[t.incomplete:], missing(len(l.values)-t.incomplete))
		}
		if i := slices.IndexFunc(series, func(p insight.Series) bool { return p.Previous && p.Key == s.Key }); i >= 0 {
			l.totalBefore = series[i].Total
			if len(series[i].Points) > 0 {
				l.previous = axis.inOrder(series[i].Points)
			}
		}
		t.lines = append(t.lines, l)
	}
}

// byTotal orders greater totals first, missing ones last.
func byTotal(a, b float64) int {
	switch {
	case math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(b) || a > b:
		return -1
	case math.IsNaN(a) || a < b:
		return 1
	}
	return 0
}

// slot is the name of a slot, "" for none.
func (t *timeline) slot(i int) string {
	if i < 0 || i >= len(t.slots) {
		return ""
	}
	return t.slots[i]
}
