package web

import (
	"container/list"
	"net/http"
	"slices"
	"sync"
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
		ss.put(s)
	}
	choose(w, r, sessionCookie, s.id)
	return s
}

// lookOf and beginOf are look and begin for somebody who signed in: their
// session has an id that is known already, and nobody else's can be it.
func (ss *sessions) lookOf(id string) *session {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if s := ss.at(id); s != nil {
		return s
	}
	return &session{id: id, talks: map[talkKey]*talk{}}
}

func (ss *sessions) beginOf(id string) *session {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	s := ss.at(id)
	if s == nil {
		s = &session{id: id, back: true, talks: map[talkKey]*talk{}}
		ss.put(s)
	}
	return s
}

// put adds a session, and makes room for it. The lock is held.
func (ss *sessions) put(s *session) {
	ss.byID[s.id] = ss.order.PushFront(s)
	for ss.order.Len() > maxSessions {
		ss.evict(s)
	}
}

// of is the session that a request belongs to, or nil; lost tells that it had
// one. The lock is held.
func (ss *sessions) of(r *http.Request) (s *session, lost bool) {
	id := chosen(r, sessionCookie)
	if s = ss.at(id); s == nil {
		return nil, id != ""
	}
	return s, false
}

// at is the session with an id, or nil. The lock is held.
func (ss *sessions) at(id string) *session {
	e, ok := ss.byID[id]
	if !ok {
		return nil
	}
	ss.order.MoveToFront(e)
	s := sessionOf(e)
	s.back = true
	return s
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
