package posthog_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"insightbot/insight"
	"insightbot/source/posthog"
	"insightbot/source/posthog/posthogtest"
)

// A sweep that ends half-way keeps what it read, and what it did not reach is
// read by the next one.
func TestSync_HalfASweepIsKept(t *testing.T) {
	t.Parallel()
	s := posthogtest.New(t, posthogtest.Options{Generated: 250, Now: func() time.Time { return monday }})
	pages := 0
	s.Before(posthogtest.RouteInsights, func(posthogtest.Request) {
		if pages++; pages == 2 {
			s.Always(posthogtest.RouteInsights, posthogtest.BadRequest())
		}
	})
	h := furnish(t, s, &notebook{}, nil)
	list, err := h.Insights(t.Context())
	if err == nil || len(list) == 0 || len(list) > 100 {
		t.Fatalf("half a sweep: %d insights, %v", len(list), err)
	}
	s.Before(posthogtest.RouteInsights, nil)
	s.Heal()
	// Another program begins: it knows what the one before it read.
	if list, err = furnish(t, s, h.state, nil).Insights(t.Context()); err != nil || len(list) < 200 {
		t.Errorf("a whole one: %d insights, %v", len(list), err)
	}
}

// What cannot be had at all is said to be unavailable, so that whoever kept a
// catalogue of before keeps it.
func TestSync_NothingAtAllIsUnavailable(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]posthogtest.Fault{
		"404": posthogtest.NotFound(), "429": posthogtest.Throttled(time.Hour), "400": posthogtest.BadRequest(), "silence": posthogtest.Silence(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := posthogtest.New(t, posthogtest.Options{Generated: 5, Now: func() time.Time { return monday }})
			s.Down(f)
			h := furnish(t, s, &notebook{}, nil)
			if list, err := h.Insights(t.Context()); len(list) > 0 || !errors.Is(err, insight.ErrUnavailable) {
				t.Errorf("%d insights, %v", len(list), err)
			}
			if _, err := h.Run(t.Context(), insight.Insight{ID: "product/100001"}, insight.Query{}); !errors.Is(err, insight.ErrUnavailable) {
				t.Errorf("run: %v", err)
			}
		})
	}
}

// What is kept holds definitions and nothing else: no person, and no result. It
// belongs to one project of one host, and is of no use when it is damaged.
func TestSync_StateIsOfOneProject(t *testing.T) {
	t.Parallel()
	s := posthogtest.New(t, posthogtest.Options{Now: func() time.Time { return monday }})
	book := &notebook{}
	h := furnish(t, s, book, nil)
	n := len(h.ids(t))
	z, err := gzip.NewReader(bytes.NewReader(book.pages["product"]))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{`"result"`, `"email":`, s.Key, "distinct_id", "api_token"} {
		if bytes.Contains(text, []byte(never)) {
			t.Errorf("what is kept holds %s", never)
		}
	}
	if found := personal.Find(text); found != nil {
		t.Errorf("what is kept holds %s", found)
	}

	s.Forget()
	if got := len(furnish(t, s, book, nil).ids(t)); got != n || s.Calls("") != 0 {
		t.Errorf("a program that begins at once: %d of %d insights, %d calls", got, n, s.Calls(""))
	}
	whole := slices.Clone(book.pages["product"])
	for name, page := range map[string][]byte{"cut": whole[:len(whole)/2], "garbage": []byte("{"), "empty": {}} {
		book.pages["product"] = page
		s.Forget()
		if got := len(furnish(t, s, book, nil).ids(t)); got != n || s.Calls(posthogtest.RouteInsights) == 0 {
			t.Errorf("%s: %d of %d insights, %d pages", name, got, n, s.Calls(posthogtest.RouteInsights))
		}
	}
	other := posthogtest.New(t, posthogtest.Options{Generated: 3, Project: 2, Now: func() time.Time { return monday }})
	book.pages["product"] = whole
	if got := furnish(t, other, book, nil).ids(t); len(got) != 3 {
		t.Errorf("the state of another project was taken: %q", got)
	}
}

// failing is a store that cannot be written or read.
type failing struct{ load, save error }

func (f failing) LoadSourceState(context.Context, string) ([]byte, error) { return nil, f.load }
func (f failing) SaveSourceState(context.Context, string, []byte) error   { return f.save }

func TestSync_StoreThatFails(t *testing.T) {
	t.Parallel()
	s := posthogtest.New(t, posthogtest.Options{Generated: 3, Now: func() time.Time { return monday }})
	full := errors.New("the disk is full")
	h := furnish(t, s, nil, func(c *posthog.Config) { c.State = failing{save: full} })
	if list, err := h.Insights(t.Context()); len(list) != 3 || !errors.Is(err, full) {
		t.Errorf("what cannot be kept: %d insights, %v", len(list), err)
	}
	h = furnish(t, s, nil, func(c *posthog.Config) { c.State = failing{load: full} })
	if _, err := h.Insights(t.Context()); !errors.Is(err, full) {
		t.Errorf("what cannot be read: %v", err)
	}
}

// SyncNow does not wait until something is due, and costs one call.
func TestSyncNow_ReadsWhatChanged(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{Generated: 150})
	h.server.Rename(posthogtest.GeneratedID(7), "Called otherwise", monday)
	if got := h.find(t, posthogtest.GeneratedID(7)).Title; got == "Called otherwise" {
		t.Fatal("it was read before it was due")
	}
	h.server.Forget()
	if err := h.SyncNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := h.find(t, posthogtest.GeneratedID(7)).Title; got != "Called otherwise" || h.server.Calls("") != 1 {
		t.Errorf("it is called %q after %d calls", got, h.server.Calls(""))
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.SyncNow(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

// Annotations are caveats of their day in the zone of the project: those of
// everything, and those of the insight itself.
func TestInsights_AnnotationsAreCaveats(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		t.Fatal(err)
	}
	h := build(t, posthogtest.Options{Zone: zone})
	in := h.find(t, 6001)
	var got []string
	for _, c := range in.Caveats {
		got = append(got, fmt.Sprintf("%s %s–%s", c.Text, c.From.Format("2 15:04 MST"), c.Until.Format("2 15:04")))
	}
	want := "Uploads limited to 2 GB (3 March 2026) 3 00:00 NZDT–4 00:00"
	if !slices.Contains(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if strings.Contains(strings.Join(got, " "), "eleted") {
		t.Errorf("%q holds one that was deleted", got)
	}
}

// How many people looked at an insight, and what a team says about its events.
func TestInsights_ViewersAndDefinitions(t *testing.T) {
	t.Parallel()
	for _, paid := range []bool{false, true} {
		h := build(t, posthogtest.Options{Paid: paid})
		if got := h.find(t, 6008).Viewers; got != 5 {
			t.Errorf("%d people looked at it", got)
		}
		i := slices.IndexFunc(h.Definitions(), func(d posthog.Definition) bool { return d.Name == "uploaded_file" })
		if i < 0 {
			t.Fatalf("%+v", h.Definitions())
		}
		d := h.Definitions()[i]
		switch {
		case !paid && (d.Verified != nil || d.Description != ""):
			t.Errorf("what is absent is said: %+v", d)
		case paid && (d.Verified == nil || !*d.Verified || d.Description != "A file arrived whole"):
			t.Errorf("%+v", d)
		case d.Kind != posthog.EventDefinition || d.LastSeen.IsZero():
			t.Errorf("%+v", d)
		}
		described := slices.ContainsFunc(h.Definitions(), func(d posthog.Definition) bool {
			return d.Kind == posthog.PropertyDefinition && d.Name == "plan" && d.Description == "What plan means"
		})
		if described != paid {
			t.Errorf("paid %t: described properties %t", paid, described)
		}
	}
}

// Two insights of one name are told apart; when one of them is named otherwise
// the other has its own name again.
func TestInsights_TwinsAreToldApart(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{Generated: 10})
	one, two := posthogtest.GeneratedID(2), posthogtest.GeneratedID(3)
	h.server.Rename(one, "Sign-ups", monday)
	h.server.Rename(two, "Sign-ups", monday)
	if err := h.SyncNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, b := h.find(t, one).Title, h.find(t, two).Title
	if a == b || !strings.HasPrefix(a, "Sign-ups (") || !strings.HasPrefix(b, "Sign-ups (") {
		t.Errorf("%q and %q", a, b)
	}
	h.server.Rename(two, "Log-ins", monday.Add(time.Second))
	if err := h.SyncNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := h.find(t, one).Title; a != "Sign-ups" {
		t.Errorf("it is still called %q", a)
	}
}

// Ten thousand insights cost nothing while nothing changes.
func TestInsights_CheapWhileNothingIsDue(t *testing.T) {
	h := build(t, posthogtest.Options{Generated: 2000, NoLimits: true})
	began := time.Now()
	for range 20 {
		if _, err := h.Insights(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(began) / 20; took > 50*time.Millisecond {
		t.Errorf("each time takes %s", took)
	}
}

func TestNotOffered_SaysWhy(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{Generated: 4})
	id := h.server.Add("Everybody", `{"kind":"DataTableNode","source":{"kind":"EventsQuery","select":["*"]}}`, monday)
	if err := h.SyncNow(t.Context()); err != nil {
		t.Fatal(err)
	}
	if slices.Contains(h.ids(t), fmt.Sprintf("product/%d", id)) {
		t.Error("it is offered")
	}
	list := h.NotOffered()
	if len(list) != 1 || list[0].Title != "Everybody" || !strings.Contains(list[0].Why, "people") || !strings.HasPrefix(list[0].Link, h.server.URL) {
		t.Errorf("%+v", list)
	}
	probed := fmt.Sprintf("%+v", h.Probe(t.Context()))
	if !strings.Contains(probed, "1 saved insights are not offered (1: it lists people") {
		t.Error(probed)
	}
}

func TestActivity_SaysWhoChangedWhat(t *testing.T) {
	t.Parallel()
	h := build(t, posthogtest.Options{Generated: 2})
	edits, err := h.Activity(t.Context(), fmt.Sprintf("product/%d", posthogtest.GeneratedID(2)))
	if err != nil || len(edits) != 1 {
		t.Fatalf("%+v, %v", edits, err)
	}
	e := edits[0]
	if e.By == "" || strings.Contains(e.By, "@") || e.Activity != "updated" || e.Field != "name" || e.Before != "An older name" || e.After == "" || e.At.IsZero() {
		t.Errorf("%+v", e)
	}
	for id, want := range map[string]error{"product/999": insight.ErrUnknown, "product/x": insight.ErrUnknown, "other/1": insight.ErrUnknown} {
		if _, err := h.Activity(t.Context(), id); !errors.Is(err, want) {
			t.Errorf("%s: %v", id, err)
		}
	}
	h.server.Always(posthogtest.RouteActivity, posthogtest.NoScope("activity_log:read"))
	if _, err := h.Activity(t.Context(), fmt.Sprintf("product/%d", posthogtest.GeneratedID(2))); !errors.Is(err, posthog.ErrScope) {
		t.Errorf("without the scope: %v", err)
	}
}
