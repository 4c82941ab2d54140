package render

import (
	"slices"
	"unicode"

	"github.com/go-text/typesetting/bidi"
)

// isRTL reports whether r belongs to a script written from right to left.
func isRTL(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko)
}

// levels gives the embedding level of each rune: 0 left to right, 1 right to
// left, 2 for what runs left to right inside the latter. The text has no
// explicit embeddings, so there are no higher ones. It returns nil when all of
// it runs left to right.
func (e *engine) levels(text []rune) []uint8 {
	first := slices.IndexFunc(text, isRTL)
	if first < 0 {
		return nil
	}
	base := bidi.LeftToRight
	if !slices.ContainsFunc(text[:first], unicode.IsLetter) {
		base = bidi.RightToLeft // the first letter decides
	}
	runs := e.bidi.Segment(text, base)
	levels := make([]uint8, len(text))
	for i := range runs.NumRuns() {
		run := runs.Run(i)
		level := uint8(run.Level)
		for j := run.Start; j < run.End; j++ {
			levels[j] = level
		}
		if base == bidi.LeftToRight && level%2 == 0 {
			splitNumbers(text, levels, run.Start, run.End)
		}
	}
	return levels
}

// splitNumbers sets apart a number that belongs to the right-to-left run
// beside it: the bidi package reports it as one run with the left-to-right text
// on its other side, which is at another level.
func splitNumbers(text []rune, levels []uint8, start, end int) {
	if levels[start] == 2 {
		i := start
		for i < end && !unicode.IsLetter(text[i]) && !unicode.IsSpace(text[i]) {
			i++
		}
		for ; i < end; i++ {
			levels[i] = 0
		}
	}
	if end < len(text) {
		for i := end - 1; i >= start && unicode.Is(unicode.Arabic, text[i]) && unicode.IsDigit(text[i]); i-- {
			levels[i] = 2
		}
	}
}

// reorder puts runs from logical into visual order (rule L2 of the Unicode
// bidirectional algorithm).
func reorder(runs []item) {
	for level := uint8(2); level >= 1; level-- {
		for i := 0; i < len(runs); i++ {
			if runs[i].level < level {
				continue
			}
			j := i
			for j < len(runs) && runs[j].level >= level {
				j++
			}
			slices.Reverse(runs[i:j])
			i = j
		}
	}
}
