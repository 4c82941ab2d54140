package source

import (
	"context"
	"time"

	"insightbot/insight"
)

const (
	// maxRenewals is how many runs may go on at once that nobody waits for.
	maxRenewals = 2
	// renewFor is how long such a run may take; the source's own limit is
	// shorter, as a rule.
	renewFor = 2 * time.Minute
	// renewPause is how long nothing is renewed after a renewal that failed.
	renewPause = time.Minute
)

// job is one run as the results see it.
type job struct {
	key    resultKey
	in     insight.Insight
	limits Limits
	run    func(context.Context) (insight.Result, error)
}

// flight is a run that is going on, and may be waited for by several. The
// mutex of the results guards it until done is closed; then result and err
// stay as they are.
type flight struct {
	job
	began   time.Time
	cancel  context.CancelFunc
	waiting int

	done   chan struct{}
	result insight.Result
	err    error
}

// start begins a run. It ends when nobody waits for it any more, not with the
// context of who was first.
func (rs *results) start(ctx context.Context, j job, now time.Time) *flight {
	ctx, cancel := context.WithCancel(ctx)
	f := &flight{job: j, began: now, cancel: cancel, done: make(chan struct{})}
	rs.flights[j.key] = f
	rs.aloft[f] = true
	rs.wg.Go(func() {
		defer cancel()
		r, err := f.run(ctx)
		rs.finish(f, r, err)
	})
	return f
}

// finish takes the outcome of a run. Errors are not kept, nor is the outcome of
// a run that was given up or whose insight changed since it began: neither is
// the one of its key any more.
func (rs *results) finish(f *flight, r insight.Result, err error) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	delete(rs.aloft, f)
	if rs.flights[f.key] == f {
		delete(rs.flights, f.key)
		if err == nil {
			rs.put(f, r)
		}
	}
	f.result, f.err = r, err
	close(f.done)
}

// leave ends the wait of somebody who gives up, and the run with the last.
func (rs *results) leave(f *flight) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	f.waiting--
	if f.waiting > 0 {
		return
	}
	f.cancel()
	if rs.flights[f.key] == f {
		delete(rs.flights, f.key)
	}
}

// renew begins a run that nobody waits for, to replace an old result: one for
// each result, few at once, and none soon after one that failed.
func (rs *results) renew(ctx context.Context, j job, k *kept, now time.Time) {
	if rs.flights[j.key] != nil || rs.renewals >= maxRenewals || now.Before(k.renewAfter) {
		return
	}
	rs.renewals++
	run := j.run
	j.run = func(ctx context.Context) (insight.Result, error) {
		ctx, cancel := context.WithTimeout(ctx, renewFor)
		defer cancel()
		r, err := run(ctx)
		rs.renewed(ctx, j, k, err)
		return r, err
	}
	ctx = insight.WithTag(context.WithoutCancel(ctx), insight.Tag{Insight: j.in.ID})
	rs.start(ctx, j, now).waiting++ // the catalogue itself waits, to the end
}

// renewed takes note of the end of a renewal. The old result stays where a
// source could not answer now, and goes where its answer is an error.
func (rs *results) renewed(ctx context.Context, j job, k *kept, err error) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.renewals--
	if err == nil || rs.closed {
		return
	}
	rs.log.WarnContext(ctx, "a result could not be renewed", "insight", j.in.ID, "error", err)
	k.renewAfter = rs.now().Add(renewPause)
	if passes(err) {
		return
	}
	if now, _ := rs.kept.Peek(j.key); now == k {
		rs.kept.Remove(j.key)
	}
}
