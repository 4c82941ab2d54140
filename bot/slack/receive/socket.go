package receive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"insightbot/chat"
)

// ErrRefused says that Slack does not let the app connect, and will not until
// somebody changes its settings or its token. The error says why in Slack's
// own word, such as invalid_auth or link_disabled.
var ErrRefused = errors.New("receive: slack refuses the connection")

// SocketConfig is what Socket Mode needs. AppToken and Take are required.
type SocketConfig struct {
	// AppToken is an app-level token with the scope connections:write.
	AppToken chat.Secret
	// APIURL is the address of the Web API with a slash at its end; Slack's
	// own when empty. Unencrypted connections are made only if it is
	// unencrypted itself, as that of an emulator may be.
	APIURL string
	Take   Taker
	// Log gets what happens to the connections; nil is none.
	Log *slog.Logger
	// Missed is called when there is a connection again after there was none,
	// before anything is taken from it: what Slack had to say meanwhile may
	// never come. nil is nobody.
	Missed func()
	// Connections is how many are held at once; 2 when 0. Slack sends each
	// delivery to one of them, and allows 10 for each app.
	Connections int
	// Dial connects to Slack; nil is the system's network, with the proxy of
	// the environment.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Now is the clock that deliveries are stamped with; time.Now when nil.
	Now func() time.Time
}

// The times of a connection.
const (
	// staleAfter is how long a connection may be silent. Slack pings several
	// times within it, however quiet the workspace is.
	staleAfter = 30 * time.Second
	// helloWithin is how long Slack may take to say hello.
	helloWithin = 10 * time.Second
	// drainFor is how long a connection that Slack is about to close is read.
	drainFor = 15 * time.Second
	// steadyAfter is how long a connection must have lasted for the next one
	// to be opened without waiting.
	steadyAfter = 30 * time.Second
	writeWithin = 5 * time.Second
	openWithin  = 15 * time.Second
)

// The bounds of waiting before the next connection is opened.
const (
	minWait = 250 * time.Millisecond
	maxWait = time.Minute
	// crowdedWait is the least when there are too many connections.
	crowdedWait = 30 * time.Second
)

// Socket receives by Socket Mode. It holds several connections, so that there
// is one when Slack closes another, and opens the next one before the one that
// Slack is about to close is let go.
type Socket struct {
	config SocketConfig
	api    *slack.Client
	http   *http.Client
	take   *bounded

	mu    sync.Mutex
	state State
	apart bool // there were connections, and there are none
}

// State is how Socket Mode is doing.
type State struct {
	// Connections is how many are wanted, and Connected how many there are.
	Connections, Connected int
	// Heard is when Slack was last heard of, be it a ping; zero when never.
	Heard time.Time
	// Unread is how many messages could not be read. They were acknowledged,
	// because they would be the same the next time.
	Unread int64
	// Trouble is why a connection last ended or could not be opened, without
	// any secret; "" once one is open.
	Trouble string
}

// NewSocket returns a Socket that connects when it is run.
func NewSocket(c SocketConfig) *Socket {
	if c.APIURL == "" {
		c.APIURL = slack.APIURL
	}
	if !strings.HasSuffix(c.APIURL, "/") {
		c.APIURL += "/"
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Connections < 1 {
		c.Connections = 2
	}
	s := &Socket{config: c, take: newBounded(c.Take, c.Log), state: State{Connections: c.Connections}}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, DisableKeepAlives: true}
	if c.Dial != nil {
		transport.Proxy, transport.DialContext = nil, c.Dial
	}
	s.http = &http.Client{Transport: transport, Timeout: openWithin}
	s.api = slack.New("", slack.OptionAppLevelToken(c.AppToken.Reveal()), slack.OptionAPIURL(c.APIURL), slack.OptionHTTPClient(s.http))
	return s
}

// State is how it is doing now.
func (s *Socket) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// note changes the state.
func (s *Socket) note(change func(*State)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.state)
}

// joined says that there is one connection more.
func (s *Socket) joined() {
	missed := false
	s.note(func(st *State) {
		st.Connected++
		st.Trouble = ""
		missed, s.apart = s.apart, false
	})
	if missed && s.config.Missed != nil {
		s.config.Missed()
	}
}

// parted says that there is one connection less.
func (s *Socket) parted() {
	s.note(func(st *State) {
		st.Connected--
		s.apart = st.Connected == 0
	})
}

// Run receives until ctx is done, and returns nil then, when what was being
// taken is acknowledged. It connects again for as long as there is hope; where
// there is none it returns an ErrRefused.
func (s *Socket) Run(ctx context.Context) error {
	if s.config.AppToken == "" {
		return fmt.Errorf("%w: the app token is missing", ErrRefused)
	}
	if strings.ContainsFunc(s.config.AppToken.Reveal(), func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		// No request can be made with it, however often it is tried.
		return fmt.Errorf("%w: the app token holds a character that no token has", ErrRefused)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for range s.config.Connections {
		wg.Go(func() {
			if err := s.hold(ctx, &wg); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); errors.Is(err, ErrRefused) {
		s.note(func(st *State) { st.Trouble = err.Error() })
		return err
	}
	return nil
}

// hold keeps one connection open until ctx is done, or Slack refuses it. Old
// connections are read to their ends in wg.
func (s *Socket) hold(ctx context.Context, wg *sync.WaitGroup) error {
	for failures := 0; ctx.Err() == nil; {
		began := time.Now()
		c, err := s.open(ctx)
		var least time.Duration
		if err == nil {
			wg.Go(func() { c.read(ctx) })
			<-c.leaving
			err, least = c.why, c.wait
		}
		if errors.Is(err, ErrRefused) {
			return err
		}
		if limit, ok := errors.AsType[*slack.RateLimitedError](err); ok {
			least = limit.RetryAfter
		}
		failures++
		if c != nil && time.Since(began) >= steadyAfter {
			failures = 0
		}
		s.rest(ctx, err, max(least, pause(failures)))
	}
	return nil
}

// rest waits before the next connection, and says why there has to be one.
func (s *Socket) rest(ctx context.Context, why error, wait time.Duration) {
	if ctx.Err() != nil {
		return
	}
	s.note(func(st *State) { st.Trouble = why.Error() })
	s.config.Log.InfoContext(ctx, "the connection to slack has to be renewed", "why", why, "wait", wait)
	select {
	case <-ctx.Done():
	case <-time.After(wait):
	}
}

// pause is how long to wait after a number of failures in a row. It is longer
// each time and never the same, so that not everybody comes back at once.
func pause(failures int) time.Duration {
	if failures == 0 {
		return 0
	}
	d := min(minWait<<min(failures-1, 10), maxWait)
	return d/2 + rand.N(d/2)
}
