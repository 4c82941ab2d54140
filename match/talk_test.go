package match_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
	"insightbot/match"
)

// shop is a catalogue for questions in the words of a chat.
func shop() []insight.Insight {
	country := insight.Dimension{
		Name: "country", Label: "Country", Breakdown: true, Filter: true,
		Values: []insight.Value{
			{Key: "DE", Label: "Germany"},
			{Key: "US", Label: "United States", Words: []string{"US", "USA"}},
			{Key: "GB", Label: "United Kingdom", Words: []string{"UK"}},
			{Key: "BR", Label: "Brazil"},
		},
	}
	platform := insight.Dimension{
		Name: "platform", Label: "Platform", Breakdown: true, Filter: true,
		Values: []insight.Value{{Key: "Web", Words: []string{"browser"}}, {Key: "Android"}},
	}
	account := insight.Dimension{Name: "account", Label: "Account", Words: []string{"customer"}, Breakdown: true, Filter: true}
	accepts := insight.Accepts{
		Windows: true, Grains: []insight.Grain{insight.GrainDay, insight.GrainWeek, insight.GrainMonth},
		Dimensions: []insight.Dimension{country, platform, account}, MaxBreakdowns: 1,
	}
	euros := insight.Format{Kind: insight.FormatCurrency, Currency: "EUR"}
	list := []insight.Insight{
		{ID: "activation", Title: "Activation rate", Description: "Share of new accounts that upload a file.", Format: insight.Format{Kind: insight.FormatPercent}},
		{ID: "active-accounts", Title: "Weekly active accounts", Examples: []string{"active accounts"}, Format: insight.Format{Kind: insight.FormatNumber, Unit: "accounts"}},
		{ID: "arpa", Title: "Revenue per paying account", Format: euros},
		{ID: "dau", Title: "Daily active users", Examples: []string{"active users yesterday"}, Format: insight.Format{Kind: insight.FormatNumber, Unit: "users"}},
		{ID: "mau", Title: "Monthly active users", Format: insight.Format{Kind: insight.FormatNumber, Unit: "users"}},
		{ID: "refunds", Title: "Refunds", Format: euros},
		{ID: "revenue", Title: "Revenue", Examples: []string{"how much money did we make"}, Format: euros},
		{ID: "spread", Title: "Spread of uploads per account", Chart: insight.ChartBox, Format: insight.Format{Kind: insight.FormatNumber, Unit: "files"}},
		{ID: "tickets", Title: "Support tickets", Format: insight.Format{Kind: insight.FormatNumber, Unit: "tickets"}},
		{ID: "topics", Title: "Tickets by topic", Format: insight.Format{Kind: insight.FormatNumber, Unit: "tickets"}},
		{ID: "uploads", Title: "Uploads", Description: "Files uploaded.", Format: insight.Format{Kind: insight.FormatNumber, Unit: "files"}},
		{ID: "volume", Title: "Uploaded volume", Description: "Bytes of the files uploaded.", Format: insight.Format{Kind: insight.FormatBytes}},
		{ID: "wau", Title: "Weekly active users", Format: insight.Format{Kind: insight.FormatNumber, Unit: "users"}},
	}
	for i := range list {
		list[i].Zone, list[i].Accepts = time.UTC, accepts
	}
	return list
}

var noon = match.Clock{Now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC), Zone: time.UTC, WeekStart: time.Monday}

// TestDecide_HowPeopleTalk asks in words that no title has.
func TestDecide_HowPeopleTalk(t *testing.T) {
	ix, words := match.NewIndex(shop(), match.Options{}), match.NewVocabulary(shop())
	for _, tt := range []struct {
		question string
		outcome  match.Outcome
		first    string
	}{
		{"is activation getting better", match.Answer, "activation"},
		{"rev last month", match.Answer, "revenue"},
		{"how much revenue do we actually rack up", match.Answer, "revenue"},
		{"active accts", match.Answer, "active-accounts"},
		{"GB uploaded per day", match.Answer, "volume"},
		{"how unevenly do accounts upload, boxplot pls", match.Answer, "spread"},
		{"what are the tickets about", match.Answer, "topics"},
		{"weekly active users by month", match.Answer, "wau"},
		{"active users", match.Choose, "dau"},
		{"refund reasons", match.Choose, "refunds"},
		{"revenue forecast", match.Choose, "revenue"},
		{"revenue by browser", match.Choose, "revenue"},
		{"refunds per salesperson", match.Choose, "refunds"},
	} {
		d := match.Decide(ix.Rank(match.Read(tt.question, words, noon), 5))
		if d.Outcome != tt.outcome || len(d.Hits) == 0 || d.Hits[0].Insight.ID != tt.first {
			t.Errorf("%q: %s of %v (%s), want %s of %s", tt.question, d.Outcome, ids(d.Hits), d.Reason, tt.outcome, tt.first)
		}
	}
}

func ids(hits []match.Hit) []string {
	var list []string
	for _, h := range hits {
		list = append(list, h.Insight.ID)
	}
	return list
}

// TestRead_SmallWordsThatAreCountries reads "us" as a country only where it
// can be nothing else.
func TestRead_SmallWordsThatAreCountries(t *testing.T) {
	words := match.NewVocabulary(shop())
	for question, want := range map[string][]string{
		"revenue in us and brazil":          {"BR", "US"},
		"revenue in germany, us and uk":     {"DE", "GB", "US"},
		"refunds, us only":                  {"US"},
		"revenue in us last month":          {"US"},
		"which campaigns bring us revenue":  nil,
		"what does a refund cost us":        nil,
		"GB uploaded last week":             nil,
		"revenue GB":                        {"GB"},
		"uploads that hit us, per platform": nil,
	} {
		var got []string
		for _, f := range match.Read(question, words, noon).Filters {
			got = append(got, f.Values...)
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", question, diff)
		}
	}
}

// TestRead_WentThrough keeps "go through" apart from "through this week".
func TestRead_WentThrough(t *testing.T) {
	r := match.Read("payments that didn't go through this week", nil, noon)
	if r.Period == nil || r.Period.Words != "this week" {
		t.Errorf("read %+v", r.Period)
	}
}

// TestFit_PerSubject runs what a title divides by anyway without splitting by
// it as well.
func TestFit_PerSubject(t *testing.T) {
	in, words := shop()[2], match.NewVocabulary(shop())
	for question, want := range map[string][]string{
		"avg revenue per customer by country": {"country"},
		"revenue per acct":                    nil,
		"revenue per paying account, by customer": {
			"account",
		},
	} {
		q, misfits := match.Fit(match.Read(question, words, noon), in, noon)
		if diff := cmp.Diff(want, q.Breakdowns); diff != "" || len(misfits) > 0 {
			t.Errorf("%q, %v (-want +got):\n%s", question, misfits, diff)
		}
	}
}
