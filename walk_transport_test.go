package main

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"insightbot/bot/terminal"
	"insightbot/bot/web"
	"insightbot/chat"
)

// attempt is one thing that somebody does somewhere.
type attempt struct {
	audience
	call chat.Call
	// typed is the line of a call that somebody types; "" for any other.
	typed string
	// context is that of the last reply in the thread.
	context chat.Call
}

// tapped is a handler whose replies are kept. The command "plant" is its own:
// its reply carries a context for the next request.
type tapped struct {
	next chat.Handler

	mu      sync.Mutex
	context chat.Call
	replies []*chat.Reply
	errs    []error
}

const plant = "plant"

func (h *tapped) Answer(ctx context.Context, r *chat.Request) (*chat.Reply, error) {
	h.mu.Lock()
	planted := h.context
	h.mu.Unlock()
	if r.Call.Command == plant {
		return &chat.Reply{Ref: r.Ref, Context: planted}, nil
	}
	reply, err := h.next.Answer(ctx, r)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		h.errs = append(h.errs, err)
	} else {
		h.replies = append(h.replies, reply)
	}
	return reply, err
}

// begin forgets what was kept.
func (h *tapped) begin(planted chat.Call) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.context, h.replies, h.errs = planted, nil, nil
}

// kept are the replies and errors since then.
func (h *tapped) kept() ([]*chat.Reply, []error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.replies, h.errs
}

// walkTransport is one way to reach the bot. A new one is a line in
// walkTransports.
type walkTransport struct {
	name string
	// of is the name of the platform that it drives; "" is none.
	of string
	// takes reports whether an attempt can be made this way at all.
	takes func(attempt) bool
	open  func(t *testing.T, w *world, h *tapped) func(attempt) string
}

// walkTransports is the table of transports.
func walkTransports() []walkTransport {
	asked := func(a attempt) bool { return !a.clock }
	alone := func(a attempt) bool { return !a.clock && a.direct() && a.context.IsZero() }
	return []walkTransport{
		{name: "handler", takes: func(attempt) bool { return true }, open: openBare},
		{name: "terminal", of: "terminal", takes: asked, open: openWalkTerminal},
		{name: "web", of: "web", takes: asked, open: openWalkWeb},
		{name: "web page", of: "web", takes: alone, open: openWalkPages},
		{name: "slack", of: "slack", takes: takenBySlack, open: openWalkSlack},
		{name: "web console", of: "web", takes: func(a attempt) bool { return !a.clock && a.direct() }, open: openWalkConsole},
	}
}

// openBare calls the bot past every platform, which is the clock's way too.
func openBare(t *testing.T, w *world, h *tapped) func(attempt) string {
	return func(a attempt) string {
		r := &chat.Request{Ref: w.ref(), Call: a.call, Context: a.context, Place: a.place, User: a.user, Clock: a.clock, At: attackNow}
		if _, err := h.Answer(t.Context(), r); err != nil {
			return err.Error()
		}
		return ""
	}
}

// openWalkTerminal types into a terminal, or presses a button there.
func openWalkTerminal(t *testing.T, w *world, h *tapped) func(attempt) string {
	charts := filepath.Join(t.TempDir(), "charts")
	return func(a attempt) string {
		var out bytes.Buffer
		c := terminal.Config{
			In: strings.NewReader(a.typed + "\n"), Out: &out, Screen: terminal.Screen{Width: 100, Theme: chat.Light}, User: a.user, Place: a.place,
			Charts: charts, NewRef: w.ref, Log: w.slog,
		}
		term := terminal.New(c)
		if !a.context.IsZero() {
			if err := term.Call(t.Context(), h, chat.Call{Command: plant}); err != nil {
				t.Error(err)
			}
		}
		var err error
		if a.typed != "" {
			err = term.Run(t.Context(), h)
		} else {
			err = term.Call(t.Context(), h, a.call)
		}
		if err != nil && !errors.Is(err, terminal.ErrFailed) { // which is for the exit code alone
			out.WriteString(err.Error())
		}
		files, err := os.ReadDir(charts)
		if err == nil {
			for _, f := range files {
				out.WriteString(f.Name() + "\n")
				os.Remove(filepath.Join(charts, f.Name())) //nolint:errcheck // a temporary file
			}
		}
		return out.String()
	}
}

// walkServer is the real server of pages, over a handler.
func walkServer(t *testing.T, w *world, h chat.Handler, change func(*web.Config)) http.Handler {
	t.Helper()
	c := web.Config{
		Users: append(walkPeople(), holder), Places: walkPlaces(), Title: "Insightbot", Welcome: chat.Call{Command: "help"}, ReadOnly: readOnly, Known: known,
		Log: w.slog,
	}
	change(&c)
	s, err := web.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s.Handler(h)
}

// visitorAgent is a browser that keeps cookies and all that it was sent.
type visitorAgent struct {
	handler http.Handler
	cookies map[string]string
	seen    strings.Builder
}

// do sends a request and reads the answer, its headers, and the files in it.
func (b *visitorAgent) do(ctx context.Context, method, path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, method, "http://localhost"+path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "http://localhost")
		r.Header.Set("X-Fragment", "1")
	}
	for _, name := range slices.Sorted(maps.Keys(b.cookies)) {
		r.AddCookie(&http.Cookie{Name: name, Value: b.cookies[name]})
	}
	rec := httptest.NewRecorder()
	b.handler.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() { //nolint:bodyclose // a recorder's
		if b.cookies == nil {
			b.cookies = map[string]string{}
		}
		b.cookies[c.Name] = c.Value
	}
	for name, values := range rec.Header() {
		b.seen.WriteString(name + ": " + strings.Join(values, " ") + "\n")
	}
	b.seen.Write(rec.Body.Bytes())
	return rec
}

// fileAddress is the address of a picture or a file in a page.
var fileAddress = regexp.MustCompile(`/files/[A-Za-z0-9_-]+`)

// files fetches every file that was offered.
func (b *visitorAgent) files(ctx context.Context) {
	links := fileAddress.FindAllString(b.seen.String(), -1)
	slices.Sort(links)
	for _, link := range slices.Compact(links) {
		b.do(ctx, http.MethodGet, link, nil)
	}
}

// say sends what somebody typed, or a pressed button, to a conversation.
func (b *visitorAgent) say(ctx context.Context, channel string, a attempt) {
	form := url.Values{"as": {a.user.ID}}
	if !a.context.IsZero() {
		planted := url.Values{"as": {a.user.ID}, "call": {plant}}
		b.do(ctx, http.MethodPost, "/chat/"+channel, planted)
	}
	if a.typed != "" {
		form.Set("q", a.typed)
	} else {
		form.Set("call", formCall(a.call))
	}
	b.do(ctx, http.MethodPost, "/chat/"+channel, form)
}

// formCall is a call as a button of a page carries it.
func formCall(c chat.Call) string { return c.Command + "?" + callValues(c).Encode() }

func callValues(c chat.Call) url.Values {
	v := url.Values{}
	for name, value := range c.Args {
		v.Set(name, value)
	}
	return v
}

// openWalkWeb speaks in the channels of the playground. A look at the channel
// and its first suggestions goes with the call for help.
func openWalkWeb(t *testing.T, w *world, h *tapped) func(attempt) string {
	server := walkServer(t, w, h, func(*web.Config) {})
	return func(a attempt) string {
		b := &visitorAgent{handler: server}
		if a.call.Command == "help" {
			b.do(t.Context(), http.MethodPost, "/as", url.Values{"user": {a.user.ID}})
			b.do(t.Context(), http.MethodGet, "/chat/"+a.place.Channel, nil)
			b.do(t.Context(), http.MethodGet, "/", nil)
		}
		b.say(t.Context(), a.place.Channel, a)
		b.files(t.Context())
		return b.seen.String()
	}
}

// openWalkPages opens the address of a command. One that changes something has
// none.
func openWalkPages(t *testing.T, w *world, h *tapped) func(attempt) string {
	server := walkServer(t, w, h, func(*web.Config) {})
	return func(a attempt) string {
		b := &visitorAgent{handler: server}
		b.do(t.Context(), http.MethodPost, "/as", url.Values{"user": {a.user.ID}})
		path := "/c/" + a.call.Command + "?" + callValues(a.call).Encode()
		if id := a.call.Args["id"]; a.call.Command == "insight" && id != "" {
			path = "/insights/" + id
		}
		page := b.do(t.Context(), http.MethodGet, path, nil)
		if !readOnly(a.call.Command) && page.Code != http.StatusNotFound {
			t.Errorf("a link can call %s: status %d", a.call.Command, page.Code)
		}
		b.files(t.Context())
		return b.seen.String()
	}
}

// openWalkConsole signs in by a link that works once.
func openWalkConsole(t *testing.T, w *world, h *tapped) func(attempt) string {
	server := walkServer(t, w, h, func(c *web.Config) {
		c.AllowRemote = true
		c.SignIn = func(ctx context.Context, token string) (chat.User, chat.Place, error) {
			return w.store.RedeemSignIn(ctx, token, attackNow)
		}
	})
	return func(a attempt) string {
		token, err := w.store.MakeSignIn(t.Context(), a.user, a.place, attackNow.Add(signInTime))
		if err != nil {
			t.Error(err)
			return ""
		}
		b := &visitorAgent{handler: server}
		if page := b.do(t.Context(), http.MethodPost, "/sign-in", url.Values{"token": {token}}); page.Code != http.StatusSeeOther {
			t.Errorf("signing in gives status %d", page.Code)
		}
		if a.call.Command == "help" {
			b.do(t.Context(), http.MethodGet, "/", nil)
		}
		b.say(t.Context(), "console", a)
		b.files(t.Context())
		return b.seen.String()
	}
}

// signInTime is how long a link of the tests works.
const signInTime = 10 * time.Minute
