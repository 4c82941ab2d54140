package render

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// shortDuration writes seconds with the two units that matter: "3 m 12 s".
func shortDuration(seconds float64) string {
	a := math.Abs(seconds)
	d := decimalOf(seconds)
	switch {
	case a == 0:
		return "0 s"
	case a < 0.001:
		return signed(d, "<1 ms")
	case d.shift(3).round(0).exp <= 3:
		return signed(d, d.shift(3).fixed(0)+" ms")
	case d.round(1).exp <= 1 || a < 59.95:
		return signed(d, trimZeros(d.fixed(1))+" s")
	case a > 1e11:
		return signed(d, compact(d.abs().shift(0), 0)+" s")
	}
	return signed(d, largestUnits(int64(math.Round(a)), 2))
}

// exactDuration writes seconds with all units: "1 h 3 m 12.5 s".
func exactDuration(seconds float64) string {
	a := math.Abs(seconds)
	if a < 60 || a > 1e11 {
		return shortDuration(seconds)
	}
	return signed(decimalOf(seconds), largestUnits(int64(math.Round(a)), 4))
}

// DurationText writes a time span like every other duration; NoValue for one
// that is negative, which means it is unknown.
func DurationText(d time.Duration) string {
	if d < 0 {
		return NoValue
	}
	return shortDuration(d.Seconds())
}

// largestUnits splits whole seconds into days, hours, minutes and seconds, and
// writes the first n of them from the largest that is not zero. What is left
// out is rounded, with a carry: 3 h 59 m 50 s in two units is 4 h.
func largestUnits(seconds int64, n int) string {
	sizes := []int64{86400, 3600, 60, 1}
	names := []string{"d", "h", "m", "s"}
	first := 0
	for first < len(sizes)-1 && seconds < sizes[first] {
		first++
	}
	last := min(first+n-1, len(sizes)-1)
	unit := sizes[last]
	seconds = (seconds + unit/2) / unit * unit
	if first > 0 && seconds >= sizes[first-1] {
		return largestUnits(seconds, n)
	}
	var parts []string
	for i := first; i <= last; i++ {
		if q := seconds / sizes[i]; q > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", group(fmt.Sprint(q)), names[i]))
		}
		seconds %= sizes[i]
	}
	return strings.Join(parts, " ")
}

// shortBytes writes bytes in decimal units: "1.2 GB".
func shortBytes(v float64) string {
	d := decimalOf(v)
	a := d.abs()
	if a.round(0).exp <= 3 {
		return signed(d, a.fixed(0)) + " B"
	}
	for i, unit := range []string{"kB", "MB", "GB", "TB", "PB", "EB"} {
		scaled := a.shift(-3 * (i + 1))
		if r := scaled.round(1); r.exp <= 2 {
			return signed(d, trimZeros(r.fixed(1))) + " " + unit
		}
		if r := scaled.round(0); r.exp <= 3 {
			return signed(d, r.fixed(0)) + " " + unit
		}
	}
	return signed(d, compact(a, 0)) + " B"
}
