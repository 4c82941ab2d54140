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

// Handler serves the playground over h, without listening anywhere.
func (s *Server) Handler(h chat.Handler) http.Handler { return s.guard(s.routes(h)) }

// routes are all addresses.
func (s *Server) routes(h chat.Handler) http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, page func(*desk, http.ResponseWriter, *http.Request)) {
		mux.HandleFunc(pattern, s.admit(h, page))
	}
	handle("GET /{$}", (*desk).showHome)
	handle("GET /chat/{channel}", (*desk).showChat)
	handle("POST /chat/{channel}", (*desk).post)
	handle("GET /message/{ref}", (*desk).showMessage)
	handle("POST /theme", (*desk).setTheme)
	handle("GET /files/{id}", (*desk).serveFile)
	handle("GET /c/{command}", func(d *desk, w http.ResponseWriter, r *http.Request) {
		d.showCall(w, r, chat.Call{Command: r.PathValue("command"), Args: args(r.URL.Query())})
	})
	for _, p := range s.config.Pages {
		pattern := "GET " + p.Path
		if p.Arg != "" {
			pattern += "{value...}"
		}
		handle(pattern, func(d *desk, w http.ResponseWriter, r *http.Request) {
			call := chat.Call{Command: p.Command, Args: args(r.URL.Query())}
			if p.Arg != "" {
				call = call.With(p.Arg, typed(r.PathValue("value")))
			}
			d.showCall(w, r, call)
		})
	}
	if s.remote {
		mux.HandleFunc("GET /sign-in", s.showSignIn)
		mux.HandleFunc("POST /sign-in", s.signIn)
		handle("POST /sign-out", (*desk).signOut)
	} else {
		handle("POST /as", (*desk).speakAs)
	}
	mux.HandleFunc("GET /assets/{name}", s.assets.serve)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.assets.url("icon.svg"), http.StatusFound)
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		// Who asks and hangs up again needs no answer.
		_, _ = io.WriteString(w, "ok\n")
	})
	handle("/", func(d *desk, w http.ResponseWriter, r *http.Request) {
		d.refuse(w, r, http.StatusNotFound, "There is no page at this address.")
	})
	return mux
}

// showHome shows the channel one looked at last.
func (d *desk) showHome(w http.ResponseWriter, r *http.Request) {
	d.drawChat(w, r, d.look(r), d.who(r), d.where(r), draft{})
}

// showChat shows a channel.
func (d *desk) showChat(w http.ResponseWriter, r *http.Request) {
	place, ok := d.place(r.PathValue("channel"))
	if !ok {
		d.refuse(w, r, http.StatusNotFound, "There is no channel of that name.")
		return
	}
	d.choose(w, r, placeCookie, place.Channel)
	d.drawChat(w, r, d.look(r), d.who(r), place, draft{})
}

// speakAs changes who one speaks as.
func (d *desk) speakAs(w http.ResponseWriter, r *http.Request) {
	if !d.parse(w, r) {
		return
	}
	user, ok := d.user(r.PostForm.Get("user"))
	if !ok {
		d.refuse(w, r, http.StatusBadRequest, "There is nobody of that name to speak as.")
		return
	}
	d.choose(w, r, userCookie, user.ID)
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
	c := http.Cookie{Name: themeCookie, Path: "/", MaxAge: themeAge, SameSite: http.SameSiteLaxMode, HttpOnly: true, Secure: d.secure(r)}
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
	sess := d.look(r)
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

// newRef is a reference short enough to read out.
func (s *Server) newRef() string { return strings.ToUpper(s.random()[:8]) }

func themes() []chat.Theme { return []chat.Theme{chat.Light, chat.Dark} }

// chatPath is the address of a channel.
func chatPath(p chat.Place) string { return "/chat/" + url.PathEscape(p.Channel) }
