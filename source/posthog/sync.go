package posthog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"insightbot/insight"
)

const (
	// sweepEvery is how often everything is read, lookEvery what changed lately,
	// and aroundEvery what lies around the insights.
	sweepEvery, lookEvery, aroundEvery = 6 * time.Hour, 4 * time.Minute, 24 * time.Hour
	// justSwept is how old a reading of everything may be to count for a program
	// that begins: one that is started again and again reads it once.
	justSwept = 15 * time.Minute
	// partsAgain is after how long parts around the insights are read again of
	// which one could not be read.
	partsAgain = time.Hour
)

// Insights implements insight.Source. It asks PostHog only what is due: all
// insights every six hours, those that changed every few minutes, and what lies
// around them once a day. While PostHog cannot be reached it gives what was
// known last, beside the error, and does not try again for some minutes.
func (s *Source) Insights(ctx context.Context) ([]insight.Insight, error) {
	return s.sync(ctx, false)
}

// SyncNow reads what changed at once, whether it is due or not. Insights then
// gives it.
func (s *Source) SyncNow(ctx context.Context) error {
	_, err := s.sync(ctx, true)
	return err
}

func (s *Source) sync(ctx context.Context, now bool) ([]insight.Insight, error) {
	select {
	case s.syncing <- struct{}{}:
		defer func() { <-s.syncing }()
	case <-ctx.Done():
		return nil, fmt.Errorf("posthog: insights of %s: %w", s.config.Name, context.Cause(ctx))
	}
	at := s.config.Now()
	if s.failed != nil && !now && at.Sub(s.failedAt) < restAfter(s.failed) {
		// It is not tried against a wall again and again.
		return s.offers(), s.failed
	}
	k, err := s.remembered(ctx)
	if err != nil {
		return nil, err
	}
	err = s.read(ctx, &k, now, at)
	if ended := ctx.Err(); ended != nil && err != nil {
		return nil, fmt.Errorf("posthog: insights of %s: %w", s.config.Name, context.Cause(ctx))
	}
	if k.Around.Zone == "" {
		// Without the zone of the project every period would be another one.
		s.failed, s.failedAt = unavailable(err), at
		return nil, s.failed
	}
	s.publish(k)
	if k.changed || k.renewed {
		err = errors.Join(err, s.remember(ctx, k))
	}
	list := s.offers()
	if err != nil && len(list) == 0 {
		err = unavailable(err)
	}
	s.failed, s.failedAt = err, at
	return list, err
}

// unavailable makes sure that an error says that nothing could be had, so that
// whoever asked keeps what they had.
func unavailable(err error) error {
	if err == nil || errors.Is(err, insight.ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", err, insight.ErrUnavailable)
}

// restAfter is how long nothing is read after it failed: longer where somebody
// has to mend something first.
func restAfter(err error) time.Duration {
	const short, long = 2 * time.Minute, 15 * time.Minute
	if errors.Is(err, ErrKey) || errors.Is(err, ErrScope) {
		return long
	}
	return short
}

// read does what is due, until something fails.
func (s *Source) read(ctx context.Context, k *known, now bool, at time.Time) error {
	old := k.SweptAt.IsZero() || at.Sub(k.SweptAt) >= sweepEvery
	sweep := old || !s.awake && at.Sub(k.SweptAt) >= justSwept
	if k.Around.Zone == "" || at.Sub(k.AroundAt) >= aroundEvery {
		whole, err := s.lookAround(ctx, k)
		if err != nil {
			return err
		}
		if k.AroundAt = at; !whole {
			k.AroundAt = at.Add(partsAgain - aroundEvery)
		}
		k.renewed = true
	}
	switch {
	case sweep:
		if err := s.sweep(ctx, k); err != nil {
			return err
		}
		k.SweptAt, k.LookedAt, k.changed, s.awake = at, at, true, true
		s.config.Log.InfoContext(ctx, "insights read", "source", s.config.Name, "saved", len(k.Items))
	case now || at.Sub(k.LookedAt) >= lookEvery:
		if err := s.look(ctx, k); err != nil {
			return err
		}
		k.LookedAt, s.awake = at, true
	}
	return nil
}
