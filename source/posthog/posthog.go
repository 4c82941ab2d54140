// Package posthog is a source of the insights that a team saved in PostHog. It
// keeps a copy of their definitions, runs them there with the period, breakdown
// and filters that were asked for, and reads what comes back. It only ever
// reads, with a key that may not do more, within the limits of PostHog's API, of
// which it leaves a part to the team. What a question or an answer means is for
// package shape to say.
package posthog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"insightbot/insight"
	"insightbot/source"
	"insightbot/source/guard"
	"insightbot/source/posthog/shape"
)

// State keeps what a source has to remember beyond the end of the program.
type State interface {
	LoadSourceState(ctx context.Context, source string) ([]byte, error)
	SaveSourceState(ctx context.Context, source string, state []byte) error
}

// Config is what a Source needs. Name, Host, Project, Key and Guard are
// required.
type Config struct {
	// Name prefixes the ids of the insights.
	Name string
	// Host is the address of the private API: https://eu.posthog.com, or that of
	// a PostHog of one's own, perhaps with a path.
	Host string
	// Project is the number of the project.
	Project int
	// Key is a personal API key that may read.
	Key insight.Secret
	// Plain allows a host without encryption: one inside of a network that the
	// operator named.
	Plain bool
	// Tags are added to those of every insight.
	Tags []string
	// Guard reaches the host and no other.
	Guard *guard.Guard
	// Timeout is how long one run may take (20 s); Concurrency is how many run at
	// once (2: PostHog takes three of a whole project).
	Timeout     time.Duration
	Concurrency int
	// MaxRows is how many rows of a table are kept (10,000).
	MaxRows int
	// State may be nil: then everything is read anew at each start.
	State State
	// Log may be nil: nothing is logged. Now may be nil: time.Now.
	Log *slog.Logger
	Now func() time.Time
}

// Source is one project of PostHog. It is safe for use by many goroutines; Close
// it when it is no longer used.
type Source struct {
	config Config
	client *client
	gate   *source.Gate
	// background are the calls that stop queries nobody waits for.
	background sync.WaitGroup

	// syncing holds a token of the one that reads what is saved. To it belong
	// what went wrong the last time, and when, and whether this program has
	// looked at all.
	syncing  chan struct{}
	failed   error
	failedAt time.Time
	awake    bool

	mu    sync.RWMutex
	known known
	// current are the insights that can be run, by id, and project is what they
	// were read with; nil before the first reading.
	current map[string]*offered
	project shape.Project
	// ids are those of current, in order.
	ids []string
	// refused are those that are not offered.
	refused []NotOffered
	// vanished are ids that a run could not find any more, and when.
	vanished map[string]time.Time
}

var _ insight.Source = (*Source)(nil)

// Open makes a Source. It asks nothing yet, and fails for settings that cannot
// be right.
func Open(c Config) (*Source, error) {
	c.defaults()
	u, err := url.Parse(c.Host)
	switch {
	case c.Name == "" || c.Project <= 0 || c.Key == "" || c.Guard == nil:
		return nil, errors.New("posthog: open: a source needs a name, a project, a key and a guard")
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("posthog: open %s: the host is not an address such as https://eu.posthog.com", c.Name)
	case strings.HasPrefix(u.Host, "us.i.") || strings.HasPrefix(u.Host, "eu.i.") || u.Host == "app.posthog.com":
		return nil, fmt.Errorf("posthog: open %s: %s only takes events in; the API is at https://us.posthog.com or https://eu.posthog.com", c.Name, u.Host)
	case u.Scheme == "http" && !c.Plain:
		return nil, fmt.Errorf("posthog: open %s: http would show the key to whoever listens; use https", c.Name)
	case !strings.HasPrefix(c.Key.Reveal(), "phx_") || strings.ContainsFunc(c.Key.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, fmt.Errorf("posthog: open %s: the key is no personal API key, which begins with phx_", c.Name)
	}
	api := newClient(c, u)
	// What is printed, logged or dumped of a Source must not show the key.
	c.Key = ""
	return &Source{
		config: c, client: api, gate: source.NewGate(c.Concurrency, queueFactor*c.Concurrency),
		syncing: make(chan struct{}, 1), vanished: map[string]time.Time{},
	}, nil
}

// queueFactor is how many runs may wait for each that may run.
const queueFactor = 16

// defaults fills in what was left out.
func (c *Config) defaults() {
	c.Host = strings.TrimRight(c.Host, "/")
	if c.Timeout <= 0 {
		c.Timeout = 20 * time.Second
	}
	if c.Concurrency <= 0 {
		c.Concurrency = 2
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
}

// Close waits until queries that nobody waits for are stopped at PostHog, which
// takes some seconds at most. Nothing may run any more.
func (s *Source) Close() error {
	s.background.Wait()
	return nil
}

// Name implements insight.Source.
func (s *Source) Name() string { return s.config.Name }

// link is where people look at an insight.
func (s *Source) link(shortID string) string {
	return s.config.Host + "/project/" + strconv.Itoa(s.config.Project) + "/insights/" + url.PathEscape(shortID)
}
