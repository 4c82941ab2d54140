package web

import "slices"

// The functions of this file make room in what the playground remembers. The
// lock of sessions is held in all of them but end.

// grow counts what a message takes more, and makes room for it. A session that
// was dropped in the meantime keeps nothing.
func (ss *sessions) grow(s *session, m *message, size int) {
	if _, ok := ss.byID[s.id]; !ok {
		m.gone = true
		return
	}
	m.size += size
	s.kept += size
	ss.kept += size
	for s.kept > maxKept {
		t := s.oldest(m)
		if t == nil {
			break
		}
		ss.forget(s, t, 1)
	}
	for ss.kept > maxKeptAll && ss.order.Len() > 1 {
		ss.evict(s)
	}
}

// oldest is the conversation that begins with the oldest message, other than
// one that stays; nil when there is none.
func (s *session) oldest(stays *message) *talk {
	var oldest *talk
	for _, t := range s.talks {
		if len(t.messages) == 0 || t.messages[0] == stays {
			continue
		}
		if oldest == nil || t.messages[0].at.Before(oldest.messages[0].at) {
			oldest = t
		}
	}
	return oldest
}

// forget drops the first messages of a conversation.
func (ss *sessions) forget(s *session, t *talk, n int) {
	for _, m := range t.messages[:n] {
		m.gone = true
		s.kept -= m.size
		ss.kept -= m.size
		if m.answer != nil {
			ss.files.drop(m.answer.files)
		}
	}
	t.messages = slices.Delete(t.messages, 0, n)
	t.cut = true
}

// evict drops one session other than one that stays: the one not seen for
// longest of those whose browser never came back, or else of all.
func (ss *sessions) evict(stays *session) {
	var victim *session
	for e := ss.order.Back(); e != nil; e = e.Prev() {
		s := sessionOf(e)
		if s == stays || s.back && victim != nil {
			continue
		}
		victim = s
		if !s.back {
			break
		}
	}
	if victim != nil {
		ss.drop(victim)
	}
}

// drop forgets a session.
func (ss *sessions) drop(s *session) {
	for _, t := range s.talks {
		ss.forget(s, t, len(t.messages))
	}
	ss.order.Remove(ss.byID[s.id])
	delete(ss.byID, s.id)
	ss.files.dropSession(s.id)
}

// end forgets the session with an id, and files that were drawn for it.
func (ss *sessions) end(id string) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if e, ok := ss.byID[id]; ok {
		ss.drop(sessionOf(e))
	}
	ss.files.dropSession(id)
}
