package match

import "slices"

// The similarities of words that are not the same.
const (
	sameStem = .97
	// kinship is the similarity of relatives.
	kinship = .8
	// alike is what a spelling counts that is not the same: at most this much.
	alike = .85
	// sameness is the similarity from which a word counts as found.
	sameness = .5
	// nearlySame is the similarity from which a word may be the same, misspelt.
	nearlySame = .7
)

// similarity says how much two words mean the same, 0 to 1.
func similarity(a *asked, id wordID, b *lemma, groups []int) float64 {
	switch {
	case a.word == id:
		return 1
	case a.stemID == b.stem:
		return sameStem
	}
	s := 0.0
	if related(a.groups, groups) {
		s = kinship
	}
	if d := dice(a.letters, b.letters); d > .5 {
		s = max(s, alike*d)
	}
	return s
}

// nearness holds the similarity of every word of a question with every word of
// the candidates, each pair computed once.
type nearness struct {
	q      *query
	dict   *dictionary
	column []int32 // of each word of the dictionary, 0 where it has none
	used   []wordID
	cells  []float32
}

// of returns the similarities of one word of an insight with the words of the
// question, in order.
func (t *nearness) of(id wordID) []float32 {
	n := len(t.q.words)
	if c := t.column[id]; c > 0 {
		return t.cells[int(c-1)*n : int(c)*n]
	}
	t.used = append(t.used, id)
	t.column[id] = int32(len(t.used))
	l := &t.dict.list[id]
	groups := t.dict.groups[l.stem]
	for i := range t.q.words {
		t.cells = append(t.cells, float32(similarity(&t.q.words[i], id, l, groups)))
	}
	return t.cells[len(t.cells)-n:]
}

// reset makes the table ready for another question.
func (t *nearness) reset(q *query) {
	for _, id := range t.used {
		t.column[id] = 0
	}
	t.q, t.used, t.cells = q, t.used[:0], t.cells[:0]
}

// alignment says how well the words of a question and of an insight cover each
// other.
type alignment struct {
	// qd is the share of what is asked for that the insight has, dq the share
	// of its title, or of the example question that fits best, that is asked.
	qd, dq float64
	// best is the similarity of each word of the question with its nearest in
	// the insight, title with its nearest in the title.
	best, title []float32
	// example is the number of the example that fits better than the title,
	// or -1.
	example int
	// extra is the weight of the words aside that the title has, as a share of
	// the question; nothing where the title is about something else.
	extra float64
	// lacking is the share of the subject that the insight has nothing like.
	lacking float64
}

// align compares a question with one insight. takes says of each breakdown
// wish whether the insight can take it.
func align(t *nearness, d *document, takes []bool) alignment {
	a := alignment{example: -1, best: t.found(d), title: nearest(t, d.title)}
	var have, all, extra, lack float64
	for i := range t.q.words {
		w := &t.q.words[i]
		if w.wish >= 0 && takes[w.wish] {
			a.best[i] = 1
		}
		if w.kind != "" && w.kind == d.insight.Format.Kind {
			a.best[i] = 1
		}
		best := float64(a.best[i])
		if w.aside {
			if a.title[i] >= kinship {
				extra += w.weight
			}
			continue
		}
		g := w.weight
		if best < sameness {
			g = w.lone()
			if !w.light && !w.wanted && !w.filler {
				lack += g
			}
		}
		have += g * best
		all += g
	}
	if all > 0 {
		a.qd, a.lacking = have/all, lack/all
		a.extra = a.qd * extra / (all + extra)
	}
	a.dq = covered(t, d.whole)
	for i, words := range d.examples {
		if c := covered(t, words); c > a.dq {
			a.dq, a.example = c, i
		}
	}
	return a
}

// What a word counts that only the description has, or only a tag, an event or
// a dimension: these say what an insight has to do with, not what it is.
const (
	saidShare   = .9
	taggedShare = .75
)

// found is the similarity of each word of the question with its nearest in an
// insight, by where that stands.
func (t *nearness) found(d *document) []float32 {
	best := nearest(t, d.words)
	main, said := nearest(t, d.main), nearest(t, d.said)
	for i := range best {
		best[i] = max(main[i], saidShare*said[i], taggedShare*best[i])
	}
	return best
}

// nearest is the highest similarity of each word of the question with any of
// the words.
func nearest(t *nearness, words []wordID) []float32 {
	best := make([]float32, len(t.q.words))
	for _, id := range words {
		for i, s := range t.of(id) {
			best[i] = max(best[i], s)
		}
	}
	return best
}

// covered is the share of the words that the question has.
func covered(t *nearness, words []wordID) float64 {
	var have, all float64
	for _, id := range words {
		l := &t.dict.list[id]
		if l.stop {
			all += l.weight
			if t.q.small[l.text] {
				have += l.weight
			}
			continue
		}
		g, s := l.weight, float64(slices.Max(t.of(id)))
		if l.light && s < sameness {
			g *= lightShare
		}
		have += g * s
		all += g
	}
	if all == 0 {
		return 0
	}
	return have / all
}
