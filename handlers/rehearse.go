package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"insightbot/access"
	"insightbot/chat"
)

// The fields of a rehearsal: who would ask, and where.
const (
	argWho     = "who"
	argWhere   = "where"
	argGuest   = "guest"
	argForeign = "foreign"
	argGroups  = "groups"
	argDomain  = "domain"
	argGo      = "go"
)

// whereDirect is a private message instead of a channel.
const whereDirect = "direct"

// anyMember is somebody without a role of their own. No id of a platform has a
// space.
const anyMember = "any member"

// rehearsal is a person and a place that an admin looks through.
type rehearsal struct {
	user  chat.User
	place chat.Place
	room  room
	rules access.Rules
}

// audience is who would read the reply.
func (h rehearsal) audience() access.Audience { return h.rules.Audience(h.user, h.place) }

// who and where name the person and the place.
func (h rehearsal) who() string { return named(h.user.Name, h.user.ID) }

func (h rehearsal) where() string {
	if h.place.Kind == chat.PlaceDirect {
		return "a private message"
	}
	return channelName(h.room.Channel)
}

// rehearse makes the person and the place of a form. The rights are theirs: an
// admin sees nothing through them that their own page does not say.
func (v *visit) rehearse(ctx context.Context, p access.Policy, wrong wrongs) (rehearsal, error) {
	args := v.Call.Args
	h := rehearsal{user: chat.User{ID: named(strings.TrimSpace(args[argWho]), anyMember), Guest: fact(isSet(args, argGuest)), External: fact(isSet(args, argForeign)), Groups: listOf(args[argGroups])}}
	if h.user.ID != anyMember {
		if problem := checkID(h.user.ID); problem != "" {
			wrong[argWho] = problem
		}
		person, _ := findBy(p.People, func(o access.Person) bool { return o.Key == v.key(h.user.ID) })
		h.user.Name = person.Name
	}
	if d := strings.ToLower(strings.TrimSpace(args[argDomain])); d != "" {
		if problem := checkDomain(d); problem != "" {
			wrong[argDomain] = problem
		}
		h.user.Domain = d
	}
	h.place = chat.Place{Platform: v.Place.Platform, Workspace: v.Place.Workspace, Kind: chat.PlaceDirect, Audience: chat.Audience{Shared: chat.No, Guests: chat.No}}
	if id := args[argWhere]; id != "" && id != whereDirect {
		r, err := v.room(ctx, p, id)
		if err != nil {
			return h, err
		}
		h.room, h.place.Kind, h.place.Channel, h.place.Name = r, chat.PlacePrivate, id, r.Name
		h.place.Audience = chat.Audience{Shared: r.shared, Guests: r.guests}
	}
	h.rules = p.For(h.user, h.place)
	return h, nil
}

// fact is a known yes or no.
func fact(is bool) chat.Fact {
	if is {
		return chat.Yes
	}
	return chat.No
}

// rehearsalFields ask for the person and the place. What the platform would
// say of the person is asked of the admin.
func (v *visit) rehearsalFields(ctx context.Context, p access.Policy, f *form) error {
	rooms, err := v.rooms(ctx, p)
	if err != nil {
		return err
	}
	places := []chat.Option{{Value: whereDirect, Label: "In a private message to the bot"}}
	for _, r := range rooms {
		places = append(places, chat.Option{Value: r.ID, Label: "In " + channelName(r.Channel)})
	}
	if id := f.args[argWhere]; id != "" && !slices.ContainsFunc(places, func(o chat.Option) bool { return o.Value == id }) {
		places = append(places, chat.Option{Value: id, Label: "In " + id})
	}
	f.text(argWho, "Who", "The id of the person; empty for any member without a role of their own")
	f.check(argGuest, "They are a guest", "")
	f.check(argForeign, "They are of another company", "")
	f.text(argGroups, "Groups they are in", "Ids of groups or roles of the platform, separated by commas")
	f.text(argDomain, "Their e-mail domain", "What stands behind the @, where the platform vouches for it")
	f.add(chat.Field{Name: argWhere, Label: "Where", Kind: chat.FieldSelect, Options: places})
	return nil
}

// known says which facts about the place were taken.
func (h rehearsal) known() chat.Part {
	return chat.Facts{Items: []chat.Item{{Label: "Known of the place", Text: h.roomKnown()}}}
}

// roomKnown says which facts about a place were taken.
func (h rehearsal) roomKnown() string {
	if h.place.Kind == chat.PlaceDirect {
		return "only this person reads there"
	}
	say := func(f chat.Fact, yes, no string) string {
		switch f {
		case chat.Yes:
			return yes
		case chat.No:
			return no
		default:
			return "not known whether " + yes
		}
	}
	return say(h.room.shared, "people of another company read there", "nobody of another company reads there") + "; " +
		say(h.room.guests, "guests read there", "no guests read there")
}

// whereWords say where an answer would be read.
func whereWords(d access.Decision, place string) string {
	switch d.Where {
	case access.Publicly:
		return "for everybody to read in " + place
	case access.Privately:
		return "to the person alone"
	default:
		return "nowhere"
	}
}

// noteRehearsal keeps that an admin looked through somebody's eyes.
func (v *visit) noteRehearsal(ctx context.Context, h rehearsal, detail string) {
	subject := "command:" + v.Call.Command
	if h.user.ID != anyMember {
		subject = "person:" + v.bot.config.Person(v.Place.Platform, v.Place.Workspace, h.user.ID)
	}
	v.note(ctx, access.ActionView, subject, fmt.Sprintf("%s in %s", detail, named(h.place.Channel, "a direct message")))
}
