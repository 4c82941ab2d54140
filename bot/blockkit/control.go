package blockkit

import "strings"

// control is what people press, choose from or type into, and the small pieces
// of a context, ready to be drawn. Nothing happens when it is used.
type control struct {
	// Kind is "text", "picture", "button", "menu", "field", "boxes" or
	// "unknown".
	Kind string
	// Name is how it reads: the text of a button, what is chosen in a menu,
	// what stands in a field.
	Name []span
	// Look is "primary" or "danger" for a button, "tall" for a field of several
	// lines, "faint" where Name is only a placeholder.
	Look    string
	Link    bool
	Confirm *dialog
	Choices []choices
	// Mark is the sign of what is chosen, and Free of what is not.
	Mark, Free string
	// Note says what Slack fills in.
	Note    string
	Picture *picture
}

// dialog is the question before a button does something.
type dialog struct{ Title, Text, Yes, No []span }

// choices are entries below a label.
type choices struct {
	Label []span
	Items []item
}

// item is one entry.
type item struct {
	Name, Detail []span
	Chosen       bool
}

func (d drawer) controls(list []Element) []control {
	var drawn []control
	for _, e := range list {
		switch e.Type {
		case "feedback_buttons":
			for _, b := range []*Element{e.Positive, e.Negative} {
				if b != nil {
					drawn = append(drawn, d.control(Element{Type: "button", Text: b.Text}))
				}
			}
		default:
			drawn = append(drawn, d.control(e))
		}
	}
	return drawn
}

func (d drawer) control(e Element) control {
	switch {
	case e.Type == "mrkdwn" || e.Type == "plain_text":
		t := Text{Type: e.Type}
		if e.Text != nil {
			t.Text = e.Text.Text
		}
		return control{Kind: "text", Name: spans(&t)}
	case e.Type == "image":
		return control{Kind: "picture", Picture: d.picture(e.Image, nil, true)}
	case e.Type == "button" || e.Type == "workflow_button" || e.Type == "icon_button":
		return button(e)
	case e.Type == "overflow":
		return control{Kind: "menu", Look: "overflow", Name: plain("⋯"), Choices: entries(e)}
	case strings.HasSuffix(e.Type, "_select"):
		return menu(e)
	case e.Type == "checkboxes":
		return control{Kind: "boxes", Choices: entries(e), Mark: "☑", Free: "☐"}
	case e.Type == "radio_buttons":
		return control{Kind: "boxes", Choices: entries(e), Mark: "◉", Free: "○"}
	case strings.HasSuffix(e.Type, "_input") || strings.HasSuffix(e.Type, "picker"):
		return field(e)
	default:
		return control{Kind: "unknown", Name: plain(e.Type)}
	}
}

// plain is text as it stands.
func plain(s string) []span { return spans(&Text{Text: s}) }

func button(e Element) control {
	c := control{Kind: "button", Name: spans(e.Text), Link: e.URL != ""}
	if e.Style.Name == "primary" || e.Style.Name == "danger" {
		c.Look = e.Style.Name
	}
	if q := e.Confirm; q != nil {
		c.Confirm = &dialog{Title: spans(q.Title), Text: spans(q.Text), Yes: spans(q.Confirm), No: spans(q.Deny)}
	}
	return c
}

// filled says what Slack fills a menu with that lists nothing itself.
var filled = map[string]string{
	"external": "entries come while somebody types", "users": "people of the workspace", "channels": "public channels",
	"conversations": "channels and conversations",
}

func menu(e Element) control {
	c := control{Kind: "menu", Name: spans(e.Placeholder), Look: "faint", Choices: entries(e)}
	var chosen []string
	for _, group := range c.Choices {
		for _, i := range group.Items {
			if i.Chosen {
				chosen = append(chosen, words(i.Name))
			}
		}
	}
	// Menus that are filled from outside name what is chosen all the same.
	for _, o := range append(e.Chosen, first(e.Option)...) {
		if len(c.Choices) == 0 {
			chosen = append(chosen, words(spans(o.Text)))
		}
	}
	if len(chosen) > 0 {
		c.Name, c.Look = plain(strings.Join(chosen, ", ")), ""
	}
	if len(c.Name) == 0 {
		c.Name = plain("Choose")
	}
	kind := strings.TrimPrefix(strings.TrimSuffix(e.Type, "_select"), "multi_")
	c.Note = filled[kind]
	return c
}

// first is a list of an option, or of none.
func first(o *Option) []Option {
	if o == nil {
		return nil
	}
	return []Option{*o}
}

// words is the text of spans without their looks.
func words(list []span) string {
	var b strings.Builder
	for _, s := range list {
		b.WriteString(s.Text + words(s.Within))
	}
	return b.String()
}

// entries are what an element offers, with or without groups.
func entries(e Element) []choices {
	chosen := map[Scalar]bool{}
	for _, o := range append(e.Chosen, first(e.Option)...) {
		chosen[o.Value] = true
	}
	items := func(list []Option) []item {
		var drawn []item
		for _, o := range list {
			drawn = append(drawn, item{Name: spans(o.Text), Detail: spans(o.Description), Chosen: chosen[o.Value]})
		}
		return drawn
	}
	var list []choices
	if len(e.Options) > 0 {
		list = append(list, choices{Items: items(e.Options)})
	}
	for _, g := range e.Groups {
		list = append(list, choices{Label: spans(g.Label), Items: items(g.Options)})
	}
	return list
}

func field(e Element) control {
	c := control{Kind: "field", Name: spans(e.Placeholder), Look: "faint"}
	for _, v := range []string{string(e.Initial), e.Date, e.Time} {
		if v != "" {
			c.Name, c.Look = plain(v), ""
		}
	}
	if e.Multiline {
		c.Look += " tall"
	}
	return c
}
