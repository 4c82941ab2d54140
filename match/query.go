package match

import (
	"slices"

	"insightbot/insight"
)

// query is a question made ready for one index.
type query struct {
	reading Reading
	words   []asked
	// plain and aside are the words as typed, for comparing letters.
	plain, aside []string
	// fixed is the question with its spelling put right.
	fixed string
	// entire is the whole question for comparing with whole titles; core are
	// the same without what was read as period, breakdown and so on.
	entire string
	core   []string
	slots  slots
	// charts and kinds are the kinds of charts and of values it asks for.
	charts []insight.Chart
	kinds  []insight.FormatKind
	// small are the stop words of the question.
	small map[string]bool
}

// asked is one word of a question.
type asked struct {
	notion
	word    wordID
	stemID  stemID
	idf     float64
	weight  float64
	letters letters
	groups  []int
	// aside marks a word that was read as a period, a breakdown and so on: it
	// may speak for an insight, never against it.
	aside bool
	// kind is the kind of values it asks for.
	kind insight.FormatKind
	// wish is the number of the breakdown wish it belongs to, or -1.
	wish int
	// wanted marks a number, and a word of a breakdown or filter that no insight
	// knows by name. Where an insight lacks it that is a conflict, which says more than
	// a low score, so it is held against the score only a little.
	wanted bool
}

// lone is the weight of a word that the insight has nothing like.
func (a *asked) lone() float64 {
	switch {
	case a.wanted:
		return a.weight * wantedShare
	case a.filler:
		return a.weight * fillerShare
	case a.light && (a.stemID == unknown || plain[a.text] || anybody[normal(a.typed)]):
		return a.weight * plainShare
	case a.light:
		return a.weight * lightShare
	}
	return a.weight
}

// ask prepares a question.
func (ix *Index) ask(r Reading) *query {
	q := &query{reading: r}
	tokens := Tokens(r.Text)
	for _, w := range telling(tokens) {
		if isFiller(w.Text) && !ix.dict.has(w.Text) {
			continue
		}
		if role(r, w.From, w.To) == "" {
			q.plain = append(q.plain, w.Text)
		} else {
			q.aside = append(q.aside, w.Text)
		}
	}
	for i, t := range tokens {
		tokens[i].Text = ix.spell.fix(t.Text)
	}
	all := append(analyse(r.Text, tokens, nil), signNotions(r.Text)...)
	if about, ok := aboutNotion(all); ok {
		all = append(all, about)
	}
	q.weighEvidence(r, all)
	q.addWords(ix, content(all))
	q.small = map[string]bool{}
	for _, n := range all {
		if n.stop {
			q.small[n.text] = true
		}
	}
	if len(q.plain) == 0 {
		q.plain, q.aside = q.aside, nil
	}
	q.fixed = spelled(r.Text, tokens)
	q.typeWhole(r, all)
	q.slots = slotsOf(all)
	q.slots.ask(r, all)
	return q
}

// addWords adds each different word once; where one is both plain and aside,
// it is plain.
func (q *query) addWords(ix *Index, notions []notion) {
	at := map[string]int{}
	plain := 0
	for _, n := range ix.telling(q.reading, notions) {
		a := asked{notion: n, wish: -1}
		a.aside = role(q.reading, n.from, n.to) != ""
		a.wish = wishAt(q.reading, n.from, n.to)
		a.wanted = wanted(q.reading, n) || n.numeric() || measures[normal(n.typed)]
		if i, ok := at[n.text]; ok {
			if q.words[i].aside && !a.aside {
				q.words[i].aside, q.words[i].wish = false, -1
				plain++
			}
			continue
		}
		at[n.text] = len(q.words)
		a.word, a.stemID = ix.dict.find(n)
		a.idf = ix.dict.rarity(a.stemID)
		a.kind = valued[normal(n.typed)]
		if n.filler {
			a.idf *= fillerRarity
		}
		a.weight = a.idf + plus
		a.letters = lettersOf(n.text)
		a.groups = relatives[n.stem]
		if !a.aside {
			plain++
		}
		q.words = append(q.words, a)
	}
	if plain > 0 {
		return
	}
	// Nothing but a period or a breakdown was said: that is the subject then.
	for i := range q.words {
		q.words[i].aside = false
	}
}

// role is what the words from one byte to another were read as, or "" for
// words of the subject. A breakdown that is not sure is of the subject.
func role(r Reading, from, to int) Role {
	for _, s := range r.Spans {
		if from < s.From || s.To < to {
			continue
		}
		if i := wishAt(r, from, to); s.Role == RoleBreakdown && i >= 0 && !r.Breakdowns[i].Sure {
			return ""
		}
		if s.Role == RoleFilter && !sureFilter(r, from, to) {
			return ""
		}
		return s.Role
	}
	return ""
}

// sureFilter reports whether the words belong to a filter that is sure.
func sureFilter(r Reading, from, to int) bool {
	i := slices.IndexFunc(r.Filters, func(f FilterWish) bool { return sharesWord(f.Words, r.Text[from:to]) })
	return i < 0 || r.Filters[i].Sure
}

// sharesWord reports whether two texts have a word in common.
func sharesWord(a, b string) bool {
	return slices.ContainsFunc(Tokens(a), func(t Token) bool {
		return slices.ContainsFunc(Tokens(b), func(u Token) bool { return t.Text == u.Text })
	})
}

// wishAt is the number of the breakdown wish that has the words, or -1.
func wishAt(r Reading, from, to int) int {
	if from < 0 || to > len(r.Text) || from >= to {
		return -1
	}
	within := slices.ContainsFunc(r.Spans, func(s Span) bool {
		return s.Role == RoleBreakdown && from < s.To && s.From < to
	})
	if !within {
		return -1
	}
	return slices.IndexFunc(r.Breakdowns, func(b BreakdownWish) bool { return sharesWord(b.Words, r.Text[from:to]) })
}

// wanted reports whether a word belongs to a breakdown or filter that was
// asked for and that no insight knows.
func wanted(r Reading, n notion) bool {
	return slices.ContainsFunc(r.Breakdowns, func(b BreakdownWish) bool { return b.Name == "" && sharesWord(b.Words, n.typed) }) ||
		slices.ContainsFunc(r.Filters, func(f FilterWish) bool { return f.Field == "" && sharesWord(f.Words, n.typed) })
}

// spelled is a text with its tokens in place.
func spelled(text string, tokens []Token) string {
	var b []byte
	at := 0
	for _, t := range tokens {
		b = append(append(b, text[at:t.From]...), t.Text...)
		at = t.To
	}
	return string(append(b, text[at:]...))
}
