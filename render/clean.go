package render

import (
	"strings"
	"unicode"

	"github.com/go-text/typesetting/language"
	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
)

// maxLabelRunes bounds the text that is shaped at all. Nothing longer fits in
// a picture.
const maxLabelRunes = 400

// maxMarks is how many combining marks a Latin, Greek or Cyrillic letter
// keeps: real words need two, and a pile of them would be drawn over the line
// above.
const maxMarks = 2

// clean makes one line of plain, composed text: no control characters, no
// marks that turn the direction of what follows, no runs of space.
func clean(s string) string {
	if isPlain(s) {
		return s
	}
	var b strings.Builder
	n, space, marks := 0, false, 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = true
			continue
		case r == unicode.ReplacementChar || unicode.IsControl(r) || isDirectional(r) || isPrivate(r):
			continue
		case unicode.Is(unicode.M, r) && (space || b.Len() == 0):
			continue // a mark with nothing to stand on
		case unicode.Is(unicode.Mn, r) && language.LookupScript(r) == language.Inherited && !isJoining(r):
			if marks++; marks > maxMarks {
				continue
			}
		default:
			marks = 0
		}
		if n++; n > maxLabelRunes {
			break
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}

// isPlain reports whether s is short printable ASCII without a space too many,
// the common case that needs no work.
func isPlain(s string) bool {
	if len(s) > maxLabelRunes {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

// isDirectional reports the invisible marks that change the direction or the
// joining of text around them.
func isDirectional(r rune) bool {
	return r == 0x061C || r == 0x200B || r == 0x200E || r == 0x200F || r >= 0x202A && r <= 0x202E ||
		r >= 0x2060 && r <= 0x206F || r == 0xFEFF
}

// isPrivate reports runes that no font agrees upon.
func isPrivate(r rune) bool { return unicode.Is(unicode.Co, r) || unicode.Is(unicode.Cs, r) }

// isJoining reports the runes that only glue others together: joiners and
// variation selectors. A font need not have a glyph for them.
func isJoining(r rune) bool {
	return r == 0x200C || r == 0x200D || r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0020 && r <= 0xE007F
}

// isEmoji reports whether a grapheme is to be drawn from an emoji font.
func isEmoji(grapheme []rune) bool {
	for _, r := range grapheme {
		if r == 0xFE0F || r >= 0x1F000 && r <= 0x1FAFF {
			return true
		}
	}
	return false
}

// classFor says which optional fonts may have r.
func classFor(r rune) fontClass {
	switch language.LookupScript(r) {
	case language.Han, language.Hangul, language.Hiragana, language.Katakana, language.Katakana_Or_Hiragana,
		language.Bopomofo:
		return classCJK
	default:
	}
	switch {
	case r >= 0x3000 && r <= 0x33FF, r >= 0xFE30 && r <= 0xFE4F, r >= 0xFF00 && r <= 0xFFEF:
		return classCJK // punctuation and full-width forms
	case r >= 0x2600 && r <= 0x27BF, r >= 0x1F000 && r <= 0x1FAFF:
		return classEmoji
	}
	return classOther
}

// graphemes splits text into what people take for single characters.
func graphemes(s string) []string {
	list := make([]string, 0, len(s))
	state := -1
	for s != "" {
		var g string
		g, s, _, state = uniseg.FirstGraphemeClusterInString(s, state)
		list = append(list, g)
	}
	return list
}
