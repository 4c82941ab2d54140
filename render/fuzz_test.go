package render

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"insightbot/insight"
)

// awkward are the values and labels that break drawing libraries.
var (
	awkwardValues = []float64{
		0, math.Copysign(0, -1), 1, -1, math.NaN(), math.Inf(1), math.Inf(-1), 1e308, -1e308, 5e-324, 0.1, 38650, 999950, -12345.678,
	}
	awkwardLabels = []string{
		"", " ", "\x00\xff\xfe", strings.Repeat("long label ", 1000), strings.Repeat("W", 10_000), "العربية 123 abc", "\u202Eevil\u202C",
		strings.Repeat("e\u0301\u0302\u0303", 500), "👩\u200d👩\u200d👧\u200d👦", strings.Repeat("👩\u200d👩\u200d👧\u200d👦", 40),
		"\u0301", "\u200d\u200d", "<script>alert(1)</script>", "a\nb\tc", "क्ष्म्य", "東京", "🇩🇪🇫🇷",
	}
)

// awkwardDrawing makes a drawing of n points out of bytes.
func awkwardDrawing(data []byte, n int, chart insight.Chart, label string) Drawing {
	next := func() byte {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return b
	}
	d := drawingOf(label, chart)
	d.Insight.FromZero = next()%2 == 0
	d.Insight.Format = insight.Format{
		Kind:     []insight.FormatKind{insight.FormatNumber, insight.FormatPercent, insight.FormatCurrency, insight.FormatDuration, insight.FormatBytes}[next()%5],
		Currency: "EUR", Decimals: int(next()%4) - 1,
	}
	for i := range int(next()%9) + 1 {
		s := insight.Series{Key: itoa(i / 2), Label: label, Previous: next()%3 == 0, Total: awkwardValues[int(next())%len(awkwardValues)]}
		for j := range n {
			v := awkwardValues[int(next())%len(awkwardValues)]
			if len(data) > 8 && next()%4 == 0 {
				v = math.Float64frombits(binary.LittleEndian.Uint64(data))
			}
			s.Points = append(s.Points, insight.Point{At: november.From.AddDate(0, 0, j), X: j * int(next()%5), Value: v})
		}
		if next()%4 == 0 {
			s.Points = s.Points[:len(s.Points)/2]
		}
		d.Result.Series = append(d.Result.Series, s)
	}
	if next()%2 == 0 {
		d.Result.Incomplete = november.From.AddDate(0, 0, int(next()))
	}
	if next()%2 == 0 {
		d = d.by(label)
	}
	if next()%3 == 0 {
		d.Result.Shape = insight.ShapeStickiness
	}
	return d.versus()
}

func FuzzDraw(f *testing.F) {
	for i, label := range awkwardLabels {
		for j, n := range []int{0, 1, 7, 400} {
			f.Add([]byte{byte(i), byte(j), 3, byte(i + j), 0, 4, 5, 6, 7, 8, 9, byte(i * j), 11, 12, 3, 4, 1, 0, 2}, uint16(n), uint8(i+j), label)
		}
	}
	p := NewPainter(PainterOptions{})
	f.Fuzz(func(t *testing.T, data []byte, n uint16, chart uint8, label string) {
		charts := insight.Charts()
		d := awkwardDrawing(data, int(n)%2000, charts[int(chart)%len(charts)], label)
		start := time.Now()
		var rec record
		pic, err := p.draw(d, &rec)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("took %v", took)
		}
		if len(pic.PNG) > 150_000 {
			t.Errorf("%d bytes", len(pic.PNG))
		}
		lintHard(t, &rec)
	})
}

// lintHard checks what must hold even for nonsense: nothing clipped, nothing
// on top of anything else, nothing unreadable.
func lintHard(t *testing.T, rec *record) {
	t.Helper()
	l := &linter{record: rec}
	l.boxes()
	l.contrasts()
	for _, m := range rec.marks {
		if b := m.box; m.kind != markLine && m.kind != markArea && !finite(b.x0, b.y0, b.x1, b.y1) {
			l.say("%s lies at %+v", m.kind, b)
		}
	}
	for _, s := range l.found {
		t.Error(s)
	}
}

func TestDraw_TenThousandPoints(t *testing.T) {
	if raceEnabled() {
		t.Skip("timing means nothing here")
	}
	p := NewPainter(PainterOptions{})
	for _, chart := range []insight.Chart{insight.ChartLine, insight.ChartBar, insight.ChartNumber} {
		usual, many := time.Hour, time.Hour
		for range 3 {
			usual = min(usual, drawTime(t, p, drawingOf("x", chart, series("", "", insight.GrainHour, date(1, 1), zigzag(60)))))
			many = min(many, drawTime(t, p, drawingOf("x", chart, series("", "", insight.GrainHour, date(1, 1), zigzag(10_000)))))
		}
		t.Logf("%s: %v, with 10 000 points %v", chart, usual, many)
		if many > 20*usual+50*time.Millisecond {
			t.Errorf("%s: 10 000 points take %v, 60 take %v", chart, many, usual)
		}
	}
}

// drawTime draws once and tells how long it took.
func drawTime(t *testing.T, p *Painter, d Drawing) time.Duration {
	t.Helper()
	start := time.Now()
	if _, err := p.Draw(d); err != nil {
		t.Fatal(err)
	}
	return time.Since(start)
}

// zigzag goes from the lowest to the highest value and back: the worst case
// for the rasteriser.
func zigzag(n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = float64(i%2) * 1000
	}
	return values
}

// TestDraw_Awkward draws nonsense in all combinations that a fixed source of
// randomness finds, so that the plain test run covers what fuzzing does.
func TestDraw_Awkward(t *testing.T) {
	p := NewPainter(PainterOptions{})
	rnd := rand.New(rand.NewPCG(7, 7))
	runs := 300
	if testing.Short() || raceEnabled() {
		runs = 30
	}
	for i := range runs {
		data := make([]byte, rnd.IntN(4000))
		for j := range data {
			data[j] = byte(rnd.Uint32())
		}
		label := awkwardLabels[rnd.IntN(len(awkwardLabels))]
		d := awkwardDrawing(data, []int{1, 2, 3, 5, 8, 30, 90}[rnd.IntN(7)], insight.Charts()[rnd.IntN(15)], label)
		for j := range d.Result.Series {
			d.Result.Series[j].Label = awkwardLabels[rnd.IntN(len(awkwardLabels))]
		}
		d.Theme = []Theme{Light, Dark}[i%2]
		t.Run(itoa(i), func(t *testing.T) {
			var rec record
			if _, err := p.draw(d, &rec); err != nil {
				t.Fatal(err)
			}
			lintHard(t, &rec)
		})
	}
}
