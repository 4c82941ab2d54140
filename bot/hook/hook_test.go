package hook

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"insightbot/chat"
)

const secret chat.Secret = "a secret of some length"

// synced keeps which sources were read.
type synced struct {
	mu    sync.Mutex
	names []string
	err   error
}

func (s *synced) sync(_ context.Context, source string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names = append(s.names, source)
	return s.err
}

func (s *synced) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.names, ",")
}

func newHook(t *testing.T, lines io.Writer, s *synced) *Hook {
	t.Helper()
	h, err := New(Config{
		Addr: "127.0.0.1:0", Secrets: map[string]chat.Secret{"posthog": secret, "other": secret + "2"}, Sync: s.sync,
		Log: slog.New(slog.NewTextHandler(lines, nil)), Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func post(h http.Handler, path, signature, body string) int {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, path, strings.NewReader(body))
	r.Header.Set(Header, signature)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

func TestHook_TakesOnlyWhatIsSigned(t *testing.T) {
	var lines strings.Builder
	h := newHook(t, &lines, &synced{})
	now := time.Now()
	good := Sign(secret, []byte("{}"), now)
	for name, c := range map[string]struct {
		path, signature, body string
		want                  int
	}{
		"signed":           {"/hooks/posthog", good, "{}", http.StatusAccepted},
		"again":            {"/hooks/posthog", good, "{}", http.StatusAccepted},
		"spaces":           {"/hooks/posthog", strings.ReplaceAll(good, ",", ", "), "{}", http.StatusAccepted},
		"no signature":     {"/hooks/posthog", "", "{}", http.StatusUnauthorized},
		"another body":     {"/hooks/posthog", good, "{} ", http.StatusUnauthorized},
		"another source":   {"/hooks/other", good, "{}", http.StatusUnauthorized},
		"unknown source":   {"/hooks/shop", Sign("", []byte("{}"), now), "{}", http.StatusUnauthorized},
		"old":              {"/hooks/posthog", Sign(secret, []byte("{}"), now.Add(-6*time.Minute)), "{}", http.StatusUnauthorized},
		"of the future":    {"/hooks/posthog", Sign(secret, []byte("{}"), now.Add(6*time.Minute)), "{}", http.StatusUnauthorized},
		"short":            {"/hooks/posthog", good[:len(good)-2], "{}", http.StatusUnauthorized},
		"no time":          {"/hooks/posthog", strings.Replace(good, "t=", "t=x", 1), "{}", http.StatusUnauthorized},
		"too long":         {"/hooks/posthog", Sign(secret, make([]byte, maxBody+1), now), strings.Repeat("\x00", maxBody+1), http.StatusRequestEntityTooLarge},
		"nowhere":          {"/hooks/", good, "{}", http.StatusNotFound},
		"another path":     {"/hooks/posthog/x", good, "{}", http.StatusNotFound},
		"secret of others": {"/hooks/posthog", Sign(secret+"2", []byte("{}"), now), "{}", http.StatusUnauthorized},
	} {
		if got := post(h.Handler(), c.path, c.signature, c.body); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	if n := strings.Count(lines.String(), "not signed"); n != 1 {
		t.Errorf("%d lines about what anybody can send", n)
	}
	if strings.Contains(lines.String(), secret.Reveal()) {
		t.Error("the log holds a secret")
	}
	r := httptest.NewRecorder()
	h.Handler().ServeHTTP(r, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/hooks/posthog", nil))
	if r.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", r.Code)
	}
}

func TestHook_ReadsASourceOnceForManyNotices(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines strings.Builder
		s := &synced{err: errors.New("it is down")}
		h := newHook(t, &lines, s)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			h.read(ctx, "posthog", h.pending["posthog"])
		}()
		same := Sign(secret, []byte("same"), time.Now())
		for i := range 10 {
			body := strings.Repeat("x", i)
			post(h.Handler(), "/hooks/posthog", Sign(secret, []byte(body), time.Now()), body)
			post(h.Handler(), "/hooks/posthog", same, "same")
		}
		time.Sleep(settle)
		synctest.Wait()
		if got := s.all(); got != "posthog" {
			t.Errorf("read %q", got)
		}
		// The one that is known by now reads nothing; a new one waits its turn.
		post(h.Handler(), "/hooks/posthog", same, "same")
		time.Sleep(rest + settle)
		synctest.Wait()
		if got := s.all(); got != "posthog" {
			t.Errorf("a repetition: read %q", got)
		}
		post(h.Handler(), "/hooks/posthog", Sign(secret, []byte("new"), time.Now()), "new")
		time.Sleep(rest + settle)
		synctest.Wait()
		if got := s.all(); got != "posthog,posthog" || !strings.Contains(lines.String(), "it is down") {
			t.Errorf("a new one: read %q, logged %s", got, &lines)
		}
		stop()
		<-ended
	})
}

func TestHook_RunsUntilItIsStopped(t *testing.T) {
	h := newHook(t, io.Discard, &synced{})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx, nil) }()
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	taken := httptest.NewServer(nil)
	defer taken.Close()
	h.config.Addr = taken.Listener.Addr().String()
	if err := h.Run(t.Context(), nil); err == nil {
		t.Error("it listens where somebody else does")
	}
}

func TestNew_RefusesAShortSecret(t *testing.T) {
	if _, err := New(Config{Secrets: map[string]chat.Secret{"posthog": "short"}}); err == nil || strings.Contains(err.Error(), "short") && !strings.Contains(err.Error(), "posthog") {
		t.Errorf("got %v", err)
	}
}

func FuzzVerify(f *testing.F) {
	now := time.Unix(1_790_000_000, 0)
	f.Add(Sign(secret, []byte("{}"), now), []byte("{}"))
	f.Add("t=,v1=", []byte(""))
	f.Fuzz(func(t *testing.T, header string, body []byte) {
		if _, ok := verify(secret, header, body, now); ok && string(body) != "{}" {
			t.Errorf("%q signs %q", header, body)
		}
	})
}
