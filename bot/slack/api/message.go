package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/slack-go/slack"
)

// To is where a message goes: a channel, and a thread in it or "". If says
// whether it may still go there; nil is yes.
type To struct {
	Channel, Thread string
	If              Guard
}

// Message is a message as Slack draws it. Text is what notifications and screen
// readers say, already escaped; it is all there is where there are no blocks.
type Message struct {
	Text     string
	Blocks   []slack.Block
	Metadata *slack.SlackMetadata
}

// form is the message as arguments of a call. Slack makes no links, mentions
// or previews of its own out of it.
func (m Message) form() (url.Values, error) {
	v := url.Values{"text": {m.Text}, "parse": {"none"}, "link_names": {"false"}}
	if len(m.Blocks) > 0 {
		b, err := json.Marshal(m.Blocks)
		if err != nil {
			return nil, errEncoding
		}
		v.Set("blocks", string(b))
	}
	if m.Metadata != nil {
		b, err := json.Marshal(m.Metadata)
		if err != nil {
			return nil, errEncoding
		}
		v.Set("metadata", string(b))
	}
	return v, nil
}

// errEncoding says that a message cannot be written as JSON. The reason is left
// out, because it quotes the message.
var errEncoding = errors.New("slack: the message cannot be encoded")

// posted is what is read of the answer to a message that was posted.
type posted struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	Message *struct {
		Thread string `json:"thread_ts"`
	} `json:"message"`
}

// Post posts a message and returns its id. A reply whose thread is gone would
// stand in the channel by itself: it is taken back, and the error is ErrGone.
// After ErrUnsure it may stand there or not.
func (c *Client) Post(ctx context.Context, to To, m Message) (ts string, err error) {
	v, err := m.form()
	if err != nil {
		return "", err
	}
	v.Set("channel", to.Channel)
	v.Set("unfurl_links", "false")
	v.Set("unfurl_media", "false")
	if to.Thread != "" {
		v.Set("thread_ts", to.Thread)
	}
	var p posted
	if err := c.show(ctx, to.If, "chat.postMessage", v, &p); err != nil {
		if errors.Is(err, ErrAnswer) {
			err = fmt.Errorf("%w (%w)", err, ErrUnsure)
		}
		return "", err
	}
	if p.TS == "" {
		return "", fmt.Errorf("slack: chat.postMessage: %w (%w)", ErrAnswer, ErrUnsure)
	}
	if to.Thread == "" || p.Message == nil || p.Message.Thread != "" {
		return p.TS, nil
	}
	channel := p.Channel
	if channel == "" {
		channel = to.Channel
	}
	if err := c.Delete(ctx, channel, p.TS); err != nil {
		c.config.Log.WarnContext(ctx, "a reply stands outside of its thread, which is gone", "error", err)
		return p.TS, nil
	}
	return "", &CallError{Method: "chat.postMessage", Code: "thread_not_found"}
}

// Ephemeral shows a message to one person in a channel. Slack does not say
// whether they saw it.
func (c *Client) Ephemeral(ctx context.Context, to To, user string, m Message) error {
	v, err := m.form()
	if err != nil {
		return err
	}
	v.Del("metadata") // there is no message that could be found again
	v.Set("channel", to.Channel)
	v.Set("user", user)
	if to.Thread != "" {
		v.Set("thread_ts", to.Thread)
	}
	return c.call(ctx, "chat.postEphemeral", v, nil)
}

// Update replaces a message of the bot's, its blocks included.
func (c *Client) Update(ctx context.Context, channel, ts string, m Message) error {
	v, err := m.form()
	if err != nil {
		return err
	}
	if len(m.Blocks) == 0 {
		v.Set("blocks", "[]") // or the old ones could stay
	}
	v.Set("channel", channel)
	v.Set("ts", ts)
	return c.call(ctx, "chat.update", v, nil)
}

// Delete deletes a message of the bot's. One that is gone is no error.
func (c *Client) Delete(ctx context.Context, channel, ts string) error {
	err := c.call(ctx, "chat.delete", url.Values{"channel": {channel}, "ts": {ts}}, nil)
	return allow(err, "message_not_found")
}

// UnfurlTo is where link previews go: to a message (Channel and TS), or to what
// Slack gave an id to (ID and Source), which may still be being written.
type UnfurlTo struct {
	ID, Source, Channel, TS string
	// If says whether it may still be shown; nil is yes.
	If Guard
}

// Unfurl shows a preview for each link. Everybody in the channel sees them.
func (c *Client) Unfurl(ctx context.Context, to UnfurlTo, previews map[string]Message) error {
	type preview struct {
		Blocks   []slack.Block `json:"blocks,omitempty"`
		Text     string        `json:"text,omitempty"`
		Fallback string        `json:"fallback,omitempty"`
	}
	all := make(map[string]preview, len(previews))
	for link, m := range previews {
		p := preview{Blocks: m.Blocks, Fallback: m.Text}
		if len(m.Blocks) == 0 {
			p.Text = m.Text
		}
		all[link] = p
	}
	b, err := json.Marshal(all)
	if err != nil {
		return errEncoding
	}
	v := url.Values{"unfurls": {string(b)}}
	if to.ID != "" {
		v.Set("unfurl_id", to.ID)
		v.Set("source", to.Source)
	} else {
		v.Set("channel", to.Channel)
		v.Set("ts", to.TS)
	}
	return c.show(ctx, to.If, "chat.unfurl", v, nil)
}

// React puts an emoji below a message. One that is there is no error.
func (c *Client) React(ctx context.Context, channel, ts, name string) error {
	return allow(c.call(ctx, "reactions.add", url.Values{"channel": {channel}, "timestamp": {ts}, "name": {name}}, nil), "already_reacted")
}

// Unreact takes it away. One that is gone is no error.
func (c *Client) Unreact(ctx context.Context, channel, ts, name string) error {
	return allow(c.call(ctx, "reactions.remove", url.Values{"channel": {channel}, "timestamp": {ts}, "name": {name}}, nil), "no_reaction", "message_not_found")
}

// Direct is the channel of the bot's direct messages with one person.
func (c *Client) Direct(ctx context.Context, user string) (channel string, err error) {
	if id, _, ok := c.facts.direct.get(user); ok {
		return id, nil
	}
	return flight(ctx, &c.flights, "direct "+user, factsLimit, func(ctx context.Context) (string, error) {
		at := c.config.Now()
		var a struct {
			Channel struct {
				ID string `json:"id"`
			} `json:"channel"`
		}
		if err := c.call(ctx, "conversations.open", url.Values{"users": {user}, "return_im": {"true"}}, &a); err != nil {
			return "", err
		}
		if a.Channel.ID == "" {
			return "", fmt.Errorf("slack: conversations.open: %w", ErrAnswer)
		}
		c.facts.direct.put(user, a.Channel.ID, at, 1)
		return a.Channel.ID, nil
	})
}

// allow drops an error that says that there is nothing left to do.
func allow(err error, codes ...string) error {
	if e, ok := errors.AsType[*CallError](err); ok && slices.Contains(codes, e.Code) {
		return nil
	}
	return err
}
