package sqlsource

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"insightbot/insight"
)

// sqliteHour is how the start of an hour is written.
const sqliteHour = "2006-01-02T15:04:05Z"

// sqliteEngine is SQLite, in process.
func sqliteEngine() engine {
	return engine{
		dialect: dialect{
			null:    "NULL",
			bind:    func(int) string { return "?" },
			moment:  func(_ timeKind, parameter string) string { return parameter },
			bucket:  sqliteBucket,
			group:   func(column string) string { return "nullif((" + column + "), '')" },
			compare: func(column string) string { return "(" + column + ")" },
			keys:    sqliteKeys,
			stored:  func(column string) string { return "(typeof(" + column + ") || ':' || (" + column + "))" },
		},
		open:  func(c Config) (*sql.DB, error) { return openSQLite(c.Path, c.Concurrency) },
		begin: beginSQLite, sentinel: sqliteSentinel, tables: sqliteTables,
	}
}

// sqliteTables lists the columns of a table.
func sqliteTables(ctx context.Context, q querier, name string) ([]tableColumn, error) {
	// PRAGMA is closed to the bot, so an empty result tells the columns.
	rows, err := fetch(ctx, q, statement{text: "SELECT * FROM " + quoted(name) + " LIMIT 0"}, caps{rows: 1, bytes: maxCell})
	if err != nil {
		return nil, err
	}
	var all []tableColumn
	for i, column := range rows.columns {
		all = append(all, tableColumn{column, rows.types[i]})
	}
	return all, nil
}

// sqliteKeys binds a key as text, and as a number where it is one: SQLite
// compares an expression without a type by type as well as by value.
func sqliteKeys(key string) []any {
	bound := []any{key}
	if i, err := strconv.ParseInt(key, 10, 64); err == nil && strconv.FormatInt(i, 10) == key {
		return append(bound, i)
	}
	if f, err := strconv.ParseFloat(key, 64); err == nil && floatText(f) == key {
		return append(bound, f)
	}
	return bound
}

// sqliteBucket truncates the column to the start of its bucket. All numbers in
// the expression come from the zone database of Go; nothing is bound, so that
// the same text can stand behind GROUP BY.
func sqliteBucket(c timeColumn, g insight.Grain, segs []segment, weekStart time.Weekday) string {
	column := "(" + c.column + ")"
	if c.kind == timeDate {
		return "date(" + column + truncation(g, weekStart, column) + ")"
	}
	stored := column
	switch c.kind {
	case timeUnixMS:
		stored = "((" + column + " - ((" + column + " % 1000) + 1000) % 1000) / 1000)"
	case timeDatetime, timeInstant:
		stored = "unixepoch(" + column + ")"
	case timeUnix, timeDate:
	}
	if g == insight.GrainHour {
		hour := cases(stored, segs, func(s segment) string {
			civil := plus(stored, s.shift)
			return plus(fmt.Sprintf("(%s - ((%s %% 3600) + 3600) %% 3600)", civil, civil), -s.offset)
		})
		return "strftime('%Y-%m-%dT%H:%M:%SZ', " + hour + ", 'unixepoch')"
	}
	civil := cases(stored, segs, func(s segment) string { return plus(stored, s.shift) })
	unit := ", 'unixepoch'"
	if c.kind == timeDatetime && civil == stored {
		civil, unit = column, "" // stored in the insight's own zone: no detour
	}
	return "date(" + civil + unit + truncation(g, weekStart, civil+unit) + ")"
}

// truncation is the list of modifiers that takes a date to the start of its
// bucket; moment is the arguments that stand for the date itself.
func truncation(g insight.Grain, weekStart time.Weekday, moment string) string {
	switch g {
	case insight.GrainWeek:
		return fmt.Sprintf(", '-6 days', 'weekday %d'", weekStart)
	case insight.GrainMonth:
		return ", 'start of month'"
	case insight.GrainQuarter:
		return ", 'start of month', '-' || ((strftime('%m', " + moment + ") - 1) % 3) || ' months'"
	case insight.GrainYear:
		return ", 'start of year'"
	default:
		return ""
	}
}

// cases chooses between expressions by the segment that the stored seconds
// lie in; neighbours that read alike are joined.
func cases(stored string, segs []segment, expr func(segment) string) string {
	var b strings.Builder
	for i, s := range segs {
		e := expr(s)
		switch {
		case s.last && b.Len() == 0:
			return e
		case s.last:
			fmt.Fprintf(&b, " ELSE %s END", e)
		case e != expr(segs[i+1]):
			if b.Len() == 0 {
				b.WriteString("CASE")
			}
			fmt.Fprintf(&b, " WHEN %s < %d THEN %s", stored, s.until, e)
		}
	}
	return b.String()
}

// plus adds a constant to an expression.
func plus(expr string, n int64) string {
	switch {
	case n == 0:
		return expr
	case n < 0:
		return fmt.Sprintf("(%s - %d)", expr, -n)
	}
	return fmt.Sprintf("(%s + %d)", expr, n)
}
