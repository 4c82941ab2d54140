package match

import (
	"slices"
	"strings"

	"insightbot/insight"
)

const (
	// coveredShare is how much of the question an insight has that has it all.
	coveredShare = .85
	// clearLead is how far ahead of all others a hit must be to be clearly the
	// one that is meant.
	clearLead = .06
)

// isClear reports whether the hit at i leads all others that could be meant.
func isClear(hits []Hit, i int) bool {
	for j := range hits {
		if j == i || hits[j].outdated || hits[i].alike(&hits[j]) {
			continue
		}
		least := clearLead
		if len(hits[j].Conflicts) > 0 {
			least = 0
		}
		if hits[i].order-hits[j].order < least {
			return false
		}
	}
	return true
}

// alike reports whether two hits give the same answer: "Revenue" split by plan
// and "Revenue by plan".
func (h *Hit) alike(o *Hit) bool {
	return h.base != "" && h.base == o.base && h.Insight.Format == o.Insight.Format
}

// subject is a title without its rhythm and without what it is by.
func subject(notions []notion) string {
	var kept []string
	for _, n := range content(notions) {
		if n.text == "by" {
			break
		}
		if _, ok := rhythms[n.text]; !ok && !plain[n.text] {
			kept = append(kept, n.stem)
		}
	}
	return strings.Join(kept, " ")
}

// rhythmic reports whether another candidate counts the same as the one at i
// in another rhythm, and the question names none.
func (ix *Index) rhythmic(q *query, list []scored, i int) bool {
	d := &ix.docs[list[i].doc]
	if len(d.slots.rhythm) == 0 || len(q.slots.rhythm) > 0 || len(q.slots.grains) > 0 || q.reading.dayLong() {
		return false
	}
	return slices.ContainsFunc(list, func(c scored) bool {
		o := &ix.docs[c.doc]
		return o.base == d.base && len(o.slots.rhythm) > 0 && o.slots.rhythm[0] != d.slots.rhythm[0]
	})
}

// dayLong reports whether a single day was asked for, which a daily insight
// has and no slower one.
func (r Reading) dayLong() bool {
	return r.Period != nil && r.Period.Unit == insight.GrainDay && r.Period.Count == 1
}
