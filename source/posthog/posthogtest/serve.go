package posthogtest

import (
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// answer is what goes back to a caller.
type answer struct {
	status int
	body   []byte
}

// serve answers one request.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return // the caller is gone
	}
	a, part, known := s.find(r)
	request := Request{
		At: s.options.Now(), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Body: body, Route: a.route,
	}
	switch a.route {
	case RouteInsight, RouteActivity:
		request.Insight, _ = strconv.Atoi(part) //nolint:errcheck // the route took it for a number
	case RoutePoll, RouteCancel:
		request.QueryID = part
	default: // the others are told apart by nothing
	}
	s.mu.Lock()
	before := s.before[a.route]
	s.mu.Unlock()
	if before != nil {
		before(request)
	}
	request.Status = s.reply(w, r, a, request, known)
	s.mu.Lock()
	s.requests = append(s.requests, request)
	s.mu.Unlock()
}

// reply answers and returns the status.
func (s *Server) reply(w http.ResponseWriter, r *http.Request, a address, request Request, known bool) int {
	if strings.Contains(r.URL.String(), s.options.Key) || bytes.Contains(request.Body, []byte(s.options.Key)) {
		s.wrong("the key stands in %s %s or its body", r.Method, r.URL.Path)
	}
	if !known {
		s.wrong("%s %s is not among what may be called", r.Method, r.URL.Path)
		return s.fail(w, r, Fault{Status: http.StatusTeapot, Body: problem("invalid_request", "teapot", "forbidden")})
	}
	if problems := s.params(a, r.URL.Query()); len(problems) > 0 {
		s.wrong("%s", strings.Join(problems, "; "))
		return s.fail(w, r, Fault{Status: http.StatusTeapot, Body: problem("invalid_request", "teapot", "forbidden")})
	}
	if wait := s.throttle(a.bucket); wait > 0 {
		return s.fail(w, r, throttled(wait))
	}
	key, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !bearer:
		s.wrong("%s %s without Authorization: Bearer", r.Method, r.URL.Path)
		return s.fail(w, r, Fault{Status: 401, Body: problem("authentication_error", "not_authenticated", "Authentication credentials were not provided.")})
	case key != s.options.Key:
		return s.fail(w, r, Unauthorized())
	case !slices.Contains(s.options.Scopes, a.scope):
		return s.fail(w, r, NoScope(a.scope))
	}
	end := s.begin(request)
	defer func() {
		if r.Context().Err() == nil {
			end()
		}
	}()
	f, faulty := s.fault(a.route)
	if faulty && !f.quiet() {
		return s.fail(w, r, f)
	}
	if a.route == RouteInsight || a.route == RouteQuery {
		if !s.enter() {
			return s.fail(w, r, Concurrency())
		}
		defer s.leave()
	}
	if f.Delay > 0 {
		select {
		case <-time.After(f.Delay):
		case <-r.Context().Done():
			return 0
		case <-s.done:
			return 0
		}
	}
	out := s.answer(a, request, f)
	if f.WrongTypes {
		out.body = wrongTypes(out.body)
	}
	return s.write(w, r, out, f.Drip)
}

// answer is the true answer, but for what a quiet fault changes.
func (s *Server) answer(a address, r Request, f Fault) answer {
	switch a.route {
	case RouteMe:
		return s.me()
	case RouteProject:
		return s.project()
	case RouteInsights:
		return s.list(r)
	case RouteInsight:
		return s.insight(r, f)
	case RouteTrending:
		return s.trending(r)
	case RouteLastViewed:
		return s.lastViewed()
	case RouteActivity:
		return s.activity(r)
	case RouteQuery:
		return s.query(r, f)
	case RoutePoll:
		return s.poll(r)
	case RouteCancel:
		return s.cancel(r)
	default:
		return s.around(a.route, r)
	}
}

// write sends an answer, packed where the caller takes it so.
func (s *Server) write(w http.ResponseWriter, r *http.Request, a answer, drip time.Duration) int {
	w.Header().Set("Content-Type", "application/json")
	if drip > 0 {
		s.drip(w, r, a, drip)
		return a.status
	}
	if len(a.body) > 1024 && r.Header.Get("Accept-Encoding") == "gzip" {
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(a.status)
		z := gzip.NewWriter(w)
		_, _ = z.Write(a.body) //nolint:errcheck // the caller may be gone
		_ = z.Close()          //nolint:errcheck // the caller may be gone
		return a.status
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) //nolint:errcheck // the caller may be gone
	return a.status
}

// drip sends an answer byte by byte.
func (s *Server) drip(w http.ResponseWriter, r *http.Request, a answer, pause time.Duration) {
	w.WriteHeader(a.status)
	for i := range a.body {
		if _, err := w.Write(a.body[i : i+1]); err != nil {
			return
		}
		w.(http.Flusher).Flush() //nolint:forcetypeassert,errcheck // every server of the standard library can
		select {
		case <-time.After(pause):
		case <-r.Context().Done():
			return
		case <-s.done:
			return
		}
	}
}

// fail answers with a fault.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, f Fault) int {
	if f.Hang {
		select {
		case <-r.Context().Done():
		case <-s.done:
		}
		return 0
	}
	w.Header().Set("Content-Type", "application/json")
	maps.Copy(w.Header(), f.Header)
	body := f.Body
	if f.Cut > 0 {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		body = body[:f.Cut]
	}
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, body) //nolint:errcheck // the caller may be gone
	nothing := bytes.Repeat([]byte(" "), 64<<10)
	for left := f.Fill; left > 0; left -= int64(len(nothing)) {
		if _, err := w.Write(nothing); err != nil {
			break
		}
	}
	if f.Cut > 0 {
		// What is not sent yet would not arrive, and the caller try again.
		w.(http.Flusher).Flush() //nolint:forcetypeassert,errcheck // every server of the standard library can
		panic(http.ErrAbortHandler)
	}
	return f.Status
}
