package policyfile

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The bounds of a file.
const (
	// maxFile is its size in bytes.
	maxFile = 16 << 20
	// maxDepth is how deep lists may stand in lists; the form needs four.
	maxDepth = 8
	// maxProblems is how many are told at once.
	maxProblems = 20
)

// reader reads one file and collects what is wrong with it.
type reader struct {
	name     string
	problems []error
}

// report keeps a problem, with its place where there is one.
func (r *reader) report(at *token.Token, format string, args ...any) {
	place := ""
	if at != nil && at.Position != nil {
		place = fmt.Sprintf(" (%s:%d:%d)", r.name, at.Position.Line, at.Position.Column)
	}
	r.problems = append(r.problems, fmt.Errorf("%s: %s%s", r.name, fmt.Sprintf(format, args...), place))
}

// fail keeps what the library says.
func (r *reader) fail(err error) {
	if e, ok := errors.AsType[yaml.Error](err); ok {
		r.report(e.GetToken(), "%s", e.GetMessage())
		return
	}
	r.report(nil, "%v", err)
}

// err is everything that was kept, or nil.
func (r *reader) err() error {
	if more := len(r.problems) - maxProblems; more > 0 {
		return errors.Join(append(r.problems[:maxProblems:maxProblems], fmt.Errorf("%s: and %d more", r.name, more))...)
	}
	return errors.Join(r.problems...)
}

// parse returns the one document of the file, or nil where there is none.
func (r *reader) parse(data []byte) ast.Node {
	switch {
	case len(data) > maxFile:
		r.report(nil, "longer than %d MB", maxFile>>20)
		return nil
	case !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0:
		r.report(nil, "this is not a text file")
		return nil
	}
	// Some editors begin a file with the mark of its encoding.
	tokens := lexer.Tokenize(string(bytes.TrimPrefix(data, []byte("\ufeff"))))
	if !r.plain(tokens) {
		return nil
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		r.fail(err)
		return nil
	}
	var body ast.Node
	for _, doc := range file.Docs {
		switch doc.Body.(type) {
		case nil, *ast.NullNode, *ast.CommentGroupNode:
			continue
		}
		if body != nil {
			// The library would leave it out, and with it rules.
			r.report(doc.Body.GetToken(), "a second document; a file is one")
			return nil
		}
		body = doc.Body
	}
	return body
}

// plain refuses what rules have no use for, before anything is made of it: an
// alias can make much of little, a tag can make the library panic, and what is
// nested without end takes it minutes.
func (r *reader) plain(tokens token.Tokens) bool {
	depth, dashes, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, dashes = t.Position.Line, 0
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType:
			dashes++
		case token.AnchorType, token.AliasType, token.TagType, token.DirectiveType, token.MappingKeyType, token.MergeKeyType:
			r.report(t, "%q has no meaning here; put it in quotes where it is part of a name", t.Value)
			return false
		default:
		}
		if depth > maxDepth || dashes > maxDepth {
			r.report(t, "lists in lists in lists: nothing in the rules is that deep")
			return false
		}
	}
	return true
}
