package slacktest

import (
	"encoding/json"
	"slices"
	"strings"
)

// outer is the envelope of an event.
type outer struct {
	Token          string          `json:"token"`
	Team           string          `json:"team_id"`
	Enterprise     string          `json:"enterprise_id,omitempty"`
	ContextTeam    string          `json:"context_team_id"`
	ContextOrg     *string         `json:"context_enterprise_id"`
	App            string          `json:"api_app_id"`
	Event          json.RawMessage `json:"event"`
	Type           string          `json:"type"`
	EventID        string          `json:"event_id"`
	EventTime      int64           `json:"event_time"`
	Authorizations []authorization `json:"authorizations"`
	Shared         bool            `json:"is_ext_shared_channel"`
	Context        string          `json:"event_context"`
}

type authorization struct {
	Enterprise *string `json:"enterprise_id"`
	Team       string  `json:"team_id"`
	User       string  `json:"user_id"`
	Bot        bool    `json:"is_bot"`
	Whole      bool    `json:"is_enterprise_install"`
}

// emit sends an event to one installation. The lock is held.
func (s *Server) emit(in *install, ch *Channel, event any) *Sent {
	inner, err := json.Marshal(event)
	if err == nil {
		err = CheckEvent(inner)
	}
	if err != nil {
		s.t.Errorf("slacktest: an event is not as Slack's: %v\n%s", err, inner)
	}
	team := s.teams[in.Team]
	o := outer{
		Token: verification, Team: in.Team, Enterprise: team.Enterprise, ContextTeam: in.Team, App: s.App.ID, Event: inner, Type: "event_callback",
		EventID: s.id("Ev"), EventTime: s.now().Unix(), Context: "4-" + s.id("context"), Shared: ch != nil && ch.ExtShared,
		Authorizations: []authorization{{Team: in.Team, User: in.Bot, Bot: true}},
	}
	if team.Enterprise != "" {
		o.ContextOrg, o.Authorizations[0].Enterprise = &team.Enterprise, &team.Enterprise
	}
	payload, err := json.Marshal(o)
	if err != nil {
		s.t.Errorf("slacktest: event: %v", err)
	}
	d := &Sent{Kind: kindEvent, EventID: o.EventID, Payload: payload}
	if ch != nil {
		d.Channel = ch.ID
	}
	return s.deliver(d)
}

// inside are the installations whose bot is in a channel.
func (s *Server) inside(ch *Channel) []*install {
	var list []*install
	for _, in := range s.installs {
		if in.dead == "" && s.installed(in.Team) == in && slices.Contains(ch.Members, in.Bot) {
			list = append(list, in)
		}
	}
	return list
}

// spread sends an event to every installation in a channel and returns the
// first; nothing is sent where the bot is not.
func (s *Server) spread(ch *Channel, event func(in *install) any) *Sent {
	var first *Sent
	for _, in := range s.inside(ch) {
		if d := s.emit(in, ch, event(in)); first == nil {
			first = d
		}
	}
	if first == nil {
		return s.silent(kindEvent)
	}
	return first
}

// messageEvent is a message, or a mention, as an event.
type messageEvent struct {
	Type        string          `json:"type"`
	Subtype     string          `json:"subtype,omitempty"`
	User        string          `json:"user,omitempty"`
	Bot         string          `json:"bot_id,omitempty"`
	BotProfile  *botProfile     `json:"bot_profile,omitempty"`
	Text        string          `json:"text"`
	TS          string          `json:"ts"`
	ClientID    string          `json:"client_msg_id,omitempty"`
	Team        string          `json:"team,omitempty"`
	Thread      string          `json:"thread_ts,omitempty"`
	Parent      string          `json:"parent_user_id,omitempty"`
	Blocks      json.RawMessage `json:"blocks,omitempty"`
	Attachments json.RawMessage `json:"attachments,omitempty"`
	Channel     string          `json:"channel"`
	ChannelType string          `json:"channel_type,omitempty"`
	EventTS     string          `json:"event_ts"`
	UserTeam    string          `json:"user_team,omitempty"`
	SourceTeam  string          `json:"source_team,omitempty"`
	Edited      *edit           `json:"edited,omitempty"`
}

type changedEvent struct {
	Type        string       `json:"type"`
	Subtype     string       `json:"subtype"`
	Hidden      bool         `json:"hidden"`
	Channel     string       `json:"channel"`
	ChannelType string       `json:"channel_type"`
	TS          string       `json:"ts"`
	EventTS     string       `json:"event_ts"`
	Message     messageEvent `json:"message"`
	Previous    messageEvent `json:"previous_message"`
}

// asEvent is a message in the form of an event.
func (s *Server) asEvent(m sent, ch *Channel) messageEvent {
	e := messageEvent{
		Type: "message", User: m.User, Bot: m.Bot, BotProfile: m.BotProfile, Text: m.Text, TS: m.TS, Team: m.Team, Thread: m.Thread,
		Parent: m.Parent, Blocks: m.Blocks, Attachments: m.Attachments, Channel: ch.ID, ChannelType: string(ch.Kind), EventTS: m.TS, Edited: m.Edited,
	}
	if m.Bot == "" {
		e.ClientID = "00000000-0000-4000-8000-" + strings.ReplaceAll(m.TS, ".", "")[:12]
	}
	if ch.ExtShared || ch.Shared {
		e.UserTeam, e.SourceTeam = m.Team, m.Team
	}
	return e
}

// echo sends the events that the app's own message causes: direct messages come
// to it like any others.
func (s *Server) echo(ch *Channel, m *message, before *sent) {
	if s.App.NoEcho || ch.Kind != Direct && !s.App.Twins {
		return
	}
	now := s.asEvent(s.sent(m, false), ch)
	// Newer blocks than the schema of events knows would fail there.
	now.Blocks, now.Attachments = nil, nil
	s.spread(ch, func(*install) any {
		if before == nil {
			return now
		}
		previous := s.asEvent(*before, ch)
		previous.Blocks, previous.Attachments = nil, nil
		ts := s.ts()
		return changedEvent{Type: "message", Subtype: "message_changed", Hidden: true, Channel: ch.ID, ChannelType: string(ch.Kind), TS: ts, EventTS: ts, Message: now, Previous: previous}
	})
}
