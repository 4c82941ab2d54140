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

// grain is the grain of a shape that cannot do without one.
func (r *run) grain() insight.Grain {
	g := cmp.Or(r.query.Grain, r.def.insight.Default.Grain)
	if g == insight.GrainNone && len(r.def.insight.Accepts.Grains) > 0 {
		g = r.def.insight.Accepts.Grains[0]
	}
	r.result.Grain = g
	return g
}

// timed runs the statement with buckets and returns the rows, the place of the
// bucket column under any of its names, and the buckets of the answer.
func (r *run) timed(ctx context.Context, names ...string) (rows rowset, keys []time.Time, slots []slot, err error) {
	g, w := r.grain(), r.query.Window
	if g == insight.GrainNone {
		return rows, nil, nil, broken("time", "no grains")
	}
	if rows, err = r.fetch(ctx, request{window: w, grain: g, breakdowns: r.query.Breakdowns}); err != nil {
		return rows, nil, nil, err
	}
	at, err := rows.need(names...)
	if err != nil {
		return rows, nil, nil, err
	}
	seen := map[time.Time]bool{}
	for _, row := range rows.rows {
		key, err := r.bucketOf(row[at], g, w.Zone())
		if err != nil {
			return rows, nil, nil, err
		}
		keys = append(keys, key)
		seen[key] = true
	}
	slots = r.slots(w, g, seen)
	for _, s := range slots {
		if s.end.After(r.limit) {
			r.result.Incomplete = s.start
			break
		}
	}
	return rows, keys, slots, nil
}

// statuses are the parts of a lifecycle, in the order in which they are drawn.
func statuses() []insight.Status {
	return []insight.Status{insight.StatusNew, insight.StatusReturning, insight.StatusResurrecting, insight.StatusDormant}
}

// lifecycle runs an insight that says who came, stayed, came back and left.
func (r *run) lifecycle(ctx context.Context) error {
	rows, keys, slots, err := r.timed(ctx, "bucket")
	if err != nil {
		return err
	}
	status, err1 := rows.need("status")
	value, err2 := rows.need("value")
	if err := cmp.Or(err1, err2); err != nil {
		return err
	}
	counts := map[insight.Status]map[time.Time]float64{}
	for i, row := range rows.rows {
		s := insight.Status(keyOf(row[status]))
		if !slices.Contains(statuses(), s) {
			return broken("status", "none of new, returning, resurrecting, dormant")
		}
		v, err := countOf(row[value])
		if err != nil {
			return err
		}
		if s == insight.StatusDormant {
			v = -math.Abs(v) // who left is drawn below the line
		}
		if counts[s] == nil {
			counts[s] = map[time.Time]float64{}
		}
		if _, twice := counts[s][keys[i]]; twice {
			return fmt.Errorf("two rows for one bucket and status: %w", insight.ErrBroken)
		}
		counts[s][keys[i]] = v
	}
	if len(rows.rows) == 0 {
		return nil
	}
	for _, s := range statuses() {
		series := insight.Series{Key: string(s), Label: labelOf(string(s)), Status: s}
		for _, at := range slots {
			if !at.settled {
				continue
			}
			series.Points = append(series.Points, insight.Point{At: at.start, Value: counts[s][at.key]})
			series.Total += counts[s][at.key]
		}
		r.result.Series = append(r.result.Series, series)
	}
	return nil
}

// boxes runs an insight that gives a five-number summary for each bucket.
func (r *run) boxes(ctx context.Context) error {
	rows, keys, slots, err := r.timed(ctx, "bucket")
	if err != nil {
		return err
	}
	names := []string{"min", "p25", "median", "p75", "max", "mean"}
	places := make([]int, len(names))
	for i, name := range names {
		if places[i], err = rows.need(name); err != nil {
			return err
		}
	}
	found := map[time.Time][]float64{}
	for i, row := range rows.rows {
		numbers := make([]float64, len(names))
		for k, place := range places {
			if numbers[k], err = numberOf(row[place], names[k]); err != nil {
				return err
			}
		}
		if found[keys[i]] != nil {
			return fmt.Errorf("two rows for one bucket: %w", insight.ErrBroken)
		}
		found[keys[i]] = numbers
	}
	if len(found) == 0 {
		return nil
	}
	series := insight.BoxSeries{Label: r.def.insight.Title}
	for _, at := range slots {
		b := insight.Box{At: at.start}
		for i, into := range []*float64{&b.Min, &b.P25, &b.Median, &b.P75, &b.Max, &b.Mean} {
			*into = math.NaN()
			if numbers, ok := found[at.key]; ok {
				*into = numbers[i]
			}
		}
		series.Boxes = append(series.Boxes, b)
	}
	r.result.Boxes = []insight.BoxSeries{series}
	return nil
}

// retention runs an insight that says how many of those who began came back.
func (r *run) retention(ctx context.Context) error {
	rows, keys, slots, err := r.timed(ctx, "cohort", "bucket")
	if err != nil {
		return err
	}
	period, err1 := rows.need("period")
	value, err2 := rows.need("value")
	if err := cmp.Or(err1, err2); err != nil {
		return err
	}
	split, err := rows.breakdowns(len(r.query.Breakdowns))
	if err != nil {
		return err
	}
	triangles := map[string]*triangle{}
	var order []*triangle
	most := 0
	for i, row := range rows.rows {
		n, err := wholeOf(row[period], "period")
		if err != nil {
			return err
		}
		v, err := countOf(row[value])
		if err != nil {
			return err
		}
		if n < 0 || n > maxPeriods {
			continue
		}
		most = max(most, n)
		values := split(row)
		key := joined(values)
		if triangles[key] == nil {
			triangles[key] = &triangle{key: key, values: values, counts: map[time.Time]map[int]float64{}}
			order = append(order, triangles[key])
		}
		triangles[key].add(keys[i], n, v)
	}
	slots, newest := r.reached(slots, order)
	order = largest(r, order, func(t *triangle) float64 { return t.size }, func(t *triangle) string { return t.key })
	for _, t := range order {
		r.result.Cohorts = append(r.result.Cohorts, r.cohorts(t, slots, most, newest))
	}
	return nil
}

// maxPeriods is how many periods a cohort is followed.
const maxPeriods = 366

// triangle is the counts of one breakdown group by cohort and period.
type triangle struct {
	key    string
	values []string
	counts map[time.Time]map[int]float64
	size   float64
}

// add notes how many of a cohort came back after n periods.
func (t *triangle) add(cohort time.Time, n int, v float64) {
	if t.counts[cohort] == nil {
		t.counts[cohort] = map[int]float64{}
	}
	t.counts[cohort][n] += v
	if n == 0 {
		t.size += v
	}
}

// cohorts makes the rows of a triangle: each as long as time allows, so that
// a period that has not come is absent and one without anybody is zero. Every
// member counts periods from their own start, so a period has come when the
// youngest of the cohort began it, and is complete when they ended it.
func (r *run) cohorts(t *triangle, slots []slot, most, newest int) insight.Cohorts {
	c := insight.Cohorts{Key: t.key, Label: r.label(t.key, t.values), Values: t.values}
	g := r.result.Grain
	for i, s := range slots {
		row := insight.Cohort{At: s.start, Label: bucketLabel(s.start, g)}
		row.Counts, row.Incomplete = []float64{t.counts[s.key][0]}, s.end.After(r.limit)
		at := g.Next(s.end)
		for n := 1; n <= min(most, newest-i) && at.Before(r.limit); n++ {
			row.Counts = append(row.Counts, t.counts[s.key][n])
			at = g.Next(at)
			row.Incomplete = at.After(r.limit)
		}
		c.Rows = append(c.Rows, row)
	}
	return c
}

// reached returns the cohorts that the data is known to reach, and the last
// period it reaches, as the place of the cohort that began in it: where nobody
// says as of when the data is, that of the newest row.
func (r *run) reached(slots []slot, all []*triangle) ([]slot, int) {
	if r.settled(r.query.Window) {
		return slots, len(slots) + maxPeriods
	}
	slots = slices.DeleteFunc(slots, func(s slot) bool { return !s.settled })
	newest := 0
	for i, s := range slots {
		for _, t := range all {
			for n := range t.counts[s.key] {
				newest = max(newest, i+n)
			}
		}
	}
	return slots, newest
}

// bucketLabel names a bucket by its start.
func bucketLabel(at time.Time, g insight.Grain) string {
	switch g {
	case insight.GrainHour:
		return at.Format("2 Jan 2006 15:04")
	case insight.GrainMonth:
		return at.Format("Jan 2006")
	case insight.GrainQuarter:
		return "Q" + string(rune('1'+(int(at.Month())-1)/3)) + at.Format(" 2006")
	case insight.GrainYear:
		return at.Format("2006")
	default:
		return at.Format("2 Jan 2006")
	}
}
