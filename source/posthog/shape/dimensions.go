package shape

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"insightbot/insight"
)

// dimension is what a dimension of an insight stands for in PostHog.
type dimension struct {
	insight.Dimension
	property string
	typ      string
	// variable is the id of an SQL variable, for one that is no property.
	variable string
	// saved says that it stands in the saved breakdown. One that cannot be
	// named in a new query, as a formula or cohorts, can only be kept.
	saved, fixed bool
}

// zone is the zone of the project, UTC where it is not said.
func (p Project) zone() *time.Location { return cmp.Or(p.Zone, time.UTC) }

// maxRows is how many rows are kept.
func (p Project) maxRows() int { return cmp.Or(max(p.MaxRows, 0), 10_000) }

// dimensions are those of an insight, in a fixed order: its own breakdown,
// what its filters speak of, and what the project names.
func (s Saved) dimensions(p Project) []dimension {
	if s.Kind == KindSQL {
		return s.variables(p)
	}
	var all []dimension
	taken := map[string]bool{}
	seen := map[string]bool{}
	add := func(d dimension) {
		at := d.typ + "\x00" + d.property
		if seen[at] || isPersonal(d.property) {
			return
		}
		d.Name = identifier(d.property)
		if d.typ != string(EventProperty) && d.Name != "" && d.Name != d.typ {
			if taken[d.Name] {
				d.Name = d.typ + "_" + d.Name
			}
		}
		for base, n := d.Name, 2; d.Name == "" || taken[d.Name]; n++ {
			d.Name = cmp.Or(base, "property") + "_" + strconv.Itoa(n)
		}
		seen[at], taken[d.Name] = true, true
		d.Label = cmp.Or(d.Label, propertyName(d.property))
		if len(d.Words) == 0 {
			d.Words = propertyWords[d.property]
		}
		d.Breakdown = d.saved || !d.fixed && s.canBreakDown()
		d.Filter = !d.fixed && len(d.Values) > 0 && s.canFilter()
		all = append(all, d)
	}
	for _, b := range s.def.breakdowns {
		add(s.known(p, dimension{property: b.property, typ: b.typ, saved: true, fixed: !plainType(b.typ)}))
	}
	for _, prop := range p.Properties {
		add(s.known(p, dimension{property: prop.Name, typ: typeOf(string(prop.Type)), fixed: !plainType(typeOf(string(prop.Type)))}))
	}
	return all
}

// plainType reports whether a property of this type can be named in a query on
// request.
func plainType(typ string) bool {
	return typ == string(EventProperty) || typ == string(PersonProperty) || typ == string(SessionProperty)
}

// known adds what is known of a property to a dimension.
func (s Saved) known(p Project, d dimension) dimension {
	switch d.typ {
	case "cohort":
		d.Label = "Cohort"
	case "hogql":
		d.Label = "Expression"
	case "group":
		d.Label = propertyName(d.property)
	}
	for _, prop := range p.Properties {
		if prop.Name == d.property && typeOf(string(prop.Type)) == d.typ {
			d.Label, d.Words, d.Values = cmp.Or(prop.Label, d.Label), prop.Words, slices.Clone(prop.Values)
		}
	}
	for _, v := range s.def.values[d.typ+"\x00"+d.property] {
		if !slices.ContainsFunc(d.Values, func(known insight.Value) bool { return known.Key == v }) && !address.MatchString(v) {
			d.Values = append(d.Values, insight.Value{Key: v})
		}
	}
	return d
}

// variables are the dimensions of an SQL insight: the variables of its
// statement whose values the project lists.
func (s Saved) variables(p Project) []dimension {
	var all []dimension
	for _, v := range p.Variables {
		id := cmp.Or(s.def.sql.saved[v.Code], v.ID)
		if len(v.Values) == 0 || id == "" || !slices.Contains(s.def.sql.variables, v.Code) {
			continue
		}
		d := dimension{property: v.Code, variable: id}
		d.Name, d.Label, d.Filter = identifier(v.Code), cmp.Or(v.Name, propertyName(v.Code)), true
		for _, value := range v.Values {
			d.Values = append(d.Values, insight.Value{Key: value})
		}
		if d.Name != "" && !slices.ContainsFunc(all, func(o dimension) bool { return o.Name == d.Name }) {
			all = append(all, d)
		}
	}
	return all
}

// canBreakDown reports whether PostHog breaks the kind down on request. On the
// other kinds it ignores the wish without an error.
func (s Saved) canBreakDown() bool {
	switch s.Kind {
	case KindTrends:
		return s.def.display != "BoxPlot" && s.def.display != "CalendarHeatmap"
	case KindFunnels:
		return s.def.funnel != timeToConvert
	default:
		return false
	}
}

// canFilter reports whether properties narrow the kind.
func (s Saved) canFilter() bool { return s.Kind != KindSQL && s.Kind != KindUnknown }

// find looks dimensions up by their names.
func find(all []dimension, name string) (dimension, bool) {
	i := slices.IndexFunc(all, func(d dimension) bool { return d.Name == name })
	if i < 0 {
		return dimension{}, false
	}
	return all[i], true
}

// savedBreakdowns are the names of the dimensions of the saved breakdown.
func savedBreakdowns(all []dimension) []string {
	var names []string
	for _, d := range all {
		if d.saved {
			names = append(names, d.Name)
		}
	}
	return names
}

// masked reports whether the audience may not read a dimension.
func (d dimension) masked(masks []string) bool {
	return slices.ContainsFunc(masks, func(m string) bool {
		return strings.EqualFold(m, d.Name) || strings.EqualFold(m, d.property) || bareName(m) == bareName(d.property) && bareName(m) != ""
	})
}
