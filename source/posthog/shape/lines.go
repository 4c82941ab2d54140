package shape

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"insightbot/insight"
)

// The markers that PostHog puts in place of a value: for those beyond the ones
// shown, and for none.
const (
	markerOther = "$$_posthog_breakdown_other_$$"
	markerNone  = "$$_posthog_breakdown_null_$$"
)

// group is one breakdown group as people read it.
type group struct {
	key, label string
	values     []string
	// split says that there was a breakdown value at all.
	split bool
}

// groupOf reads the value of a breakdown, in all its forms: a text, a number,
// a truth value, nothing, or a list of these.
func (r *reading) groupOf(f fields) group {
	raw, ok := f["breakdown_value"]
	if !ok {
		if raw, ok = f["breakdown_values"]; !ok {
			return group{}
		}
	}
	parts := []json.RawMessage{raw}
	if isList(raw) {
		parts = listOf(raw)
	}
	g := group{split: true}
	others := 0
	labels := make([]string, len(parts))
	var raws []string
	for i, part := range parts {
		v := textOf(part)
		raws = append(raws, v)
		switch v {
		case markerOther:
			others++
			labels[i], v = "Other", "Other"
		case markerNone:
			labels[i], v, raws[i] = "None", "", ""
		default:
			labels[i], v = r.valueLabel(i, v), shown(v)
		}
		g.values = append(g.values, v)
	}
	g.key, g.label = strings.Join(raws, "\x1f"), strings.Join(labels, " · ")
	if others == len(parts) && others > 0 {
		g.key, g.label, g.values = insight.KeyOther, "Other", nil
	}
	return g
}

// valueLabel is what people read for a value of the breakdown at a place.
func (r *reading) valueLabel(place int, v string) string {
	if v == "" || v == "none" || v == "null" || v == "None" {
		return "None"
	}
	if place < len(r.query.Breakdowns) {
		if d, ok := find(r.dims, r.query.Breakdowns[place]); ok {
			if i := slices.IndexFunc(d.Values, func(known insight.Value) bool { return known.Key == v }); i >= 0 {
				return d.Values[i].Name()
			}
			if d.typ == "cohort" {
				return r.cohortName(v)
			}
		}
	}
	return shown(v)
}

// cohortName is the name of a cohort by its id.
func (r *reading) cohortName(v string) string {
	if v == "all" || v == "0" {
		return "All people"
	}
	if id, err := strconv.ParseInt(v, 10, 64); err == nil && r.project.Cohorts[id] != "" {
		return hideAddresses(r.project.Cohorts[id])
	}
	return "Cohort " + v
}

// line is one series of an answer, before it is known what is shown of it.
type line struct {
	group
	name     string
	order    int64
	previous bool
	status   insight.Status
	points   []insight.Point
	days     []time.Time
	total    float64
	// whole says that total is the value of the whole period, as PostHog
	// gives it where it draws no time axis.
	whole bool
}

// lines reads series; scale is what their values are multiplied by.
func (r *reading) lines(raw json.RawMessage, scale float64) ([]line, error) {
	if !isList(raw) {
		return nil, fmt.Errorf("series that are no list: %w", insight.ErrBroken)
	}
	var all []line
	for _, one := range listOf(raw) {
		f := fieldsOf(one)
		_, hasData := f["data"]
		_, hasWhole := f["aggregated_value"]
		if !hasData && !hasWhole {
			return nil, fmt.Errorf("a series without data: %w", insight.ErrBroken)
		}
		l, err := r.line(f, scale)
		if err != nil {
			return nil, err
		}
		if label := f.text("compare_label"); label != "" {
			l.previous = label == "previous"
		} else if f.bool("compare") {
			// Without a label the second of two alike is the earlier one.
			l.previous = slices.ContainsFunc(all, func(o line) bool { return o.name == l.name && o.order == l.order && o.key == l.key && !o.previous })
		}
		all = append(all, l)
	}
	r.identify(all)
	return all, nil
}

// line reads one series.
func (r *reading) line(f fields, scale float64) (line, error) {
	l := line{group: r.groupOf(f), status: insight.Status(f.text("status")), total: missing()}
	action := f.object("action")
	l.order = action.whole(f.whole(0, "order"), "order")
	l.name = action.text("custom_name", "name")
	switch {
	case l.name == "" && action != nil && isNull(action["id"]):
		l.name = allEvents
	case l.name == "" && action != nil:
		l.name = action.text("id")
	case l.name == "" && l.split:
		// The label is that of the group; formulas are told apart by order.
		if l.order >= 0 && l.order < int64(len(r.saved.def.formulas)) && len(r.saved.def.formulas) > 1 {
			l.name = r.saved.def.formulas[l.order]
		}
	case l.name == "":
		l.name = f.text("custom_name", "label")
	}
	if err := r.points(&l, f, scale); err != nil {
		return line{}, err
	}
	whole, err := figure(f["aggregated_value"])
	if err != nil {
		return line{}, err
	}
	count, err := figure(f["count"])
	switch _, ok := f["aggregated_value"]; {
	case ok && (len(l.points) == 0 || !math.IsNaN(whole)):
		l.total, l.whole = whole*scale, true
	case len(l.points) > 0 && err != nil:
		return line{}, err
	case len(l.points) > 0:
		l.total = count * scale
	}
	return l, nil
}

// points reads the values of a series and the days they are of. Days without
// values are those of a total.
func (r *reading) points(l *line, f fields, scale float64) error {
	data := f.list("data")
	if !isNull(f["data"]) && !isList(f["data"]) || !isNull(f["days"]) && !isList(f["days"]) {
		return fmt.Errorf("a series whose values are no list: %w", insight.ErrBroken)
	}
	days := f.list("days")
	if len(data) > 0 && len(days) < len(data) {
		return fmt.Errorf("%d values of %d days: %w", len(data), len(days), insight.ErrBroken)
	}
	counted := r.saved.Kind == KindStickiness
	for i, day := range days {
		p := insight.Point{Value: missing()}
		if i < len(data) {
			n, err := figure(data[i])
			if err != nil {
				return err
			}
			p.Value = n * scale
		}
		switch n := numberOf(day); {
		case counted && n >= 1 && n < 1e6:
			p.X = int(n)
		case counted:
			return fmt.Errorf("a number of days that cannot be: %w", insight.ErrBroken)
		default:
			if p.At = bucketOf(textOf(day), l.days, r.zone); p.At.IsZero() {
				return fmt.Errorf("a day that is none: %w", insight.ErrBroken)
			}
			l.days = append(l.days, p.At)
		}
		if len(data) > 0 {
			l.points = append(l.points, p)
		}
	}
	return nil
}

// bucketOf reads the start of a bucket after those before it. Of an hour that
// the clocks repeat the first comes first.
func bucketOf(s string, before []time.Time, zone *time.Location) time.Time {
	at := momentOf(s, zone)
	first := at.Add(-time.Hour)
	if at.IsZero() || first.Format(time.DateTime) != at.Format(time.DateTime) {
		return at
	}
	if n := len(before); n == 0 || first.After(before[n-1]) {
		return first
	}
	return at
}

// identify gives every series a key of its own, which is the same in the
// earlier window, and the label that people read.
func (r *reading) identify(all []line) {
	names := map[string]map[int64]bool{}
	for _, l := range all {
		if names[l.name] == nil {
			names[l.name] = map[int64]bool{}
		}
		names[l.name][l.order] = true
	}
	many := len(names) > 1 || r.saved.def.many()
	seen := map[string]int{}
	for i := range all {
		l := &all[i]
		name, id := eventName(l.name), l.name
		if len(names[l.name]) > 1 {
			id += "\x1f#" + strconv.FormatInt(l.order, 10)
			name += " (" + strconv.FormatInt(l.order+1, 10) + ")"
		}
		switch {
		case l.status != "":
			l.key, l.label = string(l.status), string(l.status)
		case many && l.split:
			l.key, l.label = id+"\x1f"+l.key, name+" · "+l.label
		case many:
			l.key, l.label = id, name
		case !l.split:
			l.key, l.label = "", ""
		}
		at := l.key + "\x00" + strconv.FormatBool(l.previous)
		if seen[at]++; seen[at] > 1 {
			l.key += "\x1f" + strconv.Itoa(seen[at])
		}
	}
}

// checkSplit refuses an answer that is broken down otherwise than was asked.
func (r *reading) checkSplit(split []bool) error {
	for _, yes := range split {
		switch {
		case !yes && len(r.query.Breakdowns) > 0:
			return fmt.Errorf("PostHog did not break it down: %w", insight.ErrUnsupported)
		case yes && len(r.query.Breakdowns) == 0:
			return fmt.Errorf("PostHog broke it down unasked: %w", insight.ErrUnsupported)
		}
	}
	return nil
}

// grainOfDays is the width of buckets that begin on these days; asked where
// they do not tell.
func grainOfDays(days []time.Time, asked insight.Grain) insight.Grain {
	if len(days) < 2 {
		return asked
	}
	switch gap := days[1].Sub(days[0]); {
	case gap <= 2*time.Hour:
		return insight.GrainHour
	case gap <= 26*time.Hour:
		return insight.GrainDay
	case gap <= 8*24*time.Hour:
		return insight.GrainWeek
	case gap <= 32*24*time.Hour:
		return insight.GrainMonth
	case gap <= 93*24*time.Hour:
		return insight.GrainQuarter
	}
	return insight.GrainYear
}
