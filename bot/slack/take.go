package slack

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	slackgo "github.com/slack-go/slack"

	"insightbot/bot/slack/receive"
	"insightbot/bot/slack/screen"
	"insightbot/chat"
)

// acceptLimit is how long a delivery may wait to be written down. A store that
// is stuck longer must not swallow what it cannot keep: Slack sends events
// again, and people are told to try again.
const acceptLimit = 500 * time.Millisecond

// take keeps a delivery before it is acknowledged, and lets it be worked off.
// It answers itself what Slack waits for: the options of a menu, and whether
// the values of a dialog are right.
func (s *Slack) take(ctx context.Context, d receive.Delivery) (any, error) {
	if s.outer(ctx, d) {
		return nil, nil
	}
	if is, err := s.ended(ctx, d); is {
		return nil, err
	}
	team, enterprise := installedIn(d)
	w := s.spaces.of(team, enterprise)
	if w == nil || w.left() {
		s.config.Log.WarnContext(ctx, "a delivery is from a workspace that has not installed the app", "workspace", team, "kind", d.Kind)
		return nil, nil
	}
	if d.Kind == receive.KindOptions {
		return s.suggest(ctx, w, d)
	}
	if d.Kind == receive.KindEvent && s.passing(w, d) {
		return nil, nil
	}
	kept := chat.Delivery{Platform: Name, Workspace: w.id, Person: d.User, Keys: d.Keys, At: d.At, Body: d.Encode()}
	id, fresh, err := s.accept(ctx, kept)
	if err != nil || !fresh {
		// Whether it is there all the same, or came when that was not known yet:
		// a look into the inbox finds what nobody works on.
		s.behind.Store(true)
		return nil, err
	}
	kept.ID = id
	switch d.Kind {
	case receive.KindSubmit:
		return s.submit(ctx, w, kept, d)
	case receive.KindAction:
		if !urgent(d) {
			s.later(kept)
		} else if !s.hurry(kept) {
			s.behind.Store(true)
		}
		return nil, nil
	case receive.KindCommand:
		s.later(kept)
		if d.MaxAnswer == 0 {
			return nil, nil
		}
		return lookingUp(), nil
	default:
		s.later(kept)
		return nil, nil
	}
}

// passing takes note of what only makes something that was known out of date,
// before it is acknowledged: who was told that somebody joined must not be
// answered as if nobody had. It happens all day in a large workspace, and is
// lost without harm: what is known ends by itself. In an organisation one
// workspace is told for all, so that all forget.
func (s *Slack) passing(w *workspace, d receive.Delivery) bool {
	e, err := readEvent(d)
	if err != nil {
		return false
	}
	forget := func(do func(*workspace)) {
		for _, each := range s.spaces.all() {
			do(each)
		}
	}
	switch e.Type {
	case "user_change", "user_profile_changed", "team_join":
		forget(func(w *workspace) { w.ForgetUser(e.User.ID) })
	case "subteam_created", "subteam_updated", "subteam_members_changed":
		forget(func(w *workspace) { w.ForgetGroups() })
	case "member_joined_channel":
		forget(func(w *workspace) { w.Forget(string(e.Channel)) })
		return e.User.ID != w.installation().Bot // that the bot was invited is answered
	case "member_left_channel", "channel_shared", "channel_unshared", "channel_rename", "channel_archive", "channel_unarchive",
		"channel_deleted", "group_rename", "group_deleted", "shared_channel_invite_accepted", "shared_channel_invite_received", "channel_id_changed":
		forget(func(w *workspace) { w.Forget(string(e.Channel)); w.forgetReaders() })
	default:
		return false
	}
	return true
}

// later puts a delivery into the queue, or leaves it in the inbox until there
// is room.
func (s *Slack) later(d chat.Delivery) {
	if !s.enqueue(d) {
		s.behind.Store(true)
	}
}

// urgent reports whether a press or a shortcut opens a dialog, which Slack
// allows for three seconds. What asks a question waits with all others.
func urgent(d receive.Delivery) bool {
	i, err := readInteraction(d)
	if err != nil {
		return false
	}
	return i.Type == slackgo.InteractionTypeShortcut ||
		slices.ContainsFunc(i.ActionCallback.BlockActions, screen.OpensDialog)
}

// hurry works off what opens a dialog past the queue of questions; false when
// it has to wait in the inbox.
func (s *Slack) hurry(d chat.Delivery) bool { return s.put(s.quick, d) }

// accept writes a delivery down.
func (s *Slack) accept(ctx context.Context, d chat.Delivery) (int64, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, acceptLimit)
	defer cancel()
	id, fresh, err := s.config.Store.Accept(ctx, d)
	if err != nil {
		return 0, false, fmt.Errorf("slack: inbox: %w", err)
	}
	return id, fresh, nil
}

// outer answers what is about the app itself and no workspace.
func (s *Slack) outer(ctx context.Context, d receive.Delivery) bool {
	if d.Kind != receive.KindEvent {
		return false
	}
	var e struct {
		Type   string `json:"type"`
		Minute int64  `json:"minute_rate_limited"`
	}
	if json.Unmarshal(d.Payload, &e) != nil || e.Type != "app_rate_limited" {
		return false
	}
	s.limits.Add(1)
	s.forgetAll()
	s.config.Log.WarnContext(ctx, "slack drops events: more than 30,000 in an hour", "workspace", d.Team, "minute", e.Minute)
	return true
}

// installedIn is the workspace and the organisation that a delivery is for: of
// an event those that installed the app, which in a shared channel need not be
// where it happened.
func installedIn(d receive.Delivery) (team, enterprise string) {
	if d.Kind != receive.KindEvent {
		return d.Team, d.Enterprise
	}
	var e struct {
		Authorizations []struct {
			Team       string `json:"team_id"`
			Enterprise string `json:"enterprise_id"`
		} `json:"authorizations"`
	}
	if json.Unmarshal(d.Payload, &e) == nil && len(e.Authorizations) > 0 {
		if a := e.Authorizations[0]; a.Team != "" || a.Enterprise != "" {
			return a.Team, a.Enterprise
		}
	}
	return d.Team, d.Enterprise
}

// refOf is the reference of a delivery: short, the same for a redelivery and a
// different one for any other.
func refOf(d chat.Delivery) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %d", d.Workspace, d.ID)
	if len(d.Keys) > 0 {
		fmt.Fprintf(h, " %s", d.Keys[0])
	}
	return base32.StdEncoding.EncodeToString(h.Sum(nil)[:5])
}

// ephemeral is an answer within an acknowledgement that only the person sees.
type ephemeral struct {
	Type string `json:"response_type"`
	Text string `json:"text"`
}

// lookingUp tells who typed a command that it was heard.
func lookingUp() ephemeral { return ephemeral{"ephemeral", "Looking that up…"} }
