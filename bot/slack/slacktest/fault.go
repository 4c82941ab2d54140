package slacktest

import (
	"io"
	"net/http"
	"strconv"
	"time"
)

// Fault is what goes wrong with the next calls of a method.
type Fault struct {
	// Times is how many calls it befalls; 0 is all of them until Heal.
	Times int
	// RetryAfter answers 429 with that many seconds, rounded up; Status answers
	// with another status; Code is an error in Slack's words.
	RetryAfter time.Duration
	Status     int
	Code       string
	// Hang gives no answer until Heal, or the caller gives up.
	Hang bool
	// After lets the call do its work first, so that only the answer is lost.
	After bool
	// Delay is a wait before the call is worked on.
	Delay time.Duration

	healed chan struct{}
}

// Break lets calls of a method fail; "" is every method, response addresses
// and uploads ("response_url", "upload") included.
func (s *Server) Break(method string, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.healed = make(chan struct{})
	s.faults[method] = append(s.faults[method], &f)
}

// Heal ends the faults of a method.
func (s *Server) Heal(method string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults[method] {
		close(f.healed)
	}
	delete(s.faults, method)
}

// fault is what goes wrong with this call, or nil. The lock is held.
func (s *Server) fault(method string) *Fault {
	for _, name := range []string{method, ""} {
		list := s.faults[name]
		if len(list) == 0 {
			continue
		}
		switch f := list[0]; f.Times {
		case 0:
		case 1:
			s.faults[name] = list[1:]
		default:
			f.Times--
		}
		return list[0]
	}
	return nil
}

// failed answers a call that has a fault, and reports whether it did.
func (s *Server) failed(w http.ResponseWriter, r *http.Request, f *Fault) (result string, done bool) {
	switch {
	case f.Hang:
		select {
		case <-f.healed:
			return "", false
		case <-r.Context().Done():
		case <-s.ctx.Done():
		}
		panic(http.ErrAbortHandler)
	case f.RetryAfter > 0:
		seconds := int((f.RetryAfter + time.Second - 1) / time.Second)
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"ok":false,"error":"ratelimited"}`)
		return "429", true
	case f.Status != 0:
		w.WriteHeader(f.Status)
		return strconv.Itoa(f.Status), true
	case f.Code != "":
		s.write(w, failure{Error: f.Code})
		return f.Code, true
	default:
		return "", false
	}
}
