package web

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"insightbot/chat"
)

// hidden stands in the log for what a browser sent.
const hidden = "(sent)"

// minHidden is how many characters a sent text needs to be looked for: one or
// two say nothing, and are in every sentence.
const minHidden = 3

// quoted is a text in quotation marks, which is how an error cites.
var quoted = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`")

// loggable is the cause of a failure without what the browser sent: errors
// like to cite it, and a question is for the ask log with its retention alone.
// Names that could be ours stay, or no cause could be read any more.
func (s *Server) loggable(err error, c chat.Call) string {
	var said []string
	for name, value := range c.Args {
		said = append(said, value)
		if !commandName.MatchString(name) {
			said = append(said, name)
		}
	}
	if !s.config.Known(c.Command) {
		said = append(said, c.Command)
	}
	// The longest first, so that no rest of it stays behind a shorter one.
	slices.SortFunc(said, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	cause := err.Error()
	for _, s := range said {
		if utf8.RuneCountInString(s) < minHidden {
			continue
		}
		cause = strings.ReplaceAll(cause, s, hidden)
		if q := strconv.Quote(s); q[1:len(q)-1] != s {
			cause = strings.ReplaceAll(cause, q[1:len(q)-1], hidden)
		}
	}
	// Then what is cited of it in part.
	return quoted.ReplaceAllStringFunc(cause, func(cited string) string {
		inner, err := strconv.Unquote(cited)
		if err != nil {
			inner = cited[1 : len(cited)-1]
		}
		inner = strings.ToLower(inner)
		if inner != "" && slices.ContainsFunc(said, func(s string) bool { return strings.Contains(strings.ToLower(s), inner) }) {
			return hidden
		}
		return cited
	})
}

// loggableCommand is the name of a command, if it is one: a browser can send
// any word in its place.
func (s *Server) loggableCommand(command string) string {
	if s.config.Known(command) {
		return command
	}
	return "(unknown)"
}
