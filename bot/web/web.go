// Package web is the playground: a small chat in the browser, in which people
// try the bot without a workspace of their own. Where other machines reach it,
// it is the console instead: people sign in by a link that the bot gave them in
// their own workspace, and speak as themselves. It maps an address or a sent
// form to a chat.Call, asks the chat.Handler, and draws the chat.Reply at full
// width. Nothing it shows of insights or data comes from anywhere else, so the
// gate in front of the handlers holds for its pages too.
package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	"insightbot/chat"
)

// The bounds of the server.
const (
	// maxQuestion is how many characters a question may have.
	maxQuestion = 1000
	// maxBody bounds what is read of a sent form, in bytes.
	maxBody = 64 << 10
	// maxHeader bounds the head of a request, in bytes.
	maxHeader = 32 << 10
	// answerLimit ends an answer whose handler has no limit of its own.
	answerLimit = 2 * time.Minute
	// pageLimit is the same for a page; it is below the write timeout, so
	// that there is time to say what happened.
	pageLimit = 50 * time.Second
	// patience is how long a browser is kept waiting before it is told that
	// the answer is still being looked up.
	patience = 20 * time.Second
	// writeTimeout bounds one response.
	writeTimeout = 60 * time.Second
	// stopWithin is the default of Config.StopWithin.
	stopWithin = 35 * time.Second
	// maxAnswers is how many calls all browsers together can have answered
	// at once.
	maxAnswers = 64
	// maxSignIns is how many tokens are tried at once, and failPause how long
	// a wrong one keeps its turn: 16 guesses a second, whoever makes them.
	maxSignIns = 4
	failPause  = 250 * time.Millisecond
)

// Server is the playground. It is a chat.Platform.
type Server struct {
	config Config
	// remote is set where everybody has to sign in.
	remote   bool
	sessions *sessions
	visitors *visitors
	assets   assets
	pages    pageTemplates
	// random gives an unguessable name.
	random func() string
	// patience is the constant of that name, which tests shorten.
	patience time.Duration
	// answers counts the answers in flight.
	answers sync.WaitGroup
	// slots holds one entry for each call that is being answered, doors one
	// for each token that is being tried.
	slots, doors chan struct{}
	// failPause is the constant of that name, which tests shorten.
	failPause time.Duration
}

// New checks the configuration and returns a Server. Nothing runs yet.
func New(c Config) (*Server, error) {
	c = withDefaults(c)
	if err := c.check(); err != nil {
		return nil, err
	}
	s := &Server{
		config: c, remote: c.remote(), random: rand.Text, patience: patience, failPause: failPause,
		slots: make(chan struct{}, maxAnswers), doors: make(chan struct{}, maxSignIns),
	}
	var err error
	if s.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	if s.pages, err = parseTemplates(s.assets); err != nil {
		return nil, err
	}
	random := func() string { return s.random() }
	s.sessions = newSessions(random)
	s.visitors = newVisitors(random, c.Now, s.sessions.end)
	return s, nil
}

// Name returns "web".
func (s *Server) Name() string { return "web" }

// Run listens and serves until ctx is done. Answers in flight may then take
// Config.StopWithin to finish.
func (s *Server) Run(ctx context.Context, h chat.Handler) error {
	select {
	case <-ctx.Done():
		return nil
	default:
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", s.config.Addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("web: address %s is in use: choose another with --addr", s.config.Addr)
	case err != nil:
		return fmt.Errorf("web: listen on %s: %w", s.config.Addr, err)
	}
	s.config.Log.InfoContext(ctx, "playground is open", "url", "http://"+friendly(ln.Addr()))
	if s.remote && !s.config.Secure {
		s.config.Log.WarnContext(ctx, "other machines reach the pages without HTTPS: put a proxy before them that speaks it, and say so in the settings")
	}
	return s.serve(ctx, ln, h)
}

// serve serves on ln until ctx is done.
func (s *Server) serve(ctx context.Context, ln net.Listener, h chat.Handler) error {
	srv := &http.Server{
		Handler:           s.Handler(h),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.config.Log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		return fmt.Errorf("web: serve: %w", err)
	case <-ctx.Done():
	}
	bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.config.StopWithin)
	defer cancel()
	if err := srv.Shutdown(bound); err != nil {
		s.config.Log.WarnContext(ctx, "some pages were cut off", "error", err)
		// Shutdown gave up waiting; the connections must not outlive Run.
		if err := srv.Close(); err != nil {
			s.config.Log.WarnContext(ctx, "closing failed", "error", err)
		}
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		s.config.Log.WarnContext(ctx, "serving ended early", "error", err)
	}
	finished := make(chan struct{})
	go func() { s.answers.Wait(); close(finished) }()
	select {
	case <-finished:
	case <-bound.Done():
		s.config.Log.WarnContext(ctx, "some answers were cut off")
	}
	return nil
}

// friendly writes an address the way people type it.
func friendly(a net.Addr) string {
	if tcp, ok := a.(*net.TCPAddr); ok && tcp.IP.IsLoopback() {
		return fmt.Sprintf("localhost:%d", tcp.Port)
	}
	return strings.TrimPrefix(a.String(), "[::]")
}
