package storage

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"insightbot/chat"
)

// storedCall is the stored form of a call; see definition for why it is written
// out.
type storedCall struct {
	Command string    `json:"command"`
	Args    chat.Args `json:"args,omitempty"`
}

// encodeCall writes a call as JSON, the same call always as the same text.
func encodeCall(c chat.Call) (string, error) {
	if c.IsZero() {
		return "", fmt.Errorf("%w: no call", ErrInvalid)
	}
	text, err := json.Marshal(storedCall(c))
	if err != nil {
		return "", fmt.Errorf("storage: call: %w", err)
	}
	return string(text), nil
}

func decodeCall(text string) (chat.Call, error) {
	var c storedCall
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return chat.Call{}, fmt.Errorf("call: %w", err)
	}
	return chat.Call(c), nil
}

// callKey is the key of a call: 26 characters of a hash, so that the same call
// has the same key, and another one's cannot be found by counting.
func callKey(platform, workspace, call string) string {
	h := sha256.New()
	for _, part := range []string{platform, workspace, call} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(h.Sum(nil)[:16]))
}

// KeepCall keeps a call that is too long for a button for 30 days from at, and
// returns the key that the button carries instead. The same call in the same
// workspace has the same key, and is kept 30 days more. It fails with
// ErrInvalid for no call.
func (s *Store) KeepCall(ctx context.Context, platform, workspace string, c chat.Call, at time.Time) (string, error) {
	call, err := encodeCall(c)
	if err != nil {
		return "", err
	}
	key := callKey(platform, workspace, call)
	_, err = s.write.ExecContext(ctx, `
		INSERT INTO kept_calls (platform, workspace, key, call, at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (platform, workspace, key) DO UPDATE SET at = max(at, excluded.at)`,
		platform, workspace, key, call, at.UnixMilli())
	if err != nil {
		return "", wrap("keep call", err)
	}
	return key, nil
}

// KeptCall returns the call of a key, and whether there is one that is not
// older than 30 days. A key is worth nothing in another workspace.
func (s *Store) KeptCall(ctx context.Context, platform, workspace, key string) (chat.Call, bool, error) {
	const doing = "read kept call"
	var call string
	err := s.read.QueryRowContext(ctx, `
		SELECT call FROM kept_calls WHERE platform = ? AND workspace = ? AND key = ? AND at >= ?`,
		platform, workspace, key, s.now().Add(-followUpLife).UnixMilli()).Scan(&call)
	if errors.Is(err, sql.ErrNoRows) {
		return chat.Call{}, false, nil
	}
	if err != nil {
		return chat.Call{}, false, wrap(doing, err)
	}
	c, err := decodeCall(call)
	return c, err == nil, wrap(doing, err)
}
