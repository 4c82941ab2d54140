// Package posthogtest is a PostHog for tests: a server that knows the routes
// the bot may call, and fails the test for everything else. It serves recorded
// answers byte for byte, holds what it makes up to the published schemas, keeps
// the rate limits of the real thing, ignores what the real thing ignores, and
// breaks in every way the real thing has been seen to break.
package posthogtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"insightbot/envtest"
)

// DefaultKey is the personal API key that the server takes unless Options name
// another. No log, address or sentence may hold it.
const DefaultKey = "phx_canaryKeyThatNobodyMayEverSee0123456789"

// Canary stands in the detail of every error the server makes, where the real
// one quotes SQL and property values. No answer to a person may hold it.
const Canary = "canary-detail-SELECT-secret"

// Options say what project the server holds. The zero value is the recorded
// project of 37 insights, with a key that may read everything.
type Options struct {
	// Generated is how many insights the project holds; 0 serves the recorded
	// ones, for which the reference data is needed.
	Generated int
	// Project is the number of the project (1).
	Project int
	// Zone is the zone of the project (UTC).
	Zone *time.Location
	// Now is the clock of the server (time.Now). Rate limits, relative dates
	// and the times in answers hang on it.
	Now func() time.Time
	// Prefix is a path in front of everything, as behind a proxy: "/posthog".
	Prefix string
	// Key is the personal API key (DefaultKey).
	Key string
	// Scopes are those of the key; nil holds all that the bot asks for.
	Scopes []string
	// Paid serves definitions with description, tags and verified.
	Paid bool
	// Polls is how many times a background query says that it still runs (1).
	Polls int
	// NoLimits turns the rate limits off.
	NoLimits bool
	// NoRefusal answers what PostHog ignores without an error the way PostHog
	// does, instead of failing the test for asking.
	NoRefusal bool
}

// Request is one request as it arrived.
type Request struct {
	At           time.Time
	Method, Path string
	// Query is the part after the question mark, as it came.
	Query string
	Body  []byte
	// Route is "" for an address that may not be called.
	Route Route
	// Insight is the number in the path, Query the id of a query; or 0 and "".
	Insight int
	QueryID string
	// Status is what was answered; 0 where the connection was cut.
	Status int
}

// Server is a PostHog of a test's own. It ends with the test, which fails when
// a request was made that may not be made. It is safe for many goroutines.
type Server struct {
	// URL is the address, with the prefix: the host setting of a source.
	URL string
	// Key is a key that works.
	Key string
	// Project is the number of the project.
	Project int

	t       testing.TB
	options Options
	http    *httptest.Server
	dir     string
	schemas *schemas
	done    chan struct{}

	mu       sync.Mutex
	requests []Request
	wrongs   []string
	buckets  map[bucket][]time.Time
	faults   map[Route][]Fault
	always   map[Route]Fault
	before   map[Route]func(Request)
	items    []*item
	trends   []trending
	queries  map[string]*background
	cached   map[string]bool
	running  int
	most     int
	serial   int
	log      *lines
}

// New starts a server. Without the reference data the recorded project cannot
// be served and the test is skipped; a generated one is served unchecked by
// schemas.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	o.defaults()
	s := &Server{
		t: t, options: o, Key: o.Key, Project: o.Project, done: make(chan struct{}),
		buckets: map[bucket][]time.Time{}, faults: map[Route][]Fault{}, always: map[Route]Fault{},
		before: map[Route]func(Request){}, queries: map[string]*background{}, cached: map[string]bool{},
		log: &lines{},
	}
	if o.Generated == 0 || os.Getenv(envtest.SharedVar) != "" {
		s.dir = envtest.Shared(t, "data", "posthog")
		s.schemas = compiled(t, s.dir)
	} else {
		t.Log("answers are not held to the schemas of PostHog: " + envtest.SharedVar + " is not set")
	}
	if err := s.load(); err != nil {
		t.Fatal(err)
	}
	s.http = httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = s.http.URL + o.Prefix
	t.Cleanup(s.finish)
	return s
}

// defaults fills in what was left out.
func (o *Options) defaults() {
	if o.Project == 0 {
		o.Project = 1
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Key == "" {
		o.Key = DefaultKey
	}
	if o.Scopes == nil {
		o.Scopes = Scopes()
	}
	if o.Polls == 0 {
		o.Polls = 1
	}
}

// Scopes are those a key should have, all of them to read.
func Scopes() []string {
	all := []string{}
	for _, s := range []string{
		"insight", "query", "dashboard", "event_definition", "property_definition", "annotation",
		"cohort", "activity_log", "project", "user", "insight_variable",
	} {
		all = append(all, s+":read")
	}
	return all
}

// finish ends the server and what still hangs on it, and looks at what was
// logged.
func (s *Server) finish() {
	close(s.done)
	s.http.CloseClientConnections()
	s.http.Close()
	for _, secret := range []string{s.options.Key, Canary} {
		if line, found := s.log.find(secret); found {
			s.t.Errorf("a line of the log holds %s: %s", strings.SplitN(secret, "-", 2)[0], line)
		}
	}
}

// Now is the clock of the server.
func (s *Server) Now() time.Time { return s.options.Now() }

// wrong fails the test for a request that may not be made.
func (s *Server) wrong(format string, args ...any) {
	s.mu.Lock()
	s.wrongs = append(s.wrongs, fmt.Sprintf(format, args...))
	s.mu.Unlock()
	s.t.Errorf("PostHog may not be asked this way: "+format, args...)
}

// Wrongs are the sentences the test was failed with.
func (s *Server) Wrongs() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.wrongs)
}

// Requests are all requests so far, in the order in which they were answered.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Calls is how many requests came for a route, of any kind for "".
func (s *Server) Calls(r Route) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, q := range s.requests {
		if r == "" || q.Route == r {
			n++
		}
	}
	return n
}

// MostRunning is how many insights and queries ran at once at the most.
func (s *Server) MostRunning() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.most
}

// Forget empties the log of requests.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// Before calls do ahead of every answer of a route: to change the project
// between two pages, for one.
func (s *Server) Before(r Route, do func(Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before[r] = do
}

// file is a recorded answer as it was recorded.
func (s *Server) file(name string) []byte {
	raw, err := os.ReadFile(filepath.Join(s.dir, filepath.FromSlash(name))) //nolint:gosec // the folder of the test data
	if err != nil {
		s.t.Errorf("posthogtest: %v", err)
	}
	return raw
}

// encode is a value as JSON. What is made up here can always be encoded.
func encode(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}

// stamp is a time as PostHog writes it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }
