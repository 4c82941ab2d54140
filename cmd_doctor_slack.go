package main

import (
	"context"
	"log/slog"
	"time"

	"insightbot/bot/slack"
	"insightbot/bot/slack/manifest"
)

// slackLimit bounds what is asked of Slack.
const slackLimit = 15 * time.Second

// slackFindings try the tokens of Slack, where there are any.
func slackFindings(ctx context.Context, w *wiring) []finding {
	c := w.config.Slack
	if !c.on() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, slackLimit)
	defer cancel()
	var list []finding
	for _, f := range slack.Check(ctx, slack.Config{
		BotToken: c.bot, AppToken: c.app, SigningSecret: c.signing, ClientID: c.clientID, ClientSecret: c.clientSecret,
		API: c.API, Addr: c.Addr, URL: c.URL, Scopes: manifest.ScopeNames(), Log: slog.New(slog.DiscardHandler), Now: w.now,
	}, manifest.Optional()) {
		list = append(list, finding{What: "slack", OK: f.OK, Says: f.Says, Do: f.Do})
	}
	return list
}
