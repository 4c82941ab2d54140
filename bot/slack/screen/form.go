package screen

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"insightbot/chat"
	"insightbot/text"
)

// The action_ids of inputs say how their values are read.
const (
	kindText   = "text"
	kindSelect = "select"
	kindMulti  = "multi"
	kindCheck  = "check"
	kindPlace  = "place"
)

// checked is the value of a check field that is ticked.
const checked = "yes"

// fieldSign begins the block_id of a field.
const fieldSign = "f."

// isField reports whether a block is an input of a form.
func isField(blockID string) bool { return strings.HasPrefix(blockID, fieldSign) || isAsk(blockID) }

// blockID is that of a field: it names the field, and the form, so that the
// values of one form never show in another that takes its place in an open
// dialog. The same form with other values has the same ids.
func blockID(form chat.Call, field string) string {
	sum := sha256.Sum256([]byte(encode(form)))
	return fieldSign + hex.EncodeToString(sum[:4]) + "." + field
}

// fieldName is the field that a block belongs to.
func fieldName(blockID string) (string, bool) {
	rest, ok := strings.CutPrefix(blockID, fieldSign)
	_, name, dot := strings.Cut(rest, ".")
	return name, ok && dot
}

// formPart prepares a form: as the inputs of a dialog, else as a button that
// opens one.
func (d *drawer) formPart(p chat.Form) {
	if d.on == onModal && d.form == nil {
		d.form = &p
		d.inputs(p)
		return
	}
	label := nameOr(p.Title, nameOr(p.Submit, "Fill in"))
	c := d.options.Call
	if onlySearch(p) {
		c = p.Call // asks for nothing but to be shown again
	}
	if d.on == onModal || c.IsZero() {
		d.cut("form %q left out", label)
		d.text(rankControl, "form", "“"+label+"” cannot be filled in here.", maxContext, func(s string) slack.Block { return small(s) })
		return
	}
	d.row(buttonRow{buttons: []button{{label: label + " …", call: c, dialog: true, says: "Open the form: " + label}}})
}

// onlySearch reports whether a form only narrows down what is shown.
func onlySearch(p chat.Form) bool {
	return len(p.Fields) > 0 && !slices.ContainsFunc(p.Fields, func(f chat.Field) bool { return f.Kind != chat.FieldSearch })
}

// tooLarge is what is said in the place of a form that Slack has no room for.
// Half of a form would take away what it does not show.
const tooLarge = "This form is too large for a dialog of Slack. Nothing was changed."

// inputs prepares the fields of a form, all or none of them.
func (d *drawer) inputs(p chat.Form) {
	d.add(rankFirst, "form", func(left room) ([]slack.Block, error) {
		blocks, err := d.drawInputs(p)
		if err != nil {
			return nil, err
		}
		cost, err := d.size(blocks)
		if err != nil {
			return nil, err
		}
		if blocks == nil || len(blocks) > left.blocks || cost > left.chars {
			d.form = nil
			d.cut("form left out: %d blocks, %d characters", len(blocks), cost)
			return []slack.Block{paragraph(failureMark + tooLarge)}, nil
		}
		return blocks, nil
	})
}

// drawInputs draws the fields; nil when one of them cannot be shown whole.
func (d *drawer) drawInputs(p chat.Form) ([]slack.Block, error) {
	var blocks []slack.Block
	seen := map[string]bool{}
	for _, f := range p.Fields {
		id := blockID(p.Call, f.Name)
		if seen[f.Name] || len(id) > maxName {
			return nil, fmt.Errorf("screen: a form of %q has no use for the field %q", p.Call.Command, text.Truncate(f.Name, 40, text.Bytes))
		}
		seen[f.Name] = true
		input, err := d.input(id, f)
		if err != nil || input == nil {
			return nil, err
		}
		blocks = append(blocks, input)
		if wrong := text.Clean(f.Error); wrong != "" {
			blocks = append(blocks, small(short(failureMark+wrong, maxError)))
		}
	}
	if len(blocks) == 0 {
		// A dialog may be sent without any input.
		return []slack.Block{small("There is nothing to fill in.")}, nil
	}
	return blocks, nil
}

// input draws one field; nil when its value cannot be shown whole.
func (d *drawer) input(id string, f chat.Field) (*slack.InputBlock, error) {
	var e slack.BlockElement
	help := text.Clean(f.Help)
	optional := !f.Required
	switch f.Kind {
	case chat.FieldSelect, chat.FieldMulti:
		chosen, cut, err := d.chooser(f)
		if err != nil || chosen == nil {
			return nil, err
		}
		if e = chosen; cut > 0 {
			help = strings.TrimSpace(help + " (" + counted(cut, "more option is", "more options are") + " not listed here.)")
		}
	case chat.FieldCheck:
		box := slack.NewCheckboxGroupsBlockElement(kindCheck, option("Yes", "", checked))
		if f.Value != "" {
			box.InitialOptions = box.Options
		}
		e, optional = box, true
	case chat.FieldPlace:
		place := &slack.SelectBlockElement{
			Type: slack.OptTypeConversations, ActionID: kindPlace, Placeholder: plain("Choose a channel", maxPlaceholder),
			Filter:              &slack.SelectBlockElementFilter{Include: []string{"public", "private"}},
			InitialConversation: channelID(f.Value),
		}
		place.DefaultToCurrentConversation = place.InitialConversation == ""
		e = place
	default:
		value := clean(f.Value)
		if f.Kind != chat.FieldLong {
			value = text.Clean(value)
		}
		if text.UTF16(value) > maxInput {
			return nil, nil
		}
		e = &slack.PlainTextInputBlockElement{
			Type: slack.METPlainTextInput, ActionID: kindText, InitialValue: value, Multiline: f.Kind == chat.FieldLong, MaxLength: maxInput,
		}
	}
	input := slack.NewInputBlock(id, plain(nameOr(f.Label, nameOr(f.Name, unnamed)), maxLabel), nil, e).WithOptional(optional)
	if help != "" {
		input.Hint = plain(help, maxHint)
	}
	return input, nil
}

// channelID is a value that can be the id of a channel, or "".
func channelID(s string) string {
	if len(s) < 2 || len(s) > 40 || !strings.ContainsRune("CGD", rune(s[0])) || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		return ""
	}
	return s
}
