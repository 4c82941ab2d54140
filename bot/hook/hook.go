// Package hook listens for notices that something changed in a source, so that
// the catalogue is read anew at once instead of when its time comes. A notice is
// signed, carries nothing that is believed, and can only make the bot look
// earlier.
package hook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"insightbot/chat"
)

const (
	// maxBody is how long a notice may be, in bytes.
	maxBody = 64 << 10
	// settle is how long notices of one source are gathered before it is read:
	// one saved insight gives several.
	settle = 2 * time.Second
	// rest is how long at least a source is left alone between two readings.
	rest = 30 * time.Second
	// atOnce is how many notices are read at once.
	atOnce = 16
	// drain is how long a stop waits for notices that are being taken.
	drain = 2 * time.Second
)

// Config is what a Hook needs.
type Config struct {
	// Addr is where it listens, behind whatever makes it https.
	Addr string
	// Secrets are what the notices of each source are signed with, by the name
	// of the source. A source without one takes no notices.
	Secrets map[string]chat.Secret
	// Sync reads one source anew.
	Sync func(ctx context.Context, source string) error
	Log  *slog.Logger
	Now  func() time.Time
}

// Hook takes notices over HTTP. It is a chat.Platform without a conversation.
type Hook struct {
	config  Config
	seen    seen
	pending map[string]chan struct{}
	// taking holds a token for each notice that is being read.
	taking chan struct{}

	mu      sync.Mutex
	said    time.Time // when refused notices were last logged
	refused int       // since then
}

// New returns a Hook. It fails for a source whose secret is too short to be one.
func New(c Config) (*Hook, error) {
	const least = 16
	h := &Hook{config: c, pending: make(map[string]chan struct{}, len(c.Secrets)), taking: make(chan struct{}, atOnce)}
	for source, secret := range c.Secrets {
		if len(secret.Reveal()) < least {
			return nil, fmt.Errorf("hook: the secret of %s has fewer than %d characters", source, least)
		}
		h.pending[source] = make(chan struct{}, 1)
	}
	return h, nil
}

// Name implements chat.Platform.
func (*Hook) Name() string { return "hook" }

// Run implements chat.Platform: it takes notices until ctx is done.
func (h *Hook) Run(ctx context.Context, _ chat.Handler) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", h.config.Addr)
	if err != nil {
		return fmt.Errorf("hook: %w", err)
	}
	srv := &http.Server{
		Handler: h.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	work, stop := context.WithCancel(ctx)
	var readers sync.WaitGroup
	for source, notices := range h.pending {
		readers.Go(func() { h.read(work, source, notices) })
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	select {
	case err = <-failed:
		err = fmt.Errorf("hook: %w", err)
	case <-ctx.Done():
		bound, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer cancel()
		err = srv.Shutdown(bound)
		if e := <-failed; !errors.Is(e, http.ErrServerClosed) {
			err = errors.Join(err, e)
		}
	}
	stop()
	readers.Wait()
	return err
}

// Handler takes POST /hooks/<source>. It answers before anything is read.
func (h *Hook) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hooks/{source}", h.take)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return mux
}

// take checks a notice and remembers that its source has to be read.
func (h *Hook) take(w http.ResponseWriter, r *http.Request) {
	source := r.PathValue("source")
	select {
	case h.taking <- struct{}{}:
		defer func() { <-h.taking }()
	default:
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "too long", http.StatusRequestEntityTooLarge)
		return
	}
	// A source that is not there is told from a wrong signature by nothing.
	secret := h.config.Secrets[source]
	mac, ok := verify(secret, r.Header.Get(Header), body, h.config.Now())
	if !ok {
		h.refuse(r.Context())
		http.Error(w, "not signed", http.StatusUnauthorized)
		return
	}
	if h.seen.first(mac, h.config.Now()) {
		select {
		case h.pending[source] <- struct{}{}:
		default: // it will be read anyway
		}
	}
	w.WriteHeader(http.StatusAccepted)
}

// refuse logs once a minute that notices are refused, because anybody can send
// them.
func (h *Hook) refuse(ctx context.Context) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refused++
	if now := h.config.Now(); h.said.IsZero() || now.Sub(h.said) >= time.Minute {
		h.config.Log.WarnContext(ctx, "change notices were not signed as they should be", "times", h.refused)
		h.said, h.refused = now, 0
	}
}

// read reads one source whenever there were notices, until ctx is done.
func (h *Hook) read(ctx context.Context, source string, notices <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-notices:
		}
		if !sleep(ctx, settle) {
			return
		}
		select {
		case <-notices: // those that came meanwhile
		default:
		}
		if err := h.config.Sync(ctx, source); err != nil && ctx.Err() == nil {
			h.config.Log.WarnContext(ctx, "a source could not be read after a change notice", "source", source, "error", err)
		}
		if !sleep(ctx, rest) {
			return
		}
	}
}

// sleep waits; it reports whether it was not cut short.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
