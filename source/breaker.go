package source

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/sony/gobreaker/v2"

	"insightbot/insight"
)

const (
	// breakAfter is how many runs in a row must not reach a source until it is
	// left alone, and openFor for how long.
	breakAfter = 5
	openFor    = 30 * time.Second
)

// errNeutral is the outcome of a run that tells nothing about whether its
// source can be reached.
var errNeutral = errors.New("source: says nothing about the source")

// BreakerState says whether a source is asked at all.
type BreakerState string

// The states of a breaker.
const (
	// BreakerClosed: every run goes to the source.
	BreakerClosed BreakerState = "closed"
	// BreakerOpen: the source could not be reached several times in a row, and
	// no run goes to it for a while.
	BreakerOpen BreakerState = "open"
	// BreakerHalfOpen: the next run is a probe, and decides for all others.
	BreakerHalfOpen BreakerState = "half-open"
)

// runner is a source and what stands before it.
type runner struct {
	insight.Source
	limits  Limits
	breaker *gobreaker.TwoStepCircuitBreaker[struct{}]
	// loading holds a token while the catalogue of the source is read, so that
	// what is read last is what was read from the newest state.
	loading chan struct{}
	// list and problem are what the last read gave; the catalogue's mutex
	// guards them.
	list    []insight.Insight
	problem error
}

// newRunner returns a runner for a source that was not read yet.
func newRunner(s insight.Source, limits Limits, log *slog.Logger) *runner {
	return &runner{
		Source: s, limits: limits, loading: make(chan struct{}, 1),
		breaker: gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
			Name: s.Name(), MaxRequests: 1, Timeout: openFor,
			ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= breakAfter },
			IsExcluded:  func(err error) bool { return errors.Is(err, errNeutral) },
			OnStateChange: func(name string, from, to gobreaker.State) {
				log.Warn("the breaker of a source changed", "source", name, "from", from.String(), "to", to.String())
			},
		}),
	}
}

// state is that of the breaker.
func (r *runner) state() BreakerState {
	switch r.breaker.State() {
	case gobreaker.StateOpen:
		return BreakerOpen
	case gobreaker.StateHalfOpen:
		return BreakerHalfOpen
	default:
		return BreakerClosed
	}
}

// ask runs an insight in the source, unless that could not be reached several
// times in a row: then it fails with insight.ErrUnavailable at once, until a
// single run that is let through reaches it again.
func (r *runner) ask(ctx context.Context, in insight.Insight, q insight.Query) (insight.Result, error) {
	report, err := r.breaker.Allow()
	if err != nil {
		return insight.Result{}, fmt.Errorf("%s is left alone for a while, it could not be reached: %w: %w", r.Name(), insight.ErrUnavailable, err)
	}
	result, err := r.run(ctx, in, q)
	report(verdict(ctx, err))
	if err != nil {
		return insight.Result{}, err
	}
	return result, nil
}

// run runs an insight. A defect of a source ends the run and not the process:
// a run that several wait for has nobody above it to catch one.
func (r *runner) run(ctx context.Context, in insight.Insight, q insight.Query) (result insight.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s panicked: %v\n%s", r.Name(), p, debug.Stack())
		}
	}()
	return r.Run(ctx, in, q)
}

// verdict is what the breaker makes of a run: nil where the source answered,
// even if only that the statement is wrong; the error where it could not be
// reached; and errNeutral where that is not known, since nobody waited for the
// end, the run took too long, or it was refused before it was tried.
func verdict(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil, errors.Is(err, context.Canceled):
		return errNeutral
	case errors.Is(err, insight.ErrUnavailable):
		return err
	case errors.Is(err, insight.ErrBroken), errors.Is(err, insight.ErrTooLarge):
		return nil
	}
	return errNeutral
}
