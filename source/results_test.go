package source

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"insightbot/insight"
	"insightbot/render"
)

// keeping is a cache with room for all of a test.
var keeping = Results{MaxBytes: 1 << 20, Limits: Limits{Fresh: 10 * time.Minute, Stale: time.Hour}}

// numbered is a source whose results say which run made them, each after took.
func numbered(took time.Duration) *scripted {
	s := &scripted{fake: fake{name: "shop", ins: ins("shop", "revenue", "orders")}}
	s.do = func(ctx context.Context, _ insight.Query) (insight.Result, error) {
		n := s.runs.Load()
		select {
		case <-time.After(took):
			return insight.Result{Shape: insight.ShapeTrend, Series: []insight.Series{{Total: float64(n)}}}, nil
		case <-ctx.Done():
			return insight.Result{}, ctx.Err()
		}
	}
	return s
}

// bubble runs a test in synctest with a catalogue that is closed at its end.
func bubble(t *testing.T, results Results, s *scripted, test func(t *testing.T, c *Catalogue)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := catalogueOf(t, results, s)
		defer c.Close()
		test(t, c)
	})
}

// check runs revenue and compares which run answered, and how old that was;
// age 0 is a new result.
func check(t *testing.T, c *Catalogue, q insight.Query, run int, age time.Duration) {
	t.Helper()
	r, err := c.Run(t.Context(), revenue(), q)
	if err != nil {
		t.Fatal(err)
	}
	if got := int(r.Series[0].Total); got != run || r.Cached != (age > 0) || r.Cached && !r.At.Equal(time.Now().Add(-age)) {
		t.Errorf("run %d, cached %v, made at %s (now %s); want run %d of %s ago", got, r.Cached, r.At, time.Now(), run, age)
	}
}

func TestResults_AFreshResultAnswersAgainAndSaysHowOldItIs(t *testing.T) {
	bubble(t, keeping, numbered(0), func(t *testing.T, c *Catalogue) {
		check(t, c, insight.Query{}, 1, 0)
		time.Sleep(9 * time.Minute)
		check(t, c, insight.Query{}, 1, 9*time.Minute)
		check(t, c, insight.Query{Now: time.Now().Add(-3 * time.Second)}, 1, 9*time.Minute)
		if s := c.ResultStats(); s.Hits != 2 || s.Missed != 1 || s.Kept != 1 || s.Bytes <= 0 {
			t.Errorf("%+v", s)
		}
	})
}

func TestResults_TheSourcesOwnTimeIsKept(t *testing.T) {
	at := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	s := numbered(0)
	s.do = func(context.Context, insight.Query) (insight.Result, error) { return insight.Result{At: at}, nil }
	bubble(t, keeping, s, func(t *testing.T, c *Catalogue) {
		for range 2 {
			if r, err := c.Run(t.Context(), revenue(), insight.Query{}); err != nil || !r.At.Equal(at) {
				t.Error(r.At, err)
			}
		}
	})
}

func TestResults_AnOldResultIsShownWhileANewOneIsMade(t *testing.T) {
	s := numbered(time.Minute)
	bubble(t, keeping, s, func(t *testing.T, c *Catalogue) {
		check(t, c, insight.Query{}, 1, 0) // takes a minute, and is of its start
		time.Sleep(29 * time.Minute)
		check(t, c, insight.Query{}, 1, 30*time.Minute)
		check(t, c, insight.Query{}, 1, 30*time.Minute)
		time.Sleep(2 * time.Minute)
		check(t, c, insight.Query{}, 2, 2*time.Minute)
		if n := s.runs.Load(); n != 2 {
			t.Errorf("%d runs", n)
		}
		time.Sleep(2 * time.Hour) // too old to be shown at all
		check(t, c, insight.Query{}, 3, 0)
	})
}

func TestResults_ARenewalIsTaggedAndHasAnEnd(t *testing.T) {
	s := numbered(0)
	var tags []insight.Tag
	s.do = func(ctx context.Context, _ insight.Query) (insight.Result, error) {
		if tags = append(tags, insight.TagOf(ctx)); len(tags) > 1 {
			<-ctx.Done() // it never answers
			return insight.Result{}, fmt.Errorf("%w: %w", insight.ErrTimeout, ctx.Err())
		}
		return insight.Result{Series: []insight.Series{{Total: 1}}}, nil
	}
	bubble(t, keeping, s, func(t *testing.T, c *Catalogue) {
		ctx := insight.WithTag(t.Context(), insight.Tag{Insight: "shop/revenue", Place: "p", Ref: "r"})
		for range 2 {
			if _, err := c.Run(ctx, revenue(), insight.Query{}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(20 * time.Minute)
		}
		synctest.Wait()
		want := []insight.Tag{{Insight: "shop/revenue", Place: "p", Ref: "r"}, {Insight: "shop/revenue"}}
		if diff := cmp.Diff(want, tags); diff != "" {
			t.Error(diff)
		}
	})
}

func TestResults_ARenewalGoesOnWhoeverGivesUpOnIt(t *testing.T) {
	s := numbered(0)
	took := time.Duration(0)
	s.do = func(ctx context.Context, _ insight.Query) (insight.Result, error) {
		n := s.runs.Load()
		select {
		case <-time.After(took):
			return insight.Result{Series: []insight.Series{{Total: float64(n)}}}, nil
		case <-ctx.Done():
			return insight.Result{}, ctx.Err()
		}
	}
	bubble(t, keeping, s, func(t *testing.T, c *Catalogue) {
		check(t, c, insight.Query{}, 1, 0)
		time.Sleep(59*time.Minute + 30*time.Second)
		took = time.Minute
		check(t, c, insight.Query{}, 1, 59*time.Minute+30*time.Second)
		time.Sleep(40 * time.Second) // now the old one is shown to nobody
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.Run(ctx, revenue(), insight.Query{}); !errors.Is(err, insight.ErrTimeout) {
			t.Error(err)
		}
		check(t, c, insight.Query{}, 2, 0)
		if n := s.runs.Load(); n != 2 {
			t.Errorf("%d runs", n)
		}
	})
}

func TestResults_FewRenewalsGoOnAtOnce(t *testing.T) {
	s := numbered(time.Minute)
	bubble(t, keeping, s, func(t *testing.T, c *Catalogue) {
		ask := func() {
			for i := range 10 {
				if _, err := c.Run(t.Context(), revenue(), insight.Query{Breakdowns: []string{fmt.Sprint(i)}}); err != nil {
					t.Fatal(err)
				}
			}
		}
		ask()
		time.Sleep(30 * time.Minute)
		before := s.runs.Load()
		ask()
		synctest.Wait()
		if n := s.runs.Load() - before; n != maxRenewals {
			t.Errorf("%d renewals", n)
		}
	})
}

func TestResults_WhatCannotBeRenewedNowStaysWhatFailsGoes(t *testing.T) {
	for _, tt := range []struct {
		err  error
		stay bool
	}{
		{insight.ErrUnavailable, true},
		{insight.ErrBusy, true},
		{insight.ErrTimeout, true},
		{insight.ErrBroken, false},
		{insight.ErrChanged, false},
		{insight.ErrUnknown, false},
		{insight.ErrTooLarge, false},
	} {
		s := numbered(0)
		works := s.do
		bubble(t, keeping, s, func(t *testing.T, c *Catalogue) {
			check(t, c, insight.Query{}, 1, 0)
			time.Sleep(30 * time.Minute)
			s.do = func(context.Context, insight.Query) (insight.Result, error) { return insight.Result{}, tt.err }
			for range 3 {
				if !tt.stay && s.runs.Load() > 1 {
					if err := runErr(t, c); !errors.Is(err, tt.err) {
						t.Errorf("%v instead of %v", err, tt.err)
					}
					return
				}
				check(t, c, insight.Query{}, 1, 30*time.Minute)
				synctest.Wait()
			}
			if n := s.runs.Load(); n != 2 {
				t.Errorf("%v: tried %d times to renew", tt.err, n-1)
			}
			time.Sleep(renewPause + time.Second)
			s.do = works
			check(t, c, insight.Query{}, 1, 31*time.Minute+time.Second)
			synctest.Wait()
			time.Sleep(time.Minute)
			check(t, c, insight.Query{}, 3, time.Minute)
		})
	}
}

func TestResults_OneRunAnswersAllWhoAskAtOnce(t *testing.T) {
	s := numbered(time.Second)
	bubble(t, keeping, s, func(t *testing.T, c *Catalogue) {
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() { check(t, c, insight.Query{}, 1, 0) })
		}
		wg.Wait()
		if st := c.ResultStats(); s.runs.Load() != 1 || st.Joined != 99 || st.Missed != 1 {
			t.Errorf("%d runs, %+v", s.runs.Load(), st)
		}
	})
}

func TestResults_ARunOutlivesWhoGivesUpButNotTheLast(t *testing.T) {
	s := numbered(time.Minute)
	ended := make(chan error, 1)
	works := s.do
	s.do = func(ctx context.Context, q insight.Query) (insight.Result, error) {
		r, err := works(ctx, q)
		ended <- err
		return r, err
	}
	bubble(t, keeping, s, func(t *testing.T, c *Catalogue) {
		ask := func(patience time.Duration) chan error {
			got := make(chan error, 1)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			go func() {
				defer cancel()
				_, err := c.Run(ctx, revenue(), insight.Query{})
				got <- err
			}()
			synctest.Wait()
			return got
		}
		first, second := ask(10*time.Second), ask(2*time.Minute)
		if err := <-first; !errors.Is(err, insight.ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("who gave up: %v", err)
		}
		if err := errors.Join(<-second, <-ended); err != nil || s.runs.Load() != 1 {
			t.Errorf("who waited on: %v after %d runs", err, s.runs.Load())
		}
		time.Sleep(2 * time.Hour)
		first, second = ask(10*time.Second), ask(20*time.Second)
		began := time.Now()
		if err := errors.Join(<-first, <-second); !errors.Is(err, insight.ErrTimeout) {
			t.Error(err)
		}
		if err := <-ended; !errors.Is(err, context.Canceled) || time.Since(began) > 21*time.Second {
			t.Errorf("the run nobody waits for ended with %v after %s", err, time.Since(began))
		}
		// Who asks now does not get the end of that one.
		if err := <-ask(2 * time.Minute); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := c.Run(ctx, revenue(), insight.Query{Grain: insight.GrainDay}); !errors.Is(err, context.Canceled) || errors.Is(err, insight.ErrTimeout) {
			t.Errorf("who went away: %v", err)
		}
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

func TestResults_ErrorsPassThroughAndAreNotKept(t *testing.T) {
	for _, want := range []error{
		insight.ErrUnknown, insight.ErrUnsupported, insight.ErrAttribute, insight.ErrTooLarge, insight.ErrTimeout, insight.ErrRefused,
		insight.ErrUnavailable, insight.ErrBusy, insight.ErrBroken, insight.ErrChanged, insight.ErrSmallGroups, errors.New("another"),
	} {
		err := fmt.Errorf("tried: %w", want)
		s := failing(&err)
		c := catalogueOf(t, keeping, s)
		for i := range 2 {
			r, got := c.Run(t.Context(), revenue(), insight.Query{})
			if !errors.Is(got, want) || len(r.Notes) > 0 || s.runs.Load() != int64(i+1) {
				t.Errorf("%v became %v with %v after %d runs", want, got, r.Notes, s.runs.Load())
			}
		}
		if n := c.ResultStats().Kept; n != 0 {
			t.Errorf("%v: %d results are kept", want, n)
		}
		err = nil
		if got := runErr(t, c); got != nil {
			t.Errorf("after %v: %v", want, got)
		}
		c.Close()
	}
}

func TestResults_AChangedDefinitionIsRunAnew(t *testing.T) {
	s := numbered(0)
	bubble(t, keeping, s, func(t *testing.T, c *Catalogue) {
		check(t, c, insight.Query{}, 1, 0)
		s.ins = ins("shop", "revenue", "orders")
		s.ins[0].Version = "2"
		if err := c.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := c.ResultStats().Kept; n != 0 {
			t.Errorf("%d results of what changed are kept", n)
		}
		r, err := c.Run(t.Context(), s.ins[0], insight.Query{})
		if err != nil || r.Cached || r.Series[0].Total != 2 {
			t.Error(r, err)
		}
		// Whoever still holds the definition before gets it run, but not kept.
		for run := 3; run < 5; run++ {
			check(t, c, insight.Query{}, run, 0)
		}
	})
}

func TestResults_WhatRanWhileTheDefinitionChangedIsNotKept(t *testing.T) {
	s := numbered(time.Minute)
	bubble(t, keeping, s, func(t *testing.T, c *Catalogue) {
		done := make(chan bool)
		go func() {
			check(t, c, insight.Query{}, 1, 0)
			close(done)
		}()
		synctest.Wait()
		// It changes, and changes back before the run ends.
		for _, version := range []string{"2", ""} {
			s.ins = ins("shop", "revenue", "orders")
			s.ins[0].Version = version
			if err := c.SyncSource(t.Context(), "shop"); err != nil {
				t.Fatal(err)
			}
		}
		check(t, c, insight.Query{}, 2, 0) // and who asks now does not join it
		<-done
		check(t, c, insight.Query{}, 2, time.Minute)
	})
}

func TestResults_WhatIsGoneIsNotKept(t *testing.T) {
	s := numbered(0)
	bubble(t, keeping, s, func(t *testing.T, c *Catalogue) {
		check(t, c, insight.Query{}, 1, 0)
		s.ins = nil
		if err := c.Sync(t.Context()); err != nil || c.ResultStats().Kept != 0 {
			t.Error(err, c.ResultStats())
		}
		check(t, c, insight.Query{}, 2, 0)
		check(t, c, insight.Query{}, 3, 0)
	})
}

func TestResults_AQuestionOfAnotherTimeIsNotAnsweredFromNow(t *testing.T) {
	s := numbered(0)
	bubble(t, keeping, s, func(t *testing.T, c *Catalogue) {
		check(t, c, insight.Query{}, 1, 0)
		check(t, c, insight.Query{Now: time.Now().Add(-24 * time.Hour)}, 2, 0)
		time.Sleep(time.Second)
		check(t, c, insight.Query{}, 1, time.Second)
	})
}

func TestResults_YesterdayIsNotWhatTodayWas(t *testing.T) {
	s := numbered(0)
	bubble(t, keeping, s, func(t *testing.T, c *Catalogue) { // begins at midnight
		day := insight.Window{From: time.Now().UTC(), To: time.Now().UTC().AddDate(0, 0, 1)}
		time.Sleep(24*time.Hour - time.Minute)
		q := insight.Query{Window: day}
		check(t, c, q, 1, 0)
		time.Sleep(30 * time.Second)
		check(t, c, q, 1, 30*time.Second)
		time.Sleep(time.Minute)
		check(t, c, q, 2, 0)
	})
}

func TestResults_WhoKeepsForHowLong(t *testing.T) {
	s := numbered(0)
	long := revenue()
	long.Fresh = 24 * time.Hour
	for _, tt := range []struct {
		name    string
		results Results
		limits  *Limits
		in      insight.Insight
		age     time.Duration
		runs    int64
	}{
		{"the default of the package", Results{MaxBytes: 1e6}, nil, revenue(), 4 * time.Minute, 1},
		{"its default for old ones", Results{MaxBytes: 1e6}, nil, revenue(), 2 * time.Hour, 2},
		{"the default of the catalogue", keeping, nil, revenue(), 9 * time.Minute, 1},
		{"the source's", keeping, &Limits{Fresh: 3 * time.Hour}, revenue(), 2 * time.Hour, 1},
		{"the source shows no old ones", keeping, &Limits{Fresh: time.Minute, Stale: -1}, revenue(), 2 * time.Minute, 2},
		{"the insight's", keeping, &Limits{Fresh: time.Minute}, long, 23 * time.Hour, 1},
		{"the source wants none", keeping, &Limits{NoCache: true}, long, time.Second, 2},
		{"nobody wants any", Results{}, nil, long, time.Second, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			s.runs.Store(0)
			config := Config{Sources: []insight.Source{s}, Results: tt.results, Log: slog.New(slog.DiscardHandler), Now: time.Now}
			if tt.limits != nil {
				config.Limits = func(string) Limits { return *tt.limits }
			}
			c, err := New(config)
			if err != nil || c.Sync(t.Context()) != nil {
				t.Fatal(err)
			}
			defer c.Close()
			for range 2 {
				r, err := c.Run(t.Context(), tt.in, insight.Query{})
				if err != nil {
					t.Error(err)
				}
				if want := float64(s.runs.Load()); r.Series[0].Total != want {
					t.Errorf("%s: an old result", tt.name)
				}
				time.Sleep(tt.age)
			}
			if n := s.runs.Load(); n != tt.runs {
				t.Errorf("%s: %d runs, want %d", tt.name, n, tt.runs)
			}
		})
	}
}

// parts is a query for parts, which may be small.
func parts(k int) insight.Query {
	return insight.Query{MinGroup: k, Breakdowns: []string{"country"}}
}

func TestResults_HidingSmallGroupsChangesNothingThatIsKept(t *testing.T) {
	in := counted(insight.ChartLine)
	in.ID, in.Source = "shop/revenue", "shop"
	saw := 0
	s := &scripted{fake: fake{name: "shop", ins: []insight.Insight{in}}}
	whole := tally([]string{"a", "b", "c"}, [][]float64{{2, 3}, {9, 1}, {40, 30}})
	whole.Notes = append(make([]string, 0, 9), "of the source")
	s.do = func(_ context.Context, q insight.Query) (insight.Result, error) {
		saw = max(saw, q.MinGroup)
		return whole, nil
	}
	bubble(t, keeping, s, func(t *testing.T, c *Catalogue) {
		var all []insight.Result
		for _, k := range []int{5, 0, 20, 5, 0} {
			r, err := c.Run(t.Context(), in, parts(k))
			if err != nil {
				t.Fatal(err)
			}
			if left := small(r, float64(k)); k > 0 && (len(left) > 0 || len(r.Notes) != 2) {
				t.Errorf("k %d: %v are left, %q", k, left, r.Notes)
			}
			all = append(all, r)
		}
		if s.runs.Load() != 1 || saw != 0 {
			t.Errorf("%d runs, and the source saw the smallest group %d", s.runs.Load(), saw)
		}
		opts := cmp.Options{cmpopts.EquateNaNs(), cmpopts.IgnoreFields(insight.Result{}, "At", "Cached")}
		for i, same := range map[int]int{1: 4, 0: 3} {
			if diff := cmp.Diff(all[i], all[same], opts); diff != "" {
				t.Error(diff)
			}
		}
		if diff := cmp.Diff(whole, all[4], opts); diff != "" {
			t.Error(diff)
		}
		if lines(all[4]) == lines(all[0]) || lines(all[0]) == lines(all[2]) {
			t.Error("nothing was hidden")
		}
	})
}

func TestResults_ManyMayUseOneResultAtOnce(t *testing.T) {
	in := counted(insight.ChartLine)
	in.ID, in.Source, in.Title, in.Zone, in.Format.Decimals = "shop/revenue", "shop", "People", time.UTC, -1
	s := &scripted{fake: fake{name: "shop", ins: []insight.Insight{in}}}
	s.do = func(_ context.Context, q insight.Query) (insight.Result, error) {
		r := tally([]string{"a", "b", "c", "d"}, [][]float64{{2, 3}, {9, 1}, {40, 30}, {7, 12}})
		r.Notes, r.Filters = append(make([]string, 0, 9), "one"), q.Filters
		return r, nil
	}
	c := catalogueOf(t, keeping, s)
	defer c.Close()
	painter := render.NewPainter(render.PainterOptions{})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 4 {
				q := parts([]int{0, 5, 8}[i%3])
				q.Filters = []insight.Filter{{Field: "plan", Op: insight.OpIs, Values: []string{"pro"}, Words: fmt.Sprint("words of ", i)}}
				r, err := c.Run(t.Context(), in, q)
				if err != nil {
					t.Error(err)
					return
				}
				r.Notes = append(r.Notes, fmt.Sprint("mine, ", i))
				if r.Filters[0].Words != q.Filters[0].Words {
					t.Errorf("%d has the %s", i, r.Filters[0].Words)
				}
				_ = render.Finding(in, r) + render.Alt(in, r, in.Chart, "") + render.TextTable(render.Grid(in, r, 0), 0)
				if _, err := render.CSV(in, r); err != nil {
					t.Error(err)
				}
				if _, err := painter.Draw(render.Drawing{Insight: in, Result: r}); err != nil {
					t.Error(err)
				}
				if got := r.Notes[len(r.Notes)-1]; got != fmt.Sprint("mine, ", i) {
					t.Errorf("%d has the note %q", i, got)
				}
			}
		})
	}
	wg.Wait()
	if n := s.runs.Load(); n != 1 {
		t.Errorf("%d runs", n)
	}
}

func TestResults_WordsOfOneReachNobodyElse(t *testing.T) {
	s := numbered(0)
	s.do = func(_ context.Context, q insight.Query) (insight.Result, error) {
		r := insight.Result{Filters: append(slices.Clone(q.Filters), insight.Filter{Field: "always", Op: insight.OpIs, Values: []string{"on"}, Words: "x"})}
		for _, f := range q.Filters {
			r.Notes = append(r.Notes, f.Words)
		}
		return r, nil
	}
	plan := func(words string) insight.Filter {
		return insight.Filter{Field: "plan", Op: insight.OpIs, Values: []string{"a", "b"}, Words: words}
	}
	country := insight.Filter{Field: "country", Op: insight.OpIsNot, Values: []string{"DE"}, Words: "not germny"}
	always := insight.Filter{Field: "always", Op: insight.OpIs, Values: []string{"on"}}
	bubble(t, keeping, s, func(t *testing.T, c *Catalogue) {
		for _, asked := range [][]insight.Filter{{plan("my secret words"), country}, {country, plan("pro")}} {
			r, err := c.Run(t.Context(), revenue(), insight.Query{Filters: asked})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(append(slices.Clone(asked), always), r.Filters); diff != "" || strings.Join(r.Notes, "") != "" {
				t.Error(r.Notes, diff)
			}
		}
		if n := s.runs.Load(); n != 1 {
			t.Errorf("%d runs", n)
		}
	})
}

func TestResults_TakeNoMoreThanTheyMay(t *testing.T) {
	s := numbered(0)
	text := 1000
	s.do = func(context.Context, insight.Query) (insight.Result, error) {
		return insight.Result{Notes: []string{strings.Repeat("x", text)}}, nil
	}
	ask := func(t *testing.T, c *Catalogue, name string) (cached bool) {
		t.Helper()
		r, err := c.Run(t.Context(), revenue(), insight.Query{Breakdowns: []string{name}})
		if err != nil {
			t.Fatal(err)
		}
		return r.Cached
	}
	bubble(t, Results{MaxBytes: 10_000}, s, func(t *testing.T, c *Catalogue) {
		ask(t, c, "kept in use")
		for i := range 50 {
			ask(t, c, fmt.Sprint(i))
			if st := c.ResultStats(); st.Bytes > 10_000 || st.Bytes <= 0 {
				t.Fatalf("%+v", st)
			}
			if !ask(t, c, "kept in use") {
				t.Fatal("what is used most went first")
			}
		}
		if n := c.ResultStats().Kept; n < 4 || n > 10 {
			t.Errorf("%d are kept", n)
		}
		text = 20_000
		ask(t, c, "huge")
		if ask(t, c, "huge") || !ask(t, c, "kept in use") {
			t.Error("a result that is too large took the place of others")
		}
		c.Close()
		if st := c.ResultStats(); st.Kept != 0 || st.Bytes != 0 {
			t.Errorf("after Close: %+v", st)
		}
	})
	text = 1
	bubble(t, Results{MaxBytes: 1 << 20, MaxCount: 3}, s, func(t *testing.T, c *Catalogue) {
		for i := range 10 {
			ask(t, c, fmt.Sprint(i))
		}
		if n := c.ResultStats().Kept; n != 3 {
			t.Errorf("%d are kept", n)
		}
	})
}

func TestResults_WhatIsTooOldDoesNotStayInMemory(t *testing.T) {
	bubble(t, keeping, numbered(0), func(t *testing.T, c *Catalogue) {
		check(t, c, insight.Query{}, 1, 0)
		time.Sleep(59 * time.Minute)
		if n := c.ResultStats().Kept; n != 1 {
			t.Errorf("%d are kept", n)
		}
		time.Sleep(2 * time.Minute)
		if st := c.ResultStats(); st.Kept != 0 || st.Bytes != 0 {
			t.Errorf("%+v", st)
		}
		check(t, c, insight.Query{}, 2, 0) // and is looked after again
		time.Sleep(2 * time.Hour)
		if n := c.ResultStats().Kept; n != 0 {
			t.Errorf("%d are kept", n)
		}
	})
}

func TestCatalogue_CloseEndsWhatNobodyWaitsFor(t *testing.T) {
	s := numbered(0)
	ended := false
	works := s.do
	bubble(t, keeping, s, func(t *testing.T, c *Catalogue) {
		check(t, c, insight.Query{}, 1, 0)
		time.Sleep(30 * time.Minute)
		s.do = func(ctx context.Context, _ insight.Query) (insight.Result, error) {
			<-ctx.Done()
			time.Sleep(time.Second) // the database takes a while to stop
			ended = true
			return insight.Result{}, ctx.Err()
		}
		check(t, c, insight.Query{}, 1, 30*time.Minute)
		synctest.Wait()
		c.Close()
		if !ended {
			t.Error("Close did not wait")
		}
		c.Close()
		s.do = works
		for run := 3; run < 5; run++ { // what is asked after all is run
			check(t, c, insight.Query{}, run, 0)
		}
	})
}

func TestSizeOf_IsAboutWhatIsTaken(t *testing.T) {
	for name, make := range map[string]func() insight.Result{
		"series": func() insight.Result {
			names, numbers := make([]string, 20), make([][]float64, 20)
			for i := range names {
				names[i], numbers[i] = fmt.Sprint("group ", i), make([]float64, 400)
			}
			return tally(names, numbers)
		},
		"table": func() insight.Result {
			var r insight.Result
			for i := range 5000 {
				row := make([]insight.Cell, 8)
				for n := range row {
					row[n] = insight.Cell{Text: fmt.Sprint("some text ", i, n), Number: float64(i)}
				}
				r.Table.Rows = append(r.Table.Rows, row)
			}
			return r
		},
		"others": func() insight.Result {
			var r insight.Result
			for i := range 300 {
				r.Funnels = append(r.Funnels, insight.Funnel{Key: fmt.Sprint(i), Steps: make([]insight.Step, 8)})
				r.Bins = append(r.Bins, insight.Histogram{Bins: make([]insight.Bin, 40)})
				r.Boxes = append(r.Boxes, insight.BoxSeries{Boxes: make([]insight.Box, 20)})
				rows := make([]insight.Cohort, 10)
				for i := range rows {
					rows[i].Counts = make([]float64, 10)
				}
				r.Cohorts = append(r.Cohorts, insight.Cohorts{Rows: rows})
				r.Paths = append(r.Paths, insight.Path{Source: fmt.Sprint("page ", i), Target: "x"})
				r.BrokenDownBy = append(r.BrokenDownBy, insight.Dimension{Name: "n", Values: make([]insight.Value, 9)})
				r.Filters = append(r.Filters, insight.Filter{Values: make([]string, 9)})
			}
			return r
		},
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		r := make()
		runtime.GC()
		runtime.ReadMemStats(&after)
		taken := float64(after.HeapAlloc) - float64(before.HeapAlloc)
		if ratio := float64(sizeOf(r)) / taken; math.IsNaN(ratio) || ratio < 0.6 || ratio > 1.3 {
			t.Errorf("%s: %d is %.2f of the %.0f bytes that it takes", name, sizeOf(r), ratio, taken)
		}
		runtime.KeepAlive(r)
	}
}

func BenchmarkCatalogue_Run(b *testing.B) {
	in := counted(insight.ChartLine)
	in.ID, in.Source = "shop/revenue", "shop"
	r := tally([]string{"a", "b", "c"}, [][]float64{make([]float64, 90), make([]float64, 90), make([]float64, 90)})
	s := &scripted{fake: fake{name: "shop", ins: []insight.Insight{in}}}
	s.do = func(context.Context, insight.Query) (insight.Result, error) { return r, nil }
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	q := insight.Query{
		Window: insight.Window{From: from, To: from.AddDate(0, 3, 0)}, Grain: insight.GrainDay, Breakdowns: []string{"country"},
		Filters:    []insight.Filter{{Field: "plan", Op: insight.OpIs, Values: []string{"pro", "team"}, Words: "paying"}},
		Attributes: map[string][]string{"region": {"eu", "us"}}, Masks: []string{"email"},
	}
	for name, results := range map[string]Results{"hit": keeping, "uncached": {}} {
		b.Run(name, func(b *testing.B) {
			c, err := New(Config{Sources: []insight.Source{s}, Results: results, Log: slog.New(slog.DiscardHandler), Now: time.Now})
			if err != nil || c.Sync(b.Context()) != nil {
				b.Fatal(err)
			}
			defer c.Close()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Run(b.Context(), in, q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
