package slack

import (
	"context"
	"fmt"
	"slices"

	"insightbot/bot/slack/receive"
)

// ended follows the end of the app in a workspace, and reports whether a
// delivery was about that. Its two events come in any order, and more than
// once; an error makes Slack send one again. What is about the end is not kept
// in the inbox, which goes with everything else.
func (s *Slack) ended(ctx context.Context, d receive.Delivery) (bool, error) {
	if d.Kind != receive.KindEvent {
		return false, nil
	}
	e, err := readEvent(d)
	if err != nil {
		return false, nil //nolint:nilerr // it is not about that, as far as anybody can read
	}
	team := teamOf(d)
	w := s.spaces.of(team, d.Enterprise)
	switch e.Type {
	case "app_uninstalled":
		id := firstOf(team, d.Enterprise)
		if w != nil {
			id = w.id
		}
		return true, s.uninstalled(ctx, id)
	case "tokens_revoked":
		if w != nil && (slices.Contains(e.Tokens.Bot, w.installation().Bot) || w.installation().Bot == "" && len(e.Tokens.Bot) > 0) {
			s.revoked(ctx, w, "tokens_revoked")
		}
		return true, nil
	default:
		return false, nil
	}
}

// uninstalled erases what is kept of a workspace that threw the app out.
func (s *Slack) uninstalled(ctx context.Context, id string) error {
	s.spaces.drop(id)
	if err := s.config.Purge(ctx, id); err != nil {
		return fmt.Errorf("slack: what is kept of a workspace could not be erased: %w", err)
	}
	s.config.Log.InfoContext(ctx, "a workspace uninstalled the app, and what was kept of it is erased", "workspace", id)
	return nil
}
