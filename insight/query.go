package insight

import "time"

// Query is one run of an insight: what was asked, made exact. Nothing in it is
// free text for a source to splice: names are allow-listed and values bound.
type Query struct {
	// Window is the period asked for. It is zero for an insight that accepts
	// no windows.
	Window Window
	// Grain is the bucket of the series; GrainNone asks for totals alone.
	Grain Grain
	// Compare asks for a second, earlier window beside the first.
	Compare Compare
	// Previous is that earlier window, set by the caller whenever Compare is.
	Previous Window
	// CompareTotals asks for the earlier window as totals alone, without its
	// series: enough to say how much something changed.
	CompareTotals bool
	// Breakdowns are dimension names, in the order they were asked for.
	Breakdowns []string
	Filters    []Filter
	// Attributes are the audience's row attributes: name to allowed values.
	Attributes map[string][]string
	// Unbounded says that no attribute limits the rows: it is set for whoever
	// runs the program alone.
	Unbounded bool
	// Masks are the columns this audience may not read.
	Masks []string
	// MinGroup hides groups of fewer people than this; 0 hides none.
	MinGroup int
	// Now is the moment the question was asked. What lies after it is not
	// missing, it has not happened.
	Now time.Time
}

// Window is a half-open period [From, To). Both instants carry the zone in
// which they are midnights (or hours), which is the zone of the buckets too.
type Window struct {
	From, To time.Time
}

// IsZero reports whether no period is set.
func (w Window) IsZero() bool { return w.From.IsZero() && w.To.IsZero() }

// Zone is the zone of the window; UTC when there is no window.
func (w Window) Zone() *time.Location {
	if w.From.IsZero() {
		return time.UTC
	}
	return w.From.Location()
}

// Contains reports whether t lies in the window.
func (w Window) Contains(t time.Time) bool { return !t.Before(w.From) && t.Before(w.To) }

// Grain is the width of a time bucket.
type Grain string

// The grains, from none (one value for the whole window) to a year.
const (
	GrainNone    Grain = ""
	GrainHour    Grain = "hour"
	GrainDay     Grain = "day"
	GrainWeek    Grain = "week"
	GrainMonth   Grain = "month"
	GrainQuarter Grain = "quarter"
	GrainYear    Grain = "year"
)

// Grains lists every grain but none, narrowest first.
func Grains() []Grain {
	return []Grain{GrainHour, GrainDay, GrainWeek, GrainMonth, GrainQuarter, GrainYear}
}

// Floor returns the start of the bucket that t lies in, by civil time in t's
// own zone. Weeks begin on weekStart. GrainNone returns t.
func (g Grain) Floor(t time.Time, weekStart time.Weekday) time.Time {
	y, m, d := t.Date()
	midnight := func(y int, m time.Month, d int) time.Time { return startOfDay(y, m, d, t.Location()) }
	switch g {
	case GrainHour:
		// Civil hours in every zone: subtract the minutes past the hour
		// instead of building a time, which would be ambiguous when clocks
		// go back.
		return t.Add(-time.Duration(t.Minute())*time.Minute -
			time.Duration(t.Second())*time.Second - time.Duration(t.Nanosecond()))
	case GrainDay:
		return midnight(y, m, d)
	case GrainWeek:
		back := (int(t.Weekday()) - int(weekStart) + 7) % 7
		return midnight(y, m, d-back)
	case GrainMonth:
		return midnight(y, m, 1)
	case GrainQuarter:
		return midnight(y, m-(m-1)%3, 1)
	case GrainYear:
		return midnight(y, time.January, 1)
	default:
		return t
	}
}

// Next returns the start of the bucket after the one that starts at t, which
// must itself be the start of a bucket. GrainNone returns t.
func (g Grain) Next(t time.Time) time.Time {
	y, m, d := t.Date()
	switch g {
	case GrainHour:
		return t.Add(time.Hour)
	case GrainDay:
		return startOfDay(y, m, d+1, t.Location())
	case GrainWeek:
		return startOfDay(y, m, d+7, t.Location())
	case GrainMonth:
		return startOfDay(y, m+1, 1, t.Location())
	case GrainQuarter:
		return startOfDay(y, m+3, 1, t.Location())
	case GrainYear:
		return startOfDay(y+1, m, 1, t.Location())
	default:
		return t
	}
}

// Buckets returns the starts of the buckets that w touches, oldest first. The
// first may lie before w.From when the window does not begin on a bucket.
// It stops at limit; GrainNone gives the start of the window alone.
func (g Grain) Buckets(w Window, weekStart time.Weekday, limit int) []time.Time {
	if g == GrainNone {
		return []time.Time{w.From}
	}
	var starts []time.Time
	for t := g.Floor(w.From, weekStart); t.Before(w.To) && len(starts) < limit; t = g.Next(t) {
		starts = append(starts, t)
	}
	return starts
}

// startOfDay is the first instant of a civil day. Where the clocks jump over
// midnight (Santiago, Beirut) that is the instant after the gap, which
// time.Date does not promise.
func startOfDay(y int, m time.Month, d int, zone *time.Location) time.Time {
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	want := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	if _, _, day := t.Date(); day != want.Day() || t.Hour() != 0 || t.Minute() != 0 {
		// Midnight does not exist: the day begins where the gap ends.
		noon := time.Date(y, m, d, 12, 0, 0, 0, zone)
		if start, _ := noon.ZoneBounds(); !start.IsZero() {
			return start.In(zone)
		}
		return t
	}
	// Midnight may exist twice (clocks go back over it): the first counts.
	if start, _ := t.ZoneBounds(); !start.IsZero() {
		_, after := t.Zone()
		_, before := start.Add(-time.Second).Zone()
		if earlier := t.Add(time.Duration(after-before) * time.Second); before > after && earlier.Before(start) {
			return earlier
		}
	}
	return t
}

// Compare names an earlier window to set a result against.
type Compare string

// The comparisons. Previous is the window just before, of the same kind: the
// calendar unit before, or as many days. Year is the same window a year ago.
const (
	CompareNone     Compare = ""
	ComparePrevious Compare = "previous"
	CompareYear     Compare = "year"
)

// Filter narrows a run to some values of one dimension, or excludes them.
type Filter struct {
	// Field is the name of a dimension.
	Field string
	Op    Op
	// Values are keys of that dimension's values; any of them matches.
	Values []string
	// Words are what the person typed for them, for messages.
	Words string
}

// Op is how a filter compares.
type Op string

// The operators.
const (
	OpIs    Op = "is"
	OpIsNot Op = "is_not"
)
