package match

import (
	"slices"
	"strings"
)

// perSubject reports whether a breakdown wish is what the insight divides by
// anyway: "per customer", asked of "Revenue per paying account".
func (r Reading) perSubject(w BreakdownWish, title string) bool {
	return r.saysPer(w) && slices.ContainsFunc(behindPer(title), func(t Token) bool {
		return slices.ContainsFunc(Tokens(w.Words), func(u Token) bool { return sameThing(t.Text, u.Text) })
	})
}

// saysPer reports whether "per" or "each" stands right before the words of a
// wish; "by" asks for a breakdown.
func (r Reading) saysPer(w BreakdownWish) bool {
	before, _, ok := strings.Cut(r.Text, w.Words)
	tokens := Tokens(before)
	if !ok || len(tokens) == 0 {
		return false
	}
	switch tokens[len(tokens)-1].Text {
	case "per", "each", "every", "a", "an":
		return true
	}
	return false
}

// divisor is how many words behind "per" may name what a title divides by.
const divisor = 3

// behindPer are the words behind "per" in a title.
func behindPer(title string) []Token {
	tokens := Tokens(title)
	i := slices.IndexFunc(tokens, func(t Token) bool { return t.Text == "per" })
	if i < 0 {
		return nil
	}
	return tokens[i+1 : min(len(tokens), i+1+divisor)]
}

// sameThing reports whether two words are the same or relatives.
func sameThing(a, b string) bool {
	for _, w := range []*string{&a, &b} {
		if full := abbreviations[*w]; full != "" {
			*w = full
		}
	}
	a, b = stem(a), stem(b)
	return a == b || related(relatives[a], relatives[b])
}
