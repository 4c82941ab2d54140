package sqlsource

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"insightbot/insight"
)

// hostile are statements that want more than to read, or more than there is.
// Each names the errors it may end with.
func hostile(dir string) map[string][]error {
	refused := []error{insight.ErrRefused, insight.ErrBroken}
	cut := []error{insight.ErrTimeout, insight.ErrTooLarge}
	out := filepath.Join(dir, "stolen.sqlite")
	return map[string][]error{
		"INSERT INTO s (at) VALUES (1)":                               refused,
		"INSERT INTO s (at) VALUES (1) RETURNING id":                  refused,
		"UPDATE s SET at = 0":                                         refused,
		"DELETE FROM s":                                               refused,
		"REPLACE INTO s (id, at) VALUES (1, 1)":                       refused,
		"WITH x AS (SELECT 1) DELETE FROM s":                          refused,
		"WITH x AS (SELECT 1) INSERT INTO s (at) SELECT 1":            refused,
		"DROP TABLE s":                                                refused,
		"ALTER TABLE s ADD COLUMN x":                                  refused,
		"CREATE TABLE x (y)":                                          refused,
		"CREATE TEMP TABLE x AS SELECT * FROM s":                      refused,
		"CREATE VIEW x AS SELECT * FROM s":                            refused,
		"CREATE TEMP VIEW x AS SELECT * FROM s":                       refused,
		"CREATE INDEX x ON s (at)":                                    refused,
		"CREATE TRIGGER x AFTER INSERT ON s BEGIN DELETE FROM s; END": refused,
		"CREATE VIRTUAL TABLE x USING fts5(y)":                        refused,
		"ATTACH '" + out + "' AS x":                                   refused,
		"ATTACH '" + out + "' AS x; CREATE TABLE x.y (z)":             refused,
		"ATTACH ':memory:' AS x":                                      refused,
		"DETACH main":                                                 refused,
		"VACUUM":                                                      refused,
		"VACUUM INTO '" + out + "'":                                   refused,
		"PRAGMA query_only = 0":                                       refused,
		"PRAGMA writable_schema = 1":                                  refused,
		"PRAGMA journal_mode = DELETE":                                refused,
		"PRAGMA database_list":                                        refused,
		"SELECT name FROM pragma_table_info('s')":                     refused,
		"SELECT file FROM pragma_database_list":                       refused,
		"SELECT sql FROM sqlite_master":                               refused,
		"SELECT sql FROM sqlite_schema":                               refused,
		"SELECT data FROM sqlite_dbpage":                              refused,
		"SELECT load_extension('/tmp/x.so')":                          refused,
		"SELECT 1; DELETE FROM s":                                     refused,
		"SELECT 1; ATTACH '" + out + "' AS x":                         refused,
		"SELECT readfile('/etc/passwd')":                              refused,
		"SELECT writefile('" + out + "', 'x')":                        refused,
		"SELECT edit('x')":                                            refused,
		"SELECT fts3_tokenizer('simple')":                             refused,
		"REINDEX":                                                     refused,
		"ANALYZE":                                                     refused,
		"SAVEPOINT x":                                                 refused,
		"BEGIN IMMEDIATE":                                             refused,
		"EXPLAIN DELETE FROM s":                                       refused,
		"SELECT length(randomblob(900000000))":                        cut,
		"SELECT hex(zeroblob(900000000))":                             cut,
		"SELECT printf('%900000000d', 1)":                             cut,
		"SELECT replace(hex(zeroblob(4000000)), '0', 'xxxxxxxx')":     cut,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT max(i) AS value FROM n":                              cut,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i AS value FROM n":                                   cut,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n LIMIT 3200) SELECT sum(a.i*b.i) AS value FROM n a, n b, n c": cut,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n LIMIT 3200) SELECT a.i AS value FROM n a, n b":               cut,
		"SELECT '" + strings.Repeat("x", 200_000) + "'":                                                                            {insight.ErrTooLarge, insight.ErrBroken},
	}
}

func TestA19_HostileStatementsDoNoHarm(t *testing.T) {
	path := signups(t)
	dir := filepath.Dir(path)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, path, counts("total: sum"), func(c *Config) { c.Timeout = 300 * time.Millisecond; c.Concurrency = 2 })
	statements := hostile(dir)
	if len(statements) < 30 {
		t.Fatalf("only %d statements", len(statements))
	}
	for text, allowed := range statements {
		start := time.Now()
		// Past every check of the loader: this is about the connection alone.
		err := s.session(t.Context(), func(ctx context.Context, q querier) error {
			_, err := fetch(ctx, q, statement{text: text}, caps{rows: 10_000, bytes: 1 << 20})
			return err
		})
		ok := false
		for _, a := range allowed {
			ok = ok || errors.Is(err, a)
		}
		if !ok {
			t.Errorf("%.80s: %v", text, err)
		}
		if took := time.Since(start); took > 3*time.Second {
			t.Errorf("%.80s took %s", text, took)
		}
		r := ask(t, s, insight.Query{Window: days(t, time.UTC, "2026-03-01", "2026-04-01")})
		if len(r.Series) != 1 || r.Series[0].Total != 4 {
			t.Fatalf("after %.80s the source answers %v", text, numbers(r.Series))
		}
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(before) != string(after) {
		t.Error("the database changed")
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("files: %v, %v", files, err)
	}
}

func TestA19_HostileInsightsAreRefused(t *testing.T) {
	path := signups(t)
	for text := range hostile(filepath.Dir(path)) {
		if len(text) > 100_000 {
			continue
		}
		s := openBroken(t, path, item("table", "format: {kind: number}", text), func(c *Config) { c.Timeout = 300 * time.Millisecond })
		all, problem := s.Insights(t.Context())
		if problem != nil {
			continue // the loader refused it
		}
		r, err := s.Run(t.Context(), all[0], insight.Query{})
		if err == nil && !r.More {
			t.Errorf("%.80s ran", text)
		}
		if err != nil && !known(err) {
			t.Errorf("%.80s: %v is none of the known errors", text, err)
		}
	}
}

func TestOpen_LimitsHoldOnEveryConnection(t *testing.T) {
	s := open(t, signups(t), counts(""), func(c *Config) { c.Concurrency = 3 })
	s.db.SetMaxIdleConns(0) // every use opens a new connection
	for range 3 {
		err := s.session(t.Context(), func(ctx context.Context, q querier) error {
			_, err := fetch(ctx, q, statement{text: "SELECT length(randomblob(20000000))"}, caps{rows: 1, bytes: 1 << 20})
			return err
		})
		if !errors.Is(err, insight.ErrTooLarge) {
			t.Errorf("got %v", err)
		}
	}
}

func TestOpen_LeavesOtherConnectionsAlone(t *testing.T) {
	open(t, signups(t), counts(""))
	// The bot's own store uses the registered driver: it may still write.
	database(t, "CREATE TABLE x (y)", "INSERT INTO x VALUES (1)")
}

// payloads are 500 things that people type to break out of a value.
func payloads() []string {
	cores := []string{
		"'", "''", "' OR 1=1 --", "' OR '1'='1", "'; DROP TABLE s; --", "'); DELETE FROM s; --", "\" OR \"\"=\"", "` OR 1=1",
		"') OR 1=1 --", "' UNION SELECT sql FROM sqlite_master --", "1; UPDATE s SET at=0", "?", ":name", "@x", "$1", "{{filters}}",
		"{{window}} OR 1=1", "/* */", "-- ", "#", "\\'", "\\", "%", "_", "NULL", "0", "-1", "1e999", "0x41", "true", "\x00", "\u2019 OR 1=1",
		"＇ OR 1=1", "'||(SELECT country FROM s LIMIT 1)||'", "' AND randomblob(900000000) --", "DE' --", "DE'/**/OR/**/1=1", "DE\x00' OR 1=1",
		"' IN (SELECT country FROM s) OR '", "CASE WHEN 1 THEN 'DE' END", "x' ESCAPE '", "' GLOB '*", "DE%", "*", "D_", "[DE]", "‘DE’", "\r\nDE", "😀", strings.Repeat("'", 999),
	}
	var all []string
	for _, c := range cores {
		for _, form := range []string{"%s", " %s", "%s ", "DE%s", "%sDE", "(%s)", "'%s", "%s'", "%s;", "\t%s\n"} {
			all = append(all, fmt.Sprintf(form, c))
		}
	}
	return all
}

func TestA18_ValuesAreNeverCode(t *testing.T) {
	path := signups(t)
	s := open(t, path, counts("total: sum\nattributes: {region: s.country}"))
	in := find(t, s)
	all := payloads()
	if len(all) < 500 {
		t.Fatalf("only %d payloads", len(all))
	}
	w := days(t, time.UTC, "2026-03-01", "2026-04-01")
	run := func(filter insight.Filter, region string) []string {
		r, err := s.Run(t.Context(), in, insight.Query{
			Window: w, Filters: []insight.Filter{filter}, Attributes: map[string][]string{"region": {region}},
		})
		if err != nil {
			t.Fatalf("%q: %v", filter.Values, err)
		}
		return numbers(r.Series)
	}
	for _, p := range all {
		for _, got := range [][]string{
			run(insight.Filter{Field: "country", Op: insight.OpIs, Values: []string{p}}, "DE"),
			run(insight.Filter{Field: "country", Op: insight.OpIs, Values: []string{"DE"}}, p),
		} {
			if len(got) != 1 || got[0] != "X: = 0" {
				t.Errorf("%q finds %v", p, got)
			}
		}
		if got := run(insight.Filter{Field: "country", Op: insight.OpIsNot, Values: []string{p}}, "DE"); got[0] != "X: = 2" {
			t.Errorf("without %q there are %v", p, got)
		}
		if _, err := s.Run(t.Context(), in, insight.Query{
			Window: w, Filters: []insight.Filter{{Field: p, Op: insight.OpIs, Values: []string{"DE"}}}, Attributes: map[string][]string{"region": {"DE"}},
		}); !errors.Is(err, insight.ErrUnsupported) {
			t.Errorf("the field %q: %v", p, err)
		}
	}
	if got := run(insight.Filter{Field: "country", Op: insight.OpIs, Values: []string{"DE"}}, "DE"); got[0] != "X: = 2" {
		t.Errorf("afterwards there are %v", got)
	}
}

func TestRun_ManyAtOnceAreRefusedPolitely(t *testing.T) {
	s := open(t, signups(t), item("number", "format: {kind: number}",
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n LIMIT 5000) SELECT max(i) AS value FROM n"),
		func(c *Config) { c.Concurrency = 2; c.Timeout = time.Minute })
	in := find(t, s)
	var wg sync.WaitGroup
	var mu sync.Mutex
	good, busy := 0, 0
	for range 200 {
		wg.Go(func() {
			r, err := s.Run(t.Context(), in, insight.Query{})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && r.Series[0].Total == 5000:
				good++
			case errors.Is(err, insight.ErrBusy):
				busy++
			default:
				t.Errorf("got %v, %v", r, err)
			}
		})
	}
	wg.Wait()
	if good < 2+queueFactor*2 || busy == 0 {
		t.Errorf("%d answered, %d refused", good, busy)
	}
	if n := s.db.Stats().OpenConnections; n > 2 {
		t.Errorf("%d connections", n)
	}
}

func TestRun_ErrorsTellWhatHappened(t *testing.T) {
	path := signups(t)
	w := days(t, time.UTC, "2026-03-01", "2026-04-01")
	s := open(t, path, counts("attributes: {region: s.country}"))
	in := find(t, s)
	region := map[string][]string{"region": {"DE"}}
	for name, tt := range map[string]struct {
		q    insight.Query
		want error
	}{
		"no attribute":       {insight.Query{Window: w}, insight.ErrAttribute},
		"empty attribute":    {insight.Query{Window: w, Attributes: map[string][]string{"region": {}}}, insight.ErrAttribute},
		"no window":          {insight.Query{Attributes: region}, insight.ErrUnsupported},
		"a window backwards": {insight.Query{Window: insight.Window{From: w.To, To: w.From}, Attributes: region}, insight.ErrUnsupported},
		"grain":              {insight.Query{Window: w, Grain: insight.GrainYear, Attributes: region}, insight.ErrUnsupported},
		"comparison":         {insight.Query{Window: w, Compare: insight.CompareYear, Attributes: region}, insight.ErrUnsupported},
		"breakdown":          {insight.Query{Window: w, Breakdowns: []string{"secret"}, Attributes: region}, insight.ErrUnsupported},
		"twice":              {insight.Query{Window: w, Breakdowns: []string{"plan", "plan"}, Attributes: region}, insight.ErrUnsupported},
		"masked":             {insight.Query{Window: w, Breakdowns: []string{"plan"}, Masks: []string{"plan"}, Attributes: region}, insight.ErrUnsupported},
		"operator":           {insight.Query{Window: w, Filters: []insight.Filter{{Field: "plan", Op: "like"}}, Attributes: region}, insight.ErrUnsupported},
		"too many values":    {insight.Query{Window: w, Filters: []insight.Filter{{Field: "plan", Op: insight.OpIs, Values: make([]string, 2000)}}, Attributes: region}, insight.ErrUnsupported},
		"too many buckets":   {insight.Query{Window: days(t, time.UTC, "2000-01-01", "2026-01-01"), Grain: insight.GrainHour, Attributes: region}, insight.ErrTooLarge},
	} {
		if _, err := s.Run(t.Context(), in, tt.q); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Run(t.Context(), insight.Insight{ID: "shop/gone"}, insight.Query{}); !errors.Is(err, insight.ErrUnknown) {
		t.Errorf("an unknown insight: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Run(ctx, in, insight.Query{Window: w, Attributes: region}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled run: %v", err)
	}
	for statement, want := range map[string]error{
		"SELECT count(*) AS value FROM nowhere":       insight.ErrBroken,
		"SELECT count(*) AS number FROM s":            insight.ErrBroken,
		"SELECT 'many' AS value":                      insight.ErrBroken,
		"SELECT count(*) AS value FROM s GROUP BY id": insight.ErrBroken,
		"SELECT \"text\" AS value":                    insight.ErrBroken,
	} {
		s := open(t, path, item("number", "tags: [a]", statement))
		if _, err := s.Run(t.Context(), find(t, s), insight.Query{}); !errors.Is(err, want) {
			t.Errorf("%s: %v", statement, err)
		}
	}
	missing := open(t, filepath.Join(t.TempDir(), "none.sqlite"), item("number", "tags: [a]", "SELECT 1 AS value"))
	if _, err := missing.Run(t.Context(), find(t, missing), insight.Query{}); !errors.Is(err, insight.ErrUnavailable) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestRun_ReturnsAtTheDeadlineWhateverTheDriverDoes(t *testing.T) {
	// One call of one function: nothing in it looks for an interruption.
	const slow = "SELECT instr(replace(hex(zeroblob(%d)), '0', 'a'), replace(hex(zeroblob(%d)), '0', 'a') || 'b') AS value"
	s := open(t, signups(t), item("number", "tags: [a]", fmt.Sprintf(slow, 260_000, 130_000)),
		func(c *Config) { c.Timeout = 100 * time.Millisecond; c.Concurrency = 2 })
	in := find(t, s)
	for range 2 {
		start := time.Now()
		_, err := s.Run(t.Context(), in, insight.Query{})
		if took := time.Since(start); !errors.Is(err, insight.ErrTimeout) || took > time.Second {
			t.Errorf("after %s: %v", took, err)
		}
	}
	if n := s.gate.Running(); n != 2 {
		t.Errorf("%d runs are alive, not 2", n)
	}
	if _, err := s.Run(t.Context(), in, insight.Query{}); !errors.Is(err, insight.ErrBusy) {
		t.Errorf("a third run beside two that do not end: %v", err)
	}
	for end := time.Now().Add(time.Minute); s.gate.Running() > 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the runs never end")
		}
	}
	if n := s.db.Stats().OpenConnections; n != 0 {
		t.Errorf("%d connections are kept that were interrupted", n)
	}
}

func TestSession_ADefectEndsTheRunAlone(t *testing.T) {
	s := open(t, signups(t), counts(""))
	err := s.session(t.Context(), func(context.Context, querier) error { panic("a defect") })
	if !errors.Is(err, insight.ErrBroken) || !strings.Contains(err.Error(), "a defect") || s.gate.Running() != 0 {
		t.Errorf("got %v, %d places taken", err, s.gate.Running())
	}
}

func TestSession_CellsAndColumnsAreBounded(t *testing.T) {
	columns := make([]string, 150)
	for i := range columns {
		columns[i] = fmt.Sprintf("c%d INTEGER", i)
	}
	s := open(t, database(t, "CREATE TABLE s (at INTEGER)", "CREATE TABLE wide ("+strings.Join(columns, ", ")+")", "INSERT INTO wide (c149) VALUES (7)"),
		item("table", "tags: [a]", "SELECT 1"))
	for text, want := range map[string]error{
		"SELECT length(randomblob(1100000))":                           insight.ErrTooLarge,
		"SELECT randomblob(900000)" + strings.Repeat(", 1", 64):        insight.ErrTooLarge,
		"SELECT * FROM wide":                                           insight.ErrTooLarge,
		"SELECT 'a' LIKE '" + strings.Repeat("%a", 1000) + "'":         insight.ErrBroken,
		"SELECT c149 FROM wide":                                        nil,
		"SELECT length(randomblob(900000))" + strings.Repeat(", 1", 9): nil,
	} {
		err := s.session(t.Context(), func(ctx context.Context, q querier) error {
			_, err := fetch(ctx, q, statement{text: text}, caps{rows: 10, bytes: 1 << 20})
			return err
		})
		if !errors.Is(err, want) || want == nil && err != nil {
			t.Errorf("%.60s: %v", text, err)
		}
	}
}
