package match_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
	"insightbot/match"
)

// read is a reading in a form that is easy to write down.
type read struct {
	Period  string
	Grain   insight.Grain
	Over    bool
	Compare insight.Compare
	Chart   insight.Chart
	By      string
	Filters string
	Rest    string
}

func flat(r match.Reading) read {
	out := read{Grain: r.Grain, Over: r.OverTime, Compare: r.Compare, Chart: r.Chart, Rest: r.Rest}
	if r.Period != nil {
		out.Period = r.Period.Window.From.Format("060102") + "-" + r.Period.Window.To.Format("060102")
	}
	var by, filters []string
	for _, b := range r.Breakdowns {
		name := b.Name
		if name == "" {
			name = "?" + b.Words
		}
		if !b.Sure {
			name = "(" + name + ")"
		}
		by = append(by, name)
	}
	for _, f := range r.Filters {
		sign := "="
		if f.Op == insight.OpIsNot {
			sign = "!="
		}
		what := f.Field + sign + strings.Join(f.Values, ",")
		if f.Field == "" {
			what = sign + "?" + f.Words
		}
		if !f.Sure {
			what = "(" + what + ")"
		}
		filters = append(filters, what)
	}
	out.By, out.Filters = strings.Join(by, " "), strings.Join(filters, " ")
	return out
}

func TestRead_Questions(t *testing.T) {
	const prev, year = insight.ComparePrevious, insight.CompareYear
	c := at("2026-11-24 10:30", time.UTC)
	for _, tt := range []struct {
		question string
		want     read
	}{
		{"How many people signed up last week by country vs the week before?", read{Period: "261116-261123", Compare: prev, By: "country", Rest: "How many people signed up"}},
		{"sign-ups in Germany last month as a table", read{Period: "261001-261101", Chart: insight.ChartTable, Filters: "country=DE", Rest: "sign-ups"}},
		{"daily active users over the last 30 days", read{Period: "261025-261124", Grain: insight.GrainDay, Rest: "active users"}},
		{"monthly active users", read{Grain: insight.GrainMonth, Rest: "active users"}},
		{"signups by week", read{Grain: insight.GrainWeek, Rest: "signups"}},
		{"signups per month for the last year", read{Period: "250101-260101", Grain: insight.GrainMonth, Rest: "signups"}},
		{"signups on a daily basis", read{Grain: insight.GrainDay, Rest: "signups"}},
		{"signups a day", read{Grain: insight.GrainDay, Rest: "signups"}},
		{"signups/day", read{Grain: insight.GrainDay, Rest: "signups"}},
		{"signups day by day in october", read{Period: "261001-261101", Grain: insight.GrainDay, Rest: "signups"}},
		{"how have signups developed over time", read{Over: true, Rest: "how have signups developed"}},
		{"trend of signups since January", read{Period: "260101-261125", Over: true, Rest: "signups"}},
		// Breakdowns.
		{"revenue by invoice", read{By: "(?invoice)", Rest: "revenue by invoice"}},
		{"revenue by browser last month", read{Period: "261001-261101", By: "?browser", Rest: "revenue by browser"}},
		{"revenue per user", read{By: "(?user)", Rest: "revenue per user"}},
		{"signups for each platform in June 2025", read{Period: "250601-250701", By: "platform", Rest: "signups"}},
		{"revenue split by country and plan", read{By: "country plan", Rest: "revenue"}},
		{"revenue broken down by tier", read{By: "plan", Rest: "revenue"}},
		{"revenue across countries", read{By: "country", Rest: "revenue"}},
		{"plan breakdown of revenue", read{By: "plan", Rest: "revenue"}},
		{"top 10 countries by signups", read{By: "country (?signups)", Rest: "by signups"}},
		{"which country had the most signups this year", read{Period: "260101-270101", By: "(country)", Rest: "had the most signups"}},
		{"signups by country by month", read{Grain: insight.GrainMonth, By: "country", Rest: "signups"}},
		{"signups by day of the week", read{By: "?day of the week", Rest: "signups by day of the week"}},
		{"orders closed by agents last week", read{Period: "261116-261123", By: "(?agents)", Rest: "orders closed by agents"}},
		{"improve it by 20 percent", read{Rest: "improve it by 20 percent"}},
		// Filters.
		{"enterprise revenue", read{Filters: "plan=Enterprise", Rest: "revenue"}},
		{"German sign-ups", read{Filters: "country=DE", Rest: "sign-ups"}},
		{"free trial starts last week", read{Period: "261116-261123", Filters: "(plan=Free)", Rest: "free trial starts"}},
		{"revenue excluding Acme last quarter", read{Period: "260701-261001", Filters: "account!=Acme", Rest: "revenue"}},
		{"revenue excluding initech", read{Filters: "!=?initech", Rest: "revenue excluding initech"}},
		{"revenue without Globex", read{Filters: "account!=Globex", Rest: "revenue"}},
		{"signups except Germany and France", read{Filters: "country!=DE,FR", Rest: "signups"}},
		{"signups not in Germany", read{Filters: "country!=DE", Rest: "signups"}},
		{"signups excluding iOS and Germany", read{Filters: "platform!=ios country!=DE", Rest: "signups"}},
		{"signups in France or Belgium", read{Filters: "country=FR (=?Belgium)", Rest: "signups or Belgium"}},
		{"signups from the US", read{Filters: "country=US", Rest: "signups"}},
		{"signups in India and in NO", read{Filters: "country=IN,NO", Rest: "signups"}},
		{"only Germany and France", read{Filters: "country=DE,FR"}},
		{"signups on ios and Android per week", read{Grain: insight.GrainWeek, Filters: "platform=ios,android", Rest: "signups"}},
		{"revenue for the enterprise plan", read{Filters: "plan=Enterprise", Rest: "revenue"}},
		{"revenue for account Acme Corp", read{Filters: "account=Acme Corp", Rest: "revenue"}},
		{"signups where country is not Germany", read{Filters: "country!=DE", Rest: "signups"}},
		{"revenue in Wakanda", read{Filters: "(=?Wakanda)", Rest: "revenue in Wakanda"}},
		{"tell us who is in and says no", read{Rest: "tell us who is in and says no"}},
		// Comparisons.
		{"week over week signups", read{Period: "261116-261123", Compare: prev, Rest: "signups"}},
		{"signups yoy", read{Compare: year, Rest: "signups"}},
		{"signups year-on-year", read{Compare: year, Rest: "signups"}},
		{"this month vs. last month", read{Period: "261101-261201", Compare: prev}},
		{"May vs June", read{Period: "260601-260701", Compare: prev}},
		{"compare june and july", read{Period: "260701-260801", Compare: prev}},
		{"revenue in June compared to June last year", read{Period: "260601-260701", Compare: year, Rest: "revenue"}},
		{"is revenue higher than last month", read{Period: "261101-261201", Compare: prev, Rest: "is revenue higher"}},
		{"revenue this week vs last year", read{Period: "261123-261130", Compare: year, Rest: "revenue"}},
		{"how did signups change last week", read{Period: "261116-261123", Compare: prev, Rest: "how did signups"}},
		{"password changes last week", read{Period: "261116-261123", Rest: "password changes"}},
		{"signups vs the same period last year", read{Compare: year, Rest: "signups"}},
		{"churn ytd vs last ytd", read{Period: "260101-261125", Compare: year, Rest: "churn"}},
		{"signups the past 7 days versus the 7 days before that", read{Period: "261117-261124", Compare: prev, Rest: "signups"}},
		{"last 30 days vs previous 30 days", read{Period: "261025-261124", Compare: prev}},
		{"signups today compared with the same day last week", read{Period: "261124-261125", Compare: prev, Rest: "signups"}},
		{"is churn up from last month", read{Period: "261101-261201", Compare: prev, Rest: "is churn"}},
		{"signups mom", read{Period: "261001-261101", Compare: prev, Rest: "signups"}},
		// Charts.
		{"pie chart of revenue by plan", read{Chart: insight.ChartPie, By: "plan", Rest: "revenue"}},
		{"just the number of signups yesterday", read{Period: "261123-261124", Chart: insight.ChartNumber, Rest: "signups"}},
		{"show me revenue as a bar chart by month", read{Grain: insight.GrainMonth, Chart: insight.ChartBar, Rest: "show me revenue"}},
		{"signups in a line graph", read{Chart: insight.ChartLine, Rest: "signups"}},
		{"number of signups", read{Rest: "number of signups"}},
		// Words that are only sometimes about time.
		{"may I see the signups", read{Rest: "may I see the signups"}},
		{"how many users may churn", read{Rest: "how many users may churn"}},
		{"signups in may", read{Period: "260501-260601", Rest: "signups"}},
		{"march signups", read{Period: "260301-260401", Rest: "signups"}},
		{"second visit rate", read{Rest: "second visit rate"}},
		{"7 day retention", read{Rest: "7 day retention"}},
		{"week 1 retention", read{Rest: "week 1 retention"}},
		{"top 2000 customers", read{Rest: "top 2000 customers"}},
		{"orders over 2000", read{Rest: "orders over 2000"}},
		{"2024 revenue", read{Period: "240101-250101", Rest: "revenue"}},
		{"how many users signed up in the us", read{Filters: "country=US", Rest: "how many users signed up"}},
		{"signups in march were up by 5", read{Period: "260301-260401", Rest: "signups were up by 5"}},
		{"", read{}},
		{"???", read{Rest: "???"}},
	} {
		r := match.Read(tt.question, vocabulary(), c)
		if diff := cmp.Diff(tt.want, flat(r)); diff != "" {
			t.Errorf("Read(%q) (-want +got):\n%s", tt.question, diff)
		}
		checkReading(t, tt.question, r)
	}
}

// TestRead_Everything puts many parts into one question, in any order, and
// expects all of them to be found and the subject to be left.
func TestRead_Everything(t *testing.T) {
	c := at("2026-11-24 10:30", time.UTC)
	periods := []string{"last week", "in June 2025", "since March", "between 3 and 17 May", "over the past 90 days", "in Q3 2025", "from Jan to March"}
	grains := []string{"per day", "weekly", "by month"}
	breakdowns := []string{"by country", "for each plan", "broken down by platform"}
	filters := []string{"in Germany", "excluding Acme", "for the Enterprise plan"}
	compares := []string{"vs the previous period", "compared to the same period last year"}
	for i := range 200 {
		parts := []string{
			periods[i%len(periods)], grains[i%len(grains)], breakdowns[i/3%len(breakdowns)], filters[i/2%len(filters)], compares[i/5%len(compares)],
		}
		for j := range parts {
			k := (i*7 + j*3) % len(parts)
			parts[j], parts[k] = parts[k], parts[j]
		}
		question := "paid invoices " + strings.Join(parts, " ")
		r := match.Read(question, vocabulary(), c)
		checkReading(t, question, r)
		if r.Rest != "paid invoices" || r.Period == nil || len(r.Others) > 0 || r.Grain == "" || len(r.Breakdowns) != 1 || len(r.Filters) != 1 || r.Compare == "" {
			t.Errorf("Read(%q) = %+v", question, flat(r))
		}
	}
}

func TestRead_CutsLongQuestions(t *testing.T) {
	q := strings.Repeat("é", 4000) + " last week"
	r := match.Read(q, nil, at("2026-11-24 10:30", time.UTC))
	if len(r.Text) != 4096 || r.Period != nil {
		t.Errorf("%d bytes were read, period %v", len(r.Text), r.Period)
	}
	checkReading(t, q, r)
}

func TestRead_IsQuickForHugeQuestions(t *testing.T) {
	c := at("2026-11-24 10:30", time.UTC)
	for _, s := range []string{"first week of ", "1/", "1-", "by a and ", "12 May to ", "early since ", "\xff", "3d", "except Acme, ", "'"} {
		q := strings.Repeat(s, 4096/len(s))
		start := time.Now()
		match.Read(q, vocabulary(), c)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%q, repeated, took %v", s, took)
		}
	}
}

func TestRead_NeedsNoClock(t *testing.T) {
	r := match.Read("signups last week", nil, match.Clock{})
	if r.Period == nil || r.Period.Window.Zone() != time.UTC {
		t.Errorf("Period = %+v, want one in UTC", r.Period)
	}
}

func TestNewVocabulary_AmbiguousValues(t *testing.T) {
	ins := catalogue()
	web := insight.Dimension{Name: "channel", Label: "Channel", Filter: true, Values: []insight.Value{{Key: "Web"}, {Key: "Store"}}}
	ins[1].Accepts.Dimensions = append(ins[1].Accepts.Dimensions, web)
	v := match.NewVocabulary(ins)
	c := at("2026-11-24 10:30", time.UTC)
	for question, want := range map[string]string{
		"visits on web":             "platform=web",
		"visits by the channel web": "channel=Web",
		"visits on platform Web":    "platform=web",
	} {
		if got := flat(match.Read(question, v, c)).Filters; got != want {
			t.Errorf("Read(%q): filters %s, want %s", question, got, want)
		}
	}
	// Whatever was read, an insight finds the value among its own.
	q, misfits := match.Fit(match.Read("active users on web", v, c), ins[1], c)
	if len(misfits) > 0 || len(q.Filters) != 1 || q.Filters[0].Field != "channel" || q.Filters[0].Values[0] != "Web" {
		t.Errorf("Fit: filters %v, misfits %v", q.Filters, misfits)
	}
}

func TestNewVocabulary_ManyNames(t *testing.T) {
	ins := catalogue()
	d := insight.Dimension{Name: "customer", Label: "Customer", Filter: true, Values: []insight.Value{{Key: "Target"}, {Key: "Initrode"}, {Key: "42"}}}
	for i := range 5000 {
		d.Values = append(d.Values, insight.Value{Key: fmt.Sprintf("Customer %d Ltd", i)})
	}
	for i := range ins {
		ins[i].Accepts.Dimensions = append(ins[i].Accepts.Dimensions, d)
	}
	v := match.NewVocabulary(ins)
	c := at("2026-11-24 10:30", time.UTC)
	for question, want := range map[string]string{
		"initrode visits":                               "customer=Initrode",
		"visits against our target":                     "",
		"visits from target":                            "customer=Target",
		"visits of customer 4711 ltd":                   "customer=Customer 4711 Ltd",
		"visits without Customer 7 Ltd":                 "customer!=Customer 7 Ltd",
		"the 42 busiest hours":                          "",
		"visits from Target and Initrode":               "customer=Target,Initrode",
		"visits from Target and Customer 5 ltd by plan": "customer=Target,Customer 5 Ltd",
	} {
		if got := flat(match.Read(question, v, c)).Filters; got != want {
			t.Errorf("Read(%q): filters %q, want %q", question, got, want)
		}
	}
}

func TestTokens(t *testing.T) {
	for text, want := range map[string]string{
		"Sign-ups, last week's":   "sign ups last week s",
		"signUps iOS 30d MRR":     "sign ups i os 30d mrr",
		"Ｆｕｌｌ ﬁ ÜBER café":        "full fi über café",
		"":                        "",
		"a\xffb":                  "a b",
		"naïve cafe\u0301 १२ 東京都": "naïve café १२ 東京都",
	} {
		var got []string
		for _, tok := range match.Tokens(text) {
			got = append(got, tok.Text)
			if tok.From >= tok.To || tok.To > len(text) {
				t.Errorf("Tokens(%q): %+v", text, tok)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("Tokens(%q) = %q, want %q", text, got, want)
		}
	}
}

func ExampleRead() {
	clock := match.Clock{Now: time.Date(2026, 11, 24, 10, 30, 0, 0, time.UTC), Zone: time.UTC, WeekStart: time.Monday}
	r := match.Read("how many people signed up last week by country in Germany vs the week before", vocabulary(), clock)
	fmt.Println(r.Rest)
	fmt.Println(r.Period.Window.From.Format(time.DateOnly), r.Period.Window.To.Format(time.DateOnly), r.Period.Kind)
	fmt.Println(r.Breakdowns[0].Name, r.Filters[0].Values, r.Compare)
	// Output:
	// how many people signed up
	// 2026-11-16 2026-11-23 calendar
	// country [DE] previous
}

func ExampleFit() {
	clock := match.Clock{Now: time.Date(2026, 11, 24, 10, 30, 0, 0, time.UTC)}
	signups := catalogue()[0]
	q, misfits := match.Fit(match.Read("sign-ups by browser last month", vocabulary(), clock), signups, clock)
	fmt.Println(q.Window.From.Format(time.DateOnly), q.Window.To.Format(time.DateOnly), q.Grain)
	fmt.Println(misfits[0].Why)
	// Output:
	// 2026-10-01 2026-11-01 day
	// “Sign-ups” cannot be broken down by “browser”; it can by country, plan or platform.
}
