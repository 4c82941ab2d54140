package sqlsource

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
)

// empty is a folder with one insight, so that a source has something.
const emptyFolder = "insights:\n  - id: orders\n    title: X\n    description: X\n    owner: {name: X}\n    chart: number\n    sql: SELECT 1 AS value\n"

// drafted drafts from a table, and proves that the draft loads beside what is
// there and runs, whole and by each of its dimensions.
func drafted(t testing.TB, s server, table string) (string, insight.Insight) {
	t.Helper()
	source := s.open(t, emptyFolder)
	text, err := source.Draft(t.Context(), table)
	if err != nil {
		t.Fatalf("%s %s: %v", s.kind, table, err)
	}
	both := s.open(t, "", func(c *Config) {
		c.Insights = fstest.MapFS{"a.yml": {Data: []byte(emptyFolder)}, "b.yml": {Data: text}}
	})
	all, err := both.Insights(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatalf("%s %s: %v\n%s", s.kind, table, err, text)
	}
	in := all[0]
	if in.ID == "shop/orders" {
		in = all[1]
	}
	findings, err := both.Check(t.Context(), func(in insight.Insight) (insight.Query, error) {
		q := insight.Query{Grain: in.Default.Grain}
		if in.Accepts.Windows {
			q.Window = days(t, time.UTC, "2021-01-01", "2026-06-01")
			q.Grain = insight.GrainMonth
		}
		return q, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		if f.Verdict != VerdictGood {
			t.Errorf("%s %s: %s %v\n%s", s.kind, table, f.Verdict, f.Err, text)
		}
	}
	return string(text), in
}

func TestDraft_WritesWhatAPersonWouldBeginWith(t *testing.T) {
	path := database(t, `CREATE TABLE "order" (id INTEGER PRIMARY KEY, customer_id INTEGER, "Ship Country" TEXT, plan TEXT, "status" TEXT, vip BOOLEAN, floor INTEGER,
		email TEXT, note TEXT, total NUMERIC(10, 2), updated_at INTEGER, created_at INTEGER)`,
		`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
		INSERT INTO "order" SELECT i, i % 20, CASE i % 3 WHEN 0 THEN 'Côte d''Ivoire: "x"' WHEN 1 THEN 'no' ELSE NULL END, CASE i % 2 WHEN 0 THEN 'Free' ELSE 'Pro' END,
			CASE i % 2 WHEN 0 THEN 'open' ELSE '' END, i % 2, i % 4, 'a' || i || '@example.com', 'A note of some length about ' || i, i * 1.5,
			unixepoch('2026-05-01') + i, unixepoch('2026-05-01') + i * 3600 FROM n`)
	s := server{kind: TypeSQLite, path: path}
	text, in := drafted(t, s, "order")
	want := `# Drafted from the table order. It runs; what it means is for you to say: look at every line.
# The values were seen in up to 1000 rows: add what is missing, or let the database list them with
# values: {sql: SELECT DISTINCT … FROM …}.
dimensions:
  ship_country:
    label: Ship country
    values: ["Côte d'Ivoire: \"x\"", "no"]
  plan:
    label: Plan
    values: [Free, Pro]
  status:
    label: Status
    values: [open]
  vip:
    label: Vip
    values: ["0", "1"]
  floor:
    label: Floor
    values: ["0", "1", "2", "3"]
insights:
  - id: order
    title: Order
    description: How many rows of order there are. # say how it counts, and what one row stands for
    examples: # what people ask when they want this
      - how many order
    owner: {name: Nobody yet} # who answers for it: {name: Sales, contact: "#sales"}
    events: [order]
    chart: line
    total: sum # for a rate or an average: rerun
    # people: counted # only if every row is one person, or one account
    time:
      column: created_at
      type: unix
      grains: [day, week, month, quarter, year]
    default: {period: last 30 days, grain: day}
    # as_of: SELECT max(created_at) FROM "order" # up to when the data is complete
    dimensions:
      ship_country: '"Ship Country"'
      plan: plan
      status: '"status"'
      vip: vip
      floor: floor
    # in place of count(*): sum(floor)
    # in place of count(*): sum(total)
    sql: |
      SELECT {{bucket}}, {{breakdown}}, count(*) AS value
      FROM "order"
      WHERE {{window}} AND {{filters}}
      GROUP BY {{group}}
`
	want = strings.NewReplacer(`'"Ship Country"'`, `"\"Ship Country\""`, `'"status"'`, `"\"status\""`).Replace(want)
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if d, ok := in.Accepts.Dimension("vip"); !ok || !d.Filter || !d.Breakdown {
		t.Errorf("the dimension vip: %+v", d)
	}
}

func TestDraft_FindsHowTimesAreStored(t *testing.T) {
	path := database(t,
		"CREATE TABLE ms (happened_at INTEGER, kind TEXT)", "INSERT INTO ms VALUES (unixepoch('2026-05-01') * 1000, 'a'), (unixepoch('2026-05-02') * 1000, 'b')",
		"CREATE TABLE clock (paid TEXT, kind TEXT)", "INSERT INTO clock VALUES ('2026-05-01 10:00:00', 'a'), ('2026-05-02 10:00:00', 'b')",
		"CREATE TABLE day (d DATE, kind TEXT)", "INSERT INTO day VALUES ('2026-05-01', 'a'), ('2026-05-02', 'b')",
		"CREATE TABLE iso (at DATETIME, kind TEXT)", "INSERT INTO iso VALUES ('2026-05-01T10:00:00Z', 'a'), ('2026-05-02T10:00:00Z', 'b')",
		"CREATE TABLE none (kind TEXT)", "INSERT INTO none VALUES ('a'), ('b')",
		"CREATE TABLE bare (id INTEGER)", "INSERT INTO bare VALUES (1), (2)",
		"CREATE TABLE \"Über uns\" (at DATE, \"{{x}}\" TEXT, \"a\"\"b\" TEXT)", "INSERT INTO \"Über uns\" VALUES ('2026-05-01', 'a', 'b')",
		"CREATE TABLE orders (country TEXT)", "INSERT INTO orders VALUES ('a'), ('b')")
	s := server{kind: TypeSQLite, path: path}
	for table, want := range map[string]string{
		"ms": "type: unix_ms", "clock": "type: datetime", "day": "type: date", "iso": "chart: horizontal_bar", "none": "chart: horizontal_bar",
		"bare": "chart: number", "Über uns": "type: date", "orders": "id: orders-2",
	} {
		if text, _ := drafted(t, s, table); !strings.Contains(text, want) {
			t.Errorf("%s: no %q in\n%s", table, want, text)
		}
	}
	source := s.open(t, emptyFolder)
	for _, table := range []string{"missing", "ms; DROP TABLE ms", `ms" --`, "sqlite_schema"} {
		if text, err := source.Draft(t.Context(), table); !errors.Is(err, insight.ErrUnknown) && !errors.Is(err, insight.ErrRefused) {
			t.Errorf("%s: %v\n%s", table, err, text)
		}
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	if _, err := source.Draft(gone, "ms"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestDraft_OfChinookOnEveryDatabase(t *testing.T) {
	servers := append(chinookServers(t), clickhouseChinook(t))
	for _, s := range servers {
		for _, table := range []string{"invoice", "invoice_line", "customer", "track", "genre"} {
			text, in := drafted(t, s, s.words(table))
			if table == "invoice" && (!in.Accepts.Windows || !strings.Contains(text, "billing_country")) {
				t.Errorf("%s: no period, or no country:\n%s", s.kind, text)
			}
		}
	}
	// A name with its schema.
	if text, _ := drafted(t, servers[1], "public.invoice"); !strings.Contains(text, "FROM public.invoice") {
		t.Error(text)
	}
}

func TestDraft_ReadsTypesOfEveryDatabase(t *testing.T) {
	for _, tt := range []struct {
		database, declared string
		want               columnKind
	}{
		{TypePostgres, "timestamp with time zone", kindInstant},
		{TypePostgres, "timestamp without time zone", kindClock},
		{TypePostgres, "date", kindDate},
		{TypePostgres, "character varying", kindText},
		{TypePostgres, "numeric", kindNumber},
		{TypePostgres, "double precision", kindNumber},
		{TypePostgres, "bigint", kindWhole},
		{TypePostgres, "boolean", kindTruth},
		{TypePostgres, "interval", kindOther},
		{TypePostgres, "jsonb", kindOther},
		{TypePostgres, "USER-DEFINED", kindText},
		{TypeMySQL, "timestamp", kindInstant},
		{TypeMySQL, "datetime", kindClock},
		{TypeMySQL, "tinyint", kindWhole},
		{TypeMySQL, "enum", kindText},
		{TypeClickHouse, "DateTime('UTC')", kindInstant},
		{TypeClickHouse, "Nullable(DateTime64(3))", kindInstant},
		{TypeClickHouse, "Date", kindDate},
		{TypeClickHouse, "LowCardinality(Nullable(String))", kindText},
		{TypeClickHouse, "UInt64", kindWhole},
		{TypeClickHouse, "Decimal(10, 2)", kindNumber},
		{TypeClickHouse, "Array(String)", kindOther},
		{TypeClickHouse, "Enum8('a' = 1)", kindText},
		{TypeClickHouse, "Bool", kindTruth},
		{TypeTrino, "timestamp(6)", kindClock},
		{TypeTrino, "timestamp(3) with time zone", kindInstant},
		{TypeTrino, "varchar(20)", kindText},
		{TypeTrino, "decimal(12,2)", kindNumber},
		{TypeTrino, "double", kindNumber},
		{TypeTrino, "map(varchar, varchar)", kindOther},
		{TypeSQLite, "NVARCHAR(40)", kindText},
		{TypeSQLite, "", kindOther},
		{TypeSQLite, "INTEGER", kindWhole},
		{TypeSQLite, "DATETIME", kindClock},
	} {
		if got := kindOf(tt.database, tt.declared); got != tt.want {
			t.Errorf("%s %q is %q, want %q", tt.database, tt.declared, got, tt.want)
		}
	}
}

func TestDraft_NeedsTheFolderOnlyToKeepNamesApart(t *testing.T) {
	path := database(t, "CREATE TABLE sales (country TEXT, day DATE)", "INSERT INTO sales VALUES ('DE', '2026-05-01'), ('US', '2026-05-02')")
	s := server{kind: TypeSQLite, path: path}
	source := s.open(t, "dimensions: {country: {label: Land, values: [DE, US]}}\n"+emptyFolder+"  - broken: yes\n")
	text, err := source.Draft(t.Context(), "sales")
	if err != nil || strings.Contains(string(text), "label: Country") {
		t.Errorf("%v\n%s", err, text)
	}
}
