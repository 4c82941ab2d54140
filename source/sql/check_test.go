package sqlsource

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"insightbot/envtest"
	"insightbot/insight"
)

// checked is what Check says of the insight x.
func checked(t testing.TB, s *Source) Finding {
	t.Helper()
	in := find(t, s)
	findings, err := s.Check(t.Context(), func(insight.Insight) (insight.Query, error) {
		q := insight.Query{Grain: in.Default.Grain}
		if in.Accepts.Windows {
			q.Window = days(t, time.UTC, "2026-05-01", "2026-06-01")
		}
		return q, nil
	})
	if err != nil || len(findings) != 1 {
		t.Fatalf("%v %v", findings, err)
	}
	return findings[0]
}

func TestCheck_SaysTheSameOnEveryDatabase(t *testing.T) {
	at := time.Date(2026, 5, 10, 0, 0, 0, 0, time.UTC)
	servers := emptyServers(t)
	house := envtest.ClickHouse(t)
	servers = append(servers, server{kind: TypeClickHouse, dsn: house, raw: envtest.Database(t, "clickhouse", house)})
	lite := database(t, "SELECT 1")
	servers = append(servers, server{kind: TypeSQLite, path: lite, raw: envtest.Database(t, "sqlite", "file:"+lite)})
	for _, s := range servers {
		for _, unit := range []int64{1, 1000} {
			create := fmt.Sprintf("CREATE TABLE seconds%d (at bigint, word varchar(9))", unit)
			if s.kind == TypeClickHouse {
				create = fmt.Sprintf("CREATE TABLE seconds%d (at Int64, word String) ENGINE = MergeTree() ORDER BY at", unit)
			}
			exec(t, s.raw, create)
			exec(t, s.raw, fmt.Sprintf("INSERT INTO seconds%d SELECT %d, 'a' UNION ALL SELECT %d, 'b'", unit, at.Unix()*unit, at.Unix()*unit+1))
		}
		good := "time: {column: at, type: unix}\ndimensions: {word: word}\ndefault: {grain: day}\ntotal: sum"
		statement := "SELECT {{bucket}}, {{breakdown}}, count(*) AS value FROM %s WHERE {{window}} AND {{filters}} GROUP BY {{group}}"
		for _, tt := range []struct {
			name, yaml string
			want       Verdict
			says       string
		}{
			{"good", item("line", good, fmt.Sprintf(statement, "seconds1")), VerdictGood, ""},
			{"no such table", item("line", good, fmt.Sprintf(statement, "missing")), VerdictBroken, "missing"},
			{"a dimension that is not there", item("line", strings.Replace(good, "word: word", "word: wrong", 1), fmt.Sprintf(statement, "seconds1")), VerdictBroken, "by word"},
			{"milliseconds called seconds", item("line", good, fmt.Sprintf(statement, "seconds1000")), VerdictBroken, "time.type"},
			{"seconds called milliseconds", item("line", strings.Replace(good, "unix", "unix_ms", 1), fmt.Sprintf(statement, "seconds1")), VerdictBroken, "time.type"},
			{"nothing in the period", item("line", good, strings.Replace(fmt.Sprintf(statement, "seconds1"), "AND {{filters}}", "AND {{filters}} AND word = 'none'", 1)), VerdictEmpty, ""},
		} {
			f := checked(t, s.open(t, tt.yaml))
			if f.Verdict != tt.want || !strings.Contains(fmt.Sprint(f.Err), tt.says) {
				t.Errorf("%s: %s: %s %v, want %s %q", s.kind, tt.name, f.Verdict, f.Err, tt.want, tt.says)
			}
		}
	}
}

func TestCheck_CallsSlowWhatIsStopped(t *testing.T) {
	for statement, limit := range map[string]time.Duration{
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS value FROM n":                  200 * time.Millisecond,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT count(*) AS value FROM n": time.Minute,
	} {
		s := server{kind: TypeSQLite, path: database(t, "CREATE TABLE x (a)")}.open(t, number(statement), func(c *Config) { c.Timeout = limit })
		f := checked(t, s)
		if stopped := errors.Is(f.Err, insight.ErrTimeout); stopped != (limit < time.Second) || stopped && f.Verdict != VerdictSlow || f.Verdict == VerdictBroken {
			t.Errorf("%s: %s after %s, %v", statement, f.Verdict, f.Took, f.Err)
		}
	}
}
