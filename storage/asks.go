package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"insightbot/chat"
)

// RecordAsk adds a question to the ask log. A reference that is already there
// keeps its first row, so that an event delivered twice counts once. Took is
// kept in whole milliseconds.
func (s *Store) RecordAsk(ctx context.Context, a chat.Ask) error {
	if a.Ref == "" || a.At.IsZero() {
		return fmt.Errorf("%w: an ask needs a reference and a time", ErrInvalid)
	}
	_, err := s.write.ExecContext(ctx, `
		INSERT INTO asks (ref, at, platform, workspace, channel, user, question, outcome, insight, confidence, took_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (ref) DO NOTHING`,
		a.Ref, a.At.UnixMilli(), a.Platform, a.Workspace, a.Channel, a.User, a.Question,
		string(a.Outcome), a.Insight, a.Confidence, a.Took.Milliseconds())
	return wrap("record ask "+a.Ref, err)
}

// Asked counts how often each insight answered at since or later, by its id.
func (s *Store) Asked(ctx context.Context, since time.Time) (map[string]int, error) {
	return s.count(ctx, "count asks", `
		SELECT insight, count(*) FROM asks
		WHERE at >= ? AND outcome = ? AND insight <> '' AND question <> '' GROUP BY insight`,
		since.UnixMilli(), string(chat.OutcomeAnswer))
}

// count reads rows of an insight's id and a number.
func (s *Store) count(ctx context.Context, doing, query string, args ...any) (map[string]int, error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, wrap(doing, err)
	}
	defer func() { _ = rows.Close() }()
	counts := make(map[string]int)
	for rows.Next() {
		var id string
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			return nil, wrap(doing, err)
		}
		counts[id] = n
	}
	return counts, wrap(doing, rows.Err())
}

// Recent returns the last n asks of one user, newest first. The user is named
// by the keyed hash the ask log holds. A negative n returns all of them, which
// is what a person's export needs.
func (s *Store) Recent(ctx context.Context, user string, n int) ([]chat.Ask, error) {
	const doing = "read asks of a user"
	rows, err := s.read.QueryContext(ctx, `
		SELECT ref, at, platform, workspace, channel, user, question, outcome, insight, confidence, took_ms
		FROM asks WHERE user = ? ORDER BY at DESC, rowid DESC LIMIT ?`, user, n)
	if err != nil {
		return nil, wrap(doing, err)
	}
	defer func() { _ = rows.Close() }()
	var asks []chat.Ask
	for rows.Next() {
		var a chat.Ask
		var at, took int64
		err := rows.Scan(&a.Ref, &at, &a.Platform, &a.Workspace, &a.Channel, &a.User, &a.Question,
			&a.Outcome, &a.Insight, &a.Confidence, &took)
		if err != nil {
			return nil, wrap(doing, err)
		}
		a.At, a.Took = time.UnixMilli(at).UTC(), time.Duration(took)*time.Millisecond
		asks = append(asks, a)
	}
	return asks, wrap(doing, rows.Err())
}

// DeleteAsksBefore ends the retention of every ask older than t, with the
// feedback on it, and returns how many asks that were.
func (s *Store) DeleteAsksBefore(ctx context.Context, t time.Time) (int, error) {
	return s.erase(ctx, "delete old asks", `DELETE FROM asks WHERE at < ?`, t.UnixMilli())
}

// EraseAsks deletes everything the ask log holds of one user, with the feedback
// on it, and returns how many asks that were.
func (s *Store) EraseAsks(ctx context.Context, user string) (int, error) {
	return s.erase(ctx, "erase asks of a user", `DELETE FROM asks WHERE user = ?`, user)
}

// erase deletes so that the bytes are gone as well: they are overwritten, and
// the log that still holds older pages is emptied. It fails with ErrBusy when
// the rows are gone but a reader kept the log from being emptied; calling it
// again finishes the work.
func (s *Store) erase(ctx context.Context, doing, statement string, args ...any) (n int, err error) {
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return 0, wrap(doing, err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, `PRAGMA secure_delete = 1`); err != nil {
		return 0, wrap(doing, err)
	}
	defer func() {
		// The next user of the one connection must not pay for it, whatever
		// became of this context.
		_, off := conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA secure_delete = 0`)
		err = errors.Join(err, wrap(doing, off))
	}()
	err = inTx(ctx, conn, doing, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, statement, args...)
		if err != nil {
			return err
		}
		deleted, err := result.RowsAffected()
		n = int(deleted)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, checkpoint(ctx, conn)
}
