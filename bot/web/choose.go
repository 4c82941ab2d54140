package web

import (
	"net"
	"net/http"
	"net/url"

	"insightbot/chat"
)

// The cookies that hold what a browser chose. They are not secret, and known
// to the browser alone: looking around makes the playground remember nothing.
const (
	// userCookie is the id of who one speaks as.
	userCookie = "as"
	// placeCookie is the channel last looked at.
	placeCookie = "place"
)

// portName is the name of a cookie with the port in it, because cookies do not
// know ports: two playgrounds on one machine would take each other's away.
func portName(r *http.Request, name string) string {
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		return name + "-" + port
	}
	return name
}

// choose remembers a choice in the browser.
func choose(w http.ResponseWriter, r *http.Request, name, value string) {
	if chosen(r, name) == value {
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: portName(r, name), Value: url.PathEscape(value), Path: "/", HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil,
	})
}

// chosen is what choose remembered, or "".
func chosen(r *http.Request, name string) string {
	c, err := r.Cookie(portName(r, name))
	if err != nil {
		return ""
	}
	value, err := url.PathUnescape(c.Value)
	if err != nil {
		return ""
	}
	return value
}

// where is the channel a browser looked at last.
func (d *desk) where(r *http.Request) chat.Place {
	if p, ok := d.place(chosen(r, placeCookie)); ok {
		return p
	}
	return d.places[0]
}

// who is the person a browser speaks as.
func (d *desk) who(r *http.Request) chat.User {
	if u, ok := d.user(chosen(r, userCookie)); ok {
		return u
	}
	return d.people[0]
}
