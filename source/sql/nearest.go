package sqlsource

import "strings"

// suggest is what a message adds after a word that is not among the options:
// the nearest one, or all when they are few.
func suggest(word string, options []string) string {
	if near := nearest(word, options); near != "" {
		return "did you mean “" + near + "”?"
	}
	const few = 15
	if len(options) == 0 || len(options) > few {
		return ""
	}
	return "it is one of " + strings.Join(options, ", ")
}

// nearest returns the option that differs from word by the fewest typing
// mistakes, or "" when none is near.
func nearest(word string, options []string) string {
	best, least := "", max(1, len([]rune(word))/3)+1
	for _, o := range options {
		if d := distance(strings.ToLower(word), o); d < least {
			best, least = o, d
		}
	}
	return best
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row := make([]int, len(y)+1)
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(y)]
}
