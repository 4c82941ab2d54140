package posthogtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"time"
)

// outcome is what a run gave. The zero one gave nothing and does not say why.
type outcome struct {
	result json.RawMessage
	dates  *dates
	// columns and types are those of SQL.
	columns, types json.RawMessage
	// boxes are those of a box plot, whose result is empty.
	boxes  json.RawMessage
	status json.RawMessage
	cached bool
}

// outcome makes a result up. Of kinds that cannot be made up it is the
// recorded one, in the period that was asked for.
func (s *Server) outcome(a ask) outcome {
	d := s.resolve(a)
	o := outcome{dates: &d}
	switch {
	case a.kind == "TrendsQuery" && a.display() != "BoxPlot":
		o.result = encode(s.trend(a, d))
	case a.kind == "LifecycleQuery":
		o.result = encode(s.lifecycle(a, d))
	case a.kind == "FunnelsQuery" && a.viz() == "trends":
		o.result = encode(s.conversion(a, d))
	case a.kind == "FunnelsQuery" && a.viz() == "steps" && a.changed && a.brokenDown():
		o.result = encode(funnels(a))
	case a.kind == "RetentionQuery":
		o.result = encode(s.retention(a, d))
	case a.it.file != "":
		recorded := s.fields(s.file(a.it.file))
		o.result, o.columns, o.types = recorded["result"], recorded["columns"], recorded["types"]
		o.boxes = s.boxes(recorded["boxplot_data"], a, d)
	case a.kind == "FunnelsQuery":
		if o.result = encode(funnel(a)); a.brokenDown() {
			o.result = encode(funnels(a))
		}
	case a.kind == "StickinessQuery":
		o.result = encode(stickiness(a))
	case a.kind == "PathsQuery":
		o.result = json.RawMessage(`[{"source":"1_https://hedgebox.net/","target":"2_https://hedgebox.net/signup/","value":41,"average_conversion_time":12500.0},` +
			`{"source":"2_https://hedgebox.net/signup/","target":"3_https://hedgebox.net/files/","value":17,"average_conversion_time":480000.0}]`)
	case a.kind == "HogQLQuery":
		n := Number(a.seed, "sql", "")
		o.result = json.RawMessage(fmt.Sprintf(`[["alpha",%v],["beta",9007199254740993]]`, n))
		o.columns, o.types = json.RawMessage(`["name","n"]`), json.RawMessage(`[["name","String"],["n","UInt64"]]`)
		if none(a.source["filters"]) {
			o.dates = nil
		}
	}
	return o
}

// full is an insight with everything.
func (s *Server) full(a ask, o outcome) answer {
	null := json.RawMessage("null")
	out := s.fields(s.unlocked(a.it))
	if a.source != nil {
		wrapper := object{}
		maps.Copy(wrapper, a.wrapper)
		wrapper["source"] = encode(a.source)
		out["query"] = encode(wrapper)
	}
	for name, raw := range (object{
		"result": o.result, "columns": o.columns, "types": o.types, "hogql": null, "hasMore": json.RawMessage("false"),
		"timezone": encode(s.options.Zone.String()), "is_cached": encode(o.cached), "query_status": o.status,
		"cache_target_age": s.clock(6 * time.Hour), "next_allowed_client_refresh": s.clock(time.Minute),
		"last_refresh": s.clock(0), "last_modified_by": json.RawMessage(somebody), "alerts": json.RawMessage("[]"),
		"deleted": json.RawMessage("false"), "is_sample": json.RawMessage("false"), "effective_restriction_level": encode(21),
		"effective_privilege_level": encode(21), "order": null, "resolved_date_range": s.resolved(o),
	}) {
		if raw == nil {
			raw = null
		}
		out[name] = raw
	}
	if o.result == nil && o.status == nil {
		out["last_refresh"] = null
	}
	if o.boxes != nil {
		out["boxplot_data"] = o.boxes
	}
	return answer{http.StatusOK, s.made("Insight", encode(out))}
}

// resolved is the period of an outcome.
func (s *Server) resolved(o outcome) json.RawMessage {
	if o.dates == nil || o.result == nil {
		return json.RawMessage("null")
	}
	return o.dates.resolved()
}

// response is what the query endpoint says of a run.
func (s *Server) response(a ask, o outcome) json.RawMessage {
	null := json.RawMessage("null")
	out := object{
		"hogql": null, "timings": json.RawMessage("[]"), "hasMore": json.RawMessage("false"), "is_cached": encode(o.cached),
		"cache_key": encode("cache_made"), "last_refresh": s.clock(0), "timezone": encode(s.options.Zone.String()),
		"cache_target_age": null, "next_allowed_client_refresh": s.clock(time.Minute),
	}
	if o.result != nil {
		out["results"] = o.result
	}
	if d := s.resolved(o); string(d) != "null" {
		out["resolved_date_range"] = d
	}
	if o.boxes != nil {
		out["boxplot_data"] = o.boxes
	}
	if o.columns != nil {
		out["columns"], out["types"] = o.columns, o.types
	}
	raw := encode(out)
	if o.result != nil {
		s.made(a.kind+"Response", raw)
	}
	if o.result == nil {
		out["results"], out["query_status"] = null, null
	}
	if o.status != nil {
		out["query_status"] = o.status
	}
	return encode(out)
}

// status is how far a background query is.
func (s *Server) status(id string, complete bool, failed string, results json.RawMessage) json.RawMessage {
	null := json.RawMessage("null")
	message, end := null, null
	if failed != "" {
		message = encode(failed)
	}
	if complete {
		end = s.clock(0)
	}
	if results == nil {
		results = null
	}
	raw := encode(object{
		"id": encode(id), "team_id": encode(s.Project), "query_async": json.RawMessage("true"), "complete": encode(complete),
		"error": encode(failed != ""), "error_message": message, "insight_id": null, "dashboard_id": null, "labels": null,
		"start_time": s.clock(0), "pickup_time": s.clock(0), "end_time": end, "expiration_time": s.clock(20 * time.Minute),
		"task_id": null, "query_progress": null, "results": results,
	})
	s.made("QueryStatus", raw)
	return raw
}

// wrapped is a status as the query endpoint sends it.
func (s *Server) wrapped(status json.RawMessage) []byte {
	return encode(object{"query_status": status})
}

// wrongTypes puts a text in the place of every number of a result.
func wrongTypes(raw []byte) []byte {
	var o object
	if json.Unmarshal(raw, &o) != nil {
		return raw
	}
	for _, name := range []string{"result", "results"} {
		var result any
		if o[name] != nil && json.Unmarshal(o[name], &result) == nil {
			o[name] = encode(worded(result))
		}
	}
	return encode(o)
}

// worded is JSON with a text for every number.
func worded(v any) any {
	switch v := v.(type) {
	case float64:
		return "many"
	case []any:
		for i := range v {
			v[i] = worded(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = worded(v[name])
		}
	}
	return v
}
