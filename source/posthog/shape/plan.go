package shape

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"insightbot/insight"
)

// planning is one run of Plan.
type planning struct {
	saved   Saved
	project Project
	query   insight.Query
	dims    []dimension
}

// Plan says which calls answer a question. It fails with
// insight.ErrUnsupported for whatever the API would ignore or the insight does
// not accept.
//
// Where nothing but the dates or the breakdown differs from what was saved, the
// insight itself is run, with overrides: both can be seen in what comes back.
// Everything else goes as the saved query with only that changed, because an
// override that PostHog drops without a word cannot be told from one it took.
// The earlier window of a comparison is a run of its own: PostHog's comparison
// is as many days before, where a month is compared with the month before.
func (s Saved) Plan(p Project, q insight.Query) (Plan, error) {
	w := planning{saved: s, project: p, query: q, dims: s.dimensions(p)}
	if err := w.check(); err != nil {
		return Plan{}, fmt.Errorf("shape: insight %d: %w", s.ID, err)
	}
	var plan Plan
	add := func(part Part, window insight.Window, total bool) error {
		call, err := w.call(part, window, total)
		plan.Calls = append(plan.Calls, call)
		return err
	}
	// What is counted up to each bucket is read off the last one.
	none := q.Grain == insight.GrainNone && s.Kind == KindTrends && (s.def.total() || s.total() != insight.TotalLast)
	rerun := s.rerun(p, q)
	if err := add(PartMain, q.Window, none); err != nil {
		return Plan{}, fmt.Errorf("shape: insight %d: %w", s.ID, err)
	}
	var err error
	if rerun {
		err = add(PartTotal, q.Window, true)
	}
	if q.Compare != insight.CompareNone && err == nil {
		switch {
		case rerun && q.CompareTotals:
			err = add(PartPreviousTotal, q.Previous, true)
		case rerun:
			if err = add(PartPrevious, q.Previous, false); err == nil {
				err = add(PartPreviousTotal, q.Previous, true)
			}
		default:
			err = add(PartPrevious, q.Previous, none)
		}
	}
	if err != nil {
		return Plan{}, fmt.Errorf("shape: insight %d: %w", s.ID, err)
	}
	return plan, nil
}

// rerun reports whether the value of the whole period needs a run of its own
// beside the one over time: where buckets do not add up to it, and where the
// first bucket may count more than the window, because PostHog begins it at its
// own start.
func (s Saved) rerun(p Project, q insight.Query) bool {
	if s.Kind != KindTrends || q.Grain == insight.GrainNone || s.def.source == nil || s.def.display == "BoxPlot" {
		return false
	}
	switch s.total() {
	case insight.TotalRerun:
		return true
	case insight.TotalSum:
		return cut(q.Window, q.Grain, p.WeekStart)
	default:
		return false
	}
}

// cut reports whether a window begins inside of a bucket that PostHog may count
// whole.
func cut(w insight.Window, g insight.Grain, weekStart time.Weekday) bool {
	return (g == insight.GrainWeek || g == insight.GrainMonth) && !g.Floor(w.From, weekStart).Equal(w.From)
}

// check refuses what the insight does not accept.
func (w *planning) check() error {
	a, q := w.saved.accepts(w.dims), w.query
	if why := w.saved.refused(); why != "" {
		return fmt.Errorf("%s: %w", why, insight.ErrUnsupported)
	}
	refuse := func(format string, args ...any) error {
		return fmt.Errorf(format+": %w", append(args, insight.ErrUnsupported)...)
	}
	switch {
	case a.Windows && !q.Window.To.After(q.Window.From):
		return refuse("no window")
	case !a.Windows && !q.Window.IsZero():
		return refuse("a window")
	case q.Grain != insight.GrainNone && !slices.Contains(a.Grains, q.Grain):
		return refuse("grain %q", q.Grain)
	case q.Grain == insight.GrainNone && w.needsGrain():
		return refuse("no grain")
	case q.Compare != insight.CompareNone && !slices.Contains(a.Compare, q.Compare):
		return refuse("comparison %q", q.Compare)
	case q.Compare != insight.CompareNone && !q.Previous.To.After(q.Previous.From):
		return refuse("a comparison without its window")
	}
	if err := w.checkBreakdowns(a); err != nil {
		return err
	}
	for i, f := range q.Filters {
		d, ok := find(w.dims, f.Field)
		if !ok || !d.Filter || d.masked(q.Masks) || len(f.Values) == 0 || f.Op != insight.OpIs && f.Op != insight.OpIsNot {
			return refuse("filter %q", f.Field)
		}
		if d.variable != "" && (f.Op != insight.OpIs || len(f.Values) != 1 || slices.ContainsFunc(q.Filters[:i], func(o insight.Filter) bool { return o.Field == f.Field })) {
			return refuse("other than one value of %q", f.Field)
		}
		if len(f.Values) > 1 && slices.Contains(f.Values, "") {
			return refuse("no value of %q together with others", f.Field)
		}
	}
	return nil
}

// needsGrain reports whether the insight cannot be run without buckets.
func (w *planning) needsGrain() bool {
	s := w.saved
	return s.Kind == KindTrends && s.def.source == nil && !s.def.total() && s.total() == insight.TotalRerun
}

// checkBreakdowns refuses breakdowns that would be ignored or cannot be taken
// away.
func (w *planning) checkBreakdowns(a insight.Accepts) error {
	q, s := w.query, w.saved
	saved := savedBreakdowns(w.dims)
	if len(q.Breakdowns) > a.MaxBreakdowns {
		return fmt.Errorf("%d breakdowns: %w", len(q.Breakdowns), insight.ErrUnsupported)
	}
	same := slices.Equal(q.Breakdowns, saved)
	for i, name := range q.Breakdowns {
		d, ok := find(w.dims, name)
		switch {
		case !ok || !d.Breakdown || slices.Contains(q.Breakdowns[:i], name) || d.masked(q.Masks),
			!same && (d.fixed || !s.canBreakDown()):
			return fmt.Errorf("breakdown %q: %w", name, insight.ErrUnsupported)
		}
	}
	if !same && len(q.Breakdowns) == 0 && (s.def.source == nil || !s.canBreakDown() && s.Kind != KindRetention) {
		return fmt.Errorf("without its breakdown: %w", insight.ErrUnsupported)
	}
	return nil
}

// call makes one call. total asks for one value for the whole window.
func (w *planning) call(part Part, window insight.Window, total bool) (Call, error) {
	s, d, q := w.saved, &w.saved.def, w.query
	call := Call{Part: part, Refresh: RefreshBlocking, ID: s.ID}
	sameBreakdown := slices.Equal(q.Breakdowns, savedBreakdowns(w.dims))
	sameGrain := (q.Grain == insight.GrainNone || q.Grain == d.grain) && !d.fine
	sameDisplay := s.Kind != KindTrends || total == d.total() && d.display != "BoxPlot" && d.display != "CalendarHeatmap"
	removed := !sameBreakdown && len(q.Breakdowns) == 0
	byItself := sameGrain && sameDisplay && !removed && (len(q.Filters) == 0 || s.Kind == KindSQL)
	if d.source == nil || byItself {
		call.Endpoint = EndpointInsight
		call.FiltersOverride = w.filtersOverride(window)
		call.VariablesOverride = w.variablesOverride()
		return call, nil
	}
	call.Endpoint = EndpointQuery
	query, err := w.changed(window, total)
	call.Query = query
	return call, err
}

// overriding is the JSON of filters_override. Both dates always go together:
// either one replaces both.
type overriding struct {
	From       string          `json:"date_from,omitempty"`
	To         string          `json:"date_to,omitempty"`
	Explicit   bool            `json:"explicitDate,omitempty"`
	Properties []property      `json:"properties,omitempty"`
	Breakdown  json.RawMessage `json:"breakdown_filter,omitempty"`
}

// property is the JSON of a filter by a property.
type property struct {
	Key      string   `json:"key"`
	Type     string   `json:"type"`
	Operator string   `json:"operator"`
	Value    []string `json:"value,omitempty"`
}

// filtersOverride is what the insight itself is run with; nil for nothing.
func (w *planning) filtersOverride(window insight.Window) json.RawMessage {
	var o overriding
	if !window.IsZero() {
		o.From, o.To, o.Explicit = w.dates(window)
	}
	if w.saved.Kind != KindSQL {
		o.Properties = w.properties()
		if !slices.Equal(w.query.Breakdowns, savedBreakdowns(w.dims)) {
			o.Breakdown = w.breakdownFilter()
		}
	}
	if o.From == "" && o.Properties == nil && o.Breakdown == nil {
		return nil
	}
	return encode(o)
}

// dates writes a window as dates of the project's zone, the end inside. Whole
// days are days, unless PostHog would round them out to whole buckets or, by
// the hour and in SQL, read the last day as its first moment.
func (w *planning) dates(window insight.Window) (from, to string, explicit bool) {
	zone := w.project.zone()
	begin, end := window.From.In(zone), window.To.Add(-time.Microsecond).In(zone)
	days := insight.GrainDay.Floor(begin, time.Monday).Equal(begin) && insight.GrainDay.Floor(window.To.In(zone), time.Monday).Equal(window.To)
	g := w.query.Grain
	if days && g != insight.GrainHour && w.saved.Kind != KindSQL && !cut(window, g, w.project.WeekStart) {
		return begin.Format(time.DateOnly), end.Format(time.DateOnly), false
	}
	const layout = "2006-01-02T15:04:05"
	return begin.Format(layout), end.Format(layout + ".000000"), true
}

// properties are the filters asked for.
func (w *planning) properties() []property {
	var all []property
	for _, f := range w.query.Filters {
		d, _ := find(w.dims, f.Field)
		one := property{Key: d.property, Type: d.typ, Operator: "exact", Value: f.Values}
		none := slices.Equal(f.Values, []string{""})
		switch {
		case none && f.Op == insight.OpIs:
			one.Operator, one.Value = "is_not_set", nil
		case none:
			one.Operator, one.Value = "is_set", nil
		case f.Op == insight.OpIsNot:
			one.Operator = "is_not"
		}
		all = append(all, one)
	}
	return all
}

// breakdownFilter is the breakdown asked for: in the new form for trends, which
// know several, in the old form, which every version knows, for funnels.
func (w *planning) breakdownFilter() json.RawMessage {
	type one struct {
		Property string `json:"property"`
		Type     string `json:"type"`
	}
	var list []one
	for _, name := range w.query.Breakdowns {
		d, _ := find(w.dims, name)
		list = append(list, one{d.property, d.typ})
	}
	if w.saved.Kind == KindFunnels && len(list) == 1 {
		return encode(struct {
			Breakdown string `json:"breakdown"`
			Type      string `json:"breakdown_type"`
		}{list[0].Property, list[0].Type})
	}
	return encode(struct {
		Breakdowns []one `json:"breakdowns"`
	}{list})
}

// variablesOverride are the values of SQL variables asked for; nil for none.
func (w *planning) variablesOverride() json.RawMessage {
	type value struct {
		Code  string `json:"code_name"`
		ID    string `json:"variableId"`
		Value string `json:"value"`
	}
	byID := map[string]value{}
	for _, f := range w.query.Filters {
		if d, _ := find(w.dims, f.Field); d.variable != "" {
			byID[d.variable] = value{d.property, d.variable, f.Values[0]}
		}
	}
	if len(byID) == 0 {
		return nil
	}
	return encode(byID)
}
