package source

import (
	"fmt"
	"math"
	"slices"

	"insightbot/insight"
)

// follows works out what is hidden of a result from what is shown of it and the
// sums of everybody, which another question tells: by solving the sums as
// equations, which knows nothing of how things are hidden. It returns what has
// but one value.
func follows(in insight.Insight, k float64, whole, shown insight.Result) map[string]float64 {
	var names []string
	index := map[string]int{}
	truth := map[string]float64{}
	known := map[string]bool{}
	put := func(name string, v float64, seen bool) {
		index[name] = len(names)
		names = append(names, name)
		truth[name], known[name] = v, seen
	}
	cellName := func(key string, b int) string { return fmt.Sprintf("%q in %d", key, b) }
	buckets := 0
	for _, s := range whole.Series {
		at := slices.IndexFunc(shown.Series, func(o insight.Series) bool { return o.Key == s.Key })
		for b, p := range s.Points {
			put(cellName(s.Key, b), p.Value, at >= 0 && !math.IsNaN(shown.Series[at].Points[b].Value))
		}
		buckets = len(s.Points)
		put(cellName(s.Key, buckets), s.Total, at >= 0 && !math.IsNaN(shown.Series[at].Total))
	}
	var rows [][]float64
	sum := func(terms map[string]float64, total float64) {
		row := make([]float64, len(names)+1)
		row[len(names)] = total
		for name, factor := range terms {
			if known[name] {
				row[len(names)] -= factor * truth[name]
			} else {
				row[index[name]] += factor
			}
		}
		rows = append(rows, row)
	}
	for _, s := range whole.Series {
		terms := map[string]float64{cellName(s.Key, buckets): -1}
		for b := range s.Points {
			terms[cellName(s.Key, b)] = 1
			if in.Total == insight.TotalLast && b < buckets-1 {
				delete(terms, cellName(s.Key, b))
			}
		}
		if in.Total == insight.TotalAverage {
			terms[cellName(s.Key, buckets)] = -float64(buckets)
		}
		sum(terms, 0)
	}
	if len(whole.Series) > 1 {
		for b := range buckets + 1 {
			terms, total := map[string]float64{}, 0.0
			for _, s := range whole.Series {
				terms[cellName(s.Key, b)] = 1
				total += truth[cellName(s.Key, b)]
			}
			if total >= k { // or it is hidden as well
				sum(terms, total)
			}
		}
	}
	return solved(names, rows)
}

// solved are the unknowns of equations that have one value.
func solved(names []string, rows [][]float64) map[string]float64 {
	n, top := len(names), 0
	for col := 0; col < n && top < len(rows); col++ {
		best := top
		for i := top; i < len(rows); i++ {
			if math.Abs(rows[i][col]) > math.Abs(rows[best][col]) {
				best = i
			}
		}
		if math.Abs(rows[best][col]) < 1e-9 {
			continue
		}
		rows[top], rows[best] = rows[best], rows[top]
		for i := range rows {
			if factor := rows[i][col] / rows[top][col]; i != top && factor != 0 {
				for k := range rows[i] {
					rows[i][k] -= factor * rows[top][k]
				}
			}
		}
		top++
	}
	found := map[string]float64{}
	for _, row := range rows {
		terms, last := 0, 0
		for k, v := range row[:n] {
			if math.Abs(v) > 1e-9 {
				terms, last = terms+1, k
			}
		}
		if terms == 1 {
			found[names[last]] = row[n] / row[last]
		}
	}
	return found
}
