package match

import (
	"testing"
	"time"

	"insightbot/insight"
)

var testNow = time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)

func values(names ...string) []insight.Value {
	list := make([]insight.Value, len(names))
	for i, n := range names {
		list[i] = insight.Value{Key: n}
	}
	return list
}

var (
	country = insight.Dimension{
		Name: "country", Label: "Country", Words: []string{"nation", "market"}, Breakdown: true, Filter: true,
		Values: []insight.Value{{Key: "DE", Label: "Germany", Words: []string{"German"}}, {Key: "US", Label: "United States"}},
	}
	plan     = insight.Dimension{Name: "plan", Label: "Plan", Words: []string{"tier"}, Breakdown: true, Filter: true, Values: values("Free", "Pro", "Enterprise")}
	platform = insight.Dimension{Name: "platform", Label: "Platform", Words: []string{"device"}, Breakdown: true, Filter: true, Values: values("web", "iOS", "Android")}
	channel  = insight.Dimension{Name: "channel", Label: "Channel", Words: []string{"source"}, Breakdown: true, Filter: true, Values: values("ads", "search", "referral")}
)

// saved builds an insight of the small catalogue.
func saved(key, title, description string, examples []string, dimensions ...insight.Dimension) insight.Insight {
	return insight.Insight{
		ID: "demo/" + key, Source: "demo", Title: title, Description: description, Examples: examples,
		Accepts: insight.Accepts{
			Windows: true, Grains: []insight.Grain{insight.GrainDay, insight.GrainWeek, insight.GrainMonth},
			Compare: []insight.Compare{insight.ComparePrevious}, Dimensions: dimensions, MaxBreakdowns: 1,
		},
	}
}

// catalogue is a small one of a company that shares files.
func catalogue() []insight.Insight {
	list := []insight.Insight{
		saved("signups", "Sign-ups", "New accounts, counted when the e-mail address is confirmed.", []string{"how many people signed up", "new accounts per week"}, country, plan, channel),
		saved("signups-old", "Sign-ups (old definition)", "New accounts before the address was confirmed.", nil, country),
		saved("activation", "Activation rate", "Share of new accounts that upload a file within seven days.", []string{"how many new accounts upload something in their first week"}, country, plan),
		saved("dau", "Daily active users", "People who opened or uploaded a file on a day.", nil, country, platform),
		saved("wau", "Weekly active users", "People who opened or uploaded a file in a week.", nil, country, platform),
		saved("mau", "Monthly active users", "People who opened or uploaded a file in a month.", []string{"MAU"}, country, platform),
		saved("uploads", "Files uploaded", "Every finished upload counts once.", []string{"number of uploads"}, country, plan, platform),
		saved("upload-size", "Average upload size", "Mean size of finished uploads.", nil, platform),
		saved("upload-failures", "Failed uploads", "Uploads that broke off or were refused.", []string{"upload errors"}, platform),
		saved("downloads", "Files downloaded", "Every finished download counts once.", nil, country, platform),
		saved("links", "Links shared", "Public links that were made.", []string{"how many share links do people create"}, plan),
		saved("storage", "Storage used", "Bytes stored at the end of the day.", []string{"how much disk space do customers use"}, plan, country),
		saved("storage-top", "Largest accounts by storage", "The twenty accounts that store the most.", nil),
		saved("mrr", "Monthly recurring revenue", "What active subscriptions pay each month.", []string{"MRR"}, plan, country),
		saved("revenue", "Revenue", "Payments less refunds.", []string{"how much money do we make"}, plan, country),
		saved("arpu", "Average revenue per account", "Revenue divided by paying accounts.", nil, plan),
		saved("churn", "Churned subscriptions", "Subscriptions that ended and were not renewed within 30 days.", []string{"how many customers cancelled"}, plan, country),
		saved("churn-rate", "Churn rate", "Ended subscriptions as a share of those active at the start.", nil, plan),
		saved("trial", "Trial to paid conversion", "Share of trials that become a paid subscription.", []string{"how many trials convert"}, country, channel),
		saved("upgrades", "Plan upgrades", "Accounts that moved to a dearer plan.", nil, plan),
		saved("seats", "Seats sold", "Seats in active subscriptions.", nil, plan),
		saved("retention", "Weekly retention", "Share of new users who come back week after week.", []string{"do people come back"}, platform),
		saved("lifecycle", "User lifecycle", "New, returning, resurrecting and dormant users.", nil),
		saved("stickiness", "Stickiness", "On how many days of a month people are active.", nil),
		saved("onboarding", "Onboarding funnel", "From sign-up over first upload to first share.", []string{"where do new users drop off"}, platform),
		saved("visits", "Website visits", "Sessions on the public website.", []string{"website traffic"}, country, channel, platform),
		saved("paths", "Paths to pricing", "How visitors reach the pricing page.", nil),
		saved("tickets", "Support tickets opened", "Tickets that customers opened.", []string{"how many complaints did we get"}, plan),
		saved("tickets-topic", "Support tickets by topic", "Tickets by what they are about.", nil),
		saved("first-response", "Median first response time", "From the ticket to the first answer of a person.", nil, plan),
		saved("csat", "Customer satisfaction", "Stars given when a ticket is solved.", nil),
		saved("uptime", "Uptime", "Share of time the service was up.", []string{"were we down"}),
		saved("errors", "Error rate", "Requests that failed on our side.", nil),
		saved("latency", "API response time (p95)", "95th percentile of request times.", []string{"how fast is the api"}),
		saved("ad-spend", "Ad spend", "Spending for advertising.", nil, channel),
		saved("cac", "Customer acquisition cost", "Ad spend for each new paying account.", nil, channel),
		saved("referrals", "Referred sign-ups", "Accounts that came by invitation.", nil, country),
		saved("countries", "Users by country", "Active users by country.", nil),
		saved("features", "Most used features", "Features by the number of people who use them.", nil, plan),
		saved("filetypes", "Files by type", "Stored files by type.", nil),
	}
	for i := range list {
		if list[i].ID == "demo/signups-old" {
			list[i].Replaced = insight.Replacement{By: "demo/signups", Why: "It counted unconfirmed addresses."}
		}
		if list[i].ID == "demo/signups" || list[i].ID == "demo/revenue" {
			list[i].Certified = insight.Certification{By: "Mia"}
			list[i].Asked = 40
		}
	}
	return list
}

// answerable are questions in people's own words, with the insight they mean.
var answerable = []struct{ q, want string }{
	{"sign-ups", "signups"},
	{"signups last week", "signups"},
	{"how many ppl signed up yesterday", "signups"},
	{"sginups by country", "signups"},
	{"singups per plan last month", "signups"},
	{"registrations in Germany", "signups"},
	{"how many new accounts did we get", "signups"},
	{"hey bot, can you show me the number of sign ups over time pls", "signups"},
	{"activaton rate by plan", "activation"},
	{"what share of accounts activate", "activation"},
	{"DAU", "dau"},
	{"daily active users by platform", "dau"},
	{"actve users daily", "dau"},
	{"weekly actives", "wau"},
	{"monthly active people by country", "mau"},
	{"mau in the US", "mau"},
	{"uploads", "uploads"},
	{"how many files were uploaded this month", "uploads"},
	{"uplods by device", "uploads"},
	{"documents uploaded per day", "uploads"},
	{"avg upload size", "upload-size"},
	{"mean size of uploads", "upload-size"},
	{"failed uplods", "upload-failures"},
	{"upload failures on iOS", "upload-failures"},
	{"downloads by country", "downloads"},
	{"downloadd files last week vs week before", "downloads"},
	{"shared links by plan", "links"},
	{"how many links do people share", "links"},
	{"storage", "storage"},
	{"disk space used by plan", "storage"},
	{"biggest accounts by storage", "storage-top"},
	{"mrr by plan", "mrr"},
	{"recurring revenue", "mrr"},
	{"revenue last quarter", "revenue"},
	{"revnue by country", "revenue"},
	{"how much money did we make in 2025", "revenue"},
	{"arpa", "arpu"},
	{"average revenue per account", "arpu"},
	{"churned subscriptions in Q3", "churn"},
	{"how many customers cancelled last month", "churn"},
	{"churn rate", "churn-rate"},
	{"rate of churn by plan", "churn-rate"},
	{"trial conversion", "trial"},
	{"how many trials turn into paid", "trial"},
	{"upgrades", "upgrades"},
	{"seats", "seats"},
	{"retention", "retention"},
	{"do users come back", "retention"},
	{"user lifecycle", "lifecycle"},
	{"stickyness", "stickiness"},
	{"where do people drop off in onboarding", "onboarding"},
	{"onbording funnel", "onboarding"},
	{"site visits by channel", "visits"},
	{"traffic on the website", "visits"},
	{"how do visitors get to pricing", "paths"},
	{"support tickets", "tickets"},
	{"tickets by topic", "tickets-topic"},
	{"first response time", "first-response"},
	{"customer satisfction", "csat"},
	{"uptime this year", "uptime"},
	{"error rate", "errors"},
	{"api latency", "latency"},
	{"what do we spend on ads", "ad-spend"},
	{"acquisition cost per customer", "cac"},
	{"referred signups", "referrals"},
	{"users by country", "countries"},
	{"top features", "features"},
	{"file types", "filetypes"},
}

// unanswerable are questions that nothing saved answers; those marked are
// near to something saved.
var unanswerable = []struct {
	q    string
	near bool
}{
	{"refunds last month", true},
	{"refund rate by plan", true},
	{"crash rate on Android", true},
	{"nps", false},
	{"net promoter score", false},
	{"sign-ups by browser", true},
	{"median upload size", true},
	{"number of errors on the billing page", true},
	{"average time to upgrade", true},
	{"hourly active users", true},
	{"deleted files", true},
	{"invoices overdue", false},
	{"employee headcount", false},
	{"what is the weather in Berlin", false},
	{"who won the match last night", false},
	{"how many coffees were drunk", false},
	{"email open rate", true},
	{"uploads larger than 5 GB", true},
	{"revenue by sales rep", true},
	{"churn by industry", true},
	{"minimum upload size", true},
	{"unsubscribed newsletter readers", false},
}

// reading reads a question as the product does.
func reading(q string) Reading {
	return Read(q, NewVocabulary(catalogue()), Clock{Now: testNow, Zone: time.UTC, WeekStart: time.Monday})
}

// TestDecide_Answerable asks the questions people really type: at least nineteen
// of twenty must put the right insight first, and most must be answered at
// once.
func TestDecide_Answerable(t *testing.T) {
	ix := NewIndex(catalogue(), Options{Now: testNow})
	first, answered := 0, 0
	for _, c := range answerable {
		hits := ix.Rank(reading(c.q), 4)
		d := Decide(hits)
		ok := len(hits) > 0 && hits[0].Insight.ID == "demo/"+c.want
		if ok {
			first++
		}
		if ok && d.Outcome == Answer {
			answered++
		}
		if !ok || d.Outcome == None {
			t.Logf("%q should find %s: %s, %s", c.q, c.want, d.Outcome, d.Reason)
			for _, h := range hits {
				t.Logf("    %.3f %.2f %s %v %v, %s", h.Score, h.Confidence, h.Insight.Title, h.Conflicts, h.Missing, h.Why)
			}
		}
		if d.Outcome == Answer && !ok {
			t.Errorf("%q is answered with %q", c.q, hits[0].Insight.Title)
		}
	}
	t.Logf("right first %d, answered at once %d, of %d", first, answered, len(answerable))
	if first*20 < len(answerable)*19 || answered*10 < len(answerable)*8 {
		t.Errorf("right first %d, answered at once %d, of %d", first, answered, len(answerable))
	}
}

// TestDecide_Unanswerable asks what nothing saved answers. It must never be
// answered; a choice must say what differs.
func TestDecide_Unanswerable(t *testing.T) {
	ix := NewIndex(catalogue(), Options{Now: testNow})
	for _, c := range unanswerable {
		d := Decide(ix.Rank(reading(c.q), 4))
		t.Logf("%-40q %-6s %.2f %s", c.q, d.Outcome, d.Confidence, d.Reason)
		switch {
		case d.Outcome == Answer:
			t.Errorf("%q is answered with %q", c.q, d.Hits[0].Insight.Title)
		case d.Outcome == Choose && !c.near:
			t.Errorf("%q, which is about something else, becomes a choice: %s", c.q, d.Reason)
		case d.Reason == "":
			t.Errorf("%q: no reason", c.q)
		case d.Outcome == Choose && d.Reason == several:
			t.Errorf("%q: the choice does not say what differs", c.q)
		}
	}
}
