package sqlsource

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"insightbot/insight"
)

// complete checks what needs the whole of an insight or the shared dimensions,
// and fills in the defaults.
func (d *draft) complete(dims map[string]shared, s settings) {
	in := &d.def.insight
	in.ID, in.Source, in.FromZero = s.source+"/"+d.key, s.source, d.fromZero
	if d.replacedBy != "" {
		in.Replaced.By = s.source + "/" + d.replacedBy
		if d.replacedBy == d.key {
			d.late(d.replacedNode, "an insight cannot replace itself", "")
		}
	}
	if in.Format.Kind == "" {
		in.Format.Kind = insight.FormatNumber
	}
	d.moveDates(in.Zone)
	d.completeTime()
	used := d.completeDimensions(dims)
	d.completeTotal()
	d.checkPeople()
	d.checkPersonal()
	d.completeDefault(s)
	if d.sql != "" {
		d.checkHoles()
	}
	if in.Chart.Shape() != insight.ShapeTable && len(in.Accepts.Columns) > 0 {
		d.late(d.seen["columns"], "only a table has `columns`", "leave them out")
	}
	in.Version = d.version(s, used)
}

// moveDates puts the days into the zone of the insight.
func (d *draft) moveDates(zone *time.Location) {
	move := func(t *time.Time) {
		if !t.IsZero() {
			y, m, day := t.Date()
			*t = insight.GrainDay.Floor(time.Date(y, m, day, 12, 0, 0, 0, zone), time.Monday)
		}
	}
	in := &d.def.insight
	move(&in.Certified.On)
	move(&in.Certified.Until)
	move(&in.Accepts.Earliest)
	for i := range in.Caveats {
		move(&in.Caveats[i].From)
		move(&in.Caveats[i].Until)
	}
}

// completeTime fills in what an insight with a time column accepts.
func (d *draft) completeTime() {
	in := &d.def.insight
	if d.timeNode == nil {
		if in.Chart == insight.ChartLine || in.Chart == insight.ChartArea || in.Chart.Shape() == insight.ShapeLifecycle {
			d.late(d.seen["chart"], "a "+string(in.Chart)+" needs `time`", "")
		}
		return
	}
	shape := in.Chart.Shape()
	in.Accepts.Windows = true
	if d.timeSeen["compare"] == nil && comparableShape(shape) {
		in.Accepts.Compare = []insight.Compare{insight.ComparePrevious, insight.CompareYear}
	}
	if len(in.Accepts.Compare) > 0 && !comparableShape(shape) {
		d.late(d.timeSeen["compare"], "a "+string(in.Chart)+" cannot be compared", "leave `compare` out")
	}
	hasBucket := d.def.statement.has(holeBucket) && bucketedShape(shape)
	switch named := d.timeSeen["grains"] != nil; {
	case named && !bucketedShape(shape):
		d.late(d.timeSeen["grains"], "a "+string(in.Chart)+" has no time buckets", "leave `grains` out")
	case named && len(in.Accepts.Grains) > 0 && !hasBucket && d.sql != "":
		d.late(d.timeSeen["grains"], "`grains` without {{bucket}} in the statement", "select {{bucket}} or leave `grains` out")
	case !named && hasBucket:
		in.Accepts.Grains = []insight.Grain{insight.GrainDay, insight.GrainWeek, insight.GrainMonth}
	}
}

// completeDimensions joins the dimensions of an insight with their shared
// definitions, which it returns.
func (d *draft) completeDimensions(dims map[string]shared) []shared {
	in := &d.def.insight
	d.def.dimensions = map[string]string{}
	var used []shared
	breakdowns := 0
	for _, use := range d.dimensions {
		use.breakdown = use.breakdown && brokenDownShape(in.Chart.Shape())
		def := dims[use.name]
		used = append(used, def)
		label := def.label
		if label == "" {
			label = labelOf(use.name)
		}
		if use.filter && def.query != "" && len(in.Accepts.Attributes) > 0 {
			// They are read once for everybody, whatever rows somebody may see.
			d.late(use.node, "the database lists the values of “"+clip(use.name)+"” for everybody, and this insight has `attributes`",
				"list its values by hand, or forbid the filter with `filter: false`")
		}
		d.def.dimensions[use.name] = use.column
		in.Accepts.Dimensions = append(in.Accepts.Dimensions, insight.Dimension{
			Name: use.name, Label: label, Words: def.words, Breakdown: use.breakdown,
			// What cannot be named cannot be filtered by; values that only
			// the database knows come later.
			Filter: use.filter && (len(def.values) > 0 || def.query != ""),
			Values: def.values,
		})
		if use.breakdown {
			breakdowns++
		}
	}
	in.Accepts.MaxBreakdowns = min(d.maxBreakdowns, breakdowns)
	return used
}

// labelOf makes words of a name: sales_rep is "Sales rep".
func labelOf(name string) string {
	words := strings.NewReplacer("_", " ", "-", " ").Replace(name)
	if words == "" {
		return "" // a name that was refused already
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// completeTotal decides how totals are made and gaps are filled.
func (d *draft) completeTotal() {
	in := &d.def.insight
	if d.def.insight.Total == "" {
		d.def.insight.Total = insight.TotalRerun
	}
	if d.def.insight.Total != insight.TotalRerun && in.Chart.Shape() != insight.ShapeTrend {
		d.late(d.seen["total"], "a "+string(in.Chart)+" has no `total`", "leave it out")
	}
	if (d.def.insight.Total == insight.TotalLast || d.def.insight.Total == insight.TotalAverage) && len(in.Accepts.Grains) == 0 {
		d.late(d.seen["total"], "the total `"+string(d.def.insight.Total)+"` needs time buckets", "select {{bucket}}")
	}
	switch d.empty {
	case "":
		countable := in.Format.Kind == insight.FormatNumber || in.Format.Kind == insight.FormatCurrency ||
			in.Format.Kind == insight.FormatBytes
		d.def.zero = (d.def.insight.Total == insight.TotalSum || d.def.insight.Total == insight.TotalLast) && countable
	default:
		d.def.zero = d.empty == "zero"
	}
}

// checkPeople refuses to call a number of people what is none: a role that
// hides small groups would show too much of it.
func (d *draft) checkPeople() {
	in := &d.def.insight
	if in.People != insight.PeopleCounted {
		return
	}
	switch shape := in.Chart.Shape(); {
	case shape == insight.ShapeTable, shape == insight.ShapeBox:
		d.late(d.seen["people"], "the values of a "+string(in.Chart)+" are no numbers of people", "leave `people` out, or say `none` where it is not about people")
	case in.Format.Kind != insight.FormatNumber:
		d.late(d.seen["people"], "a value of the kind `"+string(in.Format.Kind)+"` is no number of people", "leave `people` out, or say `none` where it is not about people")
	}
}

// completeDefault checks the default query and fills it up.
func (d *draft) completeDefault(s settings) {
	in := &d.def.insight
	if def := in.Default; d.timeNode == nil && (def.Period != "" || def.Grain != "") {
		d.late(d.seen["default"], "a default period or grain needs `time`", "")
	}
	if g := in.Default.Grain; g != "" && d.timeNode != nil && !slices.Contains(in.Accepts.Grains, g) {
		d.late(d.defaultSeen["grain"], "the default grain “"+string(g)+"” is not among the `grains`", "")
	}
	if in.Accepts.Windows && in.Default.Period == "" {
		in.Default.Period = "last 30 days"
	}
	if in.Default.Period != "" && s.period != nil {
		if err := s.period(in.Default.Period); err != nil {
			d.late(d.defaultSeen["period"], "the period “"+clip(in.Default.Period)+"” is not understood", "write it as last 30 days, this month or 2025")
		}
	}
	for _, name := range in.Default.Breakdowns {
		if dim, ok := in.Accepts.Dimension(name); !ok || !dim.Breakdown {
			d.late(d.defaultSeen["breakdown"], "the default breakdown “"+clip(name)+"” is none of the dimensions", "")
		}
	}
	if len(in.Default.Breakdowns) > max(in.Accepts.MaxBreakdowns, 1) {
		d.late(d.defaultSeen["breakdown"], fmt.Sprintf("%d default breakdowns", len(in.Default.Breakdowns)), "raise `max_breakdowns`")
	}
}

// checkHoles compares the placeholders of the statement with what the insight
// promises to accept.
func (d *draft) checkHoles() {
	t, at, in := d.def.statement, d.seen["sql"], d.def.insight
	if d.timeNode == nil {
		for _, hole := range []string{holeBucket, holeWindow, holeFrom, holeTo} {
			if t.has(hole) {
				d.late(at, "{{"+hole+"}} needs `time`", "say which column holds the time")
			}
		}
	} else if !t.has(holeWindow) && (!t.has(holeFrom) || !t.has(holeTo)) {
		d.late(at, "the statement has no {{window}}", "without it every period gives the same")
	}
	if (len(in.Accepts.Dimensions) > 0 || len(in.Accepts.Attributes) > 0) && !t.has(holeFilters) {
		d.late(at, "the statement has no {{filters}}", "`dimensions` and `attributes` need it")
	}
	if !brokenDownShape(in.Chart.Shape()) && t.has(holeBreakdown) {
		d.late(at, "a "+string(in.Chart)+" cannot be broken down", "leave {{breakdown}} out; its dimensions are filters")
	}
	if in.Accepts.MaxBreakdowns > 0 {
		if !t.has(holeBreakdown) {
			d.late(at, "the statement has no {{breakdown}}", "select it, or set `breakdown: false` for the dimensions")
		} else if t.groups && !t.has(holeGroup) && !t.groupsBreakdown {
			d.late(at, "the statement has no {{group}}", "it must group by the breakdown")
		}
	}
}
