package sqlsource

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"insightbot/insight"
)

// windows lists the windows to run: the current one and, where it is asked
// for, the earlier one.
func (r *run) windows() []insight.Window {
	if r.query.Compare == insight.CompareNone {
		return []insight.Window{r.query.Window}
	}
	return []insight.Window{r.query.Window, r.query.Previous}
}

// running marks the answer as incomplete when the window still runs.
func (r *run) running() {
	if w := r.query.Window; !w.IsZero() && r.limit.Before(w.To) {
		r.result.Incomplete = w.From
	}
}

// part is what a row says about one breakdown group.
type part struct {
	key    string
	values []string
	rows   [][]any
}

// parts sorts rows by breakdown group, in the order in which the groups come.
func (r *run) parts(rows rowset) ([]part, error) {
	split, err := rows.breakdowns(len(r.query.Breakdowns))
	if err != nil {
		return nil, err
	}
	var all []part
	place := map[string]int{}
	for _, row := range rows.rows {
		values := split(row)
		key := joined(values)
		i, ok := place[key]
		if !ok {
			i = len(all)
			place[key] = i
			all = append(all, part{key: key, values: values})
		}
		all[i].rows = append(all[i].rows, row)
	}
	return all, nil
}

// largest orders items by size and leaves out the smallest of too many.
func largest[T any](r *run, items []T, size func(T) float64, key func(T) string) []T {
	slices.SortStableFunc(items, func(a, b T) int {
		return cmp.Or(cmp.Compare(size(b), size(a)), cmp.Compare(key(a), key(b)))
	})
	if len(items) > maxGroups {
		r.note("%d smaller groups are left out.", len(items)-maxGroups)
		items = items[:maxGroups]
	}
	return items
}

// funnel runs an insight whose result is steps.
func (r *run) funnel(ctx context.Context) error {
	r.running()
	r.result.Grain = insight.GrainNone
	kept := map[string]int{}
	for i, w := range r.windows() {
		rows, err := r.fetch(ctx, request{window: w, breakdowns: r.query.Breakdowns})
		if err != nil {
			return err
		}
		found, err := r.funnels(rows)
		if err != nil {
			return err
		}
		if i == 0 {
			found = largest(r, found, func(f insight.Funnel) float64 { return f.Steps[0].Count }, func(f insight.Funnel) string { return f.Key })
			for place, f := range found {
				kept[f.Key] = place
			}
		} else {
			found = slices.DeleteFunc(found, func(f insight.Funnel) bool { _, ok := kept[f.Key]; return !ok })
			slices.SortFunc(found, func(a, b insight.Funnel) int { return kept[a.Key] - kept[b.Key] })
			for k := range found {
				found[k].Previous = true
			}
		}
		r.result.Funnels = append(r.result.Funnels, found...)
	}
	return nil
}

// funnels reads the funnels out of rows.
func (r *run) funnels(rows rowset) ([]insight.Funnel, error) {
	step, err1 := rows.need("step")
	name, err2 := rows.need("name")
	value, err3 := rows.need("value")
	if err := cmp.Or(err1, err2, err3); err != nil {
		return nil, err
	}
	average, median := rows.column("average_seconds"), rows.column("median_seconds")
	parts, err := r.parts(rows)
	if err != nil {
		return nil, err
	}
	var all []insight.Funnel
	for _, p := range parts {
		steps := map[int]insight.Step{}
		for _, row := range p.rows {
			n, err := wholeOf(row[step], "step")
			if err != nil {
				return nil, err
			}
			if _, twice := steps[n]; twice {
				return nil, fmt.Errorf("two rows for step %d: %w", n, insight.ErrBroken)
			}
			s := insight.Step{Name: keyOf(row[name])}
			if s.Count, err = countOf(row[value]); err != nil {
				return nil, err
			}
			var errA, errM error
			s.Average, errA = secondsAt(row, average, "average_seconds")
			s.Median, errM = secondsAt(row, median, "median_seconds")
			if err := cmp.Or(errA, errM); err != nil {
				return nil, err
			}
			steps[n] = s
		}
		f := insight.Funnel{Key: p.key, Label: r.label(p.key, p.values), Values: p.values}
		for _, n := range sortedKeys(steps) {
			s := steps[n]
			if len(f.Steps) == 0 {
				s.Average, s.Median = -1, -1
			}
			f.Steps = append(f.Steps, s)
		}
		all = append(all, f)
	}
	return all, nil
}

// countOf reads a count; no value is zero.
func countOf(v any) (float64, error) {
	f, err := numberOf(v, "value")
	if math.IsNaN(f) {
		f = 0
	}
	return f, err
}

// secondsAt reads a time that something took; without one it is negative.
func secondsAt(row []any, column int, name string) (time.Duration, error) {
	if column < 0 || row[column] == nil {
		return -1, nil
	}
	f, err := numberOf(row[column], name)
	if err != nil {
		return -1, err
	}
	return time.Duration(f * float64(time.Second)), nil
}

// stickiness runs an insight that counts on how many days people came.
func (r *run) stickiness(ctx context.Context) error {
	r.running()
	r.result.Grain = insight.GrainNone
	place := map[string]int{}
	for i, w := range r.windows() {
		rows, err := r.fetch(ctx, request{window: w, breakdowns: r.query.Breakdowns})
		if err != nil {
			return err
		}
		found, err := r.byDays(rows)
		if err != nil {
			return err
		}
		if i == 0 {
			found = largest(r, found, func(s insight.Series) float64 { return s.Total }, func(s insight.Series) string { return s.Key })
			for k, s := range found {
				place[s.Key] = k
			}
		} else {
			found = slices.DeleteFunc(found, func(s insight.Series) bool { _, ok := place[s.Key]; return !ok })
			slices.SortFunc(found, func(a, b insight.Series) int { return place[a.Key] - place[b.Key] })
			for k := range found {
				found[k].Previous = true
			}
		}
		r.result.Series = append(r.result.Series, found...)
	}
	return nil
}

// byDays reads series over a number of days; days without a row count zero.
func (r *run) byDays(rows rowset) ([]insight.Series, error) {
	days, err1 := rows.need("days")
	value, err2 := rows.need("value")
	if err := cmp.Or(err1, err2); err != nil {
		return nil, err
	}
	parts, err := r.parts(rows)
	if err != nil {
		return nil, err
	}
	var all []insight.Series
	most := 0
	counts := make([]map[int]float64, len(parts))
	for i, p := range parts {
		counts[i] = map[int]float64{}
		for _, row := range p.rows {
			n, err := wholeOf(row[days], "days")
			if err != nil {
				return nil, err
			}
			if n < 1 || n > r.source.config.MaxRows {
				return nil, broken("days", "a number of days that cannot be")
			}
			most = max(most, n)
			if counts[i][n], err = countOf(row[value]); err != nil {
				return nil, err
			}
		}
	}
	for i, p := range parts {
		s := insight.Series{Key: p.key, Label: r.label(p.key, p.values), Values: p.values}
		for n := 1; n <= most; n++ {
			s.Points = append(s.Points, insight.Point{X: n, Value: counts[i][n]})
			s.Total += counts[i][n]
		}
		all = append(all, s)
	}
	return all, nil
}

// sortedKeys lists the keys of a map in order.
func sortedKeys[V any](m map[int]V) []int {
	keys := make([]int, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
