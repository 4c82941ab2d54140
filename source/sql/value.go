package sqlsource

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"insightbot/insight"
)

// numberOf reads a number; no value is NaN.
func numberOf(v any, column string) (float64, error) {
	switch v := v.(type) {
	case nil:
		return math.NaN(), nil
	case int64:
		return float64(v), nil
	case float64:
		return v, nil
	case bool:
		if v {
			return 1, nil
		}
		return 0, nil
	case string:
		if f, err := strconv.ParseFloat(strings.TrimSpace(v), 64); err == nil {
			return f, nil
		}
		return 0, broken(column, "text")
	case []byte:
		return numberOf(string(v), column)
	case decimal:
		return numberOf(string(v), column)
	}
	return 0, broken(column, fmt.Sprintf("a %T", v))
}

// wholeOf reads a whole number.
func wholeOf(v any, column string) (int, error) {
	f, err := numberOf(v, column)
	if err != nil {
		return 0, err
	}
	if f != math.Trunc(f) || math.Abs(f) > 1e6 {
		return 0, broken(column, "no small whole number")
	}
	return int(f), nil
}

// keyOf is a value as the key of a group; no value is "".
func keyOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []byte:
		return string(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return floatText(v)
	case time.Time:
		return timeText(v, "")
	case instant:
		return timeText(time.Time(v).UTC(), "")
	case decimal:
		return string(v)
	}
	return fmt.Sprint(v)
}

// floatText writes a float as people would, without an exponent and without
// the last digit that only binary arithmetic brings: 0.1 + 0.2 is 0.3.
func floatText(f float64) string {
	if rounded, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64); err == nil {
		f = rounded
	}
	if a := math.Abs(f); a != 0 && (a < 1e-9 || a >= 1e21) {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// timeText writes a time that the driver parsed, as it was stored.
func timeText(t time.Time, declared string) string {
	if strings.EqualFold(declared, "DATE") && t.Equal(t.Truncate(24*time.Hour)) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.DateTime)
}

// moment reads a time out of a result: an instant, or a civil time of zone.
// Numbers are seconds since 1970, or milliseconds where seconds would lie
// beyond the year 5138.
func moment(v any, zone *time.Location, column string) (time.Time, error) {
	const milliseconds = 100_000_000_000
	switch v := v.(type) {
	case time.Time:
		return civilIn(v, zone), nil
	case instant:
		return time.Time(v).In(zone), nil
	case int64:
		if v > milliseconds || v < -milliseconds {
			return time.UnixMilli(v).In(zone), nil
		}
		return time.Unix(v, 0).In(zone), nil
	case float64:
		if math.Abs(v) > milliseconds {
			v /= 1000
		}
		return time.UnixMilli(int64(math.Floor(v * 1000))).In(zone), nil
	case []byte:
		return moment(string(v), zone, column)
	case string:
		if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return t.In(zone), nil
		}
		for _, layout := range []string{time.DateOnly, time.DateTime, "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00"} {
			if t, err := time.Parse(layout, v); err == nil {
				if strings.HasSuffix(layout, "Z07:00") {
					return t.In(zone), nil
				}
				return civilIn(t, zone), nil
			}
		}
	case nil:
		return time.Time{}, broken(column, "NULL")
	}
	return time.Time{}, broken(column, "no time")
}

// civilIn is the instant at which the clocks of zone show what t shows.
func civilIn(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.Date()
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() == 0 {
		// Midnight may not exist, or twice: the day knows where it begins.
		return insight.GrainDay.Floor(time.Date(y, m, d, 12, 0, 0, 0, zone), time.Monday)
	}
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
}

// cellOf makes a table cell of a value.
func cellOf(v any, declared string, column insight.Column, zone *time.Location) insight.Cell {
	if column.Type == insight.ColumnTime && v != nil {
		switch v.(type) {
		case int64, float64:
			if t, err := moment(v, zone, column.Name); err == nil {
				return insight.Cell{Text: t.Format(time.DateTime)}
			}
		}
	}
	switch v := v.(type) {
	case nil:
		return insight.Cell{Null: true}
	case int64:
		return insight.Cell{Text: strconv.FormatInt(v, 10), Number: float64(v), IsNumber: true}
	case float64:
		return insight.Cell{Text: floatText(v), Number: v, IsNumber: true}
	case time.Time:
		return insight.Cell{Text: timeText(v, declared)}
	case instant:
		return insight.Cell{Text: time.Time(v).In(zone).Format(time.DateTime)}
	case decimal:
		f, err := strconv.ParseFloat(string(v), 64)
		return insight.Cell{Text: string(v), Number: f, IsNumber: err == nil}
	case []byte:
		if !utf8.Valid(v) {
			return insight.Cell{Text: fmt.Sprintf("(%d bytes)", len(v))}
		}
		return insight.Cell{Text: string(v)}
	case string:
		if column.Type == insight.ColumnNumber {
			if f, err := strconv.ParseFloat(v, 64); err == nil {
				return insight.Cell{Text: v, Number: f, IsNumber: true}
			}
		}
		return insight.Cell{Text: v}
	}
	return insight.Cell{Text: fmt.Sprint(v)}
}
