package sqlsource

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	yamltoken "github.com/goccy/go-yaml/token"

	"insightbot/insight"
)

const (
	// maxFile is the size a file may have, in bytes.
	maxFile = 1 << 20
	// maxNesting is how deep a file may nest: the parser recurses, and a
	// stack that overflows cannot be recovered from.
	maxNesting = 40
	// maxVisits bounds the work that aliases of aliases can ask for.
	maxVisits = 200_000
)

// file is one YAML file while it is read. Its problems are collected, so that
// an author sees all of them at once.
type file struct {
	name     string
	lines    []string
	anchors  map[string]ast.Node
	visits   int
	depth    int // of merges in merges
	problems []insight.Problem
	// fault is that of the dialect its statements are written in.
	fault func(before, t token) string
}

// parse reads the one document of a file, or reports why it cannot.
func (f *file) parse(data []byte) (root ast.Node, ok bool) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if p, bad := f.unreadable(data); bad {
		f.problems = append(f.problems, p)
		return nil, false
	}
	f.lines = strings.Split(string(data), "\n")
	doc, err := parseYAML(string(data))
	if err != nil {
		f.problems = append(f.problems, f.syntax(err))
		return nil, false
	}
	var bodies []ast.Node
	for _, d := range doc.Docs {
		if d.Body != nil && d.Body.Type() != ast.CommentType && d.Body.Type() != ast.CommentGroupType {
			bodies = append(bodies, d.Body)
		}
	}
	switch len(bodies) {
	case 0:
		f.problems = append(f.problems, insight.Problem{File: f.name, Message: "the file is empty", Want: "it needs `insights` or `dimensions`"})
		return nil, false
	case 1:
		f.anchors = map[string]ast.Node{}
		ast.Walk(anchorFinder{f.anchors}, bodies[0])
		return bodies[0], true
	}
	f.problem(bodies[1], "a second document", "put everything below one `insights`")
	return nil, false
}

// unreadable finds what is wrong with a file before it is parsed.
func (f *file) unreadable(data []byte) (insight.Problem, bool) {
	p := insight.Problem{File: f.name}
	if len(data) > maxFile {
		p.Message, p.Want = "the file is larger than 1 MB", "split it"
		return p, true
	}
	for i, line := range bytes.Split(data, []byte("\n")) {
		p.Line = i + 1
		switch {
		case !utf8.Valid(line):
			p.Message, p.Want = "not UTF-8", "save the file as UTF-8"
			return p, true
		case bytes.IndexByte(line, 0) >= 0:
			p.Message = "a NUL character"
			return p, true
		case bytes.HasPrefix(line, []byte("\t")) && len(bytes.TrimSpace(line)) > 0:
			p.Column, p.Message, p.Want = 1, "a tab", "YAML is indented with spaces"
			return p, true
		}
	}
	return p, false
}

// errNesting is why a file is not parsed.
var errNesting = errors.New("nested too deep")

// parseYAML parses a text whose nesting is bounded. The parser is a large
// piece of code that reads files people write: a panic in it is a syntax
// error here, not the end of the process.
func parseYAML(text string) (doc *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, fmt.Errorf("sqlsource: the YAML parser gave up: %v", r)
		}
	}()
	tokens := lexer.Tokenize(text)
	depth, markers, line := 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, markers = t.Position.Line, 0
		}
		switch t.Type {
		case yamltoken.MappingStartType, yamltoken.SequenceStartType:
			depth++
		case yamltoken.MappingEndType, yamltoken.SequenceEndType:
			depth--
		case yamltoken.SequenceEntryType, yamltoken.MappingKeyType, yamltoken.MappingValueType, yamltoken.TagType, yamltoken.AnchorType:
			markers++
		default:
		}
		if depth > maxNesting || depth == 0 && markers > maxNesting || t.Position.Column > 100*maxNesting && depth == 0 && markers > 2 {
			return nil, &yamlError{token: t, message: errNesting.Error()}
		}
	}
	return parser.Parse(tokens, 0)
}

// yamlError is a mistake we find in the tokens ourselves, in the form of the
// parser's own errors.
type yamlError struct {
	token   *yamltoken.Token
	message string
}

func (e *yamlError) Error() string              { return "sqlsource: " + e.message }
func (e *yamlError) GetToken() *yamltoken.Token { return e.token }
func (e *yamlError) GetMessage() string         { return e.message }

// syntax is the problem for an error of the parser.
func (f *file) syntax(err error) insight.Problem {
	p := insight.Problem{File: f.name, Message: "not valid YAML"}
	var placed interface {
		error
		GetToken() *yamltoken.Token
		GetMessage() string
	}
	if !errors.As(err, &placed) {
		return p
	}
	p.Message = "not valid YAML: " + placed.GetMessage()
	if t := placed.GetToken(); t != nil && t.Position != nil {
		p.Line, p.Column = t.Position.Line, t.Position.Column
	}
	return p
}

// anchorFinder collects every anchor of a document.
type anchorFinder struct{ anchors map[string]ast.Node }

// Visit implements ast.Visitor.
func (a anchorFinder) Visit(n ast.Node) ast.Visitor {
	if anchor, ok := n.(*ast.AnchorNode); ok && anchor.Name != nil {
		a.anchors[anchor.Name.GetToken().Value] = anchor.Value
	}
	return a
}

// problem reports that something is wrong at n.
func (f *file) problem(n ast.Node, message, want string) {
	p := insight.Problem{File: f.name, Message: message, Want: want}
	if t := firstToken(n); t != nil && t.Position != nil {
		p.Line, p.Column = t.Position.Line, t.Position.Column
	}
	f.problems = append(f.problems, p)
}

// firstToken is the token that a reader sees as the beginning of n.
func firstToken(n ast.Node) *yamltoken.Token {
	switch n := n.(type) {
	case nil:
		return nil
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return firstToken(n.Values[0])
		}
	case *ast.MappingValueNode:
		return n.Key.GetToken()
	}
	return n.GetToken()
}

// resolve follows anchors and aliases to the node that is meant.
func (f *file) resolve(n ast.Node) ast.Node {
	for {
		f.visits++
		if f.visits > maxVisits {
			return nil
		}
		switch v := n.(type) {
		case *ast.AnchorNode:
			n = v.Value
		case *ast.AliasNode:
			n = f.anchors[v.Value.GetToken().Value]
		default:
			return n
		}
	}
}
