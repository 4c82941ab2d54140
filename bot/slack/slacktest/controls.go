package slacktest

import (
	"encoding/json"
	"strconv"
	"strings"
)

// control is something that can be pressed, chosen from or filled in.
type control struct {
	block, action, kind, label string
	element                    *node
	parent                     *node // the block it stands in
	optional, dispatch, input  bool
}

// controls finds the controls within blocks, in reading order.
func controls(blocks *node) []control {
	var list []control
	if blocks == nil {
		return nil
	}
	for _, b := range blocks.list {
		b.walk("", func(_ string, o *node) {
			if o == b || !interactive.MatchString(o.string("type")) {
				return
			}
			f := control{
				block: b.string("block_id"), action: o.string("action_id"), kind: o.string("type"), element: o, parent: b,
				optional: b.is("optional"), input: b.string("type") == "input", dispatch: b.string("type") != "input" || b.is("dispatch_action"),
			}
			for _, path := range [][]string{{"text", "text"}, {"placeholder", "text"}} {
				if f.label == "" {
					f.label = o.string(path...)
				}
			}
			if l := b.string("label", "text"); l != "" {
				f.label = l
			}
			list = append(list, f)
		})
	}
	return list
}

func (v *view) controls() []control { return controls(v.made.at("blocks")) }

// named reports whether a control is meant by a label, an id, or words that a
// screen reader says.
func (f control) named(name string) bool {
	return f.label == name || f.action == name || f.block == name ||
		f.element.string("accessibility_label") == name || f.element.string("placeholder", "text") == name
}

// options are those that can be chosen from at once.
func (f control) options() []*node {
	list := append([]*node(nil), f.element.items("options")...)
	for _, g := range f.element.items("option_groups") {
		list = append(list, g.items("options")...)
	}
	return list
}

// option finds an option by its text or its value.
func (f control) option(name string) *node {
	for _, o := range f.options() {
		if o.string("text", "text") == name || o.string("value") == name {
			return o
		}
	}
	return nil
}

// fields says in which field a kind of control has its value.
var fields = map[string]string{
	"plain_text_input": "value", "email_text_input": "value", "url_text_input": "value", "number_input": "value",
	"static_select": "selected_option", "external_select": "selected_option", "radio_buttons": "selected_option", "overflow": "selected_option",
	"multi_static_select": "selected_options", "multi_external_select": "selected_options", "checkboxes": "selected_options",
	"users_select": "selected_user", "conversations_select": "selected_conversation", "channels_select": "selected_channel",
	"multi_users_select": "selected_users", "multi_conversations_select": "selected_conversations", "multi_channels_select": "selected_channels",
	"datepicker": "selected_date", "timepicker": "selected_time", "datetimepicker": "selected_date_time",
}

// initial is the value that a control has from the start, or nil.
func (f control) initial() *node {
	for _, name := range []string{
		"initial_value", "initial_option", "initial_options", "initial_user", "initial_conversation", "initial_channel",
		"initial_users", "initial_conversations", "initial_channels", "initial_date", "initial_time", "initial_date_time",
	} {
		if n := f.element.at(name); n != nil {
			return n
		}
	}
	return nil
}

// value makes the value of a control of what somebody gives; several choices
// stand on a line each. It is nil when there is no such choice.
func (f control) value(given string) *node {
	switch field := fields[f.kind]; field {
	case "selected_option":
		return f.option(given)
	case "selected_options":
		list := &node{list: []*node{}}
		for line := range strings.Lines(given) {
			o := f.option(strings.TrimSuffix(line, "\n"))
			if o == nil {
				return nil
			}
			list.list = append(list.list, o)
		}
		return list
	case "selected_users", "selected_conversations", "selected_channels":
		list := &node{list: []*node{}}
		for line := range strings.Lines(given) {
			list.list = append(list.list, &node{isText: true, text: strings.TrimSuffix(line, "\n")})
		}
		return list
	case "selected_date_time":
		if _, err := strconv.Atoi(given); err != nil {
			return nil
		}
		return &node{raw: json.RawMessage(given)}
	case "":
		return nil
	default:
		return &node{isText: true, text: given}
	}
}

// stated is the value of a control in the form that the state has it.
func (f control) stated(value *node) *node {
	if value == nil && strings.HasSuffix(fields[f.kind], "options") {
		value = &node{list: []*node{}}
	}
	return &node{object: map[string]*node{
		"type": {isText: true, text: f.kind}, fields[f.kind]: value,
	}}
}

// values is the state of a view: what was given, or what stood there.
func (v *view) values() stateInfo { return values(v.controls(), v.state) }

func values(list []control, st state) stateInfo {
	out := stateInfo{Values: map[string]map[string]json.RawMessage{}}
	for _, f := range list {
		if fields[f.kind] == "" || f.kind == "overflow" {
			continue
		}
		value := st[f.block][f.action]
		if value == nil {
			value = f.initial()
		}
		if out.Values[f.block] == nil {
			out.Values[f.block] = map[string]json.RawMessage{}
		}
		out.Values[f.block][f.action] = f.stated(value).json()
	}
	return out
}
