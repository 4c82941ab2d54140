package api

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"insightbot/chat"
)

// profile is what is read of a person. What decides what they may see is never
// guessed from an id.
type profile struct {
	ID                string `json:"id"`
	Team              string `json:"team_id"`
	Name              string `json:"name"`
	RealName          string `json:"real_name"`
	Deleted           bool   `json:"deleted"`
	IsBot             bool   `json:"is_bot"`
	IsWorkflowBot     bool   `json:"is_workflow_bot"`
	IsConnectorBot    bool   `json:"is_connector_bot"`
	IsAdmin           bool   `json:"is_admin"`
	IsOwner           bool   `json:"is_owner"`
	IsPrimaryOwner    bool   `json:"is_primary_owner"`
	IsRestricted      bool   `json:"is_restricted"`
	IsUltraRestricted bool   `json:"is_ultra_restricted"`
	IsStranger        bool   `json:"is_stranger"`
	EmailConfirmed    *bool  `json:"is_email_confirmed"`
	Locale            string `json:"locale"`
	Zone              string `json:"tz"`
	Profile           struct {
		DisplayName string `json:"display_name"`
		RealName    string `json:"real_name"`
		Title       string `json:"title"`
		Email       string `json:"email"`
		Team        string `json:"team"`
	} `json:"profile"`
	Enterprise struct {
		ID string `json:"enterprise_id"`
	} `json:"enterprise_user"`
}

// bot reports whether nobody is behind it.
func (p profile) bot() bool { return p.IsBot || p.IsWorkflowBot || p.IsConnectorBot }

// guest reports whether they are a guest, of one channel or of several.
func (p profile) guest() bool { return p.IsRestricted || p.IsUltraRestricted }

// foreign says whether a team is another company's: not ours, and not of the
// same organisation.
func (c *Client) foreign(team, enterprise string) chat.Fact {
	switch {
	case team == "" || c.config.Team == "":
		return chat.Unknown
	case team == c.config.Team:
		return chat.No
	case c.config.Enterprise != "" && (enterprise == c.config.Enterprise || team == c.config.Enterprise):
		return chat.No
	default:
		return chat.Yes
	}
}

// external says whether a person is of another company. Slack's own word
// "stranger" is not enough: it is not said of people one shares a channel with.
func (c *Client) external(p profile) chat.Fact {
	if p.IsStranger || c.foreign(p.Profile.Team, p.Enterprise.ID) == chat.Yes {
		return chat.Yes
	}
	return c.foreign(p.Team, p.Enterprise.ID)
}

// User is what is known of a person. team is the team that an event names for
// them, or ""; where it says that they are from outside, they are. A fact that
// Slack does not tell is unknown. With an error no fact is known.
func (c *Client) User(ctx context.Context, id, team string) (chat.User, error) {
	p, _, err := c.lookup(ctx, id)
	if err != nil {
		return chat.User{ID: id}, err
	}
	u := chat.User{
		ID: id, Name: firstOf(p.Profile.DisplayName, p.Profile.RealName, p.RealName, p.Name), Title: p.Profile.Title,
		External: c.external(p), Guest: chat.No, Admin: chat.No, Locale: p.Locale, Zone: p.Zone,
	}
	if team != "" && c.foreign(team, p.Enterprise.ID) == chat.Yes {
		u.External = chat.Yes
	}
	switch {
	case p.bot(), p.Deleted, id == c.config.BotUser:
		// Nobody who could be a member or a guest: not known opens nothing.
		u.Guest, u.Admin = chat.Unknown, chat.Unknown
		return u, nil
	case p.guest():
		u.Guest = chat.Yes
	}
	if u.External == chat.No && u.Guest == chat.No {
		if home := p.Team == c.config.Team || c.config.Team == c.config.Enterprise; home && (p.IsAdmin || p.IsOwner || p.IsPrimaryOwner) {
			u.Admin = chat.Yes
		}
		u.Domain = domain(p)
	}
	u.Groups = c.groupsOf(ctx, id)
	return u, nil
}

// domain is that of a person's address, unless Slack says that nobody ever
// confirmed it.
func domain(p profile) string {
	if p.EmailConfirmed != nil && !*p.EmailConfirmed {
		return ""
	}
	_, domain, ok := strings.Cut(p.Profile.Email, "@")
	if !ok || strings.Contains(domain, "@") {
		return ""
	}
	return strings.ToLower(domain)
}

// lookup finds one person, and says since when that is known.
func (c *Client) lookup(ctx context.Context, id string) (profile, time.Time, error) {
	if p, at, ok := c.facts.people.get(id); ok {
		return p, at, nil
	}
	type found struct {
		profile profile
		at      time.Time
	}
	count := c.userCount(id)
	since := c.facts.epoch(count)
	f, err := flight(ctx, &c.flights, "user "+id+" "+since.String(), factsLimit, func(ctx context.Context) (found, error) {
		at := c.config.Now()
		var a struct {
			User profile `json:"user"`
		}
		if err := c.call(ctx, "users.info", url.Values{"user": {id}, "include_locale": {"true"}}, &a); err != nil {
			return found{}, err
		}
		if a.User.ID != id || id == "" {
			return found{}, fmt.Errorf("slack: users.info: %w", ErrAnswer)
		}
		c.facts.ifStill(count, since, func() { c.facts.people.put(id, a.User, at, 1) })
		return found{a.User, at}, nil
	})
	return f.profile, f.at, err
}

// groups are the groups of each person.
type groups map[string][]string

// groupsOf are the groups that a person is in. Where they cannot be read there
// are none, which takes rights away and gives none.
func (c *Client) groupsOf(ctx context.Context, id string) []string {
	if g, ok := c.facts.groupsNow(); ok {
		return g[id]
	}
	since := c.facts.epoch(&c.facts.grouped)
	g, err := flight(ctx, &c.flights, "groups "+since.String(), factsLimit, func(ctx context.Context) (groups, error) {
		at := c.config.Now()
		g, err := c.readGroups(ctx)
		if err != nil {
			c.config.Log.WarnContext(ctx, "the groups of a workspace could not be read, so they count for nothing", "error", err)
			at = at.Add(groupsFailedFor - factsFor)
		}
		c.facts.ifStill(&c.facts.grouped, since, func() { c.facts.keepGroups(g, at) })
		return g, nil
	})
	if err != nil {
		return nil
	}
	return g[id]
}

func (c *Client) readGroups(ctx context.Context) (groups, error) {
	var a struct {
		Groups []struct {
			ID       string   `json:"id"`
			Team     string   `json:"team_id"`
			External bool     `json:"is_external"`
			Users    []string `json:"users"`
		} `json:"usergroups"`
	}
	v := url.Values{"include_users": {"true"}}
	c.forTeam(v)
	if err := c.call(ctx, "usergroups.list", v, &a); err != nil {
		return nil, err
	}
	g := groups{}
	for _, group := range a.Groups {
		if group.External || group.ID == "" {
			continue // another company decides who is in it
		}
		for _, user := range group.Users {
			g[user] = append(g[user], group.ID)
		}
	}
	return g, nil
}

// forTeam names the team where the token is good for a whole organisation.
func (c *Client) forTeam(v url.Values) {
	if c.config.Enterprise != "" && c.config.Team != "" && c.config.Team != c.config.Enterprise {
		v.Set("team_id", c.config.Team)
	}
}

// firstOf is the first string that is not empty.
func firstOf(all ...string) string {
	for _, s := range all {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}
