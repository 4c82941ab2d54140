package match

import (
	"sync"

	"insightbot/insight"
)

// chartTable holds the phrases that ask for a way of drawing.
var chartTable = sync.OnceValue(func() *table[insight.Chart] {
	var rules []rule[insight.Chart]
	for _, k := range chartKinds {
		c := func(*found) (insight.Chart, bool) { return k.chart, true }
		for _, pattern := range []string{
			// "as a bar chart", "in a table"
			"as|like a|an|the? " + k.words + " chart|charts|graph|plot|diagram|form|format|view?",
			"in|with|using|into|by|via|through a|an " + k.words + " chart|charts|graph|plot|diagram|form|format|view?",
			"in|with|using|into|by|via|through " + k.words + " chart|charts|graph|plot|diagram|form|format",
			"a|an|the? " + k.words + " chart|charts|graph|graphs|plot|diagram of|for|showing|with?",
		} {
			rules = append(rules, rule[insight.Chart]{pattern, c})
		}
	}
	number := func(*found) (insight.Chart, bool) { return insight.ChartNumber, true }
	tableOf := func(m *found) (insight.Chart, bool) { return insight.ChartTable, true }
	return newTable(rules, []rule[insight.Chart]{
		{"just|only|simply the? number|total|figure|count|value", number},
		{"as|in a? single|one number|figure|value", number},
		{"a|the table of|with|showing", tableOf},
		{"table of|showing", tableOf},
		{"in tabular form|format", tableOf},
		{"as|in table form|format?", tableOf},
		{"tabulate|tabulated", tableOf},
	})
})

// chartKinds are the names of charts, as patterns.
var chartKinds = []struct {
	chart insight.Chart
	words string
}{
	{insight.ChartBar, "bar|bars|column|columns"},
	{insight.ChartBar, "vertical bar|bars"},
	{insight.ChartHorizontalBar, "horizontal bar|bars"},
	{insight.ChartStacked, "stacked bar|bars|column|columns|area?"},
	{insight.ChartLine, "line|lines|curve"},
	{insight.ChartArea, "area"},
	{insight.ChartPie, "pie|donut|doughnut"},
	{insight.ChartNumber, "number|figure"},
	{insight.ChartTable, "table|tabular|list"},
	{insight.ChartFunnel, "funnel"},
	{insight.ChartHistogram, "histogram"},
	{insight.ChartBox, "box and? whisker|whiskers?"},
}

func readChart(p *parse, at int, _ *Reading) (finding, bool) {
	c, next, ok := longest(p, chartTable(), at)
	if !ok {
		return finding{}, false
	}
	return finding{role: RoleChart, next: next, apply: func(r *Reading) { r.Chart = c }}, true
}
