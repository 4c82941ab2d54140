package slacktest

import (
	"cmp"
	"encoding/json"
	"slices"
)

type plainEvent struct {
	Type string `json:"type"`
}

type revokedEvent struct {
	Type   string `json:"type"`
	Tokens struct {
		OAuth []string `json:"oauth,omitempty"`
		Bot   []string `json:"bot,omitempty"`
	} `json:"tokens"`
}

func (s *Server) revokedEvent(in *install) *Sent {
	e := revokedEvent{Type: "tokens_revoked"}
	e.Tokens.Bot = []string{in.Bot}
	return s.emit(in, nil, e)
}

// kill ends every token of a workspace.
func (s *Server) kill(team, code string) *install {
	in := s.installed(team)
	for _, each := range s.installs {
		if each.Team == team && each.dead == "" {
			each.dead = code
		}
	}
	s.touch()
	return in
}

// Uninstall throws the app out of a workspace and tells it. Slack also tells
// that its tokens are revoked, before or after it: see RevokeTokens, which may
// follow, and Revoke for no event at all.
func (s *Server) Uninstall(team string) *Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := cmp.Or(s.kill(team, "account_inactive"), s.last(team))
	return s.emit(in, nil, plainEvent{Type: "app_uninstalled"})
}

// RevokeTokens ends the tokens of a workspace and tells the app.
func (s *Server) RevokeTokens(team string) *Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revokedEvent(cmp.Or(s.kill(team, "token_revoked"), s.last(team)))
}

// Revoke ends the tokens of a workspace, which the app learns from its calls:
// the code is what they fail with.
func (s *Server) Revoke(team, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kill(team, code)
}

// last is the newest installation of a workspace, counting or not.
func (s *Server) last(team string) *install {
	for _, in := range slices.Backward(s.installs) {
		if in.Team == team {
			return in
		}
	}
	return nil
}

type limited struct {
	Token  string `json:"token"`
	Type   string `json:"type"`
	Team   string `json:"team_id"`
	Minute int64  `json:"minute_rate_limited"`
	App    string `json:"api_app_id"`
}

// RateLimited tells the app that events of a workspace are dropped.
func (s *Server) RateLimited(team string) *Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	payload, err := json.Marshal(limited{Token: verification, Type: "app_rate_limited", Team: team, Minute: s.now().Unix(), App: s.App.ID})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.deliver(&Sent{Kind: kindEvent, Payload: payload})
}

// Emit sends an inner event of the test's own making to a workspace, without a
// look at the schema, and Redeliver sends an event once more as it was.
func (s *Server) Emit(team string, event json.RawMessage) *Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.last(team)
	payload, err := json.Marshal(outer{
		Token: verification, Team: team, ContextTeam: team, App: s.App.ID, Event: event, Type: "event_callback", EventID: s.id("Ev"),
		EventTime: s.now().Unix(), Authorizations: []authorization{{Team: team, User: in.Bot, Bot: true}}, Context: "4-" + s.id("context"),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return s.deliver(&Sent{Kind: kindEvent, Payload: payload})
}

// Redeliver sends something once more, just as it was.
func (s *Server) Redeliver(d *Sent) *Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deliver(&Sent{
		Kind: d.Kind, Channel: d.Channel, TS: d.TS, EventID: d.EventID, Trigger: d.Trigger, ResponseURL: d.ResponseURL,
		Payload: d.Payload, form: d.form, answers: d.answers,
	})
}
