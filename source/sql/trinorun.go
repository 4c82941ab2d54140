package sqlsource

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"insightbot/insight"
)

// trinoTransport sends requests to one server alone, whatever addresses that
// answers with: they carry the password. It tags statements, and bounds answers.
type trinoTransport struct {
	next http.RoundTripper
	to   url.URL
	most int64
	tags []string
}

// RoundTrip implements http.RoundTripper.
func (t trinoTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != t.to.Scheme || hostPort(*r.URL) != hostPort(t.to) {
		return nil, fmt.Errorf("the server names the address %s://%s: its proxy should forward its own", r.URL.Scheme, r.URL.Host)
	}
	r = r.Clone(r.Context())
	// Rows that lie in a store of their own would be fetched past all of this.
	r.Header.Del("X-Trino-Query-Data-Encoding")
	if r.Method == http.MethodPost {
		tag := insight.TagOf(r.Context()) //nolint:contextcheck // a request carries its own
		tags := append(slices.Clone(t.tags), "insightbot")
		for name, value := range map[string]string{"insight": tag.Insight, "place": tag.Place} {
			if value != "" {
				tags = append(tags, name+"="+plain(value))
			}
		}
		slices.Sort(tags)
		r.Header.Set("X-Trino-Client-Tags", strings.Join(tags, ","))
		if tag.Ref != "" {
			r.Header.Set("X-Trino-Trace-Token", plain(tag.Ref))
		}
	}
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = http.MaxBytesReader(nil, resp.Body, t.most)
	if run, ok := r.Context().Value(trinoRunKey{}).(*trinoRun); ok && r.Method == http.MethodPost {
		run.began(t, r, resp)
	}
	return resp, nil
}

// hostPort is where an address leads, with the port that its scheme implies.
func hostPort(u url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// beginTrino begins a transaction that only reads.
func beginTrino(ctx context.Context, conn *sql.Conn, _ time.Duration) (statements, func(), error) {
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, nil, err
	}
	r := &trinoRun{tx: tx}
	return r, func() {
		if ctx.Err() != nil {
			r.abandon()
		}
		r.release()
		if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
			drop(conn)
		}
	}, nil
}

// trinoRunKey is where a request finds the run it belongs to.
type trinoRunKey struct{}

// trinoRun is one run.
type trinoRun struct {
	tx   *sql.Tx
	ends []func()

	mu sync.Mutex
	// stops are requests that stop the statements of the run.
	stops []func()
}

// QueryContext implements statements.
func (r *trinoRun) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx, stop := context.WithCancel(context.WithValue(ctx, trinoRunKey{}, r))
	r.ends = append(r.ends, stop)
	return r.tx.QueryContext(ctx, query, args...)
}

// trinoID is the name of a query, in front of the answer that it began with.
var trinoID = regexp.MustCompile(`"id"\s*:\s*"(\w+)"`)

// began remembers how to stop a statement: the driver forgets to, where its
// context ends between two pages.
func (r *trinoRun) began(t trinoTransport, sent *http.Request, got *http.Response) {
	const most = 1024
	body := bufio.NewReaderSize(got.Body, most)
	head, err := body.Peek(most)
	if err != nil && len(head) == 0 {
		return
	}
	got.Body = struct {
		io.Reader
		io.Closer
	}{body, got.Body}
	found := trinoID.FindSubmatch(head)
	if found == nil {
		return
	}
	at := t.to
	at.User, at.Path, at.RawQuery = nil, "/v1/query/"+string(found[1]), ""
	header := sent.Header.Clone()
	header.Del("Content-Type")
	ctx := context.WithoutCancel(sent.Context())
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stops = append(r.stops, func() {
		ctx, cancel := context.WithTimeout(ctx, trinoPatience)
		defer cancel()
		stop, err := http.NewRequestWithContext(ctx, http.MethodDelete, at.String(), nil)
		if err != nil {
			return
		}
		stop.Header = header
		if resp, err := t.next.RoundTrip(stop); err == nil {
			resp.Body.Close() //nolint:errcheck // what it says does not matter: the server has limits of its own
		}
	})
}

// abandon stops the statements at the server.
func (r *trinoRun) abandon() {
	r.release()
	r.mu.Lock()
	stops := r.stops
	r.stops = nil
	r.mu.Unlock()
	for _, stop := range stops {
		stop()
	}
}

// release ends the contexts of the statements.
func (r *trinoRun) release() {
	for _, end := range r.ends {
		end()
	}
	r.ends = nil
}
