package match_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
	"insightbot/match"
)

// fitted is what Fit gives, in a form that is easy to write down.
type fitted struct {
	From, To   string
	Grain      insight.Grain
	Compare    insight.Compare
	Totals     bool
	Breakdowns []string
	Filters    []string
	Misfits    []match.Role
}

func fit(t *testing.T, question string, in insight.Insight, c match.Clock) (fitted, []match.Misfit) {
	t.Helper()
	q, misfits := match.Fit(match.Read(question, vocabulary(), c), in, c)
	if !q.Now.Equal(c.Now) {
		t.Errorf("Fit(%q): Now = %v, want %v", question, q.Now, c.Now)
	}
	if (q.Compare == insight.CompareNone) != q.Previous.IsZero() {
		t.Errorf("Fit(%q): compare %q with %v", question, q.Compare, q.Previous)
	}
	out := fitted{Grain: q.Grain, Compare: q.Compare, Totals: q.CompareTotals, Breakdowns: q.Breakdowns}
	if !q.Window.IsZero() {
		out.From, out.To = q.Window.From.Format(time.DateOnly), q.Window.To.Format(time.DateOnly)
	}
	for _, f := range q.Filters {
		sign := "="
		if f.Op == insight.OpIsNot {
			sign = "!="
		}
		out.Filters = append(out.Filters, f.Field+sign+strings.Join(f.Values, ","))
	}
	for _, m := range misfits {
		out.Misfits = append(out.Misfits, m.Role)
		if !strings.HasSuffix(m.Why, ".") && !strings.HasSuffix(m.Why, "?") {
			t.Errorf("Fit(%q): %q is no sentence", question, m.Why)
		}
	}
	return out, misfits
}

func TestFit_Signups(t *testing.T) {
	const day, week, month = insight.GrainDay, insight.GrainWeek, insight.GrainMonth
	const prev, year = insight.ComparePrevious, insight.CompareYear
	by := func(names ...string) []string { return names }
	missing := func(roles ...match.Role) []match.Role { return roles }
	for _, tt := range []struct {
		question string
		want     fitted
	}{
		{"sign-ups", fitted{"2026-10-25", "2026-11-24", day, prev, true, nil, nil, nil}},
		{"sign-ups last week", fitted{"2026-11-16", "2026-11-23", day, prev, true, nil, nil, nil}},
		{"sign-ups yesterday", fitted{"2026-11-23", "2026-11-24", day, prev, true, nil, nil, nil}},
		{"sign-ups this month", fitted{"2026-11-01", "2026-11-25", day, prev, true, nil, nil, nil}},
		{"sign-ups last month vs the month before", fitted{"2026-10-01", "2026-11-01", day, prev, false, nil, nil, nil}},
		{"sign-ups last month year on year", fitted{"2026-10-01", "2026-11-01", day, year, false, nil, nil, nil}},
		{"sign-ups in 2025", fitted{"2025-01-01", "2026-01-01", month, prev, true, nil, nil, nil}},
		{"sign-ups in H1 2026 by week", fitted{"2026-01-01", "2026-07-01", week, prev, true, nil, nil, nil}},
		{"sign-ups by country last month", fitted{"2026-10-01", "2026-11-01", "", prev, false, by("country"), nil, nil}},
		{"sign-ups by country per week last month", fitted{"2026-10-01", "2026-11-01", week, prev, true, by("country"), nil, nil}},
		{"sign-ups by country over time", fitted{"2026-10-25", "2026-11-24", day, prev, true, by("country"), nil, nil}},
		{"just the number of sign-ups last week", fitted{"2026-11-16", "2026-11-23", "", prev, false, nil, nil, nil}},
		{"sign-ups in Germany and France last week", fitted{"2026-11-16", "2026-11-23", day, prev, true, nil, by("country=DE,FR"), nil}},
		{"sign-ups for the enterprise plan excluding iOS", fitted{"2026-10-25", "2026-11-24", day, prev, true, nil, by("plan=Enterprise", "platform!=ios"), nil}},
		{"sign-ups by tier", fitted{"2026-10-25", "2026-11-24", "", prev, false, by("plan"), nil, nil}},
		{"sign-ups by browser", fitted{"2026-10-25", "2026-11-24", day, prev, true, nil, nil, missing(match.RoleBreakdown)}},
		{"sign-ups per user", fitted{"2026-10-25", "2026-11-24", day, prev, true, nil, nil, nil}},
		{"sign-ups by country and plan", fitted{"2026-10-25", "2026-11-24", "", prev, false, by("country"), nil, missing(match.RoleBreakdown)}},
		{"sign-ups excluding Acme", fitted{"2026-10-25", "2026-11-24", day, prev, true, nil, nil, missing(match.RoleFilter)}},
		{"sign-ups in Wakanda last week", fitted{"2026-11-16", "2026-11-23", day, prev, true, nil, nil, missing(match.RoleFilter)}},
		{"sign-ups by hour yesterday", fitted{"2026-11-23", "2026-11-24", day, prev, true, nil, nil, missing(match.RoleGrain)}},
		{"daily sign-ups since 2024", fitted{"2024-01-01", "2026-11-25", week, "", false, nil, nil, missing(match.RoleGrain)}},
		{"sign-ups next week", fitted{"2026-11-30", "2026-12-07", day, prev, true, nil, nil, missing(match.RolePeriod)}},
		{"sign-ups in 2019", fitted{"2019-01-01", "2020-01-01", month, "", false, nil, nil, missing(match.RolePeriod)}},
		{"sign-ups since June 2023", fitted{"2024-01-01", "2026-11-25", month, "", false, nil, nil, missing(match.RolePeriod)}},
		{"sign-ups of all time", fitted{"2024-01-01", "2026-11-25", month, "", false, nil, nil, nil}},
		{"sign-ups in January 2024 vs the month before", fitted{"2024-01-01", "2024-02-01", day, "", false, nil, nil, missing(match.RoleCompare)}},
		{"sign-ups in June vs January", fitted{"2026-06-01", "2026-07-01", day, prev, false, nil, nil, nil}},
		{"sign-ups in June as a funnel", fitted{"2026-06-01", "2026-07-01", day, prev, true, nil, nil, missing(match.RoleChart)}},
		{"sign-ups on Monday and on 3 May", fitted{"2026-11-23", "2026-11-24", day, prev, true, nil, nil, missing(match.RolePeriod)}},
	} {
		got, misfits := fit(t, tt.question, catalogue()[0], at("2026-11-24 10:30", time.UTC))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Fit(%q) (-want +got):\n%s%v", tt.question, diff, misfits)
		}
	}
}

func TestFit_NamedComparison(t *testing.T) {
	c := at("2026-11-24 10:30", time.UTC)
	q, _ := match.Fit(match.Read("sign-ups in June vs January", vocabulary(), c), catalogue()[0], c)
	if got := q.Previous.From.Format(time.DateOnly) + " " + q.Previous.To.Format(time.DateOnly); got != "2026-01-01 2026-02-01" {
		t.Errorf("Previous = %s, want January", got)
	}
}

func TestFit_ReadsThePeriodInTheInsightsZone(t *testing.T) {
	in := catalogue()[0]
	in.Zone, in.WeekStart = zone(t, "Pacific/Auckland"), time.Sunday
	// It is already Wednesday in Auckland.
	c := at("2026-11-24 23:30", time.UTC)
	for question, want := range map[string]string{
		"sign-ups today":     "2026-11-25 00:00 +1300 2026-11-26 00:00 +1300",
		"sign-ups last week": "2026-11-15 00:00 +1300 2026-11-22 00:00 +1300",
		"sign-ups":           "2026-10-26 00:00 +1300 2026-11-25 00:00 +1300",
		"sign-ups in May":    "2026-05-01 00:00 +1200 2026-06-01 00:00 +1200",
	} {
		q, _ := match.Fit(match.Read(question, nil, c), in, c)
		const stamp = "2006-01-02 15:04 -0700"
		if got := q.Window.From.Format(stamp) + " " + q.Window.To.Format(stamp); got != want {
			t.Errorf("Fit(%q).Window = %s, want %s", question, got, want)
		}
	}
}

func TestFit_ReadsTheOtherPeriodInTheInsightsZoneToo(t *testing.T) {
	in := catalogue()[0]
	in.Zone = zone(t, "Pacific/Auckland")
	c := at("2026-11-24 23:30", time.UTC)
	for _, question := range []string{"sign-ups in June vs January", "compare January and June", "sign-ups today vs the same day last week"} {
		q, misfits := match.Fit(match.Read(question, vocabulary(), c), in, c)
		for _, edge := range []time.Time{q.Window.From, q.Window.To, q.Previous.From, q.Previous.To} {
			if edge.Location() != in.Zone || edge.Hour() != 0 {
				t.Errorf("Fit(%q): %v is no midnight in Auckland", question, edge)
			}
		}
		if len(misfits) > 0 || !q.Previous.From.Before(q.Window.From) {
			t.Errorf("Fit(%q): %v compared with %v, misfits %v", question, q.Window, q.Previous, misfits)
		}
	}
}

func TestFit_OtherInsights(t *testing.T) {
	ins := catalogue()
	for _, tt := range []struct {
		question string
		in       insight.Insight
		want     fitted
	}{
		// The title's own words are no wish.
		{"monthly active users last week", ins[1], fitted{From: "2026-11-16", To: "2026-11-23", Grain: insight.GrainDay}},
		{"monthly active users by week", ins[1], fitted{From: "2025-11-24", To: "2026-11-24", Grain: insight.GrainWeek}},
		{"monthly active users", ins[1], fitted{From: "2025-11-24", To: "2026-11-24", Grain: insight.GrainMonth}},
		{"active users vs last month", ins[1], fitted{From: "2026-11-01", To: "2026-11-25", Grain: insight.GrainDay, Misfits: []match.Role{match.RoleCompare}}},
		{"active users of Acme Corp by country", ins[1], fitted{From: "2025-11-24", To: "2026-11-24", Grain: insight.GrainMonth, Filters: []string{"account=Acme Corp"}, Misfits: []match.Role{match.RoleBreakdown}}},
		{"active users before 2020", ins[1], fitted{From: "2015-01-01", To: "2020-01-01", Grain: insight.GrainMonth, Misfits: []match.Role{match.RolePeriod}}},
		{"revenue by invoice", ins[2], fitted{}},
		{"revenue by invoice last week", ins[2], fitted{Misfits: []match.Role{match.RolePeriod}}},
		{"revenue by invoice per day vs last year", ins[2], fitted{Misfits: []match.Role{match.RoleGrain, match.RoleCompare}}},
		{"free trial starts", ins[3], fitted{}},
		{"pro trial starts", ins[3], fitted{Misfits: []match.Role{match.RoleFilter}}},
	} {
		got, misfits := fit(t, tt.question, tt.in, at("2026-11-24 10:30", time.UTC))
		slices.Sort(got.Misfits)
		slices.Sort(tt.want.Misfits)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Fit(%q, %q) (-want +got):\n%s%v", tt.question, tt.in.Title, diff, misfits)
		}
	}
}

func TestFit_SaysWhyInASentence(t *testing.T) {
	for question, want := range map[string]string{
		"sign-ups by browser":        "“Sign-ups” cannot be broken down by “browser”; it can by country, plan or platform.",
		"sign-ups only for Grmny":    "“Sign-ups” cannot be narrowed to “Grmny”; did you mean “Germany”?",
		"sign-ups excluding Initech": "“Sign-ups” cannot leave out “Initech”; it can be filtered by country, plan or platform.",
		"sign-ups in 2019":           "The data of “Sign-ups” begins on 1 January 2024, so there is none for “2019”.",
		"sign-ups next week":         "“next week” has not begun yet, so there is no data for it.",
		"hourly sign-ups":            "“Sign-ups” cannot be shown by hour, so it is shown by day.",
	} {
		_, misfits := fit(t, question, catalogue()[0], at("2026-11-24 10:30", time.UTC))
		if len(misfits) != 1 || misfits[0].Why != want {
			t.Errorf("Fit(%q): %+v, want %q", question, misfits, want)
		}
	}
}

func TestFit_SaysWhatElseItCanDo(t *testing.T) {
	in := catalogue()[0]
	in.Accepts.Compare, in.Accepts.MaxBreakdowns = []insight.Compare{insight.CompareYear}, 2
	for question, want := range map[string]string{
		"sign-ups last week vs the week before":                              "“Sign-ups” cannot be compared with the period before; it can with the same period a year ago.",
		"sign-ups by country, plan and platform":                             "“Sign-ups” can be broken down by 2 things at once, so “platform” was left out.",
		"sign-ups in France and not in Wakanda":                              "“Sign-ups” cannot leave out “Wakanda”; it can be filtered by country, plan or platform.",
		"sign-ups as a box and whisker chart":                                "“Sign-ups” cannot be drawn as a box chart; it is shown as usual.",
		"sign-ups in January 2024 vs the same period last year":              "The data of “Sign-ups” begins on 1 January 2024, so there is nothing earlier to compare with.",
		"sign-ups 1 Jan to 31 May 2024 year on year over the last 20 months": "Only one period can be shown at a time, so “the last 20 months” was left out.",
	} {
		_, misfits := fit(t, question, in, at("2026-11-24 10:30", time.UTC))
		if len(misfits) == 0 || misfits[0].Why != want {
			t.Errorf("Fit(%q): %+v, want %q", question, misfits, want)
		}
	}
}

func TestFit_TakesAPeriodWithoutWords(t *testing.T) {
	c := at("2026-11-24 10:30", time.UTC)
	day := func(d int) time.Time { return time.Date(2023, 5, d, 0, 0, 0, 0, time.UTC) }
	r := match.Reading{Period: &match.Period{Window: insight.Window{From: day(3), To: day(18)}, Kind: match.PeriodRange}}
	q, misfits := match.Fit(r, catalogue()[0], c)
	if q.Window != r.Period.Window {
		t.Errorf("Window = %v, want %v", q.Window, r.Period.Window)
	}
	want := "The data of “Sign-ups” begins on 1 January 2024, so there is none for 3 May 2023 to 17 May 2023."
	if len(misfits) != 1 || misfits[0].Why != want {
		t.Errorf("misfits %+v, want %q", misfits, want)
	}
}

func TestFit_HasSensibleGrains(t *testing.T) {
	in := catalogue()[0]
	in.Accepts.Grains, in.Accepts.Earliest = insight.Grains(), time.Time{}
	for phrase, want := range map[string]insight.Grain{
		"yesterday": insight.GrainHour, "today": insight.GrainHour, "last 24 hours": insight.GrainHour, "last week": insight.GrainDay,
		"last 90 days": insight.GrainDay, "last 6 months": insight.GrainWeek, "last year": insight.GrainMonth,
		"last 5 years": insight.GrainMonth, "last 15 years": insight.GrainQuarter, "last 60 years": insight.GrainYear,
	} {
		got, _ := fit(t, "sign-ups "+phrase, in, at("2026-11-24 10:30", time.UTC))
		if got.Grain != want {
			t.Errorf("%s is shown by %q, want %q", phrase, got.Grain, want)
		}
	}
}
