package match

import (
	"time"

	"insightbot/insight"
)

// partRules are phrases for a part of a period: early, late, so far, the rest.
func partRules() []rule[span] {
	return []rule[span]{
		{"early|beginning|start in|of? the? <X>", partOf(0)},
		{"the beginning|start of the? <X>", partOf(0)},
		{"mid|middle in|of? the? <X>", partOf(1)},
		{"the middle of the? <X>", partOf(1)},
		{"late|end in|of? the? <X>", partOf(2)},
		{"the end of the? <X>", partOf(2)},
		{"earlier in|on? the? <X>", func(m *found) (span, bool) {
			s := m.span(0)
			if s.from > m.p.today || m.p.today >= s.to {
				return certain(s), s.to <= m.p.today
			}
			if s.from == m.p.today {
				return s, true
			}
			return span{from: s.from, to: m.p.today, kind: PeriodRange, grain: s.grain}, true
		}},
		{"later in|on? the? <X>", rest},
		{"the? rest|remainder of the|my|our? <X>", rest},
		{"remaining <X>", rest},
		{"the? first half of the? <M>", func(m *found) (span, bool) { return days(m.span(0).from, m.span(0).from+14) }},
		{"the? second half of the? <M>", func(m *found) (span, bool) { return days(m.span(0).from+15, m.span(0).to-1) }},
		{"<unit> to|till|until date", unitToDate},
		{"<unit> so far", unitToDate},
		{"wtd", toDate(unit{insight.GrainWeek, 1})},
		{"mtd", toDate(unit{insight.GrainMonth, 1})},
		{"qtd", toDate(unit{insight.GrainQuarter, 1})},
		{"ytd", toDate(unit{insight.GrainYear, 1})},
		{"<season> of|,? <Y>", func(m *found) (span, bool) { return season(m.num(0)).in(m.span(0).from.year()) }},
		{"<Y> <season>", func(m *found) (span, bool) { return season(m.num(0)).in(m.span(0).from.year()) }},
		{"<rel> <season>", func(m *found) (span, bool) {
			l := season(m.num(1))
			switch relation(m.num(0)) {
			case relLast:
				return l.before(m.p.today.add(insight.GrainMonth, -3))
			case relNext:
				return l.after(m.p.today.add(insight.GrainMonth, 3))
			default:
				return l.in(m.p.today.year())
			}
		}},
		{"in|during the? <season>", func(m *found) (span, bool) { return season(m.num(0)).latest(m.p.today) }},
	}
}

// certain is a span whose surroundings have shown that it is a period.
func certain(s span) span {
	if s.doubt != doubtBare {
		s.doubt = doubtNone
	}
	return s
}

// unfinishedRules are phrases that begin with a period and say that it is
// taken up to now. They belong to the level above it.
func unfinishedRules() []rule[span] {
	return []rule[span]{
		{"<X> so far", soFar},
		{"so far <X>", soFar},
		{"so far in|on|for|during the? <X>", soFar},
		{"<X> ,|(? so far", soFar},
		{"<X> to date", soFar},
		{"<X> until|till|til|through|to|thru now|today|date", soFar},
		{"<X> up to now|today", soFar},
	}
}

// season is three whole months, those of the northern half of the earth. The
// answer prints the period, so that nobody in the south is misled.
func season(n int) loose { return loose{month: time.Month(3 * n), months: 3} }

var seasonWords = map[string]int{"spring": 1, "summer": 2, "autumn": 3, "fall": 3, "winter": 4}

func rest(m *found) (span, bool) {
	s := m.span(0)
	from := max(s.from, m.p.today)
	return span{from: from, to: s.to, kind: PeriodRange, grain: s.grain}, from < s.to
}

func soFar(m *found) (span, bool) {
	s := m.span(0)
	if s.hours != 0 || s.ahead != 0 || s.from > m.p.today || s.to-s.from == 1 && s.from != m.p.today {
		return span{}, false
	}
	if s.kind == PeriodRolling || m.p.today >= s.to {
		// "2024 to date" begins there and is not over.
		return span{from: s.from, to: m.p.today + 1, kind: PeriodRange, grain: s.grain}, true
	}
	return span{from: s.from, to: m.p.today + 1, kind: PeriodRunning, grain: s.grain, count: s.count}, true
}

func unitToDate(m *found) (span, bool) { return toDate(m.unit())(m) }

func toDate(u unit) func(*found) (span, bool) {
	return func(m *found) (span, bool) {
		if u.grain == insight.GrainHour {
			return span{}, false
		}
		s := m.p.unitSpan(m.p.today, u, 0)
		return span{from: s.from, to: m.p.today + 1, kind: PeriodRunning, grain: u.grain, count: max(1, s.count)}, true
	}
}

// partOf cuts a period into early, middle and late: the first half, the middle
// half or third, the last half, as people speak of each unit.
func partOf(which int) func(*found) (span, bool) {
	return func(m *found) (span, bool) {
		s := m.span(0)
		if s.hours != 0 || s.ahead != 0 || s.from == openPast {
			return span{}, false
		}
		from, to, ok := partBounds(s, which)
		if !ok {
			return span{}, false
		}
		out := span{from: from, to: to, kind: PeriodRange, grain: s.grain}
		return out, from < to
	}
}

func partBounds(s span, which int) (from, to day, ok bool) {
	switch n := s.to - s.from; {
	case n == 7:
		b := [3][2]day{{0, 3}, {1, 5}, {3, 7}}[which]
		return s.from + b[0], s.from + b[1], true
	case s.grain == insight.GrainMonth && s.count == 1:
		b := [3][2]day{{0, 15}, {9, 20}, {15, n}}[which]
		return s.from + b[0], s.from + b[1], true
	case s.grain == insight.GrainQuarter && s.count == 1:
		return s.from.addMonths(which), s.from.addMonths(which + 1), true
	case s.grain == insight.GrainYear && s.count == 1 && s.doubt == doubtNumber:
		// A year given by its number is cut into thirds …
		return s.from.addMonths(4 * which), s.from.addMonths(4*which + 4), true
	case s.grain == insight.GrainYear && s.count == 1:
		// … and "this year" or "last year" into halves.
		return s.from.addMonths(3 * which), s.from.addMonths(3*which + 6), true
	case s.grain == insight.GrainYear && s.count == 10:
		b := [3][2]int{{0, 4}, {3, 7}, {6, 10}}[which]
		return s.from.addMonths(12 * b[0]), s.from.addMonths(12 * b[1]), true
	case n >= 3:
		third := n / 3
		b := [3][2]day{{0, third}, {third, n - third}, {n - third, n}}[which]
		return s.from + b[0], s.from + b[1], true
	}
	return 0, 0, false
}
