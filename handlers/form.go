package handlers

import (
	"slices"
	"strings"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
)

// listOf reads a list that is separated by commas or lines.
func listOf(s string) []string {
	var list []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '\n' || r == ';' }) {
		if w = strings.TrimSpace(w); w != "" && !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}

// listText writes a list for a field.
func listText[T ~string](list []T) string {
	s := make([]string, len(list))
	for i, w := range list {
		s[i] = string(w)
	}
	return strings.Join(s, ",")
}

// checkText writes a check field.
func checkText(on bool) string {
	if on {
		return yes
	}
	return ""
}

// wrongs are what is wrong with the fields of a form, by name; "" is the whole
// of it.
type wrongs map[string]string

// form is a chat.Form whose fields carry what was typed and what is wrong.
type form struct {
	args   chat.Args
	wrong  wrongs
	fields []chat.Field
}

// add adds a field, with its value and its error.
func (f *form) add(field chat.Field) {
	field.Value, field.Error = f.args[field.Name], f.wrong[field.Name]
	f.fields = append(f.fields, field)
}

// text, check and multi add a field of their kind.
func (f *form) text(name, label, help string) {
	f.add(chat.Field{Name: name, Label: label, Help: help, Kind: chat.FieldText})
}

func (f *form) check(name, label, help string) {
	f.add(chat.Field{Name: name, Label: label, Help: help, Kind: chat.FieldCheck})
}

func (f *form) multi(name, label, help string, options []chat.Option) {
	f.add(chat.Field{Name: name, Label: label, Help: help, Kind: chat.FieldMulti, Options: options})
}

// first is the sentence above a form that came back.
func (w wrongs) first() []chat.Part {
	if len(w) == 0 {
		return nil
	}
	words := "Nothing was saved: look at what is marked."
	if w[""] != "" {
		words = "Nothing was saved. " + w[""]
	}
	return []chat.Part{chat.Text{Style: chat.Failure, Text: words}}
}

// roleOptions are the roles that can be given to somebody or something.
func roleOptions(p access.Policy) []chat.Option {
	var options []chat.Option
	for _, r := range p.Roles {
		if r.ID != access.RoleEveryone {
			options = append(options, chat.Option{Value: r.ID, Label: roleName(r) + " – " + grantWords(r)})
		}
	}
	return options
}

// rolesOf reads the roles of a form, which must exist.
func rolesOf(p access.Policy, args chat.Args, wrong wrongs) []string {
	ids := listOf(args[argRoles])
	for _, id := range ids {
		if _, ok := p.Role(id); !ok {
			wrong[argRoles] = "There is no role “" + id + "”."
		}
	}
	return ids
}

// tagOptions and sourceOptions are what the catalogue has, in order.
func tagOptions(ins []insight.Insight) []chat.Option {
	return options(ins, func(in insight.Insight) []string { return in.Tags })
}

func sourceOptions(ins []insight.Insight) []chat.Option {
	return options(ins, func(in insight.Insight) []string { return []string{in.Source} })
}

// options are the values that insights have, each with how many have it.
func options(ins []insight.Insight, of func(insight.Insight) []string) []chat.Option {
	counts := map[string]int{}
	var names []string
	for _, in := range ins {
		for _, name := range of(in) {
			if counts[name] == 0 {
				names = append(names, name)
			}
			counts[name]++
		}
	}
	slices.Sort(names)
	list := make([]chat.Option, len(names))
	for i, name := range names {
		list[i] = chat.Option{Value: name, Label: name + " (" + plural(counts[name], "insight", "insights") + ")"}
	}
	return list
}

// keep adds the values that a field has and its options lack, so that saving a
// form takes nothing away that its reader did not touch.
func keep(options []chat.Option, value string) []chat.Option {
	for _, name := range listOf(value) {
		if !slices.ContainsFunc(options, func(o chat.Option) bool { return o.Value == name }) {
			options = append(options, chat.Option{Value: name, Label: name + " (nothing has it now)"})
		}
	}
	return options
}
