package demo

import (
	"context"
	stdsql "database/sql"
	"fmt"
	"strings"
	"time"
)

// together is how many rows go into one statement.
const together = 40

// table collects rows and inserts many at a time.
type table struct {
	tx    *stdsql.Tx
	name  string
	width int
	args  []any // bound values: what database/sql takes
	many  *stdsql.Stmt
}

// add puts a row in line.
func (t *table) add(ctx context.Context, row ...any) error {
	t.width = len(row)
	t.args = append(t.args, row...)
	if len(t.args) < together*t.width {
		return nil
	}
	if t.many == nil {
		stmt, err := t.tx.PrepareContext(ctx, t.statement(together))
		if err != nil {
			return fmt.Errorf("demo: prepare %s: %w", t.name, err)
		}
		t.many = stmt
	}
	if _, err := t.many.ExecContext(ctx, t.args...); err != nil {
		return fmt.Errorf("demo: insert into %s: %w", t.name, err)
	}
	t.args = t.args[:0]
	return nil
}

// flush inserts what is left. The prepared statement ends with the transaction.
func (t *table) flush(ctx context.Context) error {
	if len(t.args) == 0 {
		return nil
	}
	if _, err := t.tx.ExecContext(ctx, t.statement(len(t.args)/t.width), t.args...); err != nil {
		return fmt.Errorf("demo: insert into %s: %w", t.name, err)
	}
	t.args = t.args[:0]
	return nil
}

// statement inserts rows. The names are constants of this package.
func (t *table) statement(rows int) string {
	row := "(?" + strings.Repeat(",?", t.width-1) + ")"
	return "INSERT INTO " + t.name + " VALUES " + row + strings.Repeat(","+row, rows-1)
}

// writer writes batches in one transaction.
type writer struct {
	tx                                         *stdsql.Tx
	days, accounts, users, subscriptions       table
	payments, visits, events, tickets, surveys table
	hours, adverts, stocks                     table
	err                                        error
	applied                                    map[changeKind]*stdsql.Stmt
}

func newWriter(tx *stdsql.Tx) *writer {
	of := func(name string) table { return table{tx: tx, name: name} }
	return &writer{
		tx: tx, days: of("days"), accounts: of("accounts"), users: of("users"), subscriptions: of("subscriptions"),
		payments: of("payments"), visits: of("visits"), events: of("events"), tickets: of("tickets"),
		surveys: of("surveys"), hours: of("service_hours"), adverts: of("ad_spend"), stocks: of("storage_daily"),
		applied: map[changeKind]*stdsql.Stmt{},
	}
}

// put adds a row, unless something failed before.
func (wr *writer) put(ctx context.Context, t *table, row ...any) {
	if wr.err == nil {
		wr.err = t.add(ctx, row...)
	}
}

// flush writes the rows of some tables that are still in line.
func (wr *writer) flush(ctx context.Context, tables ...*table) {
	for _, t := range tables {
		if wr.err == nil {
			wr.err = t.flush(ctx)
		}
	}
}

// end writes every row that is still in line.
func (wr *writer) end(ctx context.Context) error {
	wr.flush(ctx, &wr.days, &wr.accounts, &wr.users, &wr.subscriptions, &wr.payments, &wr.visits, &wr.events, &wr.tickets,
		&wr.surveys, &wr.hours, &wr.adverts, &wr.stocks)
	return wr.err
}

// orNull is NULL for the zero of a type.
func orNull[T comparable](v T) stdsql.Null[T] {
	var zero T
	return stdsql.Null[T]{V: v, Valid: v != zero}
}

// known is an instant if it lies before another, else NULL.
func known(at, before int64) stdsql.Null[int64] {
	return stdsql.Null[int64]{V: at, Valid: at > 0 && at < before}
}

// people writes the accounts, users and subscriptions of a batch as they were
// just before the instant they are known from.
func (wr *writer) people(ctx context.Context, b *batch, asOf int64) {
	for _, a := range b.accounts {
		at := max(asOf, a.createdAt)
		wr.put(ctx, &wr.accounts, a.id, a.name, a.country, regions[a.country], a.industry, a.channel, a.language,
			orNull(a.referredBy), a.planAt(at-1), a.createdAt, known(a.confirmedAt, at), known(a.closedAt, at))
	}
	for _, j := range b.users {
		u := j.user
		wr.put(ctx, &wr.users, u.id, j.account.id, u.name, u.email, u.role, u.platform, u.country, u.language, u.createdAt)
	}
	for _, s := range b.subscriptions {
		ended := known(s.endedAt, asOf)
		wr.put(ctx, &wr.subscriptions, s.id, s.account, s.plan, s.seats, s.cents, s.startedAt, ended,
			stdsql.NullString{String: s.reason, Valid: ended.Valid})
	}
}

// batch writes what became known in one batch, then what changed.
func (wr *writer) batch(ctx context.Context, w *world, b *batch) error {
	if b.opens {
		wr.put(ctx, &wr.days, b.from, w.start(b.day+1), w.date(b.day).Format(time.DateOnly))
	}
	wr.people(ctx, b, 0)
	for _, e := range b.events {
		wr.put(ctx, &wr.events, e.id, e.at, e.name, e.user, e.account, e.platform, orNull(e.bytes))
	}
	for _, v := range b.visits {
		wr.put(ctx, &wr.visits, v.id, v.at, v.channel, v.country, v.platform, v.page, orNull(v.account))
	}
	for _, p := range b.payments {
		wr.put(ctx, &wr.payments, p.id, p.at, p.account, p.plan, p.kind, p.cents)
	}
	for _, t := range b.tickets {
		wr.put(ctx, &wr.tickets, t.id, t.at, t.account, t.user, t.topic, t.priority, t.channel, nil, nil, nil)
	}
	for _, s := range b.surveys {
		wr.put(ctx, &wr.surveys, s.id, s.at, s.account, s.user, s.score)
	}
	for _, h := range b.hours {
		wr.put(ctx, &wr.hours, h.at, h.service, h.requests, h.errors, h.fast, h.slow, h.down)
	}
	for _, a := range b.adverts {
		wr.put(ctx, &wr.adverts, a.date, a.channel, a.campaign, a.cents, a.impressions, a.hits)
	}
	for _, s := range b.stocks {
		wr.put(ctx, &wr.stocks, s.at, s.plan, s.country, s.bytes, s.files, s.accounts)
	}
	if len(b.changes) > 0 { // what changes must be there
		wr.flush(ctx, &wr.accounts, &wr.subscriptions, &wr.tickets)
	}
	if wr.err != nil {
		return wr.err
	}
	for _, c := range b.changes {
		if err := wr.change(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// updates are the statements of the changes. The table is read-only; the
// arguments are always the instant, the text, the stars and the id.
var updates = map[changeKind]string{
	accountConfirmed:  "UPDATE accounts SET confirmed_at = ?1 WHERE id = ?4",
	accountPlan:       "UPDATE accounts SET plan = ?2 WHERE id = ?4",
	accountClosed:     "UPDATE accounts SET closed_at = ?1 WHERE id = ?4",
	subscriptionEnded: "UPDATE subscriptions SET ended_at = ?1, ended_by = ?2 WHERE id = ?4",
	ticketAnswered:    "UPDATE tickets SET first_response_at = ?1 WHERE id = ?4",
	ticketSolved:      "UPDATE tickets SET solved_at = ?1, stars = ?3 WHERE id = ?4",
}

// change applies one change.
func (wr *writer) change(ctx context.Context, c change) error {
	stmt := wr.applied[c.kind]
	if stmt == nil {
		prepared, err := wr.tx.PrepareContext(ctx, updates[c.kind])
		if err != nil {
			return fmt.Errorf("demo: prepare a change: %w", err)
		}
		stmt, wr.applied[c.kind] = prepared, prepared
	}
	if _, err := stmt.ExecContext(ctx, c.at, c.text, orNull(c.stars), c.id); err != nil {
		return fmt.Errorf("demo: apply a change: %w", err)
	}
	return nil
}
