package handlers

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
	"insightbot/insight"
	"insightbot/match"
)

func TestState_RoundTrips(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	clock := match.Clock{Now: now, Zone: berlin, WeekStart: time.Monday}
	in := signups(berlin)
	// The two passes of an hour that comes twice must stay apart.
	dst := insight.Window{From: time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC).In(berlin), To: time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC).In(berlin)}
	for _, r := range []match.Reading{
		{},
		{Text: "sign-ups", OverTime: true},
		{
			Text: "x", Period: &match.Period{Window: dst, Kind: match.PeriodCalendar, Unit: insight.GrainHour, Count: 1},
			Grain: insight.GrainWeek, Compare: insight.CompareYear, Chart: insight.ChartBar,
			Against:    &match.Period{Window: dst, Kind: match.PeriodRange},
			Breakdowns: []match.BreakdownWish{{Name: "country", Words: "country", Sure: true}, {Name: "plan", Words: "plan", Sure: true}},
			Filters: []match.FilterWish{
				{Field: "account", Op: insight.OpIsNot, Values: []string{"Smith, Sons; Co: 50%", "%2C"}, Sure: true, Words: "Smith, Sons; Co: 50%, %2C"},
				{Field: "country", Op: insight.OpIs, Values: []string{"DE", "東京"}, Sure: true, Words: "Germany, 東京"},
			},
		},
	} {
		args := stateOf(in, r)
		got, err := readState(args, in, clock)
		if err != nil {
			t.Errorf("readState(%v) = %v", args, err)
			continue
		}
		if diff := cmp.Diff(r, got, cmp.Comparer(func(x, y time.Time) bool { return x.Equal(y) })); diff != "" {
			t.Errorf("%v:\n%s", args, diff)
		}
	}
}

// FuzzReadState feeds arguments that anybody can forge.
func FuzzReadState(f *testing.F) {
	f.Add("@2026-01-01T00:00:00Z/2026-02-01T00:00:00Z/calendar/month/1", "country:is:DE,US;plan:is_not:Free", "country", "day")
	f.Add("last week", ":::", ",,,", "any")
	f.Fuzz(func(t *testing.T, period, filter, by, grain string) {
		clock := match.Clock{Now: now, Zone: time.UTC, WeekStart: time.Monday}
		r, err := readState(chat.Args{argPeriod: period, argFilter: filter, argBreakdown: by, argGrain: grain}, insight.Insight{}, clock)
		if err != nil {
			return
		}
		if r.Period != nil && !r.Period.Window.From.Before(r.Period.Window.To) {
			t.Errorf("%q is an empty window", period)
		}
		for _, w := range r.Filters {
			if w.Op != insight.OpIs && w.Op != insight.OpIsNot {
				t.Errorf("%q has the operator %q", filter, w.Op)
			}
		}
	})
}
