package web

import (
	"container/list"
	"maps"
	"net"
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
)

// sessions is everything the playground remembers. One lock guards all of it,
// as nothing is done under it that takes time.
type sessions struct {
	random func() string

	mu    sync.Mutex
	byID  map[string]*list.Element
	order *list.List // of *session, the last used first
	files *fileStore
}

// session is one browser. The lock of sessions guards it.
type session struct {
	id string
	// user is who one speaks as, place the channel last looked at; "" is
	// the first of each.
	user, place string
	// lost is set when the browser had a session that is not kept any more;
	// the next conversation says so, once.
	lost  bool
	talks map[talkKey]*talk
}

// talkKey names a conversation of a session: who speaks, and where.
type talkKey struct{ user, place string }

// talk is one conversation, oldest message first.
type talk struct {
	lost     bool
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
}

// answer is a reply as it is kept: its files are in the store.
type answer struct {
	title   string
	parts   []chat.Part
	private bool
	context chat.Call
	failed  bool
	files   []string
}

func newSessions(random func() string) *sessions {
	return &sessions{
		random: random, byID: map[string]*list.Element{}, order: list.New(), files: newFileStore(random),
	}
}

// cookieName has the port in it, because cookies do not: two playgrounds on
// one machine would take each other's sessions away.
func cookieName(r *http.Request) string {
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		return "session-" + port
	}
	return "session"
}

// visit returns the session of a browser, or begins one.
func (ss *sessions) visit(w http.ResponseWriter, r *http.Request) *session {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	cookie, err := r.Cookie(cookieName(r))
	if err == nil {
		if e, ok := ss.byID[cookie.Value]; ok {
			ss.order.MoveToFront(e)
			return sessionOf(e)
		}
	}
	s := &session{id: ss.random(), lost: err == nil, talks: map[talkKey]*talk{}}
	ss.byID[s.id] = ss.order.PushFront(s)
	for ss.order.Len() > maxSessions {
		oldest := sessionOf(ss.order.Back())
		ss.order.Remove(ss.order.Back())
		delete(ss.byID, oldest.id)
		ss.files.dropSession(oldest.id)
	}
	http.SetCookie(w, &http.Cookie{
		Name: cookieName(r), Value: s.id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil,
	})
	return s
}

// known returns the id of the session a request belongs to, or "".
func (ss *sessions) known(r *http.Request) string {
	cookie, err := r.Cookie(cookieName(r))
	if err != nil {
		return ""
	}
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if _, ok := ss.byID[cookie.Value]; !ok {
		return ""
	}
	return cookie.Value
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
	c := talk{lost: t.lost, messages: make([]*message, len(t.messages))}
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
	if drop := len(t.messages) - maxMessages; drop > 0 {
		for _, old := range t.messages[:drop] {
			if old.answer != nil {
				ss.files.drop(old.answer.files)
			}
		}
		t.messages = slices.Delete(t.messages, 0, drop)
	}
	return m, true
}

// finish writes the answer of a message.
func (ss *sessions) finish(m *message, a *answer) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	m.answer = a
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

// set changes who a session speaks as, and where; "" keeps it.
func (ss *sessions) set(s *session, user, place string) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if user != "" {
		s.user = user
	}
	if place != "" {
		s.place = place
	}
}

// state is who a session speaks as, and where.
func (ss *sessions) state(s *session) talkKey {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	return talkKey{s.user, s.place}
}
