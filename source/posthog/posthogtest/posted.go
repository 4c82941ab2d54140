package posthogtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// mayDiffer are the fields in which a posted query may differ from a saved one.
func mayDiffer(kind string) []string {
	if kind == "HogQLQuery" {
		return []string{"filters", "variables"}
	}
	return []string{"interval", "compareFilter", "dateRange", "breakdownFilter", "properties"}
}

// posted is the run of a posted query: one that was saved, with nothing changed
// but what may be. It fails for every other.
func (s *Server) posted(source object) (ask, error) {
	kind := text(source["kind"])
	want := rest(source, kind)
	s.mu.Lock()
	items := slices.Clone(s.items)
	s.mu.Unlock()
	for i, it := range items {
		if it.raw == nil && i >= len(variants) {
			continue // it is one of those before it, again
		}
		a := s.saved(it)
		if a.kind != kind || a.source == nil || !reflect.DeepEqual(rest(a.source, kind), want) {
			continue
		}
		old := a.source
		a.source = source
		a.changed = compact(encode(old)) != compact(encode(source))
		s.pointless(a, old)
		if !none(source["properties"]) && compact(source["properties"]) != compact(old["properties"]) {
			a.seed = compact(source["properties"])
			s.exist(&a, source["properties"], old["properties"])
		}
		return a, nil
	}
	return ask{}, fmt.Errorf("a %s that nobody saved", kind)
}

// rest is a query without what may differ, in a form that can be compared.
func rest(source object, kind string) any {
	o := object{}
	for name, raw := range source {
		if !slices.Contains(mayDiffer(kind), name) && name != "version" && name != "tags" && name != "response" {
			o[name] = raw
		}
	}
	var form any
	d := json.NewDecoder(bytes.NewReader(encode(o)))
	d.UseNumber()
	if err := d.Decode(&form); err != nil {
		return nil
	}
	// The display decides only how the same numbers are summed up.
	if m, ok := form.(map[string]any); ok {
		if f, ok := m["trendsFilter"].(map[string]any); ok {
			delete(f, "display")
			if len(f) == 0 {
				delete(m, "trendsFilter")
			}
		}
	}
	return form
}

// pointless fails the test for changes that the kind of a query does not know.
func (s *Server) pointless(a ask, old object) {
	unknown := map[string][]string{
		"RetentionQuery": {"interval", "compareFilter"}, "PathsQuery": {"interval", "compareFilter", "breakdownFilter"},
		"StickinessQuery": {"breakdownFilter"}, "LifecycleQuery": {"compareFilter", "breakdownFilter"},
	}
	for _, name := range unknown[a.kind] {
		if compact(a.source[name]) != compact(old[name]) {
			s.refuse("a %s with another %s, which has no effect", a.kind, name)
		}
	}
	if a.kind == "HogQLQuery" && !none(a.source["filters"]) && !strings.Contains(text(a.source["query"]), "{filters}") {
		s.refuse("filters on SQL without {filters}, which have no effect")
	}
}
