package storage

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"insightbot/access"
	"insightbot/chat"
)

// Rules returns what concerns one person in one place, as it is at this moment:
// exactly what Policy.For would pick, found by index in one transaction.
// Nothing of it is kept, so that a change holds at once, whoever made it.
func (s *Store) Rules(ctx context.Context, u chat.User, p chat.Place) (access.Rules, error) {
	var f ruleFinder
	err := s.view(ctx, "read rules", func(tx *sql.Tx) error {
		f = ruleFinder{tx: tx, names: []string{access.RoleEveryone}}
		return errors.Join(f.place(ctx, p), f.person(ctx, u, p), f.roles(ctx))
	})
	if err != nil {
		// Half of the rules must not be mistaken for all of them.
		return access.Rules{}, err
	}
	return f.rules, nil
}

// ruleFinder collects rules, and the names of the roles in them.
type ruleFinder struct {
	tx    *sql.Tx
	rules access.Rules
	names []string
}

// place reads the mode of the workspace and the mapping of the channel.
func (f *ruleFinder) place(ctx context.Context, p chat.Place) error {
	err := f.tx.QueryRowContext(ctx, `
		SELECT mode FROM access_workspaces WHERE platform = ? AND workspace = ?`, p.Platform, p.Workspace).Scan(&f.rules.Mode)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	c := access.Channel{Key: access.ChannelOf(p)}
	var roles string
	err = f.tx.QueryRowContext(ctx, `
		SELECT name, roles, approved FROM access_channels WHERE platform = ? AND workspace = ? AND id = ?`,
		c.Platform, c.Workspace, c.ID).Scan(&c.Name, &roles, &c.Approved)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	c.Roles, err = decodeList(roles)
	f.rules.Channel, f.rules.Mapped = c, true
	f.names = append(f.names, c.Roles...)
	return err
}

// person reads what the person holds by name, by group and by domain, in that
// order.
func (f *ruleFinder) person(ctx context.Context, u chat.User, p chat.Place) error {
	// A group whose id is no text is none that an admin can have named.
	groups, err := encodeList(slices.DeleteFunc(slices.Clone(u.Groups), func(g string) bool { return !utf8.ValidString(g) }))
	if err != nil {
		return err
	}
	rows, err := f.tx.QueryContext(ctx, `
		SELECT 1, '', roles FROM access_people WHERE platform = ?1 AND workspace = ?2 AND id = ?3 AND ?3 <> ''
		UNION ALL
		SELECT 2, id, roles FROM access_groups WHERE platform = ?1 AND workspace = ?2 AND id IN (SELECT value FROM json_each(?4))
		UNION ALL
		SELECT 3, name, roles FROM access_domains WHERE name = ?5 AND ?5 <> ''
		ORDER BY 1, 2`, p.Platform, p.Workspace, u.ID, groups, u.Domain)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	ways := []access.Via{1: access.ViaName, 2: access.ViaGroup, 3: access.ViaDomain}
	for rows.Next() {
		var way int
		var id, list string
		if err := rows.Scan(&way, &id, &list); err != nil {
			return err
		}
		roles, err := decodeList(list)
		if err != nil {
			return err
		}
		for _, role := range roles {
			f.rules.Held = append(f.rules.Held, access.Holding{Role: role, Via: ways[way], ID: id})
		}
		f.names = append(f.names, roles...)
	}
	return rows.Err()
}

// roles reads the definitions of the roles that were named.
func (f *ruleFinder) roles(ctx context.Context) error {
	names, err := encodeList(f.names)
	if err != nil {
		return err
	}
	f.rules.Roles, err = readRoles(ctx, f.tx, `
		SELECT id, definition FROM access_roles WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id`, names)
	return err
}

// readRoles reads roles in order of their ids, of which everyone is always one.
func readRoles(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]access.Role, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var roles []access.Role
	for rows.Next() {
		var id, definition string
		if err := rows.Scan(&id, &definition); err != nil {
			return nil, err
		}
		r, err := decodeRole(id, definition)
		if err != nil {
			return nil, err
		}
		roles = append(roles, r)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return withEveryone(roles), nil
}

// withEveryone adds the built-in role where no admin changed it yet, and so
// nothing of it is stored.
func withEveryone(roles []access.Role) []access.Role {
	at, stored := slices.BinarySearchFunc(roles, access.RoleEveryone, func(r access.Role, id string) int {
		return strings.Compare(r.ID, id)
	})
	if stored {
		return roles
	}
	return slices.Insert(roles, at, access.Policy{}.Normalize().Roles...)
}
