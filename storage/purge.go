package storage

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"insightbot/access"
)

// PurgeWorkspace deletes everything that is kept of one workspace: its tokens,
// what was asked there and said of answers, the inbox, threads, messages and
// calls, requests, channels, links to sign in, what people there chose for
// themselves, and the rules about it. It takes their bytes out of the file and
// its write-ahead log. Rules that go are audited as every change of a rule is;
// by is the line about the purge itself, about the workspace where it has no
// subject. Where nothing is kept it does nothing and adds no line, so that it
// may be done again.
//
// The audit log keeps its lines; see ErasePerson for what they say. Roles and
// domains are no workspace's and stay. So does the choice of somebody to be
// left out who left no other trace there: nobody can tell by a keyed hash where
// they are from.
//
// It fails with ErrInvalid for no workspace and with ErrNoKey where nothing can
// be audited. It fails with ErrBusy, or with another error, when the rows are
// gone but their bytes could not be taken out yet; calling it again, or the
// next Open, finishes the work.
func (s *Store) PurgeWorkspace(ctx context.Context, platform, workspace string, by access.Event) error {
	if platform == "" || workspace == "" {
		return fmt.Errorf("%w: no workspace", ErrInvalid)
	}
	if err := s.canAudit(by); err != nil {
		return err
	}
	by.Subject = cmp.Or(by.Subject, "workspace:"+platform+"/"+workspace)
	by.Detail = cmp.Or(by.Detail, "purged")
	var unfinished bool
	err := s.update(ctx, "purge workspace", func(tx *sql.Tx) error {
		total := 0
		for _, drop := range []func(ctx context.Context, tx *sql.Tx, platform, workspace string, by access.Event) (int, error){
			s.dropWorkspacePreferences, s.dropWorkspaceRules, s.dropWorkspaceRows,
		} {
			n, err := drop(ctx, tx, platform, workspace, by)
			if err != nil {
				return err
			}
			total += n
		}
		if total > 0 {
			if err := s.appendEvents(ctx, tx, by); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO erasing (one) VALUES (1) ON CONFLICT DO NOTHING`); err != nil {
				return err
			}
		}
		return tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM erasing)`).Scan(&unfinished)
	})
	if err != nil || !unfinished {
		return err
	}
	return s.scrub(ctx)
}

// dropWorkspaceRules deletes the rules about a workspace, and returns how many
// rows they were.
func (s *Store) dropWorkspaceRules(ctx context.Context, tx *sql.Tx, platform, workspace string, by access.Event) (int, error) {
	before, err := readPolicy(ctx, tx)
	if err != nil {
		return 0, err
	}
	after := clonePolicy(before)
	there := func(k access.Key) bool { return k.Platform == platform && k.Workspace == workspace }
	after.Workspaces = slices.DeleteFunc(after.Workspaces, func(w access.Workspace) bool { return w.Platform == platform && w.ID == workspace })
	after.Channels = slices.DeleteFunc(after.Channels, func(c access.Channel) bool { return there(c.Key) })
	after.People = slices.DeleteFunc(after.People, func(p access.Person) bool { return there(p.Key) })
	after.Groups = slices.DeleteFunc(after.Groups, func(g access.Group) bool { return there(g.Key) })
	by.Action, by.Subject, by.Detail = access.ActionRule, "", ""
	_, err = s.replacePolicy(ctx, tx, by, before, after)
	rows := func(p access.Policy) int { return len(p.Workspaces) + len(p.Channels) + len(p.People) + len(p.Groups) }
	return rows(before) - rows(after), err
}

// dropWorkspaceRows deletes the rows of a workspace that are no rule, and
// returns how many they were, without those that go along with another one.
func (s *Store) dropWorkspaceRows(ctx context.Context, tx *sql.Tx, platform, workspace string, _ access.Event) (int, error) {
	total := 0
	for _, query := range []string{
		`DELETE FROM installations WHERE platform = ? AND workspace = ?`,
		`DELETE FROM deliveries WHERE platform = ? AND workspace = ?`,
		`DELETE FROM threads WHERE platform = ? AND workspace = ?`,
		`DELETE FROM shown WHERE platform = ? AND workspace = ?`,
		`DELETE FROM posted WHERE platform = ? AND workspace = ?`,
		`DELETE FROM kept_calls WHERE platform = ? AND workspace = ?`,
		`DELETE FROM asks WHERE platform = ? AND workspace = ?`,
		`DELETE FROM access_requests WHERE platform = ? AND workspace = ?`,
		`DELETE FROM seen_channels WHERE platform = ? AND workspace = ?`,
		`DELETE FROM sign_ins WHERE platform = ? AND workspace = ?`,
	} {
		n, err := affected(tx.ExecContext(ctx, query, platform, workspace))
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// dropWorkspacePreferences deletes the choices of those of whom there is
// another trace in a workspace. It comes before that trace goes.
func (s *Store) dropWorkspacePreferences(ctx context.Context, tx *sql.Tx, platform, workspace string, _ access.Event) (int, error) {
	total, err := affected(tx.ExecContext(ctx, `
		DELETE FROM preferences WHERE person IN (
			SELECT user FROM asks WHERE platform = ?1 AND workspace = ?2
			UNION SELECT person FROM threads WHERE platform = ?1 AND workspace = ?2
			UNION SELECT person FROM posted WHERE platform = ?1 AND workspace = ?2)`, platform, workspace))
	if err != nil {
		return 0, err
	}
	ids, err := readStrings(ctx, tx, `
		SELECT id FROM access_people WHERE platform = ?1 AND workspace = ?2
		UNION SELECT person FROM access_requests WHERE platform = ?1 AND workspace = ?2
		UNION SELECT person FROM sign_ins WHERE platform = ?1 AND workspace = ?2
		UNION SELECT person FROM deliveries WHERE platform = ?1 AND workspace = ?2`, platform, workspace)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		n, err := affected(tx.ExecContext(ctx, `DELETE FROM preferences WHERE person = ?`, s.person(platform, workspace, id)))
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// affected is how many rows a statement changed.
func affected(result sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

func readStrings(ctx context.Context, db queryer, query string, args ...any) ([]string, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var found []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, rows.Err()
}
