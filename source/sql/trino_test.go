package sqlsource

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
	"insightbot/source/sql/trinotest"
)

// trinoServer is a source over a stand-in for Trino.
func trinoServer(fake *trinotest.Server) server {
	return server{
		kind: TypeTrino, dsn: fake.URL("reader") + "?catalog=hive&schema=shop",
		words: func(s string) string { return s },
	}
}

// noRows is a reply without rows that has the columns of any chart.
func noRows(trinotest.Query) trinotest.Reply {
	return trinotest.Reply{Columns: []trinotest.Column{{Name: "bucket", Type: "varchar"}, {Name: "breakdown", Type: "varchar"}, {Name: "value", Type: "double"}}}
}

// TestTrino_WritesTheSameSQL holds what is sent to Trino still: nothing here can
// run it. The statements were written by its documentation.
func TestTrino_WritesTheSameSQL(t *testing.T) {
	var b strings.Builder
	write := func(title string, q asked, zone string) {
		fake := trinotest.New(t, noRows)
		s := trinoServer(fake).open(t, q.yaml(trinoServer(fake), zone))
		query := q.query(t, zone)
		query.Compare, query.Previous = insight.CompareNone, insight.Window{}
		if _, err := s.Run(t.Context(), find(t, s), query); err != nil {
			t.Fatalf("%s: %v", title, err)
		}
		fmt.Fprintf(&b, "## %s\n", title)
		for _, seen := range fake.Seen() {
			fmt.Fprintf(&b, "%s\n-- %s\n", strings.TrimSpace(seen.SQL), strings.Join(seen.Arguments, ", "))
		}
		b.WriteString("\n")
	}
	for _, q := range questions() {
		write(q.name, q, "UTC")
	}
	for _, zone := range []string{"Europe/Berlin", "Australia/Lord_Howe"} {
		for _, q := range questions()[:5] {
			write(q.name+" in "+zone, q, zone)
		}
	}
	for _, kind := range []timeKind{timeUnix, timeUnixMS, timeDate, timeInstant} {
		q := questions()[1]
		q.more += "\n    week_start: sunday"
		fake := trinotest.New(t, noRows)
		yaml := strings.NewReplacer("type: datetime", "type: "+string(kind), "hour, ", "").Replace(q.yaml(trinoServer(fake), "Europe/Berlin"))
		s := trinoServer(fake).open(t, yaml)
		query := q.query(t, "Europe/Berlin")
		query.Compare, query.Previous = insight.CompareNone, insight.Window{}
		if _, err := s.Run(t.Context(), find(t, s), query); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		seen := fake.Seen()[1] // after the totals
		fmt.Fprintf(&b, "## weeks from Sunday of a %s\n%s\n-- %s\n\n", kind, strings.TrimSpace(seen.SQL), strings.Join(seen.Arguments, ", "))
	}
	golden := filepath.Join("testdata", "trino.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("the SQL changed (-want +got)\n%s", diff)
	}
}

func TestTrino_ReadsPagesTypesAndTheTag(t *testing.T) {
	fake := trinotest.New(t, func(q trinotest.Query) trinotest.Reply {
		return trinotest.Reply{
			Columns: []trinotest.Column{
				{Name: "big", Type: "bigint"},
				{Name: "exact", Type: "decimal(38, 9)"},
				{Name: "at", Type: "timestamp(3) with time zone"},
				{Name: "clock", Type: "timestamp(6)"},
				{Name: "day", Type: "date"},
				{Name: "none", Type: "varchar(5)"},
				{Name: "yes", Type: "boolean"},
			},
			Pages: [][][]any{
				{{int64(9007199254740993), "12345678901234567890.123456789", "2026-05-01 12:00:00.000 Europe/Berlin", "2026-05-01 10:00:00.000000", "2026-05-01", nil, true}},
				{},
				{{int64(1), "1.50", "2026-05-01 05:00:00.000 -05:00", "2026-05-01 10:00:00.000000", "2026-05-01", "x", false}},
			},
		}
	})
	s := trinoServer(fake).open(t, item("table", "columns: {big: number, exact: number, at: time, clock: time}", "SELECT * FROM t WHERE a = 'it''s'"))
	ctx := insight.WithTag(t.Context(), insight.Tag{Insight: "shop/x", Place: "c4ff,e", Ref: "REF12345"})
	r, err := s.Run(ctx, find(t, s), insight.Query{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range r.Table.Rows {
		var cells []string
		for _, c := range row {
			cells = append(cells, c.Text)
		}
		got = append(got, strings.Join(cells, "|"))
	}
	want := []string{
		"9007199254740993|12345678901234567890.123456789|2026-05-01 10:00:00|2026-05-01 10:00:00|2026-05-01||true",
		"1|1.50|2026-05-01 10:00:00|2026-05-01 10:00:00|2026-05-01|x|false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	q := fake.Seen()[0]
	if q.SQL != "/* insightbot insight=shop/x place=c4ff_e ref=REF12345 */ SELECT * FROM t WHERE a = 'it''s'" {
		t.Errorf("the server is shown %q", q.SQL)
	}
	for name, want := range map[string]string{
		"X-Trino-User": "reader", "X-Trino-Catalog": "hive", "X-Trino-Schema": "shop", "X-Trino-Source": "insightbot", "X-Trino-Time-Zone": "UTC",
		"X-Trino-Client-Tags": "insight=shop/x,insightbot,place=c4ff_e", "X-Trino-Trace-Token": "REF12345", "X-Trino-Session": "query_max_run_time=20000ms",
		"X-Trino-Query-Data-Encoding": "",
	} {
		if got := q.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if q.Transaction == "" || fake.Open() != 0 || fake.Running() != 0 {
		t.Errorf("ran in %q; %d transactions are open, %d statements run", q.Transaction, fake.Open(), fake.Running())
	}
}

func TestTrino_WhatIsGivenUpIsStoppedAtTheServer(t *testing.T) {
	rows := [][]any{}
	for i := range 20 {
		rows = append(rows, []any{i})
	}
	pages := [][][]any(nil)
	fake := trinotest.New(t, func(trinotest.Query) trinotest.Reply {
		return trinotest.Reply{Columns: []trinotest.Column{{Name: "value", Type: "bigint"}}, Pages: pages, Endless: true}
	})
	stopped := func(what string, statements int) {
		t.Helper()
		waitUntil(t, what, func() bool {
			return fake.Running() == 0 && fake.Open() == 0 && len(fake.Cancelled()) == statements
		})
	}
	s := trinoServer(fake).open(t, number("SELECT 1 AS value"))
	in := find(t, s)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := s.Run(ctx, in, insight.Query{})
		ended <- err
	}()
	waitUntil(t, "the statement runs", func() bool { return fake.Running() == 1 && len(fake.Seen()) == 1 })
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the run: %v", err)
	}
	stopped("given up", 1)

	limited := trinoServer(fake).open(t, number("SELECT 1 AS value"), func(c *Config) { c.Timeout = 2 * time.Second })
	if _, err := limited.Run(t.Context(), find(t, limited), insight.Query{}); !errors.Is(err, insight.ErrTimeout) {
		t.Errorf("beyond its time: %v", err)
	}
	stopped("beyond its time", 2)

	pages = [][][]any{rows, rows}
	table := trinoServer(fake).open(t, item("table", "columns: {value: number}", "SELECT value FROM t"), func(c *Config) { c.MaxRows = 30 })
	begin := time.Now()
	if r, err := table.Run(t.Context(), find(t, table), insight.Query{}); err != nil || len(r.Table.Rows) != 30 || !r.More {
		t.Errorf("a table that is cut off: %d rows, %v", len(r.Table.Rows), err)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("cutting off took %s", took)
	}
	stopped("cut off", 3)
}

func TestTrino_FaultsHaveTheirNames(t *testing.T) {
	failing := func(name, kind string) func(trinotest.Query) trinotest.Reply {
		return func(trinotest.Query) trinotest.Reply {
			return trinotest.Reply{Error: &trinotest.Error{Message: "line 1:8: no", Name: name, Type: kind, Code: 1}}
		}
	}
	status := func(code int) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, _ *http.Request) bool {
			http.Error(w, "<html>no</html>", code)
			return true
		}
	}
	one := func(trinotest.Query) trinotest.Reply {
		return trinotest.Reply{Columns: []trinotest.Column{{Name: "value", Type: "bigint"}}, Pages: [][][]any{{{7}}}}
	}
	pages := func(answer func(w http.ResponseWriter)) func(http.ResponseWriter, *http.Request) bool {
		return func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodGet {
				answer(w)
			}
			return r.Method == http.MethodGet
		}
	}
	for _, tt := range []struct {
		name   string
		answer func(trinotest.Query) trinotest.Reply
		fault  func(http.ResponseWriter, *http.Request) bool
		want   error
	}{
		{"syntax", failing("SYNTAX_ERROR", "USER_ERROR"), nil, insight.ErrBroken},
		{"no rights", failing("PERMISSION_DENIED", "USER_ERROR"), nil, insight.ErrRefused},
		{"writes", failing("READ_ONLY_VIOLATION", "USER_ERROR"), nil, insight.ErrRefused},
		{"too long", failing("EXCEEDED_TIME_LIMIT", "INSUFFICIENT_RESOURCES"), nil, insight.ErrTimeout},
		{"cancelled by somebody", failing("USER_CANCELED", "USER_ERROR"), nil, insight.ErrTimeout},
		{"memory", failing("EXCEEDED_LOCAL_MEMORY_LIMIT", "INSUFFICIENT_RESOURCES"), nil, insight.ErrTooLarge},
		{"queue", failing("QUERY_QUEUE_FULL", "INSUFFICIENT_RESOURCES"), nil, insight.ErrBusy},
		{"no nodes", failing("NO_NODES_AVAILABLE", "INSUFFICIENT_RESOURCES"), nil, insight.ErrUnavailable},
		{"worker lost", failing("REMOTE_TASK_ERROR", "INTERNAL_ERROR"), nil, insight.ErrUnavailable},
		{"database below", failing("JDBC_ERROR", "EXTERNAL"), nil, insight.ErrUnavailable},
		{"401", one, status(http.StatusUnauthorized), insight.ErrUnavailable},
		{"429", one, status(http.StatusTooManyRequests), insight.ErrBusy},
		{"500", one, status(http.StatusInternalServerError), insight.ErrUnavailable},
		{"503", one, status(http.StatusServiceUnavailable), insight.ErrUnavailable},
		{"cut", one, func(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }, insight.ErrUnavailable},
		{"hang", one, func(_ http.ResponseWriter, r *http.Request) bool {
			io.Copy(io.Discard, r.Body) //nolint:errcheck // only then the server sees that the client left
			<-r.Context().Done()
			return true
		}, insight.ErrTimeout},
		{"HTML", one, pages(func(w http.ResponseWriter) { io.WriteString(w, "<html>") }), insight.ErrUnavailable},                     //nolint:errcheck // a fake
		{"cut JSON", one, pages(func(w http.ResponseWriter) { io.WriteString(w, `{"id": "x", "data": [[`) }), insight.ErrUnavailable}, //nolint:errcheck // a fake
		{"wrong types", func(trinotest.Query) trinotest.Reply {
			return trinotest.Reply{Columns: []trinotest.Column{{Name: "value", Type: "bigint"}}, Pages: [][][]any{{{"seven"}}}}
		}, nil, insight.ErrUnavailable},
		{"flood", one, pages(func(w http.ResponseWriter) {
			io.WriteString(w, `{"id": "x", "data": [["`) //nolint:errcheck // a fake
			for range 64 {
				if _, err := w.Write(bytes.Repeat([]byte("x"), 1<<20)); err != nil {
					return
				}
			}
		}), insight.ErrTooLarge},
		{"elsewhere", one, func(w http.ResponseWriter, r *http.Request) bool {
			io.WriteString(w, `{"id": "x1", "nextUri": "http://other.example/v1/statement/queued/x1/y/1", "stats": {"state": "QUEUED"}}`) //nolint:errcheck // a fake
			return r.Method == http.MethodPost
		}, insight.ErrUnavailable},
		{"redirect", one, func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, "http://other.example/", http.StatusTemporaryRedirect)
			return true
		}, insight.ErrUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			fake := trinotest.New(t, tt.answer)
			s := trinoServer(fake).open(t, number("SELECT 1 AS value"), func(c *Config) {
				c.MaxBytes, c.Timeout = 100_000, 5*time.Second
				if errors.Is(tt.want, insight.ErrTimeout) {
					c.Timeout = time.Second
				}
			})
			in := find(t, s)
			fake.Fault(tt.fault)
			if r, err := s.Run(t.Context(), in, insight.Query{}); !errors.Is(err, tt.want) {
				t.Errorf("got %v and %v, want %v", r.Series, err, tt.want)
			}
			if tt.fault == nil {
				return
			}
			fake.Fault(nil)
			if r, err := s.Run(t.Context(), in, insight.Query{}); err != nil || r.Series[0].Total != 7 {
				t.Errorf("once all is well again: %v", err)
			}
		})
	}
}

func TestTrino_TriesAgainWhatAProxyRefused(t *testing.T) {
	fake := trinotest.New(t, func(trinotest.Query) trinotest.Reply {
		return trinotest.Reply{Columns: []trinotest.Column{{Name: "value", Type: "bigint"}}, Pages: [][][]any{{{7}}}}
	})
	s := trinoServer(fake).open(t, number("SELECT 1 AS value"))
	in := find(t, s)
	var mu sync.Mutex
	tried := map[string]int{}
	fake.Fault(func(w http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		tried[r.Method+r.URL.Path]++
		if tried[r.Method+r.URL.Path] > 1 {
			return false
		}
		http.Error(w, "again", http.StatusServiceUnavailable)
		return true
	})
	if r, err := s.Run(t.Context(), in, insight.Query{}); err != nil || r.Series[0].Total != 7 {
		t.Errorf("got %v", err)
	}
	if n := len(fake.Seen()); n != 1 {
		t.Errorf("the statement ran %d times", n)
	}
}

func TestTrino_TrustsWhomTheSettingsName(t *testing.T) {
	fake := trinotest.NewTLS(t, func(trinotest.Query) trinotest.Reply {
		return trinotest.Reply{Columns: []trinotest.Column{{Name: "value", Type: "bigint"}}, Pages: [][][]any{{{7}}}}
	})
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: fake.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	secret := server{kind: TypeTrino, dsn: strings.Replace(fake.URL("reader"), "reader@", "reader:hunter2@", 1)}
	known := secret.open(t, number("SELECT 1 AS value"), func(c *Config) { c.CAFile = ca })
	if r, err := known.Run(t.Context(), find(t, known), insight.Query{}); err != nil || r.Series[0].Total != 7 {
		t.Errorf("got %v", err)
	}
	if user, password, ok := (&http.Request{Header: fake.Seen()[0].Header}).BasicAuth(); !ok || user != "reader" || password != "hunter2" {
		t.Errorf("logged in as %q", user)
	}
	for _, s := range []server{secret, {kind: TypeTrino, dsn: strings.Replace(secret.dsn, "https://reader:hunter2@", "http://reader@", 1)}} {
		strange := s.open(t, number("SELECT 1 AS value"))
		_, err := strange.Run(t.Context(), find(t, strange), insight.Query{})
		if !errors.Is(err, insight.ErrUnavailable) || strings.Contains(fmt.Sprint(err), "hunter2") {
			t.Errorf("got %v", err)
		}
	}
	for _, tt := range []struct{ dsn, wrong string }{
		{"http://reader:hunter2@db.example:8080?catalog=hive", "https alone"},
		{"https://reader:hunter2@db.example:8443?SSLVerification=NONE", "ca_file"},
		{"https://reader:hunter2@db.example:8443?externalAuthentication=true", "password or an access token"},
		{"https://reader:hunter2@db.example:8443/a/b/c/d", "not one of Trino"},
		{"postgres://reader:hunter2@db.example", "not one of Trino"},
		{"://hunter2", "not one of Trino"},
	} {
		_, err := Open(t.Context(), Config{Name: "shop", Type: TypeTrino, DSN: insight.Secret(tt.dsn), Dir: "x"})
		if err == nil || !strings.Contains(err.Error(), tt.wrong) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v, want %q", err, tt.wrong)
		}
	}
}

func TestTrino_RefusesWhatItReadsInAnotherWay(t *testing.T) {
	fake := trinotest.New(t, noRows)
	for _, statement := range []string{
		"SELECT `a` AS value FROM t", "SELECT ARRAY['] AS value, '] FROM t", "SELECT value FROM TABLE(pg.system.query(query => 'DROP TABLE t'))",
		"WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x", "SELECT $$a$$ AS value", "SELECT 1 AS value; SELECT 2",
	} {
		if all, err := trinoServer(fake).open(t, number(statement)).Insights(t.Context()); err == nil || len(all) > 0 {
			t.Errorf("%s was taken", statement)
		}
	}
	if n := len(fake.Seen()); n != 0 {
		t.Errorf("%d statements reached the server", n)
	}
}

func TestTrino_WithoutAServerIsUnavailable(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close() //nolint:errcheck // its port is what is wanted
	s := server{kind: TypeTrino, dsn: "http://reader@" + l.Addr().String()}.open(t, number("SELECT 1 AS value"))
	if _, err := s.Run(t.Context(), find(t, s), insight.Query{}); !errors.Is(err, insight.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}
