package storage

import (
	"context"
	"database/sql"
	"fmt"

	"insightbot/access"
)

// Policy returns everything that admins decided, as it is at this moment. Its
// lists are in order, as Normalize wrote them.
func (s *Store) Policy(ctx context.Context) (access.Policy, error) {
	var p access.Policy
	err := s.view(ctx, "read policy", func(tx *sql.Tx) (err error) {
		p, err = readPolicy(ctx, tx)
		return err
	})
	if err != nil {
		return access.Policy{}, err
	}
	return p, nil
}

// readPolicy reads the policy in the caller's transaction.
func readPolicy(ctx context.Context, tx *sql.Tx) (access.Policy, error) {
	var p access.Policy
	var err error
	if p.Workspaces, err = readWorkspaces(ctx, tx); err != nil {
		return p, err
	}
	if p.Roles, err = readRoles(ctx, tx, `SELECT id, definition FROM access_roles ORDER BY id`); err != nil {
		return p, err
	}
	err = eachHolder(ctx, tx, `
		SELECT platform, workspace, id, name, roles, approved FROM access_channels ORDER BY 1, 2, 3`,
		func(h holder) { p.Channels = append(p.Channels, access.Channel(h)) })
	if err != nil {
		return p, err
	}
	err = eachHolder(ctx, tx, `
		SELECT platform, workspace, id, name, roles, 0 FROM access_people ORDER BY 1, 2, 3`,
		func(h holder) { p.People = append(p.People, access.Person{Key: h.Key, Name: h.Name, Roles: h.Roles}) })
	if err != nil {
		return p, err
	}
	err = eachHolder(ctx, tx, `
		SELECT platform, workspace, id, name, roles, 0 FROM access_groups ORDER BY 1, 2, 3`,
		func(h holder) { p.Groups = append(p.Groups, access.Group{Key: h.Key, Name: h.Name, Roles: h.Roles}) })
	if err != nil {
		return p, err
	}
	err = eachHolder(ctx, tx, `SELECT '', '', '', name, roles, 0 FROM access_domains ORDER BY name`,
		func(h holder) { p.Domains = append(p.Domains, access.Domain{Name: h.Name, Roles: h.Roles}) })
	return p, err
}

func readWorkspaces(ctx context.Context, tx *sql.Tx) ([]access.Workspace, error) {
	rows, err := tx.QueryContext(ctx, `SELECT platform, workspace, mode FROM access_workspaces ORDER BY 1, 2`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []access.Workspace
	for rows.Next() {
		var w access.Workspace
		if err := rows.Scan(&w.Platform, &w.ID, &w.Mode); err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, rows.Err()
}

// holder is what has roles: a channel, which has every field, or a person, a
// group or a domain.
type holder access.Channel

// eachHolder calls f with every row of a query of all columns.
func eachHolder(ctx context.Context, tx *sql.Tx, query string, f func(holder), args ...any) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var h holder
		var roles string
		if err := rows.Scan(&h.Platform, &h.Workspace, &h.ID, &h.Name, &roles, &h.Approved); err != nil {
			return err
		}
		if h.Roles, err = decodeList(roles); err != nil {
			return fmt.Errorf("roles of %s: %w", h.ID, err)
		}
		f(h)
	}
	return rows.Err()
}
