package slack

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	slackgo "github.com/slack-go/slack"

	"insightbot/bot/slack/receive"
)

// event is what is used of an event. Every field is optional: Slack adds new
// ones at any time, and an event that lacks one that is needed is left alone.
type event struct {
	Type        string `json:"type"`
	Subtype     string `json:"subtype"`
	User        actor  `json:"user"`
	UserTeam    string `json:"user_team"`
	SourceTeam  string `json:"source_team"`
	Bot         string `json:"bot_id"`
	Text        string `json:"text"`
	TS          string `json:"ts"`
	Thread      string `json:"thread_ts"`
	Channel     holder `json:"channel"`
	ChannelType string `json:"channel_type"`
	Tab         string `json:"tab"`
	Reaction    string `json:"reaction"`
	ItemUser    string `json:"item_user"`
	Inviter     string `json:"inviter"`
	Item        struct {
		Type    string `json:"type"`
		Channel string `json:"channel"`
		TS      string `json:"ts"`
	} `json:"item"`
	MessageTS string `json:"message_ts"`
	UnfurlID  string `json:"unfurl_id"`
	Source    string `json:"source"`
	Links     []struct {
		URL string `json:"url"`
	} `json:"links"`
	Tokens struct {
		OAuth []string `json:"oauth"`
		Bot   []string `json:"bot"`
	} `json:"tokens"`
	Assistant struct {
		User    string `json:"user_id"`
		Channel string `json:"channel_id"`
		Thread  string `json:"thread_ts"`
	} `json:"assistant_thread"`
	Message json.RawMessage `json:"message"`
}

// actor is a user, which some events give as an id and some as an object.
type actor struct{ ID, Team string }

// UnmarshalJSON reads either form.
func (a *actor) UnmarshalJSON(b []byte) error {
	var o struct {
		ID   string `json:"id"`
		Team string `json:"team_id"`
	}
	if json.Unmarshal(b, &a.ID) != nil && json.Unmarshal(b, &o) == nil {
		a.ID, a.Team = o.ID, o.Team
	}
	return nil // what is of neither form names nobody
}

// holder is a channel, which some events give as an id and some as an object.
type holder string

// UnmarshalJSON reads either form.
func (h *holder) UnmarshalJSON(b []byte) error {
	var id string
	var o struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(b, &id) == nil {
		*h = holder(id)
	} else if json.Unmarshal(b, &o) == nil {
		*h = holder(o.ID)
	}
	return nil
}

// readEvent reads the inner event of a delivery.
func readEvent(d receive.Delivery) (event, error) {
	var outer struct {
		Event event `json:"event"`
	}
	if err := json.Unmarshal(d.Payload, &outer); err != nil {
		return event{}, fmt.Errorf("slack: event: %w", err)
	}
	return outer.Event, nil
}

// spoken reports whether a message is one that a person wrote: not the bot's
// own, not another bot's, not an edit or a notice.
func (e event) spoken(bot string) bool {
	switch e.Subtype {
	case "", "file_share", "thread_broadcast", "me_message":
	default:
		return false
	}
	return e.Bot == "" && e.User.ID != "" && e.User.ID != bot && len(e.Message) == 0
}

// command is a slash command. Its payload is the form, as an object.
type command struct {
	Command     string `json:"command"`
	Text        string `json:"text"`
	User        string `json:"user_id"`
	Team        string `json:"team_id"`
	Channel     string `json:"channel_id"`
	ChannelName string `json:"channel_name"`
	ResponseURL string `json:"response_url"`
	Trigger     string `json:"trigger_id"`
}

// readCommand reads a slash command.
func readCommand(d receive.Delivery) (command, error) {
	var c command
	if err := json.Unmarshal(d.Payload, &c); err != nil {
		return command{}, fmt.Errorf("slack: command: %w", err)
	}
	return c, nil
}

// readInteraction reads a pressed button, a shortcut or a sent dialog.
func readInteraction(d receive.Delivery) (slackgo.InteractionCallback, error) {
	var i slackgo.InteractionCallback
	if err := json.Unmarshal(d.Payload, &i); err != nil {
		return i, fmt.Errorf("slack: interaction: %w", err)
	}
	return i, nil
}

// What Slack writes into text in angle brackets: people, channels, groups and
// links.
var (
	mentioned = regexp.MustCompile(`<@([A-Z0-9]+)(?:\|[^>]*)?>`)
	bracketed = regexp.MustCompile(`<([@#!])([^|>]*)(?:\|([^>]*))?>|<([a-z]+:[^|>]*)(?:\|([^>]*))?>`)
)

// emoji are the codes in which Slack writes emoji; they ask for nothing.
var emoji = regexp.MustCompile(`(^|[\s.,;!?()])(?::(?:[a-z+_-][a-z0-9+_\'-]*|100|1234|-1|8ball):)+`)

// typed is a message as the person typed it: without the mention of the bot and
// without emoji, with names in the place of ids, and unescaped once.
func typed(text, bot string) string {
	text = mentioned.ReplaceAllStringFunc(text, func(m string) string {
		if mentioned.FindStringSubmatch(m)[1] == bot {
			return " "
		}
		return m
	})
	text = bracketed.ReplaceAllStringFunc(text, func(m string) string {
		p := bracketed.FindStringSubmatch(m)
		switch {
		case p[1] == "#" && p[3] != "":
			return "#" + p[3]
		case p[1] == "!" && p[3] != "" && strings.HasPrefix(p[2], "date^"):
			return p[3]
		case p[1] != "":
			return named(p[1], p[2], p[3])
		case p[5] != "":
			return p[5]
		default:
			return p[4]
		}
	})
	text = emoji.ReplaceAllString(text, "$1 ")
	text = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(text)
	return strings.TrimSpace(text)
}

// named is a mention of somebody else, of a group or of a channel as a word.
// It must not vanish: "sign-ups of @mia" is not about everybody.
func named(sign, id, name string) string {
	switch {
	case name != "":
		return "@" + strings.TrimPrefix(name, "@")
	case sign == "#":
		return "#channel"
	case id == "channel" || id == "here" || id == "everyone":
		return "@" + id
	default:
		return "@someone"
	}
}

// mentions reports whether a text calls the bot.
func mentions(text, bot string) bool {
	for _, m := range mentioned.FindAllStringSubmatch(text, -1) {
		if m[1] == bot && bot != "" {
			return true
		}
	}
	return false
}
