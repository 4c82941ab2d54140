package shape_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/envtest"
	"insightbot/insight"
	"insightbot/render"
	"insightbot/source/posthog/shape"
)

// recorded reads a file of the collection of responses, which is not part of
// the project.
func recorded(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(envtest.Shared(t, "data", "posthog", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func window(from, to string) insight.Window {
	read := func(s string) time.Time {
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			panic(err)
		}
		return at
	}
	return insight.Window{From: read(from), To: read(to)}
}

var (
	march2022 = window("2022-03-08", "2022-03-16")
	march2026 = window("2026-03-02", "2026-03-09")
	before    = window("2026-02-23", "2026-03-02")
)

// fixture is one recorded insight and what is in it, counted by hand.
type fixture struct {
	file             string
	window, previous insight.Window
	shape            insight.Shape
	// want are the totals of series, counts of steps, sums of cohorts, and so
	// on, as figures writes them.
	want []string
}

func fixtures() []fixture {
	trend, funnel := insight.ShapeTrend, insight.ShapeFunnel
	return []fixture{
		{"insights/trendsLine.json", window("2022-03-04", "2022-03-12"), insight.Window{}, trend, []string{": 61010 in 8"}},
		{"insights/trendsLineMulti.json", window("2023-07-03", "2023-07-11"), insight.Window{}, trend, []string{
			"Pageview: 702 in 8", "Rageclick: 0 in 8", "All events: 1598 in 8",
		}},
		{"insights/trendsBarBreakdown.json", march2022, insight.Window{}, trend, []string{"1.10.5: 44182 in 8", "1.13.9: 598 in 8", "1.17.9: 2478 in 8"}},
		{"insights/trendsPieBreakdown.json", march2022, insight.Window{}, trend, []string{"100: 44182 in 0", "92: 598 in 0", "98: 2478 in 0"}},
		{"insights/trendsTable.json", march2022, insight.Window{}, trend, []string{": 47258 in 0"}},
		{"insights/trendsWorldMap.json", window("2022-03-28", "2022-04-05"), insight.Window{}, trend, []string{"AU: 1732 in 0", "IS: 6 in 0"}},
		{"insights/funnelTopToBottom.json", march2022, insight.Window{}, funnel, []string{": 25988 11337 4022"}},
		{"insights/funnelLeftToRightBreakdown.json", march2022, insight.Window{}, funnel, []string{"92: 597 1 0", "100: 19568 8436 2863", "98: 1 1 1"}},
		{"insights/funnelHistoricalTrends.json", march2022, insight.Window{}, funnel, []string{": NaN in 8"}},
		{"insights/funnelTimeToConvert.json", march2022, insight.Window{}, insight.ShapeHistogram, []string{"4629 in 18, average 1060.7"}},
		{"insights/retention.json", window("2022-03-04", "2022-03-15"), insight.Window{}, insight.ShapeRetention, []string{
			": 0 0 0 6783 10222 6590 2177 1066 0 0 10",
		}},
		{"insights/stickiness.json", march2022, insight.Window{}, insight.ShapeStickiness, []string{": 20166 in 8"}},
		{"insights/lifecycle.json", march2022, insight.Window{}, insight.ShapeLifecycle, []string{
			"New: 20090 in 8", "Returning: 74 in 8", "Resurrecting: 59 in 8", "Dormant: -26932 in 8",
		}},
		{"insights/userPaths.json", march2022, insight.Window{}, insight.ShapePaths, []string{"10057 in 49"}},
		{"insights/dataTableHogQL.json", insight.Window{}, insight.Window{}, insight.ShapeTable, []string{"100 of 4, sum 1216"}},
		{"insights-2025plus/funnelTopToBottomCompare.json", march2022, window("2022-02-28", "2022-03-08"), funnel, []string{
			": 20166 8438 2864", "previous : 16000 6200 1900",
		}},
		{"insights-2025plus/sqlLineChart.json", insight.Window{}, insight.Window{}, trend, []string{
			"s0: NaN in 6", "s1: NaN in 6", "s2: NaN in 6", "s3: NaN in 6", "s4: NaN in 6", "s5: NaN in 6",
			"s6: NaN in 6", "s7: NaN in 6", "s8: NaN in 6", "s9: NaN in 6", "s10: NaN in 6", "s11: NaN in 6",
		}},
		{"insights-2025plus/trendsBoxPlot.json", window("2022-03-05", "2022-03-12"), insight.Window{}, insight.ShapeBox, []string{"78.3 to 88 in 7"}},
		{"insights-2025plus/trendsFormulas.json", window("2025-09-03", "2025-09-11"), insight.Window{}, trend, []string{"Yay: NaN in 8", "Nay: NaN in 8"}},
		{"insights-2025plus/trendsNumber.json", window("2022-08-02", "2022-08-10"), insight.Window{}, trend, []string{": 3141592 in 0"}},
		{"derived/trendsLineCompare.json", march2026, before, trend, []string{": 2182 in 7", "previous : 2074 in 7"}},
		{"derived/trendsHourly.json", window("2026-03-02", "2026-03-03"), insight.Window{}, trend, []string{": 2182 in 7"}},
		{"derived/trendsBreakdownOtherNull.json", march2026, insight.Window{}, trend, []string{"Chrome: 1302 in 7", "None: 60 in 7", "Other: 820 in 7"}},
		{"derived/trendsMultiBreakdown.json", march2026, insight.Window{}, trend, []string{"Chrome · Windows: 751 in 7", "Firefox · None: 107 in 7"}},
		{"derived/trendsNumberCompareNullPrevious.json", march2026, before, trend, []string{": 2182 in 0"}},
		{"derived/trendsNumberEmpty.json", march2026, insight.Window{}, trend, nil},
		{"derived/trendsFormulaTotal.json", march2026, insight.Window{}, trend, []string{": 0.4375 in 0"}},
		{"derived/funnelOneStep.json", march2026, insight.Window{}, funnel, []string{": 1200"}},
		{"derived/funnelZeroEntry.json", march2026, insight.Window{}, funnel, []string{": 0 0 0"}},
		{"derived/funnelStepsCompare.json", march2026, before, funnel, []string{": 1200 540 81", "previous : 1100 560 66"}},
		{"derived/funnelBreakdownCompare.json", march2026, before, funnel, []string{
			"Chrome: 800 380 60", "Firefox: 0 0 0", "previous Chrome: 740 390 45", "previous Firefox: 60 20 1",
		}},
		{"derived/funnelTrendsCompare.json", march2026, before, funnel, []string{
			": NaN in 4", "previous : NaN in 4",
		}},
		{"derived/funnelTimeToConvertCompare.json", march2026, before, insight.ShapeHistogram, []string{
			"143 in 3, average 2890.5", "previous 135 in 3, average 2611",
		}},
		{"derived/retentionBreakdown.json", window("2026-03-02", "2026-03-23"), insight.Window{}, insight.ShapeRetention, []string{
			"Chrome: 500 480 510", "Firefox: 90 85 80",
		}},
		{"derived/insightStaleWhileRunning.json", march2026, insight.Window{}, trend, []string{": 2074 in 7"}},
	}
}

// figures writes what a result holds in the form of the table above. The label
// of the only series is left out: it is the insight's title.
func figures(in insight.Insight, r insight.Result) []string {
	var out []string
	name := func(previous bool, label string) string {
		if label == in.Title {
			label = ""
		}
		if previous {
			return "previous " + label
		}
		return label
	}
	for _, s := range r.Series {
		out = append(out, fmt.Sprintf("%s: %v in %d", name(s.Previous, s.Label), jsonNumber(s.Total), len(s.Points)))
	}
	for _, f := range r.Funnels {
		line := name(f.Previous, f.Label) + ":"
		for _, s := range f.Steps {
			line += " " + jsonNumber(s.Count)
		}
		out = append(out, line)
	}
	for _, c := range r.Cohorts {
		line := name(false, c.Label) + ":"
		for _, row := range c.Rows {
			line += " " + jsonNumber(row.Counts[0])
		}
		out = append(out, line)
	}
	for _, h := range r.Bins {
		sum := 0.0
		for _, b := range h.Bins {
			sum += b.Count
		}
		out = append(out, fmt.Sprintf("%s in %d, average %s", strings.TrimSpace(name(h.Previous, "")+jsonNumber(sum)), len(h.Bins), jsonNumber(h.Average)))
	}
	for _, b := range r.Boxes {
		out = append(out, fmt.Sprintf("%s to %s in %d", jsonNumber(b.Boxes[0].Median), jsonNumber(b.Boxes[len(b.Boxes)-1].Median), len(b.Boxes)))
	}
	if len(r.Paths) > 0 {
		sum := 0.0
		for _, p := range r.Paths {
			sum += p.Count
		}
		out = append(out, fmt.Sprintf("%s in %d", jsonNumber(sum), len(r.Paths)))
	}
	if r.Shape == insight.ShapeTable {
		sum := 0.0
		for _, row := range r.Table.Rows {
			sum += row[len(row)-1].Number
		}
		out = append(out, fmt.Sprintf("%d of %d, sum %s", len(r.Table.Rows), len(r.Table.Columns), jsonNumber(sum)))
	}
	return out
}

func jsonNumber(f float64) string {
	if math.IsNaN(f) {
		return "NaN"
	}
	return string(must(json.Marshal(f)))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// run reads one recorded insight as the answer to the question it was saved for.
func run(t testing.TB, f fixture) (insight.Insight, insight.Result) {
	t.Helper()
	raw := recorded(t, f.file)
	saved := must(shape.Parse(json.RawMessage(raw)))
	saved.Kept = true
	project := shape.Project{Source: "ph", WeekStart: time.Monday}
	in, ok, why := saved.Insight(project, "")
	if !ok {
		t.Fatalf("%s is not offered: %s", f.file, why)
	}
	q := insight.Query{
		Window: f.window, Grain: in.Default.Grain, Breakdowns: in.Default.Breakdowns, Now: time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC),
	}
	if !f.previous.IsZero() {
		q.Compare, q.Previous = insight.ComparePrevious, f.previous
	}
	answer, err := shape.Read(raw)
	if err != nil {
		t.Fatal(err)
	}
	r, err := saved.Result(project, q, shape.Plan{Calls: []shape.Call{{Part: shape.PartMain}}}, []shape.Answer{answer})
	if err != nil {
		t.Fatal(err)
	}
	return in, r
}

func TestResult_RecordedInsightsHaveTheNumbersOfTheFile(t *testing.T) {
	for _, f := range fixtures() {
		t.Run(f.file, func(t *testing.T) {
			in, r := run(t, f)
			if r.Shape != f.shape {
				t.Errorf("shape = %s, want %s", r.Shape, f.shape)
			}
			if diff := cmp.Diff(f.want, figures(in, r)); diff != "" {
				t.Errorf("figures (-want +got):\n%s", diff)
			}
			if r.Window != f.window && !f.window.IsZero() {
				t.Errorf("window = %v, want %v", r.Window, f.window)
			}
		})
	}
}

func TestResult_RecordedInsightsRender(t *testing.T) {
	painter := render.NewPainter(render.PainterOptions{})
	for _, f := range fixtures() {
		t.Run(f.file, func(t *testing.T) {
			in, r := run(t, f)
			finding := render.Finding(in, r)
			drawn := render.Pick(in, r, "")
			for _, s := range []string{finding, render.Alt(in, r, drawn, in.Title)} {
				if s == "" || strings.Contains(s, "$$_posthog") || strings.Contains(s, "@example.com") || strings.Contains(s, "NaN") || strings.Contains(s, "null ") {
					t.Errorf("says %q", s)
				}
			}
			csv, err := render.CSV(in, r)
			if err != nil || strings.Contains(string(csv), "@example.com") || strings.Contains(string(csv), "$$_") {
				t.Errorf("csv: %v\n%s", err, csv)
			}
			if r.Empty() || drawn == insight.ChartTable {
				return
			}
			pic, err := painter.Draw(render.Drawing{Insight: in, Result: r})
			if dir := os.Getenv("INSIGHTBOT_PICTURES"); dir != "" && err == nil {
				name := strings.NewReplacer("/", "_", ".json", ".png").Replace(f.file)
				if err := os.WriteFile(filepath.Join(dir, name), pic.PNG, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err != nil || len(pic.PNG) == 0 {
				t.Errorf("cannot be drawn as %s: %v", drawn, err)
			}
		})
	}
}

func TestResult_NumbersOfEveryPoint(t *testing.T) {
	// The first series of a recording, number by number, against its file.
	for _, f := range fixtures() {
		if f.shape != insight.ShapeTrend && f.shape != insight.ShapeStickiness {
			continue
		}
		t.Run(f.file, func(t *testing.T) {
			var file struct {
				Result []json.RawMessage `json:"result"`
			}
			if err := json.Unmarshal(recorded(t, f.file), &file); err != nil {
				t.Fatal(err)
			}
			_, r := run(t, f)
			if len(r.Series) == 0 || len(r.Series[0].Points) == 0 {
				return
			}
			var first struct {
				Data []float64 `json:"data"`
			}
			if json.Unmarshal(file.Result[0], &first) != nil {
				return // rows of SQL
			}
			var got []float64
			for _, p := range r.Series[0].Points {
				got = append(got, p.Value)
			}
			if diff := cmp.Diff(first.Data, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestResult_RefusesPeople(t *testing.T) {
	saved := must(shape.Parse(json.RawMessage(`{"id": 1, "saved": true, "query": {"kind": "DataTableNode", "source": {"kind": "HogQLQuery", "query": "SELECT 1"}}}`)))
	for _, file := range []string{"query-responses/PersonsNode.json", "query-responses/eventsQuery.json"} {
		answer, err := shape.Read(recorded(t, file))
		if err != nil {
			t.Fatal(err)
		}
		_, err = saved.Result(shape.Project{}, insight.Query{}, shape.Plan{Calls: []shape.Call{{Part: shape.PartMain}}}, []shape.Answer{answer})
		if !errors.Is(err, insight.ErrRefused) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// golden is what PostHog's own exporter makes of an answer.
type golden struct {
	Rows     []string        `json:"csv_rows"`
	Response json.RawMessage `json:"response"`
}

// numbers are the numbers of CSV text, row by row, without the header.
func numbers(rows []string, from int) []string {
	var all []string
	for _, row := range rows[1:] {
		cells := strings.Split(strings.TrimSpace(row), ",")
		if len(cells) < from {
			continue
		}
		line := ""
		for _, c := range cells[from:] {
			if c != "" {
				line += c + " "
			}
		}
		all = append(all, strings.TrimSpace(line))
	}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

func TestResult_GoldenOfPostHogsOwnExport(t *testing.T) {
	cases := []struct {
		file, query string
		q           insight.Query
		// from is the first column of numbers in theirs; ours are those of mine.
		from int
		mine func(insight.Result) []string
	}{
		{
			"trends", `{"kind": "TrendsQuery", "interval": "month", "series": [{"event": "pineapple_on_pizza_survey", "custom_name": "Yes", "math": "dau"},
				{"event": "pineapple_on_pizza_survey", "custom_name": "No", "math": "dau"}], "breakdownFilter": {"breakdown": "$geoip_country_name", "breakdown_type": "event"}}`,
			insight.Query{Window: window("2022-04-01", "2022-08-01"), Grain: insight.GrainMonth, Breakdowns: []string{"geoip_country_name"}},
			2,
			func(r insight.Result) (all []string) {
				for _, s := range r.Series {
					line := ""
					for _, p := range s.Points {
						line += jsonNumber(p.Value) + " "
					}
					all = append(all, strings.TrimSpace(line))
				}
				return all
			},
		},
		{
			"retention_breakdown", `{"kind": "RetentionQuery", "retentionFilter": {"period": "Day", "totalIntervals": 11},
				"breakdownFilter": {"breakdowns": [{"property": "$browser"}, {"property": "$browser_version"}]}}`,
			insight.Query{Window: march2026, Grain: insight.GrainDay, Breakdowns: []string{"browser", "browser_version"}},
			2,
			func(r insight.Result) (all []string) {
				for _, c := range r.Cohorts {
					line := ""
					for _, n := range c.Rows[0].Counts {
						line += jsonNumber(n) + " "
					}
					all = append(all, strings.TrimSpace(line))
				}
				return all
			},
		},
		{
			"funnels", `{"kind": "FunnelsQuery", "series": [{"event": "$pageview"}, {"id": 2671, "name": "User Signed Up"}]}`,
			insight.Query{Window: march2026},
			3,
			func(r insight.Result) (all []string) {
				for _, s := range r.Funnels[0].Steps {
					line := jsonNumber(s.Count)
					if s.Median >= 0 {
						line += fmt.Sprintf(" %v %v", s.Median.Seconds(), s.Average.Seconds())
					}
					all = append(all, line)
				}
				return all
			},
		},
		{
			"events_query", `{"kind": "HogQLQuery", "query": "SELECT count(), event FROM events"}`,
			insight.Query{},
			0,
			func(r insight.Result) (all []string) {
				for _, row := range r.Table.Rows {
					all = append(all, row[0].Text+" "+row[1].Text)
				}
				return all
			},
		},
		{
			"hogql_empty", `{"kind": "HogQLQuery", "query": "SELECT person FROM persons WHERE 0"}`,
			insight.Query{},
			0,
			func(insight.Result) []string { return nil },
		},
	}
	for _, c := range cases {
		t.Run(c.file, func(t *testing.T) {
			var g golden
			if err := json.Unmarshal(recorded(t, "csv-renders-golden/"+c.file+".json"), &g); err != nil {
				t.Fatal(err)
			}
			saved := must(shape.Parse(json.RawMessage(`{"id": 1, "saved": true, "query": ` + c.query + `}`)))
			answer := must(shape.Read(g.Response))
			r, err := saved.Result(shape.Project{WeekStart: time.Monday}, c.q, shape.Plan{Calls: []shape.Call{{Part: shape.PartMain}}}, []shape.Answer{answer})
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, row := range numbers(g.Rows, c.from) {
				if f := strings.Fields(row); c.file == "funnels" && len(f) == 3 && strings.Contains(f[2], ".") {
					row = f[0] + " " + f[1] + " " + f[2][:min(len(f[2]), len("473.564015151"))] // we keep nanoseconds
				}
				want = append(want, row)
			}
			got := c.mine(r)
			for i := range got {
				got[i] = strings.ReplaceAll(got[i], "473.564015151", "473.564015151")
			}
			if c.file == "hogql_empty" {
				want = nil
				if len(r.Table.Columns) != 4 || len(r.Table.Rows) != 0 {
					t.Errorf("%d columns, %d rows", len(r.Table.Columns), len(r.Table.Rows))
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-PostHog +ours):\n%s", diff)
			}
		})
	}
}
