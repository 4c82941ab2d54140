package slacktest

import (
	"errors"
	"regexp"
	"slices"
	"unicode/utf8"
)

// The lengths of texts: what is longer is cut, with a warning.
const maxText = 40_000

var timestamp = regexp.MustCompile(`^\d{9,11}\.\d{6}$`)

// content reads what a message says out of the arguments and checks it.
func (c *request) content(m *message) error {
	m.text = c.args.Get("text")
	if utf8.RuneCountInString(m.text) > maxText {
		m.text = string([]rune(m.text)[:maxText])
		c.problem("a text of more than 40000 characters was cut")
	}
	for _, name := range []string{"blocks", "attachments", "metadata"} {
		text := c.args.Get(name)
		if text == "" {
			continue
		}
		n := parse([]byte(text))
		if n == nil {
			return refuse("invalid_" + name + "_format")
		}
		switch name {
		case "blocks":
			m.blocks = n
		case "attachments":
			m.attachments = n
		case "metadata":
			m.metadata = n
		}
	}
	return c.checked(m)
}

// checked checks what a message says.
func (c *request) checked(m *message) error {
	if m.blocks != nil && len(m.blocks.list) > 0 {
		if err := c.checkBlocks(m.blocks); err != nil {
			return err
		}
		if m.text == "" {
			c.problem(c.method + ": blocks without a text for notifications")
		}
		if err := c.usable(m.blocks); err != nil {
			return err
		}
		m.blocks = named(m.blocks, c.Server)
	} else {
		m.blocks = nil
	}
	for _, a := range m.attachments.items() {
		if b := a.at("blocks"); b != nil {
			if err := errors.Join(c.checkBlocks(b), c.usable(b)); err != nil {
				return refuse("invalid_attachments", err.Error())
			}
		}
	}
	if m.text == "" && m.blocks == nil && len(m.attachments.items()) == 0 {
		return refuse("no_text")
	}
	return nil
}

// usable checks that the files within blocks are ready, and the bot's own.
func (c *request) usable(blocks *node) error {
	for _, id := range blocks.files() {
		f := c.files[id]
		if f == nil || f.deleted || f.team != c.in.Team || !c.isReady(f) {
			return refuse("invalid_blocks", "invalid slack file [json-pointer:/blocks/0/slack_file/id]")
		}
	}
	return nil
}

// interactive are the types of elements that get an action_id.
var interactive = regexp.MustCompile(`^(button|overflow|checkboxes|radio_buttons|datepicker|timepicker|datetimepicker|.*_input|.*_select|workflow_button|feedback_buttons|icon_button)$`)

// named gives ids to the blocks and elements that have none.
func named(blocks *node, s *Server) *node {
	for _, b := range blocks.list {
		if b.string("block_id") == "" && b.string("type") != "markdown" {
			b.object["block_id"] = &node{isText: true, text: s.id("b")}
		}
		b.walk("", func(_ string, o *node) {
			if o != b && interactive.MatchString(o.string("type")) && o.string("action_id") == "" {
				o.object["action_id"] = &node{isText: true, text: s.id("a")}
			}
		})
	}
	return blocks
}

type postAnswer struct {
	success
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	Message sent   `json:"message"`
}

func (c *request) postMessage() (any, error) {
	ch, err := c.entered(c.args.Get("channel"))
	if err != nil {
		return nil, err
	}
	m := &message{channel: ch.ID, user: c.in.Bot, botID: c.in.BotID, thread: c.args.Get("thread_ts")}
	if m.thread != "" && !timestamp.MatchString(m.thread) {
		return nil, refuse("invalid_thread_ts")
	}
	if err := c.content(m); err != nil {
		return nil, err
	}
	m.files = m.blocks.files()
	c.share(ch, m)
	c.add(m)
	c.echo(ch, m, nil)
	return postAnswer{success: fine, Channel: ch.ID, TS: m.ts, Message: c.sent(m, true)}, nil
}

type ephemeralAnswer struct {
	success
	TS string `json:"message_ts"`
}

func (c *request) postEphemeral() (any, error) {
	ch, err := c.entered(c.args.Get("channel"))
	if err != nil {
		return nil, err
	}
	user := c.args.Get("user")
	if !slices.Contains(ch.Members, user) {
		return nil, refuse("user_not_in_channel")
	}
	m := &message{channel: ch.ID, user: c.in.Bot, botID: c.in.BotID, thread: c.args.Get("thread_ts"), only: user}
	if err := c.content(m); err != nil {
		return nil, err
	}
	c.hide(m)
	c.add(m)
	return ephemeralAnswer{success: fine, TS: m.ts}, nil
}

type updateAnswer struct {
	success
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	Text    string `json:"text"`
	Message sent   `json:"message"`
}

// own finds a message of the bot that may be changed.
func (c *request) own(refusal string) (*Channel, *message, error) {
	ch, err := c.visible(c.args.Get("channel"), "")
	if err != nil {
		return nil, nil, err
	}
	m := c.find(ch.ID, c.args.Get("ts"))
	if m == nil || m.only != "" {
		return nil, nil, refuse("message_not_found")
	}
	if m.user != c.in.Bot {
		return nil, nil, refuse(refusal)
	}
	return ch, m, nil
}

func (c *request) chatUpdate() (any, error) {
	ch, m, err := c.own("cant_update_message")
	if err != nil {
		return nil, err
	}
	next := &message{}
	if err := c.content(next); err != nil {
		return nil, err
	}
	before := c.sent(m, false)
	c.change(m, next)
	m.files = m.blocks.files()
	c.share(ch, m)
	c.showMessage(m)
	c.echo(ch, m, &before)
	c.touch()
	now := c.sent(m, true)
	now.TS = "" // it stands beside
	return updateAnswer{success: fine, Channel: ch.ID, TS: m.ts, Text: m.text, Message: now}, nil
}

// change puts new content into a message. Blocks that are not given again are
// gone.
func (s *Server) change(m, next *message) {
	m.text, m.blocks, m.attachments = next.text, next.blocks, next.attachments
	if next.metadata != nil {
		m.metadata = next.metadata
	}
	m.state = state{}
	m.version++
	m.edited = s.ts()
}

type deleteAnswer struct {
	success
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}

func (c *request) chatDelete() (any, error) {
	ch, m, err := c.own("cant_delete_message")
	if err != nil {
		return nil, err
	}
	m.deleted = true
	c.touch()
	return deleteAnswer{success: fine, Channel: ch.ID, TS: m.ts}, nil
}
