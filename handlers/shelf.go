package handlers

import (
	"encoding/binary"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/singleflight"

	"insightbot/access"
	"insightbot/insight"
	"insightbot/match"
)

// shelf is what one audience may ask, made ready for matching. Everything a
// reply says of the catalogue comes from a shelf, and the weights of words in
// it come from what stands on it alone.
type shelf struct {
	insights []insight.Insight
	words    *match.Vocabulary
	index    *match.Index
	byID     map[string]int
	// titles are the words of each title, made when somebody looks for them.
	titles func() [][]match.Token
}

// find returns an insight of the shelf by id.
func (s *shelf) find(id string) (insight.Insight, bool) {
	i, ok := s.byID[id]
	if !ok {
		return insight.Insight{}, false
	}
	return s.insights[i], true
}

// stock is the whole catalogue at one revision. Only the gate and the pages of
// admins look into it.
type stock struct {
	revision int
	insights []insight.Insight
	index    *access.Index
	// links are the insights by the address of where they can be looked at.
	links func() map[string][]string
}

// shelves keeps shelves that were made, by exactly what stands on them. What
// may stand there is decided anew for every request; a shelf only spares the
// building of an index for the same insights. The zero value is ready.
type shelves struct {
	flight singleflight.Group

	mu    sync.Mutex
	stock *stock
	kept  []keptShelf // the last used first
}

// keptShelf is a shelf and what stands on it.
type keptShelf struct {
	content string
	shelf   *shelf
}

// The bounds of the shelves that are kept: how many, and how many insights
// stand on all of them together, beyond the first one.
const (
	maxShelves = 64
	maxShelved = 50_000
)

// take returns the catalogue and the part of it that an audience may see.
func (ss *shelves) take(c Config, a access.Audience) (*stock, *shelf) {
	st := ss.catalogue(c.Catalogue)
	visible := st.index.Visible(a)
	content, seen := st.content(a, visible)
	if s := ss.get(content); s != nil {
		return st, s
	}
	made, _, _ := ss.flight.Do(content, func() (any, error) {
		s := newShelf(seen(), match.Options{Now: c.Now()})
		ss.put(content, s)
		return s, nil
	})
	s, _ := made.(*shelf) // nothing else is made
	return st, s
}

// catalogue is the stock at the present revision.
func (ss *shelves) catalogue(c Catalogue) *stock {
	ins, revision := c.Insights()
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if ss.stock == nil || ss.stock.revision != revision {
		ss.stock = &stock{revision: revision, insights: ins, index: access.NewIndex(ins), links: sync.OnceValue(func() map[string][]string { return linksOf(ins) })}
		ss.kept = nil
	}
	return ss.stock
}

// content names exactly what stands on a shelf: which insights, and what of
// them is masked. seen makes the list.
func (st *stock) content(a access.Audience, visible []int32) (content string, seen func() []insight.Insight) {
	key := binary.AppendUvarint(make([]byte, 0, 4*len(visible)+16), uint64(st.revision)) //nolint:gosec // counts up from 0
	key = binary.AppendUvarint(key, uint64(len(visible)))
	for _, at := range visible {
		key = binary.LittleEndian.AppendUint32(key, uint32(at)) //nolint:gosec // a position
	}
	changed := map[int32]insight.Insight{}
	for _, at := range visible {
		in := st.insights[at]
		if !masks(a, in) {
			continue
		}
		in = a.Decide(in).Terms.See(in)
		if len(in.Accepts.Dimensions) == len(st.insights[at].Accepts.Dimensions) {
			continue
		}
		changed[at] = in
		key = binary.LittleEndian.AppendUint32(key, uint32(at)) //nolint:gosec // a position
		for _, d := range in.Accepts.Dimensions {
			key = append(append(key, d.Name...), 0)
		}
		key = append(key, 0)
	}
	return string(key), func() []insight.Insight {
		list := make([]insight.Insight, len(visible))
		for i, at := range visible {
			in, ok := changed[at]
			if !ok {
				in = st.insights[at]
			}
			list[i] = in
		}
		return list
	}
}

// masks reports whether anything of an insight could be hidden from a.
func masks(a access.Audience, in insight.Insight) bool {
	if len(in.Accepts.Dimensions) == 0 {
		return false
	}
	if slices.ContainsFunc(in.Accepts.Columns, func(c insight.Column) bool { return c.Type != insight.ColumnPlain }) {
		return true
	}
	some := func(r access.Role) bool { return len(r.Masks) > 0 }
	return slices.ContainsFunc(a.Channel, some) || slices.ContainsFunc(a.Person, some)
}

// newShelf makes insights ready for matching.
func newShelf(ins []insight.Insight, o match.Options) *shelf {
	s := &shelf{insights: ins, words: match.NewVocabulary(ins), index: match.NewIndex(ins, o), byID: make(map[string]int, len(ins))}
	for i, in := range ins {
		s.byID[in.ID] = i
	}
	s.titles = sync.OnceValue(func() [][]match.Token {
		titles := make([][]match.Token, len(ins))
		for i, in := range ins {
			titles[i] = match.Tokens(in.Title)
		}
		return titles
	})
	return s
}

// get returns a shelf that is kept, or nil.
func (ss *shelves) get(content string) *shelf {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	for i, k := range ss.kept {
		if k.content == content {
			copy(ss.kept[1:i+1], ss.kept[:i])
			ss.kept[0] = k
			return k.shelf
		}
	}
	return nil
}

// put keeps a shelf and drops those that were not used for longest. One that
// was made of an older revision finds no taker and goes in its time.
func (ss *shelves) put(content string, s *shelf) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.kept = slices.Insert(ss.kept, 0, keptShelf{strings.Clone(content), s})
	total := 0
	for i, k := range ss.kept {
		total += len(k.shelf.insights)
		if i > 0 && (i >= maxShelves || total > maxShelved) {
			ss.kept = slices.Delete(ss.kept, i, len(ss.kept))
			return
		}
	}
}
