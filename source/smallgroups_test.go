package source

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"insightbot/insight"
	"insightbot/render"
)

// tally is a result that a test makes: numbers of groups by bucket.
func tally(names []string, numbers [][]float64) insight.Result {
	from := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	r := insight.Result{
		Shape: insight.ShapeTrend, Grain: insight.GrainDay,
		Window: insight.Window{From: from, To: from.AddDate(0, 0, len(numbers[0]))},
	}
	if len(names) > 1 {
		r.BrokenDownBy = []insight.Dimension{{Name: "country"}}
	}
	for i, name := range names {
		s := insight.Series{Key: name, Label: name}
		for k, v := range numbers[i] {
			s.Points = append(s.Points, insight.Point{At: from.AddDate(0, 0, k), Value: v})
			s.Total += v
		}
		r.Series = append(r.Series, s)
	}
	return r
}

// counted is an insight that counts people in a shape.
func counted(chart insight.Chart) insight.Insight {
	return insight.Insight{ID: "shop/x", Chart: chart, People: insight.PeopleCounted, Total: insight.TotalSum}
}

// shorten hides what is small of a result.
func shorten(t *testing.T, in insight.Insight, k int, r insight.Result) insight.Result {
	t.Helper()
	got, err := hideSmall(in, insight.Query{MinGroup: k}, r)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// lines writes series as text, hidden values as "·".
func lines(r insight.Result) string {
	var all []string
	for _, s := range r.Series {
		line := s.Key + strings.Repeat("'", map[bool]int{true: 1}[s.Previous]) + ":"
		for _, p := range append(slices.Clone(s.Points), insight.Point{Value: s.Total}) {
			if math.IsNaN(p.Value) {
				line += " ·"
			} else {
				line += fmt.Sprintf(" %g", p.Value)
			}
		}
		all = append(all, line)
	}
	return strings.Join(all, "; ")
}

func TestHideSmall_Trends(t *testing.T) {
	for name, tt := range map[string]struct {
		names   []string
		numbers [][]float64
		total   insight.Total
		want    string
		note    string
	}{
		"all large":                          {[]string{"a", "b"}, [][]float64{{7, 8}, {9, 10}}, insight.TotalSum, "a: 7 8 15; b: 9 10 19", ""},
		"zero is told":                       {[]string{"a", "b"}, [][]float64{{0, 8}, {9, 10}}, insight.TotalSum, "a: 0 8 8; b: 9 10 19", ""},
		"one small takes the next with it":   {[]string{"a", "b", "c"}, [][]float64{{3}, {9}, {50}}, insight.TotalSum, "c: 50 50", "2 groups are"},
		"two small are enough":               {[]string{"a", "b", "c"}, [][]float64{{4}, {4}, {50}}, insight.TotalSum, "c: 50 50", "2 groups are"},
		"two that are one each are not":      {[]string{"a", "b", "c", "d"}, [][]float64{{1}, {1}, {50}, {60}}, insight.TotalSum, "d: 60 60", "3 groups are"},
		"what sums up the rest is a group":   {[]string{"a", "b", insight.KeyOther}, [][]float64{{30}, {20}, {2}}, insight.TotalSum, "a: 30 30", "2 groups are"},
		"a lone point takes another with it": {[]string{""}, [][]float64{{20, 2, 30, 7}}, insight.TotalSum, ": 20 · 30 · 59", "2 values are"},
		"a small total":                      {[]string{""}, [][]float64{{1, 2, 0}}, insight.TotalSum, "", "Numbers of fewer than 5 people"},
		"the last is the total":              {[]string{"a", "b", "c"}, [][]float64{{9, 3}, {9, 9}, {9, 20}}, insight.TotalLast, "c: 9 20 29", "2 groups are"},
		"a square of four": {
			[]string{"a", "b", "c"},
			[][]float64{{20, 2, 30}, {40, 50, 60}, {9, 8, 90}},
			insight.TotalSum,
			"a: · · 30 52; b: 40 50 60 150; c: · · 90 107", "4 values are",
		},
	} {
		in := counted(insight.ChartLine)
		in.Total = tt.total
		r := tally(tt.names, tt.numbers)
		before := lines(r)
		got := shorten(t, in, 5, r)
		if lines(got) != tt.want || strings.Join(got.Notes, "") == "" != (tt.note == "") || tt.note != "" && !strings.HasPrefix(got.Notes[0], tt.note) {
			t.Errorf("%s: %s with %q, want %s", name, lines(got), got.Notes, tt.want)
		}
		if lines(r) != before {
			t.Errorf("%s: the result that was given is changed: %s", name, lines(r))
		}
	}
}

func TestHideSmall_TheEarlierWindowLikewise(t *testing.T) {
	r := tally([]string{"a", "b", "c", "d"}, [][]float64{{3}, {9}, {50}, {60}})
	for i, v := range []float64{80, 70, 2, 90} {
		s := r.Series[i]
		s.Previous, s.Total, s.Points = true, v, []insight.Point{{At: s.Points[0].At.AddDate(0, 0, -1), Value: v}}
		r.Series = append(r.Series, s)
	}
	// a and b go with the current window; c and its nothing go in the earlier.
	if got, want := lines(shorten(t, counted(insight.ChartLine), 5, r)), "c: 50 50; d: 60 60; d': 90 90"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestHideSmall_OneGroupAloneIsLikeNone(t *testing.T) {
	r := tally([]string{"a"}, [][]float64{{3, 20, 27, 30}})
	plain := lines(shorten(t, counted(insight.ChartLine), 5, r))
	r.BrokenDownBy = []insight.Dimension{{Name: "country"}}
	if got := lines(shorten(t, counted(insight.ChartLine), 5, r)); got != plain || got != "a: · · 27 30 80" {
		t.Errorf("%s, and without a breakdown %s", got, plain)
	}
}

func TestHideSmall_WhatIsNotHidden(t *testing.T) {
	r := tally([]string{"a", "b"}, [][]float64{{3}, {9}})
	for name, tt := range map[string]struct {
		people insight.People
		k      int
	}{"no people": {insight.PeopleNone, 5}, "nothing asked for": {insight.PeopleCounted, 0}, "one is nobody's neighbour": {insight.PeopleCounted, 1}} {
		in := counted(insight.ChartLine)
		in.People = tt.people
		if got := shorten(t, in, tt.k, r); lines(got) != lines(r) || len(got.Notes) > 0 {
			t.Errorf("%s: %s, %q", name, lines(got), got.Notes)
		}
	}
}

func TestHideSmall_OtherShapes(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	nan := math.NaN()
	counts := func(v ...float64) string { return fmt.Sprint(v) }

	funnel := insight.Result{Shape: insight.ShapeFunnel, BrokenDownBy: []insight.Dimension{{Name: "country"}}}
	for i, steps := range [][]float64{{90, 40, 3}, {80, 30, 20}, {4, 2, 1}, {70, 60, 50}} {
		f := insight.Funnel{Key: string(rune('a' + i))}
		for _, v := range steps {
			f.Steps = append(f.Steps, insight.Step{Count: v, Average: time.Hour, Median: time.Hour})
		}
		funnel.Funnels = append(funnel.Funnels, f)
	}
	got := shorten(t, counted(insight.ChartFunnel), 5, funnel)
	var keys string
	for _, f := range got.Funnels {
		keys += f.Key
		for _, s := range f.Steps {
			if math.IsNaN(s.Count) != (s.Average < 0) || math.IsNaN(s.Count) != (s.Median < 0) {
				t.Errorf("a hidden step still tells how long it took: %+v", s)
			}
		}
	}
	if keys != "ab" || counts(got.Funnels[0].Steps[0].Count, got.Funnels[0].Steps[2].Count) != counts(90, nan) {
		t.Errorf("funnels %s: %+v", keys, got.Funnels)
	}

	cohorts := insight.Result{Shape: insight.ShapeRetention, Cohorts: []insight.Cohorts{{Rows: []insight.Cohort{
		{At: day(1), Counts: []float64{40, 12, 3, 0}}, {At: day(8), Counts: []float64{4, 2}},
	}}}}
	got = shorten(t, counted(insight.ChartRetention), 5, cohorts)
	if c := got.Cohorts[0].Rows; counts(c[0].Counts...) != counts(40, 12, nan, 0) || counts(c[1].Counts...) != counts(nan, nan) {
		t.Errorf("cohorts %+v", c)
	}

	binned := func(v ...float64) (bins []insight.Bin) {
		for i, n := range v {
			bins = append(bins, insight.Bin{From: float64(i), Count: n})
		}
		return bins
	}
	bins := insight.Result{Shape: insight.ShapeHistogram, Bins: []insight.Histogram{
		{Bins: binned(50, 3, 9), Average: 1}, {Previous: true, Bins: binned(2, 1), Average: 0.3},
	}}
	got = shorten(t, counted(insight.ChartHistogram), 5, bins)
	if len(got.Bins) != 1 || counts(got.Bins[0].Bins[0].Count, got.Bins[0].Bins[1].Count, got.Bins[0].Bins[2].Count) != counts(50, nan, nan) {
		t.Errorf("bins %+v", got.Bins)
	}

	paths := insight.Result{Shape: insight.ShapePaths, Paths: []insight.Path{{Count: 9}, {Count: 4, AverageAfter: time.Hour}}}
	if got = shorten(t, counted(insight.ChartPaths), 5, paths); len(got.Paths) != 1 || got.Paths[0].Count != 9 {
		t.Errorf("paths %+v", got.Paths)
	}

	life := tally([]string{"new", "returning", "resurrecting", "dormant"}, [][]float64{{9, 8, 2, 30}, {50, 60, 70, 80}, {6, 6, 6, 6}, {-9, -9, -9, -9}})
	life.Shape, life.BrokenDownBy = insight.ShapeLifecycle, nil
	want := "new: · 8 · 30 49; returning: · 60 · 80 260; resurrecting: · 6 · 6 24; dormant: · -9 · -9 -36"
	if got = shorten(t, counted(insight.ChartLifecycle), 5, life); lines(got) != want {
		t.Errorf("lifecycle %s, want %s", lines(got), want)
	}
}

func TestRefuseSmall_WhereNobodyKnowsHowManyPeople(t *testing.T) {
	by, filter := []string{"country"}, []insight.Filter{{Field: "country"}}
	for name, tt := range map[string]struct {
		people insight.People
		chart  insight.Chart
		kind   insight.FormatKind
		q      insight.Query
		refuse bool
	}{
		"a plain total":             {insight.PeopleUnknown, insight.ChartLine, "", insight.Query{}, false},
		"a breakdown":               {insight.PeopleUnknown, insight.ChartLine, "", insight.Query{Breakdowns: by}, true},
		"a filter":                  {insight.PeopleUnknown, insight.ChartLine, "", insight.Query{Filters: filter}, true},
		"a table":                   {insight.PeopleUnknown, insight.ChartTable, "", insight.Query{}, true},
		"a spread":                  {insight.PeopleUnknown, insight.ChartBox, "", insight.Query{}, true},
		"steps":                     {insight.PeopleUnknown, insight.ChartFunnel, "", insight.Query{}, true},
		"a table that says counted": {insight.PeopleCounted, insight.ChartTable, "", insight.Query{}, true},
		"a rate that says counted":  {insight.PeopleCounted, insight.ChartLine, insight.FormatPercent, insight.Query{Breakdowns: by}, true},
		"a counted breakdown":       {insight.PeopleCounted, insight.ChartLine, "", insight.Query{Breakdowns: by}, false},
		"a counted filter":          {insight.PeopleCounted, insight.ChartLine, "", insight.Query{Filters: filter}, false},
		"two breakdowns":            {insight.PeopleCounted, insight.ChartLine, "", insight.Query{Breakdowns: []string{"a", "b"}}, true},
		"a table without people":    {insight.PeopleNone, insight.ChartTable, "", insight.Query{Breakdowns: by}, false},
	} {
		in := insight.Insight{ID: "x/y", Source: "x", Chart: tt.chart, People: tt.people, Format: insight.Format{Kind: tt.kind}}
		c := newCatalogue(t, nil, &fake{name: "x"})
		for k, refuse := range map[int]bool{5: tt.refuse, 0: false} {
			tt.q.MinGroup = k
			if _, err := c.Run(t.Context(), in, tt.q); errors.Is(err, insight.ErrSmallGroups) != refuse {
				t.Errorf("%s with %d: %v", name, k, err)
			}
		}
	}
}

func TestHideSmall_AResultThatIsNotWhatItsInsightSays(t *testing.T) {
	table := insight.Result{Shape: insight.ShapeTable, Table: insight.Table{Rows: [][]insight.Cell{{{Text: "Ann"}}}}}
	rates := insight.Result{Shape: insight.ShapeFunnel, Series: tally([]string{"a"}, [][]float64{{0.5}}).Series}
	split := tally([]string{"a", "b"}, [][]float64{{3}, {9}})
	other := split
	other.Series, other.Table = nil, table.Table
	unknown := insight.Insight{Chart: insight.ChartLine}
	for name, tt := range map[string]struct {
		in insight.Insight
		r  insight.Result
		q  insight.Query
	}{
		"a table of a trend":             {counted(insight.ChartLine), table, insight.Query{}},
		"a table of an unknown trend":    {unknown, table, insight.Query{}},
		"groups nobody asked for":        {unknown, split, insight.Query{}},
		"rows beside a trend":            {unknown, other, insight.Query{}},
		"rates of a funnel, broken down": {counted(insight.ChartFunnel), rates, insight.Query{Breakdowns: []string{"a"}}},
	} {
		tt.q.MinGroup = 5
		if r, err := hideSmall(tt.in, tt.q, tt.r); !errors.Is(err, insight.ErrSmallGroups) || !r.Empty() {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}
	if r, err := hideSmall(counted(insight.ChartFunnel), insight.Query{MinGroup: 5}, rates); err != nil || len(r.Series) != 1 {
		t.Errorf("rates of everybody: %v, %v", r, err)
	}
}

// small lists the numbers of people below k that a result still tells.
func small(r insight.Result, k float64) []float64 {
	var all []float64
	look := func(v float64) {
		if v = math.Abs(v); v > 0 && v < k {
			all = append(all, v)
		}
	}
	for _, s := range r.Series {
		look(s.Total)
		for _, p := range s.Points {
			look(p.Value)
		}
	}
	for _, f := range r.Funnels {
		for _, s := range f.Steps {
			look(s.Count)
		}
	}
	for _, c := range r.Cohorts {
		for _, row := range c.Rows {
			for _, v := range row.Counts {
				look(v)
			}
		}
	}
	for _, h := range r.Bins {
		for _, b := range h.Bins {
			look(b.Count)
		}
	}
	for _, p := range r.Paths {
		look(p.Count)
	}
	return all
}

// random makes numbers of which many are small.
func random(rnd *rand.Rand, k int) float64 {
	switch rnd.IntN(6) {
	case 0:
		return 0
	case 1, 2:
		return float64(rnd.IntN(k + 1))
	default:
		return float64(rnd.IntN(40 * k))
	}
}

// drawn is a random trend, with totals as an insight makes them.
func drawn(rnd *rand.Rand, total insight.Total, k int) insight.Result {
	groups, buckets := 1+rnd.IntN(5), 1+rnd.IntN(5)
	numbers := make([][]float64, groups)
	for g := range numbers {
		for range buckets {
			numbers[g] = append(numbers[g], random(rnd, k))
		}
	}
	r := tally([]string{"a", "b", "c", "d", insight.KeyOther}[:groups], numbers)
	for i := range r.Series {
		switch s := &r.Series[i]; total {
		case insight.TotalLast:
			s.Total = s.Points[buckets-1].Value
		case insight.TotalAverage:
			s.Total /= float64(buckets)
		default:
		}
	}
	return r
}

func TestHideSmall_NothingSmallFollowsFromWhatIsShown(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, total := range []insight.Total{insight.TotalSum, insight.TotalRerun, insight.TotalLast, insight.TotalAverage} {
		in := counted(insight.ChartLine)
		in.Total = total
		told, kept, all, naive := 0, 0, 0, 0
		for round := range 2000 {
			k := 2 + rnd.IntN(9)
			r := drawn(rnd, total, k)
			got := shorten(t, in, k, r)
			if left := small(got, float64(k)); len(left) > 0 {
				t.Fatalf("%s, round %d, k %d: %v of %s are left in %s", total, round, k, left, lines(r), lines(got))
			}
			for at, v := range follows(in, float64(k), r, got) {
				if v > 0 && v < float64(k) {
					t.Fatalf("%s, round %d, k %d: %v is %v, which follows from %s; it was %s", total, round, k, at, v, lines(got), lines(r))
				}
			}
			if (len(got.Notes) == 0) != (lines(got) == lines(r)) {
				t.Fatalf("%s, round %d: %q about %s made of %s", total, round, got.Notes, lines(got), lines(r))
			}
			for _, v := range follows(in, float64(k), r, onlySmall(r, float64(k))) {
				if v > 0 && v < float64(k) {
					naive++
				}
			}
			told, kept, all = told+len(got.Notes), kept+shownOf(got, k), all+shownOf(r, k)
		}
		// Hiding what is small alone tells it, or this test could not fail.
		if told < 500 || naive < 500 {
			t.Errorf("%s: only %d results hide something, and hiding small numbers alone tells %d", total, told, naive)
		}
		if kept*3 < all {
			t.Errorf("%s: of %d numbers that are not small only %d are shown", total, all, kept)
		}
		t.Logf("%s: %d results hide something; %d of %d large numbers are shown; hiding small numbers alone tells %d", total, told, kept, all, naive)
	}
}

// shownOf counts the numbers of a result that are not small.
func shownOf(r insight.Result, k int) int {
	n := 0
	for _, s := range r.Series {
		for _, p := range append(slices.Clone(s.Points), insight.Point{Value: s.Total}) {
			if p.Value >= float64(k) {
				n++
			}
		}
	}
	return n
}

// onlySmall hides what is small and nothing else.
func onlySmall(r insight.Result, k float64) insight.Result {
	hide := func(v float64) float64 {
		if v > 0 && v < k {
			return math.NaN()
		}
		return v
	}
	r.Series = slices.Clone(r.Series)
	for i := range r.Series {
		s := &r.Series[i]
		s.Total, s.Points = hide(s.Total), slices.Clone(s.Points)
		for j := range s.Points {
			s.Points[j].Value = hide(s.Points[j].Value)
		}
	}
	return r
}

func TestHideSmall_LargeResultsAreQuick(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	names := make([]string, 26)
	numbers := make([][]float64, len(names))
	for g := range names {
		names[g] = fmt.Sprint("group ", g)
		for range 2000 {
			numbers[g] = append(numbers[g], random(rnd, 5))
		}
	}
	r := tally(names, numbers)
	start := time.Now()
	got := shorten(t, counted(insight.ChartLine), 5, r)
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("%d numbers took %s", len(names)*2000, took)
	}
	if left := small(got, 5); len(left) > 0 || shownOf(got, 5) < shownOf(r, 5)/3 {
		t.Errorf("%d small numbers are left, %d of %d others are shown", len(left), shownOf(got, 5), shownOf(r, 5))
	}
}

func TestHideSmall_GapsAreShownAsGaps(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	painter := render.NewPainter(render.PainterOptions{})
	for _, chart := range insight.Charts() {
		in := counted(chart)
		in.Title, in.Zone, in.Format.Decimals = "People", time.UTC, -1
		if !counts(in) {
			continue
		}
		for round := range 40 {
			data := make([]byte, 1+rnd.IntN(30))
			for i := range data {
				data[i] = byte(random(rnd, 5))
			}
			r := shorten(t, in, 5, shaped(data, 1+round%6, chart.Shape()))
			file, err := render.CSV(in, r)
			words := render.Finding(in, r) + render.Alt(in, r, chart, "") + render.TextTable(render.Grid(in, r, 0), 0) + string(file)
			if strings.Contains(words, "NaN") {
				t.Errorf("%s, %v: %v, %s", chart, data, err, words)
			}
			if round%8 == 0 {
				if _, err := painter.Draw(render.Drawing{Insight: in, Result: r}); err != nil {
					t.Errorf("%s: %v", chart, err)
				}
			}
		}
	}
}

func FuzzHideSmall(f *testing.F) {
	f.Add([]byte{3, 9, 50, 2, 0, 7, 1, 1, 90}, uint8(3), uint8(5), uint8(0))
	f.Add([]byte{1, 1, 1, 1, 1, 0, 0, 255}, uint8(4), uint8(5), uint8(1))
	f.Fuzz(func(t *testing.T, data []byte, width, k, shape uint8) {
		r := shaped(data, 1+int(width%6), insight.Charts()[int(shape)%len(insight.Charts())].Shape())
		in := insight.Insight{Chart: insight.Charts()[int(shape)%len(insight.Charts())], People: insight.PeopleCounted, Total: insight.TotalSum}
		got, err := hideSmall(in, insight.Query{MinGroup: int(k)}, r)
		if err != nil {
			if !errors.Is(err, insight.ErrSmallGroups) || !got.Empty() {
				t.Error(got, err)
			}
			return
		}
		if left := small(got, float64(k)); len(left) > 0 && k > 1 {
			t.Errorf("%v are left", left)
		}
	})
}

// shaped makes a result of a shape of bytes: one number each.
func shaped(data []byte, width int, shape insight.Shape) insight.Result {
	var rows [][]float64
	for chunk := range slices.Chunk(data, width) {
		row := make([]float64, width)
		for i, b := range chunk {
			if row[i] = float64(b); b == 254 {
				row[i] = math.NaN()
			}
		}
		rows = append(rows, row)
	}
	r := insight.Result{Shape: shape}
	if len(rows) == 0 {
		return r
	}
	names := make([]string, len(rows))
	for i := range rows {
		names[i] = fmt.Sprint(i)
	}
	whole := tally(names, rows)
	r.BrokenDownBy, r.Window, r.Grain = whole.BrokenDownBy, whole.Window, whole.Grain
	for i, row := range rows {
		previous := i%3 == 2
		fn, c, h := insight.Funnel{Key: names[i], Previous: previous}, insight.Cohorts{Key: names[i]}, insight.Histogram{Previous: previous}
		for n, v := range row {
			fn.Steps = append(fn.Steps, insight.Step{Count: v})
			h.Bins = append(h.Bins, insight.Bin{From: float64(n), Count: v})
			if shape == insight.ShapePaths {
				r.Paths = append(r.Paths, insight.Path{Step: n, Count: v})
			}
		}
		c.Rows = []insight.Cohort{{At: whole.Window.From, Counts: row}, {At: whole.Window.From.AddDate(0, 0, 1), Counts: row[:1]}}
		switch shape {
		case insight.ShapeTrend, insight.ShapeStickiness, insight.ShapeLifecycle:
			s := whole.Series[i]
			s.Previous = previous
			r.Series = append(r.Series, s)
		case insight.ShapeFunnel:
			r.Funnels = append(r.Funnels, fn)
		case insight.ShapeRetention:
			r.Cohorts = append(r.Cohorts, c)
		case insight.ShapeHistogram:
			r.Bins = append(r.Bins, h)
		default:
		}
	}
	return r
}
