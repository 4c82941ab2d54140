package sqlsource

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"insightbot/insight"
)

// caps bound what one statement may return.
type caps struct {
	rows, bytes int
	// cut returns what fits instead of failing.
	cut bool
}

// rowset is what a statement returned.
type rowset struct {
	columns []string
	// types are the declared types of the columns, where the database knows.
	types []string
	rows  [][]any
	// more is set when rows were cut off.
	more bool
}

// statements runs statements: a transaction where the database has them, so that
// all statements of one run see the same data.
type statements interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// querier is statements of one kind of database.
type querier interface {
	statements
	// value and sentinel are those of its engine.
	value(v any, declared string) any
	sentinel(err error) error
}

// fetch runs a statement and reads its rows, never more than allowed.
func fetch(ctx context.Context, q querier, s statement, c caps) (out rowset, err error) {
	// Most drivers read what is left when rows are closed. Where not all of it is
	// wanted it may be endless: the statement is given up, and the connection.
	enough, stop := context.WithCancel(ctx)
	defer stop()
	rows, err := q.QueryContext(enough, s.text, s.args...)
	if err != nil {
		return rowset{}, failed(ctx, err, q.sentinel)
	}
	defer func() {
		if err != nil || out.more {
			abandon(q)
			stop()
		}
		if closing := rows.Close(); err == nil && closing != nil && !out.more {
			err = failed(ctx, closing, q.sentinel)
		}
	}()
	if out.columns, err = rows.Columns(); err != nil {
		return rowset{}, failed(ctx, err, q.sentinel)
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		return rowset{}, failed(ctx, err, q.sentinel)
	}
	for _, t := range types {
		out.types = append(out.types, t.DatabaseTypeName())
	}
	if len(out.columns) > maxColumns {
		return rowset{}, fmt.Errorf("%d columns, more than %d: %w", len(out.columns), maxColumns, insight.ErrTooLarge)
	}
	if err := out.read(rows, c, q.value); err != nil {
		return rowset{}, failed(ctx, err, q.sentinel)
	}
	return out, nil
}

// abandon stops what is running of statements whose rows nobody reads any more,
// for databases whose drivers would read them all.
func abandon(q querier) {
	if t, ok := q.(tagged); ok {
		if a, ok := t.statements.(interface{ abandon() }); ok {
			a.abandon()
		}
	}
}

// read reads rows until there are no more or the caps are reached.
func (s *rowset) read(rows *sql.Rows, c caps, value func(any, string) any) error {
	size, into := 0, make([]any, len(s.columns))
	for rows.Next() {
		if len(s.rows) == c.rows {
			return s.full(c, "rows", c.rows)
		}
		row := make([]any, len(s.columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i, v := range row {
			v = value(v, s.types[i])
			row[i] = v
			if size += sizeOf(v); size > c.bytes {
				return s.full(c, "bytes", c.bytes)
			}
		}
		s.rows = append(s.rows, row)
	}
	return rows.Err()
}

// full says that a cap is reached.
func (s *rowset) full(c caps, of string, most int) error {
	if c.cut {
		s.more = true
		return nil
	}
	return fmt.Errorf("more than %d %s: %w", most, of, insight.ErrTooLarge)
}

// sizeOf is about how many bytes a value takes.
func sizeOf(v any) int {
	const word = 16
	switch v := v.(type) {
	case string:
		return word + len(v)
	case []byte:
		return word + len(v)
	case decimal:
		return word + len(v)
	}
	return word
}

// column returns the place of the first of these columns that is there, in
// any case, or -1.
func (s rowset) column(names ...string) int {
	for _, name := range names {
		if i := slices.IndexFunc(s.columns, func(c string) bool { return strings.EqualFold(c, name) }); i >= 0 {
			return i
		}
	}
	return -1
}

// need is column for one that must be there.
func (s rowset) need(names ...string) (int, error) {
	if i := s.column(names...); i >= 0 {
		return i, nil
	}
	return -1, fmt.Errorf("the statement returns no column %s: %w", names[0], insight.ErrBroken)
}

// broken is the error for a column that holds what it may not.
func broken(column, holds string) error {
	return fmt.Errorf("the column %s holds %s: %w", column, holds, insight.ErrBroken)
}
