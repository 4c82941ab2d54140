package render

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"insightbot/insight"
)

// row is one bar of a horizontal bar chart.
type row struct {
	key, label string
	// value is NaN where there is none, before is NaN where there is nothing
	// to compare with.
	value, before float64
	// text is the value in words.
	text string
	// rest is how many groups are summed up in this row.
	rest int
}

// rowsOf reads a result as rows, and says how many there were before the
// smaller ones were put together.
func rowsOf(in insight.Insight, r insight.Result) (rows []row, all int) {
	f := in.Format
	switch r.Shape {
	case insight.ShapeFunnel:
		return funnelRows(r)
	case insight.ShapePaths:
		rows, all = pathRows(r)
		f = insight.Format{Kind: insight.FormatNumber, Decimals: -1}
	default:
		rows, all = groupRows(in, r)
	}
	values := make([]float64, len(rows))
	for i := range rows {
		values[i] = rows[i].value
	}
	for i, text := range ShortAll(f, values) {
		rows[i].text = text
	}
	return rows, all
}

// groupRows are the totals of the groups of a breakdown, largest first.
func groupRows(in insight.Insight, r insight.Result) ([]row, int) {
	var rows []row
	before := map[string]float64{}
	for _, s := range r.Series {
		if s.Previous {
			before[s.Key] = s.Total
		}
	}
	for _, s := range r.Series {
		if s.Previous {
			continue
		}
		old, ok := before[s.Key]
		if !ok {
			old = math.NaN()
		}
		rw := row{key: s.Key, label: s.Label, value: value(s.Total), before: value(old)}
		if s.Key == insight.KeyOther {
			rw.label, rw.rest = cmp.Or(s.Label, "Other"), 1
		}
		rows = append(rows, rw)
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.rest, b.rest), byTotal(a.value, b.value), cmp.Compare(a.key, b.key))
	})
	return restRows(rows, additive(in.Format, in.Total)), len(rows)
}

// restRows keeps maxRows rows and sums up the others, where a sum means
// anything.
func restRows(rows []row, sum bool) []row {
	given := slices.IndexFunc(rows, func(r row) bool { return r.rest > 0 }) // summed up by the source
	named := len(rows)
	if given >= 0 {
		named = given
	}
	if named <= maxRows {
		return rows
	}
	rest := rows[maxRows:]
	if !sum {
		return slices.Concat(rows[:maxRows], rows[named:])
	}
	rows = slices.Clone(rows[:maxRows])
	other := row{label: "Other (" + strconv.Itoa(len(rest)) + ")", before: math.NaN(), rest: len(rest)}
	if given >= 0 {
		other.label = "Other" // nobody knows how many the source has put together
	}
	for _, r := range rest {
		if finite(r.value) {
			other.value += r.value
		}
		if finite(r.before) {
			if !finite(other.before) {
				other.before = 0
			}
			other.before += r.before
		}
	}
	return append(rows, other)
}

// funnelRows are the steps of the only funnel, or of several the share that
// came through each.
func funnelRows(r insight.Result) ([]row, int) {
	var current, before []insight.Funnel
	for _, f := range r.Funnels {
		if f.Previous {
			before = append(before, f)
		} else {
			current = append(current, f)
		}
	}
	if len(current) != 1 {
		return conversionRows(current)
	}
	var rows []row
	steps := current[0].Steps
	for i, s := range steps {
		count := value(s.Count)
		rw := row{key: strconv.Itoa(i), label: strconv.Itoa(i+1) + "  " + s.Name, value: count, before: math.NaN()}
		rw.text = Short(insight.Format{Kind: insight.FormatNumber, Decimals: -1}, count) + " · " +
			shareText(count, steps[0].Count)
		if len(before) == 1 && i < len(before[0].Steps) {
			rw.before = value(before[0].Steps[i].Count)
		}
		rows = append(rows, rw)
	}
	return rows[:min(len(rows), maxRows)], len(rows)
}

// conversionRows are the shares of the first step that reached the last, by
// group.
func conversionRows(funnels []insight.Funnel) ([]row, int) {
	var rows []row
	for _, f := range funnels {
		rw := row{key: f.Key, label: f.Label, value: math.NaN(), before: math.NaN(), text: NoValue}
		if n := len(f.Steps); n > 0 && f.Steps[0].Count > 0 {
			rw.value = value(f.Steps[n-1].Count / f.Steps[0].Count)
			rw.text = shareText(f.Steps[n-1].Count, f.Steps[0].Count)
		}
		rows = append(rows, rw)
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		return cmp.Or(byTotal(a.value, b.value), cmp.Compare(a.key, b.key))
	})
	return rows[:min(len(rows), maxRows)], len(rows)
}

// shareText is part as a share of whole, or "–" where there is no whole.
func shareText(part, whole float64) string {
	if !(whole > 0) {
		return NoValue
	}
	return Short(insight.Format{Kind: insight.FormatPercent, Decimals: 1}, part/whole)
}

// pathRows are the most frequent hops.
func pathRows(r insight.Result) ([]row, int) {
	var rows []row
	for i, p := range r.Paths {
		rows = append(rows, row{
			key: strconv.Itoa(i), label: place(p.Source) + " → " + place(p.Target),
			value: value(p.Count), before: math.NaN(),
		})
	}
	slices.SortStableFunc(rows, func(a, b row) int { return byTotal(a.value, b.value) })
	return rows[:min(len(rows), maxRows)], len(rows)
}

// place is the name of a place on a path, without the number of its step:
// "1_/pricing" is "/pricing".
func place(s string) string {
	if n, rest, ok := strings.Cut(s, "_"); ok && n != "" && strings.Trim(n, "0123456789") == "" {
		return rest
	}
	return s
}
