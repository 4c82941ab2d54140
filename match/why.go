package match

import (
	"cmp"
	"slices"
	"strings"
)

// rivals is how many hits share the confidence.
const rivals = 5

// hits turns the best candidates into hits.
func (ix *Index) hits(q *query, list []scored, limit int) []Hit {
	// Rivals that are not asked for lower the confidence all the same.
	list = list[:min(len(list), max(limit, rivals))]
	hits := make([]Hit, 0, len(list))
	var alone []float64
	for i := range list {
		c := &list[i]
		d := &ix.docs[c.doc]
		h := Hit{Insight: d.insight, Score: c.score, Exact: c.exact > 0, Conflicts: c.conflicts, order: c.order}
		h.Missing = q.missing(&c.align)
		h.covered = len(h.Missing) == 0 && c.align.qd >= coveredShare
		h.measured = q.measured(d.insight) > 0
		h.rhythmic = ix.rhythmic(q, list, i)
		if q.shows(d.insight) || len(d.insight.Default.Breakdowns) == 0 && q.taken(d.insight.Accepts, takes(q.reading, d.insight.Accepts)) > 0 {
			h.base = d.base
		}
		if conflict, ok := subjectConflict(&c.align, h.Missing, ix.named(q, &c.align)); ok {
			h.Conflicts = append(slices.Clone(h.Conflicts), conflict)
		}
		h.Why = ix.why(q, d, &c.align)
		alone = append(alone, confidence(coefficients, featuresOf(list, i, ix)))
		h.outdated = d.twin != unknown && slices.ContainsFunc(list[:i], func(o scored) bool { return o.doc == d.twin })
		hits = append(hits, h)
	}
	share(hits, alone)
	for i := range hits {
		hits[i].clear = hits[i].covered && isClear(hits, i)
	}
	return hits[:min(limit, len(hits))]
}

// missing are the words of the subject that an insight says nothing about, as
// they were typed, the weightiest first.
func (q *query) missing(a *alignment) []string {
	var at []int
	for i, w := range q.words {
		if !w.aside && !w.light && !w.filler && !w.stop && !w.wanted && a.best[i] < sameness {
			at = append(at, i)
		}
	}
	slices.SortStableFunc(at, func(i, j int) int { return cmp.Compare(q.words[j].weight, q.words[i].weight) })
	words := make([]string, len(at))
	for k, i := range at {
		words[k] = q.words[i].typed
	}
	return words
}

// named reports whether a word that an insight lacks stands in the title of
// another.
func (ix *Index) named(q *query, a *alignment) bool {
	for i, w := range q.words {
		if !w.aside && !w.light && !w.filler && !w.stop && !w.wanted && a.best[i] < sameness && w.stemID != unknown && ix.dict.titled[w.stemID] {
			return true
		}
	}
	return false
}

// why says in a few words what an insight was found by.
func (ix *Index) why(q *query, d *document, a *alignment) string {
	if a.example >= 0 && a.dq >= sameness {
		return "example question: " + strings.TrimSpace(d.insight.Examples[a.example])
	}
	if words := ix.inTitle(q, d); len(words) > 0 {
		return "title says " + enumerate(words)
	}
	if words := q.inText(a); len(words) > 0 {
		return "mentions " + enumerate(words)
	}
	return "words alike"
}

// shownWords is how many words a reason names at most.
const shownWords = 3

// inTitle are the words of the title that were asked for, as they stand in it.
func (ix *Index) inTitle(q *query, d *document) []string {
	var words []string
	for i, w := range d.typed {
		if w = quoted(w); ix.asked(q, d.title[i]) && len(words) < shownWords && !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words
}

// inText are the words of the question that are anywhere in the insight, as
// they were typed.
func (q *query) inText(a *alignment) []string {
	var words []string
	for i, w := range q.words {
		if w.stop || a.best[i] < taggedShare*sameStem || len(words) == shownWords {
			continue
		}
		if w := quoted(w.typed); !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return words
}

// enumerate joins words as a sentence does.
func enumerate(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}
