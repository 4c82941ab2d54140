package storage

import (
	"context"
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
// Those who opted out are left out, and so is what asked with a button.
func (s *Store) Asked(ctx context.Context, since time.Time) (map[string]int, error) {
	return s.count(ctx, "count asks", `
		SELECT insight, count(*) FROM asks
		WHERE at >= ? AND outcome = ? AND insight <> '' AND question <> ''
			AND user NOT IN (SELECT person FROM preferences)
		GROUP BY insight`,
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
	return recent(ctx, s.read, user, n)
}

func recent(ctx context.Context, db queryer, user string, n int) ([]chat.Ask, error) {
	var asks []chat.Ask
	err := eachAsk(ctx, db, func(a chat.Ask) bool {
		asks = append(asks, a)
		return true
	}, selectAsks+`WHERE user = ? ORDER BY at DESC, rowid DESC LIMIT ?`, user, n)
	return asks, wrap("read asks of a user", err)
}

// RecentAsks returns the last n questions of a person that something answered
// or was offered for, the newest first, each once: spelling apart that does not
// matter, it is the newest of the same. The person is named by the keyed hash
// the ask log holds. A negative n returns all of the last 1,000.
func (s *Store) RecentAsks(ctx context.Context, person string, n int) ([]chat.Ask, error) {
	var asks []chat.Ask
	if n == 0 || person == "" {
		return nil, nil
	}
	seen := map[string]bool{}
	err := eachAsk(ctx, s.read, func(a chat.Ask) bool {
		if same := folded(a.Question); !seen[same] {
			seen[same] = true
			asks = append(asks, a)
		}
		return len(asks) != n
	}, selectAsks+`
		WHERE user = ? AND outcome IN (?, ?) AND question <> '' ORDER BY at DESC, rowid DESC LIMIT 1000`,
		person, string(chat.OutcomeAnswer), string(chat.OutcomeChoose))
	return asks, wrap("read recent asks", err)
}

// selectAsks reads whole asks; a condition follows.
const selectAsks = `
	SELECT ref, at, platform, workspace, channel, user, question, outcome, insight, confidence, took_ms FROM asks `

// eachAsk calls f with every ask that a query finds, until it returns false.
func eachAsk(ctx context.Context, db queryer, f func(chat.Ask) bool, query string, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var a chat.Ask
		var at, took int64
		err := rows.Scan(&a.Ref, &at, &a.Platform, &a.Workspace, &a.Channel, &a.User, &a.Question,
			&a.Outcome, &a.Insight, &a.Confidence, &took)
		if err != nil {
			return err
		}
		a.At, a.Took = time.UnixMilli(at).UTC(), time.Duration(took)*time.Millisecond
		if !f(a) {
			return nil
		}
	}
	return rows.Err()
}

// DeleteAsksBefore ends the retention of every ask older than t, with the
// feedback on it, and returns how many asks that were. It fails with ErrBusy
// when they are gone but a reader kept their bytes in the write-ahead log;
// calling it again finishes the work. Copies of the database from before a
// migration end their time with it as well.
func (s *Store) DeleteAsksBefore(ctx context.Context, t time.Time) (int, error) {
	s.dropOldCopies(ctx)
	result, err := s.write.ExecContext(ctx, `DELETE FROM asks WHERE at < ?`, t.UnixMilli())
	if err != nil {
		return 0, wrap("delete old asks", err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return 0, wrap("delete old asks", err)
	}
	return int(n), checkpoint(ctx, s.write)
}
