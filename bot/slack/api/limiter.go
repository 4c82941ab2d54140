package api

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiter lets calls pass at the pace that Slack allows: each method at that of
// its tier, and messages one a second and channel. A method that came too often
// pauses as a whole.
type limiter struct {
	now   func() time.Time
	sleep func(ctx context.Context, d time.Duration) error

	mu      sync.Mutex
	methods map[string]*bucket
	places  map[string]*rate.Limiter
}

// bucket is the pace of one method.
type bucket struct {
	pace   *rate.Limiter
	paused time.Time
}

func newLimiter(now func() time.Time, sleep func(context.Context, time.Duration) error) *limiter {
	return &limiter{now: now, sleep: sleep, methods: map[string]*bucket{}, places: map[string]*rate.Limiter{}}
}

// wait waits until a call may go out. It returns ErrBusy at once when that
// would be too late: for maxWait since began, or for ctx.
func (l *limiter) wait(ctx context.Context, began time.Time, name, place string) error {
	var turn, held *rate.Reservation
	for {
		now := l.now()
		var d time.Duration
		turn, held, d = l.reserve(now, name, place, turn, held)
		if d <= 0 {
			return nil
		}
		err := ErrBusy
		if l.fits(ctx, now.Add(d).Sub(began), d) {
			err = l.sleep(ctx, d)
		}
		if err != nil {
			l.giveBack(turn, held)
			return err
		}
	}
}

// reserve takes a turn, unless it has one that holds, and says how long to wait
// for it. A pause of the method makes the turn void, so that calls do not come
// all at once after it.
func (l *limiter) reserve(now time.Time, name, place string, turn, held *rate.Reservation) (*rate.Reservation, *rate.Reservation, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(name)
	if d := b.paused.Sub(now); d > 0 {
		return nil, held, d
	}
	if turn == nil {
		turn = b.pace.ReserveN(now, 1)
	}
	if held == nil && place != "" {
		held = l.place(now, place).ReserveN(now, 1)
	}
	d := turn.DelayFrom(now)
	if held != nil {
		d = max(d, held.DelayFrom(now))
	}
	return turn, held, d
}

// giveBack returns turns that are not used.
func (l *limiter) giveBack(turns ...*rate.Reservation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range turns {
		if t != nil {
			t.CancelAt(l.now())
		}
	}
}

// fits reports whether a call may wait for d more, so that it waits for total
// in all.
func (l *limiter) fits(ctx context.Context, total, d time.Duration) bool {
	if total > maxWait {
		return false
	}
	end, ok := ctx.Deadline()
	return !ok || d < time.Until(end)
}

// pause stops a method for d. Where it is stopped for longer, that stays.
func (l *limiter) pause(name string, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(name)
	if until := l.now().Add(d); until.After(b.paused) {
		b.paused = until
		// Empty at the end of the pause: what waited then goes one by one.
		b.pace = newPace(name)
		b.pace.AllowN(until, b.pace.Burst()-1)
	}
}

// bucket is that of a method.
func (l *limiter) bucket(name string) *bucket {
	b, ok := l.methods[name]
	if !ok {
		b = &bucket{pace: newPace(name)}
		l.methods[name] = b
	}
	return b
}

// newPace is the pace of a method's tier, with a full bucket.
func newPace(name string) *rate.Limiter {
	perMinute := methods[name].perMinute
	if perMinute == 0 {
		perMinute = tier2
	}
	return rate.NewLimiter(rate.Limit(float64(perMinute)/time.Minute.Seconds()), max(1, perMinute/burstPart))
}

// place is the pace of a channel. Those that rested long enough are as good as
// new, so that they need not be remembered.
func (l *limiter) place(now time.Time, name string) *rate.Limiter {
	if p, ok := l.places[name]; ok {
		return p
	}
	if len(l.places) >= keptChannels {
		for k, p := range l.places {
			if p.TokensAt(now) >= channelBurst {
				delete(l.places, k)
			}
		}
	}
	p := rate.NewLimiter(rate.Every(channelEvery), channelBurst)
	l.places[name] = p
	return p
}
