package match_test

import (
	"testing"
	"time"

	"insightbot/insight"
	"insightbot/match"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("no time zone data: %v", err)
	}
	return z
}

// TestReadPeriod_Zones reads periods where days are 23 or 25 hours long, where
// offsets are odd, and where a day never was.
func TestReadPeriod_Zones(t *testing.T) {
	const stamp = "2006-01-02 15:04 -0700"
	for _, tt := range []struct {
		zone, now, phrase, from, to string
	}{
		{"Europe/Berlin", "2026-03-30 00:30", "yesterday", "2026-03-29 00:00 +0100", "2026-03-30 00:00 +0200"},
		{"Europe/Berlin", "2026-03-29 23:30", "today", "2026-03-29 00:00 +0100", "2026-03-30 00:00 +0200"},
		{"Europe/Berlin", "2026-10-25 23:30", "today", "2026-10-25 00:00 +0200", "2026-10-26 00:00 +0100"},
		{"Europe/Berlin", "2026-10-26 00:30", "last 7 days", "2026-10-19 00:00 +0200", "2026-10-26 00:00 +0100"},
		{"Europe/Berlin", "2026-10-25 10:30", "last 24 hours", "2026-10-24 11:00 +0200", "2026-10-25 10:00 +0100"},
		{"Europe/Berlin", "2026-01-01 00:30", "last week", "2025-12-22 00:00 +0100", "2025-12-29 00:00 +0100"},
		{"Europe/Berlin", "2025-12-31 23:30", "this week", "2025-12-29 00:00 +0100", "2026-01-05 00:00 +0100"},
		{"Europe/Berlin", "2026-01-01 00:30", "last month", "2025-12-01 00:00 +0100", "2026-01-01 00:00 +0100"},
		{"America/New_York", "2026-03-08 23:30", "today", "2026-03-08 00:00 -0500", "2026-03-09 00:00 -0400"},
		{"America/New_York", "2026-11-02 00:30", "yesterday", "2026-11-01 00:00 -0400", "2026-11-02 00:00 -0500"},
		{"America/New_York", "2026-11-02 00:30", "past 90 days", "2026-08-04 00:00 -0400", "2026-11-02 00:00 -0500"},
		{"America/New_York", "2026-11-24 10:30", "Q1", "2026-01-01 00:00 -0500", "2026-04-01 00:00 -0400"},
		{"Asia/Kathmandu", "2026-11-24 00:30", "yesterday", "2026-11-23 00:00 +0545", "2026-11-24 00:00 +0545"},
		{"Asia/Kathmandu", "2026-11-24 23:30", "last hour", "2026-11-24 22:00 +0545", "2026-11-24 23:00 +0545"},
		{"Asia/Kathmandu", "2026-11-24 23:30", "this month", "2026-11-01 00:00 +0545", "2026-12-01 00:00 +0545"},
		{"Pacific/Apia", "2011-12-31 10:30", "yesterday", "2011-12-31 00:00 +1400", "2012-01-01 00:00 +1400"},
		{"Pacific/Apia", "2011-12-31 10:30", "this week", "2011-12-26 00:00 -1000", "2012-01-02 00:00 +1400"},
		{"Pacific/Apia", "2012-01-15 10:30", "last month", "2011-12-01 00:00 -1000", "2012-01-01 00:00 +1400"},
		{"America/Santiago", "2026-09-07 00:30", "yesterday", "2026-09-06 01:00 -0300", "2026-09-07 00:00 -0300"},
		{"UTC", "2024-02-29 23:30", "this month so far", "2024-02-01 00:00 +0000", "2024-03-01 00:00 +0000"},
		{"UTC", "2024-02-29 00:30", "last 12 months", "2023-02-28 00:00 +0000", "2024-02-29 00:00 +0000"},
		{"UTC", "2025-03-01 00:30", "yesterday", "2025-02-28 00:00 +0000", "2025-03-01 00:00 +0000"},
		{"UTC", "2024-03-01 00:30", "yesterday", "2024-02-29 00:00 +0000", "2024-03-01 00:00 +0000"},
		{"UTC", "2026-01-01 00:30", "last quarter", "2025-10-01 00:00 +0000", "2026-01-01 00:00 +0000"},
		{"UTC", "2026-12-31 23:30", "year to date", "2026-01-01 00:00 +0000", "2027-01-01 00:00 +0000"},
	} {
		z := zone(t, tt.zone)
		p, ok := match.ReadPeriod(tt.phrase, at(tt.now, z))
		if !ok {
			t.Errorf("%q in %s: not read", tt.phrase, tt.zone)
			continue
		}
		from, to := p.Window.From.Format(stamp), p.Window.To.Format(stamp)
		if from != tt.from || to != tt.to {
			t.Errorf("%q on %s in %s = %s to %s, want %s to %s", tt.phrase, tt.now, tt.zone, from, to, tt.from, tt.to)
		}
	}
}

// TestReadPeriod_EveryWeekday checks what must hold on any weekday of a year.
func TestReadPeriod_EveryWeekday(t *testing.T) {
	names := []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	for d := range 122 {
		now := time.Date(2027, 1, 1, 23, 30, 0, 0, time.UTC).AddDate(0, 0, 3*d)
		today := insight.GrainDay.Floor(now, time.Monday)
		for _, start := range []time.Weekday{time.Monday, time.Sunday, time.Saturday} {
			c := match.Clock{Now: now, Zone: time.UTC, WeekStart: start}
			read := func(phrase string) insight.Window {
				p, ok := match.ReadPeriod(phrase, c)
				if !ok {
					t.Fatalf("%q is not read", phrase)
				}
				return p.Window
			}
			for i, name := range names {
				w := read("last " + name)
				if back := today.Sub(w.From); int(w.From.Weekday()) != i || back < 24*time.Hour || back > 7*24*time.Hour {
					t.Fatalf("last %s on %s = %v", name, today.Format(time.DateOnly), w)
				}
				if w := read("this " + name); !read("this week").Contains(w.From) || int(w.From.Weekday()) != i {
					t.Fatalf("this %s on %s = %v", name, today.Format(time.DateOnly), w)
				}
			}
			last, this := read("last week"), read("this week")
			if !this.Contains(now) || last.To != this.From || this.From.Weekday() != start || this.To.Sub(last.From) != 14*24*time.Hour {
				t.Fatalf("weeks on %s: %v, %v", today.Format(time.DateOnly), last, this)
			}
			if w := read("last 3 weeks"); w.To != today || w.From != today.AddDate(0, 0, -21) {
				t.Fatalf("last 3 weeks on %s = %v", today.Format(time.DateOnly), w)
			}
			for _, phrase := range []string{"June", "Q3", "week 10", "12 May", "the 18th", "Feb 29", "Monday"} {
				if w := read(phrase); w.From.After(now) {
					t.Fatalf("%s on %s = %v, in the future", phrase, today.Format(time.DateOnly), w)
				}
			}
		}
	}
}

// TestReadPeriod_Refuses lists what is no period, or not one alone.
func TestReadPeriod_Refuses(t *testing.T) {
	for _, phrase := range []string{
		"", "  ", "soon", "revenue last week", "last week revenue", "7 day retention", "13/14/2025", "week 60", "Q7", "last 0 days",
		"fifth quarter of 2025", "the last banana", "between 17 and 3 May", "60 minutes",
	} {
		if p, ok := match.ReadPeriod(phrase, at("2026-11-24 10:30", time.UTC)); ok {
			t.Errorf("ReadPeriod(%q) = %v, want nothing", phrase, p.Window)
		}
	}
}
