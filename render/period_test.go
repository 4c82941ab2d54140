package render_test

import (
	"testing"
	"time"

	"insightbot/insight"
	"insightbot/render"
)

func TestPeriodLabel(t *testing.T) {
	l := zone(t, "Europe/Berlin")
	at := func(y, m, d, h, minute int) time.Time { return time.Date(y, time.Month(m), d, h, minute, 0, 0, l) }
	night := time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC) // 02:00 CEST, the first of two
	santiago := zone(t, "America/Santiago")
	for _, tt := range []struct {
		name   string
		w      insight.Window
		phrase string
	}{
		{"none", insight.Window{}, ""},
		{"week", days(l, 2026, 11, 16, 2026, 11, 23), "in 16–22 Nov 2026"},
		{"day", days(l, 2026, 11, 16, 2026, 11, 17), "on Mon 16 Nov 2026"},
		{"day of 25 hours", days(l, 2026, 10, 25, 2026, 10, 26), "on Sun 25 Oct 2026"},
		{"day of 23 hours", days(l, 2026, 3, 29, 2026, 3, 30), "on Sun 29 Mar 2026"},
		{"month", days(l, 2026, 11, 1, 2026, 12, 1), "in November 2026"},
		{"December", days(l, 2026, 12, 1, 2027, 1, 1), "in December 2026"},
		{"quarter", days(l, 2025, 7, 1, 2025, 10, 1), "in Q3 2025"},
		{"last quarter", days(l, 2025, 10, 1, 2026, 1, 1), "in Q4 2025"},
		{"three months that are no quarter", days(l, 2026, 9, 1, 2026, 12, 1), "in September–November 2026"},
		{"months over a year", days(l, 2025, 11, 1, 2026, 3, 1), "in November 2025 – February 2026"},
		{"year", days(l, 2024, 1, 1, 2025, 1, 1), "in 2024"},
		{"years", days(l, 2023, 1, 1, 2025, 1, 1), "in 2023–2024"},
		{"over months", days(l, 2026, 10, 24, 2026, 11, 23), "in 24 Oct – 22 Nov 2026"},
		{"over years", days(l, 2025, 12, 28, 2026, 1, 4), "in 28 Dec 2025 – 3 Jan 2026"},
		{"hours", insight.Window{From: at(2026, 11, 16, 9, 0), To: at(2026, 11, 16, 12, 0)}, "on Mon 16 Nov 2026, 09:00–12:00"},
		{"hours to midnight", insight.Window{From: at(2026, 11, 16, 9, 0), To: at(2026, 11, 17, 0, 0)}, "on Mon 16 Nov 2026, 09:00–24:00"},
		{"hours over midnight", insight.Window{From: at(2026, 11, 16, 22, 0), To: at(2026, 11, 17, 4, 30)}, "in 16 Nov 2026, 22:00 – 17 Nov 2026, 04:30"},
		{"hours over midnight to midnight", insight.Window{From: at(2026, 11, 16, 22, 0), To: at(2026, 11, 18, 0, 0)}, "in 16 Nov 2026, 22:00 – 17 Nov 2026, 24:00"},
		{"today so far", insight.Window{From: at(2026, 11, 16, 0, 0), To: at(2026, 11, 16, 14, 5)}, "on Mon 16 Nov 2026 until 14:05"},
		{"week so far", insight.Window{From: at(2026, 11, 16, 0, 0), To: at(2026, 11, 18, 14, 5)}, "in 16–18 Nov 2026 until 14:05"},
		{"the hour that comes twice", insight.Window{From: night.In(l), To: night.Add(time.Hour).In(l)}, "on Sun 25 Oct 2026, 02:00 CEST–02:00 CET"},
		{"bounds in two zones", insight.Window{From: at(2026, 11, 16, 0, 0), To: at(2026, 11, 23, 0, 0).UTC()}, "in 16–22 Nov 2026"},
		{"a day without midnight", insight.Window{
			From: insight.GrainDay.Floor(time.Date(2026, 9, 6, 12, 0, 0, 0, santiago), time.Monday),
			To:   time.Date(2026, 9, 7, 0, 0, 0, 0, santiago),
		}, "on Sun 6 Sep 2026"},
		{"an instant", insight.Window{From: at(2026, 11, 16, 9, 0), To: at(2026, 11, 16, 9, 0)}, "at 16 Nov 2026, 09:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := render.PeriodPhrase(tt.w); got != tt.phrase {
				t.Errorf("PeriodPhrase = %q, want %q", got, tt.phrase)
			}
			if got := render.PeriodLabel(tt.w); got != "" && tt.phrase[3:] != got {
				t.Errorf("PeriodLabel = %q, the phrase is %q", got, tt.phrase)
			}
		})
	}
}

func TestBucketLabel(t *testing.T) {
	l := zone(t, "Europe/Berlin")
	at := time.Date(2026, 11, 16, 0, 0, 0, 0, l)
	month := days(l, 2026, 11, 1, 2026, 12, 1)
	for _, tt := range []struct {
		name         string
		g            insight.Grain
		at           time.Time
		w            insight.Window
		label, short string
	}{
		{"hour", insight.GrainHour, at.Add(14 * time.Hour), month, "Mon 16 Nov 2026, 14:00", "16 Nov 14:00"},
		{"hour of one day", insight.GrainHour, at.Add(14 * time.Hour), days(l, 2026, 11, 16, 2026, 11, 17), "Mon 16 Nov 2026, 14:00", "14:00"},
		{"hour that comes twice", insight.GrainHour, time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC), days(l, 2026, 10, 25, 2026, 10, 26), "Sun 25 Oct 2026, 02:00 CET", "02:00 CET"},
		{"day", insight.GrainDay, at, month, "Mon 16 Nov 2026", "16 Nov"},
		{"day given in another zone", insight.GrainDay, at.UTC(), month, "Mon 16 Nov 2026", "16 Nov"},
		{"day of many years", insight.GrainDay, at, days(l, 2024, 1, 1, 2027, 1, 1), "Mon 16 Nov 2026", "16 Nov 2026"},
		{"week", insight.GrainWeek, at, month, "16–22 Nov 2026", "16 Nov"},
		{"week cut by the window's start", insight.GrainWeek, time.Date(2026, 10, 26, 0, 0, 0, 0, l), month, "Sun 1 Nov 2026", "1 Nov"},
		{"week cut by the window's end", insight.GrainWeek, time.Date(2026, 11, 30, 0, 0, 0, 0, l), month, "Mon 30 Nov 2026", "30 Nov"},
		{"week with the clocks going back", insight.GrainWeek, time.Date(2026, 10, 19, 0, 0, 0, 0, l), days(l, 2026, 10, 1, 2026, 11, 1), "19–25 Oct 2026", "19 Oct"},
		{"month", insight.GrainMonth, month.From, days(l, 2026, 1, 1, 2027, 1, 1), "November 2026", "Nov"},
		{"month over years", insight.GrainMonth, month.From, days(l, 2025, 6, 1, 2027, 1, 1), "November 2026", "Nov 2026"},
		{"quarter", insight.GrainQuarter, time.Date(2026, 10, 1, 0, 0, 0, 0, l), days(l, 2026, 1, 1, 2027, 1, 1), "Q4 2026", "Q4"},
		{"year", insight.GrainYear, time.Date(2026, 1, 1, 0, 0, 0, 0, l), days(l, 2020, 1, 1, 2027, 1, 1), "2026", "2026"},
		{"no window", insight.GrainDay, at, insight.Window{}, "Mon 16 Nov 2026", "16 Nov 2026"},
		{"no grain", insight.GrainNone, month.From, month, "November 2026", "1 Nov"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := render.BucketLabel(tt.g, tt.at, tt.w); got != tt.label {
				t.Errorf("BucketLabel = %q, want %q", got, tt.label)
			}
			if got := render.AxisLabel(tt.g, tt.at, tt.w); got != tt.short {
				t.Errorf("AxisLabel = %q, want %q", got, tt.short)
			}
		})
	}
}

func TestZoneLabel(t *testing.T) {
	for name, l := range map[string]*time.Location{
		"Europe/Berlin": zone(t, "Europe/Berlin"), "UTC": time.UTC, "Asia/Kathmandu": zone(t, "Asia/Kathmandu"),
	} {
		if got := render.ZoneLabel(days(l, 2026, 11, 16, 2026, 11, 17)); got != name {
			t.Errorf("ZoneLabel = %q, want %q", got, name)
		}
	}
	if got := render.ZoneLabel(insight.Window{}); got != "UTC" {
		t.Errorf("without a window: %q", got)
	}
}

func TestPeriodLabel_NamesEveryDayOfAYear(t *testing.T) {
	// In a zone whose clocks jump at midnight, too.
	for _, name := range []string{"Europe/Berlin", "America/Santiago", "Asia/Beirut", "Pacific/Apia", "UTC"} {
		l := zone(t, name)
		day := insight.GrainDay.Floor(time.Date(2026, 1, 1, 12, 0, 0, 0, l), time.Monday)
		for range 365 {
			w := insight.Window{From: day, To: insight.GrainDay.Next(day)}
			if got, want := render.PeriodLabel(w), day.Add(6*time.Hour).Format("Mon 2 Jan 2006"); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
			day = w.To
		}
	}
}
