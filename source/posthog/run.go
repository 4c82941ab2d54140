package posthog

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"insightbot/insight"
	"insightbot/source/posthog/shape"
)

// errDeadline is the cause of a context that ended because a run took too long.
var errDeadline = fmt.Errorf("posthog: the time limit of a run: %w", context.DeadlineExceeded)

// Run implements insight.Source. It runs what was found and nothing else: when
// the definition changed since, it fails with insight.ErrChanged. An error may
// wrap a Refusal, which knows what PostHog says about it.
func (s *Source) Run(ctx context.Context, in insight.Insight, q insight.Query) (insight.Result, error) {
	r, err := s.run(ctx, in, q)
	if err != nil {
		return insight.Result{}, fmt.Errorf("posthog: %s: %w", in.ID, err)
	}
	return r, nil
}

func (s *Source) run(ctx context.Context, in insight.Insight, q insight.Query) (insight.Result, error) {
	s.mu.RLock()
	found, project, read := s.current[in.ID], s.project, s.current != nil
	s.mu.RUnlock()
	switch {
	case !read:
		// Somebody else may know of it from before: nobody can say that it is
		// not there.
		return insight.Result{}, fmt.Errorf("what is saved was not read yet: %w", insight.ErrUnavailable)
	case found == nil:
		return insight.Result{}, insight.ErrUnknown
	case found.insight.Version != in.Version:
		return insight.Result{}, fmt.Errorf("version %q is now %q: %w", in.Version, found.insight.Version, insight.ErrChanged)
	}
	saved, err := shape.Parse(found.saved)
	if err != nil {
		return insight.Result{}, fmt.Errorf("%w: %w", err, insight.ErrBroken)
	}
	plan, err := saved.Plan(project, q)
	if err != nil {
		return insight.Result{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, s.config.Timeout, errDeadline)
	defer cancel()
	if tag := insight.TagOf(ctx); tag.Insight == "" {
		tag.Insight = in.ID
		ctx = insight.WithTag(ctx, tag)
	}
	answers := make([]shape.Answer, len(plan.Calls))
	all, each := errgroup.WithContext(ctx)
	for i, call := range plan.Calls {
		all.Go(func() (err error) {
			defer func() {
				if p := recover(); p != nil {
					// Nobody above this goroutine could catch it.
					err = fmt.Errorf("posthog: a defect in reading an answer, a %T: %w", p, insight.ErrBroken)
				}
			}()
			answers[i], err = s.answer(each, found, call)
			return err
		})
	}
	err = all.Wait()
	s.sawLast(in.ID, err)
	if err != nil {
		return insight.Result{}, err
	}
	return saved.Result(project, q, plan, answers)
}

// sawLast notes whether an insight is still there. One that is not is no longer
// offered, until it is found again; whoever has it may try.
func (s *Source) sawLast(id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case errors.Is(err, insight.ErrUnknown):
		s.vanished[id] = s.config.Now()
	case err == nil:
		delete(s.vanished, id)
	}
}

const (
	// firstLook and longestLook are how long is waited between two looks at a
	// query that runs in the background.
	firstLook, longestLook = 200 * time.Millisecond, 2 * time.Second
	// mostBusy is how often a run is begun that is turned away because too many
	// run.
	mostBusy = 3
	// stopLimit bounds the call that stops a query at PostHog.
	stopLimit = 5 * time.Second
)

// answer makes one call of a plan, and waits until there is an answer to it.
func (s *Source) answer(ctx context.Context, found *offered, call shape.Call) (shape.Answer, error) {
	leave, err := s.gate.Enter(ctx, insight.TagOf(ctx).Place)
	if err != nil {
		return shape.Answer{}, err
	}
	defer leave()
	for busy := 1; ; {
		raw, err := s.call(ctx, call)
		if err != nil {
			return shape.Answer{}, err
		}
		if err := s.confirm(ctx, found, call, raw); err != nil {
			return shape.Answer{}, err
		}
		a, err := s.settle(ctx, raw)
		switch {
		case err != nil:
			return shape.Answer{}, err
		case a.State == shape.StateAnswer, a.State == shape.StateStale:
			return a, nil
		case a.State == shape.StateMissing && call.Refresh != shape.RefreshBlocking:
			call.Refresh = shape.RefreshBlocking
		case a.State == shape.StateFailed && !a.Busy:
			return shape.Answer{}, failure(a.Message)
		case a.State == shape.StateFailed && busy < mostBusy && pause(ctx, firstPause<<busy):
			busy++
		case a.State == shape.StateFailed:
			return shape.Answer{}, fmt.Errorf("posthog: too many queries run: %w", insight.ErrBusy)
		default:
			return shape.Answer{}, fmt.Errorf("posthog: no result and no reason: %w", insight.ErrUnavailable)
		}
	}
}

// call makes one call of a plan. A posted query has an id of ours: where nobody
// waits for it any more, it is stopped at PostHog.
func (s *Source) call(ctx context.Context, call shape.Call) (json.RawMessage, error) {
	if call.Endpoint == shape.EndpointInsight {
		query := url.Values{"refresh": {string(call.Refresh)}}
		if call.FiltersOverride != nil {
			query.Set("filters_override", string(call.FiltersOverride))
		}
		if call.VariablesOverride != nil {
			query.Set("variables_override", string(call.VariablesOverride))
		}
		return s.client.do(ctx, request{method: http.MethodGet, path: s.path("insights/" + strconv.FormatInt(call.ID, 10) + "/"), query: query})
	}
	id := "insightbot-" + rand.Text()
	raw, err := s.client.do(ctx, request{method: http.MethodPost, path: s.path("query/"), body: struct {
		Query     json.RawMessage `json:"query"`
		Refresh   shape.Refresh   `json:"refresh"`
		ID        string          `json:"client_query_id"`
		Filters   json.RawMessage `json:"filters_override,omitempty"`
		Variables json.RawMessage `json:"variables_override,omitempty"`
		// Name is shown in the query log of the team.
		Name string `json:"name"`
	}{call.Query, call.Refresh, id, call.FiltersOverride, call.VariablesOverride, named(insight.TagOf(ctx))}})
	if err != nil && (ctx.Err() != nil || errors.Is(err, insight.ErrTimeout)) {
		s.stop(ctx, id)
	}
	return raw, err
}

// named is a tag as the query log of a team shows it.
func named(t insight.Tag) string {
	name := "insightbot insight=" + t.Insight
	if t.Place != "" {
		name += " place=" + t.Place
	}
	if t.Ref != "" {
		name += " ref=" + t.Ref
	}
	return name
}

// path is an address below the project.
func (s *Source) path(below string) string {
	return "projects/" + strconv.Itoa(s.config.Project) + "/" + below
}

// settle reads an answer, and looks again and again where it runs in the
// background. What is given up is stopped at PostHog.
func (s *Source) settle(ctx context.Context, raw json.RawMessage) (shape.Answer, error) {
	a, err := shape.Read(raw)
	if err != nil || a.State != shape.StateRunning {
		return a, err
	}
	id := a.QueryID
	if id == "" {
		return a, fmt.Errorf("posthog: a query runs without an id: %w", insight.ErrUnavailable)
	}
	path := s.path("query/" + url.PathEscape(id) + "/")
	for look := firstLook; ; look = min(look*3/2, longestLook) {
		if !pause(ctx, look) {
			s.stop(ctx, id)
			if ctx.Err() != nil && !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
				return a, fmt.Errorf("posthog: %w", context.Cause(ctx))
			}
			return a, fmt.Errorf("posthog: the query still runs: %w", insight.ErrTimeout)
		}
		raw, err := s.client.do(ctx, request{method: http.MethodGet, path: path})
		switch {
		case errors.Is(err, insight.ErrUnknown):
			// PostHog forgot it: it may be computed once more, with somebody
			// waiting, where that was not tried yet.
			return shape.Answer{State: shape.StateMissing}, nil
		case err != nil:
			s.stop(ctx, id)
			return a, err
		}
		if a, err = shape.Read(raw); err != nil || a.State != shape.StateRunning {
			return a, err
		}
	}
}

// stop ends a query of ours that nobody waits for any more. Nobody waits for
// that either, but Close.
func (s *Source) stop(ctx context.Context, id string) {
	s.background.Go(func() {
		ctx, done := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
		defer done()
		_, _, err := s.client.once(ctx, request{method: http.MethodDelete, path: s.path("query/" + url.PathEscape(id) + "/")})
		if err != nil && !errors.Is(err, insight.ErrUnknown) {
			s.config.Log.DebugContext(ctx, "a query could not be stopped at PostHog", "source", s.config.Name, "error", err)
		}
	})
}
