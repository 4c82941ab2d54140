package screen

import (
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"insightbot/chat"
	"insightbot/text"
)

// What an option of a field carries: its value behind a "=", or the key of a
// kept call that holds it, where it is long.
const (
	rawSign = "="
	// valueCommand and valueArg name such a call. No command has this name.
	valueCommand = "option-value"
	valueArg     = "value"
)

// optionValue is the value of an option as it is carried.
func (d *drawer) optionValue(v string) (string, error) {
	if s := rawSign + v; text.UTF16(s) <= maxOptionValue {
		return s, nil
	}
	key, err := d.key(chat.Call{Command: valueCommand, Args: chat.Args{valueArg: v}})
	return keptSign + key, err
}

// readOption reads what optionValue wrote.
func readOption(s string, kept Kept) (string, error) {
	if v, ok := strings.CutPrefix(s, rawSign); ok {
		return v, nil
	}
	key, ok := strings.CutPrefix(s, keptSign)
	if !ok {
		return "", errNotOurs
	}
	c, err := lookUp(key, kept)
	if err == nil && c.Command != valueCommand {
		err = errNotOurs
	}
	return c.Args[valueArg], err
}

// fieldOption is an option with a long label in two lines.
func (d *drawer) fieldOption(o chat.Option) (*slack.OptionBlockObject, error) {
	value, err := d.optionValue(o.Value)
	if err != nil {
		return nil, err
	}
	label, rest := nameOr(o.Label, unnamed), ""
	if text.UTF16(label) > maxOptionText {
		head := text.Head(label, maxOptionText, text.UTF16)
		if i := strings.LastIndexByte(head, ' '); i > maxOptionText/2 {
			head = head[:i]
		}
		label, rest = strings.TrimSpace(head), strings.TrimSpace(label[len(head):])
	}
	return option(label, rest, value), nil
}

// chooser draws a field that takes one or several of its options. It lists
// those that are chosen always, and says how many it does not list. It is nil
// when not even those that are chosen can be listed.
func (d *drawer) chooser(f chat.Field) (e slack.BlockElement, cut int, err error) {
	chosen := chosenIn(f)
	listed, cut := listedOf(f.Options, chosen)
	if len(chosen) > maxFieldOptions {
		return nil, 0, nil
	}
	if len(listed) == 0 {
		listed = []chat.Option{{Label: "There is nothing to choose from"}}
	}
	var options, initial []*slack.OptionBlockObject
	for _, o := range listed {
		one, err := d.fieldOption(o)
		if err != nil {
			return nil, 0, err
		}
		options = append(options, one)
		if slices.Contains(chosen, o.Value) {
			initial = append(initial, one)
		}
	}
	single, groups := grouped(options)
	switch {
	case f.Kind != chat.FieldMulti:
		s := &slack.SelectBlockElement{Type: slack.OptTypeStatic, ActionID: kindSelect, Placeholder: plain("Choose …", maxPlaceholder), Options: single, OptionGroups: groups}
		if len(initial) > 0 {
			s.InitialOption = initial[0]
		}
		return s, cut, nil
	case len(options) <= maxBoxes:
		boxes := slack.NewCheckboxGroupsBlockElement(kindMulti, options...)
		boxes.InitialOptions = initial
		return boxes, cut, nil
	}
	return &slack.MultiSelectBlockElement{
		Type: slack.MultiOptTypeStatic, ActionID: kindMulti, Placeholder: plain("Choose some …", maxPlaceholder),
		Options: single, OptionGroups: groups, InitialOptions: initial,
	}, cut, nil
}

// chosenIn are the values that are chosen in a field.
func chosenIn(f chat.Field) []string {
	if f.Kind != chat.FieldMulti {
		return []string{f.Value}
	}
	var chosen []string
	for v := range strings.SplitSeq(f.Value, ",") {
		if v != "" && !slices.Contains(chosen, v) {
			chosen = append(chosen, v)
		}
	}
	return chosen
}

// listedOf are the options that are listed, each value once, with those that
// are chosen and no option, so that sending the form takes nothing away that
// nobody touched. cut is how many are not listed.
func listedOf(options []chat.Option, chosen []string) (listed []chat.Option, cut int) {
	seen := map[string]bool{}
	others := maxFieldOptions - len(chosen)
	for _, o := range options {
		if seen[o.Value] {
			continue
		}
		seen[o.Value] = true
		if !slices.Contains(chosen, o.Value) {
			if others--; others < 0 {
				cut++
				continue
			}
		}
		listed = append(listed, o)
	}
	for _, v := range chosen {
		if v != "" && !seen[v] {
			listed = append(listed, chat.Option{Value: v, Label: v})
		}
	}
	return listed, cut
}
