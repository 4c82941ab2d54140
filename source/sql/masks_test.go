package sqlsource

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
	"insightbot/render"
)

// staff is a table of people with what names them in several forms.
const staff = `columns: {logins: number}
dimensions:
  who: {column: p.name}
  domain: {column: "substr(p.email, 4)"}
  mail: {column: email}
  team: {column: p.team}
  logins: {column: t.logins}`

// staffed opens a source over it.
func staffed(t *testing.T) *Source {
	path := database(t, "CREATE TABLE p (name TEXT, email TEXT, team TEXT, logins INTEGER)",
		"INSERT INTO p VALUES ('Ann', 'ann@a.example', 'red', 7), ('Bob Longname', NULL, 'red', NULL), ('', 'cy@c.example', 'blue', 9)")
	text := "dimensions: {who: {values: [Ann]}, domain: {values: [a]}, mail: {values: [b]}, team: {values: [red, blue]}, logins: {values: [1]}}\n" +
		item("table", staff, "SELECT {{breakdown}}, name AS WHO, p.email AS contact, p.team, logins, coalesce(p.email, 'none') AS \"safe contact\" FROM p WHERE {{filters}} ORDER BY rowid")
	return open(t, path, text)
}

func TestRun_MaskedCellsAreAllAlike(t *testing.T) {
	s := staffed(t)
	for _, masks := range [][]string{{"contact", "who", "logins"}, {"CONTACT", "Who", "Logins"}, {"Contact", "wHO", "LOGINS"}} {
		r := ask(t, s, insight.Query{Masks: masks})
		for i, row := range r.Table.Rows {
			for k, cell := range row {
				name := r.Table.Columns[k].Name
				masked := strings.EqualFold(name, "contact") || strings.EqualFold(name, "who") || strings.EqualFold(name, "logins")
				if want := (insight.Cell{Text: hidden}); masked != (cell == want) {
					t.Errorf("%v: row %d has %+v as %s", masks, i, cell, name)
				}
			}
		}
		if len(r.Table.Rows) != 3 {
			t.Errorf("%d rows", len(r.Table.Rows))
		}
	}
	// Without masks the same cells differ, in length and in whether they are there.
	r := ask(t, s, insight.Query{})
	if a, b := r.Table.Rows[0], r.Table.Rows[1]; cmp.Equal(a, b) {
		t.Error("the rows are alike without masks too")
	}
}

func TestRun_NothingOfAMaskedColumnIsLeft(t *testing.T) {
	name, mail := canary(), canary()
	path := database(t, "CREATE TABLE p (name TEXT, email TEXT, n INTEGER)", "INSERT INTO p VALUES ('"+name+"', '"+mail+"', 7), ('"+mail+"', '"+name+"', 9)")
	s := open(t, path, "dimensions: {who: {values: {sql: SELECT name FROM p}}}\n"+
		item("table", "columns: {Who: name, contact: email, n: number}\ndimensions: {who: {column: name}}",
			"SELECT {{breakdown}}, name AS who, email AS contact, n FROM p WHERE {{filters}}"))
	in := find(t, s)
	told := func(q insight.Query) (all string) {
		r := ask(t, s, q)
		all = fmt.Sprintf("%+v", r) + render.Finding(in, r) + render.Alt(in, r, insight.ChartTable, "") + render.TextTable(render.Grid(in, r, 0), 0)
		file, err := render.CSV(in, r)
		if err != nil {
			t.Fatal(err)
		}
		return all + string(file)
	}
	if all := told(insight.Query{Masks: []string{"who", "contact"}}); strings.Contains(all, name) || strings.Contains(all, mail) || !strings.Contains(all, "7") {
		t.Errorf("a masked answer tells %s", all)
	}
	if all := told(insight.Query{}); !strings.Contains(all, name) || !strings.Contains(all, mail) {
		t.Error("without masks the canaries are not there either: they prove nothing")
	}
}

func TestRun_MaskedDimensionsAreOfNoUse(t *testing.T) {
	s := staffed(t)
	for _, tt := range []struct {
		masks []string
		dim   string
		ok    bool
	}{
		{[]string{"who"}, "who", false},
		{[]string{"WHO"}, "who", false},
		{[]string{"contact"}, "mail", false},      // the column by its own name
		{[]string{"contact"}, "domain", false},    // inside of a function
		{[]string{"Email"}, "mail", false},        // by the name of the column itself
		{[]string{"safe contact"}, "mail", false}, // inside of the masked expression
		{[]string{"contact"}, "who", true},
		{[]string{"contact", "who"}, "team", true},
		{[]string{"logins"}, "logins", false},
		{nil, "mail", true},
	} {
		filter := insight.Query{Masks: tt.masks, Filters: []insight.Filter{{Field: tt.dim, Op: insight.OpIsNot, Values: []string{"x"}}}}
		by := insight.Query{Masks: tt.masks, Breakdowns: []string{tt.dim}}
		for what, q := range map[string]insight.Query{"filter": filter, "breakdown": by} {
			r, err := s.Run(t.Context(), find(t, s), q)
			if refused := errors.Is(err, insight.ErrUnsupported); refused == tt.ok && tt.dim != "logins" || !tt.ok && !refused {
				t.Errorf("%s by %s with %v masked: %v", what, tt.dim, tt.masks, err)
			}
			if err != nil && !cmp.Equal(r, insight.Result{}) {
				t.Errorf("%s by %s: a refusal carries %+v", what, tt.dim, r)
			}
		}
	}
}

// regional counts sign-ups by country for those who may see their countries.
const regional = "total: sum\nattributes: {region: s.country}"

func TestRun_AttributesAreBoundAsLists(t *testing.T) {
	s := open(t, signups(t), counts(regional))
	d := s.definitions["shop/x"]
	st, err := compile(d, request{window: days(t, time.UTC, "2026-03-01", "2026-04-01"), attributes: map[string][]string{"region": {"DE", "x' OR 1=1 --"}}}, s.engine.dialect)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(st.text, "(s.country) IN (?, ?)") || strings.Contains(st.text, "DE") || !cmp.Equal(st.args[2:], []any{"DE", "x' OR 1=1 --"}) {
		t.Errorf("%s with %v", st.text, st.args)
	}
	w := days(t, time.UTC, "2026-03-01", "2026-04-01")
	for _, tt := range []struct {
		q    insight.Query
		want string
	}{
		{insight.Query{Attributes: map[string][]string{"region": {"DE"}}}, "X: = 2"},
		{insight.Query{Attributes: map[string][]string{"region": {"DE", "US"}}}, "X: = 3"},
		{insight.Query{Attributes: map[string][]string{"region": {"FR"}}}, "X: = 0"},
		{insight.Query{Unbounded: true}, "X: = 4"},
	} {
		tt.q.Window = w
		if got := numbers(ask(t, s, tt.q).Series); len(got) != 1 || got[0] != tt.want {
			t.Errorf("%v: %v, want %s", tt.q.Attributes, got, tt.want)
		}
	}
	for _, attributes := range []map[string][]string{nil, {"region": nil}, {"region": {}}, {"Region": {"DE"}}, {"other": {"DE"}}} {
		if _, err := s.Run(t.Context(), find(t, s), insight.Query{Window: w, Attributes: attributes}); !errors.Is(err, insight.ErrAttribute) {
			t.Errorf("%v: %v", attributes, err)
		}
	}
}

func TestRun_AttributesLimitWhatTheAnswerNames(t *testing.T) {
	s := open(t, signups(t), counts(regional))
	named := func(q insight.Query) string {
		q.Window, q.Breakdowns = days(t, time.UTC, "2026-03-01", "2026-04-01"), []string{"country"}
		var keys []string
		for _, v := range ask(t, s, q).BrokenDownBy[0].Values {
			keys = append(keys, v.Key)
		}
		return fmt.Sprint(keys)
	}
	if got := named(insight.Query{Attributes: map[string][]string{"region": {"DE"}}}); got != "[DE]" {
		t.Errorf("an answer about DE names %s", got)
	}
	if got := named(insight.Query{Unbounded: true}); got != "[DE US]" {
		t.Errorf("an answer without limits names %s", got)
	}
	if d, _ := find(t, s).Accepts.Dimension("country"); len(d.Values) != 2 {
		t.Errorf("the catalogue itself was changed: %v", d.Values)
	}
}

func TestInsights_ValuesOfTheDatabaseAreNotForInsightsWithAttributes(t *testing.T) {
	const values = "dimensions: {country: {values: {sql: SELECT DISTINCT country FROM s}}}\n"
	body := func(filter string) string {
		return values + item("number", "attributes: {region: s.country}\ndimensions: {country: {column: s.country"+filter+"}}",
			"SELECT {{breakdown}}, count(*) AS value FROM s WHERE {{filters}} GROUP BY {{group}}")
	}
	f, problems := loadFolder(fstest.MapFS{"a.yml": {Data: []byte(body(""))}}, "insights", settings{source: "shop", zone: time.UTC})
	if len(f.insights) != 0 || len(problems) != 1 || !strings.Contains(problems[0].Error(), "list its values by hand") {
		t.Errorf("%d insights, %v", len(f.insights), problems)
	}
	s := open(t, signups(t), body(", filter: false"))
	if d, ok := find(t, s).Accepts.Dimension("country"); !ok || len(d.Values) > 0 || d.Filter || !d.Breakdown {
		t.Errorf("%+v", d)
	}
	r := ask(t, s, insight.Query{Breakdowns: []string{"country"}, Attributes: map[string][]string{"region": {"DE"}}})
	if got := numbers(r.Series); len(got) != 1 || !strings.HasPrefix(got[0], "DE") || len(r.BrokenDownBy[0].Values) > 0 {
		t.Errorf("%v, %v", got, r.BrokenDownBy)
	}
}

func TestRun_AnInsightThatChangedIsNotRun(t *testing.T) {
	path := signups(t)
	files := fstest.MapFS{"a.yml": {Data: []byte(counts("total: sum"))}}
	s := open(t, path, "", func(c *Config) { c.Insights = files })
	found := find(t, s)
	q := insight.Query{Window: days(t, time.UTC, "2026-03-01", "2026-04-01")}
	if _, err := s.Run(t.Context(), found, q); err != nil {
		t.Fatal(err)
	}
	files["a.yml"] = &fstest.MapFile{Data: []byte(counts(regional))}
	if _, err := s.Run(t.Context(), found, q); err != nil {
		t.Errorf("before the folder is read again: %v", err)
	}
	now := find(t, s)
	for name, in := range map[string]insight.Insight{"found before": found, "without a version": {ID: found.ID}} {
		if r, err := s.Run(t.Context(), in, q); !errors.Is(err, insight.ErrChanged) || !r.Empty() {
			t.Errorf("%s: %v", name, err)
		}
	}
	q.Attributes = map[string][]string{"region": {"DE"}}
	if _, err := s.Run(t.Context(), now, q); err != nil {
		t.Errorf("found again: %v", err)
	}
}
