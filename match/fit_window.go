package match

import (
	"slices"
	"time"

	"insightbot/insight"
)

// openYears is how far back "all time" goes when nobody knows where the data
// begins.
const openYears = 5

// window fits the period.
func (f *fitting) window() {
	if !f.in.Accepts.Windows {
		f.noWindow()
		return
	}
	period, named := PeriodFor(f.r, f.in, f.clock)
	f.period = period
	for _, p := range f.r.Others {
		f.miss(RolePeriod, p.Words, "Only one period can be shown at a time, so "+periodText(p)+" was left out.")
	}
	f.note(period)
	if f.r.Against != nil && f.r.Compare != insight.CompareNone {
		f.note(f.r.Against.In(f.clock))
	}
	w := period.Window
	zone := f.clock.Zone
	open := civilDay(w.From) == openPast
	begin := f.in.Accepts.Earliest
	if now := f.clock.Now; w.To.After(now) && !w.From.After(now) {
		// What lies ahead has not happened: a running window ends with today,
		// or with this hour when it is made of hours.
		end := insight.GrainDay.Next(insight.GrainDay.Floor(now.In(zone), f.clock.WeekStart))
		if period.Unit == insight.GrainHour {
			end = insight.GrainHour.Next(insight.GrainHour.Floor(now.In(zone), f.clock.WeekStart))
		}
		if end.Before(w.To) {
			w.To = end
		}
	}
	switch {
	case w.From.After(f.clock.Now):
		f.miss(RolePeriod, period.Words, periodText(period)+" has not begun yet, so there is no data for it.")
	case !begin.IsZero() && !begin.Before(w.To):
		f.miss(RolePeriod, period.Words, "The data of "+f.name()+" begins on "+dayText(begin.In(zone))+", so there is none for "+periodText(period)+".")
	case !begin.IsZero() && w.From.Before(begin):
		if named && !open {
			f.miss(RolePeriod, period.Words, "The data of "+f.name()+" begins on "+dayText(begin.In(zone))+", so the period starts there.")
		}
		w.From = insight.GrainDay.Floor(begin.In(zone), f.clock.WeekStart)
	case begin.IsZero() && open:
		w.From = civilDay(w.To).addMonths(-12 * openYears).start(zone)
		f.miss(RolePeriod, period.Words, "It is not known how far back the data of "+f.name()+" goes, so this begins on "+dayText(w.From)+".")
	}
	f.q.Window = w
}

// noWindow is for an insight that shows the present state alone.
func (f *fitting) noWindow() {
	const why = " always shows the state of its data as of now, so it cannot be "
	if f.r.Period != nil && !f.isPresent(*f.r.Period) {
		f.miss(RolePeriod, f.r.Period.Words, f.name()+why+"run for "+periodText(*f.r.Period)+".")
	}
	for _, p := range f.r.Others {
		if f.isPresent(p) {
			continue
		}
		f.miss(RolePeriod, p.Words, f.name()+why+"run for "+periodText(p)+".")
	}
	if f.r.Compare != insight.CompareNone {
		f.miss(RoleCompare, f.typed(RoleCompare), f.name()+why+"compared with an earlier period.")
	}
	if f.r.OverTime && f.r.Grain == insight.GrainNone {
		f.miss(RoleGrain, f.typed(RoleGrain), f.name()+why+"shown over time.")
	}
}

// isPresent reports whether a period is today, which is what an insight without
// periods shows: "open tickets today", "as of now".
func (f *fitting) isPresent(p Period) bool {
	p = p.In(f.clock)
	from := civilDay(p.Window.From)
	return p.Unit != insight.GrainHour && from == civilDay(f.clock.Now.In(f.clock.Zone)) && civilDay(p.Window.To) == from+1
}

// note says where the words of a period were not taken as they stand.
func (f *fitting) note(p Period) {
	if p.Note != "" {
		f.miss(RolePeriod, p.Words, p.Note)
	}
}

// compare fits the comparison. It comes last, for it compares the window as it
// has been fitted.
func (f *fitting) compare() {
	if f.q.Window.IsZero() {
		return
	}
	asked := f.r.Compare != insight.CompareNone
	c := f.r.Compare
	if !asked {
		c = insight.ComparePrevious
	}
	previous := f.earlier(c)
	begin := f.in.Accepts.Earliest
	why, whole := "", true
	switch {
	case !slices.Contains(f.in.Accepts.Compare, c):
		why = f.name() + " cannot be compared with " + compareText(c) + f.otherCompare(c) + "."
	case previous.IsZero():
		why = "There is nothing before this period to compare it with."
	case !begin.IsZero() && !begin.Before(previous.To):
		why = "The data of " + f.name() + " begins on " + dayText(begin.In(f.clock.Zone)) + ", so there is nothing earlier to compare with."
	case !begin.IsZero() && previous.From.Before(begin):
		whole = false
	}
	switch {
	case asked && why != "":
		f.miss(RoleCompare, f.typed(RoleCompare), why)
	case asked && !whole:
		f.miss(RoleCompare, f.typed(RoleCompare), "The data of "+f.name()+" begins on "+dayText(begin.In(f.clock.Zone))+", so the period it is compared with is not whole.")
	}
	if why != "" || !asked && !whole {
		return
	}
	f.q.Compare, f.q.Previous = c, previous
	f.q.CompareTotals = !asked && f.q.Grain != insight.GrainNone
}

// earlier is the window to compare with: the one that was named, or the one
// that the comparison means.
func (f *fitting) earlier(c insight.Compare) insight.Window {
	if f.r.Against != nil && f.r.Compare != insight.CompareNone {
		return f.r.Against.In(f.clock).Window
	}
	p := f.period
	if f.q.Window.From.After(p.Window.From) {
		// The beginning was cut off: compare as much as is left.
		p.Kind, p.Count = PeriodRange, 0
	}
	p.Window.From = f.q.Window.From
	if p.Kind == PeriodRange {
		p.Window.To = f.q.Window.To
	}
	return Earlier(p, c, f.clock.Now)
}

// otherCompare names the comparison that the insight does accept.
func (f *fitting) otherCompare(not insight.Compare) string {
	for _, c := range f.in.Accepts.Compare {
		if c != not && c != insight.CompareNone {
			return "; it can with " + compareText(c)
		}
	}
	return ""
}

func compareText(c insight.Compare) string {
	if c == insight.CompareYear {
		return "the same period a year ago"
	}
	return "the period before"
}

// periodText writes a period for a sentence: as it was typed, or its days.
func periodText(p Period) string {
	if p.Words != "" {
		return inQuotes(p.Words)
	}
	return dayText(p.Window.From) + " to " + dayText(p.Window.To.Add(-time.Second))
}

// dayText writes a day for a sentence.
func dayText(t time.Time) string { return t.Format("2 January 2006") }
