package render_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"insightbot/insight"
	"insightbot/render"
	"insightbot/text"
)

func TestAlt_TellsWhatThePictureShows(t *testing.T) {
	l := zone(t, "Europe/Berlin")
	week := days(l, 2026, 11, 16, 2026, 11, 23)
	in := signups(l)
	in.FromZero = false
	r := insight.Result{
		Shape: insight.ShapeTrend, Grain: insight.GrainDay, Window: week, Incomplete: time.Date(2026, 11, 22, 0, 0, 0, 0, l),
		AsOf: time.Date(2026, 11, 22, 9, 5, 0, 0, time.UTC), BrokenDownBy: []insight.Dimension{country()}, Estimated: true, More: true,
		Series: []insight.Series{
			named("DE", "Germany", daily(insight.GrainDay, week.From, 20, 2, 3, 4, 5, 6, 0, 0)),
			named("FR", "France", daily(insight.GrainDay, week.From, 28, 4, 4, 4, 4, 4, 4, 4)),
		},
	}
	want := "Sign-ups so far in 16–22 Nov 2026 (estimated): highest France (28); lowest Germany (20). " +
		"Line chart “Sign-ups by country”, 16–22 Nov 2026, by day, Europe/Berlin. " +
		"France 28; Germany 20. The value axis need not start at zero. Incomplete from Sun 22 Nov 2026. " +
		"There is more data than is shown. Values are estimated. Data as of 22 Nov 2026, 10:05."
	if got := render.Alt(in, r, insight.ChartLine, "Sign-ups by country"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestAlt_SaysHowManyMore(t *testing.T) {
	l := zone(t, "UTC")
	in := signups(l)
	r := insight.Result{Shape: insight.ShapeTrend, Window: days(l, 2026, 11, 16, 2026, 11, 23), BrokenDownBy: []insight.Dimension{country()}}
	for i := range 25 {
		r.Series = append(r.Series, total(fmt.Sprint(i), "Country "+fmt.Sprint(i), float64(100-i)))
	}
	alt := render.Alt(in, r, insight.ChartHorizontalBar, "")
	if !strings.Contains(alt, "Country 0 100 (4.5%); Country 1 99 (4.5%);") || !strings.HasSuffix(alt, "; and 19 more.") {
		t.Errorf("%s", alt)
	}
	// Names that fill the text leave room for fewer of them.
	for i := range r.Series {
		r.Series[i].Label = strings.Repeat("東京", 120) + fmt.Sprint(i)
	}
	alt = render.Alt(in, r, insight.ChartHorizontalBar, "")
	if n := text.UTF16(alt); n > 1024 || !strings.HasSuffix(alt, " more.") {
		t.Errorf("%d units: %s", n, alt)
	}
}

func TestAlt_WritesCutLabelsInFull(t *testing.T) {
	l := zone(t, "UTC")
	r := insight.Result{
		Shape: insight.ShapeTrend, Window: days(l, 2026, 11, 16, 2026, 11, 23), BrokenDownBy: []insight.Dimension{country()},
		Series: []insight.Series{total("a", "The United Kingdom of Great Britain and Northern Ireland", 3), total("b", "Italy", 2)},
	}
	alt := render.Alt(signups(l), r, insight.ChartHorizontalBar, "")
	if !strings.Contains(alt, "The United Kingdom of Great Britain and Northern Ireland 3 (60.0%); Italy 2") {
		t.Errorf("%s", alt)
	}
}

func TestAlt_NamesEveryKind(t *testing.T) {
	l := zone(t, "UTC")
	r := insight.Result{Shape: insight.ShapeTrend, Window: days(l, 2026, 11, 16, 2026, 11, 23), Series: []insight.Series{total("", "", 3)}}
	seen := map[string]insight.Chart{}
	for _, c := range insight.Charts() {
		alt := strings.TrimPrefix(render.Alt(signups(l), r, c, ""), render.Finding(signups(l), r)+" ")
		kind, _, _ := strings.Cut(alt, " “")
		if other, taken := seen[kind]; taken {
			t.Errorf("%s and %s are both called %q", c, other, kind)
		}
		seen[kind] = c
	}
}

func TestPathName_HidesWhatMayBePrivate(t *testing.T) {
	for in, want := range map[string]string{
		"1_https://example.com/pricing?email=a@b.c": "/pricing",
		"2_https://example.com":                     "/",
		"3_/orders/42#card":                         "/orders/42",
		"/a b?x=1":                                  "/a b",
		"https://exa mple.com/%zz?token=1":          "https://exa mple.com/%zz",
		"signed_up":                                 "signed_up",
		"12":                                        "12",
		"/products/shoes/running/men/blue/size-44/reviews/latest": "/products/shoes/runn…e-44/reviews/latest",
	} {
		if got := render.PathName(in); got != want {
			t.Errorf("PathName(%q) = %q, want %q", in, got, want)
		}
	}
}
