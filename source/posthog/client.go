package posthog

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"insightbot/insight"
)

// client calls the API of one project, and nothing else.
type client struct {
	base *url.URL
	http *http.Client
	// sign puts the key into the header of a request. It is a function, because
	// the fields of a struct can be printed.
	sign   func(*http.Request)
	limits *limits
}

func newClient(c Config, base *url.URL) *client {
	key := c.Key
	return &client{base: base, http: c.Guard.Client(), limits: newLimits(), sign: func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+key.Reveal())
	}}
}

// request is one call.
type request struct {
	method, path string
	query        url.Values
	// body is encoded as JSON, unless it is nil.
	body any
	// sync marks a call that nobody waits for.
	sync bool
}

const (
	// tries is how often a call is made at the most.
	tries = 3
	// longestWait is how long is waited for a limit to end while somebody waits;
	// longer, and they are told that PostHog is busy.
	longestWait = 10 * time.Second
	// longestSync is the same for what nobody waits for.
	longestSync = 2 * time.Minute
	// firstPause is how long is waited before a second try.
	firstPause = 300 * time.Millisecond
)

// do makes a call and returns its body, which is JSON. It tries again what may
// work the next time, within ctx. Errors are those of package insight, and hold
// neither the key nor what PostHog says in detail, which can quote SQL and
// values.
func (c *client) do(ctx context.Context, r request) (json.RawMessage, error) {
	for try := 1; ; try++ {
		if err := c.limits.wait(ctx, r.path, r.sync); err != nil {
			return nil, err
		}
		body, wait, err := c.once(ctx, r)
		if err == nil {
			return body, nil
		}
		var again *retry
		if !errors.As(err, &again) || try == again.most || try == tries {
			return nil, err
		}
		longest := longestWait
		if r.sync {
			longest = longestSync
		}
		switch {
		case wait > longest:
			return nil, err
		case wait > 0 && wait <= longestWait:
			// Whoever else comes would be turned away as well.
			c.limits.rest(r.path, wait)
		case wait == 0:
			wait = firstPause << (try - 1)
			wait += rand.N(wait) //nolint:gosec // it spreads load and keeps no secret
		}
		if !pause(ctx, wait) {
			if ctx.Err() != nil {
				return nil, fmt.Errorf("%w: %w", err, context.Cause(ctx))
			}
			return nil, err
		}
	}
}

// pause waits; it reports whether it was not cut short, nor could not end in
// time.
func pause(ctx context.Context, d time.Duration) bool {
	if end, ok := ctx.Deadline(); ok && time.Until(end) < d {
		return false
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// once makes a call once. wait is how long PostHog wants to be left alone.
func (c *client) once(ctx context.Context, r request) (body json.RawMessage, wait time.Duration, err error) {
	req, err := c.build(ctx, r)
	if err != nil {
		return nil, 0, err
	}
	answer, err := c.http.Do(req)
	if err != nil {
		return nil, 0, unreached(ctx, err)
	}
	defer answer.Body.Close() //nolint:errcheck // it was read, or is given up
	raw, err := io.ReadAll(answer.Body)
	status := answer.StatusCode
	switch {
	case err != nil:
		return nil, 0, unreached(ctx, err)
	case status >= 200 && status < 300 && json.Valid(raw), status == http.StatusNoContent:
		return raw, 0, nil
	case status >= 200 && status < 300:
		return nil, 0, again(2, fmt.Errorf("posthog: status %d without JSON: %w", status, insight.ErrUnavailable))
	}
	return nil, retryAfter(answer.Header.Get("Retry-After"), time.Now()), refused(r, status, raw)
}

// retryAfter reads how long to wait: seconds, whole or not, or a date. What
// makes no sense is no time.
func retryAfter(v string, now time.Time) time.Duration {
	const most = 24 * time.Hour
	v = strings.TrimSpace(v)
	if seconds, err := strconv.ParseFloat(v, 64); err == nil {
		if seconds > 0 { // also not “NaN”
			return time.Duration(min(seconds, most.Seconds()) * float64(time.Second))
		}
		return 0
	}
	if at, err := http.ParseTime(v); err == nil {
		return min(max(at.Sub(now), 0), most)
	}
	return 0
}

// build makes the HTTP request of a call. The key goes into a header alone.
func (c *client) build(ctx context.Context, r request) (*http.Request, error) {
	u := *c.base
	u.Path = strings.TrimRight(u.Path, "/") + "/api/" + r.path
	u.RawQuery = r.query.Encode()
	var body io.Reader
	if r.body != nil {
		encoded, err := json.Marshal(r.body)
		if err != nil {
			return nil, fmt.Errorf("posthog: %w: %w", err, insight.ErrBroken)
		}
		body = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, u.String(), body)
	if err != nil {
		return nil, fmt.Errorf("posthog: a call that cannot be written: %w", insight.ErrBroken)
	}
	c.sign(req)
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}
