package render

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
)

func TestPainter_SameBytesFromManyGoroutines(t *testing.T) {
	p := NewPainter(PainterOptions{})
	want := map[string][]byte{}
	for _, c := range chartCases() {
		pic, err := NewPainter(PainterOptions{}).Draw(c.Drawing) // with caches that know nothing else
		if err != nil {
			t.Fatal(err)
		}
		want[c.name] = pic.PNG
	}
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			for j := range 2 {
				c := chartCases()[(i+5*j)%len(want)]
				pic, err := p.Draw(c.Drawing)
				if err != nil {
					t.Error(err)
					return
				}
				if !bytes.Equal(pic.PNG, want[c.name]) {
					t.Errorf("%s: goroutine %d got other bytes", c.name, i)
				}
			}
		})
	}
	wg.Wait()
}

func TestPainter_SurvivesPanic(t *testing.T) {
	p := NewPainter(PainterOptions{})
	p.fonts = &fontSet{} // no room for any font: the first text panics
	if _, err := p.Draw(numberCase()); err == nil || !strings.HasPrefix(err.Error(), "render: ") {
		t.Fatalf("got %v, want an error of this package", err)
	}
	p.fonts = newFontSet("", false)
	for range 4 { // every engine is whole again
		if _, err := p.Draw(numberCase()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPainter_StopsAtItsDeadline(t *testing.T) {
	c := newCanvas(newEngine(newFontSet("", false)), colorsOf(Light), time.Now().Add(-time.Second), nil)
	c.open(chartWidth, 240)
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, errSlow) {
			t.Errorf("got %v, want errSlow", err)
		}
	}()
	c.polyline([]point{{1, 1}, {2, 2}}, stroke{width: 1, color: rgb(0)})
	t.Error("drew on after its deadline")
}

func TestDraw_Table(t *testing.T) {
	d := drawingOf("Accounts", insight.ChartTable)
	d.Result.Shape = insight.ShapeTable
	d.Result.Table = insight.Table{Columns: []insight.Column{{Name: "a"}}, Rows: [][]insight.Cell{{{Text: "x"}}}}
	pic, err := NewPainter(PainterOptions{}).Draw(d)
	if err != nil || pic.PNG != nil || pic.Drawn != insight.ChartTable {
		t.Errorf("got %d bytes as %q, %v", len(pic.PNG), pic.Drawn, err)
	}
}

func TestDraw_CutNamesFullLabels(t *testing.T) {
	pic, err := NewPainter(PainterOptions{}).Draw(scriptRows())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{places[0], places[8], places[9], places[11]} {
		if !slices.Contains(pic.Cut, want) {
			t.Errorf("%q is missing in %q", want, pic.Cut)
		}
	}
	if slices.Contains(pic.Cut, places[6]) {
		t.Errorf("%q stands in full but is listed", places[6])
	}
}

func TestDraw_EveryKindAndShape(t *testing.T) {
	p := NewPainter(PainterOptions{})
	for _, shape := range shapeCases() {
		for i, wish := range append(insight.Charts(), "", "unheard-of") {
			if raceEnabled() && i%5 > 0 {
				continue
			}
			d := shape.Drawing
			d.Chart = wish
			t.Run(shape.name+"/"+string(wish), func(t *testing.T) {
				var rec record
				pic, err := p.draw(d, &rec)
				if err != nil {
					t.Fatal(err)
				}
				drawable := slices.ContainsFunc(kinds(), func(k kind) bool { return k.chart == pic.Drawn })
				if !drawable && !d.Result.Empty() {
					t.Errorf("drawn as %q, which cannot be drawn", pic.Drawn)
				}
				for _, s := range lint(&rec, d, pic.Drawn) {
					t.Error(s)
				}
			})
		}
	}
}

// shapeCases are one small result of each shape.
func shapeCases() []chartCase {
	retention := drawingOf("Retention", insight.ChartRetention)
	retention.Result.Shape, retention.Result.Grain = insight.ShapeRetention, insight.GrainWeek
	retention.Result.Cohorts = []insight.Cohorts{{Rows: []insight.Cohort{
		{Counts: []float64{100, 60, 40, 30}}, {Counts: []float64{200, 100, 70}}, {Counts: []float64{80, 10}, Incomplete: true}, {Counts: []float64{0}},
	}}}
	paths := drawingOf("Paths", insight.ChartPaths)
	paths.Result.Shape = insight.ShapePaths
	paths.Result.Paths = []insight.Path{{Source: "1_/home", Target: "2_/pricing", Count: 120}, {Source: "2_/pricing", Target: "3_/sign-up", Count: 44}}
	bins := drawingOf("Order value", insight.ChartHistogram)
	bins.Result.Shape = insight.ShapeHistogram
	bins.Insight.Format = insight.Format{Kind: insight.FormatCurrency, Currency: "EUR", Decimals: 0}
	bins.Result.Bins = []insight.Histogram{{Bins: []insight.Bin{{From: 0, Count: 40}, {From: 50, Count: 75}, {From: 100, Count: 31}, {From: 150, Count: 4}}}}
	boxes := drawingOf("Load time", insight.ChartBox)
	boxes.Result.Shape = insight.ShapeBox
	boxes.Insight.Format = insight.Format{Kind: insight.FormatDuration}
	boxes.Result.Boxes = []insight.BoxSeries{{Boxes: []insight.Box{{At: date(11, 20), Median: 1.2}, {At: date(11, 21), Median: 1.7}, {At: date(11, 22), Median: 0.9}}}}
	total := drawingOf("Sign-ups", insight.ChartNumber, insight.Series{Total: 12})
	groups := drawingOf("Sign-ups", insight.ChartHorizontalBar, totals([]string{"a", "b", ""}, []float64{3, 0, math.NaN()})...).by("plan")
	return []chartCase{
		{name: "trend", Drawing: lineCase()},
		{name: "one-series", Drawing: barCase()},
		{name: "totals", Drawing: groups},
		{name: "one-total", Drawing: total},
		{name: "funnel", Drawing: funnelCase()},
		{name: "retention", Drawing: retention},
		{name: "stickiness", Drawing: stickinessCase()},
		{name: "lifecycle", Drawing: lifecycleCase()},
		{name: "paths", Drawing: paths},
		{name: "histogram", Drawing: bins},
		{name: "box", Drawing: boxes},
		{name: "empty", Drawing: emptyCase()},
	}
}

func TestPick(t *testing.T) {
	long := drawingOf("x", insight.ChartBar, series("", "", insight.GrainDay, date(1, 1), wave(61, 10, 1, 1)))
	sixty := drawingOf("x", insight.ChartBar, series("", "", insight.GrainDay, date(1, 1), wave(60, 10, 1, 1)))
	one := drawingOf("x", insight.ChartLine, insight.Series{Total: 3})
	single := drawingOf("x", insight.ChartLine, insight.Series{Key: "DE", Label: "Germany", Total: 3}).by("Country")
	groups := drawingOf("x", insight.ChartLine, totals([]string{"a", "b"}, []float64{1, 2})...).by("Country")
	for _, c := range []struct {
		name string
		d    Drawing
		wish insight.Chart
		want insight.Chart
	}{
		{"its own kind", lineCase(), "", insight.ChartLine},
		{"a wish that fits", barCase(), insight.ChartLine, insight.ChartLine},
		{"area is drawn as a line", lineCase(), insight.ChartArea, insight.ChartLine},
		{"stacked bars of several series as lines", lineCase(), insight.ChartStacked, insight.ChartLine},
		{"stacked bars of one series as bars", barCase(), insight.ChartStacked, insight.ChartBar},
		{"60 bars", sixty, "", insight.ChartBar},
		{"more than 60 bars", long, "", insight.ChartLine},
		{"totals of a breakdown", groups, "", insight.ChartHorizontalBar},
		{"a pie as horizontal bars", groups, insight.ChartPie, insight.ChartHorizontalBar},
		{"one total without a breakdown", one, "", insight.ChartNumber},
		{"one total with a breakdown", single, "", insight.ChartHorizontalBar},
		{"a number of several groups", groups, insight.ChartNumber, insight.ChartHorizontalBar},
		{"a funnel", funnelCase(), "", insight.ChartHorizontalBar},
		{"days of stickiness", stickinessCase(), "", insight.ChartBar},
		{"no data keeps the wish", emptyCase(), insight.ChartFunnel, insight.ChartFunnel},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Pick(c.d.Insight, c.d.Result, c.wish); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestDraw_LengthIsProportional(t *testing.T) {
	p := NewPainter(PainterOptions{})
	for _, c := range chartCases() {
		if c.kind != insight.ChartBar && c.kind != insight.ChartHorizontalBar {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			var rec record
			if _, err := p.draw(c.Drawing, &rec); err != nil {
				t.Fatal(err)
			}
			unit, bars := 0.0, 0
			length := func(m mark) float64 {
				if c.kind == insight.ChartBar {
					return m.box.y1 - m.box.y0
				}
				return m.box.x1 - m.box.x0
			}
			for _, m := range rec.marks {
				if m.kind == markBar && math.Abs(m.value) > 0 {
					unit = max(unit, length(m)/math.Abs(m.value))
					bars++
				}
			}
			if bars < 3 {
				t.Fatalf("only %d bars", bars)
			}
			for _, m := range rec.marks {
				if m.kind == markBar && math.Abs(length(m)-unit*math.Abs(m.value))*imageScale > 1 {
					t.Errorf("%v is %.2f long, want %.2f", m.value, length(m), unit*math.Abs(m.value))
				}
			}
		})
	}
}

func TestDraw_ColorsFollowIdentity(t *testing.T) {
	p := NewPainter(PainterOptions{})
	colorsIn := func(d Drawing) map[string]string {
		var rec record
		if _, err := p.draw(d, &rec); err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, m := range rec.marks {
			if m.kind == markLine && !m.faded {
				got[m.key] = fmt.Sprint(m.color)
			}
		}
		return got
	}
	a := lineCase()
	b := lineCase()
	slices.Reverse(b.Result.Series)
	for i := range b.Result.Series { // another ranking
		b.Result.Series[i].Total = -b.Result.Series[i].Total
	}
	if diff := cmp.Diff(colorsIn(a), colorsIn(b)); diff != "" {
		t.Errorf("colours changed with the order:\n%s", diff)
	}
}

func TestDraw_NegativeBarsHangBelowZero(t *testing.T) {
	var rec record
	if _, err := NewPainter(PainterOptions{}).draw(fewBars(), &rec); err != nil {
		t.Fatal(err)
	}
	zero := math.NaN()
	for _, m := range rec.marks {
		if m.kind == markAxis {
			zero = m.box.y0
		}
	}
	for _, m := range rec.marks {
		if m.kind != markBar {
			continue
		}
		if m.value < 0 && m.box.y0 < zero-0.01 || m.value > 0 && m.box.y1 > zero+0.01 || m.value == 0 && m.box.y0 != m.box.y1 {
			t.Errorf("%v stands at %+v, zero is at %v", m.value, m.box, zero)
		}
	}
}

func TestDraw_Bomb(t *testing.T) {
	if raceEnabled() {
		t.Skip("the limit is in seconds, and the race detector slows pixels down tenfold")
	}
	var list []insight.Series
	for i := range 400 {
		values := make([]float64, 2500)
		for j := range values {
			values[j] = math.Mod(float64(i*j*7919), 1e6) * []float64{1, -1, 1e300}[j%3]
		}
		list = append(list, series(fmt.Sprint(i), strings.Repeat("x", 10_000), insight.GrainHour, date(1, 1), values))
	}
	list = append(list, series("long", "long", insight.GrainHour, date(1, 1), make([]float64, 1_000_000)))
	d := drawingOf("Bomb", insight.ChartLine, list...).by("x")
	pic, err := NewPainter(PainterOptions{}).Draw(d) // fails when it takes too long
	if err != nil {
		t.Fatal(err)
	}
	if len(pic.PNG) == 0 {
		t.Error("no picture")
	}
}

func TestDraw_OptionalFonts(t *testing.T) {
	dir := os.Getenv("INSIGHTBOT_FONTS")
	if dir == "" {
		t.Skip("INSIGHTBOT_FONTS names no directory with a CJK and an emoji font")
	}
	pic, err := NewPainter(PainterOptions{FontDir: dir}).Draw(scriptRows())
	if err != nil {
		t.Fatal(err)
	}
	for _, have := range []string{places[8], places[9]} {
		if slices.Contains(pic.Cut, have) {
			t.Errorf("%q was not drawn in full", have)
		}
	}
}
