package source

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"insightbot/insight"
)

// Results bounds what is kept of answers, for all sources together.
type Results struct {
	// MaxBytes is how much memory results may take, by estimate; 0 keeps none.
	MaxBytes int64
	// MaxCount is how many are kept; 0 is 10,000.
	MaxCount int
	// Limits are those of sources that say nothing else.
	Limits
}

// Limits says for how long results may be used again.
type Limits struct {
	// Fresh is for how long a result answers the same question again; 0 leaves
	// it open: 5 minutes where nobody says. An insight's own Fresh wins.
	Fresh time.Duration
	// Stale is how old a result may be that is shown while a newer one is made;
	// 0 leaves it open: an hour where nobody says. Less than Fresh: none is.
	Stale time.Duration
	// NoCache keeps no results at all.
	NoCache bool
}

const (
	defaultFresh    = 5 * time.Minute
	defaultStale    = time.Hour
	defaultMaxCount = 10_000
	// sweepEvery is how often results that are too old are looked for.
	sweepEvery = time.Minute
)

// or fills in what was left open.
func (l Limits) or(d Limits) Limits {
	if l.Fresh == 0 {
		l.Fresh = d.Fresh
	}
	if l.Stale == 0 {
		l.Stale = d.Stale
	}
	l.NoCache = l.NoCache || d.NoCache
	return l
}

// ResultStats counts what became of the runs of a catalogue.
type ResultStats struct {
	// Kept is how many results are kept now, and Bytes what they take.
	Kept  int
	Bytes int64
	// Hits were answered by a fresh result, Old by an older one while a newer
	// was made, Joined by a run that somebody else had begun, and Missed began
	// one.
	Hits, Old, Joined, Missed int
}

// kept is a result that may answer again.
type kept struct {
	result insight.Result
	id     string
	size   int64
	// made is when its run began.
	made time.Time
	// fresh and until are when it is no longer fresh, and no longer shown.
	fresh, until time.Time
	// renewAfter holds back a renewal after one that failed.
	renewAfter time.Time
}

// answer is the result as it is said to somebody who did not wait for it.
func (k *kept) answer() insight.Result {
	r := k.result
	r.Cached = true
	if r.At.IsZero() {
		r.At = k.made
	}
	return r
}

// results keeps results, and lets those who ask the same at the same time wait
// for one run. A result is shared by all who get it, so nobody may change it.
type results struct {
	maxBytes int64
	now      func() time.Time
	log      *slog.Logger
	// current reports whether an insight is still defined as it was.
	current func(insight.Insight) bool

	mu       sync.Mutex
	kept     *simplelru.LRU[resultKey, *kept]
	flights  map[resultKey]*flight
	aloft    map[*flight]bool
	renewals int
	sweeper  *time.Timer
	stats    ResultStats
	closed   bool
	wg       sync.WaitGroup
}

// newResults returns results that keep nothing yet.
func newResults(c Results, now func() time.Time, log *slog.Logger, current func(insight.Insight) bool) (*results, error) {
	rs := &results{
		maxBytes: c.MaxBytes, now: now, log: log, current: current,
		flights: map[resultKey]*flight{}, aloft: map[*flight]bool{},
	}
	if c.MaxCount <= 0 {
		c.MaxCount = defaultMaxCount
	}
	var err error
	rs.kept, err = simplelru.NewLRU(c.MaxCount, func(_ resultKey, k *kept) { rs.stats.Bytes -= k.size })
	return rs, err
}

// get answers with a result that was kept, or waits for a run. An old result
// is renewed behind who gets it.
func (rs *results) get(ctx context.Context, j job) (insight.Result, error) {
	now := rs.now()
	rs.mu.Lock()
	if rs.closed {
		rs.mu.Unlock()
		return j.run(ctx)
	}
	if k, ok := rs.kept.Get(j.key); ok {
		switch {
		case now.Before(k.fresh):
			rs.stats.Hits++
			rs.mu.Unlock()
			return k.answer(), nil
		case now.Before(k.until):
			rs.stats.Old++
			rs.renew(ctx, j, k, now)
			rs.mu.Unlock()
			return k.answer(), nil
		}
		rs.kept.Remove(j.key)
	}
	f, running := rs.flights[j.key]
	if running {
		rs.stats.Joined++
	} else {
		rs.stats.Missed++
		f = rs.start(context.WithoutCancel(ctx), j, now)
	}
	f.waiting++
	rs.mu.Unlock()
	select {
	case <-f.done:
		return f.result, f.err
	case <-ctx.Done():
		rs.leave(f)
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return insight.Result{}, fmt.Errorf("gave up waiting: %w: %w", insight.ErrTimeout, context.Cause(ctx))
		}
		return insight.Result{}, fmt.Errorf("gave up waiting: %w", context.Cause(ctx))
	}
}

// put keeps a result, unless it is too large for all that is kept, or its
// insight was defined anew meanwhile.
func (rs *results) put(f *flight, r insight.Result) {
	k := &kept{
		result: r, id: f.in.ID, size: sizeOf(r), made: f.began,
		fresh: f.began.Add(f.limits.Fresh), until: f.began.Add(max(f.limits.Fresh, f.limits.Stale)),
	}
	if k.size > rs.maxBytes || !rs.current(f.in) {
		rs.kept.Remove(f.key)
		return
	}
	// Whoever adds a note to it must not write where another one does.
	k.result.Notes = slices.Clip(k.result.Notes)
	rs.kept.Remove(f.key)
	rs.stats.Bytes += k.size
	rs.kept.Add(f.key, k)
	for rs.stats.Bytes > rs.maxBytes {
		rs.kept.RemoveOldest()
	}
	if rs.sweeper == nil && !rs.closed {
		rs.sweeper = time.AfterFunc(sweepEvery, rs.sweep)
	}
}

// sweep forgets results that nobody will be shown any more: what they hold
// should not stay in memory of a bot that nobody asks.
func (rs *results) sweep() {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.sweeper = nil
	now := rs.now()
	for _, key := range rs.kept.Keys() {
		if k, _ := rs.kept.Peek(key); !now.Before(k.until) {
			rs.kept.Remove(key)
		}
	}
	if rs.kept.Len() > 0 && !rs.closed {
		rs.sweeper = time.AfterFunc(sweepEvery, rs.sweep)
	}
}

// forget drops what was kept of insights that were defined anew, and keeps
// nothing of the runs that are still going on.
func (rs *results) forget(ids map[string]bool) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	for _, key := range rs.kept.Keys() {
		if k, _ := rs.kept.Peek(key); ids[k.id] {
			rs.kept.Remove(key)
		}
	}
	for f := range rs.aloft {
		if ids[f.in.ID] && rs.flights[f.key] == f {
			delete(rs.flights, f.key)
		}
	}
}

// counts returns the statistics.
func (rs *results) counts() ResultStats {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	s := rs.stats
	s.Kept = rs.kept.Len()
	return s
}

// close ends every run that was begun here, waits for them, and forgets all.
// From then on runs go straight to their source.
func (rs *results) close() {
	rs.mu.Lock()
	rs.closed = true
	for f := range rs.aloft {
		f.cancel()
	}
	if rs.sweeper != nil {
		rs.sweeper.Stop()
	}
	rs.mu.Unlock()
	rs.wg.Wait()
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.kept.Purge()
}
