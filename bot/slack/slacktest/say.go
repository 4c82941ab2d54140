package slacktest

import (
	"encoding/json"
	"strings"
)

type mentionedUser struct {
	Type string `json:"type"`
	User string `json:"user_id,omitempty"`
	Text string `json:"text,omitempty"`
	URL  string `json:"url,omitempty"`
}

type richSection struct {
	Type     string          `json:"type"`
	Elements []mentionedUser `json:"elements"`
}

type richText struct {
	Type     string        `json:"type"`
	Block    string        `json:"block_id"`
	Elements []richSection `json:"elements"`
}

// Say lets somebody write a message in Slack's own form: mentions are written
// <@U123>, and &, < and > are escaped. It is a mention when it has the bot's.
// thread is the message that it is a reply to, or "".
func (s *Server) Say(user, channel, thread, text string) *Sent {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, u := s.channels[channel], s.users[user]
	if ch == nil || u == nil || !s.reads(user, ch) {
		s.t.Fatalf("slacktest: %s cannot write in %s", user, channel)
	}
	section := richSection{Type: "rich_text_section", Elements: []mentionedUser{}}
	for word := range strings.FieldsSeq(text) {
		if id, ok := strings.CutPrefix(word, "<@"); ok {
			section.Elements = append(section.Elements, mentionedUser{Type: "user", User: strings.TrimSuffix(id, ">")})
		} else if address, ok := strings.CutPrefix(word, "<http"); ok {
			section.Elements = append(section.Elements, mentionedUser{Type: "link", URL: "http" + unescape(strings.TrimSuffix(address, ">"))})
		} else {
			section.Elements = append(section.Elements, mentionedUser{Type: "text", Text: unescape(word) + " "})
		}
	}
	blocks, err := json.Marshal([]richText{{Type: "rich_text", Block: s.id("b"), Elements: []richSection{section}}})
	if err != nil {
		s.t.Fatal(err)
	}
	m := s.add(&message{channel: channel, thread: thread, user: user, text: text, blocks: parse(blocks)})
	return s.announce(ch, m)
}

// announce sends the events of a message that somebody wrote.
func (s *Server) announce(ch *Channel, m *message) *Sent {
	event := s.asEvent(s.sent(m, false), ch)
	d := s.silent(kindEvent)
	if ch.Kind == Direct || s.App.Twins {
		d = s.spread(ch, func(*install) any { return event })
	}
	for _, in := range s.inside(ch) {
		if ch.Kind != Direct && strings.Contains(m.text, "<@"+in.Bot+">") {
			mention := event
			mention.Type, mention.ChannelType, mention.Parent = "app_mention", "", ""
			d = s.emit(in, ch, mention)
		}
	}
	d.Channel, d.TS = ch.ID, m.ts
	return d
}

func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

func unescape(text string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
}

// Mention lets somebody mention the bot in a channel and type text after it.
func (s *Server) Mention(user, channel, text string) *Sent {
	s.t.Helper()
	return s.MentionIn(user, channel, "", text)
}

// MentionIn does so in a thread.
func (s *Server) MentionIn(user, channel, thread, text string) *Sent {
	s.t.Helper()
	return s.Say(user, channel, thread, "<@"+s.botOf(channel)+"> "+escape(text))
}

// botOf is the bot that a mention in a channel means.
func (s *Server) botOf(channel string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ch := s.channels[channel]; ch != nil {
		if list := s.inside(ch); len(list) > 0 {
			return list[0].Bot
		}
		if in := s.installed(ch.Team); in != nil {
			return in.Bot
		}
	}
	return s.Bot
}

// DirectMessage lets somebody write to the bot, in the workspace that they are
// of when the app is installed there, else in the home workspace.
func (s *Server) DirectMessage(user, text string) *Sent {
	s.t.Helper()
	return s.DirectMessageIn(user, "", text)
}

// DirectMessageIn does so in a thread.
func (s *Server) DirectMessageIn(user, thread, text string) *Sent {
	s.t.Helper()
	s.mu.Lock()
	channel := s.direct(s.botFor(user), user).ID
	s.mu.Unlock()
	return s.Say(user, channel, thread, escape(text))
}

// installFor is the installation that somebody's own workspace has, or that of
// the home workspace.
func (s *Server) installFor(user string) *install {
	if u := s.users[user]; u != nil {
		if in := s.installed(u.Team); in != nil {
			return in
		}
	}
	return s.installed(s.Home.ID)
}

func (s *Server) botFor(user string) string {
	if in := s.installFor(user); in != nil {
		return in.Bot
	}
	return s.Bot
}
