package match

import (
	"time"

	"insightbot/insight"
)

// span is a stretch of civil days [from, to) and how it was meant.
type span struct {
	from, to day
	kind     PeriodKind
	grain    insight.Grain
	count    int
	// loose is set where the year was left out ("June", "3 May", "Q2"), so
	// that a range can find the year that fits its other end.
	loose loose
	// weekday is set for a bare weekday, which a range may move by weeks.
	weekday bool
	// hours counts back from (or ahead of) the present hour; days are unused.
	hours, ahead int
	// anchor is where "since" begins when that is not from: "since 2 weeks
	// ago" means that day, "2 weeks ago" its whole week.
	anchor   day
	anchored bool
	// note is a sentence about words that were not taken as they stand, or "".
	note string
	// doubt is why this may be no period at all.
	doubt doubt
}

// doubt says what a phrase could be besides a period.
type doubt int

const (
	doubtNone doubt = iota
	// doubtWord: an ordinary word ("may", "sun", "march"), or a bare date
	// that could be a fraction.
	doubtWord
	// doubtNumber: a bare number that looks like a year.
	doubtNumber
	// doubtThe: "the week", which needs "for" or "during" to be this week.
	doubtThe
	// doubtBare: "week" or "now", which is a period only where nothing else is
	// said.
	doubtBare
	// doubtShort: "30d", which could be part of a name.
	doubtShort
)

// loose is a month and day, or a run of months, of no certain year.
type loose struct {
	month time.Month
	// day is 0 for whole months.
	day int
	// months is how many: 1 for "June", 3 for "Q2"; 0 for a single day.
	months int
}

func (l loose) isZero() bool { return l.month == 0 }

// in returns the span in a year; false for 29 February of a common year.
func (l loose) in(year int) (span, bool) {
	if l.months > 0 {
		return months(year, l.month, l.months), true
	}
	s, ok := date(year, l.month, l.day)
	if _, _, d := s.from.date(); l.month == time.February && l.day == 29 && d != 29 {
		return span{}, false
	}
	return s, ok
}

// latest is the span in the last year in which it had begun by today:
// ambiguous dates lie in the past.
func (l loose) latest(today day) (span, bool) {
	for y := today.year(); y > today.year()-9; y-- {
		if s, ok := l.in(y); ok && s.from <= today {
			s.loose = l
			return s, true
		}
	}
	return span{}, false
}

// after is the first such span that ends behind d.
func (l loose) after(d day) (span, bool) {
	for y := d.year() - 1; y < d.year()+9; y++ {
		if s, ok := l.in(y); ok && s.to > d {
			return s, true
		}
	}
	return span{}, false
}

// before is the last such span that begins before d.
func (l loose) before(d day) (span, bool) {
	for y := d.year(); y > d.year()-9; y-- {
		if s, ok := l.in(y); ok && s.from < d {
			return s, true
		}
	}
	return span{}, false
}

// date is a single day. A day that the month is too short for ("31 June") is
// its last one: the answer prints what was taken.
func date(y int, m time.Month, d int) (span, bool) {
	if m < time.January || m > time.December || d < 1 || d > 31 {
		return span{}, false
	}
	s := oneDay(min(dayOf(y, m, d), dayOf(y, m+1, 0)))
	if _, _, last := s.from.date(); last != d {
		s.note = noSuchDay(y, m, d, last)
	}
	return s, true
}

func oneDay(d day) span {
	return span{from: d, to: d + 1, kind: PeriodCalendar, grain: insight.GrainDay, count: 1}
}

// months is a calendar month, quarter, half or year.
func months(y int, m time.Month, n int) span {
	s := span{
		from: dayOf(y, m, 1), to: dayOf(y, m+time.Month(n), 1),
		kind: PeriodCalendar, grain: insight.GrainMonth, count: n,
	}
	switch {
	case n == 12 && m == time.January:
		s.grain, s.count = insight.GrainYear, 1
	case n == 3 && m%3 == 1:
		s.grain, s.count = insight.GrainQuarter, 1
	}
	return s
}

// days is a range of days, its last day included.
func days(first, last day) (span, bool) {
	return span{from: first, to: last + 1, kind: PeriodRange, grain: insight.GrainDay}, first <= last
}

// unitSpan is the calendar unit that lies offset units away from the one that
// d is in.
func (p *parse) unitSpan(d day, u unit, offset int) span {
	g, n := u.grain, u.times
	s := span{kind: PeriodCalendar, grain: g, count: n}
	if g == insight.GrainYear && n > 1 {
		y := d.year() - d.year()%n + offset*n
		s.from, s.to = dayOf(y, time.January, 1), dayOf(y+n, time.January, 1)
		return s
	}
	s.from = d.floor(g, p.clock.WeekStart).add(g, offset*n)
	s.to = s.from.add(g, n)
	return s
}

// weekOf is the week that d lies in.
func (p *parse) weekOf(d day) span { return p.unitSpan(d, unit{insight.GrainWeek, 1}, 0) }

// period makes the instants of a span, in the zone of the clock.
func (p *parse) period(s span) Period {
	zone := p.clock.Zone
	out := Period{Kind: s.kind, Unit: s.grain, Count: s.count}
	if s.hours != 0 || s.ahead != 0 {
		now := insight.GrainHour.Floor(p.clock.Now.In(zone), p.clock.WeekStart)
		out.Window = insight.Window{From: now.Add(-time.Duration(s.hours) * time.Hour), To: now.Add(time.Duration(s.ahead) * time.Hour)}
		return out
	}
	out.Window = insight.Window{From: s.from.start(zone), To: s.to.start(zone)}
	if !out.Window.From.Before(out.Window.To) {
		// A zone that moved across the date line has days that never were.
		out.Window.To = insight.GrainDay.Next(out.Window.From)
	}
	if out.Kind == PeriodCalendar && out.Window.Contains(p.clock.Now) {
		out.Kind = PeriodRunning
	}
	return out
}
