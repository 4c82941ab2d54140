package sqlsource

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/trinodb/trino-go-client/trino"

	"insightbot/insight"
)

// trinoEngine is Trino over HTTP. The driver deletes a query at the server when
// its context ends.
func trinoEngine() engine {
	return engine{
		dialect: dialect{
			null: "CAST(NULL AS varchar)",
			bind: func(int) string { return "?" },
			moment: func(k timeKind, parameter string) string {
				switch k {
				case timeDatetime:
					return "CAST(" + parameter + " AS timestamp)"
				case timeInstant:
					return "with_timezone(CAST(" + parameter + " AS timestamp), 'UTC')"
				case timeDate:
					return "CAST(" + parameter + " AS date)"
				default:
					return parameter
				}
			},
			bucket:  trinoArithmetic().bucket,
			group:   func(column string) string { return "nullif(CAST((" + column + ") AS varchar), '')" },
			compare: func(column string) string { return "CAST((" + column + ") AS varchar)" },
			keys:    textKey,
			stored:  func(column string) string { return "concat(':', CAST(" + column + " AS varchar))" },
			fault:   trinoFault,
		},
		open: openTrino, begin: beginTrino, sentinel: trinoSentinel, value: trinoValue, tables: trinoTables,
	}
}

// trinoArithmetic computes with civil seconds. A clock reading is one of UTC,
// which is the zone of the session, so that a timestamp with a zone of its own
// and one without are computed alike.
func trinoArithmetic() arithmetic {
	const instant = " AS timestamp(9) with time zone)"
	return arithmetic{
		seconds: func(column string, k timeKind) string {
			switch k {
			case timeUnixMS:
				return "CAST(floor(" + column + " / 1e3) AS bigint)"
			case timeDatetime, timeInstant:
				return "CAST(floor(to_unixtime(CAST(" + column + instant + ")) AS bigint)"
			default:
				return "CAST(" + column + " AS bigint)"
			}
		},
		date: func(column string) string { return "CAST(CAST(" + column + instant + " AT TIME ZONE 'UTC' AS date)" },
		// A decimal would be rounded where it should be cut off.
		day: func(civil string) string {
			return "date_add('day', CAST(floor((" + civil + ") / 8.64e4) AS bigint), DATE '1970-01-01')"
		},
		trunc: func(date string, g insight.Grain) string {
			return "date_trunc('" + string(g) + "', " + date + ")"
		},
		back: func(date, days string) string { return "date_add('day', -" + days + ", " + date + ")" },
		week: func(date string, afterMonday int) string {
			return fmt.Sprintf("((day_of_week(%s) + %d) %% 7)", date, 6-afterMonday)
		},
		text: func(date string) string { return "CAST(" + date + " AS varchar)" },
		hour: func(seconds string) string {
			return "date_format(date_add('second', " + seconds + ", TIMESTAMP '1970-01-01 00:00:00'), '%Y-%m-%dT%H:%i:%sZ')"
		},
	}
}

// trinoFault says what Trino reads in another way than we do, and refuses to hand
// SQL to the databases below it, where nothing keeps it to reading.
func trinoFault(_, t token) string {
	switch {
	case t.kind == tokenQuoted && t.text[0] == '`':
		return "a name in back quotes: use double quotes"
	case t.is("table"):
		return "TABLE(…), which may hand SQL to another database"
	}
	return bracketFault(t)
}

// trinoSentinel reads the name of a server's error.
func trinoSentinel(err error) error {
	var e *trino.ErrTrino
	var failed *trino.ErrQueryFailed
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return insight.ErrTooLarge
	case errors.Is(err, trino.ErrQueryCancelled):
		return insight.ErrTimeout
	case errors.As(err, &e):
		return trinoNamed(e)
	case errors.As(err, &failed) && failed.StatusCode == http.StatusTooManyRequests:
		return insight.ErrBusy
	case errors.As(err, &failed) && failed.StatusCode != 0:
		return insight.ErrUnavailable
	}
	return unreachable(err)
}

// trinoNamed is the error for a name of Trino's list of them.
func trinoNamed(e *trino.ErrTrino) error {
	switch e.ErrorName {
	case "EXCEEDED_TIME_LIMIT", "USER_CANCELED", "ABANDONED_QUERY", "ADMINISTRATIVELY_KILLED":
		return insight.ErrTimeout
	case "PERMISSION_DENIED", "READ_ONLY_VIOLATION":
		return insight.ErrRefused
	case "QUERY_QUEUE_FULL", "QUERY_REJECTED", "CLUSTER_OUT_OF_MEMORY", "ADMINISTRATIVELY_PREEMPTED", "TRANSACTION_CONFLICT":
		return insight.ErrBusy
	case "UNKNOWN_TRANSACTION", "CATALOG_NOT_FOUND", "SERVER_STARTING_UP", "SERVER_SHUTTING_DOWN", "NO_NODES_AVAILABLE":
		return insight.ErrUnavailable
	}
	switch e.ErrorType {
	case "USER_ERROR":
		return insight.ErrBroken
	case "INSUFFICIENT_RESOURCES":
		return insight.ErrTooLarge
	}
	return insight.ErrUnavailable
}

// trinoValue brings its types to ours.
func trinoValue(v any, declared string) any {
	switch v := plainValue(v).(type) {
	case time.Time:
		switch {
		case isDate(declared):
			return v.Format(time.DateOnly)
		case strings.Contains(strings.ToUpper(declared), "WITH TIME ZONE"):
			return instant(v)
		}
		return v
	case string:
		return decimalOr(v, declared)
	default:
		return v
	}
}

// trinoTables lists the columns of a table: "orders", "shop.orders" or
// "hive.shop.orders".
func trinoTables(ctx context.Context, q querier, name string) ([]tableColumn, error) {
	const columns = "SELECT column_name, data_type FROM %sinformation_schema.columns WHERE table_name = lower(?) AND table_schema = %s ORDER BY ordinal_position"
	in, short := splitName(name)
	catalogue, schema := splitName(in)
	st := statement{text: fmt.Sprintf(columns, "", "current_schema"), args: []any{short}}
	if in != "" {
		from := ""
		if catalogue != "" {
			from = quoted(catalogue) + "."
		}
		st = statement{text: fmt.Sprintf(columns, from, "lower(?)"), args: []any{short, schema}}
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
