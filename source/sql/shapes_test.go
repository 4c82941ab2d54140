package sqlsource

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"insightbot/insight"
)

// shape runs a statement that makes its rows up, as a chart of some kind.
func shape(t *testing.T, chart, rest, statement string, q insight.Query) insight.Result {
	t.Helper()
	s := open(t, signups(t), signupsYAML+item(chart, rest, statement))
	return ask(t, s, q)
}

// equal compares results, with NaN equal to NaN.
func equal(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestRun_Funnels(t *testing.T) {
	rest := "time: {column: s.at, type: unix}\ndimensions: {plan: s.plan}"
	statement := `WITH u AS (SELECT id, {{breakdown}}, amount FROM s WHERE {{window}} AND {{filters}})
SELECT 20 AS value, 2 AS step, 'Paid' AS name, breakdown, 90.5 AS average_seconds, NULL AS median_seconds, count(*) AS value2 FROM u WHERE amount > 3 GROUP BY breakdown
UNION ALL SELECT count(*) + 20, 1, 'Came', breakdown, 7, 7, 0 FROM u GROUP BY breakdown`
	w := days(t, time.UTC, "2026-03-01", "2026-04-01")
	r := shape(t, "funnel", rest, statement, insight.Query{Window: w, Compare: insight.ComparePrevious, Previous: days(t, time.UTC, "2026-03-02", "2026-03-04")})
	step := func(came float64) []insight.Step {
		return []insight.Step{{Name: "Came", Count: came, Average: -1, Median: -1}, {Name: "Paid", Count: 20, Average: 90500 * time.Millisecond, Median: -1}}
	}
	equal(t, []insight.Funnel{{Label: "X", Steps: step(24)}, {Label: "X", Previous: true, Steps: step(21)}}, r.Funnels)

	r = shape(t, "funnel", rest, statement, insight.Query{Window: w, Breakdowns: []string{"plan"}})
	if len(r.Funnels) != 2 || r.Funnels[0].Key != "Free" || r.Funnels[1].Label != "Pro" || r.Funnels[1].Values[0] != "Pro" {
		t.Errorf("got %+v", r.Funnels)
	}
	if r.Incomplete != (time.Time{}) {
		t.Errorf("incomplete from %s", r.Incomplete)
	}
}

func TestRun_Retention(t *testing.T) {
	rest := "time: {column: s.at, type: unix, grains: [week]}"
	statement := `WITH c AS (SELECT {{bucket}} FROM s WHERE {{window}} GROUP BY {{group}})
SELECT bucket AS cohort, p.column1 AS period, 10 - p.column1 * 3 AS value FROM c, (VALUES (0), (2), (1)) p
WHERE unixepoch(bucket) + p.column1 * 7 * 86400 < unixepoch('2026-03-12')`
	now := time.Date(2026, 3, 12, 0, 0, 0, 0, time.UTC)
	r := shape(t, "retention", rest, statement, insight.Query{Window: days(t, time.UTC, "2026-02-23", "2026-03-16"), Now: now})
	at := func(day int) time.Time { return time.Date(2026, 2, day, 0, 0, 0, 0, time.UTC) }
	equal(t, []insight.Cohorts{{Label: "X", Rows: []insight.Cohort{
		{At: at(23), Label: "23 Feb 2026", Counts: []float64{10, 7}, Incomplete: true},
		{At: at(30), Label: "2 Mar 2026", Counts: []float64{10}},
		{At: at(37), Label: "9 Mar 2026", Counts: []float64{10}, Incomplete: true},
	}}}, r.Cohorts)
	if r.Grain != insight.GrainWeek {
		t.Errorf("grain %q", r.Grain)
	}
}

func TestRun_Lifecycle(t *testing.T) {
	rest := "time: {column: s.at, type: unix, grains: [day]}"
	statement := `SELECT {{bucket}}, 'new' AS status, count(*) AS value FROM s WHERE {{window}} GROUP BY {{group}}
UNION ALL SELECT '2026-03-02', 'dormant', 5`
	r := shape(t, "lifecycle", rest, statement, insight.Query{Window: days(t, time.UTC, "2026-03-01", "2026-03-04"), Grain: insight.GrainDay})
	want := []string{"New: 2 0 1 = 3", "Returning: 0 0 0 = 0", "Resurrecting: 0 0 0 = 0", "Dormant: 0 -5 0 = -5"}
	equal(t, want, numbers(r.Series))
	if r.Series[3].Status != insight.StatusDormant {
		t.Errorf("status %q", r.Series[3].Status)
	}
}

func TestRun_Stickiness(t *testing.T) {
	r := shape(t, "stickiness", "time: {column: s.at, type: unix}",
		`SELECT 3 AS days, 4 AS value FROM s WHERE {{window}} UNION SELECT 1, 9`, insight.Query{Window: days(t, time.UTC, "2026-03-01", "2026-03-04")})
	equal(t, []insight.Series{{Label: "X", Total: 13, Points: []insight.Point{{X: 1, Value: 9}, {X: 2}, {X: 3, Value: 4}}}}, r.Series)
}

func TestRun_Paths(t *testing.T) {
	r := shape(t, "paths", "tags: [a]", `SELECT 'a' AS source, 'b' AS target, 1 AS step, 5 AS value, 1.5 AS average_seconds UNION ALL SELECT 'b', 'c', 2, 7, NULL`, insight.Query{})
	equal(t, []insight.Path{
		{Step: 2, Source: "b", Target: "c", Count: 7, AverageAfter: -1},
		{Step: 1, Source: "a", Target: "b", Count: 5, AverageAfter: 1500 * time.Millisecond},
	}, r.Paths)
}

func TestRun_Histogram(t *testing.T) {
	r := shape(t, "histogram", "tags: [a]", `SELECT 10 AS bin, 1 AS value UNION ALL SELECT 0, 4`, insight.Query{})
	equal(t, []insight.Histogram{{Label: "X", Average: math.NaN(), Bins: []insight.Bin{{From: 0, Count: 4}, {From: 10, Count: 1}}}}, r.Bins)
}

func TestRun_Boxes(t *testing.T) {
	r := shape(t, "box", "time: {column: s.at, type: unix, grains: [day]}",
		`SELECT {{bucket}}, 1 AS min, 2 AS p25, 3 AS median, 4 AS p75, 5 AS max, 3.5 AS mean FROM s WHERE {{window}} GROUP BY {{group}}`,
		insight.Query{Window: days(t, time.UTC, "2026-03-01", "2026-03-03"), Grain: insight.GrainDay})
	nan := math.NaN()
	equal(t, []insight.BoxSeries{{Label: "X", Boxes: []insight.Box{
		{At: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Min: 1, P25: 2, Median: 3, P75: 4, Max: 5, Mean: 3.5},
	}}}, []insight.BoxSeries{{Label: r.Boxes[0].Label, Boxes: r.Boxes[0].Boxes[:1]}})
	if len(r.Boxes[0].Boxes) != 2 || !math.IsNaN(r.Boxes[0].Boxes[1].Median) || !math.IsNaN(nan) {
		t.Errorf("boxes %+v", r.Boxes)
	}
}

func TestRun_Tables(t *testing.T) {
	s := open(t, signups(t), item("table", "columns: {When: time, Email: email, Big: number}",
		`SELECT 9007199254740993 AS Big, 1767225600 AS "When", 'ann@example.com' AS email, NULL AS none, 0.1 + 0.2 AS sum, x'00ff' AS raw, 1e21 AS huge, 'DE' AS country`))
	r := ask(t, s, insight.Query{Masks: []string{"Email"}})
	equal(t, insight.Table{
		Columns: []insight.Column{
			{Name: "Big", Type: "number"},
			{Name: "When", Type: "time"},
			{Name: "Email", Type: "email"},
			{Name: "none"},
			{Name: "sum", Type: "number"},
			{Name: "raw"},
			{Name: "huge", Type: "number"},
			{Name: "country"},
		},
		Rows: [][]insight.Cell{{
			{Text: "9007199254740993", Number: 9007199254740992, IsNumber: true},
			{Text: "2026-01-01 00:00:00"},
			{Text: hidden},
			{Null: true},
			{Text: "0.3", Number: 0.30000000000000004, IsNumber: true},
			{Text: "(2 bytes)"},
			{Text: "1e+21", Number: 1e21, IsNumber: true},
			{Text: "DE"},
		}},
	}, r.Table)

	small := func(c *Config) { c.MaxRows = 3 }
	rows := `SELECT id FROM s ORDER BY id LIMIT `
	r = ask(t, open(t, signups(t), item("table", "tags: [a]", rows+"3"), small), insight.Query{})
	if len(r.Table.Rows) != 3 || r.More {
		t.Errorf("%d of 3 rows, more %v", len(r.Table.Rows), r.More)
	}
	r = ask(t, open(t, signups(t), item("table", "tags: [a]", rows+"4"), small), insight.Query{})
	if len(r.Table.Rows) != 3 || !r.More {
		t.Errorf("%d of 4 rows, more %v", len(r.Table.Rows), r.More)
	}
	few := open(t, signups(t), counts("total: sum"), func(c *Config) { c.MaxRows = 10; c.MaxBytes = 40 })
	_, err := few.Run(t.Context(), find(t, few), insight.Query{Window: days(t, time.UTC, "2026-03-01", "2026-03-04"), Grain: insight.GrainDay})
	if !errors.Is(err, insight.ErrTooLarge) {
		t.Errorf("too many bytes: %v", err)
	}
}

func TestRun_TableWithDeclaredTimes(t *testing.T) {
	path := database(t, "CREATE TABLE e (at DATETIME, day DATE, name TEXT)", "INSERT INTO e VALUES ('2026-03-01 08:30:00', '2026-03-02', 'x')")
	r := ask(t, open(t, path, item("table", "tags: [a]", "SELECT at, day, name FROM e")), insight.Query{})
	equal(t, [][]insight.Cell{{{Text: "2026-03-01 08:30:00"}, {Text: "2026-03-02"}, {Text: "x"}}}, r.Table.Rows)
}

func TestRun_WrongColumnsAreBroken(t *testing.T) {
	w := days(t, time.UTC, "2026-03-01", "2026-03-04")
	timed := "time: {column: s.at, type: unix, grains: [day]}"
	for name, tt := range map[string]struct{ chart, rest, statement string }{
		"funnel without names":     {"funnel", "tags: [a]", "SELECT 1 AS step, 2 AS value"},
		"funnel with a step twice": {"funnel", "tags: [a]", "SELECT 1 AS step, 'a' AS name, 2 AS value UNION ALL SELECT 1, 'b', 2"},
		"funnel with text":         {"funnel", "tags: [a]", "SELECT 'one' AS step, 'a' AS name, 2 AS value"},
		"an unknown status":        {"lifecycle", timed, "SELECT {{bucket}}, 'lost' AS status, 1 AS value FROM s WHERE {{window}}"},
		"half a period":            {"retention", timed, "SELECT {{bucket}}, 0.5 AS period, 1 AS value FROM s WHERE {{window}}"},
		"a bucket of text":         {"line", timed, "SELECT 'x' || {{bucket}}, 1 AS value FROM s WHERE {{window}}"},
		"no bucket":                {"line", timed, "SELECT 1 AS value FROM (SELECT {{bucket}} FROM s WHERE {{window}})"},
		"days that cannot be":      {"stickiness", "tags: [a]", "SELECT 0 AS days, 1 AS value"},
		"a bin without a bound":    {"histogram", "tags: [a]", "SELECT NULL AS bin, 1 AS value"},
		"boxes without a median":   {"box", timed, "SELECT {{bucket}}, 1 AS min FROM s WHERE {{window}}"},
		"paths without a target":   {"paths", "tags: [a]", "SELECT 1 AS step, 'a' AS source, 1 AS value"},
		"a breakdown that is gone": {"number", "dimensions: {plan: s.plan}", "SELECT value FROM (SELECT {{breakdown}}, count(*) AS value FROM s WHERE {{filters}} GROUP BY {{group}})"},
		"two rows for one bucket":  {"line", timed, "SELECT {{bucket}}, 1 AS value FROM s WHERE {{window}} AND at < 1772409600"},
		"two boxes for one bucket": {"box", timed, "SELECT {{bucket}}, 1 AS min, 2 AS p25, 3 AS median, 4 AS p75, 5 AS max, 3 AS mean FROM s WHERE {{window}}"},
		"two rows for one status":  {"lifecycle", timed, "SELECT {{bucket}}, 'new' AS status, 1 AS value FROM s WHERE {{window}}"},
		"two rows for one bin":     {"histogram", "tags: [a]", "SELECT 1 AS bin, 1 AS value UNION ALL SELECT 1, 2"},
		"two rows for one hop":     {"paths", "tags: [a]", "SELECT 1 AS step, 'a' AS source, 'b' AS target, 1 AS value UNION ALL SELECT 1, 'a', 'b', 2"},
		"two rows for one total":   {"number", "tags: [a]", "SELECT 1 AS value FROM s"},
		"as_of that is no time":    {"number", "as_of: SELECT 'soon'", "SELECT 1 AS value"},
		"as_of of a missing table": {"number", "as_of: SELECT max(at) FROM nowhere", "SELECT 1 AS value"},
	} {
		s := open(t, signups(t), signupsYAML+item(tt.chart, tt.rest, tt.statement))
		in := find(t, s)
		q := insight.Query{}
		if in.Accepts.Windows {
			q.Window, q.Grain = w, insight.GrainDay
		}
		if len(in.Accepts.Dimensions) > 0 {
			q.Breakdowns = []string{"plan"}
		}
		if _, err := s.Run(t.Context(), in, q); !errors.Is(err, insight.ErrBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInsights_ShapesWithoutBreakdowns(t *testing.T) {
	timed := "time: {column: s.at, type: unix, grains: [day]}\ndimensions: {plan: s.plan}"
	for chart, statement := range map[string]string{
		"box":       "SELECT {{bucket}}%s, 1 AS min, 2 AS p25, 3 AS median, 4 AS p75, 5 AS max, 3 AS mean FROM s WHERE {{window}} AND {{filters}} GROUP BY {{group}}",
		"histogram": "SELECT 1 AS bin%s, count(*) AS value FROM s WHERE {{window}} AND {{filters}}",
		"lifecycle": "SELECT {{bucket}}%s, 'new' AS status, count(*) AS value FROM s WHERE {{window}} AND {{filters}} GROUP BY {{group}}",
		"paths":     "SELECT 1 AS step%s, 'a' AS source, 'b' AS target, count(*) AS value FROM s WHERE {{window}} AND {{filters}}",
	} {
		rest := timed
		if chart == "histogram" || chart == "paths" {
			rest = strings.Replace(timed, ", grains: [day]", "", 1)
		}
		s := open(t, signups(t), signupsYAML+item(chart, rest, fmt.Sprintf(statement, "")))
		in := find(t, s)
		if d := in.Accepts.Dimensions[0]; d.Breakdown || !d.Filter || in.Accepts.MaxBreakdowns != 0 {
			t.Errorf("%s takes %d breakdowns, %+v", chart, in.Accepts.MaxBreakdowns, d)
		}
		q := insight.Query{Window: days(t, time.UTC, "2026-03-01", "2026-03-04"), Breakdowns: []string{"plan"}}
		if _, err := s.Run(t.Context(), in, q); !errors.Is(err, insight.ErrUnsupported) {
			t.Errorf("%s by plan: %v", chart, err)
		}
		s = openBroken(t, signups(t), signupsYAML+item(chart, rest, fmt.Sprintf(statement, ", {{breakdown}}")))
		if _, err := s.Insights(t.Context()); err == nil || !strings.Contains(err.Error(), "cannot be broken down") {
			t.Errorf("%s with a breakdown: %v", chart, err)
		}
	}
}

func TestRun_OneValueOfSeveralTypes(t *testing.T) {
	path := database(t, "CREATE TABLE m (at INTEGER, v)", "INSERT INTO m VALUES (1772323200, 1), (1772323201, '1'), (1772323202, '1'), (1772323203, 'x')")
	w := days(t, time.UTC, "2026-03-01", "2026-03-02")
	yaml := func(total, group string) string {
		return item("bar", "total: "+total+"\nas_of: SELECT '2099-01-01'\ntime: {column: at, type: unix, grains: [day]}\ndimensions: {v: v}",
			"SELECT {{bucket}}, {{breakdown}}, count(*) AS value FROM m WHERE {{window}} AND {{filters}} GROUP BY {{group}}"+group)
	}
	for _, grain := range []insight.Grain{insight.GrainNone, insight.GrainDay} {
		q := insight.Query{Window: w, Grain: grain, Breakdowns: []string{"v"}}
		r := ask(t, open(t, path, yaml("sum", "")), q)
		if len(r.Series) != 2 || r.Series[0].Key != "1" || r.Series[0].Total != 3 {
			t.Errorf("added up by %q: %v", grain, numbers(r.Series))
		}
		s := open(t, path, yaml("rerun", ""))
		if _, err := s.Run(t.Context(), find(t, s), q); !errors.Is(err, insight.ErrBroken) || !strings.Contains(err.Error(), "several types") {
			t.Errorf("rerun by %q: %v", grain, err)
		}
		s = open(t, path, yaml("sum", ", at"))
		if _, err := s.Run(t.Context(), find(t, s), q); !errors.Is(err, insight.ErrBroken) {
			t.Errorf("a statement that groups by more, by %q: %v", grain, err)
		}
	}
}
