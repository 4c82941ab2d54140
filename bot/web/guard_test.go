package web

import (
	"net/http"
	"strings"
	"testing"
)

func TestGuard_HeadersOnEveryResponse(t *testing.T) {
	b := newBench(t)
	for _, path := range []string{"/", "/chat/growth", "/insights", "/insights/demo/signups", "/nowhere", "/healthz", "/files/none", b.server.assets.url("style.css")} {
		h := b.get(path).header
		for name, want := range map[string]string{
			"Content-Security-Policy":      policy,
			"X-Content-Type-Options":       "nosniff",
			"Referrer-Policy":              "same-origin",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Resource-Policy": "same-origin",
			"X-Frame-Options":              "DENY",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
		if h.Get("Permissions-Policy") == "" {
			t.Errorf("%s: no Permissions-Policy", path)
		}
	}
	for _, never := range []string{"unsafe", "http:", "https:", "data:", "*"} {
		if strings.Contains(policy, never) {
			t.Errorf("the policy allows %s", never)
		}
	}
}

func TestGuard_Hosts(t *testing.T) {
	local := newBench(t)
	named := newBench(t, newDoor(t).open, func(c *Config) { c.AllowRemote, c.Hosts = false, []string{"playground.example"} })
	remote := newBench(t, newDoor(t).open)
	for _, test := range []struct {
		host                 string
		local, named, remote bool
	}{
		{"localhost", true, true, true},
		{"localhost:8080", true, true, true},
		{"LOCALHOST.:1", true, true, true},
		{"127.0.0.1:9", true, true, true},
		{"[::1]:9", true, true, true},
		{"[::1]", true, true, true},
		{"Playground.Example:80", false, true, false},
		{"evil.example", false, false, false},
		{"localhost.evil.example", false, false, false},
		{"127.0.0.1.evil.example", false, false, false},
		{"192.0.2.7:8080", false, true, true},
	} {
		for b, want := range map[*bench]bool{local: test.local, named: test.named, remote: test.remote} {
			r := b.request(http.MethodGet, "/healthz", "")
			r.Host = test.host
			p := b.do(r)
			if got := p.status == http.StatusOK; got != want {
				t.Errorf("host %q (remote allowed: %v): status %d", test.host, b == remote, p.status)
			}
		}
	}
}

func TestGuard_OtherSitesCannotSend(t *testing.T) {
	b := newBench(t)
	for name, test := range map[string]struct {
		headers map[string]string
		want    int
	}{
		"from itself":       {map[string]string{"Sec-Fetch-Site": "same-origin"}, http.StatusOK},
		"typed by hand":     {map[string]string{"Sec-Fetch-Site": "none"}, http.StatusOK},
		"another site":      {map[string]string{"Sec-Fetch-Site": "cross-site"}, http.StatusForbidden},
		"another port":      {map[string]string{"Sec-Fetch-Site": "same-site"}, http.StatusForbidden},
		"old browser":       {map[string]string{"Origin": "https://evil.example"}, http.StatusForbidden},
		"sandboxed":         {map[string]string{"Origin": "null"}, http.StatusForbidden},
		"old, from itself":  {map[string]string{"Origin": b.url}, http.StatusOK},
		"not from browsers": {nil, http.StatusOK},
	} {
		for _, path := range []string{"/chat/growth", "/as", "/theme"} {
			r := b.request(http.MethodPost, path, "q=hello&user=ben&theme=dark")
			for k, v := range test.headers {
				r.Header.Set(k, v)
			}
			if p := b.do(r); p.status != test.want {
				t.Errorf("%s to %s: status %d, want %d", name, path, p.status, test.want)
			}
		}
	}
	if n := len(b.fake.requests()); n != 4 {
		t.Errorf("%d questions got through, want 4", n)
	}
}

func TestGuard_OtherSitesCannotEmbed(t *testing.T) {
	b := newBench(t)
	get := func(site, mode, dest string) int {
		r := b.request(http.MethodGet, "/insights", "")
		r.Header.Set("Sec-Fetch-Site", site)
		r.Header.Set("Sec-Fetch-Mode", mode)
		r.Header.Set("Sec-Fetch-Dest", dest)
		return b.do(r).status
	}
	for _, test := range []struct {
		site, mode, dest string
		want             int
	}{
		{"cross-site", "navigate", "document", http.StatusOK},
		{"cross-site", "navigate", "iframe", http.StatusForbidden},
		{"cross-site", "no-cors", "image", http.StatusForbidden},
		{"same-site", "cors", "empty", http.StatusForbidden},
		{"same-origin", "cors", "empty", http.StatusOK},
	} {
		if got := get(test.site, test.mode, test.dest); got != test.want {
			t.Errorf("%s %s %s: status %d, want %d", test.site, test.mode, test.dest, got, test.want)
		}
	}
	if n := len(b.fake.requests()); n != 2 {
		t.Errorf("%d calls got through, want 2", n)
	}
}

func TestGuard_BodyLimit(t *testing.T) {
	b := newBench(t)
	p := b.post("/chat/growth", "q", strings.Repeat("x", maxBody))
	if p.status != http.StatusRequestEntityTooLarge || !strings.Contains(p.body, "too much text") {
		t.Errorf("status %d: %.200s", p.status, p.body)
	}
	if n := len(b.fake.requests()); n != 0 {
		t.Errorf("%d questions got through", n)
	}
}
