package source

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
)

// enter takes a place that must be free.
func enter(t *testing.T, g *Gate, key string) func() {
	t.Helper()
	leave, err := g.Enter(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return leave
}

// crowd is those who wait at a gate, and the order in which they get in.
type crowd struct {
	g    *Gate
	mu   sync.Mutex
	in   []string
	out  []string
	wait sync.WaitGroup
}

// join lets somebody wait: key and number name them. They leave at once.
func (c *crowd) join(ctx context.Context, key, name string) {
	c.wait.Go(func() {
		leave, err := c.g.Enter(ctx, key)
		c.mu.Lock()
		if err != nil {
			c.out = append(c.out, name)
		} else {
			c.in = append(c.in, name)
		}
		c.mu.Unlock()
		if err == nil {
			leave()
		}
	})
	synctest.Wait()
}

func TestGate_ServesKeysInTurnsAndEachInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{g: NewGate(1, 10)}
		leave := enter(t, c.g, "busy")
		for _, name := range []string{"a1", "a2", "a3", "b1", "a4", "c1", "b2"} {
			c.join(t.Context(), name[:1], name)
		}
		if c.g.Running() != 1 || c.g.Waiting() != 7 {
			t.Errorf("%d run, %d wait", c.g.Running(), c.g.Waiting())
		}
		leave()
		leave() // gives nothing back a second time
		c.wait.Wait()
		if diff := cmp.Diff([]string{"a1", "b1", "c1", "a2", "b2", "a3", "a4"}, c.in); diff != "" {
			t.Error(diff)
		}
		if c.g.Running() != 0 || c.g.Waiting() != 0 {
			t.Errorf("%d run, %d wait", c.g.Running(), c.g.Waiting())
		}
	})
}

func TestGate_AFullQueueRefusesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{g: NewGate(1, 2)}
		leave := enter(t, c.g, "a")
		c.join(t.Context(), "a", "a1")
		c.join(t.Context(), "a", "a2")
		began := time.Now()
		if _, err := c.g.Enter(t.Context(), "a"); !errors.Is(err, insight.ErrBusy) || time.Since(began) != 0 {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		leave()
		c.wait.Wait()
		if diff := cmp.Diff([]string{"a1", "a2"}, c.in); diff != "" {
			t.Error(diff)
		}
	})
}

func TestGate_AFullQueueMakesRoomForWhoWaitsLess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{g: NewGate(1, 4)}
		leave := enter(t, c.g, "a")
		for _, name := range []string{"a1", "a2", "a3", "a4", "b1", "b2", "b3"} {
			c.join(t.Context(), name[:1], name)
		}
		if diff := cmp.Diff([]string{"a4", "a3", "b3"}, c.out); diff != "" {
			t.Error("turned away: ", diff)
		}
		leave()
		c.wait.Wait()
		if diff := cmp.Diff([]string{"a1", "b1", "a2", "b2"}, c.in); diff != "" {
			t.Error(diff)
		}
	})
}

func TestGate_WithoutAQueueNobodyWaits(t *testing.T) {
	g := NewGate(0, -1) // one runs all the same
	leave := enter(t, g, "a")
	if _, err := g.Enter(t.Context(), "b"); !errors.Is(err, insight.ErrBusy) {
		t.Error(err)
	}
	leave()
	enter(t, g, "b")()
}

func TestGate_WhoGivesUpLosesNobodysTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &crowd{g: NewGate(1, 10)}
		leave := enter(t, c.g, "a")
		cause := errors.New("went home")
		ctx, cancel := context.WithCancelCause(t.Context())
		failed := make(chan error, 1)
		go func() {
			_, err := c.g.Enter(ctx, "a")
			failed <- err
		}()
		synctest.Wait()
		c.join(t.Context(), "a", "a2")
		cancel(cause)
		if err := <-failed; !errors.Is(err, insight.ErrBusy) || !errors.Is(err, cause) {
			t.Error(err)
		}
		if c.g.Waiting() != 1 {
			t.Errorf("%d wait", c.g.Waiting())
		}
		if _, err := c.g.Enter(ctx, "a"); !errors.Is(err, insight.ErrBusy) || !errors.Is(err, cause) {
			t.Errorf("somebody who gave up before: %v", err)
		}
		leave()
		c.wait.Wait()
		if diff := cmp.Diff([]string{"a2"}, c.in); diff != "" {
			t.Error(diff)
		}
	})
}

func TestGate_NoPlaceIsLostOrGivenTwice(t *testing.T) {
	const limit = 3
	g := NewGate(limit, 20)
	var now, most, got, lost atomic.Int64
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(i), 1))
			for range 300 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rnd.IntN(300))*time.Microsecond)
				leave, err := g.Enter(ctx, fmt.Sprint(rnd.IntN(5)))
				if err != nil {
					if lost.Add(1); !errors.Is(err, insight.ErrBusy) {
						t.Error(err)
					}
					cancel()
					continue
				}
				got.Add(1)
				if n := now.Add(1); n > most.Load() {
					most.Store(n)
				}
				time.Sleep(time.Duration(rnd.IntN(60)) * time.Microsecond)
				now.Add(-1)
				leave()
				cancel()
			}
		})
	}
	wg.Wait()
	if most.Load() > limit || g.Running() != 0 || g.Waiting() != 0 || len(g.turns) != 0 {
		t.Errorf("at most %d ran at once, at the end %d run and %d wait", most.Load(), g.Running(), g.Waiting())
	}
	if got.Load() == 0 || lost.Load() == 0 {
		t.Errorf("%d got in, %d did not: both must happen", got.Load(), lost.Load())
	}
}
