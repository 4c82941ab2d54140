package screen

import (
	"strings"

	"insightbot/chat"
	"insightbot/text"
)

// maxFallbackRows is how many rows of a table are read out.
const maxFallbackRows = 20

// fallback is a reply as text: what a notification shows, what a screen reader
// reads, and what is posted when Slack refuses the blocks. It is escaped and
// never empty.
func fallback(r *chat.Reply, o Options) string {
	w := &words{room: maxFallback - text.UTF16("\n"+shortened)}
	if o.Asker != "" {
		w.out.WriteString(mention(o.Asker) + " asked: " + escape(short(text.Clean(o.Asked), maxAsked)))
		w.room -= text.UTF16(w.out.String())
	}
	if !hasLead(r.Parts) {
		w.line(r.Title)
	}
	w.parts(r.Parts)
	if w.out.Len() == 0 {
		w.line(nothing)
	}
	if w.cut {
		w.out.WriteString("\n" + shortened)
	}
	return strings.TrimSpace(w.out.String())
}

// nothing is a reply without anything to show.
const nothing = "There is nothing to show."

// words are lines on their way to a text.
type words struct {
	out  strings.Builder
	room int
	cut  bool
}

// line adds a line, or as much of it as there is room for.
func (w *words) line(s string) {
	if s = clean(s); s == "" || w.cut {
		return
	}
	if w.out.Len() > 0 {
		s = "\n" + s
	}
	if size := escapedSize(s); size <= w.room {
		w.room -= size
		w.out.WriteString(escape(s))
		return
	}
	w.cut = true
	w.out.WriteString(escape(text.Head(s, w.room, escapedSize)))
}

// parts adds what can be read out; buttons and forms cannot be pressed there.
func (w *words) parts(parts []chat.Part) {
	for _, p := range parts {
		switch p := p.(type) {
		case chat.Text:
			w.line(mark(p.Style) + clean(p.Text))
		case chat.Facts:
			for _, i := range p.Items {
				w.line(fact{label: text.Clean(i.Label), text: text.Clean(i.Text)}.String())
			}
		case chat.Table:
			w.table(p)
		case chat.Image:
			w.line(p.Alt)
		case chat.Choices:
			for _, i := range p.Items {
				if label := text.Clean(i.Label); i.Detail != "" {
					w.line("• " + label + ": " + text.Clean(i.Detail))
				}
			}
		case chat.Link:
			if u := safeURL(p.URL); u != "" {
				w.line(text.Clean(p.Label) + ": " + u)
			}
		case chat.Attachment:
			w.line("📎 " + nameOr(p.File.Name, p.Label))
		case chat.Section:
			if !p.Folded {
				w.line(p.Title)
			}
			w.parts(p.Parts)
		}
	}
}

// mark is what stands before a text that must not be overlooked.
func mark(s chat.TextStyle) string {
	switch s {
	case chat.Caution:
		return cautionMark
	case chat.Failure:
		return failureMark
	default:
		return ""
	}
}

// table adds the rows of a table, a line each.
func (w *words) table(t chat.Table) {
	w.line(t.Title)
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = text.Clean(c.Name)
	}
	w.line(strings.Join(names, " | "))
	for _, row := range t.Rows[:min(len(t.Rows), maxFallbackRows)] {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = text.Clean(c.Text)
		}
		w.line(strings.Join(cells, " | "))
	}
	if n := len(t.Rows) - maxFallbackRows; n > 0 {
		w.line(counted(n, "more row", "more rows") + ".")
	}
	w.line(t.Foot)
}
