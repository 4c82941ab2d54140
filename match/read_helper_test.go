package match_test

import (
	"time"

	"insightbot/insight"
	"insightbot/match"
)

// catalogue is a small catalogue, made anew for each test.
func catalogue() []insight.Insight {
	country := insight.Dimension{
		Name: "country", Label: "Country", Words: []string{"nation", "market"}, Breakdown: true, Filter: true,
		Values: []insight.Value{
			{Key: "DE", Label: "Germany", Words: []string{"German", "Deutschland"}},
			{Key: "US", Label: "United States", Words: []string{"USA", "America"}},
			{Key: "FR", Label: "France", Words: []string{"French"}},
			{Key: "IN", Label: "India"},
			{Key: "NO", Label: "Norway"},
		},
	}
	plan := insight.Dimension{
		Name: "plan", Label: "Plan", Words: []string{"tier"}, Breakdown: true, Filter: true,
		Values: []insight.Value{{Key: "Free"}, {Key: "Pro"}, {Key: "Enterprise"}},
	}
	platform := insight.Dimension{
		Name: "platform", Label: "Platform", Breakdown: true, Filter: true,
		Values: []insight.Value{{Key: "ios", Label: "iOS"}, {Key: "android", Label: "Android"}, {Key: "web", Label: "Web"}},
	}
	account := insight.Dimension{
		Name: "account", Label: "Account", Filter: true,
		Values: []insight.Value{{Key: "Acme"}, {Key: "Acme Corp"}, {Key: "Globex"}},
	}
	days := []insight.Grain{insight.GrainDay, insight.GrainWeek, insight.GrainMonth}
	both := []insight.Compare{insight.ComparePrevious, insight.CompareYear}
	return []insight.Insight{
		{
			ID: "demo/signups", Title: "Sign-ups", Description: "New accounts.", Chart: insight.ChartLine, Zone: time.UTC, WeekStart: time.Monday,
			Accepts: insight.Accepts{
				Windows: true, Earliest: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), Grains: days, Compare: both,
				Dimensions: []insight.Dimension{country, plan, platform}, MaxBreakdowns: 1,
			},
			Default: insight.Defaults{Period: "last 30 days", Grain: insight.GrainDay},
		},
		{
			ID: "demo/mau", Title: "Monthly active users", Chart: insight.ChartLine, Zone: time.UTC, WeekStart: time.Monday,
			Accepts: insight.Accepts{Windows: true, Grains: days, Dimensions: []insight.Dimension{account}},
			Default: insight.Defaults{Period: "last 12 months", Grain: insight.GrainMonth},
		},
		{
			ID: "demo/invoices", Title: "Revenue by invoice", Chart: insight.ChartTable, Zone: time.UTC,
			Accepts: insight.Accepts{Dimensions: []insight.Dimension{account}},
		},
		{ID: "demo/trials", Title: "Free trial starts", Chart: insight.ChartNumber, Zone: time.UTC},
	}
}

func vocabulary() *match.Vocabulary { return match.NewVocabulary(catalogue()) }

// at makes a clock; now is "2006-01-02 15:04" in the zone.
func at(now string, zone *time.Location) match.Clock {
	t, err := time.ParseInLocation("2006-01-02 15:04", now, zone)
	if err != nil {
		panic(err)
	}
	return match.Clock{Now: t, Zone: zone, WeekStart: time.Monday}
}
