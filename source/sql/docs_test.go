package sqlsource

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
)

// docExample is the whole example of docs/insights.md.
func docExample(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "insights.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(text), "```yaml\n# insights/signups.yml\n")
	example, _, closed := strings.Cut(after, "```")
	if !ok || !closed {
		t.Fatal("docs/insights.md has no example")
	}
	return example
}

// docDatabase is a database for it.
func docDatabase(t testing.TB) string {
	return database(t, "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT, country TEXT, plan TEXT)",
		"CREATE TABLE signups (account_id INTEGER, at INTEGER)", "CREATE TABLE imports (finished_at INTEGER)",
		"INSERT INTO imports VALUES (unixepoch('2026-06-09')), (unixepoch('2026-06-10'))",
		"INSERT INTO accounts VALUES (1, 'Acme', 'DE', 'Free'), (2, 'Beta', 'US', 'Pro'), (3, 'Acme', 'US', 'Pro'), (4, NULL, NULL, NULL)",
		"INSERT INTO signups VALUES (1, unixepoch('2026-06-01')), (2, unixepoch('2026-06-02')), (3, unixepoch('2026-06-02 10:00'))")
}

func TestInsights_TheExampleOfTheGuide(t *testing.T) {
	s := open(t, docDatabase(t), docExample(t))
	all, err := s.Insights(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	want := insight.Insight{
		ID: "shop/signups", Source: "shop", Version: all[0].Version, Title: "Sign-ups",
		Description: "New accounts, counted when the e-mail address is confirmed.",
		Tags:        []string{"growth", "acquisition"}, Events: []string{"signed_up"},
		Examples:  []string{"how many people signed up", "new accounts per week"},
		Owner:     insight.Owner{Name: "Growth team", Contact: "#growth"},
		Certified: insight.Certification{By: "Mia Chen", On: day(2026, 3, 1), Until: day(2027, 3, 1)},
		Caveats:   []insight.Caveat{{Text: "Sign-ups from the iOS app were not counted.", From: day(2026, 5, 4), Until: day(2026, 5, 6)}},
		Chart:     insight.ChartLine, Format: insight.Format{Kind: insight.FormatNumber, Unit: "sign-ups", Decimals: -1},
		Good: insight.GoodUp, People: insight.PeopleCounted, FromZero: true, Zone: time.UTC, WeekStart: time.Monday,
		Accepts: insight.Accepts{
			Windows: true, Grains: []insight.Grain{"day", "week", "month"}, Compare: []insight.Compare{"previous", "year"}, MaxBreakdowns: 1,
			Dimensions: []insight.Dimension{
				{Name: "country", Label: "Country", Words: []string{"nation", "market"}, Breakdown: true, Filter: true, Values: []insight.Value{
					{Key: "DE", Label: "Germany", Words: []string{"German", "Deutschland"}}, {Key: "US", Label: "United States", Words: []string{"USA", "America"}},
				}},
				{Name: "plan", Label: "Plan", Breakdown: true, Filter: true, Values: []insight.Value{{Key: "Free"}, {Key: "Pro"}, {Key: "Enterprise"}}},
				{Name: "account", Label: "Account", Breakdown: true, Filter: true, Values: []insight.Value{{Key: "Acme"}, {Key: "Beta"}}},
			},
		},
		Default: insight.Defaults{Period: "last 30 days", Grain: insight.GrainDay}, Total: insight.TotalSum,
	}
	if diff := cmp.Diff([]insight.Insight{want}, all, cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })); diff != "" {
		t.Error(diff)
	}
	if len(want.Version) != 16 {
		t.Errorf("version %q", want.Version)
	}
	r, err := s.Run(t.Context(), all[0], insight.Query{
		Window: days(t, time.UTC, "2026-06-01", "2026-06-04"), Grain: insight.GrainDay, Breakdowns: []string{"country"},
		Filters: []insight.Filter{{Field: "account", Op: insight.OpIs, Values: []string{"Acme"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Germany: 1 0 0 = 1", "United States: 0 1 0 = 1"}, numbers(r.Series)); diff != "" {
		t.Error(diff)
	}
}

func TestInsights_VersionChangesWithTheDefinition(t *testing.T) {
	versions := map[string]string{}
	for name, text := range map[string]string{
		"as it is":      docExample(t),
		"a title":       strings.Replace(docExample(t), "title: Sign-ups", "title: Signups", 1),
		"the statement": strings.Replace(docExample(t), "count(*)", "count(1)", 1),
		"a value":       strings.Replace(docExample(t), "Enterprise]", "Enterprise, Trial]", 1),
		"the zone":      strings.Replace(docExample(t), "chart: line", "chart: line\n    zone: Europe/Berlin", 1),
	} {
		f, problems := loadFolder(fstest.MapFS{"a.yml": {Data: []byte(text)}}, "insights", settings{source: "shop", zone: time.UTC})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		v := f.insights[0].insight.Version
		if twin, twice := versions[v]; twice {
			t.Errorf("%s has the version of %s", name, twin)
		}
		versions[v] = name
	}
	same := strings.Replace(docExample(t), "tags: [growth, acquisition]", "tags: # why\n      - growth\n      - \"acquisition\"", 1)
	f, _ := loadFolder(fstest.MapFS{"a.yml": {Data: []byte(same)}}, "insights", settings{source: "shop", zone: time.UTC})
	if versions[f.insights[0].insight.Version] != "as it is" {
		t.Error("another way to write the same is another version")
	}
}

func TestInsights_ReadsTheFolderAnew(t *testing.T) {
	dir := t.TempDir()
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "a.yml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(docExample(t))
	s, err := Open(t.Context(), Config{Name: "shop", Path: docDatabase(t), Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // nothing is written
	w := days(t, time.UTC, "2026-06-01", "2026-06-04")
	// Without Insights being called first: the folder is read when needed.
	known, err := open(t, docDatabase(t), docExample(t), func(c *Config) { c.WeekStart = time.Sunday }).Insights(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Run(t.Context(), known[0], insight.Query{Window: w}); err != nil {
		t.Fatal(err)
	}
	write(strings.Replace(docExample(t), "id: signups", "id: registrations", 1))
	all, err := s.Insights(t.Context())
	if err != nil || len(all) != 1 || all[0].ID != "shop/registrations" {
		t.Errorf("got %v, %v", all, err)
	}
}

func TestInsights_ValuesThatCannotBeRead(t *testing.T) {
	for name, tt := range map[string]struct{ sql, want string }{
		"no table":   {"SELECT name FROM nowhere", "no such table: nowhere"},
		"too many":   {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i FROM n", "more than 20000 rows"},
		"a harmless": {"SELECT randomblob(90000000)", "insight: result too large"},
	} {
		text := strings.Replace(docExample(t), "SELECT DISTINCT name FROM accounts ORDER BY name", tt.sql, 1)
		s := openBroken(t, docDatabase(t), text)
		all, err := s.Insights(t.Context())
		problems := insight.Problems(err)
		if len(all) != 1 || len(problems) != 1 || !strings.Contains(problems[0].Message, tt.want) || problems[0].Line != 11 {
			t.Fatalf("%s: %d insights, %v", name, len(all), err)
		}
		if d, _ := all[0].Accepts.Dimension("account"); d.Filter || !d.Breakdown {
			t.Errorf("%s: %+v", name, d)
		}
		if d, _ := all[0].Accepts.Dimension("country"); !d.Filter {
			t.Errorf("%s: %+v", name, d)
		}
	}
	labelled := strings.Replace(docExample(t), "SELECT DISTINCT name FROM accounts ORDER BY name", "\"SELECT id, name FROM accounts\"", 1)
	d, _ := open(t, docDatabase(t), labelled).definitions["shop/signups"].insight.Accepts.Dimension("account")
	if diff := cmp.Diff([]insight.Value{{Key: "1", Label: "Acme"}, {Key: "2", Label: "Beta"}, {Key: "3", Label: "Acme"}, {Key: "4"}}, d.Values); diff != "" {
		t.Error(diff)
	}
}

func TestCheck_TriesEveryInsight(t *testing.T) {
	text := docExample(t) + `
  - id: broken
    title: Broken
    description: Asks for a table that is not there.
    owner: {name: Ann}
    chart: number
    sql: SELECT count(*) AS value FROM nowhere
  - id: by
    title: By
    description: Fails only when it is broken down.
    owner: {name: Ann}
    chart: number
    dimensions: {plan: nothing}
    sql: SELECT {{breakdown}}, count(*) AS value FROM accounts WHERE {{filters}} GROUP BY {{group}}
  - id: empty
    title: Empty
    description: Has no rows.
    owner: {name: Ann}
    chart: table
    attributes: {region: country}
    sql: SELECT name FROM accounts WHERE {{filters}} AND 1 = 0
`
	s := open(t, docDatabase(t), text)
	findings, err := s.Check(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Verdict{}
	for _, f := range findings {
		got[f.Insight] = f.Verdict
		if (f.Err != nil) != (f.Verdict == VerdictBroken) {
			t.Errorf("%s: %v", f.Insight, f.Err)
		}
	}
	want := map[string]Verdict{
		"shop/signups": VerdictGood, "shop/broken": VerdictBroken, "shop/by": VerdictBroken, "shop/empty": VerdictEmpty,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for took, want := range map[time.Duration]Verdict{time.Second: VerdictGood, 6 * time.Second: VerdictSlow} {
		f := Finding{Verdict: VerdictGood, Took: took}
		if f.judge(20 * time.Second); f.Verdict != want {
			t.Errorf("%s of 20 s are %s", took, f.Verdict)
		}
	}
}

func TestRun_AsksAsOfOnceAMinute(t *testing.T) {
	now := noon
	path := database(t, "CREATE TABLE s (at INTEGER)", "INSERT INTO s VALUES (unixepoch('2026-03-01'))", "CREATE TABLE marks (at TEXT)", "INSERT INTO marks VALUES ('2026-03-02')")
	s := open(t, path, item("number", "time: {column: at, type: unix}\nas_of: SELECT max(at) FROM marks",
		"SELECT count(*) AS value FROM s WHERE {{window}}"), func(c *Config) { c.Now = func() time.Time { return now } })
	asOf := func() string {
		return ask(t, s, insight.Query{Window: days(t, time.UTC, "2026-03-01", "2026-04-01")}).AsOf.Format(time.DateOnly)
	}
	if got := asOf(); got != "2026-03-02" {
		t.Errorf("as of %s", got)
	}
	db, err := Create(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "INSERT INTO marks VALUES ('2026-03-05')"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if got := asOf(); got != "2026-03-02" {
		t.Errorf("at once it is as of %s", got)
	}
	now = now.Add(61 * time.Second)
	if got := asOf(); got != "2026-03-05" {
		t.Errorf("a minute later it is as of %s", got)
	}
}
