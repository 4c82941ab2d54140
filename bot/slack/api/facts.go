package api

import (
	"slices"
	"strconv"
	"sync"
	"time"
)

// facts is what is known of people and places. What is forgotten while it is
// being looked up is not kept, and nobody who asks later gets it. In a busy
// workspace somebody changes all the time: that spoils only look-ups that are
// about them.
type facts struct {
	clock  func() time.Time
	people *cache[profile]
	places *cache[surveyed]
	direct *cache[string]

	mu sync.Mutex
	// channels and users count how often each was forgotten, and anybody how
	// often some person was. Few share a count; where they do, something is
	// looked up once more.
	channels, users  [counts]uint64
	anybody, grouped uint64
	// surveys are looks at who is in a place that are under way.
	surveys map[*survey]bool
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
		direct: newCache[string](now, keptDirect), reading: map[*roster]bool{}, surveys: map[*survey]bool{},
	}
}

// counts is how many counts there are for all channels, and for all people.
const counts = 4096

// epoch stands for how often something was forgotten: the one that count points
// to, and everything at once.
type epoch struct{ one, all uint64 }

// String makes it part of the key of a flight.
func (e epoch) String() string {
	return strconv.FormatUint(e.one, 10) + " " + strconv.FormatUint(e.all, 10)
}

// epoch is that of one count now.
func (f *facts) epoch(count *uint64) epoch {
	f.mu.Lock()
	defer f.mu.Unlock()
	return epoch{*count, f.cleared}
}

// ifStill keeps something unless it was forgotten since.
func (f *facts) ifStill(count *uint64, since epoch, keep func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if (epoch{*count, f.cleared}) == since {
		keep()
	}
}

// survey is a look at who is in a place.
type survey struct {
	// changed stand for people who changed meanwhile.
	changed map[uint64]bool
}

// surveyKey is the same for as long as nothing changes that a survey could be
// about. Who is in the place is not known before it, so that this is anybody.
func (f *facts) surveyKey(channel *uint64) (since epoch, key string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	since = epoch{*channel, f.cleared}
	return since, since.String() + " " + strconv.FormatUint(f.anybody, 10)
}

// beginSurvey begins one.
func (f *facts) beginSurvey() *survey {
	v := &survey{changed: map[uint64]bool{}}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.surveys[v] = true
	return v
}

// endSurvey ends it. What was found, if anything, is kept unless the place was
// forgotten since, or somebody who is in it changed.
func (f *facts) endSurvey(v *survey, count *uint64, since epoch, channel string, found *surveyed) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.surveys, v)
	if found == nil || (epoch{*count, f.cleared}) != since {
		return
	}
	for mark := range v.changed {
		if _, in := slices.BinarySearch(found.members, mark); in {
			return
		}
	}
	f.places.put(channel, *found, found.at, 1+len(found.members))
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

// channelCount counts how often a channel was forgotten.
func (c *Client) channelCount(channel string) *uint64 {
	return &c.facts.channels[c.mark(channel)%counts]
}

// userCount counts how often a person was forgotten.
func (c *Client) userCount(user string) *uint64 { return &c.facts.users[c.mark(user)%counts] }

// Forget forgets what is known of a place, because something about it changed.
func (c *Client) Forget(channel string) {
	f := c.facts
	f.mu.Lock()
	defer f.mu.Unlock()
	*c.channelCount(channel)++
	f.places.drop(channel)
}

// ForgetUser forgets what is known of a person and of the places they are in.
func (c *Client) ForgetUser(user string) {
	f := c.facts
	f.mu.Lock()
	defer f.mu.Unlock()
	*c.userCount(user)++
	f.anybody++
	f.people.drop(user)
	if f.list != nil {
		delete(f.list.people, user)
	}
	for r := range f.reading {
		r.dropped[user] = true
	}
	mark := c.mark(user)
	for v := range f.surveys {
		v.changed[mark] = true
	}
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
	f.grouped++
	f.groups, f.groupsAt = nil, time.Time{}
}

// ForgetAll forgets everything.
func (c *Client) ForgetAll() {
	f := c.facts
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cleared++
	f.people.clear()
	f.places.clear()
	f.direct.clear()
	f.list, f.groups, f.groupsAt = nil, nil, time.Time{}
}
