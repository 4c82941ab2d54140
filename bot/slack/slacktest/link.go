package slacktest

import (
	"slices"
	"time"
)

// Sockets is how many connections there are.
func (s *Server) Sockets() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.sockets)
}

// Disconnect tells every connection that it ends, for one of Slack's reasons:
// warning, refresh_requested or link_disabled. After a warning the connection
// goes on for Timing.Warning; after link_disabled every new one gets the same
// answer until Relink.
func (s *Server) Disconnect(reason string) {
	s.mu.Lock()
	list := slices.Clone(s.sockets)
	if reason == "link_disabled" {
		s.off = true
	}
	for _, c := range list {
		c.leaving = true
	}
	s.mu.Unlock()
	for _, c := range list {
		c.send(goodbye{Type: "disconnect", Reason: reason, Debug: debugInfo{Host: "fake-1"}})
		if reason != "warning" {
			c.end()
			continue
		}
		s.work.Go(func() {
			select {
			case <-time.After(s.Timing.Warning):
				c.send(goodbye{Type: "disconnect", Reason: "refresh_requested", Debug: debugInfo{Host: "fake-1"}})
			case <-c.gone:
			case <-s.ctx.Done():
			}
			c.end()
		})
	}
}

// Relink switches Socket Mode on again.
func (s *Server) Relink() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.off = false
}

// Cut breaks every connection in the middle of a frame.
func (s *Server) Cut() {
	s.mu.Lock()
	list := slices.Clone(s.sockets)
	s.mu.Unlock()
	for _, c := range list {
		c.write.Lock()
		// A text frame of 100 bytes, of which ten come.
		_, _ = c.conn.NetConn().Write(append([]byte{0x81, 100}, `{"type":"e`...))
		c.write.Unlock()
		c.end()
	}
}

// SendRaw sends bytes as they are over one connection, such as JSON that is
// none. It reports whether there is a connection.
func (s *Server) SendRaw(b []byte) bool {
	c := s.pick()
	if c == nil {
		return false
	}
	c.raw(b)
	return true
}
