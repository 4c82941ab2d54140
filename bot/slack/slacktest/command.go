package slacktest

import (
	"encoding/json"
	"net/url"
)

// Command lets somebody type a slash command in a channel.
func (s *Server) Command(user, channel, name, text string) *Sent {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, u := s.channels[channel], s.users[user]
	if ch == nil || u == nil || !s.reads(user, ch) {
		s.t.Fatalf("slacktest: %s cannot type in %s", user, channel)
	}
	in := s.installed(ch.Team)
	if in == nil {
		in = s.installFor(user)
	}
	if in == nil {
		return s.silent(kindCommand)
	}
	team, to := s.teams[in.Team], &response{user: user, channel: channel, install: in}
	form := url.Values{
		"token": {verification}, "team_id": {team.ID}, "team_domain": {team.Domain}, "channel_id": {ch.ID}, "channel_name": {channelName(ch)},
		"user_id": {u.ID}, "user_name": {u.Name}, "command": {name}, "text": {text}, "api_app_id": {s.App.ID},
		"is_enterprise_install": {"false"}, "response_url": {s.newResponse(to)}, "trigger_id": {s.newTrigger(team.ID, user)},
	}
	if team.Enterprise != "" {
		form.Set("enterprise_id", team.Enterprise)
		form.Set("enterprise_name", team.Enterprise)
	}
	object := map[string]string{}
	for k := range form {
		object[k] = form.Get(k)
	}
	payload, err := json.Marshal(object)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.deliver(&Sent{
		Kind: kindCommand, Channel: ch.ID, Payload: payload, form: form, answers: true, Trigger: form.Get("trigger_id"),
		ResponseURL: form.Get("response_url"), after: func(d *Sent) {
			if d.acked {
				s.answered(to, d.answer)
				return
			}
			s.showPart(&shown{Seen: Seen{Kind: "slack", Channel: ch.ID, Text: name + " failed with the error \"" + d.trouble + "\""}, viewers: []string{user}})
		},
	})
}
