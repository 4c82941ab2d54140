package trinotest

import (
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Query is one statement that arrived.
type Query struct {
	// ID is the name that the server gave it.
	ID string
	// SQL is the text of the statement, and Arguments are its parameters as SQL
	// writes them; the statement around them, EXECUTE IMMEDIATE, is gone.
	SQL       string
	Arguments []string
	// Header is that of the request.
	Header http.Header
	// Transaction is the transaction that it ran in, or "".
	Transaction string
}

// Reply is what a statement gives.
type Reply struct {
	Columns []Column
	// Pages are the rows, in the pages they are sent in. Values are as they
	// stand in JSON: numbers, text, true, nil; decimals and times are text.
	Pages [][][]any
	// Error ends the statement after its pages.
	Error *Error
	// Endless makes it run, after its pages, until somebody cancels it.
	Endless bool
}

// Column is a column of a result, with its type as Trino writes it:
// "decimal(10, 2)", "timestamp(3) with time zone".
type Column struct{ Name, Type string }

// Error is how a statement failed. Type is USER_ERROR, INTERNAL_ERROR,
// INSUFFICIENT_RESOURCES or EXTERNAL.
type Error struct {
	Message, Name, Type string
	Code                int
}

// Server is a stand-in for Trino. It is safe for use by many goroutines.
type Server struct {
	t      testing.TB
	server *httptest.Server
	answer func(Query) Reply

	mu        sync.Mutex
	fault     func(w http.ResponseWriter, r *http.Request) bool
	seen      []Query
	running   map[string]*run
	cancelled []string
	// transactions are those that are open.
	transactions map[string]bool
	next         int
}

// run is a statement on its way: which of its pages is asked for next.
type run struct {
	reply     Reply
	page      int
	slug      string
	began     bool
	ended     bool
	cancelled bool
	header    http.Header
}

// New starts a server that ends with the test. Statements that begin and end
// transactions it answers itself; answer says what the others give, and may be
// called by several goroutines at once.
func New(t testing.TB, answer func(Query) Reply) *Server {
	t.Helper()
	return start(t, answer, httptest.NewServer)
}

// NewTLS is New for an encrypted server, whose certificate Certificate returns.
func NewTLS(t testing.TB, answer func(Query) Reply) *Server {
	t.Helper()
	return start(t, answer, httptest.NewTLSServer)
}

func start(t testing.TB, answer func(Query) Reply, serve func(http.Handler) *httptest.Server) *Server {
	s := &Server{t: t, answer: answer, running: map[string]*run{}, transactions: map[string]bool{}}
	s.server = serve(s)
	t.Cleanup(s.server.Close)
	return s
}

// URL is the address of the server for a user, without a catalogue:
// "http://reader@127.0.0.1:port".
func (s *Server) URL(user string) string {
	u, err := url.Parse(s.server.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	u.User = url.User(user)
	return u.String()
}

// Certificate is that of an encrypted server.
func (s *Server) Certificate() *x509.Certificate { return s.server.Certificate() }

// Fault makes f answer requests: those for which it returns true are done with.
// A nil f makes the server good again.
func (s *Server) Fault(f func(w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// Seen lists the statements that arrived, without those of transactions.
func (s *Server) Seen() []Query {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

// Cancelled lists the ids of the statements that were stopped by a DELETE.
func (s *Server) Cancelled() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.cancelled)
}

// Running counts the statements that began, and are neither finished nor
// cancelled. Like in Trino one begins when its first page is asked for.
func (s *Server) Running() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.running {
		if r.began && !r.ended {
			n++
		}
	}
	return n
}

// Open counts the transactions that are open.
func (s *Server) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.transactions)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	fault := s.fault
	s.mu.Unlock()
	if fault != nil && fault(w, r) {
		return
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.Method == http.MethodGet && r.URL.Path == "/v1/info":
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"nodeVersion":{"version":"480"},"environment":"test","coordinator":true,"starting":false,"uptime":"1.00m"}`) //nolint:errcheck // the client went away
	case r.Method == http.MethodHead && r.URL.Path == "/v1/statement":
		// It says whether the user is known, and runs nothing.
	case r.Method == http.MethodPost && r.URL.Path == "/v1/statement":
		s.begin(w, r)
	case r.Method == http.MethodGet && len(parts) == 6 && parts[1] == "statement":
		s.page(w, r, parts[3], parts[4], parts[5])
	case r.Method == http.MethodDelete && len(parts) == 6 && parts[1] == "statement":
		s.cancel(w, parts[3])
	case r.Method == http.MethodDelete && len(parts) == 3 && parts[1] == "query":
		s.cancel(w, parts[2])
	default:
		s.t.Errorf("trinotest: %s %s is not of the protocol", r.Method, r.URL.Path)
		http.NotFound(w, r)
	}
}

// begin takes a statement. Like Trino it answers before the statement runs.
func (s *Server) begin(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client went away
	}
	if r.Header.Get("X-Trino-User") == "" {
		s.t.Error("trinotest: a statement without X-Trino-User")
		http.Error(w, "User must be set", http.StatusUnauthorized)
		return
	}
	s.mu.Lock()
	s.next++
	id := fmt.Sprintf("20260501_100000_%05d_abcde", s.next)
	s.mu.Unlock()
	q := Query{ID: id, Header: r.Header.Clone(), Transaction: r.Header.Get("X-Trino-Transaction-Id")}
	q.SQL, q.Arguments, err = statement(string(body), r.Header)
	one := &run{slug: "y" + id[9:15], header: http.Header{}}
	if err != nil {
		one.reply.Error = &Error{Message: err.Error(), Name: "SYNTAX_ERROR", Type: "USER_ERROR", Code: 1}
	} else if !s.transaction(q, one) {
		if q.Transaction == "NONE" {
			q.Transaction = ""
		}
		s.mu.Lock()
		s.seen = append(s.seen, q)
		s.mu.Unlock()
		one.reply = s.answer(q)
	}
	s.mu.Lock()
	s.running[id] = one
	s.mu.Unlock()
	s.write(w, id, "QUEUED", s.link(id, one.slug, "queued", 0), nil, nil)
}

// transaction answers the statements that begin and end one.
func (s *Server) transaction(q Query, one *run) bool {
	upper := strings.ToUpper(strings.TrimSpace(q.SQL))
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case strings.HasPrefix(upper, "START TRANSACTION"):
		if q.Transaction != "NONE" {
			one.reply.Error = &Error{Message: "Nested transactions not supported", Name: "NOT_SUPPORTED", Type: "USER_ERROR", Code: 13}
			return true
		}
		id := "tx-" + q.ID
		s.transactions[id] = true
		one.header.Set("X-Trino-Started-Transaction-Id", id)
	case upper == "ROLLBACK", upper == "COMMIT":
		if !s.transactions[q.Transaction] {
			one.reply.Error = &Error{Message: "No transaction in progress", Name: "NOT_IN_TRANSACTION", Type: "USER_ERROR", Code: 15}
			return true
		}
		delete(s.transactions, q.Transaction)
		one.header.Set("X-Trino-Clear-Transaction-Id", "true")
	default:
		if q.Transaction != "" && q.Transaction != "NONE" && !s.transactions[q.Transaction] {
			one.reply.Error = &Error{Message: "Unknown transaction", Name: "UNKNOWN_TRANSACTION", Type: "USER_ERROR", Code: 29}
			return true
		}
		return false
	}
	one.reply.Columns, one.reply.Pages = []Column{{"result", "boolean"}}, [][][]any{{{true}}}
	return true
}

// cancel ends a statement.
func (s *Server) cancel(w http.ResponseWriter, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one := s.running[id]; one != nil && !one.ended {
		one.ended, one.cancelled = true, true
		s.cancelled = append(s.cancelled, id)
	}
	w.WriteHeader(http.StatusNoContent)
}

// link is the address of a page.
func (s *Server) link(id, slug, state string, page int) string {
	return fmt.Sprintf("%s/v1/statement/%s/%s/%s/%d", s.server.URL, state, id, slug, page)
}

// poll is how long a page that is not there yet is waited for.
const poll = 50 * time.Millisecond
