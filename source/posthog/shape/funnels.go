package shape

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"insightbot/insight"
)

// funnels reads a funnel in any of its forms, by the form of the answer: a
// list of steps, of lists of steps, of series over time, or bins.
func (r *reading) funnels() error {
	main := r.parts[PartMain]
	switch form := r.funnelForm(main.body.result); form {
	case overTime:
		return r.conversions()
	case timeToConvert:
		return r.bins()
	}
	r.result.Shape, r.result.Grain = insight.ShapeFunnel, insight.GrainNone
	r.settle(r.actual(main, r.query.Window, nil, insight.GrainDay))
	found, err := r.steps(main.body.result)
	if err != nil {
		return err
	}
	current, earlier := partedFunnels(found)
	if earlier, err = r.earlierFunnels(earlier); err != nil {
		return err
	}
	r.result.Funnels = current
	for _, f := range current {
		at := slices.IndexFunc(earlier, func(o insight.Funnel) bool { return o.Key == f.Key })
		if at >= 0 {
			earlier[at].Previous = true
			r.result.Funnels = append(r.result.Funnels, earlier[at])
		}
	}
	r.running()
	return nil
}

// earlierFunnels reads the funnels of the earlier window: of a run of its own,
// or those that came with the main answer.
func (r *reading) earlierFunnels(inside []insight.Funnel) ([]insight.Funnel, error) {
	if r.query.Compare == insight.CompareNone || !r.settled() {
		return nil, nil
	}
	a, ok := r.parts[PartPrevious]
	if !ok {
		return inside, nil
	}
	if r.actual(a, r.query.Previous, nil, insight.GrainDay) != r.query.Previous {
		r.lostPrevious()
		return nil, nil
	}
	found, err := r.steps(a.body.result)
	current, _ := partedFunnels(found)
	return current, err
}

// funnelForm tells the form of a funnel by what came, for an old insight may
// not say.
func (r *reading) funnelForm(raw json.RawMessage) string {
	if isObject(raw) {
		return timeToConvert
	}
	for _, one := range listOf(raw) {
		f := fieldsOf(one)
		switch {
		case f["bins"] != nil:
			return timeToConvert
		case f["data"] != nil:
			return overTime
		case f != nil || isList(one):
			return "steps"
		}
	}
	return r.saved.def.funnel
}

// partedFunnels sorts funnels by the period they are about.
func partedFunnels(all []insight.Funnel) (current, earlier []insight.Funnel) {
	for _, f := range all {
		if f.Previous {
			earlier = append(earlier, f)
		} else {
			current = append(current, f)
		}
	}
	return current, earlier
}

// steps reads funnels out of steps, which come in one list, or in a list for
// each group and period.
func (r *reading) steps(raw json.RawMessage) ([]insight.Funnel, error) {
	if !isList(raw) {
		return nil, fmt.Errorf("a funnel that is no list: %w", insight.ErrBroken)
	}
	flat := []json.RawMessage{}
	for _, one := range listOf(raw) {
		if isList(one) {
			flat = append(flat, listOf(one)...)
		} else {
			flat = append(flat, one)
		}
	}
	var all []insight.Funnel
	var split []bool
	place := map[string]int{}
	orders := map[string]map[int64]bool{}
	for _, one := range flat {
		f := fieldsOf(one)
		count, err := figure(f["count"])
		if err != nil || math.IsNaN(count) {
			return nil, fmt.Errorf("a funnel step without a count: %w", insight.ErrBroken)
		}
		g := r.groupOf(f)
		previous := f.text("compare_label") == "previous"
		at := fmt.Sprintf("%t\x00%s", previous, g.key)
		if _, ok := place[at]; !ok {
			if !g.split {
				g.label = r.saved.Title()
			}
			place[at], orders[at] = len(all), map[int64]bool{}
			all = append(all, insight.Funnel{Key: g.key, Label: g.label, Values: g.values, Previous: previous})
			split = append(split, g.split)
		}
		order := f.whole(int64(len(all[place[at]].Steps)), "order")
		if orders[at][order] {
			return nil, fmt.Errorf("two funnel steps in one place: %w", insight.ErrBroken)
		}
		orders[at][order] = true
		fn := &all[place[at]]
		fn.Steps = append(fn.Steps, stepOf(f, count, len(fn.Steps) == 0))
	}
	return all, r.checkSplit(split)
}

// stepOf reads one step. Its times are those from the step before.
func stepOf(f fields, count float64, first bool) insight.Step {
	name := f.text("custom_name", "name", "action_id")
	if name == "" {
		name = allEvents
	}
	s := insight.Step{Name: eventName(name), Count: count, Average: -1, Median: -1}
	if !first {
		s.Average, s.Median = seconds(f.number("average_conversion_time")), seconds(f.number("median_conversion_time"))
	}
	return s
}

// seconds is a time that something took; negative where it is not known.
func seconds(n float64) time.Duration {
	if math.IsNaN(n) || n < 0 || n > float64(math.MaxInt64)/float64(time.Second) {
		return -1
	}
	return time.Duration(n * float64(time.Second))
}

// conversions reads a funnel over time, whose points are percentages.
func (r *reading) conversions() error {
	r.result.Shape = insight.ShapeFunnel
	if r.query.Grain == insight.GrainNone {
		r.query.Grain, r.result.Grain = r.saved.def.grain, r.saved.def.grain
	}
	main, err := r.lines(r.parts[PartMain].body.result, 1)
	if err != nil {
		return err
	}
	if err := r.checkSplit(splits(main)); err != nil {
		return err
	}
	r.regroup(main)
	current, earlier := parted(main)
	r.grain(current)
	r.settle(r.actual(r.parts[PartMain], r.query.Window, daysOf(current), r.result.Grain))
	if earlier, err = r.earlier(earlier, 1); err != nil {
		return err
	}
	r.regroup(earlier)
	r.sum(current)
	for _, all := range [][]line{current, earlier} {
		for i := range all {
			all[i].total = missing() // percentages make no sum
		}
	}
	r.show(current, false)
	r.show(matching(earlier, current), true)
	r.mark()
	return nil
}

// regroup names the lines of a funnel by their group alone: a funnel has many
// steps and one line for all of them.
func (r *reading) regroup(all []line) {
	for i := range all {
		g := all[i].group
		all[i].key = strings.Join(g.values, "\x1f")
		switch {
		case !g.split:
			all[i].key, all[i].label = "", ""
		case g.values == nil:
			all[i].key, all[i].label = insight.KeyOther, "Other"
		default:
			labels := make([]string, len(g.values))
			for k, v := range g.values {
				labels[k] = r.valueLabel(k, v)
			}
			all[i].label = strings.Join(labels, " · ")
		}
	}
}

// bins reads how long people took to convert.
func (r *reading) bins() error {
	r.result.Shape, r.result.Grain = insight.ShapeHistogram, insight.GrainNone
	main := r.parts[PartMain]
	r.settle(r.actual(main, r.query.Window, nil, insight.GrainDay))
	found, err := r.histograms(main.body.result)
	if err != nil {
		return err
	}
	var earlier []insight.Histogram
	for _, h := range found {
		if h.Previous {
			earlier = append(earlier, h)
		} else {
			r.result.Bins = append(r.result.Bins, h)
		}
	}
	compares := r.query.Compare != insight.CompareNone && r.settled() && len(r.result.Bins) > 0
	if a, ok := r.parts[PartPrevious]; ok && compares {
		if r.actual(a, r.query.Previous, nil, insight.GrainDay) != r.query.Previous {
			r.lostPrevious()
			compares = false
		}
		if found, err = r.histograms(a.body.result); err != nil {
			return err
		}
		earlier = nil
		for _, h := range found {
			if !h.Previous {
				h.Previous = true
				earlier = append(earlier, h)
			}
		}
	}
	if compares {
		r.result.Bins = append(r.result.Bins, earlier...)
	}
	r.running()
	return nil
}

// histograms reads one distribution, or one for each period. One without bins
// holds nothing.
func (r *reading) histograms(raw json.RawMessage) ([]insight.Histogram, error) {
	list := listOf(raw)
	if isObject(raw) {
		list = []json.RawMessage{raw}
	}
	var all []insight.Histogram
	for _, one := range list {
		f := fieldsOf(one)
		if !isList(f["bins"]) {
			return nil, fmt.Errorf("a distribution without bins: %w", insight.ErrBroken)
		}
		h := insight.Histogram{Previous: f.text("compare_label") == "previous", Average: f.number("average_conversion_time"), Label: r.saved.Title()}
		for _, bin := range f.list("bins") {
			pair := listOf(bin)
			if len(pair) < 2 || math.IsNaN(numberOf(pair[0])) || math.IsNaN(numberOf(pair[1])) {
				return nil, fmt.Errorf("a bin that is no pair: %w", insight.ErrBroken)
			}
			h.Bins = append(h.Bins, insight.Bin{From: numberOf(pair[0]), Count: numberOf(pair[1])})
		}
		if len(h.Bins) > 0 {
			all = append(all, h)
		}
	}
	return all, nil
}
