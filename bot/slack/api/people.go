package api

import (
	"context"
	"fmt"
	"hash/maphash"
	"net/url"
	"strconv"
	"time"

	"insightbot/chat"
)

// standing is what a member of a channel is to the workspace.
type standing uint8

const (
	// unclear: it is not known.
	unclear standing = iota
	// full members of the workspace, or of its organisation.
	full
	// guest of one channel or of several.
	guest
	// outside: of another company, bots of theirs included.
	outside
	// nobody: a bot of our own, or an account that was closed. It reads
	// nothing that people do not, and never stands for a member.
	nobody
	standingCount
)

// stands is what a person is to the workspace.
func (c *Client) stands(p profile) standing {
	external := c.external(p)
	switch {
	case p.ID == c.config.BotUser && p.ID != "", p.Deleted:
		return nobody
	case external == chat.Yes:
		return outside
	case external == chat.Unknown:
		return unclear
	case p.bot():
		return nobody
	case p.guest():
		return guest
	default:
		return full
	}
}

// roster is the list of the workspace's people.
type roster struct {
	at     time.Time
	people map[string]standing
	// dropped are those who changed while the list was being read.
	dropped map[string]bool
}

// standings counts what the members of a channel are, and says since when the
// oldest of it is known. Members that the list of the workspace does not have
// are looked up, as far as there are not too many.
func (c *Client) standings(ctx context.Context, members []string) (all [standingCount]int, at time.Time, err error) {
	r, err := c.roster(ctx)
	if err != nil {
		return all, time.Time{}, err
	}
	at = r.at
	var missing []string
	c.facts.mu.Lock()
	for _, id := range members {
		if s, ok := r.people[id]; ok {
			all[s]++
		} else if id != c.config.BotUser {
			missing = append(missing, id)
		}
	}
	c.facts.mu.Unlock()
	if len(missing) > maxLookups {
		all[unclear] += len(missing)
		return all, at, nil
	}
	for _, id := range missing {
		p, known, err := c.lookup(ctx, id)
		if allow(err, "user_not_found", "user_not_visible") == nil && err != nil {
			all[unclear]++ // Slack shows people of others to some only
			continue
		}
		if err != nil {
			return all, at, err
		}
		all[c.stands(p)]++
		if known.Before(at) {
			at = known
		}
	}
	return all, at, nil
}

// roster is the list of people, an hour old at most. It is read once for all
// who need it, and again before it is too old, so that nobody waits for it.
// Where there are more people than are read, those that are left out are looked
// up when they matter.
func (c *Client) roster(ctx context.Context) (*roster, error) {
	age := c.facts.rosterAge()
	key := "people " + strconv.FormatUint(age, 10)
	read := func(ctx context.Context) (*roster, error) {
		r := c.facts.begin(c.config.Now())
		err := c.readRoster(ctx, r)
		c.facts.end(r, err == nil, age)
		if err != nil {
			return nil, err
		}
		return r, nil
	}
	r := c.facts.rosterNow()
	switch {
	case r == nil:
		return flight(ctx, &c.flights, key, listLimit, read)
	case c.config.Now().Sub(r.at) >= refreshAfter:
		launch(ctx, &c.flights, key, listLimit, read)
	}
	return r, nil
}

// Warm reads what takes longest, the lists of people and groups, so that the
// first question does not wait for it.
func (c *Client) Warm(ctx context.Context) error {
	c.groupsOf(ctx, c.config.BotUser)
	_, err := c.roster(ctx)
	return err
}

// readRoster reads the list page by page.
func (c *Client) readRoster(ctx context.Context, r *roster) error {
	cursor := ""
	for range maxPages {
		v := url.Values{"limit": {strconv.Itoa(pageSize)}}
		c.forTeam(v)
		if cursor != "" {
			v.Set("cursor", cursor)
		}
		var a struct {
			answer
			Members []profile `json:"members"`
		}
		if err := c.call(ctx, "users.list", v, &a); err != nil {
			return err
		}
		for _, p := range a.Members {
			if p.ID != "" {
				r.people[p.ID] = c.stands(p)
			}
		}
		next := a.Metadata.Cursor
		switch next {
		case "":
			return nil
		case cursor:
			return fmt.Errorf("slack: users.list: %w", ErrAnswer)
		}
		cursor = next
	}
	c.config.Log.InfoContext(ctx, "a workspace has more people than are listed; the others are looked up one by one", "listed", len(r.people))
	return nil
}

// mark stands for an id where only sameness matters.
func (c *Client) mark(id string) uint64 { return maphash.String(c.seed, id) }
