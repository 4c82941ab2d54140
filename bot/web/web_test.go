package web

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"insightbot/chat"
)

func TestNew_Refuses(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"at least one user":      func(c *Config) { c.Users = nil },
		"at least one place":     func(c *Config) { c.Places = nil },
		"a user has no id":       func(c *Config) { c.Users = []chat.User{{Name: "x"}} },
		`two entries for place`:  func(c *Config) { c.Places = []chat.Place{growth, growth} },
		"has no sign-in":         func(c *Config) { c.Addr = "0.0.0.0:8080" },
		"0.0.0.0:8080 can be":    func(c *Config) { c.Addr = "0.0.0.0:8080" },
		":8080 can be reached":   func(c *Config) { c.Addr = ":8080" },
		"host:port":              func(c *Config) { c.Addr = "8080" },
		"address /chat is taken": func(c *Config) { c.Pages = []Page{{Path: "/chat", Command: "x"}} },
		"is not an address":      func(c *Config) { c.Pages = []Page{{Path: "/{x}", Command: "x"}} },
		"must end in a slash":    func(c *Config) { c.Pages = []Page{{Path: "/x", Command: "x", Arg: "y"}} },
		"names no command":       func(c *Config) { c.Pages = []Page{{Path: "/x"}} },
	} {
		c := testConfig()
		change(&c)
		if _, err := New(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %q", err, want)
		}
	}
	for _, addr := range []string{"", "127.0.0.1:0", "localhost:1", "[::1]:1"} {
		c := testConfig()
		c.Addr = addr
		if _, err := New(c); err != nil {
			t.Errorf("%q: %v", addr, err)
		}
	}
	c := testConfig()
	c.Addr, c.AllowRemote = "0.0.0.0:8080", true
	if _, err := New(c); err != nil {
		t.Errorf("remote, allowed: %v", err)
	}
}

func TestRun_AddressInUse(t *testing.T) {
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	c := testConfig()
	c.Addr = ln.Addr().String()
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Run(t.Context(), &fake{})
	if want := "web: address " + c.Addr + " is in use: choose another with --addr"; err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
}

func TestRun_StopsAfterAnswersInFlight(t *testing.T) {
	s, err := New(testConfig())
	if err != nil {
		t.Fatal(err)
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &fake{gate: make(chan struct{})}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- s.serve(ctx, ln, h) }()

	got := make(chan string, 1)
	go func() {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+ln.Addr().String()+"/chat/growth", strings.NewReader("q=slow"))
		if err != nil {
			got <- err.Error()
			return
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set(fragmentHeader, "1")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			got <- err.Error()
			return
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			got <- err.Error()
			return
		}
		got <- string(body)
	}()
	for len(h.requests()) == 0 {
		time.Sleep(time.Millisecond)
	}
	stop()
	select {
	case err := <-ended:
		t.Fatalf("ended with an answer in flight: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(h.gate)
	if err := <-ended; err != nil {
		t.Errorf("Run returned %v", err)
	}
	if body := <-got; !strings.Contains(body, "4,812 people") {
		t.Errorf("the answer in flight was lost: %s", body)
	}
}

func TestServer_IsAPlatform(t *testing.T) {
	var p chat.Platform = newBench(t).server
	if p.Name() != "web" {
		t.Errorf("name is %q", p.Name())
	}
}

func TestAssets_CanBeKeptForEver(t *testing.T) {
	b := newBench(t)
	home := b.get("/").body
	for _, name := range []string{"style.css", "app.js", "icon.svg"} {
		at := b.server.assets.url(name)
		if !strings.Contains(home, at) {
			t.Errorf("%s is not on the page", at)
		}
		p := b.get(at)
		if p.status != http.StatusOK || !strings.Contains(p.header.Get("Cache-Control"), "immutable") || p.body == "" {
			t.Errorf("%s: status %d, %v", at, p.status, p.header)
		}
	}
	for _, gone := range []string{"/assets/style.css", "/assets/", "/assets/..%2Fweb.go"} {
		if p := b.get(gone); p.status == http.StatusOK {
			t.Errorf("%s is there", gone)
		}
	}
	if strings.Contains(home, "style=") || strings.Contains(home, "onclick") || strings.Contains(home, "//cdn") {
		t.Error("the page has an inline style, an inline script, or something of another machine")
	}
	if p := b.get("/healthz"); p.status != http.StatusOK || p.body != "ok\n" {
		t.Errorf("healthz: %d %q", p.status, p.body)
	}
}
