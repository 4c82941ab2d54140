package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	sqlsource "insightbot/source/sql"
)

// shop is a folder with a database, insights over it and settings.
func shop(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	db, err := sqlsource.Create(t.Context(), filepath.Join(dir, "shop.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // it is only a test
	for _, statement := range []string{
		`CREATE TABLE orders (id INTEGER PRIMARY KEY, created_at TEXT NOT NULL, country TEXT, amount REAL NOT NULL)`,
		`INSERT INTO orders (created_at, country, amount) VALUES ('2026-11-20 10:00:00', 'DE', 10), ('2026-11-21 11:00:00', 'US', 20)`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	write(t, dir, "insightbot.yml", "data: ./data\nsources:\n  - {name: shop, type: sqlite, path: ./shop.sqlite, insights: ./insights}\n")
	write(t, dir, "insights/orders.yml", orders("Orders"))
	return dir
}

func orders(title string) string {
	return `insights:
  - id: orders
    title: ` + title + `
    description: All orders.
    owner: {name: Shop}
    chart: line
    people: none
    time: {column: o.created_at, type: datetime}
    total: sum
    sql: |
      SELECT {{bucket}}, count(*) AS value FROM orders o WHERE {{window}} GROUP BY {{group}}
`
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// runIn runs the program in a folder; it returns what it printed and its code.
func runIn(t *testing.T, dir string, args ...string) (out, errOut string, code int) {
	t.Helper()
	var o, e strings.Builder
	args = append([]string{"--config", filepath.Join(dir, "insightbot.yml")}, args...)
	code = run(t.Context(), args, func(string) string { return "" }, strings.NewReader(""), &o, &e)
	return o.String(), e.String(), code
}

func TestSync_SaysWhatChangedSinceTheLastTime(t *testing.T) {
	dir := shop(t)
	sync := func(want int, args ...string) string {
		t.Helper()
		out, errOut, code := runIn(t, dir, append([]string{"sync"}, args...)...)
		if code != want {
			t.Errorf("sync %v: code %d\n%s%s", args, code, out, errOut)
		}
		return out
	}
	if out := sync(0); !strings.Contains(out, "shop: 1 insights, 1 changes") || !strings.Contains(out, "added   shop/orders  Orders") {
		t.Errorf("at first: %s", out)
	}
	if out := sync(0); !strings.Contains(out, "shop: 1 insights, 0 changes") {
		t.Errorf("again: %s", out)
	}
	write(t, dir, "insights/orders.yml", orders("All orders"))
	write(t, dir, "insights/more.yml", strings.Replace(orders("More"), "id: orders", "id: more", 1))
	var all []syncJSON
	if err := json.Unmarshal([]byte(sync(0, "--json", "--source", "shop")), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 || all[0].Insights != 2 || len(all[0].Changes) != 2 || all[0].Changes[0].Kind != "added" || all[0].Changes[1].Kind != "changed" {
		t.Errorf("after a change: %+v", all)
	}
	write(t, dir, "insights/more.yml", "insights:\n  - {id: more}\n")
	if out := sync(1); !strings.Contains(out, "problem insights/more.yml:2:") && !strings.Contains(out, "more.yml:2:") {
		t.Errorf("with a broken file: %s", out)
	}
	if _, errOut, code := runIn(t, dir, "sync", "--source", "other"); code != 2 || !strings.Contains(errOut, `there is no source "other"; the settings name shop`) {
		t.Errorf("an unknown source: code %d, %s", code, errOut)
	}
}

func TestInsightsCheck_SaysWhichAreBrokenOrEmpty(t *testing.T) {
	dir := shop(t)
	write(t, dir, "insights/more.yml", strings.NewReplacer("id: orders", "id: gone", "FROM orders o", "FROM no_such_table o").Replace(orders("Gone")))
	write(t, dir, "insights/none.yml", strings.NewReplacer("id: orders", "id: none", "GROUP BY", "AND 1 = 0 GROUP BY").Replace(orders("None")))
	out, errOut, code := runIn(t, dir, "insights", "check")
	if code != 1 || !strings.Contains(out, "broken  shop/gone") || !strings.Contains(out, "empty   shop/none") || !strings.Contains(out, "of 3 are good; 3 were not asked") {
		t.Errorf("code %d\n%s%s", code, out, errOut)
	}
	var all []checkedJSON
	out, _, _ = runIn(t, dir, "insights", "check", "--json", "--source", "shop")
	if err := json.Unmarshal([]byte(out), &all); err != nil || len(all) != 3 {
		t.Errorf("%v: %s", err, out)
	}
	// Whoever looks for check-ins searches.
	if out, _, code := runIn(t, dir, "insights", "check", "ins"); code != 0 || strings.Contains(out, "are good") {
		t.Errorf("code %d, %s", code, out)
	}
}

func TestInsightsNew_DraftsWhatThenRuns(t *testing.T) {
	dir := shop(t)
	out, errOut, code := runIn(t, dir, "insights", "new", "--source", "shop", "--table", "orders")
	if code != 0 || !strings.Contains(out, "{{window}}") || !strings.Contains(out, "created_at") || !strings.Contains(out, "country") {
		t.Fatalf("code %d\n%s%s", code, out, errOut)
	}
	write(t, dir, "insights/orders.yml", out)
	if out, errOut, code := runIn(t, dir, "insights", "check"); code != 0 {
		t.Errorf("the draft does not run: %s%s", out, errOut)
	}
	for name, c := range map[string][]string{
		"needs --source and --table":                    {"insights", "new", "--source", "shop"},
		`there is no source "other"; the settings name`: {"insights", "new", "--source", "other", "--table", "orders"},
		"no_such_table":                                 {"insights", "new", "--source", "shop", "--table", "no_such_table"},
	} {
		if _, errOut, code := runIn(t, dir, c...); code == 0 || !strings.Contains(errOut, name) {
			t.Errorf("%v: code %d, %s", c, code, errOut)
		}
	}
}
