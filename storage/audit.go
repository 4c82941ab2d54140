package storage

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"insightbot/access"
)

// exportPage is how many rows of the audit log are read at once, so that a slow
// reader of an export holds no old state of the database.
const exportPage = 500

// auditRow is one row of the audit log.
type auditRow struct {
	seq int64
	// at is in milliseconds since 1970.
	at                                  int64
	ref, actor, action, subject, detail string
	mac                                 []byte
}

// auditHead is where the log ends.
type auditHead struct {
	seq       int64
	mac, seal []byte
}

// RecordEvent appends one event to the audit log. Its time is kept in whole
// milliseconds.
//
// It fails with ErrInvalid where the event lacks its time, actor or action,
// with ErrNoKey where the store has no audit key, and with ErrTampered where
// somebody changed where the log ends: a row more would hide that.
func (s *Store) RecordEvent(ctx context.Context, e access.Event) error {
	return s.update(ctx, "record event", func(tx *sql.Tx) error { return s.appendEvents(ctx, tx, e) })
}

// appendEvents adds events to the log in the caller's transaction, which writes
// the rules they tell of after them: an empty log beside rules is not believed.
func (s *Store) appendEvents(ctx context.Context, tx *sql.Tx, events ...access.Event) error {
	if len(s.auditKey) == 0 {
		return fmt.Errorf("%w: the audit log cannot be written", ErrNoKey)
	}
	if len(events) == 0 {
		return nil
	}
	head, err := readHead(ctx, tx)
	if err != nil {
		return err
	}
	if why := s.checkHead(head); why != "" {
		return fmt.Errorf("%w: %s; nothing was added to it", ErrTampered, why)
	}
	if err := checkStart(ctx, tx, head.seq); err != nil {
		return err
	}
	for _, e := range events {
		if head, err = s.appendEvent(ctx, tx, head, e); err != nil {
			return err
		}
	}
	return nil
}

// appendEvent adds one row after head, and returns the new head.
func (s *Store) appendEvent(ctx context.Context, tx *sql.Tx, head auditHead, e access.Event) (auditHead, error) {
	if err := checkEvent(e); err != nil {
		return auditHead{}, err
	}
	row := auditRow{
		seq: head.seq + 1, at: e.At.UnixMilli(), ref: e.Ref, actor: e.Actor, action: string(e.Action),
		subject: e.Subject, detail: e.Detail,
	}
	row.mac = s.rowMAC(head.mac, row)
	_, err := tx.ExecContext(ctx, `
		INSERT INTO audit (seq, at, ref, actor, action, subject, detail, mac) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		row.seq, row.at, row.ref, row.actor, row.action, row.subject, row.detail, row.mac)
	if err != nil {
		return auditHead{}, err
	}
	next := auditHead{seq: row.seq, mac: row.mac, seal: s.sealMAC(row.seq, row.mac)}
	_, err = tx.ExecContext(ctx, `UPDATE audit_head SET seq = ?, mac = ?, seal = ?`, next.seq, next.mac, next.seal)
	return next, err
}

// checkEvent refuses an event that would not say what happened.
func checkEvent(e access.Event) error {
	if e.At.IsZero() || e.Actor == "" || e.Action == "" {
		return fmt.Errorf("%w: an audit event needs a time, an actor and an action", ErrInvalid)
	}
	return nil
}

// rowMAC is the keyed hash of a row and of the row before it. Every field
// carries its length, so that no text can pass from one into the next.
func (s *Store) rowMAC(previous []byte, r auditRow) []byte {
	mac := hmac.New(sha256.New, s.auditKey)
	mac.Write([]byte("row"))
	var number [8]byte
	for _, n := range []int64{r.seq, r.at} {
		binary.BigEndian.PutUint64(number[:], uint64(n)) //nolint:gosec // its bits are what is hashed
		mac.Write(number[:])
	}
	for _, field := range []string{string(previous), r.ref, r.actor, r.action, r.subject, r.detail} {
		binary.BigEndian.PutUint64(number[:], uint64(len(field)))
		mac.Write(number[:])
		mac.Write([]byte(field))
	}
	return mac.Sum(nil)
}

// sealMAC is the keyed hash of where the log ends. A row's own hash stands in
// the file and could be copied; this one exists for the last row alone.
func (s *Store) sealMAC(seq int64, last []byte) []byte {
	mac := hmac.New(sha256.New, s.auditKey)
	mac.Write([]byte("end"))
	var number [8]byte
	binary.BigEndian.PutUint64(number[:], uint64(seq)) //nolint:gosec // its bits are what is hashed
	mac.Write(number[:])
	mac.Write(last)
	return mac.Sum(nil)
}

// checkHead says what is wrong with the head, or "". The head of a log that
// was never written has no seal.
func (s *Store) checkHead(h auditHead) string {
	if h.seq == 0 && len(h.mac) == 0 && len(h.seal) == 0 {
		return ""
	}
	if !hmac.Equal(h.seal, s.sealMAC(h.seq, h.mac)) {
		return fmt.Sprintf("the end of the audit log, row %d, is not what was written, or it was written with another master key", h.seq)
	}
	return ""
}

func readHead(ctx context.Context, db queryer) (auditHead, error) {
	var h auditHead
	err := db.QueryRowContext(ctx, `SELECT seq, mac, seal FROM audit_head`).Scan(&h.seq, &h.mac, &h.seal)
	if err == sql.ErrNoRows { //nolint:errorlint // Scan returns it as it is
		return h, fmt.Errorf("%w: the record of where the audit log ends was removed", ErrTampered)
	}
	return h, err
}

// Events returns the last n events, newest first. A negative n returns all.
func (s *Store) Events(ctx context.Context, n int) ([]access.Event, error) {
	return readEvents(ctx, s.read, `
		SELECT seq, at, ref, actor, action, subject, detail, mac FROM audit ORDER BY seq DESC LIMIT ?`, n)
}

// readEvents reads audit rows as events.
func readEvents(ctx context.Context, db queryer, query string, args ...any) ([]access.Event, error) {
	var events []access.Event
	err := eachAuditRow(ctx, db, func(r auditRow) error {
		events = append(events, access.Event{
			At: time.UnixMilli(r.at).UTC(), Ref: r.ref, Actor: r.actor, Action: access.Action(r.action),
			Subject: r.subject, Detail: r.detail,
		})
		return nil
	}, query, args...)
	return events, wrap("read audit log", err)
}

// eachAuditRow calls f with every row that a query of all columns finds.
func eachAuditRow(ctx context.Context, db queryer, f func(auditRow) error, query string, args ...any) error {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var r auditRow
		if err := rows.Scan(&r.seq, &r.at, &r.ref, &r.actor, &r.action, &r.subject, &r.detail, &r.mac); err != nil {
			return err
		}
		if err := f(r); err != nil {
			return err
		}
	}
	return rows.Err()
}

// auditLine is a row of the audit log as it is exported. Hash covers the line
// and Previous, under a key that is not in the database.
type auditLine struct {
	Seq      int64     `json:"seq"`
	At       time.Time `json:"at"`
	Ref      string    `json:"ref"`
	Actor    string    `json:"actor"`
	Action   string    `json:"action"`
	Subject  string    `json:"subject"`
	Detail   string    `json:"detail"`
	Previous string    `json:"previous"`
	Hash     string    `json:"hash"`
}

// ExportAudit writes the audit log to w, oldest first, as one JSON object to a
// line. It proves nothing by itself: VerifyAudit does.
func (s *Store) ExportAudit(ctx context.Context, w io.Writer) error {
	out := json.NewEncoder(w)
	previous, last := "", int64(-1<<63)
	for {
		n := 0
		err := eachAuditRow(ctx, s.read, func(r auditRow) error {
			n++
			line := auditLine{
				Seq: r.seq, At: time.UnixMilli(r.at).UTC(), Ref: r.ref, Actor: r.actor, Action: r.action,
				Subject: r.subject, Detail: r.detail, Previous: previous, Hash: hex.EncodeToString(r.mac),
			}
			previous, last = line.Hash, r.seq
			return out.Encode(line)
		}, `
			SELECT seq, at, ref, actor, action, subject, detail, mac FROM audit
			WHERE seq > ? ORDER BY seq LIMIT ?`, last, exportPage)
		if err != nil || n < exportPage {
			return wrap("export audit log", err)
		}
	}
}
