package render_test

import (
	stdbytes "bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
	"insightbot/render"
	"insightbot/text"
)

// TestGrid_Goldens writes every story as a table and as a file and compares
// them with testdata/words.
func TestGrid_Goldens(t *testing.T) {
	var b strings.Builder
	for _, s := range stories(t) {
		file, err := render.CSV(s.in, s.r)
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		fmt.Fprintf(&b, "# %s\n\n%s\n\n%s\n%s\n", s.name, render.Alt(s.in, s.r, s.drawn, s.in.Title),
			render.TextTable(render.Grid(s.in, s.r, 5), 100), strings.ReplaceAll(string(file), "\r\n", "\n"))
	}
	path := filepath.Join("testdata", "words.txt")
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("run with -update and look at it (-want +got):\n%s", diff)
	}
}

// checkGrid checks what must hold for the table of any result.
func checkGrid(t *testing.T, in insight.Insight, r insight.Result) {
	t.Helper()
	for _, limit := range []int{0, 3} {
		s := render.Grid(in, r, limit)
		if limit > 0 && len(s.Rows) > limit {
			t.Errorf("%d rows, at most %d are wanted", len(s.Rows), limit)
		}
		for _, row := range s.Rows {
			if len(row) != len(s.Columns) {
				t.Errorf("%s: a row of %d cells under %d columns", r.Shape, len(row), len(s.Columns))
			}
			for _, cell := range row {
				if strings.Contains(cell, "NaN") || strings.ContainsAny(cell, "\n\r\x00") {
					t.Errorf("%s: cell %q", r.Shape, cell)
				}
			}
		}
		for _, width := range []int{0, 20, 60} {
			for line := range strings.Lines(render.TextTable(render.Sheet{Columns: s.Columns, Rows: s.Rows}, width)) {
				line = strings.TrimSuffix(line, "\n")
				if !strings.Contains(line, "more column") && width > 0 && text.Cells(line) > width {
					t.Errorf("a line of %d cells in a table of %d: %q", text.Cells(line), width, line)
				}
			}
		}
	}
}

// checkCSV reads a file back and checks its form.
func checkCSV(t *testing.T, in insight.Insight, r insight.Result) {
	t.Helper()
	file, err := render.CSV(in, r)
	if err != nil {
		return // a table without columns
	}
	records, err := csv.NewReader(stdbytes.NewReader(file)).ReadAll() // wants equal lengths
	if err != nil {
		t.Fatalf("%s: %v\n%s", r.Shape, err, file)
	}
	if whole := render.Grid(in, r, 0); r.Shape != insight.ShapeRetention && len(records) != len(whole.Rows)+1 {
		t.Errorf("%s: %d records for %d rows", r.Shape, len(records), len(whole.Rows))
	}
	for _, record := range records {
		for _, field := range record {
			if field == "" || !strings.ContainsRune("=+-@\t\r\n\x00＝＋－＠", []rune(field)[0]) {
				continue
			}
			if _, err := strconv.ParseFloat(field, 64); err != nil {
				t.Errorf("%s: %q would be run as a formula", r.Shape, field)
			}
		}
	}
}

func TestGrid_Limits(t *testing.T) {
	l := zone(t, "UTC")
	in := signups(l)
	r := insight.Result{Shape: insight.ShapeTrend, Window: days(l, 2026, 11, 16, 2026, 11, 23), BrokenDownBy: []insight.Dimension{country()}}
	for i := range 340 {
		r.Series = append(r.Series, total(fmt.Sprint(i), fmt.Sprint("c", i), float64(i)))
	}
	s := render.Grid(in, r, 15)
	if len(s.Rows) != 15 || s.Foot != "15 of 340 rows" || s.Rows[0][0] != "c339" {
		t.Errorf("%d rows from %q, foot %q", len(s.Rows), s.Rows[0][0], s.Foot)
	}
	r.More = true
	if s := render.Grid(in, r, 15); s.Foot != "15 of more than 340 rows" {
		t.Errorf("foot %q", s.Foot)
	}
	if s := render.Grid(in, r, 0); len(s.Rows) != 340 || s.Foot != "340 rows; there are more" {
		t.Errorf("%d rows, foot %q", len(s.Rows), s.Foot)
	}
	for i := range r.Series {
		r.Series[i].Points = daily(insight.GrainDay, r.Window.From, 0, 1, 2, 3).Points
	}
	r.Grain = insight.GrainDay
	if s := render.Grid(in, r, 2); len(s.Columns) != 20 || s.Foot != "2 of more than 3 rows · 20 of 341 columns" || s.Rows[1][1] != "3" {
		t.Errorf("%d columns, foot %q", len(s.Columns), s.Foot)
	}
}

func TestGrid_TwoBreakdowns(t *testing.T) {
	l := zone(t, "UTC")
	plan := insight.Dimension{Name: "plan", Label: "Plan"}
	r := insight.Result{
		Shape: insight.ShapeTrend, Window: days(l, 2026, 11, 16, 2026, 11, 23), BrokenDownBy: []insight.Dimension{country(), plan},
		Series: []insight.Series{
			{Key: "a", Label: "Germany · Pro", Values: []string{"DE", "Pro"}, Total: 3}, {Key: "b", Label: "France · Free", Values: []string{"FR", "Free"}, Total: 1},
		},
	}
	want := [][]string{{"Germany", "Pro", "3", "75.0%"}, {"France", "Free", "1", "25.0%"}}
	if diff := cmp.Diff(want, render.Grid(signups(l), r, 0).Rows); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCSV_GuardsFormulas(t *testing.T) {
	cell := func(s string) []insight.Cell { return []insight.Cell{{Text: s}} }
	r := insight.Result{Shape: insight.ShapeTable, Table: insight.Table{
		Columns: []insight.Column{{Name: "=name"}},
		Rows: [][]insight.Cell{
			cell("=1+1"), cell("+1"), cell("-1"), cell("@SUM(1)"), cell("\t=1"), cell("\r=1"), cell("\x00=1"), cell("\x07=1"), cell("＝1"),
			cell("plain"), cell(`say "hi", twice`), cell("two\nlines"), cell(" space"), cell("a=b"), cell(""),
			{{Null: true}},
			{{Number: -12.5, IsNumber: true, Text: "-12.5"}},
			{{Number: 1e21, IsNumber: true}},
			{{Number: 9007199254740993, IsNumber: true, Text: "9007199254740993"}},
		},
	}}
	file, err := render.CSV(signups(zone(t, "UTC")), r)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(`'=name
'=1+1
'+1
'-1
'@SUM(1)
"'	=1"
"'`+"\x01"+`=1"
'=1
'=1
'＝1
plain
"say ""hi"", twice"
"two`+"\x01"+`lines"
" space"
a=b
""
""
-12.5
1e+21
9007199254740993
`, "\n", "\r\n")
	want = strings.ReplaceAll(want, "\x01", "\n")
	if diff := cmp.Diff(want, string(file)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCSV_WritesHoursWithTheirOffset(t *testing.T) {
	l := zone(t, "Europe/Berlin")
	w := days(l, 2026, 10, 25, 2026, 10, 26)
	r := insight.Result{
		Shape: insight.ShapeTrend, Grain: insight.GrainHour, Window: w,
		Series: []insight.Series{daily(insight.GrainHour, w.From, 6, 1, 2, 3, 4)},
	}
	file, err := render.CSV(signups(l), r)
	if err != nil {
		t.Fatal(err)
	}
	want := "Hour (Europe/Berlin),Sign-ups\r\n2026-10-25T00:00:00+02:00,1\r\n2026-10-25T01:00:00+02:00,2\r\n" +
		"2026-10-25T02:00:00+02:00,3\r\n2026-10-25T02:00:00+01:00,4\r\n"
	if diff := cmp.Diff(want, string(file)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCSV_RefusesATableWithoutColumns(t *testing.T) {
	if _, err := render.CSV(signups(zone(t, "UTC")), insight.Result{Shape: insight.ShapeTable}); err == nil {
		t.Error("no error")
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"=1+1", "plain", "a,b", "\"", "\r\n", "\x00", "＠", " ", "", "\xff"} {
		f.Add(s, "x")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		r := insight.Result{Shape: insight.ShapeTable, Table: insight.Table{
			Columns: []insight.Column{{Name: a}, {Name: b}},
			Rows:    [][]insight.Cell{{{Text: b}, {Text: a}}, {{Text: a}}, {{Null: true}, {Number: -3, IsNumber: true}}},
		}}
		in := signups(zone(t, "UTC"))
		checkCSV(t, in, r)
		// Text without anything special comes back as it was.
		file, err := render.CSV(in, r)
		if err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(stdbytes.NewReader(file)).ReadAll()
		if err != nil || len(records) != 4 {
			t.Fatalf("%d records, %v", len(records), err)
		}
		if text.Clean(a) == a && a != "" && !strings.ContainsRune("=+-@＝＋－＠", []rune(a)[0]) && records[1][1] != a {
			t.Errorf("%q came back as %q", a, records[1][1])
		}
	})
}

func TestTextTable_FitsItsWidth(t *testing.T) {
	s := render.Sheet{
		Columns: []render.SheetColumn{{Name: "City"}, {Name: "Sign-ups", Number: true}, {Name: "Note"}},
		Rows:    [][]string{{"東京都", "1,234", "the capital of Japan"}, {"القاهرة", "98", "👨‍👩‍👧"}, {"Rome"}},
		Foot:    "3 of 340 rows",
	}
	for width, want := range map[int]string{
		0: `City     Sign-ups  Note
───────  ────────  ────────────────────
東京都      1,234  the capital of Japan
القاهرة        98  👨‍👩‍👧
Rome
3 of 340 rows
`,
		30: `City     Sign-ups  Note
───────  ────────  ───────────
東京都      1,234  the capita…
القاهرة        98  👨‍👩‍👧
Rome
3 of 340 rows
`,
		14: `City    Sign-…
──────  ──────
東京都   1,234
القاه…      98
Rome
3 of 340 rows
1 more column
`,
	} {
		got := render.TextTable(s, width)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("width %d (-want +got):\n%s", width, diff)
		}
	}
	if got := render.TextTable(render.Sheet{Foot: "No data"}, 40); got != "No data" {
		t.Errorf("empty: %q", got)
	}
}
