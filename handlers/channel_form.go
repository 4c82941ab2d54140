package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/text"
)

// argOther is the id of a channel that is in no list.
const argOther = "other"

// editChannel is the whole mapping of a channel as a form.
func (b *Bot) editChannel(ctx context.Context, v *visit) (*chat.Reply, error) {
	p, err := b.config.Keeper.Policy(ctx)
	if err != nil {
		return nil, err
	}
	args := v.Call.Args
	if !isSet(args, argSave) {
		v.note(ctx, access.ActionView, "command:"+v.Call.Command, "")
		if id := args[argChannel]; id != "" {
			c, _ := findChannel(p, v.key(id))
			args = chat.Args{argChannel: id, argRoles: listText(c.Roles), argApprove: checkText(c.Approved)}
		}
		return v.channelForm(ctx, p, args, nil)
	}
	wrong := wrongs{}
	id, problem := channelOf(args)
	if problem != "" {
		wrong[argOther] = problem
	}
	roles := rolesOf(p, args, wrong)
	if len(wrong) > 0 {
		return v.channelForm(ctx, p, args, wrong)
	}
	r, err := v.room(ctx, p, id)
	if err != nil {
		return nil, err
	}
	changes, err := v.change(ctx, func(p *access.Policy) error {
		c := r.Channel
		c.Roles, c.Approved = roles, isSet(args, argApprove)
		if len(c.Roles) == 0 && !c.Approved {
			p.DropChannel(c.Key)
			return nil
		}
		p.PutChannel(c)
		return nil
	})
	if no, ok := errors.AsType[refusal](err); ok {
		return v.channelForm(ctx, p, args, wrongs{"": string(no)})
	}
	if err != nil {
		return v.stopped(err)
	}
	reply, err := v.changed(ctx, changes)
	if err != nil {
		return nil, err
	}
	if !r.inside() && len(roles) > 0 {
		reply.Parts = append(reply.Parts, chat.Text{Style: chat.Caution, Text: outsideWords(r)})
	}
	reply.Parts = append(reply.Parts, chat.Link{Label: "See all channels", Call: chat.Call{Command: "access-channels"}})
	return reply, nil
}

// channelOf is the channel that a form is about.
func channelOf(args chat.Args) (id, problem string) {
	id, other := args[argChannel], strings.TrimSpace(args[argOther])
	switch {
	case other != "" && id != "" && other != id:
		return "", "Choose a channel above, or write an id here, not both."
	case other != "":
		id = other
	case id == "":
		return "", "Choose a channel above, or write its id here."
	}
	if strings.HasPrefix(id, "#") {
		return "", "That is a name. The id is needed, because names change."
	}
	return id, checkID(id)
}

// channelForm is the form, with what was typed. One that is about a channel
// already does not ask which.
func (v *visit) channelForm(ctx context.Context, p access.Policy, args chat.Args, wrong wrongs) (*chat.Reply, error) {
	f := form{args: args, wrong: wrong}
	call, title := chat.Call{Command: "access-channel", Args: chat.Args{argSave: yes}}, "A channel's roles"
	parts := wrong.first()
	if id := args[argChannel]; id != "" && args[argOther] == "" && wrong[argOther] == "" {
		r, err := v.room(ctx, p, id)
		if err != nil {
			return nil, err
		}
		call, title = call.With(argChannel, id), "What "+channelName(r.Channel)+" may see"
		if !r.inside() {
			parts = append(parts, chat.Text{Style: chat.Caution, Text: outsideWords(r)})
		}
	} else {
		known, err := v.channelOptions(ctx, p)
		if err != nil {
			return nil, err
		}
		f.add(chat.Field{Name: argChannel, Label: "Channel", Help: "Those I was used in", Kind: chat.FieldSelect, Options: known})
		f.text(argOther, "Or its id", "For a channel that is not in the list")
	}
	f.multi(argRoles, "Roles", "What they grant can be asked there, and everybody who reads there can see it", keep(roleOptions(p), args[argRoles]))
	f.check(argApprove, "Approved for outsiders", "Guests and people of another company who read there may see what roles marked external grant")
	reply := v.privately(title, parts...)
	reply.Parts = append(reply.Parts, chat.Form{Title: title, Fields: f.fields, Submit: "Save", Call: call})
	return reply, nil
}

// channelOptions are the channels that are known, by name.
func (v *visit) channelOptions(ctx context.Context, p access.Policy) ([]chat.Option, error) {
	rooms, err := v.rooms(ctx, p)
	if err != nil {
		return nil, err
	}
	options := []chat.Option{{Value: "", Label: "–"}}
	for _, r := range rooms {
		options = append(options, chat.Option{Value: r.ID, Label: channelName(r.Channel)})
	}
	return options, nil
}

// rooms are all channels of this workspace that are mapped or that the bot was
// used in, by name.
func (v *visit) rooms(ctx context.Context, p access.Policy) ([]room, error) {
	seen, err := v.seen(ctx)
	if err != nil {
		return nil, err
	}
	var rooms []room
	for _, s := range seen {
		r := room{Channel: access.Channel{Key: s.Key}, shared: s.Shared, guests: s.Guests}
		if c, ok := findChannel(p, s.Key); ok {
			r.Channel, r.mapped = c, true
		}
		r.Name = named(text.Clean(s.Name), r.Name)
		rooms = append(rooms, r)
	}
	for _, c := range p.Channels {
		ours := c.Platform == v.Place.Platform && c.Workspace == v.Place.Workspace
		if ours && !slices.ContainsFunc(rooms, func(r room) bool { return r.Key == c.Key }) {
			rooms = append(rooms, room{Channel: c, mapped: true})
		}
	}
	slices.SortFunc(rooms, func(x, y room) int {
		return strings.Compare(strings.ToLower(channelName(x.Channel)), strings.ToLower(channelName(y.Channel)))
	})
	return rooms, nil
}
