package sqlsource

import (
	"time"

	"insightbot/insight"
)

// dialect is what one database says differently. Each has a file of its own.
type dialect struct {
	// bind is the parameter of a number, counted from 1.
	bind func(n int) string
	// bucket is the expression for the start of a time bucket: for an hour an
	// instant in UTC, "2006-01-02T15:04:05Z", because hours repeat when clocks
	// go back; for anything wider the civil date it begins on.
	bucket func(c timeColumn, g insight.Grain, segs []segment, weekStart time.Weekday) string
	// group is the expression a column is broken down by: the empty text
	// counts as no value.
	group func(column string) string
	// keys are the values to bind for the key of a dimension value, of each
	// type that the column may have.
	keys func(key string) []any
}
