package shape

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"insightbot/insight"
)

// reading is one run of Result.
type reading struct {
	saved   Saved
	project Project
	query   insight.Query
	dims    []dimension
	zone    *time.Location
	// limit is where the data ends: when it was computed, or now; zero where
	// nobody says.
	limit  time.Time
	parts  map[Part]Answer
	result insight.Result
}

// Result makes the result of a plan's calls; answers are in the order of
// plan.Calls, and each must be StateAnswer or StateStale. It fails with
// insight.ErrUnsupported when PostHog left out a breakdown that was asked for,
// with insight.ErrRefused when the answer lists people, and with
// insight.ErrBroken when its form is not known. When PostHog ran another period
// the result has that one, without a comparison, and a note says so.
func (s Saved) Result(p Project, q insight.Query, plan Plan, answers []Answer) (insight.Result, error) {
	r := reading{saved: s, project: p, query: q, dims: s.dimensions(p), zone: p.zone(), parts: map[Part]Answer{}}
	if len(answers) != len(plan.Calls) || len(answers) == 0 {
		return insight.Result{}, fmt.Errorf("shape: insight %d: %d answers for %d calls: %w", s.ID, len(answers), len(plan.Calls), insight.ErrBroken)
	}
	for i, a := range answers {
		if a.State != StateAnswer && a.State != StateStale {
			return insight.Result{}, fmt.Errorf("shape: insight %d: the %s call is %s: %w", s.ID, plan.Calls[i].Part, a.State, insight.ErrBroken)
		}
		r.parts[plan.Calls[i].Part] = a
	}
	r.common(answers)
	if err := r.read(); err != nil {
		return insight.Result{}, fmt.Errorf("shape: insight %d: %w", s.ID, err)
	}
	return r.result, nil
}

// common fills in what every kind of result has.
func (r *reading) common(answers []Answer) {
	q, d := r.query, &r.saved.def
	r.result = insight.Result{
		Window: q.Window, Grain: q.Grain, Filters: q.Filters, Estimated: d.sampled, More: answers[0].body.more,
	}
	if q.Compare != insight.CompareNone {
		r.result.Previous = q.Previous
	}
	for _, name := range q.Breakdowns {
		if dim, ok := find(r.dims, name); ok {
			r.result.BrokenDownBy = append(r.result.BrokenDownBy, dim.Dimension)
		}
	}
	known := true
	for _, a := range answers {
		known = known && !a.ComputedAt.IsZero()
		if at := a.ComputedAt.In(r.zone); !a.ComputedAt.IsZero() && (r.result.AsOf.IsZero() || at.Before(r.result.AsOf)) {
			r.result.AsOf = at
		}
		r.result.Cached = r.result.Cached || a.Cached
		if a.State == StateStale && len(r.result.Notes) == 0 {
			r.note("This is an older result; PostHog is computing a new one.")
		}
	}
	if !known {
		r.result.AsOf = time.Time{}
	}
	if now := q.Now; !now.IsZero() && r.result.AsOf.After(now) {
		r.result.AsOf = now.In(r.zone)
	}
	r.limit = cmp.Or(r.result.AsOf, q.Now)
	if r.result.Cached {
		r.result.At = r.result.AsOf
	}
	if d.tested {
		r.note("Test accounts are left out.")
	}
	if d.smoothing > 1 && r.saved.Kind == KindTrends {
		r.note("Values are smoothed over %d buckets.", d.smoothing)
	}
}

// note adds a sentence for the reader.
func (r *reading) note(format string, args ...any) {
	if s := fmt.Sprintf(format, args...); !slices.Contains(r.result.Notes, s) {
		r.result.Notes = append(r.result.Notes, s)
	}
}

// read reads the answers, whatever their kind.
func (r *reading) read() error {
	main := r.parts[PartMain]
	if len(main.body.columns) == 0 || r.saved.Kind != KindSQL {
		for _, a := range r.parts {
			if listsPeople(a.body.result) {
				return fmt.Errorf("it lists people: %w", insight.ErrRefused)
			}
		}
	}
	switch r.saved.Kind {
	case KindTrends:
		if r.saved.def.display == "BoxPlot" || main.body.boxes != nil && len(listOf(main.body.result)) == 0 {
			return r.boxes(main)
		}
		return r.trend()
	case KindStickiness:
		return r.stickiness()
	case KindLifecycle:
		return r.lifecycle()
	case KindFunnels:
		return r.funnels()
	case KindRetention:
		return r.retention(main)
	case KindPaths:
		return r.paths(main)
	case KindSQL:
		return r.sql(main)
	default:
	}
	return fmt.Errorf("a query of the kind %q: %w", r.saved.def.strange, insight.ErrBroken)
}

// listsPeople reports whether rows are people, or events with their people.
func listsPeople(raw json.RawMessage) bool {
	for i, row := range listOf(raw) {
		if i == 20 {
			break
		}
		if isPerson(row) || slices.ContainsFunc(listOf(row), isPerson) {
			return true
		}
	}
	return false
}

// isPerson reports whether a value is a person or an event of one.
func isPerson(raw json.RawMessage) bool {
	f := fieldsOf(raw)
	for _, name := range []string{"distinct_id", "distinct_ids", "person", "is_identified"} {
		if _, ok := f[name]; ok {
			return true
		}
	}
	return !isNull(f["properties"]) && f["uuid"] != nil
}

// ahead reports whether a bucket had not begun when the data was computed.
// PostHog fills those with zeros.
func (r *reading) ahead(at time.Time) bool {
	return !r.limit.IsZero() && !at.IsZero() && at.After(r.limit)
}

// distrust forgets when the data was computed, because there is some of a time
// after that.
func (r *reading) distrust(at time.Time) {
	r.result.AsOf, r.result.At = time.Time{}, time.Time{}
	if r.limit = r.query.Now; r.ahead(at) {
		r.limit = time.Time{}
	}
}

// running marks the answer as incomplete when the window still runs.
func (r *reading) running() {
	if w := r.result.Window; !w.IsZero() && !r.limit.IsZero() && r.limit.Before(w.To) && r.result.Incomplete.IsZero() {
		r.result.Incomplete = w.From
	}
}

// actual is the window that an answer is about, as far as it tells: from the
// dates that came back, or else from its buckets. Where both agree with what
// was asked it is that.
func (r *reading) actual(a Answer, asked insight.Window, days []time.Time, g insight.Grain) insight.Window {
	if asked.IsZero() {
		return asked
	}
	from, to := momentOf(a.body.from, r.zone), momentOf(a.body.to, r.zone)
	if !from.IsZero() && !to.IsZero() && to.After(from) {
		if end := to.Add(time.Second).Truncate(time.Second); to.Second() == 59 {
			to = end
		}
		if ended := r.query.Now; !to.Equal(asked.To) && to.Before(asked.To) && !ended.IsZero() && !to.Before(ended.Add(-time.Hour)) {
			to = asked.To // it ends with the present, as does what was asked
		}
		if near(from, asked.From) && near(to, asked.To) {
			return asked
		}
		return insight.Window{From: from.In(r.zone), To: to.In(r.zone)}
	}
	if len(days) == 0 {
		return asked
	}
	if g == insight.GrainNone {
		g = insight.GrainDay
	}
	first, end := days[0], g.Next(days[len(days)-1])
	until := asked.To
	if !r.limit.IsZero() && r.limit.Before(until) {
		until = r.limit
	}
	width := g.Next(first).Sub(first)
	if first.Add(width).After(asked.From) && !first.After(asked.From.Add(width)) && days[len(days)-1].Before(asked.To) && !end.Add(width).Before(until) {
		return asked
	}
	return insight.Window{From: first, To: end}
}

// near reports whether two moments are the same but for rounding.
func near(a, b time.Time) bool { return a.Sub(b).Abs() <= time.Second }

// settle takes the window of the main answer as that of the result. When it is
// not the one asked for it says so, and nothing can be compared.
func (r *reading) settle(w insight.Window) {
	if w == r.query.Window {
		return
	}
	r.result.Window = w
	r.note("PostHog did not take the period that was asked for; this is about %s to %s.", dayOf(w.From), dayOf(w.To.Add(-time.Second)))
	if r.query.Compare != insight.CompareNone {
		r.result.Previous = insight.Window{}
	}
}

// settled reports whether the result is about what was asked.
func (r *reading) settled() bool { return r.result.Window == r.query.Window }

// lostPrevious says that there is nothing to compare with.
func (r *reading) lostPrevious() {
	r.result.Previous = insight.Window{}
	r.note("PostHog did not take the earlier period, so that nothing can be compared.")
}

// dayOf writes a day for a sentence.
func dayOf(t time.Time) string { return t.Format("2 January 2006") }
