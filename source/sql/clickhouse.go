package sqlsource

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"insightbot/insight"
)

// clickhouseEngine is ClickHouse over its native protocol. The driver tells the
// server to stop when a context ends.
func clickhouseEngine() engine {
	s := &clickhouseServer{}
	return engine{
		dialect: dialect{
			null: "NULL",
			bind: func(int) string { return "?" },
			moment: func(k timeKind, parameter string) string {
				switch k {
				case timeDatetime, timeInstant:
					// A date alone is its midnight, which old servers do not read.
					return "toDateTime(substring(concat(" + parameter + ", ' 00:00:00'), 1, 19), 'UTC')"
				case timeDate:
					return "toDate(" + parameter + ")"
				default:
					return parameter
				}
			},
			bucket:  clickhouseBucket,
			group:   func(column string) string { return "nullIf(toString(" + column + "), '')" },
			compare: func(column string) string { return "toString(" + column + ")" },
			keys:    textKey,
			stored:  func(column string) string { return "concat(':', toString(" + column + "))" },
			fault:   clickhouseFault,
		},
		open: s.open, begin: s.begin, sentinel: clickhouseSentinel, value: clickhouseValue,
		rights: s.rights, tables: clickhouseTables,
	}
}

// clickhouseBucket is the start of a time bucket. A DateTime is an instant, and
// what its own zone or that of the server shows does not matter: its date is
// always made of its seconds.
func clickhouseBucket(c timeColumn, g insight.Grain, segs []segment, weekStart time.Weekday) string {
	a := clickhouseArithmetic()
	if c.kind != timeDatetime || g == insight.GrainHour {
		return a.bucket(c, g, segs, weekStart)
	}
	stored := a.seconds("("+c.column+")", c.kind)
	civil := cases(stored, segs, func(s segment) string { return plus(stored, s.shift) })
	return a.text(a.start(a.day(civil), g, weekStart))
}

// clickhouseArithmetic computes with civil seconds. Dates begin in 1970 there.
func clickhouseArithmetic() arithmetic {
	return arithmetic{
		seconds: func(column string, k timeKind) string {
			switch k {
			case timeUnixMS:
				return "toInt64(floor(" + column + " / 1000))"
			case timeDatetime, timeInstant:
				return "toInt64(toUnixTimestamp(" + column + "))"
			default:
				return "toInt64(" + column + ")"
			}
		},
		date: func(column string) string { return "toDate(" + column + ")" },
		day:  func(civil string) string { return "(toDate('1970-01-01') + intDiv(" + civil + ", 86400))" },
		trunc: func(date string, g insight.Grain) string {
			switch g {
			case insight.GrainMonth:
				return "toStartOfMonth(" + date + ")"
			case insight.GrainQuarter:
				return "toStartOfQuarter(" + date + ")"
			default:
				return "toStartOfYear(" + date + ")"
			}
		},
		back: func(date, days string) string { return "(" + date + " - " + days + ")" },
		week: func(date string, afterMonday int) string {
			return fmt.Sprintf("((toDayOfWeek(%s) + %d) %% 7)", date, 6-afterMonday)
		},
		text: func(date string) string { return "toString(" + date + ")" },
		hour: func(seconds string) string {
			return "concat(replaceAll(toString(toDateTime(" + seconds + ", 'UTC')), ' ', 'T'), 'Z')"
		},
	}
}

// clickhouseFault says what ClickHouse, or the driver that fills in the
// parameters, reads in another way than we do.
func clickhouseFault(before, t token) string {
	switch {
	case strings.Contains(t.text, `\`) && t.kind != tokenComment:
		return "a backslash, which this database reads as an escape"
	case t.kind == tokenPunct && t.text == "#":
		return "#, which begins a comment here"
	case t.kind == tokenPunct && t.text[0] >= 0x80:
		return "“" + t.text + "”, which this database may read as quotes or as a space"
	case t.kind == tokenWord && strings.Contains(t.text, "$"):
		return "$ in a name"
	case t.is("outfile"):
		return "INTO OUTFILE"
	case t.is("settings") && before.text != ".":
		return "SETTINGS, which the bot makes itself (put a column of that name in double quotes)"
	}
	return bracketFault(t)
}

// bracketFault refuses brackets around quotes: they hold a name for us, and a
// list for databases that have lists.
func bracketFault(t token) string {
	if t.kind == tokenQuoted && t.text[0] == '[' && strings.ContainsAny(t.text[1:], "'\"`[{#$?;/-") {
		return "quotes, or a list, inside of […]: write a list as a function"
	}
	return ""
}

// The codes of errors of ClickHouse, from its list of them.
const (
	clickhouseTimeout, clickhouseSlow, clickhouseCancelled              = 159, 160, 394
	clickhouseReadonly, clickhouseDenied, clickhouseDatabaseDenied      = 164, 497, 291
	clickhouseMemory, clickhouseRows, clickhouseRowsOrBytes             = 241, 158, 396
	clickhouseBytes, clickhouseSet, clickhouseDisk                      = 307, 191, 243
	clickhouseQueue, clickhouseQuota, clickhouseTask                    = 202, 201, 439
	clickhousePassword, clickhouseUser, clickhouseAddress               = 193, 192, 195
	clickhouseDatabase, clickhouseAuthentication, clickhousePacket      = 81, 516, 101
	clickhouseNetwork, clickhouseSocket, clickhouseReplicas             = 210, 209, 279
	clickhouseAborted, clickhouseCorrupt, clickhouseUnknown, keeperFail = 236, 271, 1002, 999
)

// clickhouseSentinel reads the code of a server's error.
func clickhouseSentinel(err error) error {
	var e *clickhouse.Exception
	if !errors.As(err, &e) {
		if errors.Is(err, clickhouse.ErrAcquireConnTimeout) {
			return insight.ErrBusy
		}
		return unreachable(err)
	}
	switch e.Code {
	case clickhouseTimeout, clickhouseSlow, clickhouseCancelled:
		return insight.ErrTimeout
	case clickhouseReadonly, clickhouseDenied, clickhouseDatabaseDenied:
		return insight.ErrRefused
	case clickhouseMemory, clickhouseRows, clickhouseRowsOrBytes, clickhouseBytes, clickhouseSet, clickhouseDisk:
		return insight.ErrTooLarge
	case clickhouseQueue, clickhouseQuota, clickhouseTask:
		return insight.ErrBusy
	case clickhousePassword, clickhouseUser, clickhouseAddress, clickhouseDatabase, clickhouseAuthentication, clickhousePacket,
		clickhouseNetwork, clickhouseSocket, clickhouseReplicas, clickhouseAborted, clickhouseCorrupt, clickhouseUnknown, keeperFail:
		return insight.ErrUnavailable
	}
	return insight.ErrBroken
}

// clickhouseValue brings its types to ours. A DateTime is a moment; a Date is
// none.
func clickhouseValue(v any, declared string) any {
	switch v := v.(type) {
	case *big.Int:
		if v == nil {
			return nil
		}
		return decimal(v.String())
	case big.Int:
		return decimal(v.String())
	}
	switch v := plainValue(v).(type) {
	case time.Time:
		if isDate(declared) {
			return v.Format(time.DateOnly)
		}
		return instant(v)
	case string:
		return decimalOr(v, declared)
	case fmt.Stringer: // addresses, UUIDs
		return decimalOr(v.String(), declared)
	default:
		return v
	}
}

// clickhouseTables lists the columns of a table.
func clickhouseTables(ctx context.Context, q querier, name string) ([]tableColumn, error) {
	in, short := splitName(name)
	st := statement{text: "SELECT name, type FROM system.columns WHERE table = ? AND database = currentDatabase()", args: []any{short}}
	if in != "" {
		st = statement{text: "SELECT name, type FROM system.columns WHERE table = ? AND database = ?", args: []any{short, in}}
	}
	rows, err := fetch(ctx, q, st, caps{rows: 1000, bytes: 10 * maxCell})
	if err != nil {
		return nil, err
	}
	var all []tableColumn
	for _, row := range rows.rows {
		all = append(all, tableColumn{keyOf(row[0]), keyOf(row[1])})
	}
	return all, nil
}
