package sqlsource

import (
	"slices"
	"strings"
)

// The placeholders of a statement.
const (
	holeBucket    = "bucket"
	holeBreakdown = "breakdown"
	holeWindow    = "window"
	holeFilters   = "filters"
	holeGroup     = "group"
	holeFrom      = "from"
	holeTo        = "to"
)

// holes lists every placeholder.
func holes() []string {
	return []string{holeBucket, holeBreakdown, holeWindow, holeFilters, holeGroup, holeFrom, holeTo}
}

// template is a statement cut at its placeholders.
type template struct {
	pieces []piece
	// groupsBreakdown is set when the statement groups by the column
	// breakdown by name, so that it does not need {{group}}.
	groupsBreakdown bool
	// groups is set when the statement has a GROUP BY at all.
	groups bool
}

// piece is either literal SQL or the name of a placeholder.
type piece struct{ sql, hole string }

// has reports whether the statement uses the placeholder.
func (t template) has(hole string) bool {
	return slices.ContainsFunc(t.pieces, func(p piece) bool { return p.hole == hole })
}

// sqlFault is what is wrong in a statement and where, in bytes.
type sqlFault struct {
	at            int
	message, want string
}

// parseTemplate checks that sql is one SELECT and cuts it at its placeholders.
// This keeps mistakes away from the database; it is not what keeps the
// database safe, which is the connection's own read-only mode and authorizer.
func parseTemplate(sql string, fault func(before, t token) string) (template, []sqlFault) {
	tokens := tokenise(sql)
	faults := slices.Concat(checkTokens(tokens), checkDialect(tokens, fault), checkVerb(tokens), checkParens(tokens))
	slices.SortStableFunc(faults, func(a, b sqlFault) int { return a.at - b.at })
	if len(faults) > 0 {
		return template{}, faults
	}
	return cut(tokens), nil
}

// cut joins tokens to pieces. Comments become a space, a last semicolon goes.
func cut(tokens []token) template {
	var t template
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			t.pieces = append(t.pieces, piece{sql: text.String()})
			text.Reset()
		}
	}
	var before token
	for _, tok := range tokens {
		switch {
		case tok.kind == tokenPlaceholder:
			flush()
			t.pieces = append(t.pieces, piece{hole: holeName(tok)})
		case tok.kind == tokenComment:
			text.WriteByte(' ')
			continue
		case tok.text != ";":
			text.WriteString(tok.text)
		}
		switch {
		case tok.is("by") && before.is("group"):
			t.groups = true
		case tok.is("breakdown") && t.groups:
			t.groupsBreakdown = true
		}
		if tok.kind != tokenSpace {
			before = tok
		}
	}
	flush()
	return t
}

// holeName is the name inside of a placeholder.
func holeName(t token) string {
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(t.text, "{{"), "}}"))
}

// checkTokens finds what may stand nowhere in a statement.
func checkTokens(tokens []token) []sqlFault {
	var faults []sqlFault
	add := func(t token, message, want string) {
		faults = append(faults, sqlFault{at: t.at, message: message, want: want})
	}
	ended := false
	for _, t := range tokens {
		if ended && t.kind != tokenSpace && t.kind != tokenComment {
			add(t, "a second statement", "a statement is one SELECT")
			break
		}
		switch t.kind {
		case tokenBad:
			add(t, "“"+opening(t.text)+"” is never closed", "")
		case tokenBind:
			add(t, "“"+t.text+"” is a parameter", "only the placeholders in {{…}} are bound")
		case tokenPlaceholder:
			if name := holeName(t); !slices.Contains(holes(), name) {
				add(t, "unknown placeholder {{"+name+"}}", suggest(name, holes()))
			}
		case tokenString, tokenQuoted:
			if strings.Contains(t.text, "{{") {
				add(t, "a placeholder inside of quotes", "it brings its own quoting")
			}
		case tokenPunct:
			ended = t.text == ";"
			if t.text == "\x00" || t.text == "\ufffd" {
				add(t, "a character that is not text", "")
			}
		case tokenSpace, tokenComment, tokenWord, tokenNumber:
		}
	}
	return faults
}

// checkDialect finds what the database would read in another way than we do.
func checkDialect(tokens []token, fault func(before, t token) string) []sqlFault {
	if fault == nil {
		return nil
	}
	var faults []sqlFault
	var before token
	for _, t := range tokens {
		if wrong := fault(before, t); wrong != "" {
			faults = append(faults, sqlFault{at: t.at, message: wrong})
		}
		before = t
	}
	return faults
}

// opening is what a token that is never closed began with.
func opening(text string) string {
	for _, o := range []string{"{{", "/*"} {
		if strings.HasPrefix(text, o) {
			return o
		}
	}
	return text[:1]
}

// checkVerb finds out whether the statement only selects.
func checkVerb(tokens []token) []sqlFault {
	const want = "a statement is one SELECT, or WITH … SELECT"
	depth, with := 0, false
	for _, t := range tokens {
		switch {
		case t.kind == tokenSpace || t.kind == tokenComment:
		case t.text == "(":
			depth++
		case t.text == ")":
			depth--
		case depth > 0:
		case t.is("select"):
			return nil
		case with:
			if slices.ContainsFunc([]string{"insert", "update", "delete", "replace", "merge", "values"}, t.is) {
				return []sqlFault{{at: t.at, message: "“" + t.text + "” is not allowed", want: want}}
			}
		case t.is("with"):
			with = true
		default:
			return []sqlFault{{at: t.at, message: "the statement begins with “" + clip(t.text) + "”", want: want}}
		}
	}
	return []sqlFault{{message: "the statement has no SELECT", want: want}}
}

// checkParens finds parentheses without a partner.
func checkParens(tokens []token) []sqlFault {
	var open []token
	for _, t := range tokens {
		switch {
		case t.kind != tokenPunct:
		case t.text == "(":
			open = append(open, t)
		case t.text == ")" && len(open) == 0:
			return []sqlFault{{at: t.at, message: "“)” was never opened"}}
		case t.text == ")":
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return []sqlFault{{at: open[len(open)-1].at, message: "“(” is never closed"}}
	}
	return nil
}

// checkColumn says what is wrong with a column expression, or returns "". It
// takes names, function calls, literals and simple arithmetic: what is
// spliced into a statement must not be able to end or continue it.
func checkColumn(expr string, fault func(before, t token) string) (message string) {
	if strings.TrimSpace(expr) == "" {
		return "a column is missing"
	}
	tokens := tokenise(expr)
	if faults := checkDialect(tokens, fault); len(faults) > 0 {
		return faults[0].message
	}
	for i, t := range tokens {
		switch t.kind {
		case tokenComment:
			return "a comment in a column"
		case tokenPlaceholder:
			return "a placeholder in a column"
		case tokenBind:
			return "“" + clip(t.text) + "” in a column"
		case tokenBad:
			return "“" + opening(t.text) + "” is never closed"
		case tokenPunct:
			if t.text != "::" && !strings.Contains("(),.+-*/|<>=%", t.text) {
				return "“" + t.text + "” in a column"
			}
		case tokenWord:
			if slices.ContainsFunc([]string{"select", "from", "where", "union", "with", "join", "attach", "pragma"}, t.is) {
				if i == 0 || tokens[i-1].text != "." {
					return "“" + t.text + "” in a column"
				}
			}
		case tokenSpace, tokenQuoted, tokenString, tokenNumber:
		}
	}
	if faults := checkParens(tokens); len(faults) > 0 {
		return faults[0].message
	}
	depth := 0
	for _, t := range tokens {
		switch {
		case t.kind != tokenPunct:
		case t.text == "(":
			depth++
		case t.text == ")":
			depth--
		case t.text == "," && depth == 0:
			return "“,” in a column"
		}
	}
	return ""
}

// clip shortens a text for a message.
func clip(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
