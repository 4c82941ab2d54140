package slacktest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"
)

// Sign is the signature of a request's body at a time, in seconds.
func Sign(secret, seconds string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + seconds + ":"))
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// NewRequest is a request as Slack sends it, signed at a time.
func NewRequest(ctx context.Context, secret, address, contentType string, body []byte, at time.Time) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	seconds := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	r.Header.Set("X-Slack-Request-Timestamp", seconds)
	r.Header.Set("X-Slack-Signature", Sign(secret, seconds, body))
	return r, nil
}

const (
	typeJSON = "application/json"
	typeForm = "application/x-www-form-urlencoded"
)

// body is what is posted of a delivery.
func (d *Sent) body() ([]byte, string) {
	switch d.Kind {
	case kindEvent:
		return d.Payload, typeJSON
	case kindCommand:
		return []byte(d.form.Encode()), typeForm
	default:
		return []byte(url.Values{"payload": {string(d.Payload)}}.Encode()), typeForm
	}
}

var errRedirects = errors.New("slacktest: more than two redirects")

// post sends one request. The reason is that of Slack's for a retry, "" when
// it was acknowledged; last says that the bot wants no retry.
func (s *Server) post(d *Sent, address string, try int, before string) (answer []byte, reason string, last bool) {
	ctx, cancel := context.WithTimeout(s.ctx, s.Timing.Ack)
	defer cancel()
	body, contentType := d.body()
	// Signatures are checked against the bot's clock, which Advance leaves alone.
	r, err := NewRequest(ctx, s.App.SigningSecret, address, contentType, body, time.Now())
	if err != nil {
		return nil, "unknown_error", true
	}
	if try > 0 {
		r.Header.Set("X-Slack-Retry-Num", strconv.Itoa(try))
		r.Header.Set("X-Slack-Retry-Reason", before)
	}
	client := http.Client{CheckRedirect: func(_ *http.Request, via []*http.Request) error {
		if len(via) > 2 {
			return errRedirects
		}
		return nil
	}}
	w, err := client.Do(r)
	if err != nil {
		switch {
		case ctx.Err() != nil:
			return nil, "http_timeout", s.ctx.Err() != nil
		case errors.Is(err, errRedirects):
			return nil, "too_many_redirects", false
		default:
			return nil, "connection_failed", false
		}
	}
	defer func() { _ = w.Body.Close() }()
	answer, err = io.ReadAll(io.LimitReader(w.Body, 1<<20))
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, "http_timeout", false
	case err != nil:
		return nil, "connection_failed", false
	case w.StatusCode < 200 || w.StatusCode > 299:
		return nil, "http_error", w.Header.Get("X-Slack-No-Retry") == "1"
	}
	return answer, "", false
}

// Handshake asks the bot's address for events to prove itself, as Slack does
// when the address is entered, and reports whether it did.
func (s *Server) Handshake(t testing.TB) bool {
	t.Helper()
	s.mu.Lock()
	address := s.http[kindEvent]
	s.mu.Unlock()
	challenge := "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
	body := []byte(`{"token":"` + verification + `","challenge":"` + challenge + `","type":"url_verification"}`)
	answer, reason, _ := s.post(&Sent{Kind: kindEvent, Payload: body}, address, 0, "")
	if reason != "" {
		return false
	}
	n := parse(answer)
	return n.string("challenge") == challenge || string(answer) == challenge
}

// verification is the token of old in every payload, which proves nothing.
const verification = "verification-token"
