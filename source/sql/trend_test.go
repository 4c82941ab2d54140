package sqlsource

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"insightbot/insight"
)

// signups is a table of four sign-ups: two on 1 March, one on 3 March, one on
// 11 March without a country.
func signups(t testing.TB) string {
	return database(t, `CREATE TABLE s (id INTEGER PRIMARY KEY, at INTEGER, country TEXT, plan TEXT, amount REAL) STRICT`, `CREATE INDEX s_at ON s (at)`,
		`INSERT INTO s (at, country, plan, amount) VALUES
		 (unixepoch('2026-03-01 00:00:00'), 'DE', 'Pro', 10.5),
		 (unixepoch('2026-03-01 23:59:59'), 'US', 'Free', 2),
		 (unixepoch('2026-03-03 12:00:00'), 'DE', 'Free', 4),
		 (unixepoch('2026-03-11 08:00:00'), NULL, 'Pro', 8)`)
}

const signupsYAML = `dimensions:
  country:
    label: Country
    values: [{key: DE, label: Germany}, {key: US}]
  plan: {values: [Free, Pro]}
`

// counts counts sign-ups; the data is complete up to now if rest says nothing.
func counts(rest string) string {
	if !strings.Contains(rest, "as_of") {
		rest += "\nas_of: SELECT '2099-01-01'"
	}
	return unknown(rest)
}

// unknown is counts for data of which nobody says when it ends.
func unknown(rest string) string {
	return signupsYAML + item("line", `time: {column: s.at, type: unix, grains: [hour, day, week, month]}
dimensions: {country: s.country, plan: s.plan}
max_breakdowns: 2
`+rest, `SELECT {{bucket}}, {{breakdown}}, count(*) AS value FROM s WHERE {{window}} AND {{filters}} GROUP BY {{group}}`)
}

// numbers writes a series as "key: v v v = total".
func numbers(all []insight.Series) []string {
	var lines []string
	for _, s := range all {
		var b strings.Builder
		if s.Previous {
			b.WriteString("< ")
		}
		b.WriteString(s.Label + ":")
		for _, p := range s.Points {
			fmt.Fprintf(&b, " %v", p.Value)
		}
		fmt.Fprintf(&b, " = %v", s.Total)
		lines = append(lines, b.String())
	}
	return lines
}

func TestRun_Trends(t *testing.T) {
	path := signups(t)
	march := days(t, time.UTC, "2026-03-01", "2026-03-06")
	february := days(t, time.UTC, "2026-02-24", "2026-03-01")
	for name, tt := range map[string]struct {
		rest string
		q    insight.Query
		want []string
	}{
		"zeros where sums are counted": {"total: sum", insight.Query{Window: march, Grain: insight.GrainDay}, []string{"X: 2 0 1 0 0 = 3"}},
		"gaps otherwise":               {"", insight.Query{Window: march, Grain: insight.GrainDay}, []string{"X: 2 NaN 1 NaN NaN = 3"}},
		"gaps on demand":               {"total: sum\nempty: gap", insight.Query{Window: march, Grain: insight.GrainDay}, []string{"X: 2 NaN 1 NaN NaN = 3"}},
		"last":                         {"total: last", insight.Query{Window: march, Grain: insight.GrainDay}, []string{"X: 2 0 1 0 0 = 0"}},
		"average":                      {"total: average", insight.Query{Window: march, Grain: insight.GrainDay}, []string{"X: 2 NaN 1 NaN NaN = 1.5"}},
		"average without a series":     {"total: average\ndefault: {grain: day}", insight.Query{Window: march}, []string{"X: = 1.5"}},
		"totals alone":                 {"", insight.Query{Window: march}, []string{"X: = 3"}},
		"no rows are zero for sums":    {"total: sum", insight.Query{Window: february, Grain: insight.GrainDay}, []string{"X: 0 0 0 0 0 = 0"}},
		"no rows are nothing":          {"", insight.Query{Window: february, Grain: insight.GrainDay}, nil},
		"broken down":                  {"total: sum", insight.Query{Window: march, Grain: insight.GrainDay, Breakdowns: []string{"country"}}, []string{"Germany: 1 0 1 0 0 = 2", "US: 1 0 0 0 0 = 1"}},
		"broken down twice":            {"total: sum", insight.Query{Window: march, Breakdowns: []string{"country", "plan"}}, []string{"Germany · Free: = 1", "Germany · Pro: = 1", "US · Free: = 1"}},
		"no value is None":             {"total: sum", insight.Query{Window: days(t, time.UTC, "2026-03-01", "2026-03-12"), Breakdowns: []string{"country"}}, []string{"Germany: = 2", "None: = 1", "US: = 1"}},
		"filtered":                     {"total: sum", insight.Query{Window: march, Filters: []insight.Filter{{Field: "country", Op: insight.OpIs, Values: []string{"DE"}}}}, []string{"X: = 2"}},
		"excluding keeps what has no value": {"total: sum", insight.Query{
			Window: days(t, time.UTC, "2026-03-01", "2026-03-12"), Filters: []insight.Filter{{Field: "country", Op: insight.OpIsNot, Values: []string{"DE"}}},
		}, []string{"X: = 2"}},
		"compared": {"total: sum", insight.Query{
			Window: march, Grain: insight.GrainDay, Compare: insight.ComparePrevious, Previous: february,
		}, []string{"X: 2 0 1 0 0 = 3", "< X: 0 0 0 0 0 = 0"}},
		"compared by totals": {"total: sum", insight.Query{
			Window: days(t, time.UTC, "2026-03-03", "2026-03-05"), Grain: insight.GrainDay, Compare: insight.ComparePrevious,
			Previous: days(t, time.UTC, "2026-03-01", "2026-03-03"), CompareTotals: true, Breakdowns: []string{"country"},
		}, []string{"Germany: 1 0 = 1", "US: 0 0 = 0", "< Germany: = 1", "< US: = 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := ask(t, open(t, path, counts(tt.rest)), tt.q)
			if diff := cmp.Diff(tt.want, numbers(r.Series)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRun_ManyGroups(t *testing.T) {
	path := database(t, `CREATE TABLE s (at INTEGER, country TEXT, plan TEXT)`,
		`WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i+1 FROM n WHERE i < 40)
		 INSERT INTO s SELECT unixepoch('2026-03-0' || (1 + a.i % 2)), printf('c%02d', max(a.i, b.i)), 'x' FROM n a, n b`)
	w := days(t, time.UTC, "2026-03-01", "2026-03-03")
	for rest, want := range map[string]struct {
		n     int
		other float64
		note  string
	}{
		"total: sum":  {26, 225, "15 smaller groups are added up as “Other”."},
		"":            {25, 0, "15 smaller groups are left out."},
		"total: last": {25, 0, "15 smaller groups are left out."},
	} {
		s := open(t, path, counts(rest))
		for _, grain := range []insight.Grain{insight.GrainNone, insight.GrainDay} {
			r := ask(t, s, insight.Query{Window: w, Grain: grain, Breakdowns: []string{"country"}})
			if len(r.Series) != want.n || len(r.Notes) != 1 || r.Notes[0] != want.note {
				t.Fatalf("%s: %d series, notes %q", rest, len(r.Series), r.Notes)
			}
			if rest != "total: last" && (r.Series[0].Key != "c40" || r.Series[24].Key != "c16") {
				t.Errorf("%s: from %s to %s", rest, r.Series[0].Key, r.Series[24].Key)
			}
			if last := r.Series[len(r.Series)-1]; want.other > 0 {
				sum := last.Total
				for _, p := range last.Points {
					sum -= p.Value
				}
				if last.Key != insight.KeyOther || last.Total != want.other || grain == insight.GrainDay && sum != 0 {
					t.Errorf("other is %+v", last)
				}
			}
		}
	}
}

func TestRun_SaysWhatIsIncomplete(t *testing.T) {
	path := signups(t)
	now := time.Date(2026, 3, 3, 15, 0, 0, 0, time.UTC)
	week := days(t, time.UTC, "2026-03-01", "2026-03-08")
	for name, tt := range map[string]struct {
		rest       string
		grain      insight.Grain
		points     int
		incomplete string
		asOf       time.Time
	}{
		"the running day":             {"total: sum", insight.GrainDay, 3, "2026-03-03", now},
		"the running total":           {"total: sum", insight.GrainNone, 0, "2026-03-01", now},
		"data behind the clock":       {"total: sum\nas_of: SELECT '2026-03-02 06:00:00'", insight.GrainDay, 3, "2026-03-02", time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)},
		"data ahead of the clock":     {"total: sum\nas_of: SELECT '2027-01-01'", insight.GrainDay, 3, "2026-03-03", now},
		"nobody knows":                {"total: sum\nas_of: SELECT NULL", insight.GrainDay, 3, "2026-03-03", time.Time{}},
		"nothing before the earliest": {"total: sum", insight.GrainDay, 3, "2026-03-03", now},
	} {
		t.Run(name, func(t *testing.T) {
			r := ask(t, open(t, path, counts(tt.rest)), insight.Query{Window: week, Grain: tt.grain, Now: now})
			if len(r.Series) != 1 || len(r.Series[0].Points) != tt.points {
				t.Errorf("series %v", numbers(r.Series))
			}
			if got := r.Incomplete.Format(time.DateOnly); got != tt.incomplete || !r.AsOf.Equal(tt.asOf) {
				t.Errorf("incomplete from %s, as of %s", got, r.AsOf)
			}
		})
	}
	early := strings.Replace(counts("total: sum"), "type: unix,", "type: unix, earliest: 2026-02-28,", 1)
	r := ask(t, open(t, path, early), insight.Query{Window: days(t, time.UTC, "2026-02-20", "2026-03-05"), Grain: insight.GrainDay})
	if n := len(r.Series[0].Points); n != 5 || r.Series[0].Points[0].At.Day() != 28 {
		t.Errorf("%d points from %v", n, r.Series[0].Points[0])
	}
	if r.Incomplete != (time.Time{}) {
		t.Errorf("incomplete from %s, long after", r.Incomplete)
	}
}

func TestRun_WhatHasNotHappenedIsNotZero(t *testing.T) {
	for name, statement := range map[string]string{
		"grouped":   `SELECT {{bucket}}, count(*) AS value FROM s WHERE {{window}} GROUP BY {{group}}`,
		"ungrouped": `SELECT count(*) AS value FROM s WHERE {{window}}`,
	} {
		s := open(t, signups(t), item("number", "total: sum\nas_of: SELECT '2099-01-01'\ntime: {column: s.at, type: unix, earliest: 2026-03-01, grains: []}", statement))
		for _, w := range []insight.Window{days(t, time.UTC, "2026-07-01", "2026-08-01"), days(t, time.UTC, "2026-01-01", "2026-03-01")} {
			if r := ask(t, s, insight.Query{Window: w}); !r.Empty() || !r.Incomplete.IsZero() {
				t.Errorf("%s: %v", name, numbers(r.Series))
			}
		}
		r := ask(t, s, insight.Query{Window: days(t, time.UTC, "2026-04-01", "2026-05-01")})
		if diff := cmp.Diff([]string{"X: = 0"}, numbers(r.Series)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestRun_WeeksThatThePeriodCuts(t *testing.T) {
	r := ask(t, open(t, signups(t), counts("total: sum")), insight.Query{Window: days(t, time.UTC, "2026-03-01", "2026-03-11"), Grain: insight.GrainWeek})
	want := []insight.Series{{Label: "X", Total: 3, Points: []insight.Point{
		{At: time.Date(2026, 2, 23, 0, 0, 0, 0, time.UTC), Value: 2},
		{At: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Value: 1},
		{At: time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC), Value: 0},
	}}}
	if diff := cmp.Diff(want, r.Series, cmpopts.EquateNaNs(), cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"The first and the last week are only partly in the period."}, r.Notes); diff != "" {
		t.Error(diff)
	}
	if math.IsNaN(r.Series[0].Total) {
		t.Error("no total")
	}
}
