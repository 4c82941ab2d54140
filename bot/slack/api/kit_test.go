package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"insightbot/chat"
)

const (
	ourTeam  = "T0OURS"
	ourOrg   = "E0OURS"
	ourBot   = "U0BOT"
	theToken = "xoxb-canary-1234567890-token"
)

// clock is a time that passes only while somebody sleeps.
type clock struct {
	mu    sync.Mutex
	t     time.Time
	slept []time.Duration
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.pass(d)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slept = append(c.slept, d)
	return nil
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// seen is one request as the fake saw it.
type seen struct {
	method string
	form   url.Values
	header http.Header
	body   string
	length int64
	at     time.Time
}

// fake answers methods as it is told.
type fake struct {
	t      *testing.T
	clock  *clock
	server *httptest.Server

	mu      sync.Mutex
	calls   []seen
	answers map[string]http.HandlerFunc
	log     lines
}

// lines is a log that many goroutines write to.
type lines struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{t: t, clock: newClock(), answers: map[string]http.HandlerFunc{}}
	f.server = httptest.NewServer(f)
	t.Cleanup(f.server.Close)
	return f
}

// ServeHTTP notes a request and answers it.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		f.t.Error(err)
	}
	s := seen{method: strings.TrimPrefix(r.URL.Path, "/api/"), header: r.Header.Clone(), body: string(body), length: r.ContentLength, at: f.clock.Now()}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		if s.form, err = url.ParseQuery(string(body)); err != nil {
			f.t.Error(err)
		}
	}
	f.mu.Lock()
	f.calls = append(f.calls, s)
	h := f.answers[s.method]
	f.mu.Unlock()
	if h == nil {
		fmt.Fprint(w, `{"ok":false,"error":"unknown_method"}`)
		return
	}
	r.Form = s.form
	h(w, r)
}

// on answers a method by what answer makes of its arguments.
func (f *fake) on(method string, answer func(v url.Values) string) {
	f.handle(method, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, answer(r.Form)) })
}

// says answers a method always in the same way.
func (f *fake) says(method, answer string) { f.on(method, func(url.Values) string { return answer }) }

func (f *fake) handle(method string, h http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[method] = h
}

// of are the requests of a method.
func (f *fake) of(method string) []seen {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []seen
	for _, s := range f.calls {
		if s.method == method {
			all = append(all, s)
		}
	}
	return all
}

// config is that of a client of the fake.
func (f *fake) config() Config {
	return Config{
		Token: func(context.Context) (chat.Secret, error) { return theToken, nil },
		Team:  ourTeam, BotUser: ourBot, BaseURL: f.server.URL + "/api/", HTTP: f.server.Client(),
		Log: slog.New(slog.NewJSONHandler(&f.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Now: f.clock.Now, Sleep: f.clock.Sleep,
	}
}

func (f *fake) client() *Client { return New(f.config()) }

// asJSON is v as JSON.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// must fails the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// count fails the test unless a method was called n times.
func (f *fake) count(method string, n int) {
	f.t.Helper()
	if got := len(f.of(method)); got != n {
		f.t.Errorf("%s was called %d times, want %d", method, got, n)
	}
}
