package slacktest

import (
	"slices"
	"strings"
)

// surface is something on somebody's screen with controls on it.
type surface struct {
	message *message
	view    *view
}

func (f surface) blocks() *node {
	if f.view != nil {
		return f.view.made.at("blocks")
	}
	return f.message.blocks
}

func (f surface) state() state {
	if f.view != nil {
		return f.view.state
	}
	return f.message.state
}

// surfaces are those that somebody has before them: an open dialog first, then
// messages, the newest first, previews of links and the home page.
func (s *Server) surfaces(user string) []surface {
	var list []surface
	if v := s.top(user); v != nil {
		list = append(list, surface{view: v})
	}
	for _, m := range slices.Backward(s.messages) {
		if m.deleted || m.blocks == nil || !s.ownBot(m.user) {
			continue
		}
		if m.only == user || m.only == "" && s.reads(user, s.channels[m.channel]) {
			list = append(list, surface{message: m})
		}
	}
	if v := s.homes[user]; v != nil {
		list = append(list, surface{view: v})
	}
	return list
}

// where says what a control is sought by.
type where struct {
	ts     string // the message it stands in, or "" for anywhere
	name   string // what it is called, or "" for anything
	button bool
	fits   func(control) bool
}

// seek finds a control before somebody, or fails the test.
func (s *Server) seek(user string, w where) (surface, control) {
	s.t.Helper()
	var there []string
	for _, f := range s.surfaces(user) {
		if w.ts != "" && (f.message == nil || f.message.ts != w.ts) {
			continue
		}
		for _, c := range controls(f.blocks()) {
			if (c.kind == "button") != w.button {
				continue
			}
			there = append(there, c.label)
			if (w.name == "" || c.named(w.name)) && (w.fits == nil || w.fits(c)) {
				return f, c
			}
		}
	}
	s.t.Fatalf("slacktest: %s sees no %q; there are: %s", user, w.name, strings.Join(there[:min(len(there), 60)], " | "))
	return surface{}, control{}
}
