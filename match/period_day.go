package match

import (
	"time"

	"insightbot/insight"
)

// day is a civil day, counted from 1 January 1970. Periods are worked out in
// civil days and become instants at the very end, so that no change of clocks
// can touch the arithmetic.
type day int

// dayOf returns the day of a date. Values outside their usual range are
// carried over, as time.Date does.
func dayOf(y int, m time.Month, d int) day {
	return day(floorDiv(int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()), 86400))
}

// civilDay is the day that t falls on in its own zone.
func civilDay(t time.Time) day { return dayOf(t.Date()) }

// utc is the day as a time, for its calendar fields alone.
func (d day) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

func (d day) date() (int, time.Month, int) { return d.utc().Date() }

func (d day) year() int { return d.utc().Year() }

func (d day) weekday() time.Weekday { return time.Weekday(((int(d)+4)%7 + 7) % 7) }

// start is the first instant of the day in a zone.
func (d day) start(zone *time.Location) time.Time {
	y, m, dd := d.date()
	// Noon exists on every day; midnight does not.
	return insight.GrainDay.Floor(time.Date(y, m, dd, 12, 0, 0, 0, zone), time.Monday)
}

// floor is the first day of the unit that d lies in.
func (d day) floor(g insight.Grain, weekStart time.Weekday) day {
	return civilDay(g.Floor(d.utc(), weekStart))
}

// add moves by n units. The 31st becomes the last day of a shorter month.
func (d day) add(g insight.Grain, n int) day {
	switch g {
	case insight.GrainWeek:
		return d + day(7*n)
	case insight.GrainMonth:
		return d.addMonths(n)
	case insight.GrainQuarter:
		return d.addMonths(3 * n)
	case insight.GrainYear:
		return d.addMonths(12 * n)
	default:
		return d + day(n)
	}
}

func (d day) addMonths(n int) day {
	y, m, dd := d.date()
	first := dayOf(y, m+time.Month(n), 1)
	return min(first+day(dd-1), dayOf(y, m+time.Month(n)+1, 0))
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}
