package sqlsource

import (
	"context"
	"fmt"
	"math"
	"time"

	"insightbot/insight"
)

// group is one breakdown group in one window.
type group struct {
	key    string
	values []string
	// points are by bucketKey.
	points map[time.Time]float64
	total  float64
}

// groups are those of one window, by key.
type groups map[string]*group

// trend runs an insight whose result is series, or totals.
func (r *run) trend(ctx context.Context) error {
	q := r.query
	only, other, totals, err := r.choose(ctx)
	if err != nil {
		return err
	}
	// The earlier window first: it shows whether there was data before.
	var previous groups
	if q.Compare != insight.CompareNone {
		if previous, err = r.collect(ctx, q.Previous, r.previousGrain(), only, other, nil); err != nil {
			return err
		}
		r.startless = !r.fresh && len(previous) == 0 && r.def.insight.Accepts.Earliest.IsZero()
	}
	current, err := r.collect(ctx, q.Window, q.Grain, only, other, totals)
	if err != nil {
		return err
	}
	if previous != nil {
		r.alike(current, previous)
		r.match(current, previous)
	}
	order := r.cut(current)
	r.result.Series = r.series(order, current, q.Window, q.Grain)
	if previous != nil {
		grain := q.Grain
		if q.CompareTotals {
			grain = insight.GrainNone
		}
		earlier := r.series(order, previous, q.Previous, grain)
		for i := range earlier {
			earlier[i].Previous = true
		}
		r.result.Series = append(r.result.Series, earlier...)
	}
	r.mark(q.Window)
	return nil
}

// previousGrain is the grain in which the earlier window is read: that of the
// current one where totals are made of buckets, even if only they are shown.
func (r *run) previousGrain() insight.Grain {
	if r.query.CompareTotals && r.totalsFirst() {
		return insight.GrainNone
	}
	return r.query.Grain
}

// additive reports whether the values of groups may be added up.
func (r *run) additive() bool { return r.def.insight.Total == insight.TotalSum }

// totalsFirst reports whether totals come from a run without buckets.
func (r *run) totalsFirst() bool {
	return r.def.insight.Total == insight.TotalRerun || r.def.insight.Total == insight.TotalSum
}

// collect reads the groups of one window with their points and totals. Totals
// that are known need not be read again.
func (r *run) collect(ctx context.Context, w insight.Window, grain insight.Grain, only [][]string, other bool, totals groups) (groups, error) {
	found, err := r.collectGroups(ctx, w, grain, r.query.Breakdowns, only, totals)
	if err != nil || !other {
		return found, err
	}
	all, err := r.collectGroups(ctx, w, grain, nil, nil, nil)
	if err != nil {
		return nil, err
	}
	if whole := all[""]; whole != nil {
		rest := &group{key: insight.KeyOther, values: []string{}, points: whole.points, total: whole.total}
		// In a fixed order: adding floats up is not the same in every order.
		for _, key := range r.order(found) {
			g := found[key]
			rest.total = subtract(rest.total, g.total)
			for at, v := range g.points {
				rest.points[at] = subtract(rest.points[at], v)
			}
		}
		found[insight.KeyOther] = rest
	}
	return found, nil
}

// subtract takes a part from a whole; what only rounding leaves is nothing.
func subtract(whole, part float64) float64 {
	if math.IsNaN(part) {
		return whole
	}
	if rest := whole - part; math.Abs(rest) > 1e-9*math.Abs(whole) {
		return rest
	}
	return 0
}

// collectGroups is collect for groups that are all shown.
func (r *run) collectGroups(ctx context.Context, w insight.Window, grain insight.Grain, by []string, only [][]string, totals groups) (groups, error) {
	req := request{window: w, breakdowns: by, only: only}
	var err error
	if totals == nil && (r.def.insight.Total == insight.TotalRerun || r.def.insight.Total == insight.TotalSum && grain == insight.GrainNone) {
		if totals, err = r.read(ctx, req); err != nil {
			return nil, err
		}
	}
	if grain == insight.GrainNone && r.totalsFirst() {
		return r.doubted(totals, w), nil
	}
	req.grain = r.totalGrain(grain)
	found, err := r.read(ctx, req)
	if err != nil {
		return nil, err
	}
	for key, t := range totals {
		if found[key] == nil {
			found[key] = &group{key: key, values: t.values, points: map[time.Time]float64{}}
		}
	}
	slots := r.slots(w, req.grain, keysOf(found))
	for key, g := range found {
		g.total = r.totalOf(g.points, w, slots)
		if t := totals[key]; t != nil && r.def.insight.Total == insight.TotalRerun {
			g.total = t.total
		}
	}
	return found, nil
}

// read runs the statement and sorts its rows into groups. Without a grain each
// group has one row, its total.
func (r *run) read(ctx context.Context, req request) (groups, error) {
	if req.grain != insight.GrainNone {
		if starts := req.grain.Buckets(req.window, r.def.insight.WeekStart, r.source.config.MaxRows+1); len(starts) > r.source.config.MaxRows {
			return nil, fmt.Errorf("more than %d buckets: %w", r.source.config.MaxRows, insight.ErrTooLarge)
		}
	}
	rows, err := r.fetch(ctx, req)
	if err != nil {
		return nil, err
	}
	value, err := rows.need("value")
	if err != nil {
		return nil, err
	}
	bucket := -1
	if req.grain != insight.GrainNone {
		if bucket, err = rows.need("bucket"); err != nil {
			return nil, err
		}
	}
	split, err := rows.breakdowns(len(req.breakdowns))
	if err != nil {
		return nil, err
	}
	found, twice := groups{}, r.twice(rows, len(req.breakdowns))
	for _, row := range rows.rows {
		values := split(row)
		key := joined(values)
		g, ok := found[key]
		if !ok {
			g = &group{key: key, values: values, points: map[time.Time]float64{}, total: math.NaN()}
			found[key] = g
		}
		v, err := r.valueOf(row[value])
		if err != nil {
			return nil, err
		}
		if bucket < 0 {
			if g.total, err = twice(row, key, ok, g.total, v); err != nil {
				return nil, err
			}
			continue
		}
		at, err := r.bucketOf(row[bucket], req.grain, req.window.Zone())
		if err != nil {
			return nil, err
		}
		before, ok := g.points[at]
		if g.points[at], err = twice(row, at.String()+key, ok, before, v); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// valueOf reads a value; where gaps are zeros, no value is one too.
func (r *run) valueOf(v any) (float64, error) {
	f, err := numberOf(v, "value")
	if err == nil && math.IsNaN(f) && r.def.zero {
		return 0, nil
	}
	return f, err
}
