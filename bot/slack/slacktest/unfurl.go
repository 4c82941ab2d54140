package slacktest

import (
	"errors"
	"fmt"
	"strings"
)

type linkAnswer struct {
	success
	Channel string `json:"channel"`
	Link    string `json:"permalink"`
}

func (c *request) getPermalink() (any, error) {
	ch, err := c.visible(c.args.Get("channel"), "")
	if err != nil {
		return nil, err
	}
	m := c.find(ch.ID, c.args.Get("message_ts"))
	if m == nil {
		return nil, refuse("message_not_found")
	}
	return linkAnswer{success: fine, Channel: ch.ID, Link: fmt.Sprintf("https://%s.slack.com/archives/%s/p%s", c.teams[ch.Team].Domain, ch.ID, strings.ReplaceAll(m.ts, ".", ""))}, nil
}

// composition is a link that somebody is about to post.
type composition struct{ user, channel, source, ts string }

func (c *request) chatUnfurl() (any, error) {
	all := parse([]byte(c.args.Get("unfurls")))
	if all == nil || all.object == nil {
		if c.args.Get("user_auth_required") == "" && c.args.Get("user_auth_url") == "" {
			return nil, refuse("missing_unfurls")
		}
		return fine, nil
	}
	for _, u := range all.object {
		if b := u.at("blocks"); b != nil {
			if err := errors.Join(c.checkBlocks(b), c.usable(b)); err != nil {
				return nil, refuse("cannot_unfurl_url", err.Error())
			}
		}
	}
	channel, ts := c.args.Get("channel"), c.args.Get("ts")
	id := c.args.Get("unfurl_id")
	at, known := c.composed[id]
	switch {
	case id == "":
	case !known || at.source != c.args.Get("source"):
		return nil, refuse("cannot_find_message")
	case at.ts != "": // posted already, so everybody there sees it
		channel, ts = at.channel, at.ts
	default:
		for url, u := range all.object {
			c.showPart(&shown{Seen: Seen{Kind: "unfurl", Channel: at.channel, Text: u.words(), Raw: string(u.json()), Link: url}, viewers: []string{at.user}})
		}
		return fine, nil
	}
	ch, err := c.visible(channel, "")
	if err != nil {
		return nil, err
	}
	m := c.find(ch.ID, ts)
	if m == nil {
		return nil, refuse("cannot_find_message")
	}
	for url, u := range all.object {
		if !strings.Contains(m.text, strings.ReplaceAll(url, "&", "&amp;")) && !strings.Contains(m.text, url) {
			return nil, refuse("cannot_unfurl_url")
		}
		m.unfurls[url] = u
		for _, id := range u.files() {
			c.files[id].reach(ch.ID)
		}
		c.showPart(&shown{
			Seen:    Seen{Kind: "unfurl", Channel: ch.ID, TS: m.ts, Thread: m.thread, Text: u.words(), Raw: string(u.json()), Link: url, Files: c.contents(u.files())},
			viewers: c.readers(ch), message: m, version: m.version,
		})
	}
	c.touch()
	return fine, nil
}
