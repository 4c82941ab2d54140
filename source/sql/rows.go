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

// querier runs statements: a transaction, so that all statements of one run
// see the same data.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// fetch runs a statement and reads its rows, never more than allowed.
func fetch(ctx context.Context, q querier, s statement, c caps) (out rowset, err error) {
	rows, err := q.QueryContext(ctx, s.text, s.args...)
	if err != nil {
		return rowset{}, failed(ctx, err)
	}
	defer func() {
		if closing := rows.Close(); err == nil && closing != nil {
			err = failed(ctx, closing)
		}
	}()
	if out.columns, err = rows.Columns(); err != nil {
		return rowset{}, failed(ctx, err)
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		return rowset{}, failed(ctx, err)
	}
	for _, t := range types {
		out.types = append(out.types, t.DatabaseTypeName())
	}
	if err := out.read(rows, c); err != nil {
		return rowset{}, failed(ctx, err)
	}
	return out, nil
}

// read reads rows until there are no more or the caps are reached.
func (s *rowset) read(rows *sql.Rows, c caps) error {
	size := 0
	for rows.Next() {
		if len(s.rows) == c.rows {
			return s.full(c, "rows", c.rows)
		}
		row, into := make([]any, len(s.columns)), make([]any, len(s.columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for _, v := range row {
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
