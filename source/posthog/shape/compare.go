package shape

import (
	"slices"

	"insightbot/insight"
)

// earlier reads the lines of the earlier window: from a run of its own, or from
// the comparison that came with the main answer.
func (r *reading) earlier(inside []line, scale float64) ([]line, error) {
	if r.query.Compare == insight.CompareNone || !r.settled() {
		return nil, nil
	}
	a, ok := r.parts[PartPrevious]
	asked := r.query.Previous
	if ok {
		found, err := r.lines(a.body.result, scale)
		if err != nil {
			return nil, err
		}
		if err := r.checkSplit(splits(found)); err != nil {
			return nil, err
		}
		inside, _ = parted(found)
	}
	days, g := daysOf(inside), r.width(inside)
	// What came with the main answer has no dates of its own but its days.
	inside = slices.DeleteFunc(inside, func(line) bool {
		return !ok && len(days) > 0 && (!g.Next(days[0]).After(asked.From) || !days[len(days)-1].Before(asked.To))
	})
	if ok && len(inside) > 0 && r.actual(a, asked, days, g) != asked || !ok && len(days) > 0 && len(inside) == 0 {
		r.lostPrevious()
		return nil, nil
	}
	r.sum(inside)
	return inside, nil
}

// totalsAlone reads the earlier window where only its totals were run.
func (r *reading) totalsAlone() ([]line, error) {
	a, ok := r.parts[PartPreviousTotal]
	if !ok {
		return nil, nil
	}
	found, err := r.lines(a.body.result, r.saved.scale())
	if err != nil {
		return nil, err
	}
	if err := r.checkSplit(splits(found)); err != nil {
		return nil, err
	}
	current, _ := parted(found)
	if len(current) > 0 && r.actual(a, r.query.Previous, daysOf(current), insight.GrainDay) != r.query.Previous {
		r.lostPrevious()
		return nil, nil
	}
	return current, nil
}

// alike compares like with like where a total is the last bucket and the
// window still runs: the last bucket so far stands beside the earlier bucket in
// the same place.
func (r *reading) alike(current, earlier []line) {
	w := r.result.Window
	if r.saved.total() != insight.TotalLast || r.limit.IsZero() || !r.limit.Before(w.To) {
		return
	}
	for i := range earlier {
		l := &earlier[i]
		at := slices.IndexFunc(current, func(o line) bool { return o.key == l.key })
		if at < 0 || l.whole {
			continue
		}
		if n := len(current[at].points); n > 0 && n <= len(l.points) {
			l.total = l.points[n-1].Value
		}
	}
}

// matching are the lines that have a partner, in its order.
func matching(earlier, current []line) []line {
	var all []line
	for _, l := range current {
		if at := slices.IndexFunc(earlier, func(o line) bool { return o.key == l.key }); at >= 0 {
			all = append(all, earlier[at])
		}
	}
	return all
}
