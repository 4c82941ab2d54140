package guard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// errStub ends every connection to an address that is not this machine: no test
// reaches anything real.
var errStub = errors.New("the stub dialer connects to nothing")

// attempts are the addresses that somebody wanted to connect to.
type attempts struct {
	mu   sync.Mutex
	list []netip.AddrPort
}

// note is the last check before a connection: it lets this machine be reached.
func (a *attempts) note(_ string, to netip.AddrPort) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = append(a.list, to)
	if to.Addr().Unmap().IsLoopback() {
		return nil
	}
	return errStub
}

// guarded makes a guard whose connections all end at the stub.
func guarded(t *testing.T, c Config) (*Guard, *attempts) {
	t.Helper()
	g, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	a := &attempts{}
	g.last = a.note
	return g, a
}

// secret is a service of this machine that nobody outside may reach.
func secret(t *testing.T) (port string, reached *atomic.Int64) {
	t.Helper()
	reached = &atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reached.Add(1)
		fmt.Fprint(w, "secret")
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Port(), reached
}

// names answers like a system that reads old spellings of addresses, with names
// that an attacker owns beside them.
func names(_ context.Context, _, host string) ([]netip.Addr, error) {
	known := map[string]string{
		"2130706433": "127.0.0.1", "0177.0.0.1": "127.0.0.1", "0x7f.0.0.1": "127.0.0.1", "0x7f000001": "127.0.0.1", "127.1": "127.0.0.1",
		"localhost": "127.0.0.1", "127.0.0.1": "127.0.0.1", "0": "0.0.0.0", "017700000001": "127.0.0.1", "2852039166": "169.254.169.254",
		"0xa9.254.169.254": "169.254.169.254", "metadata.google.internal": "169.254.169.254",
		"loop.example": "127.0.0.1", "loop6.example": "::1", "any.example": "0.0.0.0", "any6.example": "::", "mapped.example": "::ffff:127.0.0.1",
		"mapped-hex.example": "::ffff:7f00:1", "meta.example": "169.254.169.254", "mapped-meta.example": "::ffff:169.254.169.254",
		"nat64.example": "64:ff9b::a9fe:a9fe", "nat64-local.example": "64:ff9b:1::7f00:1", "sixtofour.example": "2002:7f00:1::",
		"teredo.example": "2001:0:7f00:1::", "compatible.example": "::7f00:1", "lan.example": "192.168.1.1", "ten.example": "10.0.0.1",
		"seventeen.example": "172.20.0.1", "carrier.example": "100.64.0.1", "alibaba.example": "100.100.100.200", "azure.example": "168.63.129.16",
		"oracle.example": "192.0.0.192", "bench.example": "198.18.0.1", "local6.example": "fd00::1", "aws6.example": "fd00:ec2::254",
		"link6.example": "fe80::1", "many.example": "224.0.0.1", "many6.example": "ff02::1", "all.example": "255.255.255.255", "site6.example": "fec0::1",
		"public.example": "93.184.215.14", "public6.example": "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
	}
	if ip, ok := known[strings.ToLower(strings.TrimSuffix(host, "."))]; ok {
		return []netip.Addr{netip.MustParseAddr(ip)}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// payloads are hosts that lead where nobody may go.
func payloads() []string {
	return []string{
		"127.0.0.1", "2130706433", "0177.0.0.1", "017700000001", "0x7f.0.0.1", "0x7f000001", "127.1", "127.0.0.1.", "127.8.8.8", "LOCALHOST", "localhost.", "0", "0.0.0.0",
		"[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:0001]", "[::127.0.0.1]", "[fe80::1%25lo]", "169.254.169.254", "2852039166", "0xa9.254.169.254",
		"[::ffff:a9fe:a9fe]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::]", "[fd00:ec2::254]", "metadata.google.internal",
		"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "192.0.0.1", "198.18.0.1", "198.19.255.255", "[fc00::1]", "[fd12::1]", "[fe80::1]", "224.0.0.1", "255.255.255.255",
		"loop.example", "loop6.example", "any.example", "any6.example", "mapped.example", "mapped-hex.example", "meta.example", "mapped-meta.example", "nat64.example", "nat64-local.example",
		"sixtofour.example", "teredo.example", "compatible.example", "lan.example", "ten.example", "seventeen.example", "carrier.example", "alibaba.example", "azure.example", "oracle.example",
		"bench.example", "local6.example", "aws6.example", "link6.example", "many.example", "many6.example", "all.example", "site6.example", "LOOP.Example.", "Meta.EXAMPLE",
	}
}

// get asks for an address and closes what comes.
func get(ctx context.Context, c *http.Client, address string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := c.Do(r)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// naive is a client that looks at how an address is written.
func naive(a *attempts, lookup func(context.Context, string, string) ([]netip.Addr, error)) *http.Client {
	dialer := net.Dialer{ControlContext: func(_ context.Context, network, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		return a.note(network, to)
	}}
	return &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		for _, bad := range []string{"127.0.0.1", "localhost", "169.254.", "10.", "192.168.", "172.16.", "::1"} {
			if strings.HasPrefix(host, bad) {
				return nil, ErrAddress
			}
		}
		if _, err := netip.ParseAddr(host); err != nil {
			addrs, err := lookup(ctx, "ip", host)
			if err != nil {
				return nil, err
			}
			host = addrs[0].String()
		}
		return dialer.DialContext(ctx, network, net.JoinHostPort(host, port))
	}}}
}

func TestA25_NoSpellingLeadsInside(t *testing.T) {
	port, reached := secret(t)
	var past, inside int
	for _, p := range payloads() {
		// The host itself is allowed, by whoever writes the configuration: only
		// where it leads may stop it.
		host := strings.NewReplacer("%25lo", "%lo").Replace(p)
		address := "http://" + p + ":" + port + "/"
		g, err := New(Config{Hosts: []string{host}, Lookup: names})
		if err == nil {
			a := &attempts{}
			g.last = a.note
			if err := get(t.Context(), g.Client(), address); !errors.Is(err, ErrAddress) && !errors.Is(err, ErrHost) {
				t.Errorf("%s: %v", p, err)
			}
			if _, err := g.DialContext(t.Context(), "tcp", net.JoinHostPort(strings.Trim(host, "[]"), port)); !errors.Is(err, ErrAddress) && !errors.Is(err, ErrHost) {
				t.Errorf("%s for a database: %v", p, err)
			}
			if len(a.list) > 0 {
				t.Errorf("%s: connected to %v", p, a.list)
			}
		}
		a, before := &attempts{}, reached.Load()
		_ = get(t.Context(), naive(a, names), address) //nolint:errcheck // what counts is where it went
		past += min(1, len(a.list))
		inside += int(reached.Load() - before)
		if got := reached.Swap(before); got != before && len(a.list) == 0 {
			t.Errorf("%s reached this machine past the stub", p)
		}
	}
	if past < 16 || inside < 6 {
		t.Errorf("a check of the spelling let only %d of %d pass and %d reach the secret: this test would not show it", past, len(payloads()), inside)
	}
	t.Logf("a check of the spelling lets %d of %d pass, and %d reach the secret", past, len(payloads()), inside)
}

func TestA25_ANameThatMovesWhileItIsChecked(t *testing.T) {
	port, reached := secret(t)
	moving := func() func(context.Context, string, string) ([]netip.Addr, error) {
		asked := 0
		return func(context.Context, string, string) ([]netip.Addr, error) {
			if asked++; asked == 1 {
				return []netip.Addr{netip.MustParseAddr("93.184.215.14")}, nil
			}
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
		}
	}
	g, a := guarded(t, Config{Hosts: []string{"moving.example"}, Lookup: moving()})
	for range 3 {
		if err := get(t.Context(), g.Client(), "http://moving.example:"+port); err == nil {
			t.Error("it was reached")
		}
	}
	if reached.Load() != 0 || len(a.list) != 1 || a.list[0].Addr().IsLoopback() {
		t.Errorf("reached %d times, attempts %v", reached.Load(), a.list)
	}
	// The twin checks the first answer and connects to the second.
	lookup := moving()
	if first, err := lookup(t.Context(), "ip", "moving.example"); err != nil || !g.open(first[0]) {
		t.Fatal(first, err)
	}
	if err := get(t.Context(), naive(&attempts{}, lookup), "http://moving.example:"+port); err != nil || reached.Load() != 1 {
		t.Errorf("a check before the connection was not fooled: %v", err)
	}
	// What the name was is of no matter where the connection itself is checked.
	if err := g.control(t.Context(), "tcp4", "127.0.0.1:"+port, nil); !errors.Is(err, ErrAddress) {
		t.Error(err)
	}
	mixed, a := guarded(t, Config{Hosts: []string{"mixed.example"}, Lookup: func(context.Context, string, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("93.184.215.14"), netip.MustParseAddr("127.0.0.1")}, nil
	}})
	if _, err := mixed.DialContext(t.Context(), "tcp", "mixed.example:80"); !errors.Is(err, ErrAddress) || len(a.list) > 0 {
		t.Errorf("a name with an inside and an outside: %v, %v", err, a.list)
	}
}

func TestA25_OnlyTheNamedHostsAndNoUserParts(t *testing.T) {
	g, a := guarded(t, Config{Hosts: []string{"Public.example:8123", "public6.example", "93.184.215.15"}, Lookup: names})
	for address, want := range map[string]error{
		"http://public.example:8123/":               errStub,
		"http://PUBLIC.example.:8123/":              errStub,
		"http://public.example/":                    ErrHost,
		"https://public6.example/":                  errStub,
		"http://93.184.215.15:1/":                   errStub,
		"http://[::ffff:93.184.215.15]:1/":          errStub,
		"http://other.example:8123/":                ErrHost,
		"http://public.example:8123@127.0.0.1/":     ErrHost,
		"http://127.0.0.1#@public6.example/":        ErrHost,
		"http://user:word@public6.example/":         ErrHost,
		"http://public6.example.evil.example/":      ErrHost,
		"http://public6.example\u3002evil.example/": ErrHost,
		"file:///etc/passwd":                        ErrHost,
		"gopher://public6.example/":                 ErrHost,
		"ftp://public6.example/":                    ErrHost,
		"http://xn--public6.example/":               ErrHost,
		"http:///public6.example":                   ErrHost,
	} {
		err := get(t.Context(), g.Client(), address)
		// Some are refused before they are an address at all.
		refused := err != nil && !errors.Is(err, errStub) && errors.Is(want, ErrHost)
		if !errors.Is(err, want) && !refused {
			t.Errorf("%s: %v, want %v", address, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "word") {
			t.Errorf("the error tells the password: %v", err)
		}
	}
	for _, to := range a.list {
		if s := to.Addr().String(); s != "93.184.215.14" && s != "93.184.215.15" && s != "2606:2800:21f:cb07:6820:80da:af6b:8b2c" {
			t.Errorf("connected to %s", to)
		}
	}
	for _, network := range []string{"udp", "unix", "ip4:icmp"} {
		if _, err := g.DialContext(t.Context(), network, "public6.example:1"); !errors.Is(err, ErrHost) {
			t.Errorf("%s: %v", network, err)
		}
	}
}

func TestA25_RedirectsAndProxiesLeadNowhere(t *testing.T) {
	port, reached := secret(t)
	mover := httptest.NewServer(http.RedirectHandler("http://127.0.0.1:"+port+"/", http.StatusFound))
	defer mover.Close()
	host := strings.TrimPrefix(mover.URL, "http://")
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:"+port)
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:"+port)
	g, _ := guarded(t, Config{Hosts: []string{host, "127.0.0.1:" + port, "public.example"}, Lookup: names, Private: prefixes("127.0.0.0/8")})
	if err := get(t.Context(), g.Client(), mover.URL); !errors.Is(err, ErrRedirect) || reached.Load() != 0 {
		t.Errorf("a redirect: %v, reached %d times", err, reached.Load())
	}
	if err := get(t.Context(), g.Client(), "http://public.example/"); !errors.Is(err, errStub) || reached.Load() != 0 {
		t.Errorf("a proxy of the environment: %v, reached %d times", err, reached.Load())
	}
	if err := get(t.Context(), &http.Client{}, mover.URL); err != nil || reached.Load() != 1 {
		t.Errorf("a client without a guard does not follow either: %v", err)
	}
}

func TestA25_PrivateRangesOpenOnlyWhereTheyAreNamed(t *testing.T) {
	port, reached := secret(t)
	g, _ := guarded(t, Config{Hosts: []string{"localhost", "lan.example", "meta.example", "any.example"}, Lookup: names, Private: prefixes("127.0.0.1/32")})
	if err := get(t.Context(), g.Client(), "http://localhost:"+port); err != nil || reached.Load() != 1 {
		t.Errorf("a range that is named: %v", err)
	}
	for _, host := range []string{"lan.example", "meta.example", "any.example"} {
		if err := get(t.Context(), g.Client(), "http://"+host+":"+port); !errors.Is(err, ErrAddress) {
			t.Errorf("%s: %v", host, err)
		}
	}
	for _, p := range []string{"0.0.0.0/0", "::/0", "169.254.0.0/16", "169.254.169.254/32", "8.8.8.0/24", "10.0.0.0/7", "::ffff:10.0.0.0/104", "64:ff9b::/96", "fd00:ec2::254/128", "2002::/16"} {
		prefix, err := netip.ParsePrefix(p)
		if err != nil {
			continue // not even a range
		}
		if _, err := New(Config{Hosts: []string{"x.example"}, Private: []netip.Prefix{prefix}}); err == nil {
			t.Errorf("%s may be opened", p)
		}
	}
	wide, _ := guarded(t, Config{Hosts: []string{"x.example"}, Private: prefixes("fc00::/7", "100.64.0.0/10", "192.0.0.0/24")})
	for _, ip := range []string{"fd00:ec2::254", "100.100.100.200", "192.0.0.192"} {
		if wide.open(netip.MustParseAddr(ip)) {
			t.Errorf("%s hands out keys and is open", ip)
		}
	}
	if !wide.open(netip.MustParseAddr("fd00::1")) || !wide.open(netip.MustParseAddr("100.64.0.1")) {
		t.Error("a range that is named is closed")
	}
}

func TestNew_WhatIsNoHost(t *testing.T) {
	for _, hosts := range [][]string{nil, {""}, {"*"}, {"*.example"}, {"a/b"}, {"http://a.example"}, {"u@a.example"}, {"a b"}, {":80"}, {"a.example\x00"}} {
		if _, err := New(Config{Hosts: hosts}); err == nil {
			t.Errorf("%q are hosts", hosts)
		}
	}
}

func TestClient_ASlowServerIsLeft(t *testing.T) {
	release := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		w.(http.Flusher).Flush() //nolint:errcheck,forcetypeassert // a server's writer is one
		<-release
	}))
	defer slow.Close()
	defer close(release)
	g, _ := guarded(t, Config{Hosts: []string{"127.0.0.1"}, Private: prefixes("127.0.0.1/32"), Timeout: 100 * time.Millisecond})
	answer, err := g.Client().Get(slow.URL) //nolint:noctx // the client's own limit is what is tested
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // nothing is read
	start := time.Now()
	if _, err := answer.Body.Read(make([]byte, 1)); err == nil || time.Since(start) > 5*time.Second {
		t.Errorf("after %s: %v", time.Since(start), err)
	}
}
