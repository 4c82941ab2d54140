package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/slack-go/slack"

	"insightbot/text"
)

// OpenView opens a dialog and returns its id and the hash of this version of
// it. It does not wait longer than the trigger works.
func (c *Client) OpenView(ctx context.Context, trigger string, v slack.ModalViewRequest) (id, hash string, err error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", "", errEncoding
	}
	ctx, cancel := context.WithTimeout(ctx, triggerFor)
	defer cancel()
	var a struct {
		View struct {
			ID   string `json:"id"`
			Hash string `json:"hash"`
		} `json:"view"`
	}
	if err := c.call(ctx, "views.open", url.Values{"trigger_id": {trigger}, "view": {string(b)}}, &a); err != nil {
		return "", "", err
	}
	if a.View.ID == "" {
		return "", "", fmt.Errorf("slack: views.open: %w", ErrAnswer)
	}
	return a.View.ID, a.View.Hash, nil
}

// UpdateView puts something else into an open view. With a hash it fails with
// ErrStale where the view is another version by now; "" puts it in anyway.
func (c *Client) UpdateView(ctx context.Context, id, hash string, v slack.ModalViewRequest) error {
	b, err := json.Marshal(v)
	if err != nil {
		return errEncoding
	}
	form := url.Values{"view_id": {id}, "view": {string(b)}}
	if hash != "" {
		form.Set("hash", hash)
	}
	return c.call(ctx, "views.update", form, nil)
}

// PublishHome shows a person their home page.
func (c *Client) PublishHome(ctx context.Context, user string, v slack.HomeTabViewRequest) error {
	b, err := json.Marshal(v)
	if err != nil {
		return errEncoding
	}
	return c.call(ctx, "views.publish", url.Values{"user_id": {user}, "view": {string(b)}}, nil)
}

// Status shows that the bot is at work in a thread of direct messages, until
// the next message or for two minutes. No words take it away.
func (c *Client) Status(ctx context.Context, channel, thread, words string) error {
	return c.call(ctx, "assistant.threads.setStatus", url.Values{"channel_id": {channel}, "thread_ts": {thread}, "status": {words}}, nil)
}

// Prompts suggests questions in direct messages, the first four of them. The
// thread is "" for an agent, whose direct messages are one conversation.
func (c *Client) Prompts(ctx context.Context, channel, thread string, questions []string) error {
	type prompt struct {
		Title   string `json:"title"`
		Message string `json:"message"`
	}
	prompts := []prompt{}
	for _, q := range questions[:min(len(questions), maxPrompts)] {
		prompts = append(prompts, prompt{Title: text.Truncate(q, maxPrompt, text.UTF16), Message: q})
	}
	b, err := json.Marshal(prompts)
	if err != nil {
		return errEncoding
	}
	v := url.Values{"channel_id": {channel}, "prompts": {string(b)}}
	if thread != "" {
		v.Set("thread_ts", thread)
	}
	return c.call(ctx, "assistant.threads.setSuggestedPrompts", v, nil)
}
