// Package source merges every source into one catalogue and gives one way to
// run what is in it. Sources are added in a table of the main program; nothing
// above this package knows which of them an insight comes from.
//
// A run goes through what was kept of earlier ones (results.go, flight.go), a
// breaker for each source (breaker.go), and the source; then small groups are
// hidden from those who may not see them (smallgroups.go). Sources themselves
// use a Gate for the order in which runs take turns.
package source

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"insightbot/insight"
)

// Cache keeps the last known catalogue of a source, so that finding still
// works while the source cannot be reached.
type Cache interface {
	SaveCatalogue(ctx context.Context, source string, ins []insight.Insight, at time.Time) error
	LoadCatalogue(ctx context.Context, source string) ([]insight.Insight, error)
}

// Config is what a Catalogue needs.
type Config struct {
	Sources []insight.Source
	// Cache may be nil: then a source that cannot be reached has no insights.
	Cache Cache
	// Asked returns how often each insight was answered lately, by id; nil
	// leaves the counts as the sources give them.
	Asked func(ctx context.Context) (map[string]int, error)
	// Results bounds what is kept of answers. The zero value keeps none.
	Results Results
	// Limits returns what a source says about its results, by its name; nil
	// leaves them all as Results has them.
	Limits func(source string) Limits
	Log    *slog.Logger
	Now    func() time.Time
}

// Catalogue is everything that is saved in all sources. It is safe for use by
// many goroutines; Sync replaces its content in one step. Close it when it is
// no longer used.
type Catalogue struct {
	config  Config
	runners []*runner
	byName  map[string]*runner
	// results is nil where none are kept.
	results *results

	mu       sync.RWMutex
	snapshot Snapshot
}

// Snapshot is the catalogue at one moment. It must not be changed.
type Snapshot struct {
	// Revision grows with every change of the content.
	Revision int
	// Insights are in order of their ids.
	Insights []insight.Insight
	// Problems are what the last sync could not load, by source name.
	Problems map[string]error
	// SyncedAt is when the sync ended.
	SyncedAt time.Time
}

// New returns an empty Catalogue; Sync fills it. Two sources of one name are
// an error.
func New(c Config) (*Catalogue, error) {
	cat := &Catalogue{config: c, byName: make(map[string]*runner, len(c.Sources))}
	limits := c.Results.or(Limits{Fresh: defaultFresh, Stale: defaultStale})
	for _, s := range c.Sources {
		if cat.byName[s.Name()] != nil {
			return nil, fmt.Errorf("source: two sources are named %q", s.Name())
		}
		own := limits
		if c.Limits != nil {
			own = c.Limits(s.Name()).or(limits)
		}
		r := newRunner(s, own, c.Log)
		cat.runners = append(cat.runners, r)
		cat.byName[s.Name()] = r
	}
	if c.Results.MaxBytes > 0 {
		var err error
		if cat.results, err = newResults(c.Results, c.Now, c.Log, cat.isCurrent); err != nil {
			return nil, fmt.Errorf("source: %w", err)
		}
	}
	return cat, nil
}

// Close ends the runs that nobody may wait for any more, waits until they have
// ended, and forgets every result. Sources are not closed.
func (c *Catalogue) Close() {
	if c.results != nil {
		c.results.close()
	}
}

// Snapshot returns the catalogue as it is now.
func (c *Catalogue) Snapshot() Snapshot {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.snapshot
}

// Insights returns what is saved now and its revision. The slice must not be
// changed.
func (c *Catalogue) Insights() ([]insight.Insight, int) {
	s := c.Snapshot()
	return s.Insights, s.Revision
}

// isCurrent reports whether an insight is in the catalogue as it is.
func (c *Catalogue) isCurrent(in insight.Insight) bool {
	s := c.Snapshot()
	i, ok := slices.BinarySearchFunc(s.Insights, in.ID, func(in insight.Insight, id string) int { return cmp.Compare(in.ID, id) })
	return ok && s.Insights[i].Version == in.Version
}

// Health is how a source is doing.
type Health struct {
	Source  string
	Breaker BreakerState
	// Problem is what the last sync could not load, or nil.
	Problem error
}

// Health tells of every source, in the order of the settings.
func (c *Catalogue) Health() []Health {
	problems := c.Snapshot().Problems
	all := make([]Health, len(c.runners))
	for i, r := range c.runners {
		all[i] = Health{Source: r.Name(), Breaker: r.state(), Problem: problems[r.Name()]}
	}
	return all
}

// ResultStats counts what became of the runs; all is 0 where no results are
// kept.
func (c *Catalogue) ResultStats() ResultStats {
	if c.results == nil {
		return ResultStats{}
	}
	return c.results.counts()
}

// sameMoment is how far the moment of a question may be from the clock, for a
// result that does not say when it was asked for to answer it.
const sameMoment = time.Minute

// Run runs an insight in the source it came from, with that source's errors,
// or answers with a result that was kept of the same question: then it is
// marked Cached and says when it was made. A result may be shared with others
// and must not be changed. Run takes out of it what a query that hides small
// groups may not show, and fails with insight.ErrSmallGroups where nobody can
// tell what that is. It fails with insight.ErrUnavailable at once while the
// source could not be reached several times in a row.
func (c *Catalogue) Run(ctx context.Context, in insight.Insight, q insight.Query) (insight.Result, error) {
	s, ok := c.byName[in.Source]
	if !ok {
		return insight.Result{}, fmt.Errorf("source: run %s: no source %q: %w", in.ID, in.Source, insight.ErrUnknown)
	}
	r, err := c.runSmall(ctx, s, in, q)
	if err != nil {
		return insight.Result{}, fmt.Errorf("source: run %s: %w", in.ID, err)
	}
	return r, nil
}

// runSmall runs an insight and hides small groups.
func (c *Catalogue) runSmall(ctx context.Context, s *runner, in insight.Insight, q insight.Query) (insight.Result, error) {
	if err := refuseSmall(in, q); err != nil {
		return insight.Result{}, err
	}
	r, err := c.result(ctx, s, in, q)
	if err != nil {
		return insight.Result{}, err
	}
	return hideSmall(in, q, r)
}

// result is what a run gives before anything is hidden, new or kept. What only
// one of those who share a result may see does not reach its run.
func (c *Catalogue) result(ctx context.Context, s *runner, in insight.Insight, q insight.Query) (insight.Result, error) {
	limits := s.limits
	if in.Fresh > 0 {
		limits.Fresh = in.Fresh
	}
	now := c.config.Now()
	asked := q.Now
	if asked.IsZero() {
		asked = now
	}
	if c.results == nil || limits.NoCache || limits.Fresh <= 0 || asked.Sub(now).Abs() > sameMoment {
		return s.ask(ctx, in, q)
	}
	run := q
	run.MinGroup, run.Filters = 0, unworded(q.Filters)
	r, err := c.results.get(ctx, job{
		key: keyOf(in, q, asked), in: in, limits: limits,
		run: func(ctx context.Context) (insight.Result, error) { return s.ask(ctx, in, run) },
	})
	if err != nil {
		return insight.Result{}, err
	}
	r.Filters = worded(r.Filters, q.Filters)
	return r, nil
}
