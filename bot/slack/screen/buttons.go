package screen

import (
	"github.com/slack-go/slack"

	"insightbot/chat"
	"insightbot/text"
)

// button is a choice or a link on its way to a row of buttons.
type button struct {
	label, url string
	call       chat.Call
	current    bool
	dialog     bool
	// says is what a screen reader reads where the label alone is too little.
	says string
}

// buttonRow is buttons in one actions block.
type buttonRow struct {
	// prompt stands above the row, or "".
	prompt  string
	buttons []button
	// retract adds the button that takes the message back.
	retract bool
}

// row adds a row of buttons. It may still get the button that takes the message
// back.
func (d *drawer) row(b buttonRow) {
	d.pieces = append(d.pieces, piece{rank: rankControl, name: "buttons", buttons: &b, draw: func(left room) ([]slack.Block, error) {
		return d.drawRow(b, left)
	}})
}

// drawRow draws a row of buttons: a few are seen, the others are in a menu.
func (d *drawer) drawRow(b buttonRow, left room) ([]slack.Block, error) {
	seen, rest := split(b.buttons)
	var elements []slack.BlockElement
	for _, one := range seen {
		e, err := d.button(one)
		if err != nil {
			return nil, err
		}
		elements = append(elements, e)
	}
	more, err := d.rest(rest, left)
	if err != nil {
		return nil, err
	}
	if more != nil {
		elements = append(elements, more)
	}
	if b.retract {
		elements = append(elements, d.retractButton())
	}
	var blocks []slack.Block
	if b.prompt != "" {
		blocks = append(blocks, small(b.prompt))
	}
	return append(blocks, slack.NewActionBlock("", elements...)), nil
}

// split says which buttons are seen: all where they are few, else one less, as
// a menu of a single entry is none. Links to web pages are seen always, because
// the entries of a menu cannot be links.
func split(all []button) (seen, rest []button) {
	most := maxVisible
	if len(all) > maxVisible {
		most--
	}
	for _, b := range all {
		if len(seen) < most || b.url != "" && len(seen) < maxElements-2 {
			seen = append(seen, b)
		} else if b.url == "" {
			rest = append(rest, b)
		}
	}
	if len(rest) == 1 {
		return append(seen, rest...), nil
	}
	return seen, rest
}

// button draws one button.
func (d *drawer) button(b button) (*slack.ButtonBlockElement, error) {
	label := b.label
	if b.current {
		label = currentMark + label
	}
	e := slack.NewButtonBlockElement(d.id(), "", plain(label, maxButtonText))
	switch {
	case b.says != "":
		e.AccessibilityLabel = short(b.says, maxButtonText)
	case b.current:
		e.AccessibilityLabel = short(b.label+", the current choice", maxButtonText)
	}
	if b.url != "" {
		e.URL = b.url
		return e, nil
	}
	value, err := d.value(b.call, maxButtonValue-len(dialogSign))
	if err != nil {
		return nil, err
	}
	if b.dialog {
		value = dialogSign + value
	}
	e.Value = value
	return e, nil
}

// rest draws the menu of the buttons that are not seen, or nil.
func (d *drawer) rest(rest []button, left room) (slack.BlockElement, error) {
	if len(rest) == 0 {
		return nil, nil
	}
	if len(rest) > maxOverflow {
		return d.menu("More choices", rest, left)
	}
	options, err := d.entries(rest)
	if err != nil {
		return nil, err
	}
	return &slack.OverflowBlockElement{Type: slack.METOverflow, ActionID: d.id(), Options: options}, nil
}

// retractButton takes a message back. Where others read it too, it asks once
// more.
func (d *drawer) retractButton() *slack.ButtonBlockElement {
	e := slack.NewButtonBlockElement(retractID, retractID, plain("Remove", maxButtonText))
	e.AccessibilityLabel = "Remove this answer"
	if !d.options.Private {
		e.Confirm = slack.NewConfirmationBlockObject(
			plain("Remove this answer?", 100), plain("Nobody here will see it any more. Only who asked can do this.", 300),
			plain("Remove it", 30), plain("Keep it", 30))
	}
	return e
}

// controls are choices and links that follow each other, on their way to rows.
type controls struct {
	selects []menu
	buttons []button
}

// menu is a menu on its way to a row.
type menu struct {
	placeholder string
	entries     []button
}

// flush adds the rows that were gathered. Menus stand before buttons.
func (d *drawer) flush(c *controls) {
	for len(c.selects) > 0 {
		n := min(maxSelects, len(c.selects))
		d.menus(c.selects[:n])
		c.selects = c.selects[n:]
	}
	if len(c.buttons) > 0 {
		d.row(buttonRow{buttons: append(c.buttons, d.links...)})
		c.buttons, d.links = nil, nil
	}
}

// control gathers a part when it is a choice or a link, and reports whether it
// is one.
func (d *drawer) control(c *controls, p chat.Part) bool {
	switch p := p.(type) {
	case chat.Choices:
		d.choices(c, p)
		return true
	case chat.Link:
		if b, ok := d.linkButton(p); ok {
			c.buttons = append(c.buttons, b)
			return true
		}
		return false
	default:
		return false
	}
}

// linkButton is the button of a link; false for one that leads nowhere.
func (d *drawer) linkButton(l chat.Link) (button, bool) {
	b := button{label: nameOr(l.Label, unnamed), call: l.Call, dialog: d.dialog(l.Call)}
	if l.URL != "" {
		b = button{label: nameOr(l.Label, unnamed), url: safeURL(l.URL)}
	}
	return b, b.url != "" || !b.call.IsZero()
}

// long reports whether a label does not show whole on a button.
func long(label string) bool { return text.UTF16(label) > maxButtonShown }
