package posthog_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"insightbot/insight"
	"insightbot/source/posthog"
	"insightbot/source/posthog/posthogtest"
)

// An insight that was changed in PostHog since it was read is not answered as
// the one that was found: not with its old title over new numbers.
func TestRun_DefinitionThatMovedOn(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{Generated: 10})
	id := posthogtest.GeneratedID(1)
	in := h.find(t, id)
	q := week(in)
	if _, err := h.Run(t.Context(), in, q); err != nil {
		t.Fatal(err)
	}

	h.server.Rename(id, "Only called otherwise", monday)
	for range 2 {
		if _, err := h.Run(t.Context(), in, q); err != nil {
			t.Errorf("another name: %v", err)
		}
	}
	if n := h.server.Calls(posthogtest.RouteInsights); n != 2 {
		t.Errorf("the definition was looked at %d times, once beside the sweep is enough", n-1)
	}

	h.server.Change(id, monday.Add(time.Minute), map[string]string{
		"query": `{"kind":"InsightVizNode","source":{"kind":"TrendsQuery","series":[{"kind":"EventsNode","event":"signed_up","name":"signed_up","math":"total"}],"interval":"day","dateRange":{"date_from":"-7d"},"trendsFilter":{"display":"ActionsLineGraph"},"version":2}}`,
	})
	if _, err := h.Run(t.Context(), in, q); !errors.Is(err, insight.ErrChanged) {
		t.Errorf("another query: %v", err)
	}
	again := h.find(t, id)
	if again.Version == in.Version {
		t.Fatal("it was not read again")
	}
	if _, err := h.Run(t.Context(), again, week(again)); err != nil {
		t.Errorf("the one that is found now: %v", err)
	}
}

// What is not there any more is not offered any more, until it is back.
func TestRun_GoneIsNotOffered(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{Generated: 10})
	id := posthogtest.GeneratedID(1)
	in, n := h.find(t, id), len(h.ids(t))
	h.server.Fail(posthogtest.RouteInsight, posthogtest.NotFound())
	if _, err := h.Run(t.Context(), in, week(in)); !errors.Is(err, insight.ErrUnknown) {
		t.Fatal(err)
	}
	if got := len(h.ids(t)); got != n-1 {
		t.Errorf("%d of %d are offered", got, n)
	}
	if _, err := h.Run(t.Context(), in, week(in)); err != nil {
		t.Fatal(err)
	}
	if got := len(h.ids(t)); got != n {
		t.Errorf("it is back, and %d of %d are offered", got, n)
	}
	h.server.Fail(posthogtest.RouteInsight, posthogtest.NotFound())
	if _, err := h.Run(t.Context(), in, week(in)); !errors.Is(err, insight.ErrUnknown) {
		t.Fatal(err)
	}
	if err := h.sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := len(h.ids(t)); got != n {
		t.Errorf("a sweep found it, and %d of %d are offered", got, n)
	}
}

// posted is a query that goes out as a changed one.
func posted(in insight.Insight) insight.Query {
	q := week(in)
	q.Grain = insight.GrainHour
	return q
}

// Who gives up while PostHog calculates does not leave it calculating: the query
// has an id of ours, by which it is stopped.
func TestRun_GivingUpStopsAPostedQuery(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{Generated: 1})
	in := h.find(t, posthogtest.GeneratedID(1))
	for name, limit := range map[string]time.Duration{"somebody gives up": 0, "the time is over": 200 * time.Millisecond} {
		h.server.Forget()
		h.server.Always(posthogtest.RouteQuery, posthogtest.Fault{Hang: true})
		ctx, cancel := context.WithCancel(t.Context())
		if limit > 0 {
			ctx, cancel = context.WithTimeout(t.Context(), limit)
		} else {
			h.server.Before(posthogtest.RouteQuery, func(posthogtest.Request) { cancel() })
		}
		want := context.Canceled
		if limit > 0 {
			want = insight.ErrTimeout
		}
		if _, err := h.Run(ctx, in, posted(in)); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		h.server.Before(posthogtest.RouteQuery, nil)
		h.server.Heal()
		stopped := ""
		for _, r := range h.server.Requests() {
			if r.Route == posthogtest.RouteCancel {
				stopped = r.QueryID
			}
		}
		if !strings.HasPrefix(stopped, "insightbot-") {
			t.Errorf("%s: the query %q was stopped", name, stopped)
		}
	}
}

// The query log of the team shows what a query is for, and no more.
func TestRun_QueriesAreNamed(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{Generated: 1})
	in := h.find(t, posthogtest.GeneratedID(1))
	names := func(ctx context.Context) (list []string) {
		h.server.Forget()
		if _, err := h.Run(ctx, in, posted(in)); err != nil {
			t.Fatal(err)
		}
		for _, r := range h.server.Requests() {
			var body struct {
				Name string `json:"name"`
				ID   string `json:"client_query_id"`
			}
			if r.Route == posthogtest.RouteQuery && json.Unmarshal(r.Body, &body) == nil && body.ID != "" {
				list = append(list, body.Name)
			}
		}
		return list
	}
	tagged := insight.WithTag(t.Context(), insight.Tag{Insight: in.ID, Place: "5f3a", Ref: "k7q2"})
	if got := names(tagged); len(got) == 0 || got[0] != "insightbot insight="+in.ID+" place=5f3a ref=k7q2" {
		t.Errorf("%q", got)
	}
	if got := names(t.Context()); len(got) == 0 || got[0] != "insightbot insight="+in.ID {
		t.Errorf("without a tag: %q", got)
	}
}

func TestProbe_SaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	all := posthogtest.Scopes()
	without := func(names ...string) (rest []string) {
		for _, s := range all {
			if !strings.Contains(strings.Join(names, " "), s) {
				rest = append(rest, s)
			}
		}
		return rest
	}
	for name, c := range map[string]struct {
		options posthogtest.Options
		change  func(*posthog.Config)
		ok      bool
		says    string
	}{
		"all is well":  {posthogtest.Options{}, nil, true, "its time zone UTC"},
		"a part":       {posthogtest.Options{Scopes: without("cohort:read", "activity_log:read")}, nil, true, "cohort:read (names of cohorts), activity_log:read"},
		"query":        {posthogtest.Options{Scopes: without("query:read")}, nil, false, "the key lacks query:read"},
		"insight":      {posthogtest.Options{Scopes: without("insight:read")}, nil, false, "the key lacks insight:read"},
		"project":      {posthogtest.Options{Scopes: without("project:read")}, nil, false, "the scope project:read is missing"},
		"whose key":    {posthogtest.Options{Scopes: without("user:read")}, nil, true, "lacks user:read"},
		"another key":  {posthogtest.Options{}, func(c *posthog.Config) { c.Key = "phx_another" }, false, "the key is not valid"},
		"a wrong host": {posthogtest.Options{}, func(c *posthog.Config) { c.Host = strings.Replace(c.Host, "http:", "https:", 1) }, false, "not reached"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.options.Generated, c.options.Now = 3, func() time.Time { return monday }
			h := furnish(t, posthogtest.New(t, c.options), &notebook{}, c.change)
			_, _ = h.Insights(t.Context()) //nolint:errcheck // the probe says it
			ok, said := true, ""
			for _, f := range h.Probe(t.Context()) {
				ok = ok && f.OK
				said += f.Says + " | " + f.Do + "\n"
				if !f.OK && f.Do == "" {
					t.Errorf("nobody is told what to do about %q", f.Says)
				}
			}
			if ok != c.ok || !strings.Contains(said, c.says) || strings.Contains(said, posthogtest.Canary) {
				t.Errorf("ok %t:\n%s", ok, said)
			}
		})
	}
}
