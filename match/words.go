package match

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Token is one word of a text.
type Token struct {
	// Text is the word in the form it is compared in: NFKC, lower case.
	Text string
	// From and To are byte offsets in the original text.
	From, To int
}

// Tokens splits a text into words: runs of letters and digits. It breaks at
// everything else, apostrophes and hyphens among them, and inside a run where
// a small letter is followed by a capital one, as in "signUps". Text that is
// not valid UTF-8 is split at the bytes that are not.
func Tokens(s string) []Token {
	var tokens []Token
	from, small := -1, false
	flush := func(to int) {
		if from >= 0 {
			tokens = append(tokens, Token{Text: normal(s[from:to]), From: from, To: to})
		}
		from = -1
	}
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case !wordRune(r) || r == utf8.RuneError && size == 1:
			flush(i)
			small = false
		case from >= 0 && small && unicode.IsUpper(r):
			flush(i)
			from, small = i, false
		default:
			if from < 0 {
				from = i
			}
			if !unicode.IsMark(r) {
				small = unicode.IsLower(r)
			}
		}
		i += size
	}
	flush(len(s))
	return tokens
}

// wordRune reports whether r is part of a word. Marks count, or an accent
// that is written as a character of its own would split its word.
func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// normal is the form in which words are compared.
func normal(s string) string {
	if !norm.NFKC.IsNormalString(s) {
		s = norm.NFKC.String(s)
	}
	return strings.ToLower(s)
}
