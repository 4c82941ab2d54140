// Package screen draws replies for Slack and reads back what people do with
// them: it is the only place that knows Block Kit. It is pure: it sends
// nothing and keeps nothing by itself.
//
// Text of a reply goes into plain_text objects, table cells and rich text, none
// of which know markup, so that nothing a data source holds can become a link,
// a mention or a formatted word. Where Slack takes only mrkdwn, the text is
// escaped once and not parsed any further (verbatim).
package screen

import (
	"errors"

	"github.com/slack-go/slack"

	"insightbot/chat"
)

// Options are what a screen needs besides its reply.
type Options struct {
	// Call is the call that the reply answers. A form in a message becomes a
	// button that makes this call again, in a dialog; without it the form is
	// left out with a note.
	Call chat.Call
	// Pictures are the ids of the files in Slack for the pictures that Pictures
	// lists, in that order; "" for one that could not be uploaded.
	Pictures []string
	// Keep writes a call down that is too long for a button or a menu and
	// returns a short key for it. Without it such a call is an error.
	Keep func(chat.Call) (string, error)
	// Dialog reports whether a call usually asks for values, so that its button
	// opens a dialog. Without it none does.
	Dialog func(chat.Call) bool
	// Retract adds a button that takes the message back.
	Retract bool
	// Private says that the asker alone reads the message: taking it back needs
	// no second thought.
	Private bool
	// Asker is the id of who asked, and Asked what, where the place does not show
	// the question itself: the message then begins with both.
	Asker, Asked string
}

// Drawn is a message. Text stands for all of it where blocks are not shown: in
// notifications, for screen readers, and when Slack refuses the blocks.
type Drawn struct {
	Text   string
	Blocks []slack.Block
	// More says, for logs, what did not fit into the message. The message itself
	// says it too.
	More []string
}

// ErrStale says that a button or a dialog is older than what is kept for it.
var ErrStale = errors.New("screen: not kept any more")

// errNotOurs says that something is not what this package wrote.
var errNotOurs = errors.New("screen: not a value of ours")

// Kept looks a call up that Options.Keep wrote down; false when it is not there
// any more.
type Kept = func(key string) (chat.Call, bool, error)

// Pictures are the images of a reply in the order they are drawn in, sections
// included.
func Pictures(r *chat.Reply) []chat.Image { return collect[chat.Image](r.Parts) }

// Attachments are the files of a reply in the order they stand in, sections
// included.
func Attachments(r *chat.Reply) []chat.Attachment { return collect[chat.Attachment](r.Parts) }

// collect lists the parts of one kind, depth first.
func collect[P chat.Part](parts []chat.Part) []P {
	var found []P
	for _, p := range parts {
		if s, ok := p.(chat.Section); ok {
			found = append(found, collect[P](s.Parts)...)
		}
		if one, ok := p.(P); ok {
			found = append(found, one)
		}
	}
	return found
}
