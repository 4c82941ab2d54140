package eval

import (
	"context"
	"slices"
	"time"

	"insightbot/match"
)

// Options are what a measurement may be made with.
type Options struct {
	// Index is what the index is built with.
	Index match.Options
}

// depth is how many insights are ranked for each question, as MRR@10 needs.
const depth = 10

// asked is what became of one question.
type asked struct {
	question Question
	// place is that of the first right insight, from 1; 0 where none came.
	place    int
	score    float64
	decision match.Decision
	// inMenu says that a right one is among the choices.
	inMenu bool
	took   time.Duration
}

// Run asks every question of a set and measures the answers. It stops early
// when ctx is done and reports what was asked until then.
func Run(ctx context.Context, s Set, o Options) Report {
	began := time.Now()
	ix := match.NewIndex(s.Insights, o.Index)
	words := match.NewVocabulary(s.Insights)
	report := Report{Name: s.Name, Insights: len(s.Insights), BuildMS: milliseconds(time.Since(began))}
	var results []asked
	for _, q := range s.Questions {
		if ctx.Err() != nil {
			break
		}
		results = append(results, ask(ix, words, q))
	}
	for _, variant := range variants(s.Questions) {
		part := slices.DeleteFunc(slices.Clone(results), func(a asked) bool { return a.question.Variant != variant })
		report.Variants = append(report.Variants, measure(variant, part))
	}
	return report
}

// RunAll runs every set and adds the mean of all sets of each size.
func RunAll(ctx context.Context, sets []Set, o Options) Reports {
	var all Reports
	for _, s := range sets {
		all.Sets = append(all.Sets, Run(ctx, s, o))
	}
	all.Means = means(all.Sets)
	return all
}

// ask puts one question as a person would.
func ask(ix *match.Index, words *match.Vocabulary, q Question) asked {
	began := time.Now()
	r := read(q.Text, words)
	hits := ix.Rank(r, depth)
	a := asked{question: q, decision: match.Decide(hits)}
	a.took = time.Since(began)
	if len(hits) > 0 {
		a.score = hits[0].Score
	}
	right := func(h match.Hit) bool { return slices.Contains(q.Relevant, h.Insight.ID) }
	a.place = slices.IndexFunc(hits, right) + 1
	a.inMenu = slices.ContainsFunc(a.decision.Hits, right)
	return a
}

// variants are the variants of the questions, in order of first use.
func variants(questions []Question) []string {
	var list []string
	for _, q := range questions {
		if !slices.Contains(list, q.Variant) {
			list = append(list, q.Variant)
		}
	}
	return list
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
