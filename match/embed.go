package match

import (
	"cmp"
	"slices"
)

// embedAll embeds the texts of every insight: its title with its description,
// its title alone and each example. Where the encoder has no vector for one
// yet, none are used, for insights with and without cannot be compared.
func (ix *Index) embedAll() {
	if ix.embed == nil {
		return
	}
	for i := range ix.docs {
		d := &ix.docs[i]
		texts := append([]string{d.insight.Title + ". " + d.insight.Description, d.insight.Title}, d.insight.Examples...)
		for _, text := range texts {
			v := ix.embed(text)
			if len(v) == 0 {
				ix.embed = nil
				return
			}
			d.vectors = append(d.vectors, v)
		}
	}
}

// meanings returns for every insight how near its nearest text is to the
// question, or nil without an encoder.
func (ix *Index) meanings(q *query) []float32 {
	if ix.embed == nil {
		return nil
	}
	asked := ix.embed(q.fixed)
	if len(asked) == 0 {
		return nil
	}
	near := make([]float32, len(ix.docs))
	for i := range ix.docs {
		for _, v := range ix.docs[i].vectors {
			near[i] = max(near[i], dot(asked, v))
		}
	}
	return near
}

// dot is the product of two vectors, 0 where their lengths differ.
func dot(a, b []float32) float32 {
	if len(a) != len(b) {
		return 0
	}
	var sum float32
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}

// best returns the numbers of the n highest scores over 0, highest first, ties
// by number, which is by id.
func best(scores []float32, n int, into []int32) []int32 {
	from := len(into)
	for i, s := range scores {
		if s <= 0 {
			continue
		}
		top := into[from:]
		if len(top) == n && s <= scores[top[n-1]] {
			continue
		}
		at, _ := slices.BinarySearchFunc(top, s, func(j int32, s float32) int {
			if scores[j] >= s {
				return -1
			}
			return cmp.Compare(s, scores[j])
		})
		if len(top) < n {
			into = append(into, 0)
			top = into[from:]
		}
		copy(top[at+1:], top[at:])
		top[at] = int32(i)
	}
	return into
}
