package posthog_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"insightbot/insight"
	"insightbot/source"
	"insightbot/source/guard"
	"insightbot/source/posthog"
	"insightbot/source/posthog/posthogtest"
)

// monday is the day after the week that was recorded.
var monday = time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)

// same compares results: a value that is missing is missing.
var same = cmp.Options{cmpopts.EquateNaNs(), cmpopts.EquateEmpty(), cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })}

// house is a source over a PostHog of its own.
type house struct {
	*posthog.Source
	server *posthogtest.Server
	state  *notebook
	clock  *clock
}

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// sweep waits until everything is due, and reads it.
func (h house) sweep(ctx context.Context) error {
	h.clock.add(25 * time.Hour)
	_, err := h.Insights(ctx)
	return err
}

// furnish opens a source over a server, in the clock of the server.
func furnish(t testing.TB, s *posthogtest.Server, state *notebook, change func(*posthog.Config)) house {
	t.Helper()
	c := posthog.Config{
		Name: "product", Host: s.URL, Plain: true, Project: s.Project, Key: insight.Secret(s.Key), Guard: reach(t, s.URL),
		Timeout: 5 * time.Second, State: state, Log: s.Logger(), Now: s.Now,
	}
	if change != nil {
		change(&c)
	}
	src, err := posthog.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	})
	return house{Source: src, server: s, state: state}
}

// build is furnish with a server, and everything read once.
func build(t testing.TB, o posthogtest.Options) house {
	t.Helper()
	c := &clock{now: monday}
	o.Now = c.Now
	h := furnish(t, posthogtest.New(t, o), &notebook{}, nil)
	h.clock = c
	if _, err := h.Insights(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

// reach is a guard that reaches one server of this machine.
func reach(t testing.TB, address string) *guard.Guard {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	g, err := guard.New(guard.Config{
		Hosts: []string{u.Host}, Private: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Timeout: 2 * time.Second, Connect: time.Second, MaxBytes: 4 << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// notebook keeps the state of sources, as the storage would.
type notebook struct {
	mu    sync.Mutex
	pages map[string][]byte
}

func (n *notebook) LoadSourceState(_ context.Context, name string) ([]byte, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.pages[name]), nil
}

func (n *notebook) SaveSourceState(_ context.Context, name string, state []byte) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.pages == nil {
		n.pages = map[string][]byte{}
	}
	n.pages[name] = slices.Clone(state)
	return nil
}

// find is an insight by its number.
func (h house) find(t testing.TB, id int) insight.Insight {
	t.Helper()
	list, err := h.Insights(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("product/%d", id)
	i := slices.IndexFunc(list, func(in insight.Insight) bool { return in.ID == want })
	if i < 0 {
		t.Fatalf("%s is not offered", want)
	}
	return list[i]
}

// ids are all that is offered, with or without an error beside it.
func (h house) ids(t testing.TB) []string {
	t.Helper()
	list, _ := h.Insights(t.Context()) //nolint:errcheck // what is there is what counts
	ids := []string{}
	for _, in := range list {
		ids = append(ids, in.ID)
	}
	slices.Sort(ids)
	return ids
}

// week is the query of the recorded week, the way an insight is run that is
// asked for by its name.
func week(in insight.Insight) insight.Query {
	q := insight.Query{Grain: in.Default.Grain, Breakdowns: in.Default.Breakdowns, Unbounded: true, Now: monday}
	if in.Accepts.Windows {
		q.Window = insight.Window{
			From: time.Date(2026, 3, 2, 0, 0, 0, 0, in.Zone), To: time.Date(2026, 3, 9, 0, 0, 0, 0, in.Zone),
		}
	}
	return q
}

// An insight runs and gives its numbers; then it fails as PostHog can; then it
// runs again and gives the same numbers. This is the table of what each failure
// is called, and how often is tried.
func TestRun_Faults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault posthogtest.Fault
		want  []error
		// most is how many calls may be made of it in all.
		most int
	}{
		{"400 cannot be calculated", posthogtest.BadRequest(), []error{insight.ErrBroken}, 1},
		{"401 a key that was taken back", posthogtest.Unauthorized(), []error{insight.ErrUnavailable, posthog.ErrKey}, 1},
		{"402 not in the plan", posthogtest.PaymentRequired(), []error{insight.ErrUnavailable, posthog.ErrScope}, 1},
		{"403 a key without scope", posthogtest.NoScope("insight:read"), []error{insight.ErrUnavailable, posthog.ErrScope}, 1},
		{"404 deleted or hidden", posthogtest.NotFound(), []error{insight.ErrUnknown}, 1},
		{"429 that says how long", posthogtest.Throttled(time.Second), []error{insight.ErrBusy}, 3},
		{"429 that says too long", posthogtest.Throttled(time.Hour), []error{insight.ErrBusy}, 1},
		{"429 of concurrency", posthogtest.Concurrency(), []error{insight.ErrBusy}, 3},
		{"500", posthogtest.ServerError(), []error{insight.ErrUnavailable}, 2},
		{"502 of a gateway", posthogtest.Gateway(502), []error{insight.ErrUnavailable}, 2},
		{"503 of a gateway", posthogtest.Gateway(503), []error{insight.ErrUnavailable}, 2},
		{"504 of a gateway", posthogtest.Gateway(504), []error{insight.ErrUnavailable}, 2},
		{"504 max execution time", posthogtest.TookTooLong(), []error{insight.ErrTimeout}, 1},
		{"512 estimated too long", posthogtest.Estimate(), []error{insight.ErrTooLarge}, 1},
		{"513 too much memory", posthogtest.Memory(), []error{insight.ErrTooLarge}, 1},
		{"truncated JSON", posthogtest.Truncated(), []error{insight.ErrUnavailable}, 2},
		{"a connection cut", posthogtest.CutOff(), []error{insight.ErrUnavailable}, 2},
		{"a page instead of JSON", posthogtest.NotJSON(), []error{insight.ErrUnavailable}, 2},
		{"2 GB", posthogtest.Huge(), []error{insight.ErrTooLarge}, 1},
		{"a redirect", posthogtest.Redirect("https://us.posthog.com/login"), []error{insight.ErrUnavailable}, 2},
		{"silence", posthogtest.Silence(), []error{insight.ErrTimeout}, 2},
		{"a slow drip", posthogtest.Fault{Drip: 20 * time.Millisecond}, []error{insight.ErrTimeout}, 2},
		{"200 that failed", posthogtest.Fault{Failed: "Code: 47. " + posthogtest.Canary}, []error{insight.ErrBroken}, 2},
		{"200 that failed for others", posthogtest.Fault{Failed: "concurrency_limit_exceeded"}, []error{insight.ErrBusy}, 3},
		{"200 that took too long", posthogtest.Fault{Failed: "Query has hit the max execution time. " + posthogtest.Canary}, []error{insight.ErrTimeout}, 2},
		{"200 without a result", posthogtest.Fault{NoResult: true}, []error{insight.ErrUnavailable}, 3},
		{"never done", posthogtest.Fault{Never: true}, []error{insight.ErrTimeout}, 2},
		{"wrong types", posthogtest.Fault{WrongTypes: true}, []error{insight.ErrBroken}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := build(t, posthogtest.Options{Zone: time.UTC})
			in := h.find(t, 6001)
			q := week(in)
			q.Window.From, q.Window.To = q.Window.From.AddDate(0, 0, -7), q.Window.To.AddDate(0, 0, -7)
			good, err := h.Run(t.Context(), in, q)
			if err != nil || good.Empty() {
				t.Fatalf("before: %+v, %v", good, err)
			}
			needs := h.server.Calls(posthogtest.RouteInsight) + h.server.Calls(posthogtest.RouteQuery)
			h.server.Forget()
			h.server.Always(posthogtest.RouteInsight, c.fault)
			h.server.Always(posthogtest.RouteQuery, c.fault)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			began := time.Now()
			got, err := h.Run(ctx, in, q)
			for _, want := range c.want {
				if !errors.Is(err, want) {
					t.Errorf("got %v, want %v", err, want)
				}
			}
			if diff := cmp.Diff(insight.Result{}, got, same); diff != "" {
				t.Errorf("a failure has a result:\n%s", diff)
			}
			if err != nil && (strings.Contains(err.Error(), posthogtest.Canary) || strings.Contains(err.Error(), h.server.Key)) {
				t.Errorf("the error tells secrets: %v", err)
			}
			if calls := h.server.Calls(posthogtest.RouteInsight) + h.server.Calls(posthogtest.RouteQuery); calls > c.most*needs {
				t.Errorf("tried %d times, at most %d of %d", calls, c.most, needs)
			}
			if took := time.Since(began); took > 6*time.Second {
				t.Errorf("took %s", took)
			}
			h.server.Heal()
			again, err := h.Run(t.Context(), in, q)
			if err != nil {
				t.Fatalf("after: %v", err)
			}
			if diff := cmp.Diff(good, again, same, cmpopts.IgnoreFields(insight.Result{}, "Cached", "At", "Notes")); diff != "" {
				t.Errorf("the failure left something behind:\n%s", diff)
			}
		})
	}
}

// Overrides that PostHog ignores are never passed off as what was asked for: the
// answer shows and says what it really is, or there is none.
func TestRun_IgnoredOverrides(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{})
	h.server.Always(posthogtest.RouteInsight, posthogtest.Fault{Ignored: true})
	h.server.Always(posthogtest.RouteQuery, posthogtest.Fault{Ignored: true})
	in := h.find(t, 6001)
	q := week(in)
	saved := q.Window
	q.Window.From, q.Window.To = q.Window.From.AddDate(0, 0, -7), q.Window.To.AddDate(0, 0, -7)
	got, err := h.Run(t.Context(), in, q)
	switch {
	case err != nil && !errors.Is(err, insight.ErrUnsupported):
		t.Errorf("another period: %v", err)
	case err == nil && (!got.Window.From.Equal(saved.From) || !got.Window.To.Equal(saved.To) || len(got.Notes) == 0):
		t.Errorf("another period: %+v", got)
	}
	i := slices.IndexFunc(in.Accepts.Dimensions, func(d insight.Dimension) bool { return d.Breakdown })
	if i < 0 {
		t.Fatalf("%s cannot be broken down", in.ID)
	}
	q = week(in)
	q.Breakdowns = []string{in.Accepts.Dimensions[i].Name}
	if got, err := h.Run(t.Context(), in, q); !errors.Is(err, insight.ErrUnsupported) {
		t.Errorf("no breakdown: %+v, %v", got, err)
	}
}

// What may work the next time is tried again, and then works.
func TestRun_OneFaultIsOvercome(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]posthogtest.Fault{
		"429 that says how long": posthogtest.Throttled(time.Second),
		"429 of concurrency":     posthogtest.Concurrency(),
		"500":                    posthogtest.ServerError(),
		"502 of a gateway":       posthogtest.Gateway(502),
		"a connection cut":       posthogtest.CutOff(),
		"truncated JSON":         posthogtest.Truncated(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t, posthogtest.Options{})
			in := h.find(t, 6008)
			h.server.Fail(posthogtest.RouteInsight, f)
			h.server.Fail(posthogtest.RouteQuery, f)
			got, err := h.Run(t.Context(), in, week(in))
			if err != nil || len(got.Funnels) == 0 {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// Nothing that failed is kept for the next who asks, and nothing that failed in
// the middle is shown as an answer.
func TestRun_FaultsLeaveNothingInTheCatalogue(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{})
	now := func() time.Time { return monday }
	cat, err := source.New(source.Config{
		Sources: []insight.Source{h.Source}, Results: source.Results{MaxBytes: 1 << 20}, Log: h.server.Logger(), Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cat.Close)
	if err := cat.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	in := h.find(t, 6002)
	for _, f := range []posthogtest.Fault{
		posthogtest.TookTooLong(), posthogtest.BadRequest(), {NoResult: true}, {Failed: "memory"}, {WrongTypes: true}, posthogtest.Truncated(),
	} {
		h.server.Always(posthogtest.RouteInsight, f)
		h.server.Always(posthogtest.RouteQuery, f)
		if r, err := cat.Run(t.Context(), in, week(in)); err == nil {
			t.Errorf("%+v gave %+v", f, r)
		}
	}
	h.server.Heal()
	fresh, err := cat.Run(t.Context(), in, week(in))
	if err != nil || fresh.Empty() {
		t.Fatalf("%+v, %v", fresh, err)
	}
	h.server.Down(posthogtest.ServerError())
	kept, err := cat.Run(t.Context(), in, week(in))
	if err != nil || !kept.Cached || kept.At.IsZero() {
		t.Fatalf("while PostHog is down: %+v, %v", kept, err)
	}
	if diff := cmp.Diff(fresh, kept, same, cmpopts.IgnoreFields(insight.Result{}, "Cached", "At")); diff != "" {
		t.Error(diff)
	}
}

// Texts where numbers belong are no answer, of whatever kind: they are neither
// zeros nor "no data".
func TestRun_WrongTypesAreNoAnswer(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{})
	for kind, id := range map[string]int{
		"trend": 6001, "total": 6005, "hours": 6002, "formula": 6036, "funnel": 6008, "funnel over time": 6012, "time to convert": 6013,
		"retention": 6014, "stickiness": 6025, "lifecycle": 6023, "paths": 6032,
	} {
		t.Run(kind, func(t *testing.T) {
			h.server.Always(posthogtest.RouteInsight, posthogtest.Fault{WrongTypes: true})
			h.server.Always(posthogtest.RouteQuery, posthogtest.Fault{WrongTypes: true})
			in := h.find(t, id)
			got, err := h.Run(t.Context(), in, week(in))
			if err == nil || !errors.Is(err, insight.ErrBroken) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// Who gives up is let go at once, and what runs for them is cancelled.
func TestRun_GivingUpCancelsTheQuery(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{Polls: 1_000})
	h.server.Always(posthogtest.RouteInsight, posthogtest.Fault{Never: true})
	h.server.Always(posthogtest.RouteQuery, posthogtest.Fault{Never: true})
	in := h.find(t, 6001)
	q := week(in)
	ctx, cancel := context.WithCancel(t.Context())
	h.server.Before(posthogtest.RoutePoll, func(posthogtest.Request) { cancel() })
	done := make(chan error, 1)
	go func() {
		_, err := h.Run(ctx, in, q)
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("it still runs")
	}
	for range 100 {
		if len(h.server.Running()) == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%q still run at PostHog", h.server.Running())
}

// The same goes for a query that PostHog is still busy with and says nothing
// about: it has an id of ours.
func TestRun_GivingUpCancelsASilentQuery(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{})
	h.server.Always(posthogtest.RouteQuery, posthogtest.Silence())
	in := h.find(t, 6001)
	q := week(in)
	q.Grain = insight.GrainWeek
	ctx, cancel := context.WithCancel(t.Context())
	h.server.Before(posthogtest.RouteQuery, func(posthogtest.Request) { time.AfterFunc(50*time.Millisecond, cancel) })
	if _, err := h.Run(ctx, in, q); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := h.Close(); err != nil { // it waits for what is stopped
		t.Error(err)
	}
	if calls, left := h.server.Calls(posthogtest.RouteCancel), h.server.Running(); calls == 0 || len(left) > 0 {
		t.Errorf("%d cancelled, %q still run at PostHog", calls, left)
	}
}

// A query that PostHog forgot while it was polled is an error, not an answer.
func TestRun_PollingFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault posthogtest.Fault
		want  error
	}{
		"404 unknown or expired": {posthogtest.NotFound(), insight.ErrUnavailable},
		"400 failed":             {posthogtest.BadRequest(), insight.ErrBroken},
		"500 failed":             {posthogtest.ServerError(), insight.ErrUnavailable},
		"not JSON":               {posthogtest.Gateway(502), insight.ErrUnavailable},
		"silence":                {posthogtest.Silence(), insight.ErrTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t, posthogtest.Options{})
			h.server.Always(posthogtest.RouteInsight, posthogtest.Fault{Never: true})
			h.server.Always(posthogtest.RouteQuery, posthogtest.Fault{Never: true})
			h.server.Always(posthogtest.RoutePoll, c.fault)
			in := h.find(t, 6001)
			got, err := h.Run(t.Context(), in, week(in))
			if !errors.Is(err, c.want) || !cmp.Equal(got, insight.Result{}, same) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// The key goes to the host of the settings and to no other, whatever an answer
// says.
func TestRun_KeyGoesNowhereElse(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var seen []string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, r.Header.Get("Authorization")+" "+r.URL.String())
	}))
	t.Cleanup(elsewhere.Close)
	h := build(t, posthogtest.Options{})
	in := h.find(t, 6001)
	h.server.Down(posthogtest.Redirect(elsewhere.URL + "/api/projects/1/insights/6001/"))
	if _, err := h.Run(t.Context(), in, week(in)); !errors.Is(err, insight.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if err := h.sweep(t.Context()); err == nil {
		t.Error("the sync followed")
	}
	mu.Lock()
	defer mu.Unlock()
	if len(seen) > 0 {
		t.Errorf("somebody else was asked: %q", seen)
	}
}

// Nobody is there at all.
func TestRun_RefusedConnection(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{})
	in := h.find(t, 6001)
	gone := httptest.NewServer(http.NotFoundHandler())
	address := gone.URL
	gone.Close()
	other := furnish(t, h.server, h.state, func(c *posthog.Config) { c.Host, c.Guard = address, reach(t, address) })
	list, err := other.Insights(t.Context())
	if !errors.Is(err, insight.ErrUnavailable) && len(list) == 0 {
		t.Errorf("finding while PostHog is down: %d insights, %v", len(list), err)
	}
	if _, err := other.Run(t.Context(), in, week(in)); !errors.Is(err, insight.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

// A certificate nobody can check is as good as none.
func TestRun_WrongCertificate(t *testing.T) {
	t.Parallel()
	var asked bool
	wrong := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	wrong.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	wrong.StartTLS()
	t.Cleanup(wrong.Close)
	h := build(t, posthogtest.Options{})
	in := h.find(t, 6001)
	other := furnish(t, h.server, h.state, func(c *posthog.Config) { c.Host, c.Guard = wrong.URL, reach(t, wrong.URL) })
	if _, err := other.Insights(t.Context()); err != nil && !errors.Is(err, insight.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if _, err := other.Run(t.Context(), in, week(in)); !errors.Is(err, insight.ErrUnavailable) || asked {
		t.Errorf("got %v; the key went out: %t", err, asked)
	}
}

// No more than two runs are at PostHog at once, however many ask.
func TestRun_NeverMoreThanTwoAtOnce(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{})
	h.server.Always(posthogtest.RouteInsight, posthogtest.Fault{Delay: 30 * time.Millisecond})
	h.server.Always(posthogtest.RouteQuery, posthogtest.Fault{Delay: 30 * time.Millisecond})
	list, err := h.Insights(t.Context())
	if err != nil && len(insight.Problems(err)) == 0 {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for _, in := range list[:12] {
		wg.Go(func() {
			ctx := insight.WithTag(t.Context(), insight.Tag{Insight: in.ID, Place: in.ID})
			_, _ = h.Run(ctx, in, week(in)) //nolint:errcheck // how many run is what counts
		})
	}
	wg.Wait()
	if most := h.server.MostRunning(); most != 2 {
		t.Errorf("%d ran at once", most)
	}
}
