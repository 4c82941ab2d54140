package render

import (
	"cmp"
	"image/color"
	"slices"

	"insightbot/insight"
)

// paint gives each line its colour and sorts the lines by identity. The order
// hangs on what the lines are, never on how large they are, so that a line
// keeps its colour while values and ranks change: first the order in which
// the insight lists the values of its breakdown, then the key.
func (s *sheet) paint(lines []line) []color.RGBA {
	slices.SortStableFunc(lines, func(a, b line) int {
		return cmp.Or(cmp.Compare(min(a.rest, 1), min(b.rest, 1)), cmp.Compare(statusRank(a.status), statusRank(b.status)),
			cmp.Compare(s.valueRank(a.key), s.valueRank(b.key)), cmp.Compare(a.key, b.key))
	})
	list := make([]color.RGBA, len(lines))
	for i, l := range lines {
		list[i] = s.colors.series[i%len(s.colors.series)]
		if l.rest > 0 {
			list[i] = s.colors.other
		}
	}
	return list
}

// valueRank is the place of a key among the values that the insight lists.
// Unknown ones come last.
func (s *sheet) valueRank(key string) int {
	if len(s.Result.BrokenDownBy) != 1 {
		return 0
	}
	values := s.Result.BrokenDownBy[0].Values
	if i := slices.IndexFunc(values, func(v insight.Value) bool { return v.Key == key }); i >= 0 {
		return i
	}
	return len(values)
}

// statusRank is the fixed order of a lifecycle.
func statusRank(s insight.Status) int {
	return slices.Index([]insight.Status{
		insight.StatusNew, insight.StatusReturning, insight.StatusResurrecting, insight.StatusDormant,
	}, s)
}
