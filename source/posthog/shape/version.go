package shape

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// version is a hash of what an insight computes. Looks, names of the author's
// and what PostHog adds when it moves a query to a newer form do not count;
// what stands at the head of it (zone, week) does.
func (s Saved) version(p Project) string {
	h := sha256.New()
	for _, part := range []string{string(s.Kind), p.zone().String(), p.WeekStart.String(), s.def.display} {
		h.Write([]byte(part + "\x00"))
	}
	for _, raw := range []json.RawMessage{s.def.source, s.def.filters} {
		h.Write(canonical(raw))
		h.Write([]byte{0})
	}
	if s.Kind == KindSQL {
		h.Write([]byte(s.def.sql.x + "\x00" + strings.Join(s.def.sql.y, "\x00")))
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// cosmetic are fields that change nothing of the numbers.
var cosmetic = map[string]bool{
	"version": true, "tags": true, "response": true, "dataColorTheme": true, "showLegend": true, "show_legend": true,
	"showValuesOnSeries": true, "show_values_on_series": true, "showAlertThresholdLines": true, "showPercentStackView": true,
	"show_percent_stack_view": true, "showLabelsOnSeries": true, "showMultipleYAxes": true, "showTrendLines": true, "showConfidenceIntervals": true,
	"confidenceLevel": true, "showMovingAverage": true, "movingAverageIntervals": true, "yAxisScaleType": true, "y_axis_scale_type": true,
	"goalLines": true, "hiddenLegendIndexes": true, "hidden_legend_keys": true, "hiddenLegendBreakdowns": true, "resultCustomizationBy": true,
	"resultCustomizations": true, "layout": true, "dashboardDisplay": true, "meanRetentionCalculation": true, "detailedResultsAggregationType": true,
	"hideWeekends": true, "minDecimalPlaces": true, "name": true, "client_query_id": true, "explain": true,
}

// canonical writes JSON in one form: keys sorted, without what is empty and
// what is cosmetic.
func canonical(raw json.RawMessage) []byte {
	if isNull(raw) {
		return nil
	}
	var b bytes.Buffer
	writeCanonical(&b, raw, 0)
	return b.Bytes()
}

// maxDepth bounds how deep a query is looked into.
const maxDepth = 40

func writeCanonical(b *bytes.Buffer, raw json.RawMessage, depth int) {
	switch {
	case depth > maxDepth:
		b.Write(raw)
	case isObject(raw):
		f := fieldsOf(raw)
		b.WriteByte('{')
		for _, name := range sortedKeys(f) {
			v := f[name]
			if cosmetic[name] || isNothing(v) {
				continue
			}
			var inner bytes.Buffer
			if writeCanonical(&inner, v, depth+1); inner.String() == "{}" {
				continue // nothing but looks was in it
			}
			b.Write(encode(name))
			b.WriteByte(':')
			b.Write(inner.Bytes())
			b.WriteByte(',')
		}
		b.WriteByte('}')
	case isList(raw):
		b.WriteByte('[')
		for _, v := range listOf(raw) {
			writeCanonical(b, v, depth+1)
			b.WriteByte(',')
		}
		b.WriteByte(']')
	case kindOf(raw) == '"':
		b.Write(encode(textOf(raw))) // escapes differ
	default:
		b.Write(bytes.TrimSpace(raw))
	}
}

// isNothing reports whether a value says no more than one that is absent.
func isNothing(raw json.RawMessage) bool {
	switch {
	case isNull(raw):
		return true
	case isObject(raw):
		return len(fieldsOf(raw)) == 0
	case isList(raw):
		return len(listOf(raw)) == 0
	}
	s := textOf(raw)
	return s == "" || s == "false"
}

// sortedKeys lists the names of an object in order.
func sortedKeys(f fields) []string {
	names := make([]string, 0, len(f))
	for n := range f {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
