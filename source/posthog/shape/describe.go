package shape

import (
	"slices"
	"strings"

	"insightbot/insight"
)

// Funnels come in three forms.
const (
	overTime      = "trends"
	timeToConvert = "time_to_convert"
)

// Insight describes the saved insight: what it shows, and what it accepts. The
// link is where people look at it, or "". When the bot does not offer it, ok is
// false and why is half a sentence for curators: "it lists people". Caveats,
// Viewers and Asked are left to the caller, who may set them.
func (s Saved) Insight(p Project, link string) (in insight.Insight, ok bool, why string) {
	if why := s.refused(); why != "" {
		return insight.Insight{}, false, why
	}
	in = insight.Insight{
		ID: p.Source + "/" + s.Key(), Source: p.Source, Version: s.version(p),
		Title: s.Title(), Description: s.Description, Tags: slices.Clone(s.Tags), Events: s.events(),
		Owner: insight.Owner{Name: s.Owner},
		Chart: s.chart(), Format: s.format(p), Total: s.total(), People: s.people(), FromZero: true,
		Zone: p.zone(), WeekStart: p.WeekStart, Link: link, UpdatedAt: s.Modified,
	}
	dims := s.dimensions(p)
	in.Accepts = s.accepts(dims)
	in.Default = s.defaults(p, dims)
	return in, true, ""
}

// refused says why the bot does not offer an insight; "" where it does.
func (s Saved) refused() string {
	switch {
	case s.Hidden:
		return "the key may not see it"
	case s.Deleted:
		return "it was deleted"
	case s.Kind == KindUnknown:
		return refusedKind(s.def.strange)
	case !s.Kept && len(s.Dashboards) == 0:
		return "nobody saved it, and it lies on no dashboard"
	case s.Kind == KindTrends && s.def.display == "CalendarHeatmap" && s.def.source == nil:
		return "it is a calendar heat map of an old form"
	}
	for _, b := range s.def.breakdowns {
		if isPersonal(b.property) {
			return "it is broken down by “" + propertyName(b.property) + "”, which tells who somebody is"
		}
	}
	return ""
}

// refusedKind says why a kind of query is not offered.
func refusedKind(kind string) string {
	switch {
	case kind == "" || kind == "nothing":
		return "it has no query"
	case strings.Contains(kind, "Actors"), strings.Contains(kind, "Persons"), kind == "EventsQuery", kind == "EventsNode", kind == "GroupsQuery",
		kind == "SessionsQuery", strings.HasSuffix(kind, "TracesQuery"):
		return "it lists people or single events (" + kind + ")"
	case strings.ToUpper(kind) == kind:
		return "it is of the old kind " + kind + ", which has no query"
	}
	return "the bot does not know queries of the kind " + kind
}

// events are what the insight is built on.
func (s Saved) events() []string {
	var all []string
	for _, e := range s.def.series {
		for _, name := range []string{e.custom, e.name, e.event} {
			if name = eventName(name); name != "" && name != allEvents && !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// chart is the way an insight wants to be drawn, or the nearest the bot has.
func (s Saved) chart() insight.Chart {
	switch s.Kind {
	case KindFunnels:
		switch s.def.funnel {
		case overTime:
			return insight.ChartLine
		case timeToConvert:
			return insight.ChartHistogram
		}
		return insight.ChartFunnel
	case KindRetention:
		return insight.ChartRetention
	case KindPaths:
		return insight.ChartPaths
	case KindStickiness:
		return insight.ChartStickiness
	case KindLifecycle:
		return insight.ChartLifecycle
	case KindSQL:
		return s.sqlChart()
	default:
	}
	split := len(s.def.breakdowns) > 0 || s.def.many()
	switch s.def.display {
	case "ActionsBar", "ActionsStackedBar":
		if split {
			return insight.ChartStacked
		}
		return insight.ChartBar
	case "ActionsUnstackedBar":
		return insight.ChartBar
	case "ActionsAreaGraph":
		return insight.ChartArea
	case "BoxPlot":
		return insight.ChartBox
	case "ActionsPie":
		return insight.ChartPie
	case "BoldNumber", "Metric", "Progress":
		if split {
			return insight.ChartHorizontalBar
		}
		return insight.ChartNumber
	case "ActionsBarValue", "WorldMap", "RegionMap", "ActionsTable":
		if split {
			return insight.ChartHorizontalBar
		}
		return insight.ChartNumber
	}
	return insight.ChartLine
}

// sqlChart is the chart of an SQL insight: a table, unless it was drawn.
func (s Saved) sqlChart() insight.Chart {
	drawn := s.def.sql.x != "" && len(s.def.sql.y) > 0
	switch s.def.display {
	case "ActionsLineGraph", "Auto":
		if drawn {
			return insight.ChartLine
		}
	case "ActionsAreaGraph":
		if drawn {
			return insight.ChartArea
		}
	case "ActionsBar", "ActionsUnstackedBar":
		if drawn {
			return insight.ChartBar
		}
	case "ActionsStackedBar":
		if drawn {
			return insight.ChartStacked
		}
	}
	return insight.ChartTable
}

// symbols are the currencies that a prefix of an axis can stand for.
var symbols = map[string]string{"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "CHF": "CHF", "R$": "BRL"}

// format says how values are written.
func (s Saved) format(p Project) insight.Format {
	a := s.def.axis
	f := insight.Format{Kind: insight.FormatNumber, Decimals: a.decimals}
	if s.Kind == KindSQL {
		f.Decimals = -1
		return f
	}
	if s.Kind == KindFunnels {
		switch s.def.funnel {
		case overTime:
			// Its points are percentages, not the fractions of FormatPercent.
			return insight.Format{Kind: insight.FormatNumber, Unit: "%", Decimals: 1}
		case timeToConvert:
			return insight.Format{Kind: insight.FormatDuration, Decimals: -1}
		}
		return insight.Format{Kind: insight.FormatNumber, Unit: s.actors(), Decimals: -1}
	}
	switch a.format {
	case "percentage", "percentage_scaled":
		f.Kind = insight.FormatPercent
	case "duration", "duration_ms":
		f.Kind = insight.FormatDuration
	case "currency":
		if p.Currency != "" {
			f.Kind, f.Currency = insight.FormatCurrency, p.Currency
		}
	default:
		prefix, postfix := strings.TrimSpace(a.prefix), strings.TrimSpace(a.postfix)
		switch {
		case symbols[prefix] != "":
			f.Kind, f.Currency = insight.FormatCurrency, symbols[prefix]
		case postfix == "%":
			f.Kind = insight.FormatPercent
		case postfix != "":
			f.Unit = postfix
		case s.people() == insight.PeopleCounted:
			f.Unit = s.actors()
		}
	}
	return f
}

// scale is what a value of the API is multiplied by to be one of the format.
func (s Saved) scale() float64 {
	if s.Kind == KindSQL || s.Kind == KindFunnels {
		return 1
	}
	switch a := s.def.axis; {
	case a.format == "percentage", (a.format == "" || a.format == "numeric") && symbols[strings.TrimSpace(a.prefix)] == "" && strings.TrimSpace(a.postfix) == "%":
		return 0.01
	case a.format == "duration_ms":
		return 0.001
	}
	return 1
}
