package demo

import (
	"context"
	stdsql "database/sql"
	"fmt"
	"time"
)

// transact runs a piece of work in one transaction that is the only writer.
func transact(ctx context.Context, db *stdsql.DB, work func(*stdsql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("demo: begin to write: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	if err := work(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("demo: commit: %w", err)
	}
	return nil
}

// finish makes what is derived from the rest: the indexes, once, and what every
// account stores as of the last midnight.
func (f *filler) finish(ctx context.Context, db *stdsql.DB, st state) error {
	day := f.dayOf(time.Unix(st.until, 0))
	err := transact(ctx, db, func(tx *stdsql.Tx) error {
		var indexed bool
		var at int64
		err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'tickets_at'),
			(SELECT coalesce(max(at), 0) FROM storage_now)`).Scan(&indexed, &at)
		if err != nil {
			return blame(f.path, err)
		}
		if !indexed {
			if _, err := tx.ExecContext(ctx, indexes); err != nil {
				return fmt.Errorf("demo: make indexes: %w", err)
			}
		}
		if at == f.start(day) || day > f.dayOf(f.now) {
			return nil // as it is, or a process with a later clock sees to it
		}
		return f.world.storeNow(ctx, tx, day)
	})
	if err != nil {
		return err
	}
	// Readers may hold the log back; it is merged at another time then.
	if _, err := db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		f.Log.DebugContext(ctx, "demo data: log not merged", "error", err)
	}
	return nil
}

// storeNow replaces what every account stores by what it stores at the midnight
// that day begins with.
func (w *world) storeNow(ctx context.Context, tx *stdsql.Tx, day int) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM storage_now"); err != nil {
		return fmt.Errorf("demo: clear storage: %w", err)
	}
	t := table{tx: tx, name: "storage_now"}
	for _, a := range w.accounts {
		bytes, files := w.stored(a, day)
		if files == 0 {
			continue
		}
		if err := t.add(ctx, a.id, bytes, files, w.start(day)); err != nil {
			return err
		}
	}
	return t.flush(ctx)
}

// before is everybody who was there before the first day.
func (w *world) before() *batch {
	start := w.start(w.origin)
	b := &batch{to: start}
	for _, a := range w.accounts {
		if a.createdAt < start {
			b.accounts = append(b.accounts, a)
		}
		for i := range a.users {
			if a.users[i].createdAt < start {
				b.users = append(b.users, joiner{a, &a.users[i]})
			}
		}
		for i := range a.subscriptions {
			if a.subscriptions[i].startedAt < start {
				b.subscriptions = append(b.subscriptions, paying{a.id, &a.subscriptions[i]})
			}
		}
	}
	return b
}
