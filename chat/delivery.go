package chat

import (
	"log/slog"
	"time"
)

// Delivery is one event of a platform as it came in. It is kept until it was
// worked off, so that a restart loses nothing and answers nothing twice.
type Delivery struct {
	// ID counts up in the order of arrival; 0 until it is kept.
	ID int64
	// Platform and Workspace say where it comes from.
	Platform, Workspace string
	// Person is the id of who caused it, or "".
	Person string
	// Keys name the event: a delivery that shares one of them with an earlier
	// one of the same platform and workspace is the same event once more.
	Keys []string
	// At is when it came in.
	At time.Time
	// Body is what the platform sent.
	Body []byte
	// Sending is set when an answer to it was about to go out: after a restart
	// nobody knows whether it did.
	Sending bool
}

// Installation is a workspace that let the bot in.
type Installation struct {
	Platform, Workspace string
	// Enterprise is the organisation the workspace belongs to, or "".
	Enterprise string
	// Name is what people call the workspace.
	Name string
	// App is the id of the app, and Bot that of the bot's own user.
	App, Bot string
	Token    Secret
	// Refresh gets the next token where tokens end; else "".
	Refresh Secret
	// Expires is when Token ends; zero when it does not.
	Expires time.Time
	// Scopes are what the token may do.
	Scopes []string
	At     time.Time
}

// Posted is a message of the bot that its asker may take back.
type Posted struct {
	Platform, Workspace, Channel string
	// Message is the id of the message, and Thread that of its thread, or "".
	Message, Thread string
	// User is the id of who asked. What is kept of it is a keyed hash, so that
	// it is empty in what is read.
	User string
	// Ref is the reference of the request.
	Ref string
	// Files are the ids of the files in it.
	Files []string
	At    time.Time
}

// Secret is a token or a key. It prints as <secret> everywhere.
type Secret string

const shownSecret = "<secret>"

// String hides the secret.
func (Secret) String() string { return shownSecret }

// GoString hides the secret.
func (Secret) GoString() string { return shownSecret }

// LogValue hides the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue(shownSecret) }

// MarshalText hides the secret, in JSON and in YAML too.
func (Secret) MarshalText() ([]byte, error) { return []byte(shownSecret), nil }

// Reveal is the secret itself, for the call that needs it.
func (s Secret) Reveal() string { return string(s) }
