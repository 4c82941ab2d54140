package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"insightbot/chat"
)

// Accept writes a delivery into the inbox and returns its id. When it returns,
// the delivery outlives a crash and a power cut. Callers that wait at the same
// time share one commit.
//
// A delivery that shares a key with an earlier one of the same platform and
// workspace is that one once more: its id is returned, and false. Of several at
// once exactly one is fresh. Keys are known until ForgetDeliveries.
//
// It fails with ErrInvalid where the platform, the time or the text of a key is
// missing, and with the error of ctx when that ends first. In that last case
// the delivery may have been kept all the same; Pending has it then.
func (s *Store) Accept(ctx context.Context, d chat.Delivery) (id int64, fresh bool, err error) {
	if d.Platform == "" || d.At.IsZero() || slices.Contains(d.Keys, "") {
		return 0, false, fmt.Errorf("%w: a delivery needs a platform and a time, and no key of it is empty", ErrInvalid)
	}
	keys, err := json.Marshal(d.Keys)
	if err != nil {
		return 0, false, fmt.Errorf("storage: accept delivery: %w", err)
	}
	// Whoever gives up may reuse the memory while it is still being written.
	d.Body = append([]byte{}, d.Body...)
	names := make([][]byte, len(d.Keys))
	for i, key := range d.Keys {
		names[i] = deliveryKey(d.Platform, d.Workspace, key)
	}
	var kept struct {
		id    int64
		fresh bool
	}
	err = s.updateTogether(ctx, "accept delivery", func(ctx context.Context, tx *sql.Tx) error {
		var err error
		kept.id, kept.fresh, err = accept(ctx, tx, d, string(keys), names)
		return err
	})
	if err != nil {
		return 0, false, err
	}
	return kept.id, kept.fresh, nil
}

// deliveryKey is the name of a delivery as it is kept.
func deliveryKey(platform, workspace, key string) []byte {
	h := sha256.New()
	for _, part := range []string{platform, workspace, key} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return h.Sum(nil)
}

// accept does it in a transaction.
func accept(ctx context.Context, tx *sql.Tx, d chat.Delivery, keys string, names [][]byte) (id int64, fresh bool, err error) {
	for _, name := range names {
		var earlier int64
		err := tx.QueryRowContext(ctx, `SELECT delivery FROM delivery_keys WHERE key = ?`, name).Scan(&earlier)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return 0, false, err
		}
		if id == 0 || earlier < id {
			id = earlier
		}
	}
	if fresh = id == 0; fresh {
		err := tx.QueryRowContext(ctx, `
			INSERT INTO deliveries (platform, workspace, person, keys, at, body) VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
			d.Platform, d.Workspace, d.Person, keys, d.At.UnixMilli(), d.Body).Scan(&id)
		if err != nil {
			return 0, false, err
		}
	}
	// The other keys of a repetition name the same event from now on.
	for _, name := range names {
		_, err := tx.ExecContext(ctx, `INSERT INTO delivery_keys (key, delivery) VALUES (?, ?) ON CONFLICT DO NOTHING`, name, id)
		if err != nil {
			return 0, false, err
		}
	}
	return id, fresh, nil
}

// BeginSending notes that an answer to a delivery is about to go out. For one
// that is finished it does nothing, as the data of who asked may be erased
// while they are being answered. It fails with ErrInvalid where there is none
// of that id: there is nobody to answer any more.
func (s *Store) BeginSending(ctx context.Context, id int64) error {
	return s.updateTogether(ctx, "begin sending", func(ctx context.Context, tx *sql.Tx) error {
		n, err := affected(tx.ExecContext(ctx, `UPDATE deliveries SET sending = finished_at IS NULL WHERE id = ?`, id))
		if err == nil && n == 0 {
			return fmt.Errorf("%w: there is no delivery %d", ErrInvalid, id)
		}
		return err
	})
}

// finish is how a delivery is finished: all that it says goes, and its row
// stays so that its keys are known. A condition follows.
const finish = `UPDATE deliveries SET person = '', keys = '[]', body = x'', finished_at = ? WHERE finished_at IS NULL AND `

// Finish notes that a delivery is worked off, and erases what it says and whose
// it is. Its keys stay. It does nothing where the delivery is finished or gone.
func (s *Store) Finish(ctx context.Context, id int64) error {
	return s.updateTogether(ctx, "finish delivery", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, finish+`id = ?`, s.now().UnixMilli(), id)
		return err
	})
}

// selectPending reads whole deliveries that are not finished; a condition
// follows.
const selectPending = `
	SELECT id, platform, workspace, person, keys, at, body, sending FROM deliveries WHERE finished_at IS NULL AND `

// Pending returns the first n deliveries of a platform that are not finished
// and have an id greater than after, in the order of their ids. A negative n
// returns all of them.
func (s *Store) Pending(ctx context.Context, platform string, after int64, n int) ([]chat.Delivery, error) {
	found, err := readDeliveries(ctx, s.read, selectPending+`platform = ? AND id > ? ORDER BY id LIMIT ?`, platform, after, n)
	return found, wrap("read inbox", err)
}

func readDeliveries(ctx context.Context, db queryer, query string, args ...any) ([]chat.Delivery, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var found []chat.Delivery
	for rows.Next() {
		var d chat.Delivery
		var keys sql.RawBytes
		var body sql.RawBytes
		var at int64
		if err := rows.Scan(&d.ID, &d.Platform, &d.Workspace, &d.Person, &keys, &at, &body, &d.Sending); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(keys, &d.Keys); err != nil {
			return nil, fmt.Errorf("delivery %d: %w", d.ID, err)
		}
		d.At, d.Body = time.UnixMilli(at).UTC(), bytes.Clone(body)
		found = append(found, d)
	}
	return found, rows.Err()
}

// ForgetDeliveries deletes the deliveries that were finished before a moment,
// after which their keys are not known any more. It returns how many they were.
func (s *Store) ForgetDeliveries(ctx context.Context, before time.Time) (int, error) {
	return s.forget(ctx, "forget deliveries", `
		DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE finished_at < ? LIMIT ?)`, before)
}
