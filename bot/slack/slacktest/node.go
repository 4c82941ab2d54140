package slacktest

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// node is a value of JSON whose form is not known beforehand: blocks and views
// are kept as the app made them.
type node struct {
	object map[string]*node
	list   []*node
	text   string
	isText bool
	raw    json.RawMessage // of anything else
}

// UnmarshalJSON reads any JSON.
func (n *node) UnmarshalJSON(b []byte) error {
	switch b = bytes.TrimSpace(b); b[0] {
	case '{':
		return json.Unmarshal(b, &n.object)
	case '[':
		n.list = []*node{}
		return json.Unmarshal(b, &n.list)
	case '"':
		n.isText = true
		return json.Unmarshal(b, &n.text)
	default:
		n.raw = slices.Clone(b)
		return nil
	}
}

// MarshalJSON writes it again, with the names of objects in order.
func (n *node) MarshalJSON() ([]byte, error) {
	switch {
	case n == nil:
		return []byte("null"), nil
	case n.object != nil:
		return json.Marshal(n.object)
	case n.list != nil:
		return json.Marshal(n.list)
	case n.isText:
		return json.Marshal(n.text)
	case n.raw == nil:
		return []byte("null"), nil
	default:
		return n.raw, nil
	}
}

// parse reads JSON; nil for what is none.
func parse(b []byte) *node {
	var n node
	if len(bytes.TrimSpace(b)) == 0 || json.Unmarshal(b, &n) != nil {
		return nil
	}
	return &n
}

// at follows names of objects; nil where there is nothing.
func (n *node) at(path ...string) *node {
	for _, name := range path {
		if n == nil {
			return nil
		}
		n = n.object[name]
	}
	return n
}

// string is the text at a path, or "".
func (n *node) string(path ...string) string {
	if at := n.at(path...); at != nil {
		return at.text
	}
	return ""
}

// is reports whether there is a true at a path.
func (n *node) is(path ...string) bool {
	at := n.at(path...)
	return at != nil && string(at.raw) == "true"
}

// items are the elements of the list at a path.
func (n *node) items(path ...string) []*node {
	if at := n.at(path...); at != nil {
		return at.list
	}
	return nil
}

// json is the value in JSON, or nothing.
func (n *node) json() json.RawMessage {
	if n == nil {
		return nil
	}
	b, err := json.Marshal(n)
	if err != nil {
		return nil
	}
	return b
}

// walk visits every object, outer ones first and otherwise in the order of
// names; the name is that under which it stands.
func (n *node) walk(name string, visit func(name string, n *node)) {
	switch {
	case n == nil:
	case n.object != nil:
		visit(name, n)
		for _, k := range slices.Sorted(maps.Keys(n.object)) {
			n.object[k].walk(k, visit)
		}
	default:
		for _, e := range n.list {
			e.walk(name, visit)
		}
	}
}

// unseen are the names of texts that nobody reads on the screen.
var unseen = map[string]bool{
	"type": true, "block_id": true, "action_id": true, "value": true, "callback_id": true, "private_metadata": true,
	"external_id": true, "style": true, "id": true, "hash": true, "url": true, "image_url": true, "fallback": true,
	"event_type": true, "mrkdwn_in": true, "color": true, "team_id": true, "selected_channel": true, "format": true,
}

// words are the texts that somebody reads, one a line, in reading order as far
// as JSON tells it.
func (n *node) words() string {
	var lines []string
	n.read("", func(s string) {
		if strings.TrimSpace(s) != "" {
			lines = append(lines, s)
		}
	})
	return strings.Join(lines, "\n")
}

// order is how the parts of a block follow each other on the screen.
var order = []string{"title", "subtitle", "label", "text", "body", "fields", "rows", "elements", "accessory", "element", "blocks"}

func (n *node) read(name string, say func(string)) {
	switch {
	case n == nil:
	case n.isText:
		if !unseen[name] {
			say(n.text)
		}
	case n.object != nil:
		for _, k := range order {
			n.object[k].read(k, say)
		}
		for _, k := range slices.Sorted(maps.Keys(n.object)) {
			if !slices.Contains(order, k) {
				n.object[k].read(k, say)
			}
		}
	default:
		for _, e := range n.list {
			e.read(name, say)
		}
	}
}

// runes is how many characters the texts within it have.
func (n *node) runes() int {
	total := 0
	n.read("", func(s string) { total += utf8.RuneCountInString(s) })
	return total
}

// files are the ids of the files that it shows.
func (n *node) files() []string {
	var list []string
	n.walk("", func(name string, o *node) {
		if id := o.string("id"); name == "slack_file" && id != "" {
			list = append(list, id)
		}
	})
	return list
}
