package render

import (
	"math"
	"slices"
	"strings"

	"insightbot/insight"
	"insightbot/text"
)

// The limits of an alternative text: Discord takes 1024 UTF-16 units, Slack
// more. A single name may fill a part of it.
const (
	maxAlt      = 1024
	maxAltName  = 200
	maxAltItems = 6
)

// Alt is the text that stands for a picture: the finding first, then what kind
// of picture it is, its title, period and zone, the extremes with their dates,
// up to six series with their values, what is incomplete, and how fresh the
// data is. drawn is the kind that was really drawn. It is one line of plain
// text of at most 1024 UTF-16 units; of a list that is too long it says how
// many more there are.
func Alt(in insight.Insight, r insight.Result, drawn insight.Chart, title string) string {
	if drawn == "" {
		drawn = in.Chart
	}
	head := []string{Finding(in, r), pictureLine(in, r, drawn, title)}
	tail := endings(in, r, drawn)
	var middle []string
	if e := extremesLine(in, r); e != "" {
		middle = append(middle, e)
	}
	fixed := joinNonEmpty(" ", slices.Concat(head, middle, tail)...)
	room := maxAlt - text.UTF16(fixed) - 1
	if list := listWithin(altItems(in, r), room); list != "" {
		middle = append(middle, list)
	}
	out := text.Clean(joinNonEmpty(" ", slices.Concat(head, middle, tail)...))
	return text.Truncate(out, maxAlt, text.UTF16)
}

// kindName says what kind of picture a chart is.
func kindName(c insight.Chart) string {
	switch c {
	case insight.ChartArea:
		return "Area chart"
	case insight.ChartBar:
		return "Bar chart"
	case insight.ChartHorizontalBar:
		return "Horizontal bar chart"
	case insight.ChartStacked:
		return "Stacked bar chart"
	case insight.ChartPie:
		return "Pie chart"
	case insight.ChartNumber:
		return "Number card"
	case insight.ChartFunnel:
		return "Funnel"
	case insight.ChartRetention:
		return "Retention table"
	case insight.ChartLifecycle:
		return "Lifecycle chart"
	case insight.ChartStickiness:
		return "Stickiness chart"
	case insight.ChartPaths:
		return "List of paths"
	case insight.ChartHistogram:
		return "Histogram"
	case insight.ChartBox:
		return "Box plot"
	case insight.ChartTable:
		return "Table"
	default:
		return "Line chart"
	}
}

// pictureLine is the sentence that names the picture: kind, title, period,
// bucket and zone.
func pictureLine(in insight.Insight, r insight.Result, drawn insight.Chart, title string) string {
	if title = text.Clean(title); title == "" {
		title = titleOf(in)
	}
	line := kindName(drawn) + " “" + text.Truncate(title, maxAltName, text.UTF16) + "”"
	if label := PeriodLabel(r.Window); label != "" {
		line += ", " + label
		if r.Grain != insight.GrainNone && drawn.OverTime() {
			line += ", by " + string(r.Grain)
		}
		line += ", " + ZoneLabel(r.Window)
	}
	if label := PeriodLabel(r.Previous); label != "" {
		line += ", compared with " + label
	}
	return line + "."
}

// endings are the sentences about what the reader must know of the picture.
func endings(in insight.Insight, r insight.Result, drawn insight.Chart) []string {
	var list []string
	if !in.FromZero && drawn == insight.ChartLine {
		list = append(list, "The value axis need not start at zero.")
	}
	if !r.Incomplete.IsZero() {
		switch {
		case r.Grain == insight.GrainNone || r.Window.IsZero():
			list = append(list, "The period is incomplete.")
		default:
			list = append(list, "Incomplete from "+BucketLabel(r.Grain, r.Incomplete, r.Window)+".")
		}
	}
	if r.More {
		list = append(list, "There is more data than is shown.")
	}
	if r.Estimated {
		list = append(list, "Values are estimated.")
	}
	if !r.AsOf.IsZero() {
		list = append(list, "Data as of "+momentLabel(inZone(in, r.AsOf))+".")
	}
	return list
}

// extremesLine names the highest and the lowest complete bucket of the largest
// series.
func extremesLine(in insight.Insight, r insight.Result) string {
	name, points, f := "", []insight.Point(nil), in.Format
	switch {
	case r.Shape == insight.ShapeBox && len(r.Boxes) > 0:
		name = "Median"
		for _, b := range r.Boxes[0].Boxes {
			points = append(points, insight.Point{At: b.At, Value: b.Median})
		}
	case r.Shape == insight.ShapeFunnel && len(r.Funnels) == 0:
		in, r = funnelOverTime(in, r)
		f = in.Format
		fallthrough
	case r.Shape == insight.ShapeTrend || r.Shape == "":
		groups := groupsOf(r)
		slices.SortStableFunc(groups, func(a, b groupTotal) int { return byTotal(a.now, b.now) })
		if len(groups) == 0 {
			return ""
		}
		points = groups[0].series.Points
		if len(groups) > 1 {
			name = groups[0].name
		}
	}
	high, low, n := insight.Point{Value: math.NaN()}, insight.Point{Value: math.NaN()}, 0
	for _, p := range points {
		if math.IsNaN(p.Value) || !isWhole(r, p) {
			continue
		}
		n++
		if math.IsNaN(high.Value) || p.Value > high.Value {
			high = p
		}
		if math.IsNaN(low.Value) || p.Value < low.Value {
			low = p
		}
	}
	if n < 2 || high.Value == low.Value {
		return ""
	}
	line := "highest " + WithUnit(f, high.Value) + " " + BucketPhrase(r.Grain, high.At, r.Window) +
		", lowest " + WithUnit(f, low.Value) + " " + BucketPhrase(r.Grain, low.At, r.Window) + "."
	if name != "" {
		return name + ": " + line
	}
	return "H" + line[1:]
}

// listWithin joins as many items as have room, six at most, and says how many
// more there are.
func listWithin(items []string, room int) string {
	items = slices.DeleteFunc(items, func(s string) bool { return strings.HasSuffix(s, " "+NoValue) })
	for n := min(len(items), maxAltItems); n > 0; n-- {
		line := strings.Join(items[:n], "; ")
		for _, word := range []string{"after", "from"} {
			if strings.HasPrefix(line, word+" ") {
				line = strings.ToUpper(word[:1]) + line[1:]
			}
		}
		if more := len(items) - n; more > 0 {
			line += "; and " + countOf(more, "more")
		}
		if line += "."; text.UTF16(line) <= room {
			return line
		}
	}
	return ""
}
