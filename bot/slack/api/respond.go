package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"
)

// Response is a message to an address for replies. Without InChannel only who
// caused it reads it.
type Response struct {
	Message
	// Replace puts it in the place of the message that the address came with;
	// Delete deletes that one, and the Message is not used.
	Replace, Delete, InChannel bool
}

// Respond posts to the address that came with a command or a pressed button.
// Slack takes five posts within half an hour: after that the error is ErrSpent,
// and no call is made. An address that is not Slack's is ErrForeign.
func (c *Client) Respond(ctx context.Context, responseURL string, r Response) error {
	u, err := c.slackURL(responseURL)
	if err != nil {
		return fmt.Errorf("slack: %s: %w", methodRespond, err)
	}
	body, err := json.Marshal(r.body())
	if err != nil {
		return errEncoding
	}
	key := replyKey(sha256.Sum256([]byte(u.String())))
	if !c.replies.take(key) {
		return fmt.Errorf("slack: %s: %w", methodRespond, ErrSpent)
	}
	// The key of the limit is not the address, which is a secret.
	t := turn{name: methodRespond, place: "reply " + string(key[:]), limit: callLimit}
	_, err = c.repeat(ctx, t, func(ctx context.Context) (*http.Request, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), bytes.NewReader(body))
		if err != nil {
			return nil, fmt.Errorf("slack: %s: %w", methodRespond, ErrForeign)
		}
		req.Header.Set("Content-Type", "application/json; charset=utf-8")
		return req, nil
	}, judgeReply)
	if err != nil && certain(err) {
		c.replies.giveBack(key)
	}
	return err
}

// body is the message as JSON.
func (r Response) body() any {
	if r.Delete {
		return struct {
			Delete bool `json:"delete_original"`
		}{true}
	}
	kind := "ephemeral"
	if r.InChannel {
		kind = "in_channel"
	}
	return struct {
		Kind        string        `json:"response_type"`
		Replace     bool          `json:"replace_original"`
		Text        string        `json:"text"`
		Blocks      []slack.Block `json:"blocks,omitempty"`
		Parse       string        `json:"parse"`
		LinkNames   bool          `json:"link_names"`
		UnfurlLinks bool          `json:"unfurl_links"`
		UnfurlMedia bool          `json:"unfurl_media"`
	}{Kind: kind, Replace: r.Replace, Text: r.Text, Blocks: r.Blocks, Parse: "none"}
}

// judgeReply reads the answer to a reply: a plain "ok", or JSON.
func judgeReply(name string, r reply) error {
	body := strings.TrimSpace(string(r.body))
	if r.status == http.StatusOK && (body == "ok" || body == "") {
		return nil
	}
	var a answer
	if json.Unmarshal(r.body, &a) == nil && (a.OK || a.Error != "") {
		return judge(name, r)
	}
	switch {
	case r.status == http.StatusNotFound, r.status == http.StatusGone:
		return &CallError{Method: name, Code: "expired_url"}
	case r.status == http.StatusOK, r.status >= http.StatusInternalServerError:
		return fmt.Errorf("slack: %s: %w", name, ErrAnswer)
	default:
		return status(name, r.status)
	}
}

// slackURL reads an address that Slack gave: at Slack over https, or at the
// address of the API where that is somewhere else.
func (c *Client) slackURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Opaque != "" {
		return nil, ErrForeign
	}
	if u.Scheme == "https" && slackHost(u.Hostname()) && (u.Port() == "" || u.Port() == "443") {
		return u, nil
	}
	if !slackHost(c.base.Hostname()) && c.base.Host != "" && u.Scheme == c.base.Scheme && strings.EqualFold(u.Host, c.base.Host) {
		return u, nil
	}
	return nil, ErrForeign
}

// slackHost reports whether a host is one of Slack's.
func slackHost(host string) bool {
	host = strings.ToLower(host)
	for _, domain := range [...]string{"slack.com", "slack-gov.com"} {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return true
		}
	}
	return false
}

// replyKey stands for an address for replies.
type replyKey [sha256.Size]byte

// replies count what was posted to each address for replies.
type replies struct {
	now func() time.Time

	mu   sync.Mutex
	used map[replyKey]*used
}

// used is how often an address was used, and since when it is known.
type used struct {
	since time.Time
	times int
}

func newReplies(now func() time.Time) *replies {
	return &replies{now: now, used: map[replyKey]*used{}}
}

// take takes one of the uses, and reports whether there was one left.
func (r *replies) take(key replyKey) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	u, ok := r.used[key]
	if !ok {
		r.makeRoom(now)
		u = &used{since: now}
		r.used[key] = u
	}
	if u.times >= responseUses || now.Sub(u.since) >= responseFor {
		return false
	}
	u.times++
	return true
}

// makeRoom forgets addresses that ended, and the oldest one where none did:
// Slack counts too.
func (r *replies) makeRoom(now time.Time) {
	if len(r.used) < keptReplies {
		return
	}
	var oldest replyKey
	var since time.Time
	for k, u := range r.used {
		// Twice as long: until then "too old" is still known.
		if now.Sub(u.since) >= 2*responseFor {
			delete(r.used, k)
		} else if since.IsZero() || u.since.Before(since) {
			oldest, since = k, u.since
		}
	}
	if len(r.used) >= keptReplies {
		delete(r.used, oldest)
	}
}

// giveBack returns a use that was not one.
func (r *replies) giveBack(key replyKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if u, ok := r.used[key]; ok && u.times > 0 {
		u.times--
	}
}
