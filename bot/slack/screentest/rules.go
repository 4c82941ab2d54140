package screentest

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"
)

// object is a decoded JSON object.
type object = map[string]any

// checker gathers what is wrong.
type checker struct {
	dir      string // of the schemas, or ""
	problems []string
	message  bool
	inputs   int
	tables   int
	cells    int // characters in the cells of all tables
}

func (c *checker) say(where, format string, args ...any) {
	c.problems = append(c.problems, where+": "+fmt.Sprintf(format, args...))
}

// length counts in UTF-16 units.
func length(s string) int { return len(utf16.Encode([]rune(s))) }

// long says that a text is too long.
func (c *checker) long(where, s string, limit int) {
	if n := length(s); n > limit {
		c.say(where, "%d characters, %d is the limit", n, limit)
	}
}

// Size counts the text in blocks: all that people read, and what buttons and
// menus carry.
func Size(tree any) int {
	n := 0
	switch t := tree.(type) {
	case []any:
		for _, x := range t {
			n += Size(x)
		}
	case object:
		for name, x := range t {
			s, ok := x.(string)
			if ok && strings.Contains(" text alt_text value url accessibility_label ", " "+name+" ") {
				n += length(s)
				continue
			}
			n += Size(x)
		}
	}
	return n
}

// strs are members of an object as text.
func str(o object, name string) string { s, _ := o[name].(string); return s }
func obj(o object, name string) object { x, _ := o[name].(object); return x }
func arr(o object, name string) []any  { x, _ := o[name].([]any); return x }

// between says that there are too few or too many of something.
func (c *checker) between(where string, n, least, most int) {
	if n < least || n > most {
		c.say(where, "%d of them, %d to %d are allowed", n, least, most)
	}
}

// blocks checks a list of blocks.
func (c *checker) blocks(blocks []any, most int) {
	c.between("blocks", len(blocks), 1, most)
	ids := map[string]bool{}
	for i, x := range blocks {
		b, ok := x.(object)
		where := fmt.Sprintf("block %d (%s)", i, str(b, "type"))
		if !ok {
			c.say(where, "it is no object")
			continue
		}
		if id := str(b, "block_id"); id != "" {
			if ids[id] {
				c.say(where, "the block_id %q is there twice", id)
			}
			ids[id] = true
			c.long(where+" block_id", id, 255)
		}
		c.block(where, b)
	}
	c.between("tables", c.tables, 0, 1)
	if c.cells > 10_000 {
		c.say("tables", "%d characters, 10,000 is the limit", c.cells)
	}
}

// block checks one block.
func (c *checker) block(where string, b object) {
	switch str(b, "type") {
	case "section":
		if b["text"] == nil && b["fields"] == nil {
			c.say(where, "neither a text nor fields")
		}
		if b["text"] != nil {
			c.text(where, obj(b, "text"), 3000, false)
		}
		if b["accessory"] != nil {
			c.element(where, obj(b, "accessory"))
		}
	case "header":
		c.text(where, obj(b, "text"), 150, true)
	case "context":
		c.between(where, len(arr(b, "elements")), 1, 10)
		for _, e := range arr(b, "elements") {
			e, _ := e.(object)
			c.text(where, e, 3000, false)
		}
	case "actions":
		c.between(where, len(arr(b, "elements")), 1, 25)
		c.elements(where, arr(b, "elements"))
	case "image":
		c.image(where, b)
	case "table":
		c.table(where, b)
	case "rich_text":
		c.between(where, len(arr(b, "elements")), 1, 100)
		c.rich(where, b)
	case "input":
		c.inputs++
		c.text(where+" label", obj(b, "label"), 2000, true)
		if b["hint"] != nil {
			c.text(where+" hint", obj(b, "hint"), 2000, true)
		}
		if str(b, "block_id") == "" {
			c.say(where, "an input needs a block_id to be read")
		}
		c.element(where, obj(b, "element"))
	default:
		c.say(where, "a block that is not used here")
	}
}

var (
	bracketed = regexp.MustCompile(`<[^>]*>?`)
	webLink   = regexp.MustCompile(`^<https?://[^|<>\s]+\|[^|<>]+>$`)
	entity    = regexp.MustCompile(`&(amp|lt|gt);`)
)

// text checks a text object.
func (c *checker) text(where string, o object, limit int, plain bool) {
	s := str(o, "text")
	if s == "" {
		c.say(where, "an empty text")
	}
	c.long(where, s, limit)
	switch str(o, "type") {
	case "plain_text":
	case "mrkdwn":
		if plain {
			c.say(where, "mrkdwn where only plain text is allowed")
		}
		if v, _ := o["verbatim"].(bool); !v {
			c.say(where, "mrkdwn that Slack parses for names and addresses")
		}
		c.markup(where, s)
	default:
		c.say(where, "the text is of the type %q", str(o, "type"))
	}
}

// Markup are the problems of a mrkdwn text: control sequences that are no links
// to web pages, and text that is not escaped.
func Markup(s string) []string {
	c := checker{}
	c.markup("mrkdwn", s)
	return c.problems
}

// askedBy is the one mention there is: of who asked, above the answer to a
// command.
var askedBy = regexp.MustCompile(`^<@[A-Z0-9]+> asked:`)

// markup checks a mrkdwn text.
func (c *checker) markup(where, s string) {
	s = askedBy.ReplaceAllString(s, "")
	for _, m := range bracketed.FindAllString(s, -1) {
		if !webLink.MatchString(m) || strings.Contains(entity.ReplaceAllString(m, ""), "&") {
			c.say(where, "the control sequence %s", m)
		}
	}
	bare := bracketed.ReplaceAllString(entity.ReplaceAllString(s, ""), "")
	if strings.ContainsAny(bare, "&<>") {
		c.say(where, "text that is not escaped: %s", s)
	}
}

// Text are the problems of the text that stands for a message: it is never
// empty, at most 4,000 characters long, and holds no control sequence but the
// mention of who asked at its start.
func Text(s string) []string {
	c := checker{}
	if s == "" {
		c.say("text", "it is empty")
	}
	c.long("text", s, 4000)
	if strings.ContainsAny(entity.ReplaceAllString(askedBy.ReplaceAllString(s, ""), ""), "&<>") {
		c.say("text", "it is not escaped: %s", s)
	}
	return c.problems
}

// fileID is what ids of files look like.
var fileID = regexp.MustCompile(`^F[A-Z0-9]{8,}$`)

func (c *checker) image(where string, b object) {
	if str(b, "alt_text") == "" {
		c.say(where, "no words for who does not see it")
	}
	c.long(where, str(b, "alt_text"), 2000)
	file, url := b["slack_file"] != nil, b["image_url"] != nil
	if file == url {
		c.say(where, "it needs a slack_file or an image_url, and not both")
	}
	if file && !fileID.MatchString(str(obj(b, "slack_file"), "id")) {
		c.say(where, "the file %q", str(obj(b, "slack_file"), "id"))
	}
}

func (c *checker) table(where string, b object) {
	if c.tables++; !c.message {
		c.say(where, "tables are for messages")
	}
	rows := arr(b, "rows")
	c.between(where+" rows", len(rows), 1, 100)
	c.between(where+" column_settings", len(arr(b, "column_settings")), 0, 20)
	for _, r := range rows {
		r, _ := r.([]any)
		c.between(where+" cells", len(r), 1, 20)
		if first, _ := rows[0].([]any); len(r) != len(first) {
			c.say(where, "rows of %d and %d cells", len(first), len(r))
		}
		for _, x := range r {
			cell, _ := x.(object)
			if str(cell, "type") != "raw_text" || str(cell, "text") == "" {
				c.say(where, "the cell %v", x)
			}
			c.cells += length(str(cell, "text"))
		}
	}
}

// rich checks rich text: texts with something in them, links to web pages, and
// nobody mentioned.
func (c *checker) rich(where string, o object) {
	for _, x := range arr(o, "elements") {
		e, _ := x.(object)
		switch str(e, "type") {
		case "rich_text_section", "rich_text_list":
			c.between(where, len(arr(e, "elements")), 1, 1000)
			c.rich(where, e)
		case "text":
			if str(e, "text") == "" {
				c.say(where, "an empty text")
			}
		case "link":
			if u := str(e, "url"); !strings.HasPrefix(u, "https://") && !strings.HasPrefix(u, "http://") {
				c.say(where, "a link to %q", u)
			}
		default:
			c.say(where, "an element of the type %q", str(e, "type"))
		}
	}
}
