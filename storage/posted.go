package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"insightbot/chat"
)

// selectPosted reads whole messages; a condition follows.
const selectPosted = `SELECT platform, workspace, channel, message, thread, ref, files, at FROM posted `

// PutPosted keeps that a message of the bot is there, and whose it is, for 180
// days. Who asked is kept as their keyed hash.
//
// It fails with ErrInvalid where the platform, the channel, the message or the
// time is missing, and with ErrNoKey for a person where the store cannot tell
// their hash.
func (s *Store) PutPosted(ctx context.Context, p chat.Posted) error {
	if p.Platform == "" || p.Channel == "" || p.Message == "" || p.At.IsZero() {
		return fmt.Errorf("%w: a posted message needs a platform, a channel, an id and a time", ErrInvalid)
	}
	person, err := s.hashed(p.Platform, p.Workspace, p.User)
	if err != nil {
		return err
	}
	files, err := json.Marshal(p.Files)
	if err != nil {
		return fmt.Errorf("storage: put posted: %w", err)
	}
	_, err = s.write.ExecContext(ctx, `
		INSERT INTO posted (platform, workspace, channel, message, thread, person, ref, files, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (platform, workspace, channel, message) DO UPDATE SET
			thread = excluded.thread, person = excluded.person, ref = excluded.ref, files = excluded.files, at = excluded.at`,
		p.Platform, p.Workspace, p.Channel, p.Message, p.Thread, person, p.Ref, string(files), p.At.UnixMilli())
	return wrap("put posted", err)
}

// Posted returns a message of the bot, without its user, and whether it is
// known.
func (s *Store) Posted(ctx context.Context, platform, workspace, channel, message string) (chat.Posted, bool, error) {
	return s.onePosted(ctx, selectPosted+`WHERE platform = ? AND workspace = ? AND channel = ? AND message = ?`,
		platform, workspace, channel, message)
}

// PostedBy returns a message of the bot, without its user, and whether it is
// known and was posted for that person. One of somebody else's is not told
// apart from one that is not there. It fails with ErrNoKey where the store
// cannot tell a person's hash.
func (s *Store) PostedBy(ctx context.Context, platform, workspace, channel, message, user string) (chat.Posted, bool, error) {
	person, err := s.hashed(platform, workspace, user)
	if err != nil || person == "" {
		return chat.Posted{}, false, err
	}
	return s.onePosted(ctx, selectPosted+`WHERE platform = ? AND workspace = ? AND channel = ? AND message = ? AND person = ?`,
		platform, workspace, channel, message, person)
}

func (s *Store) onePosted(ctx context.Context, query string, args ...any) (chat.Posted, bool, error) {
	found, err := readPosted(ctx, s.read, query, args...)
	if err != nil || len(found) == 0 {
		return chat.Posted{}, false, wrap("read posted", err)
	}
	return found[0], true, nil
}

func readPosted(ctx context.Context, db queryer, query string, args ...any) ([]chat.Posted, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var found []chat.Posted
	for rows.Next() {
		var p chat.Posted
		var files []byte
		var at int64
		if err := rows.Scan(&p.Platform, &p.Workspace, &p.Channel, &p.Message, &p.Thread, &p.Ref, &files, &at); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(files, &p.Files); err != nil {
			return nil, fmt.Errorf("files of a message: %w", err)
		}
		p.At = time.UnixMilli(at).UTC()
		found = append(found, p)
	}
	return found, rows.Err()
}

// DropPosted forgets a message of the bot; it does nothing where it is not
// known.
func (s *Store) DropPosted(ctx context.Context, platform, workspace, channel, message string) error {
	_, err := s.write.ExecContext(ctx,
		`DELETE FROM posted WHERE platform = ? AND workspace = ? AND channel = ? AND message = ?`, platform, workspace, channel, message)
	return wrap("drop posted", err)
}
