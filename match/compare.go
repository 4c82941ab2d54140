package match

import (
	"time"

	"insightbot/insight"
)

// Earlier is the window that a period is compared with; see EarlierWindow.
func Earlier(p Period, c insight.Compare, now time.Time) insight.Window {
	return EarlierWindow(p.Window, p.Kind, p.Unit, p.Count, c, now)
}

// EarlierWindow returns the window to set w against, in w's zone.
//
//   - A calendar unit is compared with the unit before, or with the same one a
//     year ago. Weeks go back 52 weeks, so that weekdays meet weekdays.
//   - A rolling period of n days is compared with the n days before.
//   - A running period is compared with the same elapsed part of the unit
//     before, to the minute: this month up to today at 10:20 with the last one up
//     to the same day at 10:20. The 31st meets the last day of a shorter month.
//   - A range is compared with as many days (or whole months) before.
//
// It is zero where there is nothing to compare with: no comparison, no window,
// or one that reaches back to the beginning.
func EarlierWindow(w insight.Window, kind PeriodKind, unit insight.Grain, count int, c insight.Compare, now time.Time) insight.Window {
	zone := w.Zone()
	from, to := civilDay(w.From), civilDay(w.To)
	if c == insight.CompareNone || w.IsZero() || from == openPast {
		return insight.Window{}
	}
	if unit == insight.GrainHour || w.To.Sub(w.From) < 23*time.Hour {
		return earlierHours(w, c)
	}
	elapsed := to
	if today := civilDay(now.In(zone)); kind == PeriodRunning && today < to {
		elapsed = today + 1
	}
	back := func(d day) day { return step(d, kind, unit, count, from, to) }
	if c == insight.CompareYear {
		back = func(d day) day { return d.addMonths(-12) }
		if unit == insight.GrainWeek {
			back = func(d day) day { return d - 52*7 }
		}
	}
	earlier := insight.Window{From: back(from).start(zone), To: back(to).start(zone)}
	if elapsed < to || kind == PeriodRunning {
		end := back(elapsed-1) + 1
		earlier.To = min(end, from).start(zone)
		if cut := sameTime(back(elapsed-1).start(zone), now.In(zone)); now.Before(w.To) && cut.Before(earlier.To) {
			earlier.To = cut
		}
	}
	return earlier
}

// step moves a day back by the length of a period.
func step(d day, kind PeriodKind, unit insight.Grain, count int, from, to day) day {
	if kind != PeriodRange && count > 0 && unit != insight.GrainNone {
		return d.add(unit, -count)
	}
	_, _, first := from.date()
	y, m, last := to.date()
	if first == 1 && last == 1 && to > from {
		fy, fm, _ := from.date()
		return d.addMonths(-(12*(y-fy) + int(m-fm)))
	}
	return d - (to - from)
}

// sameTime is the time of day of now on another day, to the minute: half of
// today is set against the same half.
func sameTime(start, now time.Time) time.Time {
	return time.Date(start.Year(), start.Month(), start.Day(), now.Hour(), now.Minute(), 0, 0, start.Location())
}

// earlierHours is for windows that are shorter than a day.
func earlierHours(w insight.Window, c insight.Compare) insight.Window {
	if c == insight.CompareYear {
		return insight.Window{From: w.From.AddDate(-1, 0, 0), To: w.To.AddDate(-1, 0, 0)}
	}
	d := w.To.Sub(w.From)
	return insight.Window{From: w.From.Add(-d), To: w.From}
}
