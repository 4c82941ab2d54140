package storage

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
)

// maxTogether is how many changes share one transaction at most, so that none
// of them waits long for the others.
const maxTogether = 512

// together lets changes that wait at the same time share one transaction. What
// a change costs is its commit, which waits for the disk; a hundred that are
// committed at once cost as much as one.
type together struct {
	mu      sync.Mutex
	waiting []*sharing
	// writing is closed when all that waited is written; nil while nobody
	// writes.
	writing chan struct{}
	closed  bool
}

// sharing is the change of one caller.
type sharing struct {
	change func(ctx context.Context, tx *sql.Tx) error
	// refused is why this change, and not the transaction, cannot be.
	refused error
	done    chan error
}

// updateTogether runs f in a transaction that it may share with other callers,
// and returns when that is committed. An ErrInvalid of f is of this caller
// alone, so f must have changed nothing then; any other error undoes the
// changes of all, and each of them gets it.
//
// When ctx ends first, its error is returned. A change that still waited is not
// made then; one that was being written may have been kept all the same, and f
// may still run: what it writes to may be read after a nil error alone.
func (s *Store) updateTogether(ctx context.Context, doing string, f func(ctx context.Context, tx *sql.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return wrap(doing, err)
	}
	c := &sharing{change: f, done: make(chan error, 1)}
	first, err := s.together.join(c)
	if err != nil {
		return wrap(doing, err)
	}
	if first {
		// Who comes first must not take the others along when they give up.
		go s.writeTogether(context.WithoutCancel(ctx))
	}
	select {
	case err := <-c.done:
		return wrap(doing, err)
	case <-ctx.Done():
	}
	if !s.together.leave(c) {
		select {
		case err := <-c.done:
			return wrap(doing, err)
		default:
		}
	}
	return wrap(doing, ctx.Err())
}

// writeTogether writes until nobody waits any more. Close waits for it.
func (s *Store) writeTogether(ctx context.Context) {
	for s.together.more() {
		var taken []*sharing
		err := inTx(ctx, s.write, "write together", func(tx *sql.Tx) error {
			// They are taken only now that it is their turn: while the
			// database is held by others, whoever gives up can still leave.
			taken = s.together.take()
			for _, c := range taken {
				if err := c.change(ctx, tx); errors.Is(err, ErrInvalid) {
					c.refused = err
				} else if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil && taken == nil {
			taken = s.together.take()
		}
		for _, c := range taken {
			if err == nil {
				c.done <- c.refused
			} else {
				c.done <- err
			}
		}
	}
}

// join puts a change in the line, and reports whether somebody has to start
// writing.
func (t *together) join(c *sharing) (first bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false, ErrClosed
	}
	t.waiting = append(t.waiting, c)
	if t.writing != nil {
		return false, nil
	}
	t.writing = make(chan struct{})
	return true, nil
}

// leave takes a change out of the line; false when it is not there any more.
func (t *together) leave(c *sharing) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	i := slices.Index(t.waiting, c)
	if i >= 0 {
		t.waiting = slices.Delete(t.waiting, i, i+1)
	}
	return i >= 0
}

// take takes the first of the line out of it.
func (t *together) take() []*sharing {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := min(len(t.waiting), maxTogether)
	taken := slices.Clone(t.waiting[:n])
	t.waiting = slices.Delete(t.waiting, 0, n)
	return taken
}

// more reports whether anybody waits. When nobody does, the writing ends.
func (t *together) more() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) > 0 {
		return true
	}
	close(t.writing)
	t.writing = nil
	return false
}

// end lets nobody join any more, and waits until what is in the line is
// written, or ctx ends.
func (t *together) end(ctx context.Context) error {
	t.mu.Lock()
	t.closed = true
	writing := t.writing
	t.mu.Unlock()
	if writing == nil {
		return nil
	}
	select {
	case <-writing:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
