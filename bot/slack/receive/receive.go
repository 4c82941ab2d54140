// Package receive takes in what Slack sends, over HTTP or by Socket Mode, and
// hands both over in the same form.
//
// It proves where a request comes from before it reads any of it, bounds how
// much it reads, and acknowledges within the time that Slack waits, whatever
// the code behind it does. It knows nothing of what deliveries mean. Bodies and
// tokens are never logged.
package receive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Kind says what a delivery is, which decides how it is acknowledged.
type Kind string

const (
	// KindEvent is one of the Events API. It is delivered again when it is not
	// acknowledged.
	KindEvent Kind = "event"
	// KindCommand is a slash command. Its answer is shown to who typed it.
	KindCommand Kind = "command"
	// KindAction is a pressed button or a chosen entry (block_actions), or a
	// shortcut (shortcut, message_action).
	KindAction Kind = "action"
	// KindOptions asks for the entries of a menu that is typed into
	// (block_suggestion). Its answer is those entries.
	KindOptions Kind = "options"
	// KindSubmit is a dialog that was sent (view_submission). Its answer says
	// what becomes of the dialog; none closes it.
	KindSubmit Kind = "submit"
)

// Limit is how long a Taker may take. Slack waits for three seconds, of which
// the network needs some.
const Limit = 2500 * time.Millisecond

// Delivery is one thing that Slack sent.
type Delivery struct {
	Kind Kind `json:"kind"`
	// App is the id of the app, Team that of the workspace it was sent for and
	// Enterprise that of its organisation. Team is empty where Slack names
	// none, as for an app that a whole organisation installed. Of an event it
	// is the workspace where it happened, which in a shared channel need not be
	// the one that installed the app: that stands in the authorizations.
	App        string `json:"app,omitempty"`
	Team       string `json:"team,omitempty"`
	Enterprise string `json:"enterprise,omitempty"`
	// User is the id of who caused it, or "".
	User string `json:"user,omitempty"`
	// Keys name it, and there is at least one. A delivery that shares a key
	// with another of the same workspace is the same thing once more.
	Keys []string `json:"keys"`
	// Retry counts how often it was sent before, as far as Slack says so.
	Retry int `json:"retry,omitempty"`
	// At is when it came in.
	At time.Time `json:"at"`
	// Payload is a JSON object: of an event the whole outer envelope, of a
	// command the values of its form as strings, else the interaction. The
	// verification token, which is a secret that nobody needs, is left out.
	Payload json.RawMessage `json:"payload"`
	// MaxAnswer is how many bytes of JSON an answer may have, 0 when there may
	// be none. It is not part of Encode, because it belongs to the transport.
	MaxAnswer int `json:"-"`
}

// Encode is the delivery in the form that Decode reads. A payload that is no
// JSON is left out.
func (d Delivery) Encode() []byte {
	if !json.Valid(d.Payload) {
		d.Payload = nil
	}
	// Nothing else in it can fail, save a year beyond 9999; Decode refuses
	// the empty result.
	b, _ := json.Marshal(d)
	return b
}

// Decode reads what Encode wrote.
func Decode(b []byte) (Delivery, error) {
	var d Delivery
	if err := json.Unmarshal(b, &d); err != nil {
		return Delivery{}, fmt.Errorf("receive: a kept delivery: %w", err)
	}
	if d.Kind == "" {
		return Delivery{}, errors.New("receive: a kept delivery has no kind")
	}
	return d, nil
}

// Taker takes charge of a delivery, and returns what goes into the
// acknowledgement; nil is a plain one. An event's answer is ignored.
//
// It has Limit to answer, at which ctx ends. An error, and a Taker that takes
// longer, means that the delivery was not taken: an event is not acknowledged,
// so that Slack sends it again, and a person is told to try again. A Taker is
// called by many goroutines at once.
type Taker func(ctx context.Context, d Delivery) (answer any, err error)
