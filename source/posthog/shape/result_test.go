package shape_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
	"insightbot/source/posthog/shape"
)

// answers reads bodies as the answers to a plan, in its order.
func answers(t *testing.T, bodies ...string) []shape.Answer {
	t.Helper()
	var all []shape.Answer
	for _, b := range bodies {
		a, err := shape.Read([]byte(b))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

// ask plans and reads.
func ask(t *testing.T, s shape.Saved, p shape.Project, q insight.Query, bodies ...string) (insight.Result, error) {
	t.Helper()
	plan, err := s.Plan(p, q)
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Calls) != len(bodies) {
		t.Fatalf("%d calls for %d answers: %v", len(plan.Calls), len(bodies), calls(plan))
	}
	return s.Result(p, q, plan, answers(t, bodies...))
}

const weekOfData = `{"results": [{"label": "signed_up", "data": [1, 2, 3, 4, 5, 6, 7], "count": 28, "days": ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06", "2026-03-07", "2026-03-08"]}],
	"is_cached": true, "last_refresh": "2026-03-20T11:46:00Z", "resolved_date_range": {"date_from": "2026-03-02T00:00:00Z", "date_to": "2026-03-08T23:59:59.999999Z"}}`

func TestRead_EveryStateOfAnAnswer(t *testing.T) {
	for _, c := range []struct {
		body string
		want shape.State
	}{
		{`{"id": 1, "result": null, "last_refresh": null}`, shape.StateMissing},
		{`{"id": 1, "result": null, "query_status": null}`, shape.StateMissing},
		{`{"result": [], "query_status": null}`, shape.StateAnswer},
		{`{"results": []}`, shape.StateAnswer},
		{`{"results": null, "error": "Syntax error"}`, shape.StateFailed},
		{`{"id": 1, "result": null, "query_status": {"id": "q", "complete": true, "error": true, "error_message": "boom"}}`, shape.StateFailed},
		{`{"id": 1, "result": null, "query_status": {"id": "q", "complete": false}}`, shape.StateRunning},
		{`{"id": 1, "result": [], "query_status": {"id": "q", "complete": false, "error": false}}`, shape.StateStale},
		{`{"query_status": {"id": "q", "complete": false, "error": false}}`, shape.StateRunning},
		{`{"query_status": {"id": "q", "complete": true, "error": true, "error_message": "x"}}`, shape.StateFailed},
		{`{"query_status": {"id": "q", "complete": true, "results": {"results": []}}}`, shape.StateAnswer},
		{`{"query_status": {"id": "q", "complete": true, "results": null}}`, shape.StateMissing},
		{`{"id": "q", "complete": true, "error": false, "results": {"results": [], "columns": ["a"]}}`, shape.StateAnswer},
		{`{"columns": ["a"], "types": []}`, shape.StateMissing},
		{`{"result": [], "boxplot_data": [{}]}`, shape.StateAnswer},
	} {
		a, err := shape.Read([]byte(c.body))
		if err != nil || a.State != c.want {
			t.Errorf("%s is %q (%v), want %q", c.body, a.State, err, c.want)
		}
		if strings.Contains(c.body, `"q"`) && a.QueryID != "q" {
			t.Errorf("%s: query id %q", c.body, a.QueryID)
		}
	}
	for _, body := range []string{``, `{`, `<html>502 Bad Gateway</html>`, `null`, `[]`, `{}`, `{"detail": "x"}`, `{"result": [1, 2`} {
		if _, err := shape.Read([]byte(body)); !errors.Is(err, insight.ErrBroken) {
			t.Errorf("%q: %v", body, err)
		}
	}
	busy, err := shape.Read([]byte(`{"result": null, "query_status": {"complete": true, "error": true, "error_message": "concurrency_limit_exceeded"}}`))
	if err != nil || !busy.Busy {
		t.Errorf("concurrency: %+v %v", busy, err)
	}
}

func TestRead_RecordedStates(t *testing.T) {
	for file, want := range map[string]shape.State{
		"insightCacheMiss": shape.StateMissing, "insightCalculationFailed": shape.StateFailed, "insightStaleWhileRunning": shape.StateStale,
		"queryResponseTrends": shape.StateAnswer, "queryStatusComplete": shape.StateAnswer, "queryStatusFailed": shape.StateFailed, "queryStatusRunning": shape.StateRunning,
	} {
		a, err := shape.Read(recorded(t, "derived/"+file+".json"))
		if err != nil || a.State != want {
			t.Errorf("%s is %q (%v), want %q", file, a.State, err, want)
		}
	}
	// What a poll gives is what the call itself would have given.
	q := insight.Query{Window: march2026, Grain: insight.GrainDay}
	plan := must(saved(trends).Plan(project(), q))
	for _, file := range []string{"queryResponseTrends", "queryStatusComplete"} {
		a := must(shape.Read(recorded(t, "derived/"+file+".json")))
		r, err := saved(trends).Result(project(), q, plan, []shape.Answer{a})
		if err != nil || r.Series[0].Total != 2182 {
			t.Errorf("%s: %v %+v", file, err, r.Series)
		}
	}
}

func TestResult_SaysHowOldItIs(t *testing.T) {
	q := insight.Query{Window: march2026, Grain: insight.GrainDay, Now: time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)}
	r, err := ask(t, saved(trends), project(), q, weekOfData)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 20, 11, 46, 0, 0, time.UTC)
	if !r.Cached || !r.At.Equal(at) || !r.AsOf.Equal(at) || !r.Incomplete.IsZero() || len(r.Notes) > 0 {
		t.Errorf("cached %v at %v as of %v incomplete %v notes %q", r.Cached, r.At, r.AsOf, r.Incomplete, r.Notes)
	}
}

func TestResult_DropsWhatLiesAheadAndMarksWhatIsFilling(t *testing.T) {
	q := insight.Query{Window: march2026, Grain: insight.GrainDay, Now: time.Date(2026, 3, 6, 15, 0, 0, 0, time.UTC)}
	r, err := ask(t, saved(trends), project(), q, `{"results": [{"label": "a", "data": [1, 2, 3, 4, 5, 0, 0], "count": 15,
		"days": ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06", "2026-03-07", "2026-03-08"]}], "last_refresh": "2026-03-06T14:00:00Z"}`)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.Series[0].Points); n != 5 || !r.Incomplete.Equal(time.Date(2026, 3, 6, 0, 0, 0, 0, time.UTC)) || r.Series[0].Total != 15 {
		t.Errorf("%d points, incomplete %v, total %v", n, r.Incomplete, r.Series[0].Total)
	}
}

func TestResult_TakesTotalsFromTheirOwnRun(t *testing.T) {
	const total = `{"results": [{"label": "signed_up", "data": [], "days": [], "count": 0, "aggregated_value": %}]}`
	q := insight.Query{Window: march2026, Grain: insight.GrainDay, Compare: insight.ComparePrevious, Previous: before, CompareTotals: true}
	r, err := ask(t, saved(uniques), project(), q, weekOfData, strings.Replace(total, "%", "20", 1), strings.Replace(total, "%", "18", 1))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Series) != 2 || r.Series[0].Total != 20 || len(r.Series[0].Points) != 7 || r.Series[1].Total != 18 || !r.Series[1].Previous || r.Series[1].Points != nil {
		t.Errorf("series %+v", r.Series)
	}
	// A total that is missing is missing, and not the sum of what there is.
	q.Compare, q.Previous = "", insight.Window{}
	r, err = ask(t, saved(uniques), project(), q, weekOfData, strings.Replace(total, "%", "null", 1))
	if err != nil || !math.IsNaN(r.Series[0].Total) {
		t.Errorf("total = %v, %v", r.Series[0].Total, err)
	}
}

func TestResult_ComparesEachSeriesWithItsOwn(t *testing.T) {
	body := func(numbers string) string {
		return `{"results": [` + numbers + `], "resolved_date_range": null}`
	}
	q := insight.Query{Window: march2026, Breakdowns: []string{"browser"}, Compare: insight.ComparePrevious, Previous: before}
	r, err := ask(t, saved(byBrowser), project(), q,
		body(`{"label": "Chrome", "breakdown_value": "Chrome", "aggregated_value": 10}, {"label": "$$_posthog_breakdown_other_$$", "breakdown_value": "$$_posthog_breakdown_other_$$", "aggregated_value": 4},
			{"label": "x", "breakdown_value": null, "aggregated_value": 1}`),
		body(`{"label": "$$_posthog_breakdown_other_$$", "breakdown_value": "$$_posthog_breakdown_other_$$", "aggregated_value": 5}, {"label": "Opera", "breakdown_value": "Opera", "aggregated_value": 3},
			{"label": "Chrome", "breakdown_value": "Chrome", "aggregated_value": 8}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range r.Series {
		got = append(got, s.Label+" "+jsonNumber(s.Total)+map[bool]string{true: " before"}[s.Previous])
	}
	if diff := cmp.Diff([]string{"Chrome 10", "Other 4", "None 1", "Chrome 8 before", "Other 5 before"}, got); diff != "" {
		t.Error(diff)
	}
	if r.Series[1].Key != insight.KeyOther || r.Series[2].Key != "" || r.Series[2].Values[0] != "" {
		t.Errorf("keys %q %q", r.Series[1].Key, r.Series[2].Key)
	}
}

func TestResult_SaysWhenPostHogRanAnotherPeriod(t *testing.T) {
	q := insight.Query{Window: window("2026-03-09", "2026-03-16"), Grain: insight.GrainDay, Compare: insight.ComparePrevious, Previous: march2026, Now: time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)}
	plain := strings.Replace(weekOfData, `"resolved_date_range"`, `"other"`, 1) // it must be seen by its days too
	for _, body := range []string{weekOfData, plain} {
		r, err := ask(t, saved(trends), project(), q, body, body)
		if err != nil {
			t.Fatal(err)
		}
		if r.Window != march2026 || !r.Previous.IsZero() || len(r.Series) != 1 || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "2 March 2026 to 8 March 2026") {
			t.Errorf("window %v, previous %v, %d series, notes %q", r.Window, r.Previous, len(r.Series), r.Notes)
		}
	}
	// The earlier run alone was another one: there is nothing to compare with.
	q.Window, q.Previous = march2026, before
	r, err := ask(t, saved(trends), project(), q, weekOfData, weekOfData)
	if err != nil || len(r.Series) != 1 || !r.Previous.IsZero() || len(r.Notes) != 1 {
		t.Errorf("%v: previous %v, %d series, notes %q", err, r.Previous, len(r.Series), r.Notes)
	}
}

func TestResult_RefusesABreakdownThatWasIgnored(t *testing.T) {
	q := insight.Query{Window: march2026, Grain: insight.GrainDay, Breakdowns: []string{"browser"}}
	if _, err := ask(t, saved(trends), project(), q, weekOfData); !errors.Is(err, insight.ErrUnsupported) {
		t.Errorf("err = %v", err)
	}
	q.Breakdowns = nil
	split := strings.Replace(weekOfData, `"label"`, `"breakdown_value": "Chrome", "label"`, 1)
	if _, err := ask(t, saved(trends), project(), q, split); !errors.Is(err, insight.ErrUnsupported) {
		t.Errorf("err = %v", err)
	}
	funnel := `{"results": [{"order": 0, "name": "a", "count": 1}]}`
	if _, err := ask(t, saved(steps), project(), insight.Query{Window: march2026, Breakdowns: []string{"browser"}}, funnel); !errors.Is(err, insight.ErrUnsupported) {
		t.Errorf("err = %v", err)
	}
}

func TestResult_FormsThatAreNotKnownAreBroken(t *testing.T) {
	day := insight.GrainDay
	for _, c := range []struct {
		saved shape.Saved
		q     insight.Query
		body  string
	}{
		{saved(trends), insight.Query{Window: march2026, Grain: day}, `{"results": {"a": 1}}`},
		{saved(trends), insight.Query{Window: march2026, Grain: day}, `{"results": [1, 2]}`},
		{saved(trends), insight.Query{Window: march2026, Grain: day}, `{"results": [{"label": "a", "count": 5}]}`},
		{saved(trends), insight.Query{Window: march2026, Grain: day}, `{"results": [{"data": ["many"], "days": ["2026-03-02"]}]}`},
		{saved(trends), insight.Query{Window: march2026, Grain: day}, `{"results": [{"data": [1], "days": [1]}]}`},
		{saved(trends), insight.Query{Window: march2026, Grain: day}, `{"results": [{"data": [1, 2], "days": ["2026-03-02"]}]}`},
		{saved(trends), insight.Query{Window: march2026, Grain: day}, `{"results": [{"data": {"a": 1}, "days": ["2026-03-02"]}]}`},
		{saved(trends), insight.Query{Window: march2026}, `{"results": [{"aggregated_value": "much"}]}`},
		{saved(`{"kind": "StickinessQuery"}`), insight.Query{Window: march2026}, `{"results": [{"data": [1], "days": ["2026-03-02"]}]}`},
		{saved(steps), insight.Query{Window: march2026}, `{"results": [{"order": 0, "count": "lots"}]}`},
		{saved(steps), insight.Query{Window: march2026}, `{"results": [{"order": 0, "count": null}]}`},
		{saved(steps), insight.Query{Window: march2026}, `{"results": {"bins": [[0, "x"]]}}`},
		{saved(retention), insight.Query{Window: march2026, Grain: insight.GrainWeek}, `{"results": [{"date": "2026-03-02", "values": [{"count": "x"}]}]}`},
		{saved(steps), insight.Query{Window: march2026}, `{"results": ["a"]}`},
		{saved(steps), insight.Query{Window: march2026}, `{"results": [{"order": 0, "count": 1}, {"order": 0, "count": 2}]}`},
		{saved(steps), insight.Query{Window: march2026}, `{"results": {"average_conversion_time": 1}}`},
		{saved(retention), insight.Query{Window: march2026, Grain: insight.GrainWeek}, `{"results": [{"date": "2026-03-02"}]}`},
		{saved(`{"kind": "PathsQuery"}`), insight.Query{Window: march2026}, `{"results": [{"source": "1_a"}]}`},
		{saved(`{"kind": "LifecycleQuery"}`), insight.Query{Window: march2026, Grain: day}, `{"results": [{"status": "odd", "data": [1], "days": ["2026-03-02"]}]}`},
		{saved(plainSQL), insight.Query{}, `{"results": [{"a": 1}]}`},
	} {
		if r, err := ask(t, c.saved, project(), c.q, c.body); !errors.Is(err, insight.ErrBroken) {
			t.Errorf("%s of %s: %v %+v", c.body, c.saved.Kind, err, r)
		}
	}
	box := saved(`{"kind": "TrendsQuery", "series": [{"event": "a"}], "trendsFilter": {"display": "BoxPlot"}}`)
	if _, err := ask(t, box, project(), insight.Query{Window: march2026, Grain: day}, `{"results": []}`); !errors.Is(err, insight.ErrUnsupported) {
		t.Errorf("a box plot without its data: %v", err)
	}
}

func TestResult_HidesWhoSomebodyIs(t *testing.T) {
	p := project()
	r, err := ask(t, saved(plainSQL), p, insight.Query{Masks: []string{"REVENUE"}}, `{"columns": ["who", "distinct_id", "revenue", "n", "big", "list"], "types": [["who", "String"], ["distinct_id", "String"], ["revenue", "Float64"], ["n", "Nullable(UInt64)"], ["big", "UInt64"], ["list", "Array(String)"]],
		"results": [["Mia <mia@example.com>", "0190-abc", 12.5, null, 18446744073709551615, ["a", null, "b@example.org"]]]}`)
	if err != nil {
		t.Fatal(err)
	}
	want := insight.Table{
		Columns: []insight.Column{{Name: "who"}, {Name: "distinct_id"}, {Name: "revenue", Type: insight.ColumnNumber}, {Name: "n", Type: insight.ColumnNumber}, {Name: "big", Type: insight.ColumnNumber}, {Name: "list"}},
		Rows:    [][]insight.Cell{{{Text: "Mia <•••>"}, {Text: "•••"}, {Text: "•••"}, {Null: true}, {Text: "18446744073709551615", Number: 18446744073709551615, IsNumber: true}, {Text: "a, –, •••"}}},
	}
	if diff := cmp.Diff(want, r.Table); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r, err = ask(t, saved(`{"kind": "PathsQuery"}`), p, insight.Query{Window: march2026}, `{"results": [
		{"source": "1_https://x.org/a?email=mia%40example.com", "target": "2_https://x.org/u/mia@example.com", "value": 3, "average_conversion_time": 2000},
		{"source": "1_https://x.org/a#b", "target": "2_https://x.org/u/tom@example.com", "value": 1, "average_conversion_time": 6000}]}`)
	if err != nil {
		t.Fatal(err)
	}
	paths := []insight.Path{{Step: 1, Source: "https://x.org/a", Target: "https://x.org/u/•••", Count: 4, AverageAfter: 3 * time.Second}}
	if diff := cmp.Diff(paths, r.Paths); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestResult_ManyRowsAreCutAndSaidSo(t *testing.T) {
	p := project()
	p.MaxRows = 2
	r, err := ask(t, saved(plainSQL), p, insight.Query{}, `{"columns": ["n"], "results": [[1], [2], [3]]}`)
	if err != nil || len(r.Table.Rows) != 2 || !r.More {
		t.Errorf("%v: %d rows, more %v", err, len(r.Table.Rows), r.More)
	}
}

func TestResult_DaysOfTheProjectsZone(t *testing.T) {
	zone := must(time.LoadLocation("Europe/Berlin"))
	p := project()
	p.Zone = zone
	w := insight.Window{From: time.Date(2026, 10, 25, 0, 0, 0, 0, zone), To: time.Date(2026, 10, 26, 0, 0, 0, 0, zone)}
	// The clocks go back: the hour after 02:00 is 02:00 again.
	r, err := ask(t, saved(trends), p, insight.Query{Window: w, Grain: insight.GrainHour}, `{"results": [{"label": "a", "count": 10, "data": [1, 2, 3, 4],
		"days": ["2026-10-25 01:00:00", "2026-10-25 02:00:00", "2026-10-25 02:00:00", "2026-10-25 03:00:00"]}],
		"resolved_date_range": {"date_from": "2026-10-25T00:00:00+02:00", "date_to": "2026-10-25T23:59:59.999999+01:00"}}`)
	if err != nil {
		t.Fatal(err)
	}
	var hours []string
	for _, pt := range r.Series[0].Points {
		hours = append(hours, pt.At.UTC().Format("15"))
	}
	if diff := cmp.Diff([]string{"23", "00", "01", "02"}, hours); diff != "" {
		t.Error(diff)
	}
	if r.Window != w || len(r.Notes) > 0 {
		t.Errorf("window %v notes %q", r.Window, r.Notes)
	}
	// A bound that was moved to UTC is another period.
	r, err = ask(t, saved(trends), p, insight.Query{Window: w, Grain: insight.GrainDay}, `{"results": [{"label": "a", "count": 1, "data": [1], "days": ["2026-10-25"]}],
		"resolved_date_range": {"date_from": "2026-10-25T00:00:00Z", "date_to": "2026-10-25T23:59:59Z"}}`)
	if err != nil || r.Window == w || len(r.Notes) == 0 || !strings.Contains(r.Notes[0], "did not take the period") {
		t.Errorf("%v: window %v notes %q", err, r.Window, r.Notes)
	}
}

func TestResult_RetentionKeepsToItsWindow(t *testing.T) {
	body := `{"results": [{"date": "2026-02-23T00:00:00Z", "label": "Week 0", "values": [{"count": 90}, {"count": 40}, {"count": 0}]},
		{"date": "2026-03-02T00:00:00Z", "label": "Week 1", "values": [{"count": 80}, {"count": 0}]}], "last_refresh": "2026-03-08T12:00:00Z"}`
	q := insight.Query{Window: march2026, Grain: insight.GrainWeek, Now: time.Date(2026, 3, 8, 12, 0, 0, 0, time.UTC)}
	r, err := ask(t, saved(retention), project(), q, body)
	if err != nil {
		t.Fatal(err)
	}
	if rows := r.Cohorts[0].Rows; len(rows) != 1 || rows[0].Counts[0] != 80 || len(rows[0].Counts) != 1 || !rows[0].Incomplete {
		t.Errorf("rows %+v", rows)
	}
	q.Window = window("2026-01-05", "2026-03-09")
	r, err = ask(t, saved(retention), project(), q, body)
	if err != nil || !r.Window.From.Equal(before.From) || len(r.Notes) != 1 || len(r.Cohorts[0].Rows) != 2 {
		t.Errorf("%v: window %v notes %q", err, r.Window, r.Notes)
	}
}
