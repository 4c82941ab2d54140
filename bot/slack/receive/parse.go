package receive

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strconv"
	"unicode/utf8"
)

// ident is an id, which some payloads give as a string and some as an object
// that has it. Anything else is none: what is not known is left unknown.
type ident string

// UnmarshalJSON reads either form.
func (i *ident) UnmarshalJSON(b []byte) error {
	var o struct {
		ID string `json:"id"`
	}
	*i = ""
	switch s := ""; {
	case json.Unmarshal(b, &s) == nil:
		*i = ident(s)
	case json.Unmarshal(b, &o) == nil:
		*i = ident(o.ID)
	}
	return nil
}

// outer is what is used of the envelope of an event.
type outer struct {
	Type           ident           `json:"type"`
	Challenge      ident           `json:"challenge"`
	App            ident           `json:"api_app_id"`
	Team           ident           `json:"team_id"`
	Enterprise     ident           `json:"enterprise_id"`
	EventID        ident           `json:"event_id"`
	Minute         json.RawMessage `json:"minute_rate_limited"`
	Authorizations json.RawMessage `json:"authorizations"`
	Event          json.RawMessage `json:"event"`
}

// inner is what is used of an event.
type inner struct {
	Type      ident           `json:"type"`
	Subtype   ident           `json:"subtype"`
	User      ident           `json:"user"`
	UserID    ident           `json:"user_id"`
	Channel   ident           `json:"channel"`
	TS        ident           `json:"ts"`
	Assistant json.RawMessage `json:"assistant_thread"`
}

// authorization is whom an event was sent to.
type authorization struct {
	Team       ident `json:"team_id"`
	Enterprise ident `json:"enterprise_id"`
}

// readEvent reads an event. It is no delivery when its kind is empty: either
// challenge is what the handshake is answered with, or it is of a type that
// nobody has any use for.
func readEvent(b []byte) (d Delivery, challenge string, err error) {
	payload, err := clean(b)
	if err != nil {
		return Delivery{}, "", err
	}
	var o outer
	if err := json.Unmarshal(payload, &o); err != nil {
		return Delivery{}, "", errJSON
	}
	d = Delivery{App: string(o.App), Team: string(o.Team), Enterprise: string(o.Enterprise), Payload: payload}
	switch {
	case o.Type == "url_verification":
		if o.Challenge == "" {
			return Delivery{}, "", errChallenge
		}
		return Delivery{}, string(o.Challenge), nil
	case o.Type == "app_rate_limited":
		d.Kind, d.Keys = KindEvent, []string{key("limited", string(o.Team)+":"+string(o.Minute), payload)}
		return d, "", nil
	case len(o.Event) == 0 || o.Event[0] != '{':
		return Delivery{}, "", nil
	}
	// Fields that are none of ours, or are of a form that is not known, are
	// left out one by one; the rest of the event is worth having.
	var e inner
	var who struct {
		User ident `json:"user_id"`
	}
	var to []authorization
	_ = json.Unmarshal(o.Event, &e)
	_ = json.Unmarshal(e.Assistant, &who)
	_ = json.Unmarshal(o.Authorizations, &to)
	if d.Team == "" && len(to) > 0 {
		d.Team = string(to[0].Team)
		d.Enterprise = firstOf(d.Enterprise, string(to[0].Enterprise))
	}
	d.Kind, d.User = KindEvent, firstOf(string(e.User), string(e.UserID), string(who.User))
	d.Keys = []string{key("event", string(o.EventID), payload)}
	// A mention in a channel whose messages are subscribed to comes twice.
	if (e.Type == "app_mention" || e.Type == "message" && said[e.Subtype]) && e.Channel != "" && e.TS != "" {
		d.Keys = append(d.Keys, key("msg", string(e.Channel)+":"+string(e.TS), payload))
	}
	return d, "", nil
}

// said are the subtypes of messages that somebody wrote. The ts of any other
// may be that of a message it is about.
var said = map[ident]bool{"": true, "file_share": true, "thread_broadcast": true, "me_message": true}

// readForm reads the values of a form, in which each name occurs once.
func readForm(b []byte) (map[string]string, error) {
	form, err := url.ParseQuery(string(b))
	if err != nil || !utf8.Valid(b) {
		return nil, errForm
	}
	values := make(map[string]string, len(form))
	for name, list := range form {
		if len(list) > 1 {
			return nil, errTwice
		}
		if len(list[0]) > maxString || !utf8.ValidString(name+list[0]) {
			return nil, errLong
		}
		values[name] = list[0]
	}
	return values, nil
}

// readPayload is the payload of an interaction in a form.
func readPayload(b []byte) ([]byte, error) {
	form, err := url.ParseQuery(string(b))
	if err != nil {
		return nil, errForm
	}
	if list := form["payload"]; len(list) == 1 && list[0] != "" {
		return []byte(list[0]), nil
	}
	return nil, errPayload
}

// commandJSON is a command of Socket Mode in the form of HTTP.
func commandJSON(b []byte) (map[string]string, error) {
	if err := inspect(b); err != nil {
		return nil, err
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(b, &object); err != nil {
		return nil, errJSON
	}
	values := make(map[string]string, len(object))
	for name, v := range object {
		switch {
		case v[0] == '"':
			values[name] = string(decoded(v))
		case v[0] == '{', v[0] == '[', string(v) == "null":
		default:
			values[name] = string(v)
		}
	}
	return values, nil
}

func decoded(v json.RawMessage) (i ident) {
	_ = i.UnmarshalJSON(v)
	return i
}

// readCommand makes a delivery of the values of a command.
func readCommand(values map[string]string) (Delivery, error) {
	delete(values, "token")
	payload, err := json.Marshal(values)
	if err != nil {
		return Delivery{}, errForm
	}
	return Delivery{
		Kind: KindCommand, App: values["api_app_id"], Team: values["team_id"], Enterprise: values["enterprise_id"],
		User: values["user_id"], Keys: []string{key("trigger", values["trigger_id"], payload)}, Payload: payload,
	}, nil
}

// interaction is what is used of an interaction.
type interaction struct {
	Type       ident           `json:"type"`
	App        ident           `json:"api_app_id"`
	Team       ident           `json:"team"`
	Enterprise ident           `json:"enterprise"`
	User       ident           `json:"user"`
	Trigger    ident           `json:"trigger_id"`
	View       json.RawMessage `json:"view"`
}

// interactions are the types of interactions that are delivered.
var interactions = map[ident]Kind{
	"block_actions": KindAction, "shortcut": KindAction, "message_action": KindAction,
	"block_suggestion": KindOptions, "view_submission": KindSubmit,
}

// readInteraction reads an interaction. It is no delivery when its kind is
// empty: a closed dialog, or a type that nobody has any use for.
func readInteraction(b []byte) (Delivery, error) {
	payload, err := clean(b)
	if err != nil {
		return Delivery{}, err
	}
	var i interaction
	if err := json.Unmarshal(payload, &i); err != nil {
		return Delivery{}, errJSON
	}
	kind, ok := interactions[i.Type]
	if !ok {
		return Delivery{}, nil
	}
	// In a view the team may be that of the person; the view knows better.
	var v struct {
		Team ident `json:"app_installed_team_id"`
	}
	_ = json.Unmarshal(i.View, &v)
	return Delivery{
		Kind: kind, App: string(i.App), Team: firstOf(string(v.Team), string(i.Team)), Enterprise: string(i.Enterprise),
		User: string(i.User), Keys: []string{key("trigger", string(i.Trigger), payload)}, Payload: payload,
	}, nil
}

// clean inspects an object and takes the verification token out of it.
func clean(b []byte) (json.RawMessage, error) {
	if err := inspect(b); err != nil {
		return nil, err
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(b, &object); err != nil {
		return nil, errJSON
	}
	delete(object, "token")
	payload, err := json.Marshal(object)
	if err != nil {
		return nil, errJSON
	}
	return payload, nil
}

// maxKey is how long a key may be.
const maxKey = 200

// key is a key of a delivery: of its id, or where it has none or an odd one, of
// all that is in it.
func key(name, id string, payload []byte) string {
	if id == "" || len(id) > maxKey {
		sum := sha256.Sum256(payload)
		name, id = "body", hex.EncodeToString(sum[:16])
	}
	return name + ":" + id
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// retries is how often something was sent before, as a header says it.
func retries(s string) int {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0
	}
	return int(n)
}
