package main

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"insightbot/bot/slack"
	"insightbot/chat"
)

// slackConfig is how Slack is reached. Tokens and secrets come from the
// environment alone, so that none lies in a file beside the settings.
type slackConfig struct {
	// URL is the public address at which Slack reaches the bot, and Addr where
	// it listens behind it; both are for HTTP, and Socket Mode needs neither.
	URL  string `yaml:"url"`
	Addr string `yaml:"addr"`
	// API is the address of the Web API; another one than Slack's is an
	// emulator.
	API string `yaml:"api_url"`
	// UnfurlDomains are those whose links are previewed.
	UnfurlDomains []string `yaml:"unfurl_domains"`

	bot, app, signing, clientSecret chat.Secret
	clientID                        string
	// placed is set when the settings say where Slack reaches the bot.
	placed bool
}

// secrets reads what the environment says of Slack.
func (c *slackConfig) secrets(getenv func(string) string) {
	read := func(name string) chat.Secret { return chat.Secret(pasted(getenv(name))) }
	c.bot, c.app, c.signing = read("SLACK_BOT_TOKEN"), read("SLACK_APP_TOKEN"), read("SLACK_SIGNING_SECRET")
	c.clientID, c.clientSecret = read("SLACK_CLIENT_ID").Reveal(), read("SLACK_CLIENT_SECRET")
	c.placed = c.URL != "" || c.Addr != ""
	c.API = cmp.Or(getenv("SLACK_API_URL"), c.API, slack.DefaultAPI)
	c.Addr = cmp.Or(c.Addr, "127.0.0.1:3000")
}

// pasted is a value without what comes along when it is copied: blanks and a
// line's end around it, and a pair of quotes.
func pasted(s string) string {
	s = strings.TrimSpace(s)
	if n := len(s); n > 1 && s[0] == s[n-1] && (s[0] == '"' || s[0] == '\'') {
		s = strings.TrimSpace(s[1 : n-1])
	}
	return s
}

// unprintable reports whether a value holds a character that no token has.
func unprintable(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

// on reports whether anything says that Slack is to be connected.
func (c *slackConfig) on() bool {
	return c.bot != "" || c.app != "" || c.signing != "" || c.clientID != "" || c.clientSecret != ""
}

// maxUnfurlDomains is how many Slack takes.
const maxUnfurlDomains = 5

// check finds what would only fail later.
func (c *slackConfig) check() error {
	for _, t := range []struct {
		name, prefix string
		value        chat.Secret
	}{
		{"SLACK_BOT_TOKEN", "xoxb-", c.bot},
		{"SLACK_APP_TOKEN", "xapp-", c.app},
		{"SLACK_SIGNING_SECRET", "", c.signing},
		{"SLACK_CLIENT_ID", "", chat.Secret(c.clientID)},
		{"SLACK_CLIENT_SECRET", "", c.clientSecret},
	} {
		if unprintable(t.value.Reveal()) {
			return fmt.Errorf("settings: %s holds a blank or another character that it cannot have: copy it once more, as one word", t.name)
		}
		if t.value != "" && !strings.HasPrefix(t.value.Reveal(), t.prefix) {
			return fmt.Errorf("settings: %s does not begin with %s: docs/slack.md says where to find it", t.name, t.prefix)
		}
	}
	if len(c.UnfurlDomains) > maxUnfurlDomains {
		return fmt.Errorf("settings: slack.unfurl_domains has %d domains; Slack takes %d", len(c.UnfurlDomains), maxUnfurlDomains)
	}
	for _, d := range c.UnfurlDomains {
		if !hostName.MatchString(d) {
			return fmt.Errorf("settings: slack.unfurl_domains: %q is not the name of a host, such as bot.example", d)
		}
	}
	if _, port, err := net.SplitHostPort(c.Addr); err != nil || !isPort(port) {
		return fmt.Errorf("settings: slack.addr %q is not an address such as 127.0.0.1:3000", c.Addr)
	}
	if err := c.checkURL("slack.url", &c.URL); err != nil {
		return err
	}
	if err := c.checkURL("slack.api_url", &c.API); err != nil {
		return err
	}
	c.API += "/"
	return nil
}

// hostName is the name of a host, without a scheme, a port and a path.
var hostName = regexp.MustCompile(`^(?i)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

// isPort reports whether s is the number of a port; 0 is any that is free.
func isPort(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && n >= 0 && n <= 65535
}

// checkApart reports whether Slack over HTTP would listen where something else
// does.
func (c *slackConfig) checkApart(others map[string]string) error {
	if c.signing == "" {
		return nil
	}
	host, port, _ := net.SplitHostPort(c.Addr)
	everywhere := func(host string) bool { return host == "" || net.ParseIP(host).IsUnspecified() }
	for _, name := range slices.Sorted(maps.Keys(others)) {
		h, p, err := net.SplitHostPort(others[name])
		if err == nil && p == port && p != "0" && (h == host || everywhere(h) || everywhere(host)) {
			return fmt.Errorf("settings: slack.addr %s is where %s listens too: give each a port of its own", c.Addr, name)
		}
	}
	return nil
}

// checkURL checks an address to which secrets go: it is encrypted, or on this
// machine.
func (*slackConfig) checkURL(name string, address *string) error {
	if *address == "" {
		return nil
	}
	u, err := url.Parse(*address)
	local := err == nil && (u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback())
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return fmt.Errorf("settings: %s %q is not an address such as https://bot.example", name, *address)
	}
	*address = strings.TrimRight(*address, "/")
	return nil
}
