package slack

import (
	"context"
	"time"

	"insightbot/bot/queue"
	"insightbot/chat"
)

// refill puts into the queue what is in the inbox and not there yet: all of it
// after a start, and what did not fit later on.
func (s *Slack) refill(ctx context.Context) {
	s.behind.Store(true)
	tick := time.NewTicker(refillEvery)
	defer tick.Stop()
	for {
		s.forgetWorked()
		if s.behind.Swap(false) && !s.fill(ctx) {
			s.behind.Store(true)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// workedLife is how long it is remembered that a delivery was worked off: longer
// than one can be on its way from the inbox to the queue.
const workedLife = time.Minute

func (s *Slack) forgetWorked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, at := range s.worked {
		if s.config.Now().Sub(at) > workedLife {
			delete(s.worked, id)
		}
	}
}

// fill reports whether everything in the inbox is in the queue now.
func (s *Slack) fill(ctx context.Context) bool {
	all := true
	for after := int64(0); ; {
		list, err := s.config.Store.Pending(ctx, Name, after, 256)
		if err != nil {
			if ctx.Err() == nil {
				s.config.Log.ErrorContext(ctx, "the inbox could not be read", "error", err)
			}
			return false
		}
		for _, d := range list {
			// One that does not fit may be of somebody who has too much waiting;
			// others behind them have their turn all the same.
			all = s.enqueue(d) && all
			after = d.ID
		}
		if len(list) < 256 || s.work.Len() >= room/2 {
			return all && len(list) < 256
		}
	}
}

// enqueue hands a kept delivery to the workers; false when the queue is full.
func (s *Slack) enqueue(d chat.Delivery) bool { return s.put(s.work, d) }

// put hands a kept delivery to a queue, unless it is at work or was lately; false
// when the queue is full.
func (s *Slack) put(q *queue.Queue, d chat.Delivery) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known(d.ID) {
		return true
	}
	ok := q.Put(d.Workspace+"/"+d.Person, func(ctx context.Context) { s.left(d.ID, s.handle(ctx, d)) })
	if ok {
		s.waiting[d.ID] = true
	}
	return ok
}

// left says that a delivery is not at work any more; held is that it is to be
// worked on again.
func (s *Slack) left(id int64, held bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, id)
	if !held {
		s.worked[id] = s.config.Now()
	}
}

// known reports whether a delivery is at work, or was lately. The caller holds
// the mutex.
func (s *Slack) known(id int64) bool {
	_, was := s.worked[id]
	return s.waiting[id] || was
}
