package render

import (
	"slices"
	"strings"

	"insightbot/insight"
	"insightbot/text"
)

// filterWords says how a result was narrowed: "Germany and France only",
// "without Acme".
func filterWords(in insight.Insight, r insight.Result) []string {
	var list []string
	for _, f := range r.Filters {
		d, known := in.Accepts.Dimension(f.Field)
		if !known {
			for _, b := range r.BrokenDownBy {
				if b.Name == f.Field {
					d = b
				}
			}
		}
		names := make([]string, 0, len(f.Values))
		for _, key := range f.Values {
			name := key
			if i := slices.IndexFunc(d.Values, func(v insight.Value) bool { return v.Key == key }); i >= 0 {
				name = d.Values[i].Name()
			}
			names = append(names, nameOf(name, key))
		}
		if len(names) == 0 {
			continue
		}
		if len(names) > 3 {
			names = append(names[:2], countOf(len(f.Values)-2, "more"))
		}
		words := text.JoinWords(names)
		if bare(names) {
			words = nameOf(d.Label, f.Field) + " " + words
		}
		if f.Op == insight.OpIsNot {
			list = append(list, "without "+words)
		} else {
			list = append(list, words+" only")
		}
	}
	return list
}

// bare reports whether values say nothing without the name of their dimension.
func bare(names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool {
		switch strings.ToLower(n) {
		case "true", "false", "yes", "no", "none", "other", "unknown":
			return true
		}
		return strings.Trim(n, "0123456789.,-") == ""
	})
}

// countOf writes a count before a word: "12 more".
func countOf(n int, word string) string { return Exact(countFormat, float64(n)) + " " + word }
