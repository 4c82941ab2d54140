package render

import (
	"strings"

	"insightbot/insight"
	"insightbot/text"
)

// isMeasure reports whether a unit is one of measurement, which a number makes
// no sense without, rather than the noun of what is counted.
func isMeasure(unit string) bool {
	if strings.Contains(unit, "/") || strings.Contains(unit, "°") {
		return true
	}
	switch strings.ToLower(unit) {
	case "ns", "µs", "us", "ms", "s", "sec", "min", "h", "hrs", "d",
		"nanoseconds", "microseconds", "milliseconds", "seconds", "minutes", "hours", "days", "weeks", "months", "years",
		"b", "kb", "mb", "gb", "tb", "kib", "mib", "gib", "tib", "bytes", "kilobytes", "megabytes", "gigabytes",
		"mm", "cm", "m", "km", "metres", "meters", "kilometres", "kilometers", "miles", "g", "kg", "t", "tonnes",
		"w", "kw", "kwh", "mwh", "v", "hz", "khz", "mhz", "ghz", "l", "litres", "liters",
		"points", "pts", "percentage points", "pp", "bps", "kbps", "mbps", "gbps", "fps", "rpm", "%":
		return true
	}
	return false
}

// WithUnit is Short with the unit of measurement behind it: "632 ms". Where
// the unit names what is counted, or the number carries its own, it is Short.
func WithUnit(f insight.Format, v float64) string {
	unit := text.Clean(f.Unit)
	if !plainKind(f) || !isMeasure(unit) {
		return Short(f, v)
	}
	return joinUnit(Short(f, v), unit)
}

// inWords is Short with the unit, whatever it is: "3 uploads", "632 ms".
func inWords(f insight.Format, v float64) string {
	if unit := text.Clean(f.Unit); plainKind(f) && unit != "" {
		return joinUnit(Short(f, v), unit)
	}
	return Short(f, v)
}

// joinUnit puts a unit behind a number that has been written.
func joinUnit(number, unit string) string {
	switch {
	case number == NoValue:
		return number
	case unit == "%":
		return number + unit
	case number == "1" && len(unit) > 3:
		unit = text.Singular(unit)
	}
	return number + " " + unit
}

// unitNote says in which unit a chart counts, where neither its title nor its
// numbers do: "in ms". It is "" where nothing is to be said.
func unitNote(in insight.Insight, shape insight.Shape, title string) string {
	unit := text.Clean(in.Format.Unit)
	if unit == "" || !plainKind(in.Format) || names(title, unit) {
		return ""
	}
	switch shape {
	case insight.ShapeTrend, insight.ShapeBox, "":
	case insight.ShapeHistogram:
		if !isMeasure(unit) {
			return "" // it may be what the bars count
		}
	default:
		return ""
	}
	return "in " + text.Truncate(unit, maxName, text.Graphemes)
}

// names reports whether a title holds a name, word by word and in singular or
// plural.
func names(title, name string) bool {
	has := map[string]bool{}
	for _, w := range words(title) {
		has[w] = true
	}
	list := words(name)
	for _, w := range list {
		if !has[w] {
			return false
		}
	}
	return len(list) > 0
}

// words are the words of a text in small letters and in the singular.
func words(s string) []string {
	list := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune(" \t\n,;:.()[]/_“”\"'", r) })
	for i, w := range list {
		list[i] = text.Singular(w)
	}
	return list
}
