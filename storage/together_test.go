package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// held takes the only writer, so that others wait for it. What it returns gives
// it back.
func held(t *testing.T, s *Store) (release func()) {
	t.Helper()
	tx, err := s.write.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	release = sync.OnceFunc(func() {
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(release)
	return release
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for range 1000 {
		if so() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("after 10 s it is still not so that %s", what)
}

func (t *together) line() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.waiting)
}

func (t *together) busy() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.writing != nil
}

func TestUpdateTogether_SharesOneTransactionUpToItsBound(t *testing.T) {
	s := newStore(t)
	release := held(t, s)
	const n = maxTogether + 88
	var mu sync.Mutex
	shared := map[*sql.Tx]int{}
	var group sync.WaitGroup
	for range n {
		group.Go(func() {
			err := s.updateTogether(t.Context(), "count", func(_ context.Context, tx *sql.Tx) error {
				mu.Lock()
				defer mu.Unlock()
				shared[tx]++
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	eventually(t, "all of them wait", func() bool { return s.together.line() == n })
	release()
	group.Wait()
	sizes := map[int]bool{}
	for _, size := range shared {
		sizes[size] = true
	}
	if len(shared) != 2 || !sizes[maxTogether] || !sizes[88] {
		t.Errorf("transactions: %v, want two of %d and 88", shared, maxTogether)
	}
	eventually(t, "nobody writes", func() bool { return !s.together.busy() })
}

func TestUpdateTogether_WhoGivesUpWhileItWaitsIsNotWritten(t *testing.T) {
	s := newStore(t)
	release := held(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		// The first one, on whose behalf the writing began.
		if _, _, err := s.Accept(ctx, delivery("first")); !errors.Is(err, context.Canceled) {
			t.Errorf("err = %v, want that it was cancelled", err)
		}
	})
	eventually(t, "the first waits", func() bool { return s.together.line() == 1 })
	group.Go(func() {
		if _, fresh, err := s.Accept(t.Context(), delivery("second")); err != nil || !fresh {
			t.Errorf("the other one: fresh %v, %v", fresh, err)
		}
	})
	eventually(t, "both wait", func() bool { return s.together.line() == 2 })
	cancel()
	eventually(t, "the first left", func() bool { return s.together.line() == 1 })
	release()
	group.Wait()
	if got := keysOf(t, s); got != "second" {
		t.Errorf("pending: %q, want the second alone", got)
	}
	if _, fresh, err := s.Accept(t.Context(), delivery("first")); err != nil || !fresh {
		t.Errorf("the first again: fresh %v, %v", fresh, err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Accept(over, delivery("third")); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that is over: %v", err)
	}
}

func TestUpdateTogether_WhoGivesUpWhileItIsWrittenDoesNotWait(t *testing.T) {
	s := newStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	begun, resume := make(chan struct{}), make(chan struct{})
	returned := make(chan error)
	go func() {
		returned <- s.updateTogether(ctx, "wait", func(ctx context.Context, tx *sql.Tx) error {
			close(begun)
			<-resume
			// It is not cut off: others may share the transaction.
			_, _, err := accept(ctx, tx, delivery("a"), `["a"]`, [][]byte{deliveryKey("slack", "T1", "a")})
			return err
		})
	}()
	<-begun
	cancel()
	if err := <-returned; !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want that it was cancelled", err)
	}
	close(resume)
	eventually(t, "it is written", func() bool { return !s.together.busy() })
	if got := keysOf(t, s); got != "a" {
		t.Errorf("pending: %q", got)
	}
}

func TestUpdateTogether_OnesRefusalIsNotTheOthers(t *testing.T) {
	s := newStore(t)
	release := held(t, s)
	var group sync.WaitGroup
	group.Go(func() {
		if err := s.BeginSending(t.Context(), 4711); !errors.Is(err, ErrInvalid) {
			t.Errorf("err = %v, want ErrInvalid", err)
		}
	})
	for i := range 3 {
		group.Go(func() {
			if _, fresh, err := s.Accept(t.Context(), delivery(fmt.Sprint(i))); err != nil || !fresh {
				t.Errorf("fresh %v, %v", fresh, err)
			}
		})
	}
	eventually(t, "all wait", func() bool { return s.together.line() == 4 })
	release()
	group.Wait()
	if got := len(strings.Fields(keysOf(t, s))); got != 3 {
		t.Errorf("%d are pending, want 3", got)
	}
}

// What fails for one fails for all, and nothing of it is kept.
func TestUpdateTogether_AFullDiskIsEverybodysAndPasses(t *testing.T) {
	s := newStore(t)
	var pages int
	if err := s.write.QueryRowContext(t.Context(), `PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		t.Helper()
		if _, err := s.write.ExecContext(t.Context(), fmt.Sprintf(`PRAGMA max_page_count = %d`, n)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages)
	release := held(t, s)
	var group sync.WaitGroup
	for i := range 3 {
		d := delivery(fmt.Sprint(i))
		if i == 1 {
			d.Body = make([]byte, 1<<20)
		}
		group.Go(func() {
			if _, _, err := s.Accept(t.Context(), d); !errors.Is(err, ErrFull) {
				t.Errorf("%d: err = %v, want ErrFull", i, err)
			}
		})
	}
	eventually(t, "all wait", func() bool { return s.together.line() == 3 })
	release()
	group.Wait()
	limit(1_000_000)
	if got := keysOf(t, s); got != "" {
		t.Errorf("pending: %q, want nothing", got)
	}
	if _, fresh, err := s.Accept(t.Context(), delivery("0")); err != nil || !fresh {
		t.Errorf("once there is room: fresh %v, %v", fresh, err)
	}
}

func TestUpdateTogether_AnotherProcessThatHoldsTheFileIsBusy(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	if _, err := s.write.ExecContext(t.Context(), `PRAGMA busy_timeout = 50`); err != nil {
		t.Fatal(err)
	}
	other, err := open(writerDSN(path), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	tx, err := other.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Accept(t.Context(), delivery("a")); !errors.Is(err, ErrBusy) {
		t.Errorf("err = %v, want ErrBusy", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if _, fresh, err := s.Accept(t.Context(), delivery("a")); err != nil || !fresh {
		t.Errorf("afterwards: fresh %v, %v", fresh, err)
	}
}

func TestStore_CloseLetsWhatWaitsBeWritten(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	release := held(t, s)
	var group sync.WaitGroup
	group.Go(func() {
		if _, fresh, err := s.Accept(t.Context(), delivery("a")); err != nil || !fresh {
			t.Errorf("fresh %v, %v", fresh, err)
		}
	})
	eventually(t, "it waits", func() bool { return s.together.line() == 1 })
	group.Go(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	eventually(t, "nobody can join any more", func() bool {
		s.together.mu.Lock()
		defer s.together.mu.Unlock()
		return s.together.closed
	})
	if _, _, err := s.Accept(t.Context(), delivery("late")); !errors.Is(err, ErrClosed) {
		t.Errorf("too late: err = %v, want ErrClosed", err)
	}
	release()
	group.Wait()
	if s.together.busy() {
		t.Error("somebody still writes")
	}
	if got := keysOf(t, reopen(t, path)); got != "a" {
		t.Errorf("pending: %q", got)
	}
}

// Where the only writer is never given back, what waits ends with the store.
func TestUpdateTogether_EndsWithTheStore(t *testing.T) {
	s := newStore(t)
	release := held(t, s)
	failed := make(chan error)
	go func() {
		_, _, err := s.Accept(context.Background(), delivery("a"))
		failed <- err
	}()
	eventually(t, "it waits", func() bool { return s.together.line() == 1 })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := s.together.end(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the wait for it ended with %v", err)
	}
	if err := s.write.Close(); err != nil {
		t.Error(err)
	}
	if err := <-failed; !errors.Is(err, ErrClosed) {
		t.Errorf("err = %v, want ErrClosed", err)
	}
	if err := s.together.end(t.Context()); err != nil {
		t.Error(err)
	}
	release()
	// Close has nothing more to write, and says so.
	s.close = sync.OnceValue(s.read.Close)
}
