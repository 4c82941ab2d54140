package web

import (
	"strconv"

	"insightbot/chat"
	"insightbot/text"
)

// unnamed is what reads a button whose name has nothing in it to be seen.
const unnamed = "(no name)"

// nameOr is a name on one line, or another one where it is empty.
func nameOr(name, other string) string {
	if name = text.Clean(name); name == "" {
		return other
	}
	return name
}

// drawer turns the parts of one reply into views.
type drawer struct {
	server *Server
	send   *sending
	// prefix keeps ids apart between messages, next within one.
	prefix string
	next   int
}

// id is a fresh id for an element.
func (d *drawer) id() string {
	d.next++
	return d.prefix + strconv.Itoa(d.next)
}

// parts draws a list of parts whose headings are of a level.
func (d *drawer) parts(parts []chat.Part, level int) []partView {
	level = min(level, 6)
	views := make([]partView, 0, len(parts))
	for _, p := range parts {
		if v, ok := d.part(p, level); ok {
			views = append(views, v)
		}
	}
	return rows(views)
}

// rows puts small parts that follow each other into one row.
func rows(views []partView) []partView {
	var out []partView
	for i := 0; i < len(views); {
		j := i
		for j < len(views) && views[j].small() {
			j++
		}
		if j-i > 1 {
			out = append(out, partView{Row: views[i:j]})
		} else {
			j = i + 1
			out = append(out, views[i])
		}
		i = j
	}
	return out
}

// small reports whether a part is a link, a button or two.
func (v partView) small() bool {
	return v.Link != nil || v.Attachment != nil && v.Attachment.Href != "" ||
		v.Choices != nil && v.Choices.Prompt == "" && !v.Choices.Menu && !v.Choices.Detailed
}

// part draws one part; parts with nothing in them are left out.
func (d *drawer) part(p chat.Part, level int) (partView, bool) {
	switch p := p.(type) {
	case chat.Text:
		return partView{Text: &textView{Style: p.Style, Text: clean(p.Text), Level: level}}, p.Text != ""
	case chat.Facts:
		var facts []factView
		for _, item := range p.Items {
			l := item.Link
			l.Label = item.Text
			facts = append(facts, factView{text.Clean(item.Label), d.link(l)})
		}
		return partView{Facts: facts}, len(facts) > 0
	case chat.Table:
		return partView{Table: d.table(p)}, len(p.Columns) > 0
	case keptImage:
		return partView{Image: d.image(p)}, true
	case chat.Choices:
		return partView{Choices: d.choices(p)}, len(p.Items) > 0
	case chat.Form:
		return partView{Form: d.form(p)}, true
	case chat.Link:
		l := d.link(p)
		return partView{Link: &l}, l.Text != ""
	case keptAttachment:
		return partView{Attachment: d.attachment(p)}, true
	case chat.Section:
		v := &sectionView{Title: text.Clean(p.Title), Folded: p.Folded, Level: level}
		if v.Folded {
			v.Parts = d.parts(p.Parts, level)
		} else {
			v.Parts = d.parts(p.Parts, level+1)
		}
		return partView{Section: v}, len(v.Parts) > 0
	}
	return partView{}, false
}

// link draws something that leads to a web page or a command.
func (d *drawer) link(l chat.Link) linkView {
	v := linkView{Text: text.Clean(l.Label), Send: d.send}
	if v.Text == "" && (l.URL != "" || !l.Call.IsZero()) {
		v.Text = unnamed
	}
	switch {
	case l.URL != "":
		v.Href, v.External = safeURL(l.URL), true
	case l.Call.IsZero():
	case d.server.config.ReadOnly(l.Call.Command):
		v.Href = d.server.address(l.Call)
	default:
		v.Call = encodeChoice(l.Call, v.Text)
	}
	return v
}

func (d *drawer) table(t chat.Table) *tableView {
	v := &tableView{Title: text.Clean(t.Title), Foot: text.Clean(t.Foot)}
	for _, c := range t.Columns {
		v.Columns = append(v.Columns, columnView{text.Clean(c.Name), c.Number})
	}
	for _, row := range t.Rows {
		cells := make([]cellView, 0, len(row))
		for i, c := range row {
			number := i < len(t.Columns) && t.Columns[i].Number
			cells = append(cells, cellView{
				linkView: d.link(chat.Link{Label: c.Text, Call: c.Call}),
				Number:   number, Whole: !number && whole(c.Text), Head: i == 0 && !number,
			})
		}
		v.Rows = append(v.Rows, cells)
	}
	return v
}

func (d *drawer) image(p keptImage) *imageView {
	v := &imageView{Alt: text.Clean(p.Alt), Width: p.Width, Height: p.Height}
	at := func(theme chat.Theme) string {
		if id := p.ids[theme]; id != "" && d.server.sessions.files.has(id) {
			return "/files/" + id
		}
		return ""
	}
	v.Light, v.Dark = at(chat.Light), at(chat.Dark)
	if v.Light == "" {
		v.Light, v.Dark = v.Dark, ""
	}
	return v
}

func (d *drawer) attachment(p keptAttachment) *attachmentView {
	name := fileName(p.File.Name)
	v := &attachmentView{Label: nameOr(p.Label, name), Name: name}
	if p.id != "" && d.server.sessions.files.has(p.id) {
		v.Href = "/files/" + p.id + "?download"
	}
	return v
}

func (d *drawer) choices(p chat.Choices) *choicesView {
	v := &choicesView{ID: d.id(), Prompt: text.Clean(p.Prompt), Menu: p.Menu, Send: d.send}
	for _, item := range p.Items {
		c := choiceView{Label: nameOr(item.Label, unnamed), Detail: text.Clean(item.Detail), Current: item.Current}
		if !p.Menu && d.server.config.ReadOnly(item.Call.Command) {
			c.Href = d.server.address(item.Call)
		} else {
			c.Value = encodeChoice(item.Call, c.Label)
		}
		v.Detailed = v.Detailed || item.Detail != ""
		v.Items = append(v.Items, c)
	}
	return v
}

// message draws one message of a conversation.
func (d *drawer) message(m *message, zone string) messageView {
	v := messageView{
		Ref: m.ref, Said: clean(m.said), Asker: person(m.user, false), Bot: d.server.config.Title,
		Pending: m.answer == nil,
	}
	v.Time, v.Datetime = clock(m.at, d.server.config.Now(), zone)
	if a := m.answer; a != nil {
		v.Private, v.Failed, v.Title = a.private, a.failed, text.Clean(a.title)
		level := 3
		if v.Title != "" {
			level = 4
		}
		v.Parts = d.parts(a.parts, level)
		v.Lead = leadOf(a.parts)
	}
	return v
}

// leadOf is the finding of a reply, or else its first text.
func leadOf(parts []chat.Part) string {
	first := ""
	for _, p := range parts {
		t, ok := p.(chat.Text)
		switch {
		case !ok:
		case t.Style == chat.Lead:
			return text.Clean(t.Text)
		case first == "":
			first = text.Clean(t.Text)
		}
	}
	return first
}
