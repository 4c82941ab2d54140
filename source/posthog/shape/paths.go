package shape

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"insightbot/insight"
)

// paths reads the hops between places. What stands behind the ? and # of an
// address may tell who somebody is: it is cut off, and hops that are then the
// same are one.
func (r *reading) paths(a Answer) error {
	r.result.Shape, r.result.Grain = insight.ShapePaths, insight.GrainNone
	if !isList(a.body.result) {
		return fmt.Errorf("paths that are no list: %w", insight.ErrBroken)
	}
	r.settle(r.actual(a, r.query.Window, nil, insight.GrainDay))
	type hop struct {
		step           int
		source, target string
	}
	place := map[hop]int{}
	for _, raw := range listOf(a.body.result) {
		f := fieldsOf(raw)
		count := f.number("value")
		if f["source"] == nil || f["target"] == nil || math.IsNaN(count) {
			return fmt.Errorf("a path without its ends: %w", insight.ErrBroken)
		}
		step, source := placeOf(f.text("source"))
		_, target := placeOf(f.text("target"))
		after := seconds(f.number("average_conversion_time") / 1000) // milliseconds
		at := hop{step, source, target}
		if i, ok := place[at]; ok {
			p := &r.result.Paths[i]
			if p.AverageAfter >= 0 && after >= 0 && p.Count+count > 0 {
				p.AverageAfter = time.Duration((float64(p.AverageAfter)*p.Count + float64(after)*count) / (p.Count + count))
			} else {
				p.AverageAfter = -1
			}
			p.Count += count
			continue
		}
		place[at] = len(r.result.Paths)
		r.result.Paths = append(r.result.Paths, insight.Path{Step: step, Source: source, Target: target, Count: count, AverageAfter: after})
	}
	slices.SortStableFunc(r.result.Paths, func(a, b insight.Path) int { return cmp.Compare(b.Count, a.Count) })
	if limit := r.project.maxRows(); len(r.result.Paths) > limit {
		r.result.Paths, r.result.More = r.result.Paths[:limit], true
	}
	r.running()
	return nil
}

// placeOf reads "2_https://example.org/cart?user=7": the step, and the place.
func placeOf(s string) (step int, place string) {
	if number, rest, ok := strings.Cut(s, "_"); ok {
		if n, err := strconv.Atoi(number); err == nil {
			step, s = n, rest
		}
	}
	if i := strings.IndexAny(s, "?#"); i >= 0 && (strings.Contains(s, "://") || strings.HasPrefix(s, "/")) {
		s = s[:i]
	}
	return step, eventName(s)
}
