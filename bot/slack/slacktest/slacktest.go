// Package slacktest is a Slack for tests: one that runs in the test's own
// process, has people and channels in it, and is as strict as the real one
// where a bot could go wrong.
//
// A test makes a Server, puts people and channels into it, points the bot at
// its API, and then does what people do: Mention, Command, Press, Submit. What
// came of it is read with Messages and Sees, the latter being everything that
// one person could ever read. Events reach the bot by Socket Mode, or by signed
// requests after UseHTTP.
package slacktest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// App is the app under test, as its settings page at Slack has it. A test
// changes it before the bot starts.
type App struct {
	ID, Name, ClientID, ClientSecret string
	// SigningSecret signs requests, and AppToken opens Socket Mode.
	SigningSecret, AppToken string
	// UnfurlDomains are those whose links are told of; none is all of them.
	UnfurlDomains []string
	// RedirectURLs are where an installation may lead back to; none is anywhere.
	RedirectURLs []string
	// Rotation lets tokens end after twelve hours.
	Rotation bool
	// Twins sends a mention as a message of its channel too, as it comes when
	// the app is subscribed to both.
	Twins bool
	// NoEcho leaves out the events that the app's own messages and reactions
	// cause.
	NoEcho bool
}

// Timing is how patient the fake is. A test that waits for it makes it shorter.
type Timing struct {
	// Ack is how long an acknowledgement may take, and Trigger how long a
	// dialog may be opened for: three seconds.
	Ack, Trigger time.Duration
	// Ping is how often a socket is pinged; 0 is never.
	Ping time.Duration
	// Retries are the waits before an event is sent again.
	Retries []time.Duration
	// Warning is the time between a warning and the end of a socket.
	Warning time.Duration
}

// Server is the fake. Its methods may be called from several goroutines; the
// fields that a test may set are set before the bot starts.
type Server struct {
	// URL has no slash at its end, and API, the address of the Web API, has one.
	URL, API string
	App      App
	Timing   Timing
	// PageSize is how many things one page of a list holds at most.
	PageSize int
	// Review, when set, may object to what Slack takes: kind is "blocks",
	// "modal" or "home". What it returns goes to Problems.
	Review func(kind string, json []byte) []string
	// Home is the workspace the app is installed in from the start, Bot the id
	// of its user there, and Token its token.
	Home       Team
	Bot, Token string

	t      testing.TB
	listen *httptest.Server
	ctx    context.Context //nolint:containedctx // ends with the server
	stop   context.CancelFunc
	work   sync.WaitGroup

	mu      sync.Mutex
	changed chan struct{}
	closed  bool
	shift   time.Duration
	lastTS  int64
	next    map[string]int

	teams     map[string]*Team
	users     map[string]*User
	channels  map[string]*Channel
	groups    map[string]*UserGroup
	installs  []*install
	codes     map[string]*code
	messages  []*message
	files     map[string]*file
	tickets   map[string]*file // upload tickets
	triggers  map[string]*trigger
	responses map[string]*response
	stacks    map[string][]*view // by team and user
	homes     map[string]*view
	composed  map[string]composition
	shown     []*shown
	problems  []string

	calls    []Call
	faults   map[string][]*Fault
	inFlight int
	moved    time.Time // when something last happened

	http    map[string]string // the bot's addresses, by kind; none is Socket Mode
	links   map[string]bool
	sockets []*socket
	turn    int
	off     bool // Socket Mode is switched off
	waiting map[string]*Sent

	ready   time.Duration
	unshare int
}

// New returns a fake with one workspace, in which the app is installed and
// nobody else is. It ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{
		t: t, ctx: ctx, stop: stop, PageSize: 100,
		App: App{
			ID: "A000000001", Name: "insightbot", ClientID: "1000000001.1", ClientSecret: "client-secret",
			SigningSecret: "8f742231b10e8888abcd99yyyzzz85a5", AppToken: "xapp-1-A000000001-app-token",
		},
		Timing: Timing{
			Ack: 3 * time.Second, Trigger: 3 * time.Second, Ping: 2 * time.Second, Warning: 10 * time.Second,
			Retries: []time.Duration{0, time.Minute, 5 * time.Minute},
		},
		changed: make(chan struct{}), next: map[string]int{}, moved: time.Now(),
		teams: map[string]*Team{}, users: map[string]*User{}, channels: map[string]*Channel{}, groups: map[string]*UserGroup{},
		codes: map[string]*code{}, files: map[string]*file{}, tickets: map[string]*file{}, triggers: map[string]*trigger{},
		responses: map[string]*response{}, stacks: map[string][]*view{}, homes: map[string]*view{},
		composed: map[string]composition{}, faults: map[string][]*Fault{}, links: map[string]bool{}, waiting: map[string]*Sent{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.api)
	mux.HandleFunc("/link/", s.link)
	mux.HandleFunc("/upload/v1/{ticket}", s.upload)
	mux.HandleFunc("/response/{ticket}", s.respond)
	mux.HandleFunc("GET /files/{id}", s.download)
	s.listen = httptest.NewServer(mux)
	s.URL = s.listen.URL
	s.API = s.URL + "/api/"
	s.Home = s.AddTeam(Team{Name: "Acme", Domain: "acme"})
	in := s.Install(s.Home.ID)
	s.Bot, s.Token = in.Bot, in.Token
	t.Cleanup(s.close)
	return s
}

func (s *Server) close() {
	s.mu.Lock()
	s.closed = true
	sockets := slices.Clone(s.sockets)
	s.mu.Unlock()
	s.stop()
	for _, c := range sockets {
		c.end()
	}
	s.listen.CloseClientConnections()
	s.listen.Close()
	s.work.Wait()
}

// Now is the time at Slack, which Advance moves.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

func (s *Server) now() time.Time { return time.Now().Add(s.shift) }

// Advance moves the time at Slack: triggers, response addresses and tokens end
// earlier by it, and files are ready earlier.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shift += d
	s.touch()
}

// touch says that something happened. The lock is held.
func (s *Server) touch() {
	s.moved = time.Now()
	close(s.changed)
	s.changed = make(chan struct{})
}

// id returns a new id with a prefix. The lock is held.
func (s *Server) id(prefix string) string {
	s.next[prefix]++
	n := strconv.Itoa(s.next[prefix])
	return prefix + strings.Repeat("0", max(0, 9-len(n))) + n
}

// ts returns a new time stamp, of which no two are alike. The lock is held.
func (s *Server) ts() string {
	s.lastTS = max(s.lastTS+1, s.now().UnixMicro())
	n := strconv.FormatInt(s.lastTS, 10)
	return n[:len(n)-6] + "." + n[len(n)-6:]
}

// Problems are the things that the bot did which Slack tolerates and a good
// app does not do, such as an acknowledgement that is too long.
func (s *Server) Problems() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.problems)
}

// problem notes one. The lock is held.
func (s *Server) problem(words string) { s.problems = append(s.problems, words) }

// Busy is how many calls are being answered.
func (s *Server) Busy() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.inFlight
}
