//go:build unix

package slacktest

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"net/url"
	"testing"
)

// What the seed of emulate holds: the token of its bot and its signing secret.
const (
	EmulateToken  = "xoxb-probe"
	EmulateSecret = "test-secret"
)

// Emulate starts emulate, a fake of others for the outgoing half, and returns
// its address without a slash at its end; the Web API is at /api/ below it.
// Clients need EmulateTransport. The test is skipped where it is not installed.
func Emulate(t testing.TB) (baseURL string) {
	t.Helper()
	return EmulateWithEvents(t, "")
}

// EmulateWithEvents is Emulate with signed events for an address, which must
// answer before it calls back: emulate waits for it within each call.
func EmulateWithEvents(t testing.TB, events string) (baseURL string) {
	t.Helper()
	return EmulateFrom(t, "seed.yaml", events)
}

// EmulateFrom is EmulateWithEvents with another seed.
func EmulateFrom(t testing.TB, seed, events string) (baseURL string) {
	t.Helper()
	port := FreePort(t)
	Node(t, []string{"SEED=" + seed, "PORT=" + port, "EVENTS_URL=" + events}, "launch.mjs").Ready(t)
	return "http://127.0.0.1:" + port
}

// EmulateTransport makes requests of slack-go such as emulate reads them: the
// token in a header, and one end of a multipart body.
type EmulateTransport struct {
	// Next sends them; nil is the default transport.
	Next http.RoundTripper
}

// RoundTrip sends a request.
func (e EmulateTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	next := e.Next
	if next == nil {
		next = http.DefaultTransport
	}
	if r.Body == nil {
		return next.RoundTrip(r)
	}
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if err := r.Body.Close(); err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	switch kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind {
	case "application/x-www-form-urlencoded":
		if v, err := url.ParseQuery(string(b)); err == nil && v.Get("token") != "" {
			r.Header.Set("Authorization", "Bearer "+v.Get("token"))
		}
	case "multipart/form-data":
		end := []byte("\r\n--" + params["boundary"] + "--\r\n")
		if i := bytes.Index(b, end); i >= 0 {
			b = b[:i+len(end)]
		}
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	return next.RoundTrip(r)
}
