package match

// ambiguous are small words that are short for a country as well: "us".
var ambiguous = setOf("us it")

// listed reports whether a pronoun can only be a value: it stands in a list
// with another one ("us and brazil", "uk, us"), behind "the" or "in", or before
// "only".
func (p *parse) listed(ref reference, from, to int) bool {
	if and := p.and(to); and > to {
		if refs, _ := p.valueAt(and); indexOf(refs, ref.dimension) >= 0 {
			return true
		}
	}
	if to < len(p.terms) && p.terms[to].Text == "only" || from == 0 {
		return to < len(p.terms) && p.terms[to].Text == "only"
	}
	switch p.terms[from-1].Text {
	case "the", "only":
		return true
	case "in", "within":
		return p.ends(to) || p.startsPhrase(to)
	case "vs", "versus":
		return true
	}
	return p.behindValue(ref, from)
}

// startsPhrase reports whether a phrase about time or a bucket begins at a term.
func (p *parse) startsPhrase(at int) bool {
	if _, _, ok := p.phrase(at); ok {
		return true
	}
	_, _, ok := longest(p, grainTable(), at)
	return ok
}

// behindValue reports whether what joins a list stands before a term, and a
// value of the same dimension before that.
func (p *parse) behindValue(ref reference, at int) bool {
	for start := max(0, at-5); start < at; start++ {
		refs, to := p.valueAt(start)
		if indexOf(refs, ref.dimension) < 0 || to >= at || p.and(to) != at {
			continue
		}
		if !ambiguous[p.terms[start].typed] {
			return true
		}
	}
	return false
}

// isUnit reports whether a term is a unit of what is counted rather than a
// country: "GB uploaded", "how many GB".
func (p *parse) isUnit(at int) bool {
	if !measures[p.terms[at].typed] {
		return false
	}
	if at > 0 {
		switch p.terms[at-1].Text {
		case "many", "much", "of", "total", "in":
			return true
		}
	}
	if at+1 >= len(p.terms) {
		return false
	}
	next := p.terms[at+1].Text
	return next == "of" || next == "per" || len(next) > 4 && next[len(next)-2:] == "ed"
}

// wentThrough reports whether a "through" at a term belongs to the verb before
// it rather than to a period: "payments that did not go through this week".
func (p *parse) wentThrough(at int) bool {
	if at == 0 || p.terms[at].Text != "through" && p.terms[at].Text != "thru" {
		return false
	}
	switch p.terms[at-1].Text {
	case "go", "goes", "going", "went", "gone", "come", "comes", "came", "coming", "get", "got", "gets":
		return true
	}
	return false
}

// nickname reports whether the words of a value are only another word for it
// and a kind of thing by themselves: a browser is the web as a platform, but
// "by browser" asks which one.
func (p *parse) nickname(from, to int) bool {
	if to != from+1 || p.terms[from].capital || p.vocab == nil || to < len(p.terms) && !p.ends(to) {
		return false
	}
	return p.vocab.nicknames[p.terms[from].typed]
}
