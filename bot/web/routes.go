package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"insightbot/chat"
)

// desk is the server with the handler that answers.
type desk struct {
	*Server
	handler chat.Handler
}

// Handler serves the playground over h, without listening anywhere.
func (s *Server) Handler(h chat.Handler) http.Handler {
	d := &desk{Server: s, handler: h}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.showHome)
	mux.HandleFunc("GET /chat/{channel}", d.showChat)
	mux.HandleFunc("POST /chat/{channel}", d.post)
	mux.HandleFunc("GET /message/{ref}", d.showMessage)
	mux.HandleFunc("POST /as", d.speakAs)
	mux.HandleFunc("POST /theme", d.setTheme)
	mux.HandleFunc("GET /c/{command}", func(w http.ResponseWriter, r *http.Request) {
		d.showCall(w, r, chat.Call{Command: r.PathValue("command"), Args: args(r.URL.Query())})
	})
	for _, p := range s.config.Pages {
		pattern := "GET " + p.Path
		if p.Arg != "" {
			pattern += "{value...}"
		}
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			call := chat.Call{Command: p.Command, Args: args(r.URL.Query())}
			if p.Arg != "" {
				call = call.With(p.Arg, typed(r.PathValue("value")))
			}
			d.showCall(w, r, call)
		})
	}
	mux.HandleFunc("GET /files/{id}", s.serveFile)
	mux.HandleFunc("GET /assets/{name}", s.assets.serve)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.assets.url("icon.svg"), http.StatusFound)
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		// Who asks and hangs up again needs no answer.
		_, _ = io.WriteString(w, "ok\n")
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		d.refuse(w, r, http.StatusNotFound, "There is no page at this address.")
	})
	return s.guard(mux)
}

// showHome shows the channel one looked at last.
func (d *desk) showHome(w http.ResponseWriter, r *http.Request) {
	d.drawChat(w, r, d.sessions.look(r), d.who(r), d.where(r), draft{})
}

// showChat shows a channel.
func (d *desk) showChat(w http.ResponseWriter, r *http.Request) {
	place, ok := d.places[r.PathValue("channel")]
	if !ok {
		d.refuse(w, r, http.StatusNotFound, "There is no channel of that name.")
		return
	}
	choose(w, r, placeCookie, place.Channel)
	d.drawChat(w, r, d.sessions.look(r), d.who(r), place, draft{})
}

// speakAs changes who one speaks as.
func (d *desk) speakAs(w http.ResponseWriter, r *http.Request) {
	if !d.parse(w, r) {
		return
	}
	user, ok := d.users[r.PostForm.Get("user")]
	if !ok {
		d.refuse(w, r, http.StatusBadRequest, "There is nobody of that name to speak as.")
		return
	}
	choose(w, r, userCookie, user.ID)
	http.Redirect(w, r, safeNext(r.PostForm.Get("next")), http.StatusSeeOther)
}

// themeCookie remembers the chosen theme. It is not secret, and lasts a year.
const (
	themeCookie = "theme"
	themeAge    = 365 * 24 * 60 * 60
)

// setTheme remembers light, dark, or "as the system says".
func (d *desk) setTheme(w http.ResponseWriter, r *http.Request) {
	if !d.parse(w, r) {
		return
	}
	c := http.Cookie{Name: themeCookie, Path: "/", MaxAge: themeAge, SameSite: http.SameSiteLaxMode, HttpOnly: true, Secure: r.TLS != nil}
	switch theme := r.PostForm.Get("theme"); chat.Theme(theme) {
	case chat.Light, chat.Dark:
		c.Value = theme
	default:
		c.MaxAge = -1
	}
	http.SetCookie(w, &c)
	http.Redirect(w, r, safeNext(r.PostForm.Get("next")), http.StatusSeeOther)
}

// parse reads a sent form, or says why it cannot be.
func (d *desk) parse(w http.ResponseWriter, r *http.Request) bool {
	err := r.ParseForm()
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return true
	case errors.As(err, &large):
		d.refuse(w, r, http.StatusRequestEntityTooLarge, "That is too much text for one message.")
	default:
		d.refuse(w, r, http.StatusBadRequest, "What your browser sent could not be read.")
	}
	return false
}

// showCall shows the reply to a read-only call as a page.
func (d *desk) showCall(w http.ResponseWriter, r *http.Request, call chat.Call) {
	if !commandName.MatchString(call.Command) || !d.config.ReadOnly(call.Command) {
		d.refuse(w, r, http.StatusNotFound, "There is no page at this address.")
		return
	}
	if !d.take() {
		w.Header().Set("Retry-After", retryAfter)
		d.refuse(w, r, http.StatusServiceUnavailable, "There is too much to do right now. Load this page again in a moment.")
		return
	}
	defer d.release()
	sess := d.sessions.look(r)
	ctx, cancel := context.WithTimeout(r.Context(), pageLimit)
	defer cancel()
	req := &chat.Request{
		Ref: d.newRef(), Call: call, Place: d.pagePlace(), User: d.who(r), At: d.config.Now(), Themes: themes(),
	}
	reply, failed := d.reply(ctx, req)
	a := d.keep(sess.id, reply, failed)
	status := http.StatusOK
	if a.failed {
		status = http.StatusInternalServerError
	}
	d.drawPage(w, r, status, req, a)
}

// pagePlace is where a page is read: by the one who asked for it alone, like
// a direct message.
func (d *desk) pagePlace() chat.Place {
	for _, p := range d.config.Places {
		if p.Kind == chat.PlaceDirect {
			return d.ours(p)
		}
	}
	return chat.Place{
		Platform: d.Name(), Workspace: d.config.Places[0].Workspace, Channel: "page", Kind: chat.PlaceDirect,
		Audience: chat.Audience{Shared: chat.No, Guests: chat.No},
	}
}

// ours marks a place as one of this platform.
func (d *desk) ours(p chat.Place) chat.Place {
	p.Platform = d.Name()
	return p
}

// newRef is a reference short enough to read out.
func (d *desk) newRef() string { return strings.ToUpper(d.random()[:8]) }

func themes() []chat.Theme { return []chat.Theme{chat.Light, chat.Dark} }

// chatPath is the address of a channel.
func chatPath(p chat.Place) string { return "/chat/" + url.PathEscape(p.Channel) }
