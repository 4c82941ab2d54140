package demo

import (
	"strconv"
	"time"
)

// never stands for a day that does not come.
const never = 1 << 30

// The lists below are read-only. Their words are what the tables hold.
var (
	industries = []string{"Design", "Education", "Health", "Legal", "Manufacturing", "Media", "Retail", "Software"}
	channels   = []string{"Organic search", "Paid search", "Paid social", "Referral", "Partner", "Direct"}
	platforms  = []string{"Web", "Desktop", "iOS", "Android"}
)

// account is the whole life of one customer, from its first day to its last,
// known from the day it begins.
type account struct {
	id                                                 int64
	name, domain, country, industry, channel, language string
	referredBy                                         int64 // 0: nobody
	from                                               *namer
	created                                            int   // a day, like all below
	upload, share, invite                              int   // the first of each
	quit                                               int   // from when on nobody works with it
	createdAt, confirmedAt, closedAt                   int64 // 0: not
	daily                                              float64
	users                                              []user
	subscriptions                                      []subscription
	spam                                               bool
}

// user is one person of an account.
type user struct {
	id                int64
	name, email       string
	role, platform    string
	country, language string
	createdAt         int64
	joined            int
	eager             float64 // how likely they work on an ordinary day
	heavy             int     // how much likelier they upload, in percent
}

// subscription is a time in which an account paid one price.
type subscription struct {
	id         int64
	plan       string
	seats      int
	cents      int64 // a month
	start, end int   // days; end is never while it runs
	monthday   int   // of start
	reason     string
	startedAt  int64
	endedAt    int64
}

// world knows everybody who ever signed up, up to some day.
type world struct {
	calendar
	story    story
	origin   int
	accounts []*account
	spans    []span // of the accounts, in the same order
	payers   []*account
	namers   []namer
	weights  []int
	taken    map[string]int
	dice     dice
	born     map[int][]*account // accounts by the day they begin
	ledger   map[int][]change
	joiners  map[int][]joiner
	begun    map[int][]paying
	busy     map[int][]*account // who is there on a day, for tickets
}

// span is the days of an account that decide whether it matters on a day. They
// lie side by side because every day looks at all of them.
type span struct{ created, upload, quit int32 }

// joiner is a user with the account it belongs to.
type joiner struct {
	account *account
	user    *user
}

// newWorld makes everybody who signs up until the given day.
func newWorld(zone *time.Location, origin, until int) *world {
	w := &world{
		calendar: calendar{zone}, origin: origin, taken: map[string]int{}, dice: newDice(),
		born: map[int][]*account{}, ledger: map[int][]change{}, joiners: map[int][]joiner{}, begun: map[int][]paying{}, busy: map[int][]*account{},
	}
	w.story = w.storyOf(origin)
	for i, c := range countries {
		w.namers = append(w.namers, newNamer(i, c))
		w.weights = append(w.weights, c.weight)
	}
	for day := founded; day <= until; day++ {
		n := w.dice.about(streamSignups, int64(day), 0).count(w.signups(day))
		for range n {
			w.add(day, w.sign)
		}
		if day == w.story.spam {
			for range 140 {
				w.add(day, w.signSpam)
			}
		}
		if day == w.story.acme {
			w.add(day, w.signAcme)
		}
	}
	return w
}

// signups is how many accounts are expected on a day.
func (w *world) signups(day int) float64 {
	return 8.6 * growth(day) * (0.35 + 0.65*w.weekday(day)) * w.season(day) * w.story.interest(day)
}

// add puts one more account into the world and writes down what will happen
// to it.
func (w *world) add(day int, sign func(a *account, d dice)) {
	a := &account{
		id: int64(len(w.accounts) + 1), created: day, upload: never, share: never, invite: never, quit: never,
	}
	sign(a, w.dice.about(streamAccount, int64(day), int64(len(w.born[day]))))
	w.accounts = append(w.accounts, a)
	w.spans = append(w.spans, span{int32(a.created), int32(a.upload), int32(a.quit)})
	w.born[day] = append(w.born[day], a)
	w.schedule(a)
}

// sign is an ordinary sign-up.
func (w *world) sign(a *account, d dice) {
	a.from = &w.namers[d.pick(w.weights...)]
	a.country, a.language = a.from.key, a.from.language
	if d.chance(0.12) {
		a.language = "English"
	}
	a.channel = channels[d.pick(31, 19, 14, 13, 8, 15)]
	a.industry = industries[d.pick(17, 11, 9, 8, 12, 18, 10, 15)]
	if a.channel == "Referral" && a.id > 60 {
		a.referredBy = a.id - 1 - int64(d.IntN(int(min(a.id-2, 1500))))
	}
	a.createdAt = w.moment(d, a.created, a.from.minutes)
	if d.chance(0.9) {
		a.confirmedAt = a.createdAt + int64(d.around(240, 1.6))
	}
	w.live(a, d)
	w.staff(a, d)
}

// signSpam is one of the sign-ups of the script: confirmed by nobody.
func (w *world) signSpam(a *account, d dice) {
	a.spam = true
	a.from = &w.namers[1]
	a.country, a.language, a.channel, a.industry = "US", "English", "Direct", "Retail"
	a.createdAt = w.start(a.created) + 2*3600 + int64(d.IntN(3*3600))
	a.name, a.domain = "free storage now", "storage-now"
	a.quit = a.created + 1
	w.hire(a, d, a.created, a.createdAt, "Owner", a.name, "hello"+strconv.FormatInt(a.id, 10)+".")
}

// signAcme is the customer that skews every average.
func (w *world) signAcme(a *account, d dice) {
	a.from = &w.namers[1]
	a.name, a.domain = "Acme", "acme"
	a.country, a.language, a.channel, a.industry = "US", "English", "Partner", "Manufacturing"
	a.createdAt = w.moment(d, a.created, a.from.minutes)
	a.confirmedAt = a.createdAt + 95
	a.upload, a.share, a.invite = a.created, a.created, a.created+1
	a.subscriptions = []subscription{
		{plan: "Team", seats: 40, start: a.created + 14, end: a.created + 210, reason: "upgrade"},
		{plan: "Enterprise", seats: 420, start: a.created + 210, end: never},
	}
	w.bill(a, d)
	for i := range 160 {
		name, local := a.from.person(d)
		role, day := "Member", a.created+i*4
		if i == 0 {
			role = "Owner"
		}
		at := a.createdAt
		if i > 0 {
			at = w.moment(d, day, a.from.minutes)
		}
		u := w.hire(a, d, day, at, role, name, local)
		u.eager, u.heavy = 0.10+0.35*d.Float64(), 190
	}
	w.weigh(a, 2.3)
}

// dayPattern is how likely each hour of a person's own day is.
var dayPattern = []int{3, 2, 1, 1, 1, 2, 7, 20, 48, 78, 92, 84, 58, 66, 88, 84, 70, 48, 30, 24, 22, 18, 12, 6}

// moment is an instant of a day of Fernfold at which people whose clocks are
// minutes ahead of UTC are likely to be at work.
func (w *world) moment(d dice, day, minutes int) int64 {
	start, next := w.start(day), w.start(day+1)
	local := int64(d.pick(dayPattern...)*3600 + d.IntN(3600))
	sinceUTCMidnight := start % 86400
	length := next - start
	return start + ((local-int64(minutes)*60-sinceUTCMidnight)%length+length)%length
}
