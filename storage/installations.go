package storage

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"insightbot/chat"
)

// sealKey is the length of the key that seals tokens, in bytes: AES-256.
const sealKey = 32

// newSealer returns what seals tokens under a key; nil for none. Every sealed
// value carries a random nonce of its own.
func newSealer(key []byte) (cipher.AEAD, error) {
	if len(key) == 0 {
		return nil, nil //nolint:nilnil // without a key nothing is sealed, which is found where it is needed
	}
	if len(key) != sealKey {
		return nil, fmt.Errorf("%w: the key that seals tokens has %d bytes, and needs %d", ErrInvalid, len(key), sealKey)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("storage: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("storage: %w", err)
	}
	return aead, nil
}

// The kinds of what is sealed.
const (
	sealedToken   = "token"
	sealedRefresh = "refresh"
)

// sealedFor binds a sealed value to its row and its column, so that it is worth
// nothing in another one. Every part carries its length, so that no text can
// pass from one into the next.
func sealedFor(platform, workspace, kind string) []byte {
	var bound []byte
	for _, part := range []string{platform, workspace, kind} {
		bound = fmt.Appendf(bound, "%d:%s", len(part), part)
	}
	return bound
}

// seal encrypts a secret for one row and column. Nothing stays nothing.
func (s *Store) seal(in chat.Installation, kind string, secret chat.Secret) []byte {
	if secret == "" {
		return []byte{}
	}
	return s.sealer.Seal(nil, nil, []byte(secret.Reveal()), sealedFor(in.Platform, in.Workspace, kind))
}

// unseal decrypts what seal made for the same row and column.
func (s *Store) unseal(in chat.Installation, kind string, sealed []byte) (chat.Secret, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	secret, err := s.sealer.Open(nil, nil, sealed, sealedFor(in.Platform, in.Workspace, kind))
	if err != nil {
		return "", fmt.Errorf("%w: the %s of workspace %q of %s was sealed with another master key, or is not what was written; install the app there again",
			ErrSealed, kind, in.Workspace, in.Platform)
	}
	return chat.Secret(secret), nil
}

func (s *Store) canSeal() error {
	if s.sealer == nil {
		return fmt.Errorf("%w: without the key that seals tokens, no workspace can be installed", ErrNoKey)
	}
	return nil
}

// PutInstallation keeps that a workspace let the bot in, in the place of what
// was kept of it before. Its tokens are sealed under Options.SealKey. Times are
// kept in whole milliseconds.
//
// It fails with ErrNoKey without that key, and with ErrInvalid where the
// platform, the workspace, the token or the time is missing.
func (s *Store) PutInstallation(ctx context.Context, in chat.Installation) error {
	if err := s.canSeal(); err != nil {
		return err
	}
	if in.Platform == "" || in.Workspace == "" || in.Token == "" || in.At.IsZero() {
		return fmt.Errorf("%w: an installation needs a platform, a workspace, a token and a time", ErrInvalid)
	}
	scopes, err := json.Marshal(in.Scopes)
	if err != nil {
		return fmt.Errorf("storage: put installation: %w", err)
	}
	expires := sql.NullInt64{Int64: in.Expires.UnixMilli(), Valid: !in.Expires.IsZero()}
	_, err = s.write.ExecContext(ctx, `
		INSERT INTO installations (platform, workspace, enterprise, name, app, bot, token, refresh, expires, scopes, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (platform, workspace) DO UPDATE SET
			enterprise = excluded.enterprise, name = excluded.name, app = excluded.app, bot = excluded.bot, token = excluded.token,
			refresh = excluded.refresh, expires = excluded.expires, scopes = excluded.scopes, at = excluded.at`,
		in.Platform, in.Workspace, in.Enterprise, in.Name, in.App, in.Bot,
		s.seal(in, sealedToken, in.Token), s.seal(in, sealedRefresh, in.Refresh), expires, string(scopes), in.At.UnixMilli())
	return wrap("put installation", err)
}

// Installations returns the workspaces of a platform that let the bot in, in
// the order of their ids. It fails with ErrNoKey without Options.SealKey, and
// with ErrSealed, naming the workspace, where a token was sealed under another
// key, for another workspace, or changed since.
func (s *Store) Installations(ctx context.Context, platform string) ([]chat.Installation, error) {
	const doing = "read installations"
	if err := s.canSeal(); err != nil {
		return nil, err
	}
	rows, err := s.read.QueryContext(ctx, `
		SELECT platform, workspace, enterprise, name, app, bot, token, refresh, expires, scopes, at
		FROM installations WHERE platform = ? ORDER BY workspace`, platform)
	if err != nil {
		return nil, wrap(doing, err)
	}
	defer func() { _ = rows.Close() }()
	var found []chat.Installation
	for rows.Next() {
		in, err := s.scanInstallation(rows)
		if err != nil {
			return nil, wrap(doing, err)
		}
		found = append(found, in)
	}
	return found, wrap(doing, rows.Err())
}

func (s *Store) scanInstallation(rows *sql.Rows) (chat.Installation, error) {
	var in chat.Installation
	var token, refresh, scopes []byte
	var expires sql.NullInt64
	var at int64
	err := rows.Scan(&in.Platform, &in.Workspace, &in.Enterprise, &in.Name, &in.App, &in.Bot, &token, &refresh, &expires, &scopes, &at)
	if err != nil {
		return in, err
	}
	if err := json.Unmarshal(scopes, &in.Scopes); err != nil {
		return in, fmt.Errorf("installation %s/%s: %w", in.Platform, in.Workspace, err)
	}
	if in.Token, err = s.unseal(in, sealedToken, token); err != nil {
		return in, err
	}
	if in.Refresh, err = s.unseal(in, sealedRefresh, refresh); err != nil {
		return in, err
	}
	if expires.Valid {
		in.Expires = time.UnixMilli(expires.Int64).UTC()
	}
	in.At = time.UnixMilli(at).UTC()
	return in, nil
}

// DropInstallation deletes the tokens of a workspace and what is known of its
// installation; it does nothing where there is none. What else is kept of the
// workspace stays: see PurgeWorkspace.
func (s *Store) DropInstallation(ctx context.Context, platform, workspace string) error {
	_, err := s.write.ExecContext(ctx, `DELETE FROM installations WHERE platform = ? AND workspace = ?`, platform, workspace)
	return wrap("drop installation", err)
}
