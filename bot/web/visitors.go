package web

import (
	"container/list"
	"crypto/sha256"
	"sync"
	"time"

	"insightbot/chat"
)

const (
	// visitFor is how long somebody stays signed in.
	visitFor = time.Hour
	// maxVisitors is how many are signed in at once; beyond it the first one
	// has to sign in again.
	maxVisitors = maxSessions
	// maxVisits is how many browsers one person is signed in with at once;
	// with one more the first of their own has to sign in again.
	maxVisits = 5
	// console is the channel of the place of somebody who signed in.
	console = "console"
)

// visitor is somebody who signed in. It never changes.
type visitor struct {
	user  chat.User
	place chat.Place
	// talks is the id of the session that holds their conversation. It is not
	// the one in the cookie, which opens everything and is kept nowhere.
	talks string
	until time.Time
}

// visitors are those who are signed in, known by the hash of the id that their
// browser has: who reads this memory cannot sign in with it.
type visitors struct {
	random func() string
	now    func() time.Time
	// end forgets a conversation.
	end func(talks string)

	mu     sync.Mutex
	byHash map[idHash]*list.Element
	order  *list.List // of visit, the first to end first
}

type idHash [sha256.Size]byte

// visit is an entry of visitors.
type visit struct {
	hash idHash
	*visitor
}

func newVisitors(random func() string, now func() time.Time, end func(string)) *visitors {
	return &visitors{random: random, now: now, end: end, byHash: map[idHash]*list.Element{}, order: list.New()}
}

// enter signs somebody in and returns the id for their browser, which is new
// each time: one that was known before is worth nothing.
func (vs *visitors) enter(user chat.User, from chat.Place) (id string) {
	id = vs.random()
	v := visit{sha256.Sum256([]byte(id)), &visitor{
		user: user, talks: vs.random(), until: vs.now().Add(visitFor),
		place: chat.Place{
			Platform: from.Platform, Workspace: from.Workspace, Channel: console, Name: "Console", Kind: chat.PlaceDirect,
			Audience: chat.Audience{Shared: chat.No, Guests: chat.No},
		},
	}}
	vs.mu.Lock()
	defer vs.mu.Unlock()
	vs.tidy()
	if own := vs.own(v.visitor); len(own) >= maxVisits {
		vs.remove(own[0])
	}
	vs.byHash[v.hash] = vs.order.PushBack(v)
	if vs.order.Len() > maxVisitors {
		vs.remove(vs.order.Front())
	}
	return id
}

// own are the visits of the same person, the first to end first, so that
// nobody can push others out. The lock is held.
func (vs *visitors) own(who *visitor) []*list.Element {
	var own []*list.Element
	for e := vs.order.Front(); e != nil; e = e.Next() {
		v := visitIn(e)
		if v.user.ID == who.user.ID && v.place.Platform == who.place.Platform && v.place.Workspace == who.place.Workspace {
			own = append(own, e)
		}
	}
	return own
}

// of is who an id was given to, or nil: for one that is unknown, and one whose
// time is over.
func (vs *visitors) of(id string) *visitor {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	vs.tidy()
	if e, ok := vs.byHash[sha256.Sum256([]byte(id))]; ok && id != "" {
		return visitIn(e).visitor
	}
	return nil
}

// leave signs the one with an id out, if there is one.
func (vs *visitors) leave(id string) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	if e, ok := vs.byHash[sha256.Sum256([]byte(id))]; ok {
		vs.remove(e)
	}
}

// tidy removes those whose time is over. The lock is held.
func (vs *visitors) tidy() {
	now := vs.now()
	for e := vs.order.Front(); e != nil && !now.Before(visitIn(e).until); e = vs.order.Front() {
		vs.remove(e)
	}
}

// remove forgets a visitor and what was said with them. The lock is held.
func (vs *visitors) remove(e *list.Element) {
	v := visitIn(e)
	vs.order.Remove(e)
	delete(vs.byHash, v.hash)
	vs.end(v.talks)
}

func visitIn(e *list.Element) visit {
	v, _ := e.Value.(visit) // only visits are put in
	return v
}
