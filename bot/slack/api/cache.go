package api

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// cache keeps what was looked up, until it is factsFor old and while there is
// room. What failed is never in it.
type cache[V any] struct {
	now  func() time.Time
	room int

	mu     sync.Mutex
	kept   map[string]kept[V]
	weight int
}

// kept is one value, with when it was true and how much room it takes.
type kept[V any] struct {
	value  V
	at     time.Time
	weight int
}

func newCache[V any](now func() time.Time, room int) *cache[V] {
	return &cache[V]{now: now, room: room, kept: map[string]kept[V]{}}
}

// fresh reports whether what was true at a time may still be used. A clock that
// was set back makes nothing fresh.
func fresh(now, at time.Time) bool {
	age := now.Sub(at)
	return age >= 0 && age < factsFor
}

// get returns a value and since when it is known.
func (c *cache[V]) get(key string) (V, time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.kept[key]
	if !ok || !fresh(c.now(), k.at) {
		var none V
		return none, time.Time{}, false
	}
	return k.value, k.at, true
}

// put keeps a value that was true at a time. The oldest make room for it.
func (c *cache[V]) put(key string, value V, at time.Time, weight int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(key)
	if weight > c.room {
		return
	}
	if c.weight+weight > c.room {
		now := c.now()
		for k, v := range c.kept {
			if !fresh(now, v.at) {
				c.remove(k)
			}
		}
	}
	for c.weight+weight > c.room {
		c.removeOldest()
	}
	c.kept[key] = kept[V]{value, at, weight}
	c.weight += weight
}

func (c *cache[V]) removeOldest() {
	oldest, at, found := "", time.Time{}, false
	for k, v := range c.kept {
		if !found || v.at.Before(at) {
			oldest, at, found = k, v.at, true
		}
	}
	c.remove(oldest)
}

func (c *cache[V]) remove(key string) {
	c.weight -= c.kept[key].weight
	delete(c.kept, key)
}

// drop forgets one value.
func (c *cache[V]) drop(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(key)
}

// dropIf forgets the values for which bad is true.
func (c *cache[V]) dropIf(bad func(V) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, v := range c.kept {
		if bad(v.value) {
			c.remove(k)
		}
	}
}

// clear forgets everything.
func (c *cache[V]) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.kept)
	c.weight = 0
}

// flight runs f once for all who want the same at the same time. It goes on
// when one of them leaves, for limit at most.
func flight[V any](ctx context.Context, g *singleflight.Group, key string, limit time.Duration, f func(context.Context) (V, error)) (V, error) {
	landed := launch(ctx, g, key, limit, f)
	select {
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	case r := <-landed:
		v, _ := r.Val.(V) // the zero V is what a failed flight brings
		return v, r.Err
	}
}

// launch begins a flight, unless it is under way, and waits for nobody.
func launch[V any](ctx context.Context, g *singleflight.Group, key string, limit time.Duration, f func(context.Context) (V, error)) <-chan singleflight.Result {
	return g.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
		defer cancel()
		return f(ctx)
	})
}
