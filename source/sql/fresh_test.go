package sqlsource

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
)

func TestRun_WithoutAsOfNothingIsZeroAfterTheData(t *testing.T) {
	path := signups(t)
	march := days(t, time.UTC, "2026-03-01", "2026-03-16")
	may := days(t, time.UTC, "2026-05-01", "2026-05-04")
	day := insight.GrainDay
	for name, tt := range map[string]struct {
		rest string
		q    insight.Query
		want []string
	}{
		"zero between rows and a gap after the newest": {
			"total: sum", insight.Query{Window: days(t, time.UTC, "2026-03-01", "2026-03-06"), Grain: day}, []string{"X: 2 0 1 NaN NaN = 3"},
		},
		"the newest row of any group": {
			"total: sum",
			insight.Query{Window: days(t, time.UTC, "2026-03-01", "2026-03-05"), Grain: day, Breakdowns: []string{"country"}},
			[]string{"Germany: 1 0 1 NaN = 2", "US: 1 0 0 NaN = 1"},
		},
		"no row at all":         {"total: sum", insight.Query{Window: may, Grain: day}, nil},
		"no row for a total":    {"total: sum", insight.Query{Window: may}, nil},
		"the last with data":    {"total: last", insight.Query{Window: march, Grain: insight.GrainWeek}, []string{"X: 2 1 1 = 1"}},
		"a mean without a tail": {"total: average\nempty: zero", insight.Query{Window: days(t, time.UTC, "2026-03-01", "2026-03-06"), Grain: day}, []string{"X: 2 0 1 NaN NaN = 1"}},
		"no zero before anything": {
			"total: sum",
			insight.Query{
				Window: days(t, time.UTC, "2026-02-27", "2026-03-03"), Grain: day, Compare: insight.ComparePrevious, Previous: days(t, time.UTC, "2026-02-23", "2026-02-27"),
			},
			[]string{"X: NaN NaN 2 NaN = 2"},
		},
		"now empty and then not": {
			"total: sum",
			insight.Query{Window: may, Grain: day, Compare: insight.ComparePrevious, Previous: days(t, time.UTC, "2026-03-01", "2026-03-04"), CompareTotals: true},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := ask(t, open(t, path, unknown(tt.rest)), tt.q)
			if diff := cmp.Diff(tt.want, numbers(r.Series)); diff != "" {
				t.Error(diff)
			}
			if !r.AsOf.IsZero() {
				t.Errorf("as of %s, which nobody said", r.AsOf)
			}
		})
	}
}

func TestRun_WithoutAsOfALoneZeroIsNoData(t *testing.T) {
	s := open(t, signups(t), item("number", "total: sum\ntime: {column: s.at, type: unix, grains: []}", `SELECT count(*) AS value FROM s WHERE {{window}}`))
	if r := ask(t, s, insight.Query{Window: days(t, time.UTC, "2026-05-01", "2026-05-04")}); !r.Empty() {
		t.Errorf("got %v", numbers(r.Series))
	}
	if r := ask(t, s, insight.Query{Window: days(t, time.UTC, "2026-03-01", "2026-03-04")}); r.Empty() || r.Series[0].Total != 3 {
		t.Errorf("got %v", numbers(r.Series))
	}
}

func TestRun_WithoutAsOfShapesEndWithTheData(t *testing.T) {
	w := days(t, time.UTC, "2026-03-01", "2026-03-07")
	r := shape(t, "lifecycle", "time: {column: s.at, type: unix, grains: [day]}",
		`SELECT {{bucket}}, 'new' AS status, count(*) AS value FROM s WHERE {{window}} GROUP BY {{group}}`, insight.Query{Window: w, Grain: insight.GrainDay})
	equal(t, []string{"New: 2 0 1 = 3", "Returning: 0 0 0 = 0", "Resurrecting: 0 0 0 = 0", "Dormant: 0 0 0 = 0"}, numbers(r.Series))

	r = shape(t, "retention", "time: {column: s.at, type: unix, grains: [day]}",
		`SELECT {{bucket}}, 0 AS period, count(*) AS value FROM s WHERE {{window}} GROUP BY {{group}} UNION ALL SELECT '2026-03-01', 3, 1`,
		insight.Query{Window: w, Grain: insight.GrainDay})
	var cells [][]float64
	for _, row := range r.Cohorts[0].Rows {
		cells = append(cells, row.Counts)
	}
	equal(t, [][]float64{{2, 0, 0, 1}, {0, 0, 0}, {1, 0}}, cells)
}

func TestRun_FlatSeriesAreFlat(t *testing.T) {
	path := database(t, `CREATE TABLE s (at INTEGER, country TEXT, plan TEXT)`,
		`WITH RECURSIVE n(i) AS (VALUES(0) UNION ALL SELECT i+1 FROM n WHERE i < 24*167) INSERT INTO s SELECT unixepoch('2026-01-05') + i*3600, 'DE', 'Pro' FROM n`)
	w, previous := days(t, time.UTC, "2026-04-06", "2026-05-04"), days(t, time.UTC, "2026-03-09", "2026-04-06")
	for _, total := range []insight.Total{insight.TotalRerun, insight.TotalSum, insight.TotalLast, insight.TotalAverage} {
		for _, fallback := range []string{"", "\ndefault: {grain: week}"} {
			s := open(t, path, counts("total: "+string(total)+fallback))
			for _, grain := range []insight.Grain{insight.GrainNone, insight.GrainHour, insight.GrainDay, insight.GrainWeek} {
				for _, totals := range []bool{false, true} {
					r := ask(t, s, insight.Query{Window: w, Grain: grain, Compare: insight.ComparePrevious, Previous: previous, CompareTotals: totals})
					if len(r.Series) != 2 || r.Series[0].Total != r.Series[1].Total {
						t.Errorf("%s by %q%s: %v", total, grain, fallback, numbers(r.Series))
					}
					if totals && len(r.Series[1].Points) > 0 {
						t.Errorf("%s by %q: the earlier window has points", total, grain)
					}
				}
			}
		}
	}
}

func TestRun_TheLastOfARunningWindowStandsBesideItsLike(t *testing.T) {
	// A level that starts at 100 each month and grows by one a day.
	path := database(t, `CREATE TABLE s (at INTEGER, country TEXT, plan TEXT)`,
		`WITH RECURSIVE n(i) AS (VALUES(0) UNION ALL SELECT i+1 FROM n WHERE i < 70), k(j) AS (VALUES(0) UNION ALL SELECT j+1 FROM k WHERE j < 140)
		 INSERT INTO s SELECT unixepoch('2026-03-01') + i*86400, 'DE', 'Pro' FROM n, k WHERE j < 100 + CAST(strftime('%d', unixepoch('2026-03-01') + i*86400, 'unixepoch') AS INTEGER)`)
	s := open(t, path, counts("total: last\nempty: gap"))
	now := time.Date(2026, 5, 10, 12, 0, 0, 0, time.UTC)
	r := ask(t, s, insight.Query{
		Window: days(t, time.UTC, "2026-05-01", "2026-06-01"), Now: now, Grain: insight.GrainDay, Compare: insight.ComparePrevious,
		Previous: days(t, time.UTC, "2026-04-01", "2026-05-01"), CompareTotals: true,
	})
	if len(r.Series) != 2 || r.Series[1].Total != 110 {
		t.Errorf("the tenth day is compared with %v", numbers(r.Series))
	}
	r = ask(t, s, insight.Query{
		Window: days(t, time.UTC, "2026-04-01", "2026-05-01"), Now: now, Grain: insight.GrainDay, Compare: insight.ComparePrevious,
		Previous: days(t, time.UTC, "2026-03-01", "2026-04-01"), CompareTotals: true,
	})
	if len(r.Series) != 2 || r.Series[0].Total != 130 || r.Series[1].Total != 131 {
		t.Errorf("a month that ended is compared by %v", numbers(r.Series))
	}
}
