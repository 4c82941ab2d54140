package match

import "insightbot/insight"

// openRules are phrases that name one end of a period alone.
func openRules() []rule[span] {
	return []rule[span]{
		{"since|from the? <X>", since},
		{"since|from the? <X> on|onward|onwards|forward", since},
		{"starting|beginning from|on|in|with|at? the? <X>", since},
		{"as of|from the? <X>", since},
		{"any time from|since the? <X>", since},
		{"<X> onward|onwards", since},
		{"after|following the? <X>", after},
		{"before|prior the? <X>", before},
		{"before|prior to the? <X>", before},
		{"earlier|sooner than the? <X>", before},
		{"in advance of the? <X>", before},
		{"until|till|til|through|thru the? <X>", upTo},
		{"up|prior until|till|to the? <X>", upTo},
		{"through to the? <X>", upTo},
		{"no later than the? <X>", upTo},
		{"by the? end of the? <X>", upTo},
		{"as late as the? <X>", upTo},
		{"as early as the? <X>", since},
		{"later than the? <X>", after},
		{"on or after|since the? <X>", since},
		{"on or before the? <X>", upTo},
		{"all time", always},
		{"all - time", always},
		{"of? all time", always},
		{"since|from the? beginning|start|inception|launch", always},
		{"since the? beginning of time", always},
		{"since forever", always},
	}
}

func untilNow(m *found) (span, bool) {
	s := m.span(0)
	if s.hours != 0 || s.ahead != 0 {
		return span{}, false
	}
	return m.p.until(start(s), m.p.today+1)
}

func since(m *found) (span, bool) {
	s := m.span(0)
	if s.hours != 0 || s.ahead != 0 {
		now := m.p.clock.Now
		return span{hours: s.hours, ahead: 1, kind: PeriodRunning, grain: s.grain, count: s.hours + 1}, !now.IsZero() && s.hours > 0
	}
	return m.p.until(start(s), m.p.today+1)
}

// start is where "since" begins.
func start(s span) day {
	if s.anchored {
		return s.anchor
	}
	return s.from
}

// until is a range that has not ended: it runs through today.
func (p *parse) until(from, to day) (span, bool) {
	return span{from: from, to: to, kind: PeriodRange, grain: insight.GrainDay}, from < to
}

func before(m *found) (span, bool) {
	s := m.span(0)
	if s.hours != 0 || s.ahead != 0 {
		return span{}, false
	}
	return m.p.until(openPast, start(s))
}

func upTo(m *found) (span, bool) {
	s := m.span(0)
	if s.hours != 0 || s.ahead != 0 {
		return span{}, false
	}
	if s.anchored {
		return m.p.until(openPast, s.anchor+1)
	}
	return m.p.until(openPast, s.to)
}

func always(m *found) (span, bool) { return m.p.until(openPast, m.p.today+1) }

// after begins behind a period and runs through today.
func after(m *found) (span, bool) {
	s := m.span(0)
	if s.hours != 0 || s.ahead != 0 {
		return span{}, false
	}
	return m.p.until(s.to, m.p.today+1)
}
