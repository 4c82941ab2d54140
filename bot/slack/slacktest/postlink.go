package slacktest

import (
	"net/url"
	"slices"
	"strings"
)

type link struct {
	Domain string `json:"domain"`
	URL    string `json:"url"`
}

type linkEvent struct {
	Type      string `json:"type"`
	Channel   string `json:"channel"`
	Member    bool   `json:"is_bot_user_member"`
	User      string `json:"user"`
	MessageTS string `json:"message_ts"`
	Thread    string `json:"thread_ts,omitempty"`
	Links     []link `json:"links"`
	UnfurlID  string `json:"unfurl_id"`
	Source    string `json:"source"`
	EventTS   string `json:"event_ts"`
}

// links are those of an address, when the app is told of its domain.
func (s *Server) linksOf(address string) []link {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	for _, domain := range append([]string{}, s.App.UnfurlDomains...) {
		if u.Hostname() == domain || strings.HasSuffix(u.Hostname(), "."+domain) {
			return []link{{Domain: domain, URL: address}}
		}
	}
	if len(s.App.UnfurlDomains) == 0 {
		return []link{{Domain: u.Hostname(), URL: address}}
	}
	return nil
}

// PostLink lets somebody post a message with a link in it.
func (s *Server) PostLink(user, channel, address string) *Sent {
	s.t.Helper()
	said := s.Say(user, channel, "", "<"+escape(address)+">")
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, links := s.channels[channel], s.linksOf(address)
	if len(links) == 0 {
		return s.silent(kindEvent)
	}
	d := s.spread(ch, func(in *install) any {
		id := s.id("unfurl-")
		s.composed[id] = composition{user: user, channel: channel, source: "conversations_history", ts: said.TS}
		return linkEvent{
			Type: "link_shared", Channel: channel, Member: true, User: user, MessageTS: said.TS, Links: links,
			UnfurlID: id, Source: "conversations_history", EventTS: said.TS,
		}
	})
	d.Channel, d.TS = channel, said.TS
	return d
}

// ComposeLink lets somebody type a link in a channel without posting it.
func (s *Server) ComposeLink(user, channel, address string) *Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	ch, links := s.channels[channel], s.linksOf(address)
	in := s.installed(ch.Team)
	if in == nil || len(links) == 0 {
		return s.silent(kindEvent)
	}
	id, ts := s.id("unfurl-"), s.ts()
	s.composed[id] = composition{user: user, channel: channel, source: "composer"}
	return s.emit(in, ch, linkEvent{
		Type: "link_shared", Channel: "COMPOSER", Member: slices.Contains(ch.Members, in.Bot), User: user, MessageTS: s.id("Uxxx-"),
		Links: links, UnfurlID: id, Source: "composer", EventTS: ts,
	})
}
