package web

import (
	"fmt"
	"net"
	"strconv"
)

// CheckAddr reports why the playground cannot listen on an address, without
// trying to: because it is none, or because other machines could reach it.
// Whoever reaches the page can speak as anybody. The error is nil for an
// address of this machine alone, such as "127.0.0.1:8080".
func CheckAddr(addr string) error {
	host, port, err := splitAddr(addr)
	if err != nil {
		return err
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("web: address %s can be reached from other machines, and the playground has no sign-in, "+
		"so it listens on this machine only: use 127.0.0.1:%s", addr, port)
}

// splitAddr takes an address apart. The port is a number: a name for it would
// be looked up in a list that differs between machines.
func splitAddr(addr string) (host, port string, err error) {
	host, port, err = net.SplitHostPort(addr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return "", "", fmt.Errorf("web: %q is not an address such as 127.0.0.1:8080", addr)
	}
	return host, port, nil
}

// checkAddr is CheckAddr unless other machines are wanted.
func checkAddr(c Config) error {
	if c.AllowRemote {
		_, _, err := splitAddr(c.Addr)
		return err
	}
	return CheckAddr(c.Addr)
}
