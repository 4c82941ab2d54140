package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"insightbot/access"
	"insightbot/chat"
)

const (
	// seenEvery is how often the time of a place is written again while
	// nothing else changes.
	seenEvery = time.Hour
	// seenAsks is the time over which the asks in a place are counted.
	seenAsks = 30 * 24 * time.Hour
)

// SawPlace remembers that the bot was used in a place, with what was known of
// it. It writes only where something changed or an hour passed, and never over
// what was learnt later. Direct messages are not remembered: there is nothing
// in them to be set up, and their names are those of people.
func (s *Store) SawPlace(ctx context.Context, p chat.Place, at time.Time) error {
	if p.Kind == chat.PlaceDirect || p.Channel == "" {
		return nil
	}
	var old access.Seen
	var ms int64
	err := s.read.QueryRowContext(ctx, `
		SELECT name, kind, shared, guests, at FROM seen_channels WHERE platform = ? AND workspace = ? AND id = ?`,
		p.Platform, p.Workspace, p.Channel).Scan(&old.Name, &old.Kind, &old.Shared, &old.Guests, &ms)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return wrap("read place", err)
	}
	same := err == nil && old.Kind == p.Kind && old.Shared == p.Audience.Shared && old.Guests == p.Audience.Guests &&
		(p.Name == "" || p.Name == old.Name)
	if same && at.Before(time.UnixMilli(ms).Add(seenEvery)) {
		return nil
	}
	// A platform that does not tell a name does not take away the known one.
	_, err = s.write.ExecContext(ctx, `
		INSERT INTO seen_channels (platform, workspace, id, name, kind, shared, guests, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (platform, workspace, id) DO UPDATE SET
			name = CASE WHEN excluded.name = '' THEN name ELSE excluded.name END,
			kind = excluded.kind, shared = excluded.shared, guests = excluded.guests, at = excluded.at
		WHERE excluded.at >= at`,
		p.Platform, p.Workspace, p.Channel, p.Name, string(p.Kind), string(p.Audience.Shared), string(p.Audience.Guests), at.UnixMilli())
	return wrap("remember place", err)
}

// SeenChannels returns the channels the bot was used in at since or later, of
// all workspaces, in order of their keys. What those asked who opted out is not
// counted.
func (s *Store) SeenChannels(ctx context.Context, since time.Time) ([]access.Seen, error) {
	const doing = "read places"
	rows, err := s.read.QueryContext(ctx, `
		WITH counts AS (
			SELECT platform, workspace, channel, count(*) AS n FROM asks
			WHERE at >= ? AND user NOT IN (SELECT person FROM preferences)
			GROUP BY platform, workspace, channel)
		SELECT s.platform, s.workspace, s.id, s.name, s.kind, s.shared, s.guests, s.at, coalesce(c.n, 0)
		FROM seen_channels AS s
		LEFT JOIN counts AS c ON c.platform = s.platform AND c.workspace = s.workspace AND c.channel = s.id
		WHERE s.at >= ? ORDER BY s.platform, s.workspace, s.id`,
		s.now().Add(-seenAsks).UnixMilli(), since.UnixMilli())
	if err != nil {
		return nil, wrap(doing, err)
	}
	defer func() { _ = rows.Close() }()
	var seen []access.Seen
	for rows.Next() {
		var c access.Seen
		var at int64
		err := rows.Scan(&c.Platform, &c.Workspace, &c.ID, &c.Name, &c.Kind, &c.Shared, &c.Guests, &at, &c.Asked)
		if err != nil {
			return nil, wrap(doing, err)
		}
		c.At = time.UnixMilli(at).UTC()
		seen = append(seen, c)
	}
	return seen, wrap(doing, rows.Err())
}
