package slacktest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// patience is how long a condition may take to come true, and look how often it
// is tried although nothing happened here: it may depend on other things too.
const (
	patience = 15 * time.Second
	look     = 20 * time.Millisecond
)

// Eventually waits until a condition holds, and fails the test when it never
// does. It looks again whenever something happens at Slack.
func (s *Server) Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	if !s.await(patience, holds) {
		t.Fatalf("slacktest: never came true: %s\n%s", what, s.story())
	}
}

// await reports whether a condition came to hold in time.
func (s *Server) await(limit time.Duration, holds func() bool) bool {
	end := time.NewTimer(limit)
	defer end.Stop()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if holds() {
			return true
		}
		select {
		case <-changed:
		case <-tick.C:
		case <-end.C:
			return holds()
		}
	}
}

// WaitIdle waits until everything that was sent is acknowledged or given up, no
// call is being answered, and nothing happened for a while. A bot that thinks
// for longer than that is taken for idle: wait for what it is to say instead,
// with Eventually, and use this to see that it says nothing.
func (s *Server) WaitIdle(t testing.TB, quiet time.Duration) {
	t.Helper()
	s.Eventually(t, "nothing happens for "+quiet.String(), func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.waiting) == 0 && s.inFlight == 0 && time.Since(s.moved) >= quiet
	})
}

// story tells what happened last, for a test that failed.
func (s *Server) story() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out strings.Builder
	fmt.Fprintf(&out, "%d deliveries wait, %d sockets, the last calls:\n", len(s.waiting), len(s.sockets))
	for _, c := range s.calls[max(0, len(s.calls)-15):] {
		fmt.Fprintf(&out, "  %s %s\n", c.Method, c.Result)
	}
	for _, p := range s.problems {
		fmt.Fprintf(&out, "  problem: %s\n", p)
	}
	return out.String()
}
