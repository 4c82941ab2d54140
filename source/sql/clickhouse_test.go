package sqlsource

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/envtest"
	"insightbot/insight"
)

// clickhouseChinook is a ClickHouse with what the questions need of Chinook,
// read from the SQLite file.
func clickhouseChinook(t testing.TB) server {
	t.Helper()
	path := envtest.Shared(t, "data", "sql", "chinook.sqlite")
	dsn := envtest.ClickHouse(t)
	raw := envtest.Database(t, "clickhouse", dsn)
	from := envtest.Database(t, "sqlite", "file:"+path+"?mode=ro&immutable=1")
	for table, columns := range map[string]string{
		"Invoice":     "InvoiceId Int32, CustomerId Int32, InvoiceDate DateTime, BillingCountry String, Total Decimal(10, 2)",
		"InvoiceLine": "InvoiceLineId Int32, InvoiceId Int32, TrackId Int32, UnitPrice Decimal(10, 2), Quantity Int32",
		"Customer":    "CustomerId Int32, FirstName String, LastName String, Company Nullable(String), Country String",
		"Track":       "TrackId Int32, Name String, GenreId Int32, Milliseconds Int64",
		"Genre":       "GenreId Int32, Name String",
	} {
		exec(t, raw, "CREATE TABLE "+table+" ("+columns+") ENGINE = MergeTree() ORDER BY "+table+"Id")
		copyTable(t, from, raw, table, columns)
	}
	return server{kind: TypeClickHouse, dsn: dsn, raw: raw, words: clickhouseWords}
}

// copyTable copies columns of a table from SQLite. This old server reads neither
// the blocks that the driver sends, nor long lists, in any good time: it gets one
// text, and takes it apart.
func copyTable(t testing.TB, from, to *sql.DB, table, columns string) {
	t.Helper()
	const field, row, null = "\x1f", "\x1e", "\x01"
	var texts, typed []string
	for i, c := range strings.Split(strings.ReplaceAll(columns, "(10, 2)", ""), ", ") {
		name, kind, _ := strings.Cut(c, " ")
		if kind == "DateTime" {
			name = "strftime('%Y-%m-%d %H:%M:%S', " + name + ")"
		}
		texts = append(texts, "ifnull(CAST("+name+" AS TEXT), char(1))")
		part := fmt.Sprintf("r[%d]", i+1)
		switch kind {
		case "String":
		case "Decimal":
			part = "toDecimal64(" + part + ", 2)"
		case "Nullable(String)":
			part = "nullIf(" + part + ", '" + null + "')"
		default:
			part = "to" + kind + "(" + part + ")"
		}
		typed = append(typed, part)
	}
	rows, err := from.QueryContext(t.Context(), "SELECT "+strings.Join(texts, " || char(31) || ")+" FROM "+table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // Err is read below
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(one))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	exec(t, to, fmt.Sprintf("INSERT INTO %s SELECT %s FROM (SELECT splitByChar('%s', arrayJoin(splitByChar('%s', '%s'))) AS r)",
		table, strings.Join(typed, ", "), field, row, strings.Join(all, row)))
}

// clickhouseWords writes a statement for a server of 2018: it sorts by names, and
// its mean of decimals is one, cut off.
func clickhouseWords(s string) string {
	return strings.NewReplacer("ORDER BY 3 DESC, 1", `ORDER BY "Spent" DESC, "Customer"`, "avg(i.Total)", "avg(toFloat64(i.Total))").Replace(camel(s))
}

func TestClickHouse_TheSameQuestionsGiveTheSameNumbers(t *testing.T) {
	house := clickhouseChinook(t)
	lite := server{kind: TypeSQLite, path: envtest.Shared(t, "data", "sql", "chinook.sqlite"), words: camel}
	asked := 0
	for _, q := range questions() {
		if strings.Count(q.sql, "JOIN") > 1 {
			continue // servers of 2018 join two tables and no more
		}
		asked++
		for _, zone := range []string{"UTC", "Europe/Berlin", "America/Santiago", "Asia/Kolkata", "Australia/Lord_Howe"} {
			t.Run(q.name+" in "+zone, func(t *testing.T) {
				var results []insight.Result
				for _, server := range []server{lite, house} {
					s := server.open(t, q.yaml(server, zone))
					r, err := s.Run(t.Context(), find(t, s), q.query(t, zone))
					if err != nil {
						t.Fatalf("%s: %v", server.kind, err)
					}
					if r.Empty() {
						t.Fatalf("%s: there is no data: this proves nothing", server.kind)
					}
					results = append(results, cellsAsNumbers(r))
				}
				if diff := cmp.Diff(results[0], results[1], near()); diff != "" {
					t.Errorf("(-SQLite +ClickHouse)\n%s", diff)
				}
			})
		}
	}
	if asked < 9 {
		t.Errorf("only %d questions were asked", asked)
	}
}

// busy counts the statements at a ClickHouse with a text in them.
func busy(t testing.TB, raw *sql.DB, text string) (n int, query string) {
	t.Helper()
	rows, err := raw.QueryContext(t.Context(), "SELECT query FROM system.processes WHERE position(query, ?) > 0 AND position(query, 'system.processes') = 0", text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // Err is read below
	for rows.Next() {
		if err := rows.Scan(&query); err != nil {
			t.Fatal(err)
		}
		n++
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return n, query
}

func TestClickHouse_WhatIsGivenUpIsStoppedAtTheServer(t *testing.T) {
	dsn := envtest.ClickHouse(t)
	raw := envtest.Database(t, "clickhouse", dsn)
	house := server{kind: TypeClickHouse, dsn: dsn, raw: raw}
	const endless = "SELECT count() AS value FROM system.numbers"
	s := house.open(t, number(endless))
	in := find(t, s)
	ctx, stop := context.WithCancel(insight.WithTag(t.Context(), insight.Tag{Insight: "shop/x", Place: "c4ff*/e", Ref: "REF12345"}))
	ended := make(chan error, 1)
	go func() {
		_, err := s.Run(ctx, in, insight.Query{})
		ended <- err
	}()
	var query string
	waitUntil(t, "the statement runs", func() bool {
		n, text := busy(t, raw, "ref=REF12345")
		query = text
		return n == 1
	})
	if want := "/* insightbot insight=shop/x place=c4ff_/e ref=REF12345 */"; !strings.HasPrefix(query, want) {
		t.Errorf("the server is shown %q, want %q in front", query, want)
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the run: %v", err)
	}
	waitUntil(t, "the statement is stopped", func() bool { n, _ := busy(t, raw, "insightbot"); return n == 0 })

	limited := house.open(t, number(endless), func(c *Config) { c.Timeout = 300 * time.Millisecond })
	if _, err := limited.Run(t.Context(), find(t, limited), insight.Query{}); !errors.Is(err, insight.ErrTimeout) {
		t.Errorf("beyond its time: %v", err)
	}
	waitUntil(t, "nothing runs", func() bool { n, _ := busy(t, raw, "insightbot"); return n == 0 })

	table := house.open(t, item("table", "columns: {number: number}", "SELECT number FROM system.numbers"), func(c *Config) { c.MaxRows, c.Timeout = 10, 3*time.Second })
	if r, err := table.Run(t.Context(), find(t, table), insight.Query{}); err != nil || len(r.Table.Rows) != 10 || !r.More {
		t.Errorf("a table without an end: %d rows, %v", len(r.Table.Rows), err)
	}
	waitUntil(t, "nothing runs", func() bool { n, _ := busy(t, raw, "insightbot"); return n == 0 })
}

func TestClickHouse_NothingIsWrittenNorReadOutside(t *testing.T) {
	dsn := envtest.ClickHouse(t)
	house := server{kind: TypeClickHouse, dsn: dsn, raw: envtest.Database(t, "clickhouse", dsn)}
	exec(t, house.raw, "CREATE TABLE Invoice (a Int32, d Date) ENGINE = MergeTree(d, a, 8192)")
	exec(t, house.raw, "INSERT INTO Invoice SELECT toInt32(1), today()")
	before := 0
	count := "SELECT count() FROM Invoice"
	if err := house.raw.QueryRowContext(t.Context(), count).Scan(&before); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"SELECT count() AS value FROM file('/etc/passwd', 'CSV', 'a String')", "SELECT count() AS value FROM url('http://127.0.0.1:1/', 'CSV', 'a String')",
		"SELECT count() AS value FROM remote('127.0.0.1', 'default', 'Invoice')", "SELECT count() AS value FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')",
		"SELECT count() AS value FROM merge('default', 'Invoice')", "SELECT 1 AS value SETTINGS readonly = 0",
		"SELECT count() AS value FROM Invoice SETTINGS max_execution_time = 0", "SELECT 1 AS value INTO OUTFILE '/tmp/insightbot-outfile'",
		"WITH 1 AS x INSERT INTO Invoice SELECT * FROM Invoice", "INSERT INTO Invoice SELECT * FROM Invoice", "DROP TABLE Invoice",
		"SELECT 1 AS value; DROP TABLE Invoice", `SELECT '\'; DROP TABLE Invoice' AS value`, "SELECT 1 AS value # '\n FROM Invoice '",
		"SELECT ['] AS value, '] FROM Invoice", "SELECT ‘; DROP TABLE Invoice’ AS value", "SELECT 1 AS value, \"a\\\" FROM Invoice",
		"KILL QUERY WHERE 1 SYNC", "SET readonly = 0", "SYSTEM SHUTDOWN", "ATTACH TABLE x", "CREATE TEMPORARY TABLE x (a Int8)",
	} {
		s := house.open(t, number(statement))
		all, loading := s.Insights(t.Context())
		if loading != nil || len(all) == 0 {
			continue // refused before it got anywhere
		}
		if r, err := s.Run(t.Context(), all[0], insight.Query{}); err == nil {
			t.Errorf("%s ran and gave %v", statement, r.Series)
		} else if strings.Contains(statement, "(") && !errors.Is(err, insight.ErrRefused) && !errors.Is(err, insight.ErrBroken) {
			t.Errorf("%s: %v", statement, err)
		}
	}
	after := 0
	if err := house.raw.QueryRowContext(t.Context(), count).Scan(&after); err != nil || before != after {
		t.Errorf("%d rows before, %d after (%v)", before, after, err)
	}
	s := house.open(t, number("SELECT 1 AS value"))
	if says, err := s.Rights(t.Context()); err != nil || !strings.Contains(says, "more than read") {
		t.Errorf("a user who may do everything: %q, %v", says, err)
	}
}

func TestClickHouse_KeepsNumbersAndMomentsExact(t *testing.T) {
	dsn := envtest.ClickHouse(t)
	house := server{kind: TypeClickHouse, dsn: dsn}
	s := house.open(t, item("table", "zone: UTC\ncolumns: {big: number, huge: number, exact: number, at: time, none: plain, word: plain}",
		`SELECT toInt64('9007199254740993') AS big, toUInt64('18446744073709551615') AS huge, toDecimal128('12345678901234567890.123456789', 9) AS exact,
      toDateTime('2026-05-01 12:00:00', 'Europe/Berlin') AS at, CAST(NULL AS Nullable(String)) AS none, 'x' AS word, toDate('2026-05-01') AS day`))
	r, err := s.Run(t.Context(), find(t, s), insight.Query{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range r.Table.Rows[0] {
		got = append(got, c.Text)
	}
	want := "9007199254740993|18446744073709551615|12345678901234567890.123456789|2026-05-01 10:00:00||x|2026-05-01"
	if text := strings.Join(got, "|"); text != want || !r.Table.Rows[0][2].IsNumber || !r.Table.Rows[0][4].Null {
		t.Errorf("%s, want %s (%+v)", text, want, r.Table.Rows[0])
	}
}

// silentServer accepts connections and does what answer does with each.
func silentServer(t testing.TB, answer func(net.Conn)) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() }) //nolint:errcheck // the test is over
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() }) //nolint:errcheck // the test is over
			go answer(conn)
		}
	}()
	return l.Addr().String()
}

func TestClickHouse_FaultsHaveTheirNames(t *testing.T) {
	dsn := envtest.ClickHouse(t)
	real := strings.TrimPrefix(dsn, "clickhouse://")
	refused, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused.Close() //nolint:errcheck // its port is what is wanted
	// A server that says hello and no more.
	mute := silentServer(t, func(net.Conn) {})
	cut := silentServer(t, func(c net.Conn) { c.Close() }) //nolint:errcheck // it hangs up
	flood := silentServer(t, func(c net.Conn) { flooded(t, c, real) })
	for _, tt := range []struct {
		name, dsn, statement string
		want                 error
	}{
		{"refused", refused.Addr().String(), "SELECT 1 AS value", insight.ErrUnavailable},
		{"mute", mute, "SELECT 1 AS value", insight.ErrTimeout},
		{"cut", cut, "SELECT 1 AS value", insight.ErrUnavailable},
		{"too many bytes", flood, "SELECT 1 AS value", insight.ErrTooLarge},
		{"wrong password", "reader:hunter2@" + real, "SELECT 1 AS value", insight.ErrUnavailable},
		{"no such database", real + "/none", "SELECT 1 AS value", insight.ErrUnavailable},
		{"no such table", real, "SELECT count() AS value FROM none", insight.ErrBroken},
		{"not SQL", real, "SELECT FROM FROM", insight.ErrBroken},
		{"too much memory", real + "?max_memory_usage=1000000", "SELECT uniqExact(number) AS value FROM (SELECT number FROM system.numbers LIMIT 10000000)", insight.ErrTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			house := server{kind: TypeClickHouse, dsn: "clickhouse://" + tt.dsn}
			s := house.open(t, number(tt.statement), func(c *Config) {
				c.Timeout, c.MaxBytes = 15*time.Second, 100_000
				if errors.Is(tt.want, insight.ErrTimeout) {
					c.Timeout = time.Second
				}
			})
			all, err := s.Insights(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Run(t.Context(), all[0], insight.Query{})
			if !errors.Is(err, tt.want) || strings.Contains(fmt.Sprint(err), "hunter2") {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
	// After a statement that the server did not understand the next one runs.
	s := server{kind: TypeClickHouse, dsn: dsn}.open(t, number("SELECT FROM FROM"))
	good := server{kind: TypeClickHouse, dsn: dsn}.open(t, number("SELECT 1 AS value"))
	for range 6 {
		if _, err := s.Run(t.Context(), find(t, s), insight.Query{}); !errors.Is(err, insight.ErrBroken) {
			t.Errorf("got %v", err)
		}
		if r, err := good.Run(t.Context(), find(t, good), insight.Query{}); err != nil || r.Series[0].Total != 1 {
			t.Errorf("got %v", err)
		}
	}
}

// flooded passes on the greeting of a real server, and then never stops.
func flooded(t testing.TB, c net.Conn, real string) {
	up, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", real)
	if err != nil {
		return
	}
	defer up.Close() //nolint:errcheck // the test is over
	hello := make([]byte, 4096)
	n, err := c.Read(hello)
	if err != nil {
		return
	}
	if _, err := up.Write(hello[:n]); err != nil {
		return
	}
	if n, err = up.Read(hello); err != nil {
		return
	}
	if _, err := c.Write(hello[:n]); err != nil {
		return
	}
	const ping, pong = 4, 4
	for {
		if n, err = c.Read(hello); err != nil {
			return
		}
		if n > 1 || hello[0] != ping {
			break
		}
		if _, err := c.Write([]byte{pong}); err != nil {
			return
		}
	}
	go io.Copy(io.Discard, c) //nolint:errcheck // it ends with the connection
	// A block that says it has one column of text, whose one value never ends.
	block := append([]byte{1, 0, 1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0, 1, 1, 1, 'v', 6}, "String"...)
	block = append(block, 0xff, 0xff, 0xff, 0x3f) // 128 MB
	if _, err := c.Write(block); err != nil {
		return
	}
	for {
		if _, err := c.Write(make([]byte, 1<<16)); err != nil {
			return
		}
	}
}

func TestClickHouse_ReadsSettingsOfTheUser(t *testing.T) {
	for _, tt := range []struct {
		name, address string
		wrong         string
	}{
		{"http", "http://127.0.0.1:8123", "native protocol"},
		{"any certificate", "clickhouse://db.example:9440/shop?secure=true&skip_verify=true", "ca_file"},
		{"no address", "clickhouse://:pass@", "native protocol"},
	} {
		_, err := Open(t.Context(), Config{Name: "shop", Type: TypeClickHouse, DSN: insight.Secret(tt.address), Dir: "x"})
		if err == nil || !strings.Contains(err.Error(), tt.wrong) || strings.Contains(err.Error(), "pass@") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.wrong)
		}
	}
}

// TestClickHouse_BucketsOfRandomWindows compares the buckets that ClickHouse
// makes with those of plain Go, over windows and zones by chance.
func TestClickHouse_BucketsOfRandomWindows(t *testing.T) {
	dsn := envtest.ClickHouse(t)
	s := server{kind: TypeClickHouse, dsn: dsn, raw: envtest.Database(t, "clickhouse", dsn)}
	zones := []string{
		"UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "America/Havana",
	}
	random := rand.New(rand.NewPCG(7, 11))
	for i, name := range zones {
		storedName := zones[random.IntN(len(zones))]
		zone, err1 := time.LoadLocation(name)
		stored, err2 := time.LoadLocation(storedName)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		// Its dates begin in 1970, and those of old servers end in 2105.
		from := time.Date(1971+random.IntN(60), time.Month(1+random.IntN(12)), 1+random.IntN(28), 12, 0, 0, 0, zone)
		w := insight.Window{From: insight.GrainDay.Floor(from, time.Monday), To: insight.GrainDay.Floor(from.AddDate(0, 0, 3+random.IntN(700)), time.Monday)}
		at := instants(w, zone, stored)
		table := fmt.Sprintf("m%d", i)
		exec(t, s.raw, "CREATE TABLE "+table+" (unix Int64, unix_ms Int64, datetime DateTime, date Date, timestamptz DateTime('Asia/Tokyo')) ENGINE = Memory")
		var rows []string
		for _, a := range at {
			rows = append(rows, fmt.Sprintf("%d;%s;%s", a.UnixMilli(), a.In(stored).Format(time.DateTime), a.In(zone).Format(time.DateOnly)))
		}
		exec(t, s.raw, "INSERT INTO "+table+` SELECT intDiv(toInt64(r[1]), 1000), toInt64(r[1]), toDateTime(r[2], 'UTC'), toDate(r[3]), toDateTime(intDiv(toInt64(r[1]), 1000))
			FROM (SELECT splitByChar(';', arrayJoin(splitByChar('|', '`+strings.Join(rows, "|")+`'))) AS r)`)
		for _, kind := range s.kindsOf() {
			t.Run(fmt.Sprintf("%s in %s of %s from %s", kind, name, storedName, w.From.Format(time.DateOnly)), func(t *testing.T) {
				s.bucketsAgree(t, table, kind, w, instants(w, zone, stored), storedName)
			})
		}
	}
}

// TestClickHouse_ValuesAreExact asks for values that are hard to quote, as the
// driver writes them into the statement itself.
func TestClickHouse_ValuesAreExact(t *testing.T) {
	words := []string{
		"DE", "de", "dé", "DE ", " DE", "O'Brien", `back\slash`, `\`, `\'`, `'; DROP TABLE v; --`, "100%", "?", "$1", "@x", "{a:String}", "#", "/*", "1", "1.0", "😀", "a\nb", "a\x00b",
	}
	dsn := envtest.ClickHouse(t)
	s := server{kind: TypeClickHouse, dsn: dsn, raw: envtest.Database(t, "clickhouse", dsn)}
	exec(t, s.raw, "CREATE TABLE v (word Nullable(String)) ENGINE = Memory")
	exec(t, s.raw, "INSERT INTO v SELECT CAST(NULL AS Nullable(String))")
	var list strings.Builder
	for _, word := range append([]string{""}, words...) {
		exec(t, s.raw, "INSERT INTO v SELECT CAST(unhex('"+hex.EncodeToString([]byte(word))+"') AS Nullable(String))")
		if word != "" {
			fmt.Fprintf(&list, "      - {key: %s}\n", scalar(word))
		}
	}
	source := s.open(t, "dimensions:\n  word:\n    values:\n"+list.String()+item("number", "total: sum\npeople: none\ndimensions: {word: word}\nattributes: {region: word}",
		"SELECT {{breakdown}}, count(*) AS value FROM v WHERE {{filters}} GROUP BY {{group}}"))
	in := find(t, source)
	run := func(q insight.Query) map[string]float64 {
		t.Helper()
		q.Breakdowns = []string{"word"}
		r, err := source.Run(t.Context(), in, q)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]float64{}
		for _, one := range r.Series {
			got[one.Values[0]] += one.Total
		}
		return got
	}
	want := map[string]float64{"": 2}
	for _, word := range words {
		want[word] = 1
		only := map[string]float64{word: 1}
		if diff := cmp.Diff(only, run(insight.Query{Unbounded: true, Filters: []insight.Filter{{Field: "word", Op: insight.OpIs, Values: []string{word}}}})); diff != "" {
			t.Errorf("filtered by %q: %s", word, diff)
		}
		if diff := cmp.Diff(only, run(insight.Query{Attributes: map[string][]string{"region": {word}}})); diff != "" {
			t.Errorf("for the region %q: %s", word, diff)
		}
	}
	if diff := cmp.Diff(want, run(insight.Query{Unbounded: true})); diff != "" {
		t.Errorf("all of them: %s", diff)
	}
	none := []insight.Filter{{Field: "word", Op: insight.OpIs, Values: []string{""}}}
	if diff := cmp.Diff(map[string]float64{"": 2}, run(insight.Query{Unbounded: true, Filters: none})); diff != "" {
		t.Errorf("without a value: %s", diff)
	}
}
