package main

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/handlers"
	"insightbot/insight"
	"insightbot/match"
	"insightbot/render"
	"insightbot/source"
	"insightbot/source/demo"
)

// demoQuestion is something a colleague types, and what must become of it.
type demoQuestion struct {
	text string
	// ids are the insights that a reader of the titles would take it to mean,
	// without the name of the source. More than one is the exception.
	ids []string
	// period is a name in calendar.periods, "" where none is asked for.
	period  string
	grain   insight.Grain
	compare insight.Compare
	// by are the breakdowns, where "" stands for those of the insight.
	by string
	// where are the filters, as "field=value,value" or "field!=value".
	where []string
}

// answerable are questions that have a saved insight. They were written from
// nothing but the list of titles, charts and dimensions, the way people type in
// a chat, before any of them was tried.
var answerable = []demoQuestion{
	// Growth.
	{text: "how many new ppl signed up last wk", ids: []string{"signups"}, period: "last week"},
	{text: "new registrations in germany since march", ids: []string{"signups"}, period: "since March", where: []string{"country=DE"}},
	{text: "share of signups that came thru referrals, us only", ids: []string{"referral-share"}, where: []string{"country=US"}},
	{text: "how many signups confirmed their email last month", ids: []string{"signups-confirmed"}, period: "last month"},
	{text: "which channels bring us the signups this quarter", ids: []string{"signups-by-channel", "signups"}, period: "this quarter", by: "channel"},
	{text: "which countrys sign up the most", ids: []string{"top-countries"}, by: "country"},
	{text: "signup numbers of the old tracker", ids: []string{"signups-web-tracker"}},
	{text: "website traffic last month compared to the month before", ids: []string{"website-visits"}, period: "last month", compare: insight.ComparePrevious},
	{text: "visitors on the site per day in october", ids: []string{"website-visits"}, period: "October", grain: insight.GrainDay},
	{text: "how many visitors turn into signups, per channel", ids: []string{"visit-conversion"}, by: "channel"},
	{text: "what devices do our visitors use", ids: []string{"visits-by-device"}},
	{text: "best performing landing pages past 30 days", ids: []string{"landing-pages"}, period: "past 30 days"},
	{text: "how much $$ did we burn on ads in q3, by campaign", ids: []string{"ad-spend"}, period: "last quarter", by: "campaign"},
	{text: "what does one paid signup cost us, per channel", ids: []string{"cost-per-signup"}, by: "channel"},
	{text: "ad clicks per campaign", ids: []string{"campaign-clicks"}, by: "campaign"},
	{text: "onbording dropoff by platform", ids: []string{"onboarding-funnel"}, by: "platform"},
	{text: "1st week funnel, split by industry", ids: []string{"first-week-funnel"}, by: "industry"},
	{text: "activaton by channel last quarter", ids: []string{"activation-rate"}, period: "last quarter", by: "channel"},
	{text: "is activation getting better", ids: []string{"activation-rate"}},
	{text: "how long till a newbie uploads something", ids: []string{"time-to-first-upload"}},
	{text: "share of newcomers who invite teammates", ids: []string{"invite-rate"}},

	// Money.
	{text: "mrr?", ids: []string{"mrr"}},
	{text: "need the monthly recurring revenue for the board deck", ids: []string{"mrr"}},
	{text: "recurring rev enterprise q3 vs a year ago", ids: []string{"mrr"}, period: "last quarter", compare: insight.CompareYear, where: []string{"plan=Enterprise"}},
	{text: "churn rate q3, yoy", ids: []string{"churn-rate"}, period: "last quarter", compare: insight.CompareYear},
	{text: "churn % in the uk this year", ids: []string{"churn-rate"}, period: "this year", where: []string{"country=GB"}},
	{text: "number of acounts that churned in q3", ids: []string{"churned-accounts"}, period: "last quarter"},
	{text: "whats yesterdays revenue", ids: []string{"revenue"}, period: "yesterday"},
	{text: "rev last mth per region", ids: []string{"revenue"}, period: "last month", by: "region"},
	{text: "revenue in us and brazil, monthly, this year", ids: []string{"revenue"}, period: "this year", grain: insight.GrainMonth, where: []string{"country=BR,US"}},
	{text: "gross rev ytd", ids: []string{"gross-revenue"}, period: "this year"},
	{text: "how is revenue split over the plans, past 6 months", ids: []string{"revenue-by-plan", "revenue"}, period: "past 6 months", by: "plan"},
	{text: "sept refunds total", ids: []string{"refunds"}, period: "September"},
	{text: "payments that didnt go thru this week", ids: []string{"failed-payments"}, period: "this week"},
	{text: "arpa pro plan", ids: []string{"arpa"}, where: []string{"plan=Pro"}},
	{text: "avg revenue per customer by industry", ids: []string{"arpa"}, by: "industry"},
	{text: "how many paying customers do we have in the uk", ids: []string{"paying-accounts"}, where: []string{"country=GB"}},
	{text: "accts won minus accts lost, last month, net", ids: []string{"net-new-accounts"}, period: "last month"},
	{text: "plan changes last quarter (ups, downs, cancels)", ids: []string{"subscription-changes"}, period: "last quarter"},
	{text: "seats ppl pay for, enterprise", ids: []string{"seats"}, where: []string{"plan=Enterprise"}},
	{text: "current account count", ids: []string{"accounts-open"}},
	{text: "what share of customers is on which plan", ids: []string{"plan-mix"}, by: "plan"},
	{text: "customers that bring in the most money, top 10", ids: []string{"top-customers"}},

	// People and what they do.
	{text: "dau on ios last 30 days", ids: []string{"daily-active-users"}, period: "past 30 days", where: []string{"platform=iOS"}},
	{text: "MAU in france", ids: []string{"monthly-active-users"}, where: []string{"country=FR"}},
	{text: "wau by platform", ids: []string{"weekly-active-users"}, by: "platform"},
	{text: "how many companies were active each week since june", ids: []string{"weekly-active-accounts"}, period: "since June", grain: insight.GrainWeek},
	{text: "do users come back in the weeks after? cohorts pls", ids: []string{"user-retention"}},
	{text: "how many companys stick around month after month", ids: []string{"account-retention"}},
	{text: "stickyness pro plan", ids: []string{"stickiness"}, where: []string{"plan=Pro"}},
	{text: "new vs returning vs dormant users", ids: []string{"user-lifecycle"}},
	{text: "user numbers split by language", ids: []string{"users-by-language"}, by: "language"},
	{text: "which platform do active users prefer", ids: []string{"platform-mix"}, by: "platform"},
	{text: "what time of day are ppl working", ids: []string{"working-hours"}},
	{text: "most active users, names pls", ids: []string{"busiest-people"}},
	{text: "what do users typically do next", ids: []string{"paths"}},
	{text: "most common things users do in the app", ids: []string{"actions"}},
	{text: "nps by country last quarter", ids: []string{"nps"}, period: "last quarter", by: "country"},
	{text: "hows our net promotor score doing", ids: []string{"nps"}},

	// Files.
	{text: "which accounts hog the most storage", ids: []string{"largest-accounts"}},
	{text: "storage usage over the last 12 months", ids: []string{"storage-used"}, period: "past 12 months"},
	{text: "pie of storage per plan", ids: []string{"storage-by-plan"}, by: "plan"},
	{text: "whats the average storage an account takes up", ids: []string{"average-storage"}},
	{text: "how many files did people upload last week vs the week before", ids: []string{"uploads"}, period: "last week", compare: insight.ComparePrevious},
	{text: "GB uploaded per day last week", ids: []string{"upload-volume"}, period: "last week", grain: insight.GrainDay},
	{text: "uploads that failed on android", ids: []string{"failed-uploads"}, where: []string{"platform=Android"}},
	{text: "how big are the files", ids: []string{"file-sizes"}},
	{text: "downloads in japan yesterday", ids: []string{"downloads"}, period: "yesterday", where: []string{"country=JP"}},
	{text: "files people shared on the team plan last month", ids: []string{"shares"}, period: "last month", where: []string{"plan=Team"}},
	{text: "uploads per active acct on avg", ids: []string{"average-uploads"}},
	{text: "median number of uploads an account does", ids: []string{"median-uploads"}},
	{text: "how unevenly do accounts upload, boxplot pls", ids: []string{"uploads-spread"}},
	{text: "new spaces made in brazil past 90 days", ids: []string{"spaces-created"}, period: "past 90 days", where: []string{"country=BR"}},
	{text: "what part of our accounts uses spaces", ids: []string{"spaces-adoption"}},

	// Machines.
	{text: "whats our uptime this month", ids: []string{"uptime"}, period: "this month"},
	{text: "was anything down yesterday? how long", ids: []string{"downtime"}, period: "yesterday"},
	{text: "which service was down the longest last month", ids: []string{"downtime"}, period: "last month", by: "service"},
	{text: "p95 latencey this week", ids: []string{"latency"}, period: "this week"},
	{text: "are the slow requests getting any faster", ids: []string{"latency"}},
	{text: "what share of requests blow up, by service", ids: []string{"error-rate"}, by: "service"},
	{text: "number of requsts hitting us past 7 days, by service", ids: []string{"requests"}, period: "past 7 days", by: "service"},

	// Support.
	{text: "csat last month", ids: []string{"satisfaction"}, period: "last month"},
	{text: "how happy r ppl with our support, by language", ids: []string{"satisfaction"}, by: "language"},
	{text: "number of tickts last week", ids: []string{"tickets"}, period: "last week"},
	{text: "tickets by priority, weekly, since september", ids: []string{"tickets"}, period: "since September", grain: insight.GrainWeek, by: "priority"},
	{text: "what are the tickets about", ids: []string{"tickets-by-topic"}},
	{text: "list of tickets still open", ids: []string{"open-tickets"}},
	{text: "how quick do we reply to high prio tickets", ids: []string{"first-response"}, where: []string{"priority=High"}},
	{text: "spread of first reply times, box plot", ids: []string{"response-spread"}},
}

// unanswerable are questions that no saved insight answers. Those that come
// near one name, in differs, what is decisively different; any of the words
// will do.
var unanswerable = []struct {
	text    string
	differs []string
}{
	{text: "will it rain in berlin tmrw"},
	{text: "what does a backend dev earn here"},
	{text: "jira sprint velocity of the mobile squad"},
	{text: "who is on call this weekend"},
	{text: "how do i reset my password"},
	{text: "whats for lunch in the canteen today"},
	{text: "dropbox share price"},

	{text: "signups by browser", differs: []string{"browser"}},
	{text: "refunds per salesperson last month", differs: []string{"salesperson"}},
	{text: "churn reasons", differs: []string{"reason"}},
	{text: "nps of the android app by device model", differs: []string{"android", "device"}},
	{text: "average age of our users", differs: []string{"age"}},
	{text: "downloads by file type last week", differs: []string{"file type"}},
	{text: "csat per support agent", differs: []string{"agent"}},
	{text: "mrr forecast for next year", differs: []string{"forecast", "next year"}},
	{text: "uploads per employee of our own company", differs: []string{"employee"}},
}

// The bars that the bot has to clear.
const (
	leastAnswerable   = 66
	leastInsights     = 45
	mostWithTwoIDs    = 6
	leastUnanswerable = 15
	leastNear         = 8
	leastHitRate      = 0.95
	tooClose          = 0.7
)

// TestDemoQuestions asks the whole bot what people type.
func TestDemoQuestions(t *testing.T) {
	slowUnderRace(t)
	c := newColleague(t)
	t.Run("fair", func(t *testing.T) { testFair(t, c) })
	t.Run("answerable", func(t *testing.T) { testAnswerable(t, c) })
	t.Run("unanswerable", func(t *testing.T) { testUnanswerable(t, c) })
}

// testFair keeps the table honest: it is long and wide enough, and nothing in
// it only repeats what the catalogue was given to learn from.
func testFair(t *testing.T, c *colleague) {
	insights, twoIDs, near := map[string]bool{}, 0, 0
	texts := map[string]bool{}
	for _, q := range answerable {
		texts[q.text] = true
		if len(q.ids) > 1 {
			twoIDs++
		}
		for _, id := range q.ids {
			insights[id] = true
			c.insight(id)
		}
	}
	for _, q := range unanswerable {
		texts[q.text] = true
		if len(q.differs) > 0 {
			near++
		}
	}
	if n := len(answerable); n < leastAnswerable {
		t.Errorf("%d answerable questions, want at least %d", n, leastAnswerable)
	}
	if n := len(insights); n < leastInsights {
		t.Errorf("%d insights are asked for, want at least %d", n, leastInsights)
	}
	if twoIDs > mostWithTwoIDs {
		t.Errorf("%d questions accept several insights, want at most %d", twoIDs, mostWithTwoIDs)
	}
	if n := len(unanswerable); n < leastUnanswerable {
		t.Errorf("%d unanswerable questions, want at least %d", n, leastUnanswerable)
	}
	if near < leastNear {
		t.Errorf("%d near misses, want at least %d", near, leastNear)
	}
	if n := len(answerable) + len(unanswerable); len(texts) != n {
		t.Errorf("%d of %d questions are different, want all", len(texts), n)
	}
	examples := 0
	for text := range texts {
		for _, in := range c.saved {
			for _, example := range in.Examples {
				examples++
				if s := similarity(text, example); s >= tooClose {
					t.Errorf("%q is %.2f similar to the example %q of %s, want less than %.1f", text, s, example, in.ID, tooClose)
				}
			}
		}
	}
	if examples == 0 {
		t.Error("no insight has an example question to be far from")
	}
}

// testAnswerable asks what the catalogue can answer. A wrong query for the
// right insight is a miss.
func testAnswerable(t *testing.T, c *colleague) {
	hits := 0
	for _, q := range answerable {
		a := c.ask(q.text)
		if wrong := c.judge(q, a); wrong != "" {
			t.Logf("MISS %q, want %s: %s", q.text, strings.Join(q.ids, " or "), wrong)
			continue
		}
		hits++
	}
	rate := float64(hits) / float64(len(answerable))
	t.Logf("%d of %d questions hit: %.1f %%", hits, len(answerable), 100*rate)
	if rate < leastHitRate {
		t.Errorf("hit rate %.1f %%, want at least %.0f %%", 100*rate, 100*leastHitRate)
	}
}

// testUnanswerable asks what the catalogue cannot answer: a number that answers
// something else is worse than none.
func testUnanswerable(t *testing.T, c *colleague) {
	for _, q := range unanswerable {
		t.Run(q.text, func(t *testing.T) {
			a := c.ask(q.text)
			said := strings.TrimSpace(a.Message + " " + strings.Join(a.Misfits, " "))
			t.Logf("%s of %q: %s", a.Outcome, a.Insight, said)
			switch a.Outcome {
			case chat.OutcomeNone:
				return
			case chat.OutcomeChoose, chat.OutcomeRefused:
			default:
				t.Fatalf("%s by %s (confidence %.2f), want none, choose or refused", a.Outcome, a.Insight, a.Confidence)
			}
			if len(q.differs) == 0 {
				return
			}
			named := func(word string) bool { return strings.Contains(strings.ToLower(said), word) }
			if !slices.ContainsFunc(q.differs, named) {
				t.Errorf("%s of %s %v says %q, want it to name %q", a.Outcome, a.Insight, a.Alternatives, said, q.differs)
			}
		})
	}
}

// colleague asks the whole bot over the demo company's insights, at a fixed
// moment.
type colleague struct {
	t       *testing.T
	bot     *handlers.Bot
	saved   []insight.Insight
	clock   match.Clock
	periods map[string]insight.Window
}

func newColleague(t *testing.T) *colleague {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	clock := match.Clock{Now: questionsNow, Zone: zone, WeekStart: time.Monday}
	now, log := func() time.Time { return clock.Now }, slog.New(slog.DiscardHandler)
	src, err := demo.Open(t.Context(), demo.Config{Dir: t.TempDir(), Now: now, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	})
	catalogue, err := source.New(source.Config{Sources: []insight.Source{src}, Log: log, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if err := catalogue.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, problem := range catalogue.Snapshot().Problems {
		t.Fatalf("source %s: %v", name, problem)
	}
	saved, _ := catalogue.Insights()
	return &colleague{
		t: t, saved: saved, clock: clock, periods: periodsAt(clock.Now.In(zone)),
		bot: handlers.New(handlers.Config{
			Catalogue: catalogue, Painter: render.NewPainter(render.PainterOptions{}), Asks: forgetful{}, Rules: forgetful{}, Audit: forgetful{},
			Person: func(_, _, user string) string { return user },
			Log:    log, Now: now, Zone: zone, WeekStart: time.Monday,
		}),
	}
}

// ask asks and returns what scripts would read of the answer.
func (c *colleague) ask(question string) handlers.AnswerJSON {
	c.t.Helper()
	const ref = "TEST"
	a := c.bot.Ask(c.t.Context(), &chat.Request{
		Ref: ref, Call: chat.Call{Command: "ask", Args: chat.Args{"q": question}},
		Place: chat.Place{Platform: "terminal", Channel: "terminal", Kind: chat.PlaceDirect},
		User:  chat.User{ID: "mia", Guest: chat.No, External: chat.No}, At: c.clock.Now,
	})
	if a.Question != question {
		c.t.Fatalf("asked %q, but the bot read %q", question, a.Question)
	}
	return a.JSON(ref, c.clock.Now)
}

// insight finds an insight by its name in the table.
func (c *colleague) insight(name string) insight.Insight {
	c.t.Helper()
	i := slices.IndexFunc(c.saved, func(in insight.Insight) bool { return in.ID == demo.Name+"/"+name })
	if i < 0 {
		c.t.Fatalf("there is no insight %s", name)
	}
	return c.saved[i]
}

// judge says what is wrong with an answer, "" when it is right.
func (c *colleague) judge(q demoQuestion, a handlers.AnswerJSON) string {
	name := strings.TrimPrefix(a.Insight, demo.Name+"/")
	if a.Outcome != chat.OutcomeAnswer || !slices.Contains(q.ids, name) {
		return fmt.Sprintf("%s by %q (confidence %.2f) beside %v; %s %v", a.Outcome, a.Insight, a.Confidence, a.Alternatives, a.Message, a.Misfits)
	}
	in := c.insight(name)
	if diff := cmp.Diff(c.want(q, in), c.got(q, a)); diff != "" {
		return fmt.Sprintf("%s answered (confidence %.2f), but another query (-want +got):\n%s", a.Insight, a.Confidence, diff)
	}
	return ""
}

// ran is what a question must get right besides the insight.
type ran struct {
	Window     insight.Window
	Grain      insight.Grain
	Compare    insight.Compare
	Breakdowns string
	Filters    []string
	Misfits    []string
}

// want is the query that a question asks for; what it leaves open is the
// insight's default.
func (c *colleague) want(q demoQuestion, in insight.Insight) ran {
	c.t.Helper()
	open, _ := match.Fit(match.Reading{}, in, c.clock)
	w := ran{Window: open.Window, Grain: q.grain, Compare: q.compare, Breakdowns: q.by, Filters: q.where}
	if q.by == "" {
		w.Breakdowns = strings.Join(open.Breakdowns, ",")
	}
	if q.period != "" {
		window, ok := c.periods[q.period]
		if !ok {
			c.t.Fatalf("%q: there is no period %q", q.text, q.period)
		}
		w.Window = window
	}
	return w
}

// got is the query that was run. Its grain is left out where none was asked
// for, because then it follows from the period and the breakdown.
func (c *colleague) got(q demoQuestion, a handlers.AnswerJSON) ran {
	g := ran{Breakdowns: strings.Join(a.Query.Breakdown, ",")}
	if a.Query.From != nil && a.Query.To != nil {
		g.Window = insight.Window{From: *a.Query.From, To: *a.Query.To}
	}
	if a.Query.Grain != nil && q.grain != insight.GrainNone {
		g.Grain = *a.Query.Grain
	}
	if a.Query.Compare != nil {
		g.Compare = insight.Compare(*a.Query.Compare)
	}
	for _, f := range a.Query.Filters {
		equals := map[insight.Op]string{insight.OpIs: "=", insight.OpIsNot: "!="}[f.Op]
		g.Filters = append(g.Filters, f.Field+equals+strings.Join(slices.Sorted(slices.Values(f.Values)), ","))
	}
	slices.Sort(g.Filters)
	g.Misfits = append(g.Misfits, a.Misfits...)
	return g
}

// questionsNow is when the questions are asked: a Wednesday morning in Berlin.
var questionsNow = time.Date(2026, time.November, 25, 10, 0, 0, 0, time.UTC)

// periodsAt computes the periods that the questions name. What contains now
// ends with today.
func periodsAt(now time.Time) map[string]insight.Window {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	tomorrow := today.AddDate(0, 0, 1)
	week := today.AddDate(0, 0, -(int(today.Weekday())+6)%7)
	month := func(m time.Month) time.Time { return time.Date(now.Year(), m, 1, 0, 0, 0, 0, now.Location()) }
	quarter := month(now.Month() - (now.Month()-1)%3)
	return map[string]insight.Window{
		"yesterday":       {From: today.AddDate(0, 0, -1), To: today},
		"last week":       {From: week.AddDate(0, 0, -7), To: week},
		"this week":       {From: week, To: tomorrow},
		"last month":      {From: month(now.Month() - 1), To: month(now.Month())},
		"this month":      {From: month(now.Month()), To: tomorrow},
		"last quarter":    {From: quarter.AddDate(0, -3, 0), To: quarter},
		"this quarter":    {From: quarter, To: tomorrow},
		"this year":       {From: month(time.January), To: tomorrow},
		"past 7 days":     {From: today.AddDate(0, 0, -7), To: today},
		"past 30 days":    {From: today.AddDate(0, 0, -30), To: today},
		"past 90 days":    {From: today.AddDate(0, 0, -90), To: today},
		"past 6 months":   {From: today.AddDate(0, -6, 0), To: today},
		"past 12 months":  {From: today.AddDate(0, -12, 0), To: today},
		"September":       {From: month(time.September), To: month(time.October)},
		"October":         {From: month(time.October), To: month(time.November)},
		"since March":     {From: month(time.March), To: tomorrow},
		"since June":      {From: month(time.June), To: tomorrow},
		"since September": {From: month(time.September), To: tomorrow},
	}
}

// forgetful is an ask log that keeps nothing.
type forgetful struct{}

func (forgetful) RecordAsk(context.Context, chat.Ask) error { return nil }

func (forgetful) RecordFeedback(context.Context, string, string, string, string, time.Time) error {
	return nil
}

func (forgetful) SawPlace(context.Context, chat.Place, time.Time) error { return nil }

func (forgetful) RecordEvent(context.Context, access.Event) error { return nil }

// Rules lets whoever asks be the operator.
func (forgetful) Rules(context.Context, chat.User, chat.Place) (access.Rules, error) {
	return access.OperatorRules(), nil
}

// similarity is the cosine of two texts by the trigrams of their padded,
// lower-case words, each weighted by the root of its count: 1 is the same.
func similarity(a, b string) float64 {
	x, y := trigramsOf(a), trigramsOf(b)
	var dot, lengthX, lengthY float64
	for gram, n := range x {
		// The weights are roots, so a square of one is the count itself.
		lengthX += float64(n)
		dot += math.Sqrt(float64(n) * float64(y[gram]))
	}
	for _, n := range y {
		lengthY += float64(n)
	}
	if dot == 0 {
		return 0
	}
	return dot / math.Sqrt(lengthX*lengthY)
}

func trigramsOf(text string) map[string]int {
	grams := map[string]int{}
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, word := range words {
		runes := []rune(" " + word + " ")
		for i := range max(1, len(runes)-2) {
			grams[string(runes[i:min(i+3, len(runes))])]++
		}
	}
	return grams
}

func TestSimilarity(t *testing.T) {
	for _, tt := range []struct {
		a, b      string
		from, end float64
	}{
		{"churn rate last month", "Churn rate, last month?", 0.999, 1.001},
		{"last month churn rate", "churn rate last month", 0.999, 1.001},
		{"how many sign-ups last week", "how many signups last week", tooClose, 1},
		{"churn rate", "disk space", 0, 0.001},
		{"", "churn rate", 0, 0.001},
		{"aa aa aa aa b", "aa b", 0.960, 0.965},
	} {
		if got := similarity(tt.a, tt.b); got < tt.from || got > tt.end {
			t.Errorf("similarity(%q, %q) = %.3f, want %.3f to %.3f", tt.a, tt.b, got, tt.from, tt.end)
		}
	}
}
