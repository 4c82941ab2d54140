package posthog

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"insightbot/insight"
)

// limits keep the calls of one project within what PostHog allows its whole
// team, and leave a part of it to the team: 240 a minute and 1,200 an hour for
// everything about insights, 240 and 2,400 for queries, 480 and 4,800 for the
// rest. What nobody waits for has a smaller bucket of its own in front, and
// stands back while people have little left.
type limits struct {
	insights, queries, other bucket
	sync                     *rate.Limiter
}

// bucket is one of the limits.
type bucket struct {
	*rate.Limiter
	// people is how many calls are kept for those who wait.
	people float64

	mu sync.Mutex
	// until is when PostHog wants to be left alone no longer.
	until time.Time
}

// The rates are calls a second, after the first ones at once.
func newLimits() *limits {
	return &limits{
		insights: bucket{Limiter: rate.NewLimiter(0.2, 180), people: 40}, // 900 in the first hour
		queries:  bucket{Limiter: rate.NewLimiter(0.4, 120), people: 40}, // 1,560
		other:    bucket{Limiter: rate.NewLimiter(0.5, 200), people: 20}, // 2,000
		sync:     rate.NewLimiter(0.05, 130),                             // 310, which is three sweeps of 10,000
	}
}

// of is the bucket of a path.
func (l *limits) of(path string) *bucket {
	_, below, _ := strings.Cut(strings.TrimPrefix(path, "projects/"), "/")
	switch {
	case strings.HasPrefix(below, "insights/"):
		return &l.insights
	case strings.HasPrefix(below, "query/"):
		return &l.queries
	}
	return &l.other
}

// wait takes a place in the bucket of a path. Somebody who waits is told at once
// when none comes free in their time.
func (l *limits) wait(ctx context.Context, path string, sync bool) error {
	b := l.of(path)
	if sync {
		if b == &l.insights {
			if err := l.sync.Wait(ctx); err != nil {
				return busy(ctx, err)
			}
		}
		for b.Tokens() < b.people {
			if !pause(ctx, time.Second) {
				return busy(ctx, errReserved)
			}
		}
	}
	b.mu.Lock()
	rest := time.Until(b.until)
	b.mu.Unlock()
	if rest > 0 && !pause(ctx, rest) {
		return busy(ctx, errRests)
	}
	if err := b.Wait(ctx); err != nil {
		return busy(ctx, err)
	}
	return nil
}

// rest leaves a bucket alone for a while.
func (l *limits) rest(path string, d time.Duration) {
	b := l.of(path)
	b.mu.Lock()
	defer b.mu.Unlock()
	if until := time.Now().Add(d); until.After(b.until) {
		b.until = until
	}
}

func busy(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("posthog: waited for a limit: %w: %w", insight.ErrBusy, context.Cause(ctx))
	}
	return fmt.Errorf("posthog: %w: %w", err, insight.ErrBusy)
}
