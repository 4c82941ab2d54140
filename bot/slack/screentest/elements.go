package screentest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// elements checks elements of one block, whose ids must differ.
func (c *checker) elements(where string, list []any) {
	ids := map[string]bool{}
	for _, x := range list {
		e, _ := x.(object)
		if id := str(e, "action_id"); ids[id] {
			c.say(where, "the action_id %q is there twice", id)
		} else {
			ids[id] = true
		}
		c.element(where, e)
	}
}

// element checks a button, a menu or an input.
func (c *checker) element(where string, e object) {
	kind := str(e, "type")
	where += " " + kind
	if str(e, "action_id") == "" {
		c.say(where, "no action_id")
	}
	c.long(where+" action_id", str(e, "action_id"), 255)
	if e["placeholder"] != nil {
		c.text(where+" placeholder", obj(e, "placeholder"), 150, true)
	}
	if e["confirm"] != nil {
		c.confirm(where+" confirm", obj(e, "confirm"))
	}
	switch kind {
	case "button":
		c.text(where, obj(e, "text"), 75, true)
		c.long(where+" value", str(e, "value"), 2000)
		c.long(where+" url", str(e, "url"), 3000)
		c.long(where+" accessibility_label", str(e, "accessibility_label"), 75)
		if (str(e, "value") == "") == (str(e, "url") == "") {
			c.say(where, "it needs a value or a url, and not both")
		}
	case "overflow":
		c.between(where, len(arr(e, "options")), 2, 5)
		c.options(where, arr(e, "options"))
	case "checkboxes":
		c.between(where, len(arr(e, "options")), 1, 10)
		c.options(where, arr(e, "options"))
		c.initial(where, e)
	case "static_select", "multi_static_select":
		c.selectMenu(where, e)
	case "external_select", "conversations_select":
	case "plain_text_input":
		c.long(where, str(e, "initial_value"), 3000)
	default:
		c.say(where, "an element that is not used here")
	}
}

// selectMenu checks a menu.
func (c *checker) selectMenu(where string, e object) {
	options, groups := arr(e, "options"), arr(e, "option_groups")
	if (len(options) > 0) == (len(groups) > 0) {
		c.say(where, "it needs options or groups of them, and not both")
	}
	c.between(where, len(options), 0, 100)
	c.between(where+" groups", len(groups), 0, 100)
	c.options(where, options)
	for _, x := range groups {
		g, _ := x.(object)
		c.text(where+" group", obj(g, "label"), 75, true)
		c.between(where+" group", len(arr(g, "options")), 1, 100)
		c.options(where, arr(g, "options"))
	}
	c.initial(where, e)
}

// options checks the options of a menu.
func (c *checker) options(where string, list []any) {
	for _, x := range list {
		o, _ := x.(object)
		c.text(where+" option", obj(o, "text"), 75, true)
		if o["description"] != nil {
			c.text(where+" option", obj(o, "description"), 75, true)
		}
		if str(o, "value") == "" {
			c.say(where, "an option without a value")
		}
		c.long(where+" option", str(o, "value"), 75)
	}
}

// initial checks that what is chosen is one of the options, to the letter.
func (c *checker) initial(where string, e object) {
	all := map[string]bool{}
	add := func(list []any) {
		for _, o := range list {
			all[canonical(o)] = true
		}
	}
	add(arr(e, "options"))
	for _, x := range arr(e, "option_groups") {
		g, _ := x.(object)
		add(arr(g, "options"))
	}
	chosen := arr(e, "initial_options")
	if o := e["initial_option"]; o != nil {
		chosen = append(chosen, o)
	}
	for _, o := range chosen {
		if !all[canonical(o)] {
			c.say(where, "what is chosen is not an option: %v", o)
		}
	}
}

// canonical is a value as text; the members of objects are in order.
func canonical(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}

func (c *checker) confirm(where string, o object) {
	c.text(where, obj(o, "title"), 100, true)
	c.text(where, obj(o, "text"), 300, false)
	c.text(where, obj(o, "confirm"), 30, true)
	c.text(where, obj(o, "deny"), 30, true)
}

// Strings are all texts in JSON that people can read, in no order.
func Strings(raw []byte) []string {
	var tree any
	if json.Unmarshal(raw, &tree) != nil {
		return nil
	}
	var out []string
	var walk func(any)
	walk = func(x any) {
		switch x := x.(type) {
		case []any:
			for _, y := range x {
				walk(y)
			}
		case object:
			for name, y := range x {
				s, ok := y.(string)
				if !ok {
					walk(y)
				} else if strings.Contains(" text alt_text initial_value ", " "+name+" ") {
					out = append(out, s)
				}
			}
		}
	}
	walk(tree)
	return out
}
