package policyfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// kind is what stands behind a key.
type kind int

const (
	word kind = iota
	flag
	number
	list
	// lists is a list for each of some names.
	lists
)

// shapes are the keys of the entries of each section. A test holds them to
// document, which cannot say where a value stands in the file.
var shapes = map[string]map[string]kind{
	"workspaces": {"platform": word, "workspace": word, "mode": word},
	"roles": {
		"id": word, "name": word, "everything": flag, "tags": list, "sources": list, "insights": list, "can": list,
		"attributes": lists, "strict": flag, "external": flag, "mask": list, "unmask": list, "min_group": number,
	},
	"channels": {"platform": word, "workspace": word, "channel": word, "name": word, "roles": list, "approved": flag},
	"people":   {"platform": word, "workspace": word, "person": word, "name": word, "roles": list},
	"groups":   {"platform": word, "workspace": word, "group": word, "name": word, "roles": list},
	"domains":  {"domain": word, "roles": list},
}

// shape checks that everything has the form it should.
func (r *reader) shape(body ast.Node) {
	if body == nil {
		return
	}
	for _, section := range r.pairs(body, "the file") {
		keys, ok := shapes[nameOf(section)]
		if !ok {
			r.unknown(section, slices.Collect(maps.Keys(shapes)))
			continue
		}
		for _, entry := range r.items(section.Value, nameOf(section)) {
			for _, field := range r.pairs(entry, "an entry of "+nameOf(section)) {
				k, ok := keys[nameOf(field)]
				if !ok {
					r.unknown(field, slices.Collect(maps.Keys(keys)))
					continue
				}
				r.value(field.Value, nameOf(field), k)
			}
		}
	}
}

// value checks what stands behind a key.
func (r *reader) value(n ast.Node, name string, k kind) {
	_, none := n.(*ast.NullNode)
	switch k {
	case flag:
		if _, ok := n.(*ast.BoolNode); !ok && !none {
			r.report(tokenOf(n), "%s is true or false", name)
		}
	case number:
		if _, ok := n.(*ast.IntegerNode); !ok && !none {
			r.report(tokenOf(n), "%s is a whole number", name)
		}
	case list:
		r.words(n, name)
	case lists:
		if !none {
			for _, pair := range r.pairs(n, name) {
				r.words(pair.Value, nameOf(pair))
			}
		}
	default:
		if !none {
			r.word(n, name)
		}
	}
}

// words checks a list of words.
func (r *reader) words(n ast.Node, name string) {
	for _, v := range r.items(n, name) {
		if _, none := v.(*ast.NullNode); none {
			r.report(tokenOf(v), "an empty entry of %s", name)
			continue
		}
		r.word(v, name)
	}
}

// word checks a word. What is not text to YAML is read as a value, of which
// another text is made: the channel 007 would be the channel 7.
func (r *reader) word(n ast.Node, name string) {
	switch n := n.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		return
	case *ast.IntegerNode:
		if fmt.Sprint(n.Value) == n.GetToken().Value {
			return
		}
	case *ast.BoolNode:
		if fmt.Sprint(n.Value) == n.GetToken().Value {
			return
		}
	case *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
	default:
		r.report(tokenOf(n), "%s is one word, not a list", name)
		return
	}
	r.report(tokenOf(n), "%s: %s has to stand in quotes, or it is read as a number", name, n.GetToken().Value)
}

// items are the entries of a list.
func (r *reader) items(n ast.Node, name string) []ast.Node {
	switch n := n.(type) {
	case *ast.SequenceNode:
		return n.Values
	case *ast.NullNode:
		return nil
	}
	r.report(tokenOf(n), "%s is a list: [a, b]", name)
	return nil
}

// pairs are the keys and values of a mapping.
func (r *reader) pairs(n ast.Node, name string) []*ast.MappingValueNode {
	found, ok := pairsOf(n)
	if !ok {
		r.report(tokenOf(n), "%s has keys and values: {key: value}", name)
	}
	return found
}

// unknown reports a key that is not there.
func (r *reader) unknown(pair *ast.MappingValueNode, options []string) {
	r.report(tokenOf(pair.Key), "unknown field %q%s", nameOf(pair), suggest(nameOf(pair), options))
}

func pairsOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	m, ok := n.(*ast.MappingNode)
	if !ok {
		return nil, false
	}
	return m.Values, true
}

// nameOf is the key of a pair.
func nameOf(pair *ast.MappingValueNode) string { return tokenOf(pair.Key).Value }

// tokenOf is where a node begins; a mapping without braces begins with its
// first key, and a list without brackets with its first dash.
func tokenOf(n ast.Node) *token.Token {
	t := n.GetToken()
	if pairs, ok := pairsOf(n); ok && len(pairs) > 0 && !strings.HasPrefix(t.Value, "{") {
		return tokenOf(pairs[0].Key)
	}
	return t
}
