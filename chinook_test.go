package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"insightbot/envtest"
	"insightbot/handlers"
	"insightbot/insight"
	"insightbot/render"
	sqlsource "insightbot/source/sql"
)

// chinook is the example over a real database that others made, in a directory
// of its own, as somebody sets it up by its README.
func chinook(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "chinook")
	if err := os.CopyFS(dir, os.DirFS("examples/chinook")); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(envtest.Shared(t, "data", "sql", "chinook.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "chinook.sqlite"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// ask runs the program as a script does.
func askJSON(t *testing.T, dir, question string) handlers.AnswerJSON {
	t.Helper()
	var out, errOut bytes.Buffer
	run(t.Context(), []string{"--config", filepath.Join(dir, "insightbot.yml"), "ask", "--json", question},
		func(string) string { return "" }, strings.NewReader(""), &out, &errOut)
	var a handlers.AnswerJSON
	if err := json.Unmarshal(out.Bytes(), &a); err != nil {
		t.Fatalf("%s: %v\n%s%s", question, err, out.String(), errOut.String())
	}
	return a
}

// TestChinook_AnswersQuestions asks the example questions as people type them.
func TestChinook_AnswersQuestions(t *testing.T) {
	dir := chinook(t)
	for _, c := range []struct {
		question, insight, from, to string
		breakdown                   string
	}{
		{"revenue in 2024", "chinook/revenue", "2024-01-01", "2025-01-01", ""},
		{"revenu by country in 2023", "chinook/revenue", "2023-01-01", "2024-01-01", "country"},
		{"invoices per month in 2025", "chinook/invoices", "2025-01-01", "2026-01-01", ""},
		{"average invoice value in q2 2024", "chinook/average-invoice", "2024-04-01", "2024-07-01", ""},
		{"how many tracks sold between march and may 2025", "chinook/tracks-sold", "2025-03-01", "2025-06-01", ""},
		{"revenue by genre 2024", "chinook/revenue-by-genre", "2024-01-01", "2025-01-01", "genre"},
		{"revenue by artist, 2022", "chinook/revenue-by-artist", "2022-01-01", "2023-01-01", "artist"},
		{"top customers in 2025", "chinook/top-customers", "2025-01-01", "2026-01-01", ""},
		{"buying customers in h1 2024", "chinook/buyers", "2024-01-01", "2024-07-01", ""},
	} {
		a := askJSON(t, dir, c.question)
		if a.Outcome != "answer" || a.Insight != c.insight {
			t.Errorf("%q: %s %s (%v)", c.question, a.Outcome, a.Insight, a.Alternatives)
			continue
		}
		if got := a.Query.From.Format("2006-01-02"); got != c.from {
			t.Errorf("%q begins on %s, want %s", c.question, got, c.from)
		}
		if got := a.Query.To.Format("2006-01-02"); got != c.to {
			t.Errorf("%q ends before %s, want %s", c.question, got, c.to)
		}
		if got := strings.Join(a.Query.Breakdown, ","); got != c.breakdown {
			t.Errorf("%q is broken down by %q, want %q", c.question, got, c.breakdown)
		}
		if a.Finding == "" || a.AsOf == nil || a.AsOf.Format("2006-01-02") != "2025-12-23" {
			t.Errorf("%q: finding %q, as of %v", c.question, a.Finding, a.AsOf)
		}
	}
}

// TestChinook_TheFindingIsInTheRows adds the raw rows up in plain Go.
func TestChinook_TheFindingIsInTheRows(t *testing.T) {
	dir := chinook(t)
	db, err := sqlsource.Create(t.Context(), filepath.Join(dir, "chinook.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := db.QueryContext(t.Context(), "SELECT InvoiceDate, BillingCountry, Total FROM Invoice")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // read to the end
	total, before := 0.0, 0.0
	for rows.Next() {
		var at, country string
		var value float64
		if err := rows.Scan(&at, &country, &value); err != nil {
			t.Fatal(err)
		}
		if country != "Germany" {
			continue
		}
		switch at[:4] {
		case "2024":
			total += value
		case "2023":
			before += value
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	dollars := insight.Format{Kind: insight.FormatCurrency, Currency: "USD", Decimals: -1}
	finding := askJSON(t, dir, "revenue in Germany in 2024").Finding
	for _, want := range []string{render.Short(dollars, total), render.Short(dollars, before), "Germany"} {
		if !strings.Contains(finding, want) {
			t.Errorf("the finding %q does not say %q", finding, want)
		}
	}
}
