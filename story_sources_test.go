package main

import (
	"os"
	"strings"
	"testing"

	"insightbot/envtest"
)

// TestStory_APostgresFromTheGuide follows docs/sources.md over a real PostgreSQL
// with Chinook in it, by commands alone: settings, a drafted insight, doctor,
// sync, check and a question.
func TestStory_APostgresFromTheGuide(t *testing.T) {
	script, err := os.ReadFile(envtest.Shared(t, "data", "sql", "chinook-postgresql.sql"))
	if err != nil {
		t.Fatal(err)
	}
	at := envtest.Postgres(t)
	_, load, ok := strings.Cut(string(script), `\c chinook;`)
	if !ok {
		t.Fatal("the script has another form now")
	}
	owner := envtest.Database(t, "pgx", at+"postgres")
	if _, err := owner.ExecContext(t.Context(), "CREATE DATABASE shop"); err != nil {
		t.Fatal(err)
	}
	shop := envtest.Database(t, "pgx", at+"shop")
	for _, statement := range []string{
		load,
		// As the guide has it.
		`CREATE ROLE insightbot LOGIN PASSWORD 'hunter2'; ALTER ROLE insightbot SET default_transaction_read_only = on;
		 GRANT CONNECT ON DATABASE shop TO insightbot; GRANT USAGE ON SCHEMA public TO insightbot;
		 GRANT SELECT ON ALL TABLES IN SCHEMA public TO insightbot`,
	} {
		if _, err := shop.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	write(t, dir, "insightbot.yml", "data: ./data\nsources:\n  - {name: shop, type: postgres, dsn_env: SHOP_DSN, insights: ./insights}\n")
	write(t, dir, "insights/revenue.yml", `insights:
  - id: revenue
    title: Revenue
    description: What customers paid.
    owner: {name: Finance}
    chart: line
    people: none
    format: {kind: currency, currency: USD}
    time: {column: i.invoice_date, type: datetime, earliest: 2021-01-01}
    total: sum
    as_of: SELECT max(invoice_date) + interval '1 day' FROM invoice
    dimensions: {billing_country: i.billing_country}
    sql: |
      SELECT {{bucket}}, {{breakdown}}, sum(i.total) AS value FROM invoice i
      WHERE {{window}} AND {{filters}} GROUP BY {{group}}
`)
	dsn := strings.Replace(at, "owner", "insightbot:hunter2", 1) + "shop?sslmode=disable"
	printed := "" // by the last command, without what went to the log
	do := func(want int, args ...string) string {
		t.Helper()
		var o, e strings.Builder
		args = append([]string{"--config", dir + "/insightbot.yml"}, args...)
		code := run(t.Context(), args, func(name string) string { return map[string]string{"SHOP_DSN": dsn}[name] }, strings.NewReader(""), &o, &e)
		if code != want || strings.Contains(o.String()+e.String(), "hunter2") {
			t.Errorf("%v: code %d\n%s%s", args, code, &o, &e)
		}
		printed = o.String()
		return printed + e.String()
	}
	if said := do(0, "insights", "new", "--source", "shop", "--table", "invoice"); said != printed {
		t.Logf("beside the draft: %s", strings.TrimPrefix(said, printed))
	}
	write(t, dir, "insights/invoice.yml", printed)
	if out := do(0, "doctor"); !strings.Contains(out, "shop: 2 insights") {
		t.Errorf("doctor says\n%s", out)
	}
	if out := do(0, "sync"); !strings.Contains(out, "shop: 2 insights") {
		t.Errorf("sync says %s", out)
	}
	do(0, "insights", "check")
	var want string
	if err := shop.QueryRowContext(t.Context(), `SELECT to_char(sum(total), 'FM999.00') FROM invoice
		WHERE billing_country = 'Germany' AND invoice_date >= '2025-01-01' AND invoice_date < '2026-01-01'`).Scan(&want); err != nil {
		t.Fatal(err)
	}
	if out := do(0, "ask", "revenue in Germany in 2025 by month"); !strings.Contains(out, want) {
		t.Errorf("the answer does not say %s:\n%s", want, out)
	}
	dsn = strings.Replace(dsn, "insightbot:", "nobody:", 1)
	if out := do(1, "doctor"); !strings.Contains(out, "docs/sources.md") {
		t.Errorf("doctor with a wrong name says\n%s", out)
	}
}
