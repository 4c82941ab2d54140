package sqlsource

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"insightbot/insight"
)

// BenchmarkEngines_Overhead runs one statement through the source and through
// the bare driver, in turns, and reports what the source takes more: the
// transaction that reads one state, the limits and the tag. The quick statement
// reads one small table, the slow one takes 50 ms at the server.
func BenchmarkEngines_Overhead(b *testing.B) {
	for _, s := range start(b).empty(b) {
		exec(b, s.raw, "CREATE TABLE o (at bigint, word varchar(20))")
		exec(b, s.raw, "INSERT INTO o VALUES (1767225600, 'a'), (1767312000, 'b'), (1767398400, 'c')")
		slow := map[string]string{TypePostgres: "pg_sleep(0.05)", TypeMySQL: "sleep(0.05)"}[s.kind]
		for name, statement := range map[string]string{
			"quick": "SELECT {{bucket}}, count(*) AS value FROM o WHERE {{window}} GROUP BY {{group}}",
			"slow":  "SELECT {{bucket}}, count(*) AS value FROM o CROSS JOIN (SELECT " + slow + " AS x) p WHERE {{window}} AND (p.x IS NULL OR p.x IS NOT NULL) GROUP BY {{group}}",
		} {
			b.Run(s.kind+"/"+name, func(b *testing.B) { s.overhead(b, statement) })
		}
	}
}

func (s server) overhead(b *testing.B, statement string) {
	source := s.open(b, item("line", "total: sum\ntime: {column: o.at, type: unix, grains: [day]}", statement))
	in := find(b, source)
	q := insight.Query{Window: days(b, time.UTC, "2026-01-01", "2026-02-01"), Grain: insight.GrainDay, Now: noon}
	ctx := insight.WithTag(b.Context(), insight.Tag{Insight: in.ID, Place: "c0ffee", Ref: "REF00001"})
	d, err := source.definition(ctx, in.ID)
	if err != nil {
		b.Fatal(err)
	}
	st, err := compile(d, request{window: q.Window, grain: q.Grain}, source.engine.dialect)
	if err != nil {
		b.Fatal(err)
	}
	bare := func() {
		rows, err := s.raw.QueryContext(ctx, st.text, st.args...)
		if err != nil {
			b.Fatal(err)
		}
		defer rows.Close() //nolint:errcheck // Err is read below
		for rows.Next() {
			var at, n sql.RawBytes
			if err := rows.Scan(&at, &n); err != nil {
				b.Fatal(err)
			}
		}
		if err := rows.Err(); err != nil {
			b.Fatal(err)
		}
	}
	run := func() {
		if r, err := source.Run(ctx, in, q); err != nil || r.Series[0].Total != 3 {
			b.Fatal(r.Series, err)
		}
	}
	bare()
	run()
	var through, without []time.Duration
	for i := 0; b.Loop(); i++ {
		ref := fmt.Sprintf("REF%05d", i) // no two questions have one reference
		ctx = insight.WithTag(b.Context(), insight.Tag{Insight: in.ID, Place: "c0ffee", Ref: ref})
		at := time.Now()
		run()
		through = append(through, time.Since(at))
		at = time.Now()
		bare()
		without = append(without, time.Since(at))
	}
	ours, theirs := median(through), median(without)
	b.ReportMetric(float64(ours-theirs)/float64(time.Millisecond), "ms-more")
	b.ReportMetric(float64(theirs)/float64(time.Millisecond), "ms-bare")
	b.ReportMetric(100*float64(ours-theirs)/float64(theirs), "%-more")
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// BenchmarkEngines_Stream reads rows through the source's reader and through the
// bare driver.
func BenchmarkEngines_Stream(b *testing.B) {
	s := start(b).empty(b)[0]
	const rows = 200_000
	text := fmt.Sprintf("SELECT n, %s AS word FROM generate_series(1, %d) n", "'"+strings.Repeat("x", 20)+"'", rows)
	source := s.open(b, number("SELECT 1 AS value"), func(c *Config) { c.Timeout = time.Minute })
	bare := func() {
		got, err := s.raw.QueryContext(b.Context(), text)
		if err != nil {
			b.Fatal(err)
		}
		defer got.Close() //nolint:errcheck // Err is read below
		var kept [][]any
		for got.Next() {
			row := make([]any, 2)
			if err := got.Scan(&row[0], &row[1]); err != nil {
				b.Fatal(err)
			}
			kept = append(kept, row)
		}
		if err := got.Err(); err != nil || len(kept) != rows {
			b.Fatal(err, len(kept))
		}
	}
	var through, without []time.Duration
	for b.Loop() {
		at := time.Now()
		err := source.session(b.Context(), func(ctx context.Context, q querier) error {
			set, err := fetch(ctx, q, statement{text: text}, caps{rows: rows + 1, bytes: 1 << 30})
			if err == nil && len(set.rows) != rows {
				b.Fatalf("%d rows", len(set.rows))
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		through = append(through, time.Since(at))
		at = time.Now()
		bare()
		without = append(without, time.Since(at))
	}
	ours, theirs := median(through), median(without)
	b.ReportMetric(float64(theirs)/float64(time.Millisecond), "ms-bare")
	b.ReportMetric(100*float64(ours-theirs)/float64(theirs), "%-more")
}
