package sqlsource

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"insightbot/insight"
)

func TestA18_SplicedValuesWouldBeCode(t *testing.T) {
	// The twin: the same payloads written into a statement instead of bound.
	path := signups(t)
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it is only a test
	other := 0
	for _, p := range payloads() {
		var n int
		row := db.QueryRowContext(t.Context(), "SELECT count(*) FROM s WHERE country IN ('"+p+"')")
		if err := row.Scan(&n); err != nil || n > 0 {
			other++
		}
	}
	if other < 100 {
		t.Errorf("only %d of %d payloads do anything where they are spliced: they would prove nothing", other, len(payloads()))
	}
	t.Logf("spliced, %d of %d payloads break the statement or find rows", other, len(payloads()))
}

func TestA18_NamesAreAllowListed(t *testing.T) {
	s := open(t, signups(t), counts("total: sum\nattributes: {region: s.country}"))
	in, w := find(t, s), days(t, time.UTC, "2026-03-01", "2026-04-01")
	attributes := map[string][]string{"region": {"DE"}}
	for _, p := range payloads() {
		for what, q := range map[string]insight.Query{
			"breakdown":  {Breakdowns: []string{p}},
			"grain":      {Grain: insight.Grain(p)},
			"comparison": {Compare: insight.Compare(p), Previous: w},
			"operator":   {Filters: []insight.Filter{{Field: "plan", Op: insight.Op(p), Values: []string{"Pro"}}}},
			"field":      {Filters: []insight.Filter{{Field: p, Op: insight.OpIs, Values: []string{"Pro"}}}},
		} {
			q.Window, q.Attributes = w, attributes
			if _, err := s.Run(t.Context(), in, q); !errors.Is(err, insight.ErrUnsupported) {
				t.Errorf("the %s %q: %v", what, p, err)
			}
		}
		if _, err := s.Run(t.Context(), in, insight.Query{Window: w, Attributes: map[string][]string{p: {"DE"}}}); !errors.Is(err, insight.ErrAttribute) {
			t.Errorf("the attribute %q: %v", p, err)
		}
		if got := numbers(ask(t, s, insight.Query{Window: w, Attributes: attributes, Masks: []string{p}}).Series); len(got) != 1 || got[0] != "X: = 2" {
			t.Errorf("the mask %q: %v", p, got)
		}
	}
}

func TestA19_WithoutTheSessionTheyDo(t *testing.T) {
	// The twin: a connection that is opened for reading and nothing more.
	path := signups(t)
	dir := filepath.Dir(path)
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it is only a test
	ran := 0
	for text, allowed := range hostile(dir) {
		if len(allowed) == 0 || !errors.Is(allowed[0], insight.ErrRefused) {
			continue // those that only cost time
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		conn, err := db.Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fetch(ctx, tagged{conn, sqliteEngine()}, statement{text: text}, caps{rows: 10, bytes: 1 << 20}); err == nil {
			ran++
		}
		conn.Close() //nolint:errcheck // it is only a test
		cancel()
	}
	files, err := os.ReadDir(dir)
	if err != nil || ran < 5 || len(files) < 2 {
		t.Errorf("only %d ran and the files are %v (%v): the statements would prove nothing", ran, files, err)
	}
	t.Logf("read-only alone lets %d run", ran)
}

// canary is a word that stands nowhere else.
func canary() string { return "canary" + strings.ToLower(rand.Text()) }

func TestA17_WhatMayBeSaidOfAnErrorTellsNothing(t *testing.T) {
	table, column, value, host := canary(), canary(), canary(), canary()
	dir := filepath.Join(t.TempDir(), host)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "data.sqlite")
	db, err := Create(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"CREATE TABLE " + table + " (" + column + " TEXT)", "INSERT INTO " + table + " VALUES ('" + value + "')"} {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	junk := filepath.Join(dir, "junk.sqlite")
	if err := os.WriteFile(junk, []byte(strings.Repeat(value, 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	told := 0
	for name, tt := range map[string]struct {
		path, statement string
		q               insight.Query
	}{
		"no such column":   {path, "SELECT missing_" + column + " AS value FROM " + table, insight.Query{}},
		"no such table":    {path, "SELECT 1 AS value FROM missing_" + table, insight.Query{}},
		"no such function": {path, "SELECT " + column + "(1) AS value FROM " + table, insight.Query{}},
		"text for numbers": {path, "SELECT " + column + " AS value FROM " + table, insight.Query{}},
		"wrong syntax":     {path, "SELECT " + column + " value value FROM " + table, insight.Query{}},
		"no value":         {path, "SELECT " + column + " FROM " + table, insight.Query{}},
		"internal":         {path, "SELECT sql AS value FROM sqlite_master WHERE name = '" + table + "'", insight.Query{}},
		"too large":        {path, "SELECT hex(zeroblob(900000000)) || '" + value + "' AS value", insight.Query{}},
		"too slow":         {path, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT max(i) AS value, '" + value + "' AS x FROM n", insight.Query{}},
		"no file":          {filepath.Join(dir, "none.sqlite"), "SELECT 1 AS value FROM " + table, insight.Query{}},
		"no database":      {junk, "SELECT 1 AS value FROM " + table, insight.Query{}},
		"no dimension":     {path, "SELECT 1 AS value FROM " + table, insight.Query{Breakdowns: []string{value}}},
		"no window":        {path, "SELECT 1 AS value FROM " + table, insight.Query{Window: days(t, time.UTC, "2026-03-01", "2026-04-01")}},
	} {
		s := openBroken(t, tt.path, item("number", "format: {kind: number}", tt.statement), func(c *Config) { c.Timeout = 200 * time.Millisecond })
		r, err := s.Run(t.Context(), find(t, s), tt.q)
		if err == nil || !r.Empty() || len(r.Notes)+len(r.BrokenDownBy)+len(r.Filters) > 0 {
			t.Errorf("%s: %+v, %v", name, r, err)
			continue
		}
		var public error
		for _, kind := range kinds() {
			if errors.Is(err, kind) {
				public = kind
			}
		}
		if public == nil {
			t.Errorf("%s: %v is of no kind that people can be told", name, err)
			continue
		}
		for _, secret := range []string{table, column, value, host, path, "SELECT", "sqlite"} {
			if strings.Contains(public.Error(), secret) {
				t.Errorf("%s: people are told %q", name, public)
			}
			if strings.Contains(err.Error(), secret) {
				told++ // the log is, which is why only the kind may be shown
			}
		}
	}
	if told == 0 {
		t.Error("no error tells anything at all: the canaries are nowhere and prove nothing")
	}
}

// kinds are the errors that handlers have words for.
func kinds() []error {
	return []error{
		insight.ErrUnknown, insight.ErrUnsupported, insight.ErrAttribute, insight.ErrTooLarge, insight.ErrTimeout, insight.ErrRefused,
		insight.ErrUnavailable, insight.ErrBusy, insight.ErrBroken, insight.ErrChanged, insight.ErrSmallGroups,
	}
}

func TestA17_APanicIsAnErrorLikeAnother(t *testing.T) {
	s := open(t, signups(t), counts(""))
	secret := canary()
	err := s.session(t.Context(), func(context.Context, querier) error { panic(fmt.Sprint("password ", secret)) })
	if !errors.Is(err, insight.ErrBroken) || strings.Contains(insight.ErrBroken.Error(), secret) {
		t.Errorf("got %v", err)
	}
}
