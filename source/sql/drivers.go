package sqlsource

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// drop tells the pool to forget a connection in a state that nobody knows.
func drop(conn *sql.Conn) {
	conn.Raw(func(any) error { return driver.ErrBadConn }) //nolint:errcheck // this is how a pool is told to
}

// unsigned keeps whole numbers exact that are too large for an int64.
func unsigned(v uint64) any {
	if v > math.MaxInt64 {
		return decimal(strconv.FormatUint(v, 10))
	}
	return int64(v)
}

// plainValue brings the many number types of a driver to those of this package,
// and follows pointers.
func plainValue(v any) any {
	r := reflect.ValueOf(v)
	for r.IsValid() && r.Kind() == reflect.Pointer {
		if r.IsNil() {
			return nil
		}
		r = r.Elem()
		v = r.Interface()
	}
	switch {
	case !r.IsValid():
		return nil
	case r.CanInt() && r.Type().PkgPath() == "":
		return r.Int()
	case r.CanUint():
		return unsigned(r.Uint())
	case r.Kind() == reflect.Float32:
		return r.Float()
	}
	return v
}

// isDate reports whether a declared type is a date without a time.
func isDate(declared string) bool {
	d := strings.ToUpper(declared)
	return (strings.HasPrefix(d, "DATE") || strings.Contains(d, "(DATE)") || strings.Contains(d, "(DATE32)")) && !strings.Contains(d, "DATETIME")
}

// decimalOr is a text, as a number where the declared type is an exact one.
func decimalOr(text, declared string) any {
	if strings.Contains(strings.ToUpper(declared), "DECIMAL") {
		return decimal(text)
	}
	return text
}

// splitName splits the name of a table, which may begin with that of its schema.
func splitName(name string) (schema, table string) {
	if at := strings.LastIndexByte(name, '.'); at >= 0 {
		return name[:at], name[at+1:]
	}
	return "", name
}

// quoted is the name of a table with each of its parts in quotes.
func quoted(name string) string {
	parts := strings.Split(name, ".")
	for i, p := range parts {
		parts[i] = `"` + strings.ReplaceAll(p, `"`, `""`) + `"`
	}
	return strings.Join(parts, ".")
}

// tableColumn is a column of a table, for a draft.
type tableColumn struct {
	// name is as the database writes it, kind the type as it names it.
	name, kind string
}

// informationSchema lists the columns of a table the way most databases do.
// schema is the statement for the schema of a table that names none, table and
// inSchema are the parameters.
func informationSchema(schema, table, inSchema string) func(context.Context, querier, string) ([]tableColumn, error) {
	return func(ctx context.Context, q querier, name string) ([]tableColumn, error) {
		in, short := splitName(name)
		text := "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = " + table + " AND table_schema = "
		args := []any{short}
		if in == "" {
			text += "(" + schema + ")"
		} else {
			text += inSchema
			args = append(args, in)
		}
		rows, err := fetch(ctx, q, statement{text: text + " ORDER BY ordinal_position", args: args}, caps{rows: 1000, bytes: 10 * maxCell})
		if err != nil {
			return nil, err
		}
		var all []tableColumn
		for _, row := range rows.rows {
			all = append(all, tableColumn{keyOf(plainValue(row[0])), keyOf(plainValue(row[1]))})
		}
		return all, nil
	}
}
