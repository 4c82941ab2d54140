package access

import (
	"time"

	"insightbot/chat"
)

// Event is one line of the audit log. It names people by their keyed hash
// alone, and holds no question and no result value.
type Event struct {
	At time.Time
	// Ref is the reference of the request, or "".
	Ref string
	// Actor is the keyed hash of who did it, or ActorOperator or ActorProgram.
	Actor  string
	Action Action
	// Subject is what it was done to: "role:growth", "channel:web/demo/growth",
	// "insight:demo/mrr", "person:<hash>".
	Subject string
	// Detail is a short plain sentence or a reason.
	Detail string
}

// Actors that are no person of a platform.
const (
	ActorOperator = "operator"
	ActorProgram  = "program"
)

// Action is the kind of an Event.
type Action string

// The actions that are kept.
const (
	// ActionRule: a rule was added, changed or removed.
	ActionRule Action = "rule"
	// ActionDenied: somebody reached for what they may not have, or for what
	// does not exist; the two are kept alike.
	ActionDenied Action = "denied"
	// ActionPrivate: an answer was given privately because the channel may
	// not see it.
	ActionPrivate Action = "private"
	// ActionExport: numbers were taken away as a file.
	ActionExport Action = "export"
	// ActionShare: an answer was put into a channel.
	ActionShare Action = "share"
	// ActionRequest and ActionDecision: access was asked for, and an admin
	// said yes or no.
	ActionRequest  Action = "request"
	ActionDecision Action = "decision"
	// ActionView: an admin looked at rules, reports, the audit log, or
	// rehearsed as somebody else.
	ActionView Action = "view"
	// ActionClaim: the bootstrap code was used, or a wrong one tried.
	ActionClaim Action = "claim"
	// ActionSignIn: a link to the web console was made or used.
	ActionSignIn Action = "sign_in"
	// ActionPrivacy: somebody exported or erased what is kept of them.
	ActionPrivacy Action = "privacy"
	// ActionDigest: a digest or alert was made, changed or withheld.
	ActionDigest Action = "digest"
)

// Request is somebody's wish for access, which an admin decides.
type Request struct {
	ID int64
	At time.Time
	// Who asks, in which channel; a Direct one asks for the person itself.
	Who                  Key
	WhoName              string
	Channel              Key
	ChannelName          string
	Direct               bool
	State                RequestState
	DecidedAt            time.Time
	DecidedBy, RoleGiven string
}

// RequestState says what became of a Request.
type RequestState string

// The states.
const (
	RequestOpen     RequestState = "open"
	RequestApproved RequestState = "approved"
	RequestDenied   RequestState = "denied"
)

// Seen is a channel the bot was used in, with what was known of it then.
type Seen struct {
	Key
	Name           string
	Kind           chat.PlaceKind
	Shared, Guests chat.Fact
	// Asked is how often something was asked there in the last 30 days.
	Asked int
	At    time.Time
}

// Personal is everything that is kept of one person.
type Personal struct {
	// OptOut says that they are left out of what colleagues are shown of each
	// other's use.
	OptOut bool
	// Roles are the ids of the roles they hold by name.
	Roles    []string
	Asks     []chat.Ask
	Feedback []Feedback
	Requests []Request
	// Threads are what they alone were told last, for each place.
	Threads []Thread
	// Shown is which version of an insight they alone were shown last.
	Shown []Shown
	// Posted are the answers that they may take back.
	Posted []chat.Posted
	// Waiting is what they sent that is not worked off yet.
	Waiting []chat.Delivery
	// Events are the lines of the audit log in which they acted.
	Events []Event
}

// Thread is what was said last in a thread, or in a channel outside of threads,
// which a follow-up goes on from.
type Thread struct {
	Channel, Thread string
	Call            chat.Call
	At              time.Time
}

// Shown is which version of an insight was shown last, and when. The zero Shown
// is none.
type Shown struct {
	Insight, Version string
	At               time.Time
}

// Feedback is what somebody said of an answer.
type Feedback struct {
	Ref, Insight, Kind string
	At                 time.Time
}
