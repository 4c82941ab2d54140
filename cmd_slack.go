package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"insightbot/bot/slack/manifest"
	"insightbot/handlers"
	"insightbot/text"
)

//go:generate sh -c "go run . --config /dev/null slack manifest > manifest.yml"

// slackCommand is about the app in Slack.
func (a *app) slackCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "slack",
		Short:   "Print the manifest of the Slack app, draw one of its screens, or print where it is installed",
		Long:    "Print the manifest of the Slack app, draw one of its screens, or print where workspaces install it. How the app is installed stands in docs/slack.md.",
		Example: "  insightbot slack manifest > manifest.yml\n  insightbot slack preview message.json > page.html",
		Args:    noCommandArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usage(fmt.Errorf("slack takes manifest, preview or install; see %q", cmd.CommandPath()+" --help"))
		},
	}
	cmd.AddCommand(a.slackManifestCommand(), a.slackPreviewCommand(), a.slackInstallCommand())
	return cmd
}

// slackInstallCommand prints the address at which a workspace installs the app. It
// holds a key, so that it is asked for and never lies in the log of a server.
func (a *app) slackInstallCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "install",
		Short: "Print the address at which one more workspace installs the app",
		Long: `Print the address at which one more workspace installs the app. Whoever has it can let the bot into a workspace of theirs:
keep it to yourself. It needs slack.url, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET; docs/slack.md says more.`,
		Example: "  insightbot slack install",
		Args:    exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			c, err := a.settings()
			if err != nil {
				return err
			}
			if c.Slack.URL == "" || c.Slack.clientID == "" || c.Slack.clientSecret == "" {
				return usage(errors.New("workspaces install the app over HTTP: set slack.url, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET first"))
			}
			w := a.newWiring(c, slog.New(slog.DiscardHandler))
			key, err := loadKey(c.Data, a.getenv)
			if err != nil {
				return err
			}
			if w.installKey, err = key.install(); err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.out, w.slackConfig().InstallURL())
			return err
		},
	}
}

// slackManifestCommand prints what Slack makes the app from.
func (a *app) slackManifestCommand() *cobra.Command {
	var address, name string
	cmd := &cobra.Command{
		Use:   "manifest",
		Short: "Print the app's manifest, from which Slack makes the app",
		Long: `Print the app's manifest as YAML, from which Slack makes the app: api.slack.com/apps, Create New App, From a manifest.
Without an address it is for Socket Mode. What the settings say under slack (url, unfurl_domains) is taken over.`,
		Example: "  insightbot slack manifest\n  insightbot slack manifest --url https://bot.example\n  insightbot slack manifest --name \"Numbers\"",
		Args:    exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.settings()
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("url") {
				address = c.Slack.URL
			} else if strings.TrimSpace(address) == "" {
				return usage(errors.New("--url is empty: leave it out for Socket Mode, or give an address such as https://bot.example"))
			}
			if err := checkApp(address, name); err != nil {
				return usage(err)
			}
			out, err := manifestText(manifest.Options{Name: name, URL: address, Commands: typedCommands(), UnfurlDomains: c.Slack.UnfurlDomains})
			if err != nil {
				return err
			}
			_, err = a.out.Write(out)
			return err
		},
	}
	cmd.Flags().StringVar(&address, "url", "", "public address of the bot, such as https://bot.example, for HTTP instead of Socket Mode")
	cmd.Flags().StringVar(&name, "name", "Insightbot", "what people call the bot")
	return cmd
}

// checkApp checks what Slack would refuse.
func checkApp(address, name string) error {
	if n := text.UTF16(text.Clean(name)); n == 0 || n > manifest.MaxName {
		return fmt.Errorf("--name has 1 to %d characters", manifest.MaxName)
	}
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("--url is not an address such as https://bot.example: Slack calls the bot by TLS only")
	}
	if strings.Trim(u.Path, "/") != "" {
		return fmt.Errorf("the address of the bot has a path, which Slack's calls would not find: give https://%s alone", u.Host)
	}
	return nil
}

// typedCommands are the commands that people may type, for the manifest.
func typedCommands() []manifest.Command {
	var list []manifest.Command
	for _, c := range handlers.Commands() {
		if !c.Hidden {
			list = append(list, manifest.Command{Name: c.Name, Summary: c.Summary, Examples: c.Examples})
		}
	}
	return list
}

// manifestText is a manifest as YAML, with the reason beside each scope and
// event.
func manifestText(o manifest.Options) ([]byte, error) {
	m := manifest.New(o)
	why := yaml.CommentMap{}
	note := func(path string, i int, words string) {
		why[fmt.Sprintf("$.%s[%d]", path, i)] = []*yaml.Comment{yaml.LineComment(" " + words)}
	}
	for i, s := range manifest.Scopes() {
		note("oauth_config.scopes.bot", i, s.Why)
	}
	for i, name := range m.OAuth.Scopes.Optional {
		note("oauth_config.scopes.bot_optional", i, "without it: "+manifest.Optional()[name])
	}
	for i, e := range manifest.Events() {
		note("settings.event_subscriptions.bot_events", i, e.Why)
	}
	body, err := yaml.MarshalWithOptions(m, yaml.Indent(2), yaml.IndentSequence(true), yaml.WithComment(why))
	if err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	return append([]byte(strings.TrimLeft(manifestHead, "\n")), body...), nil
}

const manifestHead = `
# The Slack app, made by "insightbot slack manifest" from the table of commands
# and the scopes that are used. Do not edit it: "go generate ." writes it anew.
# How to make the app from it stands in docs/slack.md.
`
