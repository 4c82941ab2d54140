package sqlsource

import (
	"slices"
	"strings"

	"insightbot/insight"
)

// isMask reports whether the audience may not read a column or dimension of
// this name, in any case.
func (r *run) isMask(name string) bool {
	return slices.ContainsFunc(r.query.Masks, func(m string) bool { return strings.EqualFold(m, name) })
}

// masked reports whether the audience may not use a dimension: because it is
// masked itself, or because it would tell what a masked column holds, by
// whatever name the statement returns that column.
func (r *run) masked(dimension string) bool {
	if r.isMask(dimension) {
		return true
	}
	return slices.ContainsFunc(r.query.Masks, func(m string) bool {
		return r.def.statement.tells(r.def.dimensions[dimension], m)
	})
}

// tells reports whether an expression is made of what a statement returns as a
// column.
func (t template) tells(expr, column string) bool {
	names := namesOf(tokenise(expr))
	return slices.ContainsFunc(append(t.sources(column), column), func(source string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return sameColumn(n, source) })
	})
}

// checkPersonal keeps a dimension from telling what a column of persons holds:
// where the column is hidden, the dimension goes with it by its name, and the
// values it can take with it.
func (d *draft) checkPersonal() {
	for _, c := range d.def.insight.Accepts.Columns {
		if c.Type != insight.ColumnEmail && c.Type != insight.ColumnName && c.Type != insight.ColumnIP {
			continue
		}
		for _, use := range d.dimensions {
			if !strings.EqualFold(use.name, c.Name) && d.def.statement.tells(use.column, c.Name) {
				d.late(use.node, "“"+clip(use.name)+"” tells what the column “"+clip(c.Name)+"” of the type "+string(c.Type)+" holds",
					"call both by one name, so that they are hidden together, or leave one out")
			}
		}
	}
}

// sources are the columns that a statement returns under another name:
// “u.email” for “SELECT u.email AS contact”.
func (t template) sources(alias string) []string {
	var found []string
	for _, p := range t.pieces {
		tokens := slices.DeleteFunc(tokenise(p.sql), func(t token) bool { return t.kind == tokenSpace || t.kind == tokenComment })
		for i, tok := range tokens {
			if i < 2 || !tokens[i-1].is("as") || !strings.EqualFold(unquoted(tok), alias) {
				continue
			}
			// Whatever the expression begins with, its names come before AS.
			from := i - 1
			for depth := 0; from > 0; from-- {
				before := tokens[from-1]
				if depth += boolInt(before.text == ")") - boolInt(before.text == "("); depth < 0 || depth == 0 && (before.text == "," || before.is("select")) {
					break
				}
			}
			found = append(found, namesOf(tokens[from:i-1])...)
		}
	}
	return found
}

// namesOf lists the names in an expression, with their table where it is said:
// “u.email”.
func namesOf(tokens []token) []string {
	tokens = slices.DeleteFunc(slices.Clone(tokens), func(t token) bool { return t.kind == tokenSpace })
	var names []string
	for i, t := range tokens {
		if t.kind == tokenQuoted && t.text[0] == '[' {
			names = append(names, namesOf(tokenise(unquoted(t)))...) // a list, to most databases
		}
		if t.kind != tokenWord && t.kind != tokenQuoted || i+1 < len(tokens) && (tokens[i+1].text == "." || tokens[i+1].text == "(") {
			continue
		}
		name := unquoted(t)
		if i > 1 && tokens[i-1].text == "." {
			name = unquoted(tokens[i-2]) + "." + name
		}
		names = append(names, name)
	}
	return names
}

// unquoted is a name without the quotes it is written in.
func unquoted(t token) string {
	if t.kind != tokenQuoted || len(t.text) < 2 {
		return t.text
	}
	return t.text[1 : len(t.text)-1]
}

// sameColumn reports whether two names can be one column: a name without a
// table is that of any table.
func sameColumn(a, b string) bool {
	tableA, a := cutTable(a)
	tableB, b := cutTable(b)
	return strings.EqualFold(a, b) && (tableA == "" || tableB == "" || strings.EqualFold(tableA, tableB))
}

// cutTable cuts a name into its table and its column.
func cutTable(name string) (table, column string) {
	if table, column, ok := strings.Cut(name, "."); ok {
		return table, column
	}
	return "", name
}

// narrowVocabulary leaves of the values of a dimension those that the answer
// speaks of, where attributes limit the rows: others may be none of the
// reader's business.
func (r *run) narrowVocabulary() {
	if len(r.def.attributes) == 0 || r.query.Unbounded {
		return
	}
	said := make([]map[string]bool, len(r.result.BrokenDownBy))
	for i := range said {
		said[i] = map[string]bool{}
	}
	note := func(values []string) {
		for i, v := range values[:min(len(values), len(said))] {
			said[i][v] = true
		}
	}
	for _, s := range r.result.Series {
		note(s.Values)
	}
	for _, f := range r.result.Funnels {
		note(f.Values)
	}
	for _, c := range r.result.Cohorts {
		note(c.Values)
	}
	dims := slices.Clone(r.result.BrokenDownBy)
	for i := range dims {
		dims[i].Values = slices.DeleteFunc(slices.Clone(dims[i].Values), func(v insight.Value) bool { return !said[i][v.Key] })
	}
	r.result.BrokenDownBy = dims
}
