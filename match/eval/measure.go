package eval

import (
	"cmp"
	"slices"
	"time"

	"insightbot/match"
)

// Measure is how well the questions of one variant were answered. Shares are 0
// to 1; -1 means that there were no such questions.
type Measure struct {
	Variant string `json:"variant"`
	// InScope, Near and Far are how many questions of each kind there were.
	// Far counts all that nothing answers and that are not marked as near.
	InScope int `json:"in_scope"`
	Near    int `json:"near"`
	Far     int `json:"far"`

	// Hit1 and Hit3 are the shares of in-scope questions with a right insight
	// first and among the first three; MRR is the mean of 1/place within ten.
	Hit1 float64 `json:"hit_1"`
	Hit3 float64 `json:"hit_3"`
	MRR  float64 `json:"mrr_10"`

	// AUROC is the probability that an in-scope question has a higher top
	// score than one that nothing answers: all such, far ones, near ones.
	AUROC     float64 `json:"auroc"`
	AUROCFar  float64 `json:"auroc_far"`
	AUROCNear float64 `json:"auroc_near"`

	// Precision, Recall and F1 are of refusing: outcome "none" where nothing
	// answers, over all questions.
	Precision float64 `json:"refusal_precision"`
	Recall    float64 `json:"refusal_recall"`
	F1        float64 `json:"refusal_f1"`

	// Right and Wrong are the shares of in-scope questions that were answered
	// at once, MenuRight and MenuWrong those that were given a choice with and
	// without a right insight in it; the rest was refused.
	Right     float64 `json:"answered_right"`
	Wrong     float64 `json:"answered_wrong"`
	MenuRight float64 `json:"menu_right"`
	MenuWrong float64 `json:"menu_wrong"`
	// FarAnswered … NearMenu are the same for questions that nothing answers.
	FarAnswered  float64 `json:"far_answered"`
	FarMenu      float64 `json:"far_menu"`
	NearAnswered float64 `json:"near_answered"`
	NearMenu     float64 `json:"near_menu"`

	// P50MS and P99MS are the time for one question in milliseconds.
	P50MS float64 `json:"p50_ms"`
	P99MS float64 `json:"p99_ms"`
}

// measure sums up what became of the questions of one variant.
func measure(variant string, all []asked) Measure {
	m := Measure{Variant: variant}
	var in, near, far []asked
	for _, a := range all {
		switch {
		case len(a.question.Relevant) > 0:
			in = append(in, a)
		case a.question.Kind == KindNear:
			near = append(near, a)
		default:
			far = append(far, a)
		}
	}
	m.InScope, m.Near, m.Far = len(in), len(near), len(far)
	m.Hit1 = share(in, func(a asked) bool { return a.place == 1 })
	m.Hit3 = share(in, func(a asked) bool { return a.place >= 1 && a.place <= 3 })
	m.MRR = reciprocal(in)
	out := slices.Concat(near, far)
	m.AUROC, m.AUROCFar, m.AUROCNear = auroc(in, out), auroc(in, far), auroc(in, near)
	m.Precision, m.Recall, m.F1 = refusal(in, out)

	is := func(o match.Outcome) func(asked) bool { return func(a asked) bool { return a.decision.Outcome == o } }
	m.Right = share(in, func(a asked) bool { return a.decision.Outcome == match.Answer && a.inMenu })
	m.Wrong = share(in, func(a asked) bool { return a.decision.Outcome == match.Answer && !a.inMenu })
	m.MenuRight = share(in, func(a asked) bool { return a.decision.Outcome == match.Choose && a.inMenu })
	m.MenuWrong = share(in, func(a asked) bool { return a.decision.Outcome == match.Choose && !a.inMenu })
	m.FarAnswered, m.FarMenu = share(far, is(match.Answer)), share(far, is(match.Choose))
	m.NearAnswered, m.NearMenu = share(near, is(match.Answer)), share(near, is(match.Choose))
	m.P50MS, m.P99MS = percentile(all, .5), percentile(all, .99)
	return m
}

// share is the share of questions for which f holds, or -1 of none.
func share(list []asked, f func(asked) bool) float64 {
	if len(list) == 0 {
		return -1
	}
	n := 0
	for _, a := range list {
		if f(a) {
			n++
		}
	}
	return float64(n) / float64(len(list))
}

func reciprocal(list []asked) float64 {
	if len(list) == 0 {
		return -1
	}
	sum := 0.0
	for _, a := range list {
		if a.place > 0 {
			sum += 1 / float64(a.place)
		}
	}
	return sum / float64(len(list))
}

// auroc is the share of pairs in which the in-scope question scores higher;
// equal scores count half.
func auroc(in, out []asked) float64 {
	if len(in) == 0 || len(out) == 0 {
		return -1
	}
	type point struct {
		score float64
		in    bool
	}
	points := make([]point, 0, len(in)+len(out))
	for _, a := range in {
		points = append(points, point{a.score, true})
	}
	for _, a := range out {
		points = append(points, point{a.score, false})
	}
	slices.SortFunc(points, func(a, b point) int { return cmp.Compare(a.score, b.score) })
	below, wins := 0, 0.0
	for i := 0; i < len(points); {
		j, ins, outs := i, 0, 0
		for ; j < len(points) && points[j].score == points[i].score; j++ {
			if points[j].in {
				ins++
			} else {
				outs++
			}
		}
		wins += float64(ins) * (float64(below) + float64(outs)/2)
		below += outs
		i = j
	}
	return wins / float64(len(in)) / float64(len(out))
}

// refusal is how well questions that nothing answers were refused.
func refusal(in, out []asked) (precision, recall, f1 float64) {
	if len(out) == 0 {
		return -1, -1, -1
	}
	refused := func(list []asked) (n float64) {
		for _, a := range list {
			if a.decision.Outcome == match.None {
				n++
			}
		}
		return n
	}
	right, wrong := refused(out), refused(in)
	if right == 0 {
		return 0, 0, 0
	}
	precision, recall = right/(right+wrong), right/float64(len(out))
	return precision, recall, 2 * precision * recall / (precision + recall)
}

// percentile is the time that a share of the questions took at most.
func percentile(list []asked, at float64) float64 {
	if len(list) == 0 {
		return -1
	}
	took := make([]time.Duration, len(list))
	for i, a := range list {
		took[i] = a.took
	}
	slices.Sort(took)
	return milliseconds(took[min(int(at*float64(len(took))), len(took)-1)])
}
