// Package web is the playground: a small chat in the browser, in which people
// try the bot without a workspace of their own. It maps an address or a sent
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
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"insightbot/chat"
)

// Config says who can be spoken as, where, and at which address. Users and
// Places are required; everything else has a default.
type Config struct {
	// Addr is the address to listen on; "127.0.0.1:8080" when empty.
	Addr string
	// AllowRemote permits an address that other machines can reach. There is
	// no sign-in: everybody who reaches the page can speak as anybody.
	AllowRemote bool
	// Hosts are names under which the playground may be called besides those
	// of this machine, without a port: "playground.example".
	Hosts []string
	// Users are the people to speak as; the first is who one begins as.
	Users []chat.User
	// Places are the channels, in the order of the list.
	Places []chat.Place
	// Purpose is a line on what a channel is for, by Place.Channel.
	Purpose map[string]string
	// Title is the name of the bot, Tagline a few words on what it does.
	Title, Tagline string
	// Welcome is called for an empty conversation: the questions its reply
	// offers are shown to begin with. The zero Call shows none.
	Welcome chat.Call
	// Ask is the command that takes a typed question as its argument "q";
	// "ask" when empty.
	Ask string
	// Pages gives commands an address of their own. Nil means the usual
	// ones: /insights, /insights/<id> and /help.
	Pages []Page
	// ReadOnly says which commands change nothing, so that a link may call
	// them. Nil means that none may.
	ReadOnly func(command string) bool
	// Known says which commands exist, so that the log may name them. Nil
	// means those that this Config names or ReadOnly knows.
	Known func(command string) bool
	// StopWithin is how long answers in flight may take to finish once Run
	// is to end; 35 seconds when zero. It should be longer than the longest
	// answer.
	StopWithin time.Duration
	// Log receives what went wrong; nothing is logged when nil.
	Log *slog.Logger
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// Page is a read-only command with an address of its own.
type Page struct {
	// Path is the address: "/insights". Where Arg is set it ends in a slash,
	// and what follows is the value of that argument.
	Path    string
	Command string
	Arg     string
	// Label lists the page beside the channels; "" does not list it.
	Label string
}

// usualPages are the addresses when a Config gives none.
func usualPages() []Page {
	return []Page{
		{Path: "/insights", Command: "insights", Label: "Insights"},
		{Path: "/insights/", Command: "insight", Arg: "id"},
		{Path: "/help", Command: "help", Label: "Help"},
	}
}

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
)

// Server is the playground. It is a chat.Platform.
type Server struct {
	config   Config
	users    map[string]chat.User
	places   map[string]chat.Place
	sessions *sessions
	assets   assets
	pages    pageTemplates
	// random gives an unguessable name.
	random func() string
	// patience is the constant of that name, which tests shorten.
	patience time.Duration
	// answers counts the answers in flight.
	answers sync.WaitGroup
	// slots holds one entry for each call that is being answered.
	slots chan struct{}
}

// New checks the configuration and returns a Server. Nothing runs yet.
func New(c Config) (*Server, error) {
	c = withDefaults(c)
	s := &Server{config: c, random: rand.Text, patience: patience, slots: make(chan struct{}, maxAnswers)}
	if err := checkAddr(c); err != nil {
		return nil, err
	}
	if err := checkPages(c.Pages); err != nil {
		return nil, err
	}
	var err error
	if s.users, err = index(c.Users, "user", func(u chat.User) string { return u.ID }); err != nil {
		return nil, err
	}
	if s.places, err = index(c.Places, "place", func(p chat.Place) string { return p.Channel }); err != nil {
		return nil, err
	}
	if s.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	if s.pages, err = parseTemplates(s.assets); err != nil {
		return nil, err
	}
	s.sessions = newSessions(func() string { return s.random() })
	return s, nil
}

// withDefaults fills what a Config leaves open.
func withDefaults(c Config) Config {
	def := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	def(&c.Addr, "127.0.0.1:8080")
	def(&c.Title, "Insightbot")
	def(&c.Ask, "ask")
	if c.Pages == nil {
		c.Pages = usualPages()
	}
	if c.ReadOnly == nil {
		c.ReadOnly = func(string) bool { return false }
	}
	if c.Known == nil {
		c.Known = c.names
	}
	if c.StopWithin <= 0 {
		c.StopWithin = stopWithin
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// names reports whether a Config names a command.
func (c Config) names(command string) bool {
	return command == c.Ask || command == c.Welcome.Command || c.ReadOnly(command) ||
		slices.ContainsFunc(c.Pages, func(p Page) bool { return p.Command == command })
}

// index maps things by id and refuses a missing or doubled one.
func index[T any](list []T, noun string, id func(T) string) (map[string]T, error) {
	if len(list) == 0 {
		return nil, fmt.Errorf("web: at least one %s is needed", noun)
	}
	m := make(map[string]T, len(list))
	for _, v := range list {
		key := id(v)
		if key == "" {
			return nil, fmt.Errorf("web: a %s has no id", noun)
		}
		if _, ok := m[key]; ok {
			return nil, fmt.Errorf("web: two entries for %s %q", noun, key)
		}
		m[key] = v
	}
	return m, nil
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
