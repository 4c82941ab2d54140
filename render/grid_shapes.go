package render

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"insightbot/insight"
)

// totals is a row for each group: its value, its share where the groups are
// parts of a whole, the value before and the change. Largest first, the rest
// that has no name of its own last.
func (t *fullTable) totals(in insight.Insight, r insight.Result, groups []groupTotal) {
	parts := len(groups) > 1 && addsUp(in, r, groups)
	compared := !r.Previous.IsZero()
	if len(groups) > 1 {
		groups = slices.Clone(groups)
		slices.SortStableFunc(groups, func(a, b groupTotal) int {
			return cmp.Or(cmp.Compare(rank(a), rank(b)), byTotal(a.now, b.now))
		})
	}
	split := dimensionColumns(r, groups)
	for _, name := range groupNames(r, split) {
		t.column(name, false)
	}
	t.column(valueName(in), true)
	if parts {
		t.column("Share", true)
	}
	if compared {
		t.thenColumn(valueName(in), r, true)
		t.column("Change", true)
	}
	values := make([]float64, len(groups))
	for i, g := range groups {
		values[i] = g.now
	}
	whole, _ := sums(groups, insight.Result{})
	shares := Shares(values)
	for i, g := range groups {
		row := groupCells(in, r, g, split)
		row = append(row, numberCell(in.Format, g.now))
		if parts {
			row = append(row, fullCell{text: shares[i], raw: rawNumber(ratio(g.now, whole)), number: true})
		}
		if compared {
			row = append(row, numberCell(in.Format, g.before))
			if isComparable(r) {
				row = append(row, changeCell(in.Format, g.now, g.before))
			} else {
				row = append(row, fullCell{text: NoValue, number: true})
			}
		}
		t.rows = append(t.rows, row)
	}
}

// rank puts the rest behind the groups with a name.
func rank(g groupTotal) int {
	if g.isRest() {
		return 1
	}
	return 0
}

// ratio divides, and is NaN where the whole is zero.
func ratio(part, whole float64) float64 {
	if whole == 0 {
		return math.NaN()
	}
	return part / whole
}

// dimensionColumns reports whether each dimension gets a column of its own.
func dimensionColumns(r insight.Result, groups []groupTotal) bool {
	return len(r.BrokenDownBy) > 1 && !slices.ContainsFunc(groups, func(g groupTotal) bool {
		return len(g.series.Values) != len(r.BrokenDownBy)
	})
}

// groupNames head the columns that name a group.
func groupNames(r insight.Result, split bool) []string {
	switch {
	case split:
		var names []string
		for _, d := range r.BrokenDownBy {
			names = append(names, nameOf(d.Label, d.Name))
		}
		return names
	case len(r.BrokenDownBy) == 1:
		return []string{nameOf(r.BrokenDownBy[0].Label, r.BrokenDownBy[0].Name)}
	case len(r.BrokenDownBy) > 1:
		return []string{"Group"}
	case len(r.Series) > 1 && len(groupsOf(r)) > 1:
		return []string{"Series"}
	}
	return []string{"Period"}
}

// groupCells name a group; the only group of a result is named by the period.
func groupCells(in insight.Insight, r insight.Result, g groupTotal, split bool) []fullCell {
	switch {
	case split:
		var cells []fullCell
		for i, d := range r.BrokenDownBy {
			value := g.series.Values[i]
			for _, v := range d.Values {
				if v.Key == value {
					value = v.Name()
				}
			}
			cells = append(cells, textCell(value))
		}
		return cells
	case len(r.BrokenDownBy) == 0 && len(groupsOf(r)) == 1:
		return []fullCell{windowCell(in, r)}
	}
	name := g.series.Label
	if name == "" {
		name = g.key
	}
	return []fullCell{textCell(name)}
}

// windowCell names the whole window of a result.
func windowCell(in insight.Insight, r insight.Result) fullCell {
	switch {
	case r.Window.IsZero() && r.AsOf.IsZero():
		return textCell("Now")
	case r.Window.IsZero():
		asOf := inZone(in, r.AsOf)
		return fullCell{text: momentLabel(asOf), raw: asOf.Format(time.RFC3339)}
	case r.Running():
		return fullCell{text: PeriodLabel(r.Window) + " (so far)", raw: isoWindow(r.Window), filling: true}
	}
	return fullCell{text: PeriodLabel(r.Window), raw: isoWindow(r.Window)}
}

// funnels is a row for each step of each group.
func (t *fullTable) funnels(r insight.Result) {
	var current []insight.Funnel
	compared, timed := false, false
	for _, f := range r.Funnels {
		if compared = compared || f.Previous; !f.Previous {
			current = append(current, f)
		}
		timed = timed || slices.ContainsFunc(f.Steps, func(s insight.Step) bool { return s.Average > 0 || s.Median > 0 })
	}
	grouped := len(current) > 1 || len(r.BrokenDownBy) > 0
	if grouped {
		t.column(groupHead(r), false)
	}
	t.column("Step", false)
	t.column("Count", true)
	t.column("Of first", true)
	t.column("Of previous", true)
	if timed {
		t.columns = append(t.columns, fullColumn{name: "Average time", raw: "Average time (seconds)", number: true})
		t.columns = append(t.columns, fullColumn{name: "Median time", raw: "Median time (seconds)", number: true})
	}
	if compared {
		t.thenColumn("Count", r, false)
		t.thenColumn("Of first", r, false)
	}
	for _, f := range current {
		before := slices.IndexFunc(r.Funnels, func(p insight.Funnel) bool { return p.Previous && p.Key == f.Key })
		for i, step := range f.Steps {
			var row []fullCell
			if grouped {
				row = append(row, textCell(cmp.Or(f.Label, f.Key)))
			}
			row = append(row, textCell(strconv.Itoa(i+1)+". "+step.Name), numberCell(countFormat, step.Count),
				stepShare(f.Steps, i, 0), stepShare(f.Steps, i, i-1))
			if timed {
				row = append(row, durationCell(step.Average), durationCell(step.Median))
			}
			if compared {
				row = append(row, beforeCells(r, before, i)...)
			}
			t.rows = append(t.rows, row)
		}
	}
}

// groupHead heads the column of the groups of a funnel or a retention.
func groupHead(r insight.Result) string {
	if len(r.BrokenDownBy) == 1 {
		return nameOf(r.BrokenDownBy[0].Label, r.BrokenDownBy[0].Name)
	}
	return "Group"
}

// stepShare is the share of step base that reached step i. The first step has
// none before it.
func stepShare(steps []insight.Step, i, base int) fullCell {
	if base < 0 || i >= len(steps) || base >= len(steps) {
		return fullCell{text: NoValue, number: true}
	}
	return numberCell(shareFormat, ratio(steps[i].Count, steps[base].Count))
}

// beforeCells are count and share of a step in the comparison window.
func beforeCells(r insight.Result, funnel, step int) []fullCell {
	if funnel < 0 || step >= len(r.Funnels[funnel].Steps) {
		return []fullCell{{text: NoValue, number: true}, {text: NoValue, number: true}}
	}
	steps := r.Funnels[funnel].Steps
	return []fullCell{numberCell(countFormat, steps[step].Count), stepShare(steps, step, 0)}
}

// cohorts is a row for each cohort with its size and the share that came back,
// and an average for each group.
func (t *fullTable) cohorts(r insight.Result) {
	grouped := len(r.Cohorts) > 1 || len(r.BrokenDownBy) > 0
	if grouped {
		t.column(groupHead(r), false)
	}
	t.timeColumn(r)
	t.newestLast = !grouped // of several groups, the first are kept
	t.columns[len(t.columns)-1] = fullColumn{name: "Cohort", raw: "Cohort (" + ZoneLabel(r.Window) + ")"}
	t.column("Size", true)
	n := 0
	for _, c := range r.Cohorts {
		n = max(n, longestRow(c))
	}
	for k := 1; k < n; k++ {
		t.column(periodName(r.Grain)+" "+strconv.Itoa(k), true)
	}
	for _, c := range r.Cohorts {
		var head []fullCell
		if grouped {
			head = []fullCell{textCell(cmp.Or(c.Label, c.Key))}
		}
		size, known := 0.0, 0
		for _, row := range c.Rows {
			t.rows = append(t.rows, append(slices.Clone(head), cohortCells(r, row, n)...))
			if len(row.Counts) > 0 && finite(row.Counts[0]) {
				size += row.Counts[0]
				known++
			}
		}
		if len(c.Rows) > 1 {
			average := append(slices.Clone(head), textCell("Average"),
				numberCell(insight.Format{Kind: insight.FormatNumber}, size/float64(known)))
			average[0].summary = true
			for k := 1; k < n; k++ {
				average = append(average, numberCell(shareFormat, retainedAfter(c, k)))
			}
			t.rows = append(t.rows, average)
		}
	}
}

// cohortCells are the cells of one cohort. Periods that have not come yet are
// empty, not missing.
func cohortCells(r insight.Result, row insight.Cohort, n int) []fullCell {
	name := fullCell{text: BucketLabel(r.Grain, row.At, r.Window), raw: isoTime(r, row.At)}
	if row.At.IsZero() {
		name = textCell(row.Label)
	}
	size := math.NaN()
	if len(row.Counts) > 0 {
		size = row.Counts[0]
	}
	cells := []fullCell{name, numberCell(countFormat, size)}
	for k := 1; k < n; k++ {
		if k >= len(row.Counts) {
			cells = append(cells, fullCell{number: true})
			continue
		}
		cell := numberCell(shareFormat, ratio(row.Counts[k], size))
		if row.Incomplete && k == len(row.Counts)-1 {
			cell.text, cell.filling = cell.text+" so far", true
		}
		cells = append(cells, cell)
	}
	return cells
}
