package match

import (
	"strings"

	"github.com/kljensen/snowball/english"
)

// notion is one word of a text in the form in which words are compared.
type notion struct {
	// text is the canonical word, stem its Porter2 stem.
	text, stem string
	// typed is what stands in the text, from its byte from to its byte to.
	typed    string
	from, to int
	// stop marks a word that says nothing about the subject, light one that
	// says little.
	stop, light bool
	// filler marks a word that carries no subject.
	filler bool
}

// numeric reports whether a word begins with a digit.
func (n notion) numeric() bool { return n.text != "" && n.text[0] >= '0' && n.text[0] <= '9' }

// analyse turns a text into notions: phrases and synonyms become their canonical
// words, and every word gets its stem, which stems remembers unless it is nil. Tokens are given apart from the text,
// for their spelling may have been put right.
func analyse(text string, tokens []Token, stems map[string]string) []notion {
	notions := make([]notion, 0, len(tokens))
	add := func(word string, first, last Token) {
		t := notion{
			text: word, typed: text[first.From:last.To], from: first.From, to: last.To,
			stop: stops[word], light: light[word], filler: isFiller(word),
		}
		t.stem = stems[word]
		if t.stem == "" {
			t.stem = stem(word)
			if stems != nil {
				stems[word] = t.stem
			}
		}
		notions = append(notions, t)
	}
	for i := 0; i < len(tokens); {
		if p, ok := phraseAt(tokens[i:]); ok {
			last := tokens[i+len(p.words)-1]
			for w := range strings.FieldsSeq(p.one) {
				add(w, tokens[i], last)
			}
			i += len(p.words)
			continue
		}
		word := tokens[i].Text
		if full := abbreviations[word]; full != "" {
			word = full
		}
		switch {
		case shorthand[word] != nil:
			for _, w := range shorthand[word] {
				add(w, tokens[i], tokens[i])
			}
		case synonyms[word] != "":
			add(synonyms[word], tokens[i], tokens[i])
		default:
			add(word, tokens[i], tokens[i])
		}
		i++
	}
	return notions
}

// phraseAt returns the longest phrase that the tokens begin with.
func phraseAt(tokens []Token) (phrase, bool) {
	for _, p := range phrases[tokens[0].Text] {
		if len(p.words) > len(tokens) {
			continue
		}
		all := true
		for i, w := range p.words {
			all = all && tokens[i].Text == w
		}
		if all {
			return p, true
		}
	}
	return phrase{}, false
}

// content leaves out the stop words, unless nothing were left then.
func content(notions []notion) []notion {
	kept := make([]notion, 0, len(notions))
	for _, t := range notions {
		if !t.stop {
			kept = append(kept, t)
		}
	}
	if len(kept) == 0 {
		return notions
	}
	return kept
}

// stem is the Porter2 stem of a word, but for words whose stems are another
// word's.
func stem(w string) string {
	if st := ownStems[w]; st != "" {
		return st
	}
	return english.Stem(w, true)
}

// ownStems are for words that Porter2 takes for forms of another one, and for
// those that it does not take for forms of one: activation is not being active,
// and a visitor is who visits.
var ownStems = wordTable(`
activat: activate activates activated activating activation activations
visit: visitor visitors
organis: organisation organisations organization organizations
univers: universe
sell: sold
buy: bought
pay: paid
lose: lost
leav: left
win: won
make: made
send: sent
spend: spent
keep: kept
build: built
grow: grew grown
write: wrote written
break: broke broken
choos: chose chosen
generate: generate generates generated generating generation generations
`)

// telling leaves out the stop words of a text as it was typed, unless nothing
// were left then: what letters are compared of.
func telling(tokens []Token) []Token {
	kept := make([]Token, 0, len(tokens))
	for _, t := range tokens {
		if !stops[t.Text] {
			kept = append(kept, t)
		}
	}
	if len(kept) == 0 {
		return tokens
	}
	return kept
}
