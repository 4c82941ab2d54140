package demo

import (
	"cmp"
	"database/sql"
	"maps"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"insightbot/insight"
)

// The tests of this file compute what insights say once more, in plain Go from
// the rows, and expect the same.

type rawEvent struct {
	at, user, account, bytes int64
	name, platform           string
}

type rawAccount struct {
	id                          int64
	name, country, plan, source string
	created, confirmed          int64
}

type rawUser struct{ id, account, created int64 }

type rawSubscription struct {
	account, cents, started, ended int64
	plan, by                       string
}

var raw struct {
	once          sync.Once
	events        []rawEvent
	accounts      map[int64]rawAccount
	users         map[int64]rawUser
	subscriptions []rawSubscription
}

// scan reads all rows of a query.
func scan[T any](t *testing.T, db *sql.DB, query string, fields func(*T) []any) []T {
	t.Helper()
	found, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close() //nolint:errcheck // Err says what went wrong
	var all []T
	for found.Next() {
		var v T
		if err := found.Scan(fields(&v)...); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func load(t *testing.T) {
	t.Helper()
	db := rows(t)
	raw.once.Do(func() {
		raw.events = scan(t, db, "SELECT at, user_id, account_id, coalesce(bytes, 0), name, platform FROM events ORDER BY id",
			func(e *rawEvent) []any { return []any{&e.at, &e.user, &e.account, &e.bytes, &e.name, &e.platform} })
		raw.accounts, raw.users = map[int64]rawAccount{}, map[int64]rawUser{}
		for _, a := range scan(t, db, "SELECT id, name, country, plan, channel, created_at, coalesce(confirmed_at, 0) FROM accounts",
			func(a *rawAccount) []any {
				return []any{&a.id, &a.name, &a.country, &a.plan, &a.source, &a.created, &a.confirmed}
			}) {
			raw.accounts[a.id] = a
		}
		for _, u := range scan(t, db, "SELECT id, account_id, created_at FROM users",
			func(u *rawUser) []any { return []any{&u.id, &u.account, &u.created} }) {
			raw.users[u.id] = u
		}
		raw.subscriptions = scan(t, db, "SELECT account_id, monthly_cents, started_at, coalesce(ended_at, 1 << 60), plan, coalesce(ended_by, '') FROM subscriptions",
			func(s *rawSubscription) []any {
				return []any{&s.account, &s.cents, &s.started, &s.ended, &s.plan, &s.by}
			})
	})
}

// ask runs one insight.
func ask(t *testing.T, key string, q insight.Query) insight.Result {
	t.Helper()
	in, ok := saved(t)[key]
	if !ok {
		t.Fatalf("no insight %s", key)
	}
	q.Now = now
	r, err := open(t).Run(t.Context(), in, q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// series compares a series with what was computed for its buckets.
func series(t *testing.T, what string, s insight.Series, want map[time.Time]float64, buckets int) {
	t.Helper()
	if len(s.Points) != buckets {
		t.Errorf("%s: %d buckets, not %d", what, len(s.Points), buckets)
	}
	nonzero := 0
	at := map[int64]float64{} // a zone loaded twice is not the same zone
	for when, v := range want {
		at[when.Unix()] = v
	}
	for _, p := range s.Points {
		near(t, what+" on "+p.At.Format(time.DateTime), p.Value, at[p.At.Unix()])
		if p.Value != 0 {
			nonzero++
		}
	}
	if nonzero == 0 {
		t.Errorf("%s: nothing but zeros", what)
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
		t.Errorf("%s: %v, computed %v", what, got, want)
	}
}

// tally counts instants by bucket.
type tally struct {
	grain  insight.Grain
	zone   *time.Location
	window insight.Window
	counts map[time.Time]float64
	people map[time.Time]map[int64]bool
}

func newTally(t *testing.T, g insight.Grain, w insight.Window) *tally {
	return &tally{grain: g, zone: zone(t), window: w, counts: map[time.Time]float64{}, people: map[time.Time]map[int64]bool{}}
}

func (c *tally) add(at int64, n float64, who int64) {
	when := time.Unix(at, 0).In(c.zone)
	if !c.window.Contains(when) {
		return
	}
	b := c.grain.Floor(when, time.Monday)
	c.counts[b] += n
	if c.people[b] == nil {
		c.people[b] = map[int64]bool{}
	}
	c.people[b][who] = true
}

func (c *tally) total() (sum float64) {
	for _, n := range c.counts {
		sum += n
	}
	return sum
}

func (c *tally) distinct() map[time.Time]float64 {
	sizes := map[time.Time]float64{}
	for b, who := range c.people {
		sizes[b] = float64(len(who))
	}
	return sizes
}

func TestRecompute_Signups(t *testing.T) {
	load(t)
	// October has the change of the clocks, so one day of 25 hours.
	this, before := days(t, time.October, 1, time.November, 1), days(t, time.September, 1, time.October, 1)
	r := ask(t, "signups", insight.Query{Window: this, Grain: insight.GrainDay, Compare: insight.ComparePrevious, Previous: before})
	now, then := newTally(t, insight.GrainDay, this), newTally(t, insight.GrainDay, before)
	for _, a := range raw.accounts {
		now.add(a.created, 1, a.id)
		then.add(a.created, 1, a.id)
	}
	series(t, "sign-ups", r.Series[0], now.counts, 31)
	near(t, "sign-ups of October", r.Series[0].Total, now.total())
	i := slices.IndexFunc(r.Series, func(s insight.Series) bool { return s.Previous })
	series(t, "sign-ups before", r.Series[i], then.counts, 30)
	near(t, "sign-ups of September", r.Series[i].Total, then.total())

	r = ask(t, "signups-by-channel", insight.Query{Window: this, Grain: insight.GrainWeek, Breakdowns: []string{"channel"}})
	by := map[string]*tally{}
	for _, a := range raw.accounts {
		if by[a.source] == nil {
			by[a.source] = newTally(t, insight.GrainWeek, this)
		}
		by[a.source].add(a.created, 1, a.id)
	}
	if len(r.Series) != 6 {
		t.Errorf("%d channels", len(r.Series))
	}
	for _, s := range r.Series {
		series(t, s.Label, s, by[s.Key].counts, 5)
		near(t, s.Label, s.Total, by[s.Key].total())
	}
}

func TestRecompute_ActiveUsers(t *testing.T) {
	load(t)
	w := days(t, time.October, 5, time.November, 2)
	for key, g := range map[string]insight.Grain{"daily-active-users": insight.GrainDay, "weekly-active-users": insight.GrainWeek} {
		c := newTally(t, g, w)
		for _, e := range raw.events {
			c.add(e.at, 1, e.user)
		}
		s := ask(t, key, insight.Query{Window: w, Grain: g}).Series[0]
		series(t, key, s, c.distinct(), map[insight.Grain]int{insight.GrainDay: 28, insight.GrainWeek: 4}[g])
		var sum float64
		for _, n := range c.distinct() {
			sum += n
		}
		near(t, key+" on average", s.Total, sum/float64(len(c.people)))
	}
	month := days(t, time.October, 1, time.November, 1)
	c := newTally(t, insight.GrainMonth, month)
	for _, e := range raw.events {
		if raw.accounts[e.account].country == "DE" && e.platform != "Web" {
			c.add(e.at, 1, e.user)
		}
	}
	s := ask(t, "monthly-active-users", insight.Query{Window: month, Grain: insight.GrainMonth, Filters: []insight.Filter{
		{Field: "country", Op: insight.OpIs, Values: []string{"DE"}}, {Field: "platform", Op: insight.OpIsNot, Values: []string{"Web"}},
	}}).Series[0]
	series(t, "Germans without a browser", s, c.distinct(), 1)
}

func TestRecompute_Uploads(t *testing.T) {
	load(t)
	w := days(t, time.October, 5, time.November, 2)
	plans, volume := map[string]*tally{}, newTally(t, insight.GrainWeek, w)
	perAccount := map[time.Time]map[int64]int{}
	failed := map[bool]float64{}
	for _, e := range raw.events {
		if when := time.Unix(e.at, 0).In(w.Zone()); w.Contains(when) && (e.name == "file_uploaded" || e.name == "upload_failed") {
			failed[e.name == "upload_failed"]++
		}
		if e.name != "file_uploaded" {
			continue
		}
		p := raw.accounts[e.account].plan
		if plans[p] == nil {
			plans[p] = newTally(t, insight.GrainDay, w)
		}
		plans[p].add(e.at, 1, e.user)
		volume.add(e.at, float64(e.bytes), e.user)
		if when := time.Unix(e.at, 0).In(w.Zone()); w.Contains(when) {
			b := insight.GrainWeek.Floor(when, time.Monday)
			if perAccount[b] == nil {
				perAccount[b] = map[int64]int{}
			}
			perAccount[b][e.account]++
		}
	}
	r := ask(t, "uploads", insight.Query{Window: w, Grain: insight.GrainDay, Breakdowns: []string{"plan"}})
	if len(r.Series) != 4 {
		t.Errorf("%d plans", len(r.Series))
	}
	for _, s := range r.Series {
		series(t, s.Label, s, plans[s.Key].counts, 28)
		near(t, s.Label, s.Total, plans[s.Key].total())
	}
	s := ask(t, "upload-volume", insight.Query{Window: w, Grain: insight.GrainWeek}).Series[0]
	series(t, "bytes", s, volume.counts, 4)
	medians := map[time.Time]float64{}
	for b, accounts := range perAccount {
		var counts []float64
		for _, n := range accounts {
			counts = append(counts, float64(n))
		}
		medians[b] = median(counts)
	}
	s = ask(t, "median-uploads", insight.Query{Window: w, Grain: insight.GrainWeek}).Series[0]
	series(t, "median", s, medians, 4)
	s = ask(t, "failed-uploads", insight.Query{Window: w}).Series[0]
	near(t, "failed uploads", s.Total, failed[true]/(failed[true]+failed[false]))
}

func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

func TestRecompute_Money(t *testing.T) {
	load(t)
	db := rows(t)
	w := days(t, time.August, 1, time.November, 1)
	type payment struct {
		at, cents int64
		kind      string
	}
	net, back := newTally(t, insight.GrainMonth, w), newTally(t, insight.GrainMonth, w)
	for _, p := range scan(t, db, "SELECT at, amount_cents, kind FROM payments", func(p *payment) []any { return []any{&p.at, &p.cents, &p.kind} }) {
		net.add(p.at, float64(p.cents)/100, 0)
		if p.kind == "refund" {
			back.add(p.at, -float64(p.cents)/100, 0)
		}
	}
	s := ask(t, "revenue", insight.Query{Window: w, Grain: insight.GrainMonth}).Series[0]
	series(t, "revenue", s, net.counts, 3)
	near(t, "revenue of three months", s.Total, net.total())
	s = ask(t, "refunds", insight.Query{Window: w, Grain: insight.GrainMonth}).Series[0]
	series(t, "refunds", s, back.counts, 3)

	worth, churn := map[time.Time]float64{}, map[time.Time]float64{}
	var last float64
	for m := w.From; m.Before(w.To); m = insight.GrainMonth.Next(m) {
		var cents, payers, lost, n float64
		for d := m; d.Before(insight.GrainMonth.Next(m)); d = insight.GrainDay.Next(d) {
			n++
			for _, s := range raw.subscriptions {
				if s.started >= d.Unix() || s.ended < d.Unix() {
					continue
				}
				cents += float64(s.cents)
				payers++
				if s.by == "churn" && s.ended < insight.GrainDay.Next(d).Unix() {
					lost++
				}
			}
		}
		worth[m], churn[m] = cents/100/n, lost/(payers/n)
		last = worth[m]
	}
	s = ask(t, "mrr", insight.Query{Window: w, Grain: insight.GrainMonth}).Series[0]
	series(t, "MRR", s, worth, 3)
	near(t, "MRR in the end", s.Total, last)
	series(t, "churn", ask(t, "churn-rate", insight.Query{Window: w, Grain: insight.GrainMonth}).Series[0], churn, 3)
}

func TestRecompute_OnboardingFunnel(t *testing.T) {
	load(t)
	db := rows(t)
	w := days(t, time.August, 1, time.September, 1)
	type visit struct{ at, account int64 }
	firsts := map[string]map[int64][]int64{}
	for _, e := range raw.events {
		if firsts[e.name] == nil {
			firsts[e.name] = map[int64][]int64{}
		}
		firsts[e.name][e.account] = append(firsts[e.name][e.account], e.at)
	}
	for _, s := range raw.subscriptions {
		if firsts["paid"] == nil {
			firsts["paid"] = map[int64][]int64{}
		}
		firsts["paid"][s.account] = append(firsts["paid"][s.account], s.started)
	}
	want := make([]float64, 6)
	for _, v := range scan(t, db, "SELECT at, coalesce(account_id, 0) FROM visits", func(v *visit) []any { return []any{&v.at, &v.account} }) {
		if !w.Contains(time.Unix(v.at, 0)) {
			continue
		}
		want[0]++
		if v.account == 0 {
			continue
		}
		want[1]++
		reached := raw.accounts[v.account].created
		for i, name := range []string{"file_uploaded", "file_shared", "member_invited", "paid"} {
			next := int64(math.MaxInt64)
			for _, at := range firsts[name][v.account] {
				if at >= reached {
					next = min(next, at)
				}
			}
			if next == math.MaxInt64 {
				break
			}
			want[i+2]++
			reached = next
		}
	}
	r := ask(t, "onboarding-funnel", insight.Query{Window: w})
	for i, s := range r.Funnels[0].Steps {
		near(t, s.Name, s.Count, want[i])
	}
	if want[5] < 5 || len(r.Funnels[0].Steps) != 6 {
		t.Errorf("steps %v", want)
	}
}

func TestRecompute_Retention(t *testing.T) {
	load(t)
	w := days(t, time.September, 7, time.October, 5)
	type cell struct{ week, n int64 }
	seen := map[cell]map[int64]bool{}
	put := func(c cell, who int64) {
		if seen[c] == nil {
			seen[c] = map[int64]bool{}
		}
		seen[c][who] = true
	}
	week := func(u rawUser) (int64, bool) {
		when := time.Unix(u.created, 0).In(w.Zone())
		return insight.GrainWeek.Floor(when, time.Monday).Unix(), w.Contains(when)
	}
	for _, u := range raw.users {
		if b, in := week(u); in {
			put(cell{b, 0}, u.id)
		}
	}
	for _, e := range raw.events {
		u := raw.users[e.user]
		if b, in := week(u); in && e.at >= u.created+604800 {
			put(cell{b, (e.at - u.created) / 604800}, u.id)
		}
	}
	r := ask(t, "user-retention", insight.Query{Window: w, Grain: insight.GrainWeek})
	cells := 0
	for _, row := range r.Cohorts[0].Rows {
		for n, v := range row.Counts {
			near(t, row.Label, v, float64(len(seen[cell{row.At.Unix(), int64(n)}])))
			cells++
		}
	}
	if len(r.Cohorts[0].Rows) != 4 || cells < 30 {
		t.Errorf("%d rows, %d cells", len(r.Cohorts[0].Rows), cells)
	}
}

func TestRecompute_StickinessAndLifecycle(t *testing.T) {
	load(t)
	w := days(t, time.October, 5, time.November, 2)
	came := map[int64]map[time.Time]bool{}
	weeks := map[int64]map[time.Time]int64{} // user, week: the first event
	for _, e := range raw.events {
		when := time.Unix(e.at, 0).In(w.Zone())
		if when.Before(w.From.AddDate(0, 0, -80)) || !when.Before(w.To) {
			continue
		}
		if w.Contains(when) {
			if came[e.user] == nil {
				came[e.user] = map[time.Time]bool{}
			}
			came[e.user][insight.GrainDay.Floor(when, time.Monday)] = true
		}
		if weeks[e.user] == nil {
			weeks[e.user] = map[time.Time]int64{}
		}
		if b := insight.GrainWeek.Floor(when, time.Monday); weeks[e.user][b] == 0 {
			weeks[e.user][b] = e.at
		}
	}
	want := map[int]float64{}
	for _, on := range came {
		want[len(on)]++
	}
	for _, p := range ask(t, "stickiness", insight.Query{Window: w}).Series[0].Points {
		near(t, "stickiness", p.Value, want[p.X])
	}
	parts := map[insight.Status]map[time.Time]float64{}
	for _, s := range []insight.Status{insight.StatusNew, insight.StatusReturning, insight.StatusResurrecting, insight.StatusDormant} {
		parts[s] = map[time.Time]float64{}
	}
	for who, in := range weeks {
		for b := w.From; b.Before(w.To); b = insight.GrainWeek.Next(b) {
			before := in[b.AddDate(0, 0, -7)] > 0
			switch first := in[b]; {
			case first == 0 && before:
				parts[insight.StatusDormant][b]--
			case first == 0:
			case first < raw.users[who].created+86400:
				parts[insight.StatusNew][b]++
			case before:
				parts[insight.StatusReturning][b]++
			default:
				parts[insight.StatusResurrecting][b]++
			}
		}
	}
	for _, s := range ask(t, "user-lifecycle", insight.Query{Window: w, Grain: insight.GrainWeek}).Series {
		series(t, string(s.Status), s, parts[s.Status], 4)
	}
}

func TestRecompute_ServicesAndSupport(t *testing.T) {
	load(t)
	db := rows(t)
	s := calendar{zone(t)}.storyOf(calendar{zone(t)}.origin(now))
	day := calendar{zone(t)}.date(s.outage)
	w := insight.Window{From: day, To: insight.GrainDay.Next(day)}
	type hour struct {
		at, requests, errors, down int64
		service                    string
	}
	errors, requests, down := map[time.Time]float64{}, map[time.Time]float64{}, map[string]float64{}
	for _, h := range scan(t, db, "SELECT at, requests, errors, down_seconds, service FROM service_hours",
		func(h *hour) []any { return []any{&h.at, &h.requests, &h.errors, &h.down, &h.service} }) {
		if when := time.Unix(h.at, 0).In(w.Zone()); w.Contains(when) {
			errors[when] += float64(h.errors)
			requests[when] += float64(h.requests)
			down[h.service] += float64(h.down)
		}
	}
	rates := map[time.Time]float64{}
	for at := range errors {
		rates[at] = errors[at] / requests[at]
	}
	series(t, "errors", ask(t, "error-rate", insight.Query{Window: w, Grain: insight.GrainHour}).Series[0], rates, 24)
	for _, s := range ask(t, "uptime", insight.Query{Window: w, Breakdowns: []string{"service"}}).Series {
		near(t, "uptime of "+s.Key, s.Total, 1-down[s.Key]/86400)
	}

	w = days(t, time.September, 7, time.October, 5)
	type ticket struct{ at, answered int64 }
	waits := map[time.Time][]float64{}
	for _, x := range scan(t, db, "SELECT at, first_response_at FROM tickets WHERE first_response_at IS NOT NULL",
		func(x *ticket) []any { return []any{&x.at, &x.answered} }) {
		if when := time.Unix(x.at, 0).In(w.Zone()); w.Contains(when) {
			b := insight.GrainWeek.Floor(when, time.Monday)
			waits[b] = append(waits[b], float64(x.answered-x.at))
		}
	}
	medians := map[time.Time]float64{}
	for b, seconds := range waits {
		medians[b] = median(seconds)
	}
	series(t, "first response", ask(t, "first-response", insight.Query{Window: w, Grain: insight.GrainWeek}).Series[0], medians, 4)
}

func TestRecompute_SizesAndShares(t *testing.T) {
	load(t)
	w := days(t, time.October, 5, time.November, 2)
	bins, spaces, active := map[float64]float64{}, map[int64]bool{}, map[int64]bool{}
	for _, e := range raw.events {
		if !w.Contains(time.Unix(e.at, 0)) {
			continue
		}
		active[e.account] = true
		switch e.name {
		case "space_created", "space_opened":
			spaces[e.account] = true
		case "file_uploaded":
			bins[math.Exp2(min(max(math.Floor(math.Log2(float64(e.bytes))), 15), 30))]++
		}
	}
	got := map[float64]float64{}
	for _, b := range ask(t, "file-sizes", insight.Query{Window: w}).Bins[0].Bins {
		got[b.From] = b.Count
	}
	if !maps.Equal(got, bins) {
		t.Errorf("file sizes %v, computed %v", got, bins)
	}
	near(t, "spaces", ask(t, "spaces-adoption", insight.Query{Window: w}).Series[0].Total, float64(len(spaces))/float64(len(active)))

	month := days(t, time.September, 1, time.October, 1)
	uploaded := map[int64]int64{}
	for _, e := range raw.events {
		if e.name == "file_uploaded" {
			uploaded[e.account] = cmp.Or(uploaded[e.account], e.at)
		}
	}
	var signed, activated float64
	for _, a := range raw.accounts {
		if month.Contains(time.Unix(a.created, 0)) {
			signed++
			if at := uploaded[a.id]; at > 0 && at < a.created+604800 {
				activated++
			}
		}
	}
	near(t, "activation", ask(t, "activation-rate", insight.Query{Window: month}).Series[0].Total, activated/signed)
}
