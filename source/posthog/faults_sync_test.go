package posthog_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
	"insightbot/source/posthog"
	"insightbot/source/posthog/posthogtest"
)

// A sweep that fails, in whatever way and on whatever page, takes nothing away.
func TestSync_FaultsTakeNothingAway(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault posthogtest.Fault
		want  error
	}{
		"401":            {posthogtest.Unauthorized(), posthog.ErrKey},
		"403":            {posthogtest.NoScope("insight:read"), posthog.ErrScope},
		"429":            {posthogtest.Throttled(time.Hour), insight.ErrBusy},
		"500":            {posthogtest.ServerError(), insight.ErrUnavailable},
		"502 of HTML":    {posthogtest.Gateway(502), insight.ErrUnavailable},
		"truncated JSON": {posthogtest.Truncated(), insight.ErrUnavailable},
		"cut off":        {posthogtest.CutOff(), insight.ErrUnavailable},
		"2 GB":           {posthogtest.Huge(), insight.ErrTooLarge},
		"a page":         {posthogtest.NotJSON(), insight.ErrUnavailable},
		"silence":        {posthogtest.Silence(), insight.ErrTimeout},
		"a redirect":     {posthogtest.Redirect("https://us.posthog.com/"), insight.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t, posthogtest.Options{Generated: 250})
			before := h.ids(t)
			pages := 0
			h.server.Before(posthogtest.RouteInsights, func(posthogtest.Request) {
				if pages++; pages == 2 {
					h.server.Always(posthogtest.RouteInsights, c.fault)
				}
			})
			for range 3 {
				if err := h.sweep(t.Context()); !errors.Is(err, c.want) || strings.Contains(fmt.Sprint(err), posthogtest.Canary) {
					t.Errorf("got %v, want %v", err, c.want)
				}
				pages = 2
			}
			if diff := cmp.Diff(before, h.ids(t)); diff != "" {
				t.Errorf("something is gone:\n%s", diff)
			}
			h.server.Before(posthogtest.RouteInsights, nil)
			h.server.Heal()
			if err := h.sweep(t.Context()); err != nil {
				t.Errorf("after: %v", err)
			}
		})
	}
}

// What vanished is gone after two sweeps that ended whole, not after one.
func TestSync_GoneAfterTwoSweeps(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{Generated: 120})
	h.server.Remove(posthogtest.GeneratedID(1), posthogtest.GeneratedID(102))
	var counts []int
	for range 3 {
		if err := h.sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		counts = append(counts, len(h.ids(t)))
	}
	all := counts[0]
	if diff := cmp.Diff([]int{all, all - 2, all - 2}, counts); diff != "" {
		t.Errorf("insights after each sweep:\n%s", diff)
	}
	again := furnish(t, h.server, h.state, nil)
	if n := len(again.ids(t)); n != all-2 {
		t.Errorf("after a new start there are %d", n)
	}
}

// A sweep that returns under half of what is known marks nothing, however often
// it comes: somebody took rights from the key, or PostHog lost its mind.
func TestSync_UnderHalfMarksNothing(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{Generated: 100})
	before := h.ids(t)
	for n := 1; n <= 60; n++ {
		h.server.Remove(posthogtest.GeneratedID(n))
	}
	for range 3 {
		_ = h.sweep(t.Context()) //nolint:errcheck // it may say that something is wrong
	}
	if diff := cmp.Diff(before, h.ids(t)); diff != "" {
		t.Errorf("something is gone:\n%s", diff)
	}
}

// While pages are read the project changes: what moved from one page to another
// is neither lost nor listed twice.
func TestSync_PagesChangeWhileTheyAreRead(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{Generated: 250})
	before := h.ids(t)
	removed := posthogtest.GeneratedID(5)
	h.server.Before(posthogtest.RouteInsights, func(r posthogtest.Request) {
		if strings.Contains(r.Query, "offset=100") {
			h.server.Remove(removed)
		}
	})
	for range 2 {
		if err := h.sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	got := h.ids(t)
	want := slices.DeleteFunc(slices.Clone(before), func(id string) bool { return id == fmt.Sprintf("product/%d", removed) })
	if diff := cmp.Diff(want, got); diff != "" && !slices.Equal(before, got) {
		t.Errorf("lost or doubled:\n%s", diff)
	}
}

// Parts around the insights may be missing: the plan or the key lacks them. The
// insights are there all the same.
func TestSync_MissingPartsAreTolerated(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]posthogtest.Fault{
		"402": posthogtest.PaymentRequired(), "403": posthogtest.NoScope("dashboard:read"), "404": posthogtest.NotFound(),
		"500": posthogtest.ServerError(), "a page": posthogtest.NotJSON(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			zone, err := time.LoadLocation("Asia/Kolkata")
			if err != nil {
				t.Fatal(err)
			}
			s := posthogtest.New(t, posthogtest.Options{Zone: zone, Now: func() time.Time { return monday }})
			for _, r := range []posthogtest.Route{
				posthogtest.RouteTrending, posthogtest.RouteDashboards, posthogtest.RouteAnnotations, posthogtest.RouteEvents,
				posthogtest.RouteProperties, posthogtest.RouteCohorts, posthogtest.RouteVariables,
			} {
				s.Always(r, f)
			}
			h := furnish(t, s, &notebook{}, nil)
			list, _ := h.Insights(t.Context()) //nolint:errcheck // it may say what is missing
			if len(list) < 30 {
				t.Fatalf("%d insights", len(list))
			}
			if got := list[0].Zone.String(); got != zone.String() {
				t.Errorf("the zone is %s", got)
			}
		})
	}
}

// A key that was taken back ends the sync: it is not tried against the wall
// again and again.
func TestSync_StopsWhenTheKeyIsTakenBack(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{Generated: 20})
	h.clock.add(7 * time.Hour)
	h.server.Down(posthogtest.Unauthorized())
	h.server.Forget()
	for range 10 {
		h.clock.add(30 * time.Second)
		_, _ = h.Insights(t.Context()) //nolint:errcheck // how often it is tried is what counts
	}
	if calls := h.server.Calls(""); calls > 4 {
		t.Errorf("%d calls with a key that is not valid", calls)
	}
}

// An insight nobody may see is skipped; the others are there.
func TestSync_HiddenInsightsAreSkipped(t *testing.T) {
	t.Parallel()
	s := posthogtest.New(t, posthogtest.Options{Generated: 30, Now: func() time.Time { return monday }})
	s.Hide(posthogtest.GeneratedID(2))
	h := furnish(t, s, &notebook{}, nil)
	ids := h.ids(t)
	if slices.Contains(ids, fmt.Sprintf("product/%d", posthogtest.GeneratedID(2))) || !slices.Contains(ids, fmt.Sprintf("product/%d", posthogtest.GeneratedID(1))) {
		t.Errorf("offered are %q", ids)
	}
}

// What changed is seen by the short look between two sweeps; asking in between
// costs nothing.
func TestSync_ShortLooksSeeChanges(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{Generated: 350})
	h.find(t, posthogtest.GeneratedID(1))
	h.server.Forget()
	for range 50 {
		h.find(t, posthogtest.GeneratedID(1))
	}
	if calls := h.server.Calls(""); calls > 0 {
		t.Errorf("%d calls while nothing was due", calls)
	}
	h.clock.add(6 * time.Minute)
	h.server.Rename(posthogtest.GeneratedID(3), "Called otherwise", h.clock.Now())
	if got := h.find(t, posthogtest.GeneratedID(3)).Title; got != "Called otherwise" {
		t.Errorf("it is called %q", got)
	}
	if calls := h.server.Calls(posthogtest.RouteInsights); calls != 1 {
		t.Errorf("%d pages for one change", calls)
	}
}
