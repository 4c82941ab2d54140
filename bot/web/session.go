package web

import (
	"container/list"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"insightbot/chat"
)

// The bounds of what is kept in memory.
const (
	// maxSessions is how many browsers are remembered; the one not seen for
	// longest goes first.
	maxSessions = 500
	// maxMessages is how many messages of one conversation are kept.
	maxMessages = 200
	// maxPending is how many answers one browser can wait for at once.
	maxPending = 8
	// maxKept bounds the conversations of one browser, maxKeptAll those of
	// all; in bytes. Files are apart from it.
	maxKept    = 8 << 20
	maxKeptAll = 256 << 20
	// messageBytes is what a message takes besides its text.
	messageBytes = 300
	// minToken is how long the token of a form is at least that tells one
	// browser from another.
	minToken = 16
	// guest owns the files of pages that were drawn for a browser without a
	// session. No session has this id.
	guest = "guest"
)

// sessions is everything the playground remembers. One lock guards all of it,
// as nothing is done under it that takes time.
type sessions struct {
	random func() string

	mu    sync.Mutex
	byID  map[string]*list.Element
	order *list.List // of *session, the last used first
	files *fileStore
	kept  int // bytes
}

// session is one browser that sent something. The lock of sessions guards it.
type session struct {
	id string
	// begun is the token of the form that it began with.
	begun string
	// back is set when the browser came back with its cookie. Programs that
	// take no cookies never do, and must not push out those who do.
	back bool
	// lost is set when the browser had a session that is not kept any more;
	// the next conversation says so, once.
	lost  bool
	talks map[talkKey]*talk
	kept  int // bytes
}

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

func newSessions(random func() string) *sessions {
	return &sessions{
		random: random, byID: map[string]*list.Element{}, order: list.New(), files: newFileStore(random),
	}
}

// sessionCookie holds the id of a session.
const sessionCookie = "session"

// look returns the session of a browser to look at. One that has none is given
// a throw-away: nothing is remembered of who only looks.
func (ss *sessions) look(r *http.Request) *session {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	s, lost := ss.of(r)
	if s == nil {
		s = &session{id: guest, lost: lost, talks: map[talkKey]*talk{}}
	}
	return s
}

// begin returns the session of a browser to add to, and begins it when there
// is none. Of a form that was sent twice at once both belong to one session.
func (ss *sessions) begin(w http.ResponseWriter, r *http.Request, once string) *session {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	s, lost := ss.of(r)
	if s != nil {
		return s
	}
	for e := ss.order.Front(); e != nil && len(once) >= minToken && s == nil; e = e.Next() {
		if old := sessionOf(e); old.begun == once {
			s = old
		}
	}
	if s == nil {
		s = &session{id: ss.random(), begun: once, lost: lost, talks: map[talkKey]*talk{}}
		ss.byID[s.id] = ss.order.PushFront(s)
		for ss.order.Len() > maxSessions {
			ss.evict(s)
		}
	}
	choose(w, r, sessionCookie, s.id)
	return s
}

// of is the session that a request belongs to, or nil; lost tells that it had
// one. The lock is held.
func (ss *sessions) of(r *http.Request) (s *session, lost bool) {
	id := chosen(r, sessionCookie)
	e, ok := ss.byID[id]
	if !ok {
		return nil, id != ""
	}
	ss.order.MoveToFront(e)
	s = sessionOf(e)
	s.back = true
	return s, false
}

// known returns the id of the session a request belongs to, or "".
func (ss *sessions) known(r *http.Request) string {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if s, _ := ss.of(r); s != nil {
		return s.id
	}
	return ""
}

func sessionOf(e *list.Element) *session {
	s, _ := e.Value.(*session) // only sessions are put in
	return s
}

// talk returns a conversation, or begins it.
func (s *session) talk(key talkKey) *talk {
	t, ok := s.talks[key]
	if !ok {
		t = &talk{lost: s.lost}
		s.lost = false
		s.talks[key] = t
	}
	return t
}

// snapshot copies a conversation for drawing.
func (ss *sessions) snapshot(s *session, key talkKey) talk {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	t := s.talk(key)
	c := talk{lost: t.lost, cut: t.cut, messages: make([]*message, len(t.messages))}
	for i, m := range t.messages {
		copied := *m
		c.messages[i] = &copied
	}
	return c
}

// add puts a message into a conversation. When the same form was sent before,
// it returns that message and false; nil when too much is being answered.
func (ss *sessions) add(s *session, key talkKey, m *message) (*message, bool) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	t := s.talk(key)
	if m.once != "" {
		for _, old := range slices.Backward(t.messages) {
			if old.once == m.once && encodeCall(old.call) == encodeCall(m.call) {
				return old, false
			}
		}
	}
	pending := 0
	for _, talk := range s.talks {
		for _, old := range talk.messages {
			if old.answer == nil {
				pending++
			}
		}
	}
	if pending >= maxPending {
		return nil, false
	}
	t.messages = append(t.messages, m)
	ss.grow(s, m, messageBytes+len(m.said)+callBytes(m.call))
	if drop := len(t.messages) - maxMessages; drop > 0 {
		ss.forget(s, t, drop)
	}
	return m, true
}

// finish writes the answer of a message.
func (ss *sessions) finish(s *session, m *message, a *answer) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	m.answer = a
	if m.gone {
		ss.files.drop(a.files)
	} else {
		ss.grow(s, m, a.size)
	}
	close(m.done)
}

// find looks a message up by its reference in every conversation of a session.
func (ss *sessions) find(s *session, ref string) (m message, key talkKey, ok bool) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	for key, t := range s.talks {
		for _, m := range t.messages {
			if m.ref == ref {
				return *m, key, true
			}
		}
	}
	return message{}, talkKey{}, false
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
