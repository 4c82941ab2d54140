package shape

import (
	"fmt"
	"math"

	"insightbot/insight"
)

// boxes reads a box plot, whose data lie beside the result. Older versions
// leave them out of an insight: then nothing can be shown.
func (r *reading) boxes(a Answer) error {
	r.result.Shape = insight.ShapeBox
	if a.body.boxes == nil {
		return fmt.Errorf("PostHog left out the data of the box plot: %w", insight.ErrUnsupported)
	}
	if r.result.Grain == insight.GrainNone {
		r.result.Grain = r.saved.def.grain
	}
	place := map[string]int{}
	scale := r.saved.scale()
	for _, raw := range listOf(a.body.boxes) {
		f := fieldsOf(raw)
		if day, n := momentOf(f.text("day"), r.zone), f.number("max"); r.ahead(day) && !math.IsNaN(n) && n != 0 {
			r.distrust(day)
		}
	}
	for _, raw := range listOf(a.body.boxes) {
		f := fieldsOf(raw)
		day := momentOf(f.text("day"), r.zone)
		if day.IsZero() {
			return fmt.Errorf("a box without a day: %w", insight.ErrBroken)
		}
		key := f.text("series_index")
		if _, ok := place[key]; !ok {
			place[key] = len(r.result.Boxes)
			r.result.Boxes = append(r.result.Boxes, insight.BoxSeries{Key: key, Label: eventName(f.text("series_label"))})
		}
		if r.ahead(day) {
			continue
		}
		for _, name := range []string{"min", "p25", "median", "p75", "max", "mean"} {
			if _, err := figure(f[name]); err != nil {
				return err
			}
		}
		b := &r.result.Boxes[place[key]]
		b.Boxes = append(b.Boxes, insight.Box{
			At: day, Min: f.number("min") * scale, P25: f.number("p25") * scale, Median: f.number("median") * scale,
			P75: f.number("p75") * scale, Max: f.number("max") * scale, Mean: f.number("mean") * scale,
		})
	}
	if len(r.result.Boxes) == 1 {
		r.result.Boxes[0].Key = ""
	}
	for i := range r.result.Boxes {
		if r.result.Boxes[i].Label == "" {
			r.result.Boxes[i].Label = r.saved.Title()
		}
	}
	r.boxWindow(a)
	return nil
}

// boxWindow finds the window and the bucket that is still filling.
func (r *reading) boxWindow(a Answer) {
	var days []line
	for _, b := range r.result.Boxes {
		var l line
		for _, box := range b.Boxes {
			l.days = append(l.days, box.At)
		}
		days = append(days, l)
	}
	r.grain(days)
	r.settle(r.actual(a, r.query.Window, daysOf(days), r.result.Grain))
	for _, at := range daysOf(days) {
		if !r.limit.IsZero() && r.result.Grain.Next(at).After(r.limit) {
			r.result.Incomplete = at
			return
		}
	}
}
