package handlers

import (
	"strings"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
	"insightbot/match"
)

// periodButtons are the periods offered below an answer.
func periodButtons() []string {
	return []string{"last week", "this month", "last month", "last 90 days", "last 12 months"}
}

// maxDimensionButtons bounds the breakdowns offered as buttons.
const maxDimensionButtons = 5

// buttons are what can be done with an answer: another period, another
// breakdown, the numbers behind it, or saying that it was not meant. Each
// carries the whole state of the answer, changed in one thing.
func (b *Bot) buttons(r *chat.Request, a Answer) []chat.Part {
	state := chat.Call{Command: "ask", Args: stateOf(a.Insight, a.Reading)}
	var parts []chat.Part
	if a.Insight.Accepts.Windows {
		parts = append(parts, b.periodChoices(state, a))
	}
	if c := breakdownChoices(state, a); len(c.Items) > 0 {
		parts = append(parts, c)
	}
	more := chat.Choices{Prompt: "More", Items: []chat.Choice{{Label: "Table", Call: state.With(argChart, string(insight.ChartTable))}}}
	if a.CSV || a.Reading.Chart == insight.ChartTable {
		more.Items[0] = chat.Choice{Label: "Chart", Call: state.With(argChart, "")}
	}
	if a.Insight.Accepts.Windows && a.Reading.Compare == insight.CompareNone && a.Insight.Chart.OverTime() {
		for _, c := range a.Insight.Accepts.Compare {
			more.Items = append(more.Items, chat.Choice{Label: compareLabel(c), Call: state.With(argCompare, string(c))})
		}
	}
	if a.Decision.Terms.Can(access.AbilityExport) {
		more.Items = append(more.Items, chat.Choice{Label: "CSV", Call: state.With(argChart, chartCSV)})
	}
	if r.Shares && a.Decision.Where == access.Privately {
		more.Items = append(more.Items, shareChoice(state))
	}
	if a.Question != "" {
		more.Items = append(more.Items, chat.Choice{Label: "Not what I meant", Call: chat.Call{
			Command: "feedback", Args: chat.Args{argQuestion: a.Question, argInsight: a.Insight.ID, argRef: r.Ref},
		}})
	}
	return append(parts, more)
}

// periodChoices offers the periods; the one in force is marked.
func (b *Bot) periodChoices(state chat.Call, a Answer) chat.Choices {
	c := chat.Choices{Prompt: "Period"}
	for _, words := range periodButtons() {
		p := match.Read(words, nil, b.clockFor(a.Insight)).Period
		current := p != nil && p.Window == a.Query.Window
		// Another period may need other buckets, so the grain is chosen anew.
		call := state.With(argPeriod, words)
		if a.Reading.Grain != insight.GrainNone {
			call = call.With(argGrain, grainAny)
		}
		c.Items = append(c.Items, chat.Choice{Label: sentenceCase(words), Call: call, Current: current})
	}
	return c
}

// breakdownChoices offers the dimensions of the insight, and going back.
func breakdownChoices(state chat.Call, a Answer) chat.Choices {
	c := chat.Choices{Prompt: "Break down by"}
	current := strings.Join(a.Query.Breakdowns, ",")
	for _, d := range a.Insight.Accepts.Dimensions {
		if d.Breakdown && len(c.Items) < maxDimensionButtons {
			c.Items = append(c.Items, chat.Choice{Label: d.Label, Call: state.With(argBreakdown, d.Name), Current: d.Name == current})
		}
	}
	if current != "" && len(a.Insight.Default.Breakdowns) == 0 {
		c.Items = append(c.Items, chat.Choice{Label: "Nothing", Call: state.With(argBreakdown, "")})
	}
	return c
}

// compareLabel is a comparison as a button.
func compareLabel(c insight.Compare) string {
	if c == insight.CompareYear {
		return "Compare with a year ago"
	}
	return "Compare with the period before"
}

// sentenceCase makes the first letter a capital.
func sentenceCase(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
