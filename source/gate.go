package source

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"insightbot/insight"
)

var (
	errFull   = errors.New("too many wait already")
	errMade   = errors.New("made room for a channel that has fewer waiting")
	errWaited = errors.New("gave up waiting for a turn")
)

// Gate lets so many runs go on at once, and as many more wait for their turn.
// Who waits is served in turns by key, so that one busy channel does not hold
// up the others; those of one key are served in the order they came. The zero
// Gate lets nobody in: use NewGate. It is safe for use by many goroutines.
type Gate struct {
	limit, queue int

	mu      sync.Mutex
	running int
	waiting int
	// turns holds each key that has somebody waiting, next one first.
	turns []*turn
}

// turn is those of one key who wait, longest first.
type turn struct {
	key   string
	queue []*waiter
}

// waiter is somebody who waits. called is closed once it is decided, and out
// tells that it was decided against; both belong to the gate's mutex until
// then.
type waiter struct {
	called chan struct{}
	out    bool
}

// NewGate returns a gate that lets running runs go on at once, at least one,
// while waiting others queue.
func NewGate(running, waiting int) *Gate {
	return &Gate{limit: max(running, 1), queue: max(waiting, 0)}
}

// Enter takes a place among those that run, or waits for one. leave gives it
// back; it must be called, and may be called more than once. It fails with
// insight.ErrBusy, at once when too many wait already, and with the cause of
// ctx as well when that ends first. A full queue makes room for a key that has
// fewer waiting than another: who came last of the longest is turned away.
func (g *Gate) Enter(ctx context.Context, key string) (leave func(), err error) {
	if ctx.Err() != nil {
		return nil, fmt.Errorf("source: %w: %w: %w", errWaited, insight.ErrBusy, context.Cause(ctx))
	}
	w, err := g.join(key)
	if err != nil {
		return nil, fmt.Errorf("source: %w: %w", err, insight.ErrBusy)
	}
	if w == nil {
		return g.leaver(), nil
	}
	select {
	case <-w.called:
		if w.out {
			return nil, fmt.Errorf("source: %w: %w", errMade, insight.ErrBusy)
		}
		return g.leaver(), nil
	case <-ctx.Done():
		g.giveUp(key, w)
		return nil, fmt.Errorf("source: %w: %w: %w", errWaited, insight.ErrBusy, context.Cause(ctx))
	}
}

// Running is how many go on now.
func (g *Gate) Running() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.running
}

// Waiting is how many wait for their turn now.
func (g *Gate) Waiting() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.waiting
}

// join takes a free place, for which it returns nil, or a place in the queue.
func (g *Gate) join(key string) (*waiter, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running < g.limit {
		g.running++
		return nil, nil
	}
	if g.waiting >= g.queue && !g.makeRoom(key) {
		return nil, errFull
	}
	w := &waiter{called: make(chan struct{})}
	g.waiting++
	if i := g.find(key); i >= 0 {
		g.turns[i].queue = append(g.turns[i].queue, w)
	} else {
		g.turns = append(g.turns, &turn{key: key, queue: []*waiter{w}})
	}
	return w, nil
}

// makeRoom turns away who came last of the key with most waiting, where that
// leaves it no worse off than key will be. It reports whether it did.
func (g *Gate) makeRoom(key string) bool {
	mine, most := 0, -1
	for i, t := range g.turns {
		if t.key == key {
			mine = len(t.queue)
		}
		if most < 0 || len(t.queue) > len(g.turns[most].queue) {
			most = i
		}
	}
	if most < 0 || len(g.turns[most].queue) <= mine+1 {
		return false
	}
	last := g.turns[most].queue[len(g.turns[most].queue)-1]
	last.out = true
	g.remove(most, last)
	close(last.called)
	return true
}

// find is where a key stands among the turns, or -1.
func (g *Gate) find(key string) int {
	return slices.IndexFunc(g.turns, func(t *turn) bool { return t.key == key })
}

// remove takes a waiter out of the queue of turn i, and the turn with its last.
func (g *Gate) remove(i int, w *waiter) {
	t := g.turns[i]
	t.queue = slices.DeleteFunc(t.queue, func(o *waiter) bool { return o == w })
	g.waiting--
	if len(t.queue) == 0 {
		g.turns = slices.Delete(g.turns, i, i+1)
	}
}

// giveUp ends a wait. A place that was given in the same moment goes on to the
// next one.
func (g *Gate) giveUp(key string, w *waiter) {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-w.called:
		if !w.out {
			g.next()
		}
	default:
		g.remove(g.find(key), w)
	}
}

// leaver returns what gives one place back, once.
func (g *Gate) leaver() func() {
	return sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.next()
	})
}

// next hands a place that became free to whose turn it is.
func (g *Gate) next() {
	if len(g.turns) == 0 {
		g.running--
		return
	}
	t := g.turns[0]
	w := t.queue[0]
	// The key goes to the end, if somebody of it still waits.
	g.turns = append(slices.Delete(g.turns, 0, 1), t)
	g.remove(len(g.turns)-1, w)
	close(w.called)
}
