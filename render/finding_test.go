package render_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"insightbot/insight"
	"insightbot/render"
	"insightbot/text"
)

func TestFinding(t *testing.T) {
	for _, s := range stories(t) {
		t.Run(s.name, func(t *testing.T) {
			if got := render.Finding(s.in, s.r); got != s.finding {
				t.Errorf("\n got %s\nwant %s", got, s.finding)
			}
		})
	}
}

func TestFinding_LeadsWithTheLastWholeBucket(t *testing.T) {
	l := zone(t, "Europe/Berlin")
	in := signups(l)
	// The window begins on a Wednesday and ends on a Tuesday: its first and
	// its last week are cut, and no change may be told against either.
	r := insight.Result{
		Shape: insight.ShapeTrend, Grain: insight.GrainWeek, Window: days(l, 2026, 11, 4, 2026, 11, 25),
		Series: []insight.Series{daily(insight.GrainWeek, time.Date(2026, 11, 2, 0, 0, 0, 0, l), nan, 300, 1184, 1234, 90)},
	}
	if got, want := render.Finding(in, r), "1,234 sign-ups in 16–22 Nov 2026, up 4.2% from 1,184 in 9–15 Nov."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	r.Series[0].Points = r.Series[0].Points[:2]
	if got, want := render.Finding(in, r), "1,184 sign-ups in 9–15 Nov 2026."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFinding_DoesNotAddUpWhatDoesNot(t *testing.T) {
	l := zone(t, "UTC")
	week := days(l, 2026, 11, 16, 2026, 11, 23)
	groups := []insight.Series{total("DE", "Germany", 300), total("FR", "France", 100)}
	base := insight.Result{Shape: insight.ShapeTrend, Window: week, BrokenDownBy: []insight.Dimension{country()}, Series: groups}
	adds := func(in insight.Insight, r insight.Result) bool { return strings.Contains(render.Finding(in, r), "400") }
	in := signups(l)
	if !adds(in, base) {
		t.Errorf("sign-ups add up: %s", render.Finding(in, base))
	}
	more := base
	more.More = true
	if adds(in, more) {
		t.Error("a list that was cut is not the whole")
	}
	for _, title := range []string{"Average order value", "Sign-ups per day", "Unique visitors", "Active users", "Win rate"} {
		if other := titled(in, title, in.Format); adds(other, base) {
			t.Errorf("%s added up: %s", title, render.Finding(other, base))
		}
	}
	pie := titled(in, "Active users", in.Format)
	pie.Chart = insight.ChartPie
	if !adds(pie, base) {
		t.Error("a pie shows parts of a whole")
	}
	fractions := base
	fractions.Series = []insight.Series{total("DE", "Germany", 300.5), total("FR", "France", 99.5)}
	if adds(in, fractions) {
		t.Error("counts are whole, fractions are averages")
	}
	negative := base
	negative.Series = []insight.Series{total("DE", "Germany", 500), total("FR", "France", -100)}
	if adds(in, negative) {
		t.Error("parts are not negative")
	}
}

func TestFinding_OtherIsNotAMover(t *testing.T) {
	l := zone(t, "UTC")
	r := insight.Result{
		Shape: insight.ShapeTrend, Window: days(l, 2026, 11, 16, 2026, 11, 23), Previous: days(l, 2026, 11, 9, 2026, 11, 16),
		BrokenDownBy: []insight.Dimension{country()},
		Series: []insight.Series{
			total("DE", "Germany", 110), total("x", "Other", 900), prev(total("DE", "Germany", 100)), prev(total("x", "Other", 100)), prev(total("SE", "Sweden", 50)),
		},
	}
	want := "1,010 sign-ups in 16–22 Nov 2026, up 304.0% from 250 in 9–15 Nov; largest rise: Germany (+10 to 110)."
	if got := render.Finding(signups(l), r); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestFinding_NumberStandsInTheAltTextAndOnTheCard(t *testing.T) {
	for _, s := range stories(t) {
		finding := render.Finding(s.in, s.r)
		if alt := render.Alt(s.in, s.r, s.drawn, s.in.Title); !strings.HasPrefix(alt, finding) {
			t.Errorf("%s: the alt text does not begin with the finding:\n%s\n%s", s.name, alt, finding)
		}
		if s.drawn != insight.ChartNumber || len(s.r.Series) == 0 || math.IsNaN(s.r.Series[0].Total) {
			continue
		}
		if card := render.Short(s.in.Format, s.r.Series[0].Total); !strings.Contains(finding, card) {
			t.Errorf("%s: the card says %s, the finding %s", s.name, card, finding)
		}
	}
}

func TestFinding_EmptyResultsSayNoData(t *testing.T) {
	in := signups(zone(t, "UTC"))
	nothing := []insight.Result{
		{},
		{Shape: insight.ShapeTrend, Series: []insight.Series{total("", "", nan)}},
		{Shape: insight.ShapeTrend, Series: []insight.Series{prev(total("", "", 3))}},
		{Shape: insight.ShapeTrend, BrokenDownBy: []insight.Dimension{country()}, Series: []insight.Series{total("a", "A", nan), total("b", "B", nan)}},
		{Shape: insight.ShapeTrend, Series: []insight.Series{total("a", "A", nan), total("b", "B", nan)}},
		{Shape: insight.ShapeFunnel, Funnels: []insight.Funnel{{Steps: []insight.Step{{Name: "Visit", Count: nan}}}}},
		{Shape: insight.ShapeFunnel, Funnels: []insight.Funnel{{}}},
		{Shape: insight.ShapeRetention, Cohorts: []insight.Cohorts{{Rows: []insight.Cohort{{}}}}},
		{Shape: insight.ShapeLifecycle, Series: []insight.Series{{Status: insight.StatusNew, Total: nan}}},
		{Shape: insight.ShapeStickiness, Series: []insight.Series{{Points: []insight.Point{{X: 1, Value: nan}}}}},
		{Shape: insight.ShapePaths, Paths: []insight.Path{{Count: nan}}},
		{Shape: insight.ShapeHistogram, Bins: []insight.Histogram{{Average: nan, Bins: []insight.Bin{{Count: nan}}}}},
		{Shape: insight.ShapeBox, Boxes: []insight.BoxSeries{{Boxes: []insight.Box{{Median: nan}}}}},
		{Shape: insight.ShapeTable, Table: insight.Table{Columns: []insight.Column{{Name: "a"}}}},
	}
	for _, r := range nothing {
		if got, want := render.Finding(in, r), "No data for “Sign-ups” now."; got != want {
			t.Errorf("%s: got %q, want %q", r.Shape, got, want)
		}
	}
}

// randomResult makes a result of any shape with odd numbers and names.
func randomResult(rnd *rand.Rand, l *time.Location, odd string) (insight.Insight, insight.Result) {
	numbers := []float64{0, 1, -1, 3, 9, 10, 861, 1234, 38650, 999950, 1e15, 1e308, -1e308, 0.5, 0.00001, nan, math.Inf(1), math.Inf(-1)}
	pick := func() float64 { return numbers[rnd.IntN(len(numbers))] }
	names := []string{"", "Germany", "Other", "=cmd", "👨‍👩‍👧 family", strings.Repeat("very long label ", 30), "\u202eevil\n", "東京都", odd}
	name := func() string { return names[rnd.IntN(len(names))] }
	from := time.Date(2020+rnd.IntN(7), time.Month(1+rnd.IntN(12)), 1+rnd.IntN(28), 0, 0, 0, 0, l)
	r := insight.Result{Grain: insight.Grains()[rnd.IntN(6)], AsOf: from.Add(50 * time.Hour)}
	if rnd.IntN(8) > 0 {
		r.Window = insight.Window{From: from, To: from.AddDate(0, 0, 1+rnd.IntN(400))}
	}
	if rnd.IntN(2) > 0 {
		r.Previous = insight.Window{From: from.AddDate(0, -1, 0), To: from}
	}
	if rnd.IntN(3) == 0 {
		r.Incomplete = from.AddDate(0, 0, rnd.IntN(5))
	}
	r.More, r.Estimated = rnd.IntN(4) == 0, rnd.IntN(4) == 0
	if rnd.IntN(2) == 0 {
		r.BrokenDownBy = []insight.Dimension{country()}
	}
	if rnd.IntN(3) == 0 {
		r.Filters = []insight.Filter{{Field: "country", Op: insight.OpIsNot, Values: []string{"DE", odd, name(), name()}}, {Field: odd, Op: insight.OpIs, Values: []string{name()}}}
	}
	shapes := []insight.Shape{
		insight.ShapeTrend, insight.ShapeFunnel, insight.ShapeRetention, insight.ShapeStickiness, insight.ShapeLifecycle,
		insight.ShapePaths, insight.ShapeHistogram, insight.ShapeBox, insight.ShapeTable, "",
	}
	r.Shape = shapes[rnd.IntN(len(shapes))]
	points := func() []insight.Point {
		var list []insight.Point
		at := from
		for i := range rnd.IntN(9) {
			list = append(list, insight.Point{At: at, X: i, Value: pick()})
			at = r.Grain.Next(at)
		}
		return list
	}
	statuses := []insight.Status{"", insight.StatusNew, insight.StatusReturning, insight.StatusResurrecting, insight.StatusDormant}
	for i := range rnd.IntN(9) {
		label := name()
		r.Series = append(r.Series, insight.Series{
			Key: fmt.Sprint(i / 2), Label: label, Values: []string{label}, Previous: rnd.IntN(3) == 0,
			Status: statuses[rnd.IntN(5)], Points: points(), Total: pick(),
		})
		r.Paths = append(r.Paths, insight.Path{Source: name(), Target: name(), Count: pick(), Step: i, AverageAfter: time.Duration(pick())})
		f := insight.Funnel{Key: fmt.Sprint(i / 2), Label: name(), Previous: rnd.IntN(3) == 0}
		c := insight.Cohorts{Key: fmt.Sprint(i), Label: name()}
		h := insight.Histogram{Previous: rnd.IntN(2) == 0, Average: pick()}
		b := insight.BoxSeries{Key: fmt.Sprint(i), Label: name()}
		var row []insight.Cell
		for k := range rnd.IntN(5) {
			f.Steps = append(f.Steps, insight.Step{Name: name(), Count: pick(), Average: time.Duration(k), Median: -1})
			c.Rows = append(c.Rows, insight.Cohort{At: from, Counts: []float64{pick(), pick(), pick()}[:rnd.IntN(4)], Incomplete: k%2 == 0})
			h.Bins = append(h.Bins, insight.Bin{From: float64(k), Count: pick()})
			b.Boxes = append(b.Boxes, insight.Box{At: from, Min: pick(), P25: pick(), Median: pick(), P75: pick(), Max: pick(), Mean: pick()})
			row = append(row, insight.Cell{Text: name(), Number: pick(), IsNumber: rnd.IntN(2) == 0, Null: rnd.IntN(4) == 0})
			r.Table.Columns = append(r.Table.Columns, insight.Column{Name: name()})
		}
		r.Funnels, r.Cohorts, r.Bins, r.Boxes = append(r.Funnels, f), append(r.Cohorts, c), append(r.Bins, h), append(r.Boxes, b)
		r.Table.Rows = append(r.Table.Rows, row)
	}
	if rnd.IntN(3) == 0 {
		r.Funnels = nil
	}
	kinds := []insight.FormatKind{insight.FormatNumber, insight.FormatPercent, insight.FormatCurrency, insight.FormatDuration, insight.FormatBytes, ""}
	in := signups(l)
	in.Title = name()
	in.Chart = insight.Charts()[rnd.IntN(len(insight.Charts()))]
	in.Format = insight.Format{Kind: kinds[rnd.IntN(6)], Unit: name(), Currency: "EUR", Decimals: rnd.IntN(4) - 1}
	return in, r
}

// checkWords checks what must hold for the words of any result.
func checkWords(t *testing.T, in insight.Insight, r insight.Result, drawn insight.Chart) {
	t.Helper()
	finding, alt := render.Finding(in, r), render.Alt(in, r, drawn, in.Title)
	if n := text.Graphemes(finding); n > 200 || n == 0 {
		t.Errorf("finding of %d characters: %s", n, finding)
	}
	if n := text.UTF16(alt); n > 1024 || !strings.HasPrefix(alt, text.Clean(finding)) {
		t.Errorf("alt text of %d units, or without the finding: %s", n, alt)
	}
	for _, s := range []string{finding, alt} {
		if !utf8.ValidString(s) || strings.Contains(s, "NaN") || strings.Contains(s, "Inf") || strings.Contains(s, "null") {
			t.Errorf("%q", s)
		}
		for _, c := range s {
			if unicode.IsControl(c) || c >= 0x202A && c <= 0x202E {
				t.Errorf("%q holds %U", s, c)
			}
		}
	}
	if again := render.Finding(in, r); again != finding {
		t.Errorf("not the same twice: %q, %q", finding, again)
	}
}

func TestWords_HoldForAnyResult(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	l := zone(t, "Europe/Berlin")
	for range 1500 {
		in, r := randomResult(rnd, l, "odd")
		checkWords(t, in, r, in.Chart)
		checkGrid(t, in, r)
		checkCSV(t, in, r)
	}
}

func FuzzWords(f *testing.F) {
	f.Add("Germany", uint64(1))
	f.Add("\u202e=1+1\x00", uint64(7))
	f.Add(strings.Repeat("👨‍👩‍👧", 300), uint64(3))
	f.Add("a"+strings.Repeat("\u0301", 500), uint64(4))
	l, err := time.LoadLocation("America/Santiago")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, odd string, seed uint64) {
		if strings.Contains(odd, "NaN") || strings.Contains(odd, "Inf") || strings.Contains(odd, "null") {
			t.Skip("the words that are looked for stand in the name itself")
		}
		in, r := randomResult(rand.New(rand.NewPCG(seed, 9)), l, odd)
		checkWords(t, in, r, in.Chart)
		checkGrid(t, in, r)
		checkCSV(t, in, r)
	})
}
