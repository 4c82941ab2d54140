package match

import "slices"

// Outcome is what should become of a question.
type Outcome string

// The outcomes.
const (
	// Answer: one insight is meant; run it.
	Answer Outcome = "answer"
	// Choose: several could be meant, or the nearest differs from what was
	// asked; let the person choose.
	Choose Outcome = "choose"
	// None: nothing saved answers it.
	None Outcome = "none"
)

// Decision is an outcome with the insights it is about.
type Decision struct {
	Outcome Outcome
	// Hits is the one insight of an Answer, the up to four of a Choose, or for
	// None the up to three nearest topics.
	Hits []Hit
	// Confidence is that of the first hit, 0 to 1.
	Confidence float64
	// Reason is one sentence for people; it is empty for an Answer.
	Reason string
}

// The thresholds of a decision, as measured.
const (
	answerConfidence = .65
	// clearConfidence is enough for one that leads clearly.
	clearConfidence = .5
	menuConfidence  = .20
	// aboutScore is the raw score from which a hit is worth choosing however
	// unlikely.
	aboutScore = .55
	// nothingScore is the raw score below which nothing saved is meant.
	nothingScore = .35
	// differsScore is the raw score from which a hit is about the subject.
	differsScore = .45
	// topicScore is the raw score from which an insight is worth naming.
	topicScore = .12
	menuSize   = 4
	topicsSize = 3
)

// Decide says what to do with the hits of a question: the raw score of the
// first says whether there is anything, its confidence whether it is this.
func Decide(hits []Hit) Decision {
	if len(hits) == 0 {
		return Decision{Outcome: None, Reason: "Nothing saved is about this."}
	}
	top := hits[0]
	d := Decision{Confidence: top.Confidence}
	switch {
	case !top.Exact && (top.Score < nothingScore || likely(hits) < menuConfidence && top.Score < aboutScore && !top.differs()):
		d.Outcome, d.Hits = None, topics(hits)
		d.Reason = nothing(top)
	case top.answers():
		d.Outcome, d.Hits = Answer, hits[:1:1]
	default:
		d.Outcome, d.Hits = Choose, menu(hits)
		d.Reason = reason(top, d.Hits)
	}
	return d
}

// answers reports whether a hit is surely enough what was meant: by its
// confidence, or because it has all that was asked for and no other comes near.
func (h Hit) answers() bool {
	least := answerConfidence
	switch {
	case h.clear && h.measured:
		least = menuConfidence
	case h.clear:
		least = clearConfidence
	}
	return h.Confidence >= least && len(h.Conflicts) == 0 && !h.rhythmic
}

// likely is the highest confidence among the hits worth choosing from.
func likely(hits []Hit) float64 {
	most := 0.0
	for _, h := range menu(hits) {
		most = max(most, h.Confidence)
	}
	return most
}

// differs reports whether a hit is about the subject and only differs in a
// part of the question. That is worth saying however unlikely it is what was
// meant.
func (h Hit) differs() bool {
	return h.Score >= differsScore && slices.ContainsFunc(h.Conflicts, func(c Conflict) bool { return c.Slot != SlotSubject })
}

// menu are the hits worth choosing from.
func menu(hits []Hit) []Hit {
	least := hits[0].Score * .6
	kept := hits[:0:0]
	for _, h := range hits {
		if len(kept) < menuSize && (len(kept) == 0 || h.Score >= least && !h.outdated) {
			kept = append(kept, h)
		}
	}
	return kept
}

// topics are the nearest subjects there are.
func topics(hits []Hit) []Hit {
	kept := hits[:0:0]
	for _, h := range hits {
		if len(kept) < topicsSize && h.Score >= topicScore && !h.outdated {
			kept = append(kept, h)
		}
	}
	return kept
}

// nothing says that nothing saved answers a question.
func nothing(top Hit) string {
	if len(top.Missing) > 0 {
		words := slices.Clone(top.Missing[:min(len(top.Missing), 2)])
		for i, w := range words {
			words[i] = quoted(w)
		}
		return "Nothing saved is about " + enumerate(words) + "."
	}
	if len(top.Conflicts) > 0 && top.Score >= topicScore {
		return "Nothing saved answers this: closest is " + quoted(top.Insight.Title) + ", but " + top.Conflicts[0].String() + "."
	}
	return "Nothing saved is about this."
}

// several is the reason of a choice between insights that all fit.
const several = "Several insights fit."

// reason says why a person has to choose.
func reason(top Hit, menu []Hit) string {
	closest := "Closest is " + quoted(top.Insight.Title)
	switch {
	case len(top.Conflicts) > 0:
		return closest + ", but " + top.Conflicts[0].String() + "."
	case len(top.Missing) > 0:
		return closest + ", but it says nothing about " + quoted(top.Missing[0]) + "."
	case len(menu) > 1:
		return several
	}
	return closest + ", which " + top.Why + "."
}
