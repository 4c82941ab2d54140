package terminal

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"insightbot/chat"
	"insightbot/text"
)

// draw writes a reply: its parts in order, then the buttons as numbers. That it
// is private counts where a conversation goes on, with somebody who may pass on
// what is on the screen; a program that asks once needs the answer alone.
func (t *Terminal) draw(r *chat.Reply) error {
	d := drawing{Terminal: t, ref: r.Ref}
	if r.Private && !t.config.Once {
		d.line(t.config.Screen.dim("Only you can see this."))
	}
	for _, p := range r.Parts {
		if err := d.part(p); err != nil {
			return err
		}
	}
	_, err := fmt.Fprint(t.config.Out, d.out.String())
	return err
}

// drawing is one reply on its way to the screen.
type drawing struct {
	*Terminal
	ref string
	out strings.Builder
}

// part writes one part.
func (d *drawing) part(p chat.Part) error {
	switch p := p.(type) {
	case chat.Text:
		d.text(p)
	case chat.Facts:
		d.facts(p)
	case chat.Table:
		d.table(p)
	case chat.Image:
		return d.image(p)
	case chat.Choices:
		d.chosen(p)
	case chat.Form:
		d.form(p)
	case chat.Link:
		d.link(p)
	case chat.Attachment:
		return d.attachment(p)
	case chat.Section:
		d.line(d.config.Screen.dim("— " + text.Clean(p.Title) + " —"))
		for _, inner := range p.Parts {
			if err := d.part(inner); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("terminal: cannot draw a %T", p)
	}
	return nil
}

func (d *drawing) line(s string) { d.out.WriteString(s + "\n") }

// text writes a paragraph in the way its style asks for.
func (d *drawing) text(p chat.Text) {
	screen := d.config.Screen
	style, mark := func(s string) string { return s }, ""
	switch p.Style {
	case chat.Lead, chat.Heading:
		style = screen.bold
		d.line("")
	case chat.Note:
		style = screen.dim
	case chat.Caution:
		style, mark = screen.yellow, "! "
	case chat.Failure:
		style, mark = screen.red, "! "
	default:
	}
	for i, l := range wrap(text.Clean(p.Text), screen.Width-len(mark)) {
		if i > 0 {
			mark = strings.Repeat(" ", len(mark))
		}
		d.line(style(mark + l))
	}
}

// facts writes labelled statements, the labels in a column of their own.
func (d *drawing) facts(p chat.Facts) {
	wide := 0
	for _, f := range p.Items {
		wide = max(wide, text.Cells(text.Clean(f.Label)))
	}
	indent := strings.Repeat(" ", wide+2)
	for _, f := range p.Items {
		label := text.Pad(text.Clean(f.Label), wide+2, false)
		for i, l := range wrap(text.Clean(f.Text), max(20, d.config.Screen.Width-wide-2)) {
			if i == 0 {
				d.line(d.config.Screen.dim(label) + l)
			} else {
				d.line(indent + l)
			}
		}
	}
}

// image shows the picture, or says where it lies. The alternative text is for
// those who see no picture; the finding stands above it already.
func (d *drawing) image(p chat.Image) error {
	f, ok := p.Files[d.config.Screen.Theme]
	if !ok {
		f = p.Files[chat.Light]
	}
	if d.config.Screen.Images != NoImages {
		return d.config.Screen.showImage(&d.out, f.Data)
	}
	path, err := keepImage(d.config.Charts, f, d.ref)
	if err != nil {
		return err
	}
	d.line(d.config.Screen.dim("Chart: " + path))
	return nil
}

// attachment keeps a file in the current directory, never over another one.
func (d *drawing) attachment(p chat.Attachment) error {
	name := filepath.Base(p.File.Name)
	ext := filepath.Ext(name)
	for i := 0; ; i++ {
		path := name
		if i > 0 {
			path = fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), i, ext)
		}
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if os.IsExist(err) && i < 1000 {
			continue
		}
		if err != nil {
			return fmt.Errorf("terminal: keep file: %w", err)
		}
		if _, err := f.Write(p.File.Data); err != nil {
			f.Close() //nolint:errcheck // the write failed already
			return fmt.Errorf("terminal: keep file: %w", err)
		}
		if err := f.Close(); err != nil {
			return fmt.Errorf("terminal: keep file: %w", err)
		}
		d.line("Saved " + path)
		return nil
	}
}

// chosen writes buttons with the numbers that press them.
func (d *drawing) chosen(p chat.Choices) {
	if d.config.Once {
		p.Items = slices.DeleteFunc(slices.Clone(p.Items), func(c chat.Choice) bool { return c.Detail == "" })
		if len(p.Items) == 0 {
			return
		}
	}
	if p.Prompt != "" {
		d.line(d.config.Screen.dim(text.Clean(p.Prompt)))
	}
	var row []string
	used := 0
	flush := func() {
		if len(row) > 0 {
			d.line("  " + strings.Join(row, "   "))
		}
		row, used = nil, 0
	}
	for _, c := range p.Items {
		d.choices = append(d.choices, c.Call)
		label := fmt.Sprintf("%d %s", len(d.choices), text.Clean(c.Label))
		if d.config.Once {
			label = text.Clean(c.Label)
		}
		if c.Current {
			label += " ✓"
		}
		if c.Detail != "" {
			flush()
			d.line("  " + d.config.Screen.bold(label))
			for _, l := range wrap(text.Clean(c.Detail), d.config.Screen.Width-5) {
				d.line("     " + d.config.Screen.dim(l))
			}
			continue
		}
		if used+text.Cells(label)+3 > d.config.Screen.Width-2 {
			flush()
		}
		row, used = append(row, label), used+text.Cells(label)+3
	}
	flush()
}

// link writes an address, or a number that leads to a command.
func (d *drawing) link(p chat.Link) {
	if p.URL != "" {
		d.line(text.Clean(p.Label) + ": " + text.Clean(p.URL))
		return
	}
	if d.config.Once {
		d.line(d.config.Screen.dim(text.Clean(p.Label) + ": insightbot insights" + onceArg(p.Call)))
		return
	}
	d.chosen(chat.Choices{Items: []chat.Choice{{Label: p.Label, Call: p.Call}}})
}

// onceArg is what a command of the shell needs to show an insight.
func onceArg(c chat.Call) string {
	if id := c.Args["id"]; id != "" {
		return " " + text.Clean(id)
	}
	return ""
}
