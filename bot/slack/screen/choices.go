package screen

import (
	"maps"
	"slices"

	"github.com/slack-go/slack"

	"insightbot/chat"
	"insightbot/text"
)

// promptMore is a prompt that says nothing a row of buttons does not.
const promptMore = "More"

// choices gathers choices in the form that suits them: a menu for a setting
// such as the period, lines with a button each for what needs words, and a row
// of buttons for everything else.
func (d *drawer) choices(c *controls, p chat.Choices) {
	entries := d.buttonsOf(p)
	if len(entries) == 0 {
		return
	}
	prompt := text.Clean(p.Prompt)
	switch {
	case p.Menu || setting(p):
		if len(c.buttons) > 0 {
			d.flush(c)
		}
		c.selects = append(c.selects, menu{settingWords(prompt, entries), entries})
	case slices.ContainsFunc(p.Items, func(i chat.Choice) bool { return text.Clean(i.Detail) != "" || long(text.Clean(i.Label)) }):
		d.flush(c)
		d.rows(prompt, entries)
	case prompt == "" || prompt == promptMore:
		c.buttons = append(c.buttons, entries...)
	case len(entries) == 1 && !long(prompt+": "+entries[0].label):
		entries[0].label = prompt + ": " + entries[0].label
		c.buttons = append(c.buttons, entries...)
	default:
		d.flush(c)
		d.row(buttonRow{prompt: short(prompt, maxContext), buttons: entries})
	}
}

// buttonsOf are the choices that lead somewhere.
func (d *drawer) buttonsOf(p chat.Choices) []button {
	var out []button
	for _, i := range p.Items {
		if !i.Call.IsZero() {
			out = append(out, button{
				label: nameOr(i.Label, unnamed), call: i.Call, current: i.Current, dialog: d.dialog(i.Call), says: text.Clean(i.Detail),
			})
		}
	}
	return out
}

// setting reports whether choices are values of one thing: calls that are the
// same but for one argument, such as an answer for other periods.
func setting(p chat.Choices) bool {
	if prompt := text.Clean(p.Prompt); prompt == "" || prompt == promptMore || len(p.Items) < 2 {
		return false
	}
	calls := make([]chat.Call, len(p.Items))
	for i, item := range p.Items {
		if calls[i] = item.Call; item.Detail != "" {
			return false
		}
	}
	base := common(calls)
	if base.IsZero() {
		return false
	}
	var shared chat.Args // what is in every call that differs at all
	for _, c := range calls {
		if len(c.Args) == len(base.Args) {
			continue
		}
		own := maps.Clone(c.Args)
		maps.DeleteFunc(own, func(name, _ string) bool {
			_, same := base.Args[name]
			_, has := shared[name]
			return same || shared != nil && !has
		})
		shared = own
	}
	return len(shared) > 0
}

// settingWords name a setting and what it is now.
func settingWords(prompt string, entries []button) string {
	i := slices.IndexFunc(entries, func(b button) bool { return b.current })
	switch {
	case prompt == "" && i < 0:
		return "Choose …"
	case i < 0:
		return prompt
	case prompt == "":
		return entries[i].label
	}
	return prompt + ": " + entries[i].label
}

// menus adds a row of menus.
func (d *drawer) menus(list []menu) {
	list = slices.Clone(list)
	d.add(rankControl, "menus", func(left room) ([]slack.Block, error) {
		var elements []slack.BlockElement
		var notes []string
		for _, m := range list {
			e, err := d.menu(m.placeholder, m.entries, room{left.chars / len(list), left.blocks})
			if err != nil {
				return nil, err
			}
			if e == nil {
				return nil, nil
			}
			if n := len(m.entries) - shownIn(e); n > 0 {
				notes = append(notes, counted(n, "more choice does", "more choices do")+" not fit into this menu.")
			}
			elements = append(elements, e)
		}
		blocks := []slack.Block{slack.NewActionBlock("", elements...)}
		for _, n := range notes {
			blocks = append(blocks, small(n))
		}
		return blocks, nil
	})
}

// shownIn counts the entries of a menu.
func shownIn(e slack.BlockElement) int {
	s, ok := e.(*slack.SelectBlockElement)
	if !ok {
		return 0
	}
	n := len(s.Options)
	for _, g := range s.OptionGroups {
		n += len(g.Options)
	}
	return n
}

// menu draws a menu of as many entries as there is room for; nil for none.
func (d *drawer) menu(placeholder string, entries []button, left room) (slack.BlockElement, error) {
	options, err := d.entries(entries[:min(len(entries), maxFieldOptions)])
	if err != nil {
		return nil, err
	}
	used := text.UTF16(placeholder)
	n := 0
	for ; n < len(options); n++ {
		o := options[n]
		used += text.UTF16(o.Text.Text) + text.UTF16(o.Value)
		if o.Description != nil {
			used += text.UTF16(o.Description.Text)
		}
		// Labels of groups and a note need a little, too.
		if used+(n/maxOptions+2)*maxOptionText > left.chars {
			break
		}
	}
	if n == 0 {
		return nil, nil
	}
	if n < len(entries) {
		d.cut("menu: %d of %d entries", n, len(entries))
	}
	e := &slack.SelectBlockElement{Type: slack.OptTypeStatic, ActionID: d.id(), Placeholder: plain(placeholder, maxPlaceholder)}
	e.Options, e.OptionGroups = grouped(options[:n])
	return e, nil
}

// entries are the options of a menu.
func (d *drawer) entries(list []button) ([]*slack.OptionBlockObject, error) {
	calls := make([]chat.Call, len(list))
	for i, b := range list {
		calls[i] = b.call
	}
	values, err := d.values(calls, maxOptionValue-len(dialogSign))
	if err != nil {
		return nil, err
	}
	options := make([]*slack.OptionBlockObject, len(list))
	for i, b := range list {
		label := b.label
		if b.current {
			label = currentMark + label
		}
		if b.dialog {
			values[i] = dialogSign + values[i]
		}
		options[i] = option(label, b.says, values[i])
	}
	return options, nil
}

// option is an entry of a menu, with a line that helps to choose.
func option(label, detail, value string) *slack.OptionBlockObject {
	o := slack.NewOptionBlockObject(value, plain(label, maxOptionText), nil)
	if detail != "" {
		o.Description = plain(detail, maxOptionText)
	}
	return o
}

// grouped puts more options than a menu takes into groups that are named by
// what they begin and end with.
func grouped(options []*slack.OptionBlockObject) ([]*slack.OptionBlockObject, []*slack.OptionGroupBlockObject) {
	if len(options) <= maxOptions {
		return options, nil
	}
	var groups []*slack.OptionGroupBlockObject
	for chunk := range slices.Chunk(options, maxOptions) {
		first, last := chunk[0].Text.Text, chunk[len(chunk)-1].Text.Text
		label := plain(short(first, 35)+" – "+short(last, 35), maxOptionText)
		groups = append(groups, slack.NewOptionGroupBlockElement(label, chunk...))
	}
	return nil, groups[:min(len(groups), maxGroups)]
}

// rows adds choices that need words: a line each with a button, the first few
// of them; the others are in a menu. Where some are explained, those that speak
// for themselves are buttons below.
func (d *drawer) rows(prompt string, entries []button) {
	if prompt != "" {
		d.text(rankControl, "prompt", prompt, maxContext, func(s string) slack.Block { return small(s) })
	}
	var worded, bare []button
	for _, b := range entries {
		if b.says == "" && !long(b.label) {
			bare = append(bare, b)
		} else {
			worded = append(worded, b)
		}
	}
	if !slices.ContainsFunc(worded, func(b button) bool { return b.says != "" }) {
		worded, bare = entries, nil // a list of questions stays a list
	}
	for _, b := range worded[:min(len(worded), maxVisible)] {
		d.add(rankControl, "choice", func(room) ([]slack.Block, error) { return d.choiceRow(b) })
	}
	if rest := worded[min(len(worded), maxVisible):]; len(rest) > 0 {
		d.menus([]menu{{"More choices", rest}})
	}
	if len(bare) > 0 {
		d.row(buttonRow{buttons: bare})
	}
}

// choiceRow is one choice with its words.
func (d *drawer) choiceRow(b button) ([]slack.Block, error) {
	label := b.label
	if b.current {
		label = currentMark + label
	}
	press := button{label: "Choose", call: b.call, dialog: b.dialog, says: "Choose " + b.label}
	switch {
	case b.current:
		press.label, press.says = currentMark+"Current", b.label+", the current choice"
	case b.call.Command == askCommand && len(b.call.Args) == 1:
		press.label, press.says = "Ask", "Ask "+b.label
	}
	e, err := d.button(press)
	if err != nil {
		return nil, err
	}
	words := titled(text.TruncateWith(label, maxSection/3, text.UTF16, shortened), text.TruncateWith(b.says, maxSection/3, text.UTF16, shortened))
	if b.says == "" {
		words = plain(text.TruncateWith(label, maxSection, text.UTF16, shortened), maxSection)
	}
	return []slack.Block{slack.NewSectionBlock(words, nil, slack.NewAccessory(e))}, nil
}
