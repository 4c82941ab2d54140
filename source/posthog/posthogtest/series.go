package posthogtest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// The markers that stand for the values beyond those shown, and for no value.
const (
	markerOther = "$$_posthog_breakdown_other_$$"
	markerNull  = "$$_posthog_breakdown_null_$$"
)

// Number is the made-up value of a series on a day, so that a test can work out
// what must come of it. seed is "" unless properties or variables were asked
// for: then it is their JSON, without spaces.
func Number(seed, label, day string) float64 {
	if seed == zeros {
		return 0
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(seed + "|" + label + "|" + day)) //nolint:errcheck // a hash takes all
	return float64(h.Sum32() % 500)
}

// BreakdownValues are the values of every property in made-up answers.
func BreakdownValues() []string { return []string{"Chrome", "Firefox", markerNull, markerOther} }

// line is one series of a trend.
type line struct {
	Data       []float64       `json:"data"`
	Labels     []string        `json:"labels"`
	Days       []string        `json:"days"`
	Count      float64         `json:"count"`
	Label      string          `json:"label"`
	Filter     json.RawMessage `json:"filter"`
	Action     json.RawMessage `json:"action"`
	Order      *int            `json:"order,omitempty"`
	Breakdown  json.RawMessage `json:"breakdown_value,omitempty"`
	Aggregated *float64        `json:"aggregated_value,omitempty"`
	Compare    bool            `json:"compare,omitempty"`
	CompareTo  string          `json:"compare_label,omitempty"`
	Status     string          `json:"status,omitempty"`
}

// named is one series of a query.
type named struct{ Event, Name, CustomName, ID, Math string }

// series are the series of a query, or of an old insight.
func (a ask) series() []named {
	var list []struct {
		Event      string          `json:"event"`
		Name       string          `json:"name"`
		CustomName string          `json:"custom_name"`
		ID         json.RawMessage `json:"id"`
		Math       string          `json:"math"`
	}
	raw := a.source["series"]
	if a.source == nil {
		raw = a.filters["events"]
	}
	_ = json.Unmarshal(raw, &list) //nolint:errcheck // no series are none
	all := []named{}
	for _, n := range list {
		name := n.Name
		if name == "" {
			name = n.Event
		}
		if name == "" {
			name = text(n.ID)
		}
		if name == "" {
			name = "All events"
		}
		all = append(all, named{n.Event, name, n.CustomName, text(n.ID), n.Math})
	}
	return all
}

// formulas are the labels of a trend that calculates with its series.
func (a ask) formulas() []string {
	var f struct {
		Formula  string   `json:"formula"`
		Formulas []string `json:"formulas"`
		Nodes    []struct {
			Formula    string `json:"formula"`
			CustomName string `json:"custom_name"`
		} `json:"formulaNodes"`
	}
	_ = json.Unmarshal(a.source["trendsFilter"], &f) //nolint:errcheck // no filter is none
	labels := []string{}
	for _, n := range f.Nodes {
		if n.CustomName == "" {
			n.CustomName = "Formula (" + n.Formula + ")"
		}
		labels = append(labels, n.CustomName)
	}
	if len(labels) > 0 {
		return labels
	}
	for _, text := range append(f.Formulas, f.Formula) {
		if text != "" {
			labels = append(labels, "Formula ("+text+")")
		}
	}
	return labels
}

// display is how a trend is drawn.
func (a ask) display() string {
	var f struct {
		Display string `json:"display"`
	}
	raw := a.source["trendsFilter"]
	if a.source == nil {
		raw = encode(a.filters)
	}
	_ = json.Unmarshal(raw, &f) //nolint:errcheck // no filter is none
	return f.Display
}

// total reports whether a display shows one value for the whole period.
func total(display string) bool {
	return slices.Contains([]string{"BoldNumber", "ActionsPie", "ActionsTable", "ActionsBarValue", "WorldMap"}, display)
}

// breakdowns are the properties that a run is broken down by. listed says that
// they came in the new form, in which values are lists.
func (a ask) breakdowns() (names []string, listed bool) {
	var f struct {
		Breakdown  json.RawMessage `json:"breakdown"`
		Breakdowns []struct {
			Property json.RawMessage `json:"property"`
		} `json:"breakdowns"`
	}
	raw := a.source["breakdownFilter"]
	if a.source == nil {
		if raw = a.filters["breakdownFilter"]; raw == nil {
			raw = encode(a.filters)
		}
	}
	_ = json.Unmarshal(raw, &f) //nolint:errcheck // no filter is none
	for _, b := range f.Breakdowns {
		names = append(names, text(b.Property))
	}
	if len(names) > 0 {
		return names, true
	}
	if !none(f.Breakdown) {
		names = append(names, text(f.Breakdown))
	}
	return names, false
}

// compare is the earlier period of a run, where it has one.
func (a ask) compare(d dates) (dates, bool) {
	var c struct {
		Compare bool   `json:"compare"`
		To      string `json:"compare_to"`
	}
	raw := a.source["compareFilter"]
	if a.source == nil {
		raw = encode(a.filters)
	}
	if json.Unmarshal(raw, &c) != nil || !c.Compare {
		return dates{}, false
	}
	return before(d, c.To), true
}

// trend makes up the result of a trend.
func (s *Server) trend(a ask, d dates) []line {
	lines := s.period(a, d, "")
	if earlier, ok := a.compare(d); ok {
		lines = s.period(a, d, "current")
		lines = append(lines, s.period(a, earlier, "previous")...)
	}
	return lines
}

// period makes up one period of a trend.
func (s *Server) period(a ask, d dates, compared string) []line {
	properties, listed := a.breakdowns()
	lines := []line{}
	add := func(order int, label string, action, value json.RawMessage) {
		l := s.line(a, d, label)
		l.Label, l.Breakdown, l.Action = label, value, action
		if action == nil {
			l.Action, l.Order = json.RawMessage("null"), &order
			if l.Aggregated != nil {
				l.Data = nil // which is null with a formula
			}
		}
		if compared != "" {
			l.Compare, l.CompareTo = true, compared
			for i := range l.Labels {
				l.Labels[i] = fmt.Sprintf("day %d", i)
			}
		}
		lines = append(lines, l)
	}
	all := a.series()
	formulas := a.formulas()
	if len(formulas) > 0 {
		all = nil
		for _, label := range formulas {
			all = append(all, named{Name: label})
		}
	}
	for i, n := range all {
		action := encode(struct {
			ID         string `json:"id"`
			Type       string `json:"type"`
			Order      int    `json:"order"`
			Name       string `json:"name"`
			CustomName string `json:"custom_name,omitempty"`
			Math       string `json:"math,omitempty"`
		}{n.Event, "events", i, n.Name, n.CustomName, n.Math})
		if len(formulas) > 0 {
			action = nil
		}
		if len(properties) == 0 {
			add(i, n.Name, action, nil)
			continue
		}
		for _, v := range BreakdownValues() {
			values := slices.Repeat([]string{v}, len(properties))
			label, value := strings.Join(values, "::"), encode(v)
			if listed {
				value = encode(values)
			}
			if len(all) > 1 {
				label = n.Name + " - " + label
			}
			add(i, label, action, value)
		}
	}
	return lines
}

// line makes up the numbers of one series. Buckets that have not begun are 0,
// as they are with PostHog.
func (s *Server) line(a ask, d dates, name string) line {
	l := line{Data: []float64{}, Labels: []string{}, Days: []string{}, Filter: json.RawMessage("{}")}
	interval, sum := a.interval(), 0.0
	for _, t := range buckets(d, interval) {
		v := Number(a.seed, name, day(t, interval))
		if t.After(s.options.Now()) {
			v = 0
		}
		sum += v
		l.Data = append(l.Data, v)
		l.Days = append(l.Days, day(t, interval))
		l.Labels = append(l.Labels, label(t, interval))
	}
	l.Count = sum
	if total(a.display()) {
		l = line{Data: []float64{}, Labels: []string{}, Days: []string{}, Filter: json.RawMessage("{}"), Aggregated: &sum}
	}
	return l
}

// lifecycle makes up the four parts of a lifecycle.
func (s *Server) lifecycle(a ask, d dates) []line {
	lines := []line{}
	for _, status := range []string{"new", "dormant", "resurrecting", "returning"} {
		name := "events"
		if all := a.series(); len(all) > 0 {
			name = all[0].Name
		}
		l := s.line(a, d, name+" - "+status)
		l.Label, l.Status, l.Action = name+" - "+status, status, encode(object{"id": encode(name), "type": encode("events"), "order": encode(0), "name": encode(name)})
		if status == "dormant" {
			for i := range l.Data {
				l.Data[i] = -l.Data[i]
			}
			l.Count = -l.Count
		}
		lines = append(lines, l)
	}
	return lines
}
