package shape_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
	"insightbot/match"
	"insightbot/source/posthog/shape"
)

func TestSaved_InsightSaysWhatItIs(t *testing.T) {
	s := must(shape.Parse(json.RawMessage(`{
		"id": 42, "short_id": "Ab12Cd34", "name": " Weekly sign-ups ", "derived_name": "signed_up unique users by week", "description": "Ask mia@example.com",
		"tags": ["growth"], "saved": true, "created_by": {"first_name": "Mia", "last_name": "Chen", "email": "mia@example.com"},
		"dashboards": [3], "dashboard_tiles": [{"id": 1, "dashboard_id": 3}, {"id": 2, "dashboard_id": 4, "deleted": true}, {"id": 3, "dashboard_id": 5}],
		"last_modified_at": "2026-03-01T10:00:00Z", "filters": {}, "query": {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "interval": "week",
			"dateRange": {"date_from": "-8w"}, "series": [{"kind": "EventsNode", "event": "signed_up", "custom_name": "Sign-ups", "math": "dau"}],
			"breakdownFilter": {"breakdowns": [{"property": "$geoip_country_code", "type": "event"}]}}}}`)))
	in, ok, why := s.Insight(project(), "https://eu.posthog.com/project/1/insights/Ab12Cd34")
	if !ok {
		t.Fatal(why)
	}
	if in.Version == "" {
		t.Error("no version")
	}
	in.Version = ""
	want := insight.Insight{
		ID: "ph/42", Source: "ph", Title: "Weekly sign-ups", Description: "Ask •••", Tags: []string{"growth"}, Events: []string{"Sign-ups", "signed_up"},
		Owner: insight.Owner{Name: "Mia Chen"}, Chart: insight.ChartLine, Format: insight.Format{Kind: insight.FormatNumber, Unit: "people", Decimals: -1},
		Total: insight.TotalRerun, People: insight.PeopleCounted, FromZero: true, Zone: time.UTC, WeekStart: time.Monday,
		Accepts: insight.Accepts{
			Windows: true, Grains: []insight.Grain{insight.GrainHour, insight.GrainDay, insight.GrainWeek, insight.GrainMonth},
			Compare: []insight.Compare{insight.ComparePrevious, insight.CompareYear},
			Dimensions: []insight.Dimension{
				{Name: "geoip_country_code", Label: "Country code", Words: []string{"country"}, Breakdown: true},
				{Name: "browser", Label: "Browser", Breakdown: true, Filter: true, Values: []insight.Value{{Key: "Chrome"}, {Key: "Firefox"}, {Key: ""}}},
				{Name: "plan", Label: "Plan", Breakdown: true, Filter: true, Values: []insight.Value{{Key: "pro", Label: "Pro"}}},
			},
			MaxBreakdowns: 2,
		},
		Default: insight.Defaults{Period: "last 8 weeks", Grain: insight.GrainWeek, Breakdowns: []string{"geoip_country_code"}},
		Link:    "https://eu.posthog.com/project/1/insights/Ab12Cd34", UpdatedAt: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, in, cmp.Comparer(func(a, b *time.Location) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int64{3, 5}, s.Dashboards); diff != "" {
		t.Errorf("dashboards: %s", diff)
	}
}

func TestSaved_InsightIsNotOfferedAndSaysWhy(t *testing.T) {
	for raw, want := range map[string]string{
		`{"id": 1, "short_id": "x", "user_access_level": "none"}`:                                                                                    "may not see it",
		`{"id": 1, "saved": true, "deleted": true, "query": ` + trends + `}`:                                                                         "deleted",
		`{"id": 1, "saved": false, "query": ` + trends + `}`:                                                                                         "nobody saved it",
		`{"id": 1, "saved": true, "query": null, "filters": {}}`:                                                                                     "no query",
		`{"id": 1, "saved": true, "query": {"kind": "DataTableNode", "source": {"kind": "EventsQuery"}}}`:                                            "lists people",
		`{"id": 1, "saved": true, "query": {"kind": "DataTableNode", "source": {"kind": "ActorsQuery"}}}`:                                            "lists people",
		`{"id": 1, "saved": true, "query": {"kind": "WebOverviewQuery"}}`:                                                                            "WebOverviewQuery",
		`{"id": 1, "saved": true, "filters": {"insight": "SESSIONS"}}`:                                                                               "old kind SESSIONS",
		`{"id": 1, "saved": true, "query": {"kind": "TrendsQuery", "breakdownFilter": {"breakdown": "email", "breakdown_type": "person"}}}`:          "who somebody is",
		`{"id": 1, "saved": true, "filters": {"insight": "TRENDS", "events": [{"id": "a"}], "breakdown": "$user_id"}}`:                               "who somebody is",
		`{"id": 1, "saved": true, "filters": {"insight": "TRENDS", "events": "[{\"id\": \"a\"}]", "display": "CalendarHeatmap", "interval": "day"}}`: "heat map",
	} {
		_, ok, why := must(shape.Parse(json.RawMessage(raw))).Insight(project(), "")
		if ok || !strings.Contains(why, want) {
			t.Errorf("%s: %v %q", raw, ok, why)
		}
	}
	lying := must(shape.Parse(json.RawMessage(`{"id": 1, "saved": false, "dashboards": [4], "query": ` + trends + `}`)))
	if _, ok, why := lying.Insight(project(), ""); !ok {
		t.Errorf("on a dashboard: %s", why)
	}
	for _, raw := range []string{``, `null`, `[]`, `{}`, `"x"`, `{"id": "x"}`, `{"id": -1}`} {
		if _, err := shape.Parse(json.RawMessage(raw)); err == nil {
			t.Errorf("%q is an insight", raw)
		}
	}
}

func TestSaved_InsightVersionIsOfTheDefinitionAlone(t *testing.T) {
	version := func(raw string) string {
		in, ok, why := must(shape.Parse(json.RawMessage(raw))).Insight(project(), "")
		if !ok {
			t.Fatal(why)
		}
		return in.Version
	}
	base := version(`{"id": 1, "saved": true, "name": "A", "query": {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": [{"event": "a"}], "interval": "day"}}}`)
	for _, same := range []string{
		`{"id": 1, "saved": true, "name": "B", "description": "other", "tags": ["x"], "favorited": true, "last_viewed_at": "2026-01-01T00:00:00Z", "query": {"kind": "InsightVizNode", "source": {"kind": "TrendsQuery", "series": [{"event": "a"}], "interval": "day"}}}`,
		`{"id": 1, "saved": true, "query": {"full": true, "kind": "InsightVizNode", "source": {"interval":"day","kind":"TrendsQuery","version":2,"series":[{"event":"a","properties":[],"custom_name":null}],"trendsFilter":{"showLegend":true},"filterTestAccounts":false,"breakdownFilter":{}}}}`,
	} {
		if got := version(same); got != base {
			t.Errorf("%s has another version", same)
		}
	}
	for _, other := range []string{
		`{"id": 1, "saved": true, "query": {"kind": "TrendsQuery", "series": [{"event": "b"}], "interval": "day"}}`,
		`{"id": 1, "saved": true, "query": {"kind": "TrendsQuery", "series": [{"event": "a"}], "interval": "week"}}`,
		`{"id": 1, "saved": true, "query": {"kind": "TrendsQuery", "series": [{"event": "a"}], "interval": "day", "filterTestAccounts": true}}`,
		`{"id": 1, "saved": true, "query": {"kind": "TrendsQuery", "series": [{"event": "a"}], "interval": "day", "trendsFilter": {"display": "BoldNumber"}}}`,
	} {
		if got := version(other); got == base {
			t.Errorf("%s has the same version", other)
		}
	}
}

func TestSaved_InsightTotalAndPeople(t *testing.T) {
	with := func(math, filter string) string {
		return `{"kind": "TrendsQuery", "series": [{"event": "a", "math": "` + math + `"}], "trendsFilter": ` + filter + `}`
	}
	for _, c := range []struct {
		query  string
		total  insight.Total
		people insight.People
		chart  insight.Chart
		format insight.FormatKind
	}{
		{with("total", `{}`), insight.TotalSum, "", insight.ChartLine, insight.FormatNumber},
		{with("dau", `{}`), insight.TotalRerun, insight.PeopleCounted, insight.ChartLine, insight.FormatNumber},
		{with("weekly_active", `{}`), insight.TotalLast, insight.PeopleCounted, insight.ChartLine, insight.FormatNumber},
		{with("avg", `{"aggregationAxisFormat": "duration_ms"}`), insight.TotalRerun, "", insight.ChartLine, insight.FormatDuration},
		{with("sum", `{"aggregationAxisPrefix": "$"}`), insight.TotalSum, "", insight.ChartLine, insight.FormatCurrency},
		{with("dau", `{"formula": "A/2"}`), insight.TotalRerun, "", insight.ChartLine, insight.FormatNumber},
		{with("dau", `{"formulaNodes": [{"formula": "A"}], "aggregationAxisFormat": "percentage"}`), insight.TotalRerun, "", insight.ChartLine, insight.FormatPercent},
		{with("total", `{"display": "ActionsLineGraphCumulative"}`), insight.TotalLast, "", insight.ChartLine, insight.FormatNumber},
		{with("total", `{"display": "BoldNumber"}`), insight.TotalSum, "", insight.ChartNumber, insight.FormatNumber},
		{with("dau", `{"display": "ActionsPie"}`), insight.TotalRerun, insight.PeopleCounted, insight.ChartPie, insight.FormatNumber},
		{with("total", `{"display": "SlopeGraph"}`), insight.TotalSum, "", insight.ChartLine, insight.FormatNumber},
		{with("total", `{"display": "ActionsStackedBar"}`), insight.TotalSum, "", insight.ChartBar, insight.FormatNumber},
		{with("total", `{"smoothingIntervals": 7}`), insight.TotalRerun, "", insight.ChartLine, insight.FormatNumber},
		{`{"kind": "TrendsQuery", "samplingFactor": 0.1, "series": [{"event": "a", "math": "dau"}]}`, insight.TotalRerun, "", insight.ChartLine, insight.FormatNumber},
		{`{"kind": "RetentionQuery", "retentionFilter": {"aggregationType": "sum"}}`, insight.TotalRerun, "", insight.ChartRetention, insight.FormatNumber},
		{retention, insight.TotalRerun, insight.PeopleCounted, insight.ChartRetention, insight.FormatNumber},
		{steps, insight.TotalRerun, insight.PeopleCounted, insight.ChartFunnel, insight.FormatNumber},
		{`{"kind": "PathsQuery"}`, insight.TotalRerun, "", insight.ChartPaths, insight.FormatNumber},
		{plainSQL, "", "", insight.ChartTable, insight.FormatNumber},
	} {
		in, ok, why := saved(c.query).Insight(project(), "")
		if !ok {
			t.Fatal(why)
		}
		if in.Total != c.total || in.People != c.people || in.Chart != c.chart || in.Format.Kind != c.format {
			t.Errorf("%s: total %q, people %q, chart %q, format %v", c.query, in.Total, in.People, in.Chart, in.Format)
		}
	}
	// An old insight cannot be run without its buckets.
	in, _, _ := old(`{"insight": "TRENDS", "events": [{"id": "a", "math": "dau"}]}`).Insight(project(), "")
	if in.Total != insight.TotalAverage {
		t.Errorf("total of an old insight = %q", in.Total)
	}
}

func TestSaved_InsightDefaultPeriodIsUnderstood(t *testing.T) {
	clock := match.Clock{Now: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC), Zone: time.UTC, WeekStart: time.Monday}
	for dates, want := range map[string]string{
		`{}`: "last 7 days", `{"date_from": "-7d"}`: "last 7 days", `{"date_from": "-24h"}`: "last 24 hours", `{"date_from": "-1h"}`: "last 60 minutes",
		`{"date_from": "-1d"}`: "last 24 hours", `{"date_from": "-1w"}`: "last 7 days", `{"date_from": "-1m"}`: "last 30 days", `{"date_from": "-12m"}`: "last 12 months",
		`{"date_from": "-1y"}`: "last 12 months", `{"date_from": "-1q"}`: "last 3 months", `{"date_from": "-3y", "date_to": "dEnd"}`: "last 3 years",
		`{"date_from": "mStart"}`: "this month", `{"date_from": "yStart"}`: "this year", `{"date_from": "dStart"}`: "today", `{"date_from": "all"}`: "all time",
		`{"date_from": "-1mStart", "date_to": "-1mEnd"}`: "last month", `{"date_from": "-1dStart", "date_to": "-1dEnd"}`: "yesterday", `{"date_from": "-30d", "date_to": "-1d"}`: "last 7 days",
		`{"date_from": "2026-03-02", "date_to": "2026-03-08"}`: "from 2026-03-02 to 2026-03-08", `{"date_from": "2026-03-02T00:00:00Z", "date_to": null}`: "since 2026-03-02",
		`{"date_from": "nonsense"}`: "last 7 days", `{"date_from": "-7dStart"}`: "last 7 days",
	} {
		in, ok, why := saved(`{"kind": "TrendsQuery", "series": [{"event": "a"}], "dateRange": `+dates+`}`).Insight(project(), "")
		if !ok {
			t.Fatal(why)
		}
		if in.Default.Period != want {
			t.Errorf("%s is %q, want %q", dates, in.Default.Period, want)
		}
		if _, ok := match.ReadPeriod(in.Default.Period, clock); !ok {
			t.Errorf("%q is not understood", in.Default.Period)
		}
	}
}

func TestSaved_CompactReadsTheSame(t *testing.T) {
	for _, s := range []shape.Saved{
		saved(trends), saved(byBrowser), saved(openSQL), old(`{"insight": "FUNNELS", "events": [{"id": "a"}]}`),
		must(shape.Parse(json.RawMessage(`{"id": 1, "short_id": "x"}`))), must(shape.Parse(json.RawMessage(`{"id": 1, "filters": {}}`))),
	} {
		raw, err := s.Compact()
		if err != nil {
			t.Fatal(err)
		}
		again := must(shape.Parse(raw))
		a, okA, whyA := s.Insight(project(), "")
		b, okB, whyB := again.Insight(project(), "")
		if okA != okB || whyA != whyB || !cmp.Equal(a, b, cmp.Comparer(func(a, b *time.Location) bool { return a == b })) {
			t.Errorf("%s: %v %q, %v %q\n%s", raw, okA, whyA, okB, whyB, cmp.Diff(a, b, cmp.Comparer(func(a, b *time.Location) bool { return a == b })))
		}
	}
}

func TestParse_RecordedLists(t *testing.T) {
	offered := 0
	for _, file := range []string{
		"insight-lists/insights.json", "derived/insightListPage1.json", "derived/insightListPage2.json", "derived/insightListPage3.json", "derived/insightListPage4.json",
	} {
		var page struct {
			Results []json.RawMessage `json:"results"`
		}
		if err := json.Unmarshal(recorded(t, file), &page); err != nil {
			t.Fatal(err)
		}
		for _, raw := range page.Results {
			s, err := shape.Parse(raw)
			if err != nil {
				t.Fatal(err)
			}
			in, ok, why := s.Insight(project(), "")
			if !ok {
				if why == "" {
					t.Errorf("%d is not offered and nobody knows why", s.ID)
				}
				continue
			}
			offered++
			if in.Title == "" || strings.Contains(in.Title+in.Owner.Name, "@") || in.Default.Period == "" && in.Accepts.Windows {
				t.Errorf("%d: %+v", s.ID, in)
			}
			for _, name := range in.Default.Breakdowns {
				if d, ok := in.Accepts.Dimension(name); !ok || !d.Breakdown {
					t.Errorf("%d: default breakdown %q", s.ID, name)
				}
			}
			if g := in.Default.Grain; g != "" && !slices.Contains(in.Accepts.Grains, g) {
				t.Errorf("%d: default grain %q", s.ID, g)
			}
		}
	}
	if offered < 37 {
		t.Errorf("only %d insights are offered", offered)
	}
}

func TestParse_DemoProjectOfOldInsights(t *testing.T) {
	var objects []struct {
		Model   string          `json:"model"`
		Name    string          `json:"name"`
		Filters json.RawMessage `json:"filters"`
	}
	if err := json.Unmarshal(recorded(t, "demo-project/hedgebox_saved_objects.json"), &objects); err != nil {
		t.Fatal(err)
	}
	plain := strings.NewReplacer("<TRENDS_LINEAR>", "ActionsLineGraph", "<INSIGHT_TRENDS>", "TRENDS", "<INSIGHT_FUNNELS>", "FUNNELS", "<INSIGHT_RETENTION>", "RETENTION",
		"<INSIGHT_LIFECYCLE>", "LIFECYCLE", "<INSIGHT_PATHS>", "PATHS", "<INSIGHT_STICKINESS>", "STICKINESS")
	for i, o := range objects {
		if o.Model != "Insight" {
			continue
		}
		raw := must(json.Marshal(map[string]any{"id": i + 1, "name": o.Name, "saved": true, "filters": json.RawMessage(plain.Replace(string(o.Filters)))}))
		in, ok, why := must(shape.Parse(raw)).Insight(project(), "")
		if !ok || in.Title != o.Name {
			t.Errorf("%s: %s", o.Name, why)
		}
	}
}
