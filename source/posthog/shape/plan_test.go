package shape_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
	"insightbot/source/posthog/shape"
)

// saved makes a saved insight of a query.
func saved(query string) shape.Saved {
	return must(shape.Parse(json.RawMessage(`{"id": 7, "short_id":"abcdefgh","name":"Sign-ups","saved": true, "query": ` + query + `}`)))
}

// old makes a saved insight that has filters only.
func old(filters string) shape.Saved {
	return must(shape.Parse(json.RawMessage(`{"id": 7, "short_id":"abcdefgh","saved": true, "query": null, "filters": ` + filters + `}`)))
}

const (
	trends    = `{"kind":"InsightVizNode","source": {"kind":"TrendsQuery","interval":"day","series": [{"kind":"EventsNode","event":"signed_up"}]}}`
	uniques   = `{"kind":"TrendsQuery","series": [{"kind":"EventsNode","event":"signed_up","math":"dau"}]}`
	byBrowser = `{"kind":"TrendsQuery","series": [{"event":"signed_up"}], "breakdownFilter": {"breakdown":"$browser","breakdown_type":"event"}}`
	steps     = `{"kind":"FunnelsQuery","series": [{"event":"a"},{"event":"b"}]}`
	retention = `{"kind":"RetentionQuery","retentionFilter": {"period":"Week","totalIntervals": 8}}`
	plainSQL  = `{"kind":"DataTableNode","source": {"kind":"HogQLQuery","query":"SELECT count() FROM events -- {filters}"}}`
	openSQL   = `{"kind":"DataTableNode","source": {"kind":"HogQLQuery","query":"SELECT count() FROM events WHERE {filters} AND properties.plan = {variables.plan}"}}`
)

func project() shape.Project {
	return shape.Project{
		Source: "ph", WeekStart: time.Monday,
		Properties: []shape.Property{
			{Name: "$browser", Values: []insight.Value{{Key: "Chrome"}, {Key: "Firefox"}, {Key: ""}}},
			{Name: "plan", Type: shape.PersonProperty, Values: []insight.Value{{Key: "pro", Label: "Pro"}}},
			{Name: "email", Type: shape.PersonProperty},
		},
		Variables: []shape.Variable{{ID: "0190", Code: "plan", Name: "Plan", Values: []string{"free", "pro"}}},
	}
}

// calls writes the calls of a plan, one a line.
func calls(p shape.Plan) []string {
	var all []string
	for _, c := range p.Calls {
		line := string(c.Part) + " " + string(c.Endpoint)
		for _, raw := range []json.RawMessage{c.FiltersOverride, c.VariablesOverride, c.Query} {
			if raw != nil {
				line += " " + string(raw)
			}
		}
		all = append(all, line)
	}
	return all
}

func TestSaved_PlanChangesOnlyWhatWasAsked(t *testing.T) {
	day, week := insight.GrainDay, insight.GrainWeek
	cases := []struct {
		name  string
		saved shape.Saved
		q     insight.Query
		want  []string
	}{
		{
			"the saved question for another period runs the insight itself", saved(trends),
			insight.Query{Window: march2026, Grain: day},
			[]string{`main insight {"date_from":"2026-03-02","date_to":"2026-03-08"}`},
		},
		{
			"another grain is the saved query with its interval changed", saved(trends),
			insight.Query{Window: march2026, Grain: week},
			[]string{`main query {"dateRange":{"date_from":"2026-03-02","date_to":"2026-03-08"},"interval":"week","kind":"TrendsQuery","series":[{"kind":"EventsNode","event":"signed_up"}]}`},
		},
		{
			"hours are moments, for PostHog reads a last day by the hour as its first moment", saved(trends),
			insight.Query{Window: window("2026-03-02", "2026-03-03"), Grain: insight.GrainHour},
			[]string{`main query {"dateRange":{"date_from":"2026-03-02T00:00:00","date_to":"2026-03-02T23:59:59.999999","explicitDate":true},"interval":"hour","kind":"TrendsQuery","series":[{"kind":"EventsNode","event":"signed_up"}]}`},
		},
		{
			"a total is a display of one value", saved(trends),
			insight.Query{Window: march2026},
			[]string{`main query {"dateRange":{"date_from":"2026-03-02","date_to":"2026-03-08"},"interval":"day","kind":"TrendsQuery","series":[{"kind":"EventsNode","event":"signed_up"}],"trendsFilter":{"display":"BoldNumber"}}`},
		},
		{
			"different people do not add up, so that their total is a run of its own", saved(uniques),
			insight.Query{Window: march2026, Grain: day, Compare: insight.ComparePrevious, Previous: before, CompareTotals: true},
			[]string{
				`main insight {"date_from":"2026-03-02","date_to":"2026-03-08"}`,
				`total query {"dateRange":{"date_from":"2026-03-02","date_to":"2026-03-08"},"interval":"day","kind":"TrendsQuery","series":[{"kind":"EventsNode","event":"signed_up","math":"dau"}],"trendsFilter":{"display":"BoldNumber"}}`,
				`previous total query {"dateRange":{"date_from":"2026-02-23","date_to":"2026-03-01"},"interval":"day","kind":"TrendsQuery","series":[{"kind":"EventsNode","event":"signed_up","math":"dau"}],"trendsFilter":{"display":"BoldNumber"}}`,
			},
		},
		{
			"the earlier window is a run of its own", saved(steps),
			insight.Query{Window: march2026, Compare: insight.ComparePrevious, Previous: before},
			[]string{
				`main insight {"date_from":"2026-03-02","date_to":"2026-03-08"}`,
				`previous insight {"date_from":"2026-02-23","date_to":"2026-03-01"}`,
			},
		},
		{
			"a week that is cut needs exact dates and a total of its own", saved(trends),
			insight.Query{Window: window("2026-03-04", "2026-03-16"), Grain: week},
			[]string{
				`main query {"dateRange":{"date_from":"2026-03-04T00:00:00","date_to":"2026-03-15T23:59:59.999999","explicitDate":true},"interval":"week","kind":"TrendsQuery","series":[{"kind":"EventsNode","event":"signed_up"}]}`,
				`total query {"dateRange":{"date_from":"2026-03-04T00:00:00","date_to":"2026-03-15T23:59:59.999999","explicitDate":true},"interval":"day","kind":"TrendsQuery","series":[{"kind":"EventsNode","event":"signed_up"}],"trendsFilter":{"display":"BoldNumber"}}`,
			},
		},
		{
			"another breakdown is an override in the new form", saved(trends),
			insight.Query{Window: march2026, Grain: day, Breakdowns: []string{"browser"}},
			[]string{`main insight {"date_from":"2026-03-02","date_to":"2026-03-08","breakdown_filter":{"breakdowns":[{"property":"$browser","type":"event"}]}}`},
		},
		{
			"of a funnel in the old one", saved(steps),
			insight.Query{Window: march2026, Breakdowns: []string{"plan"}},
			[]string{`main insight {"date_from":"2026-03-02","date_to":"2026-03-08","breakdown_filter":{"breakdown":"plan","breakdown_type":"person"}}`},
		},
		{
			"no breakdown takes the saved one out", saved(byBrowser),
			insight.Query{Window: march2026, Grain: day},
			[]string{`main query {"dateRange":{"date_from":"2026-03-02","date_to":"2026-03-08"},"interval":"day","kind":"TrendsQuery","series":[{"event":"signed_up"}]}`},
		},
		{
			"of retention too, which knows no other", saved(`{"kind":"RetentionQuery","retentionFilter":{"period":"Day"},"breakdownFilter":{"breakdown":"$os"}}`),
			insight.Query{Window: march2026, Grain: day},
			[]string{`main query {"dateRange":{"date_from":"2026-03-02","date_to":"2026-03-08"},"kind":"RetentionQuery","retentionFilter":{"period":"Day"}}`},
		},
		{
			"filters stand in the query, where PostHog cannot drop them", saved(trends),
			insight.Query{Window: march2026, Grain: day, Filters: []insight.Filter{
				{Field: "browser", Op: insight.OpIs, Values: []string{"Chrome", "Firefox"}}, {Field: "plan", Op: insight.OpIsNot, Values: []string{"pro"}},
			}},
			[]string{`main query {"dateRange":{"date_from":"2026-03-02","date_to":"2026-03-08"},"interval":"day","kind":"TrendsQuery","properties":[{"key":"$browser","type":"event","operator":"exact","value":["Chrome","Firefox"]},{"key":"plan","type":"person","operator":"is_not","value":["pro"]}],"series":[{"kind":"EventsNode","event":"signed_up"}]}`},
		},
		{
			"no value is one that is not set", saved(steps),
			insight.Query{Window: march2026, Filters: []insight.Filter{{Field: "browser", Op: insight.OpIs, Values: []string{""}}}},
			[]string{`main query {"dateRange":{"date_from":"2026-03-02","date_to":"2026-03-08"},"kind":"FunnelsQuery","properties":[{"key":"$browser","type":"event","operator":"is_not_set"}],"series":[{"event":"a"},{"event":"b"}]}`},
		},
		{
			"retention ends where the window does", saved(retention),
			insight.Query{Window: window("2026-01-05", "2026-03-02"), Grain: week},
			[]string{`main insight {"date_from":"2026-01-05","date_to":"2026-03-01"}`},
		},
		{
			"an old insight runs by overrides alone", old(`{"insight":"TRENDS","events": [{"id":"a"}], "interval":"week"}`),
			insight.Query{Window: march2026, Grain: week, Filters: []insight.Filter{{Field: "browser", Op: insight.OpIs, Values: []string{"Chrome"}}}},
			[]string{`main insight {"date_from":"2026-03-02","date_to":"2026-03-08","properties":[{"key":"$browser","type":"event","operator":"exact","value":["Chrome"]}]}`},
		},
		{"SQL without {filters} takes nothing", saved(plainSQL), insight.Query{}, []string{`main insight`}},
		{
			"SQL takes exact dates and its variables", saved(openSQL),
			insight.Query{Window: march2026, Filters: []insight.Filter{{Field: "plan", Op: insight.OpIs, Values: []string{"pro"}}}},
			[]string{`main insight {"date_from":"2026-03-02T00:00:00","date_to":"2026-03-08T23:59:59.999999","explicitDate":true} {"0190":{"code_name":"plan","variableId":"0190","value":"pro"}}`},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			plan, err := c.saved.Plan(project(), c.q)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, calls(plan)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSaved_PlanRefusesWhatPostHogIgnores(t *testing.T) {
	day := insight.GrainDay
	is := func(field string, values ...string) []insight.Filter {
		return []insight.Filter{{Field: field, Op: insight.OpIs, Values: values}}
	}
	cases := []struct {
		name  string
		saved shape.Saved
		q     insight.Query
	}{
		{"a breakdown of paths", saved(`{"kind":"PathsQuery"}`), insight.Query{Window: march2026, Breakdowns: []string{"browser"}}},
		{"a breakdown of stickiness", saved(`{"kind":"StickinessQuery","series": [{"event":"a"}]}`), insight.Query{Window: march2026, Breakdowns: []string{"browser"}}},
		{"a breakdown of a lifecycle", saved(`{"kind":"LifecycleQuery","series": [{"event":"a"}]}`), insight.Query{Window: march2026, Grain: day, Breakdowns: []string{"browser"}}},
		{"a breakdown of retention", saved(retention), insight.Query{Window: march2026, Grain: insight.GrainWeek, Breakdowns: []string{"browser"}}},
		{"a breakdown of SQL", saved(openSQL), insight.Query{Window: march2026, Breakdowns: []string{"plan"}}},
		{"a breakdown of time to convert", saved(`{"kind":"FunnelsQuery","funnelsFilter": {"funnelVizType":"time_to_convert"}}`), insight.Query{Window: march2026, Breakdowns: []string{"browser"}}},
		{"dates of SQL without {filters}", saved(plainSQL), insight.Query{Window: march2026}},
		{"no dates for SQL with {filters}", saved(openSQL), insight.Query{}},
		{"a filter of SQL without variables", saved(plainSQL), insight.Query{Filters: is("plan", "pro")}},
		{"two values of a variable", saved(openSQL), insight.Query{Window: march2026, Filters: is("plan", "pro", "free")}},
		{"comparing retention", saved(retention), insight.Query{Window: march2026, Grain: insight.GrainWeek, Compare: insight.ComparePrevious, Previous: before}},
		{"comparing paths", saved(`{"kind":"PathsQuery"}`), insight.Query{Window: march2026, Compare: insight.ComparePrevious, Previous: before}},
		{"another grain of retention", saved(retention), insight.Query{Window: march2026, Grain: day}},
		{"another grain of an old insight", old(`{"insight":"TRENDS","events": [{"id":"a"}], "interval":"week"}`), insight.Query{Window: march2026, Grain: day}},
		{"an old insight without its breakdown", old(`{"insight":"TRENDS","events": [{"id":"a"}], "breakdown":"$os"}`), insight.Query{Window: march2026, Grain: day}},
		{"quarters", saved(trends), insight.Query{Window: march2026, Grain: insight.GrainQuarter}},
		{"a property that nobody knows", saved(trends), insight.Query{Window: march2026, Grain: day, Breakdowns: []string{"colour"}}},
		{"a property that tells who somebody is", saved(trends), insight.Query{Window: march2026, Grain: day, Breakdowns: []string{"email"}}},
		{"a masked dimension", saved(trends), insight.Query{Window: march2026, Grain: day, Breakdowns: []string{"browser"}, Masks: []string{"$Browser"}}},
		{"a filter on a masked dimension", saved(trends), insight.Query{Window: march2026, Grain: day, Filters: is("plan", "pro"), Masks: []string{"PLAN"}}},
		{"no value together with others", saved(trends), insight.Query{Window: march2026, Grain: day, Filters: is("browser", "", "Chrome")}},
		{"a filter without values", saved(trends), insight.Query{Window: march2026, Grain: day, Filters: is("browser")}},
		{"three breakdowns", saved(trends), insight.Query{Window: march2026, Grain: day, Breakdowns: []string{"browser", "plan", "browser"}}},
		{"the same breakdown twice", saved(trends), insight.Query{Window: march2026, Grain: day, Breakdowns: []string{"browser", "browser"}}},
		{"no window", saved(trends), insight.Query{Grain: day}},
		{"a comparison without its window", saved(trends), insight.Query{Window: march2026, Grain: day, Compare: insight.CompareYear}},
		{"people", saved(`{"kind":"DataTableNode","source": {"kind":"ActorsQuery"}}`), insight.Query{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			plan, err := c.saved.Plan(project(), c.q)
			if !errors.Is(err, insight.ErrUnsupported) {
				t.Errorf("err = %v, calls %v", err, calls(plan))
			}
		})
	}
}

func TestSaved_PlanTakesWhatTheInsightAccepts(t *testing.T) {
	// Whatever an insight says it accepts, one by one, can be planned.
	for _, s := range []shape.Saved{
		saved(trends), saved(uniques), saved(byBrowser), saved(steps), saved(retention), saved(plainSQL), saved(openSQL),
		saved(`{"kind":"TrendsQuery","series": [{"event":"a"}], "trendsFilter": {"display":"BoxPlot"}}`),
		saved(`{"kind":"TrendsQuery","series": [{"event":"a"}], "trendsFilter": {"display":"CalendarHeatmap"}}`),
		saved(`{"kind":"TrendsQuery","interval":"minute","series": [{"event":"a"}]}`),
		saved(`{"kind":"FunnelsQuery","funnelsFilter": {"funnelVizType":"trends"}}`), saved(`{"kind":"StickinessQuery"}`), saved(`{"kind":"LifecycleQuery"}`),
		old(`{"insight":"TRENDS","events": [{"id":"a","math":"dau"}], "breakdown":"$os"}`), old(`{"insight":"FUNNELS","events": [{"id":"a"}]}`),
	} {
		in, ok, why := s.Insight(project(), "")
		if !ok {
			t.Fatal(why)
		}
		base := insight.Query{Grain: in.Default.Grain, Breakdowns: in.Default.Breakdowns}
		if in.Accepts.Windows {
			base.Window = march2026
		}
		try := func(what string, change func(*insight.Query)) {
			q := base
			change(&q)
			if _, err := s.Plan(project(), q); err != nil {
				t.Errorf("%s: %s: %v", s.Kind, what, err)
			}
		}
		try("the default", func(*insight.Query) {})
		for _, g := range in.Accepts.Grains {
			try(string(g), func(q *insight.Query) { q.Grain = g })
		}
		for _, c := range in.Accepts.Compare {
			try(string(c), func(q *insight.Query) { q.Compare, q.Previous = c, before })
		}
		for _, d := range in.Accepts.Dimensions {
			if d.Breakdown {
				try("by "+d.Name, func(q *insight.Query) { q.Breakdowns = []string{d.Name} })
			}
			if d.Filter {
				try("only "+d.Name, func(q *insight.Query) {
					q.Filters = []insight.Filter{{Field: d.Name, Op: insight.OpIs, Values: []string{d.Values[0].Key}}}
				})
			}
		}
	}
}

func TestSaved_PlanAddsToFiltersOfEveryForm(t *testing.T) {
	q := insight.Query{Window: march2026, Grain: insight.GrainDay, Filters: []insight.Filter{{Field: "browser", Op: insight.OpIs, Values: []string{"Chrome"}}}}
	const fresh = `{"key":"$browser","type":"event","operator":"exact","value":["Chrome"]}`
	for properties, want := range map[string]string{
		`[]`:                                `[` + fresh + `]`,
		`[{"key":"a"}]`:                     `[{"key":"a"},` + fresh + `]`,
		`{"type":"AND","values":[{"x":1}]}`: `{"type":"AND","values":[{"x":1},{"type":"AND","values":[` + fresh + `]}]}`,
		`{"type":"OR","values":[{"x":1}]}`:  `{"type":"AND","values":[{"type":"OR","values":[{"x":1}]},{"type":"AND","values":[` + fresh + `]}]}`,
	} {
		plan, err := saved(`{"kind":"TrendsQuery","series": [{"event":"a"}], "properties": `+properties+`}`).Plan(project(), q)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(plan.Calls[0].Query); !strings.Contains(got, `"properties":`+want) {
			t.Errorf("%s became %s", properties, got)
		}
	}
}
