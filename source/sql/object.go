package sqlsource

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// field is one key of a mapping, with aliases and merges resolved.
type field struct {
	key   string
	at    ast.Node
	value ast.Node
}

// fields lists the keys of a mapping, or reports that n is none.
func (f *file) fields(n ast.Node, what string) ([]field, bool) {
	resolved := f.resolve(n)
	mapping, ok := resolved.(ast.MapNode)
	if !ok {
		f.problem(orNode(n, resolved), what+" is not a mapping", "write its keys as `key: value`")
		return nil, false
	}
	var own, merged []field
	for pairs := mapping.MapRange(); pairs.Next(); {
		key, value := pairs.Key(), pairs.Value()
		if key.IsMergeKey() {
			merged = append(merged, f.merged(value)...)
			continue
		}
		own = append(own, field{key: keyText(key), at: key, value: value})
	}
	for _, m := range merged {
		if !slices.ContainsFunc(own, func(o field) bool { return o.key == m.key }) {
			own = append(own, m)
		}
	}
	return own, true
}

// merged lists the keys that a `<<` brings.
func (f *file) merged(value ast.Node) []field {
	f.depth++
	defer func() { f.depth-- }()
	if f.depth > maxNesting {
		f.visits = maxVisits // it merges itself
	}
	resolved := f.resolve(value)
	if list, ok := resolved.(*ast.SequenceNode); ok {
		var all []field
		for _, item := range list.Values {
			if f.visits < maxVisits {
				all = append(all, f.merged(item)...)
			}
		}
		return all
	}
	if f.visits >= maxVisits {
		return nil
	}
	all, _ := f.fields(value, "what is merged")
	return all
}

// keyText is a key as it was written, without quotes.
func keyText(key ast.MapKeyNode) string {
	return key.GetToken().Value
}

// orNode returns n, or other where n is nil.
func orNode(n, other ast.Node) ast.Node {
	if n == nil {
		return other
	}
	return n
}

// reader takes one value of a mapping.
type reader func(n ast.Node)

// keys are the keys a mapping may have and what reads them.
type keys map[string]reader

// object reads a mapping strictly: a key that is not in known is a problem,
// and so is a needed one that is missing. It returns the keys that were there.
func (f *file) object(n ast.Node, what string, known keys, needed ...string) map[string]ast.Node {
	fields, ok := f.fields(n, what)
	if !ok {
		return nil
	}
	seen := map[string]ast.Node{}
	for _, fd := range fields {
		read, ok := known[fd.key]
		if !ok {
			f.problem(fd.at, "unknown key “"+clip(fd.key)+"”", suggest(fd.key, slices.Sorted(maps.Keys(known))))
			continue
		}
		seen[fd.key] = orNode(fd.value, fd.at)
		empty := f.resolve(fd.value)
		if alias, ok := fd.value.(*ast.AliasNode); ok && empty == nil {
			f.problem(alias, "“*"+clip(alias.Value.GetToken().Value)+"” is an alias of nothing", "name what it stands for with &")
			continue
		}
		if empty == nil || empty.Type() == ast.NullType {
			f.problem(fd.at, "“"+fd.key+"” has no value", "leave the key out or give it one")
			continue
		}
		read(fd.value)
	}
	for _, key := range needed {
		if _, ok := seen[key]; !ok {
			f.problem(n, what+" has no `"+key+"`", "")
		}
	}
	return seen
}

// text reads plain text.
func (f *file) text(into *string) reader {
	return func(n ast.Node) {
		if s, ok := f.asText(n); ok {
			*into = s
		}
	}
}

// asText returns the text of n, or reports that it is none.
func (f *file) asText(n ast.Node) (string, bool) {
	switch v := f.resolve(n).(type) {
	case *ast.StringNode:
		return strings.TrimSpace(v.Value), true
	case *ast.LiteralNode:
		return strings.TrimSpace(v.Value.Value), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode, *ast.InfinityNode, *ast.NanNode:
		f.problem(n, "“"+v.GetToken().Value+"” is not text", "put it in quotes")
	default:
		f.problem(n, "text is expected here", "")
	}
	return "", false
}

// loose reads text that may look like a number: 2025, 7.
func (f *file) loose(into *string) reader {
	return func(n ast.Node) {
		if s, ok := f.asLoose(n); ok {
			*into = s
		}
	}
}

// asLoose is asText that takes numbers as they are written.
func (f *file) asLoose(n ast.Node) (string, bool) {
	switch v := f.resolve(n).(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		return v.GetToken().Value, true
	}
	return f.asText(n)
}

// list returns the items of a list, or reports that n is none.
func (f *file) list(n ast.Node) []ast.Node {
	resolved := f.resolve(n)
	if l, ok := resolved.(*ast.SequenceNode); ok {
		return l.Values
	}
	f.problem(orNode(n, resolved), "a list is expected here", "write [a, b] or one “- item” per line")
	return nil
}

// texts reads a list of text.
func (f *file) texts(into *[]string) reader {
	return func(n ast.Node) {
		for _, item := range f.list(n) {
			if s, ok := f.asLoose(item); ok && s != "" {
				*into = append(*into, s)
			}
		}
	}
}

// truth reads true or false.
func (f *file) truth(into *bool) reader {
	return func(n ast.Node) {
		if b, ok := f.resolve(n).(*ast.BoolNode); ok {
			*into = b.Value
			return
		}
		f.problem(n, "true or false is expected here", "")
	}
}

// number reads a whole number between least and most.
func (f *file) number(into *int, least, most int) reader {
	return func(n ast.Node) {
		v, err := 0, strconv.ErrSyntax
		if i, ok := f.resolve(n).(*ast.IntegerNode); ok {
			v, err = strconv.Atoi(i.GetToken().Value)
		}
		if err != nil || v < least || v > most {
			f.problem(n, "a whole number is expected here", "from "+strconv.Itoa(least)+" to "+strconv.Itoa(most))
			return
		}
		*into = v
	}
}

// date reads a day, as midnight in UTC: the zone it is meant in may be named
// further down in the file.
func (f *file) date(into *time.Time) reader {
	return func(n ast.Node) {
		s, ok := f.asText(n)
		if !ok {
			return
		}
		t, err := time.Parse(time.DateOnly, s)
		if err != nil {
			f.problem(n, "“"+clip(s)+"” is not a date", "write it as 2026-03-31")
			return
		}
		*into = t
	}
}

// oneOf reads a word of a fixed set.
func oneOf[T ~string](f *file, into *T, what string, options ...T) reader {
	names := make([]string, len(options))
	for i, o := range options {
		names[i] = string(o)
	}
	return func(n ast.Node) {
		s, ok := f.asText(n)
		if !ok {
			return
		}
		if !slices.Contains(names, s) {
			f.problem(n, "unknown "+what+" “"+clip(s)+"”", suggest(s, names))
			return
		}
		*into = T(s)
	}
}

// someOf reads a list of words of a fixed set, each once.
func someOf[T ~string](f *file, into *[]T, what string, options ...T) reader {
	return func(n ast.Node) {
		*into = []T{}
		for _, item := range f.list(n) {
			var v T
			before := len(f.problems)
			oneOf(f, &v, what, options...)(item)
			switch {
			case len(f.problems) > before:
			case slices.Contains(*into, v):
				f.problem(item, "“"+string(v)+"” is named twice", "")
			default:
				*into = append(*into, v)
			}
		}
	}
}
