package source

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
)

func TestChanges_NamesWhatCameChangedAndWent(t *testing.T) {
	was := Snapshot{Insights: ins("shop", "a", "b", "c", "d")}
	is := Snapshot{Insights: ins("shop", "_", "b", "c", "e")}
	is.Insights[1].Version, is.Insights[1].Title = "2", "Better"
	is.Insights[2].Asked = 9
	want := []Change{
		{ChangeAdded, "shop/_", "_"},
		{ChangeGone, "shop/a", "a"},
		{ChangeUpdated, "shop/b", "Better"},
		{ChangeGone, "shop/d", "d"},
		{ChangeAdded, "shop/e", "e"},
	}
	if diff := cmp.Diff(want, Changes(was, is)); diff != "" {
		t.Error(diff)
	}
	if same := Changes(was, was); len(same) > 0 {
		t.Errorf("nothing changed, but %v", same)
	}
	if all := Changes(Snapshot{}, was); len(all) != 4 || all[3].Kind != ChangeAdded {
		t.Errorf("all are new, but %v", all)
	}
}

func TestCatalogue_SyncSourceReadsThatSourceAlone(t *testing.T) {
	shop, app := &fake{name: "shop", ins: ins("shop", "revenue")}, &fake{name: "app", ins: ins("app", "users")}
	c := newCatalogue(t, nil, shop, app)
	if err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	shop.ins, app.ins = ins("shop", "revenue", "orders"), nil
	before := c.Snapshot()
	if err := c.SyncSource(t.Context(), "shop"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"app/users", "shop/orders", "shop/revenue"}, ids(c)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Change{{ChangeAdded, "shop/orders", "orders"}}, Changes(before, c.Snapshot())); diff != "" {
		t.Error(diff)
	}
	shop.err = errors.New("orders.yml:3:1: bad")
	if err := c.SyncSource(t.Context(), "shop"); !errors.Is(err, shop.err) || c.Snapshot().Problems["shop"] == nil || c.Health()[0].Problem == nil {
		t.Errorf("%v, problems %v", err, c.Snapshot().Problems)
	}
	if err := c.SyncSource(t.Context(), "nowhere"); !errors.Is(err, insight.ErrUnknown) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.SyncSource(ctx, "app"); !errors.Is(err, context.Canceled) || len(ids(c)) != 3 {
		t.Errorf("%v, %v", err, ids(c))
	}
}

// leaving is a source whose list is asked for by somebody who goes away.
type leaving struct {
	fake
	leave context.CancelFunc
}

func (l *leaving) Insights(context.Context) ([]insight.Insight, error) {
	l.leave()
	return nil, nil
}

func TestCatalogue_AReadThatWasGivenUpKeepsWhatWasKnown(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cache := memory{"shop": ins("shop", "revenue")}
	c := newCatalogue(t, cache, &leaving{fake{name: "shop"}, cancel})
	if err := c.Sync(ctx); !errors.Is(err, context.Canceled) || len(cache["shop"]) != 1 {
		t.Errorf("%v, and the cache has %v", err, cache)
	}
}

// slow is a source whose list takes a minute, and is what it was at the start.
type slow struct{ fake }

func (s *slow) Insights(context.Context) ([]insight.Insight, error) {
	list := s.ins
	time.Sleep(time.Minute)
	return list, nil
}

func TestCatalogue_TheLastReadOfASourceCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &slow{fake{name: "shop", ins: ins("shop", "old")}}
		c := newCatalogue(t, nil, s)
		done := make(chan error, 1)
		go func() { done <- c.Sync(t.Context()) }()
		synctest.Wait()
		s.ins = ins("shop", "new")
		if err := errors.Join(c.SyncSource(t.Context(), "shop"), <-done); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"shop/new"}, ids(c)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestCatalogue_LogsWhatChangedSinceTheFirstSync(t *testing.T) {
	var out strings.Builder
	shop := &fake{name: "shop", ins: ins("shop", "revenue")}
	c, err := New(Config{Sources: []insight.Source{shop}, Log: slog.New(slog.NewTextHandler(&out, nil)), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := c.Sync(t.Context()); err != nil || out.Len() > 0 {
			t.Fatal(err, out.String())
		}
	}
	shop.ins = ins("shop", "orders")
	if err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"changes=2 insights=1", "insight=shop/orders change=added", "insight=shop/revenue change=gone"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestCatalogue_ASourceThatIsBusyKeepsWhatWasKnown(t *testing.T) {
	for _, err := range []error{insight.ErrBusy, insight.ErrTimeout} {
		cache := memory{"shop": ins("shop", "revenue")}
		c := newCatalogue(t, cache, &fake{name: "shop", err: err})
		if err := c.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"shop/revenue"}, ids(c)); diff != "" || len(cache["shop"]) != 1 {
			t.Error(err, diff)
		}
	}
}

// Tags are no part of what an insight computes, and decide who may see it: what is
// made of a catalogue has to be made anew when one changes.
func TestSync_AChangedTagIsAChangeOfTheCatalogue(t *testing.T) {
	a := ins("shop", "a")[0]
	for name, change := range map[string]func(*insight.Insight){
		"tags": func(in *insight.Insight) { in.Tags = []string{"restricted"} }, "title": func(in *insight.Insight) { in.Title = "Other" },
		"caveats":    func(in *insight.Insight) { in.Caveats = []insight.Caveat{{Text: "x"}} },
		"dimensions": func(in *insight.Insight) { in.Accepts.Dimensions = []insight.Dimension{{Name: "plan"}} },
	} {
		b := a
		if change(&b); same(a, b) || !same(a, a) {
			t.Errorf("%s: a change is none", name)
		}
	}
}
