package posthog_test

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"insightbot/insight"
	"insightbot/source/guard"
	"insightbot/source/posthog"
	"insightbot/source/posthog/posthogtest"
)

// recorded is the day after the week that most of the recorded project is about.
var recorded = time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)

// kept keeps the state of sources, as the store would.
type kept struct {
	mu    sync.Mutex
	state map[string][]byte
	fail  error
}

func (k *kept) LoadSourceState(_ context.Context, name string) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.state[name]), k.fail
}

func (k *kept) SaveSourceState(_ context.Context, name string, state []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fail != nil {
		return k.fail
	}
	if k.state == nil {
		k.state = map[string][]byte{}
	}
	k.state[name] = slices.Clone(state)
	return nil
}

// near reaches a server of this machine.
func near(t testing.TB, address string) *guard.Guard {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	g, err := guard.New(guard.Config{Hosts: []string{u.Host}, Private: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// opened is a source over a server.
func opened(t testing.TB, server *posthogtest.Server, change ...func(*posthog.Config)) *posthog.Source {
	t.Helper()
	c := posthog.Config{
		Name: "product", Host: server.URL, Plain: true, Project: server.Project, Key: insight.Secret(server.Key), Tags: []string{"product"},
		Guard: near(t, server.URL), State: &kept{}, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Now: func() time.Time { return recorded },
	}
	for _, f := range change {
		f(&c)
	}
	s, err := posthog.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestInsights_AreThoseOfTheProject(t *testing.T) {
	server := posthogtest.New(t, posthogtest.Options{Now: func() time.Time { return recorded }})
	s := opened(t, server)
	all, err := s.Insights(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("%d insights", len(all))
	}
	for _, in := range all {
		if in.Title == "" || in.Zone == nil || in.Version == "" || !strings.HasPrefix(in.ID, "product/") || !slices.Contains(in.Tags, "product") ||
			!strings.HasPrefix(in.Link, server.URL+"/project/1/insights/") || strings.Contains(in.Owner.Name, "@") {
			t.Errorf("%+v", in)
		}
	}
	if n := server.Calls(posthogtest.RouteInsights); n != 1 {
		t.Errorf("%d pages were read", n)
	}
	server.Forget()
	again, err := s.Insights(t.Context())
	if err != nil || len(again) != len(all) || server.Calls("") != 0 {
		t.Errorf("again at once: %d insights, %d calls, %v", len(again), server.Calls(""), err)
	}
}

// Each insight is run as it is saved, and with what it says it accepts. What it
// does not accept is refused before anything is asked: the server fails the test
// for every wish that PostHog would ignore.
func TestRun_EveryInsightGivesWhatItPromises(t *testing.T) {
	server := posthogtest.New(t, posthogtest.Options{Now: func() time.Time { return recorded }, NoLimits: true})
	s := opened(t, server)
	all, err := s.Insights(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	day := func(m, d int) time.Time { return time.Date(2026, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
	ran := 0
	for _, in := range all {
		q := insight.Query{Now: recorded, Grain: in.Default.Grain, Breakdowns: in.Default.Breakdowns}
		if in.Accepts.Windows {
			q.Window = insight.Window{From: day(3, 2), To: day(3, 9)}
		}
		ways := []insight.Query{q}
		if slices.Contains(in.Accepts.Compare, insight.ComparePrevious) {
			compared := q
			compared.Compare, compared.Previous = insight.ComparePrevious, insight.Window{From: day(2, 23), To: day(3, 2)}
			ways = append(ways, compared)
		}
		for _, d := range in.Accepts.Dimensions {
			if d.Breakdown {
				broken := q
				broken.Breakdowns = []string{d.Name}
				ways = append(ways, broken)
				break
			}
		}
		for i, q := range ways {
			r, err := s.Run(t.Context(), in, q)
			if err != nil {
				t.Errorf("%s %q, way %d: %v", in.ID, in.Title, i, err)
				continue
			}
			ran++
			if in.Accepts.Windows && !r.Window.From.Equal(q.Window.From) {
				t.Errorf("%s: ran %v", in.ID, r.Window)
			}
		}
	}
	if ran < 40 {
		t.Errorf("only %d runs", ran)
	}
}

func TestRun_RefusesWhatChangedAndWhatIsGone(t *testing.T) {
	server := posthogtest.New(t, posthogtest.Options{Now: func() time.Time { return recorded }})
	s := opened(t, server)
	all, err := s.Insights(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	in := all[0]
	in.Version = "before"
	if _, err := s.Run(t.Context(), in, insight.Query{}); !errors.Is(err, insight.ErrChanged) {
		t.Errorf("changed: %v", err)
	}
	in.ID = "product/999999"
	if _, err := s.Run(t.Context(), in, insight.Query{}); !errors.Is(err, insight.ErrUnknown) {
		t.Errorf("gone: %v", err)
	}
}

func TestOpen_RefusesWhatCannotBeRight(t *testing.T) {
	g := near(t, "https://eu.posthog.com")
	good := posthog.Config{Name: "product", Host: "https://eu.posthog.com", Project: 7, Key: "phx_hunter2", Guard: g}
	if _, err := posthog.Open(good); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*posthog.Config){
		"needs a name":               func(c *posthog.Config) { c.Project = 0 },
		"is not an address":          func(c *posthog.Config) { c.Host = "eu.posthog.com" },
		"only takes events in":       func(c *posthog.Config) { c.Host = "https://eu.i.posthog.com" },
		"is no personal API key":     func(c *posthog.Config) { c.Key = "phc_hunter2" },
		"the host is not an address": func(c *posthog.Config) { c.Host = "https://user:pw@eu.posthog.com" },
	} {
		c := good
		change(&c)
		if _, err := posthog.Open(c); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
