package sqlsource

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/envtest"
	"insightbot/insight"
)

// bare are servers on which tests make databases of their own: starting one
// takes longer than most tests.
type bare struct {
	postgres, maria string
	made            int
}

// start starts the servers.
func start(t testing.TB) *bare {
	t.Helper()
	b := &bare{postgres: envtest.Postgres(t), maria: envtest.MariaDB(t)}
	exec(t, envtest.Database(t, "pgx", b.postgres+"postgres"), "CREATE ROLE reader LOGIN; CREATE ROLE writer LOGIN")
	exec(t, envtest.Database(t, "mysql", b.maria+"?multiStatements=true"), "CREATE USER reader@'127.0.0.1'; CREATE USER writer@'127.0.0.1'")
	return b
}

// empty makes a database on each server, which the bot may read.
func (b *bare) empty(t testing.TB) []server {
	t.Helper()
	b.made++
	name := fmt.Sprintf("shop%d", b.made)
	exec(t, envtest.Database(t, "pgx", b.postgres+"postgres"), "CREATE DATABASE "+name)
	pg := server{kind: TypePostgres, dsn: strings.Replace(b.postgres, "owner", "reader", 1) + name, raw: envtest.Database(t, "pgx", b.postgres+name)}
	exec(t, pg.raw, "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader")
	exec(t, envtest.Database(t, "mysql", b.maria+"?multiStatements=true"),
		"CREATE DATABASE "+name+" CHARACTER SET utf8mb4; GRANT SELECT ON "+name+".* TO reader@'127.0.0.1'")
	maria := server{
		kind: TypeMySQL, dsn: strings.Replace(b.maria, "root", "reader", 1) + name,
		raw: envtest.Database(t, "mysql", b.maria+name+"?multiStatements=true&time_zone='%2B00:00'&sql_mode='ANSI_QUOTES,STRICT_ALL_TABLES'"),
	}
	return []server{pg, maria}
}

// emptyServers are servers with one empty database each, for one test.
func emptyServers(t testing.TB) []server {
	t.Helper()
	return start(t).empty(t)
}

// TestServers are the tests of what is hard to get right, on PostgreSQL and
// MariaDB.
func TestServers(t *testing.T) {
	servers := start(t)
	for name, test := range map[string]func(*testing.T, *bare){
		"buckets of random windows":              bucketsOfRandomWindows,
		"values are exact":                       valuesAreExact,
		"A18 values are never code":              valuesAreNeverCode,
		"what is cut off is not read to its end": whatIsCutOff,
		"a superuser is refused":                 superuserIsRefused,
		"A19 the session itself only reads":      sessionOnlyReads,
		"one row may not take more than all":     oneRowIsBounded,
		"rights are told":                        rightsAreTold,
		"a server that was away is used again":   serverComesBack,
		"many at once are refused politely":      manyAtOnce,
	} {
		t.Run(name, func(t *testing.T) { test(t, servers) })
	}
}

// kindsOf are the types of times that a server can store.
func (s server) kindsOf() []timeKind {
	return []timeKind{timeUnix, timeUnixMS, timeDatetime, timeDate, timeInstant}
}

// store writes the same moments in every form into a new table.
func (s server) store(t testing.TB, table string, at []time.Time, zone, stored *time.Location) {
	t.Helper()
	instants := map[string]string{TypePostgres: "timestamptz", TypeMySQL: "timestamp NULL"}[s.kind]
	datetimes := map[string]string{TypePostgres: "timestamp", TypeMySQL: "datetime"}[s.kind]
	exec(t, s.raw, fmt.Sprintf("CREATE TABLE %s (unix bigint, unix_ms bigint, \"datetime\" %s, \"date\" date, \"timestamptz\" %s)", table, datetimes, instants))
	tx, err := s.raw.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	insert := "INSERT INTO " + table + " VALUES (?, ?, ?, ?, ?)"
	if s.kind == TypePostgres {
		insert = "INSERT INTO " + table + " VALUES ($1, $2, $3::text::timestamp, $4::text::date, $5::text::timestamptz)"
	}
	st, err := tx.PrepareContext(t.Context(), insert)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close() //nolint:errcheck // it ends with its transaction
	for _, a := range at {
		var moment any
		if s.kind == TypePostgres {
			moment = a.UTC().Format(time.RFC3339)
		} else if a.Year() >= 1971 { // its TIMESTAMP begins in 1970
			moment = a.UTC().Format(time.DateTime)
		}
		if _, err := st.ExecContext(t.Context(), a.Unix(), a.UnixMilli(), a.In(stored).Format(time.DateTime), a.In(zone).Format(time.DateOnly), moment); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// bucketsOfRandomWindows compares the buckets that each server makes
// with those of plain Go, over windows and zones by chance.
func bucketsOfRandomWindows(t *testing.T, on *bare) {
	servers := on.empty(t)
	zones := []string{
		"UTC", "Europe/Berlin", "America/New_York", "America/Santiago", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Kathmandu",
		"Pacific/Apia", "America/Havana", "America/St_Johns", "Africa/Casablanca", "Asia/Beirut", "America/Sao_Paulo", "Europe/London",
	}
	random := rand.New(rand.NewPCG(7, 11))
	for i := range 12 {
		name := zones[i%len(zones)]
		storedName := zones[random.IntN(len(zones))]
		zone, err1 := time.LoadLocation(name)
		stored, err2 := time.LoadLocation(storedName)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		from := time.Date(1968+random.IntN(58), time.Month(1+random.IntN(12)), 1+random.IntN(28), 12, 0, 0, 0, zone)
		w := insight.Window{From: insight.GrainDay.Floor(from, time.Monday), To: insight.GrainDay.Floor(from.AddDate(0, 0, 3+random.IntN(700)), time.Monday)}
		at := instants(w, zone, stored)
		for _, s := range servers {
			table := fmt.Sprintf("m%d", i)
			s.store(t, table, at, zone, stored)
			for _, kind := range s.kindsOf() {
				if kind == timeInstant && s.kind == TypeMySQL && w.From.Year() < 1972 {
					continue
				}
				t.Run(fmt.Sprintf("%s %s in %s of %s from %s", s.kind, kind, name, storedName, w.From.Format(time.DateOnly)), func(t *testing.T) {
					s.bucketsAgree(t, table, kind, w, at, storedName)
				})
			}
		}
	}
}

// bucketsAgree runs every grain and counts the same in plain Go.
func (s server) bucketsAgree(t *testing.T, table string, kind timeKind, w insight.Window, at []time.Time, stored string) {
	grains, extra := insight.Grains(), ""
	switch kind {
	case timeDate:
		grains = grains[1:]
	case timeDatetime:
		extra = ", stored_zone: " + stored
	case timeUnix, timeUnixMS, timeInstant:
	}
	for _, start := range []time.Weekday{time.Monday, time.Sunday, time.Wednesday} {
		source := s.open(t, item("line", fmt.Sprintf("zone: %s\nweek_start: %s\ntotal: sum\nempty: gap\ntime: {column: '\"%s\"', type: %s%s, grains: [%s]}",
			w.Zone(), start, kind, kind, extra, join(grains)),
			"SELECT {{bucket}}, count(*) AS value FROM "+table+" WHERE {{window}} GROUP BY {{group}}"), func(c *Config) { c.MaxRows = 50_000 })
		in := find(t, source)
		for _, g := range grains {
			if start != time.Monday && g != insight.GrainWeek {
				continue // only weeks know when they start
			}
			want := map[string]float64{}
			for _, a := range at {
				if w.Contains(a) {
					want[g.Floor(a, start).Format(time.RFC3339)]++
				}
			}
			r, err := source.Run(t.Context(), in, insight.Query{Window: w, Grain: g})
			if err != nil {
				t.Fatalf("by %s: %v", g, err)
			}
			got := map[string]float64{}
			for _, series := range r.Series {
				for _, p := range series.Points {
					if p.Value == p.Value {
						got[p.At.Format(time.RFC3339)] = p.Value
					}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("by %s, weeks from %s: %s", g, start, diff)
			}
		}
	}
}

// values stores rows of one text column each.
func (s server) values(t testing.TB, values ...any) {
	t.Helper()
	text, insert := "text", "INSERT INTO v VALUES ($1)"
	if s.kind == TypeMySQL {
		text, insert = "varchar(200)", "INSERT INTO v VALUES (?)"
	}
	exec(t, s.raw, "CREATE TABLE v (word "+text+")")
	for _, v := range values {
		if _, err := s.raw.ExecContext(t.Context(), insert, v); err != nil {
			t.Fatal(err)
		}
	}
}

// valuesAreExact asks for values that differ in case, accents and
// blanks: what a role may see hangs on them.
func valuesAreExact(t *testing.T, on *bare) {
	words := []any{"DE", "de", "dé", "DE ", " DE", "", nil, "O'Brien", `back\slash`, "100%", "a_b", "1", "1.0", "ß", "ss", "😀"}
	want := map[string]float64{"": 2}
	for _, w := range words {
		if text, ok := w.(string); ok && text != "" {
			want[text] = 1
		}
	}
	for _, s := range on.empty(t) {
		t.Run(s.kind, func(t *testing.T) {
			s.values(t, words...)
			var list string
			for key := range want {
				if key != "" {
					list += fmt.Sprintf("      - {key: %q}\n", key)
				}
			}
			source := s.open(t, "dimensions:\n  word:\n    values:\n"+list+item("number", "total: sum\npeople: none\ndimensions: {word: word}\nattributes: {region: word}",
				"SELECT {{breakdown}}, count(*) AS value FROM v WHERE {{filters}} GROUP BY {{group}}"))
			in := find(t, source)
			r, err := source.Run(t.Context(), in, insight.Query{Breakdowns: []string{"word"}, Unbounded: true})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]float64{}
			for _, one := range r.Series {
				got[one.Values[0]] += one.Total
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("broken down: %s", diff)
			}
			for key := range want {
				if key == "" {
					continue
				}
				for what, q := range map[string]insight.Query{
					"filter":    {Filters: []insight.Filter{{Field: "word", Op: insight.OpIs, Values: []string{key}}}, Unbounded: true},
					"attribute": {Attributes: map[string][]string{"region": {key}}},
				} {
					r, err := source.Run(t.Context(), in, q)
					if err != nil || len(r.Series) != 1 || r.Series[0].Total != 1 {
						t.Errorf("%s %q: %v, %v", what, key, numbers(r.Series), err)
					}
				}
				r, err := source.Run(t.Context(), in, insight.Query{Filters: []insight.Filter{{Field: "word", Op: insight.OpIsNot, Values: []string{key}}}, Unbounded: true})
				if err != nil || len(r.Series) != 1 || r.Series[0].Total != float64(len(words)-1) {
					t.Errorf("without %q: %v, %v", key, numbers(r.Series), err)
				}
			}
		})
	}
}

// valuesAreNeverCode sends what people type to break out of a
// value to real servers.
func valuesAreNeverCode(t *testing.T, on *bare) {
	for _, s := range on.empty(t) {
		t.Run(s.kind, func(t *testing.T) {
			s.values(t, "DE", "DE", "US", nil)
			source := s.open(t, "dimensions: {word: {values: [DE, US]}}\n"+item("number", "total: sum\npeople: none\ndimensions: {word: word}\nattributes: {region: word}",
				"SELECT {{breakdown}}, count(*) AS value FROM v WHERE {{filters}} GROUP BY {{group}}"))
			in := find(t, source)
			total := func(op insight.Op, value, region string) (float64, error) {
				r, err := source.Run(t.Context(), in, insight.Query{
					Filters: []insight.Filter{{Field: "word", Op: op, Values: []string{value}}}, Attributes: map[string][]string{"region": {region}},
				})
				if err != nil {
					return -1, err
				}
				sum := 0.0
				for _, one := range r.Series {
					sum += one.Total
				}
				return sum, nil
			}
			ran := 0
			for _, p := range payloads() {
				for i, want := range []float64{0, 0, 2} {
					got, err := total([]insight.Op{insight.OpIs, insight.OpIs, insight.OpIsNot}[i], []string{p, "DE", p}[i], []string{"DE", p, "DE"}[i])
					switch {
					case err != nil && !known(err):
						t.Errorf("%q: %v is none of the known errors", p, err)
					case err == nil && got != want:
						t.Errorf("%q finds %v, want %v", p, got, want)
					case err == nil:
						ran++
					}
				}
			}
			if all := 3 * len(payloads()); ran < all*9/10 {
				t.Errorf("only %d of %d ran", ran, all)
			}
			var n int
			if err := s.raw.QueryRowContext(t.Context(), "SELECT count(*) FROM v").Scan(&n); err != nil || n != 4 {
				t.Errorf("%d rows afterwards, %v", n, err)
			}
		})
	}
}
