package sqlsource

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"insightbot/insight"
)

// hidden stands in every cell of a column that the audience may not read,
// whatever is in it: its length tells nothing, nor whether there is a value.
const hidden = "•••"

// joined is the key of a group of several breakdown values.
func joined(values []string) string { return strings.Join(values, "\x1f") }

// paths runs an insight that says where people went from where.
func (r *run) paths(ctx context.Context) error {
	r.running()
	rows, err := r.fetch(ctx, request{window: r.query.Window})
	if err != nil {
		return err
	}
	step, err1 := rows.need("step")
	from, err2 := rows.need("source")
	to, err3 := rows.need("target")
	value, err4 := rows.need("value")
	if err := cmp.Or(err1, err2, err3, err4); err != nil {
		return err
	}
	average := rows.column("average_seconds")
	type hop struct {
		step     int
		from, to string
	}
	seen := map[hop]bool{}
	for _, row := range rows.rows {
		p := insight.Path{Source: keyOf(row[from]), Target: keyOf(row[to])}
		var err1, err2, err3 error
		p.Step, err1 = wholeOf(row[step], "step")
		p.Count, err2 = countOf(row[value])
		p.AverageAfter, err3 = secondsAt(row, average, "average_seconds")
		if err := cmp.Or(err1, err2, err3); err != nil {
			return err
		}
		h := hop{p.Step, p.Source, p.Target}
		if seen[h] {
			return fmt.Errorf("two rows for one step from source to target: %w", insight.ErrBroken)
		}
		seen[h] = true
		r.result.Paths = append(r.result.Paths, p)
	}
	slices.SortStableFunc(r.result.Paths, func(a, b insight.Path) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Step, b.Step),
			cmp.Compare(a.Source, b.Source), cmp.Compare(a.Target, b.Target))
	})
	return nil
}

// histogram runs an insight that shows how values are distributed.
func (r *run) histogram(ctx context.Context) error {
	r.running()
	for i, w := range r.windows() {
		rows, err := r.fetch(ctx, request{window: w})
		if err != nil {
			return err
		}
		bin, err1 := rows.need("bin")
		value, err2 := rows.need("value")
		if err := cmp.Or(err1, err2); err != nil {
			return err
		}
		h := insight.Histogram{Label: r.def.insight.Title, Previous: i > 0, Average: math.NaN()}
		average := rows.column("average")
		seen := map[float64]bool{}
		for _, row := range rows.rows {
			from, err1 := numberOf(row[bin], "bin")
			count, err2 := countOf(row[value])
			if err := cmp.Or(err1, err2); err != nil {
				return err
			}
			if math.IsNaN(from) {
				return broken("bin", "NULL")
			}
			if seen[from] {
				return fmt.Errorf("two rows for one bin: %w", insight.ErrBroken)
			}
			seen[from] = true
			h.Bins = append(h.Bins, insight.Bin{From: from, Count: count})
			if average >= 0 {
				if h.Average, err = numberOf(row[average], "average"); err != nil {
					return err
				}
			}
		}
		slices.SortFunc(h.Bins, func(a, b insight.Bin) int { return cmp.Compare(a.From, b.From) })
		if len(h.Bins) > 0 {
			r.result.Bins = append(r.result.Bins, h)
		}
	}
	return nil
}

// table runs an insight whose result is rows as they come.
func (r *run) table(ctx context.Context) error {
	r.running()
	r.result.Grain = insight.GrainNone
	rows, err := r.fetchCapped(ctx, request{window: r.query.Window, breakdowns: r.query.Breakdowns},
		caps{rows: r.source.config.MaxRows, bytes: r.source.config.MaxBytes, cut: true})
	if err != nil {
		return err
	}
	r.result.More = rows.more
	var places []int
	for i, name := range rows.columns {
		if empty := len(r.query.Breakdowns) == 0; empty && strings.EqualFold(name, "breakdown") ||
			len(r.query.Breakdowns) < 2 && strings.EqualFold(name, "breakdown_2") {
			continue // the column of a breakdown nobody asked for
		}
		places = append(places, i)
		r.result.Table.Columns = append(r.result.Table.Columns, r.column(name))
	}
	masked := make([]bool, len(places))
	for k, column := range r.result.Table.Columns {
		masked[k] = r.isMask(column.Name) || r.isMask(rows.columns[places[k]])
	}
	for _, row := range rows.rows {
		cells := make([]insight.Cell, len(places))
		for k, i := range places {
			if masked[k] {
				cells[k] = insight.Cell{Text: hidden}
				continue
			}
			cells[k] = cellOf(row[i], rows.types[i], r.result.Table.Columns[k], r.zone())
		}
		r.result.Table.Rows = append(r.result.Table.Rows, cells)
	}
	r.guessNumbers()
	return nil
}

// column is an output column of a table, with its declared type. A breakdown
// is named as people know it.
func (r *run) column(name string) insight.Column {
	declared := r.def.insight.Accepts.Columns
	if i := slices.IndexFunc(declared, func(c insight.Column) bool { return strings.EqualFold(c.Name, name) }); i >= 0 {
		return declared[i]
	}
	for i, d := range r.result.BrokenDownBy {
		if i == 0 && strings.EqualFold(name, "breakdown") || i == 1 && strings.EqualFold(name, "breakdown_2") {
			return insight.Column{Name: d.Label}
		}
	}
	return insight.Column{Name: name}
}

// guessNumbers gives the type number to columns that hold nothing else.
func (r *run) guessNumbers() {
	t := &r.result.Table
	for i := range t.Columns {
		if t.Columns[i].Type != insight.ColumnPlain {
			continue
		}
		numbers := 0
		for _, row := range t.Rows {
			if row[i].IsNumber {
				numbers++
			} else if !row[i].Null {
				numbers = -1
				break
			}
		}
		if numbers > 0 {
			t.Columns[i].Type = insight.ColumnNumber
		}
	}
}
