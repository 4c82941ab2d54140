package source

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"insightbot/insight"
)

// scripted is a source that runs what a test says, and counts.
type scripted struct {
	fake
	runs atomic.Int64
	do   func(context.Context, insight.Query) (insight.Result, error)
}

func (s *scripted) Run(ctx context.Context, _ insight.Insight, q insight.Query) (insight.Result, error) {
	s.runs.Add(1)
	return s.do(ctx, q)
}

// failing is a source that fails with what err holds now.
func failing(err *error) *scripted {
	return &scripted{
		fake: fake{name: "shop", ins: ins("shop", "revenue")},
		do: func(context.Context, insight.Query) (insight.Result, error) {
			return insight.Result{Notes: []string{"ran"}}, *err
		},
	}
}

// catalogueOf makes a catalogue that was read once. Close it in the bubble
// that it was made in.
func catalogueOf(t *testing.T, results Results, s ...insight.Source) *Catalogue {
	t.Helper()
	c, err := New(Config{Sources: s, Results: results, Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

// revenue is the insight of the sources of these tests.
func revenue() insight.Insight { return ins("shop", "revenue")[0] }

// runErr runs and returns the error.
func runErr(t *testing.T, c *Catalogue) error {
	t.Helper()
	_, err := c.Run(t.Context(), revenue(), insight.Query{})
	return err
}

// fail runs what must fail.
func fail(t *testing.T, c *Catalogue) {
	t.Helper()
	if err := runErr(t, c); err == nil {
		t.Error("it did not fail")
	}
}

func TestBreaker_LeavesASourceAloneThatCannotBeReached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := fmt.Errorf("dial: %w", insight.ErrUnavailable)
		s := failing(&down)
		c := catalogueOf(t, Results{}, s)
		for range breakAfter {
			if err := runErr(t, c); !errors.Is(err, insight.ErrUnavailable) {
				t.Fatal(err)
			}
		}
		if err := runErr(t, c); !errors.Is(err, insight.ErrUnavailable) || s.runs.Load() != breakAfter {
			t.Errorf("%v after %d runs", err, s.runs.Load())
		}
		if h := c.Health(); len(h) != 1 || h[0].Source != "shop" || h[0].Breaker != BreakerOpen {
			t.Errorf("health %+v", h)
		}
		// A probe that fails leaves it open, one that does not closes it.
		time.Sleep(openFor + time.Second)
		if h := c.Health(); h[0].Breaker != BreakerHalfOpen {
			t.Errorf("health %+v", h)
		}
		fail(t, c)
		fail(t, c)
		if s.runs.Load() != breakAfter+1 || c.Health()[0].Breaker != BreakerOpen {
			t.Errorf("%d runs, %s", s.runs.Load(), c.Health()[0].Breaker)
		}
		time.Sleep(openFor + time.Second)
		down = nil
		if err := runErr(t, c); err != nil || c.Health()[0].Breaker != BreakerClosed {
			t.Errorf("%v, %s", err, c.Health()[0].Breaker)
		}
	})
}

func TestBreaker_OnlyARunOfUnreachedRunsOpensIt(t *testing.T) {
	for _, err := range []error{
		insight.ErrTimeout, insight.ErrBroken, insight.ErrBusy, insight.ErrUnknown, insight.ErrUnsupported, insight.ErrAttribute,
		insight.ErrTooLarge, insight.ErrRefused, insight.ErrChanged, insight.ErrSmallGroups, context.Canceled,
		fmt.Errorf("%w: %w", insight.ErrUnavailable, context.Canceled), errors.New("another"),
	} {
		c := catalogueOf(t, Results{}, failing(&err))
		for range 3 * breakAfter {
			fail(t, c)
		}
		if c.Health()[0].Breaker != BreakerClosed {
			t.Errorf("%v opened it", err)
		}
	}
	var err error
	c := catalogueOf(t, Results{}, failing(&err))
	for _, answer := range []error{nil, insight.ErrBroken, insight.ErrTooLarge} {
		for i := range 3 * breakAfter {
			err = insight.ErrUnavailable
			if i%breakAfter == breakAfter-1 {
				err = answer // it was reached between
			}
			if got := runErr(t, c); !errors.Is(got, err) {
				t.Error(got)
			}
		}
	}
	if c.Health()[0].Breaker != BreakerClosed {
		t.Error("it opened although the source answered between")
	}
}

func TestBreaker_OneProbeDecidesForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := insight.ErrUnavailable
		s := failing(&down)
		c := catalogueOf(t, Results{}, s)
		for range breakAfter {
			fail(t, c)
		}
		time.Sleep(openFor + time.Second)
		s.do = func(ctx context.Context, _ insight.Query) (insight.Result, error) {
			select {
			case <-time.After(10 * time.Second):
				return insight.Result{}, nil
			case <-ctx.Done():
				return insight.Result{}, fmt.Errorf("%w: %w", insight.ErrUnavailable, ctx.Err())
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		probe := make(chan error)
		go func() {
			_, err := c.Run(ctx, revenue(), insight.Query{})
			probe <- err
		}()
		synctest.Wait()
		if err := runErr(t, c); !errors.Is(err, insight.ErrUnavailable) || s.runs.Load() != breakAfter+1 {
			t.Errorf("%v after %d runs, while a probe was on its way", err, s.runs.Load())
		}
		// A probe that nobody waits for any more decides nothing.
		cancel()
		if err := <-probe; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := runErr(t, c); err != nil || c.Health()[0].Breaker != BreakerClosed {
			t.Errorf("%v, %s", err, c.Health()[0].Breaker)
		}
	})
}

func TestCatalogue_ADefectOfARunEndsThatRunAlone(t *testing.T) {
	s := &scripted{fake: fake{name: "shop", ins: ins("shop", "revenue")}}
	s.do = func(context.Context, insight.Query) (insight.Result, error) { panic("boom") }
	for _, results := range []Results{{}, {MaxBytes: 1e6}} {
		c := catalogueOf(t, results, s)
		if err := runErr(t, c); err == nil || !strings.Contains(err.Error(), "shop panicked: boom") {
			t.Error(err)
		}
		c.Close()
	}
}
