package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSlackSettings_TakeTokensAsTheyAreCopied(t *testing.T) {
	for given, want := range map[string]string{
		"xoxb-1": "xoxb-1", "  xoxb-1\n": "xoxb-1", `"xoxb-1"`: "xoxb-1", " 'xoxb-1' \r\n": "xoxb-1", `" xoxb-1"`: "xoxb-1", `"`: `"`,
	} {
		if got := pasted(given); got != want {
			t.Errorf("%q is read as %q, not %q", given, got, want)
		}
	}
	c, err := loadText(t, "{}\n", map[string]string{"SLACK_BOT_TOKEN": "\"xoxb-1\"\n", "SLACK_APP_TOKEN": "\txapp-1 "})
	if err != nil || c.Slack.bot.Reveal() != "xoxb-1" || c.Slack.app.Reveal() != "xapp-1" {
		t.Errorf("%+v, %v", c.Slack, err)
	}
}

func TestSlackSettings_SayWhatIsWrong(t *testing.T) {
	const secret = "a0a0a0a0"
	for name, c := range map[string]struct {
		text string
		env  map[string]string
		want string // "" for nothing
	}{
		"two tokens in one": {"{}", map[string]string{"SLACK_BOT_TOKEN": "xoxb-" + secret + " xapp-1"}, "SLACK_BOT_TOKEN holds a blank"},
		"a control sign":    {"{}", map[string]string{"SLACK_APP_TOKEN": "xapp-" + secret + "\x1b[0m"}, "SLACK_APP_TOKEN holds a blank"},
		"a wide sign":       {"{}", map[string]string{"SLACK_SIGNING_SECRET": secret + "…"}, "SLACK_SIGNING_SECRET holds a blank"},
		"no port":           {"{slack: {addr: 127.0.0.1}}", nil, `slack.addr "127.0.0.1" is not an address`},
		"a wrong port":      {"{slack: {addr: '127.0.0.1:http'}}", nil, "is not an address"},
		"that of the pages": {"{slack: {addr: '127.0.0.1:8080'}}", map[string]string{"SLACK_SIGNING_SECRET": secret}, "is where addr listens too"},
		"that of the hooks": {"{slack: {addr: ':8090'}, hooks: {addr: '127.0.0.1:8090'}}", map[string]string{"SLACK_SIGNING_SECRET": secret}, "is where hooks.addr listens too"},
		"one of their own":  {"{slack: {addr: '127.0.0.1:3000'}, hooks: {addr: '127.0.0.1:8090'}}", map[string]string{"SLACK_SIGNING_SECRET": secret}, ""},
		"nothing listens":   {"{slack: {addr: '127.0.0.1:8080'}}", nil, ""},
		"a domain":          {"{slack: {unfurl_domains: [bot.example, Eu.posthog.com]}}", nil, ""},
		"an address":        {"{slack: {unfurl_domains: ['https://bot.example']}}", nil, `"https://bot.example" is not the name of a host`},
		"a path":            {"{slack: {unfurl_domains: [bot.example/insights]}}", nil, "is not the name of a host"},
		"a port":            {"{slack: {unfurl_domains: ['bot.example:443']}}", nil, "is not the name of a host"},
		"the wrong place":   {"{}", map[string]string{"SLACK_BOT_TOKEN": "xapp-" + secret}, "SLACK_BOT_TOKEN does not begin with xoxb-"},
	} {
		_, err := loadText(t, c.text+"\n", c.env)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), secret)):
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// writeText writes settings into a file.
func writeText(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "insightbot.yml")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSlackDoctor_SaysWhetherItIsSetUp(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	copyDemo(t, dir)
	for _, c := range []struct {
		text string
		env  map[string]string
		want string
	}{
		{"{}", nil, "ok    slack     not set up: docs/slack.md shows how"},
		{"{slack: {url: https://bot.example}}", nil, "MEND  slack     slack.url or slack.addr is given, but there is no token"},
	} {
		conf := writeText(t, c.text)
		var out, trouble bytes.Buffer
		run(t.Context(), []string{"--config", conf, "doctor"}, func(k string) string {
			if k == "INSIGHTBOT_DATA" {
				return dir
			}
			return c.env[k]
		}, strings.NewReader(""), &out, &trouble)
		if !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: doctor does not say %q:\n%s%s", c.text, c.want, out.String(), trouble.String())
		}
	}
}

func TestManifestCommand_RefusesAnAddressThatSlackWouldNotFind(t *testing.T) {
	conf := writeText(t, "{}")
	for address, want := range map[string]string{
		"": "--url is empty", "https://bot.example/insightbot": "has a path", "http://bot.example": "by TLS only", "https://bot.example/": "",
	} {
		var out, trouble bytes.Buffer
		code := run(t.Context(), []string{"--config", conf, "slack", "manifest", "--url", address}, func(string) string { return "" }, strings.NewReader(""), &out, &trouble)
		if want == "" && (code != exitOK || !strings.Contains(out.String(), "https://bot.example/slack")) || want != "" && (code != exitUsage || !strings.Contains(trouble.String(), want)) {
			t.Errorf("%q ends with %d: %s", address, code, trouble.String())
		}
	}
}

func TestServe_SlackThatRefusesSaysWhereToLook(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	copyDemo(t, dir)
	env := map[string]string{
		"INSIGHTBOT_DATA": dir, "INSIGHTBOT_ADDR": freeAddr(t), "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1",
		"SLACK_API_URL": "http://127.0.0.1:1", // nobody listens there
	}
	var trouble bytes.Buffer
	code := run(t.Context(), []string{"serve"}, func(k string) string { return env[k] }, strings.NewReader(""), &bytes.Buffer{}, &trouble)
	said := trouble.String()
	if code != exitFailed || !strings.Contains(said, "Slack: connecting by Socket Mode …") || strings.Contains(said, "Slack is connected") ||
		!strings.Contains(said, `Slack could not be connected: "insightbot doctor" tries each token`) || !strings.Contains(said, "docs/slack.md") {
		t.Errorf("ends with %d:\n%s", code, said)
	}
}
