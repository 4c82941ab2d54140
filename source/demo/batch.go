package demo

// batch is what became known between two instants of one day: from (inclusive)
// to (exclusive).
type batch struct {
	day      int
	from, to int64

	opens         bool // the day itself begins in this batch
	accounts      []*account
	users         []joiner
	subscriptions []paying
	payments      []payment
	visits        []visit
	events        []event
	tickets       []ticket
	surveys       []survey
	hours         []hour
	adverts       []advert
	stocks        []stock
	changes       []change
}

// paying is a subscription with the account it belongs to.
type paying struct {
	account int64
	*subscription
}

// batch makes the rows of a day that became known in [from, to).
func (w *world) batch(day int, from, to int64) *batch {
	start, end := w.start(day), w.start(day+1)
	b := &batch{day: day, from: max(from, start), to: min(to, end)}
	has := func(at int64) bool { return at >= b.from && at < b.to }
	for _, a := range w.born[day] {
		if has(a.createdAt) {
			b.accounts = append(b.accounts, a)
		}
	}
	for _, j := range w.joiners[day] {
		if has(j.user.createdAt) {
			b.users = append(b.users, j)
		}
	}
	for _, s := range w.begun[day] {
		if has(s.startedAt) {
			b.subscriptions = append(b.subscriptions, s)
		}
	}
	b.payments = within(w.payments(day), has, func(p payment) int64 { return p.at })
	b.visits = within(w.visits(day), has, func(v visit) int64 { return v.at })
	b.events = within(w.events(day), has, func(e event) int64 { return e.at })
	b.tickets = within(w.tickets(day), has, func(t ticket) int64 { return t.at })
	b.surveys = within(w.surveys(day), has, func(s survey) int64 { return s.at })
	// An hour is known when it is over, and so is what a day's adverts cost.
	b.hours = within(w.hours(day), func(at int64) bool { return has(at + 3599) }, func(h hour) int64 { return h.at })
	if has(end - 1) {
		b.adverts = w.adverts(day)
	}
	if b.opens = has(start); b.opens {
		b.stocks = w.stocks(day)
	}
	b.changes = within(w.changes(day), has, func(c change) int64 { return c.at })
	return b
}

// within keeps the rows whose time is wanted.
func within[T any](rows []T, has func(int64) bool, at func(T) int64) []T {
	kept := rows[:0]
	for _, row := range rows {
		if has(at(row)) {
			kept = append(kept, row)
		}
	}
	return kept
}

// changes is what changed on a day, in order of time.
func (w *world) changes(day int) []change {
	all := append([]change(nil), w.ledger[day]...)
	start, end := w.start(day), w.start(day+1)
	for earlier := max(w.origin, day-ticketDays); earlier <= day; earlier++ {
		for _, t := range w.tickets(earlier) {
			if t.answeredAt >= start && t.answeredAt < end {
				all = append(all, change{at: t.answeredAt, kind: ticketAnswered, id: t.id})
			}
			if t.solvedAt >= start && t.solvedAt < end {
				all = append(all, change{at: t.solvedAt, kind: ticketSolved, id: t.id, stars: t.stars})
			}
		}
	}
	inOrder(all)
	return all
}
