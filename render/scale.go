package render

import (
	"math"

	"insightbot/insight"
)

// hugeValue bounds the values that are drawn, so that differences between them
// stay finite.
const hugeValue = 1e300

// overshoot is the share of a step that values may go beyond the outermost
// ticks.
const overshoot = 0.45

// scale maps values to a height or a width.
type scale struct {
	lo, hi float64
	ticks  []float64
	// from and to are the coordinates of lo and hi.
	from, to float64
}

// at is the coordinate of a value; NaN for one that is no number.
func (s scale) at(v float64) float64 {
	if !finite(v) {
		return math.NaN()
	}
	v = max(s.lo, min(s.hi, v))
	return s.from + (v-s.lo)/(s.hi-s.lo)*(s.to-s.from)
}

// newScale finds an axis for values: 3 to 6 round ticks that enclose them all.
// With zero, 0 is one of them.
func newScale(f insight.Format, values []float64, zero bool) scale {
	lo, hi, whole := bounds(values)
	if f.Kind == insight.FormatPercent || f.Kind == insight.FormatDuration {
		whole = false
	}
	if zero || lo > hi {
		lo, hi = min(lo, 0), max(hi, 0)
	}
	if lo > hi || lo == 0 && hi == 0 {
		lo, hi = 0, emptyTop(f)
	}
	// Values that differ in their last digits alone are one value on paper, and
	// ticks between them would be one number.
	if hi-lo <= 1e-9*max(math.Abs(lo), math.Abs(hi)) {
		lo, hi = lo-math.Abs(lo)/10, hi+math.Abs(hi)/10
	}
	unit := tickUnit(f, max(math.Abs(lo), math.Abs(hi)))
	step, first, last := tickStep(lo/unit, hi/unit, whole)
	// A little above the last tick but one is no reason for one more.
	if last-first > 2 && hi/unit-float64(last-1)*step < overshoot*step {
		last--
	}
	if last-first > 2 && float64(first+1)*step-lo/unit < overshoot*step {
		first++
	}
	s := scale{lo: min(lo, float64(first)*step*unit), hi: max(hi, float64(last)*step*unit)}
	for i := first; i <= last; i++ {
		s.ticks = append(s.ticks, roundTick(float64(i)*step)*unit)
	}
	return s
}

// bounds are the least and greatest of the values that are numbers, and
// whether all of them are whole. Without any, the least is the greater one.
func bounds(values []float64) (lo, hi float64, whole bool) {
	lo, hi, whole = math.Inf(1), math.Inf(-1), true
	for _, v := range values {
		if !finite(v) {
			continue
		}
		v = max(-hugeValue, min(hugeValue, v))
		lo, hi = min(lo, v), max(hi, v)
		whole = whole && v == math.Trunc(v)
	}
	if math.Abs(lo) < 1/hugeValue {
		lo = 0
	}
	if math.Abs(hi) < 1/hugeValue {
		hi = 0
	}
	return lo, hi, whole
}

// emptyTop is the end of an axis on which everything is zero.
func emptyTop(f insight.Format) float64 {
	if f.Kind == insight.FormatPercent {
		return 0.1
	}
	return 2
}

// tickUnit is what ticks count in: durations have round minutes, hours and
// days instead of round seconds.
func tickUnit(f insight.Format, top float64) float64 {
	switch {
	case f.Kind == insight.FormatPercent:
		return 0.01
	case f.Kind != insight.FormatDuration || top < 120:
		return 1
	case top < 2*3600:
		return 60
	case top < 2*86400:
		return 3600
	}
	return 86400
}

// tickStep finds the narrowest step of 1, 2, 2.5 or 5 times a power of ten
// with which 3 to 5 ticks, at most 6, enclose lo and hi. Ticks are the
// multiples first to last of it.
func tickStep(lo, hi float64, whole bool) (step float64, first, last int64) {
	exp := math.Floor(math.Log10(hi-lo)) - 2
	for _, most := range []float64{5, 6} {
		for e := exp; e <= exp+4; e++ {
			for _, m := range []float64{1, 2, 2.5, 5} {
				step = roundTick(m * math.Pow(10, e))
				if whole && step != math.Trunc(step) {
					continue
				}
				a, b := math.Floor(lo/step+1e-9), math.Ceil(hi/step-1e-9)
				if b-a+1 > most {
					continue
				}
				if b-a < 2 { // too few: a small range of whole numbers
					b = a + 2
				}
				if most == 5 && wasteful(lo, hi, a*step, b*step) {
					continue
				}
				return step, int64(a), int64(b)
			}
		}
	}
	return hi - lo, 0, 2
}

// wasteful reports whether an axis leaves more than half of itself empty.
func wasteful(lo, hi, first, last float64) bool { return hi-lo < (last-first)/2 }

// roundTick takes the binary noise off a tick.
func roundTick(v float64) float64 {
	if v == 0 || !finite(v) {
		return 0
	}
	mag := math.Pow(10, 12-math.Floor(math.Log10(math.Abs(v))))
	if !finite(mag) || mag == 0 {
		return v
	}
	return math.Round(v*mag) / mag
}

// maxSlotLabels is how many slots of a time axis are labelled at most.
const maxSlotLabels = 5

// labelStep is every how manyth of n slots gets a label, counted from the
// last: at most most, with room between them, and where it can be whole weeks,
// quarters or days.
func labelStep(n, most int, slot, width float64, g insight.Grain) int {
	step := 1
	for n > 1 && ((n-1)/step+1 > most || float64(step)*slot < width+10) && step < n {
		step++
	}
	for nice := step; nice < n && (n-1)/nice >= 2; nice++ {
		if niceStep(nice, g) {
			return nice
		}
	}
	return step
}

// niceStep reports whether so many buckets make a span people think in.
func niceStep(n int, g insight.Grain) bool {
	switch g {
	case insight.GrainHour:
		return n <= 3 || n == 6 || n == 12 || n%24 == 0
	case insight.GrainDay:
		return n < 6 || n%7 == 0
	case insight.GrainMonth:
		return 12%n == 0 || n%12 == 0
	case insight.GrainQuarter:
		return n < 3 || n%4 == 0
	default:
		return true
	}
}
