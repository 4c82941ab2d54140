package storage

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"insightbot/chat"
)

// The stored forms of who signs in, and from where; see definition for why
// they are written out.
type (
	storedUser struct {
		ID       string    `json:"id"`
		Name     string    `json:"name,omitempty"`
		Title    string    `json:"title,omitempty"`
		Guest    chat.Fact `json:"guest,omitempty"`
		External chat.Fact `json:"external,omitempty"`
		Admin    chat.Fact `json:"admin,omitempty"`
		Groups   []string  `json:"groups,omitempty"`
		Domain   string    `json:"domain,omitempty"`
		Locale   string    `json:"locale,omitempty"`
		Zone     string    `json:"zone,omitempty"`
	}
	storedPlace struct {
		Platform  string         `json:"platform"`
		Workspace string         `json:"workspace"`
		Channel   string         `json:"channel,omitempty"`
		Thread    string         `json:"thread,omitempty"`
		Name      string         `json:"name,omitempty"`
		Kind      chat.PlaceKind `json:"kind"`
		Audience  chat.Audience  `json:"audience"`
	}
)

// MakeSignIn makes a link to the web console for somebody who is known in a
// place, and returns its token, which works once and until expires. The token
// is a secret of 130 random bits; only its SHA-256 is kept.
func (s *Store) MakeSignIn(ctx context.Context, u chat.User, p chat.Place, expires time.Time) (token string, err error) {
	if u.ID == "" || p.Platform == "" {
		return "", fmt.Errorf("%w: a sign-in needs a person and a platform", ErrInvalid)
	}
	user, err := json.Marshal(storedUser(u))
	if err != nil {
		return "", fmt.Errorf("storage: make sign-in: %w", err)
	}
	place, err := json.Marshal(storedPlace(p))
	if err != nil {
		return "", fmt.Errorf("storage: make sign-in: %w", err)
	}
	token = rand.Text()
	hash := sha256.Sum256([]byte(token))
	err = s.update(ctx, "make sign-in", func(tx *sql.Tx) error {
		if err := dropExpired(ctx, tx, s.now()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO sign_ins (token, platform, workspace, person, user, place, expires) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			hash[:], p.Platform, p.Workspace, u.ID, string(user), string(place), expires.UnixMilli())
		return err
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// RedeemSignIn tells who a token signs in, and from where, and ends it. It
// fails with ErrSignIn for a token that was used, has expired by at, or never
// was; the three are not told apart.
func (s *Store) RedeemSignIn(ctx context.Context, token string, at time.Time) (chat.User, chat.Place, error) {
	const doing = "redeem sign-in"
	hash := sha256.Sum256([]byte(token))
	var user, place string
	var found bool
	// Guessing must not keep the one writer busy, so it is looked for first.
	err := s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sign_ins WHERE token = ?)`, hash[:]).Scan(&found)
	if err != nil {
		return chat.User{}, chat.Place{}, wrap(doing, err)
	}
	if !found {
		return chat.User{}, chat.Place{}, ErrSignIn
	}
	err = s.update(ctx, doing, func(tx *sql.Tx) error {
		if err := dropExpired(ctx, tx, at); err != nil {
			return err
		}
		err := tx.QueryRowContext(ctx, `DELETE FROM sign_ins WHERE token = ? RETURNING user, place`, hash[:]).Scan(&user, &place)
		found = err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil // what expired must go all the same
		}
		return err
	})
	if err != nil {
		return chat.User{}, chat.Place{}, err
	}
	if !found {
		return chat.User{}, chat.Place{}, ErrSignIn
	}
	var u storedUser
	var p storedPlace
	if err := errors.Join(json.Unmarshal([]byte(user), &u), json.Unmarshal([]byte(place), &p)); err != nil {
		return chat.User{}, chat.Place{}, wrap(doing, err)
	}
	return chat.User(u), chat.Place(p), nil
}

// dropExpired deletes the links that do not work any more.
func dropExpired(ctx context.Context, tx *sql.Tx, at time.Time) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM sign_ins WHERE expires <= ?`, at.UnixMilli())
	return err
}
