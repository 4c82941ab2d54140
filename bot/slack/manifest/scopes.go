package manifest

// Scope is something the bot may do in a workspace.
type Scope struct {
	// Name is Slack's, and Why says what the bot does with it.
	Name, Why string
	// Without says what does not work without it; it is "" for what the bot
	// cannot do without.
	Without string
}

// Event is something that Slack tells the bot.
type Event struct {
	// Name is Slack's, and Why says what the bot does with it.
	Name, Why string
	// Scopes are those of which Slack wants at least one for it.
	Scopes []string
}

// scopes are all that the bot asks for. None reads what is said in a channel
// without mentioning the bot, and none acts as a person.
var scopes = []Scope{
	{Name: "app_mentions:read", Why: "read the messages that mention the bot, to answer them"},
	{Name: "assistant:write", Why: "show in direct messages that it is at work, and suggest questions"},
	{Name: "channels:read", Why: "know whether a public channel is shared with another company and who is in it, before anything is shown there"},
	{Name: "chat:write", Why: "write answers, and change or take back its own"},
	{Name: "commands", Why: "offer /insight and the two shortcuts"},
	{Name: "files:read", Why: "see whether an uploaded chart is ready to be shown"},
	{Name: "files:write", Why: "upload charts and CSV files, and delete them when an answer is taken back"},
	{Name: "groups:read", Why: "know the same of a private channel that it was invited to: whether it is shared, and who is in it"},
	{Name: "im:history", Why: "read what is said to it in direct messages, to answer it"},
	{Name: "im:read", Why: "know that a conversation is between one person and the bot"},
	{Name: "im:write", Why: "open a direct message, for answers that one person alone may see"},
	{Name: "links:read", Why: "learn of links to insights in channels it is in", Without: "no previews of links"},
	{Name: "links:write", Why: "put the preview below such a link", Without: "no previews of links"},
	{Name: "mpim:read", Why: "know who is in a group conversation, before anything is shown there"},
	{Name: "reactions:read", Why: "let who asked take an answer back with ❌", Without: "answers are taken back by their button alone"},
	{Name: "reactions:write", Why: "show with 👀 that a question is being worked on", Without: "no sign of work in channels"},
	{Name: "usergroups:read", Why: "roles for user groups", Without: "roles for user groups have no effect"},
	{Name: "users:read", Why: "tell full members from guests and people of other companies, who see nothing unless it was opened to them"},
	{Name: "users:read.email", Why: "roles for everybody with an address of a domain; the address itself is not kept", Without: "roles for e-mail domains have no effect"},
}

// events are all that the bot listens to.
var events = []Event{
	{Name: "app_home_opened", Why: "draw the home page, and suggest questions in direct messages"},
	{Name: "app_mention", Why: "answer questions in channels", Scopes: []string{"app_mentions:read"}},
	{Name: "app_uninstalled", Why: "erase what is kept of the workspace"},
	{Name: "channel_rename", Why: "look a channel up anew", Scopes: []string{"channels:read"}},
	{Name: "channel_shared", Why: "look a channel up anew, because another company reads it now", Scopes: []string{"channels:read", "groups:read"}},
	{Name: "channel_unshared", Why: "look a channel up anew", Scopes: []string{"channels:read", "groups:read"}},
	{Name: "group_rename", Why: "look a private channel up anew", Scopes: []string{"groups:read"}},
	{Name: "link_shared", Why: "preview links to insights", Scopes: []string{"links:read"}},
	{Name: "member_joined_channel", Why: "look a channel up anew, because a guest may read it now; tell who invited the bot what it can do there", Scopes: []string{"channels:read", "groups:read"}},
	{Name: "member_left_channel", Why: "look a channel up anew", Scopes: []string{"channels:read", "groups:read"}},
	{Name: "message.im", Why: "answer questions in direct messages", Scopes: []string{"im:history"}},
	{Name: "reaction_added", Why: "take an answer back with ❌", Scopes: []string{"reactions:read"}},
	{Name: "subteam_updated", Why: "look up anew who is in a user group", Scopes: []string{"usergroups:read"}},
	{Name: "tokens_revoked", Why: "stop, and delete the token"},
	{Name: "user_change", Why: "look a person up anew, who may have become a guest", Scopes: []string{"users:read"}},
}

// Scopes are all that the bot asks for, with the reasons.
func Scopes() []Scope { return append([]Scope(nil), scopes...) }

// Events are all that the bot listens to, with the reasons.
func Events() []Event { return append([]Event(nil), events...) }

// ScopeNames are the names of all scopes, for an installation to ask for and
// to be compared with.
func ScopeNames() []string {
	var names []string
	for _, s := range scopes {
		names = append(names, s.Name)
	}
	return names
}

// Optional are the scopes that may be declined, each with what does not work
// without it.
func Optional() map[string]string {
	without := map[string]string{}
	for _, s := range scopes {
		if s.Without != "" {
			without[s.Name] = s.Without
		}
	}
	return without
}

func optionalNames() []string {
	var names []string
	for _, s := range scopes {
		if s.Without != "" {
			names = append(names, s.Name)
		}
	}
	return names
}

func eventNames() []string {
	var names []string
	for _, e := range events {
		names = append(names, e.Name)
	}
	return names
}
