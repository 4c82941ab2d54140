package guard

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"insightbot/insight"
)

// slack is how much of an answer is never called too compressed, in bytes.
const slack = 1 << 20

// Client is an HTTP client for the allowed hosts. It uses no proxy, follows no
// redirect, keeps no cookies, and reads no more of an answer than allowed: a
// body that is longer, or that unpacks to too many times its length, fails with
// insight.ErrTooLarge while it is read.
func (g *Guard) Client() *http.Client {
	return &http.Client{
		Timeout: g.config.Timeout,
		Transport: &bounded{guard: g, next: &http.Transport{
			DialContext: g.DialContext,
			// Compression is undone here, where it can be bounded.
			DisableCompression:     true,
			TLSHandshakeTimeout:    g.config.Connect,
			ResponseHeaderTimeout:  g.config.Timeout,
			MaxResponseHeaderBytes: 1 << 20,
			IdleConnTimeout:        time.Minute,
			MaxConnsPerHost:        16,
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return ErrRedirect },
	}
}

// bounded is a transport that looks at requests before they go and bounds what
// comes back.
type bounded struct {
	guard *Guard
	next  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (b *bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	u := r.URL
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	if port == "" || u.User != nil || !b.guard.allows(u.Hostname(), port) {
		if r.Body != nil {
			r.Body.Close() //nolint:errcheck // nothing was sent
		}
		return nil, fmt.Errorf("guard: %s: %w", u.Redacted(), ErrHost)
	}
	r = r.Clone(r.Context())
	r.Header.Set("Accept-Encoding", "gzip")
	answer, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := b.guard.body(answer)
	if err != nil {
		return nil, errors.Join(err, answer.Body.Close())
	}
	if answer.Header.Get("Content-Encoding") == "gzip" {
		answer.Header.Del("Content-Encoding")
		answer.Header.Del("Content-Length")
		answer.ContentLength, answer.Uncompressed = -1, true
	}
	answer.Body = body
	return answer, nil
}

// body bounds the body of an answer.
func (g *Guard) body(answer *http.Response) (io.ReadCloser, error) {
	if answer.ContentLength > g.config.MaxBytes {
		return nil, fmt.Errorf("guard: an answer of %d bytes: %w", answer.ContentLength, insight.ErrTooLarge)
	}
	r := &reader{guard: g, close: answer.Body.Close}
	packed := io.TeeReader(io.LimitReader(answer.Body, g.config.MaxBytes+1), &r.came)
	switch encodings := answer.Header.Values("Content-Encoding"); {
	case len(encodings) == 0, len(encodings) == 1 && encodings[0] == "identity", answer.Request != nil && answer.Request.Method == http.MethodHead:
		r.from = packed
	case len(encodings) == 1 && encodings[0] == "gzip":
		r.from = &unpacker{from: packed}
	default:
		return nil, fmt.Errorf("guard: %.40q: %w", encodings, ErrEncoding)
	}
	return r, nil
}

// unpacker undoes gzip, from the first read on: a body may be empty.
type unpacker struct {
	from io.Reader
	gzip *gzip.Reader
}

// Read implements io.Reader.
func (u *unpacker) Read(p []byte) (int, error) {
	if u.gzip == nil {
		z, err := gzip.NewReader(u.from)
		if err != nil {
			return 0, err //nolint:wrapcheck // an end is an end
		}
		u.gzip = z
	}
	return u.gzip.Read(p) //nolint:wrapcheck // an end is an end
}

// counter counts what is written to it.
type counter int64

// Write implements io.Writer.
func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// reader reads a body as far as is allowed.
type reader struct {
	guard *Guard
	from  io.Reader
	close func() error
	// came is how many bytes came over the wire, read how many they made.
	came counter
	read int64
	err  error
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.from.Read(p)
	r.read += int64(n)
	c := r.guard.config
	if r.read > c.MaxBytes || int64(r.came) > c.MaxBytes || r.read > slack && r.read/c.MaxRatio > int64(r.came) {
		r.err = fmt.Errorf("guard: more than %d bytes, made of %d: %w", r.read-1, r.came, insight.ErrTooLarge)
		return 0, r.err
	}
	return n, err //nolint:wrapcheck // an end is an end
}

// Close implements io.Closer.
func (r *reader) Close() error { return r.close() }
