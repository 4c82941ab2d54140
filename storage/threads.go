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

// PutThread keeps what was last said in a thread, or in a place without one:
// what everybody there could read when user is "", else what that one person
// alone was told. It never replaces something later. A person is kept as their
// keyed hash.
//
// It fails with ErrInvalid for no call, no time and no platform, and with
// ErrNoKey for a person where the store cannot tell their hash.
func (s *Store) PutThread(ctx context.Context, p chat.Place, user string, c chat.Call, at time.Time) error {
	if p.Platform == "" || at.IsZero() {
		return fmt.Errorf("%w: a thread needs a platform and a time", ErrInvalid)
	}
	call, err := encodeCall(c)
	if err != nil {
		return err
	}
	person, err := s.hashed(p.Platform, p.Workspace, user)
	if err != nil {
		return err
	}
	_, err = s.write.ExecContext(ctx, `
		INSERT INTO threads (platform, workspace, channel, thread, person, call, at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (platform, workspace, channel, thread, person) DO UPDATE SET call = excluded.call, at = excluded.at
		WHERE excluded.at >= at`,
		p.Platform, p.Workspace, p.Channel, p.Thread, person, call, at.UnixMilli())
	return wrap("put thread", err)
}

// Thread returns what a follow-up of a person goes on from: the later of what
// everybody in the thread could read and what they alone were told there, and
// theirs where both are of the same moment. It is the zero Call where there is
// neither, or both are older than 30 days.
func (s *Store) Thread(ctx context.Context, p chat.Place, user string) (chat.Call, error) {
	const doing = "read thread"
	person, err := s.hashed(p.Platform, p.Workspace, user)
	if err != nil {
		return chat.Call{}, err
	}
	var call string
	err = s.read.QueryRowContext(ctx, `
		SELECT call FROM threads
		WHERE platform = ? AND workspace = ? AND channel = ? AND thread = ? AND person IN ('', ?) AND at >= ?
		ORDER BY at DESC, person DESC LIMIT 1`,
		p.Platform, p.Workspace, p.Channel, p.Thread, person, s.now().Add(-followUpLife).UnixMilli()).Scan(&call)
	if errors.Is(err, sql.ErrNoRows) {
		return chat.Call{}, nil
	}
	if err != nil {
		return chat.Call{}, wrap(doing, err)
	}
	c, err := decodeCall(call)
	return c, wrap(doing, err)
}

// hashed is the keyed hash of a person, and "" for nobody.
func (s *Store) hashed(platform, workspace, user string) (string, error) {
	if user == "" {
		return "", nil
	}
	if err := s.checkPerson(access.Key{Platform: platform, Workspace: workspace, ID: user}); err != nil {
		return "", err
	}
	return s.person(platform, workspace, user), nil
}

// threadsOf reads what one person alone was told.
func threadsOf(ctx context.Context, db queryer, hash string) ([]access.Thread, error) {
	rows, err := db.QueryContext(ctx, `
		SELECT channel, thread, call, at FROM threads WHERE person = ? ORDER BY at DESC, channel, thread`, hash)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var found []access.Thread
	for rows.Next() {
		var t access.Thread
		var call string
		var at int64
		if err := rows.Scan(&t.Channel, &t.Thread, &call, &at); err != nil {
			return nil, err
		}
		if t.Call, err = decodeCall(call); err != nil {
			return nil, err
		}
		t.At = time.UnixMilli(at).UTC()
		found = append(found, t)
	}
	return found, rows.Err()
}
