package storage

import (
	"context"
	"database/sql"

	"insightbot/access"
)

// holderRow is the row of a channel, a person or a group but for its key.
type holderRow struct {
	name, roles string
	approved    bool
}

// writePolicy writes the rows in which two policies differ, and no other: an
// admin's click must not write ten thousand rows.
func writePolicy(ctx context.Context, tx *sql.Tx, before, after access.Policy) error {
	run := func(query string, args ...any) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}
	if err := writeWorkspaces(run, before, after); err != nil {
		return err
	}
	if err := writeRoles(run, before, after); err != nil {
		return err
	}
	err := writeRows(before.Channels, after.Channels,
		func(c access.Channel) access.Key { return c.Key },
		func(c access.Channel) (holderRow, error) { return holderRowOf(c.Name, c.Roles, c.Approved) },
		func(k access.Key, r holderRow) error {
			return run(`
				INSERT INTO access_channels (platform, workspace, id, name, roles, approved) VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET name = excluded.name, roles = excluded.roles, approved = excluded.approved`,
				k.Platform, k.Workspace, k.ID, r.name, r.roles, r.approved)
		},
		func(k access.Key) error {
			return run(`DELETE FROM access_channels WHERE platform = ? AND workspace = ? AND id = ?`, k.Platform, k.Workspace, k.ID)
		})
	if err != nil {
		return err
	}
	err = writeRows(before.People, after.People,
		func(p access.Person) access.Key { return p.Key },
		func(p access.Person) (holderRow, error) { return holderRowOf(p.Name, p.Roles, false) },
		func(k access.Key, r holderRow) error {
			return run(`
				INSERT INTO access_people (platform, workspace, id, name, roles) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET name = excluded.name, roles = excluded.roles`,
				k.Platform, k.Workspace, k.ID, r.name, r.roles)
		},
		func(k access.Key) error {
			return run(`DELETE FROM access_people WHERE platform = ? AND workspace = ? AND id = ?`, k.Platform, k.Workspace, k.ID)
		})
	if err != nil {
		return err
	}
	return writeGroups(run, before, after)
}

// statement runs one statement in a transaction.
type statement func(query string, args ...any) error

func writeWorkspaces(run statement, before, after access.Policy) error {
	return writeRows(before.Workspaces, after.Workspaces,
		func(w access.Workspace) access.Key { return access.Key{Platform: w.Platform, Workspace: w.ID} },
		func(w access.Workspace) (access.Mode, error) { return w.Mode, nil },
		func(k access.Key, m access.Mode) error {
			return run(`
				INSERT INTO access_workspaces (platform, workspace, mode) VALUES (?, ?, ?)
				ON CONFLICT DO UPDATE SET mode = excluded.mode`, k.Platform, k.Workspace, string(m))
		},
		func(k access.Key) error {
			return run(`DELETE FROM access_workspaces WHERE platform = ? AND workspace = ?`, k.Platform, k.Workspace)
		})
}

func writeRoles(run statement, before, after access.Policy) error {
	return writeRows(before.Roles, after.Roles,
		func(r access.Role) string { return r.ID },
		encodeRole,
		func(id, definition string) error {
			return run(`
				INSERT INTO access_roles (id, definition) VALUES (?, ?)
				ON CONFLICT DO UPDATE SET definition = excluded.definition`, id, definition)
		},
		func(id string) error { return run(`DELETE FROM access_roles WHERE id = ?`, id) })
}

// writeGroups writes what gives roles to many: groups and domains.
func writeGroups(run statement, before, after access.Policy) error {
	err := writeRows(before.Groups, after.Groups,
		func(g access.Group) access.Key { return g.Key },
		func(g access.Group) (holderRow, error) { return holderRowOf(g.Name, g.Roles, false) },
		func(k access.Key, r holderRow) error {
			return run(`
				INSERT INTO access_groups (platform, workspace, id, name, roles) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT DO UPDATE SET name = excluded.name, roles = excluded.roles`,
				k.Platform, k.Workspace, k.ID, r.name, r.roles)
		},
		func(k access.Key) error {
			return run(`DELETE FROM access_groups WHERE platform = ? AND workspace = ? AND id = ?`, k.Platform, k.Workspace, k.ID)
		})
	if err != nil {
		return err
	}
	return writeRows(before.Domains, after.Domains,
		func(d access.Domain) string { return d.Name },
		func(d access.Domain) (string, error) { return encodeList(d.Roles) },
		func(name, roles string) error {
			return run(`
				INSERT INTO access_domains (name, roles) VALUES (?, ?)
				ON CONFLICT DO UPDATE SET roles = excluded.roles`, name, roles)
		},
		func(name string) error { return run(`DELETE FROM access_domains WHERE name = ?`, name) })
}

func holderRowOf(name string, roles []string, approved bool) (holderRow, error) {
	list, err := encodeList(roles)
	return holderRow{name, list, approved}, err
}

// writeRows puts the rows that are new or different and drops those that are
// gone.
func writeRows[T any, K, R comparable](before, after []T, key func(T) K, row func(T) (R, error), put func(K, R) error, drop func(K) error) error {
	old := make(map[K]R, len(before))
	for _, item := range before {
		r, err := row(item)
		if err != nil {
			return err
		}
		old[key(item)] = r
	}
	for _, item := range after {
		r, err := row(item)
		if err != nil {
			return err
		}
		k := key(item)
		was, there := old[k]
		delete(old, k)
		if there && was == r {
			continue
		}
		if err := put(k, r); err != nil {
			return err
		}
	}
	for k := range old {
		if err := drop(k); err != nil {
			return err
		}
	}
	return nil
}
