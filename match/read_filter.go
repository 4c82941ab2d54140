package match

import (
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"

	"insightbot/insight"
)

// narrowing is a phrase that opens a list of values, and what may follow.
type narrowing struct {
	not bool
	// any: words that are no known value are a wish all the same ("excluding
	// Acme"); otherwise only when they look like a name.
	any bool
	// name: words that look like a name are a wish, known or not.
	name bool
	// bare: nothing says that these are values.
	bare bool
	// weak: the words before hardly say so: "a pie of storage".
	weak bool
	// by: what follows may be what to split by: "by browser".
	by bool
	// only: nothing but these is wanted.
	only bool
}

// filterTable holds the phrases that a filter begins with.
var filterTable = sync.OnceValue(func() *table[narrowing] {
	open := func(n narrowing) func(*found) (narrowing, bool) {
		return func(*found) (narrowing, bool) { return n, true }
	}
	return newTable([]rule[narrowing]{
		{"in|on|from|for|at|within the|all|our?", open(narrowing{name: true})},
		{"via|through|where|inside|among|using the|all|our?", open(narrowing{})},
		{"with|of the|all|our?", open(narrowing{weak: true})},
		{"by the|all|our?", open(narrowing{weak: true, by: true})},
		{"only|just", open(narrowing{name: true, only: true})},
		{"only|just in|for|from|on|at|by the?", open(narrowing{any: true, only: true})},
		{"limited|restricted|filtered|filter to|by|on|for the?", open(narrowing{any: true})},
		{"excluding|exclude|except|excepting|ignoring|ignore|omitting|omit for|in|from|the?", open(narrowing{not: true, any: true})},
		{"apart|aside from the?", open(narrowing{not: true, any: true})},
		{"other than the?", open(narrowing{not: true, any: true})},
		{"but not in|for|from|on|the?", open(narrowing{not: true, any: true})},
		{"leaving out the?", open(narrowing{not: true, any: true})},
		{"without|minus|outside|not of|the?", open(narrowing{not: true, name: true})},
		{"w / o|out of|the?", open(narrowing{not: true, name: true})},
		{"not in|on|from|for|at|by the?", open(narrowing{not: true, name: true})},
		{"non -?", open(narrowing{not: true, name: true})},
	})
})

// readFilter reads "in Germany", "for enterprise", "excluding Acme", and a
// value that stands alone, as in "enterprise revenue".
func readFilter(p *parse, at int, _ *Reading) (finding, bool) {
	if f, ok := p.filterBy(narrowing{bare: true}, at); ok {
		return f, true
	}
	n, next, ok := longest(p, filterTable(), at)
	if !ok {
		return finding{}, false
	}
	return p.filterBy(n, next)
}

// filterBy reads the dimension, if it is named, and the values behind it.
func (p *parse) filterBy(n narrowing, next int) (finding, bool) {
	var fields []string
	if names, to := p.dimensionAt(next); names != nil {
		if p.followedBy(to, "is", "are", "=", ":", "equals") {
			to++
			if p.followedBy(to, "not") {
				n.not = true
				to++
			}
			n.bare = false
		}
		if refs, _ := p.valueAt(to); refs != nil {
			fields, next, n.bare = names, to, false
		}
	}
	wish, to, ok := p.values(next, n, fields)
	if ok && n.by && p.nickname(next, to) {
		return finding{}, false
	}
	if !ok {
		w, behind, isClose := p.nearValue(next, n)
		if behind == next {
			return p.unknownValue(next, n, isClose)
		}
		wish, to = w, behind
	}
	wishes := []FilterWish{wish}
	if names, behind := p.dimensionAt(to); names != nil && slices.Contains(names, wish.Field) && behind > to {
		// "the enterprise plan"
		to = behind
	}
	known := to
	if !n.bare {
		var more []FilterWish
		more, known, to = p.moreValues(to, n)
		wishes = append(wishes, more...)
	}
	role := RoleFilter
	if (n.bare || n.weak) && p.inTitles(next, to) {
		// "Enterprise revenue" may be a title as well; Fit finds out.
		role, wishes[0].Sure = "", false
	}
	if known < to {
		// Words that nobody knows stay in the rest.
		to = known
	}
	return finding{role: role, next: to, apply: func(r *Reading) {
		for _, w := range wishes {
			r.addFilter(w)
		}
	}}, true
}

// moreValues reads what follows a list of values and is none of the same
// dimension: "excluding iOS and Germany", "in France and Wakanda". The list is
// one wish for each, so that nothing is lost. known is where the last value
// that is known ends, next where the list does.
func (p *parse) moreValues(at int, n narrowing) (wishes []FilterWish, known, next int) {
	known, next = at, at
	for range 20 {
		and := p.and(next)
		if and == next || and >= len(p.terms) {
			break
		}
		if w, to, ok := p.values(and, n, nil); ok {
			wishes, known, next = append(wishes, w), to, to
			continue
		}
		if w, to, _ := p.nearValue(and, n); to > and {
			wishes, known, next = append(wishes, w), to, to
			continue
		}
		f, to, ok := p.unknownName(and, narrowing{not: n.not, any: n.any, name: true})
		if !ok || p.terms[and-1].sign && !p.terms[and].capital {
			break
		}
		wishes, next = append(wishes, f), to
	}
	return wishes, known, next
}

// addFilter adds a wish; two on one field become one, for either value is
// wanted.
func (r *Reading) addFilter(w FilterWish) {
	for i, have := range r.Filters {
		if w.Field == "" || have.Field != w.Field || have.Op != w.Op || have.Sure != w.Sure {
			continue
		}
		for _, v := range w.Values {
			if !slices.Contains(have.Values, v) {
				r.Filters[i].Values = append(r.Filters[i].Values, v)
				r.Filters[i].Words = have.Words + ", " + w.Words
			}
		}
		return
	}
	r.Filters = append(r.Filters, w)
}

// values reads a list of values of one dimension: "Germany, France or Spain".
func (p *parse) values(at int, n narrowing, fields []string) (FilterWish, int, bool) {
	refs, next := p.valueAt(at)
	if refs == nil || !p.meant(refs[0], at, next, n, len(fields) > 0) {
		return FilterWish{}, at, false
	}
	ref := refs[0]
	for _, r := range refs {
		if slices.Contains(fields, r.dimension) {
			ref = r
			break
		}
	}
	w := FilterWish{Field: ref.dimension, Op: insight.OpIs, Values: []string{ref.key}, Sure: true}
	if n.not {
		w.Op = insight.OpIsNot
	}
	for {
		and := p.and(next)
		if and == next {
			break
		}
		more, to := p.valueAt(and)
		i := indexOf(more, ref.dimension)
		if i < 0 || !p.meant(more[i], and, to, narrowing{}, true) {
			break
		}
		w.Values, next = append(w.Values, more[i].key), to
	}
	w.Words = p.words(at, next)
	return w, next, true
}

// meant reports whether a word that is a value by its letters is meant as one:
// "us", "in" and "no" are rarely countries.
func (p *parse) meant(ref reference, from, to int, n narrowing, named bool) bool {
	t := p.terms[from]
	capitals := allCapitals(p.text[t.From:t.To])
	if to-from > 1 || named && (capitals || !stopWords[t.typed]) {
		return true
	}
	if ambiguous[t.typed] && !capitals {
		return p.listed(ref, from, to)
	}
	switch {
	case n.bare && p.isUnit(from):
		return false
	case utf8.RuneCountInString(t.typed) <= 2:
		return capitals || !n.bare && (!stopWords[t.typed] || from > 0 && p.terms[from-1].Text == "the")
	case stopWords[t.typed] || accidental[t.typed]:
		return t.capital && from > 0 || !n.bare && !stopWords[t.typed]
	case n.bare && (t.entry != (entry{}) || t.digits > 0):
		return false
	case n.bare && !t.capital && p.vocab.large[ref.dimension] && common(t.typed):
		// Long lists are names, and some company is always called "Target".
		return false
	}
	return true
}

// accidental are values that are ordinary words far more often.
var accidental = setOf("new other others none unknown yes true false total average count number active number open value values date time user users")

// inTitles reports whether every word stands in some title.
func (p *parse) inTitles(from, to int) bool {
	for _, t := range p.terms[from:to] {
		if !t.sign && !p.vocab.hasTitleWord(t.typed) {
			return false
		}
	}
	return true
}

// unknownName reads a name of up to four words that no insight knows.
func (p *parse) unknownName(at int, n narrowing) (FilterWish, int, bool) {
	if !n.any && !n.name || at >= len(p.terms) {
		return FilterWish{}, at, false
	}
	if names, _ := p.dimensionAt(at); names != nil {
		return FilterWish{}, at, false
	}
	next := at
	for next < len(p.terms) && next-at < 4 && p.nameLike(next, at, n.any) {
		next++
	}
	if next == at || !n.any && p.inTitles(at, next) {
		return FilterWish{}, at, false
	}
	w := FilterWish{Op: insight.OpIs, Words: p.words(at, next), Sure: n.any}
	if n.not {
		w.Op = insight.OpIsNot
	}
	return w, next, true
}

// nameLike reports whether a term may be part of a name that nobody knows and
// that begins at another.
func (p *parse) nameLike(at, first int, anyWord bool) bool {
	t := p.terms[at]
	if t.sign || t.digits > 0 || stopWords[t.Text] || t.entry != (entry{}) {
		return false
	}
	return anyWord || t.capital && p.mixedCase(first) && !allCapitals(p.text[t.From:t.To])
}

// mixedCase reports whether capitals mean anything: some word of weight is
// written small, or none but the first has a capital before the name at a term.
func (p *parse) mixedCase(at int) bool {
	others := 0
	for i, t := range p.terms {
		if 0 < i && i < at && t.capital {
			others++
		}
		if !t.sign && !t.capital && t.digits == 0 && len(t.Text) > 3 && !stopWords[t.Text] {
			return true
		}
	}
	return at > 1 && others == 0
}

func allCapitals(s string) bool {
	for _, r := range s {
		if !unicode.IsUpper(r) {
			return false
		}
	}
	return s != ""
}

func indexOf(refs []reference, dimension string) int {
	return slices.IndexFunc(refs, func(r reference) bool { return r.dimension == dimension })
}
