package web

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	"insightbot/chat"
)

// ErrSignIn is what Config.SignIn returns for a token that was used, is too
// old, or never was.
var ErrSignIn = errors.New("web: the sign-in link is not valid")

// tokenShape is what a token looks like. A shorter one could be guessed, so
// that nobody is asked about it.
var tokenShape = regexp.MustCompile(`^[A-Za-z0-9_-]{22,128}$`)

// The sentences of the door.
const (
	howToSignIn  = "Send the word “signin” to the bot where you usually talk to it. It answers with a link, for you alone, that works once."
	notSignedIn  = "You are not signed in, or not any more. " + howToSignIn
	staleLink    = "This link does not work any more, or never did: each works once, for a few minutes. " + howToSignIn
	signInFailed = "Signing in did not work. Try the link again; if it stays, give an admin the reference "
)

// doorView is the page of somebody who is not signed in. It tells nothing that
// is not known outside.
type doorView struct {
	Title, Brand, Theme, Heading, Sentence string
	// Token is set where one can be used.
	Token string
}

// drawDoor writes that page.
func (s *Server) drawDoor(w http.ResponseWriter, r *http.Request, status int, v doorView) {
	if r.Header.Get(fragmentHeader) != "" {
		http.Error(w, v.Sentence, status)
		return
	}
	v.Title, v.Brand, v.Theme = v.Heading+" – "+s.config.Title, s.config.Title, theme(r)
	s.write(w, r, status, "door", v)
}

// turnAway answers who is not signed in, whatever they asked for.
func (s *Server) turnAway(w http.ResponseWriter, r *http.Request) {
	s.drawDoor(w, r, http.StatusForbidden, doorView{Heading: "Please sign in", Sentence: notSignedIn})
}

// showSignIn answers GET /sign-in with a button. Looking at the address does
// not use the link up: chat programs look at every link that passes by.
func (s *Server) showSignIn(w http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("token")
	switch {
	case token == "":
		s.turnAway(w, r)
	case !tokenShape.MatchString(token):
		s.drawDoor(w, r, http.StatusForbidden, doorView{Heading: "That did not work", Sentence: staleLink})
	default:
		s.drawDoor(w, r, http.StatusOK, doorView{
			Heading: "Sign in", Token: token,
			Sentence: "This signs you in on this device for one hour, as the person the link was made for. The link works once.",
		})
	}
}

// signIn answers POST /sign-in: it uses a link up.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) {
	fail := func(status int, sentence string) {
		s.drawDoor(w, r, status, doorView{Heading: "That did not work", Sentence: sentence})
	}
	if err := r.ParseForm(); err != nil {
		fail(http.StatusBadRequest, "What your browser sent could not be read. "+howToSignIn)
		return
	}
	token := r.PostForm.Get("token")
	if !tokenShape.MatchString(token) {
		fail(http.StatusForbidden, staleLink)
		return
	}
	if !s.openDoor(r.Context()) {
		w.Header().Set("Retry-After", retryAfter)
		fail(http.StatusServiceUnavailable, "There is too much to do right now. Open the link again in a moment.")
		return
	}
	user, place, err := s.redeem(r.Context(), token)
	<-s.doors
	switch {
	case errors.Is(err, ErrSignIn):
		s.config.Log.WarnContext(r.Context(), "a sign-in link was refused")
		time.Sleep(s.failPause)
		fail(http.StatusForbidden, staleLink)
	case err != nil:
		ref := s.newRef()
		s.config.Log.ErrorContext(r.Context(), "no sign-in", "ref", ref, "error", strings.ReplaceAll(err.Error(), token, hidden))
		fail(http.StatusInternalServerError, signInFailed+ref+".")
	default:
		s.visitors.leave(s.visitorID(r))
		s.setVisitor(w, r, s.visitors.enter(user, place), int(visitFor.Seconds()))
		s.config.Log.InfoContext(r.Context(), "somebody signed in", "from", place.Platform)
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}

// openDoor takes one of the few doors that people come in by at once, and waits
// for it if it must. Whoever took it gives it back: the store must not be kept
// busy by somebody who only guesses.
func (s *Server) openDoor(ctx context.Context) bool {
	timer := time.NewTimer(s.patience)
	defer timer.Stop()
	select {
	case s.doors <- struct{}{}:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return false
}

// redeem uses a token up. A browser that hangs up must not lose it half-way.
func (s *Server) redeem(ctx context.Context, token string) (chat.User, chat.Place, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pageLimit)
	defer cancel()
	user, place, err := s.config.SignIn(ctx, token)
	if err == nil && (user.ID == "" || place.Platform == "") {
		err = errors.New("web: a sign-in without a person or a platform")
	}
	return user, place, err
}

// signOut ends the visit of somebody and forgets what was said in it.
func (d *desk) signOut(w http.ResponseWriter, r *http.Request) {
	d.visitors.leave(d.visitorID(r))
	d.setVisitor(w, r, "", -1)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// secure reports whether a browser came by HTTPS.
func (s *Server) secure(r *http.Request) bool { return s.config.Secure || r.TLS != nil }

// visitorCookie is the name of the cookie with the id of a visitor. With its
// prefix browsers take it from this very host alone, and by HTTPS.
func (s *Server) visitorCookie(r *http.Request) string {
	if s.secure(r) {
		return "__Host-session"
	}
	return portName(r, "visitor")
}

// visitorID is what that cookie holds, or "".
func (s *Server) visitorID(r *http.Request) string {
	c, err := r.Cookie(s.visitorCookie(r))
	if err != nil {
		return ""
	}
	return c.Value
}

// setVisitor sets it for so many seconds; -1 takes it away.
func (s *Server) setVisitor(w http.ResponseWriter, r *http.Request, id string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: s.visitorCookie(r), Value: id, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: s.secure(r), SameSite: http.SameSiteLaxMode,
	})
}
