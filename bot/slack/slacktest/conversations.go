package slacktest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

type remark struct {
	Value   string `json:"value"`
	Creator string `json:"creator"`
	LastSet int64  `json:"last_set"`
}

// conversation is a channel as the Web API has it.
type conversation struct {
	ID         string   `json:"id"`
	Name       string   `json:"name,omitempty"`
	Normalized string   `json:"name_normalized,omitempty"`
	Created    int64    `json:"created"`
	Creator    string   `json:"creator,omitempty"`
	User       string   `json:"user,omitempty"`
	IsChannel  bool     `json:"is_channel"`
	IsGroup    bool     `json:"is_group"`
	IsIM       bool     `json:"is_im"`
	IsMPIM     bool     `json:"is_mpim"`
	IsPrivate  bool     `json:"is_private"`
	IsArchived bool     `json:"is_archived"`
	IsGeneral  bool     `json:"is_general"`
	IsMember   bool     `json:"is_member"`
	IsShared   bool     `json:"is_shared"`
	IsExt      bool     `json:"is_ext_shared"`
	IsOrg      bool     `json:"is_org_shared"`
	IsPending  bool     `json:"is_pending_ext_shared"`
	Pending    []string `json:"pending_shared"`
	Connected  []string `json:"connected_team_ids,omitempty"`
	SharedWith []string `json:"shared_team_ids,omitempty"`
	Context    string   `json:"context_team_id"`
	IsOpen     bool     `json:"is_open,omitempty"`
	Topic      *remark  `json:"topic,omitempty"`
	Purpose    *remark  `json:"purpose,omitempty"`
	Members    int      `json:"num_members,omitempty"`
}

func (c *request) conversation(ch *Channel) conversation {
	out := conversation{
		ID: ch.ID, Name: ch.Name, Normalized: ch.Name, Created: 1700000000, Context: ch.Team, IsArchived: ch.Archived,
		IsChannel: ch.Kind == Public || ch.Kind == Private, IsGroup: ch.Kind == Private, IsIM: ch.Kind == Direct, IsMPIM: ch.Kind == Group,
		IsPrivate: ch.Kind != Public, IsMember: slices.Contains(ch.Members, c.in.Bot),
		IsShared: ch.Shared || ch.ExtShared || ch.OrgShared, IsExt: ch.ExtShared, IsOrg: ch.OrgShared, IsPending: ch.PendingExtShared,
		Pending: []string{},
	}
	if len(ch.Teams) > 0 {
		out.SharedWith = append([]string{ch.Team}, ch.Teams...)
		out.Connected = slices.Clone(ch.Teams)
	}
	if ch.Kind == Direct {
		out.IsChannel, out.IsOpen = false, true
		for _, m := range ch.Members {
			if m != c.in.Bot {
				out.User = m
			}
		}
		return out
	}
	out.Creator = firstOr(ch.Members, c.in.Bot)
	out.Topic, out.Purpose = &remark{Value: ch.Topic}, &remark{Value: ch.Purpose}
	if c.is("include_num_members") {
		out.Members = len(ch.Members)
	}
	return out
}

func firstOr(list []string, other string) string {
	if len(list) > 0 {
		return list[0]
	}
	return other
}

// visible finds a channel that the bot may know of, whose kind its token may
// look at.
func (c *request) visible(id, right string) (*Channel, error) {
	ch := c.channels[id]
	if ch == nil || ch.Team != c.in.Team && !slices.Contains(ch.Teams, c.in.Team) ||
		ch.Kind != Public && !slices.Contains(ch.Members, c.in.Bot) {
		return nil, refuse("channel_not_found")
	}
	if right != "" {
		if err := c.needFor(ch.Kind, right); err != nil {
			return nil, err
		}
	}
	return ch, nil
}

// entered finds a channel that the bot may write in: it is a member.
func (c *request) entered(id string) (*Channel, error) {
	if c.users[id] != nil {
		return c.direct(c.in.Bot, id), nil
	}
	ch, err := c.visible(id, "")
	switch {
	case err != nil:
		return nil, err
	case ch.Archived:
		return nil, refuse("is_archived")
	case !slices.Contains(ch.Members, c.in.Bot):
		return nil, refuse("not_in_channel")
	}
	return ch, nil
}

type channelAnswer struct {
	success
	Channel conversation `json:"channel"`
}

// opened is a conversation that was opened, of which little is told.
type opened struct {
	ID      string `json:"id"`
	Created int64  `json:"created,omitempty"`
	IsIM    bool   `json:"is_im,omitempty"`
	IsOrg   bool   `json:"is_org_shared,omitempty"`
	IsOpen  bool   `json:"is_open,omitempty"`
	Context string `json:"context_team_id,omitempty"`
	User    string `json:"user,omitempty"`
}

type openAnswer struct {
	success
	Channel     opened `json:"channel"`
	NoOp        bool   `json:"no_op,omitempty"`
	AlreadyOpen bool   `json:"already_open,omitempty"`
}

func (c *request) conversationsInfo() (any, error) {
	ch, err := c.visible(c.args.Get("channel"), "read")
	if err != nil {
		return nil, err
	}
	return channelAnswer{success: fine, Channel: c.conversation(ch)}, nil
}

type membersAnswer struct {
	success
	Members  []string  `json:"members"`
	Metadata *pageInfo `json:"response_metadata"`
}

func (c *request) conversationsMembers() (any, error) {
	ch, err := c.visible(c.args.Get("channel"), "read")
	if err != nil {
		return nil, err
	}
	list, info, err := page(c, ch.Members)
	if err != nil {
		return nil, err
	}
	return membersAnswer{success: fine, Members: append([]string{}, list...), Metadata: info}, nil
}

type channelsAnswer struct {
	success
	Channels []conversation `json:"channels"`
	Metadata *pageInfo      `json:"response_metadata"`
}

func (c *request) conversationsList() (any, error) {
	var list []conversation
	kinds := strings.Split(cmp.Or(c.args.Get("types"), "public_channel"), ",")
	for _, id := range slices.Sorted(maps.Keys(c.channels)) {
		ch, err := c.visible(id, "read")
		name := map[Kind]string{Public: "public_channel", Private: "private_channel", Direct: "im", Group: "mpim"}
		if err != nil || !slices.Contains(kinds, name[ch.Kind]) || ch.Archived && c.is("exclude_archived") {
			continue
		}
		list = append(list, c.conversation(ch))
	}
	channels, info, err := page(c, list)
	if err != nil {
		return nil, err
	}
	return channelsAnswer{success: fine, Channels: append([]conversation{}, channels...), Metadata: info}, nil
}

func (c *request) conversationsOpen() (any, error) {
	if id := c.args.Get("channel"); id != "" {
		ch, err := c.visible(id, "")
		if err != nil {
			return nil, err
		}
		return openAnswer{success: fine, Channel: opened{ID: ch.ID}, NoOp: true, AlreadyOpen: true}, nil
	}
	users := strings.Split(c.args.Get("users"), ",")
	for _, id := range users {
		u := c.users[strings.TrimSpace(id)]
		switch {
		case u == nil || !c.knows(u):
			return nil, refuse("user_not_found")
		case u.Deleted:
			return nil, refuse("user_disabled")
		case u.ID == c.in.Bot || u.Bot:
			return nil, refuse("cannot_dm_bot")
		}
	}
	if len(users) > 1 {
		ch := c.addChannel(Channel{Kind: Group, Team: c.in.Team, Members: append([]string{c.in.Bot}, users...)})
		return openAnswer{success: fine, Channel: opened{ID: ch.ID}}, nil
	}
	ch := c.direct(c.in.Bot, users[0])
	if !c.is("return_im") {
		return openAnswer{success: fine, Channel: opened{ID: ch.ID}}, nil
	}
	full := c.conversation(ch)
	return openAnswer{success: fine, Channel: opened{ID: ch.ID, Created: full.Created, IsIM: true, IsOpen: true, Context: ch.Team, User: full.User}}, nil
}

type historyAnswer struct {
	success
	Messages []sent    `json:"messages"`
	HasMore  bool      `json:"has_more"`
	Metadata *pageInfo `json:"response_metadata,omitempty"`
}

func (c *request) conversationsReplies() (any, error) {
	root := c.args.Get("ts")
	return c.messagesWhere(func(m *message) bool { return m.ts == root || m.thread == root }, "thread_not_found")
}

func (c *request) conversationsHistory() (any, error) {
	return c.messagesWhere(func(m *message) bool { return m.thread == "" || m.thread == m.ts }, "")
}

func (c *request) messagesWhere(want func(*message) bool, none string) (any, error) {
	ch, err := c.visible(c.args.Get("channel"), "history")
	if err != nil {
		return nil, err
	}
	if !slices.Contains(ch.Members, c.in.Bot) {
		return nil, refuse("not_in_channel")
	}
	oldest, latest := c.args.Get("oldest"), cmp.Or(c.args.Get("latest"), "9")
	var list []sent
	for _, m := range c.messages {
		inRange := m.ts > oldest && m.ts < latest || c.is("inclusive") && (m.ts == oldest || m.ts == latest)
		if m.channel == ch.ID && m.only == "" && !m.deleted && inRange && want(m) {
			list = append(list, c.sent(m, c.is("include_all_metadata")))
		}
	}
	if len(list) == 0 && none != "" {
		return nil, refuse(none)
	}
	if none == "" {
		slices.Reverse(list)
	}
	messages, info, err := page(c, list)
	if err != nil {
		return nil, err
	}
	return historyAnswer{success: fine, Messages: append([]sent{}, messages...), HasMore: info.Cursor != "", Metadata: info}, nil
}
