package match

import (
	"cmp"
	"slices"

	"insightbot/insight"
)

// Hit is an insight that a question may mean.
type Hit struct {
	Insight insight.Insight
	// Score says how well words and letters fit, about 0 to 1. It compares
	// across questions, which makes it fit to say that nothing is saved. Hits
	// come in the order of the score together with small preferences: for what
	// is certified, popular and fresh, and against what cannot be run as asked.
	Score float64
	// Confidence is the probability, 0 to 1, that this is the insight meant.
	Confidence float64
	// Why says in a few words for people why it was found.
	Why string
	// Conflicts are the slots in which it differs from what was asked.
	Conflicts []Conflict
	// Missing are words of the question that it says nothing about.
	Missing []string
	// Exact is set where its title or an example was typed whole.
	Exact bool

	// order is what hits are put in order by.
	order float64
	// covered is set where all words of the subject are in it, and clear where
	// it is well ahead of every other one too.
	covered, clear bool
	// measured is set where its values are of the kind that was asked for.
	measured bool
	// rhythmic is set where another insight differs in nothing but a rhythm
	// that the question does not name: daily, weekly, monthly active users.
	rhythmic bool
	// base is the subject of the title where the question names the split.
	base string
	// outdated marks one whose successor is in the same list.
	outdated bool
}

// How many candidates each way of finding contributes to the alignment.
const (
	candidatesWords    = 30
	candidatesKin      = 10
	candidatesLetters  = 20
	candidatesMeanings = 30
)

// The weights of the fusion: how much of the question is covered, how much of
// the title, letters, words and meaning. They add up to one without meaning,
// for which an encoder is needed.
const (
	weightQD = .45
	weightDQ = .25
	weightT  = .20
	weightB  = .10
	weightU  = .45
	// weightExtra is for words of periods and breakdowns that a title has.
	weightExtra = .15
	// weightConflict is against each slot that differs.
	weightConflict = .06
	// weightTakes is for each breakdown and filter that can be run as asked.
	weightTakes = .02
	// weightUnasked is against a title that is by something nobody asked for.
	weightUnasked = .04
	// weightShows is for an insight that is split as asked before anybody asks.
	weightShows = .06
	// weightChart is for a chart of the kind that was named.
	weightChart = .06
	// weightMeasure is for values of the kind that was asked for, or against
	// those of another.
	weightMeasure = .12
	// weightExact is for a title typed whole.
	weightExact = .25
)

// scratch is memory that a ranking needs and the next one can use again.
type scratch struct {
	words, kin, letters []float32
	nearness            nearness
	candidates          []int32
}

func newScratch(ix *Index) *scratch {
	n := len(ix.docs)
	return &scratch{
		words: make([]float32, n), kin: make([]float32, n), letters: make([]float32, n),
		nearness: nearness{dict: ix.dict, column: make([]int32, len(ix.dict.list))},
	}
}

// scored is a candidate with all that was found out about it.
type scored struct {
	doc       int32
	align     alignment
	t, b, u   float64
	score     float64
	order     float64
	exact     float64
	conflicts []Conflict
}

// Rank returns at most limit insights that the question may mean, the likeliest
// first; equal ones come by id. A Reading of Text alone will do.
func (ix *Index) Rank(r Reading, limit int) []Hit {
	if limit <= 0 {
		return nil
	}
	q, list := ix.rank(r)
	return ix.hits(q, list, limit)
}

// rank scores the candidates for a question and puts them in order.
func (ix *Index) rank(r Reading) (*query, []scored) {
	q := ix.ask(r)
	if len(q.words) == 0 || len(ix.docs) == 0 {
		return q, nil
	}
	s, ok := ix.scratch.Get().(*scratch)
	if !ok {
		s = newScratch(ix)
	}
	defer ix.scratch.Put(s)
	list := ix.score(q, s)
	slices.SortFunc(list, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.order, a.order), cmp.Compare(a.doc, b.doc))
	})
	ix.demote(list)
	return q, list
}

// score finds the candidates and scores them.
func (ix *Index) score(q *query, s *scratch) []scored {
	clear(s.words)
	clear(s.kin)
	clear(s.letters)
	s.nearness.reset(q)
	ix.words.score(q, ix.dict, s.words, false)
	ix.words.score(q, ix.dict, s.kin, true)
	ix.grams.score(q.plain, s.letters)
	near := ix.meanings(q)
	s.candidates = best(s.words, candidatesWords, s.candidates[:0])
	s.candidates = best(s.kin, candidatesKin, s.candidates)
	s.candidates = best(s.letters, candidatesLetters, s.candidates)
	s.candidates = best(near, candidatesMeanings, s.candidates)
	slices.Sort(s.candidates)
	candidates := slices.Compact(s.candidates)

	list := make([]scored, 0, len(candidates))
	for _, doc := range candidates {
		d := &ix.docs[doc]
		can := takes(q.reading, d.insight.Accepts)
		c := scored{doc: doc, align: align(&s.nearness, d, can)}
		c.b, c.t = min(float64(s.words[doc]), 1), min(float64(s.letters[doc]), 1)
		sum, weights := weightQD*c.align.qd+weightDQ*c.align.dq+weightT*c.t+weightB*c.b, weightQD+weightDQ+weightT+weightB
		if near != nil {
			c.u = float64(near[doc])
			sum, weights = sum+weightU*c.u, weights+weightU
		}
		c.score = sum / weights
		c.conflicts = conflicts(q, d, &c.align, can)
		c.exact = q.exactness(d.exact)
		c.order = c.score + d.prior + weightExtra*c.align.extra - weightConflict*float64(len(c.conflicts)) +
			weightTakes*float64(q.taken(d.insight.Accepts, can))
		if len(c.conflicts) == 0 {
			c.order += weightExact * c.exact
		}
		if d.by != unknown && !slices.ContainsFunc(s.nearness.of(d.by), func(x float32) bool { return x >= kinship }) {
			c.order -= weightUnasked
		}
		if q.shows(d.insight) {
			c.order += weightShows
		}
		if slices.Contains(q.charts, d.insight.Chart) {
			c.order += weightChart
		}
		c.order += weightMeasure * q.measured(d.insight)
		list = append(list, c)
	}
	return list
}

// taken is how many breakdowns and filters an insight can be run with as asked.
func (q *query) taken(a insight.Accepts, can []bool) int {
	n := 0
	for _, ok := range can {
		if ok {
			n++
		}
	}
	for _, f := range q.reading.Filters {
		if takesFilter(a, f) {
			n++
		}
	}
	return n
}

// close is how far behind an outdated insight its successor still comes first.
const close = .25

// demote puts an outdated insight behind the one that took its place, where
// that one is about the question too.
func (ix *Index) demote(list []scored) {
	for i := 0; i < len(list); i++ {
		twin := ix.docs[list[i].doc].twin
		if twin == unknown || list[i].exact > 0 {
			continue
		}
		j := slices.IndexFunc(list, func(c scored) bool { return c.doc == twin })
		if j < i || list[i].order-list[j].order > close {
			continue
		}
		old := list[i]
		copy(list[i:j], list[i+1:j+1])
		list[j] = old
		i--
	}
}
