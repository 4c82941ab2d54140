package demo

import (
	"context"
	"crypto/sha256"
	stdsql "database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"insightbot/insight"
	sqlsource "insightbot/source/sql"
)

// now is when the tests think they run: a Wednesday, some minutes past an hour.
var now = time.Date(2026, time.November, 25, 10, 20, 31, 0, time.UTC)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

// TestMain lets the test binary be the process that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("DEMO_TEST_FILL"); dir != "" {
		_, err := Fill(context.Background(), Config{Dir: dir, Now: at(now), first: killedFirst, Progress: func(done, total int) {
			fmt.Println(done, total) //nolint:forbidigo // the test that kills this process reads it
		}})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	if whole.dir != "" {
		if err := os.RemoveAll(whole.dir); err != nil {
			code = 1
		}
	}
	os.Exit(code)
}

// whole is one file of full size, which the tests share and only read. It was
// begun ten days before now and then continued.
var whole struct {
	once   sync.Once
	dir    string
	source *Source
	err    error
}

// open returns the source over the whole file.
func open(t *testing.T) *Source {
	t.Helper()
	whole.once.Do(func() {
		if whole.dir, whole.err = os.MkdirTemp("", "demo"); whole.err != nil {
			return
		}
		if _, whole.err = Fill(context.Background(), Config{Dir: whole.dir, Now: at(now.AddDate(0, 0, -10))}); whole.err != nil {
			return
		}
		whole.source, whole.err = Open(context.Background(), Config{Dir: whole.dir, Now: at(now)})
	})
	if whole.err != nil {
		t.Fatal(whole.err)
	}
	return whole.source
}

// connect opens a file for looking at its rows.
func connect(t *testing.T, path string) *stdsql.DB {
	t.Helper()
	db, err := sqlsource.Create(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closing(t, db) })
	return db
}

// closing closes what must be closable.
func closing(t *testing.T, c io.Closer) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// rows connects to the whole file.
func rows(t *testing.T) *stdsql.DB {
	t.Helper()
	open(t)
	return connect(t, filepath.Join(whole.dir, fileName))
}

// one reads a single number.
func one(t *testing.T, db *stdsql.DB, query string, args ...any) float64 {
	t.Helper()
	var n stdsql.Null[float64]
	if err := db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n.V
}

// text reads a single text.
func text(t *testing.T, db *stdsql.DB, query string) string {
	t.Helper()
	var s string
	if err := db.QueryRowContext(t.Context(), query).Scan(&s); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return s
}

// dump is a fingerprint of every row of every table, by table.
func dump(t *testing.T, path string) map[string]string {
	t.Helper()
	db := connect(t, path)
	if got := text(t, db, "PRAGMA integrity_check"); got != "ok" {
		t.Fatalf("the file is damaged: %s", got)
	}
	names, err := db.QueryContext(t.Context(), "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
	if err != nil {
		t.Fatal(err)
	}
	defer names.Close() //nolint:errcheck // Err says what went wrong
	var tables []string
	for names.Next() {
		var name string
		if err := names.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	if err := names.Err(); err != nil {
		t.Fatal(err)
	}
	prints := map[string]string{}
	for _, table := range tables {
		prints[table] = dumpTable(t, db, table)
	}
	return prints
}

func dumpTable(t *testing.T, db *stdsql.DB, table string) string {
	t.Helper()
	order := text(t, db, "SELECT group_concat(name, ', ') FROM pragma_table_info('"+table+"')")
	all, err := db.QueryContext(t.Context(), "SELECT * FROM "+table+" ORDER BY "+order)
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close() //nolint:errcheck // Err says what went wrong
	columns, err := all.Columns()
	if err != nil {
		t.Fatal(err)
	}
	hash, n := sha256.New(), 0
	cells, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range cells {
		into[i] = &cells[i]
	}
	for all.Next() {
		if err := all.Scan(into...); err != nil {
			t.Fatal(err)
		}
		hash.Write(fmt.Appendln(nil, cells...)) //nolint:errcheck // a hash takes everything
		n++
	}
	if err := all.Err(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d rows %s", n, hex.EncodeToString(hash.Sum(nil)[:8]))
}

// saved lists the insights by key.
func saved(t *testing.T) map[string]insight.Insight {
	t.Helper()
	all, err := open(t).Insights(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	byKey := map[string]insight.Insight{}
	for _, in := range all {
		byKey[strings.TrimPrefix(in.ID, Name+"/")] = in
	}
	return byKey
}

// zone is Fernfold's.
func zone(t *testing.T) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(zoneName)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// days is the window between two civil days of 2026, half-open.
func days(t *testing.T, fromMonth time.Month, from int, toMonth time.Month, to int) insight.Window {
	z := zone(t)
	return insight.Window{
		From: time.Date(2026, fromMonth, from, 0, 0, 0, 0, z), To: time.Date(2026, toMonth, to, 0, 0, 0, 0, z),
	}
}
