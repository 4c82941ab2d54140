package sqlsource

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"modernc.org/sqlite"

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
	if err := s.enter(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.config.Timeout, errDeadline)
	done := make(chan error, 1)
	go func() {
		defer cancel()
		err := s.connected(ctx, use)
		<-s.slots
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
		return failed(ctx, errors.New("the database did not stop in time"))
	}
}

// enter takes a place among those that run, or waits for one.
func (s *Source) enter(ctx context.Context) error {
	if s.waiting.Add(1) > int64(queueFactor*s.config.Concurrency) {
		s.waiting.Add(-1)
		return fmt.Errorf("the queue is full: %w", insight.ErrBusy)
	}
	defer s.waiting.Add(-1)
	long := time.NewTimer(s.config.Timeout)
	defer long.Stop()
	select {
	case s.slots <- struct{}{}:
		return nil
	case <-long.C:
		return fmt.Errorf("waited too long: %w", insight.ErrBusy)
	case <-ctx.Done():
		return fmt.Errorf("waited too long: %w: %w", insight.ErrBusy, context.Cause(ctx))
	}
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
		return failed(ctx, err)
	}
	defer func() {
		if ctx.Err() != nil {
			// Nobody knows what state an interrupted connection is in.
			conn.Raw(func(any) error { return driver.ErrBadConn }) //nolint:errcheck // this is how a pool is told to drop it
		}
		if closing := conn.Close(); err == nil && closing != nil {
			err = failed(ctx, closing)
		}
	}()
	if err := limit(conn); err != nil {
		return err
	}
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return failed(ctx, err)
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written, and the deadline may have ended it already
	return use(ctx, narrow{conn: conn, tx: tx})
}

// narrow runs statements that return few columns. It asks before they run:
// the limit of SQLite itself would refuse every table that has more.
type narrow struct {
	conn *sql.Conn
	tx   *sql.Tx
}

// QueryContext implements querier.
func (n narrow) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	err := n.conn.Raw(func(c any) error {
		describer, ok := c.(interface {
			ColumnInfo(query string) ([]sqlite.ColumnInfo, error)
		})
		if !ok {
			return errors.New("the driver does not describe statements")
		}
		columns, err := describer.ColumnInfo(query)
		if err == nil && len(columns) > maxColumns {
			err = fmt.Errorf("%d columns, more than %d: %w", len(columns), maxColumns, insight.ErrTooLarge)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return n.tx.QueryContext(ctx, query, args...)
}
