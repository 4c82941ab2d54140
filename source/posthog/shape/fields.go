package shape

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"insightbot/insight"
)

// fields is a JSON object whose values are read one by one: what PostHog sends
// differs between versions, and one odd field must not cost the rest.
type fields map[string]json.RawMessage

// fieldsOf reads an object; anything else has no fields.
func fieldsOf(raw json.RawMessage) fields {
	if !isObject(raw) {
		return nil
	}
	var f fields
	if err := json.Unmarshal(raw, &f); err != nil {
		return nil
	}
	return f
}

// first is the first of several names that has a value.
func (f fields) first(names ...string) json.RawMessage {
	for _, n := range names {
		if raw := f[n]; !isNull(raw) {
			return raw
		}
	}
	return nil
}

// object is the object under the first of several names.
func (f fields) object(names ...string) fields { return fieldsOf(f.first(names...)) }

// text is the text or number under the first of several names.
func (f fields) text(names ...string) string { return textOf(f.first(names...)) }

// bool is true where the first of several names holds true.
func (f fields) bool(names ...string) bool { return textOf(f.first(names...)) == "true" }

// number is the number under the first of several names; NaN without one.
func (f fields) number(names ...string) float64 { return numberOf(f.first(names...)) }

// whole is the whole number under the first of several names, or else.
func (f fields) whole(otherwise int64, names ...string) int64 {
	n := f.number(names...)
	if n != math.Trunc(n) || math.Abs(n) >= 1<<53 { // also for NaN
		return otherwise
	}
	return int64(n)
}

// time is the moment under a name, or zero.
func (f fields) time(name string) time.Time { return momentOf(f.text(name), time.UTC) }

// list is the list under the first of several names. A list that is written as
// text, as some old insights have it, is one too.
func (f fields) list(names ...string) []json.RawMessage {
	raw := f.first(names...)
	if s := textOf(raw); strings.HasPrefix(s, "[") {
		raw = json.RawMessage(s)
	}
	return listOf(raw)
}

// texts is the list of texts under the first of several names.
func (f fields) texts(names ...string) []string {
	var all []string
	for _, raw := range f.list(names...) {
		if s := textOf(raw); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// listOf reads a list; anything else is empty.
func listOf(raw json.RawMessage) []json.RawMessage {
	if kindOf(raw) != '[' {
		return nil
	}
	var all []json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil
	}
	return all
}

// kindOf is the first byte of a value, which tells what it is; 0 for nothing.
func kindOf(raw json.RawMessage) byte {
	if raw = bytes.TrimLeft(raw, " \t\r\n"); len(raw) > 0 {
		return raw[0]
	}
	return 0
}

func isObject(raw json.RawMessage) bool { return kindOf(raw) == '{' }

func isList(raw json.RawMessage) bool { return kindOf(raw) == '[' }

// isNull reports whether there is no value.
func isNull(raw json.RawMessage) bool { k := kindOf(raw); return k == 0 || k == 'n' }

// textOf is a text, or a number or truth value as it is written.
func textOf(raw json.RawMessage) string {
	switch kindOf(raw) {
	case '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return ""
		}
		return s
	case 0, 'n', '{', '[':
		return ""
	}
	return string(bytes.TrimSpace(raw))
}

// numberOf is a number; NaN for anything else, also for one written as text.
func numberOf(raw json.RawMessage) float64 {
	switch kindOf(raw) {
	case 0, 'n', '"', '{', '[', 't', 'f':
		return math.NaN()
	}
	n, err := strconv.ParseFloat(string(bytes.TrimSpace(raw)), 64)
	if err != nil {
		return math.NaN()
	}
	return n
}

// errNumber is for a value that is there and is no number.
var errNumber = fmt.Errorf("a number that is none: %w", insight.ErrBroken)

// figure is the number of a value; NaN for none. Anything else is an error: a
// number that cannot be read must not look like one that is missing.
func figure(raw json.RawMessage) (float64, error) {
	n := numberOf(raw)
	if math.IsNaN(n) && !isNull(raw) || math.IsInf(n, 0) {
		return missing(), errNumber
	}
	return n, nil
}

// momentLayouts are the forms in which PostHog writes moments and days. Those
// without an offset are of the project's zone.
var momentLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", time.DateOnly, "2006-01-02 15:04", "2006-01-02T15:04",
}

// momentOf reads a moment; zero when it is none. A moment with an offset is
// given in the zone too.
func momentOf(s string, zone *time.Location) time.Time {
	if len(s) < len(time.DateOnly) || s[0] < '0' || s[0] > '9' {
		return time.Time{}
	}
	for _, layout := range momentLayouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t.In(zone)
		}
	}
	return time.Time{}
}

// encode writes a value that can always be written.
func encode(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // SQL must stay as it is
	if err := e.Encode(v); err != nil {
		return nil
	}
	return bytes.TrimSpace(b.Bytes())
}
