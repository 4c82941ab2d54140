package insight

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong in a file of insights, with its place, so
// that its author finds it at once. Sources wrap them in the error of
// Insights; Problems gets them out again.
type Problem struct { //nolint:errname // it is what people call it, and most of its uses are no errors
	// File is the path of the file as its author knows it.
	File string
	// Line and Column count from 1; 0 means the file as a whole.
	Line, Column int
	// Message says what is wrong: "unknown key “titel”".
	Message string
	// Want says what would be right, or is "": "did you mean “title”?".
	Want string
}

// Error returns "insights/signups.yml:14:7: unknown key “titel”, did you mean
// “title”?".
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
		if p.Column > 0 {
			fmt.Fprintf(&b, ":%d", p.Column)
		}
	}
	if p.File != "" {
		b.WriteString(": ")
	}
	b.WriteString(p.Message)
	if p.Want != "" {
		b.WriteString(", " + p.Want)
	}
	return b.String()
}

// Problems returns every Problem that err wraps, in the order they were
// joined. It is empty when err is nil or is about something else.
func Problems(err error) []Problem {
	switch e := err.(type) { //nolint:errorlint // it walks the tree of wrapped errors itself, to find all, not the first
	case nil:
		return nil
	case Problem:
		return []Problem{e}
	case interface{ Unwrap() error }:
		return Problems(e.Unwrap())
	case interface{ Unwrap() []error }:
		var all []Problem
		for _, inner := range e.Unwrap() {
			all = slices.Concat(all, Problems(inner))
		}
		return all
	}
	return nil
}
