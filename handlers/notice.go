package handlers

import (
	"slices"

	"insightbot/access"
	"insightbot/chat"
)

// maxNotified is how many admins are told of one request.
const maxNotified = 20

// requestNotices tell the admins of the workspace, of those who are one by
// name, that somebody asks for access.
func (v *visit) requestNotices(p access.Policy, r access.Request) []chat.Notice {
	admins := v.adminIDs(p)
	if len(admins) == 0 {
		return nil
	}
	return []chat.Notice{{Users: admins, Reply: &chat.Reply{Title: "A request for access", Parts: []chat.Part{
		lead(v.requestWords(r) + "."),
		chat.Choices{Items: []chat.Choice{accessChoice("Look at it", v.atPlace())}},
	}}}}
}

// adminIDs are the people who administer this workspace by name. Who does so
// only because they administer it on its platform is not known here.
func (v *visit) adminIDs(p access.Policy) []string {
	var ids []string
	for _, o := range p.People {
		if o.Platform != v.Place.Platform || o.Workspace != v.Place.Workspace || len(ids) == maxNotified {
			continue
		}
		if slices.ContainsFunc(o.Roles, func(id string) bool { r, ok := p.Role(id); return ok && r.Can(access.AbilityAdmin) }) {
			ids = append(ids, o.ID)
		}
	}
	return ids
}

// decisionNotice tells who made a request what became of it.
func (v *visit) decisionNotice(r access.Request, state access.RequestState) []chat.Notice {
	channel := named(clip(r.ChannelName), r.Channel.ID)
	what := "access of your own"
	if !r.Direct {
		what = "access in " + channel
	}
	words := "An admin said no to your request for " + what + ", of " + v.when(r.At) + "."
	parts := []chat.Part{lead(words)}
	if state == access.RequestApproved {
		parts[0] = lead("An admin said yes to your request for " + what + ", of " + v.when(r.At) + ".")
		if r.Direct {
			parts = append(parts, chat.Choices{Items: []chat.Choice{{Label: "What can I ask?", Call: chat.Call{Command: "insights"}}}})
		} else {
			parts = append(parts, chat.Text{Text: "Go to " + channel + " and ask there; “insights” lists what can be asked."})
		}
	}
	return []chat.Notice{{Users: []string{r.Who.ID}, Reply: &chat.Reply{Title: "Your request", Parts: parts}}}
}
