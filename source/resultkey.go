package source

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"time"

	"insightbot/insight"
)

// resultKey stands for everything that decides what a run gives: two runs of
// one key may share their result. It is a hash, so that no value of a filter
// or an attribute stays in memory for it.
type resultKey [sha256.Size]byte

// keyOf is the key of a run. Left out are what is done to the result
// afterwards, MinGroup, what is only said about it, the words of a filter, and
// the moment now itself: of that only counts which bucket it lies in, since
// what was counted in yesterday's running day is not the whole of it.
func keyOf(in insight.Insight, q insight.Query, now time.Time) resultKey {
	e := make(encoder, 0, 512)
	e.texts(in.ID, in.Source, in.Version, string(q.Grain), string(q.Compare))
	for _, w := range []insight.Window{q.Window, q.Previous} {
		e.time(w.From)
		e.time(w.To)
		e.number(phase(w, q.Grain, in.WeekStart, now))
	}
	e.flags(q.CompareTotals, q.Unbounded)
	e.texts(q.Breakdowns...)
	filters := slices.Clone(q.Filters)
	slices.SortFunc(filters, compareFilters)
	e.number(int64(len(filters)))
	for _, f := range filters {
		e.texts(f.Field, string(f.Op))
		e.texts(slices.Sorted(slices.Values(f.Values))...)
	}
	e.number(int64(len(q.Attributes)))
	for _, name := range slices.Sorted(maps.Keys(q.Attributes)) {
		e.texts(name)
		e.texts(slices.Sorted(slices.Values(q.Attributes[name]))...)
	}
	e.texts(slices.Sorted(slices.Values(q.Masks))...)
	return sha256.Sum256(e)
}

// phase tells the moments apart between which a result for w is made in
// another way: before it begins, in each of its buckets while it runs, and
// when it is over, which is 0.
func phase(w insight.Window, g insight.Grain, weekStart time.Weekday, now time.Time) int64 {
	switch {
	case w.IsZero() || !now.Before(w.To):
		return 0
	case now.Before(w.From):
		return -1
	case g == insight.GrainNone:
		return 1
	}
	return g.Next(g.Floor(now.In(w.Zone()), weekStart)).Unix()
}

// compareFilters orders filters by what they do, not by what was typed.
func compareFilters(a, b insight.Filter) int {
	return cmp.Or(
		cmp.Compare(a.Field, b.Field), cmp.Compare(a.Op, b.Op),
		slices.Compare(slices.Sorted(slices.Values(a.Values)), slices.Sorted(slices.Values(b.Values))),
	)
}

// unworded returns filters without what a person typed for them: a result that
// others will see must not carry it.
func unworded(filters []insight.Filter) []insight.Filter {
	filters = slices.Clone(filters)
	for i := range filters {
		filters[i].Words = ""
	}
	return filters
}

// worded returns the filters that were applied, in the order and with the words
// of who asks now.
func worded(applied, asked []insight.Filter) []insight.Filter {
	if len(applied) == 0 {
		return applied
	}
	rest := unworded(applied)
	var all []insight.Filter
	for _, f := range asked {
		if i := slices.IndexFunc(rest, func(r insight.Filter) bool { return compareFilters(r, f) == 0 }); i >= 0 {
			rest = slices.Delete(rest, i, i+1)
			all = append(all, f)
		}
	}
	return append(all, rest...)
}

// encoder writes values so that no two lists of them look the same.
type encoder []byte

// number writes one number.
func (e *encoder) number(n int64) { *e = binary.AppendVarint(*e, n) }

// texts writes a list.
func (e *encoder) texts(list ...string) {
	e.number(int64(len(list)))
	for _, s := range list {
		e.number(int64(len(s)))
		*e = append(*e, s...)
	}
}

// flags writes answers of yes or no.
func (e *encoder) flags(list ...bool) {
	for _, yes := range list {
		if yes {
			*e = append(*e, 1)
		} else {
			*e = append(*e, 0)
		}
	}
}

// time writes an instant and its zone, in which the buckets are. A zone may
// have no name, or one that others have too: its offset tells them apart.
func (e *encoder) time(t time.Time) {
	_, offset := t.Zone()
	e.number(t.Unix())
	e.number(int64(t.Nanosecond()))
	e.number(int64(offset))
	e.texts(t.Location().String())
}
