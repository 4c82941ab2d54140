package posthogtest

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// dates is a period with both ends inside, as PostHog counts.
type dates struct{ from, to time.Time }

// relative is a date relative to now: -7d, mStart, -1dStart, -1mEnd.
var relative = regexp.MustCompile(`^(-?\d*)([hdwmqy])(Start|End)?$`)

// resolve is the period of a run. The ends are rounded out to whole days, or
// hours, unless the dates are explicit.
func (s *Server) resolve(a ask) dates {
	var d struct {
		From     string `json:"date_from"`
		To       string `json:"date_to"`
		Explicit bool   `json:"explicitDate"`
	}
	switch {
	case a.source == nil && none(a.filters["dateRange"]):
		_ = json.Unmarshal(encode(a.filters), &d) //nolint:errcheck // old insights have the dates at the top, or none
	case a.source == nil:
		_ = json.Unmarshal(a.filters["dateRange"], &d) //nolint:errcheck // none are none
	case a.kind == "HogQLQuery" && !none(a.source["filters"]):
		var f struct {
			DateRange json.RawMessage `json:"dateRange"`
		}
		_ = json.Unmarshal(a.source["filters"], &f) //nolint:errcheck // none are none
		_ = json.Unmarshal(f.DateRange, &d)         //nolint:errcheck // none are none
	default:
		_ = json.Unmarshal(a.source["dateRange"], &d) //nolint:errcheck // none are none
	}
	if d.From == "" {
		d.From = "-7d"
	}
	now := s.options.Now().In(s.options.Zone)
	r := dates{from: s.date(d.From, now), to: now}
	toRelative := true
	if d.To != "" {
		toRelative = relative.MatchString(d.To)
		r.to = s.date(d.To, now)
	}
	if d.Explicit {
		return r
	}
	year, month, day := r.to.Date()
	switch {
	case a.interval() != "hour":
		r.to = time.Date(year, month, day, 23, 59, 59, 999_999_000, s.options.Zone)
		year, month, day = r.from.Date()
		r.from = time.Date(year, month, day, 0, 0, 0, 0, s.options.Zone)
	case toRelative || len(d.To) == len(time.DateOnly):
		hour := 23
		if toRelative {
			hour = r.to.Hour()
		}
		r.to = time.Date(year, month, day, hour, 59, 59, 999_999_000, s.options.Zone)
	}
	return r
}

// date is one end of a period. What it does not understand is now.
func (s *Server) date(text string, now time.Time) time.Time {
	if text == "all" {
		return time.Date(2025, 1, 1, 0, 0, 0, 0, s.options.Zone)
	}
	if m := relative.FindStringSubmatch(text); m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			n = 0
		}
		return edge(shift(now, n, m[2]), m[2], m[3])
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05", "2006-01-02T15:04:05.999999", "2006-01-02 15:04:05", time.RFC3339Nano} {
		if t, err := time.ParseInLocation(layout, text, s.options.Zone); err == nil {
			return t.In(s.options.Zone)
		}
	}
	s.wrong("the date %q", text)
	return now
}

// shift moves a time by so many units.
func shift(t time.Time, n int, unit string) time.Time {
	switch unit {
	case "h":
		return t.Add(time.Duration(n) * time.Hour)
	case "d":
		return t.AddDate(0, 0, n)
	case "w":
		return t.AddDate(0, 0, 7*n)
	case "m":
		return t.AddDate(0, n, 0)
	case "q":
		return t.AddDate(0, 3*n, 0)
	default:
		return t.AddDate(n, 0, 0)
	}
}

// edge is the beginning or the end of the unit around a time.
func edge(t time.Time, unit, which string) time.Time {
	if which == "" {
		return t
	}
	y, m, d := t.Date()
	start := time.Date(y, m, d, 0, 0, 0, 0, t.Location())
	switch unit {
	case "h":
		start = t.Truncate(time.Hour)
	case "w":
		start = start.AddDate(0, 0, -(int(start.Weekday())+6)%7)
	case "m":
		start = time.Date(y, m, 1, 0, 0, 0, 0, t.Location())
	case "y":
		start = time.Date(y, 1, 1, 0, 0, 0, 0, t.Location())
	}
	if which == "Start" {
		return start
	}
	return shift(start, 1, unit).Add(-time.Microsecond)
}

// interval is the bucket of a run.
func (a ask) interval() string {
	for _, o := range []object{a.source, a.filters} {
		if i := text(o["interval"]); i != "" {
			return i
		}
	}
	return "day"
}

// buckets are the starts of all buckets of a period. Weeks begin on Monday.
func buckets(d dates, interval string) []time.Time {
	unit := map[string]string{"hour": "h", "day": "d", "week": "w", "month": "m"}[interval]
	if unit == "" {
		unit = "d"
	}
	var all []time.Time
	for t := edge(d.from, unit, "Start"); !t.After(d.to); t = shift(t, 1, unit) {
		all = append(all, t)
	}
	return all
}

// before is the period that a run is compared with.
func before(d dates, to string) dates {
	if m := relative.FindStringSubmatch(strings.TrimSpace(to)); m != nil {
		n, err := strconv.Atoi(m[1])
		if err == nil && n != 0 {
			return dates{shift(d.from, n, m[2]), shift(d.to, n, m[2])}
		}
	}
	days := int(d.to.Add(time.Microsecond).Sub(d.from).Hours()/24 + 0.5)
	if days < 1 {
		length := d.to.Add(time.Microsecond).Sub(d.from)
		return dates{d.from.Add(-length), d.to.Add(-length)}
	}
	return dates{d.from.AddDate(0, 0, -days), d.to.AddDate(0, 0, -days)}
}

// day is a bucket as it stands in days; label is it for people.
func day(t time.Time, interval string) string {
	if interval == "hour" {
		return t.Format("2006-01-02 15:04:05")
	}
	return t.Format(time.DateOnly)
}

func label(t time.Time, interval string) string {
	switch interval {
	case "hour":
		return t.Format("2-Jan-2006 15:04")
	case "month":
		return t.Format("Jan 2006")
	default:
		return t.Format("2-Jan-2006")
	}
}

// resolved is a period as it comes back.
func (d dates) resolved() json.RawMessage {
	layout := "2006-01-02T15:04:05.999999Z07:00"
	return encode(struct {
		From string `json:"date_from"`
		To   string `json:"date_to"`
	}{d.from.Format(layout), d.to.Format(layout)})
}
