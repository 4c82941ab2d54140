package slacktest

import (
	"slices"
	"strings"
)

// Seen is one thing that somebody could read.
type Seen struct {
	// Kind is "message", "ephemeral", "modal", "home", "unfurl", "file",
	// "status", "prompts", "options", "errors", or "slack" for what Slack itself
	// said about the app.
	Kind string
	// Channel, Thread and TS say where, as far as that is somewhere.
	Channel, Thread, TS string
	// By is who said it.
	By string
	// Text are the words on the screen, and Raw all that came to the person's
	// machine, in JSON: values of buttons and hidden data too.
	Text, Raw string
	// Link is the address that an unfurl is a preview of.
	Link string
	// Files are the files that stand in it, and Broken the ids of those that
	// the person does not see, because nobody shared them.
	Files  []File
	Broken []string
}

// Contains reports whether a text stands anywhere in it: on the screen, in the
// hidden data, or in the bytes of a file.
func (s Seen) Contains(text string) bool {
	if strings.Contains(s.Text, text) || strings.Contains(s.Raw, text) {
		return true
	}
	return slices.ContainsFunc(s.Files, func(f File) bool {
		return strings.Contains(string(f.Bytes), text) || strings.Contains(f.Name+"\n"+f.Title+"\n"+f.Alt, text)
	})
}

// shown is something at the moment it came to be seen.
type shown struct {
	Seen
	viewers []string
	// message is set for what stays in a channel for those who join later, as
	// long as it is there in this version.
	message *message
	version int
}

// Sees returns everything that a person could ever read, in order: what stands
// in their channels, what they alone got, dialogs, their home page, previews,
// and earlier versions and deleted messages if they could read them then.
func (s *Server) Sees(user string) []Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Seen
	for _, e := range s.shown {
		now := e.message != nil && e.message.only == "" && !e.message.deleted && e.version == e.message.version
		if slices.Contains(e.viewers, user) || now && s.reads(user, s.channels[e.Channel]) {
			list = append(list, e.Seen)
		}
	}
	return list
}

// SeesText reports whether a person could ever read a text.
func (s *Server) SeesText(user, text string) bool {
	return slices.ContainsFunc(s.Sees(user), func(e Seen) bool { return e.Contains(text) })
}

// ForgetSeen begins a new record of what people saw. What stands in channels
// stays there.
func (s *Server) ForgetSeen() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown = nil
}

// showPart records what somebody sees. The lock is held.
func (s *Server) showPart(e *shown) {
	s.shown = append(s.shown, e)
	s.touch()
}

// showMessage records a message as it stands now.
func (s *Server) showMessage(m *message) {
	e := &shown{
		Seen: Seen{
			Kind: "message", Channel: m.channel, Thread: m.thread, TS: m.ts, By: m.user, Text: m.words(),
			Raw:   string(m.blocks.json()) + string(m.attachments.json()) + string(m.metadata.json()),
			Files: s.contents(m.files), Broken: m.hidden,
		},
		message: m, version: m.version,
	}
	if m.only != "" {
		e.Kind, e.viewers = "ephemeral", []string{m.only}
	} else if ch := s.channels[m.channel]; ch != nil {
		e.viewers = s.readers(ch)
	}
	s.showPart(e)
}

// hide finds the files of a message for one person that this person does not
// see.
func (s *Server) hide(m *message) { m.files, m.hidden = s.split(m.only, m.blocks.files()) }

// split says which files somebody sees, and which they do not, because nobody
// shared them where they can read.
func (s *Server) split(user string, ids []string) (visible, hidden []string) {
	for _, id := range ids {
		if f := s.files[id]; f != nil && s.sees(user, f) {
			visible = append(visible, id)
		} else {
			hidden = append(hidden, id)
		}
	}
	return visible, hidden
}
