package slacktest

import (
	"encoding/json"
	"net/url"
	"testing"
	"time"
)

// What can be delivered, in the words of Socket Mode.
const (
	kindEvent       = "events_api"
	kindCommand     = "slash_commands"
	kindInteraction = "interactive"
)

// Sent is something that was sent to the bot. Its delivery goes on behind the
// test's back; Wait waits for its end.
type Sent struct {
	// Kind is events_api, slash_commands or interactive.
	Kind string
	// Channel and TS are those of the message that somebody wrote, as far as
	// there is one; EventID is the event's.
	Channel, TS, EventID string
	// Trigger and ResponseURL are those of commands and interactions.
	Trigger, ResponseURL string
	// Payload is what was sent, in JSON.
	Payload json.RawMessage
	// Silent is set when nothing was sent, because Slack sends nothing then: the
	// bot is not in the channel.
	Silent bool

	s        *Server
	form     url.Values // of a command
	answers  bool       // the acknowledgement may say something
	done     chan struct{}
	began    time.Time
	took     time.Duration
	acked    bool
	answer   []byte
	attempts int
	trouble  string
	after    func(d *Sent) // when it ended, with the lock held
}

// Wait waits until the bot acknowledged it or Slack gave up.
func (d *Sent) Wait(t testing.TB) *Sent {
	t.Helper()
	select {
	case <-d.done:
	case <-time.After(patience):
		t.Fatalf("slacktest: %s is not acknowledged, nor given up\n%s", d.Kind, d.s.story())
	}
	return d
}

// Acked reports whether the bot acknowledged it in time.
func (d *Sent) Acked() bool {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	return d.acked
}

// Attempts is how often it was sent.
func (d *Sent) Attempts() int {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	return d.attempts
}

// Took is the time from its sending to the acknowledgement, of the attempt that
// was acknowledged.
func (d *Sent) Took() time.Duration {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	return d.took
}

// Answer is what the acknowledgement says.
func (d *Sent) Answer() []byte {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	return d.answer
}

// Trouble is why the last attempt was not acknowledged, or "".
func (d *Sent) Trouble() string {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	return d.trouble
}

// UseHTTP sends everything from now on as signed requests to a bot's address:
// to /slack/events, /slack/commands and /slack/interactions below it.
func (s *Server) UseHTTP(base string) {
	s.UseAddresses(base+"/slack/events", base+"/slack/commands", base+"/slack/interactions")
}

// UseAddresses does so with three addresses, which may be the same.
func (s *Server) UseAddresses(events, commands, interactions string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.http = map[string]string{kindEvent: events, kindCommand: commands, kindInteraction: interactions}
}

// UseSocketMode sends everything from now on by Socket Mode, as at the start.
func (s *Server) UseSocketMode() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.http = nil
}

// silent is what is not sent.
func (s *Server) silent(kind string) *Sent {
	d := &Sent{Kind: kind, s: s, Silent: true, done: make(chan struct{})}
	close(d.done)
	return d
}

// deliver begins to send. The lock is held.
func (s *Server) deliver(d *Sent) *Sent {
	d.s, d.done, d.began = s, make(chan struct{}), time.Now()
	if s.closed {
		close(d.done)
		return d
	}
	id := s.id("delivery")
	s.waiting[id] = d
	address := s.http[d.Kind]
	s.work.Go(func() {
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			delete(s.waiting, id)
			if d.after != nil {
				d.after(d)
			}
			close(d.done)
			s.touch()
		}()
		s.attempt(d, address)
	})
	s.touch()
	return d
}

// attempt sends until it is acknowledged. Only events are sent again.
func (s *Server) attempt(d *Sent, address string) {
	reason := ""
	for try := 0; ; try++ {
		if try > 0 && (try > len(s.Timing.Retries) || d.Kind != kindEvent || !s.sleep(s.Timing.Retries[try-1])) {
			return
		}
		s.mu.Lock()
		d.attempts = try + 1
		s.mu.Unlock()
		begin := time.Now()
		var answer []byte
		var last bool
		if address != "" {
			answer, reason, last = s.post(d, address, try, reason)
		} else {
			answer, reason = s.push(d, try, reason)
		}
		s.mu.Lock()
		d.trouble = reason
		if reason == "" {
			d.acked, d.answer, d.took = true, answer, time.Since(begin)
		}
		s.touch()
		s.mu.Unlock()
		if reason == "" || last {
			return
		}
	}
}
