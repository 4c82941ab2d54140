package sqlsource

import (
	"database/sql"
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"insightbot/envtest"
	"insightbot/insight"
)

// server is a database with Chinook in it.
type server struct {
	kind string
	dsn  string
	path string
	// words turns statements in the names of PostgreSQL into its own.
	words func(string) string
	// raw is a connection that may do anything, for tests.
	raw *sql.DB
}

// chinookServers are the databases that Chinook comes for, each with it loaded.
func chinookServers(t testing.TB) []server {
	t.Helper()
	return []server{
		{kind: TypeSQLite, path: envtest.Shared(t, "data", "sql", "chinook.sqlite"), words: camel},
		postgresChinook(t), mariaChinook(t),
	}
}

func postgresChinook(t testing.TB) server {
	t.Helper()
	script, err := os.ReadFile(envtest.Shared(t, "data", "sql", "chinook-postgresql.sql"))
	if err != nil {
		t.Fatal(err)
	}
	at := envtest.Postgres(t)
	main := envtest.Database(t, "pgx", at+"postgres")
	exec(t, main, "CREATE DATABASE chinook")
	raw := envtest.Database(t, "pgx", at+"chinook")
	_, load, ok := strings.Cut(string(script), `\c chinook;`)
	if !ok {
		t.Fatal("the script has another form now")
	}
	exec(t, raw, load)
	exec(t, raw, `CREATE ROLE reader LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
		CREATE ROLE writer LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO writer; GRANT ALL ON SCHEMA public TO writer`)
	return server{
		kind: TypePostgres, dsn: strings.Replace(at, "owner", "reader", 1) + "chinook", raw: raw,
		words: func(s string) string { return s },
	}
}

func mariaChinook(t testing.TB) server {
	t.Helper()
	script, err := os.ReadFile(envtest.Shared(t, "data", "sql", "chinook-mysql.sql"))
	if err != nil {
		t.Fatal(err)
	}
	at := envtest.MariaDB(t)
	main := envtest.Database(t, "mysql", at+"?multiStatements=true")
	exec(t, main, string(script))
	exec(t, main, "CREATE USER reader@'127.0.0.1'; GRANT SELECT ON Chinook.* TO reader@'127.0.0.1'")
	return server{kind: TypeMySQL, dsn: strings.Replace(at, "root", "reader", 1) + "Chinook", words: camel, raw: main}
}

func exec(t testing.TB, db *sql.DB, text string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

// names are the tables and columns of Chinook that the tests use.
var names = regexp.MustCompile(`\b(invoice_line|invoice_date|invoice_id|billing_country|customer_id|unit_price|track_id|genre_id|first_name|last_name|` +
	`invoice|customer|track|genre|total|quantity|country|name)\b`)

// camel writes the names of Chinook as SQLite and MySQL have them. Those after
// AS, and keys of YAML, are the same everywhere.
func camel(s string) string {
	return names.ReplaceAllStringFunc(s, func(name string) string {
		var b strings.Builder
		for part := range strings.SplitSeq(name, "_") {
			b.WriteString(strings.ToUpper(part[:1]) + part[1:])
		}
		return b.String()
	})
}

// open opens the database as the bot does, over these insights.
func (s server) open(t testing.TB, yaml string, change ...func(*Config)) *Source {
	t.Helper()
	c := Config{
		Name: "shop", Type: s.kind, DSN: insight.Secret(s.dsn), Path: s.path, WeekStart: time.Monday,
		Insights: fstest.MapFS{"a.yml": {Data: []byte(yaml)}}, Now: func() time.Time { return time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC) },
	}
	for _, f := range change {
		f(&c)
	}
	source, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := source.Close(); err != nil {
			t.Error(err)
		}
	})
	return source
}

// question is one of the ten that are asked everywhere.
type asked struct {
	name string
	// column is the time column, "" for an insight without a period.
	column string
	chart  insight.Chart
	more   string // more keys
	sql    string
	by     []string
	filter []insight.Filter
	grain  insight.Grain
}

const countrySales = `SELECT {{bucket}}, {{breakdown}}, sum(i.total) AS value FROM invoice i WHERE {{window}} AND {{filters}} GROUP BY {{group}}`

// questions are the same on every database.
func questions() []asked {
	const at = "i.invoice_date"
	lines := `SELECT {{bucket}}, {{breakdown}}, sum(l.quantity * l.unit_price) AS value
      FROM invoice_line l JOIN invoice i ON i.invoice_id = l.invoice_id JOIN track t ON t.track_id = l.track_id
      LEFT JOIN genre g ON g.genre_id = t.genre_id
      WHERE {{window}} AND {{filters}} GROUP BY {{group}}`
	germany := []insight.Filter{{Field: "country", Op: insight.OpIs, Values: []string{"Germany", "France"}}}
	others := []insight.Filter{{Field: "country", Op: insight.OpIsNot, Values: []string{"USA"}}}
	return []asked{
		{name: "revenue by day", column: at, chart: insight.ChartLine, more: "total: sum", sql: countrySales, grain: insight.GrainDay},
		{name: "revenue by week and country", column: at, chart: insight.ChartLine, more: "total: sum", sql: countrySales, by: []string{"country"}, grain: insight.GrainWeek},
		{name: "revenue by month in two countries", column: at, chart: insight.ChartBar, more: "total: sum", sql: countrySales, filter: germany, grain: insight.GrainMonth},
		{name: "revenue by quarter outside of one", column: at, chart: insight.ChartBar, more: "total: sum", sql: countrySales, filter: others, grain: insight.GrainQuarter},
		{name: "revenue by hour", column: at, chart: insight.ChartLine, more: "total: sum", sql: countrySales, grain: insight.GrainHour},
		{
			name: "customers by year", column: at, chart: insight.ChartBar, grain: insight.GrainYear, by: []string{"country"},
			sql: `SELECT {{bucket}}, {{breakdown}}, count(DISTINCT i.customer_id) AS value FROM invoice i WHERE {{window}} AND {{filters}} GROUP BY {{group}}`,
		},
		{name: "revenue by genre", column: at, chart: insight.ChartHorizontalBar, more: "total: sum", sql: lines, by: []string{"genre"}},
		{
			name: "average invoice", column: at, chart: insight.ChartNumber, grain: insight.GrainMonth,
			sql: `SELECT {{bucket}}, {{breakdown}}, avg(i.total) AS value FROM invoice i WHERE {{window}} AND {{filters}} GROUP BY {{group}}`,
		},
		{
			name: "top customers", column: at, chart: insight.ChartTable, more: "columns: {Customer: name, Invoices: number, Spent: number}",
			sql: `SELECT c.first_name || ' ' || c.last_name AS "Customer", count(*) AS "Invoices", sum(i.total) AS "Spent"
      FROM invoice i JOIN customer c ON c.customer_id = i.customer_id WHERE {{window}} AND {{filters}}
      GROUP BY c.customer_id, c.first_name, c.last_name ORDER BY 3 DESC, 1 LIMIT 20`,
		},
		{
			name: "tracks in the catalogue", chart: insight.ChartNumber, more: "total: sum", by: []string{"genre"},
			sql: `SELECT {{breakdown}}, count(*) AS value FROM track t LEFT JOIN genre g ON g.genre_id = t.genre_id WHERE {{filters}} GROUP BY {{group}}`,
		},
	}
}

// yaml is the file of a question for one database and zone.
func (q asked) yaml(s server, zone string) string {
	var b strings.Builder
	b.WriteString("dimensions:\n  country: {label: Country, values: [Germany, France, USA, Brazil]}\n  genre: {label: Genre, values: [Rock, Latin]}\n")
	fmt.Fprintf(&b, "insights:\n  - id: x\n    title: T\n    description: D\n    owner: {name: O}\n    chart: %s\n    zone: %s\n", q.chart, zone)
	if q.more != "" {
		b.WriteString("    " + q.more + "\n")
	}
	if q.column != "" {
		grains := ", grains: [hour, day, week, month, quarter, year]"
		if q.chart == insight.ChartTable {
			grains = ""
		}
		fmt.Fprintf(&b, "    time: {column: %s, type: datetime%s}\n", s.words(q.column), grains)
	}
	switch {
	case strings.Contains(q.sql, "genre g") && q.chart == insight.ChartNumber:
		b.WriteString("    dimensions: {genre: " + s.words("g.name") + "}\n")
	case strings.Contains(q.sql, "genre g"):
		b.WriteString("    dimensions: {genre: " + s.words("g.name") + ", country: " + s.words("i.billing_country") + "}\n")
	case q.chart == insight.ChartTable:
		b.WriteString("    dimensions: {country: {column: " + s.words("i.billing_country") + ", breakdown: false}}\n")
	default:
		b.WriteString("    dimensions: {country: " + s.words("i.billing_country") + "}\n")
	}
	b.WriteString("    sql: |\n      " + s.words(q.sql) + "\n")
	return b.String()
}

// query is what is asked: three years, or one for hours, against those before.
func (q asked) query(t testing.TB, zone string) insight.Query {
	t.Helper()
	at, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	day := func(y, m, d int) time.Time {
		return insight.GrainDay.Floor(time.Date(y, time.Month(m), d, 12, 0, 0, 0, at), time.Monday)
	}
	query := insight.Query{Grain: q.grain, Breakdowns: q.by, Filters: q.filter, Now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}
	if q.column == "" {
		return query
	}
	query.Window = insight.Window{From: day(2022, 2, 1), To: day(2024, 11, 5)}
	if q.grain == insight.GrainHour {
		query.Window = insight.Window{From: day(2023, 10, 20), To: day(2023, 11, 5)}
		query.Compare, query.Previous = insight.ComparePrevious, insight.Window{From: day(2023, 10, 1), To: query.Window.From}
		return query
	}
	if q.chart != insight.ChartTable {
		query.Compare, query.Previous = insight.ComparePrevious, insight.Window{From: day(2021, 1, 4), To: query.Window.From}
	}
	return query
}

// near says that two results are the same but for the last digits of floats and
// the moment they were computed.
func near() cmp.Options {
	return cmp.Options{
		cmp.Comparer(func(a, b float64) bool {
			return a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) < 1e-9*max(math.Abs(a), math.Abs(b), 1)
		}),
		cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) }),
		cmpopts.EquateEmpty(),
	}
}

// cellsAsNumbers leaves of cells that hold numbers the number alone: databases
// write 5.0 and 5.00.
func cellsAsNumbers(r insight.Result) insight.Result {
	for _, row := range r.Table.Rows {
		for i := range row {
			if row[i].IsNumber {
				row[i].Text = ""
			}
		}
	}
	return r
}

func TestEngines_TheSameQuestionsGiveTheSameNumbers(t *testing.T) {
	servers := chinookServers(t)
	for _, q := range questions() {
		for _, zone := range []string{"UTC", "Europe/Berlin", "America/Santiago", "Asia/Kolkata", "Australia/Lord_Howe"} {
			t.Run(q.name+" in "+zone, func(t *testing.T) {
				var want insight.Result
				for i, server := range servers {
					s := server.open(t, q.yaml(server, zone))
					got, err := s.Run(t.Context(), find(t, s), q.query(t, zone))
					if err != nil {
						t.Fatalf("%s: %v", server.kind, err)
					}
					got = cellsAsNumbers(got)
					if i == 0 {
						if got.Empty() {
							t.Fatal("there is no data: this proves nothing")
						}
						want = got
						continue
					}
					if diff := cmp.Diff(want, got, near()); diff != "" {
						t.Errorf("%s (-SQLite +it)\n%s", server.kind, diff)
					}
				}
			})
		}
	}
}
