package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

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
	switch e.Type {
	case "app_uninstalled", "tokens_revoked":
	default:
		return false, nil
	}
	team, enterprise := installedIn(d)
	w := s.spaces.of(team, enterprise)
	if w != nil && before(d.Payload, w.installation().At) {
		s.config.Log.InfoContext(ctx, "an end of the app is older than its installation, and means the one before", "workspace", w.id, "event", e.Type)
		return true, nil
	}
	if e.Type == "tokens_revoked" {
		if w != nil && (slices.Contains(e.Tokens.Bot, w.installation().Bot) || w.installation().Bot == "" && len(e.Tokens.Bot) > 0) {
			s.revoked(ctx, w, e.Type)
		}
		return true, nil
	}
	id := firstOf(team, enterprise)
	if w != nil && w.id != id {
		// One workspace of an organisation: the others go on.
		s.config.Log.InfoContext(ctx, "a workspace of an organisation uninstalled the app", "workspace", team, "organisation", w.id)
		return true, nil
	}
	return true, s.uninstalled(ctx, id)
}

// before reports whether an event happened before a moment, as far as its
// seconds tell.
func before(envelope json.RawMessage, at time.Time) bool {
	var e struct {
		Time int64 `json:"event_time"`
	}
	return json.Unmarshal(envelope, &e) == nil && e.Time > 0 && e.Time < at.Unix()
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
