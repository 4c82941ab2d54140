package slacktest

import "slices"

type homeEvent struct {
	Type    string    `json:"type"`
	User    string    `json:"user"`
	Channel string    `json:"channel"`
	Tab     string    `json:"tab"`
	View    *viewInfo `json:"view,omitempty"`
	EventTS string    `json:"event_ts"`
}

// OpenHome lets somebody open the home page of the app.
func (s *Server) OpenHome(user string) *Sent { return s.openTab(user, "home") }

// OpenMessages lets somebody open their conversation with the app.
func (s *Server) OpenMessages(user string) *Sent { return s.openTab(user, "messages") }

func (s *Server) openTab(user, tab string) *Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.installFor(user)
	if in == nil {
		return s.silent(kindEvent)
	}
	return s.emit(in, nil, homeEvent{Type: "app_home_opened", User: user, Channel: s.direct(in.Bot, user).ID, Tab: tab, EventTS: s.ts()})
}

type entity struct {
	Type  string `json:"type"`
	Value string `json:"value"`
	Team  string `json:"team_id,omitempty"`
}

type contextEvent struct {
	Type    string `json:"type"`
	Channel string `json:"channel"`
	User    string `json:"user"`
	Context struct {
		Entities []entity `json:"entities"`
	} `json:"context"`
	EventTS string `json:"event_ts"`
}

// AppContext lets somebody look at a channel while their conversation with the
// app is open.
func (s *Server) AppContext(user, channel string) *Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.installFor(user)
	if in == nil {
		return s.silent(kindEvent)
	}
	e := contextEvent{Type: "app_context_changed", Channel: s.direct(in.Bot, user).ID, User: user, EventTS: s.ts()}
	e.Context.Entities = []entity{{Type: "slack#/types/channel_id", Value: channel, Team: in.Team}}
	return s.emit(in, nil, e)
}

type item struct {
	Type    string `json:"type"`
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

type reactionEvent struct {
	Type     string `json:"type"`
	User     string `json:"user"`
	Reaction string `json:"reaction"`
	ItemUser string `json:"item_user"`
	Item     item   `json:"item"`
	EventTS  string `json:"event_ts"`
}

func (s *Server) reactionEvent(ch *Channel, m *message, user, name, kind string) *Sent {
	return s.spread(ch, func(*install) any {
		return reactionEvent{Type: kind, User: user, Reaction: name, ItemUser: m.user, Item: item{Type: "message", Channel: ch.ID, TS: m.ts}, EventTS: s.ts()}
	})
}

// React lets somebody put an emoji below a message.
func (s *Server) React(user, channel, ts, name string) *Sent {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ch := s.find(channel, ts), s.channels[channel]
	if m == nil || !s.reads(user, ch) {
		s.t.Fatalf("slacktest: %s sees no message %s in %s", user, ts, channel)
	}
	if !slices.Contains(m.reactions[name], user) {
		m.reactions[name] = append(m.reactions[name], user)
	}
	s.touch()
	return s.reactionEvent(ch, m, user, name, "reaction_added")
}

type memberEvent struct {
	Type        string `json:"type"`
	User        string `json:"user"`
	Channel     string `json:"channel"`
	ChannelType string `json:"channel_type"`
	Team        string `json:"team"`
	Enterprise  string `json:"enterprise,omitempty"`
	Inviter     string `json:"inviter,omitempty"`
	EventTS     string `json:"event_ts"`
}

// Joined lets somebody join a channel, invited by somebody or "". To let the
// app join, give the id of its user.
func (s *Server) Joined(user, channel, inviter string) *Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channel]
	if !slices.Contains(ch.Members, user) {
		ch.Members = append(ch.Members, user)
	}
	s.touch()
	return s.memberEvent("member_joined_channel", user, ch, inviter)
}

// Left lets somebody leave a channel.
func (s *Server) Left(user, channel string) *Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channel]
	ch.Members = slices.DeleteFunc(ch.Members, func(id string) bool { return id == user })
	s.touch()
	return s.memberEvent("member_left_channel", user, ch, "")
}

func (s *Server) memberEvent(kind, user string, ch *Channel, inviter string) *Sent {
	letter := "C"
	if ch.Kind != Public {
		letter = "G"
	}
	return s.spread(ch, func(*install) any {
		return memberEvent{Type: kind, User: user, Channel: ch.ID, ChannelType: letter, Team: s.users[user].Team, Inviter: inviter, EventTS: s.ts()}
	})
}

type sharedEvent struct {
	Type      string `json:"type"`
	Connected string `json:"connected_team_id"`
	Channel   string `json:"channel"`
	EventTS   string `json:"event_ts"`
}

// ChannelShared shares a channel with a workspace of somebody else.
func (s *Server) ChannelShared(channel, team string) *Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channel]
	ch.Shared, ch.ExtShared = true, true
	ch.Teams = append(ch.Teams, team)
	s.touch()
	return s.spread(ch, func(*install) any {
		return sharedEvent{Type: "channel_shared", Connected: team, Channel: channel, EventTS: s.ts()}
	})
}

type unsharedEvent struct {
	Type     string `json:"type"`
	Previous string `json:"previously_connected_team_id"`
	Channel  string `json:"channel"`
	Ext      bool   `json:"is_ext_shared"`
	EventTS  string `json:"event_ts"`
}

// ChannelUnshared ends it; the people of that workspace leave.
func (s *Server) ChannelUnshared(channel, team string) *Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch := s.channels[channel]
	ch.Teams = slices.DeleteFunc(ch.Teams, func(id string) bool { return id == team })
	ch.Shared, ch.ExtShared = len(ch.Teams) > 0, len(ch.Teams) > 0
	ch.Members = slices.DeleteFunc(ch.Members, func(id string) bool { return s.users[id].Team == team })
	s.touch()
	return s.spread(ch, func(*install) any {
		return unsharedEvent{Type: "channel_unshared", Previous: team, Channel: channel, Ext: ch.ExtShared, EventTS: s.ts()}
	})
}

type userEvent struct {
	Type    string `json:"type"`
	User    person `json:"user"`
	CacheTS int64  `json:"cache_ts"`
	EventTS string `json:"event_ts"`
}

// UserChanged changes a person and tells the app.
func (s *Server) UserChanged(id string, change func(*User)) *Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.users[id]
	change(u)
	s.touch()
	in := s.installed(u.Team)
	if in == nil {
		return s.silent(kindEvent)
	}
	p := s.person(u)
	p.Profile.Fields = &struct{}{}
	return s.emit(in, nil, userEvent{Type: "user_change", User: p, CacheTS: s.now().Unix(), EventTS: s.ts()})
}

type groupEvent struct {
	Type     string   `json:"type"`
	Group    string   `json:"subteam_id"`
	Team     string   `json:"team_id"`
	Previous int64    `json:"date_previous_update"`
	Updated  int64    `json:"date_update"`
	Added    []string `json:"added_users,omitempty"`
	AddedN   int      `json:"added_users_count"`
	Removed  []string `json:"removed_users,omitempty"`
	RemovedN int      `json:"removed_users_count"`
	EventTS  string   `json:"event_ts"`
}

// GroupChanged gives a user group other people and tells the app.
func (s *Server) GroupChanged(id string, users ...string) *Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.groups[id]
	e := groupEvent{Type: "subteam_members_changed", Group: g.ID, Team: g.Team, Previous: 1, Updated: s.now().Unix(), EventTS: s.ts()}
	for _, u := range users {
		if !slices.Contains(g.Users, u) {
			e.Added = append(e.Added, u)
		}
	}
	for _, u := range g.Users {
		if !slices.Contains(users, u) {
			e.Removed = append(e.Removed, u)
		}
	}
	e.AddedN, e.RemovedN = len(e.Added), len(e.Removed)
	g.Users = slices.Clone(users)
	s.touch()
	in := s.installed(g.Team)
	if in == nil {
		return s.silent(kindEvent)
	}
	return s.emit(in, nil, e)
}
