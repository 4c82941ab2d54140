package access

import (
	"slices"

	"insightbot/insight"
)

// Index finds what an audience may see in a large catalogue without looking at
// the rest of it. It holds facts of the catalogue and no decision.
type Index struct {
	ins               []insight.Insight
	byTag, bySource   map[string][]int32
	byID              map[string]int32
	everything, whole []int32
}

// NewIndex reads a catalogue, which must not change afterwards.
func NewIndex(ins []insight.Insight) *Index {
	x := &Index{ins: ins, byTag: map[string][]int32{}, bySource: map[string][]int32{}, byID: make(map[string]int32, len(ins))}
	for i, in := range ins {
		at := int32(i) //nolint:gosec // a catalogue is never that long
		x.byID[in.ID] = at
		x.whole = append(x.whole, at)
		x.bySource[in.Source] = append(x.bySource[in.Source], at)
		for _, tag := range in.Tags {
			x.byTag[tag] = append(x.byTag[tag], at)
		}
		if !slices.Contains(in.Tags, TagRestricted) {
			x.everything = append(x.everything, at)
		}
	}
	return x
}

// Find looks an insight up by its id, whoever may see it.
func (x *Index) Find(id string) (insight.Insight, bool) {
	at, ok := x.byID[id]
	if !ok {
		return insight.Insight{}, false
	}
	return x.ins[at], true
}

// Visible returns the positions in the catalogue of what could be told to the
// audience, publicly or privately, in order. Each is decided anew.
func (x *Index) Visible(a Audience) []int32 {
	var candidates []int32
	add := func(at []int32) { candidates = append(candidates, at...) }
	for _, roles := range [][]Role{a.Channel, a.Person} {
		for _, r := range roles {
			x.granted(r, add)
		}
	}
	slices.Sort(candidates)
	candidates = slices.Compact(candidates)
	visible := candidates[:0]
	for _, at := range candidates {
		if a.sees(&x.ins[at]) {
			visible = append(visible, at)
		}
	}
	return visible
}

// granted adds what one role grants.
func (x *Index) granted(r Role, add func([]int32)) {
	switch {
	case r.ID == RoleOperator:
		add(x.whole)
		return
	case r.Everything:
		add(x.everything)
	}
	for _, t := range r.Tags {
		add(x.byTag[t])
	}
	for _, s := range r.Sources {
		add(x.bySource[s])
	}
	for _, id := range r.Insights {
		if at, ok := x.byID[id]; ok {
			add([]int32{at})
		}
	}
}
