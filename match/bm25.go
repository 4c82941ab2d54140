package match

// The fields of an insight, in the order of the arrays below.
const (
	fieldTitle = iota
	fieldTags
	fieldText
	fields
)

// The constants of BM25F, as measured: how much a field counts and how far its
// length is levelled out; what the score of one word saturates at.
var (
	fieldWeight = [fields]float64{1, .5, .6}
	fieldLevel  = [fields]float64{.5, .3, .6}
)

const (
	saturation = 1.2
	// typical is what a word scores in an insight that has it, as a share of
	// the most it could: the norm that makes scores of questions comparable.
	typical = .7
)

// posting says that an insight has a stem, and how strongly.
type posting struct {
	doc    int32
	weight float32
}

// inverted is the list of insights for each stem.
type inverted struct {
	lists [][]posting
	// counts and lengths are needed while building alone.
	counts  [][]count
	lengths [][fields]float64
}

// count is how often one insight has a stem in each field.
type count struct {
	doc   int32
	times [fields]uint16
}

// add counts a stem in a field of an insight. Insights come in order.
func (x *inverted) add(doc int32, field int, st stemID) {
	for len(x.counts) <= int(st) {
		x.counts = append(x.counts, nil)
	}
	for len(x.lengths) <= int(doc) {
		x.lengths = append(x.lengths, [fields]float64{})
	}
	x.lengths[doc][field]++
	list := x.counts[st]
	if n := len(list); n == 0 || list[n-1].doc != doc {
		list = append(list, count{doc: doc})
	}
	if c := &list[len(list)-1].times[field]; *c < 1<<15 {
		*c++
	}
	x.counts[st] = list
}

// finish turns counts into weights and frequencies.
func (x *inverted) finish(d *dictionary, docs int) {
	var mean [fields]float64
	for _, l := range x.lengths {
		for f := range mean {
			mean[f] += l[f]
		}
	}
	for f := range mean {
		mean[f] = max(mean[f]/float64(max(docs, 1)), 1e-9)
	}
	x.lists = make([][]posting, len(d.frequency))
	for st, list := range x.counts {
		d.frequency[st] = len(list)
		postings := make([]posting, len(list))
		for i, c := range list {
			var t float64
			for f := range fields {
				level := 1 - fieldLevel[f] + fieldLevel[f]*x.lengths[c.doc][f]/mean[f]
				t += fieldWeight[f] * float64(c.times[f]) / level
			}
			postings[i] = posting{c.doc, float32((saturation + 1) * t / (t + saturation))}
		}
		x.lists[st] = postings
	}
	x.counts, x.lengths = nil, nil
}

// score adds up the BM25F of every insight for the words of a question. Words
// aside add to an insight that has them but are no part of the norm.
func (x *inverted) score(q *query, d *dictionary, sum []float32, kin bool) {
	norm := 0.0
	for _, w := range q.words {
		if !w.aside {
			norm += w.idf * (saturation + 1) * typical
		}
	}
	scale := 1 / max(1, norm)
	add := func(st stemID, weight float64) {
		for _, p := range x.lists[st] {
			sum[p.doc] += float32(weight*scale) * p.weight
		}
	}
	for _, w := range q.words {
		if w.stemID != unknown {
			add(w.stemID, w.idf)
		}
		if !kin {
			continue
		}
		for _, g := range w.groups {
			for _, st := range d.kin[g] {
				if st != w.stemID {
					add(st, kinship*min(w.idf, d.idf[st]))
				}
			}
		}
	}
}
