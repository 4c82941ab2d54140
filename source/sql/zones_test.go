package sqlsource

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
)

// moments stores the same random instants in every form.
func moments(t testing.TB, at []time.Time, zone, stored *time.Location) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.sqlite")
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // the test reads it back
	ctx := context.Background()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(ctx, `CREATE TABLE m (unix INTEGER, unix_ms INTEGER, datetime TEXT, date TEXT) STRICT`); err != nil {
		t.Fatal(err)
	}
	for _, a := range at {
		if _, err := tx.ExecContext(ctx, `INSERT INTO m VALUES (?, ?, ?, ?)`, a.Unix(), a.UnixMilli(),
			a.In(stored).Format(time.DateTime), a.In(zone).Format(time.DateOnly)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRun_BucketsOfEveryZone(t *testing.T) {
	for _, tt := range []struct {
		zone, stored, from, to string
	}{
		{"UTC", "UTC", "2024-01-01", "2025-01-01"},
		{"Europe/Berlin", "UTC", "2024-01-01", "2025-01-01"},
		{"Europe/Berlin", "America/New_York", "2023-02-01", "2024-12-20"},
		{"America/New_York", "America/New_York", "2024-02-01", "2024-12-01"},
		{"Asia/Kathmandu", "UTC", "2024-01-01", "2024-03-01"},
		{"Australia/Lord_Howe", "UTC", "2024-03-01", "2024-11-01"},
		{"America/Santiago", "Asia/Kolkata", "2024-03-01", "2024-10-15"}, // clocks jump over midnight
		{"Asia/Beirut", "UTC", "2023-03-01", "2023-11-10"},
		{"America/Havana", "UTC", "2023-03-01", "2023-11-15"}, // midnight happens twice
		{"America/Sao_Paulo", "UTC", "2017-09-01", "2019-03-01"},
		{"Pacific/Apia", "UTC", "2011-12-01", "2012-02-01"}, // a day that never was
		{"Africa/Casablanca", "UTC", "2024-03-01", "2024-05-01"},
		{"Europe/London", "UTC", "1968-01-01", "1972-01-01"}, // before 1970, negative seconds
	} {
		t.Run(tt.zone+" of "+tt.stored, func(t *testing.T) {
			zone, err1 := time.LoadLocation(tt.zone)
			stored, err2 := time.LoadLocation(tt.stored)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			w := days(t, zone, tt.from, tt.to)
			at := instants(w, zone, stored)
			path := moments(t, at, zone, stored)
			for _, kind := range []timeKind{timeUnix, timeUnixMS, timeDatetime, timeDate} {
				bucketsAgree(t, path, kind, w, at, tt.stored)
			}
		})
	}
}

// instants picks moments inside and round a window, most of them close to a
// change of clocks, none that the stored zone could not tell from another.
func instants(w insight.Window, zone, stored *time.Location) []time.Time {
	random := rand.New(rand.NewPCG(1, 2))
	span := w.To.Sub(w.From)
	var near []time.Time
	for _, z := range []*time.Location{zone, stored} {
		for _, c := range changes(z, w.From, w.To) {
			near = append(near, time.Unix(c, 0))
		}
	}
	var at []time.Time
	for range 700 {
		a := w.From.Add(time.Duration(random.Int64N(int64(span) + int64(48*time.Hour)))).Add(-24 * time.Hour)
		if len(near) > 0 && random.IntN(3) > 0 {
			a = near[random.IntN(len(near))].Add(time.Duration(random.Int64N(int64(72*time.Hour))) - 36*time.Hour)
		}
		a = a.Truncate(time.Second)
		twice := false
		for _, shift := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour, 24 * time.Hour} {
			twice = twice || a.In(stored).Format(time.DateTime) == a.Add(-shift).In(stored).Format(time.DateTime)
		}
		if !twice {
			at = append(at, a.In(zone))
		}
	}
	return at
}

// bucketsAgree runs every grain and counts the same in plain Go.
func bucketsAgree(t *testing.T, path string, kind timeKind, w insight.Window, at []time.Time, stored string) {
	t.Helper()
	zone := w.Zone()
	grains := insight.Grains()
	extra := ""
	switch kind {
	case timeDate:
		grains = grains[1:]
	case timeDatetime:
		extra = ", stored_zone: " + stored
	case timeUnix, timeUnixMS, timeInstant:
	}
	for _, start := range []time.Weekday{time.Monday, time.Sunday} {
		s := open(t, path, item("line", fmt.Sprintf("zone: %s\nweek_start: %s\ntotal: sum\nempty: gap\ntime: {column: %s, type: %s%s, grains: [%s]}",
			zone, start, kind, kind, extra, join(grains)),
			`SELECT {{bucket}}, count(*) AS value FROM m WHERE {{window}} GROUP BY {{group}}`), func(c *Config) { c.MaxRows = 50_000 })
		for _, g := range grains {
			if start != time.Monday && g != insight.GrainWeek {
				continue // only weeks know when they start
			}
			if g == insight.GrainHour && w.To.Sub(w.From) > 400*24*time.Hour {
				continue // years of hours show nothing that months do not
			}
			want := map[string]float64{}
			for _, a := range at {
				if w.Contains(a) {
					want[g.Floor(a, start).Format(time.RFC3339)]++
				}
			}
			r, err := s.Run(t.Context(), find(t, s), insight.Query{Window: w, Grain: g})
			if err != nil {
				t.Fatalf("%s by %s: %v", kind, g, err)
			}
			got := map[string]float64{}
			for _, p := range r.Series[0].Points {
				if p.Value == p.Value {
					got[p.At.Format(time.RFC3339)] = p.Value
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s by %s, weeks from %s: %s", kind, g, start, diff)
			}
		}
	}
}

// join writes grains as a list.
func join(grains []insight.Grain) string {
	s := ""
	for i, g := range grains {
		if i > 0 {
			s += ", "
		}
		s += string(g)
	}
	return s
}

func TestBound_FarYears(t *testing.T) {
	for _, year := range []int{1, 1600, 2026, 2300, 9999} {
		at := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		for kind, want := range map[timeKind]any{timeUnix: at.Unix(), timeUnixMS: at.Unix() * 1000} {
			if got := (timeColumn{kind: kind, stored: time.UTC}).bound(at); got != want {
				t.Errorf("%s of %d is %v, want %v", kind, year, got, want)
			}
		}
	}
	half := time.Date(2026, 1, 1, 0, 0, 0, 500_000, time.UTC)
	if got := (timeColumn{kind: timeUnixMS}).bound(half); got != half.Unix()*1000+1 {
		t.Errorf("half a millisecond later is %v", got)
	}
	if got := (timeColumn{kind: timeUnix}).bound(half); got != half.Unix()+1 {
		t.Errorf("a fraction of a second later is %v", got)
	}
}

func TestRun_PlainDatesInADatetimeColumn(t *testing.T) {
	path := database(t, "CREATE TABLE m (at TEXT)", "CREATE INDEX m_at ON m (at)",
		"INSERT INTO m VALUES ('2026-05-31'), ('2026-06-01'), ('2026-06-01 00:00:00'), ('2026-06-02 10:00:00'), ('2026-06-03'), ('2026-06-03 00:00:00')")
	s := open(t, path, item("line", "total: sum\nas_of: SELECT '2099-01-01'\ntime: {column: at, type: datetime, grains: [day]}",
		"SELECT {{bucket}}, count(*) AS value FROM m WHERE {{window}} GROUP BY {{group}}"))
	r := ask(t, s, insight.Query{Window: days(t, time.UTC, "2026-06-01", "2026-06-03"), Grain: insight.GrainDay})
	if diff := cmp.Diff([]string{"X: 2 1 = 3"}, numbers(r.Series)); diff != "" {
		t.Error(diff)
	}
	r = ask(t, s, insight.Query{Window: days(t, time.UTC, "2026-06-03", "2026-06-04"), Grain: insight.GrainDay})
	if diff := cmp.Diff([]string{"X: 2 = 2"}, numbers(r.Series)); diff != "" {
		t.Error(diff)
	}
}
