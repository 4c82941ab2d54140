package match

import "strings"

// A phrase is written as a pattern: words, "a|b" for one of several, "?" behind
// what may be missing, and "<class>" for a kind of thing, which is captured:
//
//	the? <rel> <n> <unit>
//
// All patterns of a table are kept in one trie, so that they are tried
// together. The longest phrase wins, and of two the one written first.

// rule is a pattern and what it means. make may still refuse ("31 June").
type rule[T any] struct {
	pattern string
	make    func(*found) (T, bool)
}

// table is a trie of patterns.
type table[T any] struct {
	root  node[T]
	rules int
}

type node[T any] struct {
	words   map[string][]*edge[T]
	classes []*edge[T]
	ends    []end[T]
}

type edge[T any] struct {
	element string
	class   class
	to      node[T]
}

type end[T any] struct {
	rank int
	make func(*found) (T, bool)
}

// newTable builds a table. Its patterns are part of the program: a bad one
// panics in the first test.
func newTable[T any](groups ...[]rule[T]) *table[T] {
	t := &table[T]{}
	for _, rules := range groups {
		for _, r := range rules {
			t.root.insert(strings.Fields(r.pattern), end[T]{rank: t.rules, make: r.make})
			t.rules++
		}
	}
	return t
}

func (n *node[T]) insert(elements []string, e end[T]) {
	if len(elements) == 0 {
		n.ends = append(n.ends, e)
		return
	}
	element, optional := strings.CutSuffix(elements[0], "?")
	if optional {
		n.insert(elements[1:], e)
	}
	n.child(element).insert(elements[1:], e)
}

// child returns the node behind an element, which is made when needed.
func (n *node[T]) child(element string) *node[T] {
	if strings.HasPrefix(element, "<") && strings.HasSuffix(element, ">") {
		for _, e := range n.classes {
			if e.element == element {
				return &e.to
			}
		}
		c, ok := classes[element]
		if !ok {
			panic("match: no class " + element)
		}
		e := &edge[T]{element: element, class: c}
		n.classes = append(n.classes, e)
		return &e.to
	}
	words := strings.Split(element, "|")
	for _, e := range n.words[words[0]] {
		if e.element == element {
			return &e.to
		}
	}
	e := &edge[T]{element: element}
	if n.words == nil {
		n.words = map[string][]*edge[T]{}
	}
	for _, w := range words {
		n.words[w] = append(n.words[w], e)
	}
	return &e.to
}

// search is one walk through a table.
type search[T any] struct {
	p    *parse
	m    *found
	rank int
	to   int
	best T
}

// longest matches the table at a term and returns what it means and the first
// term behind it.
func longest[T any](p *parse, t *table[T], at int) (T, int, bool) {
	s := search[T]{p: p, m: p.borrow(at), to: -1}
	s.walk(&t.root, at)
	p.depth--
	return s.best, s.to, s.to >= 0
}

func (s *search[T]) walk(n *node[T], at int) {
	for _, e := range n.ends {
		if at < s.to || at == s.to && e.rank >= s.rank {
			continue
		}
		s.m.to = at
		if v, ok := e.make(s.m); ok {
			s.best, s.to, s.rank = v, at, e.rank
		}
	}
	if len(n.words) == 0 && len(n.classes) == 0 {
		return
	}
	s.follow(n, at)
	if at > s.m.from && s.p.soft(at) {
		s.follow(n, at+1)
	}
}

func (s *search[T]) follow(n *node[T], at int) {
	if at >= len(s.p.terms) {
		return
	}
	if n.words != nil {
		for _, e := range n.words[s.p.terms[at].Text] {
			s.walk(&e.to, at+1)
		}
	}
	for _, e := range n.classes {
		c, next, ok := s.p.capture(e.class, at)
		if !ok {
			continue
		}
		s.m.captures = append(s.m.captures, c)
		s.walk(&e.to, next)
		s.m.captures = s.m.captures[:len(s.m.captures)-1]
	}
}

// found is a pattern that matched: the terms from..to and what its classes
// captured.
type found struct {
	p        *parse
	from, to int
	captures []capture
}

// borrow lends a found for one search. Searches nest, so there is one for each
// depth, used again and again.
func (p *parse) borrow(at int) *found {
	if p.depth == len(p.founds) {
		p.founds = append(p.founds, &found{p: p, captures: make([]capture, 0, 8)})
	}
	m := p.founds[p.depth]
	m.from, m.to, m.captures = at, at, m.captures[:0]
	p.depth++
	return m
}

// capture is what one class stood for.
type capture struct {
	class class
	at    int
	num   int
	unit  unit
	span  *span
}

// num returns the value of the i-th capture that has one.
func (m *found) num(i int) int { return m.pick(i, false).num }

// unit returns the unit that was captured.
func (m *found) unit() unit {
	for _, c := range m.captures {
		if c.class == classUnit {
			return c.unit
		}
	}
	return unit{}
}

// span returns the i-th span that was captured, or a zero one.
func (m *found) span(i int) span {
	if s := m.pick(i, true).span; s != nil {
		return *s
	}
	return span{}
}

// spans counts the spans that were captured.
func (m *found) spans() int {
	n := 0
	for _, c := range m.captures {
		if c.class.isSpan() {
			n++
		}
	}
	return n
}

func (m *found) pick(i int, span bool) capture {
	for _, c := range m.captures {
		if c.class.isSpan() != span || c.class.isPlain() {
			continue
		}
		if i == 0 {
			return c
		}
		i--
	}
	return capture{}
}

// text returns the word that the i-th term of the match is.
func (m *found) text(i int) string { return m.p.terms[m.from+i].Text }
