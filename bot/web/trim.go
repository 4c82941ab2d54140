package web

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"insightbot/chat"
)

// The bounds of one reply as a conversation keeps it. A page of its own is
// drawn once and not kept, so that nothing is cut there.
const (
	// maxReply is everything in it but files, in bytes.
	maxReply = 1 << 20
	// maxText is one text of it, maxCell one cell of a table or another short
	// text, maxCall what one button sends; in bytes.
	maxText = 16 << 10
	maxCell = 2 << 10
	maxCall = 8 << 10
	// maxRows is the rows of a table and the entries of any other list,
	// maxColumns the columns of a table.
	maxRows    = 200
	maxColumns = 50
	// The bytes that a part, a cell, or an argument takes besides its text.
	partBytes, cellBytes, argBytes = 100, 40, 48
)

// trimmer cuts a reply down.
type trimmer struct {
	// left is how many bytes may still be kept.
	left int
	// cut is set when something was cut that no note beside it tells of.
	cut bool
}

// trim returns a reply as it is kept, which says what was cut from it, and the
// bytes it takes.
func trim(r *chat.Reply) (kept *chat.Reply, size int) {
	t := &trimmer{left: maxReply}
	copied := *r
	copied.Title = t.text(r.Title, maxCell)
	copied.Context = t.call(r.Context)
	copied.Parts = t.parts(r.Parts)
	if t.cut {
		copied.Parts = append(copied.Parts, chat.Text{
			Style: chat.Note, Text: "This reply was too long to be kept whole: what is missing of it was cut here, not at its source.",
		})
	}
	return &copied, maxReply - t.left
}

// text cuts a text between two characters.
func (t *trimmer) text(s string, limit int) string {
	if limit = min(limit, max(t.left, 0)); len(s) > limit {
		for limit > 0 && !utf8.RuneStart(s[limit]) {
			limit--
		}
		// A copy, so that the whole text is not kept after all.
		s, t.cut = strings.Clone(s[:limit])+"…", true
	}
	t.left -= len(s)
	return s
}

// call keeps a call or leaves it out: half of it would be another one.
func (t *trimmer) call(c chat.Call) chat.Call {
	size := callBytes(c)
	if size > min(maxCall, t.left) {
		t.cut = t.cut || !c.IsZero()
		return chat.Call{}
	}
	t.left -= size
	return c
}

// callBytes is what a call takes.
func callBytes(c chat.Call) int {
	n := len(c.Command)
	for name, value := range c.Args {
		n += len(name) + len(value) + argBytes
	}
	return n
}

// first keeps the beginning of a list.
func first[T any](t *trimmer, list []T) []T {
	if len(list) > maxRows {
		t.cut = true
		return list[:maxRows]
	}
	return list
}

func (t *trimmer) parts(parts []chat.Part) []chat.Part {
	var kept []chat.Part
	for _, p := range first(t, parts) {
		if t.left -= partBytes; t.left <= 0 {
			t.cut = true
			break
		}
		switch p := p.(type) {
		case chat.Text:
			p.Text = t.text(p.Text, maxText)
			kept = append(kept, p)
		case chat.Facts:
			kept = append(kept, t.facts(p))
		case chat.Table:
			kept = append(kept, t.table(p)...)
		case chat.Image:
			p.Alt = t.text(p.Alt, maxCell)
			kept = append(kept, p)
		case chat.Choices:
			kept = append(kept, t.choices(p))
		case chat.Form:
			if form, whole := t.form(p); whole {
				kept = append(kept, form)
			} else {
				t.cut = true
			}
		case chat.Link:
			kept = append(kept, t.link(p))
		case chat.Attachment:
			p.Label, p.File.Name = t.text(p.Label, maxCell), t.text(p.File.Name, maxCell)
			kept = append(kept, p)
		case chat.Section:
			p.Title, p.Parts = t.text(p.Title, maxCell), t.parts(p.Parts)
			kept = append(kept, p)
		}
	}
	return kept
}

func (t *trimmer) link(l chat.Link) chat.Link {
	l.Label, l.Call = t.text(l.Label, maxCell), t.call(l.Call)
	if len(l.URL) > min(maxCall, max(t.left, 0)) {
		l.URL, t.cut = "", true
	}
	t.left -= len(l.URL)
	return l
}

func (t *trimmer) facts(p chat.Facts) chat.Facts {
	items := make([]chat.Item, 0, len(p.Items))
	for _, i := range first(t, p.Items) {
		t.left -= partBytes
		items = append(items, chat.Item{Label: t.text(i.Label, maxCell), Text: t.text(i.Text, maxCell), Link: t.link(i.Link)})
	}
	return chat.Facts{Items: items}
}

// table returns a table and, where rows or columns of it were cut, a note that
// says how many there were.
func (t *trimmer) table(p chat.Table) []chat.Part {
	kept := chat.Table{Title: t.text(p.Title, maxCell), Foot: t.text(p.Foot, maxCell)}
	for _, c := range p.Columns[:min(len(p.Columns), maxColumns)] {
		t.left -= cellBytes
		kept.Columns = append(kept.Columns, chat.Column{Name: t.text(c.Name, maxCell), Number: c.Number})
	}
	for _, row := range p.Rows[:min(len(p.Rows), maxRows)] {
		if t.left <= 0 {
			break
		}
		cells := make([]chat.Cell, 0, min(len(row), maxColumns))
		for _, c := range row[:min(len(row), maxColumns)] {
			t.left -= cellBytes
			cells = append(cells, chat.Cell{Text: t.text(c.Text, maxCell), Call: t.call(c.Call)})
		}
		kept.Rows = append(kept.Rows, cells)
	}
	var cut []string
	if n := len(p.Rows); n > len(kept.Rows) {
		cut = append(cut, fmt.Sprintf("the first %d of %d rows", len(kept.Rows), n))
	}
	if n := len(p.Columns); n > len(kept.Columns) {
		cut = append(cut, fmt.Sprintf("the first %d of %d columns", len(kept.Columns), n))
	}
	if cut == nil {
		return []chat.Part{kept}
	}
	note := "The conversation keeps " + strings.Join(cut, " and ") + " of this table."
	return []chat.Part{kept, chat.Text{Style: chat.Note, Text: note}}
}

func (t *trimmer) choices(p chat.Choices) chat.Choices {
	kept := chat.Choices{Prompt: t.text(p.Prompt, maxCell), Menu: p.Menu}
	for _, c := range first(t, p.Items) {
		t.left -= partBytes
		if c.Call = t.call(c.Call); c.Call.IsZero() {
			continue
		}
		c.Label, c.Detail = t.text(c.Label, maxCell), t.text(c.Detail, maxCell)
		kept.Items = append(kept.Items, c)
	}
	return kept
}

// form keeps a form whole or not at all: what it lacks would be taken away by
// sending it. Only the words for people may be cut.
func (t *trimmer) form(p chat.Form) (kept chat.Form, whole bool) {
	size := callBytes(p.Call)
	for _, f := range p.Fields {
		size += partBytes + len(f.Name) + len(f.Value)
		for _, o := range f.Options {
			size += cellBytes + len(o.Value) + min(len(o.Label), maxCell)
		}
	}
	if size > t.left || callBytes(p.Call) > maxCall {
		return chat.Form{}, false
	}
	t.left -= size
	p.Title, p.Submit = t.text(p.Title, maxCell), t.text(p.Submit, maxCell)
	fields := make([]chat.Field, 0, len(p.Fields))
	for _, f := range p.Fields {
		f.Label, f.Help, f.Error = t.text(f.Label, maxCell), t.text(f.Help, maxCell), t.text(f.Error, maxCell)
		f.Options = slices.Clone(f.Options)
		for i, o := range f.Options {
			if len(o.Label) > maxCell {
				f.Options[i].Label = t.text(o.Label, maxCell)
			}
		}
		fields = append(fields, f)
	}
	p.Fields = fields
	return p, true
}
