package storage

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"insightbot/access"
)

// selectRequests reads whole requests; a condition follows.
const selectRequests = `
	SELECT id, at, platform, workspace, person, person_name, channel, channel_name, direct, state,
		coalesce(decided_at, 0), decided_by, role_given
	FROM access_requests `

// OpenRequest keeps somebody's wish for access and returns it with its id. They
// have one open request for each channel, and one for themselves in each place;
// where there is one already, that one is returned, and false.
//
// It fails with ErrInvalid where the request lacks its time or its person, or
// asks for a channel of another workspace.
func (s *Store) OpenRequest(ctx context.Context, r access.Request) (access.Request, bool, error) {
	const doing = "open request"
	if r.At.IsZero() || r.Who.ID == "" {
		return access.Request{}, false, fmt.Errorf("%w: a request needs a time and a person", ErrInvalid)
	}
	if r.Channel != (access.Key{}) && (r.Channel.Platform != r.Who.Platform || r.Channel.Workspace != r.Who.Workspace) {
		return access.Request{}, false, fmt.Errorf("%w: a request for a channel of another workspace", ErrInvalid)
	}
	var fresh bool
	err := s.update(ctx, doing, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `
			INSERT INTO access_requests (at, platform, workspace, person, person_name, channel, channel_name, direct, state)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open') ON CONFLICT DO NOTHING`,
			r.At.UnixMilli(), r.Who.Platform, r.Who.Workspace, r.Who.ID, r.WhoName, r.Channel.ID, r.ChannelName, r.Direct)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return err
		}
		fresh = n > 0
		found, err := readRequests(ctx, tx, selectRequests+`
			WHERE platform = ? AND workspace = ? AND person = ? AND channel = ? AND direct = ? AND state = 'open'`,
			r.Who.Platform, r.Who.Workspace, r.Who.ID, r.Channel.ID, r.Direct)
		if err != nil {
			return err
		}
		r = found[0]
		return nil
	})
	if err != nil {
		return access.Request{}, false, err
	}
	return r, fresh, nil
}

// Requests returns the requests in one state, of all workspaces, oldest first.
func (s *Store) Requests(ctx context.Context, state access.RequestState) ([]access.Request, error) {
	found, err := readRequests(ctx, s.read, selectRequests+`WHERE state = ? ORDER BY id`, string(state))
	return found, wrap("read requests", err)
}

// DecideRequest says yes or no to a request, changes the policy as change says
// (nil changes nothing), and keeps that role was given, all in one transaction.
// The audit log gets a line for each difference of the rules, and one for the
// decision itself: by, with the request as its subject and the outcome as its
// detail where it has none.
//
// It fails with ErrDecided where the request was decided already, and with
// ErrInvalid where there is none; else as ChangePolicy. Nothing has changed
// then.
func (s *Store) DecideRequest(ctx context.Context, id int64, by access.Event, state access.RequestState, role string,
	change func(*access.Policy, access.Request) error,
) (access.Request, []access.Change, error) {
	if err := s.canAudit(by); err != nil {
		return access.Request{}, nil, err
	}
	if state != access.RequestApproved && state != access.RequestDenied {
		return access.Request{}, nil, fmt.Errorf("%w: a request cannot be decided to %q", ErrInvalid, state)
	}
	var r access.Request
	var changes []access.Change
	err := s.update(ctx, "decide request", func(tx *sql.Tx) (err error) {
		if r, err = openRequest(ctx, tx, id); err != nil {
			return err
		}
		if change != nil {
			rule := by
			rule.Action = access.ActionRule
			changes, err = s.changePolicy(ctx, tx, rule, func(p *access.Policy) error { return change(p, r) })
			if err != nil {
				return err
			}
		}
		r.State, r.DecidedAt, r.DecidedBy, r.RoleGiven = state, time.UnixMilli(by.At.UnixMilli()).UTC(), by.Actor, role
		_, err = tx.ExecContext(ctx, `
			UPDATE access_requests SET state = ?, decided_at = ?, decided_by = ?, role_given = ? WHERE id = ?`,
			string(state), by.At.UnixMilli(), by.Actor, role, id)
		if err != nil {
			return err
		}
		return s.appendEvents(ctx, tx, decision(by, r))
	})
	if err != nil {
		return access.Request{}, nil, err
	}
	return r, changes, nil
}

// decision is the audit line of a decided request.
func decision(by access.Event, r access.Request) access.Event {
	if by.Subject == "" {
		by.Subject = fmt.Sprintf("request:%d", r.ID)
	}
	if by.Detail == "" {
		by.Detail = string(r.State)
		if r.RoleGiven != "" {
			by.Detail += " with the role " + r.RoleGiven
		}
	}
	return by
}

// openRequest reads a request that waits to be decided.
func openRequest(ctx context.Context, tx *sql.Tx, id int64) (access.Request, error) {
	found, err := readRequests(ctx, tx, selectRequests+`WHERE id = ?`, id)
	switch {
	case err != nil:
		return access.Request{}, err
	case len(found) == 0:
		return access.Request{}, fmt.Errorf("%w: there is no request %d", ErrInvalid, id)
	case found[0].State != access.RequestOpen:
		return access.Request{}, fmt.Errorf("%w: request %d was %s", ErrDecided, id, found[0].State)
	}
	return found[0], nil
}

// requestsOf reads what one person asked for.
func requestsOf(ctx context.Context, db queryer, who access.Key) ([]access.Request, error) {
	return readRequests(ctx, db, selectRequests+`WHERE platform = ? AND workspace = ? AND person = ? ORDER BY id`,
		who.Platform, who.Workspace, who.ID)
}

func readRequests(ctx context.Context, db queryer, query string, args ...any) ([]access.Request, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var found []access.Request
	for rows.Next() {
		var r access.Request
		var at, decidedAt int64
		err := rows.Scan(&r.ID, &at, &r.Who.Platform, &r.Who.Workspace, &r.Who.ID, &r.WhoName, &r.Channel.ID, &r.ChannelName,
			&r.Direct, &r.State, &decidedAt, &r.DecidedBy, &r.RoleGiven)
		if err != nil {
			return nil, err
		}
		r.At = time.UnixMilli(at).UTC()
		if r.Channel.ID != "" {
			r.Channel.Platform, r.Channel.Workspace = r.Who.Platform, r.Who.Workspace
		}
		if r.State != access.RequestOpen {
			r.DecidedAt = time.UnixMilli(decidedAt).UTC()
		}
		found = append(found, r)
	}
	return found, rows.Err()
}
