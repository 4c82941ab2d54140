// Package manifest describes the app to Slack: what it is called, what it
// listens to, and what it may do, each with the reason. Slack makes the app
// from this description, so nothing has to be clicked together by hand, and an
// installation can be compared with it.
package manifest

import (
	"slices"
	"strings"

	"insightbot/text"
)

// Slack's limits, in UTF-16 units where they count text.
const (
	// MaxName is how long the name of an app may be.
	MaxName = 35
	// MaxUnfurlDomains is how many domains links may be previewed of.
	MaxUnfurlDomains = 5

	maxSummary = 2000
	maxHint    = 1000
)

// The ways below the address of the bot, for HTTP.
const (
	eventsPath       = "/slack/events"
	commandsPath     = "/slack/commands"
	interactionsPath = "/slack/interactions"
	oauthPath        = "/slack/oauth"
)

// The names under which Slack calls shortcuts.
const (
	shortcutAnswer = "answer_message"
	shortcutAsk    = "ask_question"
)

// Options are what differs from installation to installation.
type Options struct {
	// Name is what people call the bot; "" is Insightbot.
	Name string
	// URL is the public address of the bot, such as https://bot.example. It is
	// "" for Socket Mode, which needs none.
	URL string
	// Commands are the commands that people may type, the one that answers
	// questions first. The slash command derives from them.
	Commands []Command
	// UnfurlDomains are those whose links are previewed, at most
	// MaxUnfurlDomains.
	UnfurlDomains []string
}

// Command is a command that people may type.
type Command struct {
	// Name is one word, and Summary says in a few words what it does.
	Name, Summary string
	// Examples are calls as people type them.
	Examples []string
}

// Manifest is the description of an app in the form Slack reads.
type Manifest struct {
	Display  Display  `json:"display_information" yaml:"display_information"`
	Features Features `json:"features" yaml:"features"`
	OAuth    OAuth    `json:"oauth_config" yaml:"oauth_config"`
	Settings Settings `json:"settings" yaml:"settings"`
}

// Display is what people read before they let the app in.
type Display struct {
	Name            string `json:"name" yaml:"name"`
	Description     string `json:"description" yaml:"description"`
	LongDescription string `json:"long_description" yaml:"long_description"`
	BackgroundColor string `json:"background_color" yaml:"background_color"`
}

// Features are where the app shows in Slack.
type Features struct {
	AgentView     AgentView      `json:"agent_view" yaml:"agent_view"`
	AppHome       AppHome        `json:"app_home" yaml:"app_home"`
	BotUser       BotUser        `json:"bot_user" yaml:"bot_user"`
	Shortcuts     []Shortcut     `json:"shortcuts" yaml:"shortcuts"`
	SlashCommands []SlashCommand `json:"slash_commands,omitempty" yaml:"slash_commands,omitempty"`
	UnfurlDomains []string       `json:"unfurl_domains,omitempty" yaml:"unfurl_domains,omitempty"`
}

// AgentView makes direct messages a conversation in threads, with suggestions
// for what to ask.
type AgentView struct {
	Description string   `json:"agent_description" yaml:"agent_description"`
	Prompts     []Prompt `json:"suggested_prompts,omitempty" yaml:"suggested_prompts,omitempty"`
}

// Prompt is a suggestion: what it says, and what it makes the person say.
type Prompt struct {
	Title   string `json:"title" yaml:"title"`
	Message string `json:"message" yaml:"message"`
}

// AppHome is the page of the app: a tab of its own and one for messages.
type AppHome struct {
	Home             bool `json:"home_tab_enabled" yaml:"home_tab_enabled"`
	Messages         bool `json:"messages_tab_enabled" yaml:"messages_tab_enabled"`
	MessagesReadOnly bool `json:"messages_tab_read_only_enabled" yaml:"messages_tab_read_only_enabled"`
}

// BotUser is who the app is in conversations.
type BotUser struct {
	DisplayName  string `json:"display_name" yaml:"display_name"`
	AlwaysOnline bool   `json:"always_online" yaml:"always_online"`
}

// Shortcut is an entry of a menu of Slack's. Type is "message" or "global".
type Shortcut struct {
	Name        string `json:"name" yaml:"name"`
	Type        string `json:"type" yaml:"type"`
	CallbackID  string `json:"callback_id" yaml:"callback_id"`
	Description string `json:"description" yaml:"description"`
}

// SlashCommand is what people type after a slash.
type SlashCommand struct {
	Command     string `json:"command" yaml:"command"`
	URL         string `json:"url,omitempty" yaml:"url,omitempty"`
	Description string `json:"description" yaml:"description"`
	UsageHint   string `json:"usage_hint" yaml:"usage_hint"`
	// Escape makes people and channels arrive by their ids.
	Escape bool `json:"should_escape" yaml:"should_escape"`
}

// OAuth is what an installation asks for.
type OAuth struct {
	RedirectURLs []string  `json:"redirect_urls,omitempty" yaml:"redirect_urls,omitempty"`
	Scopes       BotScopes `json:"scopes" yaml:"scopes"`
}

// BotScopes are the scopes of the bot token. Optional are those of Bot that
// whoever installs the app may decline.
type BotScopes struct {
	Bot      []string `json:"bot" yaml:"bot"`
	Optional []string `json:"bot_optional" yaml:"bot_optional"`
}

// Settings are how Slack reaches the app.
type Settings struct {
	Events        Subscriptions `json:"event_subscriptions" yaml:"event_subscriptions"`
	Interactivity Interactivity `json:"interactivity" yaml:"interactivity"`
	OrgDeploy     bool          `json:"org_deploy_enabled" yaml:"org_deploy_enabled"`
	SocketMode    bool          `json:"socket_mode_enabled" yaml:"socket_mode_enabled"`
	TokenRotation bool          `json:"token_rotation_enabled" yaml:"token_rotation_enabled"`
}

// Subscriptions are the events the app is told of.
type Subscriptions struct {
	URL string   `json:"request_url,omitempty" yaml:"request_url,omitempty"`
	Bot []string `json:"bot_events" yaml:"bot_events"`
}

// Interactivity is where buttons, dialogs and menus are sent.
type Interactivity struct {
	Enabled    bool   `json:"is_enabled" yaml:"is_enabled"`
	URL        string `json:"request_url,omitempty" yaml:"request_url,omitempty"`
	OptionsURL string `json:"message_menu_options_url,omitempty" yaml:"message_menu_options_url,omitempty"`
}

// New describes the app. A name that is too long is cut, and domains beyond
// the limit are left out.
func New(o Options) Manifest {
	name := text.Truncate(text.Clean(o.Name), MaxName, text.UTF16)
	if name == "" {
		name = "Insightbot"
	}
	base := strings.TrimRight(o.URL, "/")
	at := func(path string) string {
		if base == "" {
			return ""
		}
		return base + path
	}
	m := Manifest{
		Display: Display{
			Name: name, Description: description, LongDescription: longDescription, BackgroundColor: "#1f3a5f",
		},
		Features: Features{
			AgentView: AgentView{Description: description, Prompts: prompts(o.Commands)},
			AppHome:   AppHome{Home: true, Messages: true},
			BotUser:   BotUser{DisplayName: name, AlwaysOnline: true},
			Shortcuts: []Shortcut{
				{Name: "Answer this", Type: "message", CallbackID: shortcutAnswer, Description: "Answer the question in this message, for you alone"},
				{Name: "Ask the data", Type: "global", CallbackID: shortcutAsk, Description: "Ask a question, or choose a saved insight"},
			},
			SlashCommands: slash(o.Commands, at(commandsPath)),
			UnfurlDomains: slices.Clone(o.UnfurlDomains[:min(len(o.UnfurlDomains), MaxUnfurlDomains)]),
		},
		OAuth: OAuth{Scopes: BotScopes{Bot: ScopeNames(), Optional: optionalNames()}},
		Settings: Settings{
			Events:        Subscriptions{URL: at(eventsPath), Bot: eventNames()},
			Interactivity: Interactivity{Enabled: true, URL: at(interactionsPath), OptionsURL: at(interactionsPath)},
			SocketMode:    base == "",
		},
	}
	if base != "" {
		m.OAuth.RedirectURLs = []string{at(oauthPath)}
	}
	return m
}

const (
	description = "Answers questions from saved insights, with a chart, its caveats and its owner"

	longDescription = "Ask in your own words. Insightbot finds the saved insight that a colleague built and stands behind, runs it for " +
		"the period and breakdown you asked for, and answers with one sentence, a chart, the caveats, the owner and how fresh the data is. " +
		"It writes no queries of its own, uses no language model, and shows a channel only what an admin opened to everybody who reads it. " +
		"It reads what is said to it, and nothing else."
)

// slash is the one slash command, which takes whatever people may type.
func slash(commands []Command, url string) []SlashCommand {
	if len(commands) == 0 {
		return nil
	}
	first, others := commands[0], []string{}
	for _, c := range commands[1:] {
		others = append(others, c.Name)
	}
	hint := "your question"
	if len(first.Examples) > 0 {
		hint = first.Examples[0]
	}
	if len(others) > 0 {
		hint += " (or: " + strings.Join(others, ", ") + ")"
	}
	return []SlashCommand{{
		Command: "/insight", URL: url, Description: text.Truncate(sentence(first.Summary), maxSummary, text.UTF16),
		UsageHint: text.Truncate(hint, maxHint, text.UTF16), Escape: true,
	}}
}

// suggested are the commands that make sense to everybody at once, whatever
// data there is.
var suggested = []string{"insights", "help", "privacy"}

// prompts are the suggestions before anything was asked. Those that fit the
// person follow when they open the conversation.
func prompts(commands []Command) []Prompt {
	var list []Prompt
	for _, name := range suggested {
		at := slices.IndexFunc(commands, func(c Command) bool { return c.Name == name })
		if at >= 0 {
			list = append(list, Prompt{Title: sentence(commands[at].Summary), Message: name})
		}
	}
	return list
}

// sentence begins a summary with a capital letter.
func sentence(s string) string {
	head := text.Head(s, 1, text.Graphemes)
	return strings.ToUpper(head) + s[len(head):]
}
