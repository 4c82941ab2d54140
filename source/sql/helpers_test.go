package sqlsource

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"insightbot/insight"
)

// database makes a SQLite file with these statements run on it.
func database(t testing.TB, statements ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.sqlite")
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%v in %s", err, s)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// noon is a moment after all test data.
var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// open opens a source over one file of insights, which must be good.
func open(t testing.TB, path, yaml string, change ...func(*Config)) *Source {
	t.Helper()
	s := openBroken(t, path, yaml, change...)
	if _, err := s.Insights(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// openBroken is open for insights that may be wrong.
func openBroken(t testing.TB, path, yaml string, change ...func(*Config)) *Source {
	t.Helper()
	c := Config{
		Name: "shop", Path: path, Insights: fstest.MapFS{"a.yml": {Data: []byte(yaml)}}, WeekStart: time.Monday,
		Now: func() time.Time { return noon }, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Timeout: 10 * time.Second,
	}
	for _, f := range change {
		f(&c)
	}
	s, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// item is the YAML of one insight with id x: what every one needs and rest.
func item(chart, rest, statement string) string {
	return fmt.Sprintf(`insights:
  - id: x
    title: X
    description: Counts x.
    owner: {name: Ann}
    chart: %s
%s
    sql: |
      %s
`, chart, indent(rest, 4), strings.ReplaceAll(strings.TrimSpace(statement), "\n", "\n      "))
}

// indent moves lines to the right.
func indent(s string, n int) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		b.WriteString(strings.Repeat(" ", n) + strings.TrimRight(line, "\n") + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// find returns the insight shop/x as the source lists it.
func find(t testing.TB, s *Source) insight.Insight {
	t.Helper()
	all, err := s.Insights(t.Context())
	for _, in := range all {
		if in.ID == "shop/x" {
			return in
		}
	}
	t.Fatalf("no insight x: %v", err)
	return insight.Insight{}
}

// ask runs the insight shop/x.
func ask(t testing.TB, s *Source, q insight.Query) insight.Result {
	t.Helper()
	r, err := s.Run(context.WithoutCancel(t.Context()), find(t, s), q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// days is the window from one date to another in a zone.
func days(t testing.TB, zone *time.Location, from, to string) insight.Window {
	t.Helper()
	a, err1 := time.ParseInLocation(time.DateOnly, from, zone)
	b, err2 := time.ParseInLocation(time.DateOnly, to, zone)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	return insight.Window{From: a, To: b}
}
