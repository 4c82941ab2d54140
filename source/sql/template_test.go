package sqlsource

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
)

func TestTokenise_KnowsTextFromCode(t *testing.T) {
	var got []string
	names := map[tokenKind]string{
		tokenComment: "comment", tokenWord: "word", tokenQuoted: "quoted", tokenString: "string", tokenNumber: "number",
		tokenPunct: "punct", tokenBind: "bind", tokenPlaceholder: "hole", tokenBad: "bad",
	}
	for _, tok := range tokenise("SELECT a.b, 'it''s; --', \"x\"\"y\", `z`, [w w], 1.5e-3+0xFF, ?, :n /* c; */ FROM {{ window }} -- end\nWHERE größe<>''  'open") {
		if tok.kind != tokenSpace {
			got = append(got, names[tok.kind]+" "+tok.text)
		}
	}
	want := []string{
		"word SELECT", "word a", "punct .", "word b", "punct ,", "string 'it''s; --'", "punct ,", `quoted "x""y"`, "punct ,", "quoted `z`", "punct ,",
		"quoted [w w]", "punct ,", "number 1.5e-3", "punct +", "number 0xFF", "punct ,", "bind ?", "punct ,", "bind :n", "comment /* c; */", "word FROM",
		"hole {{ window }}", "comment -- end", "word WHERE", "word größe", "punct <", "punct >", "string ''", "bad 'open",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCheckColumn_TakesNamesAndFunctions(t *testing.T) {
	for _, good := range []string{
		"a", "s.at", `"a b".c`, "[Order].at", "lower(s.plan)", "coalesce(a.x, 'none')", "e.first || ' ' || e.last", "CAST(x AS INTEGER)",
		"CASE WHEN x < 2 THEN 'low' ELSE 'high' END", "json_extract(data, '$.plan')", "a.from", "x % 2", "'a;b'",
	} {
		if wrong := checkColumn(good, nil); wrong != "" {
			t.Errorf("%s: %s", good, wrong)
		}
	}
	for _, bad := range []string{
		"", " ", "a; b", "a -- b", "a /* b */", "a /* b", "{{from}}", "?", ":x", "@x", "a, b", "(a", "a)", ") OR (1 = 1", "'a", "(select 1)", "a from b", "a union b", "a\x00", "{a}", "a#b", "a!b", "\\",
	} {
		if checkColumn(bad, nil) == "" {
			t.Errorf("%q passes", bad)
		}
	}
}

func TestCompile_BindsWhatPeopleCanInfluence(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, signups(t), signupsYAML+item("line", `time: {column: s.at, type: unix}
dimensions: {country: s.country, plan: lower(s.plan)}
attributes: {region: s.country}
max_breakdowns: 2`, `SELECT {{bucket}}, {{breakdown}}, count(*) AS value FROM s WHERE {{window}} AND {{filters}} AND at >= {{from}} GROUP BY {{group}}`))
	def := s.definitions["shop/x"]
	st, err := compile(def, request{
		window: days(t, berlin, "2026-03-01", "2026-04-01"), grain: insight.GrainDay, breakdowns: []string{"country"},
		filters: []insight.Filter{
			{Field: "plan", Op: insight.OpIs, Values: []string{"pro", ""}},
			{Field: "country", Op: insight.OpIsNot, Values: []string{"DE", "42"}},
			{Field: "country", Op: insight.OpIsNot, Values: []string{""}},
			{Field: "country", Op: insight.OpIs},
		},
		attributes: map[string][]string{"region": {"eu", "us"}}, only: [][]string{{"DE"}, {""}},
	}, s.engine.dialect)
	if err != nil {
		t.Fatal(err)
	}
	bucket := "date(CASE WHEN (s.at) < 1743296400 THEN ((s.at) + 3600) WHEN (s.at) < 1761440400 THEN ((s.at) + 7200) WHEN (s.at) < 1774746000 THEN ((s.at) + 3600) ELSE ((s.at) + 7200) END, 'unixepoch')"
	country := "nullif((s.country), '')"
	want := "SELECT " + bucket + " AS bucket, " + country + " AS breakdown, NULL AS breakdown_2, count(*) AS value FROM s WHERE ((s.at) >= ? AND (s.at) < ?)" +
		" AND ((nullif((lower(s.plan)), '') IS NULL OR (lower(s.plan)) IN (?)) AND ((s.country) IS NULL OR (s.country) NOT IN (?, ?, ?))" +
		" AND (" + country + " IS NOT NULL) AND (1 = 0) AND (s.country) IN (?, ?) AND ((" + country + " IN (?)) OR (" + country + " IS NULL)))" +
		" AND at >= ? GROUP BY " + bucket + ", " + country
	if diff := cmp.Diff(want, st.text); diff != "" {
		t.Error(diff)
	}
	args := []any{int64(1772319600), int64(1774994400), "pro", "DE", "42", int64(42), "eu", "us", "DE", int64(1772319600)}
	if diff := cmp.Diff(args, st.args); diff != "" {
		t.Error(diff)
	}
}

func TestBounds_InTheFormOfTheColumn(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	w := insight.Window{From: time.Date(2026, 3, 1, 0, 0, 0, 0, berlin), To: time.Date(2026, 3, 2, 15, 30, 0, 1, berlin)}
	for kind, want := range map[timeKind][]any{
		timeUnix:     {int64(1772319600), int64(1772461801)},
		timeUnixMS:   {int64(1772319600000), int64(1772461800001)},
		timeDatetime: {"2026-02-28 23:00:00", "2026-03-02 14:30:01"},
		timeDate:     {"2026-03-01", "2026-03-03"},
	} {
		from, to := timeColumn{kind: kind, stored: time.UTC}.bounds(w)
		if diff := cmp.Diff(want, []any{from, to}); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
}

func FuzzTokenise(f *testing.F) {
	for _, s := range []string{"SELECT 1", "'a''b", "{{bucket}} -- x\n/* y", "[x]`y`\"z\"", "1e-5.x", "?1:a@b$c", "größe\xff", "WITH x AS (SELECT 1) SELECT 2;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		var b strings.Builder
		for _, tok := range tokenise(sql) {
			if tok.text == "" || tok.at != b.Len() {
				t.Fatalf("token %+v at %d", tok, b.Len())
			}
			b.WriteString(tok.text)
		}
		if b.String() != sql {
			t.Fatalf("%q became %q", sql, b.String())
		}
		template, faults := parseTemplate(sql, nil)
		if len(faults) == 0 {
			text := ""
			for _, p := range template.pieces {
				text += p.sql
			}
			if strings.Contains(text, "{{") && !strings.Contains(sql, "'") && !strings.ContainsAny(sql, "\"`[") {
				t.Fatalf("a placeholder is left in %q", text)
			}
			for _, tok := range tokenise(text) {
				if tok.kind == tokenComment || tok.text == ";" {
					t.Fatalf("%q keeps %q", text, tok.text)
				}
			}
		}
		for _, fault := range faults {
			if fault.at < 0 || fault.at > len(sql) || fault.message == "" {
				t.Fatalf("fault %+v", fault)
			}
		}
		checkColumn(sql, nil)
	})
}

func FuzzLoad(f *testing.F) {
	f.Add(docExample(f))
	f.Add(counts("total: sum"))
	for _, s := range []string{"", "insights:", "insights: [&a {<<: *a}]", "a: &a [*a]", "? x\n: y", "--- 1\n--- 2", "dimensions: {a: {values: [{key: 1}, 1.5, ~]}}", "!!map {}", "insights: [{sql: |\n  SELECT '}]", "<<: {insights: []}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		folder, problems := loadFolder(fstest.MapFS{"a.yml": {Data: []byte(text)}}, "insights", settings{source: "shop", zone: time.UTC})
		for _, p := range problems {
			if p.Message == "" || p.Line < 0 || !utf8.ValidString(p.Error()) && utf8.ValidString(text) {
				t.Fatalf("problem %+v", p)
			}
		}
		for _, d := range folder.insights {
			if d.insight.Zone == nil || d.insight.Title == "" || d.insight.Version == "" || len(d.statement.pieces) == 0 {
				t.Fatalf("insight %+v", d.insight)
			}
		}
		if len(problems) == 0 && len(folder.insights) == 0 && len(folder.shared) == 0 && !strings.Contains(text, "insights") && !strings.Contains(text, "dimensions") {
			t.Fatalf("nothing is wrong with %q", text)
		}
	})
}
