package web

import (
	"errors"
	"fmt"
	"net"
	"strconv"
)

// CheckAddr reports why the playground cannot listen on an address, without
// trying to: because it is none, or because other machines could reach it
// while nobody signs in, so that whoever reaches the page could speak as
// anybody. The error is nil for an address of this machine alone, such as
// "127.0.0.1:8080".
func CheckAddr(addr string) error {
	_, port, err := splitAddr(addr)
	if err != nil || loopback(addr) {
		return err
	}
	return fmt.Errorf("web: address %s can be reached from other machines, and the playground has no sign-in, "+
		"so it listens on this machine only: use 127.0.0.1:%s", addr, port)
}

// CheckSignInAddr is CheckAddr where people sign in (Config.SignIn): any
// address will do.
func CheckSignInAddr(addr string) error {
	_, _, err := splitAddr(addr)
	return err
}

// loopback reports whether an address is of this machine alone.
func loopback(addr string) bool {
	host, _, err := splitAddr(addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
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

// checkAddr refuses what lets other machines in while nobody signs in.
func (c Config) checkAddr() error {
	if c.SignIn != nil {
		return CheckSignInAddr(c.Addr)
	}
	if err := CheckAddr(c.Addr); err != nil {
		return err
	}
	if c.remote() {
		return errors.New("web: other machines are let in, and the playground has no sign-in")
	}
	return nil
}
