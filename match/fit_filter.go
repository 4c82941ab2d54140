package match

import (
	"slices"
	"strings"

	"insightbot/insight"
)

// filters fits the filters that were asked for.
func (f *fitting) filters() {
	for _, w := range f.r.Filters {
		if !w.Sure && f.says(w.Words) {
			continue
		}
		d, keys, missing := f.resolve(w)
		if len(keys) > 0 {
			f.addFilter(insight.Filter{Field: d.Name, Op: w.Op, Values: keys, Words: w.Words})
		}
		for _, word := range missing {
			if strings.HasPrefix(word, "@") || !f.says(word) {
				f.miss(RoleFilter, word, f.whyNot(word, w))
			}
		}
	}
}

func (f *fitting) addFilter(filter insight.Filter) {
	for i, have := range f.q.Filters {
		if have.Field == filter.Field && have.Op == filter.Op {
			for _, v := range filter.Values {
				if !slices.Contains(have.Values, v) {
					f.q.Filters[i].Values = append(f.q.Filters[i].Values, v)
				}
			}
			f.q.Filters[i].Words += ", " + filter.Words
			return
		}
	}
	f.q.Filters = append(f.q.Filters, filter)
}

// resolve finds the values among those that the insight itself knows. The
// same value may belong to several dimensions, and to another one here than in
// the rest of the catalogue.
func (f *fitting) resolve(w FilterWish) (insight.Dimension, []string, []string) {
	if d, ok := f.in.Accepts.Dimension(w.Field); ok && d.Filter && hasKeys(d, w.Values) {
		return d, w.Values, nil
	}
	words := listed(w.Words)
	var best insight.Dimension
	var keys, missing []string
	for _, d := range f.in.Accepts.Dimensions {
		if !d.Filter {
			continue
		}
		k, m := lookup(d, words)
		if len(k) > len(keys) {
			best, keys, missing = d, k, m
		}
	}
	if len(keys) == 0 {
		return best, nil, []string{w.Words}
	}
	return best, keys, missing
}

func hasKeys(d insight.Dimension, keys []string) bool {
	for _, k := range keys {
		if !slices.ContainsFunc(d.Values, func(v insight.Value) bool { return v.Key == k }) {
			return false
		}
	}
	return len(keys) > 0
}

// listed splits "Germany, France and Spain".
func listed(words string) []string {
	var out []string
	for part := range strings.SplitSeq(words, ",") {
		for _, sep := range []string{" and ", " or ", " & ", "/"} {
			part = strings.ReplaceAll(part, sep, "\x00")
		}
		for one := range strings.SplitSeq(part, "\x00") {
			for _, small := range []string{"and ", "or "} {
				one = strings.TrimPrefix(strings.TrimSpace(one), small)
			}
			if one != "" {
				out = append(out, one)
			}
		}
	}
	return out
}

// lookup returns the keys of the words that are values of d, and the words
// that are not.
func lookup(d insight.Dimension, words []string) (keys, missing []string) {
	for _, w := range words {
		typed := joined(w)
		i := slices.IndexFunc(d.Values, func(v insight.Value) bool {
			return slices.ContainsFunc(append([]string{v.Key, v.Label}, v.Words...), func(s string) bool { return s != "" && joined(s) == typed })
		})
		if i < 0 {
			missing = append(missing, w)
		} else {
			keys = append(keys, d.Values[i].Key)
		}
	}
	return keys, missing
}

// whyNot says why there is no filter for a word, and what comes near.
func (f *fitting) whyNot(word string, w FilterWish) string {
	var dims []string
	nearest, least := "", 3
	typed := joined(word)
	for _, d := range f.in.Accepts.Dimensions {
		if !d.Filter || len(d.Values) == 0 {
			continue
		}
		dims = append(dims, strings.ToLower(label(d)))
		for _, v := range d.Values {
			if n := distance(typed, joined(v.Name()), 2); n < least && 2*n < len(typed) {
				nearest, least = v.Name(), n
			}
		}
	}
	why := f.name() + " cannot be narrowed to " + inQuotes(word)
	if w.Op == insight.OpIsNot {
		why = f.name() + " cannot leave out " + inQuotes(word)
	}
	d, ok := f.in.Accepts.Dimension(w.Field)
	switch {
	case nearest != "":
		return why + "; did you mean " + inQuotes(nearest) + "?"
	case ok && !d.Filter:
		return why + ", for it takes no filter on " + strings.ToLower(label(d)) + "."
	case len(dims) > 0:
		return why + "; it can be filtered by " + list(dims, "or") + "."
	}
	return why + ", for it takes no filters."
}
