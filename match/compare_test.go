package match_test

import (
	"testing"
	"time"

	"insightbot/insight"
	"insightbot/match"
)

func TestEarlier(t *testing.T) {
	const prev, year = insight.ComparePrevious, insight.CompareYear
	for _, tt := range []struct {
		phrase, now string
		compare     insight.Compare
		from, to    string
	}{
		{"last week", "2026-11-24 10:30", prev, "2026-11-09", "2026-11-16"},
		{"last week", "2026-11-24 10:30", year, "2025-11-17", "2025-11-24"},
		{"last month", "2026-11-24 10:30", prev, "2026-09-01", "2026-10-01"},
		{"last month", "2026-11-24 10:30", year, "2025-10-01", "2025-11-01"},
		{"February 2024", "2026-11-24 10:30", year, "2023-02-01", "2023-03-01"},
		{"Q1 2026", "2026-11-24 10:30", prev, "2025-10-01", "2026-01-01"},
		{"H2 2025", "2026-11-24 10:30", prev, "2025-01-01", "2025-07-01"},
		{"last year", "2026-11-24 10:30", prev, "2024-01-01", "2025-01-01"},
		{"yesterday", "2026-11-24 10:30", prev, "2026-11-22", "2026-11-23"},
		{"29 Feb 2024", "2026-11-24 10:30", year, "2023-02-28", "2023-03-01"},
		{"last weekend", "2026-11-24 10:30", prev, "2026-11-14", "2026-11-16"},
		{"last 30 days", "2026-11-24 10:30", prev, "2026-09-25", "2026-10-25"},
		{"last 30 days", "2026-11-24 10:30", year, "2025-10-25", "2025-11-24"},
		{"last 3 months", "2026-11-24 10:30", prev, "2026-05-24", "2026-08-24"},
		{"last 2 weeks", "2026-11-24 10:30", year, "2025-11-11", "2025-11-25"},
		{"this month", "2026-11-24 10:30", prev, "2026-10-01", "2026-10-24T10:30"},
		{"this month so far", "2026-11-24 10:30", prev, "2026-10-01", "2026-10-24T10:30"},
		{"this month", "2026-03-31 10:30", prev, "2026-02-01", "2026-02-28T10:30"},
		{"this month", "2026-03-31 10:30", year, "2025-03-01", "2025-03-31T10:30"},
		{"this quarter", "2026-05-31 10:30", prev, "2026-01-01", "2026-02-28T10:30"},
		{"this year", "2024-02-29 10:30", prev, "2023-01-01", "2023-02-28T10:30"},
		{"YTD", "2026-11-24 10:30", year, "2025-01-01", "2025-11-24T10:30"},
		{"this week", "2026-11-24 10:30", prev, "2026-11-16", "2026-11-17T10:30"},
		{"this week", "2026-11-24 10:30", year, "2025-11-24", "2025-11-25T10:30"},
		{"today", "2026-11-24 10:30", prev, "2026-11-23T00", "2026-11-23T10:30"},
		{"today", "2026-11-24 00:30", prev, "2026-11-23T00", "2026-11-23T00:30"},
		{"today", "2026-11-24 23:30", prev, "2026-11-23T00", "2026-11-23T23:30"},
		{"last 24 hours", "2026-11-24 10:30", prev, "2026-11-22T10", "2026-11-23T10"},
		{"past hour", "2026-11-24 10:30", prev, "2026-11-24T08", "2026-11-24T09"},
		{"3 to 17 May", "2026-11-24 10:30", prev, "2026-04-18", "2026-05-03"},
		{"3 to 17 May", "2026-11-24 10:30", year, "2025-05-03", "2025-05-18"},
		{"January to March", "2026-11-24 10:30", prev, "2025-10-01", "2026-01-01"},
	} {
		c := at(tt.now, time.UTC)
		p, ok := match.ReadPeriod(tt.phrase, c)
		if !ok {
			t.Errorf("%q is not read", tt.phrase)
			continue
		}
		w := match.Earlier(p, tt.compare, c.Now)
		from, to := w.From.Format(layout(tt.from)), w.To.Format(layout(tt.to))
		if from != tt.from || to != tt.to {
			t.Errorf("before %q (%s) on %s: %s to %s, want %s to %s", tt.phrase, tt.compare, tt.now, from, to, tt.from, tt.to)
		}
	}
}

func TestEarlier_KeepsMidnightsAcrossClockChanges(t *testing.T) {
	c := at("2026-04-07 10:30", zone(t, "Europe/Berlin"))
	for _, phrase := range []string{"last week", "last 7 days", "last month", "this month", "30 March to 5 April", "last quarter", "this week"} {
		p, ok := match.ReadPeriod(phrase, c)
		if !ok {
			t.Fatalf("%q is not read", phrase)
		}
		for _, compare := range []insight.Compare{insight.ComparePrevious, insight.CompareYear} {
			w := match.Earlier(p, compare, c.Now)
			for _, edge := range []time.Time{w.From, w.To} {
				running := p.Kind == match.PeriodRunning && edge.Equal(w.To) && edge.Hour() == 10 && edge.Minute() == 30
				if edge.Hour() != 0 && !running || edge.Location() != c.Zone {
					t.Errorf("before %q (%s): %v is neither a midnight there nor the same time of day", phrase, compare, edge)
				}
			}
			if !w.From.Before(w.To) || w.To.After(p.Window.From) && compare == insight.ComparePrevious {
				t.Errorf("before %q (%s): %v overlaps %v", phrase, compare, w, p.Window)
			}
		}
	}
}

func TestEarlierWindow_NothingToCompareWith(t *testing.T) {
	c := at("2026-11-24 10:30", time.UTC)
	all, _ := match.ReadPeriod("all time", c)
	week, _ := match.ReadPeriod("last week", c)
	for name, w := range map[string]insight.Window{
		"all time":      match.Earlier(all, insight.ComparePrevious, c.Now),
		"no comparison": match.Earlier(week, insight.CompareNone, c.Now),
		"no window":     match.EarlierWindow(insight.Window{}, match.PeriodCalendar, insight.GrainWeek, 1, insight.ComparePrevious, c.Now),
	} {
		if !w.IsZero() {
			t.Errorf("%s: %v, want none", name, w)
		}
	}
}
