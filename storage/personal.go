package storage

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"insightbot/access"
)

// PersonalData returns everything that is kept of one person, newest asks,
// threads, messages, deliveries and events first. It fails with ErrNoKey where the store cannot tell the hash
// they are known by.
func (s *Store) PersonalData(ctx context.Context, who access.Key) (access.Personal, error) {
	if err := s.checkPerson(who); err != nil {
		return access.Personal{}, err
	}
	hash := s.person(who.Platform, who.Workspace, who.ID)
	var kept access.Personal
	err := s.view(ctx, "read personal data", func(tx *sql.Tx) (err error) {
		if kept.OptOut, err = optOut(ctx, tx, hash); err != nil {
			return err
		}
		err = eachHolder(ctx, tx, `
			SELECT platform, workspace, id, name, roles, 0 FROM access_people WHERE platform = ? AND workspace = ? AND id = ?`,
			func(h holder) { kept.Roles = h.Roles }, who.Platform, who.Workspace, who.ID)
		if err != nil {
			return err
		}
		if kept.Asks, err = recent(ctx, tx, hash, -1); err != nil {
			return err
		}
		if kept.Feedback, err = feedbackOf(ctx, tx, hash); err != nil {
			return err
		}
		if kept.Requests, err = requestsOf(ctx, tx, who); err != nil {
			return err
		}
		if kept.Threads, err = threadsOf(ctx, tx, hash); err != nil {
			return err
		}
		if kept.Shown, err = shownTo(ctx, tx, hash); err != nil {
			return err
		}
		if kept.Posted, err = readPosted(ctx, tx, selectPosted+`WHERE person = ? ORDER BY at DESC, channel, message`, hash); err != nil {
			return err
		}
		kept.Waiting, err = readDeliveries(ctx, tx, selectPending+`platform = ? AND workspace = ? AND person = ? ORDER BY id DESC`,
			who.Platform, who.Workspace, who.ID)
		if err != nil {
			return err
		}
		kept.Events, err = readEvents(ctx, tx, `
			SELECT seq, at, ref, actor, action, subject, detail, mac FROM audit WHERE actor = ? ORDER BY seq DESC`, hash)
		return err
	})
	if err != nil {
		return access.Personal{}, err
	}
	kept.Events = withoutReach(kept.Events)
	return kept, nil
}

func (s *Store) checkPerson(who access.Key) error {
	if s.person == nil {
		return fmt.Errorf("%w: without the key of people's hashes, nobody can be found", ErrNoKey)
	}
	if who.ID == "" {
		return fmt.Errorf("%w: no person", ErrInvalid)
	}
	return nil
}

func feedbackOf(ctx context.Context, db queryer, hash string) ([]access.Feedback, error) {
	rows, err := db.QueryContext(ctx, `
		SELECT f.ref, f.insight, f.kind, f.at FROM asks AS a JOIN feedback AS f ON f.ref = a.ref
		WHERE a.user = ? ORDER BY f.at DESC, f.ref, f.insight`, hash)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []access.Feedback
	for rows.Next() {
		var f access.Feedback
		var at int64
		if err := rows.Scan(&f.Ref, &f.Insight, &f.Kind, &at); err != nil {
			return nil, err
		}
		f.At = time.UnixMilli(at).UTC()
		all = append(all, f)
	}
	return all, rows.Err()
}

// withoutReach hides from a person what they reached for in vain: the log says
// of each whether it exists, which they may not be told.
func withoutReach(events []access.Event) []access.Event {
	for i, e := range events {
		if kind, _, _ := strings.Cut(e.Subject, ":"); e.Action == access.ActionDenied && kind == "insight" {
			events[i].Subject, events[i].Detail = kind, ""
		}
	}
	return events
}

// ErasePerson deletes everything that is kept of one person: what they asked
// and said of answers, the roles they held by name, their requests, choices and
// links to sign in, what they alone were told, which messages are theirs, and
// every call that names them. What they sent and waits to be worked off is
// finished, so that its repetitions are still known. It returns how many rows
// that were, and takes their bytes out of the file and its write-ahead log.
// Roles that go are audited as every change of a rule is; by is the line about
// the erasure itself, about the person where it has no subject. No rule can
// forbid it.
//
// What others sent and waits to be worked off is not looked into: it goes
// within moments by itself, as it is theirs to have done.
//
// The audit log keeps its lines, as nothing that is written there is ever
// removed. They know the person by a keyed hash alone: who has only the
// database cannot link it to anybody any more. Who holds the master key and
// also knows the person's id still could, which is what lets an auditor ask
// about one person, and what the log is kept for. Copies of the database that
// were made before keep what was erased until they are deleted; those that the
// store makes itself end after 35 days.
//
// It fails with ErrBusy, or with another error, when the rows are gone but
// their bytes could not be taken out yet, as a reader held an old state of the
// file; calling it again, or the next Open, finishes the work.
func (s *Store) ErasePerson(ctx context.Context, who access.Key, by access.Event) (int, error) {
	if err := s.checkPerson(who); err != nil {
		return 0, err
	}
	if by.Subject == "" {
		by.Subject = s.personSubject(who)
	}
	if err := s.canAudit(by); err != nil {
		return 0, err
	}
	var n int
	err := s.update(ctx, "erase person", func(tx *sql.Tx) (err error) {
		if n, err = s.dropPerson(ctx, tx, who, by); err != nil {
			return err
		}
		more, err := s.deletePerson(ctx, tx, who, s.person(who.Platform, who.Workspace, who.ID))
		if err != nil {
			return err
		}
		n += more
		if err := s.appendEvents(ctx, tx, by); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO erasing (one) VALUES (1) ON CONFLICT DO NOTHING`)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, s.scrub(ctx)
}

// dropPerson takes the roles that a person holds by name. The policy is not
// checked: a person may go even where that leaves a workspace without an admin.
func (s *Store) dropPerson(ctx context.Context, tx *sql.Tx, who access.Key, by access.Event) (int, error) {
	before, err := readPolicy(ctx, tx)
	if err != nil {
		return 0, err
	}
	after := before
	after.People = slices.DeleteFunc(slices.Clone(before.People), func(p access.Person) bool { return p.Key == who })
	by.Action = access.ActionRule
	_, err = s.replacePolicy(ctx, tx, by, before, after)
	return len(before.People) - len(after.People), err
}

// deletePerson deletes the rows of a person that are no rule.
func (s *Store) deletePerson(ctx context.Context, tx *sql.Tx, who access.Key, hash string) (int, error) {
	total := 0
	run := func(query string, args ...any) error {
		result, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		total += int(n)
		return err
	}
	for _, query := range []string{
		// Their feedback first, so that it is counted and not only cascaded.
		`DELETE FROM feedback WHERE ref IN (SELECT ref FROM asks WHERE user = ?)`,
		`DELETE FROM asks WHERE user = ?`,
		`DELETE FROM preferences WHERE person = ?`,
		`DELETE FROM threads WHERE person = ?`,
		`DELETE FROM shown WHERE person = ?`,
		`DELETE FROM posted WHERE person = ?`,
	} {
		if err := run(query, hash); err != nil {
			return 0, err
		}
	}
	for _, query := range []string{
		`DELETE FROM access_requests WHERE platform = ? AND workspace = ? AND person = ?`,
		`DELETE FROM sign_ins WHERE platform = ? AND workspace = ? AND person = ?`,
		// A call about them can be anybody's, as that which gives them a role.
		`DELETE FROM threads WHERE platform = ? AND workspace = ? AND instr(call, ?) > 0`,
		`DELETE FROM kept_calls WHERE platform = ? AND workspace = ? AND instr(call, ?) > 0`,
	} {
		if err := run(query, who.Platform, who.Workspace, who.ID); err != nil {
			return 0, err
		}
	}
	if err := run(finish+`platform = ? AND workspace = ? AND person = ?`,
		s.now().UnixMilli(), who.Platform, who.Workspace, who.ID); err != nil {
		return 0, err
	}
	_, err := tx.ExecContext(ctx, `UPDATE access_requests SET decided_by = '' WHERE decided_by = ?`, hash)
	return total, err
}

// scrub takes the bytes of what was deleted out of the file. Zeros over a
// deleted row are not enough: SQLite moves rows between pages as they fill and
// leaves what they looked like in the gaps. So the file is written anew, and
// the log with the old pages is emptied.
func (s *Store) scrub(ctx context.Context) error {
	const doing = "rewrite the file after an erasure"
	if _, err := s.write.ExecContext(ctx, `VACUUM`); err != nil {
		return wrap(doing, err)
	}
	if err := checkpoint(ctx, s.write); err != nil {
		return err
	}
	_, err := s.write.ExecContext(ctx, `DELETE FROM erasing`)
	return wrap(doing, err)
}

// finishErasing does what an erasure could not finish, because it was killed
// or somebody was reading. What does not work now is tried again next time.
func (s *Store) finishErasing(ctx context.Context) {
	var pending bool
	err := s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM erasing)`).Scan(&pending)
	if err == nil && pending {
		err = s.scrub(ctx)
	}
	if err != nil {
		s.log.WarnContext(ctx, "storage: the bytes of what was erased could not be taken out of the file yet", "error", err)
	}
}
