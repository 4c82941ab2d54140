package match

import (
	"time"

	"insightbot/insight"
)

// rollingRules are phrases that count units back from today, or ahead.
func rollingRules() []rule[span] {
	return []rule[span]{
		{"the|these? <rel> <n> <unit>", countedUnits},
		{"the|these|this? trailing|rolling|recent|latest <n> <unit>", func(m *found) (span, bool) { return m.p.rolling(m.unit(), m.num(0)) }},
		{"the? most recent <n> <unit>", func(m *found) (span, bool) { return m.p.rolling(m.unit(), m.num(0)) }},
		{"a? trailing|rolling <unit>", func(m *found) (span, bool) { return m.p.rolling(m.unit(), 1) }},
		{"the? <n> most recent <unit>", func(m *found) (span, bool) { return m.p.rolling(m.unit(), m.num(0)) }},
		{"the? <n> last|past|previous|preceding <unit>", func(m *found) (span, bool) { return m.p.rolling(m.unit(), m.num(0)) }},
		{"the? <rel> <n> business|working|week days|day", businessDays},
		{"the? <rel> <n> weekdays|workdays|weekday|workday", businessDays},
		{"the? <rel> <n> full|complete|whole|calendar <unit>", wholeUnits},
		{"the? <rel> full|complete|whole|calendar <n> <unit>", wholeUnits},
		{"l <n> <unit>", func(m *found) (span, bool) { return m.p.rolling(m.unit(), m.num(0)) }},
		{"ttm|ltm", func(m *found) (span, bool) { return m.p.rolling(unit{insight.GrainMonth, 1}, 12) }},
		{"<n> <unit> ago|back|earlier", unitsAgo},
		{"a|an <unit> ago|back", unitsAgo},
		{"<n> <unit> before|prior yesterday|today|now", unitsAgo},
		{"<n> <unit> from now|today", func(m *found) (span, bool) { return m.p.away(m.unit(), m.num(0)), true }},
		{"in <n> <unit> time", func(m *found) (span, bool) { return m.p.away(m.unit(), m.num(0)), true }},
		{"<n> <unit>", shortUnit},
		{"for? <n> <unit> ,? from|starting|beginning|since on? <D>", func(m *found) (span, bool) {
			from := m.span(0).from
			return span{from: from, to: from.add(m.unit().grain, m.num(0)*m.unit().times), kind: PeriodRange, grain: m.unit().grain}, m.num(0) > 0
		}},
		{"from|starting|beginning on? <D> ,? for <n> <unit>", func(m *found) (span, bool) {
			from := m.span(0).from
			return span{from: from, to: from.add(m.unit().grain, m.num(0)*m.unit().times), kind: PeriodRange, grain: m.unit().grain}, m.num(0) > 0
		}},
		{"within <n> <unit> from|of now|today", func(m *found) (span, bool) {
			return span{from: m.p.today, to: m.p.today.add(m.unit().grain, m.num(0)*m.unit().times), kind: PeriodRange, grain: m.unit().grain}, m.num(0) > 0
		}},
		{"the? <n> <unit> ,? to|until|till|through|ending on|in? the? <X>", func(m *found) (span, bool) {
			return unitsBefore(m.unit(), m.num(0), m.span(0).to)
		}},
		{"the? <n> <unit> ,? up|leading up? to the? <X>", func(m *found) (span, bool) {
			return unitsBefore(m.unit(), m.num(0), m.span(0).to)
		}},
		{"the? <n> <unit> before|preceding|prior to? the? <X>", func(m *found) (span, bool) {
			return unitsBefore(m.unit(), m.num(0), m.span(0).from)
		}},
		{"the? <n> <unit> after|following the? <X>", func(m *found) (span, bool) {
			u, s := m.unit(), m.span(0)
			return span{from: s.to, to: s.to.add(u.grain, min(m.num(0), 5000)*u.times), kind: PeriodRange, grain: u.grain}, m.num(0) > 0 && u.grain != insight.GrainHour
		}},
		{"the? <rel> <n> minutes|minute|mins|min", func(m *found) (span, bool) {
			// Hours are the finest there is.
			return m.p.rolling(unit{insight.GrainHour, 1}, (m.num(1)+59)/60)
		}},
		{"the? first <n> <unit> of|in the? <X>", func(m *found) (span, bool) { return m.p.part(m, m.num(0), m.span(0)) }},
		{"the? last|final <n> <unit> of|in the? <X>", func(m *found) (span, bool) { return m.p.part(m, -m.num(0), m.span(0)) }},
	}
}

// unitsBefore is the n units that end at a day.
func unitsBefore(u unit, n int, to day) (span, bool) {
	if n < 1 || n > 5000 || u.grain == insight.GrainHour || to <= openPast+1 {
		return span{}, false
	}
	return span{from: to.add(u.grain, -n*u.times), to: to, kind: PeriodRange, grain: u.grain}, true
}

// countedUnits: "last 3 weeks", "next 2 days", "this 3 days" (which is none).
func countedUnits(m *found) (span, bool) {
	n, u := m.num(1), m.unit()
	switch relation(m.num(0)) {
	case relLast:
		return m.p.rolling(u, n)
	case relNext:
		if u.grain == insight.GrainHour {
			return span{ahead: n, kind: PeriodRange, grain: u.grain, count: n}, n > 0
		}
		if u.grain == insight.GrainYear && u.times > 1 {
			s := m.p.unitSpan(m.p.today, u, 1)
			s.to, s.count = s.from.add(u.grain, n*u.times), n*u.times
			return s, n > 0 && n <= 50
		}
		from := m.p.today + 1
		return span{from: from, to: from.add(u.grain, n*u.times), kind: PeriodRange, grain: u.grain}, n > 0
	default:
		return span{}, false
	}
}

// businessDays counts back over weekends.
func businessDays(m *found) (span, bool) {
	n, from := m.num(1), m.p.today
	if relation(m.num(0)) != relLast || n < 1 || n > 5000 {
		return span{}, false
	}
	for n > 0 {
		from--
		if w := from.weekday(); w != time.Saturday && w != time.Sunday {
			n--
		}
	}
	return span{from: from, to: m.p.today, kind: PeriodRolling, grain: insight.GrainDay, count: int(m.p.today - from)}, true
}

// wholeUnits: "last 3 full months" leaves the present, unfinished one out.
func wholeUnits(m *found) (span, bool) {
	n, u := m.num(1), m.unit()
	if relation(m.num(0)) != relLast || n < 1 || n > 5000 || u.grain == insight.GrainHour {
		return span{}, false
	}
	this := m.p.unitSpan(m.p.today, u, 0)
	from := m.p.unitSpan(m.p.today, u, -n).from
	return span{from: from, to: this.from, kind: PeriodCalendar, grain: u.grain, count: n * u.times}, true
}

// rolling counts n units back from the start of today, or from the start of
// the present hour. Decades are too long to roll: the last two are whole ones.
func (p *parse) rolling(u unit, n int) (span, bool) {
	if n < 1 || n > 5000 {
		return span{}, false
	}
	switch {
	case u.grain == insight.GrainHour:
		return span{hours: n, kind: PeriodRolling, grain: u.grain, count: n}, true
	case u.grain == insight.GrainYear && u.times > 1:
		to := p.unitSpan(p.today, u, 0).from
		from := to.add(u.grain, -n*u.times)
		return span{from: from, to: to, kind: PeriodCalendar, grain: u.grain, count: n * u.times}, n*u.times <= 500
	}
	from := p.today.add(u.grain, -n*u.times)
	return span{from: from, to: p.today, kind: PeriodRolling, grain: u.grain, count: n * u.times}, true
}

// unitsAgo: "3 weeks ago" is the week that was then; since and until take the
// very day.
func unitsAgo(m *found) (span, bool) {
	n, u := max(1, m.num(0)), m.unit()
	if m.text(m.to-m.from-1) == "yesterday" {
		n++
	}
	if n > 5000 {
		return span{}, false
	}
	return m.p.away(u, -n), true
}

// away is the unit that lies n units ahead or back.
func (p *parse) away(u unit, n int) span {
	if u.grain == insight.GrainHour {
		return span{hours: -n, ahead: n + 1, kind: PeriodRange, grain: u.grain, count: 1}
	}
	at := p.today.add(u.grain, n*u.times)
	s := p.unitSpan(at, u, 0)
	s.anchor, s.anchored = at, true
	return s
}

// shortUnit takes "30d" for the last 30 days; "30 days" may be anything.
func shortUnit(m *found) (span, bool) {
	first, second := m.p.terms[m.from], m.p.terms[m.to-1]
	if m.to-m.from != 2 || !first.number() || !second.tight || len(second.Text) > 1 {
		return span{}, false
	}
	s, ok := m.p.rolling(m.unit(), m.num(0))
	s.doubt = doubtShort
	return s, ok
}

// part is the first n units of a span, or the last when n is negative.
func (p *parse) part(m *found, n int, s span) (span, bool) {
	u := m.unit()
	out := span{from: s.from, to: s.to, kind: PeriodRange, grain: u.grain}
	if u.grain == insight.GrainHour || s.from == openPast || n == 0 || n > 5000 || n < -5000 {
		return span{}, false
	}
	if n > 0 {
		out.to = s.from.add(u.grain, n*u.times)
	} else {
		out.from = s.to.add(u.grain, n*u.times)
	}
	return out, s.from <= out.from && out.to <= s.to
}
