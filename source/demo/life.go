package demo

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// live decides how an ordinary account takes to the product: whether it ever
// uploads, shares, invites and pays, and when it is left.
func (w *world) live(a *account, d dice) {
	soon := func(p, mean float64) int {
		if d.chance(p) {
			return 0
		}
		return 1 + int(d.wait(mean))
	}
	love := 1.0
	switch a.channel {
	case "Referral":
		love = 1.25
	case "Paid social":
		love = 0.8
	}
	a.quit = a.created + 1 + int(d.wait(3))
	if a.confirmedAt == 0 || !d.chance(0.68*love) {
		return
	}
	a.upload = a.created + soon(0.66, 2.5)
	a.quit = a.upload + 2 + int(d.wait(11))
	stays := 0.52 * love
	if d.chance(0.62) {
		a.share = a.upload + soon(0.35, 4)
		stays += 0.12
		if d.chance(0.56) {
			a.invite = a.share + soon(0.25, 6)
			stays += 0.12
		}
	}
	if d.chance(stays) {
		a.quit = a.upload + 20 + int(d.wait(200))
	}
	a.quit = max(a.quit, 1+lastOf(a.upload, a.share, a.invite))
	pays := 0.04
	switch {
	case a.invite != never:
		pays = 0.36
	case a.share != never:
		pays = 0.13
	}
	if d.chance(pays) {
		w.subscribe(a, d)
	}
}

// lastOf is the latest day that comes at all.
func lastOf(days ...int) int {
	last := 0
	for _, day := range days {
		if day != never {
			last = max(last, day)
		}
	}
	return last
}

// prices are cents a month and seat. The table is read-only.
var prices = map[string]int64{"Pro": 1200, "Team": 1500, "Enterprise": 2600}

// subscribe plans what an account pays, from the trial to the day it cancels.
func (w *world) subscribe(a *account, d dice) {
	day := lastOf(a.upload, a.share, a.invite) + 2 + int(d.wait(10))
	plan, stay := []string{"Pro", "Team", "Enterprise"}[d.pick(57, 34, 9)], 0.0
	seats := 1
	switch plan {
	case "Pro":
		stay = d.wait(330)
	case "Team":
		stay, seats = d.wait(560), 3+int(d.around(5, 0.6))
	case "Enterprise":
		stay, seats = 200+d.wait(900), 18+int(d.around(22, 0.6))
	}
	end := day + 31 + int(stay)
	first := subscription{plan: plan, seats: seats, start: day, end: end, reason: "churn"}
	a.subscriptions = []subscription{first}
	if step := day + 40 + int(d.wait(150)); step < end-20 && d.chance(0.42) {
		next := first
		next.start = step
		a.subscriptions[0].end, a.subscriptions[0].reason = step, "upgrade"
		switch {
		case plan == "Pro" && d.chance(0.7):
			next.plan, next.seats = "Team", 3+int(d.around(3, 0.5))
		case plan == "Team" && d.chance(0.15):
			next.plan, next.seats = "Enterprise", seats+15
		case plan != "Pro" && d.chance(0.25):
			next.seats = max(2, seats*2/3)
			a.subscriptions[0].reason = "downgrade"
		default:
			next.seats = seats + 1 + seats/4
		}
		a.subscriptions = append(a.subscriptions, next)
	}
	a.quit = end - int(min(d.wait(9), 25))
	w.bill(a, d)
}

// bill gives the subscriptions their ids, prices and instants.
func (w *world) bill(a *account, d dice) {
	w.payers = append(w.payers, a)
	at := w.moment(d, a.subscriptions[0].start, a.from.minutes)
	for i := range a.subscriptions {
		s := &a.subscriptions[i]
		s.id = a.id*10 + int64(i)
		s.monthday = w.date(s.start).Day()
		s.cents = prices[s.plan] * int64(s.seats)
		if a.name == "Acme" {
			s.cents = s.cents * 7 / 8
		}
		s.startedAt = at
		if s.end != never {
			at = w.moment(d, s.end, a.from.minutes)
			s.endedAt = at
		}
	}
}

// staff hires the people of an ordinary account.
func (w *world) staff(a *account, d dice) {
	owner, local := a.from.person(d)
	large := len(a.subscriptions) > 0 && a.subscriptions[len(a.subscriptions)-1].plan != "Pro"
	if a.invite == never && !large && d.chance(0.75) { // one person's own account
		a.name, a.domain = owner, "homemail"
		local = fmt.Sprintf("%s.%d.", local, a.id)
	} else {
		a.name, a.domain = a.from.firm(d, w.taken)
	}
	w.hire(a, d, a.created, a.createdAt, "Owner", owner, local)
	if a.invite != never {
		most, mean := 1+int(d.wait(1.6)), 25.0
		for _, s := range a.subscriptions {
			most = max(most, s.seats-1)
		}
		day := a.invite
		for range min(most, 45) {
			day += 1 + int(d.wait(mean/float64(1+most/4)))
			if day >= a.quit {
				break
			}
			role := "Member"
			if d.chance(0.1) {
				role = "Admin"
			}
			name, local := a.from.person(d)
			w.hire(a, d, day, w.moment(d, day, a.from.minutes), role, name, local)
		}
	}
	if a.quit != never && a.quit < a.created+3 && a.upload == never && d.chance(0.25) {
		a.closedAt = w.moment(d, a.created+20+d.IntN(60), a.from.minutes)
	}
	if n := len(a.subscriptions); n > 0 && d.chance(0.3) {
		a.closedAt = a.subscriptions[n-1].endedAt + int64(86400*(5+d.IntN(40)))
	}
	w.weigh(a, 1)
}

// hire adds a person to an account.
func (w *world) hire(a *account, d dice, day int, at int64, role, name, local string) *user {
	a.users = append(a.users, user{
		id: a.id*1000 + int64(len(a.users)+1), name: name, role: role,
		email:   fmt.Sprintf("%s%d@%s.example", local, len(a.users)+1, a.domain),
		country: a.country, language: a.language, createdAt: at, joined: day, heavy: 100,
		platform: platforms[d.pick(42, 27, 18, 13)],
	})
	u := &a.users[len(a.users)-1]
	if a.country != "US" && d.chance(0.07) {
		u.country = countries[d.pick(w.weights...)].key
	}
	switch d.pick(3, 24, 73) {
	case 0:
		u.eager = 0.42 + 0.28*d.Float64()
	case 1:
		u.eager = 0.05 + 0.08*d.Float64()
	default:
		u.eager = 0.006 + 0.02*d.Float64()
	}
	if len(a.subscriptions) > 0 {
		u.eager *= 1.15
	}
	return u
}

// weigh estimates the bytes an account adds on a day.
func (w *world) weigh(a *account, factor float64) {
	size := 1.0
	if a.industry == "Media" || a.industry == "Design" {
		size = 4
	}
	for _, u := range a.users {
		a.daily += u.eager * size * factor * 9e6
	}
}

// changeKind is what a change changes.
type changeKind int

// The kinds of change.
const (
	accountConfirmed changeKind = iota
	accountPlan
	accountClosed
	subscriptionEnded
	ticketAnswered
	ticketSolved
)

// change is something that happens to a row after it was written.
type change struct {
	at    int64
	kind  changeKind
	id    int64
	text  string
	stars int // of a solved ticket; 0: not rated
}

// schedule writes down the changes of an account by the day they happen.
func (w *world) schedule(a *account) {
	note := func(at int64, kind changeKind, id int64, text string) {
		if at > 0 {
			day := w.dayOf(time.Unix(at, 0))
			w.ledger[day] = append(w.ledger[day], change{at: at, kind: kind, id: id, text: text})
		}
	}
	note(a.confirmedAt, accountConfirmed, a.id, "")
	note(a.closedAt, accountClosed, a.id, "")
	for i := range a.subscriptions {
		s := &a.subscriptions[i]
		w.begun[s.start] = append(w.begun[s.start], paying{a.id, s})
		note(s.startedAt, accountPlan, a.id, s.plan)
		note(s.endedAt, subscriptionEnded, s.id, s.reason)
		if s.reason == "churn" {
			note(s.endedAt, accountPlan, a.id, "Free")
		}
	}
	for i := range a.users {
		u := &a.users[i]
		w.joiners[u.joined] = append(w.joiners[u.joined], joiner{a, u})
	}
}

// inOrder sorts changes by time; those of one instant keep a fixed order.
func inOrder(changes []change) {
	slices.SortFunc(changes, func(a, b change) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id))
	})
}
