package sqlsource

import (
	"context"
	"fmt"
	"slices"
	"time"

	"insightbot/insight"
)

// asOfKept is how long an answer to as_of is believed.
const asOfKept = time.Minute

// freshness is an answer to as_of.
type freshness struct {
	asOf, read time.Time
}

// run is one run of one insight.
type run struct {
	source *Source
	def    definition
	query  insight.Query
	db     querier
	// limit is where the data ends: as of, but not after now. Where nobody
	// says as of when the data is, fresh is false and limit is now.
	limit time.Time
	fresh bool
	// startless is set when nothing shows that there was data before the
	// first row of the window.
	startless bool
	result    insight.Result
}

// Run implements insight.Source. It runs what was found and nothing else: when
// the definition changed since, it fails with insight.ErrChanged.
func (s *Source) Run(ctx context.Context, in insight.Insight, q insight.Query) (insight.Result, error) {
	r := run{source: s, query: q}
	err := func() (err error) {
		if r.def, err = s.definition(ctx, in.ID); err != nil {
			return err
		}
		if in.Version != r.def.insight.Version {
			return fmt.Errorf("version %q is now %q: %w", in.Version, r.def.insight.Version, insight.ErrChanged)
		}
		if err := r.check(); err != nil {
			return err
		}
		return s.session(ctx, func(ctx context.Context, db querier) error {
			r.db = db
			if err := r.do(ctx); err != nil {
				return err
			}
			r.narrowVocabulary()
			return nil
		})
	}()
	if err != nil {
		return insight.Result{}, fmt.Errorf("sqlsource: %s: %w", in.ID, err)
	}
	return r.result, nil
}

// check refuses what the insight does not accept.
func (r *run) check() error {
	a, q := r.def.insight.Accepts, r.query
	refuse := func(format string, args ...any) error {
		return fmt.Errorf(format+": %w", append(args, insight.ErrUnsupported)...)
	}
	switch {
	case a.Windows && !q.Window.To.After(q.Window.From):
		return refuse("no window")
	case !a.Windows && !q.Window.IsZero():
		return refuse("a window")
	case q.Grain != insight.GrainNone && !slices.Contains(a.Grains, q.Grain):
		return refuse("grain %q", q.Grain)
	case q.Compare != insight.CompareNone && !slices.Contains(a.Compare, q.Compare):
		return refuse("comparison %q", q.Compare)
	case q.Compare != insight.CompareNone && !q.Previous.To.After(q.Previous.From):
		return refuse("a comparison without its window")
	case len(q.Breakdowns) > a.MaxBreakdowns:
		return refuse("%d breakdowns", len(q.Breakdowns))
	}
	for i, name := range q.Breakdowns {
		d, ok := a.Dimension(name)
		if !ok || !d.Breakdown || slices.Contains(q.Breakdowns[:i], name) || r.masked(name) {
			return refuse("breakdown %q", name)
		}
		r.result.BrokenDownBy = append(r.result.BrokenDownBy, d)
	}
	values := 0
	for _, f := range q.Filters {
		d, ok := a.Dimension(f.Field)
		if !ok || !d.Filter || f.Op != insight.OpIs && f.Op != insight.OpIsNot || r.masked(f.Field) {
			return refuse("filter %q", f.Field)
		}
		values += len(f.Values)
	}
	for _, name := range a.Attributes {
		if len(q.Attributes[name]) == 0 && !q.Unbounded {
			return fmt.Errorf("attribute %q: %w", name, insight.ErrAttribute)
		}
		values += len(q.Attributes[name])
	}
	if values > maxValues {
		return refuse("%d values", values)
	}
	return nil
}

// do runs the insight, whatever its shape.
func (r *run) do(ctx context.Context) error {
	now := r.query.Now
	if now.IsZero() {
		now = r.source.config.Now()
	}
	asOf, err := r.source.asOf(ctx, r.db, r.def, now)
	if err != nil {
		return err
	}
	r.limit, r.fresh = now, !asOf.IsZero()
	if r.fresh {
		r.limit = asOf
		r.result.AsOf = asOf.In(r.zone())
	}
	shape := r.def.insight.Chart.Shape()
	r.result.Shape, r.result.Window, r.result.Grain = shape, r.query.Window, r.query.Grain
	r.result.Filters = r.query.Filters
	if r.query.Compare != insight.CompareNone {
		r.result.Previous = r.query.Previous
	}
	switch shape {
	case insight.ShapeTrend:
		return r.trend(ctx)
	case insight.ShapeFunnel:
		return r.funnel(ctx)
	case insight.ShapeRetention:
		return r.retention(ctx)
	case insight.ShapeStickiness:
		return r.stickiness(ctx)
	case insight.ShapeLifecycle:
		return r.lifecycle(ctx)
	case insight.ShapePaths:
		return r.paths(ctx)
	case insight.ShapeHistogram:
		return r.histogram(ctx)
	case insight.ShapeBox:
		return r.boxes(ctx)
	case insight.ShapeTable:
		return r.table(ctx)
	}
	return fmt.Errorf("shape %q: %w", shape, insight.ErrBroken)
}

// zone is the zone of the answer.
func (r *run) zone() *time.Location {
	if r.query.Window.IsZero() {
		return r.def.insight.Zone
	}
	return r.query.Window.Zone()
}

// fetch runs the statement for one request.
func (r *run) fetch(ctx context.Context, req request) (rowset, error) {
	return r.fetchCapped(ctx, req, caps{rows: r.source.config.MaxRows, bytes: r.source.config.MaxBytes})
}

// fetchCapped is fetch with other caps.
func (r *run) fetchCapped(ctx context.Context, req request, c caps) (rowset, error) {
	req.filters, req.attributes, req.unbounded = r.query.Filters, r.query.Attributes, r.query.Unbounded
	st, err := compile(r.def, req, r.source.engine.dialect)
	if err != nil {
		return rowset{}, err
	}
	return fetch(ctx, r.db, st, c)
}

// asOf is up to when the data is complete, never after now; zero when nobody
// says.
func (s *Source) asOf(ctx context.Context, db querier, d definition, now time.Time) (time.Time, error) {
	if d.asOf == "" {
		return time.Time{}, nil
	}
	key := d.insight.ID + "\x00" + d.insight.Version
	s.mu.RLock()
	known, ok := s.fresh[key]
	s.mu.RUnlock()
	if age := s.config.Now().Sub(known.read); !ok || age < 0 || age >= asOfKept {
		rows, err := fetch(ctx, db, statement{text: d.asOf}, caps{rows: 1, bytes: s.config.MaxBytes})
		if err != nil {
			return time.Time{}, fmt.Errorf("as_of: %w", err)
		}
		known = freshness{read: s.config.Now()}
		if len(rows.rows) == 1 && rows.rows[0][0] != nil {
			if known.asOf, err = moment(rows.rows[0][0], d.storedZone(), "as_of"); err != nil {
				return time.Time{}, err
			}
		}
		s.mu.Lock()
		s.fresh[key] = known
		s.mu.Unlock()
	}
	if known.asOf.After(now) {
		return now, nil
	}
	return known.asOf, nil
}

// storedZone is the zone in which the database writes times as text.
func (d definition) storedZone() *time.Location {
	if d.time != nil && (d.time.kind == timeDatetime || d.time.kind == timeInstant) {
		return d.time.stored
	}
	return d.insight.Zone
}
