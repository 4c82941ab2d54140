package sqlsource

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"insightbot/envtest"
	"insightbot/insight"
)

// chinook opens the example over the real file, which must stay as it is.
func chinook(t *testing.T) (*Source, []insight.Insight, *sql.DB) {
	t.Helper()
	path := envtest.Shared(t, "data", "sql", "chinook.sqlite")
	before := digestOf(t, path)
	s, err := Open(t.Context(), Config{
		Name: "chinook", Path: path, Dir: filepath.Join("..", "..", "examples", "chinook", "insights"),
		WeekStart: time.Monday, Now: func() time.Time { return noon },
	})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", "file:"+path+"?mode=ro&immutable=1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmp.Or(s.Close(), raw.Close()); err != nil {
			t.Error(err)
		}
		if digestOf(t, path) != before {
			t.Error("the database changed")
		}
	})
	all, err := s.Insights(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s, all, raw
}

// digestOf is a checksum of a file.
func digestOf(t *testing.T, path string) [32]byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(data)
}

// sale is one line of an invoice, as raw as it is stored.
type sale struct {
	invoice, customer, quantity   int
	at                            time.Time
	country, genre, artist, agent string
	price, total                  float64
}

// sales reads every line of every invoice.
func sales(t *testing.T, db *sql.DB) []sale {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `
		SELECT i.InvoiceId, i.CustomerId, l.Quantity, i.InvoiceDate, i.BillingCountry, g.Name, ar.Name,
		       e.FirstName || ' ' || e.LastName, l.UnitPrice, i.Total
		FROM Invoice i, InvoiceLine l, Track t, Genre g, Album al, Artist ar, Customer c, Employee e
		WHERE l.InvoiceId = i.InvoiceId AND t.TrackId = l.TrackId AND g.GenreId = t.GenreId AND al.AlbumId = t.AlbumId
		  AND ar.ArtistId = al.ArtistId AND c.CustomerId = i.CustomerId AND e.EmployeeId = c.SupportRepId`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // Err is read below
	var all []sale
	for rows.Next() {
		var s sale
		if err := rows.Scan(&s.invoice, &s.customer, &s.quantity, &s.at, &s.country, &s.genre, &s.artist, &s.agent, &s.price, &s.total); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if len(all) != 2240 {
		t.Fatalf("%d lines", len(all))
	}
	return all
}

func TestChinook_EveryInsightRuns(t *testing.T) {
	s, all, _ := chinook(t)
	if len(all) < 10 {
		t.Fatalf("only %d insights", len(all))
	}
	w := days(t, time.UTC, "2025-01-01", "2026-01-01")
	before := days(t, time.UTC, "2024-01-01", "2025-01-01")
	for _, in := range all {
		if in.Title == "" || in.Description == "" || len(in.Examples) == 0 || in.Owner.Name == "" {
			t.Errorf("%s is not described", in.ID)
		}
		for _, by := range append([]string{""}, dimensionNames(in)...) {
			q := insight.Query{Grain: in.Default.Grain}
			if in.Accepts.Windows {
				q.Window = w
			}
			if by != "" {
				q.Breakdowns = []string{by}
			}
			if len(in.Accepts.Compare) > 0 {
				q.Compare, q.Previous = insight.ComparePrevious, before
			}
			if in.Chart == insight.ChartRetention {
				q.Window = days(t, time.UTC, "2021-01-01", "2022-01-01")
			}
			r, err := s.Run(t.Context(), in, q)
			if err != nil {
				t.Errorf("%s by %q: %v", in.ID, by, err)
				continue
			}
			if r.Empty() {
				t.Errorf("%s by %q is empty", in.ID, by)
			}
			if in.Accepts.Windows && !r.AsOf.Equal(time.Date(2025, 12, 23, 0, 0, 0, 0, time.UTC)) {
				t.Errorf("%s is as of %s", in.ID, r.AsOf)
			}
		}
	}
}

// dimensionNames lists what an insight may be broken down by.
func dimensionNames(in insight.Insight) []string {
	var names []string
	for _, d := range in.Accepts.Dimensions {
		if d.Breakdown {
			names = append(names, d.Name)
		}
		if d.Filter && len(d.Values) == 0 {
			names = append(names, "no values of "+d.Name)
		}
	}
	return names
}

// totals compares the totals of a run with sums made here.
func totals(t *testing.T, r insight.Result, want map[string]float64) {
	t.Helper()
	for _, s := range r.Series {
		if s.Previous {
			continue
		}
		w, ok := want[s.Key]
		if !ok && s.Key == insight.KeyOther {
			continue
		}
		if !ok || math.Abs(w-s.Total) > 1e-6 {
			t.Errorf("%s is %v, want %v", s.Key, s.Total, w)
		}
	}
}

func TestChinook_NumbersAreRight(t *testing.T) {
	s, all, db := chinook(t)
	get := func(key string, q insight.Query) insight.Result {
		t.Helper()
		i := slices.IndexFunc(all, func(in insight.Insight) bool { return in.ID == "chinook/"+key })
		r, err := s.Run(context.WithoutCancel(t.Context()), all[i], q)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	lines := sales(t, db)
	w := days(t, time.UTC, "2024-01-01", "2025-01-01")
	revenue, byCountry, byMonth := 0.0, map[string]float64{}, map[string]float64{}
	invoices, tracks, byGenre, byArtist, byAgent := map[int]bool{}, map[string]float64{}, map[string]float64{}, map[string]float64{}, map[string]float64{}
	buyers, germans := map[int]bool{}, 0.0
	for _, l := range lines {
		if !w.Contains(l.at) {
			continue
		}
		if !invoices[l.invoice] {
			invoices[l.invoice] = true
			revenue += l.total
			byCountry[l.country] += l.total
			byAgent[l.agent] += l.total
			byMonth[l.at.Format("2006-01")] += l.total
		}
		buyers[l.customer] = true
		tracks[l.genre] += float64(l.quantity)
		byGenre[l.genre] += float64(l.quantity) * l.price
		byArtist[l.artist] += float64(l.quantity) * l.price
		if l.country == "Germany" && l.genre == "Rock" {
			germans += float64(l.quantity)
		}
	}

	r := get("revenue", insight.Query{Window: w, Grain: insight.GrainMonth})
	totals(t, r, map[string]float64{"": revenue})
	if len(r.Series[0].Points) != 12 {
		t.Errorf("%d months", len(r.Series[0].Points))
	}
	for _, p := range r.Series[0].Points {
		if want := byMonth[p.At.Format("2006-01")]; math.Abs(want-p.Value) > 1e-6 {
			t.Errorf("%s is %v, want %v", p.At, p.Value, want)
		}
	}
	r = get("revenue", insight.Query{Window: w, Grain: insight.GrainQuarter, Breakdowns: []string{"country"}})
	totals(t, r, byCountry)
	if len(r.Series) != len(byCountry) || r.Series[0].Key != "USA" {
		t.Errorf("%d countries, first %s", len(r.Series), r.Series[0].Key)
	}
	totals(t, get("invoices", insight.Query{Window: w}), map[string]float64{"": float64(len(invoices))})
	totals(t, get("average-invoice", insight.Query{Window: w, Grain: insight.GrainMonth}), map[string]float64{"": revenue / float64(len(invoices))})
	totals(t, get("buyers", insight.Query{Window: w, Grain: insight.GrainMonth}), map[string]float64{"": float64(len(buyers))})
	totals(t, get("tracks-sold", insight.Query{Window: w, Grain: insight.GrainMonth, Breakdowns: []string{"genre"}}), tracks)
	totals(t, get("tracks-sold", insight.Query{Window: w, Filters: []insight.Filter{
		{Field: "country", Op: insight.OpIs, Values: []string{"Germany"}}, {Field: "genre", Op: insight.OpIs, Values: []string{"Rock"}},
	}}), map[string]float64{"": germans})
	totals(t, get("revenue-by-genre", insight.Query{Window: w, Breakdowns: []string{"genre"}}), byGenre)
	totals(t, get("sales-by-agent", insight.Query{Window: w, Grain: insight.GrainQuarter, Breakdowns: []string{"agent"}}), byAgent)

	r = get("revenue-by-artist", insight.Query{Window: w, Breakdowns: []string{"artist"}})
	totals(t, r, byArtist)
	sum := 0.0
	for _, one := range r.Series {
		sum += one.Total
	}
	if len(r.Series) != 26 || math.Abs(sum-revenue) > 1e-6 {
		t.Errorf("%d artists make %v, want %v", len(r.Series), sum, revenue)
	}
}

func TestChinook_Tables(t *testing.T) {
	s, all, db := chinook(t)
	spent := map[string]float64{}
	seen := map[int]bool{}
	w := days(t, time.UTC, "2021-01-01", "2026-01-01")
	rows, err := db.QueryContext(t.Context(), `SELECT i.InvoiceId, c.FirstName || ' ' || c.LastName, i.Total FROM Invoice i JOIN Customer c USING (CustomerId)`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // Err is read below
	for rows.Next() {
		var id int
		var name string
		var total float64
		if err := rows.Scan(&id, &name, &total); err != nil {
			t.Fatal(err)
		}
		if !seen[id] {
			spent[name] += total
		}
		seen[id] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, in := range all {
		if in.ID != "chinook/top-customers" {
			continue
		}
		r, err := s.Run(t.Context(), in, insight.Query{Window: w, Masks: []string{"Email"}})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Table.Rows) != 20 {
			t.Fatalf("%d rows", len(r.Table.Rows))
		}
		for _, row := range r.Table.Rows {
			if want := spent[row[0].Text]; math.Abs(row[4].Number-want) > 0.005 {
				t.Errorf("%s spent %v, want %v", row[0].Text, row[4].Number, want)
			}
			if row[1].Text != hidden {
				t.Errorf("an address shows: %s", row[1].Text)
			}
		}
		if got, want := fmt.Sprint(r.Table.Columns), "[{Customer name} {Email email} {Country } {Invoices number} {Spent number}]"; got != want {
			t.Errorf("columns %s, want %s", got, want)
		}
	}
}
