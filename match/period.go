package match

import (
	"sync"
	"time"
)

// grammar holds the tables of phrases about time.
type grammar struct {
	spans [classCount - spanYear]*table[span]
}

// theGrammar is built when it is first needed and only read afterwards.
var theGrammar = sync.OnceValue(func() *grammar {
	g := &grammar{}
	set := func(c class, groups ...[]rule[span]) { g.spans[c-spanYear] = newTable(groups...) }
	pass := func(c string) []rule[span] {
		return []rule[span]{{c, func(m *found) (span, bool) { return m.span(0), true }}}
	}
	set(spanYear, yearRules())
	set(spanMonth, monthRules())
	set(spanQuarter, quarterRules())
	set(spanDate, relativeDayRules(), dateRules(), numericDateRules())
	set(spanSimple, pass("<D>"), pass("<M>"), pass("<Q>"), pass("<Y>"),
		relativeRules(), weekRules(), weekendRules(), rollingRules(), partRules())
	set(spanPeriod, rangeRules(), openRules(), unfinishedRules())
	return g
})

// newParse prepares a text for reading.
func newParse(text string, v *Vocabulary, c Clock) *parse {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	p := &parse{grammar: theGrammar(), text: text, terms: terms(text), vocab: v, clock: c, today: civilDay(c.Now.In(c.Zone))}
	p.correct()
	return p
}

// ReadPeriod reads a phrase that is a period and nothing else, such as the
// default of an insight: "last 30 days". It reports false when the phrase is
// anything more or less than that.
func ReadPeriod(phrase string, c Clock) (Period, bool) {
	p := newParse(phrase, nil, c)
	p.whole = true
	for at := range p.terms {
		s, next, ok := p.phrase(at)
		if ok && p.only(0, at) && p.only(next, len(p.terms)) {
			out := p.period(s)
			out.Words, out.Note = phrase, p.note(s, at, next)
			return out, true
		}
		if !p.terms[at].sign {
			break
		}
	}
	return Period{}, false
}

// In is the same period by another clock: "yesterday" begins at another
// moment in another zone, and a week on another day.
func (p Period) In(c Clock) Period {
	if again, ok := ReadPeriod(p.Words, c); ok {
		return again
	}
	return p
}

// only reports whether the terms from..to are signs alone.
func (p *parse) only(from, to int) bool {
	for _, t := range p.terms[from:to] {
		if !t.sign {
			return false
		}
	}
	return true
}

// prepositions may stand before a period; they belong to it.
var prepositions = map[string]bool{
	"in": true, "on": true, "during": true, "for": true, "over": true, "within": true, "of": true, "at": true,
	"throughout": true, "across": true, "around": true, "from": true, "through": true,
}

// phrase reads a period with the words before it, at a term. A phrase that
// could mean something else needs its surroundings to prove it.
func (p *parse) phrase(at int) (span, int, bool) {
	s, next, ok := p.periodAt(at)
	word := p.terms[at].Text
	if prepositions[word] && at+1 < len(p.terms) {
		i := at + 1
		if p.terms[i].Text == "the" && i+1 < len(p.terms) {
			i++
		}
		for _, j := range []int{at + 1, i} {
			if inner, to, good := p.periodAt(j); good && (!ok || to > next) && p.believes(inner, j, to, word) {
				s, next, ok = inner, to, true
				s.doubt = doubtNone
			}
		}
	}
	if !ok || s.doubt != doubtNone && !p.believes(s, at, next, "") {
		return span{}, 0, false
	}
	return s, next, true
}

// believes reports whether a doubtful phrase, the terms from..to, is a period
// where it stands, behind a preposition or none.
func (p *parse) believes(s span, from, to int, preposition string) bool {
	if p.whole {
		return true
	}
	last := to >= len(p.terms) || p.terms[to].sign
	first := p.terms[from]
	switch s.doubt {
	case doubtNone:
		return true
	case doubtNumber:
		return p.yearLike(s.from.year(), from, to, preposition)
	case doubtThe:
		return theUnit[preposition]
	case doubtBare:
		return false
	case doubtShort:
		return preposition != "" || p.ends(to)
	case doubtWord:
		if preposition != "" {
			return preposition != "at" && preposition != "of"
		}
		switch {
		case first.month == 0 || from > 0 && p.terms[from-1].Text == "to":
			return false
		case first.month != time.May || !last && p.versus(to) > 0:
			return true
		}
		return from > 0 && (last || first.capital && !pronouns[p.terms[to].Text])
	}
	return false
}

// yearLike reports whether a bare number is a year where it stands: "2024
// revenue", but not "top 2000 customers" or "orders over 1800".
func (p *parse) yearLike(year, from, to int, preposition string) bool {
	round := year%100 == 0 || year < 1990 || year > p.today.year()+5
	if preposition != "" {
		return !round || preposition != "over" && preposition != "at" && preposition != "around" && preposition != "across"
	}
	if round || from > 0 && numbered[p.terms[from-1].Text] {
		return false
	}
	return p.ends(to) || !p.vocab.hasNumber(p.terms[from].Text)
}

// numbered are words and signs that a number belongs to.
var numbered = setOf("top bottom first error code id number no version room than least over under above below about model iso rfc http # $ € £ + -")

// theUnit are the prepositions that make "the week" this week: "for the week",
// but "day of the week".
var theUnit = map[string]bool{"for": true, "during": true, "over": true, "in": true, "within": true, "throughout": true}

// pronouns follow "may" where it is a verb.
var pronouns = map[string]bool{"i": true, "we": true, "you": true, "they": true, "he": true, "she": true, "it": true, "be": true, "have": true, "not": true}
