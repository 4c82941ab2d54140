package match

import (
	"sync"

	"insightbot/insight"
)

// comparison is what a phrase says about an earlier period.
type comparison struct {
	compare insight.Compare
	// against is the earlier period that was named, if any, and main the later
	// one of the two, where a phrase names both.
	against, main *named
	// implied is the period that the phrase is about unless another is named.
	implied string
	// daysBack is how many days before the period the earlier one lies.
	daysBack int
}

// named is a period that a phrase names, and its terms.
type named struct {
	span     span
	from, to int
}

// named is the i-th span that was captured.
func (m *found) named(i int) *named {
	c := m.pick(i, true)
	if c.span == nil {
		return nil
	}
	return &named{span: *c.span, from: c.at, to: m.p.remember(c.class, c.at).next}
}

// compareTable holds the phrases that ask for a comparison.
var compareTable = sync.OnceValue(func() *table[comparison] {
	return newTable([]rule[comparison]{
		// Before the periods: "a year ago" is no year to compare with.
		{"<vs> a|one|1 year ago|earlier|before", lastYear},
		{"<vs> 12|twelve months ago|earlier|before", lastYear},
		{"change|changed|difference|delta|growth|grow|grew|increase|increased|drop|dropped|fell|rise|rose|up|down from a|one|1 year ago", lastYear},
		{"<vs> the? <P>", func(m *found) (comparison, bool) {
			s := m.span(0)
			sure := s.doubt == doubtNone || s.doubt != doubtBare && m.text(0) != "than"
			return comparison{compare: insight.ComparePrevious, against: m.named(0)}, sure && s.hours == 0 && s.ahead == 0
		}},
		{"change|changed|difference|delta|growth|grow|grew|increase|increased|drop|dropped|fell|rise|rose|up|down from|since|over <P>", changeSince},
		{"compare|comparing <X> and|with|to|against <X>", func(m *found) (comparison, bool) {
			return comparison{compare: insight.ComparePrevious, against: m.named(1), main: m.named(0)}, true
		}},
		{"<vs> the|that? <unit> before|prior|earlier|previously|preceding", previous},
		{"<vs> the|that? <unit> before that|it|this", previous},
		{"<vs> the? <n> <unit> before|prior|earlier|preceding that|it|this?", previous},
		{"<vs> the? <rel> ytd", lastYear},
		{"<vs> the? <rel> mtd|qtd|wtd", previous},
		{"<vs>? the? same day of? <rel> week", func(*found) (comparison, bool) {
			return comparison{compare: insight.ComparePrevious, daysBack: 7}, true
		}},
		{"and|, and? the <unit> before", previous},
		{"<vs> the? prior|previous|last|preceding|earlier period|one|timeframe|time|interval|range", previous},
		{"<vs> the? period before", previous},
		{"<vs> before|previously|earlier|usual", previous},
		{"against|over the? prior|previous|preceding period", previous},
		{"<vs>? the? same <unit> <rel> year", lastYear},
		{"<vs>? the? same period|time|days|dates|window of|in? <rel> year", lastYear},
		{"<vs>? the? same period|time|days|dates|<unit> a|one year ago|earlier|before", lastYear},
		{"<vs>? the? same <unit> a|one year ago|earlier|before", lastYear},
		{"<vs>? the? same period|time|days|dates|window the year before", lastYear},
		{"<vs>? the? same period|time|days|dates|window of|in? <rel> <unit>", previous},
		{"<vs> the? year before|earlier|ago", lastYear},
		{"<vs> <rel> year", lastYear},
		{"period over|on period", previous},
		{"<unit> over|on|vs|versus <unit>", unitOverUnit},
		{"wow", implied("last week")},
		{"w / w", implied("last week")},
		{"mom", implied("last month")},
		{"m / m", implied("last month")},
		{"qoq", implied("last quarter")},
		{"q / q", implied("last quarter")},
		{"dod", implied("yesterday")},
		{"d / d", implied("yesterday")},
		{"yoy", lastYear},
		{"y / y", lastYear},
		{"percent|percentage|% change", previous},
	})
})

func previous(*found) (comparison, bool) {
	return comparison{compare: insight.ComparePrevious}, true
}

func lastYear(*found) (comparison, bool) {
	return comparison{compare: insight.CompareYear}, true
}

func implied(period string) func(*found) (comparison, bool) {
	return func(*found) (comparison, bool) {
		return comparison{compare: insight.ComparePrevious, implied: period}, true
	}
}

// changeSince: "up from last month". "Growth over the last year" is a period.
func changeSince(m *found) (comparison, bool) {
	s := m.span(0)
	if m.text(1) != "from" || s.hours != 0 || s.ahead != 0 || s.doubt == doubtWord {
		return comparison{}, false
	}
	return comparison{compare: insight.ComparePrevious, against: m.named(0)}, true
}

// unitOverUnit: "week over week", "year-on-year".
func unitOverUnit(m *found) (comparison, bool) {
	var units []unit
	for _, c := range m.captures {
		units = append(units, c.unit)
	}
	if len(units) != 2 || units[0] != units[1] {
		return comparison{}, false
	}
	switch units[0].grain {
	case insight.GrainYear:
		return comparison{compare: insight.CompareYear}, true
	case insight.GrainDay:
		return comparison{compare: insight.ComparePrevious, implied: "yesterday"}, true
	default:
		return comparison{compare: insight.ComparePrevious, implied: "last " + string(units[0].grain)}, true
	}
}

func readCompare(p *parse, at int, r *Reading) (finding, bool) {
	c, next, ok := longest(p, compareTable(), at)
	if !ok && p.asksForChange(at) {
		c, next, ok = comparison{compare: insight.ComparePrevious}, at+1, true
	}
	if !ok || next-at == 1 && at == 0 && len(p.terms) > 1 && p.terms[at].Text == "wow" {
		return finding{}, false
	}
	return finding{role: RoleCompare, next: next, apply: func(r *Reading) {
		r.Compare = c.compare
		if c.against != nil {
			r.Against = p.periodOf(c.against)
		}
		if c.main != nil && r.Period == nil {
			r.Period = p.periodOf(c.main)
		}
		p.implied, p.daysBack = c.implied, c.daysBack
	}}, true
}

func (p *parse) periodOf(n *named) *Period {
	period := p.period(n.span)
	period.Note = p.note(n.span, n.from, n.to)
	period.Words = p.words(n.from, n.to)
	return &period
}

// asksForChange: "how did sign-ups change last week".
func (p *parse) asksForChange(at int) bool {
	switch p.terms[at].Text {
	case "change", "changed", "changing":
	default:
		return false
	}
	for _, t := range p.terms[:at] {
		switch t.Text {
		case "how", "did", "has", "have", "does":
			return true
		}
	}
	return false
}

// versus reads the words that set one thing against another, and how many
// terms they take.
func (p *parse) versus(at int) int {
	word := func(i int) string {
		if at+i < len(p.terms) {
			return p.terms[at+i].Text
		}
		return ""
	}
	after := func(i int, options ...string) int {
		for _, o := range options {
			if word(i) == o {
				return i + 1
			}
		}
		return 0
	}
	switch word(0) {
	case "vs", "v":
		if word(1) == "." {
			return 2
		}
		return 1
	case "versus", "against", "than":
		return 1
	case "compared", "comparing", "compare", "compares", "relative", "comparison":
		if n := after(1, "to", "with", "against"); n > 0 {
			return n
		}
		return boolInt(word(0) == "compared" && word(1) != "")
	case "in", "as":
		if word(1) == "comparison" || word(1) == "compared" || word(1) == "opposed" || word(1) == "relation" {
			return after(2, "to", "with", "against")
		}
	case "with", "to":
		for _, t := range p.terms[:at] {
			if t.Text == "compare" || t.Text == "comparing" {
				return 1
			}
		}
	}
	return 0
}
