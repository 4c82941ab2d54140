package terminal

import (
	"fmt"
	"slices"
	"strings"

	"insightbot/chat"
	"insightbot/text"
)

// form says what could be typed instead of a search, as a terminal has one
// line and no fields. Any other form is shown with what is filled in, and where
// it can be sent from.
func (d *drawing) form(p chat.Form) {
	if d.config.Once {
		return
	}
	if slices.ContainsFunc(p.Fields, func(f chat.Field) bool { return f.Kind == chat.FieldSearch }) || len(p.Fields) == 0 {
		d.line(d.config.Screen.dim(fmt.Sprintf("%s: type “%s” and what you look for.", text.Clean(p.Submit), text.Clean(p.Call.Command))))
		return
	}
	if title := text.Clean(p.Title); title != "" {
		d.line(d.config.Screen.bold(title))
	}
	var items []chat.Item
	for _, f := range p.Fields {
		label := f.Label
		if text.Clean(label) == "" {
			label = f.Name
		}
		items = append(items, chat.Item{Label: label, Text: filledIn(f)})
	}
	d.facts(chat.Facts{Items: items})
	for _, f := range p.Fields {
		if f.Error != "" {
			d.text(chat.Text{Style: chat.Failure, Text: text.Clean(f.Label) + ": " + f.Error})
		}
	}
	d.text(chat.Text{Style: chat.Note, Text: "This form cannot be filled in here: open the bot in the browser for it."})
}

// filledIn is the value of a field in words: the labels of what is chosen, not
// its ids.
func filledIn(f chat.Field) string {
	switch f.Kind {
	case chat.FieldCheck:
		if f.Value == "" {
			return "no"
		}
		return "yes"
	case chat.FieldSelect, chat.FieldMulti:
		chosen := []string{f.Value}
		if f.Kind == chat.FieldMulti {
			chosen = strings.Split(f.Value, ",")
		}
		var labels []string
		for _, o := range f.Options {
			if slices.Contains(chosen, o.Value) {
				labels = append(labels, text.Clean(o.Label))
			}
		}
		if len(labels) > 0 {
			return strings.Join(labels, ", ")
		}
		return "–"
	default:
		if f.Value == "" {
			return "–"
		}
		return f.Value
	}
}
