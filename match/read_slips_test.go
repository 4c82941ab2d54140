package match_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
	"insightbot/match"
)

// movements is an insight whose title holds the values of its dimension.
func movements() insight.Insight {
	in := catalogue()[0]
	in.ID, in.Title = "demo/movements", "Subscription upgrades and downgrades"
	in.Accepts.Dimensions = []insight.Dimension{{
		Name: "movement", Label: "Movement", Breakdown: true, Filter: true,
		Values: []insight.Value{{Key: "upgrade", Label: "Upgrade"}, {Key: "downgrade", Label: "Downgrade"}, {Key: "churn", Label: "Cancellation"}},
	}}
	return in
}

func TestRead_MisspeltValues(t *testing.T) {
	c := at("2026-11-24 10:30", time.UTC)
	v := match.NewVocabulary(append(catalogue(), movements()))
	for _, tt := range []struct {
		question string
		want     read
	}{
		{"visitors from germny last week", read{Period: "261116-261123", Filters: "country=DE", Rest: "visitors"}},
		{"signups in germny", read{Filters: "country=DE", Rest: "signups"}},
		{"signups in Gemrany", read{Filters: "country=DE", Rest: "signups"}},
		{"signups in untied sttes", read{Filters: "country=US", Rest: "signups"}},
		{"signups for the enterpise plan", read{Filters: "plan=Enterprise", Rest: "signups"}},
		{"signups on anrdoid", read{Filters: "platform=android", Rest: "signups"}},
		{"signups excluding germny and frnce", read{Filters: "country!=DE,FR", Rest: "signups"}},
		{"signups without frannce", read{Filters: "country!=FR", Rest: "signups"}},
		{"only germny", read{Filters: "country=DE"}},
		{"signups w/o germany", read{Filters: "country!=DE", Rest: "signups"}},
		{"signups w/out germany", read{Filters: "country!=DE", Rest: "signups"}},
		// Too far off to be taken, too near to be passed over.
		{"signups from gemrnay", read{Filters: "(=?gemrnay)", Rest: "signups from gemrnay"}},
		{"from gemrnay signups", read{Filters: "(=?gemrnay)", Rest: "from gemrnay signups"}},
		// Nobody is taken for another customer.
		{"revenue for globx", read{Filters: "(=?globx)", Rest: "revenue for globx"}},
		// A sentence begins with a capital letter.
		{"Visitors from Wakanda", read{Filters: "(=?Wakanda)", Rest: "Visitors from Wakanda"}},
		{"Visitors From Wakanda", read{Rest: "Visitors From Wakanda"}},
		// Words of their own.
		{"signups for groups", read{Rest: "signups for groups"}},
		{"germny signups", read{Rest: "germny signups"}},
		// Behind such words it is a filter, whatever the titles say.
		{"subscription changes without upgrades last quarter", read{Period: "260701-261001", Filters: "movement!=upgrade", Rest: "subscription changes"}},
		{"subscription changes excluding downgrades", read{Filters: "movement!=downgrade", Rest: "subscription changes"}},
		{"subscription changes except upgrade", read{Filters: "movement!=upgrade", Rest: "subscription changes"}},
		{"subscription changes, only upgrades", read{Filters: "movement=upgrade", Rest: "subscription changes"}},
		{"subscription upgrades", read{Filters: "", Rest: "subscription upgrades"}},
	} {
		if diff := cmp.Diff(tt.want, flat(match.Read(tt.question, v, c))); diff != "" {
			t.Errorf("Read(%q) (-want +got):\n%s", tt.question, diff)
		}
	}
}

func TestFit_LeavesOutWhatTheTitleSays(t *testing.T) {
	c := at("2026-11-24 10:30", time.UTC)
	in := movements()
	q, misfits := match.Fit(match.Read("subscription changes without upgrades", match.NewVocabulary([]insight.Insight{in}), c), in, c)
	want := []insight.Filter{{Field: "movement", Op: insight.OpIsNot, Values: []string{"upgrade"}, Words: "upgrades"}}
	if diff := cmp.Diff(want, q.Filters); diff != "" || len(misfits) > 0 {
		t.Errorf("filters (-want +got):\n%smisfits %v", diff, misfits)
	}
}

func TestRead_LongListsAreNotGuessed(t *testing.T) {
	in := catalogue()[0]
	campaign := insight.Dimension{Name: "campaign", Filter: true}
	for i := range 301 {
		campaign.Values = append(campaign.Values, insight.Value{Key: "Spring" + strings.Repeat("x", i)})
	}
	in.Accepts.Dimensions = []insight.Dimension{campaign}
	r := match.Read("signups from sprng", match.NewVocabulary([]insight.Insight{in}), at("2026-11-24 10:30", time.UTC))
	if len(r.Filters) > 0 {
		t.Errorf("filters %+v, want none", r.Filters)
	}
}

func TestRead_AYearAgo(t *testing.T) {
	const prev, year = insight.ComparePrevious, insight.CompareYear
	c := at("2026-11-24 10:30", time.UTC)
	for _, tt := range []struct {
		question string
		want     read
	}{
		{"compare with a year ago", read{Compare: year}},
		{"compared to a year ago", read{Compare: year}},
		{"vs a year ago", read{Compare: year}},
		{"vs one year ago", read{Compare: year}},
		{"vs 12 months ago", read{Compare: year}},
		{"vs last year", read{Compare: year}},
		{"compare with last year", read{Compare: year}},
		{"signups vs last year", read{Compare: year, Rest: "signups"}},
		{"is churn up from a year ago", read{Compare: year, Rest: "is churn"}},
		{"signups last week vs a year ago", read{Period: "261116-261123", Compare: year, Rest: "signups"}},
		{"signups in June compared to a year ago", read{Period: "260601-260701", Compare: year, Rest: "signups"}},
		{"signups vs last year in June", read{Period: "260601-260701", Compare: year, Rest: "signups"}},
		{"revenue last year vs the year before", read{Period: "250101-260101", Compare: prev, Rest: "revenue"}},
		{"this year vs last year", read{Period: "260101-270101", Compare: prev}},
		{"signups vs 2025", read{Period: "260101-270101", Compare: prev, Rest: "signups"}},
		{"signups a year ago", read{Period: "250101-260101", Rest: "signups"}},
	} {
		r := match.Read(tt.question, nil, c)
		if diff := cmp.Diff(tt.want, flat(r)); diff != "" || r.Against != nil {
			t.Errorf("Read(%q) (-want +got):\n%sagainst %v", tt.question, diff, r.Against)
		}
	}
}

func TestFit_SaysHowAPeriodWasRead(t *testing.T) {
	for question, want := range map[string]string{
		"sign-ups on feb 30":                 "There is no 30 February; 28 February is shown.",
		"sign-ups 31 april":                  "There is no 31 April; 30 April is shown.",
		"sign-ups on 29 feb 2026":            "There is no 29 February 2026; 28 February is shown.",
		"sign-ups from 25 feb to 30 feb":     "There is no 30 February; 28 February is shown.",
		"sign-ups from 1 to 31 april":        "There is no 31 April; 30 April is shown.",
		"sign-ups since feb 30":              "There is no 30 February; 28 February is shown.",
		"sign-ups on 3/4/2026":               "3/4/2026 is read as 4 March 2026.",
		"sign-ups since 3/4/26":              "3/4/26 is read as 4 March 2026.",
		"sign-ups on 3/4":                    "3/4 is read as 4 March 2026.",
		"sign-ups on 3/4/2026 to 5/4/2026":   "3/4/2026 is read as 4 March 2026. 5/4/2026 is read as 4 May 2026.",
		"sign-ups last night":                "Last night is read as the whole of yesterday.",
		"sign-ups on 5 may vs 31 april 2026": "There is no 31 April; 30 April is shown.",
		// Nothing to say.
		"sign-ups on 3/25/2026":     "",
		"sign-ups on 25/3/2026":     "",
		"sign-ups on 3/3/2026":      "",
		"sign-ups on 2026-03-04":    "",
		"sign-ups on 3 April 2026":  "",
		"sign-ups on 28 feb 2026":   "",
		"sign-ups on 29 feb 2024":   "",
		"sign-ups last night shift": "Last night is read as the whole of yesterday.",
		"sign-ups yesterday":        "",
	} {
		_, misfits := fit(t, question, catalogue()[0], at("2026-11-24 10:30", time.UTC))
		got := ""
		for _, m := range misfits {
			if m.Role == match.RolePeriod {
				got += m.Why
			}
		}
		if got != want || want == "" && len(misfits) > 0 {
			t.Errorf("Fit(%q): %v, want %q", question, misfits, want)
		}
	}
}

func TestFit_ThePresentIsNoMisfitOfAState(t *testing.T) {
	in := catalogue()[2]
	for question, want := range map[string]int{
		"revenue by invoice today":             0,
		"revenue by invoice now":               0,
		"revenue by invoice right now":         0,
		"revenue by invoice currently":         0,
		"revenue by invoice at the moment":     0,
		"revenue by invoice as of today":       0,
		"revenue by invoice as of now":         0,
		"what is the revenue by invoice today": 0,
		"revenue by invoice yesterday":         1,
		"revenue by invoice this month":        1,
		"revenue by invoice since yesterday":   1,
		"revenue by invoice in the past hour":  1,
	} {
		for _, zoneName := range []string{"UTC", "Pacific/Auckland"} {
			in.Zone = zone(t, zoneName)
			_, misfits := fit(t, question, in, at("2026-11-24 23:30", time.UTC))
			if len(misfits) != want {
				t.Errorf("Fit(%q) in %s: %v, want %d misfits", question, zoneName, misfits, want)
			}
		}
	}
}

func TestRead_MisspeltDimensions(t *testing.T) {
	c := at("2026-11-24 10:30", time.UTC)
	v := match.NewVocabulary(catalogue())
	for _, tt := range []struct{ question, name string }{
		{"signups by platfrm", "platform"},
		{"signups per contry last week", "country"},
		{"signups split by coutnry", "country"},
		{"signups by browser", ""},
		{"signups by county", ""}, // a word of its own
	} {
		r := match.Read(tt.question, v, c)
		got := ""
		if len(r.Breakdowns) == 1 {
			got = r.Breakdowns[0].Name
		}
		if got != tt.name {
			t.Errorf("%q is broken down by %q, want %q", tt.question, got, tt.name)
		}
	}
}
