package api

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"insightbot/chat"
)

// conversation is what is read of a channel. A flag that is not there is not a
// no, so each is a pointer.
type conversation struct {
	ID               string   `json:"id"`
	Name             string   `json:"name"`
	IsIM             bool     `json:"is_im"`
	IsMPIM           bool     `json:"is_mpim"`
	IsPrivate        bool     `json:"is_private"`
	IsShared         *bool    `json:"is_shared"`
	IsExtShared      *bool    `json:"is_ext_shared"`
	IsOrgShared      *bool    `json:"is_org_shared"`
	IsPending        *bool    `json:"is_pending_ext_shared"`
	PendingShared    []string `json:"pending_shared"`
	PendingConnected []string `json:"pending_connected_team_ids"`
}

// shared says whether another company can read in it, or is invited to.
func (v conversation) shared() chat.Fact {
	is := func(flag *bool) bool { return flag != nil && *flag }
	some := func(ids []string) bool { return slices.ContainsFunc(ids, func(id string) bool { return id != "" }) }
	switch {
	case is(v.IsExtShared), is(v.IsPending), is(v.IsShared) && !is(v.IsOrgShared), some(v.PendingShared), some(v.PendingConnected):
		return chat.Yes
	case v.IsShared == nil && v.IsExtShared == nil:
		return chat.Unknown
	default:
		return chat.No
	}
}

// kind says who it is open to.
func (v conversation) kind() chat.PlaceKind {
	switch {
	case v.IsIM:
		return chat.PlaceDirect
	case v.IsPrivate, v.IsMPIM:
		return chat.PlacePrivate
	default:
		return chat.PlacePublic
	}
}

// name is how people call it.
func (v conversation) name() string {
	switch {
	case v.IsIM:
		return directName
	case v.IsMPIM:
		return "group message"
	case v.Name == "":
		return ""
	default:
		return "#" + v.Name
	}
}

// directName is how people call their direct messages with the bot.
const directName = "direct messages"

// surveyed is a place with who is in it, as far as it matters.
type surveyed struct {
	place chat.Place
	// at is since when the oldest of its facts is known.
	at time.Time
	// members stand for the members' ids, in order.
	members []uint64
}

// Place is what is known of a place, an hour old at most. direct says that a
// signed event called it a direct message with the bot, which needs no look-up:
// one person reads it, and what is known of them stands in the User. With an
// error no fact is known.
func (c *Client) Place(ctx context.Context, channel string, direct bool) (chat.Place, error) {
	none := chat.Place{Platform: platform, Workspace: c.config.Team, Channel: channel, Kind: chat.PlacePrivate}
	if channel == "" {
		return none, errors.New("slack: a place without a channel")
	}
	if direct {
		none.Kind, none.Name = chat.PlaceDirect, directName
		none.Audience = chat.Audience{Shared: chat.No, Guests: chat.No}
		return none, nil
	}
	if s, _, ok := c.facts.places.get(channel); ok {
		return s.place, nil
	}
	count := c.channelCount(channel)
	since, key := c.facts.surveyKey(count)
	s, err := flight(ctx, &c.flights, "place "+channel+" "+key, factsLimit, func(ctx context.Context) (surveyed, error) {
		// Another flight may have ended between the look above and this one.
		if s, _, ok := c.facts.places.get(channel); ok {
			return s, nil
		}
		v, found := c.facts.beginSurvey(), (*surveyed)(nil)
		defer func() { c.facts.endSurvey(v, count, since, channel, found) }()
		s, err := c.survey(ctx, none)
		if err != nil {
			return surveyed{}, err
		}
		if a := s.place.Audience; a.Shared != chat.Unknown && a.Guests != chat.Unknown {
			found = &s
		}
		return s, nil
	})
	if err != nil {
		return none, err
	}
	return s.place, nil
}

// looks is how often PlaceNow looks at a place that changes under its eyes.
const looks = 3

// PlaceNow is Place for somebody who is about to show something: who joined
// while it was being looked at is not missed. Where the place changes each time,
// that is an error.
func (c *Client) PlaceNow(ctx context.Context, channel string) (chat.Place, error) {
	for range looks {
		p, err := c.Place(ctx, channel, false)
		if err != nil {
			return p, err
		}
		if p.Audience.Shared == chat.Unknown || p.Audience.Guests == chat.Unknown {
			return p, nil // which opens nothing, and is never kept
		}
		if s, _, ok := c.facts.places.get(channel); ok {
			return s.place, nil // what is kept did not change meanwhile
		}
	}
	return chat.Place{Platform: platform, Workspace: c.config.Team, Channel: channel, Kind: chat.PlacePrivate},
		fmt.Errorf("slack: a place that changes all the time: %w", ErrBusy)
}

// platform is the platform's name in places.
const platform = "slack"

// survey finds out who can read in a place.
func (c *Client) survey(ctx context.Context, p chat.Place) (surveyed, error) {
	at := c.config.Now()
	var a struct {
		Channel conversation `json:"channel"`
	}
	if err := c.call(ctx, "conversations.info", url.Values{"channel": {p.Channel}}, &a); err != nil {
		return surveyed{}, err
	}
	v := a.Channel
	if v.ID != p.Channel {
		return surveyed{}, fmt.Errorf("slack: conversations.info: %w", ErrAnswer)
	}
	p.Name, p.Kind, p.Audience.Shared = v.name(), v.kind(), v.shared()
	if v.IsIM {
		if p.Audience.Shared == chat.Unknown {
			p.Audience.Shared = chat.No // said of channels only
		}
		p.Audience.Guests = chat.No
		return surveyed{place: p, at: at}, nil
	}
	members, complete, err := c.members(ctx, p.Channel, "")
	if err != nil || !complete {
		return surveyed{place: p, at: at}, err
	}
	all, known, err := c.standings(ctx, members)
	if err != nil {
		return surveyed{}, err
	}
	if known.Before(at) {
		at = known
	}
	p.Audience.Guests = chat.No
	switch {
	case all[guest] > 0:
		p.Audience.Guests = chat.Yes
	case all[unclear] > 0:
		p.Audience.Guests = chat.Unknown
	}
	switch {
	case all[outside] > 0:
		// Whatever the channel says of itself.
		p.Audience.Shared = chat.Yes
	case all[unclear] > 0 && p.Audience.Shared == chat.No:
		p.Audience.Shared = chat.Unknown
	}
	s := surveyed{place: p, at: at, members: make([]uint64, 0, len(members))}
	for _, id := range members {
		s.members = append(s.members, c.mark(id))
	}
	slices.Sort(s.members)
	return s, nil
}

// members are the ids of who is in a channel. complete is false where there are
// more of them than are read. Where wanted is not "", reading ends at that one.
func (c *Client) members(ctx context.Context, channel, wanted string) (ids []string, complete bool, err error) {
	cursor := ""
	for range maxPages {
		var a struct {
			answer
			Members []string `json:"members"`
		}
		v := url.Values{"channel": {channel}, "limit": {strconv.Itoa(pageSize)}}
		if cursor != "" {
			v.Set("cursor", cursor)
		}
		if err := c.call(ctx, "conversations.members", v, &a); err != nil {
			return nil, false, err
		}
		ids = append(ids, a.Members...)
		next := a.Metadata.Cursor
		switch {
		case next == "", wanted != "" && slices.Contains(a.Members, wanted):
			return ids, true, nil
		case next == cursor:
			return nil, false, fmt.Errorf("slack: conversations.members: %w", ErrAnswer)
		}
		cursor = next
	}
	return ids, false, nil
}

// Member reports whether a person is in a channel now.
func (c *Client) Member(ctx context.Context, channel, user string) (bool, error) {
	if user == "" {
		return false, nil
	}
	ids, complete, err := c.members(ctx, channel, user)
	if err != nil {
		return false, err
	}
	found := slices.Contains(ids, user)
	if !found && !complete {
		return false, errors.New("slack: conversations.members: the channel has too many members to look through")
	}
	return found, nil
}
