package source

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
)

// fake is a source whose content a test sets.
type fake struct {
	name string
	ins  []insight.Insight
	err  error
}

func (f *fake) Name() string                                        { return f.name }
func (f *fake) Insights(context.Context) ([]insight.Insight, error) { return f.ins, f.err }
func (f *fake) Run(_ context.Context, in insight.Insight, _ insight.Query) (insight.Result, error) {
	if in.ID == "shop/broken" {
		return insight.Result{}, insight.ErrBroken
	}
	return insight.Result{Shape: insight.ShapeTrend, Notes: []string{f.name}}, nil
}

// memory is a Cache without a disk.
type memory map[string][]insight.Insight

func (m memory) SaveCatalogue(_ context.Context, source string, ins []insight.Insight, _ time.Time) error {
	m[source] = ins
	return nil
}

func (m memory) LoadCatalogue(_ context.Context, source string) ([]insight.Insight, error) {
	return m[source], nil
}

func ins(source string, keys ...string) []insight.Insight {
	var list []insight.Insight
	for _, k := range keys {
		list = append(list, insight.Insight{ID: source + "/" + k, Source: source, Title: k})
	}
	return list
}

func ids(c *Catalogue) []string {
	var list []string
	all, _ := c.Insights()
	for _, in := range all {
		list = append(list, in.ID)
	}
	return list
}

func newCatalogue(t *testing.T, cache Cache, sources ...insight.Source) *Catalogue {
	t.Helper()
	c, err := New(Config{
		Sources: sources, Cache: cache, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Asked: func(context.Context) (map[string]int, error) { return map[string]int{"shop/revenue": 7}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCatalogue_MergesSourcesInOrderOfIdsWithCounts(t *testing.T) {
	c := newCatalogue(t, nil, &fake{name: "shop", ins: ins("shop", "revenue", "orders")}, &fake{name: "app", ins: ins("app", "users")})
	if err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"app/users", "shop/orders", "shop/revenue"}, ids(c)); diff != "" {
		t.Error(diff)
	}
	all, _ := c.Insights()
	if got := all[2].Asked; got != 7 {
		t.Errorf("shop/revenue was asked %d times, want 7", got)
	}
}

func TestCatalogue_ASourceThatIsDownKeepsWhatWasKnown(t *testing.T) {
	shop := &fake{name: "shop", ins: ins("shop", "revenue")}
	c := newCatalogue(t, memory{}, shop)
	if err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	shop.ins, shop.err = nil, insight.ErrUnavailable
	if err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"shop/revenue"}, ids(c)); diff != "" {
		t.Error(diff)
	}
	if s := c.Snapshot(); !errors.Is(s.Problems["shop"], insight.ErrUnavailable) || s.Revision != 1 {
		t.Errorf("snapshot has problems %v and revision %d", s.Problems, s.Revision)
	}
}

// panicking is a source with a defect.
type panicking struct{ fake }

func (*panicking) Insights(context.Context) ([]insight.Insight, error) { panic("boom") }

func TestCatalogue_ADefectOfASourceIsItsOwnProblem(t *testing.T) {
	c := newCatalogue(t, nil, &panicking{fake{name: "bad"}}, &fake{name: "shop", ins: ins("shop", "revenue")})
	if err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"shop/revenue"}, ids(c)); diff != "" || c.Snapshot().Problems["bad"] == nil {
		t.Errorf("problems %v\n%s", c.Snapshot().Problems, diff)
	}
}

func TestCatalogue_TheRevisionGrowsWithTheContentOnly(t *testing.T) {
	shop := &fake{name: "shop", ins: ins("shop", "revenue")}
	c := newCatalogue(t, nil, shop)
	for i, want := range []int{1, 1, 2} {
		if i == 2 {
			shop.ins[0].Version = "changed"
			shop.ins = ins("shop", "revenue", "orders")
		}
		if err := c.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, revision := c.Insights(); revision != want {
			t.Errorf("sync %d: revision %d, want %d", i+1, revision, want)
		}
	}
}

func TestCatalogue_GoodInsightsStayBesideBrokenOnes(t *testing.T) {
	cache := memory{"shop": ins("shop", "old")}
	c := newCatalogue(t, cache, &fake{name: "shop", ins: ins("shop", "revenue"), err: errors.New("orders.yml:3:1: bad")})
	if err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"shop/revenue"}, ids(c)); diff != "" {
		t.Error(diff)
	}
}

func TestCatalogue_RunGoesToItsSourceAndKeepsItsErrors(t *testing.T) {
	c := newCatalogue(t, nil, &fake{name: "shop"}, &fake{name: "app"})
	r, err := c.Run(t.Context(), insight.Insight{ID: "app/users", Source: "app"}, insight.Query{})
	if err != nil || r.Notes[0] != "app" {
		t.Errorf("Run() = %v, %v", r.Notes, err)
	}
	if _, err := c.Run(t.Context(), insight.Insight{ID: "shop/broken", Source: "shop"}, insight.Query{}); !errors.Is(err, insight.ErrBroken) {
		t.Errorf("err = %v, want ErrBroken", err)
	}
	if _, err := c.Run(t.Context(), insight.Insight{ID: "x/y", Source: "x"}, insight.Query{}); !errors.Is(err, insight.ErrUnknown) {
		t.Errorf("err = %v, want ErrUnknown", err)
	}
}

// countries is a source that counts people by country, and how often it ran.
type countries struct {
	fake
	runs int
}

func (c *countries) Run(context.Context, insight.Insight, insight.Query) (insight.Result, error) {
	c.runs++
	return tally([]string{"a", "b", "c"}, [][]float64{{2}, {9}, {40}}), nil
}

func TestCatalogue_RunHidesSmallGroupsOfWhoMayNotSeeThem(t *testing.T) {
	s := &countries{fake: fake{name: "shop"}}
	c := newCatalogue(t, nil, s)
	in := counted(insight.ChartLine)
	in.Source = "shop"
	for k, want := range map[int]string{0: "a: 2 2; b: 9 9; c: 40 40", 5: "c: 40 40", 1000: ""} {
		r, err := c.Run(t.Context(), in, insight.Query{MinGroup: k, Breakdowns: []string{"country"}})
		if err != nil || lines(r) != want || (k > 0) != (len(r.Notes) > 0) || (k > 0) != r.More {
			t.Errorf("k %d: %s with %q, %v", k, lines(r), r.Notes, err)
		}
	}
	ran := s.runs
	in.People = insight.PeopleUnknown
	if _, err := c.Run(t.Context(), in, insight.Query{MinGroup: 5, Breakdowns: []string{"country"}}); !errors.Is(err, insight.ErrSmallGroups) || s.runs != ran {
		t.Errorf("%v, and the source ran all the same: %v", err, s.runs != ran)
	}
}

func TestNew_TwoSourcesOfOneNameAreRefused(t *testing.T) {
	if _, err := New(Config{Sources: []insight.Source{&fake{name: "shop"}, &fake{name: "shop"}}}); err == nil {
		t.Error("New() took both")
	}
}
