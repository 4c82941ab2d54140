package api

import (
	"slices"
	"sync"
	"time"
)

// facts is what is known of people and places. Whatever is forgotten counts
// seq up: what was being looked up then is not kept, and nobody who asks later
// gets it.
type facts struct {
	clock  func() time.Time
	people *cache[profile]
	places *cache[surveyed]
	direct *cache[string]

	mu  sync.Mutex
	seq uint64
	// list is the list of people, reading are lists that are being read, and
	// cleared counts how often all were forgotten.
	list    *roster
	reading map[*roster]bool
	cleared uint64

	groups   groups
	groupsAt time.Time
}

func newFacts(now func() time.Time) *facts {
	return &facts{
		clock: now, people: newCache[profile](now, keptPeople), places: newCache[surveyed](now, keptPlaces),
		direct: newCache[string](now, keptDirect), reading: map[*roster]bool{},
	}
}

// epoch is the count of what was forgotten until now.
func (f *facts) epoch() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seq
}

// ifStill keeps something unless something was forgotten since seq.
func (f *facts) ifStill(seq uint64, keep func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.seq == seq {
		keep()
	}
}

// groupsNow are the groups, if they are known.
func (f *facts) groupsNow() (groups, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.groups, !f.groupsAt.IsZero() && fresh(f.clock(), f.groupsAt)
}

// keepGroups keeps them. It is called by ifStill.
func (f *facts) keepGroups(g groups, at time.Time) { f.groups, f.groupsAt = g, at }

// rosterNow is the list of people, or nil.
func (f *facts) rosterNow() *roster {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.list == nil || !fresh(f.clock(), f.list.at) {
		return nil
	}
	return f.list
}

func (f *facts) rosterAge() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.cleared
}

// begin begins to read the list of people. It takes long, so that people who
// change meanwhile are left out of it rather than the list thrown away.
func (f *facts) begin(at time.Time) *roster {
	r := &roster{at: at, people: map[string]standing{}, dropped: map[string]bool{}}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reading[r] = true
	return r
}

// end ends it, and keeps the list if it is good and not all were forgotten.
func (f *facts) end(r *roster, good bool, age uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.reading, r)
	for id := range r.dropped {
		delete(r.people, id)
	}
	if good && f.cleared == age {
		f.list = r
	}
}

// Forget forgets what is known of a place, because something about it changed.
func (c *Client) Forget(channel string) {
	f := c.facts
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seq++
	f.places.drop(channel)
}

// ForgetUser forgets what is known of a person and of the places they are in.
func (c *Client) ForgetUser(user string) {
	f := c.facts
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seq++
	f.people.drop(user)
	if f.list != nil {
		delete(f.list.people, user)
	}
	for r := range f.reading {
		r.dropped[user] = true
	}
	mark := c.mark(user)
	f.places.dropIf(func(s surveyed) bool {
		_, in := slices.BinarySearch(s.members, mark)
		return in
	})
}

// ForgetGroups forgets who is in which group.
func (c *Client) ForgetGroups() {
	f := c.facts
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seq++
	f.groups, f.groupsAt = nil, time.Time{}
}

// ForgetAll forgets everything.
func (c *Client) ForgetAll() {
	f := c.facts
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seq++
	f.cleared++
	f.people.clear()
	f.places.clear()
	f.direct.clear()
	f.list, f.groups, f.groupsAt = nil, nil, time.Time{}
}
