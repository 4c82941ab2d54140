package match

import (
	"time"

	"insightbot/insight"
)

// dateRules are phrases for one single day (<D>).
func dateRules() []rule[span] {
	return []rule[span]{
		{"the? <dd> day? of? <mon>", dayMonth},
		{"<mon> the? <dd>", monthDay},
		{"the? <dd> day? of? <mon> ,? of|in? <Y>", dayMonthYear},
		{"<mon> the? <dd> ,? of|in? <Y>", monthDayYear},
		{"the? <dd> of? <mon> '|/|. <yy>", func(m *found) (span, bool) {
			return date(m.p.century(m.num(2)), m.month(1), m.num(0))
		}},
		{"<mon> <dd> ,? ' <yy>", func(m *found) (span, bool) {
			return date(m.p.century(m.num(2)), m.month(0), m.num(1))
		}},
		{"<dd> of? <mon> <yy>", func(m *found) (span, bool) {
			s, ok := date(m.p.century(m.num(2)), m.month(1), m.num(0))
			return s, ok && m.p.ends(m.to)
		}},
		{"<mon> <dd> <yy>", func(m *found) (span, bool) {
			s, ok := date(m.p.century(m.num(2)), m.month(0), m.num(1))
			return s, ok && m.p.ends(m.to)
		}},
		{"<dd> /|. <mon> /|. <yr>", func(m *found) (span, bool) { return date(m.num(2), m.month(1), m.num(0)) }},
		{"<mon> / <dd>", monthDay},
		{"<mon> / <dd> / <yr>", func(m *found) (span, bool) { return date(m.num(2), m.month(0), m.num(1)) }},
		{"<yr> -|/|.? <mon> -|/|.? <dd>", yearMonthDay},
		{"<yr> ,? the? <dd> of? <mon>", func(m *found) (span, bool) { return date(m.num(0), m.month(2), m.num(1)) }},
		{"the? <th>", func(m *found) (span, bool) {
			s, ok := m.p.latestDayOfMonth(m.num(0))
			if m.to-m.from == 1 || m.p.terms[m.to-1].digits == 0 {
				s.doubt = doubtWord
			}
			return s, ok
		}},
		{"the? <dd> of? <rel> month", func(m *found) (span, bool) {
			return m.p.dayOfRelativeMonth(m.num(0), relation(m.num(1)))
		}},
		{"the? <th> of the month", func(m *found) (span, bool) { return m.p.latestDayOfMonth(m.num(0)) }},
		{"<wday> ,? the? <D>", func(m *found) (span, bool) {
			s := m.span(0)
			s.doubt = doubtNone
			return s, true
		}},
	}
}

// numericDateRules are dates without the name of a month.
func numericDateRules() []rule[span] {
	return []rule[span]{
		{"<yr> -|/|. <mm> -|/|. <dd>", yearMonthDay},
		{"<ymd>", func(m *found) (span, bool) {
			n := m.num(0)
			if n/10000 < 1900 || n/10000 > 2100 {
				return span{}, false
			}
			return date(n/10000, time.Month(n/100%100), n%100)
		}},
		{"<dd> /|- <dd> /|- <yr>", monthFirst},
		{"<dd> / <dd> / <yy>", monthFirst},
		{"<dd> - <dd> - <yy>", monthFirst},
		{"<dd> . <mm> . <yr>", func(m *found) (span, bool) { return date(m.num(2), m.month(1), m.num(0)) }},
		{"<dd> . <mm> . <yy>", func(m *found) (span, bool) {
			return date(m.p.century(m.num(2)), m.month(1), m.num(0))
		}},
		{"<dd> / <dd>", func(m *found) (span, bool) {
			mm, dd := m.num(0), m.num(1)
			if mm > 12 {
				mm, dd = dd, mm
			}
			s, ok := looseDay(m.p, mm, dd)
			s.doubt = doubtWord
			s = m.ambiguous(s, mm, dd)
			return s, ok && m.p.terms[m.from].number() && m.p.terms[m.to-1].number()
		}},
	}
}

func dayMonth(m *found) (span, bool) { return looseDay(m.p, m.num(1), m.num(0)) }
func monthDay(m *found) (span, bool) { return looseDay(m.p, m.num(0), m.num(1)) }
func dayMonthYear(m *found) (span, bool) {
	return date(m.span(0).from.year(), m.month(1), m.num(0))
}

func monthDayYear(m *found) (span, bool) {
	return date(m.span(0).from.year(), m.month(0), m.num(1))
}
func yearMonthDay(m *found) (span, bool) { return date(m.num(0), m.month(1), m.num(2)) }

// monthFirst reads 5/12/2025 as May 12, unless only the other order is a date.
func monthFirst(m *found) (span, bool) {
	mm, dd, y := m.num(0), m.num(1), m.num(2)
	if y < 100 {
		y = m.p.century(y)
	}
	if mm > 12 {
		mm, dd = dd, mm
	}
	s, ok := date(y, time.Month(mm), dd)
	return m.ambiguous(s, mm, dd), ok
}

func looseDay(p *parse, month, d int) (span, bool) {
	if month < 1 || month > 12 {
		return span{}, false
	}
	return loose{month: time.Month(month), day: d}.latest(p.today)
}

// latestDayOfMonth is the last day with that number, today included.
func (p *parse) latestDayOfMonth(d int) (span, bool) {
	y, m, _ := p.today.date()
	for i := range 4 {
		first := dayOf(y, m-time.Month(i), 1)
		yy, mm, _ := first.date()
		if s, ok := date(yy, mm, d); ok && s.from <= p.today {
			return s, true
		}
	}
	return span{}, false
}

func (p *parse) dayOfRelativeMonth(d int, r relation) (span, bool) {
	y, m, _ := p.unitSpan(p.today, unit{insight.GrainMonth, 1}, r.offset()).from.date()
	return date(y, m, d)
}

// relativeDayRules are days seen from now, and weekdays.
func relativeDayRules() []rule[span] {
	return []rule[span]{
		{"today|tonight|otd", daysAway(0)},
		{"current|this day|date", daysAway(0)},
		{"now", func(m *found) (span, bool) {
			s := oneDay(m.p.today)
			s.doubt = doubtBare
			return s, true
		}},
		{"yesterday|yday|yest|ystd", daysAway(-1)},
		{"last night", func(m *found) (span, bool) {
			s := oneDay(m.p.today - 1)
			s.note = "Last night is read as the whole of yesterday."
			return s, true
		}},
		{"the? last|previous|past|prior day", daysAway(-1)},
		{"the? day before yesterday", daysAway(-2)},
		{"ereyesterday", daysAway(-2)},
		{"tomorrow|tmrw|tmr|tmw|tomorow", daysAway(1)},
		{"the? next|following|coming day", daysAway(1)},
		{"the? day after tomorrow|tmrw|tmr", daysAway(2)},
		{"<wday>", func(m *found) (span, bool) {
			s := m.p.lastWeekday(m.num(0))
			if word := m.text(0); len(word) < 4 {
				s.doubt = doubtWord
			}
			return s, true
		}},
		{"<rel> <wday>", func(m *found) (span, bool) {
			if relation(m.num(0)) == relLast {
				return m.p.lastWeekday(m.num(1)), true
			}
			return m.p.weekdayOf(m.p.relativeWeek(relation(m.num(0))), m.num(1)), true
		}},
		{"this past|last <wday>", func(m *found) (span, bool) {
			return m.p.lastWeekday(m.num(1 - boolInt(m.text(1) == "past" || m.text(1) == "last"))), true
		}},
		{"<wday> of? the? <rel> week", func(m *found) (span, bool) {
			return m.p.weekdayOf(m.p.relativeWeek(relation(m.num(1))), m.num(0)), true
		}},
		{"<rel> week ,|-|'? on? <wday>", func(m *found) (span, bool) {
			return m.p.weekdayOf(m.p.relativeWeek(relation(m.num(0))), m.num(1)), true
		}},
		{"the? <ord> <wday> of|in <X>", func(m *found) (span, bool) {
			return nthWeekday(m.span(0), m.num(1), m.num(0))
		}},
		{"the? last|final <wday> of|in <X>", func(m *found) (span, bool) {
			return nthWeekday(m.span(0), m.num(0), -1)
		}},
		{"the? first|1st day of <X>", func(m *found) (span, bool) { return oneDay(m.span(0).from), true }},
		{"the? <ord> day of <X>", func(m *found) (span, bool) {
			d := m.span(0).from + day(m.num(0)-1)
			return oneDay(d), d < m.span(0).to
		}},
		{"the? last|final day of <X>", func(m *found) (span, bool) { return oneDay(m.span(0).to - 1), true }},
	}
}

func daysAway(n int) func(*found) (span, bool) {
	return func(m *found) (span, bool) { return oneDay(m.p.today + day(n)), true }
}

// lastWeekday is the last such day before today.
func (p *parse) lastWeekday(wday int) span {
	back := (int(p.today.weekday()) - wday + 7) % 7
	if back == 0 {
		back = 7
	}
	s := oneDay(p.today - day(back))
	s.weekday = true
	return s
}

func (p *parse) relativeWeek(r relation) span {
	return p.unitSpan(p.today, unit{insight.GrainWeek, 1}, r.offset())
}

// weekdayOf is the day of a week that is a wday.
func (p *parse) weekdayOf(week span, wday int) span {
	return oneDay(week.from + day((wday-int(week.from.weekday())+7)%7))
}

// nthWeekday is the n-th such day of a span, counted from its end when n is
// negative.
func nthWeekday(s span, wday, n int) (span, bool) {
	d := s.from + day((wday-int(s.from.weekday())+7)%7) + day(7*(n-1))
	if n < 0 {
		last := s.to - 1
		d = last - day((int(last.weekday())-wday+7)%7) + day(7*(n+1))
	}
	return oneDay(d), s.from <= d && d < s.to && s.from != openPast
}
