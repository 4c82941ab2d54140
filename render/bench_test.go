package render

import (
	"bytes"
	"image/png"
	"math"
	"testing"
	"time"

	"github.com/wcharczuk/go-chart/v2"

	"insightbot/insight"
)

// naive draws a case the way go-chart does by itself: a plain chart of the same
// pixels and the standard PNG encoder.
func naive(t testing.TB, d Drawing, width, height int) []byte {
	t.Helper()
	collect := &chart.ImageWriter{}
	var err error
	if Pick(d.Insight, d.Result, "") == insight.ChartHorizontalBar || Pick(d.Insight, d.Result, "") == insight.ChartBar {
		c := chart.BarChart{Title: d.Insight.Title, Width: width, Height: height, DPI: 92 * imageScale}
		c.BarWidth, c.BarSpacing = 20, 10
		c.Bars = naiveBars(d)
		err = c.Render(chart.PNG, collect)
	} else {
		c := chart.Chart{Title: d.Insight.Title, Width: width, Height: height, DPI: 92 * imageScale}
		for _, s := range d.Result.Series {
			ts := chart.TimeSeries{Name: s.Label}
			for _, p := range s.Points {
				if !math.IsNaN(p.Value) {
					ts.XValues, ts.YValues = append(ts.XValues, p.At), append(ts.YValues, p.Value)
				}
			}
			if len(ts.XValues) > 1 {
				c.Series = append(c.Series, ts)
			}
		}
		c.Elements = []chart.Renderable{chart.Legend(&c)}
		err = c.Render(chart.PNG, collect)
	}
	if err != nil {
		t.Fatal(err)
	}
	img, err := collect.Image()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// naiveBars are the bars of a case for go-chart.
func naiveBars(d Drawing) []chart.Value {
	var list []chart.Value
	for _, s := range d.Result.Series {
		if s.Previous {
			continue
		}
		if len(s.Points) == 0 && len(list) <= maxRows {
			list = append(list, chart.Value{Label: s.Label, Value: s.Total})
		}
		for _, p := range s.Points {
			list = append(list, chart.Value{Label: p.At.Format("2 Jan"), Value: p.Value})
		}
	}
	return list
}

// benchCases are one case for each kind that is drawn.
func benchCases() []chartCase {
	var list []chartCase
	for _, c := range chartCases() {
		switch c.name {
		case "line", "bar", "rows-scripts", "number":
			list = append(list, c)
		}
	}
	return list
}

// BenchmarkRender draws each kind, and the same data with plain go-chart. The
// sub-benchmark "ratio" reports how they compare, measured in turns so that a
// busy machine harms both alike.
func BenchmarkRender(b *testing.B) {
	p := NewPainter(PainterOptions{})
	for _, c := range benchCases() {
		pic, err := p.Draw(c.Drawing)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Draw(c.Drawing); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(pic.PNG)), "bytes/png")
		})
		b.Run("naive-go-chart/"+c.name, func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				size = len(naive(b, c.Drawing, pic.Width, pic.Height))
			}
			b.ReportMetric(float64(size), "bytes/png")
		})
		b.Run("ratio/"+c.name, func(b *testing.B) {
			ours, theirs := math.Inf(1), math.Inf(1)
			for b.Loop() {
				start := time.Now()
				if _, err := p.Draw(c.Drawing); err != nil {
					b.Fatal(err)
				}
				mid := time.Now()
				naive(b, c.Drawing, pic.Width, pic.Height)
				ours = min(ours, mid.Sub(start).Seconds())
				theirs = min(theirs, time.Since(mid).Seconds())
			}
			b.ReportMetric(ours/theirs, "ratio")
		})
	}
}

// TestSpeed_AgainstGoChart is a loose guard with the least of several turns;
// the benchmark gives the figures.
func TestSpeed_AgainstGoChart(t *testing.T) {
	if testing.Short() || raceEnabled() {
		t.Skip("timing means nothing here")
	}
	p := NewPainter(PainterOptions{})
	for _, c := range benchCases() {
		pic, err := p.Draw(c.Drawing)
		if err != nil {
			t.Fatal(err)
		}
		ours, theirs := time.Hour, time.Hour
		for range 6 {
			start := time.Now()
			if _, err := p.Draw(c.Drawing); err != nil {
				t.Fatal(err)
			}
			mid := time.Now()
			naive(t, c.Drawing, pic.Width, pic.Height)
			ours, theirs = min(ours, mid.Sub(start)), min(theirs, time.Since(mid))
		}
		ratio := ours.Seconds() / theirs.Seconds()
		t.Logf("%s: %v against %v, ratio %.2f", c.name, ours, theirs, ratio)
		if ratio > 0.35 {
			t.Errorf("%s takes %.2f of the time of plain go-chart", c.name, ratio)
		}
	}
}
