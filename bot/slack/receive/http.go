package receive

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"sync"
	"time"

	"insightbot/chat"
)

// HTTPConfig is what HTTP needs. Secret and Take are required.
type HTTPConfig struct {
	// Secret is the app's signing secret.
	Secret chat.Secret
	Take   Taker
	// Log gets what was refused and why; nil is none.
	Log *slog.Logger
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// maxHTTPAnswer is how long an answer over HTTP may be: as long as a view.
const maxHTTPAnswer = 250_000

// server receives over HTTP.
type server struct {
	secret chat.Secret
	log    *slog.Logger
	now    func() time.Time
	take   *bounded
	// large and small hold a token for each body that is being read.
	large, small chan struct{}

	mu      sync.Mutex
	said    time.Time // when refused requests were last logged
	refused int       // since then
}

// HTTP serves POST /slack/events, /slack/commands and /slack/interactions, and
// GET /healthz. Without a secret, or with nobody to take the deliveries, it
// returns an error.
//
// A request that is not proved to be Slack's gets 401, and one that cannot be
// read 400, both with nothing done. It reads up to 1 MiB of a body; how long
// that may take is up to the http.Server.
func HTTP(c HTTPConfig) (http.Handler, error) {
	if c.Secret == "" {
		return nil, errors.New("receive: the signing secret is missing")
	}
	if c.Take == nil {
		return nil, errors.New("receive: nobody takes the deliveries")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	s := &server{secret: c.Secret, log: c.Log, now: c.Now, take: newBounded(c.Take, c.Log), large: make(chan struct{}, largeAtOnce), small: make(chan struct{}, smallAtOnce)}
	mux := http.NewServeMux()
	mux.Handle("POST /slack/events", s.proved("application/json", s.events))
	mux.Handle("POST /slack/commands", s.proved("application/x-www-form-urlencoded", s.commands))
	mux.Handle("POST /slack/interactions", s.proved("application/x-www-form-urlencoded", s.interactions))
	mux.HandleFunc("GET /slack/commands", sslCheck)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		_, _ = io.WriteString(w, "ok\n")
	})
	return mux, nil
}

// sslCheck answers Slack's look at the certificate, which does nothing.
func sslCheck(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("ssl_check") != "1" {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
	}
}

// proved runs a handler on bodies that are proved to be Slack's.
func (s *server) proved(contentType string, read func(ctx context.Context, w http.ResponseWriter, h http.Header, body []byte) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		p, err := readProof(r.Header, s.now())
		if err != nil {
			s.refuse(r.Context(), w, http.StatusUnauthorized, err)
			return
		}
		body, err := s.body(w, r)
		if errors.Is(err, errCrowd) {
			s.refuse(r.Context(), w, http.StatusServiceUnavailable, err)
			return
		}
		if err != nil {
			s.refuse(r.Context(), w, http.StatusBadRequest, err)
			return
		}
		if err := p.check(s.secret, body); err != nil {
			s.refuse(r.Context(), w, http.StatusUnauthorized, err)
			return
		}
		if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != contentType {
			s.refuse(r.Context(), w, http.StatusBadRequest, errors.New("receive: wrong content type"))
			return
		}
		if err := read(r.Context(), w, r.Header, body); err != nil {
			s.refuse(r.Context(), w, http.StatusBadRequest, err)
		}
	})
}

// How many bodies are read at once: nobody knows yet whose they are, and each may
// come slowly. Nearly all of Slack's are small, so that who sends large ones, or
// none at all, is not in their way.
const (
	largeAtOnce = 64 // of maxBody each
	smallAtOnce = 1024
	smallBody   = 64 << 10
)

// errCrowd says that too many bodies are being read.
var errCrowd = errors.New("receive: too many requests at once")

// body reads what was sent, when there is room for it.
func (s *server) body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	slots, most := s.large, int64(maxBody)
	if r.ContentLength >= 0 && r.ContentLength <= smallBody {
		slots, most = s.small, smallBody
	}
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	default:
		return nil, errCrowd
	}
	return io.ReadAll(http.MaxBytesReader(w, r.Body, most))
}

// refuse answers a request that is not taken. It logs once a minute, because
// anybody can send them.
func (s *server) refuse(ctx context.Context, w http.ResponseWriter, status int, err error) {
	if status < http.StatusInternalServerError {
		// It would be the same the next time.
		w.Header().Set("X-Slack-No-Retry", "1")
	}
	http.Error(w, http.StatusText(status), status)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused++
	if now := s.now(); s.said.IsZero() || now.Sub(s.said) >= time.Minute {
		s.log.WarnContext(ctx, "requests over http were refused", "times", s.refused, "last", err, "status", status)
		s.said, s.refused = now, 0
	}
}

func (s *server) events(ctx context.Context, w http.ResponseWriter, h http.Header, body []byte) error {
	d, challenge, err := readEvent(body)
	if err != nil {
		return err
	}
	if challenge != "" {
		b, err := json.Marshal(struct {
			Challenge string `json:"challenge"`
		}{challenge})
		if err != nil {
			return err
		}
		s.answer(w, verdict{http.StatusOK, b})
		return nil
	}
	d.Retry = retries(h.Get("X-Slack-Retry-Num"))
	s.deliver(ctx, w, d)
	return nil
}

func (s *server) commands(ctx context.Context, w http.ResponseWriter, _ http.Header, body []byte) error {
	values, err := readForm(body)
	if err != nil {
		return err
	}
	if values["ssl_check"] == "1" {
		s.answer(w, verdict{status: http.StatusOK})
		return nil
	}
	d, err := readCommand(values)
	if err != nil {
		return err
	}
	s.deliver(ctx, w, d)
	return nil
}

// interactions reads the payload from the body alone: the query is not signed.
func (s *server) interactions(ctx context.Context, w http.ResponseWriter, _ http.Header, body []byte) error {
	payload, err := readPayload(body)
	if err != nil {
		return err
	}
	d, err := readInteraction(payload)
	if err != nil {
		return err
	}
	s.deliver(ctx, w, d)
	return nil
}

// deliver takes a delivery; one without a kind is only acknowledged.
func (s *server) deliver(ctx context.Context, w http.ResponseWriter, d Delivery) {
	if d.Kind == "" {
		s.answer(w, verdict{status: http.StatusOK})
		return
	}
	d.At = s.now()
	if d.Kind != KindEvent {
		d.MaxAnswer = maxHTTPAnswer
	}
	s.answer(w, s.take.run(ctx, d))
}

func (s *server) answer(w http.ResponseWriter, v verdict) {
	if len(v.body) > 0 {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.WriteHeader(v.status)
	// Whoever asked may be gone.
	_, _ = w.Write(v.body)
}
