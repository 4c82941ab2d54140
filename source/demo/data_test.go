package demo

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
)

func TestData_HoldsWhatIsPromised(t *testing.T) {
	db := rows(t)
	for query, least := range map[string]float64{
		"SELECT count(*) FROM events":                       150_000,
		"SELECT count(*) FROM accounts":                     5_000,
		"SELECT count(*) FROM users":                        8_000,
		"SELECT count(*) FROM visits":                       30_000,
		"SELECT count(*) FROM payments":                     4_000,
		"SELECT count(*) FROM tickets":                      2_000,
		"SELECT count(DISTINCT country) FROM accounts":      12,
		"SELECT count(DISTINCT plan) FROM accounts":         4,
		"SELECT count(DISTINCT platform) FROM events":       4,
		"SELECT count(DISTINCT channel) FROM accounts":      6,
		"SELECT count(DISTINCT industry) FROM accounts":     8,
		"SELECT count(DISTINCT e.at / 86400) FROM events e": 547,
		// The last day of last week, and today up to a minute ago.
		"SELECT count(*) FROM events WHERE at BETWEEN unixepoch('2026-11-22') AND unixepoch('2026-11-23')": 100,
		"SELECT max(at) FROM events": float64(now.Add(-15 * time.Minute).Unix()),
	} {
		if got := one(t, db, query); got < least {
			t.Errorf("%s: %v, promised %v", query, got, least)
		}
	}
	for _, table := range []string{"events", "visits", "payments", "tickets", "surveys"} {
		if late := one(t, db, "SELECT count(*) FROM "+table+" WHERE at >= ?", now.Unix()); late > 0 {
			t.Errorf("%v rows of %s have not happened yet", late, table)
		}
	}
	for _, column := range []string{
		"accounts.created_at", "accounts.confirmed_at", "accounts.closed_at", "users.created_at", "subscriptions.started_at",
		"subscriptions.ended_at", "tickets.first_response_at", "tickets.solved_at",
	} {
		table, name, _ := strings.Cut(column, ".")
		if late := one(t, db, "SELECT count(*) FROM "+table+" WHERE "+name+" >= ?", now.Unix()); late > 0 {
			t.Errorf("%v values of %s have not happened yet", late, column)
		}
	}
	info, err := os.Stat(filepath.Join(whole.dir, fileName))
	if err != nil || info.Size() > 60<<20 {
		t.Errorf("size %v, error %v", info.Size(), err)
	}
}

func TestData_FitsTogether(t *testing.T) {
	db := rows(t)
	for what, query := range map[string]string{
		"events without a user":       "SELECT count(*) FROM events e LEFT JOIN users u ON u.id = e.user_id WHERE u.id IS NULL OR u.account_id <> e.account_id",
		"events before the user":      "SELECT count(*) FROM events e JOIN users u ON u.id = e.user_id WHERE e.at < u.created_at - 86400",
		"users without an account":    "SELECT count(*) FROM users u LEFT JOIN accounts a ON a.id = u.account_id WHERE a.id IS NULL",
		"users before their account":  "SELECT count(*) FROM users u JOIN accounts a ON a.id = u.account_id WHERE u.created_at < a.created_at",
		"accounts referred by nobody": "SELECT count(*) FROM accounts a LEFT JOIN accounts b ON b.id = a.referred_by WHERE a.referred_by IS NOT NULL AND (b.id IS NULL OR b.created_at > a.created_at)",
		"two plans at once":           "SELECT count(*) FROM (SELECT account_id FROM subscriptions WHERE ended_at IS NULL GROUP BY 1 HAVING count(*) > 1)",
		"plans that are not paid":     "SELECT count(*) FROM accounts a LEFT JOIN subscriptions s ON s.account_id = a.id AND s.ended_at IS NULL WHERE a.plan <> coalesce(s.plan, 'Free')",
		"ends before beginnings":      "SELECT count(*) FROM subscriptions WHERE ended_at <= started_at",
		"solved before answered":      "SELECT count(*) FROM tickets WHERE solved_at < first_response_at OR first_response_at < at",
		"uploads without bytes":       "SELECT count(*) FROM events WHERE (name IN ('file_uploaded', 'file_downloaded')) <> (bytes IS NOT NULL)",
		"addresses used twice":        "SELECT count(*) - count(DISTINCT email) FROM users",
		"real addresses":              "SELECT count(*) FROM users WHERE email NOT LIKE '%@%.example' OR email GLOB '*[^a-z0-9.@-]*'",
		"names used twice by payers":  "SELECT count(*) - count(DISTINCT name) FROM accounts WHERE plan IN ('Team', 'Enterprise')",
	} {
		if got := one(t, db, query); got != 0 {
			t.Errorf("%s: %v", what, got)
		}
	}
}

func TestData_NamesUseManyScripts(t *testing.T) {
	db := rows(t)
	all := text(t, db, "SELECT group_concat(name, ' ') FROM (SELECT name FROM accounts UNION ALL SELECT name FROM users)")
	for name, table := range map[string]*unicode.RangeTable{
		"Latin": unicode.Latin, "Han": unicode.Han, "Hiragana": unicode.Hiragana, "Katakana": unicode.Katakana,
		"Arabic": unicode.Arabic, "Greek": unicode.Greek, "Devanagari": unicode.Devanagari, "Thai": unicode.Thai,
		"Hebrew": unicode.Hebrew, "Cyrillic": unicode.Cyrillic,
	} {
		if n := strings.Count(strings.Map(func(r rune) rune {
			if unicode.Is(table, r) {
				return 'x'
			}
			return -1
		}, all), "x"); n < 100 {
			t.Errorf("%d letters of %s", n, name)
		}
	}
	for _, want := range []string{"東京", "القاهرة", "Ελλάδα", "हिमालय", "กรุงเทพ", "ירושלים", "Nguyễn", "O'Neill"} {
		if !strings.Contains(all, want) {
			t.Errorf("nobody is called %s", want)
		}
	}
}

// story of the whole file, and how many of something there were on each day.
func daily(t *testing.T, query string) (story, func(day int) float64) {
	t.Helper()
	db := rows(t)
	c := calendar{zone(t)}
	counts := map[int]float64{}
	all, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close() //nolint:errcheck // Err says what went wrong
	for all.Next() {
		var at int64
		if err := all.Scan(&at); err != nil {
			t.Fatal(err)
		}
		counts[c.dayOf(time.Unix(at, 0))]++
	}
	if err := all.Err(); err != nil {
		t.Fatal(err)
	}
	return c.storyOf(c.origin(now)), func(day int) float64 { return counts[day] }
}

func sum(of func(int) float64, from, to int) (total float64) {
	for day := from; day < to; day++ {
		total += of(day)
	}
	return total
}

func TestData_WeeksHaveWeekends(t *testing.T) {
	_, uploads := daily(t, "SELECT at FROM events WHERE name = 'file_uploaded'")
	var week, weekend float64
	c := calendar{zone(t)}
	for day := c.origin(now) + 40; day < c.dayOf(now)-10; day++ {
		switch c.date(day).Weekday() {
		case time.Saturday, time.Sunday:
			weekend += uploads(day) / 2
		default:
			week += uploads(day) / 5
		}
	}
	if share := weekend / week; share < 0.2 || share > 0.5 {
		t.Errorf("a day of the weekend has %.2f of a working day", share)
	}
}

func TestData_LaunchBringsSignups(t *testing.T) {
	s, signups := daily(t, "SELECT created_at FROM accounts WHERE created_at > unixepoch('2025-05-01')")
	before, after := sum(signups, s.launch-28, s.launch), sum(signups, s.launch, s.launch+14)*2
	if after < 1.4*before {
		t.Errorf("%v sign-ups in four weeks before the launch, at the pace of %v after", before, after)
	}
	_, spaces := daily(t, "SELECT at FROM events WHERE name LIKE 'space%'")
	if early := sum(spaces, s.launch-400, s.launch); early != 0 {
		t.Errorf("%v Spaces before they came out", early)
	}
	if sum(spaces, s.launch+35, s.launch+49) < 1.5*sum(spaces, s.launch, s.launch+14) {
		t.Error("Spaces are not taken up over time")
	}
	if days := (calendar{zone(t)}).dayOf(now) - s.launch; days < 60 || days > 240 {
		t.Errorf("the launch is %d days ago", days)
	}
}

func TestData_OutageStopsUploads(t *testing.T) {
	s, uploads := daily(t, "SELECT at FROM events WHERE name = 'file_uploaded'")
	usual := (uploads(s.outage-7) + uploads(s.outage-14) + uploads(s.outage+7)) / 3
	if uploads(s.outage) > 0.45*usual {
		t.Errorf("%v uploads on the day of the outage, %v usually", uploads(s.outage), usual)
	}
	db := rows(t)
	during := one(t, db, "SELECT count(*) FROM events WHERE name = 'file_uploaded' AND at >= ? AND at < ?", s.outageFrom, s.outageTo)
	failed := one(t, db, "SELECT count(*) FROM events WHERE name = 'upload_failed' AND at >= ? AND at < ?", s.outageFrom, s.outageTo)
	if s.outageTo-s.outageFrom != 9*3600 || during > 0.06*usual || failed < 5*during {
		t.Errorf("%v uploads and %v failures in %d seconds of outage", during, failed, s.outageTo-s.outageFrom)
	}
	rate := one(t, db, "SELECT 1.0 * sum(errors) / sum(requests) FROM service_hours WHERE at >= ? AND at < ?", s.outageFrom, s.outageTo)
	calm := one(t, db, "SELECT 1.0 * sum(errors) / sum(requests) FROM service_hours WHERE at < ?", s.outageFrom-86400)
	if rate < 0.3 || calm > 0.01 {
		t.Errorf("error rate %v in the outage, %v before", rate, calm)
	}
	_, tickets := daily(t, "SELECT at FROM tickets")
	if tickets(s.outage) < 100 {
		t.Errorf("%v tickets on the day of the outage", tickets(s.outage))
	}
}

func TestData_TrackingGapAndSpam(t *testing.T) {
	s, ios := daily(t, "SELECT at FROM events WHERE platform = 'iOS'")
	if sum(ios, s.gapFrom, s.gapTo) != 0 || sum(ios, s.gapFrom-3, s.gapFrom) == 0 {
		t.Error("the gap of the iOS app is not where it should be")
	}
	_, signups := daily(t, "SELECT created_at FROM accounts")
	if signups(s.spam) < 4*signups(s.spam-7) {
		t.Errorf("%v sign-ups on the day of the script", signups(s.spam))
	}
}

func TestData_AcmeSkewsEveryAverage(t *testing.T) {
	db := rows(t)
	share := one(t, db, `SELECT 1.0 * sum(a.name = 'Acme') / count(*) FROM events e JOIN accounts a ON a.id = e.account_id
		WHERE e.name = 'file_uploaded' AND e.at > unixepoch('2026-08-01')`)
	if share < 0.2 || share > 0.4 {
		t.Errorf("Acme makes %.2f of the uploads", share)
	}
	stored := one(t, db, "SELECT 1.0 * sum(s.bytes) FILTER (WHERE a.name = 'Acme') / sum(s.bytes) FROM storage_now s JOIN accounts a ON a.id = s.account_id")
	if stored < 0.2 || stored > 0.45 {
		t.Errorf("Acme holds %.2f of the storage", stored)
	}
}

func TestData_PeopleWorkByTheirOwnClocks(t *testing.T) {
	db := rows(t)
	noon := func(country string) float64 {
		var hours [24]float64
		for h := range hours {
			hours[h] = one(t, db, `SELECT count(*) FROM events e JOIN accounts a ON a.id = e.account_id
				WHERE a.country = ? AND a.name <> 'Acme' AND e.at / 3600 % 24 = ?`, country, h)
		}
		var x, y float64
		for h, n := range hours {
			x, y = x+n*math.Cos(float64(h)*math.Pi/12), y+n*math.Sin(float64(h)*math.Pi/12)
		}
		return math.Mod(math.Atan2(y, x)*12/math.Pi+24, 24)
	}
	for country, want := range map[string]float64{"DE": 12, "US": 19, "JP": 4, "IN": 7.5} {
		if got := noon(country); math.Abs(math.Mod(got-want+36, 24)-12) > 2.5 {
			t.Errorf("the middle of the day in %s is %.1f UTC", country, got)
		}
	}
}

func TestData_BusinessGrows(t *testing.T) {
	_, signups := daily(t, "SELECT created_at FROM accounts WHERE name NOT LIKE 'free storage%'")
	c := calendar{zone(t)}
	first := c.origin(now)
	if early, late := sum(signups, first, first+90), sum(signups, c.dayOf(now)-90, c.dayOf(now)); late < 1.15*early {
		t.Errorf("%v sign-ups in the first 90 days, %v in the last", early, late)
	}
}

func TestCalendar_StoryHappensBeforeAFileIsNew(t *testing.T) {
	c := calendar{zone(t)}
	for day := c.dayOf(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)); day < 23500; day += 5 {
		origin := c.origin(c.date(day))
		s := c.storyOf(origin)
		all := []int{s.spam, s.launch, s.outage, s.gapFrom, s.gapTo}
		if !slices.IsSorted(all) || all[0] < origin+200 || s.gapTo > day-10 {
			t.Fatalf("on %s: %v days ago", c.date(day).Format(time.DateOnly), []int{day - s.spam, day - s.launch, day - s.outage, day - s.gapTo})
		}
		if c.date(s.launch).Weekday() != time.Tuesday || c.date(s.outage).Weekday() != time.Thursday {
			t.Fatal("wrong day of the week")
		}
		if months := day - origin; months < 545 || months > 581 {
			t.Fatalf("%d days of history", months)
		}
	}
}

func TestPeopleAndChannels_FitTogether(t *testing.T) {
	people := map[string]Person{}
	guests, externals := 0, 0
	for _, p := range People() {
		people[p.ID] = p
		if _, err := time.LoadLocation(p.Zone); err != nil {
			t.Error(err)
		}
		if p.Guest {
			guests++
		}
		if p.External {
			externals++
		}
	}
	if len(people) != len(People()) || guests == 0 || externals == 0 {
		t.Errorf("%d different people, %d guests, %d externals", len(people), guests, externals)
	}
	ids := map[string]bool{}
	for _, c := range Channels() {
		ids[c.ID] = true
		guest, external := false, false
		for _, m := range c.Members {
			p, ok := people[m]
			if !ok {
				t.Errorf("%s has %q, who does not exist", c.Name, m)
			}
			guest, external = guest || p.Guest, external || p.External
		}
		if guest != c.Guests || external != c.Shared {
			t.Errorf("%s: guests %v, shared %v, but its members say %v, %v", c.Name, c.Guests, c.Shared, guest, external)
		}
	}
	if len(ids) != len(Channels()) {
		t.Error("two channels have one id")
	}
}
