package render_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"insightbot/insight"
	"insightbot/render"
)

func TestChange_UnchangedOnlyFromWhatIsPrintedAlike(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	formats := []insight.Format{
		number, percent, euro,
		{Kind: insight.FormatDuration},
		{Kind: insight.FormatBytes},
		{Kind: insight.FormatNumber, Unit: "points", Decimals: -1},
		{Kind: insight.FormatPercent, Decimals: 0},
	}
	about := 0
	for range 50_000 {
		f := formats[rnd.IntN(len(formats))]
		before := math.Pow(10, rnd.Float64()*9-4)
		now := before * (1 + (rnd.Float64()-0.5)/500)
		if f.Kind == insight.FormatPercent {
			before = rnd.Float64()
			now = before + (rnd.Float64()-0.5)/500
		}
		d := render.Change(f, now, before)
		alike := render.Short(f, now) == d.Base
		if base, ok := strings.CutPrefix(d.Words, "unchanged from "); ok && (!alike || base != d.Base) {
			t.Fatalf("%v: %v printed as %s is said to be %q", f, now, render.Short(f, now), d.Words)
		}
		if strings.HasPrefix(d.Words, "about the same as ") {
			about++
			if alike {
				t.Fatalf("%v: %v and %v are printed alike and said to be %q", f, now, before, d.Words)
			}
		}
	}
	if about == 0 {
		t.Error("no small change across a border of rounding was tried")
	}
}

func TestChange_ScoresChangeInPoints(t *testing.T) {
	score := insight.Format{Kind: insight.FormatNumber, Unit: "points", Decimals: -1}
	for _, c := range []struct {
		now, before  float64
		words, short string
	}{
		{19, 31, "down 12 points from 31", "−12 pts"},
		{-4, 3.5, "down 7.5 points from 3.5", "−7.5 pts"},
		{1, 0, "up 1 point from 0", "+1 pts"},
		{31, 31, "unchanged from 31", "±0 pts"},
	} {
		if d := render.Change(score, c.now, c.before); d.Words != c.words || d.Short != c.short {
			t.Errorf("from %v to %v: %q, %q", c.before, c.now, d.Words, d.Short)
		}
	}
	score.Decimals = 0
	if d := render.Change(score, 6.4, 24.8); d.Words != "down 18 points from 25" {
		t.Errorf("whole scores: %q", d.Words)
	}
}

func TestFinding_SaysHowAndOfWhat(t *testing.T) {
	l := zone(t, "Europe/Berlin")
	in := signups(l)
	wau := titled(in, "Weekly active users", insight.Format{Kind: insight.FormatNumber, Unit: "users", Decimals: -1})
	wau.Total, wau.Default.Grain = insight.TotalAverage, insight.GrainWeek
	november := insight.Result{
		Shape: insight.ShapeTrend, Window: days(l, 2026, 11, 1, 2026, 11, 26), Series: []insight.Series{total("", "", 910)},
		Incomplete: time.Date(2026, 11, 23, 0, 0, 0, 0, l), AsOf: time.Date(2026, 11, 25, 9, 0, 0, 0, l),
	}
	october := november
	october.Previous = days(l, 2026, 10, 1, 2026, 11, 1)
	october.Series = append(october.Series, prev(total("", "", 1010)))
	latency := titled(in, "Response time", insight.Format{Kind: insight.FormatNumber, Unit: "ms", Decimals: -1})
	latency.Total = insight.TotalAverage
	services := insight.Result{
		Shape: insight.ShapeTrend, Window: days(l, 2026, 11, 16, 2026, 11, 23), BrokenDownBy: []insight.Dimension{country()},
		Series: []insight.Series{total("a", "Sync", 632), total("b", "API", 278)},
	}
	today := insight.Result{
		Shape: insight.ShapeTrend, Window: days(l, 2026, 11, 25, 2026, 11, 26), Series: []insight.Series{total("", "", 102), prev(total("", "", 103))},
		Previous:   insight.Window{From: time.Date(2026, 11, 24, 0, 0, 0, 0, l), To: time.Date(2026, 11, 24, 11, 0, 0, 0, l)},
		Incomplete: time.Date(2026, 11, 25, 0, 0, 0, 0, l), AsOf: time.Date(2026, 11, 25, 10, 10, 0, 0, l),
	}
	same := today
	same.AsOf = time.Date(2026, 11, 25, 10, 58, 0, 0, l)
	spread := insight.Result{Shape: insight.ShapeHistogram, Window: services.Window, Bins: []insight.Histogram{{
		Average: 15.2, Bins: []insight.Bin{{From: 14, Count: 2}, {From: 15, Count: 8}, {From: 16, Count: 1}},
	}}}
	for _, c := range []struct {
		in   insight.Insight
		r    insight.Result
		want string
	}{
		{wau, november, "Weekly active users: 910 on average a week so far in 1–25 Nov 2026."},
		{wau, october, "Weekly active users: 910 on average a week so far in 1–25 Nov 2026; 1,010 in October."},
		{latency, services, "Response time in 16–22 Nov 2026: highest Sync (632 ms); lowest API (278 ms)."},
		{in, today, "102 sign-ups so far on Wed 25 Nov 2026; 103 on Tue 24 Nov until 11:00."},
		{in, same, "102 sign-ups so far on Wed 25 Nov 2026, down 1.0% from 103 on Tue 24 Nov until 11:00."},
		{latency, spread, "Response time in 16–22 Nov 2026: average 15.2 ms over 11; most often 15 to 16 ms (72.7%)."},
	} {
		if got := render.Finding(c.in, c.r); got != c.want {
			t.Errorf("\n got %s\nwant %s", got, c.want)
		}
	}
}
