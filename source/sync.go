package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"
	"sync"

	"insightbot/insight"
)

// fewChanges is how many changes are logged one by one.
const fewChanges = 20

// Sync reads the catalogue of every source. What one source cannot load is
// logged and kept in the snapshot's Problems: its good insights, or those last
// known, stay. It fails only when ctx ends.
func (c *Catalogue) Sync(ctx context.Context) error {
	var wg sync.WaitGroup
	for _, r := range c.runners {
		wg.Go(func() { _ = c.reload(ctx, r) }) // the snapshot says what went wrong
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("source: sync: %w", err)
	}
	c.publish(ctx)
	return nil
}

// SyncSource reads the catalogue of one source, as Sync does. It fails with
// insight.ErrUnknown where there is no such source, when ctx ends, and with
// what the source could not load, which is in the snapshot's Problems too.
func (c *Catalogue) SyncSource(ctx context.Context, name string) error {
	r, ok := c.byName[name]
	if !ok {
		return fmt.Errorf("source: sync: no source %q: %w", name, insight.ErrUnknown)
	}
	problem := c.reload(ctx, r)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("source: sync %s: %w", name, err)
	}
	c.publish(ctx)
	if problem != nil {
		return fmt.Errorf("source: sync %s: %w", name, problem)
	}
	return nil
}

// reload reads one source, one read after the other, so that the last one
// counts. What a read gave whose context ended is not taken.
func (c *Catalogue) reload(ctx context.Context, r *runner) error {
	select {
	case r.loading <- struct{}{}:
		defer func() { <-r.loading }()
	case <-ctx.Done():
		return ctx.Err()
	}
	list, problem := c.load(ctx, r.Source)
	if err := ctx.Err(); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	r.list, r.problem = list, problem
	return problem
}

// publish makes what was read the content of the catalogue, and drops results
// of what was defined anew.
func (c *Catalogue) publish(ctx context.Context) {
	asked := c.asked(ctx)
	before, next := c.replace(asked)
	changes := Changes(before, next)
	if c.results != nil {
		ids := map[string]bool{}
		for _, ch := range changes {
			if ch.Kind != ChangeAdded {
				ids[ch.ID] = true
			}
		}
		c.results.forget(ids)
	}
	if len(changes) == 0 || before.SyncedAt.IsZero() {
		return
	}
	c.config.Log.InfoContext(ctx, "the catalogue changed", "changes", len(changes), "insights", len(next.Insights))
	for _, ch := range changes[:min(len(changes), fewChanges)] {
		c.config.Log.InfoContext(ctx, "an insight changed", "insight", ch.ID, "change", string(ch.Kind))
	}
}

// replace makes the new snapshot, and returns the one before as well.
func (c *Catalogue) replace(asked map[string]int) (before, next Snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	next = Snapshot{Problems: map[string]error{}, SyncedAt: c.config.Now()}
	for _, r := range c.runners {
		next.Insights = append(next.Insights, r.list...)
		if r.problem != nil {
			next.Problems[r.Name()] = r.problem
		}
	}
	if asked != nil {
		for i := range next.Insights {
			next.Insights[i].Asked = asked[next.Insights[i].ID]
		}
	}
	slices.SortFunc(next.Insights, func(a, b insight.Insight) int { return cmp.Compare(a.ID, b.ID) })
	before = c.snapshot
	next.Revision = before.Revision
	if !slices.EqualFunc(next.Insights, before.Insights, same) {
		next.Revision++
	}
	c.snapshot = next
	return before, next
}

// same reports whether an insight is as it was, so that nothing made from it
// has to be made again. All of it counts and not the version alone, which is of
// what it computes: tags decide who may see it.
func same(a, b insight.Insight) bool {
	return a.ID == b.ID && a.Version == b.Version && a.Asked == b.Asked && a.Viewers == b.Viewers && reflect.DeepEqual(a, b)
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
	if problem != nil && ctx.Err() == nil {
		log.WarnContext(ctx, "some insights could not be loaded", "loaded", len(ins), "error", problem)
	}
	if c.config.Cache == nil || ctx.Err() != nil {
		return ins, problem
	}
	if passes(problem) && len(ins) == 0 {
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

// passes reports whether an error says that a source cannot answer now, and
// nothing about what was asked.
func passes(err error) bool {
	return errors.Is(err, insight.ErrUnavailable) || errors.Is(err, insight.ErrBusy) || errors.Is(err, insight.ErrTimeout)
}

// asked returns how often each insight was asked; nil where nobody knows, so
// that all stay as they are.
func (c *Catalogue) asked(ctx context.Context) map[string]int {
	if c.config.Asked == nil {
		return nil
	}
	asked, err := c.config.Asked(ctx)
	if err != nil {
		c.config.Log.WarnContext(ctx, "the ask counts could not be read", "error", err)
		return nil
	}
	if asked == nil {
		asked = map[string]int{}
	}
	return asked
}
