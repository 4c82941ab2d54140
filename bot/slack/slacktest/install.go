package slacktest

import (
	"net/url"
	"slices"
	"strings"
)

// Consent is what the page does on which an admin of a workspace installs the
// app: it takes the address of that page and returns where the browser is sent.
// It fails the test for an address that Slack's page would refuse.
func (s *Server) Consent(authorize, team, user string) string {
	s.t.Helper()
	u, err := url.Parse(authorize)
	if err != nil {
		s.t.Fatalf("slacktest: %v", err)
	}
	q := u.Query()
	redirect := q.Get("redirect_uri")
	if q.Get("client_id") != s.App.ClientID || q.Get("scope") == "" {
		s.t.Fatalf("slacktest: an installation page with client_id %q and scope %q", q.Get("client_id"), q.Get("scope"))
	}
	if len(s.App.RedirectURLs) > 0 && !slices.ContainsFunc(s.App.RedirectURLs, func(p string) bool { return strings.HasPrefix(redirect, p) }) {
		s.t.Fatalf("slacktest: redirect_uri %q is not one of the app's", redirect)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.id("code.")
	s.codes[k] = &code{team: team, user: user, redirect: redirect, scopes: strings.Split(q.Get("scope"), ","), at: s.now()}
	back, err := url.Parse(redirect)
	if err != nil {
		s.t.Fatalf("slacktest: %v", err)
	}
	values := back.Query()
	values.Set("code", k)
	values.Set("state", q.Get("state"))
	back.RawQuery = values.Encode()
	return back.String()
}

// Installs are the installations that count, the oldest first.
func (s *Server) Installs() []Install {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Install
	for _, in := range s.installs {
		if in.dead == "" {
			list = append(list, in.Install)
		}
	}
	return list
}
