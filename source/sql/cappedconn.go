package sqlsource

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"

	"insightbot/insight"
)

// cappedConn is a connection on which an answer has an end.
type cappedConn struct {
	net.Conn
	most int64

	mu   sync.Mutex
	left int64
}

// SyscallConn lets the driver see whether the server hung up meanwhile.
func (c *cappedConn) SyscallConn() (syscall.RawConn, error) {
	below := c.Conn
	if t, ok := below.(*tls.Conn); ok {
		below = t.NetConn()
	}
	if s, ok := below.(syscall.Conn); ok {
		return s.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}

// Write implements net.Conn: a new question may have a whole answer.
func (c *cappedConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	c.left = c.most
	c.mu.Unlock()
	return c.Conn.Write(b)
}

// Read implements net.Conn.
func (c *cappedConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.mu.Lock()
	c.left -= int64(n)
	over := c.left < 0
	c.mu.Unlock()
	if over {
		c.Close() //nolint:errcheck // the server stops when nobody listens
		return 0, fmt.Errorf("more than %d bytes: %w", c.most, insight.ErrTooLarge)
	}
	return n, err
}
