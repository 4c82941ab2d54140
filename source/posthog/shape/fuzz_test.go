package shape_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"insightbot/envtest"
	"insightbot/insight"
	"insightbot/source/posthog/shape"
)

// kindsToFuzz are one insight of each kind, with the question asked of it.
func kindsToFuzz() []struct {
	saved shape.Saved
	q     insight.Query
} {
	now := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	all := []struct {
		saved shape.Saved
		q     insight.Query
	}{
		{saved(trends), insight.Query{Window: march2026, Grain: insight.GrainDay, Now: now}},
		{saved(byBrowser), insight.Query{Window: march2026, Grain: insight.GrainDay, Breakdowns: []string{"browser"}, Now: now}},
		{saved(trends), insight.Query{Window: march2026}},
		{saved(steps), insight.Query{Window: march2026, Now: now}},
		{saved(retention), insight.Query{Window: march2026, Grain: insight.GrainWeek, Now: now}},
		{saved(`{"kind": "PathsQuery"}`), insight.Query{Window: march2026}},
		{saved(`{"kind": "StickinessQuery"}`), insight.Query{Window: march2026}},
		{saved(`{"kind": "LifecycleQuery"}`), insight.Query{Window: march2026, Grain: insight.GrainDay}},
		{saved(`{"kind": "TrendsQuery", "trendsFilter": {"display": "BoxPlot"}}`), insight.Query{Window: march2026, Grain: insight.GrainDay}},
		{saved(plainSQL), insight.Query{}},
		{saved(`{"kind": "DataVisualizationNode", "display": "ActionsLineGraph", "source": {"kind": "HogQLQuery", "query": "SELECT 1"}, "chartSettings": {"xAxis": {"column": "a"}, "yAxis": [{"column": "b"}]}}`), insight.Query{}},
	}
	return all
}

// FuzzResult gives any JSON as the answer to every kind of question. Nothing may
// panic, no number may be there that was not in the answer, and no address of a
// person.
func FuzzResult(f *testing.F) {
	f.Add(weekOfData)
	f.Add(`{"result": [{"order": 0, "name": "a", "count": 3}, {"order": 1, "name": "b", "count": 2, "average_conversion_time": 1e300}]}`)
	f.Add(`{"result": {"bins": [[0, 1], [60, 2]], "average_conversion_time": null}}`)
	f.Add(`{"result": [{"date": "2026-03-02", "values": [{"count": 1}, 2, null]}], "columns": ["a", "b"], "boxplot_data": [{"day": "2026-03-02", "min": 1}]}`)
	f.Add(`{"results": [["2026-03-02", 4], ["2026-03-03", null]], "columns": ["a", "b"], "types": [["a", "Date"], 5]}`)
	f.Add(`{"result": [{"source": "1_a?b", "target": "2_x@y.org", "value": 1}]}`)
	f.Add(`{"result": [{"data": null, "aggregated_value": 7, "breakdown_value": [1, true, null]}, {"data": [1e400, "3"], "days": [1, "2026-03-02 07:00:00"]}]}`)
	if root := os.Getenv(envtest.SharedVar); root != "" {
		files, err := filepath.Glob(filepath.Join(root, "data", "posthog", "derived", "*.json"))
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(raw))
		}
	}
	f.Fuzz(func(t *testing.T, body string) {
		a, err := shape.Read([]byte(body))
		if err != nil || a.State != shape.StateAnswer && a.State != shape.StateStale {
			return
		}
		plan := shape.Plan{Calls: []shape.Call{{Part: shape.PartMain}}}
		for _, k := range kindsToFuzz() {
			r, err := k.saved.Result(project(), k.q, plan, []shape.Answer{a})
			if err != nil {
				continue
			}
			for _, n := range given(r) {
				if !math.IsNaN(n) && !isIn(body, n) {
					t.Errorf("%s: the number %v was made up of %s", k.saved.Kind, n, body)
				}
			}
		}
	})
}

// given are the numbers of a result that must stand in the answer as they are;
// totals may be sums.
func given(r insight.Result) []float64 {
	var all []float64
	for _, s := range r.Series {
		for _, p := range s.Points {
			all = append(all, p.Value)
		}
	}
	for _, f := range r.Funnels {
		for _, s := range f.Steps {
			all = append(all, s.Count)
		}
	}
	for _, c := range r.Cohorts {
		for _, row := range c.Rows {
			all = append(all, row.Counts...)
		}
	}
	for _, h := range r.Bins {
		for _, b := range h.Bins {
			all = append(all, b.Count)
		}
	}
	for _, row := range r.Table.Rows {
		for _, c := range row {
			if c.IsNumber {
				all = append(all, c.Number)
			}
		}
	}
	return all
}

// isIn reports whether a number stands in JSON.
func isIn(body string, n float64) bool {
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	for {
		token, err := d.Token()
		if err != nil {
			return false
		}
		if number, ok := token.(json.Number); ok {
			if f, err := strconv.ParseFloat(number.String(), 64); err == nil && f == n {
				return true
			}
		}
	}
}

// FuzzParse reads any JSON as a saved insight.
func FuzzParse(f *testing.F) {
	for _, q := range []string{trends, byBrowser, steps, retention, openSQL} {
		f.Add(`{"id": 1, "saved": true, "query": ` + q + `}`)
	}
	f.Add(`{"id": 1, "saved": true, "filters": {"insight": "TRENDS", "events": "[{\"id\": null}]", "breakdown": ["a", 5], "properties": {"values": [[{"key": "a", "value": ["b"]}]]}}}`)
	f.Fuzz(func(t *testing.T, raw string) {
		s, err := shape.Parse(json.RawMessage(raw))
		if err != nil {
			return
		}
		in, ok, why := s.Insight(project(), "")
		if !ok {
			if why == "" {
				t.Error("not offered, and nobody knows why")
			}
			return
		}
		var names []string
		for _, d := range in.Accepts.Dimensions {
			if d.Name == "" || slices.Contains(names, d.Name) {
				t.Errorf("dimension %q", d.Name)
			}
			names = append(names, d.Name)
		}
		q := insight.Query{Grain: in.Default.Grain, Breakdowns: in.Default.Breakdowns}
		if in.Accepts.Windows {
			q.Window = march2026
		}
		plan, err := s.Plan(project(), q)
		if err != nil {
			t.Fatalf("the default of %s: %v", raw, err)
		}
		for _, c := range plan.Calls {
			if c.Query != nil && !json.Valid(c.Query) || c.FiltersOverride != nil && !json.Valid(c.FiltersOverride) {
				t.Errorf("call %+v", c)
			}
		}
	})
}
