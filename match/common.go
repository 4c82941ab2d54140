package match

import (
	_ "embed"
	"strings"
)

// everyday holds the commonest English words of four letters and more, one to a
// line and in order. They are taken from the word list of GloVe 6B, which its
// authors put in the public domain (PDDL).
//
//go:embed english.txt
var everyday string

// common reports whether w is an everyday English word, which is therefore no
// slip of the fingers even where no insight has it: "refunds" must stay
// unknown instead of becoming "funds".
func common(w string) bool {
	// The list is searched as it is, by lines, so that nothing has to be
	// loaded or kept.
	lo, hi := 0, len(everyday)
	for lo < hi {
		mid := lo + (hi-lo)/2
		start := strings.LastIndexByte(everyday[:mid], '\n') + 1
		line := everyday[start:]
		if i := strings.IndexByte(line, '\n'); i >= 0 {
			line = line[:i]
		}
		switch {
		case line == w:
			return true
		case line < w:
			lo = start + len(line) + 1
		default:
			hi = start
		}
	}
	return false
}
