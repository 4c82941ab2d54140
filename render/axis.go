package render

import (
	"math"
	"slices"
	"strconv"
	"time"

	"insightbot/insight"
)

// axis is the slots that points fall in.
type axis struct {
	// at are the starts of the slots, in order; nil when they are numbered.
	at []time.Time
	// n is how many slots there are and stride how many points share one.
	n, stride int
	first     int
}

// axisOf unites the buckets of all series. Above maxPoints, neighbouring
// points share a slot.
func axisOf(series []insight.Series) axis {
	longest, numbered := 0, false
	for _, s := range series {
		longest = max(longest, len(s.Points))
		numbered = numbered || len(s.Points) > 0 && s.Points[0].At.IsZero()
	}
	a := axis{stride: 1 + (longest-1)/maxPoints}
	switch {
	case numbered:
		a.numbers(series)
	case a.stride > 1:
		i := slices.IndexFunc(series, func(s insight.Series) bool { return len(s.Points) == longest })
		for j := 0; j < longest; j += a.stride {
			a.at = append(a.at, series[i].Points[j].At)
		}
		a.n = len(a.at)
	default:
		a.union(series)
	}
	return a
}

// union sets the slots to every bucket that some series has.
func (a *axis) union(series []insight.Series) {
	for _, s := range series {
		if len(a.at) == len(s.Points) && slices.EqualFunc(a.at, s.Points, func(t time.Time, p insight.Point) bool { return t.Equal(p.At) }) {
			continue
		}
		for _, p := range s.Points {
			a.at = append(a.at, p.At)
		}
		slices.SortFunc(a.at, time.Time.Compare)
		a.at = slices.CompactFunc(a.at, time.Time.Equal)
	}
	if a.n = len(a.at); a.n > maxPoints {
		a.at, a.n = a.at[a.n-maxPoints:], maxPoints
	}
}

// numbers sets the slots to a range of whole numbers.
func (a *axis) numbers(series []insight.Series) {
	lo, hi := math.MaxInt, math.MinInt
	for _, s := range series {
		for _, p := range s.Points {
			lo, hi = min(lo, p.X), max(hi, p.X)
		}
	}
	if lo <= hi {
		a.first, a.n, a.stride = lo, min(hi-lo+1, maxPoints), 1
	}
}

// place puts points on the slots by their own time or number. Of the points
// that share a slot the one farthest from zero stays, alternating with the
// nearest so that the range of the line stays visible.
func (a *axis) place(points []insight.Point) []float64 {
	if a.stride > 1 {
		return a.inOrder(points)
	}
	values := missing(a.n)
	next := 0
	for _, p := range points {
		i := p.X - a.first
		if a.at != nil {
			for next < a.n && a.at[next].Before(p.At) {
				next++
			}
			if i = next; i < a.n && !a.at[i].Equal(p.At) {
				continue
			}
		}
		if i >= 0 && i < a.n {
			values[i] = value(p.Value)
		}
	}
	return values
}

// inOrder puts the n-th point on the n-th slot, as for a comparison window.
func (a *axis) inOrder(points []insight.Point) []float64 {
	values := missing(a.n)
	for i, p := range points {
		slot := i / a.stride
		if slot >= a.n {
			break
		}
		v, old := value(p.Value), values[slot]
		if math.IsNaN(old) || slot%2 == 0 && v > old || slot%2 == 1 && v < old {
			values[slot] = v
		}
	}
	return values
}

// missing is n values that are none.
func missing(n int) []float64 { return slices.Repeat([]float64{math.NaN()}, n) }

// value is v without what cannot be drawn: infinity is no value, and minus
// zero is zero.
func value(v float64) float64 {
	if math.IsInf(v, 0) {
		return math.NaN()
	}
	return v + 0
}

// incomplete is the first slot that is still filling.
func (a *axis) incomplete(r insight.Result) int {
	if r.Incomplete.IsZero() || a.at == nil {
		return a.n
	}
	i, _ := slices.BinarySearchFunc(a.at, r.Incomplete, time.Time.Compare)
	return i
}

// labels are the names of the slots.
func (a *axis) labels(r insight.Result) []string {
	labels := make([]string, a.n)
	for i := range labels {
		if a.at == nil {
			labels[i] = strconv.Itoa(a.first + i)
		} else {
			labels[i] = AxisLabel(r.Grain, a.at[i], r.Window)
		}
	}
	return labels
}
