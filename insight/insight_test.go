package insight

import (
	"testing"
	"time"
	_ "time/tzdata"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// firstOfDay walks in steps of 15 minutes to the first instant of a civil day:
// slow, and right without knowing anything of zones.
func firstOfDay(y int, m time.Month, d int, z *time.Location) time.Time {
	t := time.Date(y, m, d, 12, 0, 0, 0, time.UTC).Add(-48 * time.Hour).In(z)
	want := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	for range 4 * 24 * 5 {
		if yy, mm, dd := t.Date(); yy == want.Year() && mm == want.Month() && dd == want.Day() {
			return t
		}
		t = t.Add(15 * time.Minute)
	}
	return time.Time{}
}

func TestGrain_DaysBeginAtTheirFirstInstantInEveryZone(t *testing.T) {
	// Zones whose clocks jump over midnight, repeat it, move by half an hour,
	// or are odd in other ways.
	for _, name := range []string{
		"America/Santiago", "Asia/Beirut", "Africa/Cairo", "America/Havana", "Atlantic/Azores", "America/Asuncion", "Australia/Lord_Howe",
		"Pacific/Chatham", "Asia/Kathmandu", "Europe/Berlin", "America/New_York", "America/Scoresbysund", "Asia/Tehran", "UTC",
	} {
		z := zone(t, name)
		day := GrainDay.Floor(time.Date(2022, time.January, 1, 12, 0, 0, 0, z), time.Monday)
		for range 4 * 366 {
			y, m, d := day.Date()
			if want := firstOfDay(y, m, d, z); !day.Equal(want) {
				t.Fatalf("%s: the day %04d-%02d-%02d begins at %v, want %v", name, y, m, d, day, want)
			}
			next := GrainDay.Next(day)
			if next.Sub(day) < 22*time.Hour || next.Sub(day) > 26*time.Hour {
				t.Fatalf("%s: the day after %v begins at %v", name, day, next)
			}
			if floor := GrainDay.Floor(next.Add(-time.Second), time.Monday); !floor.Equal(day) {
				t.Fatalf("%s: the last second before %v belongs to %v, want %v", name, next, floor, day)
			}
			day = next
		}
	}
}

func TestGrain_FloorAndNext(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	at := time.Date(2026, time.November, 25, 14, 35, 10, 9, berlin) // a Wednesday
	for _, c := range []struct {
		grain       Grain
		start       time.Weekday
		floor, next string
	}{
		{GrainHour, time.Monday, "2026-11-25 14:00", "2026-11-25 15:00"},
		{GrainDay, time.Monday, "2026-11-25 00:00", "2026-11-26 00:00"},
		{GrainWeek, time.Monday, "2026-11-23 00:00", "2026-11-30 00:00"},
		{GrainWeek, time.Sunday, "2026-11-22 00:00", "2026-11-29 00:00"},
		{GrainWeek, time.Thursday, "2026-11-19 00:00", "2026-11-26 00:00"},
		{GrainMonth, time.Monday, "2026-11-01 00:00", "2026-12-01 00:00"},
		{GrainQuarter, time.Monday, "2026-10-01 00:00", "2027-01-01 00:00"},
		{GrainYear, time.Monday, "2026-01-01 00:00", "2027-01-01 00:00"},
	} {
		floor := c.grain.Floor(at, c.start)
		if got := floor.Format("2006-01-02 15:04"); got != c.floor {
			t.Errorf("%s.Floor = %s, want %s", c.grain, got, c.floor)
		}
		if got := c.grain.Next(floor).Format("2006-01-02 15:04"); got != c.next {
			t.Errorf("%s.Next = %s, want %s", c.grain, got, c.next)
		}
	}
}

func TestGrain_AnHourThatComesTwiceIsTwoBuckets(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	w := Window{From: time.Date(2026, time.October, 25, 0, 0, 0, 0, berlin), To: time.Date(2026, time.October, 26, 0, 0, 0, 0, berlin)}
	if got := len(GrainHour.Buckets(w, time.Monday, 100)); got != 25 {
		t.Errorf("the day on which the clocks go back has %d hours, want 25", got)
	}
}

func TestGrain_BucketsTouchTheWindowAndStopAtTheLimit(t *testing.T) {
	w := Window{From: time.Date(2026, time.January, 14, 0, 0, 0, 0, time.UTC), To: time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)}
	got := GrainMonth.Buckets(w, time.Monday, 10)
	if len(got) != 3 || got[0].Day() != 1 || got[2].Month() != time.March {
		t.Errorf("months of the window: %v", got)
	}
	if got := GrainDay.Buckets(w, time.Monday, 5); len(got) != 5 {
		t.Errorf("limit of 5 gave %d buckets", len(got))
	}
	if got := GrainNone.Buckets(w, time.Monday, 5); len(got) != 1 || !got[0].Equal(w.From) {
		t.Errorf("no grain gave %v, want the start of the window", got)
	}
}

func TestCertification_Valid(t *testing.T) {
	on, until := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name string
		cert Certification
		now  time.Time
		want bool
	}{
		{"nobody", Certification{}, on, false},
		{"before", Certification{By: "Mia", On: on, Until: until}, on.Add(-1), false},
		{"from its first moment", Certification{By: "Mia", On: on, Until: until}, on, true},
		{"at its end", Certification{By: "Mia", On: on, Until: until}, until, false},
		{"without an end", Certification{By: "Mia", On: on}, until.AddDate(9, 0, 0), true},
	} {
		if got := c.cert.Valid(c.now); got != c.want {
			t.Errorf("%s: Valid() = %v", c.name, got)
		}
	}
}

func TestCaveat_AppliesToTheDaysItIsAbout(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, time.May, d, 0, 0, 0, 0, time.UTC) }
	outage := Caveat{From: day(4), Until: day(6)}
	for _, c := range []struct {
		from, to int
		want     bool
	}{{1, 4, false}, {1, 5, true}, {5, 6, true}, {6, 9, false}, {4, 5, true}} {
		if got := outage.Applies(Window{From: day(c.from), To: day(c.to)}); got != c.want {
			t.Errorf("Applies(%d to %d) = %v", c.from, c.to, got)
		}
	}
	if !(Caveat{}).Applies(Window{From: day(1), To: day(2)}) {
		t.Error("a caveat without dates applies always")
	}
}

func TestChart_EveryKindHasAShape(t *testing.T) {
	want := map[Chart]Shape{
		ChartFunnel: ShapeFunnel, ChartRetention: ShapeRetention, ChartLifecycle: ShapeLifecycle, ChartStickiness: ShapeStickiness,
		ChartPaths: ShapePaths, ChartHistogram: ShapeHistogram, ChartBox: ShapeBox, ChartTable: ShapeTable,
	}
	for _, c := range Charts() {
		shape, special := want[c]
		if !special {
			shape = ShapeTrend
		}
		if c.Shape() != shape {
			t.Errorf("%s has shape %s, want %s", c, c.Shape(), shape)
		}
	}
}
