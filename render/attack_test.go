package render

import (
	stdbytes "bytes"
	"encoding/csv"
	"math"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"insightbot/insight"
)

// formulas are texts that a spreadsheet would run, hidden in several ways.
func formulas() []string {
	all := []string{
		"=1+1", "+1+1", "-1+1", "@SUM(1)", "=HYPERLINK(\"http://evil.example\",\"x\")", "=cmd|' /C calc'!A0", "\t=1+1", "\r=1+1", "\n=1+1", "\r\n=1+1", "\x00=1+1",
		"＝1+1", "＋1", "－1", "＠SUM(1)", "\x01=1+1", "\x1f\x02+1", "=1\",\"=2", "\"=1+1\"", "=1\n=2", "-", "=", "@", "+", "\xff=1", "=\xff", "-1;=2", "-2,5", "+49 30 123",
	}
	for _, text := range []string{"=1+1", "@x", "-x"} {
		all = append(all, strings.Repeat(text, 1000))
	}
	return all
}

// runs reports whether a spreadsheet would run a field.
func runs(field string) bool {
	return field != "" && strings.ContainsRune("=+-@\t\r\n\x00＝＋－＠", []rune(field)[0])
}

func TestA24_NoFieldOfAFileIsAFormula(t *testing.T) {
	in := insight.Insight{Title: "=1+1", Format: insight.Format{Kind: insight.FormatNumber, Unit: "=1+1", Decimals: -1}, Zone: time.UTC}
	naive := 0
	for _, text := range formulas() {
		table := insight.Result{Shape: insight.ShapeTable, Table: insight.Table{
			Columns: []insight.Column{{Name: text}, {Name: "n", Type: insight.ColumnNumber}, {Name: "plain"}},
			Rows: [][]insight.Cell{
				{{Text: text}, {Text: "-5", Number: -5, IsNumber: true}, {Text: "a,b\"c\nd"}},
				{{Null: true}, {Text: text}, {Text: text}},
			},
		}}
		groups := insight.Result{Shape: insight.ShapeTrend, BrokenDownBy: []insight.Dimension{{Name: text, Label: text}}, Series: []insight.Series{
			{Key: text, Label: text, Values: []string{text}, Total: -5}, {Key: "b", Label: "b", Values: []string{"b"}, Total: math.Inf(-1)},
		}}
		steps := insight.Result{Shape: insight.ShapeFunnel, Funnels: []insight.Funnel{{Label: text, Steps: []insight.Step{{Name: text, Count: 5, Average: -1, Median: -1}, {Name: text, Count: 1}}}}}
		hops := insight.Result{Shape: insight.ShapePaths, Paths: []insight.Path{{Step: 1, Source: text, Target: text, Count: 5}}}
		bins := insight.Result{Shape: insight.ShapeHistogram, Bins: []insight.Histogram{{Label: text, Bins: []insight.Bin{{From: -5, Count: 2}}, Average: math.NaN()}}}
		cohorts := insight.Result{Shape: insight.ShapeRetention, Cohorts: []insight.Cohorts{{Label: text, Rows: []insight.Cohort{{Label: text, At: november.From, Counts: []float64{5, 2}}}}}}
		for _, r := range []insight.Result{table, groups, steps, hops, bins, cohorts} {
			r.Window = november
			file, err := CSV(in, r)
			if err != nil {
				t.Fatal(err)
			}
			records, err := csv.NewReader(stdbytes.NewReader(file)).ReadAll()
			if err != nil || len(records) < 2 {
				t.Fatalf("%s of %.20q: %d records, %v", r.Shape, text, len(records), err)
			}
			for _, record := range records {
				for _, field := range record {
					if runs(field) && !isNumber(field) {
						t.Errorf("%s of %.20q: a spreadsheet runs %.40q", r.Shape, text, field)
					}
				}
			}
			if r.Shape == insight.ShapeTable && (records[1][1] != "-5" || records[1][2] != "a,b\"c\nd") {
				t.Errorf("a number or a text does not come back: %q", records[1])
			}
		}
		// The twin writes what it gets.
		var b strings.Builder
		w := csv.NewWriter(&b)
		if err := w.Write([]string{text, "x"}); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		if record, err := csv.NewReader(strings.NewReader(b.String())).Read(); err == nil && runs(record[0]) {
			naive++
		}
	}
	if naive < 20 {
		t.Errorf("written as they are only %d would run: this would prove nothing", naive)
	}
}

// isNumber reports whether a field is a number as this package writes them.
func isNumber(field string) bool {
	digits := strings.TrimPrefix(field, "-")
	return digits != "" && strings.Trim(digits, "0123456789.eE+-") == "" && digits[0] >= '0' && digits[0] <= '9' && !strings.Contains(digits, "+1")
}

// peak runs something and tells how long it took and how much memory it used
// at most beside what was there.
func peak(do func()) (time.Duration, uint64) {
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var most atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			most.Store(max(most.Load(), now.HeapInuse))
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	start := time.Now()
	do()
	took := time.Since(start)
	close(stop)
	<-done
	return took, most.Load() - min(before.HeapInuse, most.Load())
}

func TestA27_ChartBombsAreDrawnInBoundedTimeAndMemory(t *testing.T) {
	if raceEnabled() || testing.Short() {
		t.Skip("time and memory mean nothing here")
	}
	odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e308, -1e308, 5e-324, 0, 1}
	values := func(n int) []float64 {
		all := make([]float64, n)
		for i := range all {
			all[i] = odd[i%len(odd)]
		}
		return all
	}
	label := strings.Repeat("label ", 50)
	lines := func(n, points int) (all []insight.Series) {
		for i := range n {
			all = append(all, series(itoa(i), label+itoa(i), insight.GrainHour, date(1, 1), values(points)))
		}
		return all
	}
	totals := drawingOf("x", insight.ChartHorizontalBar, lines(10_000, 0)...).by("group")
	totals.Result.Grain = insight.GrainNone
	for i := range totals.Result.Series {
		totals.Result.Series[i].Total = odd[i%len(odd)]
	}
	cohorts := insight.Result{Shape: insight.ShapeRetention, Window: november, Grain: insight.GrainDay, Cohorts: []insight.Cohorts{{}}}
	for i := range 1000 {
		cohorts.Cohorts[0].Rows = append(cohorts.Cohorts[0].Rows, insight.Cohort{At: november.From.AddDate(0, 0, i), Counts: values(1000)})
	}
	p := NewPainter(PainterOptions{})
	for name, d := range map[string]Drawing{
		"a million points":              drawingOf("x", insight.ChartLine, series("", "", insight.GrainHour, date(1, 1), zigzag(1_000_000))),
		"a million that are no numbers": drawingOf("x", insight.ChartLine, lines(1, 1_000_000)...),
		"ten thousand series":           drawingOf("x", insight.ChartLine, lines(10_000, 60)...).by("group"),
		"ten thousand bars":             totals,
		"a million cells":               {Result: cohorts},
	} {
		for _, chart := range []insight.Chart{insight.ChartLine, insight.ChartBar, insight.ChartHorizontalBar, insight.ChartNumber} {
			d.Chart = chart
			var rec record
			took, used := peak(func() {
				if pic, err := p.draw(d, &rec); err != nil || len(pic.PNG) > 400_000 {
					t.Errorf("%s as %s: %d bytes, %v", name, chart, len(pic.PNG), err)
				}
			})
			if took > 5*time.Second || used > 256<<20 || len(rec.marks) > 20_000 {
				t.Errorf("%s as %s took %s and %d MB for %d marks", name, chart, took, used>>20, len(rec.marks))
			}
			t.Logf("%s as %q: %s, %d MB, %d marks", name, chart, took.Round(time.Millisecond), used>>20, len(rec.marks))
		}
	}
	// No source returns more than 10,000 rows: that is what words are made of.
	for name, d := range map[string]Drawing{
		"points": drawingOf("x", insight.ChartLine, lines(1, 10_000)...), "groups": totals, "lines": drawingOf("x", insight.ChartLine, lines(100, 100)...).by("group"),
	} {
		took, used := peak(func() {
			Finding(d.Insight, d.Result)
			Alt(d.Insight, d.Result, Pick(d.Insight, d.Result, ""), "x")
			TextTable(Grid(d.Insight, d.Result, 20), 80)
			if _, err := CSV(d.Insight, d.Result); err != nil {
				t.Error(err)
			}
		})
		if took > 5*time.Second || used > 256<<20 {
			t.Errorf("words of ten thousand %s took %s and %d MB", name, took, used>>20)
		}
		t.Logf("words of ten thousand %s: %s, %d MB", name, took.Round(time.Millisecond), used>>20)
	}
}
