package eval

import (
	"fmt"
	"slices"
	"strings"
)

// Report is how well a set of questions was answered.
type Report struct {
	Name     string `json:"name"`
	Insights int    `json:"insights"`
	// BuildMS is how long the index took to build, in milliseconds.
	BuildMS  float64   `json:"build_ms"`
	Variants []Measure `json:"variants"`
}

// Reports are the reports of several sets and their means: every set counts
// the same, however many questions it has.
type Reports struct {
	Sets  []Report `json:"sets"`
	Means []Report `json:"means"`
}

// String is the report as a table for people.
func (r Report) String() string { return Reports{Sets: []Report{r}}.String() }

// String is all reports as a table for people.
func (r Reports) String() string {
	var b strings.Builder
	b.WriteString("set            size variant   hit@1 hit@3   MRR | AU all   far  near | refused P     R    F1 |" +
		" right wrong  menu  lack | far: ans  menu  near: ans  menu |  p50 ms  p99 ms  build\n")
	for _, set := range slices.Concat(r.Sets, r.Means) {
		for _, m := range set.Variants {
			fmt.Fprintf(&b, "%-13s %5d %-9s %s %s %s |  %s %s %s |     %s %s %s | %s %s %s %s |    %s %s      %s %s | %7.3f %7.3f %6.0f\n",
				set.Name, set.Insights, m.Variant, number(m.Hit1), number(m.Hit3), number(m.MRR),
				number(m.AUROC), number(m.AUROCFar), number(m.AUROCNear), number(m.Precision), number(m.Recall), number(m.F1),
				number(m.Right), number(m.Wrong), number(m.MenuRight), number(m.MenuWrong),
				number(m.FarAnswered), number(m.FarMenu), number(m.NearAnswered), number(m.NearMenu),
				m.P50MS, m.P99MS, set.BuildMS)
		}
	}
	return b.String()
}

// number is a share with three digits, or a dash where there is none.
func number(x float64) string {
	if x < 0 {
		return "    -"
	}
	return fmt.Sprintf("%5.3f", x)
}

// means averages the sets of each size. Sets with distractors have names that
// end in "+".
func means(sets []Report) []Report {
	var list []Report
	for _, big := range []bool{false, true} {
		var part []Report
		for _, s := range sets {
			if strings.HasSuffix(s.Name, "+") == big {
				part = append(part, s)
			}
		}
		if len(part) > 1 {
			list = append(list, mean(part, big))
		}
	}
	return list
}

// mean averages several sets, variant by variant.
func mean(sets []Report, big bool) Report {
	out := Report{Name: "mean"}
	if big {
		out.Name = "mean+"
	}
	for _, s := range sets {
		out.Insights += s.Insights / len(sets)
		out.BuildMS += s.BuildMS / float64(len(sets))
		for _, m := range s.Variants {
			if !slices.ContainsFunc(out.Variants, func(have Measure) bool { return have.Variant == m.Variant }) {
				out.Variants = append(out.Variants, Measure{Variant: m.Variant})
			}
		}
	}
	for i := range out.Variants {
		out.Variants[i].average(sets)
	}
	return out
}

// average sets every figure to its mean over the sets that have it.
func (m *Measure) average(sets []Report) {
	counts := make([]int, len(m.figures()))
	for _, s := range sets {
		at := slices.IndexFunc(s.Variants, func(v Measure) bool { return v.Variant == m.Variant })
		if at < 0 {
			continue
		}
		one := s.Variants[at]
		m.InScope, m.Near, m.Far = m.InScope+one.InScope, m.Near+one.Near, m.Far+one.Far
		theirs := one.figures()
		for i, mine := range m.figures() {
			if *theirs[i] >= 0 {
				*mine += *theirs[i]
				counts[i]++
			}
		}
	}
	for i, mine := range m.figures() {
		if counts[i] == 0 {
			*mine = -1
			continue
		}
		*mine /= float64(counts[i])
	}
}

// figures are all that can be averaged.
func (m *Measure) figures() []*float64 {
	return []*float64{
		&m.Hit1, &m.Hit3, &m.MRR, &m.AUROC, &m.AUROCFar, &m.AUROCNear, &m.Precision, &m.Recall, &m.F1,
		&m.Right, &m.Wrong, &m.MenuRight, &m.MenuWrong, &m.FarAnswered, &m.FarMenu, &m.NearAnswered, &m.NearMenu,
		&m.P50MS, &m.P99MS,
	}
}
