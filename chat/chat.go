// Package chat is the vocabulary of conversation. It is to this bot what
// net/http is to a web server: a Request comes in, a Handler answers, a Reply
// goes out. Slack, Discord, the browser playground and the terminal are
// transports that translate; none of their words appear here.
package chat

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Handler answers requests. It may be called from many goroutines at once. An
// error is the operator's: transports answer it with one sentence and the
// request's Ref, and log the cause with the same Ref.
type Handler interface {
	Answer(ctx context.Context, r *Request) (*Reply, error)
}

// HandlerFunc makes a function a Handler.
type HandlerFunc func(ctx context.Context, r *Request) (*Reply, error)

// Answer calls f.
func (f HandlerFunc) Answer(ctx context.Context, r *Request) (*Reply, error) { return f(ctx, r) }

// Middleware wraps a Handler in another one.
type Middleware func(Handler) Handler

// Chain wraps h so that the first middleware sees a request first.
func Chain(h Handler, ms ...Middleware) Handler {
	for _, m := range slices.Backward(ms) {
		h = m(h)
	}
	return h
}

// Platform is a transport: it brings requests in and carries replies out.
type Platform interface {
	// Name is its short name, part of every place and person: "web".
	Name() string
	// Run serves until ctx is done, lets answers in flight finish within its
	// own bound, and returns nil then. It returns an error when it cannot go on.
	Run(ctx context.Context, h Handler) error
}

// Request is one thing a person (or the clock) asked of the bot: a question, a
// command, a pressed button or a sent form. All of them are a Call, so that a
// button and a typed command go the same way and past the same gate.
type Request struct {
	// Ref is a short reference that people can quote and logs carry. It is
	// unique for each event; a platform's redelivery keeps it.
	Ref  string
	Call Call
	// Context is the Context of the last reply in the same thread, if any, so
	// that "and by country?" can be understood.
	Context Call
	Place   Place
	User    User
	// Clock says that nobody asked: a schedule did. User is then the person a
	// direct message goes to, or nobody.
	Clock bool
	// Console says that the person came by a link that signed them in, so that
	// what is known of them is as old as the link.
	Console bool
	// At is when the person asked.
	At time.Time
	// Themes are the colour schemes the platform can make use of; an Image
	// carries a picture for each. Empty means light.
	Themes []Theme
	// Plain says that the platform may not show pictures: numbers that stand
	// in a picture alone go along as a table.
	Plain bool
	// Shares says that the platform can carry an answer to another place: it
	// can show a FieldPlace.
	Shares bool
}

// WithCall returns a copy of r with another call.
func (r *Request) WithCall(c Call) *Request {
	copied := *r
	copied.Call = c
	return &copied
}

// Call names a command and its arguments. The zero Call is no call.
type Call struct {
	// Command is a name in the command table: "ask".
	Command string
	Args    Args
}

// IsZero reports whether c is no call.
func (c Call) IsZero() bool { return c.Command == "" }

// With returns a copy of c with one argument set; an empty value removes it.
func (c Call) With(name, value string) Call {
	args := make(Args, len(c.Args)+1)
	maps.Copy(args, c.Args)
	args[name] = value
	if value == "" {
		delete(args, name)
	}
	return Call{Command: c.Command, Args: args}
}

// Args are the arguments of a Call by name. A name with no value is absent.
type Args map[string]string

// Place is where a reply can be read: a channel, a thread in it, or a direct
// message. It is known by ids; names are only shown.
type Place struct {
	Platform, Workspace, Channel string
	// Thread is the id of the thread, or "".
	Thread string
	// Name is how people call it: "#growth".
	Name string
	Kind PlaceKind
	// Audience holds what is known of who can read there.
	Audience Audience
}

// PlaceKind says who a place is open to.
type PlaceKind string

// The kinds of places.
const (
	PlaceDirect  PlaceKind = "direct"
	PlacePrivate PlaceKind = "private"
	PlacePublic  PlaceKind = "public"
)

// Audience are the facts about a place that decide what may be said there.
// Each is a Fact, because not knowing means no.
type Audience struct {
	// Shared: people of another company can read there.
	Shared Fact
	// Guests: people who are not full members can read there.
	Guests Fact
}

// Fact is a yes, a no, or not known. The zero value is not known.
type Fact string

// The values of a Fact.
const (
	Unknown Fact = ""
	Yes     Fact = "yes"
	No      Fact = "no"
)

// User is who asked. It is known by id; the names are only shown.
type User struct {
	ID string
	// Name is how people call them: "Mia".
	Name string
	// Title is what they do, where the platform knows: "Product manager".
	Title string
	// Guest marks somebody who is not a full member, External somebody of
	// another company.
	Guest, External Fact
	// Admin marks somebody who administers the workspace itself.
	Admin Fact
	// Groups are ids of the platform's own groups or roles they are in.
	Groups []string
	// Domain is the domain of their e-mail address, in lower case, where the
	// platform vouches for it; else "".
	Domain string
	// Locale is a language tag, and Zone an IANA time zone, or "".
	Locale, Zone string
}

// Theme is a colour scheme.
type Theme string

// The themes.
const (
	Light Theme = "light"
	Dark  Theme = "dark"
)

// Ask is one question and what became of it, as it is kept in the ask log. It
// holds no result values and no names.
type Ask struct {
	Ref string
	At  time.Time
	// Platform, Workspace and Channel say where; User is a keyed hash.
	Platform, Workspace, Channel, User string
	// Question is what was asked, as typed.
	Question string
	Outcome  Outcome
	// Insight is the id of the insight that answered, or "".
	Insight string
	// Confidence is how sure the match was, 0 to 1.
	Confidence float64
	// Took is the time from the question to the reply.
	Took time.Duration
}

// Outcome is what became of a question.
type Outcome string

// The outcomes.
const (
	// OutcomeAnswer: one insight answered.
	OutcomeAnswer Outcome = "answer"
	// OutcomeChoose: several could, and the person was asked to choose.
	OutcomeChoose Outcome = "choose"
	// OutcomeNone: nothing saved answers it.
	OutcomeNone Outcome = "none"
	// OutcomeRefused: an insight was found that cannot take a part of the wish.
	OutcomeRefused Outcome = "refused"
	// OutcomeFailed: it was found, but running it failed.
	OutcomeFailed Outcome = "failed"
	// OutcomeClosed: nothing at all can be asked there by that person.
	OutcomeClosed Outcome = "closed"
)
