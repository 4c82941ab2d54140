package storage

import (
	"context"
	"fmt"
	"time"
)

// OptOut reports whether a person, named by the keyed hash of the ask log, is
// left out of what colleagues are shown of each other's use.
func (s *Store) OptOut(ctx context.Context, person string) (bool, error) {
	return optOut(ctx, s.read, person)
}

func optOut(ctx context.Context, db queryer, person string) (bool, error) {
	var out bool
	err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM preferences WHERE person = ?)`, person).Scan(&out)
	return out, wrap("read preference", err)
}

// SetOptOut leaves a person out, or lets them in again, after which nothing of
// the choice is kept. It holds for what they asked before as well.
func (s *Store) SetOptOut(ctx context.Context, person string, out bool, at time.Time) error {
	if person == "" {
		return fmt.Errorf("%w: a preference needs a person", ErrInvalid)
	}
	if !out {
		_, err := s.write.ExecContext(ctx, `DELETE FROM preferences WHERE person = ?`, person)
		return wrap("set preference", err)
	}
	_, err := s.write.ExecContext(ctx,
		`INSERT INTO preferences (person, opt_out, at) VALUES (?, 1, ?) ON CONFLICT (person) DO NOTHING`, person, at.UnixMilli())
	return wrap("set preference", err)
}
