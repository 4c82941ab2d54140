package render

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
)

func TestNewScale(t *testing.T) {
	number := insight.Format{Kind: insight.FormatNumber, Decimals: -1}
	percent := insight.Format{Kind: insight.FormatPercent, Decimals: 1}
	seconds := insight.Format{Kind: insight.FormatDuration}
	for _, c := range []struct {
		name   string
		format insight.Format
		values []float64
		zero   bool
		want   []float64
	}{
		{"from zero", number, []float64{3, 14800}, true, []float64{0, 5000, 10000, 15000}},
		{"a little above a tick", number, []float64{16900}, true, []float64{0, 5000, 10000, 15000}},
		{"small counts have no halves", number, []float64{0, 1}, true, []float64{0, 1, 2}},
		{"fractions do", number, []float64{0, 1.1}, true, []float64{0, 0.5, 1}},
		{"all zero", number, []float64{0, 0}, true, []float64{0, 1, 2}},
		{"no values", number, []float64{math.NaN()}, true, []float64{0, 1, 2}},
		{"negative", number, []float64{-42, 207}, true, []float64{0, 100, 200}},
		{"only negative", number, []float64{-42, -7}, true, []float64{-40, -20, 0}},
		{"cut axis", number, []float64{1010, 1040}, false, []float64{1010, 1020, 1030, 1040}},
		{"one value on a cut axis", number, []float64{50}, false, []float64{45, 50, 55}},
		{"percent", percent, []float64{0.12}, true, []float64{0, 0.05, 0.1}},
		{"minutes", seconds, []float64{410}, true, []float64{0, 120, 240, 360}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScale(c.format, c.values, c.zero)
			if diff := cmp.Diff(c.want, s.ticks); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzNewScale(f *testing.F) {
	for _, v := range []float64{0, 1, -1, 1e308, 1e-308, 38650, math.MaxFloat64, 5e-324} {
		f.Add(v, -v/3, true)
		f.Add(v, v+1, false)
	}
	f.Add(99.0, 98.99999999999999, false)
	f.Fuzz(func(t *testing.T, a, b float64, zero bool) {
		for _, kind := range []insight.FormatKind{insight.FormatNumber, insight.FormatPercent, insight.FormatDuration} {
			s := newScale(insight.Format{Kind: kind}, []float64{a, b}, zero)
			s.from, s.to = 100, 0
			if n := len(s.ticks); n < 3 || n > 6 || !finite(s.ticks...) {
				t.Fatalf("ticks for %v and %v: %v", a, b, s.ticks)
			}
			for i := 1; i < len(s.ticks); i++ {
				if s.ticks[i] <= s.ticks[i-1] {
					t.Fatalf("ticks for %v and %v: %v", a, b, s.ticks)
				}
			}
			for _, v := range []float64{a, b} {
				if y := s.at(v); finite(v) && (!finite(y) || y < -1e-6 || y > 100+1e-6) {
					t.Fatalf("%v of %v, %v stands at %v", v, a, b, y)
				}
			}
		}
	})
}

func TestLabelStep(t *testing.T) {
	for _, c := range []struct {
		n    int
		slot float64
		g    insight.Grain
		want int
	}{
		{30, 12, insight.GrainDay, 7},
		{7, 50, insight.GrainDay, 2},
		{5, 80, insight.GrainDay, 1},
		{1, 400, insight.GrainDay, 1},
		{12, 30, insight.GrainMonth, 3},
		{24, 15, insight.GrainHour, 6},
		{365, 1, insight.GrainDay, 77},
		{8, 50, insight.GrainWeek, 2},
	} {
		if got := labelStep(c.n, maxSlotLabels, c.slot, 40, c.g); got != c.want {
			t.Errorf("%d %ss: got %d, want %d", c.n, c.g, got, c.want)
		}
	}
}
