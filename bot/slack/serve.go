package slack

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"insightbot/bot/slack/api"
	"insightbot/bot/slack/receive"
	"insightbot/chat"
)

// drain is how long a stop waits for requests over HTTP that are being kept.
const drain = 5 * time.Second

// serve receives over HTTP, and installs the app where that is set up.
func (s *Slack) serve(ctx context.Context) error {
	h, err := s.Handler()
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.config.Addr)
	if err != nil {
		return fmt.Errorf("slack: %w", err)
	}
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("slack: %w", err)
	case <-ctx.Done():
	}
	bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	err = srv.Shutdown(bound)
	if e := <-failed; !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	if err != nil {
		return fmt.Errorf("slack: stop: %w", err)
	}
	return nil
}

// Handler is everything that is served over HTTP.
func (s *Slack) Handler() (http.Handler, error) {
	received, err := receive.HTTP(receive.HTTPConfig{
		Secret: s.config.SigningSecret, Take: s.take, Log: s.config.Log, Now: s.config.Now,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", received)
	if s.config.ClientID != "" {
		mux.HandleFunc("GET /slack/install", s.install)
		mux.HandleFunc("GET /slack/oauth", s.installed)
	}
	return mux, nil
}

// oauth is what installing needs.
func (s *Slack) oauth() api.OAuth {
	return api.OAuth{
		BaseURL: s.config.API, HTTP: s.config.Client, ClientID: s.config.ClientID, ClientSecret: s.config.ClientSecret,
		RedirectURL: s.config.URL + "/slack/oauth", Scopes: s.config.Scopes,
	}
}

// stateCookie ties the way back from Slack to the browser that went there.
const stateCookie = "insightbot_slack_state"

// InstallURL is the address at which somebody lets the app into a workspace.
// Whoever has it can do so, so it is told to operators alone.
func (c Config) InstallURL() string { return c.URL + "/slack/install?key=" + c.InstallKey.Reveal() }

// install sends a browser to Slack to let the app in.
func (s *Slack) install(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Referrer-Policy", "no-referrer")
	key := r.URL.Query().Get("key")
	if subtle.ConstantTimeCompare([]byte(key), []byte(s.config.InstallKey.Reveal())) != 1 {
		http.Error(w, "This is not the whole address. Whoever runs the bot can read it where it was started.", http.StatusNotFound)
		return
	}
	state := s.states.make()
	http.SetCookie(w, &http.Cookie{
		Name: stateCookie, Value: state, Path: "/slack/", MaxAge: int(stateFor.Seconds()), HttpOnly: true,
		Secure: r.TLS != nil || len(s.config.URL) > 8 && s.config.URL[:8] == "https://", SameSite: http.SameSiteLaxMode,
	})
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, s.oauth().AuthoriseURL(state), http.StatusFound)
}

// installed is where the browser comes back with a code.
func (s *Slack) installed(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	c, err := r.Cookie(stateCookie)
	state := r.URL.Query().Get("state")
	if err != nil || state == "" || subtle.ConstantTimeCompare([]byte(c.Value), []byte(state)) != 1 || !s.states.take(state) {
		http.Error(w, "This link was used before, or is not from this browser. Start again with the link of whoever runs the bot.", http.StatusBadRequest)
		return
	}
	if r.URL.Query().Get("error") != "" || r.URL.Query().Get("code") == "" {
		http.Error(w, "The app was not installed, because Slack says that nobody agreed. Nothing was kept.", http.StatusBadRequest)
		return
	}
	in, err := s.oauth().Exchange(r.Context(), r.URL.Query().Get("code"), s.config.Now())
	if err == nil {
		err = s.config.Store.PutInstallation(r.Context(), in)
	}
	if err != nil {
		s.config.Log.ErrorContext(r.Context(), "an installation failed", "error", err)
		http.Error(w, "The app could not be installed. Start again with the same link; the log of the bot says why.", http.StatusBadGateway)
		return
	}
	s.spaces.add(in, false)
	s.config.Log.InfoContext(r.Context(), "a workspace installed the app", "workspace", in.Workspace)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, "Installed. You can close this page and say hello to the bot in Slack.")
}

// The bounds of installations that were begun.
const (
	stateFor  = 10 * time.Minute
	maxStates = 1000
)

// states are the installations that were begun; each ends one.
type states struct {
	now func() time.Time

	mu    sync.Mutex
	begun map[string]time.Time
}

func newStates(now func() time.Time) *states { return &states{now: now, begun: map[string]time.Time{}} }

// make begins one.
func (s *states) make() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for k, at := range s.begun {
		if now.Sub(at) > stateFor || len(s.begun) >= maxStates {
			delete(s.begun, k)
		}
	}
	state := rand.Text()
	s.begun[state] = now
	return state
}

// take ends one, and reports whether it was begun not long ago.
func (s *states) take(state string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.begun[state]
	delete(s.begun, state)
	return ok && s.now().Sub(at) <= stateFor
}

// Workspaces are those that are connected, for a diagnosis.
func (s *Slack) Workspaces() []chat.Installation {
	var list []chat.Installation
	for _, w := range s.spaces.all() {
		list = append(list, w.installation())
	}
	return list
}
