// Package queue is a bounded queue of work that gives every key a fair turn.
//
// Work of one key, such as that of one person, waits behind other work of that
// key only: however much of it there is, the next piece of another key is the
// next to be done.
package queue

import (
	"context"
	"sync"
)

// Config bounds a queue. Values below 1 count as 1.
type Config struct {
	// Workers is how many pieces of work run at once.
	Workers int
	// PerKey is how many of one key run at once.
	PerKey int
	// Room is how many pieces wait.
	Room int
}

// Queue holds work until there is a worker for it. Use New.
type Queue struct {
	config Config

	mu      sync.Mutex
	wake    sync.Cond
	lanes   map[string]*lane
	ready   []*lane // those that have work and may run more of it, in turn
	waiting int
	closed  bool
}

// lane is the work of one key.
type lane struct {
	key     string
	waiting []func(context.Context)
	running int
	listed  bool // in ready
}

// New returns an empty queue. Work waits in it until Run is called.
func New(c Config) *Queue {
	q := &Queue{
		config: Config{Workers: max(c.Workers, 1), PerKey: max(c.PerKey, 1), Room: max(c.Room, 1)},
		lanes:  map[string]*lane{},
	}
	q.wake.L = &q.mu
	return q
}

// Put adds work, and reports whether there was room for it; it never waits.
//
// One key may fill half of the room that others leave, so that it cannot lock
// them out: false may mean that only this key has too much waiting. After Run
// has ended there is no room.
func (q *Queue) Put(key string, work func(ctx context.Context)) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.lanes[key]
	own := 0
	if l != nil {
		own = len(l.waiting)
	}
	if q.closed || own >= q.config.Room-q.waiting {
		return false
	}
	if l == nil {
		l = &lane{key: key}
		q.lanes[key] = l
	}
	l.waiting = append(l.waiting, work)
	q.waiting++
	q.list(l)
	return true
}

// Len is how much work waits. Running work does not count.
func (q *Queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.waiting
}

// Run works until ctx is done, and then waits for the work that runs. What
// still waits then is dropped. The context that work gets is not ended by
// that of Run, so that what was begun is finished: work bounds itself. A queue
// runs once.
func (q *Queue) Run(ctx context.Context) {
	defer context.AfterFunc(ctx, q.close)()
	ctx = context.WithoutCancel(ctx)
	var wg sync.WaitGroup
	for range q.config.Workers {
		wg.Go(func() {
			for q.step(ctx) {
			}
		})
	}
	wg.Wait()
}

// step does one piece of work when there is one; false when the queue ended.
func (q *Queue) step(ctx context.Context) bool {
	l, work := q.next()
	if l == nil {
		return false
	}
	// Also when the work panics, so that whoever recovers it finds a queue
	// that works.
	defer q.done(l)
	work(ctx)
	return true
}

// next waits for the next piece of work and counts it as running; nil when the
// queue ended.
func (q *Queue) next() (*lane, func(context.Context)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.ready) == 0 && !q.closed {
		q.wake.Wait()
	}
	if q.closed {
		return nil, nil
	}
	l := q.ready[0]
	q.ready[0] = nil
	q.ready = q.ready[1:]
	l.listed = false
	work := l.waiting[0]
	l.waiting[0] = nil
	l.waiting = l.waiting[1:]
	l.running++
	q.waiting--
	q.list(l)
	return l, work
}

// done says that a piece of work has ended.
func (q *Queue) done(l *lane) {
	q.mu.Lock()
	defer q.mu.Unlock()
	l.running--
	q.list(l)
	if l.running == 0 && len(l.waiting) == 0 {
		delete(q.lanes, l.key)
	}
}

// list puts a lane at the end of the turn when it has work that may run.
func (q *Queue) list(l *lane) {
	if l.listed || len(l.waiting) == 0 || l.running >= q.config.PerKey {
		return
	}
	l.listed = true
	q.ready = append(q.ready, l)
	q.wake.Signal()
}

// close ends the queue and drops what waits.
func (q *Queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.waiting, q.ready = 0, nil
	for _, l := range q.lanes {
		l.waiting, l.listed = nil, false
	}
	q.wake.Broadcast()
}
