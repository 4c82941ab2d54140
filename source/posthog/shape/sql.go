package shape

import (
	"slices"
	"strings"
)

// sql is what matters of an SQL insight.
type sql struct {
	// filters says that {filters} stands in the statement: without it no
	// period has any effect.
	filters bool
	// variables are the codes of the variables that stand in it.
	variables []string
	// saved are the ids of those by their code, as the query has them.
	saved map[string]string
	// x and y are the columns of the axes of its chart.
	x string
	y []string
}

// defineSQL reads an SQL query and the settings of its chart.
func defineSQL(f, chart fields) sql {
	s := sql{saved: map[string]string{}}
	for _, hole := range holes(f.text("query")) {
		switch code, isVariable := strings.CutPrefix(hole, "variables."); {
		case hole == "filters" || strings.HasPrefix(hole, "filters.dateRange."):
			s.filters = true
		case isVariable && code != "" && !slices.Contains(s.variables, code):
			s.variables = append(s.variables, code)
		}
	}
	for id, raw := range f.object("variables") {
		v := fieldsOf(raw)
		if code := v.text("code_name"); code != "" {
			if own := v.text("variableId"); own != "" {
				id = own
			}
			s.saved[code] = id
		}
	}
	s.x = chart.object("xAxis").text("column")
	for _, raw := range chart.list("yAxis") {
		if c := fieldsOf(raw).text("column"); c != "" {
			s.y = append(s.y, c)
		}
	}
	return s
}

// holes lists the {placeholders} of a statement, without those in comments and
// in quotes, where they are nothing.
func holes(s string) []string {
	var all []string
	for i := 0; i < len(s); {
		rest := s[i:]
		switch {
		case strings.HasPrefix(rest, "--"), rest[0] == '#':
			i += lengthTo(rest, "\n")
		case strings.HasPrefix(rest, "/*"):
			i += lengthTo(rest, "*/")
		case rest[0] == '\'' || rest[0] == '"' || rest[0] == '`':
			i += quoted(rest)
		case rest[0] == '{':
			n := lengthTo(rest, "}")
			all = append(all, strings.TrimSpace(strings.TrimSuffix(rest[1:n], "}")))
			i += n
		default:
			i++
		}
	}
	return all
}

// lengthTo is how long the beginning of s is that ends with the first end.
func lengthTo(s, end string) int {
	if i := strings.Index(s, end); i >= 0 {
		return i + len(end)
	}
	return len(s)
}

// quoted is how long the quoted text is that s begins with.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == s[0] && i+1 < len(s) && s[i+1] == s[0]:
			i++
		case s[i] == s[0]:
			return i + 1
		}
	}
	return len(s)
}
