package storage

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"insightbot/access"
)

// ChangePolicy is the one way to change the rules. In one transaction it reads
// the policy, lets change work on a copy of it, checks the result, writes the
// rows that differ, and appends one line to the audit log for each difference:
// by, with the subject and the words of the change. It returns the differences,
// none where nothing changed.
//
// An error of change, or of Policy.Check, comes back wrapped, and nothing has
// changed then. Change must not use the store: it holds the only writer.
func (s *Store) ChangePolicy(ctx context.Context, by access.Event, change func(*access.Policy) error) ([]access.Change, error) {
	if err := s.canAudit(by); err != nil {
		return nil, err
	}
	var changes []access.Change
	err := s.update(ctx, "change policy", func(tx *sql.Tx) (err error) {
		changes, err = s.changePolicy(ctx, tx, by, change)
		return err
	})
	if err != nil {
		return nil, err
	}
	return changes, nil
}

// canAudit refuses early what could not be audited.
func (s *Store) canAudit(by access.Event) error {
	if len(s.auditKey) == 0 || s.person == nil {
		return fmt.Errorf("%w: without the keys of the audit log and of people's hashes, rules cannot be changed", ErrNoKey)
	}
	return checkEvent(by)
}

// changePolicy does it in the caller's transaction.
func (s *Store) changePolicy(ctx context.Context, tx *sql.Tx, by access.Event, change func(*access.Policy) error) ([]access.Change, error) {
	before, err := readPolicy(ctx, tx)
	if err != nil {
		return nil, err
	}
	after := clonePolicy(before)
	if err := change(&after); err != nil {
		return nil, err
	}
	after = after.Normalize()
	if err := after.Check(); err != nil {
		return nil, err
	}
	return s.replacePolicy(ctx, tx, by, before, after)
}

// replacePolicy writes the audit lines and the rows in which two policies
// differ, the lines first.
func (s *Store) replacePolicy(ctx context.Context, tx *sql.Tx, by access.Event, before, after access.Policy) ([]access.Change, error) {
	changes := access.Diff(before, after)
	events := make([]access.Event, len(changes))
	for i, c := range changes {
		e := by
		e.Subject, e.Detail = c.Subject, c.Text
		if c.Subject == "" {
			e.Subject = s.personSubject(c.Person)
		}
		events[i] = e
	}
	if err := s.appendEvents(ctx, tx, events...); err != nil {
		return nil, err
	}
	return changes, writePolicy(ctx, tx, before, after)
}

// personSubject is a person as the subject of an audit line.
func (s *Store) personSubject(k access.Key) string {
	return "person:" + s.person(k.Platform, k.Workspace, k.ID)
}

// clonePolicy copies a policy so that nothing in it is shared.
func clonePolicy(p access.Policy) access.Policy {
	p.Workspaces = slices.Clone(p.Workspaces)
	p.Roles, p.Channels, p.People = slices.Clone(p.Roles), slices.Clone(p.Channels), slices.Clone(p.People)
	p.Groups, p.Domains = slices.Clone(p.Groups), slices.Clone(p.Domains)
	for i := range p.Roles {
		r := &p.Roles[i]
		r.Tags, r.Sources, r.Insights = slices.Clone(r.Tags), slices.Clone(r.Sources), slices.Clone(r.Insights)
		r.Abilities, r.Masks, r.Unmask = slices.Clone(r.Abilities), slices.Clone(r.Masks), slices.Clone(r.Unmask)
		r.Attributes = maps.Clone(r.Attributes)
		for name, values := range r.Attributes {
			r.Attributes[name] = slices.Clone(values)
		}
	}
	for i := range p.Channels {
		p.Channels[i].Roles = slices.Clone(p.Channels[i].Roles)
	}
	for i := range p.People {
		p.People[i].Roles = slices.Clone(p.People[i].Roles)
	}
	for i := range p.Groups {
		p.Groups[i].Roles = slices.Clone(p.Groups[i].Roles)
	}
	for i := range p.Domains {
		p.Domains[i].Roles = slices.Clone(p.Domains[i].Roles)
	}
	return p
}
