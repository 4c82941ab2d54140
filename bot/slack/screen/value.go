package screen

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"insightbot/chat"
	"insightbot/text"
)

// What a button or a menu entry carries is one of
//
//	["command","name","value",…]    a whole call
//	k<key>                          a call that is kept under a key
//	d<key>["name","value",…]        the same with arguments changed
//
// behind a "!" when it opens a dialog. JSON escapes &, < and >, which Slack
// would escape on its way back.
const (
	dialogSign  = "!"
	keptSign    = "k"
	changedSign = "d"
)

func itoa(n int) string { return strconv.Itoa(n) }

// list writes strings as compact JSON.
func list(s []string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return "[]" // strings cannot fail
	}
	return string(b)
}

// flat are arguments in a fixed order: name, value, name, value.
func flat(args chat.Args) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(args)) {
		out = append(out, name, args[name])
	}
	return out
}

// encode writes a whole call. Equal calls give equal text.
func encode(c chat.Call) string { return list(append([]string{c.Command}, flat(c.Args)...)) }

// read makes arguments of a flat list.
func read(flat []string) (chat.Args, error) {
	if len(flat)%2 != 0 {
		return nil, errNotOurs
	}
	if len(flat) == 0 {
		return nil, nil
	}
	args := make(chat.Args, len(flat)/2)
	for i := 0; i < len(flat); i += 2 {
		args[flat[i]] = flat[i+1]
	}
	return args, nil
}

// decode reads what value wrote, without the sign of a dialog.
func decode(s string, kept Kept) (chat.Call, error) {
	switch {
	case strings.HasPrefix(s, "["):
		var l []string
		if json.Unmarshal([]byte(s), &l) != nil || len(l) == 0 || l[0] == "" {
			return chat.Call{}, errNotOurs
		}
		args, err := read(l[1:])
		return chat.Call{Command: l[0], Args: args}, err
	case strings.HasPrefix(s, keptSign):
		return lookUp(s[len(keptSign):], kept)
	case strings.HasPrefix(s, changedSign):
		key, changes, _ := strings.Cut(s[len(changedSign):], "[")
		var l []string
		if json.Unmarshal([]byte("["+changes), &l) != nil {
			return chat.Call{}, errNotOurs
		}
		args, err := read(l)
		if err != nil {
			return chat.Call{}, err
		}
		c, err := lookUp(key, kept)
		if err != nil {
			return chat.Call{}, err
		}
		for name, value := range args {
			c = c.With(name, value)
		}
		return c, nil
	}
	return chat.Call{}, errNotOurs
}

// lookUp finds a kept call.
func lookUp(key string, kept Kept) (chat.Call, error) {
	if kept == nil || key == "" {
		return chat.Call{}, errNotOurs
	}
	c, ok, err := kept(key)
	if err != nil {
		return chat.Call{}, fmt.Errorf("screen: look up a call: %w", err)
	}
	if !ok || c.IsZero() {
		return chat.Call{}, ErrStale
	}
	return c, nil
}

// keeper writes long calls down, each of them once for a screen.
type keeper struct {
	keep func(chat.Call) (string, error)
	keys map[string]string
}

// key is that of a kept call.
func (k *keeper) key(c chat.Call) (string, error) {
	whole := encode(c)
	if key, ok := k.keys[whole]; ok {
		return key, nil
	}
	if k.keep == nil {
		return "", fmt.Errorf("screen: the call %q is too long, and there is no place to keep it", c.Command)
	}
	key, err := k.keep(c)
	if err != nil {
		return "", fmt.Errorf("screen: keep a call: %w", err)
	}
	if key == "" || strings.Contains(key, "[") {
		return "", fmt.Errorf("screen: the key %q cannot be used", key)
	}
	if k.keys == nil {
		k.keys = map[string]string{}
	}
	k.keys[whole] = key
	return key, nil
}

// value is a call as it is carried within a limit.
func (k *keeper) value(c chat.Call, limit int) (string, error) {
	if s := encode(c); text.UTF16(s) <= limit {
		return s, nil
	}
	key, err := k.key(c)
	if err != nil {
		return "", err
	}
	if s := keptSign + key; text.UTF16(s) <= limit {
		return s, nil
	}
	return "", fmt.Errorf("screen: the key %q is too long", key)
}

// values are several calls as they are carried within a limit. Those that
// differ from each other in little are kept as what they share and carry only
// the difference, so that a menu costs one entry to keep instead of one each.
func (k *keeper) values(calls []chat.Call, limit int) ([]string, error) {
	out := make([]string, len(calls))
	base := common(calls)
	for i, c := range calls {
		if s := encode(c); text.UTF16(s) <= limit {
			out[i] = s
			continue
		}
		if len(calls) > 1 && !base.IsZero() && k.keep != nil {
			key, err := k.key(base)
			if err != nil {
				return nil, err
			}
			changes := maps.Clone(c.Args)
			maps.DeleteFunc(changes, func(name, _ string) bool { _, ok := base.Args[name]; return ok })
			if s := changedSign + key + list(flat(changes)); len(changes) > 0 && text.UTF16(s) <= limit {
				out[i] = s
				continue
			}
		}
		s, err := k.value(c, limit)
		if err != nil {
			return nil, err
		}
		out[i] = s
	}
	return out, nil
}

// common is what calls share: the command, and the arguments that are the same
// in all of them; the zero Call when they share no argument.
func common(calls []chat.Call) chat.Call {
	if len(calls) == 0 {
		return chat.Call{}
	}
	base := maps.Clone(calls[0].Args)
	for _, c := range calls[1:] {
		if c.Command != calls[0].Command {
			return chat.Call{}
		}
		maps.DeleteFunc(base, func(name, value string) bool { v, ok := c.Args[name]; return !ok || v != value })
	}
	if len(base) == 0 {
		return chat.Call{}
	}
	return chat.Call{Command: calls[0].Command, Args: base}
}
