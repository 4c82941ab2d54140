package slacktest

import (
	"cmp"
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// page cuts a list at the cursor and the limit that a call asks for.
func page[T any](c *request, list []T) ([]T, *pageInfo, error) {
	from := 0
	if cursor := c.args.Get("cursor"); cursor != "" {
		b, err := base64.StdEncoding.DecodeString(cursor)
		if err != nil {
			return nil, nil, refuse("invalid_cursor")
		}
		if from, err = strconv.Atoi(string(b)); err != nil || from > len(list) {
			return nil, nil, refuse("invalid_cursor")
		}
	}
	n := c.PageSize
	if limit := c.args.Get("limit"); limit != "" && limit != "0" {
		asked, err := strconv.Atoi(limit)
		if err != nil || asked < 1 || asked > 1000 {
			return nil, nil, refuse("invalid_limit")
		}
		n = min(n, asked)
	}
	to := min(from+n, len(list))
	info := &pageInfo{}
	if to < len(list) {
		info.Cursor = base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(to)))
	}
	return list[from:to], info, nil
}

type authAnswer struct {
	success
	URL        string `json:"url"`
	Team       string `json:"team"`
	User       string `json:"user"`
	TeamID     string `json:"team_id"`
	UserID     string `json:"user_id"`
	BotID      string `json:"bot_id"`
	Enterprise string `json:"enterprise_id,omitempty"`
	Whole      bool   `json:"is_enterprise_install"`
}

func (c *request) authTest() (any, error) {
	team := c.teams[c.in.Team]
	return authAnswer{
		success: fine, URL: "https://" + team.Domain + ".slack.com/", Team: team.Name, TeamID: team.ID,
		User: c.users[c.in.Bot].Name, UserID: c.in.Bot, BotID: c.in.BotID, Enterprise: team.Enterprise,
	}, nil
}

type revokeAnswer struct {
	success
	Revoked bool `json:"revoked"`
}

func (c *request) authRevoke() (any, error) {
	if c.is("test") {
		return revokeAnswer{success: fine}, nil
	}
	c.in.dead = "token_revoked"
	c.revokedEvent(c.in)
	return revokeAnswer{success: fine, Revoked: true}, nil
}

// profile and person are a user as the Web API has it.
type profile struct {
	Title       string     `json:"title"`
	Phone       string     `json:"phone"`
	Skype       string     `json:"skype"`
	RealName    string     `json:"real_name"`
	RealNorm    string     `json:"real_name_normalized"`
	Display     string     `json:"display_name"`
	DisplayNorm string     `json:"display_name_normalized"`
	StatusText  string     `json:"status_text"`
	StatusEmoji string     `json:"status_emoji"`
	StatusCanon string     `json:"status_text_canonical"`
	StatusInfo  []struct{} `json:"status_emoji_display_info"`
	StatusEnds  int64      `json:"status_expiration"`
	FirstName   string     `json:"first_name"`
	LastName    string     `json:"last_name"`
	Image24     string     `json:"image_24"`
	Image32     string     `json:"image_32"`
	Image48     string     `json:"image_48"`
	Image72     string     `json:"image_72"`
	Image192    string     `json:"image_192"`
	Image512    string     `json:"image_512"`
	Fields      *struct{}  `json:"fields,omitempty"`
	AvatarHash  string     `json:"avatar_hash"`
	Email       string     `json:"email,omitempty"`
	Team        string     `json:"team"`
	APIAppID    string     `json:"api_app_id,omitempty"`
	BotID       string     `json:"bot_id,omitempty"`
}

type enterpriseUser struct {
	ID             string   `json:"id"`
	EnterpriseID   string   `json:"enterprise_id"`
	EnterpriseName string   `json:"enterprise_name"`
	IsAdmin        bool     `json:"is_admin"`
	IsOwner        bool     `json:"is_owner"`
	Teams          []string `json:"teams"`
}

type person struct {
	ID           string          `json:"id"`
	TeamID       string          `json:"team_id"`
	Name         string          `json:"name"`
	Deleted      bool            `json:"deleted"`
	Color        string          `json:"color,omitempty"`
	RealName     string          `json:"real_name,omitempty"`
	TZ           string          `json:"tz,omitempty"`
	TZLabel      string          `json:"tz_label,omitempty"`
	TZOffset     int             `json:"tz_offset"`
	Profile      profile         `json:"profile"`
	IsAdmin      bool            `json:"is_admin"`
	IsOwner      bool            `json:"is_owner"`
	IsPrimary    bool            `json:"is_primary_owner"`
	IsRestricted bool            `json:"is_restricted"`
	IsUltra      bool            `json:"is_ultra_restricted"`
	IsBot        bool            `json:"is_bot"`
	IsAppUser    bool            `json:"is_app_user"`
	IsConfirmed  bool            `json:"is_email_confirmed"`
	ContactCard  string          `json:"who_can_share_contact_card"`
	IsStranger   bool            `json:"is_stranger,omitempty"`
	Updated      int64           `json:"updated"`
	Locale       string          `json:"locale,omitempty"`
	Enterprise   *enterpriseUser `json:"enterprise_user,omitempty"`
}

// person is a user as a call may see it.
func (c *request) person(u *User) person {
	p := c.Server.person(u)
	if c.need("users:read.email") != nil {
		p.Profile.Email = ""
	}
	if !c.is("include_locale") {
		p.Locale = ""
	}
	return p
}

func (s *Server) person(u *User) person {
	p := person{
		ID: u.ID, TeamID: u.Team, Name: u.Name, Deleted: u.Deleted, IsConfirmed: true, ContactCard: "EVERYONE", Color: "9f69e7", RealName: u.RealName, TZ: u.TZ,
		IsAdmin: u.Admin || u.Owner, IsOwner: u.Owner, IsRestricted: u.Guest || u.SingleGuest, IsUltra: u.SingleGuest,
		IsBot: u.Bot, IsStranger: u.Stranger, Updated: s.now().Unix(), Locale: u.Locale,
		Profile: profile{
			Title: u.Title, RealName: u.RealName, RealNorm: u.RealName, Display: u.DisplayName, DisplayNorm: u.DisplayName,
			AvatarHash: "g0000000000", Email: u.Email, Team: u.Team, StatusInfo: []struct{}{},
		},
	}
	p.Profile.FirstName, p.Profile.LastName, _ = strings.Cut(u.RealName, " ")
	for _, image := range []*string{&p.Profile.Image24, &p.Profile.Image32, &p.Profile.Image48, &p.Profile.Image72, &p.Profile.Image192, &p.Profile.Image512} {
		*image = "https://a.slack-edge.com/person.png"
	}
	if zone, err := time.LoadLocation(u.TZ); err == nil {
		p.TZLabel, p.TZOffset = s.now().In(zone).Zone()
	}
	if u.Enterprise != "" {
		p.Enterprise = &enterpriseUser{ID: u.ID, EnterpriseID: u.Enterprise, EnterpriseName: u.Enterprise, IsAdmin: u.Admin, IsOwner: u.Owner, Teams: []string{u.Team}}
	}
	for _, in := range s.installs {
		if in.Bot == u.ID {
			p.Profile.APIAppID, p.Profile.BotID = s.App.ID, in.BotID
		}
	}
	return p
}

type userAnswer struct {
	success
	User person `json:"user"`
}

func (c *request) usersInfo() (any, error) {
	u := c.users[c.args.Get("user")]
	if u == nil || !c.knows(u) {
		return nil, refuse("user_not_found")
	}
	return userAnswer{success: fine, User: c.person(u)}, nil
}

// knows reports whether the workspace of the call can see a person at all: one
// of its own or its organisation, one it shares a channel with, or a stranger.
func (c *request) knows(u *User) bool {
	team := c.teams[c.in.Team]
	if u.Team == team.ID || u.Stranger || team.Enterprise != "" && team.Enterprise == u.Enterprise {
		return true
	}
	for _, ch := range c.channels {
		if slices.Contains(ch.Members, u.ID) && (ch.Team == team.ID || slices.Contains(ch.Teams, team.ID)) {
			return true
		}
	}
	return false
}

type usersAnswer struct {
	success
	Members  []person  `json:"members"`
	CacheTS  int64     `json:"cache_ts"`
	Metadata *pageInfo `json:"response_metadata"`
}

func (c *request) usersList() (any, error) {
	var list []person
	for _, id := range slices.Sorted(maps.Keys(c.users)) {
		if u := c.users[id]; u.Team == cmp.Or(c.args.Get("team_id"), c.in.Team) {
			list = append(list, c.person(u))
		}
	}
	members, info, err := page(c, list)
	if err != nil {
		return nil, err
	}
	return usersAnswer{success: fine, Members: members, CacheTS: c.now().Unix(), Metadata: info}, nil
}

type userGroup struct {
	ID      string   `json:"id"`
	Team    string   `json:"team_id"`
	Is      bool     `json:"is_usergroup"`
	Subteam bool     `json:"is_subteam"`
	Name    string   `json:"name"`
	Words   string   `json:"description"`
	Handle  string   `json:"handle"`
	Foreign bool     `json:"is_external"`
	Created int64    `json:"date_create"`
	Updated int64    `json:"date_update"`
	Deleted int64    `json:"date_delete"`
	Users   []string `json:"users,omitempty"`
	Count   int      `json:"user_count"`
}

type groupsAnswer struct {
	success
	Groups []userGroup `json:"usergroups"`
}

func (c *request) usergroupsList() (any, error) {
	a := groupsAnswer{success: fine, Groups: []userGroup{}}
	for _, id := range slices.Sorted(maps.Keys(c.groups)) {
		g := c.groups[id]
		if g.Team != cmp.Or(c.args.Get("team_id"), c.in.Team) || g.Disabled && !c.is("include_disabled") {
			continue
		}
		out := userGroup{ID: g.ID, Team: g.Team, Is: true, Subteam: true, Name: g.Name, Handle: strings.TrimPrefix(g.Handle, "@"), Created: 1, Updated: 1, Count: len(g.Users)}
		if g.Disabled {
			out.Deleted = 1
		}
		if c.is("include_users") {
			out.Users = g.Users
		}
		a.Groups = append(a.Groups, out)
	}
	return a, nil
}
