package render_test

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
	"insightbot/render"
)

var (
	number  = insight.Format{Kind: insight.FormatNumber, Decimals: -1}
	percent = insight.Format{Kind: insight.FormatPercent, Decimals: 1}
	euro    = insight.Format{Kind: insight.FormatCurrency, Currency: "EUR", Decimals: -1}
	seconds = insight.Format{Kind: insight.FormatDuration, Decimals: -1}
	bytes   = insight.Format{Kind: insight.FormatBytes, Decimals: -1}
)

func TestShort(t *testing.T) {
	whole := insight.Format{Kind: insight.FormatNumber}
	for _, tt := range []struct {
		f     insight.Format
		v     float64
		want  string
		exact string
	}{
		{number, 0, "0", "0"},
		{number, math.Copysign(0, -1), "0", "0"},
		{number, 861, "861", "861"},
		{number, 1234, "1,234", "1,234"},
		{number, 9999.4, "9,999", "9,999.4"},
		{number, 9999.6, "10k", "9,999.6"},
		{number, 12345, "12.3k", "12,345"},
		{number, 38650, "38.7k", "38,650"}, // binary rounding gives 38.6
		{number, -38650, "−38.7k", "−38,650"},
		{number, 99949, "99.9k", "99,949"},
		{number, 99950, "100k", "99,950"},
		{number, 999499, "999k", "999,499"},
		{number, 999500, "1M", "999,500"},
		{number, 999950, "1M", "999,950"},
		{number, 1.2e6, "1.2M", "1,200,000"},
		{number, 2.5e9, "2.5B", "2,500,000,000"},
		{number, 3e12, "3T", "3,000,000,000,000"},
		{number, 1e308, "1e308", "1e308"},
		{number, 12.345, "12.3", "12.345"},
		{number, 2.675, "2.68", "2.675"},
		{number, 0.1 + 0.2, "0.3", "0.3"},
		{number, 0.0004, "<0.001", "0.0004"},
		{number, -0.0004, ">−0.001", "−0.0004"},
		{number, math.NaN(), "–", "–"},
		{number, math.Inf(1), "∞", "∞"},
		{number, math.Inf(-1), "−∞", "−∞"},
		{whole, 2.5, "3", "3"},
		{whole, -0.4, "0", "0"},
		{percent, 0, "0.0%", "0.0%"},
		{percent, 1, "100.0%", "100.0%"},
		{percent, 0.3215, "32.2%", "32.2%"},
		{percent, 0.9994, "99.9%", "99.9%"},
		{percent, 0.9995, ">99.9%", ">99.9%"},
		{percent, 0.9999999, ">99.9%", ">99.9%"},
		{percent, 0.1 + 0.7 + 0.2, "100.0%", "100.0%"}, // the sum is 0.99999…
		{percent, 1.0004, ">100.0%", ">100.0%"},
		{percent, 1.25, "125.0%", "125.0%"},
		{percent, 0.0005, "0.1%", "0.1%"},
		{percent, 0.0004, "<0.1%", "<0.1%"},
		{percent, -0.0004, ">−0.1%", ">−0.1%"},
		{percent, 12.345, "1,235%", "1,235%"},
		{percent, math.NaN(), "–", "–"},
		{insight.Format{Kind: insight.FormatPercent}, 0.675, "68%", "68%"},
		{insight.Format{Kind: insight.FormatPercent}, 0.999, ">99%", ">99%"},
		{insight.Format{Kind: insight.FormatPercent}, 0.004, "<1%", "<1%"},
		{insight.Format{Kind: insight.FormatPercent, Decimals: 2}, 0.12345, "12.3%", "12.35%"},
		{euro, 0, "€0", "€0.00"},
		{euro, 4.5, "€4.50", "€4.50"},
		{euro, -12.345, "−€12.35", "−€12.35"},
		{euro, 1234.5, "€1,235", "€1,234.50"},
		{euro, 38650, "€38.7k", "€38,650.00"},
		{euro, 0.001, "<€0.01", "<€0.01"},
		{insight.Format{Kind: insight.FormatCurrency, Currency: "JPY", Decimals: -1}, 12345, "¥12.3k", "¥12,345"},
		{insight.Format{Kind: insight.FormatCurrency, Currency: "CHF"}, 12345.5, "CHF 12.3k", "CHF 12,346"},
		{seconds, 0, "0 s", "0 s"},
		{seconds, 0.0001, "<1 ms", "<1 ms"},
		{seconds, 0.25, "250 ms", "250 ms"},
		{seconds, 59.96, "1 m", "1 m"},
		{seconds, 192, "3 m 12 s", "3 m 12 s"},
		{seconds, -192, "−3 m 12 s", "−3 m 12 s"},
		{seconds, 3599.6, "1 h", "1 h"},
		{seconds, 14390, "4 h", "3 h 59 m 50 s"},
		{seconds, 90061, "1 d 1 h", "1 d 1 h 1 m 1 s"},
		{bytes, 999, "999 B", "999 B"},
		{bytes, 1.2e9, "1.2 GB", "1,200,000,000 B"},
		{bytes, 999950, "1 MB", "999,950 B"},
	} {
		if got := render.Short(tt.f, tt.v); got != tt.want {
			t.Errorf("Short(%s, %v) = %q, want %q", tt.f.Kind, tt.v, got, tt.want)
		}
		if got := render.Exact(tt.f, tt.v); got != tt.exact {
			t.Errorf("Exact(%s, %v) = %q, want %q", tt.f.Kind, tt.v, got, tt.exact)
		}
	}
}

func TestShortAll_KeepsOnePrecision(t *testing.T) {
	for _, tt := range []struct {
		f    insight.Format
		vs   []float64
		want []string
	}{
		{number, []float64{3, 2.5, 10}, []string{"3.0", "2.5", "10.0"}},
		{number, []float64{3, 2, math.NaN()}, []string{"3", "2", "–"}},
		{number, []float64{14800, 9200, 3.5}, []string{"14.8k", "9,200", "3.5"}},
		{number, []float64{0, 0.001, 250.5}, []string{"0.0", "0.001", "250.5"}},
		{percent, []float64{1, 0.505}, []string{"100.0%", "50.5%"}},
		{euro, []float64{4.5, 3}, []string{"€4.50", "€3.00"}},
		{number, nil, []string{}},
	} {
		if diff := cmp.Diff(tt.want, render.ShortAll(tt.f, tt.vs)); diff != "" {
			t.Errorf("ShortAll(%v) (-want +got):\n%s", tt.vs, diff)
		}
	}
}

func TestTickLabels(t *testing.T) {
	for _, tt := range []struct {
		f    insight.Format
		vs   []float64
		want []string
	}{
		{number, []float64{0, 2500, 5000, 7500, 10000}, []string{"0", "2.5k", "5k", "7.5k", "10k"}},
		{number, []float64{0, 1000, 2000}, []string{"0", "1,000", "2,000"}},
		{number, []float64{-1, -0.5, 0, 0.5}, []string{"−1.0", "−0.5", "0.0", "0.5"}},
		{percent, []float64{0, 0.25, 0.5, 1}, []string{"0%", "25%", "50%", "100%"}},
		{percent, []float64{0, 0.005, 0.01}, []string{"0.0%", "0.5%", "1.0%"}},
		{percent, []float64{0, 0.0005, 0.001}, []string{"0.00%", "0.05%", "0.10%"}},
		{euro, []float64{0, 5000, 10000}, []string{"€0", "€5k", "€10k"}},
	} {
		if diff := cmp.Diff(tt.want, render.TickLabels(tt.f, tt.vs)); diff != "" {
			t.Errorf("TickLabels(%v) (-want +got):\n%s", tt.vs, diff)
		}
	}
}

func TestShares_AddUp(t *testing.T) {
	for _, tt := range []struct {
		vs   []float64
		want []string
	}{
		{[]float64{1, 1, 1}, []string{"33.4%", "33.3%", "33.3%"}},
		{[]float64{396, 301, 537}, []string{"32.1%", "24.4%", "43.5%"}},
		{[]float64{5, 0, 0}, []string{"100.0%", "0.0%", "0.0%"}},
		{[]float64{999999, 1}, []string{">99.9%", "<0.1%"}},
		{[]float64{3, math.NaN(), 1}, []string{"75.0%", "–", "25.0%"}},
		{[]float64{3, -1}, []string{"100.0%", "–"}},
		{[]float64{0, 0}, []string{"–", "–"}},
		{[]float64{11, 7, 46.0 / 3}, []string{"33.0%", "21.0%", "46.0%"}}, // the noise of division
		{[]float64{1e308, 1e308}, []string{"50.0%", "50.0%"}},
		{nil, []string{}},
	} {
		if diff := cmp.Diff(tt.want, render.Shares(tt.vs)); diff != "" {
			t.Errorf("Shares(%v) (-want +got):\n%s", tt.vs, diff)
		}
	}
}

// FuzzShares checks that what is printed adds up to 100.0, rounding marks
// apart.
func FuzzShares(f *testing.F) {
	f.Add(1.0, 1.0, 1.0)
	f.Add(0.001, 3e9, 17.0)
	f.Fuzz(func(t *testing.T, a, b, c float64) {
		vs := []float64{math.Abs(a), math.Abs(b), math.Abs(c)}
		tenths, any := 0, false
		for _, s := range render.Shares(vs) {
			switch s {
			case render.NoValue, "<0.1%":
				continue
			case ">99.9%":
				tenths, any = tenths+1000, true
				continue
			}
			v, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
			if err != nil {
				t.Fatalf("Shares(%v) printed %q", vs, s)
			}
			tenths, any = tenths+int(math.Round(v*10)), true
		}
		if any && tenths != 1000 {
			t.Errorf("Shares(%v) = %q adds up to %d tenths", vs, render.Shares(vs), tenths)
		}
	})
}

func FuzzShort(f *testing.F) {
	for _, v := range []float64{0, 1, -1, 38650, 999950, 0.9995, 1e308, 5e-324, math.NaN(), math.Inf(1), -0.00001} {
		f.Add(v, uint8(0), -1)
	}
	kinds := []insight.FormatKind{insight.FormatNumber, insight.FormatPercent, insight.FormatCurrency, insight.FormatDuration, insight.FormatBytes}
	f.Fuzz(func(t *testing.T, v float64, kind uint8, decimals int) {
		format := insight.Format{Kind: kinds[int(kind)%len(kinds)], Currency: "EUR", Decimals: max(-1, min(decimals, 9))}
		short, exact := render.Short(format, v), render.Exact(format, v)
		for _, s := range []string{short, exact} {
			if s == "" || !utf8.ValidString(s) || strings.ContainsAny(s, "-+") && !strings.Contains(s, "e+") {
				t.Fatalf("%v is written %q", v, s)
			}
			if strings.Contains(s, "−0 ") || s == "−0" {
				t.Fatalf("%v has the sign of a zero: %q", v, s)
			}
		}
		if math.IsNaN(v) != (short == render.NoValue) {
			t.Fatalf("%v is written %q", v, short)
		}
		if format.Kind == insight.FormatNumber {
			glyphs := utf8.RuneCountInString(strings.TrimLeft(short, "−<>"))
			if glyphs > 5 {
				t.Fatalf("%v is written %q, %d glyphs", v, short, glyphs)
			}
			if render.Short(format, -v) != strings.TrimPrefix(short, "−") && v < 0 && !strings.HasPrefix(short, ">") {
				t.Fatalf("%v is written %q, its opposite %q", v, short, render.Short(format, -v))
			}
		}
		if again := render.Short(format, v); again != short {
			t.Fatalf("twice: %q and %q", short, again)
		}
		render.Change(format, v, 12)
		render.TickLabels(format, []float64{v, 0, -v})
	})
}

func TestShort_IsHalfAwayFromZeroOnTheDecimal(t *testing.T) {
	// Every x.x5 thousand rounds up, whatever its binary form.
	for i := 100; i < 1000; i++ {
		v := float64(i)*100 + 50
		want := strconv.Itoa((i+1)/10) + "." + strconv.Itoa((i+1)%10)
		want = strings.TrimSuffix(want, ".0") + "k"
		if i == 999 {
			want = "100k"
		}
		if got := render.Short(number, v); got != want {
			t.Errorf("Short(%v) = %q, want %q", v, got, want)
		}
	}
}

func TestChange(t *testing.T) {
	for _, tt := range []struct {
		name        string
		f           insight.Format
		now, before float64
		want        render.Delta
	}{
		{"up", number, 14800, 13203, render.Delta{Words: "up 12.1% from 13.2k", Short: "+12.1%", Base: "13.2k", Up: true}},
		{"down", number, 98, 104, render.Delta{Words: "down 5.8% from 104", Short: "−5.8%", Base: "104", Down: true}},
		{"before rounding", number, 13249, 13151, render.Delta{Words: "up 0.7% from 13.2k", Short: "+0.7%", Base: "13.2k", Up: true}},
		{"same", number, 12, 12, render.Delta{Words: "unchanged from 12", Short: "±0%", Base: "12"}},
		{"below a twentieth of a percent", number, 10004, 10000, render.Delta{Words: "unchanged from 10k", Short: "±0%", Base: "10k"}},
		{"a twentieth of a percent", number, 10005, 10000, render.Delta{Words: "up 0.1% from 10k", Short: "+0.1%", Base: "10k", Up: true}},
		{"from zero", number, 5, 0, render.Delta{Words: "up from 0", Base: "0", Up: true}},
		{"to zero", number, 0, 50, render.Delta{Words: "down from 50", Short: "−100%", Base: "50", Down: true}},
		{"zero twice", number, 0, 0, render.Delta{Words: "unchanged from 0", Short: "±0%", Base: "0"}},
		{"below ten", number, 12, 9, render.Delta{Words: "up from 9", Short: "+3", Base: "9", Up: true}},
		{"ten", number, 12, 10, render.Delta{Words: "up 20.0% from 10", Short: "+20.0%", Base: "10", Up: true}},
		{"below zero", number, -5, -20, render.Delta{Words: "up from −20", Short: "+15", Base: "−20", Up: true}},
		{"through zero", number, -5, 20, render.Delta{Words: "down from 20", Short: "−25", Base: "20", Down: true}},
		{"many times", number, 500, 20, render.Delta{Words: "up 2,400% from 20", Short: "+2,400%", Base: "20", Up: true}},
		{"a hundred times", number, 2020, 20, render.Delta{Words: "up from 20", Short: "+2,000", Base: "20", Up: true}},
		{"money below ten is no count", euro, 6, 4, render.Delta{Words: "up 50.0% from €4", Short: "+50.0%", Base: "€4", Up: true}},
		{"rate", percent, 0.123, 0.111, render.Delta{Words: "up 1.2 points from 11.1%", Short: "+1.2 pts", Base: "11.1%", Up: true}},
		{"rate by one", percent, 0.10, 0.11, render.Delta{Words: "down 1 point from 11.0%", Short: "−1 pts", Base: "11.0%", Down: true}},
		{"rate unchanged", percent, 0.1112, 0.111, render.Delta{Words: "unchanged from 11.1%", Short: "±0 pts", Base: "11.1%"}},
		{"missing now", number, math.NaN(), 3, render.Delta{Base: "3"}},
		{"missing before", number, 3, math.NaN(), render.Delta{Base: "–"}},
		{"infinite", number, math.Inf(1), 3, render.Delta{Words: "up from 3", Base: "3", Up: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, render.Change(tt.f, tt.now, tt.before)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
