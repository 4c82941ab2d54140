package match

import (
	"strings"
	"time"

	"insightbot/insight"
)

// yearRules are phrases for one calendar year (<Y>).
func yearRules() []rule[span] {
	return []rule[span]{
		{"<yr>", func(m *found) (span, bool) {
			s := months(m.num(0), time.January, 12)
			s.doubt = doubtNumber
			return s, true
		}},
		{"the? year of? <yr>", wholeYear},
		{"the? calendar|fiscal|financial year? <yr>", wholeYear},
		{"fy|cy <yr>", wholeYear},
		{"fy|cy '? <yy>", func(m *found) (span, bool) {
			return months(m.p.century(m.num(0)), time.January, 12), true
		}},
		{"' <yy>", wholeYear2},
		{"the? <rel> calendar|fiscal|financial|school? year", relativeYear},
		{"that|the|my|our calendar|fiscal|financial|school? year", func(m *found) (span, bool) {
			s := months(m.p.today.year(), time.January, 12)
			s.doubt = doubtThe
			return s, true
		}},
	}
}

func wholeYear(m *found) (span, bool) { return months(m.num(0), time.January, 12), true }

func wholeYear2(m *found) (span, bool) {
	s := months(m.p.century(m.num(0)), time.January, 12)
	s.doubt = doubtWord
	return s, true
}

func relativeYear(m *found) (span, bool) {
	return months(m.p.today.year()+relation(m.num(0)).offset(), time.January, 12), true
}

// monthRules are phrases for one calendar month (<M>).
func monthRules() []rule[span] {
	return []rule[span]{
		{"the? <mon>", bareMonth},
		{"the? month of <mon>", looseMonth},
		{"the? month? of? <mon> ,? of|in? <Y>", monthOfYear},
		{"the? month? of? <mon> - <Y>", monthOfYear},
		{"<mon> /|. <yr>", monthAndYear},
		{"<mon> '|of <yy>", monthAndYear2},
		{"in|of? <Y> ,? <mon>", monthOfYear},
		{"<yr> -|/|. <mon>", yearAndMonth},
		{"<yr> -|/|. <mm>", yearAndMonth},
		{"<mm> -|/|. <yr>", monthAndYear},
		{"<rel> <mon>", relativeMonth},
		{"this past|last <mon>", latestMonth},
		{"the? most recent <mon>", latestMonth},
		{"the? <ord> month of|in <Y>", func(m *found) (span, bool) {
			return months(m.span(0).from.year(), m.month(0), 1), m.num(0) <= 12
		}},
		{"the? last|final month of|in the? <Y>", func(m *found) (span, bool) {
			return months(m.span(0).from.year(), time.December, 1), true
		}},
		{"the? last|final month of|in the? <Q>", func(m *found) (span, bool) {
			y, mm, _ := m.span(0).to.add(insight.GrainMonth, -1).date()
			return months(y, mm, 1), true
		}},
		{"the? <ord> month of|in the? <Q>", func(m *found) (span, bool) {
			y, mm, _ := m.span(0).from.add(insight.GrainMonth, m.num(0)-1).date()
			return months(y, mm, 1), m.num(0) <= 3
		}},
	}
}

func bareMonth(m *found) (span, bool) {
	s, ok := looseMonth(m)
	switch m.p.terms[m.to-1].Text {
	case "may", "march", "mar", "jan", "jun", "sep":
		s.doubt = doubtWord
	}
	return s, ok
}

func looseMonth(m *found) (span, bool) {
	return loose{month: m.month(0), months: 1}.latest(m.p.today)
}

func monthOfYear(m *found) (span, bool) {
	return months(m.span(0).from.year(), m.month(0), 1), true
}

func monthAndYear(m *found) (span, bool)  { return months(m.num(1), m.month(0), 1), true }
func yearAndMonth(m *found) (span, bool)  { return months(m.num(0), m.month(1), 1), true }
func monthAndYear2(m *found) (span, bool) { return months(m.p.century(m.num(1)), m.month(0), 1), true }

// relativeMonth: "last June" is June of last year, as "this June" is June of
// this year.
func relativeMonth(m *found) (span, bool) {
	if m.text(0) == "past" {
		return latestMonth(m)
	}
	return months(m.p.today.year()+relation(m.num(0)).offset(), m.month(1), 1), true
}

// latestMonth is the last such month that is over.
func latestMonth(m *found) (span, bool) {
	for _, c := range m.captures {
		if c.class == classMonth {
			l := loose{month: time.Month(c.num), months: 1}
			return l.before(m.p.today.floor(insight.GrainMonth, time.Monday))
		}
	}
	return span{}, false
}

// quarterRules are phrases for a quarter or half of a year (<Q>).
func quarterRules() []rule[span] {
	return []rule[span]{
		{"q <n>", looseQuarter},
		{"the? <ord> quarter", looseQuarter},
		{"quarter <n>", looseQuarter},
		{"quarter <n> ,|-|/? of|in? <Y>", quarterOfYear},
		{"<Y> ,|-? quarter <n>", quarterOfYear},
		{"the? q <n> ,|-|/? of|in? <Y>", quarterOfYear},
		{"the? <ord> quarter ,|-? of|in? <Y>", quarterOfYear},
		{"q <n> '? <yy>", quarterOfYear2},
		{"<Y> ,|-|/? the? q <n>", quarterOfYear},
		{"<Y> ,|-? the? <ord> quarter", quarterOfYear},
		{"the? last|final quarter of|in <Y>", func(m *found) (span, bool) {
			return months(m.span(0).from.year(), time.October, 3), true
		}},
		{"h <n>", looseHalf},
		{"the? <ord> half of|in the? year", looseHalf},
		{"the? h <n> ,|-|/? of|in? <Y>", halfOfYear},
		{"the? <ord> half year? ,|-? of|in? <Y>", halfOfYear},
		{"the? last|latter half of|in? <Y>", func(m *found) (span, bool) {
			return months(m.span(0).from.year(), time.July, 6), true
		}},
		{"h <n> '? <yy>", func(m *found) (span, bool) {
			return halfOf(m.p.century(m.num(1)), m.num(0))
		}},
		{"<Y> ,|-|/? the? h <n>", halfOfYear},
		{"<Y> ,|-? the? <ord> half", halfOfYear},
		{"the? <rel> quarter", func(m *found) (span, bool) {
			return m.p.unitSpan(m.p.today, unit{insight.GrainQuarter, 1}, relation(m.num(0)).offset()), true
		}},
		{"<rel> q <n>", func(m *found) (span, bool) {
			return quarterOf(m.p.today.year()+relation(m.num(0)).offset(), m.num(1))
		}},
	}
}

func quarterOf(y, n int) (span, bool) {
	return months(y, time.Month(3*n-2), 3), 1 <= n && n <= 4
}

func halfOf(y, n int) (span, bool) {
	return months(y, time.Month(6*n-5), 6), 1 <= n && n <= 2
}

func looseQuarter(m *found) (span, bool) {
	if _, ok := quarterOf(2000, m.num(0)); !ok {
		return span{}, false
	}
	return loose{month: time.Month(3*m.num(0) - 2), months: 3}.latest(m.p.today)
}

func looseHalf(m *found) (span, bool) {
	if _, ok := halfOf(2000, m.num(0)); !ok {
		return span{}, false
	}
	return loose{month: time.Month(6*m.num(0) - 5), months: 6}.latest(m.p.today)
}

func quarterOfYear(m *found) (span, bool)  { return quarterOf(m.span(0).from.year(), m.num(0)) }
func quarterOfYear2(m *found) (span, bool) { return quarterOf(m.p.century(m.num(1)), m.num(0)) }
func halfOfYear(m *found) (span, bool)     { return halfOf(m.span(0).from.year(), m.num(0)) }

// relativeRules are calendar units seen from now, and eras.
func relativeRules() []rule[span] {
	return []rule[span]{
		{"the? <rel> full|whole|complete|entire|calendar? <unit>", relativeUnit},
		{"this|the? upcoming|coming <unit>", func(m *found) (span, bool) { return m.p.relative(m.unit(), relNext) }},
		{"this past <unit>", func(m *found) (span, bool) { return m.p.relative(m.unit(), relLast) }},
		{"the|my|our entire|whole|full? <unit>", func(m *found) (span, bool) {
			s, ok := m.p.relative(m.unit(), relThis)
			s.doubt = doubtThe
			return s, ok && !strings.HasSuffix(m.p.terms[m.to-1].Text, "s")
		}},
		{"<unit>", func(m *found) (span, bool) {
			s, ok := m.p.relative(m.unit(), relThis)
			s.doubt = doubtBare
			return s, ok && !strings.HasSuffix(m.text(0), "s")
		}},
		{"the? <unit> before last", func(m *found) (span, bool) {
			return m.p.unitSpan(m.p.today, m.unit(), -2), m.unit().grain != insight.GrainHour
		}},
		{"the? <unit> after next", func(m *found) (span, bool) {
			return m.p.unitSpan(m.p.today, m.unit(), 2), m.unit().grain != insight.GrainHour
		}},
		{"in? the? ' <decade>", func(m *found) (span, bool) { return years(m.num(0), 10), true }},
		{"in? the? <decade>", func(m *found) (span, bool) { return years(m.num(0), 10), true }},
		{"the? <ord> century", func(m *found) (span, bool) { return years(100*(m.num(0)-1), 100), 18 <= m.num(0) && m.num(0) <= 21 }},
		{"the? last|past|previous half a? year", func(m *found) (span, bool) { return m.p.rolling(unit{insight.GrainMonth, 1}, 6) }},
	}
}

func years(y, n int) span {
	return span{from: dayOf(y, time.January, 1), to: dayOf(y+n, time.January, 1), kind: PeriodCalendar, grain: insight.GrainYear, count: n}
}

func relativeUnit(m *found) (span, bool) { return m.p.relative(m.unit(), relation(m.num(0))) }

// relative is the unit before, around or after now. A fortnight is no
// calendar unit and counts back from today.
func (p *parse) relative(u unit, r relation) (span, bool) {
	switch {
	case u.grain == insight.GrainHour && r == relThis:
		return span{ahead: 1, kind: PeriodRunning, grain: insight.GrainHour, count: 1}, true
	case u.grain == insight.GrainHour:
		return p.rolling(u, 1)
	case u.grain == insight.GrainWeek && u.times > 1 && r == relLast:
		return p.rolling(u, 1)
	}
	return p.unitSpan(p.today, u, r.offset()), true
}
