// Package text measures, cuts and cleans text that people read, so that every
// limit of a platform is kept in the unit it counts in and no character is ever
// cut in half. What counts as one character is a grapheme: a flag, a family
// emoji, a letter with its accents.
package text

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// Ellipsis marks where text was cut. It counts towards the limit.
const Ellipsis = "…"

// A Measure says how long text is in some unit. The length of text must be the
// sum of the lengths of its graphemes.
type Measure func(string) int

// Graphemes counts what a reader takes for characters.
func Graphemes(s string) int {
	if printableASCII(s) {
		return len(s)
	}
	return uniseg.GraphemeClusterCount(s)
}

// UTF16 counts UTF-16 units, which is what Slack and Discord count in: most
// emoji are two or more. A byte that is not UTF-8 counts as one.
func UTF16(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// Bytes counts bytes of UTF-8.
func Bytes(s string) int { return len(s) }

// Cells counts the columns of a terminal or of a fixed-width font: two for a
// Chinese character, none for a combining mark.
func Cells(s string) int {
	if printableASCII(s) {
		return len(s)
	}
	return uniseg.StringWidth(s)
}

// printableASCII reports whether every byte is one character one cell wide,
// which spares the usual case a look at the tables of Unicode.
func printableASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Truncate cuts s so that it is no longer than limit by the given measure, and
// marks the cut by an ellipsis, which counts. It cuts only between graphemes.
// Where not even the ellipsis fits it returns "".
func Truncate(s string, limit int, by Measure) string {
	return TruncateWith(s, limit, by, Ellipsis)
}

// TruncateWith is Truncate with another mark for the cut, such as " and more".
func TruncateWith(s string, limit int, by Measure, mark string) string {
	if by(s) <= limit {
		return s
	}
	room := limit - by(mark)
	if room < 0 {
		return ""
	}
	head := Head(s, room, by)
	return strings.TrimRightFunc(head, unicode.IsSpace) + mark
}

// Head is the longest start of s that is no longer than limit and ends between
// two graphemes. It adds no mark.
func Head(s string, limit int, by Measure) string {
	rest, state, used := s, -1, 0
	for rest != "" {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		used += by(cluster)
		if used > limit {
			return s[:len(s)-len(rest)-len(cluster)]
		}
	}
	return s
}

// Middle cuts out the middle of s where it is longer than limit, because the
// two ends of an address or a path tell more than its start alone.
func Middle(s string, limit int, by Measure) string {
	if by(s) <= limit {
		return s
	}
	room := limit - by(Ellipsis)
	if room < 0 {
		return ""
	}
	head := Head(s, (room+1)/2, by)
	return head + Ellipsis + tail(s[len(head):], room-by(head), by)
}

// tail is the longest end of s that is no longer than limit.
func tail(s string, limit int, by Measure) string {
	rest, state, length := s, -1, by(s)
	for rest != "" && length > limit {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		length -= by(cluster)
	}
	return rest
}

// Pad fills s with spaces to a width in cells, at the end, or at the start
// where right is true. Text that is longer is returned as it is.
func Pad(s string, width int, right bool) string {
	space := strings.Repeat(" ", max(0, width-Cells(s)))
	if right {
		return space + s
	}
	return s + space
}

// JoinWords lists words as a sentence does: "a", "a and b", "a, b and c".
func JoinWords(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}

// Singular makes one of a unit that is named in the plural: "sign-ups" becomes
// "sign-up". It knows regular English and the few irregular words that are
// counted often; anything else is returned as it is, which is wrong but clear.
// Only the head of the unit changes: "users per day" becomes "user per day".
func Singular(unit string) string {
	head, rest := unit, ""
	for _, link := range []string{" per ", " of ", " in ", " from ", " with ", " by ", " on ", " to ", " a ", " ("} {
		if i := strings.Index(head, link); i > 0 {
			head, rest = head[:i], head[i:]+rest
		}
	}
	start := strings.LastIndexAny(head, " -") + 1
	return head[:start] + singularWord(head[start:]) + rest
}

// singularWord makes one word singular.
func singularWord(w string) string {
	irregular := map[string]string{
		"people": "person", "men": "man", "women": "woman", "children": "child", "queries": "query",
		"analyses": "analysis", "statuses": "status", "news": "news", "series": "series", "movies": "movie",
		"cookies": "cookie", "indices": "index", "caches": "cache",
	}
	lower := strings.ToLower(w)
	if one, ok := irregular[lower]; ok {
		if lower != w {
			return strings.ToUpper(one[:1]) + one[1:]
		}
		return one
	}
	for _, ending := range []struct{ plural, one string }{
		{"ies", "y"}, {"sses", "ss"}, {"xes", "x"}, {"shes", "sh"}, {"ches", "ch"},
	} {
		if stem, ok := strings.CutSuffix(w, ending.plural); ok && len(stem) > 1 {
			return stem + ending.one
		}
	}
	if len(w) > 2 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") {
		return w[:len(w)-1]
	}
	return w
}
