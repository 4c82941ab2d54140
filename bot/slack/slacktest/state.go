package slacktest

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Team is a workspace.
type Team struct {
	ID, Name, Domain string
	// Enterprise is the organisation it belongs to, or "".
	Enterprise string
}

// User is a person or a bot. An empty ID gets a new one, and an empty Team is
// the home workspace.
type User struct {
	ID, Team, Enterprise               string
	Name, RealName, DisplayName, Title string
	Email, TZ, Locale                  string
	Admin, Owner                       bool
	// Guest is a guest of several channels, and SingleGuest one of one channel.
	Guest, SingleGuest bool
	// Stranger is somebody of another organisation who shares no channel.
	Stranger     bool
	Bot, Deleted bool
}

// Kind is what kind a channel is of, in the words of events.
type Kind string

// The kinds of channels.
const (
	Public  Kind = "channel"
	Private Kind = "group"
	Direct  Kind = "im"
	Group   Kind = "mpim"
)

// Channel is a channel or a conversation. An empty Kind is Public.
type Channel struct {
	ID, Name, Team string
	Topic, Purpose string
	Kind           Kind
	Members        []string
	// Shared, ExtShared, OrgShared and PendingExtShared are the flags of the
	// same names in conversations.info.
	Shared, ExtShared, OrgShared, PendingExtShared bool
	// Teams are the other workspaces it is shared with.
	Teams    []string
	Archived bool
}

// UserGroup is a group of people that can be mentioned together.
type UserGroup struct {
	ID, Team, Handle, Name string
	Users                  []string
	Disabled               bool
}

// AddTeam adds a workspace.
func (s *Server) AddTeam(team Team) Team {
	s.mu.Lock()
	defer s.mu.Unlock()
	if team.ID == "" {
		team.ID = s.id("T")
	}
	team.Domain = cmp.Or(team.Domain, strings.ToLower(team.ID))
	team.Name = cmp.Or(team.Name, team.Domain)
	s.teams[team.ID] = &team
	s.touch()
	return team
}

// AddUser adds a person.
func (s *Server) AddUser(u User) User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *s.addUser(u)
}

func (s *Server) addUser(u User) *User {
	if u.ID == "" {
		u.ID = s.id("U")
	}
	u.Team = cmp.Or(u.Team, s.Home.ID)
	if team := s.teams[u.Team]; team != nil {
		u.Enterprise = cmp.Or(u.Enterprise, team.Enterprise)
	}
	u.Name = cmp.Or(u.Name, strings.ToLower(u.ID))
	u.RealName = cmp.Or(u.RealName, u.Name)
	u.TZ, u.Locale = cmp.Or(u.TZ, "Europe/Amsterdam"), cmp.Or(u.Locale, "en-US")
	s.users[u.ID] = &u
	s.touch()
	return &u
}

// AddChannel adds a channel.
func (s *Server) AddChannel(c Channel) Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addChannel(c).clone()
}

func (s *Server) addChannel(c Channel) *Channel {
	c.Kind = cmp.Or(c.Kind, Public)
	if c.ID == "" {
		c.ID = s.id(map[Kind]string{Public: "C", Private: "G", Direct: "D", Group: "G"}[c.Kind])
	}
	c.Team = cmp.Or(c.Team, s.Home.ID)
	if c.Kind != Direct {
		c.Name = cmp.Or(c.Name, strings.ToLower(c.ID))
	}
	c.Members, c.Teams = slices.Clone(c.Members), slices.Clone(c.Teams)
	s.channels[c.ID] = &c
	s.touch()
	return &c
}

func (c *Channel) clone() Channel {
	copied := *c
	copied.Members, copied.Teams = slices.Clone(c.Members), slices.Clone(c.Teams)
	return copied
}

// AddGroup adds a user group.
func (s *Server) AddGroup(g UserGroup) UserGroup {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g.ID == "" {
		g.ID = s.id("S")
	}
	g.Team = cmp.Or(g.Team, s.Home.ID)
	g.Handle = cmp.Or(g.Handle, strings.ToLower(g.ID))
	g.Name = cmp.Or(g.Name, g.Handle)
	g.Users = slices.Clone(g.Users)
	s.groups[g.ID] = &g
	s.touch()
	return g
}

// ChangeUser changes a person without an event; see UserChanged.
func (s *Server) ChangeUser(id string, change func(*User)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.users[id]; u != nil {
		change(u)
		s.touch()
	}
}

// ChangeChannel changes a channel without an event.
func (s *Server) ChangeChannel(id string, change func(*Channel)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.channels[id]; c != nil {
		change(c)
		s.touch()
	}
}

// ChangeGroup changes a user group without an event.
func (s *Server) ChangeGroup(id string, change func(*UserGroup)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.groups[id]; g != nil {
		change(g)
		s.touch()
	}
}

// Install is a token of the app for a workspace.
type Install struct {
	Team, Bot, BotID, Token, Refresh string
	// Scopes are what the token may do; none is everything.
	Scopes []string
	// Expires is when the token ends; zero is never.
	Expires time.Time
}

// install is one of them, with why it does not count any more.
type install struct {
	Install
	dead string
}

// Install installs the app in a workspace, as an admin does by hand.
func (s *Server) Install(team string, scopes ...string) Install {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.install(team, scopes).Install
}

func (s *Server) install(team string, scopes []string) *install {
	in := &install{Install: Install{Team: team, Scopes: slices.Clone(scopes)}}
	for _, old := range s.installs {
		if old.Team == team {
			in.Bot, in.BotID = old.Bot, old.BotID
		}
	}
	if in.Bot == "" {
		in.BotID = s.id("B")
		in.Bot = s.addUser(User{Team: team, Name: s.App.Name, RealName: s.App.Name, Bot: true}).ID
	}
	in.Token = "xoxb-" + s.id("token")
	s.installs = append(s.installs, in)
	s.touch()
	return in
}

// SetScopes changes what the tokens of a workspace may do.
func (s *Server) SetScopes(team string, scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, in := range s.installs {
		if in.Team == team {
			in.Scopes = slices.Clone(scopes)
		}
	}
}

// installed is the installation of a workspace that counts, or nil.
func (s *Server) installed(team string) *install {
	for _, in := range slices.Backward(s.installs) {
		if in.Team == team && in.dead == "" {
			return in
		}
	}
	return nil
}

// bot reports whether somebody is the app's own user.
func (s *Server) ownBot(user string) bool {
	return slices.ContainsFunc(s.installs, func(in *install) bool { return in.Bot == user })
}

// reads reports whether somebody can read a channel now: its members, and of a
// public one every full member of its workspace or, when it is shared within
// the organisation, of the organisation.
func (s *Server) reads(user string, c *Channel) bool {
	u := s.users[user]
	if u == nil || u.Deleted {
		return false
	}
	if slices.Contains(c.Members, user) {
		return true
	}
	if c.Kind != Public || u.Guest || u.SingleGuest || u.Bot {
		return false
	}
	if u.Team == c.Team {
		return true
	}
	team := s.teams[c.Team]
	return c.OrgShared && team != nil && team.Enterprise != "" && u.Enterprise == team.Enterprise
}

// readers are all who can read a channel now.
func (s *Server) readers(c *Channel) []string {
	var list []string
	for id := range s.users {
		if s.reads(id, c) {
			list = append(list, id)
		}
	}
	slices.Sort(list)
	return list
}

// direct is the conversation of one person with the app, opened when new.
func (s *Server) direct(bot, user string) *Channel {
	for _, c := range s.channels {
		if c.Kind == Direct && slices.Contains(c.Members, bot) && slices.Contains(c.Members, user) {
			return c
		}
	}
	team := s.Home.ID
	if b := s.users[bot]; b != nil {
		team = b.Team
	}
	return s.addChannel(Channel{Kind: Direct, Team: team, Members: []string{bot, user}})
}
