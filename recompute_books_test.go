package main

import (
	"cmp"
	"database/sql"
	"maps"
	"math"
	"net/url"
	"slices"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the raw rows are read past the bot

	"insightbot/insight"
)

// This file is a second bookkeeping beside the bot's: the raw rows, a calendar
// and the arithmetic in plain Go. It shares no code with the sources, so that a
// mistake of theirs cannot hide in it.

// books are the raw rows of the demo company, whole tables at a time.
type books struct {
	accounts      map[int64]accountRow
	users         map[int64]userRow
	events        []eventRow
	subscriptions []subscriptionRow
	payments      []paymentRow
	visits        []visitRow
	hours         []hourRow
}

type accountRow struct {
	id, created                                      int64
	name, country, plan, industry, channel, language string
}

type userRow struct {
	id, account, created int64
	platform             string
}

type eventRow struct {
	at, user, account int64
	bytes             sql.NullInt64
	name, platform    string
}

type subscriptionRow struct {
	account, cents, started int64
	ended                   sql.NullInt64
	endedBy                 sql.NullString
	plan                    string
}

type paymentRow struct {
	at, account, cents int64
	plan, kind         string
}

type visitRow struct {
	at       int64
	account  sql.NullInt64
	platform string
}

type hourRow struct {
	at, requests, errors, down int64
	service                    string
}

// readBooks reads the tables as they lie in the file: no condition, grouping or
// function of SQL takes part.
func readBooks(t *testing.T, path string) *books {
	t.Helper()
	address := url.URL{Scheme: "file", Path: path, RawQuery: "mode=ro"}
	db, err := sql.Open("sqlite", address.String())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // only read from
	b := &books{accounts: map[int64]accountRow{}, users: map[int64]userRow{}}
	for _, a := range rawRows(t, db, "SELECT id, created_at, name, country, plan, industry, channel, language FROM accounts",
		func(a *accountRow) []any {
			return []any{&a.id, &a.created, &a.name, &a.country, &a.plan, &a.industry, &a.channel, &a.language}
		}) {
		b.accounts[a.id] = a
	}
	for _, u := range rawRows(t, db, "SELECT id, account_id, created_at, platform FROM users",
		func(u *userRow) []any { return []any{&u.id, &u.account, &u.created, &u.platform} }) {
		b.users[u.id] = u
	}
	b.events = rawRows(t, db, "SELECT at, user_id, account_id, bytes, name, platform FROM events",
		func(e *eventRow) []any { return []any{&e.at, &e.user, &e.account, &e.bytes, &e.name, &e.platform} })
	b.subscriptions = rawRows(t, db, "SELECT account_id, monthly_cents, started_at, ended_at, ended_by, plan FROM subscriptions",
		func(s *subscriptionRow) []any {
			return []any{&s.account, &s.cents, &s.started, &s.ended, &s.endedBy, &s.plan}
		})
	b.payments = rawRows(t, db, "SELECT at, account_id, amount_cents, plan, kind FROM payments",
		func(p *paymentRow) []any { return []any{&p.at, &p.account, &p.cents, &p.plan, &p.kind} })
	b.visits = rawRows(t, db, "SELECT at, account_id, platform FROM visits",
		func(v *visitRow) []any { return []any{&v.at, &v.account, &v.platform} })
	b.hours = rawRows(t, db, "SELECT at, requests, errors, down_seconds, service FROM service_hours",
		func(h *hourRow) []any { return []any{&h.at, &h.requests, &h.errors, &h.down, &h.service} })
	return b
}

// rawRows reads all rows of a table.
func rawRows[T any](t *testing.T, db *sql.DB, query string, fields func(*T) []any) []T {
	t.Helper()
	found, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close() //nolint:errcheck // read whole or the test has failed
	var all []T
	for found.Next() {
		var row T
		if err := found.Scan(fields(&row)...); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatalf("no rows: %s", query)
	}
	return all
}

// span is a half-open stretch of time between two midnights in Berlin.
type span struct{ from, to time.Time }

func (s span) holds(at int64) bool { return s.from.Unix() <= at && at < s.to.Unix() }

// civilDays is how many days of the calendar lie in the span, whatever the
// clocks did.
func (s span) civilDays() (n int) {
	for day := s.from; day.Before(s.to); day = dayAfter(day, 1) {
		n++
	}
	return n
}

// dayAfter is the midnight n days after that of the day t lies in.
func dayAfter(t time.Time, n int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+n, 0, 0, 0, 0, t.Location())
}

// bucketsOf cuts a span into hours, days, weeks from Monday or months. The
// first and the last may be cut short by the span; starts are those of the
// whole buckets.
func bucketsOf(s span, grain string) (starts []time.Time, parts []span) {
	next := func(t time.Time) time.Time { return dayAfter(t, 1) }
	at := s.from
	switch grain {
	case "hour":
		next = func(t time.Time) time.Time { return t.Add(time.Hour) }
	case "week":
		at = dayAfter(at, -(int(at.Weekday())+6)%7)
		next = func(t time.Time) time.Time { return dayAfter(t, 7) }
	case "month":
		at = time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, at.Location())
		next = func(t time.Time) time.Time { return time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, t.Location()) }
	}
	for ; at.Before(s.to); at = next(at) {
		starts = append(starts, at)
		parts = append(parts, span{slices.MaxFunc([]time.Time{at, s.from}, time.Time.Compare), slices.MinFunc([]time.Time{next(at), s.to}, time.Time.Compare)})
	}
	return starts, parts
}

// entry is one thing that happened: when, in which group, to whom, and what it
// weighs in a sum or in a share of something.
type entry struct {
	at        int64
	group     string
	who       int64
	value, of float64
}

// measure makes one number of the entries of a span; NaN where there are none.
type measure func(entries []entry, s span) float64

func counted(entries []entry, _ span) float64 { return float64(len(entries)) }

func distinct(entries []entry, _ span) float64 {
	seen := map[int64]bool{}
	for _, f := range entries {
		seen[f.who] = true
	}
	return float64(len(seen))
}

func summed(entries []entry, _ span) (sum float64) {
	for _, f := range entries {
		sum += f.value
	}
	return sum
}

func shared(entries []entry, s span) float64 {
	var whole float64
	for _, f := range entries {
		whole += f.of
	}
	return summed(entries, s) / whole
}

// perDay is a share of what there is on an average day of the span.
func perDay(entries []entry, s span) float64 { return shared(entries, s) * float64(s.civilDays()) }

// running is what a sum comes to on an average day of the span.
func running(entries []entry, s span) float64 { return summed(entries, s) / float64(s.civilDays()) }

// meanOf and lastOf make a total of buckets.
func meanOf(points []float64) (mean float64) {
	for _, v := range points {
		mean += v / float64(len(points))
	}
	return mean
}

func lastOf(points []float64) float64 { return points[len(points)-1] }

// medianEach counts for each of whom entries speak, and takes the middle.
func medianEach(entries []entry, _ span) float64 {
	counts := map[int64]int{}
	for _, f := range entries {
		counts[f.who]++
	}
	sorted := slices.Sorted(maps.Values(counts))
	n := len(sorted)
	if n == 0 {
		return math.NaN()
	}
	if n%2 == 1 {
		return float64(sorted[n/2])
	}
	return float64(sorted[n/2-1]+sorted[n/2]) / 2
}

// figures are the numbers of one group in one span.
type figures struct {
	key    string
	starts []time.Time
	points []float64
	total  float64
}

// ledger says how entries become numbers.
type ledger struct {
	grain   string
	measure measure
	// total makes the value of the whole span of its buckets that have one; nil
	// where it is made of all entries together.
	total func(points []float64) float64
	// adds: the values of groups may be added up, and where nothing happened is
	// a zero and no gap.
	adds bool
	// split: entries are told apart by their groups.
	split bool
	// usual is the grain of the buckets behind a total alone.
	usual string
}

// mostGroups is how many groups an answer shows one by one.
const mostGroups = 25

// figure computes the groups of two spans, those of the first in order: the
// largest first, and what is left over last.
func (l ledger) figure(entries []entry, now, then span) (current, earlier []figures) {
	byKey := l.one(entries, now)
	keys := slices.SortedFunc(maps.Keys(byKey), func(a, b string) int {
		return cmp.Or(cmp.Compare(byKey[b].total, byKey[a].total), cmp.Compare(a, b))
	})
	if l.split && len(keys) > mostGroups {
		shown := keys[:mostGroups]
		var kept []entry
		for _, f := range entries {
			switch {
			case slices.Contains(shown, f.group):
				kept = append(kept, f)
			case l.adds:
				f.group = insight.KeyOther
				kept = append(kept, f)
			}
		}
		keys = slices.Clone(shown)
		if l.adds {
			keys = append(keys, insight.KeyOther)
		}
		entries, byKey = kept, l.one(kept, now)
	}
	before := l.one(entries, then)
	if l.adds {
		gone := slices.DeleteFunc(slices.Sorted(maps.Keys(before)), func(key string) bool { return slices.Contains(keys, key) })
		for _, key := range gone {
			if len(keys) < mostGroups {
				keys = append(keys, key)
			}
		}
	}
	for _, key := range keys {
		if f, ok := byKey[key]; ok {
			current = append(current, f)
		} else {
			current = append(current, l.of(nil, key, now))
		}
		if f, ok := before[key]; ok {
			earlier = append(earlier, f)
		} else if l.adds {
			earlier = append(earlier, l.of(nil, key, then))
		}
	}
	return current, earlier
}

// one computes every group of which the span holds an entry.
func (l ledger) one(entries []entry, s span) map[string]figures {
	groups := map[string][]entry{}
	for _, f := range entries {
		if s.holds(f.at) {
			groups[f.group] = append(groups[f.group], f)
		}
	}
	all := map[string]figures{}
	for key, in := range groups {
		all[key] = l.of(in, key, s)
	}
	return all
}

// of computes one group.
func (l ledger) of(entries []entry, key string, s span) figures {
	starts, parts := bucketsOf(s, cmp.Or(l.grain, l.usual))
	points := make([]float64, len(parts))
	var present []float64
	for i, part := range parts {
		var in []entry
		for _, f := range entries {
			if part.holds(f.at) {
				in = append(in, f)
			}
		}
		switch points[i] = math.NaN(); {
		case len(in) > 0:
			points[i] = l.measure(in, part)
		case l.adds:
			points[i] = 0
		}
		if !math.IsNaN(points[i]) {
			present = append(present, points[i])
		}
	}
	f := figures{key: key, starts: starts, points: points}
	switch {
	case l.total != nil:
		f.total = l.total(present)
	case len(entries) > 0:
		f.total = l.measure(entries, s)
	}
	if l.grain == "" {
		f.starts, f.points = nil, nil
	}
	return f
}
