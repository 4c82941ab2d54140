package web

import (
	"maps"
	"slices"
	"strings"

	"insightbot/chat"
	"insightbot/text"
)

// form draws a form. One whose command changes nothing leads to a page; any
// other is sent to the conversation.
func (d *drawer) form(p chat.Form) *formView {
	v := &formView{ID: d.id(), Title: text.Clean(p.Title), Submit: nameOr(p.Submit, "Send"), Send: d.send}
	prefix := ""
	if d.server.config.ReadOnly(p.Call.Command) {
		v.Get, v.Action = true, d.server.address(chat.Call{Command: p.Call.Command})
		v.Hidden = hiddenArgs(p)
	} else {
		prefix = argPrefix
		label := nameOr(p.Title, v.Submit)
		// A field that is left empty must be absent, whatever the call had.
		call := p.Call
		for _, f := range p.Fields {
			call = call.With(f.Name, "")
		}
		v.Action, v.Call = d.send.Action, encodeChoice(call, label)
	}
	for _, f := range p.Fields {
		v.Search = v.Search || f.Kind == chat.FieldSearch
		v.Fields = append(v.Fields, d.field(f, prefix))
	}
	return v
}

// manyOptions is how many boxes a field may have before they scroll on their
// own.
const manyOptions = 12

// field draws one input.
func (d *drawer) field(f chat.Field, prefix string) fieldView {
	v := fieldView{
		ID: d.id(), Name: prefix + typed(f.Name), Label: nameOr(f.Label, nameOr(f.Name, unnamed)), Help: text.Clean(f.Help),
		Value: clean(f.Value), Error: text.Clean(f.Error), Kind: f.Kind, Required: f.Required, Many: len(f.Options) > manyOptions,
	}
	chosen := []string{f.Value}
	if f.Kind == chat.FieldMulti {
		chosen = strings.Split(f.Value, ",")
	}
	some := false
	for _, o := range f.Options {
		selected := slices.Contains(chosen, o.Value)
		some = some || selected
		v.Options = append(v.Options, optionView{typed(o.Value), nameOr(o.Label, unnamed), selected})
	}
	if f.Kind == chat.FieldSelect && !some {
		// Otherwise a browser shows the first option as if it had been chosen.
		v.Options = slices.Insert(v.Options, 0, optionView{"", "Choose …", true})
	}
	return v
}

// Describers are the ids of what says more about a field.
func (v fieldView) Describers() string {
	var ids []string
	if v.Help != "" {
		ids = append(ids, v.ID+"-help")
	}
	if v.Error != "" {
		ids = append(ids, v.ID+"-error")
	}
	return strings.Join(ids, " ")
}

// hiddenArgs are the arguments of a form's call that no field of it sets.
func hiddenArgs(p chat.Form) []optionView {
	var out []optionView
	for _, name := range slices.Sorted(maps.Keys(p.Call.Args)) {
		if !slices.ContainsFunc(p.Fields, func(f chat.Field) bool { return f.Name == name }) {
			out = append(out, optionView{Value: typed(p.Call.Args[name]), Label: typed(name)})
		}
	}
	return out
}
