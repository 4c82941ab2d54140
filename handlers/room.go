package handlers

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
	"insightbot/text"
)

// room is a channel as an admin sets it up: how it is mapped, and who is known
// to read it.
type room struct {
	access.Channel
	mapped         bool
	shared, guests chat.Fact
}

// inside reports whether only full members read the room.
func (r room) inside() bool { return r.shared == chat.No && r.guests == chat.No }

// known reports whether it is known who reads the room. Where it is not, nothing
// is shown, whatever an admin opened.
func (r room) known() bool { return r.shared != chat.Unknown && r.guests != chat.Unknown }

// seenFor is how long a channel counts as one the bot is used in.
const seenFor = 90 * 24 * time.Hour

// seen are the channels of this workspace that the bot was used in.
func (v *visit) seen(ctx context.Context) ([]access.Seen, error) {
	all, err := v.bot.config.Keeper.SeenChannels(ctx, v.bot.config.Now().Add(-seenFor))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(all), func(s access.Seen) bool {
		return s.Platform != v.Place.Platform || s.Workspace != v.Place.Workspace || s.Kind == chat.PlaceDirect
	}), nil
}

// room looks up what is known of a channel of this workspace: the facts of the
// request where it is made there, else those of the last time.
func (v *visit) room(ctx context.Context, p access.Policy, id string) (room, error) {
	r := room{Channel: access.Channel{Key: access.Key{Platform: v.Place.Platform, Workspace: v.Place.Workspace, ID: id}}}
	if c, ok := findChannel(p, r.Key); ok {
		r.Channel, r.mapped = c, true
	}
	if id == v.Place.Channel && !v.audience.Direct {
		r.Name, r.shared, r.guests = named(text.Clean(v.Place.Name), r.Name), v.Place.Audience.Shared, v.Place.Audience.Guests
		return r, nil
	}
	seen, err := v.seen(ctx)
	if err != nil {
		return room{}, err
	}
	if s, ok := findBy(seen, func(s access.Seen) bool { return s.Key == r.Key }); ok {
		r.Name, r.shared, r.guests = named(text.Clean(s.Name), r.Name), s.Shared, s.Guests
	}
	return r, nil
}

// findRoom looks a channel up by its id or its name.
func (v *visit) findRoom(ctx context.Context, p access.Policy, id string) (room, bool, error) {
	if id == v.Place.Channel && !v.audience.Direct {
		r, err := v.room(ctx, p, id)
		return r, err == nil, err
	}
	rooms, err := v.rooms(ctx, p)
	if r, ok := findBy(rooms, func(r room) bool { return r.ID == id }); ok {
		return r, true, err
	}
	bare := func(s string) string { return strings.ToLower(strings.TrimPrefix(s, "#")) }
	r, ok := findBy(rooms, func(r room) bool { return r.Name != "" && bare(r.Name) == bare(id) })
	return r, ok, err
}

// roomParts say what a channel may see now, and offer to change it with one
// click.
func (v *visit) roomParts(p access.Policy, r room) []chat.Part {
	name := channelName(r.Channel)
	parts := []chat.Part{heading(name), chat.Facts{Items: v.roomFacts(p, r)}}
	if !r.inside() {
		parts = append(parts, chat.Text{Style: chat.Caution, Text: outsideWords(r)})
	}
	var add []chat.Choice
	switch {
	case r.inside():
		add = append(v.tagChoices(p, r), v.roleChoices(p, r)...)
	case r.known():
		add = v.approveChoices(p, r)
	}
	if len(add) > 0 {
		parts = append(parts, chat.Choices{Prompt: "Let " + name + " see more", Items: add})
	}
	if less := lessChoices(p, r); len(less) > 0 {
		parts = append(parts, chat.Choices{Prompt: "Let " + name + " see less", Items: less})
	}
	return append(parts, chat.Choices{Items: []chat.Choice{{
		Label: "All settings of " + name, Call: chat.Call{Command: "access-channel", Args: chat.Args{argChannel: r.ID}},
	}}})
}

// roomFacts say what the channel may see.
func (v *visit) roomFacts(p access.Policy, r room) []chat.Item {
	var items []chat.Item
	for _, id := range r.Roles {
		role, ok := p.Role(id)
		if !ok {
			continue
		}
		words := fmt.Sprintf("%s: %s", grantWords(role), plural(v.stock.granted(role), "insight", "insights"))
		if !r.inside() && (!r.known() || !role.External || !r.Approved) {
			words += " (does not count here)"
		}
		items = append(items, chat.Item{Label: roleName(role), Text: words})
	}
	mode := p.Mode(r.Platform, r.Workspace)
	switch {
	case mode == access.ModeOpen && r.inside():
		items = append(items, chat.Item{Label: "Open workspace", Text: fmt.Sprintf("all %d insights that are not %s", len(v.stock.insights)-v.stock.restricted(), access.TagRestricted)})
	case len(items) == 0:
		items = append(items, chat.Item{Label: "May see", Text: "nothing yet"})
	}
	return items
}

// grantWords are what a role grants, in short.
func grantWords(r access.Role) string {
	var words []string
	if r.Everything {
		words = append(words, "everything that is not "+access.TagRestricted)
	}
	if len(r.Tags) > 0 {
		words = append(words, "tagged "+text.JoinWords(r.Tags))
	}
	if len(r.Sources) > 0 {
		words = append(words, "from "+text.JoinWords(r.Sources))
	}
	if n := len(r.Insights); n > 0 {
		words = append(words, plural(n, "single insight", "single insights"))
	}
	if len(words) == 0 {
		return "grants nothing yet"
	}
	return strings.Join(words, "; ")
}

// outsideWords say what it means that others read a channel too.
func outsideWords(r room) string {
	if !r.known() {
		return "I do not know who reads this channel, so nothing is shown there to be safe, whatever is set here. Go to it and " + mentionMe("access") + ", and I look again."
	}
	who := "Guests read this channel."
	if r.shared == chat.Yes {
		who = "People of another company read this channel."
	}
	s := who + " Only roles marked external count here, and only once you approve the channel."
	if r.Approved {
		s += " It is approved."
	}
	return s
}

// maxTagChoices and maxRoleChoices bound the buttons.
const (
	maxTagChoices  = 5
	maxRoleChoices = 5
)

// tagChoices offer the tags of the catalogue that the channel lacks, those that
// sound like it first.
func (v *visit) tagChoices(p access.Policy, r room) []chat.Choice {
	counts := map[string]int{}
	for _, in := range v.stock.insights {
		for _, t := range in.Tags {
			counts[t]++
		}
	}
	delete(counts, access.TagRestricted)
	for _, id := range r.Roles {
		if role, _ := p.Role(id); onlyTagged(role) {
			delete(counts, role.Tags[0])
		}
	}
	tags := make([]string, 0, len(counts))
	for t := range counts {
		tags = append(tags, t)
	}
	name := strings.ToLower(r.Name)
	slices.SortFunc(tags, func(x, y string) int {
		return cmp.Or(
			compareBool(!strings.Contains(name, strings.ToLower(x)), !strings.Contains(name, strings.ToLower(y))),
			cmp.Compare(counts[y], counts[x]), cmp.Compare(x, y),
		)
	})
	var choices []chat.Choice
	for _, t := range tags {
		if len(choices) == maxTagChoices {
			break
		}
		choices = append(choices, chat.Choice{
			Label: fmt.Sprintf("Let %s see what is tagged %s (%s)", channelName(r.Channel), t, plural(counts[t], "insight", "insights")),
			Call:  mapCall(r).With(argTag, t),
		})
	}
	return choices
}

// mapCall changes the mapping of a channel.
func mapCall(r room) chat.Call {
	return chat.Call{Command: "access-map", Args: chat.Args{argChannel: r.ID}}
}

// roleChoices offer the roles that exist and that the channel lacks.
func (v *visit) roleChoices(p access.Policy, r room) []chat.Choice {
	var choices []chat.Choice
	for _, role := range p.Roles {
		if len(choices) == maxRoleChoices || slices.Contains(r.Roles, role.ID) || v.stock.granted(role) == 0 || role.Can(access.AbilityAdmin) {
			continue
		}
		choices = append(choices, chat.Choice{
			Label: "Add the role " + roleName(role), Detail: grantWords(role), Call: mapCall(r).With(argRole, role.ID),
		})
	}
	return choices
}

// approveChoices offer the roles marked external.
func (v *visit) approveChoices(p access.Policy, r room) []chat.Choice {
	var choices []chat.Choice
	for _, role := range p.Roles {
		if !role.External || len(choices) == maxRoleChoices || r.Approved && slices.Contains(r.Roles, role.ID) {
			continue
		}
		choices = append(choices, chat.Choice{
			Label: fmt.Sprintf("Approve %s for the role %s", channelName(r.Channel), roleName(role)), Detail: grantWords(role),
			Call: mapCall(r).With(argRole, role.ID).With(argApprove, yes),
		})
	}
	if len(choices) == 0 && !slices.ContainsFunc(p.Roles, func(o access.Role) bool { return o.External }) {
		choices = append(choices, chat.Choice{Label: "Make a role for outsiders first", Call: chat.Call{Command: "access-role"}})
	}
	return choices
}

// lessChoices take away what the channel has.
func lessChoices(p access.Policy, r room) []chat.Choice {
	var choices []chat.Choice
	for _, id := range r.Roles {
		role, _ := p.Role(id)
		choices = append(choices, chat.Choice{Label: "Remove the role " + named(role.Name, id), Call: mapCall(r).With(argRemove, id)})
	}
	if r.Approved {
		choices = append(choices, chat.Choice{Label: "Approve it for outsiders no more", Call: mapCall(r).With(argApprove, "no")})
	}
	if r.mapped {
		choices = append(choices, chat.Choice{Label: "Close it: no role at all", Call: mapCall(r).With(argUnmap, yes)})
	}
	return choices
}

// onlyTagged reports whether a role grants what carries one tag and nothing
// else.
func onlyTagged(r access.Role) bool {
	return len(r.Tags) == 1 && len(r.Sources) == 0 && len(r.Insights) == 0 && !r.Everything
}

// tagged reports whether any insight carries a tag.
func (st *stock) tagged(tag string) bool {
	return slices.ContainsFunc(st.insights, func(in insight.Insight) bool { return slices.Contains(in.Tags, tag) })
}
