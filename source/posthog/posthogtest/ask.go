package posthogtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
)

// ask is one run of a query as PostHog would understand it.
type ask struct {
	it *item
	// kind is TrendsQuery and so on, for old insights too.
	kind string
	// wrapper and source are the query and what it wraps; filters are those of
	// an old insight, which has no query.
	wrapper, source, filters object
	// changed reports that something was asked that the saved insight has not.
	changed bool
	// seed is what the numbers hang on beside labels and days.
	seed string
}

// override is what may be laid over a saved insight.
type override struct {
	From       *string         `json:"date_from,omitempty"`
	To         *string         `json:"date_to,omitempty"`
	Explicit   *bool           `json:"explicitDate,omitempty"`
	Properties json.RawMessage `json:"properties,omitempty"`
	Breakdown  json.RawMessage `json:"breakdown_filter,omitempty"`
}

// none reports whether raw JSON says nothing.
func none(raw json.RawMessage) bool {
	text := string(bytes.TrimSpace(raw))
	return text == "" || text == "null" || text == "[]" || text == "{}"
}

// saved is the run of an insight as it was saved.
func (s *Server) saved(it *item) ask {
	a := ask{it: it}
	basic := s.fields(s.unlocked(it))
	if none(basic["query"]) {
		a.filters = s.fields(basic["filters"])
		kinds := map[string]string{
			"TRENDS": "TrendsQuery", "FUNNELS": "FunnelsQuery", "RETENTION": "RetentionQuery",
			"PATHS": "PathsQuery", "STICKINESS": "StickinessQuery", "LIFECYCLE": "LifecycleQuery",
		}
		a.kind = kinds[text(a.filters["insight"])]
		return a
	}
	a.wrapper = s.fields(basic["query"])
	a.source = s.fields(a.wrapper["source"])
	a.kind = text(a.source["kind"])
	return a
}

// text is a JSON text, or "".
func text(raw json.RawMessage) string {
	var t string
	if json.Unmarshal(raw, &t) != nil {
		return ""
	}
	return t
}

// refuse fails the test for something PostHog would silently ignore, unless the
// test wants to see just that.
func (s *Server) refuse(format string, args ...any) {
	if !s.options.NoRefusal {
		s.wrong(format, args...)
	}
}

// lay puts the overrides of a request on a run, as far as PostHog would. It
// fails with what PostHog answers to JSON that is none.
func (s *Server) lay(a *ask, filters, variables []byte, ignored bool) error {
	if len(filters) > 0 && !none(filters) {
		var o override
		d := json.NewDecoder(bytes.NewReader(filters))
		d.DisallowUnknownFields()
		if err := d.Decode(&o); err != nil {
			s.wrong("filters_override: %v", err)
			return errors.New("filters_override is no JSON")
		}
		if s.schemas != nil {
			if err := s.schemas.check(typesFile, "DashboardFilter", filters); err != nil {
				s.wrong("filters_override: %v", err)
			}
		}
		if !ignored {
			s.filters(a, o)
		}
	}
	if len(variables) > 0 && !none(variables) {
		s.variables(a, variables, ignored)
	}
	return nil
}

// filters lays an override of the filters on a run.
func (s *Server) filters(a *ask, o override) {
	dates := o.From != nil || o.To != nil
	if (o.From == nil) != (o.To == nil) {
		s.refuse("filters_override with one date only: either replaces both")
	}
	if a.kind == "HogQLQuery" && (dates || !none(o.Properties)) && !strings.Contains(text(a.source["query"]), "{filters}") {
		s.refuse("filters_override on SQL without {filters}, which has no effect")
		return
	}
	if !none(o.Breakdown) && !slices.Contains([]string{"TrendsQuery", "FunnelsQuery", "RetentionQuery"}, a.kind) {
		s.refuse("breakdown_filter on a %s, which has no effect", a.kind)
		o.Breakdown = nil
	}
	if dates {
		a.changed = true
		period := encode(struct {
			From     *string `json:"date_from"`
			To       *string `json:"date_to"`
			Explicit *bool   `json:"explicitDate,omitempty"`
		}{o.From, o.To, o.Explicit})
		if a.kind == "HogQLQuery" {
			a.set("filters", encode(object{"dateRange": period}))
		} else {
			a.set("dateRange", period)
		}
	}
	if !none(o.Breakdown) {
		a.changed = true
		a.set("breakdownFilter", o.Breakdown)
	}
	if !none(o.Properties) {
		a.changed = true
		a.seed += compact(o.Properties)
		s.exist(a, o.Properties, nil)
	}
}

// exist fails the test for a filter on a property that is neither known nor in
// a filter that was saved.
func (s *Server) exist(a *ask, filter, old json.RawMessage) {
	for _, name := range propertyNames(filter) {
		if !slices.Contains(PropertyNames(), name) && !slices.Contains(propertyNames(old), name) {
			s.refuse("a filter on the property %q, which does not exist: it gives zeros", name)
			a.seed = zeros
		}
	}
}

// zeros is the seed of numbers that are all 0.
const zeros = "zeros"

// variables lays other values of variables on SQL.
func (s *Server) variables(a *ask, raw []byte, ignored bool) {
	var byID map[string]struct {
		Code string `json:"code_name"`
	}
	if err := json.Unmarshal(raw, &byID); err != nil {
		s.wrong("variables_override: %v", err)
		return
	}
	for _, v := range byID {
		if a.kind != "HogQLQuery" || !strings.Contains(text(a.source["query"]), "{variables."+v.Code+"}") {
			s.refuse("variables_override of %q, which stands nowhere in the text", v.Code)
			return
		}
	}
	if !ignored {
		a.changed = true
		a.seed += compact(raw)
	}
}

// set changes one field of the query, in a copy; of an old insight it changes
// what it has instead.
func (a *ask) set(name string, raw json.RawMessage) {
	target := &a.source
	if a.source == nil {
		target = &a.filters
	}
	fresh := object{}
	maps.Copy(fresh, *target)
	fresh[name] = raw
	*target = fresh
}

// propertyNames are the names of all properties in a filter, be it a list or a
// group of lists.
func propertyNames(raw json.RawMessage) []string {
	var names []string
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		list = []json.RawMessage{raw}
	}
	for _, one := range list {
		var p struct {
			Key    string          `json:"key"`
			Values json.RawMessage `json:"values"`
		}
		if json.Unmarshal(one, &p) != nil {
			continue
		}
		if p.Key != "" {
			names = append(names, p.Key)
		}
		if p.Values != nil {
			names = append(names, propertyNames(p.Values)...)
		}
	}
	return names
}

// compact is JSON without spaces.
func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}
