package slacktest

import (
	"encoding/json"
	"slices"
)

type teamRef struct {
	ID     string `json:"id"`
	Domain string `json:"domain"`
	Org    string `json:"enterprise_id,omitempty"`
	Name   string `json:"enterprise_name,omitempty"`
}

type userRef struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Name     string `json:"name"`
	Team     string `json:"team_id"`
}

type nameRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type container struct {
	Type      string `json:"type"`
	MessageTS string `json:"message_ts,omitempty"`
	Channel   string `json:"channel_id,omitempty"`
	Ephemeral *bool  `json:"is_ephemeral,omitempty"`
	Thread    string `json:"thread_ts,omitempty"`
	View      string `json:"view_id,omitempty"`
}

type responseRef struct {
	Block   string `json:"block_id"`
	Action  string `json:"action_id"`
	Channel string `json:"channel_id"`
	URL     string `json:"response_url"`
}

// interaction is the payload of everything that somebody does with a screen.
type interaction struct {
	Type         string            `json:"type"`
	Token        string            `json:"token"`
	User         userRef           `json:"user"`
	App          string            `json:"api_app_id"`
	Team         *teamRef          `json:"team"`
	Enterprise   *nameRef          `json:"enterprise"`
	Whole        bool              `json:"is_enterprise_install"`
	Container    *container        `json:"container,omitempty"`
	Trigger      string            `json:"trigger_id,omitempty"`
	Callback     string            `json:"callback_id,omitempty"`
	ActionTS     string            `json:"action_ts,omitempty"`
	MessageTS    string            `json:"message_ts,omitempty"`
	Channel      *nameRef          `json:"channel,omitempty"`
	Message      *sent             `json:"message,omitempty"`
	View         *viewInfo         `json:"view,omitempty"`
	State        *stateInfo        `json:"state,omitempty"`
	ResponseURL  string            `json:"response_url,omitempty"`
	ResponseURLs *[]responseRef    `json:"response_urls,omitempty"`
	Actions      []json.RawMessage `json:"actions,omitempty"`
	Action       string            `json:"action_id,omitempty"`
	Block        string            `json:"block_id,omitempty"`
	Value        *string           `json:"value,omitempty"`
	Cleared      *bool             `json:"is_cleared,omitempty"`
}

// interaction begins a payload.
func (s *Server) interaction(kind string, in *install, user string) interaction {
	u, team := s.users[user], s.teams[in.Team]
	i := interaction{
		Type: kind, Token: verification, App: s.App.ID, Team: &teamRef{ID: team.ID, Domain: team.Domain, Org: team.Enterprise},
		User: userRef{ID: u.ID, Username: u.Name, Name: u.Name, Team: u.Team},
	}
	if team.Enterprise != "" {
		i.Enterprise = &nameRef{ID: team.Enterprise, Name: team.Enterprise}
		i.Team.Name = team.Enterprise
	}
	return i
}

// perform sends an interaction.
func (s *Server) perform(i interaction, answers bool, after func(*Sent)) *Sent {
	payload, err := json.Marshal(i)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.deliver(&Sent{Kind: kindInteraction, Payload: payload, Trigger: i.Trigger, ResponseURL: i.ResponseURL, answers: answers, after: after})
}

// Press lets somebody press a button, found by its label or action id on what
// they have before them: an open dialog, the newest message, the home page.
func (s *Server) Press(user, label string) *Sent {
	s.t.Helper()
	return s.PressOn(user, "", label)
}

// PressOn presses a button of one message.
func (s *Server) PressOn(user, ts, label string) *Sent {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	f, c := s.seek(user, where{ts: ts, name: label, button: true})
	return s.act(user, f, c, nil)
}

// Buttons are the labels of the buttons of a message, in reading order.
func (s *Server) Buttons(channel, ts string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(channel, ts)
	if m == nil {
		return nil
	}
	var list []string
	for _, c := range controls(m.blocks) {
		if c.kind == "button" {
			list = append(list, c.label)
		}
	}
	return list
}

// act sends what somebody does with a control. The lock is held.
func (s *Server) act(user string, f surface, c control, value *node) *Sent {
	action := &node{object: map[string]*node{
		"type": {isText: true, text: c.kind}, "action_id": {isText: true, text: c.action}, "block_id": {isText: true, text: c.block},
		"action_ts": {isText: true, text: s.ts()},
	}}
	for _, name := range []string{"text", "value", "style", "placeholder"} {
		if n := c.element.at(name); n != nil {
			action.object[name] = n
		}
	}
	if field := fields[c.kind]; field != "" {
		action.object[field] = value
		f.state().set(c.block, c.action, value)
	}
	var in *install
	if f.view != nil {
		in = f.view.install
	} else {
		in = s.installOf(f.message.user)
	}
	if in.dead != "" {
		return s.silent(kindInteraction)
	}
	i := s.interaction("block_actions", in, user)
	i.Trigger, i.Actions = s.newTrigger(in.Team, user), []json.RawMessage{action.json()}
	s.locate(&i, f, in, user)
	return s.perform(i, false, nil)
}

// locate says in a payload where a control stands.
func (s *Server) locate(i *interaction, f surface, in *install, user string) {
	if f.view != nil {
		info := s.viewInfo(f.view)
		i.View, i.Container = &info, &container{Type: "view", View: f.view.id}
		return
	}
	m, ch := f.message, s.channels[f.message.channel]
	ephemeral := m.only != ""
	i.Container = &container{Type: "message", MessageTS: m.ts, Channel: m.channel, Ephemeral: &ephemeral, Thread: m.thread}
	i.Channel = &nameRef{ID: ch.ID, Name: channelName(ch)}
	values := values(controls(m.blocks), m.state)
	i.State = &values
	if !ephemeral {
		info := s.sent(m, false)
		i.Message = &info
	}
	if i.Type == "block_actions" {
		i.ResponseURL = s.newResponse(&response{user: user, channel: m.channel, thread: m.thread, install: in, original: m})
	}
}

// installOf is the newest installation with a bot.
func (s *Server) installOf(bot string) *install {
	for _, in := range slices.Backward(s.installs) {
		if in.Bot == bot {
			return in
		}
	}
	return nil
}

// channelName is the name of a channel in payloads.
func channelName(ch *Channel) string {
	switch ch.Kind {
	case Direct:
		return "directmessage"
	case Private:
		return "privategroup"
	default:
		return ch.Name
	}
}

// Choose lets somebody choose from a menu by the text of an option; name is the
// label, placeholder or id of the menu, or "" for the first that has the option.
// A menu among the inputs of a dialog only keeps the value for Submit.
func (s *Server) Choose(user, name, option string) *Sent {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	f, c := s.seek(user, where{name: name, fits: func(c control) bool { return c.value(option) != nil }})
	value := c.value(option)
	if !c.dispatch {
		f.state().set(c.block, c.action, value)
		s.touch()
		return s.silent(kindInteraction)
	}
	return s.act(user, f, c, value)
}
