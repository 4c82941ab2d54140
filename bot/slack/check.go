package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"insightbot/bot/slack/api"
	"insightbot/bot/slack/receive"
)

// Finding is one thing that Check looked at.
type Finding struct {
	OK bool
	// Says is what was found, and Do what to do about it when OK is false.
	Says, Do string
}

// Check tries what the configuration says, without answering anything, and
// says what to mend. optional are scopes that may be missing, with what is
// missing then.
func Check(ctx context.Context, c Config, optional map[string]string) []Finding {
	s, err := New(c)
	if err != nil {
		return []Finding{{Says: strings.TrimPrefix(err.Error(), "slack: "), Do: "Set it in the environment: docs/slack.md says where to find each."}}
	}
	var found []Finding
	if c.BotToken != "" {
		found = append(found, s.checkBot(ctx, optional)...)
	}
	if c.AppToken != "" {
		found = append(found, s.checkSocket(ctx))
	}
	if c.SigningSecret != "" {
		// By Socket Mode alone nothing needs to come in.
		f := Finding{OK: c.URL != "" || c.AppToken != "", Says: "listens on " + c.Addr + " for " + firstOf(c.URL, "a public address that slack.url does not name")}
		if !f.OK {
			f.Do = "Set slack.url to the public address at which Slack reaches the bot, such as https://bot.example, or set SLACK_APP_TOKEN for Socket Mode."
		}
		found = append(found, f)
	}
	return found
}

// checkBot tries the bot token and compares its scopes.
func (s *Slack) checkBot(ctx context.Context, optional map[string]string) []Finding {
	in, err := api.Identify(ctx, s.spaces.apiConfig(), s.config.BotToken)
	if err != nil {
		f := Finding{Says: fmt.Sprintf("the bot token was not accepted: %v", err), Do: "Is this machine online? Slack's address is " + s.config.API + "."}
		if call, ok := errors.AsType[*api.CallError](err); ok && call.Code == "invalid_auth" {
			f.Says = "Slack does not know the bot token (invalid_auth)"
			f.Do = "Is it copied whole? Compare SLACK_BOT_TOKEN with the Bot User OAuth Token in Install App. If they are the same, install the app in your workspace again and set the new one."
		} else if api.Revoked(err) {
			f.Says, f.Do = "the bot token is not valid any more", "Install the app in your workspace again and set SLACK_BOT_TOKEN to the new Bot User OAuth Token."
		}
		return []Finding{f}
	}
	found := []Finding{{OK: true, Says: fmt.Sprintf("bot %s in the workspace %s", in.Bot, firstOf(in.Name, in.Workspace))}}
	if len(in.Scopes) == 0 {
		return found // an emulator that does not say
	}
	var missing, luxury []string
	for _, scope := range s.config.Scopes {
		switch lacking, may := optional[scope]; {
		case slices.Contains(in.Scopes, scope):
		case may:
			luxury = append(luxury, scope+" ("+lacking+")")
		default:
			missing = append(missing, scope)
		}
	}
	if len(missing) > 0 {
		found = append(found, Finding{
			Says: "the app lacks scopes: " + strings.Join(missing, ", "),
			Do:   "Put manifest.yml into the app's manifest once more and install the app again.",
		})
	}
	if len(luxury) > 0 {
		found = append(found, Finding{OK: true, Says: "optional scopes that are not granted: " + strings.Join(luxury, ", ")})
	}
	return found
}

// checkSocket asks for a connection and does not use it.
func (s *Slack) checkSocket(ctx context.Context) Finding {
	err := receive.CheckApp(ctx, s.config.API, s.config.AppToken)
	switch {
	case err == nil:
		return Finding{OK: true, Says: "Socket Mode is open"}
	case errors.Is(err, receive.ErrRefused):
		return Finding{Says: "Socket Mode was refused", Do: "SLACK_APP_TOKEN needs an App-Level Token with the scope connections:write, and Socket Mode switched on in the app's settings."}
	default:
		return Finding{Says: fmt.Sprintf("Socket Mode could not be tried: %v", err), Do: "Is this machine online? Slack's address is " + s.config.API + "."}
	}
}
