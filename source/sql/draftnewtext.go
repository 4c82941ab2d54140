package sqlsource

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// yaml writes the draft.
func (p proposal) yaml() []byte {
	var b strings.Builder
	_, short := splitName(p.table)
	title := labelOf(snake(short))
	fmt.Fprintf(&b, "# Drafted from the table %s. It runs; what it means is for you to say: look at every line.\n", p.table)
	names := p.names()
	p.shared(&b, names)
	fmt.Fprintf(&b, "insights:\n  - id: %s\n    title: %s\n", p.id(), scalar(title))
	fmt.Fprintf(&b, "    description: %s # say how it counts, and what one row stands for\n", scalar("How many rows of "+short+" there are."))
	b.WriteString("    examples: # what people ask when they want this\n")
	fmt.Fprintf(&b, "      - %s\n", scalar("how many "+strings.ToLower(title)))
	fmt.Fprintf(&b, "    owner: {name: Nobody yet} # who answers for it: {name: Sales, contact: \"#sales\"}\n    events: [%s]\n", scalar(short))
	value := "count(*)"
	switch {
	case p.time.name != "":
		b.WriteString("    chart: line\n")
	case len(p.dimensions) > 0:
		b.WriteString("    chart: horizontal_bar\n")
	default:
		b.WriteString("    chart: number\n")
	}
	b.WriteString("    total: sum # for a rate or an average: rerun\n    # people: counted # only if every row is one person, or one account\n")
	if p.time.name != "" {
		fmt.Fprintf(&b, "    time:\n      column: %s\n      type: %s\n", scalar(quoteName(p.time.name)), p.time.timeType())
		b.WriteString("      grains: [day, week, month, quarter, year]\n    default: {period: last 30 days, grain: day}\n")
		fmt.Fprintf(&b, "    # as_of: SELECT max(%s) FROM %s # up to when the data is complete\n", quoteName(p.time.name), tableName(p.table))
	}
	if len(p.dimensions) > 0 {
		b.WriteString("    dimensions:\n")
		for i, c := range p.dimensions {
			fmt.Fprintf(&b, "      %s: %s\n", names[i], scalar(quoteName(c.name)))
		}
	}
	for _, c := range p.numbers {
		fmt.Fprintf(&b, "    # in place of count(*): sum(%s)\n", quoteName(c.name))
	}
	fmt.Fprintf(&b, "    sql: |\n      SELECT %s\n      FROM %s\n%s", strings.Join(p.selected(value), ", "), tableName(p.table), p.rest())
	return []byte(b.String())
}

// selected are the columns of the statement.
func (p proposal) selected(value string) []string {
	var columns []string
	if p.time.name != "" {
		columns = append(columns, "{{bucket}}")
	}
	if len(p.dimensions) > 0 {
		columns = append(columns, "{{breakdown}}")
	}
	return append(columns, value+" AS value")
}

// rest is the statement behind its table.
func (p proposal) rest() string {
	var where []string
	if p.time.name != "" {
		where = append(where, "{{window}}")
	}
	if len(p.dimensions) > 0 {
		where = append(where, "{{filters}}")
	}
	if len(where) == 0 {
		return ""
	}
	return "      WHERE " + strings.Join(where, " AND ") + "\n      GROUP BY {{group}}\n"
}

// names are those of the dimensions, each once.
func (p proposal) names() []string {
	var names []string
	for _, c := range p.dimensions {
		name := snake(c.name)
		for slices.Contains(names, name) {
			name += "_2"
		}
		names = append(names, name)
	}
	return names
}

// shared writes the dimensions that no file of the folder describes yet, with
// the values that were seen.
func (p proposal) shared(b *strings.Builder, names []string) {
	first := true
	for i, c := range p.dimensions {
		if _, known := p.taken.shared[names[i]]; known {
			continue
		}
		if first {
			fmt.Fprintf(b, "# The values were seen in up to %d rows: add what is missing, or let the database list them with\n"+
				"# values: {sql: SELECT DISTINCT … FROM …}.\ndimensions:\n", draftSample)
			first = false
		}
		var values []string
		for _, key := range slices.Sorted(maps.Keys(c.values)) {
			if key != "" {
				values = append(values, scalar(key))
			}
		}
		fmt.Fprintf(b, "  %s:\n    label: %s\n    values: [%s]\n", names[i], scalar(labelOf(snake(c.name))), strings.Join(values, ", "))
	}
}

// plainName is a name that every database reads the same without quotes.
var plainName = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// quoteName writes a column, in quotes where it needs them.
func quoteName(name string) string {
	if plainName.MatchString(name) && !slices.Contains(reservedWords(), name) {
		return name
	}
	return quoted(name)
}

// tableName writes a table, in quotes where it needs them.
func tableName(name string) string {
	parts := strings.Split(name, ".")
	for i, p := range parts {
		parts[i] = quoteName(p)
	}
	return strings.Join(parts, ".")
}

// reservedWords are names of columns and tables that some database reads as a
// word of its own.
func reservedWords() []string {
	return strings.Fields(`all and any array as asc at between both by case cast check collate column condition constraint create cross current
		current_date current_time current_timestamp current_user database date day default delete desc describe distinct drop else end escape except exists
		explain false fetch filter final first for foreign format from full function global grant group grouping having hour if in index inner insert
		intersect interval into is join key keys last lateral leading left like limit lock match minute month natural not null of offset on only
		option or order outer over partition percent position prewhere primary procedure range rank read recursive references replace
		right row rows sample schema second select session set settings show signal some sql start status string system table text then time
		timestamp to top totals trailing trigger true type union unique unnest update usage use user using value values view when where window
		with year bucket breakdown`)
}

// plainScalar is text that YAML reads as that text without quotes.
var plainScalar = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_/.()+%-]*( [A-Za-z0-9_/.()+%-]+)*$`)

// scalar writes text as YAML does, in double quotes where it has to.
func scalar(s string) string {
	if plainScalar.MatchString(s) && !slices.Contains([]string{"true", "false", "yes", "no", "on", "off", "null", "y", "n", "nan", "inf"}, strings.ToLower(s)) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xfeff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
