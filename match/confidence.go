package match

import "math"

// features are what the probability of a hit is estimated from.
type features [featureCount]float64

const (
	// featureLead is how far it is in order before or behind the best other one.
	featureLead = iota
	// featureTitle is how much of the title, or of an example, was asked for,
	// featureCovered that or how much of the question is there if it is less.
	featureTitle
	featureCovered
	featureConflicts
	featureCount
)

// featuresOf describes the hit at i among all candidates.
func featuresOf(list []scored, i int, ix *Index) features {
	c := &list[i]
	rival := 0.0
	for j := range list {
		if j != i && ix.docs[list[j].doc].twin != c.doc && ix.docs[c.doc].twin != list[j].doc {
			rival = max(rival, list[j].order)
		}
	}
	var f features
	f[featureLead] = max(min(c.order-rival, .3), -.3)
	f[featureTitle] = c.align.dq
	f[featureCovered] = min(c.align.qd, c.align.dq)
	f[featureConflicts] = float64(min(len(c.conflicts), 2))
	return f
}

// coefficients of the logistic model; the last is the constant. They are what
// TestConfidence_OutOfFamily fits on all its question sets.
var coefficients = [featureCount + 1]float64{8.4, 1.75, 3.7, -.75, -4}

// lead is how far behind a rival has to be for its claim to count a third.
const lead = .07

// share sets the confidence of hits. Each is first estimated alone; together
// they cannot be surer than one, so of two that fit equally well neither is an
// answer. The further a rival is behind, the less it claims. What differs from
// the question, and what was replaced, is no rival of one that does not.
func share(hits []Hit, alone []float64) {
	for i, p := range alone {
		sum := p
		for j, other := range alone {
			if j == i || hits[j].outdated || len(hits[i].Conflicts) == 0 && len(hits[j].Conflicts) > 0 || hits[i].alike(&hits[j]) {
				continue
			}
			behind := max(hits[i].order-hits[j].order, 0)
			sum += other * math.Exp(-behind/lead)
		}
		hits[i].Confidence = p / max(1, sum)
	}
}

// confidence is the probability that a hit is what was meant.
func confidence(w [featureCount + 1]float64, f features) float64 {
	sum := w[featureCount]
	for i, x := range f {
		sum += w[i] * x
	}
	return 1 / (1 + math.Exp(-sum))
}
