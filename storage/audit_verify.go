package storage

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// AuditHead is the state of the audit log.
type AuditHead struct {
	Rows int
	// Head names the last row and its hash, "" for an empty log. Noted down
	// outside of this machine it proves later that everything up to it is
	// still as it was, even to somebody who fears for the key.
	Head string
}

// VerifyAudit reads the whole audit log and checks that every row is what was
// written, in its order and without a gap, up to the last one that was written.
// With a head that was noted earlier, it checks as well that this head is in
// the log.
//
// It fails with ErrTampered, which names the first row that is not right; with
// ErrInvalid for a head that is none; with ErrNoKey where the store has no
// audit key. What it cannot find alone is a whole older copy of the file that
// somebody put back: only a noted head does.
func (s *Store) VerifyAudit(ctx context.Context, head string) (AuditHead, error) {
	if len(s.auditKey) == 0 {
		return AuditHead{}, fmt.Errorf("%w: the audit log cannot be verified", ErrNoKey)
	}
	noted, err := parseHead(head)
	if err != nil {
		return AuditHead{}, err
	}
	v := auditCheck{store: s, noted: noted}
	// One transaction, so that nothing is added between the rows and the head.
	err = s.view(ctx, "verify audit log", func(tx *sql.Tx) error {
		err := eachAuditRow(ctx, tx, v.row, `
			SELECT seq, at, ref, actor, action, subject, detail, mac FROM audit ORDER BY seq`)
		if err != nil {
			return err
		}
		return v.end(ctx, tx)
	})
	if err != nil {
		return AuditHead{}, err
	}
	return AuditHead{Rows: int(v.last.seq), Head: headText(v.last)}, nil
}

// auditCheck goes through the log row by row.
type auditCheck struct {
	store *Store
	noted auditRow
	// last is the row before.
	last auditRow
}

// row checks the next row.
func (v *auditCheck) row(r auditRow) error {
	want := v.last.seq + 1
	switch {
	case r.seq > want:
		return tampered(want, "is missing")
	case r.seq < want:
		return tampered(r.seq, "was inserted")
	case !hmac.Equal(r.mac, v.store.rowMAC(v.last.mac, r)):
		return tampered(r.seq, "is not what was written, or it was written with another master key")
	case r.seq == v.noted.seq && !hmac.Equal(r.mac, v.noted.mac):
		return tampered(r.seq, "is not the one that was noted earlier")
	}
	v.last = r
	return nil
}

// end checks that the last row is the last that was written.
func (v *auditCheck) end(ctx context.Context, tx *sql.Tx) error {
	head, err := readHead(ctx, tx)
	if err != nil {
		return err
	}
	var counter int64
	err = tx.QueryRowContext(ctx, `SELECT seq FROM sqlite_sequence WHERE name = 'audit'`).Scan(&counter)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	last := v.last.seq
	switch {
	case last < max(head.seq, counter, v.noted.seq):
		return tampered(last+1, "is missing, and all after it")
	case last > head.seq:
		return tampered(head.seq+1, "was added by something else")
	case counter != last:
		return tampered(last, "is not where the counter of rows stands: rows were put back")
	case !hmac.Equal(head.mac, v.last.mac):
		return tampered(last, "is not the one that was written last")
	}
	if why := v.store.checkHead(head); why != "" {
		return fmt.Errorf("%w: %s", ErrTampered, why)
	}
	return checkStart(ctx, tx, last)
}

// checkStart refuses a log without a row beside rules, because a rule is
// written together with its row.
func checkStart(ctx context.Context, tx *sql.Tx, last int64) error {
	if last > 0 {
		return nil
	}
	var rules bool
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM access_workspaces) OR EXISTS (SELECT 1 FROM access_roles)
			OR EXISTS (SELECT 1 FROM access_channels) OR EXISTS (SELECT 1 FROM access_people)
			OR EXISTS (SELECT 1 FROM access_groups) OR EXISTS (SELECT 1 FROM access_domains)`).Scan(&rules)
	if err == nil && rules {
		return tampered(1, "is missing, and all after it: there are rules beside an empty log")
	}
	return err
}

func tampered(row int64, what string) error {
	return fmt.Errorf("%w: row %d of the audit log %s", ErrTampered, row, what)
}

// headText writes the head as "row:hash".
func headText(r auditRow) string {
	if r.seq == 0 {
		return ""
	}
	return fmt.Sprintf("%d:%x", r.seq, r.mac)
}

// parseHead reads what headText wrote.
func parseHead(text string) (auditRow, error) {
	if text == "" {
		return auditRow{}, nil
	}
	number, hash, _ := strings.Cut(strings.TrimSpace(text), ":")
	seq, err := strconv.ParseInt(number, 10, 64)
	mac, e := hex.DecodeString(hash)
	if err != nil || e != nil || seq < 1 || len(mac) != 32 {
		return auditRow{}, fmt.Errorf("%w: %q is no head of an audit log, such as \"12:\" and 64 digits", ErrInvalid, text)
	}
	return auditRow{seq: seq, mac: mac}, nil
}
