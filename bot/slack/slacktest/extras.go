package slacktest

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

var emoji = regexp.MustCompile(`^[a-z0-9_+'-]+$`)

// reacted finds the message of a reaction.
func (c *request) reacted() (*Channel, *message, string, error) {
	ch, err := c.visible(c.args.Get("channel"), "")
	if err != nil {
		return nil, nil, "", err
	}
	m, name := c.find(ch.ID, c.args.Get("timestamp")), c.args.Get("name")
	switch {
	case m == nil || m.only != "":
		return nil, nil, "", refuse("message_not_found")
	case !emoji.MatchString(name):
		return nil, nil, "", refuse("invalid_name")
	case !slices.Contains(ch.Members, c.in.Bot) && ch.Kind != Public:
		return nil, nil, "", refuse("not_in_channel")
	}
	return ch, m, name, nil
}

func (c *request) reactionsAdd() (any, error) {
	ch, m, name, err := c.reacted()
	if err != nil {
		return nil, err
	}
	if slices.Contains(m.reactions[name], c.in.Bot) {
		return nil, refuse("already_reacted")
	}
	m.reactions[name] = append(m.reactions[name], c.in.Bot)
	c.touch()
	if !c.App.NoEcho {
		c.reactionEvent(ch, m, c.in.Bot, name, "reaction_added")
	}
	return fine, nil
}

func (c *request) reactionsRemove() (any, error) {
	ch, m, name, err := c.reacted()
	if err != nil {
		return nil, err
	}
	i := slices.Index(m.reactions[name], c.in.Bot)
	if i < 0 {
		return nil, refuse("no_reaction")
	}
	if m.reactions[name] = slices.Delete(m.reactions[name], i, i+1); len(m.reactions[name]) == 0 {
		delete(m.reactions, name)
	}
	c.touch()
	if !c.App.NoEcho {
		c.reactionEvent(ch, m, c.in.Bot, name, "reaction_removed")
	}
	return fine, nil
}

// thread finds the conversation of a call about an assistant's thread.
func (c *request) thread(needTS bool) (*Channel, error) {
	ch, err := c.visible(c.args.Get("channel_id"), "")
	if err != nil {
		return nil, err
	}
	if needTS && c.find(ch.ID, c.args.Get("thread_ts")) == nil {
		return nil, refuse("thread_not_found")
	}
	return ch, nil
}

func (c *request) setStatus() (any, error) {
	ch, err := c.thread(true)
	if err != nil {
		return nil, err
	}
	if words := c.args.Get("status"); words != "" {
		c.showPart(&shown{
			Seen:    Seen{Kind: "status", Channel: ch.ID, Thread: c.args.Get("thread_ts"), By: c.in.Bot, Text: words},
			viewers: c.readers(ch),
		})
	}
	return fine, nil
}

func (c *request) setTitle() (any, error) {
	ch, err := c.thread(true)
	if err != nil {
		return nil, err
	}
	c.showPart(&shown{
		Seen:    Seen{Kind: "status", Channel: ch.ID, Thread: c.args.Get("thread_ts"), By: c.in.Bot, Text: c.args.Get("title")},
		viewers: c.readers(ch),
	})
	return fine, nil
}

type prompt struct {
	Title   string `json:"title"`
	Message string `json:"message"`
}

const maxPrompts = 4

func (c *request) setPrompts() (any, error) {
	ch, err := c.thread(false)
	if err != nil {
		return nil, err
	}
	var prompts []prompt
	if err := c.decode("prompts", &prompts); err != nil {
		return nil, err
	}
	if len(prompts) == 0 || len(prompts) > maxPrompts {
		return nil, refuse("invalid_arguments", "prompts must be 1 to 4 [json-pointer:/prompts]")
	}
	if c.args.Get("thread_ts") != "" {
		// An agent's app shows none then, and says nothing about it.
		return fine, nil
	}
	words := []string{c.args.Get("title")}
	for _, p := range prompts {
		words = append(words, p.Title, p.Message)
	}
	c.showPart(&shown{
		Seen:    Seen{Kind: "prompts", Channel: ch.ID, By: c.in.Bot, Text: strings.TrimSpace(strings.Join(words, "\n")), Raw: c.args.Get("prompts")},
		viewers: c.readers(ch),
	})
	return fine, nil
}

// code is what an installation is exchanged for.
type code struct {
	team, redirect, user string
	scopes               []string
	at                   time.Time
	used                 bool
}

// codeLife is how long a code may be exchanged, and tokenLife how long a token
// is good where tokens rotate.
const (
	codeLife  = 10 * time.Minute
	tokenLife = 12 * time.Hour
)

type nameOf struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

type oauthAnswer struct {
	success
	App        string  `json:"app_id"`
	User       nameOf  `json:"authed_user"`
	Scope      string  `json:"scope"`
	Type       string  `json:"token_type"`
	Token      string  `json:"access_token"`
	Bot        string  `json:"bot_user_id"`
	Team       nameOf  `json:"team"`
	Enterprise *nameOf `json:"enterprise"`
	Whole      bool    `json:"is_enterprise_install"`
	Refresh    string  `json:"refresh_token,omitempty"`
	Expires    int     `json:"expires_in,omitempty"`
}

func (c *request) oauthAccess() (any, error) {
	if c.args.Get("client_id") != c.App.ClientID {
		return nil, refuse("invalid_client_id")
	}
	if c.args.Get("client_secret") != c.App.ClientSecret {
		return nil, refuse("bad_client_secret")
	}
	if c.args.Get("grant_type") == "refresh_token" {
		return c.refresh()
	}
	k := c.codes[c.args.Get("code")]
	switch {
	case k == nil:
		return nil, refuse("invalid_code")
	case k.used:
		return nil, refuse("code_already_used")
	case c.now().Sub(k.at) > codeLife:
		return nil, refuse("invalid_code")
	case k.redirect != "" && k.redirect != c.args.Get("redirect_uri"):
		return nil, refuse("bad_redirect_uri")
	}
	k.used = true
	in := c.install(k.team, k.scopes)
	return c.granted(in, k.user), nil
}

func (c *request) refresh() (any, error) {
	for _, in := range c.installs {
		if in.Refresh != "" && in.Refresh == c.args.Get("refresh_token") && in.dead == "" {
			in.Refresh = "" // once
			return c.granted(c.install(in.Team, in.Scopes), ""), nil
		}
	}
	return nil, refuse("invalid_refresh_token")
}

func (c *request) granted(in *install, user string) oauthAnswer {
	team := c.teams[in.Team]
	a := oauthAnswer{
		success: fine, App: c.App.ID, User: nameOf{ID: user}, Scope: strings.Join(in.Scopes, ","), Type: "bot", Token: in.Token,
		Bot: in.Bot, Team: nameOf{ID: team.ID, Name: team.Name},
	}
	if team.Enterprise != "" {
		a.Enterprise = &nameOf{ID: team.Enterprise, Name: team.Enterprise}
	}
	if c.App.Rotation {
		in.Token = strings.Replace(in.Token, "xoxb-", "xoxe.xoxb-1-", 1)
		in.Refresh, in.Expires = "xoxe-1-"+c.id("refresh"), c.now().Add(tokenLife)
		a.Token, a.Refresh, a.Expires = in.Token, in.Refresh, int(tokenLife/time.Second)
	}
	return a
}

type connectionAnswer struct {
	success
	URL string `json:"url"`
}

func (c *request) connectionsOpen() (any, error) {
	ticket := c.id("link")
	c.links[ticket] = true
	return connectionAnswer{success: fine, URL: "ws" + strings.TrimPrefix(c.URL, "http") + "/link/?ticket=" + ticket + "&app_id=" + c.App.ID}, nil
}
