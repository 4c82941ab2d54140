package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// SaveSourceState keeps what a source has to remember, in place of what it
// remembered before.
func (s *Store) SaveSourceState(ctx context.Context, source string, state []byte) error {
	if source == "" {
		return fmt.Errorf("%w: no source", ErrInvalid)
	}
	if state == nil {
		state = []byte{}
	}
	_, err := s.write.ExecContext(ctx, `
		INSERT INTO source_states (source, state, at) VALUES (?, ?, ?)
		ON CONFLICT (source) DO UPDATE SET state = excluded.state, at = excluded.at`, source, state, s.now().UnixMilli())
	return wrap("save the state of a source", err)
}

// LoadSourceState returns what a source remembered, or nil where that is
// nothing.
func (s *Store) LoadSourceState(ctx context.Context, source string) ([]byte, error) {
	var state []byte
	err := s.read.QueryRowContext(ctx, `SELECT state FROM source_states WHERE source = ?`, source).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return state, wrap("load the state of a source", err)
}
