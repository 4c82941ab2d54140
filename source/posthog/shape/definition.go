package shape

import (
	"encoding/json"
	"math"
	"slices"
	"strings"

	"insightbot/insight"
)

// definition is the query of a saved insight, whatever form it is stored in.
type definition struct {
	// source is the query inside of its wrapping nodes, or nil where there is
	// only filters, which is what an insight of before 2024 has in its place.
	source, filters json.RawMessage
	// strange is the kind of a query that the bot does not know.
	strange string

	display string
	grain   insight.Grain
	// fine says that the buckets are narrower than an hour.
	fine       bool
	series     []entity
	formulas   []string
	breakdowns []breakdown
	dates      dateRange
	compared   bool
	sampled    bool
	tested     bool
	smoothing  int
	axis       axis
	// groups says that groups, such as companies, are counted and not people.
	groups bool

	// funnel is the form of a funnel: steps, trends, time_to_convert.
	funnel string
	// intervals is how many cohorts a retention has; 0 where it does not say.
	intervals int
	// amounts says that a retention adds up a property instead of people.
	amounts bool

	sql    sql
	values map[string][]string // of a property that filters pick from
}

// dateRange is a period as it is saved.
type dateRange struct{ from, to string }

// entity is one series of a query.
type entity struct {
	event, name, custom, math string
}

// breakdown is what a query is broken down by.
type breakdown struct {
	property string
	typ      string
}

// axis says how values are written.
type axis struct {
	format, prefix, postfix string
	decimals                int
}

// define reads the query of an insight.
func define(query, filters json.RawMessage) (Kind, definition) {
	if f := fieldsOf(query); len(f) > 0 {
		return defineQuery(f, query)
	}
	if f := fieldsOf(filters); len(f) > 0 {
		return defineFilters(f, filters)
	}
	return KindUnknown, definition{strange: "nothing"}
}

// kinds are those that can be run.
var kinds = []Kind{KindTrends, KindFunnels, KindRetention, KindPaths, KindStickiness, KindLifecycle, KindSQL}

// defineQuery reads a query in its nodes.
func defineQuery(f fields, raw json.RawMessage) (Kind, definition) {
	var display string
	var chart fields
	for isObject(f["source"]) {
		if d := f.text("display"); d != "" {
			display = d
		}
		if c := f.object("chartSettings"); c != nil {
			chart = c
		}
		raw = f["source"]
		f = fieldsOf(raw)
	}
	kind := Kind(f.text("kind"))
	d := definition{source: raw}
	if !slices.Contains(kinds, kind) {
		d.strange = string(kind)
		return KindUnknown, d
	}
	filter := f.object(map[Kind]string{
		KindTrends: "trendsFilter", KindFunnels: "funnelsFilter", KindRetention: "retentionFilter", KindPaths: "pathsFilter",
		KindStickiness: "stickinessFilter", KindLifecycle: "lifecycleFilter", KindSQL: "filters",
	}[kind])
	d.common(f, filter)
	dates := f.object("dateRange")
	if kind == KindSQL {
		dates = filter.object("dateRange")
		d.display, d.sql = display, defineSQL(f, chart)
	}
	d.dates = dateRange{dates.text("date_from"), dates.text("date_to")}
	d.breakdowns = breakdownsOf(f.object("breakdownFilter"))
	d.compared = f.object("compareFilter").bool("compare")
	return kind, d
}

// defineFilters reads what an old insight has in place of a query.
func defineFilters(f fields, raw json.RawMessage) (Kind, definition) {
	d := definition{filters: raw}
	was := strings.ToUpper(f.text("insight"))
	kind, ok := map[string]Kind{
		"TRENDS": KindTrends, "FUNNELS": KindFunnels, "RETENTION": KindRetention, "PATHS": KindPaths,
		"STICKINESS": KindStickiness, "LIFECYCLE": KindLifecycle, "": KindTrends,
	}[was]
	switch shown := f.text("shown_as"); {
	case kind == KindTrends && shown == "Stickiness":
		kind = KindStickiness
	case kind == KindTrends && shown == "Lifecycle":
		kind = KindLifecycle
	}
	if !ok || was == "" && len(f.list("events", "actions")) == 0 {
		d.strange = was
		return KindUnknown, d
	}
	d.common(f, f)
	d.dates = dateRange{f.text("date_from"), f.text("date_to")}
	d.breakdowns = breakdownsOf(f)
	d.compared = f.bool("compare")
	return kind, d
}

// common reads what a query and its filter have under one name or another: f
// is the query, filter its part for the kind. Of an old insight both are one.
func (d *definition) common(f, filter fields) {
	d.display = filter.text("display")
	d.grain, d.fine = grainOf(f.text("interval"))
	for _, raw := range slices.Concat(f.list("series"), f.list("events"), f.list("actions")) {
		if e, ok := entityOf(fieldsOf(raw)); ok {
			d.series = append(d.series, e)
		}
	}
	for _, raw := range filter.list("formulaNodes") {
		node := fieldsOf(raw)
		d.formulas = append(d.formulas, node.text("custom_name", "formula"))
	}
	if len(d.formulas) == 0 {
		d.formulas = append(filter.texts("formulas"), filter.texts("formula")...)
		if s := filter.text("formula"); s != "" && len(d.formulas) == 0 {
			d.formulas = []string{s}
		}
	}
	factor := f.number("samplingFactor", "sampling_factor")
	d.sampled = factor > 0 && factor < 1
	d.tested = f.bool("filterTestAccounts", "filter_test_accounts")
	d.smoothing = int(filter.whole(1, "smoothingIntervals", "smoothing_intervals"))
	d.groups = f.first("aggregation_group_type_index", "aggregationGroupTypeIndex") != nil || filter.text("funnelAggregateByHogQL") != ""
	decimals := filter.whole(-1, "decimalPlaces", "decimal_places")
	if decimals < 0 || decimals > 9 {
		decimals = -1
	}
	d.axis = axis{
		format: filter.text("aggregationAxisFormat", "aggregation_axis_format"),
		prefix: filter.text("aggregationAxisPrefix", "aggregation_axis_prefix"), postfix: filter.text("aggregationAxisPostfix", "aggregation_axis_postfix"),
		decimals: int(decimals),
	}
	d.funnel = filter.text("funnelVizType", "funnel_viz_type")
	if n := filter.whole(0, "totalIntervals", "total_intervals"); n > 0 && n < 1000 {
		d.intervals = int(n)
	}
	if p := filter.text("period"); p != "" {
		d.grain, d.fine = grainOf(strings.ToLower(p))
	}
	how := filter.text("aggregationType")
	d.amounts = how != "" && how != "count" || filter.first("retentionCustomBrackets") != nil
	for _, e := range []fields{filter.object("targetEntity", "target_entity"), filter.object("returningEntity", "returning_entity")} {
		if one, ok := entityOf(e); ok && e != nil {
			d.series = append(d.series, one)
		}
	}
	d.values = map[string][]string{}
	d.pick(f["properties"], 0)
}

// entityOf reads one series. Without an event it is of all of them.
func entityOf(f fields) (entity, bool) {
	if f == nil {
		return entity{}, false
	}
	e := entity{event: f.text("event", "id"), name: f.text("name"), custom: f.text("custom_name", "customName"), math: f.text("math")}
	if e.name == "" {
		e.name = e.event
	}
	if e.name == "" {
		e.name = allEvents
	}
	return e, true
}

// pick collects the values that filters of a query name.
func (d *definition) pick(raw json.RawMessage, depth int) {
	if depth > 8 {
		return
	}
	for _, one := range listOf(raw) {
		d.pick(one, depth+1)
	}
	f := fieldsOf(raw)
	if f == nil {
		return
	}
	d.pick(f["values"], depth+1)
	op := f.text("operator")
	if key := f.text("key"); key != "" && (op == "exact" || op == "is_not" || op == "") {
		at := typeOf(f.text("type")) + "\x00" + key
		values := append(f.texts("value"), f.text("value"))
		for _, v := range values {
			if v != "" && !slices.Contains(d.values[at], v) && len(d.values[at]) < 50 {
				d.values[at] = append(d.values[at], v)
			}
		}
	}
}

// typeOf is the type of a property; none is that of events.
func typeOf(s string) string {
	if s == "" {
		return string(EventProperty)
	}
	return s
}

// grainOf is the bucket that PostHog calls an interval. fine is set for those
// that the bot does not have.
func grainOf(s string) (g insight.Grain, fine bool) {
	switch s {
	case "hour", "day", "week", "month":
		return insight.Grain(s), false
	case "minute", "second":
		return insight.GrainHour, true
	}
	return insight.GrainDay, false
}

// breakdownsOf reads what a query is broken down by, in its new form, a list,
// or in the old one.
func breakdownsOf(f fields) []breakdown {
	var all []breakdown
	for _, raw := range f.list("breakdowns") {
		b := fieldsOf(raw)
		if p := b.text("property"); p != "" {
			all = append(all, breakdown{p, typeOf(b.text("type"))})
		}
	}
	if len(all) > 0 {
		return all
	}
	typ := typeOf(f.text("breakdown_type"))
	names := f.texts("breakdown")
	if s := f.text("breakdown"); s != "" {
		names = []string{s}
	}
	if typ == "cohort" && len(names) > 0 {
		return []breakdown{{"cohort", typ}} // several cohorts are one breakdown
	}
	for _, n := range names {
		all = append(all, breakdown{n, typ})
	}
	return all
}

// total reports whether the display shows one value for the whole period.
func (d *definition) total() bool {
	switch d.display {
	case "BoldNumber", "ActionsPie", "ActionsBarValue", "ActionsTable", "WorldMap", "RegionMap", "Metric", "Progress":
		return true
	}
	return false
}

// many reports whether there are several series before any breakdown.
func (d *definition) many() bool {
	if len(d.formulas) > 0 {
		return len(d.formulas) > 1
	}
	return len(d.series) > 1
}

// missing is a value that is not there.
func missing() float64 { return math.NaN() }
