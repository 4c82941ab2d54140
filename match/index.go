package match

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"insightbot/insight"
)

// Options are what an index may be built with besides the insights.
type Options struct {
	// Embed turns a text into a vector of length 1 that is near the vectors of
	// texts that mean the same, or nil for a text it cannot embed yet. It must
	// be safe for concurrent use. Without it words alone decide.
	Embed func(string) []float32
	// Now decides which certifications hold and which insights are fresh. The
	// zero time means that none are.
	Now time.Time
}

// Index finds the insights that a question may mean. It is immutable and safe
// for use by many goroutines. Everything it knows comes from the insights it
// was built of: build it of those its audience may see, and no ranking,
// spelling or suggestion can tell of another.
type Index struct {
	docs    []document
	dict    *dictionary
	words   inverted
	grams   *trigrams
	spell   *speller
	embed   func(string) []float32
	scratch sync.Pool
}

// document is an insight made ready for comparing.
type document struct {
	insight insight.Insight
	// words are all its different content words and title those of its title;
	// whole are all words of its title and examples those of each example
	// question, small words too.
	words, title, whole []wordID
	// main are the words of its title and its examples, said those of its
	// description too.
	main, said []wordID
	examples   [][]wordID
	// typed are the words of the title as they stand in it.
	typed []string
	// exact are its title and its examples, to be recognised when typed whole.
	exact []whole
	slots slots
	// base is the title without its rhythm and what it is by.
	base string
	// by is the word that the title is by, or -1.
	by wordID
	// aggregates are the ways to count that any of its texts names, numbers
	// all the numbers in them.
	aggregates aggregates
	numbers    []string
	// prior is what speaks for it whatever is asked; twin is the insight that
	// took its place, or -1.
	prior float64
	twin  int32
	// vectors are those of its texts where there is an encoder.
	vectors [][]float32
}

// NewIndex builds an index of insights, which it copies. Their order does not
// matter.
func NewIndex(ins []insight.Insight, o Options) *Index {
	ins = slices.Clone(ins)
	slices.SortStableFunc(ins, func(a, b insight.Insight) int { return cmp.Compare(a.ID, b.ID) })
	ix := &Index{dict: newDictionary(), docs: make([]document, len(ins)), embed: o.Embed}
	b := builder{ix: ix, spellings: map[string]int{}, grams: make([]grams, len(ins)), stems: map[string]string{}}
	for i, in := range ins {
		b.add(int32(i), in)
	}
	ix.words.finish(ix.dict, len(ins))
	ix.dict.weigh(len(ins))
	ix.grams = newTrigrams(b.grams)
	ix.spell = newSpeller(b.spellings)
	ix.settle(o.Now)
	ix.embedAll()
	return ix
}

// Len is the number of insights in the index.
func (ix *Index) Len() int { return len(ix.docs) }

// builder holds what is needed while an index is built.
type builder struct {
	ix        *Index
	spellings map[string]int
	grams     []grams
	stems     map[string]string
}

// add takes one insight in.
func (b *builder) add(doc int32, in insight.Insight) {
	d := &b.ix.docs[doc]
	d.insight = in
	d.twin = unknown
	title := b.field(doc, fieldTitle, in.Title)
	d.title = b.different(title)
	d.whole = b.all(title)
	d.slots = slotsOf(title)
	d.base = subject(title)
	d.by = unknown
	if tokens := Tokens(d.slots.by); len(tokens) > 0 {
		d.by = b.ix.dict.add(analyse(d.slots.by, tokens, b.stems)[0])
	}
	d.typed = make([]string, len(d.title))
	for _, n := range title {
		if i := slices.Index(d.title, b.ix.dict.words[n.text]); i >= 0 && d.typed[i] == "" {
			d.typed[i] = n.typed
		}
	}
	d.exact = append(d.exact, wholeOf(title))
	d.words = slices.Clone(d.title)
	d.main = slices.Clone(d.title)
	if len(d.title) <= shortTitle {
		for _, id := range d.title {
			b.ix.dict.titled[b.ix.dict.list[id].stem] = true
		}
	}
	d.numbers = append(d.numbers, d.slots.numbers...)
	for _, list := range [...][]string{in.Tags, in.Events} {
		for _, tag := range list {
			d.take(b.field(doc, fieldTags, tag), b)
		}
	}
	text := b.field(doc, fieldText, in.Description)
	d.take(text, b)
	d.said = b.different(text)
	for _, dimension := range in.Accepts.Dimensions {
		for _, w := range append([]string{dimension.Name, dimension.Label}, dimension.Words...) {
			d.take(b.field(doc, fieldText, w), b)
		}
	}
	for _, example := range in.Examples {
		notions := b.field(doc, fieldText, example)
		d.take(notions, b)
		d.main = append(d.main, b.different(notions)...)
		notions = lasting(example, notions)
		d.examples = append(d.examples, b.all(notions))
		d.exact = append(d.exact, wholeOf(notions))
	}
	d.aggregates = aggregatesOf(in, d.aggregates|d.slots.aggregates)
	slices.Sort(d.words)
	d.words = slices.Compact(d.words)
	b.grams[doc] = b.grams[doc].merged()
}

// shortTitle is how many content words a title has at most that is the name of
// a metric: "Revenue", "Paid seats".
const shortTitle = 2

// take adds the words and numbers of a text.
func (d *document) take(notions []notion, b *builder) {
	d.words = append(d.words, b.different(notions)...)
	s := slotsOf(notions)
	d.numbers = append(d.numbers, s.numbers...)
	d.aggregates |= s.aggregates
}

// field counts the words of one text of an insight.
func (b *builder) field(doc int32, field int, text string) []notion {
	tokens := Tokens(text)
	notions := analyse(text, tokens, b.stems)
	for _, n := range content(notions) {
		b.ix.words.add(doc, field, b.ix.dict.list[b.ix.dict.add(n)].stem)
	}
	kept := telling(tokens)
	for _, t := range tokens {
		b.spellings[t.Text]++
	}
	words := make([]string, len(kept))
	for i, t := range kept {
		words[i] = t.Text
	}
	b.grams[doc] = gramsOf(b.grams[doc], words, gramFields[field])
	return notions
}

// different numbers the content words of a text, each once.
func (b *builder) different(notions []notion) []wordID { return b.all(content(notions)) }

// all numbers the words of a text, each once.
func (b *builder) all(notions []notion) []wordID {
	var ids []wordID
	for _, n := range notions {
		if id := b.ix.dict.add(n); !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// settle computes what speaks for each insight whatever is asked.
func (ix *Index) settle(now time.Time) {
	for i := range ix.docs {
		d := &ix.docs[i]
		d.prior = prior(d.insight, now)
		if by := d.insight.Replaced.By; by != "" {
			at, ok := slices.BinarySearchFunc(ix.docs, by, func(d document, id string) int {
				return cmp.Compare(d.insight.ID, id)
			})
			if ok && at != i {
				d.twin = int32(at)
			}
		}
	}
}
