package match

import (
	"cmp"
	"time"

	"insightbot/insight"
)

// rangeRules are phrases with a beginning and an end, or only one of them.
func rangeRules() []rule[span] {
	return []rule[span]{
		{"<X>", func(m *found) (span, bool) { return m.span(0), true }},
		{"the? whole|entire|all|full of? the? <X>", func(m *found) (span, bool) { return certain(m.span(0)), true }},
		{"sometime|anytime in|on|during? the? <X>", func(m *found) (span, bool) { return certain(m.span(0)), true }},
		// The first end is a bare day of the month.
		{"from|between? the? <dd> <to> the? <dd> day? of|in? <mon>", sharedMonth(2, 0, 1)},
		{"between the? <dd> and the? <dd> day? of|in? <mon>", sharedMonth(2, 0, 1)},
		{"from|between? the? <dd> <to> <mon> the? <dd>", sharedMonth(1, 0, 2)},
		{"between the? <dd> and <mon> the? <dd>", sharedMonth(1, 0, 2)},
		{"from|between? the? <dd> of? <mon> <to> the? <th>", sharedMonth(1, 0, 2)},
		{"between the? <dd> of? <mon> and the? <th>", sharedMonth(1, 0, 2)},
		{"between <mon> the? <dd> and the? <dd>", sharedMonth(0, 1, 2)},
		{"between <mon> the? <dd> and the? <dd> ,? of|in? <Y>", sharedMonth(0, 1, 2)},
		{"in|from|between|during? <mon> from|between? the? <dd> <to> the? <dd>", sharedMonth(0, 1, 2)},
		{"in? <mon> between the? <dd> and the? <dd>", sharedMonth(0, 1, 2)},
		{"from|between? the? <dd> <to> the? <dd> day? of|in? <mon> ,? of|in? <Y>", sharedMonth(2, 0, 1)},
		{"between the? <dd> and the? <dd> day? of|in? <mon> ,? of|in? <Y>", sharedMonth(2, 0, 1)},
		{"from|between? the? <dd> <to> <mon> the? <dd> ,? of|in? <Y>", sharedMonth(1, 0, 2)},
		{"between the? <dd> and <mon> the? <dd> ,? of|in? <Y>", sharedMonth(1, 0, 2)},
		{"in|from|between|during? <mon> from|between? the? <dd> <to> the? <dd> ,? of|in? <Y>", sharedMonth(0, 1, 2)},
		{"in? <mon> between the? <dd> and the? <dd> ,? of|in? <Y>", sharedMonth(0, 1, 2)},
		{"from|between? the? <dd> <to> the? <dd> in|of? <rel> month", relativeMonthDays(2, 0, 1)},
		{"between the? <dd> and the? <dd> in|of? <rel> month", relativeMonthDays(2, 0, 1)},
		{"in? <rel> month ,? from|between? the? <dd> <to> the? <dd>", relativeMonthDays(0, 1, 2)},
		{"in? <rel> month ,? between the? <dd> and the? <dd>", relativeMonthDays(0, 1, 2)},
		{"from|between the? <th> <to> the? <th>", bareDays},
		{"between the? <th> and the? <th>", bareDays},
		{"from|between? the? <mon> <to> <mon> of|,? <Y>", twoMonths},
		// Both ends named.
		{"from|between|in|during? the? <X> <to> <X>", twoEnds},
		{"between the? <X> and the? <X>", twoEnds},
		{"from the? <X> and until|till|to the? <X>", twoEnds},
		{"from|between|since the? <X> to|until|till|through|and|- now|date|present", untilNow},
		{"<X> to|until|till|through|- now|present", untilNow},
		{"<X> and|&|or the? <X>", twoUnits},
		{"<D> / <D>", twoEnds},
		{"<D> . . <D>", twoEnds},
		{"from|between? now to|and|until|till|through|- the? <X>", untilThen},
		{"between now and the? <X>", untilThen},
	}
}

// twoEnds joins two periods. The year that one of them leaves out comes from
// the other; where both leave it out, the first lies in the past.
func twoEnds(m *found) (span, bool) {
	a, b := m.span(0), m.span(1)
	if a.hours != 0 || b.hours != 0 || a.ahead != 0 || b.ahead != 0 || a.doubt == doubtBare || b.doubt == doubtBare {
		return span{}, false
	}
	ok := true
	switch {
	case a.weekday && b.weekday:
		b.to = a.from + (b.from-a.from+7)%7 + 1
		if b.to > m.p.today+1 {
			a.from, b.to = a.from-7, b.to-7
		}
	case !b.loose.isZero():
		b, ok = b.loose.after(a.from)
	case !a.loose.isZero() && a.from >= b.to:
		a, ok = a.loose.before(b.to)
	case !a.loose.isZero():
		if s, yes := a.loose.before(b.to); yes && s.from > a.from {
			a = s
		}
	case b.weekday:
		for b.to <= a.from {
			b.to += 7
		}
	}
	from := a.from
	if a.anchored {
		from = a.anchor
	}
	to := b.to
	if b.anchored {
		to = b.anchor + 1
	}
	return span{from: from, to: to, kind: PeriodRange, grain: b.grain}, ok && from < to
}

// untilThen is from today up to a day that is still to come.
func untilThen(m *found) (span, bool) {
	s, today := m.span(0), m.p.today
	switch {
	case s.weekday && s.to <= today:
		s.to += 7
	case !s.loose.isZero():
		if next, ok := s.loose.after(today); ok {
			s = next
		}
	}
	return m.p.until(today, s.to)
}

// twoUnits joins neighbours: "July and August", "2024 and 2025".
func twoUnits(m *found) (span, bool) {
	a, b := m.span(0), m.span(1)
	s, ok := twoEnds(m)
	return s, ok && (a.to == b.from || !b.loose.isZero() && s.to-s.from == a.to-a.from+b.to-b.from) && b.doubt != doubtWord
}

func twoMonths(m *found) (span, bool) {
	y := m.span(0).from.year()
	b := months(y, m.month(1), 1)
	a, ok := loose{month: m.month(0), months: 1}.before(b.to)
	return span{from: a.from, to: b.to, kind: PeriodRange, grain: insight.GrainMonth}, ok
}

// sharedMonth is for two days of one month; the arguments say which capture is
// the month, the first and the last day.
func sharedMonth(month, first, last int) func(*found) (span, bool) {
	return func(m *found) (span, bool) {
		mm, a, b := m.month(month), m.num(first), m.num(last)
		if m.spans() > 0 {
			return daysOf(m.span(0).from.year(), mm, a, b)
		}
		if mm == 0 {
			return span{}, false
		}
		s, ok := loose{month: mm, day: a}.latest(m.p.today)
		if !ok {
			return span{}, false
		}
		return daysOf(s.from.year(), mm, a, b)
	}
}

func daysOf(y int, m time.Month, first, last int) (span, bool) {
	a, ok := date(y, m, first)
	if !ok {
		return span{}, false
	}
	b, ok := date(y, m, last)
	if !ok {
		return span{}, false
	}
	s, ok := days(a.from, b.from)
	s.note = cmp.Or(a.note, b.note)
	return s, ok
}

func relativeMonthDays(month, first, last int) func(*found) (span, bool) {
	return func(m *found) (span, bool) {
		s := m.p.unitSpan(m.p.today, unit{insight.GrainMonth, 1}, relation(m.num(month)).offset())
		y, mm, _ := s.from.date()
		return daysOf(y, mm, m.num(first), m.num(last))
	}
}

// bareDays: "from the 3rd to the 17th" is of the last month whose 3rd is over.
func bareDays(m *found) (span, bool) {
	a, ok := m.p.latestDayOfMonth(m.num(0))
	if !ok {
		return span{}, false
	}
	y, mm, _ := a.from.date()
	return daysOf(y, mm, m.num(0), m.num(1))
}
