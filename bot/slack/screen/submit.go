package screen

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"insightbot/chat"
	"insightbot/text"
)

// MetaOf reads what a dialog knows of where it was opened.
func MetaOf(v slack.View, kept Kept) (Meta, error) {
	meta, _, err := readMeta(v, kept)
	return meta, err
}

// readMeta reads the metadata of a dialog and the call of its form; the zero
// Call when it has none.
func readMeta(v slack.View, kept Kept) (meta Meta, form chat.Call, err error) {
	var m metadata
	if v.PrivateMetadata == "" {
		return Meta{}, chat.Call{}, nil
	}
	if json.Unmarshal([]byte(v.PrivateMetadata), &m) != nil {
		return Meta{}, chat.Call{}, errNotOurs
	}
	meta = Meta{Channel: m.Channel, Thread: m.Thread, ResponseURL: m.Response}
	if m.Call != "" {
		if meta.Call, err = decode(m.Call, kept); err != nil {
			return Meta{}, chat.Call{}, err
		}
	}
	if m.Form != "" {
		if form, err = decode(m.Form, kept); err != nil {
			return Meta{}, chat.Call{}, err
		}
	}
	return meta, form, nil
}

// Submitted reads a sent dialog: what it knew, the call of its form with the
// values that were filled in, and the channel that was chosen in a field for
// one, or "". A field that was left empty is absent, whatever the call had. The
// error is ErrStale for a dialog that is too old.
func Submitted(v slack.View, kept Kept) (meta Meta, call chat.Call, place string, err error) {
	meta, call, err = readMeta(v, kept)
	if err != nil {
		return Meta{}, chat.Call{}, "", err
	}
	if call.IsZero() {
		return Meta{}, chat.Call{}, "", errNotOurs
	}
	for _, id := range blocksOf(v) {
		name, ok := fieldName(id)
		if !ok {
			continue
		}
		for kind, a := range v.State.Values[id] {
			if kind == kindPlace {
				place = a.SelectedConversation
				call = call.With(name, "")
				continue
			}
			value, err := valueOf(kind, a, kept)
			if err != nil {
				return Meta{}, chat.Call{}, "", err
			}
			call = call.With(name, value)
		}
	}
	return meta, call, place, nil
}

// blocksOf are the blocks of a sent dialog that have values, in a fixed order.
func blocksOf(v slack.View) []string {
	if v.State == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(v.State.Values))
}

// valueOf reads the value of one input.
func valueOf(kind string, a slack.BlockAction, kept Kept) (string, error) {
	switch kind {
	case kindText:
		return strings.TrimSpace(a.Value), nil
	case kindCheck:
		if len(a.SelectedOptions) > 0 {
			return checked, nil
		}
		return "", nil
	case kindSelect:
		if a.SelectedOption.Value == "" {
			return "", nil
		}
		return readOption(a.SelectedOption.Value, kept)
	case kindMulti:
		var values []string
		for _, o := range a.SelectedOptions {
			v, err := readOption(o.Value, kept)
			if err != nil {
				return "", err
			}
			if v != "" {
				values = append(values, v)
			}
		}
		return strings.Join(values, ","), nil
	default:
		return "", errNotOurs
	}
}

// PlaceBlock is the block of the field for a channel in a sent dialog, or "".
func PlaceBlock(v slack.View) string {
	for _, id := range blocksOf(v) {
		if _, ok := v.State.Values[id][kindPlace]; ok {
			return id
		}
	}
	return ""
}

// FieldErrors are what is wrong with the fields of a form that came back, by
// the blocks of the same form in an open dialog.
func FieldErrors(f chat.Form) map[string]string {
	wrong := map[string]string{}
	for _, field := range f.Fields {
		if e := text.Clean(field.Error); e != "" {
			wrong[blockID(f.Call, field.Name)] = short(e, maxError)
		}
	}
	return wrong
}

// ErrorsIn are the same, if the sent dialog has every one of these fields:
// Slack shows errors in the blocks it knows and nowhere else. Where it is
// false, the reply has to be drawn anew.
func ErrorsIn(v slack.View, f chat.Form) (map[string]string, bool) {
	wrong := FieldErrors(f)
	if len(wrong) == 0 || v.State == nil {
		return nil, false
	}
	for id := range wrong {
		if _, ok := v.State.Values[id]; !ok {
			return nil, false
		}
	}
	return wrong, true
}
