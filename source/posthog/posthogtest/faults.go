package posthogtest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Fault is one way to answer wrongly. The zero Fault answers with nothing.
type Fault struct {
	// Status, Header and Body are the answer.
	Status int
	Header http.Header
	Body   string
	// Cut ends the connection after so many bytes of the body, which the
	// header announces whole.
	Cut int
	// Fill goes on with so many more bytes of nothing after the body.
	Fill int64
	// Hang says nothing at all until the caller gives up. Drip sends one byte
	// of the true answer at a time, with this pause between two.
	Hang bool
	Drip time.Duration

	// The answers that look right: each is the true answer but for one thing.

	// NoResult has no result and does not say why. Failed has none either and
	// says why in its status, which is 200 all the same.
	NoResult bool
	Failed   string
	// Never is a background query that never ends.
	Never bool
	// Ignored forgets about overrides and changed fields.
	Ignored bool
	// WrongTypes has texts where numbers belong, in every part of the result.
	WrongTypes bool
	// Delay waits before the true answer.
	Delay time.Duration
}

// quiet reports whether the fault changes the true answer instead of taking
// its place.
func (f Fault) quiet() bool {
	return f.NoResult || f.Failed != "" || f.Never || f.Ignored || f.WrongTypes || f.Delay > 0 || f.Drip > 0
}

// Fail answers the next requests for a route with faults, one each. The
// requests after them are answered well.
func (s *Server) Fail(r Route, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[r] = append(s.faults[r], faults...)
}

// Always answers all requests for a route with a fault, until Heal.
func (s *Server) Always(r Route, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.always[r] = f
}

// Down answers every request for every route with a fault, until Heal.
func (s *Server) Down(f Fault) { s.Always("", f) }

// Heal takes all faults away.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.faults)
	clear(s.always)
}

// fault is what is wrong with the next answer of a route, if anything.
func (s *Server) fault(r Route) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if next := s.faults[r]; len(next) > 0 {
		s.faults[r] = next[1:]
		return next[0], true
	}
	if f, ok := s.always[""]; ok {
		return f, true
	}
	f, ok := s.always[r]
	return f, ok
}

// problem is an error in PostHog's words.
func problem(kind, code, detail string) string {
	return string(encode(struct {
		Type   string  `json:"type"`
		Code   string  `json:"code"`
		Detail string  `json:"detail"`
		Attr   *string `json:"attr"`
	}{kind, code, detail, nil}))
}

// BadRequest is 400: the query cannot be calculated.
func BadRequest() Fault {
	return Fault{Status: 400, Body: problem("validation_error", "illegal_type_of_argument", "Illegal types of arguments: "+Canary)}
}

// Unauthorized is 401: the key is wrong or revoked.
func Unauthorized() Fault {
	return Fault{Status: 401, Body: problem("authentication_error", "authentication_failed", "Personal API key found in request Authorization header is invalid. "+Canary)}
}

// PaymentRequired is 402: the plan lacks it.
func PaymentRequired() Fault {
	return Fault{Status: 402, Body: problem("authentication_error", "payment_required", "This feature is part of the premium PostHog offering. "+Canary)}
}

// NoScope is 403: the key lacks a scope, which the detail names.
func NoScope(scope string) Fault {
	return Fault{Status: 403, Body: problem("authentication_error", "permission_denied", "API key missing required scope '"+scope+"'")}
}

// NotFound is 404.
func NotFound() Fault {
	return Fault{Status: 404, Body: problem("invalid_request", "not_found", "Not found. "+Canary)}
}

// Throttled is 429 with the time to wait, in whole seconds.
func Throttled(wait time.Duration) Fault { return throttled(wait) }

// Concurrency is 429 because too many queries run: nobody says how long to
// wait.
func Concurrency() Fault {
	return Fault{Status: 429, Body: problem("throttled_error", "throttled", "Exceeded maximum concurrency limit: 3 for key: "+Canary)}
}

// ServerError is 500.
func ServerError() Fault {
	return Fault{Status: 500, Body: problem("server_error", "error", "A server error occurred. "+Canary)}
}

// Gateway is a page of a gateway, of a status of 502, 503 or 504: HTML.
func Gateway(status int) Fault {
	text := strconv.Itoa(status) + " " + http.StatusText(status)
	return Fault{
		Status: status, Header: http.Header{"Content-Type": {"text/html"}},
		Body: "<html>\r\n<head><title>" + text + "</title></head>\r\n<body>\r\n<center><h1>" + text + "</h1></center>\r\n<hr><center>" + Canary + "</center>\r\n</body>\r\n</html>\r\n",
	}
}

// TookTooLong is 504 in PostHog's own words; memory and estimate are 513 and
// 512.
func TookTooLong() Fault {
	return Fault{Status: 504, Body: problem("server_error", "error", "Query has hit the max execution time before completing. "+Canary)}
}

// Memory is 513: the query needs too much memory.
func Memory() Fault {
	return Fault{Status: 513, Body: problem("server_error", "error", "Query exceeded the memory limit. "+Canary)}
}

// Estimate is 512: the query would take too long.
func Estimate() Fault {
	return Fault{Status: 512, Body: problem("server_error", "error", "Estimated query execution time is too long. "+Canary)}
}

// Truncated is an answer of 200 whose JSON ends in the middle, and whose
// connection does not.
func Truncated() Fault {
	return Fault{Status: 200, Body: `{"count": 37, "next": null, "previous": null, "result": [{"data": [410, 39`}
}

// CutOff is an answer of 200 whose connection ends in the middle.
func CutOff() Fault {
	return Fault{Status: 200, Body: `{"count": 37, "results": [` + strings.Repeat(`{"id": 1},`, 100), Cut: 200}
}

// Huge is an answer of 2 GB.
func Huge() Fault {
	return Fault{Status: 200, Body: `{"result": [`, Fill: 2 << 30}
}

// Redirect is 302 to somewhere else, which must never see the key.
func Redirect(to string) Fault {
	return Fault{Status: 302, Header: http.Header{"Location": {to}}}
}

// Silence says nothing until the caller gives up.
func Silence() Fault { return Fault{Hang: true} }

// NotJSON is an answer of 200 that is a page: a login, or a proxy.
func NotJSON() Fault {
	return Fault{Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<!DOCTYPE html><title>" + Canary + "</title>"}
}
