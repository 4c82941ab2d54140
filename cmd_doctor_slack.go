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
	if !w.config.Slack.on() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, slackLimit)
	defer cancel()
	given := w.slackConfig()
	given.Log = slog.New(slog.DiscardHandler)
	var list []finding
	for _, f := range slack.Check(ctx, given, manifest.Optional()) {
		list = append(list, finding{What: "slack", OK: f.OK, Says: f.Says, Do: f.Do})
	}
	return list
}
