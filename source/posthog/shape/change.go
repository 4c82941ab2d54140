package shape

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"insightbot/insight"
)

// changed is the saved query with nothing changed but what was asked for.
func (w *planning) changed(window insight.Window, total bool) (json.RawMessage, error) {
	s, d := w.saved, &w.saved.def
	f := maps.Clone(fieldsOf(d.source))
	if f == nil {
		return nil, fmt.Errorf("a query that is no object: %w", insight.ErrBroken)
	}
	delete(f, "response")
	delete(f, "compareFilter") // the earlier window is a run of its own
	if !window.IsZero() {
		from, to, explicit := w.dates(window)
		f["dateRange"] = encode(struct {
			From     string `json:"date_from"`
			To       string `json:"date_to"`
			Explicit bool   `json:"explicitDate,omitempty"`
		}{from, to, explicit})
	}
	if g := w.interval(total); g != insight.GrainNone {
		f["interval"] = encode(string(g))
	}
	if s.Kind == KindTrends {
		if display := w.display(total); display != "" {
			filter := maps.Clone(f.object("trendsFilter"))
			if filter == nil {
				filter = fields{}
			}
			filter["display"] = encode(display)
			f["trendsFilter"] = encode(filter)
		}
	}
	if !slices.Equal(w.query.Breakdowns, savedBreakdowns(w.dims)) {
		if delete(f, "breakdownFilter"); len(w.query.Breakdowns) > 0 {
			f["breakdownFilter"] = w.breakdownFilter()
		}
	}
	if list := w.properties(); len(list) > 0 {
		f["properties"] = narrowed(f["properties"], list)
	}
	return encode(f), nil
}

// interval is the bucket of the query; none where it stays as it was saved.
// A value for the whole period is asked for by the day, because PostHog may
// begin the period where its first bucket does.
func (w *planning) interval(total bool) insight.Grain {
	g, k := w.query.Grain, w.saved.Kind
	switch {
	case k == KindRetention, k == KindPaths, k == KindStickiness, k == KindSQL:
		return insight.GrainNone
	case total && g != insight.GrainHour, g == insight.GrainNone && w.saved.def.fine:
		return insight.GrainDay
	}
	return g
}

// display is how PostHog must be told to draw, so that the answer is over time
// or one value; "" where it can stay as it was saved.
func (w *planning) display(total bool) string {
	d := &w.saved.def
	switch {
	case d.display == "BoxPlot":
		return ""
	case total && d.total(), !total && !d.total() && d.display != "CalendarHeatmap":
		return ""
	case !total:
		return "ActionsLineGraph"
	case len(w.query.Breakdowns) > 0 || d.many():
		return "ActionsBarValue"
	}
	return "BoldNumber"
}

// narrowed adds filters to those of a query, whichever of its two forms they
// have.
func narrowed(old json.RawMessage, more []property) json.RawMessage {
	type group struct {
		Type   string            `json:"type"`
		Values []json.RawMessage `json:"values"`
	}
	added := make([]json.RawMessage, len(more))
	for i, p := range more {
		added[i] = encode(p)
	}
	f := fieldsOf(old)
	if f == nil {
		return encode(append(listOf(old), added...))
	}
	fresh := encode(group{"AND", added})
	if f.text("type") == "AND" {
		return encode(group{"AND", append(f.list("values"), fresh)})
	}
	return encode(group{"AND", []json.RawMessage{old, fresh}})
}
