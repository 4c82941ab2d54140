package match

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
)

// speller puts words right that nobody means as they stand. It knows the words
// of its own index alone, beside the matcher's own function words, so that it
// can never tell a word that is only in a hidden insight.
type speller struct {
	seed maphash.Seed
	list []spelling
	ids  map[string]int32
	// forms are the words under each form they have with at most one letter
	// left out, in order of the form.
	forms []form
}

// spelling is a word and how many times the insights have it.
type spelling struct {
	text, stem string
	times      int
}

// form is the hash of a word with a letter left out. Different forms may share
// a hash: every find is measured again.
type form struct {
	hash uint64
	word int32
}

// shortest is the length below which a word is left as it is: too many words
// are one letter apart there.
const shortest = 4

// newSpeller takes each word of the insights with its count.
func newSpeller(times map[string]int) *speller {
	s := &speller{seed: maphash.MakeSeed(), ids: map[string]int32{}}
	for w := range ownWords() {
		if _, ok := times[w]; !ok {
			s.add(w, 0)
		}
	}
	for w, n := range times {
		s.add(w, n)
	}
	slices.SortFunc(s.forms, func(a, b form) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(s.list[a.word].text, s.list[b.word].text))
	})
	return s
}

// ownWords are the words the matcher itself understands.
func ownWords() func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, set := range [...]map[string]bool{stops, light} {
			for w := range set {
				if !yield(w) {
					return
				}
			}
		}
		for w := range synonyms {
			if !yield(w) {
				return
			}
		}
		for _, list := range phrases {
			for _, p := range list {
				for _, w := range p.words {
					if !yield(w) {
						return
					}
				}
			}
		}
	}
}

func (s *speller) add(w string, times int) {
	if _, ok := s.ids[w]; ok || len(w) < shortest {
		return
	}
	id := int32(len(s.list))
	w = strings.Clone(w)
	s.ids[w] = id
	s.list = append(s.list, spelling{w, stem(w), times})
	s.each(w, func(hash uint64) { s.forms = append(s.forms, form{hash, id}) })
}

// each calls f with the hash of w and of w without each of its letters.
func (s *speller) each(w string, f func(uint64)) {
	f(maphash.String(s.seed, w))
	buf := make([]byte, 0, len(w))
	for i, r := range w {
		buf = append(append(buf[:0], w[:i]...), w[i+len(string(r)):]...)
		f(maphash.Bytes(s.seed, buf))
	}
}

// fix returns the word that w was meant to be, which is mostly w.
func (s *speller) fix(w string) string {
	if len(w) < shortest || w[0] >= '0' && w[0] <= '9' || stops[w] || abbreviations[w] != "" {
		return w
	}
	if _, ok := s.ids[w]; ok || common(w) || relatives[stem(w)] != nil {
		return w
	}
	limit := 1
	if len(w) >= 7 {
		limit = 2
	}
	best, bestCost := int32(-1), limit+2
	consider := func(id int32) {
		c := s.list[id]
		cost := distance(w, c.text, limit)
		if cost > limit {
			return
		}
		if c.text[0] != w[0] {
			cost++
		}
		if c.stem == stem(w) {
			cost = -1
		}
		if cost < bestCost || cost == bestCost && best >= 0 && s.better(c, s.list[best]) {
			best, bestCost = id, cost
		}
	}
	s.each(w, func(hash uint64) {
		at, _ := slices.BinarySearchFunc(s.forms, hash, func(f form, h uint64) int { return cmp.Compare(f.hash, h) })
		for ; at < len(s.forms) && s.forms[at].hash == hash; at++ {
			consider(s.forms[at].word)
		}
	})
	if best < 0 {
		return w
	}
	return s.list[best].text
}

// better reports whether a is the likelier of two words equally far off.
func (s *speller) better(a, b spelling) bool {
	if a.times != b.times {
		return a.times > b.times
	}
	return a.text < b.text
}

// distance is how many letters must be added, dropped, changed or swapped with
// their neighbour to make b of a. Above limit it may return any larger number.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); d > limit || -d > limit {
		return limit + 1
	}
	rows := make([]int, 3*(len(y)+1))
	before, last, this := rows[:len(y)+1], rows[len(y)+1:2*(len(y)+1)], rows[2*(len(y)+1):]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		this[0] = i
		least := i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			this[j] = min(last[j]+1, this[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				this[j] = min(this[j], before[j-2]+1)
			}
			least = min(least, this[j])
		}
		if least > limit {
			return limit + 1
		}
		before, last, this = last, this, before
	}
	return last[len(y)]
}
