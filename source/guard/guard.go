// Package guard keeps the addresses that an operator configures from leading
// anywhere else: into the machine the bot runs on, its network, or the service
// that hands out the keys of a cloud machine. A source or webhook gets an HTTP
// client, or a dial function for the driver of a database, that reaches the
// hosts it names and no others. What counts is the address that is connected
// to, looked at in the moment of the connection: a name may stand for one
// address when it is checked and for another when it is used.
package guard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The reasons for which nothing was reached. Their texts name no host.
var (
	// ErrHost: the host is not one of those that are allowed.
	ErrHost = errors.New("guard: the host is not allowed")
	// ErrAddress: the host leads to an address that is closed.
	ErrAddress = errors.New("guard: the address is closed")
	// ErrRedirect: the answer was a redirect, which is never followed.
	ErrRedirect = errors.New("guard: redirects are not followed")
	// ErrEncoding: the answer is compressed in a way that cannot be bounded.
	ErrEncoding = errors.New("guard: the encoding of the answer is not understood")
)

// Config says what may be reached, and what of it may come back. Only Hosts is
// required.
type Config struct {
	// Hosts are the hosts that may be reached, by name or address, each with
	// a port (“db.example:5432”) or without one, which stands for all ports.
	Hosts []string
	// Private are the ranges of private addresses that the operator opens, for
	// a source inside of their own network. Each lies in one of the ranges
	// that are closed otherwise; addresses that hand out keys stay closed.
	Private []netip.Prefix
	// Timeout bounds a whole request with its answer (30 s), and Connect the
	// way to a connection (10 s).
	Timeout, Connect time.Duration
	// MaxBytes is the longest answer, unpacked (32 MB); MaxRatio is how many
	// times longer than it came an answer may get (200).
	MaxBytes, MaxRatio int64
	// Lookup finds the addresses of a name; nil asks the system.
	Lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Guard reaches the hosts of one source. It is safe for use by many
// goroutines.
type Guard struct {
	config Config
	hosts  []string
	// last may refuse a connection after everything else allowed it.
	last func(network string, to netip.AddrPort) error
}

// New makes a Guard. It fails for hosts that are no hosts, and for private
// ranges that are none.
func New(c Config) (*Guard, error) {
	c.defaults()
	g := &Guard{config: c, last: func(string, netip.AddrPort) error { return nil }}
	if len(c.Hosts) == 0 {
		return nil, errors.New("guard: no host is allowed")
	}
	for _, h := range c.Hosts {
		clean, err := cleanHost(h)
		if err != nil {
			return nil, err
		}
		g.hosts = append(g.hosts, clean)
	}
	for _, p := range c.Private {
		if !openable(p) {
			return nil, fmt.Errorf("guard: %s is no range of private addresses that can be opened", p)
		}
	}
	return g, nil
}

// defaults fills in what was left out.
func (c *Config) defaults() {
	if c.Timeout <= 0 {
		c.Timeout = 30 * time.Second
	}
	if c.Connect <= 0 {
		c.Connect = 10 * time.Second
	}
	if c.MaxBytes <= 0 {
		c.MaxBytes = 32 << 20
	}
	if c.MaxRatio <= 0 {
		c.MaxRatio = 200
	}
	if c.Lookup == nil {
		c.Lookup = net.DefaultResolver.LookupNetIP
	}
}

// cleanHost writes a host, with or without a port, in the one form in which
// hosts are compared.
func cleanHost(s string) (string, error) {
	host, port := splitHost(s)
	if ip, err := netip.ParseAddr(host); err == nil {
		host = ip.Unmap().WithZone("").String()
	} else if host = strings.TrimSuffix(strings.ToLower(host), "."); host == "" || strings.ContainsAny(host, "/@:?#[]%\\ \t\r\n\x00*") {
		return "", fmt.Errorf("guard: %q is no host", s)
	}
	if port == "" {
		return host, nil
	}
	if n, wrong := strconv.ParseUint(port, 10, 16); wrong != nil || n == 0 {
		return "", fmt.Errorf("guard: %q has no port that is a number", s)
	}
	return net.JoinHostPort(host, port), nil
}

// splitHost cuts a host from its port, which is "" where there is none.
func splitHost(s string) (host, port string) {
	if host, port, err := net.SplitHostPort(s); err == nil {
		return host, port
	}
	return strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"), ""
}

// allows reports whether a host may be reached at a port.
func (g *Guard) allows(host, port string) bool {
	clean, err := cleanHost(net.JoinHostPort(host, port))
	if err != nil {
		return false
	}
	bare, _, err := net.SplitHostPort(clean)
	return err == nil && (slices.Contains(g.hosts, clean) || slices.Contains(g.hosts, bare))
}

// DialContext connects to an allowed host, in the form that net/http and the
// drivers of databases ask for. It fails with ErrHost and ErrAddress.
func (g *Guard) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("guard: dial: %w", err)
	}
	if !strings.HasPrefix(network, "tcp") || !g.allows(host, port) {
		return nil, fmt.Errorf("guard: dial %s %s: %w", network, address, ErrHost)
	}
	ctx, cancel := context.WithTimeout(ctx, g.config.Connect)
	defer cancel()
	addrs, err := g.addresses(ctx, strings.TrimSuffix(host, "."))
	if err != nil {
		return nil, err
	}
	// One that does not answer leaves time for the others.
	dialer := net.Dialer{ControlContext: g.control, Timeout: g.config.Connect / time.Duration(len(addrs))}
	var failed []error
	for _, addr := range addrs {
		conn, err := dialer.DialContext(ctx, network, net.JoinHostPort(addr.String(), port))
		if err == nil {
			return conn, nil
		}
		failed = append(failed, err)
	}
	return nil, fmt.Errorf("guard: dial %s: %w", host, errors.Join(failed...))
}

// addresses are those of a host. One that is closed closes the host: nobody
// who means well mixes them.
func (g *Guard) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	addrs := []netip.Addr{}
	if ip, err := netip.ParseAddr(host); err == nil {
		addrs = append(addrs, ip)
	} else if addrs, err = g.config.Lookup(ctx, "ip", host); err != nil {
		return nil, fmt.Errorf("guard: look up %s: %w", host, err)
	}
	if len(addrs) == 0 {
		return nil, fmt.Errorf("guard: look up %s: no address: %w", host, ErrAddress)
	}
	for _, addr := range addrs {
		if !g.open(addr) {
			return nil, fmt.Errorf("guard: %s is %s: %w", host, addr, ErrAddress)
		}
	}
	return addrs, nil
}

// control is asked by the dialer about the very address it is about to connect
// to. Whatever led there, this is where closed addresses end.
func (g *Guard) control(_ context.Context, network, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("guard: %q: %w", address, ErrAddress)
	}
	if network != "tcp4" && network != "tcp6" || !g.open(to.Addr()) {
		return fmt.Errorf("guard: %s: %w", address, ErrAddress)
	}
	return g.last(network, to)
}
