package api

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// turn says how a call is made and repeated.
type turn struct {
	name string
	// place is what has a limit of its own beside the method: a channel, an
	// address for replies; or "".
	place string
	// reads says that the call may be repeated after it failed.
	reads bool
	// limit is how long one attempt may take.
	limit time.Duration
	// guard is asked before each attempt; nil lets all pass.
	guard Guard
}

// repeat makes a call when its turn has come, and again where that is of use
// and does no harm. judge says what an answer means that came.
func (c *Client) repeat(ctx context.Context, t turn, build func(context.Context) (*http.Request, error), judge func(string, reply) error) (reply, error) {
	began := c.limiter.now()
	limited, failed := 0, 0
	for {
		if err := ctx.Err(); err != nil {
			return reply{}, fmt.Errorf("slack: %s: %w", t.name, err)
		}
		if err := c.limiter.wait(ctx, began, t.name, t.place); err != nil {
			return reply{}, fmt.Errorf("slack: %s: %w", t.name, err)
		}
		if t.guard != nil {
			if err := t.guard(ctx); err != nil {
				return reply{}, fmt.Errorf("slack: %s: %w", t.name, err)
			}
		}
		r, err := c.send(ctx, t.limit, build)
		if unsent, ok := errors.AsType[*unsentError](err); ok {
			return reply{}, unsent.err
		}
		if err == nil {
			err = judge(t.name, r)
			if err == nil {
				return r, nil
			}
			if tooOften(r, err) {
				limited++
				c.limiter.pause(t.name, retryAfter(r.header.Get("Retry-After"), c.limiter.now(), limited))
				if limited > maxLimited {
					return reply{}, fmt.Errorf("slack: %s: %w", t.name, ErrBusy)
				}
				continue
			}
			if !broken(r, err) {
				return reply{}, err
			}
		} else {
			err = fmt.Errorf("slack: %s: %w", t.name, c.lost(ctx, t, err))
		}
		if !t.reads && !errors.Is(err, errUnsent) {
			return reply{}, fmt.Errorf("%w (%w)", err, ErrUnsure)
		}
		if failed == maxFailed || !t.reads {
			return reply{}, err
		}
		if err := c.sleep(ctx, failedPauses[failed]); err != nil {
			return reply{}, fmt.Errorf("slack: %s: %w", t.name, err)
		}
		failed++
	}
}

// errUnsent marks the error of a request that never left.
var errUnsent = errors.New("nothing was sent")

// lost is why no answer came.
func (c *Client) lost(ctx context.Context, t turn, err error) error {
	reason := cause(err)
	if errors.Is(err, errLong) {
		reason = errLong
	}
	if ctx.Err() != nil {
		reason = ctx.Err()
	}
	c.config.Log.DebugContext(ctx, "a call of slack got no answer", "method", t.name, "error", reason)
	if dialled(err) != nil {
		return fmt.Errorf("%w (%w)", reason, errUnsent)
	}
	return reason
}

// tooOften reports whether an answer says that there were too many calls.
func tooOften(r reply, err error) bool {
	if r.status == http.StatusTooManyRequests {
		return true
	}
	e, ok := errors.AsType[*CallError](err)
	return ok && (e.Code == "ratelimited" || e.Code == "rate_limited")
}

// broken reports whether an answer says that something went wrong on Slack's
// side, after which nobody knows what was done.
func broken(r reply, err error) bool {
	if r.status >= http.StatusInternalServerError || errors.Is(err, ErrAnswer) {
		return true
	}
	e, ok := errors.AsType[*CallError](err)
	return ok && (e.Code == "internal_error" || e.Code == "fatal_error")
}

// retryAfter reads how long Slack wants to be left alone: seconds, also with a
// fraction, or a date. What it cannot mean is bounded; when it says nothing,
// each time is longer than the one before.
func retryAfter(header string, now time.Time, times int) time.Duration {
	wait := defaultPause << min(times-1, 5)
	header = strings.TrimSpace(header)
	if s, err := strconv.ParseFloat(header, 64); err == nil && !math.IsNaN(s) {
		// Bounded before it is a duration, which has no room for more.
		wait = time.Duration(max(-1, min(s, maxPause.Seconds())) * float64(time.Second))
	} else if at, err := http.ParseTime(header); err == nil {
		wait = at.Sub(now)
	}
	return max(minPause, min(wait, maxPause))
}

// certain reports whether an error says that the call did nothing.
func certain(err error) bool { return !errors.Is(err, ErrUnsure) && !errors.Is(err, ErrSpent) }
