package screen

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"insightbot/chat"
	"insightbot/text"
)

// surface is where a reply is shown.
type surface int

const (
	onMessage surface = iota
	onModal
	onHome
)

// room is what still fits.
type room struct{ chars, blocks int }

// rank is the order in which parts get room: what is needed to understand the
// answer first, what is long last.
type rank int

const (
	rankFirst rank = iota
	rankControl
	rankText
	rankFacts
	rankTable
	ranks
)

// piece is a part of a reply that can be drawn into some room. draw returns
// nothing when there is not enough of it.
type piece struct {
	rank rank
	// name is what it is called in logs when it is left out.
	name string
	draw func(room) ([]slack.Block, error)
	// buttons is set for a row of buttons.
	buttons *buttonRow
}

// drawer draws one reply.
type drawer struct {
	keeper
	options  Options
	on       surface
	reply    *chat.Reply
	pieces   []piece
	pictures int // how many were drawn
	tables   int // how many were seen
	native   int // which table is a real one, or -1
	ids      int
	// links are buttons that belong to a folded section and wait for a row.
	links []button
	// form is the one whose inputs a dialog has, or nil.
	form *chat.Form
	more []string
}

// newDrawer returns a drawer for a reply.
func newDrawer(r *chat.Reply, o Options, on surface) *drawer {
	d := &drawer{keeper: keeper{keep: o.Keep}, options: o, on: on, reply: r, native: -1}
	if on == onMessage {
		d.native = widest(collect[chat.Table](r.Parts))
	}
	return d
}

// id is a fresh action_id.
func (d *drawer) id() string {
	d.ids++
	return "a" + itoa(d.ids)
}

// dialog reports whether a call opens a dialog.
func (d *drawer) dialog(c chat.Call) bool { return d.options.Dialog != nil && d.options.Dialog(c) }

// cut notes for logs what was cut.
func (d *drawer) cut(format string, args ...any) {
	d.more = append(d.more, fmt.Sprintf(format, args...))
}

// add adds a piece.
func (d *drawer) add(r rank, name string, draw func(room) ([]slack.Block, error)) {
	d.pieces = append(d.pieces, piece{rank: r, name: name, draw: draw})
}

// fixed adds blocks that are drawn whole or not at all.
func (d *drawer) fixed(r rank, name string, blocks ...slack.Block) {
	d.add(r, name, func(room) ([]slack.Block, error) { return blocks, nil })
}

// parts prepares a list of parts. Small parts that follow each other share a
// block.
func (d *drawer) parts(parts []chat.Part, folded bool) {
	for i := 0; i < len(parts); {
		n := d.run(parts[i:])
		if n == 0 {
			d.part(parts[i], folded)
			n = 1
		}
		i += n
	}
}

// run prepares the parts at the start of a list that are drawn as one, and
// returns how many they are; 0 when the first stands alone.
func (d *drawer) run(parts []chat.Part) int {
	n := 0
	if t, ok := parts[0].(chat.Text); ok && (t.Style == chat.Note || t.Style == chat.Caution) {
		var lines []string
		for ; n < len(parts); n++ {
			next, ok := parts[n].(chat.Text)
			if !ok || next.Style != t.Style {
				break
			}
			if s := clean(next.Text); s != "" {
				lines = append(lines, s)
			}
		}
		d.lines(t.Style, lines)
		return n
	}
	var c controls
	for ; n < len(parts); n++ {
		if !d.control(&c, parts[n]) {
			break
		}
	}
	d.flush(&c)
	return n
}

// lines prepares notes or cautions that follow each other.
func (d *drawer) lines(style chat.TextStyle, lines []string) {
	if len(lines) == 0 {
		return
	}
	if style == chat.Note {
		d.text(rankText, "note", strings.Join(lines, "\n"), maxContext, func(s string) slack.Block { return small(s) })
		return
	}
	d.text(rankFirst, "caution", cautionMark+strings.Join(lines, "\n"+cautionMark), maxSection, func(s string) slack.Block { return paragraph(s) })
}

// text prepares a text of one block, which is cut where it does not fit.
func (d *drawer) text(r rank, name, s string, limit int, block func(string) slack.Block) {
	d.add(r, name, func(left room) ([]slack.Block, error) {
		limit := min(limit, left.chars)
		shown := text.TruncateWith(s, limit, text.UTF16, shortened)
		if shown == "" || text.UTF16(shown) <= text.UTF16(shortened) && shown != s {
			return nil, nil
		}
		if shown != s {
			d.cut("%s: %d of %d characters", name, text.UTF16(shown), text.UTF16(s))
		}
		return []slack.Block{block(shown)}, nil
	})
}

// part prepares one part.
func (d *drawer) part(p chat.Part, folded bool) {
	switch p := p.(type) {
	case chat.Text:
		d.words(p)
	case chat.Facts:
		if folded {
			d.foldedFacts(p)
		} else {
			d.facts(p)
		}
	case chat.Table:
		d.table(p)
	case chat.Image:
		d.image(p)
	case chat.Form:
		d.formPart(p)
	case chat.Attachment:
		d.attachment(p)
	case chat.Section:
		d.section(p)
	}
}

// words prepares a paragraph or a heading.
func (d *drawer) words(p chat.Text) {
	s := clean(p.Text)
	if s == "" {
		return
	}
	switch p.Style {
	case chat.Heading:
		d.fixed(rankText, "heading", slack.NewHeaderBlock(plain(text.Clean(s), maxHeader)))
	case chat.Failure:
		d.text(rankFirst, "failure", failureMark+s, maxSection, func(s string) slack.Block { return paragraph(s) })
	case chat.Lead:
		d.text(rankFirst, "lead", s, maxSection, func(s string) slack.Block { return paragraph(s) })
	default:
		d.text(rankText, "text", s, maxSection, func(s string) slack.Block { return paragraph(s) })
	}
}

// section prepares parts under a title. Slack cannot fold in all its clients,
// so that a folded section is made small instead: its facts say what its title
// does.
func (d *drawer) section(p chat.Section) {
	onlyFacts := p.Folded && len(p.Parts) > 0
	for _, inner := range p.Parts {
		if _, ok := inner.(chat.Facts); !ok {
			onlyFacts = false
		}
	}
	if title := text.Clean(p.Title); title != "" && !onlyFacts {
		if p.Folded {
			d.text(rankText, "title", title, maxContext, func(s string) slack.Block { return small(s) })
		} else {
			d.text(rankText, "title", title, maxSection-2, func(s string) slack.Block { return slack.NewSectionBlock(titled(s, ""), nil, nil) })
		}
	}
	d.parts(p.Parts, p.Folded)
}

// image prepares a picture, or its words where there is none.
func (d *drawer) image(p chat.Image) {
	at := d.pictures
	d.pictures++
	alt := nameOr(p.Alt, "A picture without a description")
	if at < len(d.options.Pictures) && d.options.Pictures[at] != "" {
		file := &slack.SlackFileObject{ID: d.options.Pictures[at]}
		d.fixed(rankText, "picture", slack.NewImageBlockSlackFile(file, short(alt, maxAlt), "", nil))
		return
	}
	if d.on == onMessage {
		alt = "The picture could not be shown here. It shows: " + alt
	}
	d.text(rankText, "picture", alt, maxSection, func(s string) slack.Block { return paragraph(s) })
}

// attachment says where a file is: it is posted beside the message.
func (d *drawer) attachment(p chat.Attachment) {
	name := nameOr(p.File.Name, nameOr(p.Label, "a file"))
	where := "below, in the thread"
	if d.on != onMessage {
		where = "ask for it in a channel or a direct message"
	}
	d.text(rankFirst, "file", "📎 "+name+" – "+where, maxContext, func(s string) slack.Block { return small(s) })
}

// size is what blocks take of the room: in a message their text, which is all
// that people read and what buttons and menus carry; elsewhere their JSON.
func (d *drawer) size(blocks []slack.Block) (int, error) {
	if len(blocks) == 0 {
		return 0, nil
	}
	raw, err := json.Marshal(blocks)
	if err != nil {
		return 0, fmt.Errorf("screen: %w", err)
	}
	if d.on != onMessage {
		return len(raw), nil
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		return 0, fmt.Errorf("screen: %w", err)
	}
	return sizeOf(tree), nil
}

// sizeOf counts the text in a decoded block.
func sizeOf(tree any) int {
	n := 0
	switch t := tree.(type) {
	case []any:
		for _, x := range t {
			n += sizeOf(x)
		}
	case map[string]any:
		for name, x := range t {
			s, ok := x.(string)
			switch name {
			case "text", "alt_text", "value", "url", "accessibility_label":
				if ok {
					n += text.UTF16(s)
					continue
				}
			}
			n += sizeOf(x)
		}
	}
	return n
}
