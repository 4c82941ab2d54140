package posthog

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestA37_ThePostHogBudgetIsNotBurnt lets everybody ask as fast as they can for
// an hour, and the sync read whatever it likes: no minute and no hour takes more
// than PostHog allows a whole team, and the sync takes the least of it.
func TestA37_ThePostHogBudgetIsNotBurnt(t *testing.T) {
	for path, most := range map[string]struct{ minute, hour int }{
		"projects/1/insights/7/": {240, 1200}, "projects/1/query/": {240, 2400}, "projects/1/annotations/": {480, 4800},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := newLimits()
			began := time.Now()
			ctx, stop := context.WithTimeout(t.Context(), time.Hour)
			defer stop()
			calls := make(chan time.Time, 100_000)
			syncs := 0
			done := make(chan struct{}, 6)
			for i := range 6 {
				go func() {
					defer func() { done <- struct{}{} }()
					for ctx.Err() == nil {
						if l.wait(ctx, path, i == 0) != nil {
							return
						}
						if i == 0 {
							syncs++ // of this goroutine alone
						}
						calls <- time.Now()
					}
				}()
			}
			for range 6 {
				<-done
			}
			close(calls)
			minutes := map[int]int{}
			hour := 0
			for at := range calls {
				minutes[int(at.Sub(began)/time.Minute)]++
				hour++
			}
			for m, n := range minutes {
				if n > most.minute {
					t.Errorf("%s: %d calls in minute %d", path, n, m)
				}
			}
			if hour > most.hour || hour < most.hour/4 {
				t.Errorf("%s: %d calls in an hour, of %d", path, hour, most.hour)
			}
			if syncs > hour/2 {
				t.Errorf("%s: %d of %d calls were nobody's", path, syncs, hour)
			}
		})
	}
}
