package sqlsource

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"insightbot/insight"
)

const (
	// queueFactor is how many runs may wait for each that may run.
	queueFactor = 16
	// maxColumns is how many columns a statement may return: with the length
	// of a cell it bounds what one row takes.
	maxColumns = 64
	// grace is how long the driver gets to stop once a run is over its time.
	grace = 100 * time.Millisecond
)

// session gives use of a connection, within the limits: so many at once, a
// queue of bounded length, a deadline, and one read transaction, so that all
// statements of a run see the same data. It returns at the deadline even when
// the driver does not: the database only looks for an interruption between its
// steps, and one call of one function is one step. What is left behind keeps
// its place among those that run until it ends.
func (s *Source) session(ctx context.Context, use func(context.Context, querier) error) error {
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.config.Timeout, errDeadline)
	done := make(chan error, 1)
	go func() {
		defer cancel()
		err := s.connected(ctx, use)
		leave()
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	late := time.NewTimer(grace)
	defer late.Stop()
	select {
	case err := <-done:
		return err
	case <-late.C:
		return failed(ctx, errors.New("the database did not stop in time"), s.engine.sentinel)
	}
}

// enter takes a place among those that run, or waits for one for as long as a
// run may take. Channels take turns.
func (s *Source) enter(ctx context.Context) (leave func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	return s.gate.Enter(ctx, insight.TagOf(ctx).Place)
}

// connected is session once it is its turn. A defect ends the run and not the
// process: nobody above this goroutine could catch it.
func (s *Source) connected(ctx context.Context, use func(context.Context, querier) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s: %w", p, debug.Stack(), insight.ErrBroken)
		}
	}()
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return failed(ctx, err, s.engine.sentinel)
	}
	defer func() {
		if ctx.Err() != nil {
			drop(conn) // nobody knows what state an interrupted connection is in
		}
		if closing := conn.Close(); err == nil && closing != nil && !errors.Is(closing, sql.ErrConnDone) {
			err = failed(ctx, closing, s.engine.sentinel)
		}
	}()
	run, end, err := s.engine.begin(ctx, conn, s.config.Timeout)
	if err != nil {
		drop(conn)
		return failed(ctx, err, s.engine.sentinel)
	}
	defer end()
	q := tagged{run, s.engine}
	stop, err := s.stopper(ctx, q)
	if err != nil {
		return err
	}
	defer stop()
	return use(ctx, q)
}

// stopper ends at the server what runs there when the context does, where the
// driver does not. What it returns is called when nothing runs any more.
func (s *Source) stopper(ctx context.Context, q querier) (func(), error) {
	if s.engine.stop == nil {
		return func() {}, nil
	}
	name, err := s.engine.session(ctx, q)
	if err != nil {
		return nil, err
	}
	stopped := make(chan struct{})
	keep := context.AfterFunc(ctx, func() {
		defer close(stopped)
		bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectLimit)
		defer cancel()
		if err := s.engine.stop(bound, s.db, name); err != nil {
			s.config.Log.WarnContext(ctx, "a statement could not be stopped at the server, which ends it by its own limit",
				"source", s.config.Name, "error", err)
		}
	})
	return func() {
		if !keep() {
			<-stopped
		}
	}, nil
}
