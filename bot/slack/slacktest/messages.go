package slacktest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// message is a message in a channel, or one that a single person sees.
type message struct {
	channel, ts, thread string
	user, botID         string
	text                string
	blocks, attachments *node
	metadata            *node
	files               []string
	only                string   // who alone sees it
	hidden              []string // ids of files in it that nobody sees
	deleted             bool
	edited              string
	version             int
	reactions           map[string][]string
	unfurls             map[string]*node
	state               state
	at                  time.Time
}

// Message is a message as a test sees it.
type Message struct {
	Channel, TS, Thread, User string
	// Only is who alone sees it, or "".
	Only string
	Text string
	// Words are its text and those of its blocks, as they are read.
	Words            string
	Blocks, Metadata json.RawMessage
	Files            []string
	Edited, Deleted  bool
	Reactions        []string
	// Unfurls are the previews of links in it, by address.
	Unfurls map[string]json.RawMessage
}

// Messages returns what stands in a channel now, by whomever, in order; what
// single persons see within it is left out.
func (s *Server) Messages(channel string) []Message {
	return s.list(func(m *message) bool { return m.channel == channel && m.only == "" && !m.deleted })
}

// Ephemerals returns what one person alone sees in channels now.
func (s *Server) Ephemerals(user string) []Message {
	return s.list(func(m *message) bool { return m.only == user && !m.deleted })
}

// Posted returns the app's own messages in a channel, in order; "" is every
// channel.
func (s *Server) Posted(channel string) []Message {
	return s.list(func(m *message) bool {
		return (channel == "" || m.channel == channel) && m.only == "" && !m.deleted && s.ownBot(m.user)
	})
}

// DirectOf is the id of a person's conversation with the app in the home
// workspace, opened when there is none.
func (s *Server) DirectOf(user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.direct(s.Bot, user).ID
}

func (s *Server) list(want func(*message) bool) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Message
	for _, m := range s.messages {
		if want(m) {
			list = append(list, s.public(m))
		}
	}
	return list
}

func (s *Server) public(m *message) Message {
	out := Message{
		Channel: m.channel, TS: m.ts, Thread: m.thread, User: m.user, Only: m.only, Text: m.text, Words: m.words(),
		Blocks: m.blocks.json(), Metadata: m.metadata.json(), Files: slices.Clone(m.files), Edited: m.edited != "", Deleted: m.deleted,
		Reactions: slices.Sorted(maps.Keys(m.reactions)), Unfurls: map[string]json.RawMessage{},
	}
	for url, u := range m.unfurls {
		out.Unfurls[url] = u.json()
	}
	return out
}

// words are what a message says. Where there are blocks, the text is what
// notifications and screen readers say.
func (m *message) words() string {
	parts := []string{m.text, m.blocks.words(), m.attachments.words()}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n")
}

// find finds a message that is not deleted, or nil.
func (s *Server) find(channel, ts string) *message {
	for _, m := range slices.Backward(s.messages) {
		if m.channel == channel && m.ts == ts && !m.deleted {
			return m
		}
	}
	return nil
}

// add puts a message into its channel. A thread of which there is no root is
// dropped, as Slack does it.
func (s *Server) add(m *message) *message {
	if m.thread != "" && s.find(m.channel, m.thread) == nil {
		m.thread = ""
	}
	m.ts, m.at = s.ts(), s.now()
	m.reactions, m.unfurls, m.state = map[string][]string{}, map[string]*node{}, state{}
	s.messages = append(s.messages, m)
	s.showMessage(m)
	s.touch()
	return m
}

// sent is a message as the Web API and events have it.
type sent struct {
	Type        string          `json:"type"`
	Subtype     string          `json:"subtype,omitempty"`
	User        string          `json:"user,omitempty"`
	Bot         string          `json:"bot_id,omitempty"`
	App         string          `json:"app_id,omitempty"`
	Text        string          `json:"text"`
	Team        string          `json:"team,omitempty"`
	TS          string          `json:"ts,omitempty"`
	Thread      string          `json:"thread_ts,omitempty"`
	Parent      string          `json:"parent_user_id,omitempty"`
	ReplyCount  int             `json:"reply_count,omitempty"`
	Edited      *edit           `json:"edited,omitempty"`
	Blocks      json.RawMessage `json:"blocks,omitempty"`
	Attachments json.RawMessage `json:"attachments,omitempty"`
	Metadata    json.RawMessage `json:"metadata,omitempty"`
	Reactions   []reaction      `json:"reactions,omitempty"`
	BotProfile  *botProfile     `json:"bot_profile,omitempty"`
}

type edit struct {
	User string `json:"user"`
	TS   string `json:"ts"`
}

type reaction struct {
	Name  string   `json:"name"`
	Users []string `json:"users"`
	Count int      `json:"count"`
}

type botProfile struct {
	ID      string            `json:"id"`
	Deleted bool              `json:"deleted"`
	Name    string            `json:"name"`
	Updated int64             `json:"updated"`
	App     string            `json:"app_id"`
	Team    string            `json:"team_id"`
	Icons   map[string]string `json:"icons"`
}

func (s *Server) sent(m *message, metadata bool) sent {
	out := sent{
		Type: "message", User: m.user, Bot: m.botID, Text: m.text, TS: m.ts, Thread: m.thread,
		Blocks: m.blocks.json(), Attachments: m.attachments.json(),
	}
	if u := s.users[m.user]; u != nil {
		out.Team = u.Team
	}
	if m.botID != "" {
		out.App = s.App.ID
		out.BotProfile = &botProfile{ID: m.botID, Name: s.App.Name, Updated: 1, App: s.App.ID, Team: out.Team, Icons: map[string]string{"image_36": "https://a.slack-edge.com/bot.png"}}
	}
	if m.edited != "" {
		out.Edited = &edit{User: m.user, TS: m.edited}
	}
	if root := s.find(m.channel, m.thread); root != nil && root != m {
		out.Parent = root.user
	}
	for _, other := range s.messages {
		if other.channel == m.channel && other.thread == m.ts && other != m && !other.deleted && other.only == "" {
			out.ReplyCount++
		}
	}
	if out.ReplyCount > 0 && out.Thread == "" {
		out.Thread = m.ts
	}
	if metadata {
		out.Metadata = m.metadata.json()
	}
	for _, name := range slices.Sorted(maps.Keys(m.reactions)) {
		out.Reactions = append(out.Reactions, reaction{Name: name, Users: m.reactions[name], Count: len(m.reactions[name])})
	}
	return out
}
