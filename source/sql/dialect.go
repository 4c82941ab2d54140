package sqlsource

import (
	"fmt"
	"time"

	"insightbot/insight"
)

// dialect is what one database says differently in SQL.
type dialect struct {
	// null is no value, as a column to select and to group by.
	null string
	// bind is the parameter of a number, counted from 1.
	bind func(n int) string
	// moment is a bound of a window, from its parameter.
	moment func(k timeKind, parameter string) string
	// bucket is the expression for the start of a time bucket: for an hour an
	// instant in UTC, "2006-01-02T15:04:05Z", because hours repeat when clocks
	// go back; for anything wider the civil date it begins on.
	bucket func(c timeColumn, g insight.Grain, segs []segment, weekStart time.Weekday) string
	// group is the expression a column is broken down by: the empty text
	// counts as no value.
	group func(column string) string
	// compare is the expression of a column that values are compared with.
	compare func(column string) string
	// alike says that the column itself compares less exactly than that, and
	// that an index is of use for it alone: both are asked for.
	alike bool
	// keys are the values to bind for the key of a dimension value, of each
	// type that the column may have.
	keys func(key string) []any
	// stored is the expression for the type and the text of a stored time; nil
	// where the database keeps types itself.
	stored func(column string) string
	// fault says what in a token, and the one right before it, the database
	// reads in another way than we do, or is ""; nil where there is nothing.
	fault func(before, t token) string
}

// arithmetic is how a database computes with the civil seconds of a moment. The
// buckets of all databases but SQLite are made of it, in the same way, from the
// zone database of Go: so they are the same everywhere.
type arithmetic struct {
	// seconds are the stored seconds since 1970 of a column.
	seconds func(column string, k timeKind) string
	// date is the date of a column that stores dates, or of one whose clock
	// reading needs no shift.
	date func(column string) string
	// day is the date of civil seconds since 1970.
	day func(civil string) string
	// trunc takes a date to the first of its month, quarter or year.
	trunc func(date string, g insight.Grain) string
	// back takes days off a date; week is how many days a date lies behind the
	// first day of its week, which begins so many days after Monday.
	back func(date, days string) string
	week func(date string, afterMonday int) string
	// text writes a date, hour a number of seconds.
	text func(date string) string
	hour func(seconds string) string
}

// bucket implements dialect.bucket.
func (a arithmetic) bucket(c timeColumn, g insight.Grain, segs []segment, weekStart time.Weekday) string {
	column := "(" + c.column + ")"
	if c.kind == timeDate {
		return a.text(a.start(a.date(column), g, weekStart))
	}
	stored := a.seconds(column, c.kind)
	if g == insight.GrainHour {
		return a.hour(cases(stored, segs, func(s segment) string {
			civil := plus(stored, s.shift)
			return plus(fmt.Sprintf("(%s - ((%s %% 3600) + 3600) %% 3600)", civil, civil), -s.offset)
		}))
	}
	civil := cases(stored, segs, func(s segment) string { return plus(stored, s.shift) })
	if c.kind == timeDatetime && civil == stored {
		return a.text(a.start(a.date(column), g, weekStart)) // no detour
	}
	return a.text(a.start(a.day(civil), g, weekStart))
}

// start is the first date of the bucket that a date lies in.
func (a arithmetic) start(date string, g insight.Grain, weekStart time.Weekday) string {
	switch g {
	case insight.GrainWeek:
		const days = 7
		return a.back(date, a.week(date, (int(weekStart)+days-1)%days))
	case insight.GrainMonth, insight.GrainQuarter, insight.GrainYear:
		return a.trunc(date, g)
	default:
		return date
	}
}

// textKey binds a key as text alone, for databases that find out the type of a
// parameter by what it is compared with, or compare text.
func textKey(key string) []any { return []any{key} }
