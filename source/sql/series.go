package sqlsource

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"insightbot/insight"
)

// bucketKey names the bucket that starts at t: an instant for hours, which
// repeat when clocks go back; the civil date it begins on, as midnight in UTC,
// for anything wider, because a day may have no midnight of its own.
func bucketKey(t time.Time, g insight.Grain, weekStart time.Weekday) time.Time {
	if g == insight.GrainHour {
		return t.UTC()
	}
	y, m, d := t.Date()
	return g.Floor(time.Date(y, m, d, 0, 0, 0, 0, time.UTC), weekStart)
}

// bucketOf reads the bucket of a row.
func (r *run) bucketOf(v any, g insight.Grain, zone *time.Location) (time.Time, error) {
	ws := r.def.insight.WeekStart
	if s, ok := v.(string); ok && g != insight.GrainHour {
		if day, err := time.Parse(time.DateOnly, s); err == nil {
			return g.Floor(day, ws), nil
		}
	}
	t, err := moment(v, zone, "bucket")
	if err != nil {
		return time.Time{}, err
	}
	if _, ours := v.(string); g == insight.GrainHour && ours && t.UTC().Format(sqliteHour) == v {
		return t.UTC(), nil // as the statement cut it
	}
	return bucketKey(g.Floor(t, ws), g, ws), nil
}

// slot is one bucket of the answer.
type slot struct {
	key, start, end time.Time
	// settled is set when no row means that nothing happened, and not that
	// the data is not there yet.
	settled bool
}

// settled reports whether the data of a whole window is known to be there.
func (r *run) settled(w insight.Window) bool { return r.fresh || w.IsZero() }

// slots lists the buckets of a window that can hold data: none before the
// earliest, none that has not begun. Buckets that rows speak of are kept in
// any case, as long as they lie in the window.
func (r *run) slots(w insight.Window, g insight.Grain, rows map[time.Time]bool) []slot {
	ws, earliest := r.def.insight.WeekStart, r.def.insight.Accepts.Earliest
	var all []slot
	var first, last time.Time
	for key := range rows {
		if key.After(last) {
			last = key
		}
		if first.IsZero() || key.Before(first) {
			first = key
		}
	}
	for _, start := range starts(w, g, ws, r.source.config.MaxRows) {
		s := slot{key: bucketKey(start, g, ws), start: start, end: g.Next(start)}
		// Where nobody says as of when the data is, its newest row does.
		s.settled = r.settled(w) || len(rows) > 0 && !s.key.After(last) && (!r.startless || !s.key.Before(first))
		began := start.Before(r.limit) || !s.key.After(last)
		if began && s.end.After(earliest) || rows[s.key] {
			all = append(all, s)
		}
	}
	return all
}

// starts lists the starts of the buckets of a window. Where clocks change by
// half an hour, hours begin at a full hour of the new time again.
func starts(w insight.Window, g insight.Grain, weekStart time.Weekday, limit int) []time.Time {
	if g != insight.GrainHour {
		return g.Buckets(w, weekStart, limit)
	}
	var all []time.Time
	for t := g.Floor(w.From, weekStart); t.Before(w.To) && len(all) < limit; {
		all = append(all, t)
		next := g.Next(t)
		if full := g.Floor(next, weekStart); full.After(t) {
			next = full
		}
		t = next
	}
	return all
}

// series makes the series of one window.
func (r *run) series(order []string, found groups, w insight.Window, g insight.Grain) []insight.Series {
	if len(found) == 0 && len(r.query.Breakdowns) == 0 && r.def.zero && r.began(w) && r.settled(w) {
		order, found = []string{""}, groups{"": {values: []string{}}}
	}
	var slots []slot
	if g != insight.GrainNone {
		slots = r.slots(w, g, keysOf(found))
	}
	zero := r.def.zero && (r.settled(w) || len(found) > 0)
	var all []insight.Series
	for _, key := range order {
		group := found[key]
		if group == nil {
			if !zero || !r.began(w) {
				continue
			}
			group = nothing(key)
		}
		if !r.began(w) && len(group.points) == 0 && group.total == 0 {
			continue // a count of what cannot have happened is no answer
		}
		s := insight.Series{Key: key, Label: r.label(key, group.values), Values: group.values, Total: group.total}
		if key == insight.KeyOther || len(r.query.Breakdowns) == 0 {
			s.Values = nil
		}
		some := !math.IsNaN(s.Total)
		for _, at := range slots {
			v, ok := group.points[at.key]
			switch {
			case !ok && zero && at.settled:
				v = 0
			case !ok:
				v = math.NaN()
			}
			some = some || !math.IsNaN(v)
			s.Points = append(s.Points, insight.Point{At: at.start, Value: v})
		}
		if math.IsNaN(s.Total) && zero {
			s.Total, some = 0, true
		}
		if some {
			all = append(all, s)
		}
	}
	return all
}

// nothing is a group without data, which counts as zero.
func nothing(key string) *group {
	values := strings.Split(key, "\x1f")
	if key == insight.KeyOther {
		values = nil
	}
	return &group{key: key, values: values, total: 0}
}

// began reports whether the window holds any time that data can be from.
func (r *run) began(w insight.Window) bool {
	if w.IsZero() {
		return true
	}
	return w.From.Before(r.limit) && w.To.After(r.def.insight.Accepts.Earliest)
}

// label is what people read for a group.
func (r *run) label(key string, values []string) string {
	if key == insight.KeyOther {
		return "Other"
	}
	if len(r.query.Breakdowns) == 0 {
		return r.def.insight.Title
	}
	labels := make([]string, len(values))
	for i, v := range values {
		labels[i] = valueLabel(r.result.BrokenDownBy[i], v)
	}
	return strings.Join(labels, " · ")
}

// valueLabel is what people read for a value of a dimension.
func valueLabel(d insight.Dimension, key string) string {
	if i := slices.IndexFunc(d.Values, func(v insight.Value) bool { return v.Key == key }); i >= 0 {
		return d.Values[i].Name()
	}
	if key == "" {
		return "None"
	}
	return key
}

// mark says from where on the result is incomplete, and which buckets the
// window cuts.
func (r *run) mark(w insight.Window) {
	g := r.query.Grain
	if w.IsZero() {
		return
	}
	if g == insight.GrainNone {
		if r.limit.Before(w.To) && r.began(w) {
			r.result.Incomplete = w.From
		}
		return
	}
	if len(r.result.Series) == 0 {
		return
	}
	starts := r.result.Series[0].Points
	if len(starts) == 0 {
		return
	}
	for _, p := range starts {
		if g.Next(p.At).After(r.limit) {
			r.result.Incomplete = p.At
			break
		}
	}
	first, last := starts[0].At.Before(w.From), g.Next(starts[len(starts)-1].At).After(w.To) && r.result.Incomplete.IsZero()
	switch {
	case first && last:
		r.note("The first and the last %s are only partly in the period.", g)
	case first:
		r.note("The first %s is only partly in the period.", g)
	case last:
		r.note("The last %s is only partly in the period.", g)
	}
}

// breakdowns returns a function that reads the breakdown values of a row.
func (s rowset) breakdowns(n int) (func(row []any) []string, error) {
	at := make([]int, n)
	for i := range at {
		name := "breakdown"
		if i > 0 {
			name = fmt.Sprintf("breakdown_%d", i+1)
		}
		var err error
		if at[i], err = s.need(name); err != nil {
			return nil, err
		}
	}
	return func(row []any) []string {
		values := make([]string, n)
		for i, column := range at {
			values[i] = keyOf(row[column])
		}
		return values
	}, nil
}
