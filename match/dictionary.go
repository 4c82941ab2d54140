package match

import (
	"math"
	"slices"
	"strings"
)

// wordID and stemID number the words and the stems of one index.
type (
	wordID int32
	stemID int32
)

// unknown is the number of what the index does not have.
const unknown = -1

// dictionary numbers every word of an index, so that ranking compares numbers
// instead of strings.
type dictionary struct {
	words map[string]wordID
	list  []lemma
	stems map[string]stemID
	// frequency is how many insights have a stem; idf is made of it.
	frequency []int
	idf       []float64
	// groups are the relatives a stem belongs to.
	groups [][]int
	kin    map[int][]stemID
	// titled are the stems that stand in some title.
	titled  map[stemID]bool
	unknown float64
}

// lemma is one word of the dictionary.
type lemma struct {
	text    string
	stem    stemID
	letters letters
	light   bool
	stop    bool
	// weight is how much the word counts where texts are compared.
	weight float64
}

func newDictionary() *dictionary {
	return &dictionary{words: map[string]wordID{}, stems: map[string]stemID{}, kin: map[int][]stemID{}, titled: map[stemID]bool{}}
}

// add numbers a word.
func (d *dictionary) add(n notion) wordID {
	if id, ok := d.words[n.text]; ok {
		return id
	}
	st, ok := d.stems[n.stem]
	if !ok {
		st = stemID(len(d.stems))
		d.stems[n.stem] = st
		d.frequency = append(d.frequency, 0)
		groups := relatives[n.stem]
		d.groups = append(d.groups, groups)
		for _, g := range groups {
			d.kin[g] = append(d.kin[g], st)
		}
	}
	id := wordID(len(d.list))
	// A clone, so that the index does not keep whole texts alive.
	text := strings.Clone(n.text)
	d.list = append(d.list, lemma{text: text, stem: st, letters: lettersOf(text), light: n.light, stop: n.stop})
	d.words[text] = id
	return id
}

// find returns the numbers of a word and of its stem, or unknown.
func (d *dictionary) find(n notion) (wordID, stemID) {
	word, st := wordID(unknown), stemID(unknown)
	if id, ok := d.words[n.text]; ok {
		word = id
	}
	if id, ok := d.stems[n.stem]; ok {
		st = id
	}
	return word, st
}

// weigh computes the idf of every stem once all insights are counted.
func (d *dictionary) weigh(insights int) {
	n := float64(insights)
	idf := func(f float64) float64 { return math.Log(1 + (n-f+.5)/(f+.5)) }
	d.idf = make([]float64, len(d.frequency))
	for i, f := range d.frequency {
		d.idf[i] = idf(float64(f))
	}
	d.unknown = idf(0)
	for i := range d.list {
		l := &d.list[i]
		l.weight = d.idf[l.stem] + plus
		if l.stop {
			l.weight = stopWeight
		}
	}
}

// plus keeps words that nearly every insight has from weighing nothing.
const plus = .3

// stopWeight is what a stop word of a title or an example counts: little, but
// "what people do" must not be all there once somebody says "people".
const stopWeight = .5

// The share of its weight that a light word has where it finds no counterpart:
// plainShare for those that only say what every insight does.
const (
	lightShare = .7
	plainShare = .25
	// fillerShare is the same for fillers.
	fillerShare = .1
	// fillerRarity is how much of its rarity a filler keeps that some insight
	// has: it is there by accident, mostly.
	fillerRarity = .4
	// wantedShare is the same for the words of a breakdown or a filter.
	wantedShare = .35
)

// rarity is the idf of a stem; what no insight has is the rarest of all.
func (d *dictionary) rarity(st stemID) float64 {
	if st == unknown {
		return d.unknown
	}
	return d.idf[st]
}

// related reports whether two stems share a group of relatives.
func related(a, b []int) bool {
	for _, g := range a {
		if slices.Contains(b, g) {
			return true
		}
	}
	return false
}

// letters are the pairs of neighbouring letters of a word with its ends, in
// order, for comparing spellings. They are empty for words that are too short
// to compare and for those that begin with a digit.
type letters []uint32

func lettersOf(w string) letters {
	runes := []rune(w)
	if len(runes) < 4 || runes[0] >= '0' && runes[0] <= '9' {
		return nil
	}
	pairs := make(letters, 0, len(runes)+1)
	before := rune('^')
	for _, r := range append(runes, '$') {
		// Two letters of 16 bits; rarer planes may collide, which only makes
		// strange words a little more alike.
		pairs = append(pairs, uint32(before)<<16|uint32(r)&0xffff)
		before = r
	}
	slices.Sort(pairs)
	return pairs
}

// dice is the share of pairs that two words have in common, 0 to 1, or 0 where
// it cannot be over a half.
func dice(a, b letters) float64 {
	if len(a) == 0 || len(b) == 0 || 4*min(len(a), len(b)) <= len(a)+len(b) {
		return 0
	}
	same, i, j := 0, 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			same++
			i++
			j++
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return 2 * float64(same) / float64(len(a)+len(b))
}
