package web

import (
	"net/http"
	"slices"

	"insightbot/chat"
)

// desk is the server as one browser has it before it.
type desk struct {
	*Server
	handler chat.Handler
	// people are whom one can speak as, places where; one begins with the
	// first of each.
	people []chat.User
	places []chat.Place
	// visitor is who signed in; nil where nobody does.
	visitor *visitor
}

// admit opens a page to a browser: to any on a machine of one's own, and to
// those who signed in otherwise.
func (s *Server) admit(h chat.Handler, page func(*desk, http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.remote {
			page(&desk{Server: s, handler: h, people: s.config.Users, places: s.config.Places}, w, r)
			return
		}
		v := s.visitors.of(s.visitorID(r))
		if v == nil {
			s.turnAway(w, r)
			return
		}
		page(&desk{Server: s, handler: h, people: []chat.User{v.user}, places: []chat.Place{v.place}, visitor: v}, w, r)
	}
}

// user finds one of the people, place one of the places.
func (d *desk) user(id string) (chat.User, bool) {
	i := slices.IndexFunc(d.people, func(u chat.User) bool { return u.ID == id })
	if i < 0 {
		return chat.User{}, false
	}
	return d.people[i], true
}

func (d *desk) place(channel string) (chat.Place, bool) {
	i := slices.IndexFunc(d.places, func(p chat.Place) bool { return p.Channel == channel })
	if i < 0 {
		return chat.Place{}, false
	}
	return d.places[i], true
}

// look is the session of this browser to look at, begin the one to add to.
func (d *desk) look(r *http.Request) *session {
	if d.visitor != nil {
		return d.sessions.lookOf(d.visitor.talks)
	}
	return d.sessions.look(r)
}

func (d *desk) begin(w http.ResponseWriter, r *http.Request, once string) *session {
	if d.visitor != nil {
		return d.sessions.beginOf(d.visitor.talks)
	}
	return d.sessions.begin(w, r, once)
}

// session is the id of what this browser may see the files of.
func (d *desk) session(r *http.Request) string {
	if d.visitor != nil {
		return d.visitor.talks
	}
	return d.sessions.known(r)
}

// choose remembers what a browser chose, where there is something to choose.
func (d *desk) choose(w http.ResponseWriter, r *http.Request, name, value string) {
	if d.visitor == nil {
		choose(w, r, name, value)
	}
}

// pagePlace is where a page is read: by the one who asked for it alone, like
// a direct message.
func (d *desk) pagePlace() chat.Place {
	for _, p := range d.places {
		if p.Kind == chat.PlaceDirect {
			return d.ours(p)
		}
	}
	return chat.Place{
		Platform: d.Name(), Workspace: d.places[0].Workspace, Channel: "page", Kind: chat.PlaceDirect,
		Audience: chat.Audience{Shared: chat.No, Guests: chat.No},
	}
}

// replyPlace is where the reply to what is pressed on a page shows: in the
// conversation with the bot alone, as the page itself was read by one alone.
// Where there is no such conversation it is the channel looked at last.
func (d *desk) replyPlace(r *http.Request) chat.Place {
	if p, ok := d.place(d.pagePlace().Channel); ok {
		return p
	}
	return d.where(r)
}

// ours marks a place as one of this platform. That of somebody who signed in
// belongs to the one they came from, with their rights.
func (d *desk) ours(p chat.Place) chat.Place {
	if d.visitor == nil {
		p.Platform = d.Name()
	}
	return p
}
