package sqlsource

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// drawable is the form of names that a draft uses. Others exist, and are left
// for people to write.
var drawable = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_ -]{0,60}$`)

// columnKind is what a column holds, as far as a draft cares.
type columnKind string

const (
	kindOther   columnKind = ""
	kindText    columnKind = "text"
	kindWhole   columnKind = "whole"
	kindNumber  columnKind = "number"
	kindTruth   columnKind = "truth"
	kindDate    columnKind = "date"
	kindClock   columnKind = "clock"
	kindInstant columnKind = "instant"
)

// wrapped is a type of ClickHouse around another.
var wrapped = regexp.MustCompile(`^(?:nullable|lowcardinality)\((.*)\)$`)

// kindOf reads the type of a column as a kind of database names it.
func kindOf(database, declared string) columnKind {
	d := strings.ToLower(declared)
	for found := wrapped.FindStringSubmatch(d); found != nil; found = wrapped.FindStringSubmatch(d) {
		d = found[1]
	}
	word, _, _ := strings.Cut(d, "(")
	word = strings.TrimSpace(word)
	switch {
	case strings.HasPrefix(d, "timestamp") && strings.Contains(d, "with time zone"), word == "timestamptz":
		return kindInstant
	case word == "timestamp" && database == TypeMySQL, strings.HasPrefix(word, "datetime") && database == TypeClickHouse:
		return kindInstant
	case strings.HasPrefix(d, "timestamp"), strings.HasPrefix(word, "datetime"):
		return kindClock
	case word == "date", word == "date32":
		return kindDate
	case strings.HasPrefix(word, "bool"):
		return kindTruth
	case strings.HasPrefix(word, "interval"), strings.HasPrefix(word, "point"):
		return kindOther
	case strings.Contains(word, "int"), strings.Contains(word, "serial"), word == "year":
		return kindWhole
	case isAnyOf(word, "decimal", "numeric", "float", "real", "double", "money", "number"):
		return kindNumber
	case isAnyOf(word, "char", "text", "string", "clob", "enum", "user-defined", "name"):
		return kindText
	}
	return kindOther
}

// isAnyOf reports whether a text begins with, or has at its end, one of these.
func isAnyOf(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.HasPrefix(s, p) || strings.HasSuffix(s, p) })
}

// seenColumn is a column and what a sample of its rows holds.
type seenColumn struct {
	name string
	kind columnKind
	// rows is how many there were, nulls how many of them without a value.
	rows, nulls int
	// values counts the values, until there are too many of them.
	values map[string]int
	many   bool
	// long is set where one of the values is a longer text.
	long bool
	// seconds, milliseconds, days and clocks count the values that look like
	// those forms of time.
	seconds, milliseconds, days, clocks int
}

const (
	// draftValues is how many values a dimension of a draft may have.
	draftValues = 40
	// longValue is a text that is no name of a group, in bytes.
	longValue = 60
)

// see looks at one value.
func (c *seenColumn) see(v any) {
	c.rows++
	if v == nil {
		c.nulls++
		return
	}
	switch v := v.(type) {
	case int64:
		// From 1990 until 2100.
		const early, late = 631_152_000, 4_102_444_800
		c.seconds += boolInt(v > early && v < late)
		c.milliseconds += boolInt(v > early*1000 && v < late*1000)
	case string:
		c.days += boolInt(datePattern.MatchString(v))
		c.clocks += boolInt(datetimePattern.MatchString(v) && len(v) > len(time.DateOnly))
	case time.Time:
		c.clocks++
	}
	key := keyOf(v)
	c.long = c.long || len(key) > longValue || strings.ContainsAny(key, "\r\n\t")
	if c.values == nil {
		c.values = map[string]int{}
	}
	if c.values[key]++; len(c.values) > draftValues {
		c.many, c.values = true, map[string]int{}
	}
}

// filled is how many rows have a value.
func (c seenColumn) filled() int { return c.rows - c.nulls }

// words are the parts of a column's name.
func (c seenColumn) words() []string { return strings.Split(snake(c.name), "_") }

// named reports whether the name has one of these words in it.
func (c seenColumn) named(words ...string) bool {
	return slices.ContainsFunc(c.words(), func(w string) bool { return slices.Contains(words, w) })
}

// isKey reports whether it looks like the name of a row.
func (c seenColumn) isKey() bool {
	return c.named("id", "uuid", "guid", "key", "hash", "token", "number", "no", "code", "pk", "fk")
}

// timeType is how the column stores times, as an insight says it; "" where it
// does not.
func (c seenColumn) timeType() timeKind {
	all := max(c.filled(), 1)
	named := c.named("at", "on", "time", "date", "ts", "timestamp", "epoch", "created", "day", "when", "datetime")
	switch c.kind {
	case kindInstant:
		return timeInstant
	case kindDate:
		return timeDate
	case kindClock:
		if c.days == all && c.rows > 0 {
			return timeDate // SQLite stores what it is given
		}
		return timeDatetime
	case kindWhole:
		switch {
		case named && c.seconds == all:
			return timeUnix
		case named && c.milliseconds == all:
			return timeUnixMS
		}
	case kindText, kindOther:
		switch {
		case c.days == all:
			return timeDate
		case c.clocks == all:
			return timeDatetime
		}
	case kindNumber, kindTruth:
	}
	return ""
}

// timesOf lists the columns that may say when a row came about, the likeliest
// first.
func timesOf(columns []seenColumn) []seenColumn {
	times := slices.DeleteFunc(slices.Clone(columns), func(c seenColumn) bool { return c.timeType() == "" })
	rank := func(c seenColumn) int {
		n := map[columnKind]int{kindInstant: 3, kindClock: 3, kindDate: 2}[c.kind]
		if c.named("created", "ordered", "placed", "occurred", "signed", "event", "registered", "inserted", "started", "received", "paid") {
			n += 4
		}
		if c.named("at", "on", "time", "date", "timestamp", "ts") {
			n++
		}
		if c.named("updated", "modified", "deleted", "birth", "expires", "expired", "until", "end", "ended", "due", "cancelled", "canceled") {
			n -= 5
		}
		if 2*c.nulls > c.rows {
			n -= 3
		}
		return n
	}
	slices.SortStableFunc(times, func(a, b seenColumn) int { return cmp.Compare(rank(b), rank(a)) })
	return times
}

// dimensionsOf lists the columns that rows may be grouped by.
func dimensionsOf(columns []seenColumn) []seenColumn {
	fits := slices.DeleteFunc(slices.Clone(columns), func(c seenColumn) bool {
		n := len(c.values)
		switch {
		case c.many, c.long, n < 2, c.timeType() != "", c.isKey():
			return true
		case c.named("email", "mail", "phone", "fax", "address", "street", "ip", "password", "first", "last", "firstname", "lastname", "surname"):
			return true // of persons, and of no use as a group
		case n > 5 && 3*n > c.filled(): // nearly every row has its own
			return true
		}
		const few = 12
		return c.kind == kindNumber || c.kind == kindWhole && (n > few || c.isAmount())
	})
	rank := map[columnKind]int{kindText: 0, kindTruth: 1, kindWhole: 2}
	slices.SortStableFunc(fits, func(a, b seenColumn) int { return cmp.Compare(rank[a.kind], rank[b.kind]) })
	return fits[:min(len(fits), draftDimensions)]
}

// isAmount reports whether the name is that of something to add up.
func (c seenColumn) isAmount() bool {
	return c.named("amount", "total", "sum", "price", "cost", "quantity", "count", "size", "bytes", "duration", "seconds", "milliseconds", "revenue", "tax", "discount")
}

// numbersOf lists the columns that may be added up.
func numbersOf(columns []seenColumn) []seenColumn {
	return slices.DeleteFunc(slices.Clone(columns), func(c seenColumn) bool {
		number := c.kind == kindNumber || c.kind == kindWhole
		return !number || c.isKey() || c.timeType() != "" || c.named("latitude", "longitude", "lat", "lon", "year", "version", "status", "type")
	})
}

// underscores are more than one.
var underscores = regexp.MustCompile(`_+`)

// snake writes a name of any form in lower case with underscores, as names of
// dimensions are: "BillingCountry" is billing_country.
func snake(name string) string {
	var b strings.Builder
	var before rune
	for _, r := range name {
		switch {
		case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			if unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsDigit(before)) {
				b.WriteByte('_')
			}
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte('_')
		}
		before = r
	}
	clean := strings.Trim(underscores.ReplaceAllString(b.String(), "_"), "_")
	if clean == "" {
		return "x"
	}
	return clean
}
