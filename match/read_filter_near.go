package match

import (
	"slices"
	"unicode/utf8"

	"insightbot/insight"
)

// Bounds on what may be a value with a slip of the fingers in it.
const (
	// nearList is up to how many values a dimension is searched: longer ones
	// hold names, of which too many are alike.
	nearList = 300
	// nearShortest and nearLong are the letters from which one and two slips
	// are forgiven.
	nearShortest, nearLong = 5, 8
	// nearMost is how many words of one question are looked up, so that its
	// length decides how long reading takes.
	nearMost = 24
)

// valueWord is a word for a value that a misspelt one is measured against.
type valueWord struct {
	form string
	ref  reference
	// person: it is the name of an account or of somebody. Nobody is taken for
	// somebody else; such a word is only said to be unknown.
	person bool
}

// persons are the words for dimensions whose values are the names of
// customers or people, however few there are.
var persons = setOf("account accounts customer customers client clients company companies organisation organisations organization " +
	"organizations tenant tenants user users person people member members employee employees contact contacts owner owners email")

// addNear notes the words of a dimension's values that are long enough to be
// recognised when they are misspelt.
func (v *Vocabulary) addNear(d insight.Dimension) {
	if len(d.Values) > nearList {
		return
	}
	person := slices.ContainsFunc(append([]string{d.Name, d.Label}, d.Words...), func(w string) bool { return persons[joined(w)] })
	for _, val := range d.Values {
		for _, w := range append([]string{val.Key, val.Label}, val.Words...) {
			s := valueWord{form: joined(w), ref: reference{d.Name, val.Key}, person: person}
			if utf8.RuneCountInString(s.form) >= nearShortest && !hasDigit(s.form) && !slices.Contains(v.near, s) {
				v.near = append(v.near, s)
			}
		}
	}
}

// nearValue reads a value that is misspelt or in the plural, behind words that
// open a filter: "from germny", "without upgrades". isClose is set where a word
// only looks like a value, so that it must not be passed over.
func (p *parse) nearValue(at int, n narrowing) (w FilterWish, next int, isClose bool) {
	if p.vocab == nil || at >= len(p.terms) || n.bare || n.weak || !n.any && !n.name || p.guesses >= nearMost {
		return FilterWish{}, at, false
	}
	if names, _ := p.dimensionAt(at); names != nil {
		return FilterWish{}, at, false
	}
	p.guesses++
	best, width := nearLong, 0
	var ref reference
	p.grams(at, func(form string, to int) {
		if to > at+3 || !p.mayBeMisspelt(at, to) {
			return
		}
		right := to == at+1 && p.known(at)
		if right && !n.not && !n.only {
			return
		}
		r, cost, ok := p.vocab.nearest(form, right)
		isClose = isClose || cost < nearLong
		if ok && cost < best {
			best, width, ref = cost, to-at, r
		}
	})
	if width == 0 {
		return FilterWish{}, at, isClose
	}
	w = FilterWish{Field: ref.dimension, Op: insight.OpIs, Values: []string{ref.key}, Words: p.words(at, at+width), Sure: true}
	if n.not {
		w.Op = insight.OpIsNot
	}
	return w, at + width, true
}

// mayBeMisspelt reports whether every word has weight and none is about time.
func (p *parse) mayBeMisspelt(from, to int) bool {
	for _, t := range p.terms[from:to] {
		if !t.sign && (t.digits > 0 || stopWords[t.Text] || t.entry != (entry{})) {
			return false
		}
	}
	return true
}

// known reports whether a word is right as it stands: an everyday one, or one
// of some title.
func (p *parse) known(at int) bool {
	t := p.terms[at]
	return common(t.typed) || p.vocab.hasTitleWord(t.typed)
}

// nearest finds the one value that a word is closest to, if it is the only one
// so close. Of a word that is right as it stands only another number counts:
// "upgrades". cost is nearLong where nothing even looks like the word.
func (v *Vocabulary) nearest(form string, right bool) (ref reference, cost int, ok bool) {
	length := utf8.RuneCountInString(form)
	cost = nearLong
	if length < nearShortest {
		return ref, cost, false
	}
	forms, best := numbers(form), ""
	for _, s := range v.near {
		if right && s.person {
			continue
		}
		c := nearLong
		if slices.Contains(forms, s.form) {
			c = 0
		} else if d := distance(form, s.form, 2); !right && d <= 2 && 3*d < length {
			c = d
		}
		fits := !s.person && (c <= 1 || length >= nearLong)
		switch {
		case c == nearLong || c > cost:
		case c < cost:
			ref, cost, best, ok = s.ref, c, s.form, fits
		case s.form != best && s.ref != ref:
			// Either could be meant.
			ok = false
		}
	}
	return ref, cost, ok
}

// unknownValue reads a name that is no value of any insight, where the words
// before it show that a filter is wanted. isClose is set for a word that looks
// like a value.
func (p *parse) unknownValue(at int, n narrowing, isClose bool) (finding, bool) {
	w, next, ok := p.unknownName(at, n)
	if !ok && isClose {
		w, next, ok = FilterWish{Op: insight.OpIs, Words: p.words(at, at+1)}, at+1, true
		if n.not {
			w.Op = insight.OpIsNot
		}
	}
	if !ok {
		return finding{}, false
	}
	return finding{next: next, apply: func(r *Reading) { r.addFilter(w) }}, true
}

// nearDimension reads a dimension that is misspelt, behind words that open a
// breakdown: "by platfrm". A word that is right as it stands is no slip.
func (p *parse) nearDimension(at int) (name string, ok bool) {
	if p.vocab == nil || p.guesses >= nearMost || !p.mayBeMisspelt(at, at+1) || p.known(at) {
		return "", false
	}
	form := p.terms[at].typed
	length := utf8.RuneCountInString(form)
	if p.terms[at].sign || length < nearShortest {
		return "", false
	}
	p.guesses++
	slips := 1
	if length >= nearLong {
		slips = 2
	}
	for word, names := range p.vocab.dimensions {
		if utf8.RuneCountInString(word) < nearShortest || distance(form, word, slips) > slips {
			continue
		}
		if ok && name != names[0] {
			return "", false // either could be meant
		}
		name, ok = names[0], true
	}
	return name, ok
}
