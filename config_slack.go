package main

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
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
}

// secrets reads what the environment says of Slack.
func (c *slackConfig) secrets(getenv func(string) string) {
	c.bot, c.app = chat.Secret(getenv("SLACK_BOT_TOKEN")), chat.Secret(getenv("SLACK_APP_TOKEN"))
	c.signing = chat.Secret(getenv("SLACK_SIGNING_SECRET"))
	c.clientID, c.clientSecret = getenv("SLACK_CLIENT_ID"), chat.Secret(getenv("SLACK_CLIENT_SECRET"))
	c.API = cmp.Or(getenv("SLACK_API_URL"), c.API, slack.DefaultAPI)
	c.Addr = cmp.Or(c.Addr, "127.0.0.1:3000")
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
	}{{"SLACK_BOT_TOKEN", "xoxb-", c.bot}, {"SLACK_APP_TOKEN", "xapp-", c.app}} {
		if t.value != "" && !strings.HasPrefix(t.value.Reveal(), t.prefix) {
			return fmt.Errorf("settings: %s does not begin with %s: docs/slack.md says where to find it", t.name, t.prefix)
		}
	}
	if len(c.UnfurlDomains) > maxUnfurlDomains {
		return fmt.Errorf("settings: slack.unfurl_domains has %d domains; Slack takes %d", len(c.UnfurlDomains), maxUnfurlDomains)
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
