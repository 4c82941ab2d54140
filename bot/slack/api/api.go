// Package api is one workspace's client of Slack's Web API: it posts, uploads,
// opens dialogs, and finds out who people are and who can read in a place.
//
// It is the part of the bot that decides what is known, so it reads answers
// itself: an answer that does not say ok is an error, whatever else it says; a
// fact that is not there is unknown; and what Slack says of a message that was
// posted can never make a post look failed. From the SDK come the types of
// blocks and views, and the exchange of codes and refresh tokens.
//
// Calls keep to Slack's tiers, wait when Slack says so, and are repeated only
// where that changes nothing.
package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"insightbot/chat"
)

// Config is what a client needs.
type Config struct {
	// Token is the bot token to call with at that moment.
	Token func(ctx context.Context) (chat.Secret, error)
	// Team is the workspace, Enterprise its organisation or "", BotUser the
	// bot's own user.
	Team, Enterprise, BotUser string
	// BaseURL is the address of the Web API, with a slash at its end.
	BaseURL string
	// HTTP carries the calls. Its time-out and its rule for redirects are not
	// used: each attempt has a time-out of its own, and nothing that holds a
	// token is sent to another address.
	HTTP *http.Client
	Log  *slog.Logger
	// Now tells how old facts are.
	Now func() time.Time
	// Sleep waits; it returns an error when ctx ended before. When it is nil,
	// waits are real, and measured by the real clock whatever Now says.
	Sleep func(ctx context.Context, d time.Duration) error
}

// Client calls Slack for one workspace. It is safe for use by many goroutines.
type Client struct {
	config  Config
	base    *url.URL
	http    *http.Client
	limiter *limiter
	sleep   func(ctx context.Context, d time.Duration) error
	replies *replies
	facts   *facts
	flights singleflight.Group
	seed    maphash.Seed
	// longest is how many bytes an answer may have.
	longest int64
}

// New returns a client. It calls nobody.
func New(c Config) *Client {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	now, sleep := c.Now, c.Sleep
	if sleep == nil {
		now, sleep = time.Now, pause
	}
	base, err := url.Parse(c.BaseURL)
	if err != nil {
		base = &url.URL{} // every call then fails to find a host
	}
	return &Client{
		config: c, base: base, http: plain(c.HTTP), sleep: sleep, limiter: newLimiter(now, sleep),
		replies: newReplies(now), facts: newFacts(c.Now), seed: maphash.MakeSeed(), longest: maxAnswer,
	}
}

// plain is a client that follows no redirect, because the body of a call can
// hold what is for Slack alone.
func plain(h *http.Client) *http.Client {
	p := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if h != nil {
		p.Transport = h.Transport
	}
	return p
}

// pause waits for d or for the end of ctx.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// answer is what all answers of the Web API have.
type answer struct {
	OK       bool   `json:"ok"`
	Error    string `json:"error"`
	Needed   string `json:"needed"`
	Provided string `json:"provided"`
	Metadata struct {
		Messages []string `json:"messages"`
		Cursor   string   `json:"next_cursor"`
	} `json:"response_metadata"`
}

// call calls a method and reads its answer into out, which may be nil.
func (c *Client) call(ctx context.Context, name string, v url.Values, out any) error {
	_, err := c.ask(ctx, nil, name, v, out)
	return err
}

// ask is call behind a guard, that returns the header of the answer too.
func (c *Client) ask(ctx context.Context, g Guard, name string, v url.Values, out any) (http.Header, error) {
	m := methods[name]
	place := ""
	if m.posts != "" {
		place = v.Get(m.posts)
	}
	r, err := c.repeat(ctx, turn{name: name, place: place, reads: m.reads, limit: callLimit, guard: g}, func(ctx context.Context) (*http.Request, error) {
		token, err := c.config.Token(ctx)
		if err != nil {
			return nil, err
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.config.BaseURL+name, strings.NewReader(v.Encode()))
		if err != nil {
			return nil, fmt.Errorf("slack: %s: the address of the api is not one", name)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		req.Header.Set("Authorization", "Bearer "+token.Reveal())
		return req, nil
	}, judge)
	if err != nil {
		return nil, err
	}
	if out != nil {
		if err := json.Unmarshal(r.body, out); err != nil {
			return nil, fmt.Errorf("slack: %s: %w", name, ErrAnswer)
		}
	}
	return r.header, nil
}

// judge reads what an answer of the Web API says of itself.
func judge(name string, r reply) error {
	var a answer
	if err := json.Unmarshal(r.body, &a); err != nil {
		if r.status != http.StatusOK {
			return status(name, r.status)
		}
		return fmt.Errorf("slack: %s: %w", name, ErrAnswer)
	}
	switch {
	case !a.OK && a.Error == "" && r.status != http.StatusOK:
		return status(name, r.status)
	case !a.OK && a.Error == "":
		return fmt.Errorf("slack: %s: %w", name, ErrAnswer)
	case !a.OK || r.status != http.StatusOK:
		return refusal(name, a)
	default:
		return nil
	}
}

// reply is an answer to one attempt.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// send makes one attempt and reads its whole answer.
func (c *Client) send(ctx context.Context, limit time.Duration, build func(ctx context.Context) (*http.Request, error)) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := build(ctx)
	if err != nil {
		return reply{}, &unsentError{err}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }() // it was read as far as it is wanted
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.LimitReader(resp.Body, c.longest+1)); err != nil {
		return reply{}, err
	}
	if int64(b.Len()) > c.longest {
		return reply{}, errLong
	}
	return reply{status: resp.StatusCode, header: resp.Header, body: b.Bytes()}, nil
}

// errLong says that an answer is longer than any that is expected.
var errLong = errors.New("the answer is too long")

// unsentError is the error of a request that could not be made, such as one
// whose token is gone. Nothing was sent.
type unsentError struct{ err error }

func (e *unsentError) Error() string { return e.err.Error() }
func (e *unsentError) Unwrap() error { return e.err }
