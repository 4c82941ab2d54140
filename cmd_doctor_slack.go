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

// slackFindings try the tokens of Slack, or say that there are none.
func slackFindings(ctx context.Context, w *wiring) []finding {
	if !w.config.Slack.on() {
		if w.config.Slack.placed {
			return []finding{{
				What: "slack", Says: "slack.url or slack.addr is given, but there is no token, so Slack is not connected",
				Do: "Set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET in the environment, or take the address out: docs/slack.md shows how.",
			}}
		}
		return []finding{{What: "slack", OK: true, Says: "not set up: docs/slack.md shows how"}}
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
