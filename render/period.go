package render

import (
	"time"

	"insightbot/insight"
)

// The layouts of dates in words.
const (
	layoutDay      = "2 Jan"
	layoutDayYear  = "2 Jan 2006"
	layoutWeekday  = "Mon 2 Jan 2006"
	layoutMonth    = "January"
	layoutMonthAll = "January 2006"
	layoutTime     = "15:04"
)

// PeriodLabel names a window by its resolved dates, in its own zone and
// inclusive, as people read them: 16 to 23 November, half-open, is
// "16–22 Nov 2026". A whole day, month, quarter or year is called by its name.
// A zero window is "".
func PeriodLabel(w insight.Window) string {
	label, _ := period(w)
	return label
}

// PeriodPhrase is PeriodLabel with the preposition it takes in a sentence:
// "in 9–15 Nov 2026", "on Mon 16 Nov 2026".
func PeriodPhrase(w insight.Window) string {
	label, preposition := period(w)
	if label == "" {
		return ""
	}
	return preposition + " " + label
}

// ZoneLabel names the zone of a window: "Europe/Berlin" or "UTC". A zone that
// only this machine knows by name is given by its offset.
func ZoneLabel(w insight.Window) string {
	switch name := w.Zone().String(); name {
	case "", "UTC":
		return "UTC"
	case "Local":
		return "UTC" + w.From.Format("-07:00")
	default:
		return name
	}
}

// period returns the label of w and the preposition before it.
func period(w insight.Window) (label, preposition string) {
	if w.IsZero() {
		return "", ""
	}
	from, to := w.From, w.To.In(w.From.Location())
	if !to.After(from) {
		return momentLabel(from), "at"
	}
	if !startsDay(from) || !startsDay(to) {
		return hoursLabel(from, to)
	}
	last := to.Add(-time.Nanosecond) // lies in the last day, whatever its length
	if label := unitLabel(from, to, last); label != "" {
		return label, "in"
	}
	if sameDay(from, last) {
		return from.Format(layoutWeekday), "on"
	}
	return rangeLabel(from, last), "in"
}

// unitLabel names whole months, quarters and years; "" for anything else.
func unitLabel(from, to, last time.Time) string {
	if from.Day() != 1 || to.Day() != 1 {
		return ""
	}
	months := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	sameYear := from.Year() == last.Year()
	switch {
	case from.Month() == time.January && months == 12:
		return from.Format("2006")
	case from.Month() == time.January && months%12 == 0:
		return from.Format("2006") + "–" + last.Format("2006")
	case months == 1:
		return from.Format(layoutMonthAll)
	case months == 3 && (from.Month()-1)%3 == 0:
		return quarter(from)
	case sameYear:
		return from.Format(layoutMonth) + "–" + last.Format(layoutMonthAll)
	}
	return from.Format(layoutMonthAll) + " – " + last.Format(layoutMonthAll)
}

// rangeLabel names the days from the first to the last. The year stands once
// where it is the same.
func rangeLabel(from, last time.Time) string {
	switch {
	case from.Year() != last.Year():
		return from.Format(layoutDayYear) + " – " + last.Format(layoutDayYear)
	case from.Month() != last.Month():
		return from.Format(layoutDay) + " – " + last.Format(layoutDayYear)
	}
	return from.Format("2") + "–" + last.Format(layoutDayYear)
}

// hoursLabel names a window that does not begin and end at midnight.
func hoursLabel(from, to time.Time) (label, preposition string) {
	last := to.Add(-time.Nanosecond)
	if startsDay(from) && sameDay(from, last) {
		return from.Format(layoutWeekday) + " until " + clock(to), "on"
	}
	if startsDay(from) {
		return rangeLabel(from, last) + " until " + clock(to), "in"
	}
	if sameDay(from, last) {
		end := clock(to)
		if !sameDay(from, to) {
			end = "24:00"
		}
		return from.Format(layoutWeekday) + ", " + clock(from) + "–" + end, "on"
	}
	end := to.Format(layoutDayYear) + ", " + clock(to)
	if startsDay(to) {
		end = last.Format(layoutDayYear) + ", 24:00"
	}
	return momentLabel(from) + " – " + end, "in"
}

// momentLabel names one instant.
func momentLabel(t time.Time) string { return t.Format(layoutDayYear) + ", " + clock(t) }

// clock writes the time of day. An hour that happens twice, when the clocks go
// back, carries the abbreviation of its offset.
func clock(t time.Time) string {
	if ambiguous(t) {
		return t.Format(layoutTime + " MST")
	}
	return t.Format(layoutTime)
}

// ambiguous reports whether the civil time of t happens twice in its zone.
func ambiguous(t time.Time) bool {
	start, end := t.ZoneBounds()
	_, offset := t.Zone()
	if !start.IsZero() {
		_, before := start.Add(-time.Second).Zone()
		if back := time.Duration(before-offset) * time.Second; t.Add(-back).Before(start) && back > 0 {
			return true
		}
	}
	if !end.IsZero() {
		_, after := end.Zone()
		if back := time.Duration(offset-after) * time.Second; !t.Add(back).Before(end) && back > 0 {
			return true
		}
	}
	return false
}

// startsDay reports whether t is the first instant of its civil day, which is
// not always midnight.
func startsDay(t time.Time) bool { return insight.GrainDay.Floor(t, time.Sunday).Equal(t) }

// sameDay reports whether two instants of one zone share a civil day.
func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	return ay == by && am == bm && ad == bd
}

// quarter names the quarter t lies in: "Q3 2025".
func quarter(t time.Time) string {
	return "Q" + string(rune('1'+(t.Month()-1)/3)) + " " + t.Format("2006")
}

// BucketLabel names the bucket that starts at t in full, for tables and
// sentences: "Mon 16 Nov 2026", "16–22 Nov 2026", "November 2026". A bucket
// that sticks out of w is named by the part of it that lies in w, because only
// that was counted.
func BucketLabel(g insight.Grain, t time.Time, w insight.Window) string {
	label, _ := bucket(g, t, w)
	return label
}

// BucketPhrase is BucketLabel with its preposition: "on Mon 16 Nov 2026".
func BucketPhrase(g insight.Grain, t time.Time, w insight.Window) string {
	label, preposition := bucket(g, t, w)
	return preposition + " " + label
}

// bucket returns the label of a bucket and the preposition before it.
func bucket(g insight.Grain, t time.Time, w insight.Window) (label, preposition string) {
	if !w.IsZero() {
		t = t.In(w.Zone())
	}
	switch {
	case g == insight.GrainNone && w.IsZero():
		return momentLabel(t), "at"
	case g == insight.GrainNone:
		return period(w)
	case g == insight.GrainHour:
		return t.Format(layoutWeekday) + ", " + clock(t), "on"
	}
	b := insight.Window{From: t, To: g.Next(t)}
	if !w.IsZero() && t.Before(w.To) && b.To.After(w.From) {
		b.From = latest(b.From, w.From)
		// A window that ends now is still filling: its last bucket keeps the
		// name of the whole and is marked incomplete elsewhere.
		if to := w.To.In(w.Zone()); startsDay(to) {
			b.To = earliest(b.To, to)
		}
	}
	return period(b)
}

// AxisLabel names the bucket that starts at t shortly, for an axis: "16 Nov",
// "Nov", "14:00". How much it must say depends on the window, whose dates are
// printed above the chart.
func AxisLabel(g insight.Grain, t time.Time, w insight.Window) string {
	if !w.IsZero() {
		t = t.In(w.Zone())
	}
	long := w.IsZero() || w.To.Sub(w.From) > 366*24*time.Hour
	oneYear := !w.IsZero() && w.From.Year() == w.To.In(w.From.Location()).Add(-time.Nanosecond).Year()
	switch g {
	case insight.GrainHour:
		if !w.IsZero() && sameDay(w.From, w.To.In(w.From.Location()).Add(-time.Nanosecond)) {
			return clock(t)
		}
		return t.Format(layoutDay) + " " + clock(t)
	case insight.GrainMonth:
		if oneYear {
			return t.Format("Jan")
		}
		return t.Format("Jan 2006")
	case insight.GrainQuarter:
		if oneYear {
			return quarter(t)[:2]
		}
		return quarter(t)
	case insight.GrainYear:
		return t.Format("2006")
	default:
		if !w.IsZero() && t.Before(w.From) {
			t = w.From
		}
		if long {
			return t.Format(layoutDayYear)
		}
		return t.Format(layoutDay)
	}
}

// latest and earliest pick one of two instants.
func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
