package demo

import (
	"cmp"
	"slices"
)

// visit is somebody looking at Fernfold's web site.
type visit struct {
	id, at, account                  int64 // account 0: did not sign up
	channel, country, platform, page string
}

// payment is money that came in, or went back.
type payment struct {
	id, at, account, cents int64
	plan, kind             string
}

// ticket is a question to the support team.
type ticket struct {
	id, at, account, user    int64
	topic, priority, channel string
	answeredAt, solvedAt     int64
	stars                    int // 0: not rated
}

// survey is an answer to "would you recommend us?".
type survey struct {
	id, at, account, user int64
	score                 int
}

// pages are the landing pages. The table is read-only.
var pages = []string{"/", "/pricing", "/features/sharing", "/blog/file-naming", "/compare", "/templates"}

// visits is everybody who looked at the web site on a day: those who signed up
// afterwards, and many more who did not.
func (w *world) visits(day int) []visit {
	var all []visit
	d := w.dice.about(streamVisits, int64(day), 0)
	for range d.count(78 * growth(day) * (0.5 + 0.5*w.weekday(day)) * w.season(day) * w.story.interest(day)) {
		c := d.pick(w.weights...)
		all = append(all, visit{
			at: w.moment(d, day, countries[c].minutes), country: countries[c].key,
			channel: channels[d.pick(36, 20, 20, 6, 5, 13)], platform: platforms[d.pick(58, 0, 24, 18)],
			page: pages[d.pick(40, 16, 14, 18, 7, 5)],
		})
	}
	for _, a := range w.born[day] {
		if a.spam || d.chance(0.1) {
			continue
		}
		at := max(w.start(day), a.createdAt-30-int64(d.around(240, 1)))
		all = append(all, visit{
			at: at, account: a.id, country: a.country, channel: a.channel, platform: platforms[d.pick(66, 0, 19, 15)],
			page: pages[d.pick(33, 30, 14, 7, 10, 6)],
		})
	}
	slices.SortFunc(all, func(x, y visit) int {
		return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.account, y.account))
	})
	for i := range all {
		all[i].id = serial(day, i)
	}
	return all
}

// payments is the money of a day: every subscription is charged on the day of
// the month it began, some charges fail and come a few days later, and some are
// paid back.
func (w *world) payments(day int) []payment {
	var all []payment
	for due := day - 9; due <= day; due++ { // what was due up to nine days ago may end today
		month, last := w.date(due).Day(), w.date(due+1).Day() == 1
		for _, a := range w.payers {
			for i := range a.subscriptions {
				s := &a.subscriptions[i]
				if due >= s.start && due < s.end && (s.monthday == month || last && s.monthday > month) {
					all = w.charge(all, a, s, due, day)
				}
			}
		}
	}
	slices.SortFunc(all, func(x, y payment) int {
		return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.account, y.account), cmp.Compare(x.kind, y.kind))
	})
	for i := range all {
		all[i].id = serial(day, i)
	}
	return all
}

// charge appends what happens on a day because of a charge that was due.
func (w *world) charge(all []payment, a *account, s *subscription, due, day int) []payment {
	d := w.dice.about(streamPayments, int64(due), s.id)
	fails, refunds := d.chance(0.04), d.chance(0.022)
	retry, regret := due+1+d.IntN(4), due+5+d.IntN(5)
	start, end := w.start(day), w.start(day+1)
	at := start + 6*3600 + int64(mix(uint64(s.id), uint64(day))%7200)
	at = min(max(at, s.startedAt+30), end-1)
	put := func(on int, kind string, cents int64) {
		if on == day {
			all = append(all, payment{at: at, account: a.id, plan: s.plan, kind: kind, cents: cents})
		}
	}
	if fails {
		put(due, "failed", 0)
		put(retry, "charge", s.cents)
	} else {
		put(due, "charge", s.cents)
	}
	if refunds {
		put(regret, "refund", -s.cents)
	}
	return all
}

// ticketDays is how many days a ticket takes at most.
const ticketDays = 11

// topics are what people ask the support team about. The table is read-only.
var topics = []string{"Billing", "Sync", "Sharing", "Login", "Storage", "Apps", "Other"}

// tickets are the questions that came in on a day, with what will become of
// them.
func (w *world) tickets(day int) []ticket {
	present := w.present(day)
	d := w.dice.about(streamTickets, int64(day), 0)
	n := d.count(5.2 * growth(day) * w.weekday(day) * (0.6 + 0.4*w.story.interest(day)))
	var all []ticket
	for range n {
		all = append(all, w.ask(d, present, day, d.pick(20, 22, 17, 14, 9, 11, 7), false))
	}
	if day == w.story.outage {
		for range 120 + d.IntN(30) {
			all = append(all, w.ask(d, present, day, d.pick(0, 60, 22, 6, 8, 4, 0), true))
		}
	}
	slices.SortFunc(all, func(x, y ticket) int {
		return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.user, y.user), cmp.Compare(x.topic, y.topic))
	})
	for i := range all {
		all[i].id = serial(day, i)
	}
	return all
}

// ask is one question to the support team.
func (w *world) ask(d dice, present []*account, day, topic int, outage bool) ticket {
	a := present[d.IntN(len(present))]
	if d.chance(0.06) && w.story.acme < day {
		a = w.born[w.story.acme][len(w.born[w.story.acme])-1]
	}
	n := 0
	for n < len(a.users) && a.users[n].joined < day {
		n++
	}
	u := a.users[d.IntN(max(n, 1))]
	t := ticket{account: a.id, user: u.id, topic: topics[topic], channel: []string{"E-mail", "Chat"}[d.pick(64, 36)]}
	t.at = w.moment(d, day, a.from.minutes)
	wait, paying := d.around(9500, 0.9), a.planAt(t.at)
	t.priority = []string{"Low", "Normal", "High"}[d.pick(24, 62, 14)]
	switch paying {
	case "Enterprise":
		wait *= 0.3
	case "Free":
		wait *= 1.9
	}
	if t.channel == "Chat" {
		wait *= 0.25
	}
	if outage {
		t.at = w.story.outageFrom + int64(d.IntN(int(w.story.outageTo-w.story.outageFrom)+3600))
		t.priority, wait = "High", wait*3.5
	}
	if wd := (day + 4) % 7; wd == 0 || wd == 6 {
		wait += 9 * 3600
	}
	t.answeredAt = t.at + 60 + int64(min(wait, 4*86400))
	if d.chance(0.93) {
		t.solvedAt = t.answeredAt + 120 + int64(min(d.around(21000, 1.2), 5*86400))
	}
	if t.solvedAt > 0 && d.chance(0.38) {
		t.stars = 1 + d.pick(5, 6, 12, 31, 46)
		if outage {
			t.stars = 1 + d.pick(40, 25, 20, 10, 5)
		}
	}
	return t
}

// planAt is the plan an account is on at an instant.
func (a *account) planAt(at int64) string {
	plan := "Free"
	for _, s := range a.subscriptions {
		if s.startedAt <= at {
			plan = s.plan
			if s.reason == "churn" && s.endedAt <= at {
				plan = "Free"
			}
		}
	}
	return plan
}

// present are the accounts that work with the product around a day.
func (w *world) present(day int) []*account {
	if known, ok := w.busy[day]; ok {
		return known
	}
	delete(w.busy, day-20)
	var present []*account
	for i, span := range w.spans {
		if int(span.created) < day && int(span.quit) >= day && !w.accounts[i].spam {
			present = append(present, w.accounts[i])
		}
	}
	w.busy[day] = present
	return present
}

// surveys are the answers that came in on a day.
func (w *world) surveys(day int) []survey {
	present := w.present(day)
	d := w.dice.about(streamSurveys, int64(day), 0)
	var all []survey
	for range d.count(4.4 * growth(day) * w.weekday(day)) {
		a := present[d.IntN(len(present))]
		s := survey{at: w.moment(d, day, a.from.minutes), account: a.id, user: a.users[0].id}
		s.score = d.pick(2, 1, 1, 2, 2, 5, 6, 12, 21, 24, 24)
		if day >= w.story.outage && day < w.story.outage+14 {
			s.score = d.pick(9, 5, 6, 7, 8, 12, 14, 15, 12, 7, 5)
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(x, y survey) int { return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.user, y.user)) })
	for i := range all {
		all[i].id = serial(day, i)
	}
	return all
}
