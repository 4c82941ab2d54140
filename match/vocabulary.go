package match

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"insightbot/insight"
)

// Vocabulary is the words that a catalogue's dimensions and their values go
// by. Build it from the insights that the audience may see: what is not in it
// cannot be read. It is immutable; a nil Vocabulary knows no words.
type Vocabulary struct {
	// dimensions and values are by their words written as one: "unitedstates".
	dimensions map[string][]string
	values     map[string][]reference
	// nicknames are words for values that are neither their keys nor labels.
	nicknames map[string]bool
	// longest is the length in bytes of the longest key.
	longest int
	// large are the dimensions with so many values that they must be names.
	large map[string]bool
	// titles holds every word of every title and tag.
	titles map[string]bool
	// near are the words for values that may be misspelt.
	near []valueWord
}

// reference is one value of one dimension.
type reference struct{ dimension, key string }

// NewVocabulary collects the words of a catalogue. Insights that share a
// dimension by name share its words.
func NewVocabulary(ins []insight.Insight) *Vocabulary {
	v := &Vocabulary{
		dimensions: map[string][]string{},
		values:     map[string][]reference{},
		large:      map[string]bool{},
		nicknames:  map[string]bool{},
		titles:     map[string]bool{},
	}
	seen := map[uint64]bool{}
	for _, in := range ins {
		for _, text := range append([]string{in.Title}, in.Tags...) {
			for _, t := range Tokens(text) {
				v.titles[t.Text] = true
			}
		}
		for _, d := range in.Accepts.Dimensions {
			// A catalogue repeats its dimensions; long lists are read once.
			if id := fingerprint(d); !seen[id] {
				seen[id] = true
				v.addDimension(d)
			}
		}
	}
	return v
}

// fingerprint tells dimensions apart by all their words.
func fingerprint(d insight.Dimension) uint64 {
	h := fnv.New64a()
	add := func(words ...string) {
		for _, w := range words {
			// Hashes never fail to write.
			_, _ = h.Write([]byte(w))
			_, _ = h.Write([]byte{0})
		}
	}
	add(d.Name, d.Label)
	add(d.Words...)
	add(strconv.FormatBool(d.Filter))
	for _, v := range d.Values {
		add(v.Key, v.Label)
		add(v.Words...)
	}
	return h.Sum64()
}

func (v *Vocabulary) addDimension(d insight.Dimension) {
	for _, w := range append([]string{d.Name, d.Label}, d.Words...) {
		for _, form := range numbers(joined(w)) {
			v.longest = max(v.longest, len(form))
			if form != "" && !slices.Contains(v.dimensions[form], d.Name) {
				v.dimensions[form] = append(v.dimensions[form], d.Name)
			}
		}
	}
	if !d.Filter {
		return
	}
	if len(d.Values) > largeList {
		v.large[d.Name] = true
	}
	v.addNear(d)
	for _, val := range d.Values {
		ref := reference{d.Name, val.Key}
		v.addNicknames(val)
		for _, w := range append([]string{val.Key, val.Label}, val.Words...) {
			form := joined(w)
			v.longest = max(v.longest, len(form))
			if form != "" && !slices.Contains(v.values[form], ref) {
				v.values[form] = append(v.values[form], ref)
			}
		}
	}
}

// addNicknames notes the words of a value that begin with a small letter and
// are neither its key nor its label.
func (v *Vocabulary) addNicknames(val insight.Value) {
	for _, w := range val.Words {
		form := joined(w)
		if w == strings.ToLower(w) && form != joined(val.Key) && form != joined(val.Label) {
			v.nicknames[form] = true
		}
	}
}

// joined writes the words of a text as one, so that "sign-ups", "Sign ups" and
// "signups" are the same.
func joined(s string) string {
	var b strings.Builder
	for _, t := range Tokens(s) {
		b.WriteString(t.Text)
	}
	return b.String()
}

// numbers returns a noun in the singular and the plural.
func numbers(noun string) []string {
	one := noun
	switch {
	case len(noun) < 3:
	case strings.HasSuffix(noun, "ies"):
		one = noun[:len(noun)-3] + "y"
	case strings.HasSuffix(noun, "sses"), strings.HasSuffix(noun, "xes"), strings.HasSuffix(noun, "ches"), strings.HasSuffix(noun, "shes"):
		one = noun[:len(noun)-2]
	case strings.HasSuffix(noun, "s") && !strings.HasSuffix(noun, "ss") && !strings.HasSuffix(noun, "us"):
		one = noun[:len(noun)-1]
	}
	many := one + "s"
	switch {
	case len(one) > 2 && strings.HasSuffix(one, "y") && !strings.ContainsAny(one[len(one)-2:len(one)-1], "aeiou"):
		many = one[:len(one)-1] + "ies"
	case strings.HasSuffix(one, "s"), strings.HasSuffix(one, "x"), strings.HasSuffix(one, "ch"), strings.HasSuffix(one, "sh"):
		many = one + "es"
	}
	forms := []string{one, many}
	if !slices.Contains(forms, noun) {
		forms = append(forms, noun)
	}
	return forms
}

// hasNumber reports whether some title holds the number.
func (v *Vocabulary) hasNumber(n string) bool { return v != nil && v.titles[n] }

// hasTitleWord reports whether some title holds the word.
func (v *Vocabulary) hasTitleWord(w string) bool { return v != nil && v.titles[w] }

// largeList is from how many values on a dimension holds names.
const largeList = 100

// maxGram is how many terms a name may have.
const maxGram = 10

// dimensionAt reads the longest name of a dimension at a term.
func (p *parse) dimensionAt(at int) ([]string, int) {
	if p.vocab == nil {
		return nil, at
	}
	var names []string
	next := at
	p.grams(at, func(form string, to int) {
		if d := p.vocab.dimensions[form]; d != nil {
			names, next = d, to
		}
	})
	if full := abbreviations[p.word(at)]; names == nil && full != "" && p.vocab.dimensions[full] != nil {
		return p.vocab.dimensions[full], at + 1
	}
	return names, next
}

// word is the word at a term, or "" behind the end.
func (p *parse) word(at int) string {
	if at >= len(p.terms) {
		return ""
	}
	return p.terms[at].typed
}

// valueAt reads the longest value at a term.
func (p *parse) valueAt(at int) ([]reference, int) {
	if p.vocab == nil {
		return nil, at
	}
	var refs []reference
	next := at
	p.grams(at, func(form string, to int) {
		if r := p.vocab.values[form]; r != nil {
			refs, next = r, to
		}
	})
	return refs, next
}

// grams calls f with the words at a term written as one: the first, the first
// two, and so on, as far as any name reaches.
func (p *parse) grams(at int, f func(form string, to int)) {
	if at >= len(p.terms) || p.terms[at].sign || !p.terms[at].head {
		return
	}
	var buf [96]byte
	form := buf[:0]
	for i := at; i < len(p.terms) && i-at < maxGram; i++ {
		t := p.terms[i]
		if t.sign {
			if !strings.Contains("-/&.'+", t.Text) {
				return
			}
			continue
		}
		form = append(form, t.typed...)
		if len(form) > p.vocab.longest {
			return
		}
		if t.tail {
			f(string(form), i+1)
		}
	}
}
