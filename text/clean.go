package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxMarks is how many combining marks may stand on one letter. No language
// needs more than five; stacks of hundreds cover the lines above and below.
const maxMarks = 8

// Clean makes one line of plain text out of anything a source may hold: names
// of people, of events, of pages. It drops control characters, the controls
// that turn the direction of text, and invisible characters that make two
// names look alike; it turns line breaks and runs of space into one space, caps
// the combining marks on a letter, and composes what is left (NFC). Joiners
// stay where a script or an emoji needs them. Cleaning twice changes nothing.
//
// It does not escape markup: that is the work of each transport.
func Clean(s string) string {
	if plainASCII(s) {
		return s
	}
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	runes := []rune(s)
	var b strings.Builder
	b.Grow(len(s))
	var last rune // the last rune kept, 0 at the start
	marks, flag := 0, false
	for i, r := range runes {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Z) {
			marks, flag = 0, false
			if last != 0 && last != ' ' {
				b.WriteRune(' ')
				last = ' '
			}
			continue
		}
		// The flags of England, Scotland and Wales spell their name in tags
		// behind a black flag; anywhere else tags are hidden text.
		if flag = r == '\U0001F3F4' || flag && isTag(r); !flag && hidden(r) || isJoiner(r) && !joins(last, next(runes, i)) {
			continue
		}
		if unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) && !isTag(r) {
			if marks++; marks > maxMarks || isSelector(r) && isSelector(last) {
				continue
			}
		} else {
			marks = 0
		}
		b.WriteRune(r)
		last = r
	}
	return norm.NFC.String(strings.TrimSuffix(b.String(), " "))
}

// plainASCII reports whether s is printable ASCII without spaces that Clean
// would change, so that the usual case costs nothing.
func plainASCII(s string) bool {
	space := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c > '~' || c == ' ' && space {
			return false
		}
		space = c == ' '
	}
	return !space || s == ""
}

// hidden reports whether r is a control or an invisible character without a
// use in labels: bidi controls and marks, zero-width spaces, soft hyphens,
// blank letters, tags, annotations.
func hidden(r rune) bool {
	if isJoiner(r) {
		return false
	}
	switch r {
	case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0:
		return true
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs) && !visibleFormat(r) || unicode.Is(unicode.Noncharacter_Code_Point, r)
}

// visibleFormat are format characters that draw something, such as the signs
// that enclose Arabic numbers.
func visibleFormat(r rune) bool {
	return r >= 0x0600 && r <= 0x0605 || r == 0x06DD || r == 0x070F || r == 0x0890 || r == 0x0891 || r == 0x08E2 ||
		r == 0x110BD || r == 0x110CD
}

func isTag(r rune) bool      { return r >= 0xE0020 && r <= 0xE007F }
func isJoiner(r rune) bool   { return r == 0x200C || r == 0x200D }
func isSelector(r rune) bool { return unicode.Is(unicode.Variation_Selector, r) }

// next is the rune after place i, or 0.
func next(runes []rune, i int) rune {
	if i+1 < len(runes) {
		return runes[i+1]
	}
	return 0
}

// joins reports whether a joiner between a and b has a use: between emoji, and
// in the scripts that shape by it.
func joins(a, b rune) bool { return takesJoiner(a) && takesJoiner(b) }

func takesJoiner(r rune) bool {
	return unicode.In(r, unicode.So, unicode.Sk) && r > 0xFF || r == 0xFE0F ||
		unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Devanagari,
			unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu,
			unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan)
}
