package match

import (
	"slices"
	"strings"

	"insightbot/insight"
)

// charted are the kinds of charts that a word of a question makes likely.
var charted = chartWords(map[string][]insight.Chart{
	"pie pies donut doughnut":                {insight.ChartPie},
	"mix proportion proportions portion":     {insight.ChartPie},
	"histogram histograms":                   {insight.ChartHistogram},
	"distribution distributed distributions": {insight.ChartHistogram, insight.ChartBox, insight.ChartPie},
	"boxplot boxplots whisker whiskers quartile quartiles spread unevenly uneven unequal unequally outlier outliers " +
		"variation varies vary": {insight.ChartBox},
	"funnel funnels dropoff dropoffs":              {insight.ChartFunnel},
	"cohort cohorts retention":                     {insight.ChartRetention},
	"lifecycle dormant resurrected resurrecting":   {insight.ChartLifecycle},
	"stickiness sticky":                            {insight.ChartStickiness},
	"path paths":                                   {insight.ChartPaths},
	"table tabular list listing names leaderboard": {insight.ChartTable},
	"ranking ranked":                               {insight.ChartHorizontalBar, insight.ChartTable},
})

func chartWords(lists map[string][]insight.Chart) map[string][]insight.Chart {
	table := map[string][]insight.Chart{}
	for words, charts := range lists {
		for w := range strings.FieldsSeq(words) {
			table[w] = charts
		}
	}
	return table
}

// valued is the kind of values that a word or a sign asks for.
var valued = formatWords(map[insight.FormatKind]string{
	insight.FormatBytes: `kb mb gb tb pb kib mib gib tib byte bytes kilobyte kilobytes megabyte megabytes gigabyte
		gigabytes terabyte terabytes petabyte petabytes gigs`,
	insight.FormatCurrency: `eur euro euros usd dollar dollars gbp pounds bucks $ € £ ¥`,
	insight.FormatPercent:  `percent percentage pct %`,
})

func formatWords(lists map[insight.FormatKind]string) map[string]insight.FormatKind {
	table := map[string]insight.FormatKind{}
	for kind, words := range lists {
		for w := range strings.FieldsSeq(words) {
			table[w] = kind
		}
	}
	return table
}

// timeUnits are units of values that are durations.
var timeUnits = wordSet(`ms milliseconds seconds minutes hours days weeks months`)

// weighEvidence notes what the question says about the form of its answer: the
// chart, the split and the kind of values.
func (q *query) weighEvidence(r Reading, notions []notion) {
	if r.Chart != "" {
		q.charts = append(q.charts, r.Chart)
	}
	for i, n := range notions {
		word := normal(n.typed)
		q.charts = append(q.charts, charted[n.text]...)
		if charted[n.text] == nil {
			q.charts = append(q.charts, charted[word]...)
		}
		counted := i > 0 && notions[i-1].numeric()
		part := role(r, n.from, n.to)
		if (n.text == "duration" || n.text == "speed") && part == "" {
			q.kinds = append(q.kinds, insight.FormatDuration)
		}
		if kind, ok := valued[word]; ok && !counted && part != RoleFilter && part != RoleBreakdown {
			q.kinds = append(q.kinds, kind)
		}
	}
}

// signNotions are a percent sign and the signs of money that belong to no
// number: "churn %", "how much $$".
func signNotions(text string) []notion {
	var list []notion
	for i, c := range text {
		kind, ok := valued[string(c)]
		if !ok || c < 128 && isLetter(byte(c)) {
			continue
		}
		after := text[i+len(string(c)):]
		if beside := strings.TrimRight(text[:i], " "); beside != "" && isDigit(beside[len(beside)-1]) || after != "" && isDigit(after[0]) {
			continue
		}
		n := notion{text: string(c), stem: string(c), typed: string(c), from: i, to: i + len(string(c)), filler: true, light: true}
		if kind == insight.FormatPercent {
			n.text, n.stem = "percentage", stem("percentage")
			n.filler = false
		}
		list = append(list, n)
	}
	return list
}

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

// shows reports whether an insight is split as asked before anybody asks.
func (q *query) shows(in insight.Insight) bool {
	return slices.ContainsFunc(q.reading.Breakdowns, func(b BreakdownWish) bool {
		return q.reading.perSubject(b, in.Title) || b.Name != "" && slices.Contains(in.Default.Breakdowns, b.Name)
	})
}

// measured is 1 where the values of an insight are of the kind asked for, -1
// where they are of another, and 0 where nobody asked or it does not say.
func (q *query) measured(in insight.Insight) float64 {
	kind := in.Format.Kind
	if timeUnits[in.Format.Unit] {
		kind = insight.FormatDuration
	}
	if len(q.kinds) == 0 || kind == "" || in.Chart.Shape() != insight.ShapeTrend && in.Chart.Shape() != insight.ShapeHistogram && in.Chart.Shape() != insight.ShapeBox {
		return 0
	}
	if slices.Contains(q.kinds, kind) {
		return 1
	}
	return -1
}

// aboutNotion is the topic that "what are the tickets about" asks for.
func aboutNotion(notions []notion) (notion, bool) {
	if len(notions) < 3 {
		return notion{}, false
	}
	first, last := normal(notions[0].typed), notions[len(notions)-1]
	if word := normal(last.typed); word != "about" && word != "abt" || first != "what" && first != "whats" && first != "wat" {
		return notion{}, false
	}
	return notion{text: "topic", stem: stem("topic"), typed: last.typed, from: last.from, to: last.to, light: true}, true
}
