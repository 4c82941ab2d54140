package blockkit

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"slices"

	"insightbot/text"
)

//go:embed page.html
var pageSource string

// page is the template, parsed once.
var page = template.Must(template.New("page").Parse(pageSource))

// Options are what a screen does not say itself.
type Options struct {
	// Name is what the bot is called; "" is Insightbot.
	Name string
	// Pictures are PNG, JPEG or GIF files by their ids in Slack. A picture that
	// is not here is drawn as a box with its alternative text.
	Pictures map[string][]byte
}

// Draw writes a screen as one HTML page. It fails for a picture that is none,
// and for nothing in the screen.
func Draw(w io.Writer, p Payload, o Options) error {
	d := drawer{pictures: map[string]template.URL{}}
	for id, data := range o.Pictures {
		kind := http.DetectContentType(data)
		if !slices.Contains([]string{"image/png", "image/jpeg", "image/gif"}, kind) {
			return fmt.Errorf("blockkit: the picture for %s is no PNG, JPEG or GIF", id)
		}
		// The bytes are a picture, and base64 holds nothing else.
		d.pictures[id] = template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data)) //nolint:gosec // see above
	}
	s := screen{
		Kind: p.Kind, Name: o.Name, Title: spans(p.Title), Submit: spans(p.Submit), Close: spans(p.Close),
		Heading: "h2", Blocks: d.blocks(p.Blocks),
	}
	if s.Name = visible(s.Name); s.Name == "" {
		s.Name = "Insightbot"
	}
	s.Initial = text.Head(s.Name, 1, text.Graphemes)
	switch p.Kind {
	case Message:
		s.Fallback = spans(p.Text)
		if len(p.Blocks) == 0 {
			s.Blocks, s.Fallback = []block{{Kind: "section", Text: spans(&Text{Type: "mrkdwn", Text: p.Text.Text})}}, nil
		}
	case Modal:
		if s.Close == nil {
			s.Close = spans(&Text{Text: "Cancel"})
		}
		s.Heading = "h3"
	case Home:
	}
	for i := range s.Blocks {
		s.Blocks[i].Heading = s.Heading
	}
	if err := page.Execute(w, s); err != nil {
		return fmt.Errorf("blockkit: %w", err)
	}
	return nil
}

// screen is what the template draws.
type screen struct {
	Kind                           Kind
	Name, Initial                  string
	Title, Submit, Close, Fallback []span
	// Heading is the level of headings in blocks.
	Heading string
	Blocks  []block
}

// block is one block, ready to be drawn.
type block struct {
	Kind     string
	Heading  string
	Text     []span
	Fields   [][]span
	Side     *control
	Controls []control
	Picture  *picture

	Label, Hint []span
	Optional    bool

	Caption string
	Head    []cell
	Rows    [][]cell

	Level string
	// Unknown is the type of a block that is not drawn.
	Unknown string
}

// cell is one cell of a table.
type cell struct {
	Align string
	Text  []span
}

// picture is an image, or the box in its place.
type picture struct {
	Source template.URL
	Alt    string
	Title  []span
	// Where says where the picture would come from, when it is not here.
	Where string
	Small bool
}

// drawer makes blocks ready.
type drawer struct{ pictures map[string]template.URL }

func (d drawer) blocks(list []Block) []block {
	var drawn []block
	for _, b := range list {
		drawn = append(drawn, d.block(b))
	}
	return drawn
}

func (d drawer) block(b Block) block {
	drawn := block{Kind: b.Type, Text: spans(b.Text)}
	switch b.Type {
	case "section":
		for i := range b.Fields {
			drawn.Fields = append(drawn.Fields, spans(&b.Fields[i]))
		}
		if b.Accessory != nil {
			c := d.control(*b.Accessory)
			drawn.Side = &c
		}
	case "header", "divider":
	case "markdown":
		drawn.Kind = "section"
		if b.Text != nil {
			drawn.Text = spans(&Text{Type: "markdown", Text: b.Text.Text})
		}
	case "alert":
		drawn.Level = b.Level
	case "context", "actions", "context_actions":
		drawn.Controls = d.controls(b.Elements)
	case "image":
		drawn.Picture = d.picture(b.Image, b.Title, false)
	case "input":
		drawn.Label, drawn.Hint, drawn.Optional = spans(b.Label), spans(b.Hint), b.Optional
		if b.Element != nil {
			drawn.Controls = d.controls([]Element{*b.Element})
		}
	case "rich_text":
		drawn.Text = rich(b.Elements, 0)
	case "table", "data_table":
		drawn.Kind, drawn.Caption = "table", b.Caption
		drawn.Head, drawn.Rows = table(b)
	default:
		drawn.Kind, drawn.Unknown = "unknown", visible(b.Type)
	}
	return drawn
}

// table reads rows, the first of which names the columns.
func table(b Block) (head []cell, rows [][]cell) {
	for i, row := range b.Rows {
		var cells []cell
		for j, e := range row {
			c := cell{Align: "left"}
			if j < len(b.Columns) && slices.Contains([]string{"center", "right"}, b.Columns[j].Align) {
				c.Align = b.Columns[j].Align
			}
			switch {
			case e.Type == "rich_text":
				c.Text = rich(e.Elements, 0)
			case e.Text != nil:
				c.Text = spans(&Text{Text: e.Text.Text})
			case e.Value != "":
				c.Align, c.Text = "right", spans(&Text{Text: string(e.Value)})
			}
			cells = append(cells, c)
		}
		if i == 0 {
			head = cells
		} else {
			rows = append(rows, cells)
		}
	}
	return head, rows
}

// picture finds an image among the files at hand. Nothing is loaded from
// anywhere else, so that looking at a screen tells nobody.
func (d drawer) picture(i Image, title *Text, small bool) *picture {
	p := &picture{Alt: visible(i.Alt), Title: spans(title), Small: small}
	switch {
	case i.File != nil && i.File.ID != "":
		p.Source, p.Where = d.pictures[i.File.ID], "file "+visible(i.File.ID)
	case i.File != nil:
		p.Where = "a file in Slack"
	default:
		p.Where = "no picture"
		if u, err := url.Parse(i.URL); err == nil && u.Host != "" {
			p.Where = "picture of " + visible(u.Host)
		}
	}
	if p.Alt == "" {
		p.Alt = "(no alternative text)"
	}
	return p
}
