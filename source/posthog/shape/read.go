package shape

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"insightbot/insight"
)

// body is what of an answer holds data.
type body struct {
	result, boxes json.RawMessage
	columns       []string
	types         []json.RawMessage
	more          bool
	// from and to are the period that was run, as it came back; the end is
	// inside. Both are "" where the answer does not say.
	from, to string
}

// Read reads a body that answered a Call (200 or 202) or a poll of
// GET query/{id}/. It fails with insight.ErrBroken when the body is not JSON of
// any form that is known.
func Read(raw []byte) (Answer, error) {
	if !json.Valid(raw) {
		return Answer{}, fmt.Errorf("shape: the answer is not JSON: %w", insight.ErrBroken)
	}
	f := fieldsOf(raw)
	if f == nil {
		return Answer{}, fmt.Errorf("shape: the answer is not an object: %w", insight.ErrBroken)
	}
	_, one := f["result"]
	_, many := f["results"]
	_, flag := f["complete"]
	if flag && !one {
		return readStatus(f)
	}
	if status := f.object("query_status"); status != nil && !one && !many {
		return readStatus(status)
	}
	if !one && !many && f["columns"] == nil && f["boxplot_data"] == nil {
		return Answer{}, fmt.Errorf("shape: an answer without a result: %w", insight.ErrBroken)
	}
	return readResponse(f, f.object("query_status")), nil
}

// readStatus reads the status of a query that runs in the background; the
// response lies in its results once it is done.
func readStatus(status fields) (Answer, error) {
	a := Answer{QueryID: status.text("id"), ComputedAt: status.time("end_time")}
	switch {
	case status.bool("error"):
		a.fail(status.text("error_message"))
		return a, nil
	case !status.bool("complete"):
		a.State = StateRunning
		return a, nil
	}
	response := status.object("results")
	if response == nil {
		a.State = StateMissing
		return a, nil
	}
	inner := readResponse(response, nil)
	inner.QueryID = a.QueryID
	if inner.ComputedAt.IsZero() {
		inner.ComputedAt = a.ComputedAt
	}
	return inner, nil
}

// readResponse reads an insight with its result, or the response of a query.
func readResponse(f, status fields) Answer {
	a := Answer{
		QueryID: status.text("id"), Cached: f.bool("is_cached"), ComputedAt: f.time("last_refresh"),
		NextRefresh: f.time("next_allowed_client_refresh"),
	}
	resolved := f.object("resolved_date_range")
	a.body = body{
		result: f.first("result", "results"), boxes: f.first("boxplot_data"), columns: columnsOf(f["columns"]), types: f.list("types"),
		more: f.bool("hasMore"), from: resolved.text("date_from"), to: resolved.text("date_to"),
	}
	running := status != nil && status.text("complete") == "false"
	// An error beside a result is an error: PostHog sends an empty list with it
	// where a query is saved with its debugging on.
	switch failed := status.bool("error"); {
	case f.text("error") != "" && f.text("error") != "false":
		a.fail(f.text("error"))
	case failed && emptyList(a.body.result):
		a.fail(status.text("error_message"))
	case a.body.result != nil || a.body.boxes != nil:
		a.State = StateAnswer
		if running && !failed {
			a.State, a.Cached = StateStale, true
		}
	case failed:
		a.fail(status.text("error_message"))
	case running:
		a.State = StateRunning
	default:
		a.State = StateMissing
	}
	return a
}

// emptyList reports whether a result holds nothing.
func emptyList(raw json.RawMessage) bool { return raw == nil || isList(raw) && len(listOf(raw)) == 0 }

// fail marks an answer as failed.
func (a *Answer) fail(message string) {
	a.State, a.Message = StateFailed, message
	a.Busy = strings.Contains(strings.ToLower(message), "concurrency")
}

// columnsOf are the names of the columns of a table.
func columnsOf(raw json.RawMessage) []string {
	list := listOf(raw)
	names := make([]string, len(list))
	for i, one := range list {
		names[i] = textOf(one)
	}
	return names
}

// stamp writes a moment as the API does; "" for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
