package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"insightbot/access"
	"insightbot/chat"
)

// shownEvery is how often the time of a version is written again while it stays
// the same.
const shownEvery = time.Hour

// NoteShown remembers that a version of an insight was shown: in a channel to
// all who read there when person is "", else to that person (by keyed hash)
// alone. It returns what was remembered of it before, which is the zero Shown
// the first time. It never replaces something later.
//
// It fails with ErrInvalid for neither a channel nor a person, and for no
// insight.
func (s *Store) NoteShown(ctx context.Context, p chat.Place, person, insight, version string, at time.Time) (access.Shown, error) {
	channel := p.Channel
	if person != "" {
		channel = ""
	}
	if insight == "" || channel == "" && person == "" {
		return access.Shown{}, fmt.Errorf("%w: shown where, to whom, and what?", ErrInvalid)
	}
	before := access.Shown{Insight: insight}
	var ms int64
	err := s.read.QueryRowContext(ctx, `
		SELECT version, at FROM shown WHERE platform = ? AND workspace = ? AND channel = ? AND person = ? AND insight = ?`,
		p.Platform, p.Workspace, channel, person, insight).Scan(&before.Version, &ms)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		before = access.Shown{}
	case err != nil:
		return access.Shown{}, wrap("read what was shown", err)
	default:
		before.At = time.UnixMilli(ms).UTC()
		if before.Version == version && at.Before(before.At.Add(shownEvery)) {
			return before, nil
		}
	}
	_, err = s.write.ExecContext(ctx, `
		INSERT INTO shown (platform, workspace, channel, person, insight, version, at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (platform, workspace, channel, person, insight) DO UPDATE SET version = excluded.version, at = excluded.at
		WHERE excluded.at >= at`,
		p.Platform, p.Workspace, channel, person, insight, version, at.UnixMilli())
	return before, wrap("note what was shown", err)
}

// shownTo reads what one person alone was shown, the latest first.
func shownTo(ctx context.Context, db queryer, hash string) ([]access.Shown, error) {
	rows, err := db.QueryContext(ctx, `SELECT insight, version, at FROM shown WHERE person = ? ORDER BY at DESC, insight`, hash)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []access.Shown
	for rows.Next() {
		var one access.Shown
		var ms int64
		if err := rows.Scan(&one.Insight, &one.Version, &ms); err != nil {
			return nil, err
		}
		one.At = time.UnixMilli(ms).UTC()
		all = append(all, one)
	}
	return all, rows.Err()
}
