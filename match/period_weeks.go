package match

import (
	"time"

	"insightbot/insight"
)

// weekRules are phrases for weeks.
func weekRules() []rule[span] {
	return []rule[span]{
		{"week <n>", func(m *found) (span, bool) {
			// "week 1 retention" is about no calendar.
			s, ok := weekNumber(m)
			s.doubt = doubtShort
			return s, ok
		}},
		{"week #|no|number <n>", weekNumber},
		{"calendar|iso week #|no|number? <n>", weekNumber},
		{"calendar|iso? week #|no|number? <n> ,? of|in? <Y>", weekNumberOfYear},
		{"wk|cw|kw <n>", weekNumber},
		{"w <n>", func(m *found) (span, bool) {
			s, ok := weekNumber(m)
			s.doubt = doubtWord
			return s, ok
		}},
		{"w|wk|cw|kw <n> of|in|/|,? <Y>", weekNumberOfYear},
		{"<yr> ,|/? w|wk|cw|week <n>", func(m *found) (span, bool) { return m.p.weekOfYear(m.num(0), m.num(1)) }},
		{"the? week of|commencing|starting|beginning|from|containing|ending|including on? the? <D>", func(m *found) (span, bool) {
			return m.p.weekOf(m.span(0).from), true
		}},
		{"the? week that? starts|begins|started|began on? the? <D>", func(m *found) (span, bool) {
			return m.p.weekOf(m.span(0).from), true
		}},
		{"w / c the? <D>", func(m *found) (span, bool) { return m.p.weekOf(m.span(0).from), true }},
		{"w / e the? <D>", func(m *found) (span, bool) { return m.p.weekOf(m.span(0).from), true }},
		{"wc the? <D>", func(m *found) (span, bool) { return m.p.weekOf(m.span(0).from), true }},
		{"the? <ord> week of|in? the? <X>", func(m *found) (span, bool) { return m.p.weekIn(m.span(0), m.num(0)) }},
		{"the? last|final week of|in the? <X>", func(m *found) (span, bool) { return m.p.weekIn(m.span(0), -1) }},
		{"<rel> week from|between <wday> to|and|until|till|through|- <wday>", weekdaysOfWeek},
		{"<wday> to|until|till|through|- <wday> of? <rel> week", func(m *found) (span, bool) {
			return m.p.weekdays(relation(m.num(2)), m.num(0), m.num(1))
		}},
	}
}

// weekendRules are phrases for the ends of weeks, and for what is between.
func weekendRules() []rule[span] {
	return []rule[span]{
		{"the? <rel> business|working|work week", workWeek},
		{"the? <rel> workweek", workWeek},
		{"weekend", func(m *found) (span, bool) {
			s := m.p.weekend(m.p.today, 0)
			s.doubt = doubtBare
			return s, true
		}},
		{"the? <rel> weekend", func(m *found) (span, bool) {
			return m.p.weekend(m.p.today, relation(m.num(0)).offset()), true
		}},
		{"this|the? coming|upcoming|following weekend", func(m *found) (span, bool) { return m.p.weekend(m.p.today, 0), true }},
		{"this past|last weekend", func(m *found) (span, bool) { return m.p.weekend(m.p.today, -1), true }},
		{"the weekend", func(m *found) (span, bool) {
			s := m.p.weekend(m.p.today, 0)
			if s.from > m.p.today {
				s = m.p.weekend(m.p.today, -1)
			}
			s.doubt = doubtThe
			return s, true
		}},
		{"the? weekend before last", func(m *found) (span, bool) { return m.p.weekend(m.p.today, -2), true }},
		{"the? weekend of the? <D>", func(m *found) (span, bool) { return m.p.weekend(m.span(0).from, 0), true }},
		{"the? <ord> weekend of|in the? <M>", func(m *found) (span, bool) {
			s, ok := nthWeekday(m.span(0), int(time.Saturday), m.num(0))
			return m.p.weekend(s.from, 0), ok
		}},
		{"the? last weekend of|in the? <M>", func(m *found) (span, bool) {
			s, ok := nthWeekday(m.span(0), int(time.Saturday), -1)
			return m.p.weekend(s.from, 0), ok
		}},
	}
}

func weekdaysOfWeek(m *found) (span, bool) {
	return m.p.weekdays(relation(m.num(0)), m.num(1), m.num(2))
}

func (p *parse) weekdays(r relation, first, last int) (span, bool) {
	w := p.relativeWeek(r)
	return days(p.weekdayOf(w, first).from, p.weekdayOf(w, last).from)
}

// workWeek is Monday to Friday.
func workWeek(m *found) (span, bool) {
	s := m.p.weekend(m.p.today, relation(m.num(0)).offset())
	s.from, s.to = s.from-5, s.from
	return s, true
}

// weekNumber is the last such week that had begun by today.
func weekNumber(m *found) (span, bool) {
	for y := m.p.today.year() + 1; y > m.p.today.year()-8; y-- {
		if s, ok := m.p.weekOfYear(y, m.num(0)); ok && s.from <= m.p.today {
			return s, true
		}
	}
	return span{}, false
}

func weekNumberOfYear(m *found) (span, bool) {
	return m.p.weekOfYear(m.span(0).from.year(), m.num(0))
}

func (p *parse) weekOfYear(y, n int) (span, bool) {
	if n < 1 || n > 53 {
		return span{}, false
	}
	return p.weekIn(months(y, time.January, 12), n)
}

// weekIn is the n-th week of a month, quarter or year, or with n = -1 its
// last. As in ISO 8601, a week belongs to where most of its days are.
func (p *parse) weekIn(s span, n int) (span, bool) {
	if s.from == openPast || s.to-s.from < 20 {
		return span{}, false
	}
	const middle = 3
	week := p.weekOf(s.from)
	if week.from+middle < s.from {
		week = p.weekOf(week.to)
	}
	if n < 0 {
		week = p.weekOf(s.to - 1)
		if week.from+middle >= s.to {
			week = p.weekOf(week.from - 1)
		}
		return week, true
	}
	week = p.weekOf(week.from + day(7*(n-1)))
	return week, n > 0 && week.from+middle < s.to
}

// weekend is Saturday and Sunday of the week (from Monday) that d is in, or of
// one so many weeks away. Its unit is the week, for the weekend before lies a
// week back.
func (p *parse) weekend(d day, offset int) span {
	saturday := d.floor(insight.GrainWeek, time.Monday) + 5 + day(7*offset)
	return span{from: saturday, to: saturday + 2, kind: PeriodCalendar, grain: insight.GrainWeek, count: 1}
}
