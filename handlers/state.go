package handlers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"insightbot/chat"
	"insightbot/insight"
	"insightbot/match"
)

// A button carries the whole of what it asks for as arguments, so that an old
// message can be pressed after a restart and by somebody else. This file turns
// a Reading into such arguments and back.

// stateOf returns the arguments that ask for the same again. The period is
// kept as it was resolved: "Table" below an old answer must show the days of
// that answer, not those of today.
func stateOf(in insight.Insight, r match.Reading) chat.Args {
	args := chat.Args{argInsight: in.ID}
	set := func(name, value string) {
		if value != "" {
			args[name] = value
		}
	}
	set(argQuestion, r.Text)
	if r.Period != nil {
		set(argPeriod, encodePeriod(*r.Period))
	}
	set(argGrain, string(r.Grain))
	if r.Grain == insight.GrainNone && r.OverTime {
		set(argGrain, grainAny)
	}
	set(argCompare, string(r.Compare))
	if r.Against != nil {
		set(argAgainst, encodePeriod(*r.Against))
	}
	set(argChart, string(r.Chart))
	set(argFilter, encodeFilters(r.Filters))
	var names []string
	for _, w := range r.Breakdowns {
		if w.Name != "" {
			names = append(names, w.Name)
		}
	}
	set(argBreakdown, strings.Join(names, ","))
	return args
}

// grainAny stands for "over time", of whatever grain.
const grainAny = "any"

// readState is the reading that arguments ask of an insight. Words that mean
// nothing are an error, which only a forged or hand-typed call can cause; it is
// a phrase for the person.
func readState(args chat.Args, in insight.Insight, c match.Clock) (match.Reading, error) {
	r := match.Reading{Text: args[argQuestion]}
	if p := args[argPeriod]; p != "" {
		period, err := decodePeriod(p, c)
		if err != nil {
			return r, err
		}
		r.Period = period
	}
	if p := args[argAgainst]; p != "" {
		period, err := decodePeriod(p, c)
		if err != nil {
			return r, err
		}
		r.Against = period
	}
	if err := readShape(&r, args); err != nil {
		return r, err
	}
	for name := range splitSeq(args[argBreakdown], ",") {
		r.Breakdowns = append(r.Breakdowns, match.BreakdownWish{Name: name, Words: name, Sure: true})
	}
	for f := range splitSeq(args[argFilter], ";") {
		wish, err := decodeFilter(f)
		if err != nil {
			return r, err
		}
		wish.Words = valueNames(in, wish)
		r.Filters = append(r.Filters, wish)
	}
	return r, nil
}

// readShape reads the grain, the comparison and the chart.
func readShape(r *match.Reading, args chat.Args) error {
	switch g := args[argGrain]; g {
	case "":
	case grainAny:
		r.OverTime = true
	default:
		r.Grain = insight.Grain(g)
		if !slices.Contains(insight.Grains(), r.Grain) {
			return fmt.Errorf("the grain %q means nothing to me", g)
		}
	}
	r.Compare = insight.Compare(args[argCompare])
	if !slices.Contains([]insight.Compare{insight.CompareNone, insight.ComparePrevious, insight.CompareYear}, r.Compare) {
		return fmt.Errorf("the comparison %q means nothing to me", r.Compare)
	}
	if c := args[argChart]; c != "" && c != chartCSV {
		r.Chart = insight.Chart(c)
		if !slices.Contains(insight.Charts(), r.Chart) {
			return fmt.Errorf("the chart %q means nothing to me", c)
		}
	}
	return nil
}

// encodePeriod writes a period as "@from/to/kind/unit/count".
func encodePeriod(p match.Period) string {
	return fmt.Sprintf("@%s/%s/%s/%s/%d", p.Window.From.Format(time.RFC3339), p.Window.To.Format(time.RFC3339), p.Kind, p.Unit, p.Count)
}

// decodePeriod reads what encodePeriod wrote, or a phrase.
func decodePeriod(s string, c match.Clock) (*match.Period, error) {
	encoded, ok := strings.CutPrefix(s, "@")
	if !ok {
		if p := match.Read(s, nil, c).Period; p != nil {
			return p, nil
		}
		return nil, fmt.Errorf("the period %q means nothing to me", s)
	}
	f := strings.Split(encoded, "/")
	if len(f) != 5 {
		return nil, fmt.Errorf("the period %q means nothing to me", s)
	}
	from, err1 := time.Parse(time.RFC3339, f[0])
	to, err2 := time.Parse(time.RFC3339, f[1])
	count, err3 := strconv.Atoi(f[4])
	kind, unit := match.PeriodKind(f[2]), insight.Grain(f[3])
	if err1 != nil || err2 != nil || err3 != nil || !from.Before(to) || from.Year() < 1500 || to.Year() > 2500 ||
		count < 0 || count > 10_000 || !slices.Contains(periodKinds, kind) || unit != insight.GrainNone && !slices.Contains(insight.Grains(), unit) {
		return nil, fmt.Errorf("the period %q means nothing to me", s)
	}
	return &match.Period{
		Window: insight.Window{From: from.In(c.Zone), To: to.In(c.Zone)},
		Kind:   kind, Unit: unit, Count: count,
	}, nil
}

// periodKinds are the kinds a period can have.
var periodKinds = []match.PeriodKind{match.PeriodCalendar, match.PeriodRolling, match.PeriodRunning, match.PeriodRange}

// encodeFilters writes filters as "field:op:value,value;…". The separators are
// escaped in values, which may hold anything.
func encodeFilters(fs []match.FilterWish) string {
	out := make([]string, len(fs))
	for i, f := range fs {
		values := make([]string, len(f.Values))
		for j, v := range f.Values {
			values[j] = escapeValue.Replace(v)
		}
		out[i] = f.Field + ":" + string(f.Op) + ":" + strings.Join(values, ",")
	}
	return strings.Join(out, ";")
}

// decodeFilter reads one of the filters that encodeFilters wrote.
func decodeFilter(s string) (match.FilterWish, error) {
	field, rest, ok1 := strings.Cut(s, ":")
	op, list, ok2 := strings.Cut(rest, ":")
	w := match.FilterWish{Field: field, Op: insight.Op(op), Sure: true}
	if !ok1 || !ok2 || field == "" || (w.Op != insight.OpIs && w.Op != insight.OpIsNot) {
		return w, fmt.Errorf("the filter %q means nothing to me", s)
	}
	for v := range splitSeq(list, ",") {
		w.Values = append(w.Values, unescapeValue.Replace(v))
	}
	return w, nil
}

// valueNames are the values of a filter as people call them.
func valueNames(in insight.Insight, w match.FilterWish) string {
	d, _ := in.Accepts.Dimension(w.Field)
	names := slices.Clone(w.Values)
	for i, key := range names {
		if j := slices.IndexFunc(d.Values, func(v insight.Value) bool { return v.Key == key }); j >= 0 {
			names[i] = d.Values[j].Name()
		}
	}
	return strings.Join(names, ", ")
}

var (
	escapeValue   = strings.NewReplacer("%", "%25", ",", "%2C", ";", "%3B", ":", "%3A")
	unescapeValue = strings.NewReplacer("%2C", ",", "%3B", ";", "%3A", ":", "%25", "%")
)
