package render

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"insightbot/insight"
	"insightbot/text"
)

// lifecycle is a row for each bucket, or one for the whole window, with the
// statuses and the net change.
func (t *fullTable) lifecycle(in insight.Insight, r insight.Result) {
	t.timeColumn(r)
	groups := groupsOf(r)
	for _, status := range lifecycleOrder() {
		t.column(strings.ToUpper(string(status[:1]))+string(status[1:]), true)
	}
	t.column("Net change", true)
	add := func(head fullCell, value func(i int) float64) {
		row := []fullCell{head}
		net := 0.0
		for _, status := range lifecycleOrder() {
			v := math.NaN()
			if i := slices.IndexFunc(groups, func(g groupTotal) bool { return g.series.Status == status }); i >= 0 {
				v = value(i)
			}
			row = append(row, numberCell(countFormat, v))
			if status != insight.StatusReturning {
				net += v
			}
		}
		cell := numberCell(countFormat, net)
		cell.text = plusExact(net)
		t.rows = append(t.rows, append(row, cell))
	}
	starts, values := bucketStarts(groups), pointMaps(groups)
	for _, at := range starts {
		add(timeCell(r, at, isFilling(r, insight.Point{At: at})), func(i int) float64 {
			if v, ok := values[i][at.UnixNano()]; ok {
				return v
			}
			return math.NaN()
		})
	}
	if len(starts) == 0 && len(groups) > 0 {
		add(windowCell(in, r), func(i int) float64 { return groups[i].now })
	}
}

// plusExact writes a difference in full with its sign.
func plusExact(v float64) string {
	if v > 0 {
		return "+" + Exact(countFormat, v)
	}
	return Exact(countFormat, v)
}

// stickiness is a row for each number of days, with the people who came on so
// many and their share.
func (t *fullTable) stickiness(in insight.Insight, r insight.Result) {
	groups := groupsOf(r)
	t.column(periodName(r.Grain)+"s", true)
	var days []int
	wholes := make([]float64, len(groups))
	for i, g := range groups {
		name := g.name
		if name == "" || len(groups) == 1 && len(r.BrokenDownBy) == 0 {
			name = titleOf(in)
		}
		t.column(name, true)
		t.relatedColumn("Share", name, len(groups) == 1)
		wholes[i], _ = pointSum(g.series.Points)
		for _, p := range g.series.Points {
			if !slices.Contains(days, p.X) {
				days = append(days, p.X)
			}
		}
	}
	slices.Sort(days)
	for _, x := range days {
		row := []fullCell{{text: strconv.Itoa(x), raw: strconv.Itoa(x), number: true}}
		for i, g := range groups {
			v := math.NaN()
			if k := slices.IndexFunc(g.series.Points, func(p insight.Point) bool { return p.X == x }); k >= 0 {
				v = g.series.Points[k].Value
			}
			row = append(row, numberCell(countFormat, v), numberCell(shareFormat, ratio(v, wholes[i])))
		}
		t.rows = append(t.rows, row)
	}
}

// paths is a row for each hop, most frequent first.
func (t *fullTable) paths(r insight.Result) {
	timed := slices.ContainsFunc(r.Paths, func(p insight.Path) bool { return p.AverageAfter > 0 })
	t.column("Step", true)
	t.column("From", false)
	t.column("To", false)
	t.column("Count", true)
	if timed {
		t.columns = append(t.columns, fullColumn{name: "Average time", raw: "Average time (seconds)", number: true})
	}
	sorted := slices.Clone(r.Paths)
	slices.SortStableFunc(sorted, func(a, b insight.Path) int { return byTotal(a.Count, b.Count) })
	for _, p := range sorted {
		step := fullCell{text: NoValue, number: true}
		if p.Step > 0 {
			step = numberCell(countFormat, float64(p.Step))
		}
		from, to := PathName(p.Source), PathName(p.Target)
		row := []fullCell{step, textCell(from), textCell(to), numberCell(countFormat, p.Count)}
		if timed {
			row = append(row, durationCell(p.AverageAfter))
		}
		t.rows = append(t.rows, row)
	}
}

// histogram is a row for each bin with its share.
func (t *fullTable) histogram(in insight.Insight, r insight.Result) {
	t.column("From", true)
	t.column("To", true)
	t.column("Count", true)
	t.column("Share", true)
	current := slices.IndexFunc(r.Bins, func(h insight.Histogram) bool { return !h.Previous })
	before := slices.IndexFunc(r.Bins, func(h insight.Histogram) bool { return h.Previous })
	if before >= 0 {
		t.thenColumn("Count", r, false)
	}
	if current < 0 {
		return
	}
	bins := r.Bins[current].Bins
	counts := make([]float64, len(bins))
	sum := 0.0
	for i, b := range bins {
		counts[i] = b.Count
		if finite(b.Count) {
			sum += b.Count
		}
	}
	shares := Shares(counts)
	for i, b := range bins {
		to := fullCell{text: "and more", number: true}
		if i < len(bins)-1 {
			to = numberCell(in.Format, bins[i+1].From)
		}
		row := []fullCell{
			numberCell(in.Format, b.From), to, numberCell(countFormat, b.Count),
			{text: shares[i], raw: rawNumber(ratio(b.Count, sum)), number: true},
		}
		if before >= 0 {
			then := math.NaN()
			for _, p := range r.Bins[before].Bins {
				if p.From == b.From {
					then = p.Count
				}
			}
			row = append(row, numberCell(countFormat, then))
		}
		t.rows = append(t.rows, row)
	}
}

// boxes is a row for each bucket of each series with its five numbers.
func (t *fullTable) boxes(in insight.Insight, r insight.Result) {
	t.timeColumn(r)
	if len(r.Boxes) > 1 {
		t.column("Series", false)
	}
	for _, name := range []string{"Min", "25%", "Median", "75%", "Max", "Mean"} {
		t.column(name, true)
	}
	for _, b := range r.Boxes {
		for _, x := range b.Boxes {
			row := []fullCell{timeCell(r, x.At, isFilling(r, insight.Point{At: x.At}))}
			if len(r.Boxes) > 1 {
				row = append(row, textCell(nameOf(b.Label, b.Key)))
			}
			for _, v := range []float64{x.Min, x.P25, x.Median, x.P75, x.Max, x.Mean} {
				row = append(row, numberCell(in.Format, v))
			}
			t.rows = append(t.rows, row)
		}
	}
}

// cells is a table as it came.
func (t *fullTable) cells(r insight.Result) {
	for i, c := range r.Table.Columns {
		t.column(c.Name, columnKind(r.Table, i) == insight.ColumnNumber)
	}
	for _, row := range r.Table.Rows {
		out := make([]fullCell, len(r.Table.Columns))
		for i, c := range r.Table.Columns {
			cell := insight.Cell{Null: true}
			if i < len(row) {
				cell = row[i]
			}
			out[i] = fullCell{text: cellText(c.Name, cell), number: cell.IsNumber && !cell.Null}
			switch {
			case cell.Null:
			case cell.IsNumber && isExactInteger(cell):
				out[i].raw = cell.Text
			case cell.IsNumber:
				out[i].raw = rawNumber(cell.Number)
			default:
				out[i].raw = cell.Text
			}
		}
		t.rows = append(t.rows, out)
	}
}

// isExactInteger reports whether the text of a number is an integer too large
// to be exact as a float, so that only the text is right.
func isExactInteger(c insight.Cell) bool {
	return math.Abs(c.Number) >= 1<<53 && len(c.Text) < 40 && c.Text != "" &&
		strings.Trim(strings.TrimPrefix(c.Text, "-"), "0123456789") == ""
}

// cellText writes a cell for people. Numbers that name something, such as ids
// and years, are not grouped by thousands.
func cellText(column string, c insight.Cell) string {
	switch {
	case c.Null:
		return NoValue
	case !c.IsNumber:
		return text.Clean(c.Text)
	case isExactInteger(c):
		return text.Clean(c.Text)
	}
	name := strings.ToLower(column)
	if name == "id" || name == "year" || strings.HasSuffix(name, "_id") || strings.HasSuffix(name, " id") {
		return rawNumber(c.Number)
	}
	return Exact(countFormat, c.Number)
}
