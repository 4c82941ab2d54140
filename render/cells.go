package render

import (
	"math"
	"strconv"
	"strings"
	"time"

	"insightbot/insight"
	"insightbot/text"
)

// numberCell writes a number for people in full, and raw with all its digits.
func numberCell(f insight.Format, v float64) fullCell {
	return fullCell{text: Exact(f, v), raw: rawNumber(v), number: true}
}

// textCell writes text.
func textCell(s string) fullCell { return fullCell{text: text.Clean(s), raw: s} }

// changeCell writes how a value changed; raw it is the difference.
func changeCell(f insight.Format, now, before float64) fullCell {
	c := fullCell{text: Change(f, now, before).Short, raw: rawNumber(difference(now, before)), number: true}
	switch {
	case c.text == "" && finite(now, before):
		c.text = plus(f, now-before)
	case c.text == "":
		c.text = NoValue
	}
	return c
}

// difference is now less before without the noise of binary arithmetic.
func difference(now, before float64) float64 {
	v, err := strconv.ParseFloat(strconv.FormatFloat(now-before, 'g', 12, 64), 64)
	if err != nil {
		return now - before
	}
	return v
}

// durationCell writes a time span; one that is negative is unknown.
func durationCell(d time.Duration) fullCell {
	c := fullCell{text: DurationText(d), number: true}
	if d >= 0 {
		c.raw = rawNumber(d.Seconds())
	}
	return c
}

// timeCell writes the bucket that starts at t.
func timeCell(r insight.Result, t time.Time, filling bool) fullCell {
	c := fullCell{text: BucketLabel(r.Grain, t, r.Window), raw: isoTime(r, t)}
	if filling {
		c.text, c.filling = c.text+" (so far)", true
	}
	return c
}

// isoTime writes the start of a bucket: a date where buckets are days or more,
// otherwise an instant with the offset of its zone.
func isoTime(r insight.Result, t time.Time) string {
	if !r.Window.IsZero() {
		t = t.In(r.Window.Zone())
	}
	if r.Grain == insight.GrainHour || r.Grain == insight.GrainNone {
		return t.Format(time.RFC3339)
	}
	return t.Format(time.DateOnly)
}

// rawNumber writes a number with all its digits; "" where there is none.
func rawNumber(v float64) string {
	switch {
	case math.IsNaN(v):
		return ""
	case math.IsInf(v, 0):
		return guard(strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), "+Inf", "Infinity", 1))
	case math.Abs(v) >= 1e21 || v != 0 && math.Abs(v) < 1e-9:
		return strconv.FormatFloat(v, 'e', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// isoWindow writes a window by its first and last day, or by its two instants
// where it is no whole number of days.
func isoWindow(w insight.Window) string {
	to := w.To.In(w.Zone())
	if !startsDay(w.From) || !startsDay(to) {
		return w.From.Format(time.RFC3339) + "/" + to.Format(time.RFC3339)
	}
	first, last := w.From.Format(time.DateOnly), to.Add(-time.Nanosecond).Format(time.DateOnly)
	if first == last {
		return first
	}
	return first + " to " + last
}
