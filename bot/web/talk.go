package web

import (
	"maps"
	"slices"
	"strings"
	"time"

	"insightbot/chat"
)

// talkKey names a conversation of a session: who speaks, and where.
type talkKey struct{ user, place string }

// talk is one conversation, oldest message first.
type talk struct {
	lost bool
	// cut is set when older messages had to make room.
	cut      bool
	messages []*message
}

// message is one question and its answer. What is asked never changes; the
// answer is written once, before done is closed.
type message struct {
	ref string
	// once is the token of the form it was sent with, so that sending it
	// twice asks once.
	once string
	// said is what the person wrote, or the label of what they pressed.
	said string
	call chat.Call
	user chat.User
	at   time.Time
	done chan struct{}
	// answer is nil until done.
	answer *answer
	// size is what the message takes, in bytes; gone is set when it is not
	// kept any more.
	size int
	gone bool
}

// answer is a reply as it is kept: its files are in the store.
type answer struct {
	title   string
	parts   []chat.Part
	private bool
	context chat.Call
	failed  bool
	files   []string
	size    int // bytes, without the files
}

// context is the Context of the last reply in a conversation.
func (t *talk) context() chat.Call {
	for _, m := range slices.Backward(t.messages) {
		if m.answer != nil && !m.answer.failed {
			return m.answer.context
		}
	}
	return chat.Call{}
}

// described is what a pressed button reads when nobody knows its label any
// more: the command and its values.
func described(c chat.Call) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(c.Args)) {
		words = append(words, c.Args[name])
	}
	return strings.Join(append([]string{c.Command}, words...), " · ")
}
