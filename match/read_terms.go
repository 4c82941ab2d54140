package match

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// term is what phrases are made of: a word, a number or a sign. Tokens leave
// signs out and keep "3w" in one piece; dates need both.
type term struct {
	Token
	entry
	// typed is Token.Text as it was before spelling was corrected.
	typed string
	// sign is set for anything but letters and digits.
	sign bool
	// tight: nothing stands between the term before and this one.
	tight bool
	// digits is the length of a number written in digits; 0 for the rest.
	// Its value is entry.num (or entry.ord for "16th"), which may be 0.
	digits int
	// head and tail: the term begins or ends a Token.
	head, tail bool
	// capital: it begins with a capital letter.
	capital bool
}

// terms cuts a text into terms. A possessive 's belongs to the word before.
func terms(s string) []term {
	tokens := Tokens(s)
	ts := make([]term, 0, len(tokens)*5/4+2)
	end := 0
	for i, t := range tokens {
		ts = signs(ts, s, end, t.From)
		if t.Text == "s" && len(ts) > 1 && isApostrophe(ts[len(ts)-1].Text) && ts[len(ts)-1].tight && t.From == ts[len(ts)-1].To {
			ts = ts[:len(ts)-1]
			if before := ts[len(ts)-1]; before.number() && before.num%10 == 0 {
				// "the 1980's" are a decade.
				ts = append(ts, term{Token: t, tight: true, tail: true})
				end = t.To
				continue
			}
			if !ts[len(ts)-1].sign {
				ts[len(ts)-1].To = t.To
				end = t.To
				continue
			}
		}
		first := len(ts)
		ts = pieces(ts, t, i > 0 && end == t.From || len(ts) > 0 && ts[len(ts)-1].To == t.From)
		r, _ := utf8.DecodeRuneInString(s[t.From:])
		ts[first].head, ts[first].capital = true, unicode.IsUpper(r)
		ts[len(ts)-1].tail = true
		end = t.To
	}
	ts = signs(ts, s, end, len(s))
	for i := range ts {
		ts[i].typed = ts[i].Text
	}
	return ts
}

// signs appends the signs of s[from:to].
func signs(ts []term, s string, from, to int) []term {
	for i, r := range s[from:to] {
		if unicode.IsSpace(r) {
			continue
		}
		at := from + i
		end := at + utf8.RuneLen(r)
		if r == utf8.RuneError {
			_, size := utf8.DecodeRuneInString(s[at:to])
			end = at + size
		}
		text := s[at:end]
		switch r {
		case '–', '—', '−', '‐', '‑':
			text = "-"
		case '’', '‘', '`':
			text = "'"
		}
		tight := len(ts) > 0 && ts[len(ts)-1].To == at
		ts = append(ts, term{Token: Token{Text: text, From: at, To: end}, sign: true, tight: tight, head: true, tail: true})
	}
	return ts
}

func isApostrophe(s string) bool { return s == "'" }

// pieces appends a token, cut where letters and digits meet: "3year", "q3".
// Ordinals such as "16th" stay whole.
func pieces(ts []term, t Token, tight bool) []term {
	word := t.Text
	if len(word) != t.To-t.From || !hasDigit(word) {
		// Offsets inside a word that normalising has changed are unknown.
		return append(ts, term{Token: t, entry: lexicon[word], tight: tight})
	}
	for start := 0; start < len(word); {
		end := start + 1
		for end < len(word) && isDigit(word[end]) == isDigit(word[start]) {
			end++
		}
		if isDigit(word[start]) && isOrdinalEnding(word[end:]) {
			end = len(word)
		}
		p := term{Token: Token{Text: word[start:end], From: t.From + start, To: t.From + end}, tight: tight || start > 0}
		ts = append(ts, p.known(start > 0))
		start = end
	}
	return ts
}

// known fills in what the piece means.
func (t term) known(behindDigits bool) term {
	if !isDigit(t.Text[0]) {
		t.entry = lexicon[t.Text]
		if u, ok := shortUnits[t.Text]; ok && behindDigits {
			t.unit = u
		}
		return t
	}
	number := strings.TrimRight(t.Text, "abcdefghijklmnopqrstuvwxyz")
	n, err := strconv.Atoi(number)
	if err != nil || len(number) > 8 {
		return t
	}
	if number == t.Text {
		t.num, t.digits = n, len(number)
	} else {
		t.ord, t.digits = n, len(number)
	}
	return t
}

// number reports whether the term is a cardinal in digits.
func (t term) number() bool { return t.digits > 0 && t.ord == 0 }

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

func isOrdinalEnding(s string) bool { return s == "st" || s == "nd" || s == "rd" || s == "th" }
