package posthog_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"insightbot/insight"
	"insightbot/source/posthog"
	"insightbot/source/posthog/posthogtest"
)

// personal is what stands for persons in the recordings: addresses and ids.
var personal = regexp.MustCompile(`user\d+@example\.com|synthetic-id-\d+|00000000-0000-4000-8000-\d+`)

// wishes are all the ways in which an insight says it can be run, one by one.
func wishes(in insight.Insight) []insight.Query {
	all := []insight.Query{week(in)}
	with := func(change func(*insight.Query)) {
		q := week(in)
		change(&q)
		all = append(all, q)
	}
	for _, g := range append(in.Accepts.Grains, insight.GrainNone) {
		with(func(q *insight.Query) { q.Grain = g })
	}
	for _, c := range in.Accepts.Compare {
		with(func(q *insight.Query) {
			q.Compare = c
			q.Previous = insight.Window{From: q.Window.From.AddDate(0, 0, -7), To: q.Window.From}
			if c == insight.CompareYear {
				q.Previous = insight.Window{From: q.Window.From.AddDate(-1, 0, 0), To: q.Window.To.AddDate(-1, 0, 0)}
			}
		})
		with(func(q *insight.Query) {
			q.Compare, q.CompareTotals = c, true
			q.Previous = insight.Window{From: q.Window.From.AddDate(0, 0, -7), To: q.Window.From}
		})
	}
	for _, d := range in.Accepts.Dimensions {
		if d.Breakdown && in.Accepts.MaxBreakdowns > 0 {
			with(func(q *insight.Query) { q.Breakdowns = []string{d.Name} })
		}
		if d.Filter && len(d.Values) > 0 {
			with(func(q *insight.Query) {
				q.Filters = []insight.Filter{{Field: d.Name, Op: insight.OpIs, Values: []string{d.Values[0].Key}}}
			})
		}
	}
	if len(in.Default.Breakdowns) > 0 {
		with(func(q *insight.Query) { q.Breakdowns = nil })
	}
	if in.Accepts.Windows {
		with(func(q *insight.Query) { q.Window.From, q.Window.To = q.Window.From.AddDate(0, -2, 0), monday })
	}
	return all
}

// refused reports whether an error says that an insight cannot take a query.
func refused(err error) bool {
	return errors.Is(err, insight.ErrUnsupported) || errors.Is(err, insight.ErrRefused)
}

// Everything that is offered is run in every way it says it takes, with every
// fault in between. Nothing that must never be called is called, which the
// server looks for; nothing but reading is done; and neither the key, nor what
// PostHog says in detail, nor a person shows up where people read.
func TestSilence_AWholeLife(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]posthogtest.Options{
		"recorded": {NoLimits: true, Paid: true}, "generated": {NoLimits: true, Generated: 2 * posthogtest.Variants()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t, o)
			list, err := h.Insights(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			said := fmt.Sprintf("%+v\n", list)
			ran := 0
			for _, in := range list {
				// Each is asked of a source that was just started: more questions
				// than these in a minute are held back.
				one := furnish(t, h.server, h.state, nil)
				if _, err := one.Insights(t.Context()); err != nil {
					t.Fatal(err)
				}
				for i, q := range wishes(in) {
					ctx := insight.WithTag(t.Context(), insight.Tag{Insight: in.ID, Place: "place", Ref: "ref"})
					r, err := one.Run(ctx, in, q)
					switch {
					case err == nil:
						ran++
						said += fmt.Sprintf("%+v\n", notTheTable(r))
					case i == 0 && !expected(in, err):
						t.Errorf("%s as it was saved: %v", in.ID, err)
					case !refused(err) && !expected(in, err):
						t.Errorf("%s: %v, with %+v", in.ID, err, q)
					}
					said += fmt.Sprintln(err)
				}
			}
			if ran < len(list) {
				t.Errorf("%d runs of %d insights came to something", ran, len(list))
			}
			said += troubles(t, h, list)
			if err := h.sweep(t.Context()); err != nil {
				t.Error(err)
			}
			for _, secret := range []string{h.server.Key, posthogtest.Canary} {
				if strings.Contains(said, secret) {
					t.Errorf("%s was told to people", secret)
				}
			}
			if found := personal.FindString(said); found != "" {
				t.Errorf("a person was told of: %s", found)
			}
			readsOnly(t, h.server.Requests(), h.server.Key)
		})
	}
}

// expected are the recordings that hold a failure: it is said as one.
func expected(in insight.Insight, err error) bool {
	return in.ID == "product/6016" && errors.Is(err, insight.ErrBusy) || in.ID == "product/6035" && refused(err)
}

// notTheTable is a result without the cells of its table, which are masked by
// the rules of whoever may see them and not by the source.
func notTheTable(r insight.Result) insight.Result {
	r.Table.Rows = nil
	return r
}

// troubles runs an insight through faults and returns what was said about them.
func troubles(t *testing.T, h house, list []insight.Insight) string {
	t.Helper()
	var said strings.Builder
	for _, f := range []posthogtest.Fault{
		posthogtest.BadRequest(), posthogtest.Unauthorized(), posthogtest.PaymentRequired(), posthogtest.NoScope("insight:read"), posthogtest.NotFound(),
		posthogtest.Concurrency(), posthogtest.ServerError(), posthogtest.Gateway(502), posthogtest.TookTooLong(), posthogtest.Memory(), posthogtest.Estimate(),
		posthogtest.Truncated(), posthogtest.NotJSON(),
		{Failed: posthogtest.Canary},
		{Never: true},
	} {
		h.server.Down(f)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err := h.Run(ctx, list[0], week(list[0]))
		fmt.Fprintf(&said, "%v\n%+v\n", err, err)
		_, err = h.Insights(ctx)
		fmt.Fprintf(&said, "%v\n", err)
		err = h.sweep(ctx)
		fmt.Fprintf(&said, "%v\n", err)
		cancel()
		h.server.Heal()
	}
	return said.String()
}

// readsOnly holds a log of requests to the rules.
func readsOnly(t *testing.T, log []posthogtest.Request, key string) {
	t.Helper()
	if len(log) == 0 {
		t.Error("nothing was asked at all")
	}
	for _, r := range log {
		query := strings.HasSuffix(r.Path, "/query/") && r.Method == http.MethodPost || r.Route == posthogtest.RouteCancel
		if r.Method != http.MethodGet && !query {
			t.Errorf("%s %s", r.Method, r.Path)
		}
		for _, never := range []string{"viewed", "sharing", "persons", "people", "exports", "/events/", "alerts", "subscriptions"} {
			if strings.Contains(r.Path, never) && r.Route != posthogtest.RouteLastViewed {
				t.Errorf("%s %s must never be called", r.Method, r.Path)
			}
		}
		if strings.Contains(r.Query, "force_") && !strings.Contains(r.Query, "force_cache") {
			t.Errorf("%s?%s calculates by force", r.Path, r.Query)
		}
		if strings.Contains(r.Path+r.Query+string(r.Body), key) {
			t.Errorf("%s holds the key", r.Path)
		}
	}
}

// No line of the source even knows how to call what must never be called.
func TestSilence_NoLineKnowsForbiddenCalls(t *testing.T) {
	t.Parallel()
	never := []string{"insights/viewed", "sharing", "persons", "people_url", "force_blocking", "force_async", "exports", "\"events/", "subscriptions/", "alerts/"}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		read++
		raw, err := os.ReadFile(name) //nolint:gosec // the source of this package
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(raw), "\n") {
			code, _, _ := strings.Cut(line, "//")
			if j := slices.IndexFunc(never, func(n string) bool { return strings.Contains(code, n) }); j >= 0 {
				t.Errorf("%s:%d knows of %s", name, i+1, never[j])
			}
		}
	}
	if read == 0 {
		t.Error("no file was read")
	}
}

// The settings and the source hide the key however they are printed.
func TestSilence_KeyHidesItself(t *testing.T) {
	t.Parallel()
	s := posthogtest.New(t, posthogtest.Options{Generated: 1})
	var seen posthog.Config
	h := furnish(t, s, &notebook{}, func(c *posthog.Config) { seen = *c })
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		for _, v := range []any{seen, h.Source} {
			if text := fmt.Sprintf(format, v); strings.Contains(text, s.Key) {
				t.Errorf("%s of %T shows the key", format, v)
			}
		}
	}
	s.Logger().Info("settings", "key", seen.Key)
	if !strings.Contains(s.Logged(), "<secret>") {
		t.Errorf("the log holds %s", s.Logged())
	}
	_, err := posthog.Open(posthog.Config{Name: "product", Host: "::", Project: 1, Key: insight.Secret(s.Key), Guard: seen.Guard})
	if err == nil || strings.Contains(err.Error(), s.Key) {
		t.Errorf("settings that are wrong: %v", err)
	}
}
