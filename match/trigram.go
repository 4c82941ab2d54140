package match

import (
	"cmp"
	"math"
	"slices"
)

// trigrams finds insights by runs of three letters, which survive misspelling
// and endings that a stemmer does not know.
type trigrams struct {
	ids   map[gram]int32
	lists [][]posting
	idf   []float64
	// unseen is the weight of a run of letters that no insight has.
	unseen float64
}

// gram is three letters in one number, 21 bits each.
type gram uint64

// grams are the trigrams of a text with how much each counts, in order.
type grams []weightedGram

type weightedGram struct {
	gram   gram
	weight float64
}

// gramFields are how much a trigram counts in each field.
var gramFields = [fields]float64{1, .5, 1}

// newTrigrams takes the trigrams of every insight, merged.
func newTrigrams(docs []grams) *trigrams {
	t := &trigrams{ids: map[gram]int32{}}
	var frequency []int
	for _, doc := range docs {
		for _, g := range doc {
			id, ok := t.ids[g.gram]
			if !ok {
				id = int32(len(frequency))
				t.ids[g.gram] = id
				frequency = append(frequency, 0)
			}
			frequency[id]++
		}
	}
	n := float64(len(docs))
	t.unseen = math.Log(1 + n)
	t.idf = make([]float64, len(frequency))
	t.lists = make([][]posting, len(frequency))
	for id, f := range frequency {
		t.idf[id] = math.Log(1 + n/float64(f))
		t.lists[id] = make([]posting, 0, f)
	}
	for i, doc := range docs {
		norm := t.length(doc)
		for _, g := range doc {
			id := t.ids[g.gram]
			t.lists[id] = append(t.lists[id], posting{int32(i), float32(math.Sqrt(g.weight) * t.idf[id] / norm)})
		}
	}
	return t
}

// length is the length of the vector of a text; never 0.
func (t *trigrams) length(text grams) float64 {
	var sum float64
	for _, g := range text {
		w := t.unseen
		if id, ok := t.ids[g.gram]; ok {
			w = t.idf[id]
		}
		sum += g.weight * w * w
	}
	return max(math.Sqrt(sum), 1e-9)
}

// score adds up the cosine of the words of a question with every insight.
func (t *trigrams) score(words []string, sum []float32) {
	asked := gramsOf(nil, words, 1).merged()
	norm := t.length(asked)
	for _, g := range asked {
		id, ok := t.ids[g.gram]
		if !ok {
			continue
		}
		w := float32(math.Sqrt(g.weight) * t.idf[id] / norm)
		for _, p := range t.lists[id] {
			sum[p.doc] += w * p.weight
		}
	}
}

// gramsOf appends the trigrams of words, each with its ends marked.
func gramsOf(list grams, words []string, weight float64) grams {
	for _, w := range words {
		var a, b gram = 0, '^'
		for _, r := range w {
			if a != 0 {
				list = append(list, weightedGram{a<<42 | b<<21 | gram(r), weight})
			}
			a, b = b, gram(r)
		}
		list = append(list, weightedGram{a<<42 | b<<21 | '$', weight})
	}
	return list
}

// merged sorts trigrams and adds up those that are the same.
func (l grams) merged() grams {
	slices.SortFunc(l, func(a, b weightedGram) int { return cmp.Compare(a.gram, b.gram) })
	kept := l[:0]
	for _, g := range l {
		if n := len(kept); n > 0 && kept[n-1].gram == g.gram {
			kept[n-1].weight += g.weight
			continue
		}
		kept = append(kept, g)
	}
	return kept
}
