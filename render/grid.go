package render

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"insightbot/insight"
	"insightbot/text"
)

// Sheet is a result as a table for people: every cell is written out.
type Sheet struct {
	Columns []SheetColumn
	Rows    [][]string
	// Foot says what the rows leave out: "15 of 340 rows". It is "" when they
	// hold everything.
	Foot string
}

// SheetColumn is the head of a column.
type SheetColumn struct {
	Name string
	// Number aligns the column to the right.
	Number bool
}

// maxColumns is how many columns a Sheet has at most; the file has all.
const maxColumns = 20

// Grid writes a result of any shape as a table of at most limitRows rows; 0 or
// less means all of them. Of buckets the newest stay, of groups the largest.
// What is still filling says "so far", and a missing value is NoValue.
func Grid(in insight.Insight, r insight.Result, limitRows int) Sheet {
	t := tableOf(in, r)
	s := Sheet{}
	columns := t.columns[:min(len(t.columns), maxColumns)]
	for _, c := range columns {
		s.Columns = append(s.Columns, SheetColumn{Name: c.name, Number: c.number})
	}
	rows := t.rows
	var foot []string
	if limitRows > 0 && len(rows) > limitRows {
		if t.newestLast {
			rows = rows[len(rows)-limitRows:]
		} else {
			rows = rows[:limitRows]
		}
		of := countOf(len(t.rows), "rows")
		if r.More {
			of = "more than " + of
		}
		foot = append(foot, Exact(countFormat, float64(limitRows))+" of "+of)
	} else if r.More {
		foot = append(foot, countOf(len(rows), "rows; there are more"))
	}
	if len(t.columns) > maxColumns {
		foot = append(foot, strconv.Itoa(maxColumns)+" of "+countOf(len(t.columns), "columns"))
	}
	if len(t.rows) == 0 {
		foot = append(foot, "No data")
	}
	for _, row := range rows {
		out := make([]string, len(columns))
		for i := range out {
			out[i] = row[i].text
		}
		s.Rows = append(s.Rows, out)
	}
	s.Foot = strings.Join(foot, " · ")
	return s
}

// fullTable is a result as a table, each cell both for people and raw.
type fullTable struct {
	columns []fullColumn
	rows    [][]fullCell
	// newestLast says that the last rows matter most.
	newestLast bool
}

// fullColumn is a column; raw is its name in a file, where it differs.
type fullColumn struct {
	name, raw string
	number    bool
}

// fullCell is a cell as text for people and as it goes into a file.
type fullCell struct {
	text, raw string
	number    bool
	// filling marks what is still incomplete, and summary a row that sums up
	// others and is no data of its own.
	filling, summary bool
}

// column appends a column of text or numbers.
func (t *fullTable) column(name string, number bool) {
	t.columns = append(t.columns, fullColumn{name: text.Clean(name), raw: name, number: number})
}

// timeColumn appends the column of the buckets. A file names the zone.
func (t *fullTable) timeColumn(r insight.Result) {
	name := grainName(r.Grain)
	t.columns = append(t.columns, fullColumn{name: name, raw: name + " (" + ZoneLabel(r.Window) + ")"})
	t.newestLast = true
}

// thenColumn appends the column of what a value was in the comparison window.
// alone says that no other column has such a head.
func (t *fullTable) thenColumn(name string, r insight.Result, alone bool) {
	label, iso := PeriodLabel(r.Previous), "before"
	if label == "" {
		label, alone = "before", false
	} else {
		iso = isoWindow(r.Previous)
	}
	c := fullColumn{name: text.Clean(name) + ", " + label, raw: name + ", " + iso, number: true}
	if alone {
		c.name = label
	}
	t.columns = append(t.columns, c)
}

// relatedColumn appends a column that belongs to the one before it. In a file,
// where columns move, it says to which, unless there is only one.
func (t *fullTable) relatedColumn(head, name string, alone bool) {
	c := fullColumn{name: head, raw: head, number: true}
	if !alone {
		c.raw = name + ", " + strings.ToLower(head)
	}
	t.columns = append(t.columns, c)
}

// grainName heads the column of the buckets.
func grainName(g insight.Grain) string {
	if g == insight.GrainNone {
		return "Period"
	}
	return periodName(g)
}

// tableOf builds the table of a result by its shape.
func tableOf(in insight.Insight, r insight.Result) *fullTable {
	t := &fullTable{}
	switch r.Shape {
	case insight.ShapeFunnel:
		if len(r.Funnels) == 0 && len(r.Series) > 0 {
			in, r = funnelOverTime(in, r)
			t.buckets(in, r, groupsOf(r))
		} else {
			t.funnels(r)
		}
	case insight.ShapeRetention:
		t.cohorts(r)
	case insight.ShapeLifecycle:
		t.lifecycle(in, r)
	case insight.ShapeStickiness:
		t.stickiness(in, r)
	case insight.ShapePaths:
		t.paths(r)
	case insight.ShapeHistogram:
		t.histogram(in, r)
	case insight.ShapeBox:
		t.boxes(in, r)
	case insight.ShapeTable:
		t.cells(r)
	default:
		groups := groupsOf(r)
		if slices.ContainsFunc(groups, func(g groupTotal) bool { return len(g.series.Points) > 0 }) {
			t.buckets(in, r, groups)
		} else {
			t.totals(in, r, groups)
		}
	}
	return t
}

// valueName heads the column of an insight's only value.
func valueName(in insight.Insight) string {
	return titleOf(in)
}

// buckets is a row for each bucket and a column for each series; beside it,
// where a window is compared, the value then and the change.
func (t *fullTable) buckets(in insight.Insight, r insight.Result, groups []groupTotal) {
	t.timeColumn(r)
	compared := !r.Previous.IsZero() && slices.ContainsFunc(groups, func(g groupTotal) bool { return len(g.previous.Points) > 0 })
	for _, g := range groups {
		name := g.name
		if name == "" {
			name = valueName(in)
		}
		t.column(name, true)
		if compared {
			t.thenColumn(name, r, len(groups) == 1)
			t.relatedColumn("Change", name, len(groups) == 1)
		}
	}
	values := pointMaps(groups)
	for i, at := range bucketStarts(groups) {
		row := []fullCell{timeCell(r, at, isFilling(r, insight.Point{At: at}))}
		for k, g := range groups {
			now, ok := values[k][at.UnixNano()]
			if !ok {
				now = math.NaN()
			}
			row = append(row, numberCell(in.Format, now))
			if !compared {
				continue
			}
			then := math.NaN()
			if i < len(g.previous.Points) {
				then = g.previous.Points[i].Value
			}
			row = append(row, numberCell(in.Format, then))
			if isFilling(r, insight.Point{At: at}) {
				// A part is not set against a whole.
				row = append(row, fullCell{text: NoValue, number: true})
			} else {
				row = append(row, changeCell(in.Format, now, then))
			}
		}
		t.rows = append(t.rows, row)
	}
}

// pointMaps are the values of each series by the start of their bucket.
func pointMaps(groups []groupTotal) []map[int64]float64 {
	maps := make([]map[int64]float64, len(groups))
	for i, g := range groups {
		maps[i] = make(map[int64]float64, len(g.series.Points))
		for _, p := range g.series.Points {
			maps[i][p.At.UnixNano()] = p.Value
		}
	}
	return maps
}

// bucketStarts are the starts of all buckets of the series, in order of time.
func bucketStarts(groups []groupTotal) []time.Time {
	var list []time.Time
	seen := map[int64]bool{}
	for _, g := range groups {
		for _, p := range g.series.Points {
			if key := p.At.UnixNano(); !seen[key] {
				seen[key] = true
				list = append(list, p.At)
			}
		}
	}
	slices.SortStableFunc(list, time.Time.Compare)
	return list
}
