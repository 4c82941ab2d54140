package shape

import (
	"fmt"
	"slices"

	"insightbot/insight"
)

// stickiness reads on how many days people came.
func (r *reading) stickiness() error {
	r.result.Shape, r.result.Grain = insight.ShapeStickiness, insight.GrainNone
	main, err := r.lines(r.parts[PartMain].body.result, 1)
	if err != nil {
		return err
	}
	if err := r.checkSplit(splits(main)); err != nil {
		return err
	}
	current, earlier := parted(main)
	r.settle(r.actual(r.parts[PartMain], r.query.Window, nil, insight.GrainDay))
	if earlier, err = r.earlier(earlier, 1); err != nil {
		return err
	}
	for _, all := range [][]line{current, earlier} {
		for i := range all {
			all[i].total = sumOf(all[i].points)
		}
	}
	r.show(current, false)
	r.show(matching(earlier, current), true)
	r.running()
	return nil
}

// statuses are the parts of a lifecycle, in the order in which they are drawn.
var statuses = []insight.Status{insight.StatusNew, insight.StatusReturning, insight.StatusResurrecting, insight.StatusDormant}

// lifecycle reads who came, stayed, came back and left.
func (r *reading) lifecycle() error {
	r.result.Shape = insight.ShapeLifecycle
	if r.result.Grain == insight.GrainNone {
		// It has no meaning without buckets.
		r.query.Grain, r.result.Grain = r.saved.def.grain, r.saved.def.grain
	}
	main, err := r.lines(r.parts[PartMain].body.result, 1)
	if err != nil {
		return err
	}
	for _, l := range main {
		if !slices.Contains(statuses, l.status) {
			return fmt.Errorf("a lifecycle with the status %q: %w", l.status, insight.ErrBroken)
		}
	}
	r.grain(main)
	r.settle(r.actual(r.parts[PartMain], r.query.Window, daysOf(main), r.result.Grain))
	r.sum(main)
	slices.SortStableFunc(main, func(a, b line) int { return slices.Index(statuses, a.status) - slices.Index(statuses, b.status) })
	for i := range main {
		main[i].total = sumOf(main[i].points)
		main[i].label = map[insight.Status]string{
			insight.StatusNew: "New", insight.StatusReturning: "Returning", insight.StatusResurrecting: "Resurrecting", insight.StatusDormant: "Dormant",
		}[main[i].status]
	}
	r.show(main, false)
	r.mark()
	return nil
}
