package main

import (
	"context"
	"fmt"

	"insightbot/access"
	"insightbot/bot/slack"
	"insightbot/bot/slack/manifest"
	"insightbot/chat"
	"insightbot/handlers"
)

// openSlack is the transport for Slack, or nothing when no token is there.
func openSlack(w *wiring) (chat.Platform, error) {
	if !w.config.Slack.on() {
		return nil, nil //nolint:nilnil // a platform that is not configured is none
	}
	given := w.slackConfig()
	given.Store, given.Purge, given.Dialog, given.Log = w.store, w.purge(slack.Name), dialog, w.log.With("platform", slack.Name)
	p, err := slack.New(given)
	if err != nil {
		return nil, usage(fmt.Errorf("%w: see docs/slack.md", err))
	}
	return helpful{p}, nil
}

// helpful is Slack, whose failure says where to look.
type helpful struct{ chat.Platform }

// Run runs it.
func (h helpful) Run(ctx context.Context, handler chat.Handler) error {
	if err := h.Platform.Run(ctx, handler); err != nil {
		return fmt.Errorf("%w\nSlack could not be connected: \"insightbot doctor\" tries each token and says what to do, and docs/slack.md where each comes from", err)
	}
	return nil
}

// slackConfig is what the settings say of Slack.
func (w *wiring) slackConfig() slack.Config {
	c := w.config.Slack
	return slack.Config{
		BotToken: c.bot, AppToken: c.app, SigningSecret: c.signing, ClientID: c.clientID, ClientSecret: c.clientSecret,
		InstallKey: w.installKey, API: c.API, Addr: c.Addr, URL: c.URL, Scopes: manifest.ScopeNames(), Now: w.now,
	}
}

// purge erases what is kept of a workspace of a platform.
func (w *wiring) purge(platform string) func(context.Context, string) error {
	return func(ctx context.Context, workspace string) error {
		by := access.Event{At: w.now(), Actor: access.ActorProgram, Action: access.ActionPrivacy, Subject: "workspace:" + platform + "/" + workspace}
		return w.store.PurgeWorkspace(ctx, platform, workspace, by)
	}
}

// dialog reports whether a call usually asks for values.
func dialog(c chat.Call) bool {
	for _, known := range handlers.Commands() {
		if known.Name == c.Command {
			return known.Dialog
		}
	}
	return false
}
