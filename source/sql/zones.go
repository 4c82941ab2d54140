package sqlsource

import (
	"slices"
	"time"

	"insightbot/insight"
)

// segment is a stretch of time, on the axis of stored seconds, in which the
// offsets of the zones do not change. Databases need no zone tables of their
// own: the few segments of a window are written into the statement.
type segment struct {
	// until is the first stored second after it; the last has none.
	until int64
	last  bool
	// shift is added to stored seconds to get civil seconds of the insight's
	// zone; offset is how far that zone is ahead of UTC.
	shift, offset int64
}

// segments cuts the time round a window at every change of clocks in the zone
// of the insight or the zone of the stored values. A stored hour that happened
// twice is taken for its first time.
func segments(w insight.Window, zone, stored *time.Location) []segment {
	// A statement may look back from the window, so the year before it is
	// right as well.
	from, to := w.From.AddDate(-1, 0, -1), w.To.AddDate(0, 0, 1)
	cuts := append(changes(zone, from, to), changes(stored, from, to)...)
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)

	var all []segment
	at := from
	for i := 0; i <= len(cuts); i++ {
		_, ahead := at.In(zone).Zone()
		_, storedAhead := at.In(stored).Zone()
		s := segment{shift: int64(ahead - storedAhead), offset: int64(ahead), last: i == len(cuts)}
		if !s.last {
			s.until = cuts[i] + int64(storedAhead)
			at = time.Unix(cuts[i], 0)
		}
		all = append(all, s)
	}
	return all
}

// changes lists the seconds at which the offset of a zone changes.
func changes(zone *time.Location, from, to time.Time) []int64 {
	var cuts []int64
	for t := from.In(zone); ; {
		_, end := t.ZoneBounds()
		if end.IsZero() || !end.Before(to) {
			return cuts
		}
		_, before := t.Zone()
		t = end.In(zone)
		if _, after := t.Zone(); after != before {
			cuts = append(cuts, end.Unix())
		}
	}
}

// bound is a moment in the form in which the column stores it.
func (c timeColumn) bound(at time.Time) any {
	switch c.kind {
	case timeUnix:
		// The second that a fraction lies in has begun before it.
		return ceil(at, time.Second).Unix()
	case timeUnixMS:
		return ceil(at, time.Millisecond).UnixMilli()
	case timeDatetime, timeInstant: // an instant is stored in UTC
		at = ceil(at, time.Second).In(c.stored)
		if at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0 {
			// As text a date alone comes before its own midnight: it belongs to
			// the window that begins with it, and not to the one that ends there.
			return at.Format(time.DateOnly)
		}
		return at.Format(time.DateTime)
	case timeDate:
		return at.Format(time.DateOnly)
	}
	return nil
}

// bounds are the two ends of a window as the column stores them.
func (c timeColumn) bounds(w insight.Window) (from, to any) {
	if c.kind == timeDate {
		// A day that the window only touches belongs to it.
		end := insight.GrainDay.Floor(w.To, time.Monday)
		if end.Before(w.To) {
			end = insight.GrainDay.Next(end)
		}
		return c.bound(w.From), c.bound(end)
	}
	return c.bound(w.From), c.bound(w.To)
}

// ceil rounds a moment up to a whole unit.
func ceil(at time.Time, unit time.Duration) time.Time {
	if whole := at.Truncate(unit); whole.Before(at) {
		return whole.Add(unit)
	}
	return at
}
