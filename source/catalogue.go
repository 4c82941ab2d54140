// Package source merges every source into one catalogue and gives one way to
// run what is in it. Sources are added in a table of the main program; nothing
// above this package knows which of them an insight comes from.
package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
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
	Log   *slog.Logger
	Now   func() time.Time
}

// Catalogue is everything that is saved in all sources. It is safe for use by
// many goroutines; Sync replaces its content in one step.
type Catalogue struct {
	config Config
	runs   map[string]insight.Source

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
	runs := make(map[string]insight.Source, len(c.Sources))
	for _, s := range c.Sources {
		if _, twice := runs[s.Name()]; twice {
			return nil, fmt.Errorf("source: two sources are named %q", s.Name())
		}
		runs[s.Name()] = s
	}
	return &Catalogue{config: c, runs: runs}, nil
}

// Sync reads the catalogue of every source. What one source cannot load is
// logged and kept in the snapshot's Problems: its good insights, or those last
// known, stay. It fails only when ctx ends.
func (c *Catalogue) Sync(ctx context.Context) error {
	lists := make([][]insight.Insight, len(c.config.Sources))
	problems := make([]error, len(c.config.Sources))
	var wg sync.WaitGroup
	for i, s := range c.config.Sources {
		wg.Go(func() { lists[i], problems[i] = c.load(ctx, s) })
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("source: sync: %w", err)
	}
	all := slices.Concat(lists...)
	c.count(ctx, all)
	slices.SortFunc(all, func(a, b insight.Insight) int { return cmp.Compare(a.ID, b.ID) })

	next := Snapshot{Insights: all, Problems: map[string]error{}, SyncedAt: c.config.Now()}
	for i, s := range c.config.Sources {
		if problems[i] != nil {
			next.Problems[s.Name()] = problems[i]
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	next.Revision = c.snapshot.Revision
	if !slices.EqualFunc(next.Insights, c.snapshot.Insights, same) {
		next.Revision++
	}
	c.snapshot = next
	return nil
}

// same reports whether an insight is as it was, so that nothing made from it
// has to be made again.
func same(a, b insight.Insight) bool {
	return a.ID == b.ID && a.Version == b.Version && a.Asked == b.Asked && a.Viewers == b.Viewers
}

// list asks one source for its insights. A defect of a source is that source's
// problem and not the end of the bot.
func list(ctx context.Context, s insight.Source) (ins []insight.Insight, err error) {
	defer func() {
		if p := recover(); p != nil {
			ins, err = nil, fmt.Errorf("source: %s panicked: %v\n%s", s.Name(), p, debug.Stack())
		}
	}()
	return s.Insights(ctx)
}

// load reads one source, falling back to what was last known of it while it
// cannot be reached.
func (c *Catalogue) load(ctx context.Context, s insight.Source) ([]insight.Insight, error) {
	ins, problem := list(ctx, s)
	log := c.config.Log.With("source", s.Name())
	if problem != nil {
		log.WarnContext(ctx, "some insights could not be loaded", "loaded", len(ins), "error", problem)
	}
	if c.config.Cache == nil {
		return ins, problem
	}
	if errors.Is(problem, insight.ErrUnavailable) && len(ins) == 0 {
		known, err := c.config.Cache.LoadCatalogue(ctx, s.Name())
		if err != nil {
			return nil, errors.Join(problem, err)
		}
		return known, problem
	}
	if err := c.config.Cache.SaveCatalogue(ctx, s.Name(), ins, c.config.Now()); err != nil {
		log.WarnContext(ctx, "the catalogue could not be kept", "error", err)
	}
	return ins, problem
}

// count adds how often each insight was asked; without it all stay as they are.
func (c *Catalogue) count(ctx context.Context, ins []insight.Insight) {
	if c.config.Asked == nil {
		return
	}
	asked, err := c.config.Asked(ctx)
	if err != nil {
		c.config.Log.WarnContext(ctx, "the ask counts could not be read", "error", err)
		return
	}
	for i := range ins {
		ins[i].Asked = asked[ins[i].ID]
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

// Run runs an insight in the source it came from, with that source's errors.
// It takes out of the result what a query that hides small groups may not
// show, and fails with insight.ErrSmallGroups where nobody can tell what that
// is.
func (c *Catalogue) Run(ctx context.Context, in insight.Insight, q insight.Query) (insight.Result, error) {
	s, ok := c.runs[in.Source]
	if !ok {
		return insight.Result{}, fmt.Errorf("source: run %s: no source %q: %w", in.ID, in.Source, insight.ErrUnknown)
	}
	r, err := runSmall(ctx, s, in, q)
	if err != nil {
		return insight.Result{}, fmt.Errorf("source: run %s: %w", in.ID, err)
	}
	return r, nil
}

// runSmall runs an insight and hides small groups.
func runSmall(ctx context.Context, s insight.Source, in insight.Insight, q insight.Query) (insight.Result, error) {
	if err := refuseSmall(in, q); err != nil {
		return insight.Result{}, err
	}
	r, err := s.Run(ctx, in, q)
	if err != nil {
		return insight.Result{}, err
	}
	return hideSmall(in, q, r)
}
