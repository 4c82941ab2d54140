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
		"at least one user":     func(c *Config) { c.Users = nil },
		"at least one place":    func(c *Config) { c.Places = nil },
		"a user has no id":      func(c *Config) { c.Users = []chat.User{{Name: "x"}} },
		`two entries for place`: func(c *Config) { c.Places = []chat.Place{growth, growth} },
		"has no sign-in":        func(c *Config) { c.Addr = "0.0.0.0:8080" },
		"an address such as": func(c *Config) {
			c.Addr, c.SignIn = "8080", func(context.Context, string) (chat.User, chat.Place, error) { return mia, growth, nil }
		},
		"address /chat is taken": func(c *Config) { c.Pages = []Page{{Path: "/chat", Command: "x"}} },
		"/sign-in/ is taken":     func(c *Config) { c.Pages = []Page{{Path: "/sign-in/", Command: "x", Arg: "y"}} },
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
	c.Addr, c.SignIn, c.Users, c.Places = "0.0.0.0:8080", newDoor(t).redeem, nil, nil
	if s, err := New(c); err != nil || !s.remote {
		t.Errorf("other machines, with a sign-in: %v", err)
	}
}

func TestNew_OtherMachinesHaveToSignIn(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"an address":    func(c *Config) { c.Addr = "0.0.0.0:8080" },
		"a wildcard":    func(c *Config) { c.Addr = ":8080" },
		"allow":         func(c *Config) { c.AllowRemote = true },
		"https":         func(c *Config) { c.Secure = true },
		"another name":  func(c *Config) { c.Hosts = []string{"console.example"} },
		"this machine":  func(*Config) {},
		"its name":      func(c *Config) { c.Addr = "localhost:80" },
		"its other one": func(c *Config) { c.Addr = "[::1]:80" },
	} {
		remote := !strings.HasPrefix(name, "this") && !strings.HasPrefix(name, "its")
		c := testConfig()
		change(&c)
		if _, err := New(c); (err != nil) != remote || err != nil && !strings.Contains(err.Error(), "has no sign-in") {
			t.Errorf("%s, without a sign-in: %v", name, err)
		}
		c.SignIn = newDoor(t).redeem
		if s, err := New(c); err != nil || s.remote != remote {
			t.Errorf("%s, with a sign-in: %v; everybody has to sign in: %v, want %v", name, err, err == nil && s.remote, remote)
		}
	}
	for addr, ok := range map[string]bool{"0.0.0.0:1": true, "127.0.0.1:1": true, "example.org:1": true, "8080": false, "": false, "x:http": false} {
		if err := CheckSignInAddr(addr); (err == nil) != ok {
			t.Errorf("%q: %v", addr, err)
		}
	}
}

func TestCheckAddr(t *testing.T) {
	const remote = " can be reached from other machines, and the playground has no sign-in, so it listens on this machine only: use 127.0.0.1:"
	const none = " is not an address such as 127.0.0.1:8080"
	for addr, want := range map[string]string{
		"127.0.0.1:8080": "", "127.8.9.1:0": "", "localhost:1": "", "[::1]:1": "",
		"0.0.0.0:8080":    "web: address 0.0.0.0:8080" + remote + "8080",
		":9000":           "web: address :9000" + remote + "9000",
		"[::]:80":         "web: address [::]:80" + remote + "80",
		"192.0.2.7:80":    "web: address 192.0.2.7:80" + remote + "80",
		"example.org:80":  "web: address example.org:80" + remote + "80",
		"8080":            `web: "8080"` + none,
		"":                `web: ""` + none,
		"127.0.0.1":       `web: "127.0.0.1"` + none,
		"127.0.0.1:":      `web: "127.0.0.1:"` + none,
		"127.0.0.1:http":  `web: "127.0.0.1:http"` + none,
		"127.0.0.1:70000": `web: "127.0.0.1:70000"` + none,
		"::1:80":          `web: "::1:80"` + none,
	} {
		got := ""
		if err := CheckAddr(addr); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", addr, got, want)
		}
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

func TestRun_StopsWithinTheBound(t *testing.T) {
	if s, err := New(testConfig()); err != nil || s.config.StopWithin != 35*time.Second {
		t.Errorf("the bound is %v, %v", s.config.StopWithin, err)
	}
	b := newBench(t, func(c *Config) { c.StopWithin = 30 * time.Millisecond })
	b.fake.gate = make(chan struct{})
	b.server.patience = time.Millisecond
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	b.post("/chat/growth", "q", "slow")
	stop()
	if err := b.server.serve(ctx, ln, b.fake); err != nil {
		t.Errorf("Run returned %v", err)
	}
	if !strings.Contains(b.log.String(), "some answers were cut off") {
		t.Error("the log does not say that answers were cut off")
	}
	close(b.fake.gate)
	b.server.answers.Wait()
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
