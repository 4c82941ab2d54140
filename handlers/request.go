package handlers

import (
	"context"
	"fmt"
	"time"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/text"
)

// argAgain asks once more after an admin decided.
const argAgain = "again"

// request asks an admin for access: for the channel it is made in, or for the
// asker where nobody else reads.
func (b *Bot) request(ctx context.Context, v *visit) (*chat.Reply, error) {
	switch {
	case v.Clock || !v.member() || v.User.ID == "":
		v.note(ctx, access.ActionDenied, "command:request", "not a full member")
		return v.privately("", lead("Only full members can ask for access. Ask the colleague who invited you.")), nil
	case v.admin():
		return v.privately("", lead("You are an admin: you can open it yourself."), chat.Choices{Items: []chat.Choice{
			{Label: "Who may see what", Call: chat.Call{Command: "access", Args: v.atPlace()}},
		}}), nil
	}
	status, err := v.requestStatus(ctx)
	if err != nil {
		return nil, err
	}
	if len(status) > 0 && !isSet(v.Call.Args, argAgain) {
		reply := v.privately("Your request", status...)
		reply.Parts = append(reply.Parts, chat.Choices{Items: []chat.Choice{
			{Label: "What can be asked here?", Call: chat.Call{Command: "access"}},
			{Label: "Ask once more", Call: v.Call.With(argAgain, yes)},
		}})
		return reply, nil
	}
	wish := access.Request{
		At: b.config.Now(), Who: access.PersonOf(v.User, v.Place), WhoName: clip(v.User.Name), Direct: true, State: access.RequestOpen,
	}
	what, subject := "of your own", "person:"+v.person()
	if !v.audience.Direct {
		wish.Channel, wish.ChannelName, wish.Direct = access.ChannelOf(v.Place), clip(v.Place.Name), false
		what, subject = "in "+v.placeName(), v.channel()
	}
	r, fresh, err := b.config.Keeper.OpenRequest(ctx, wish)
	if err != nil {
		return nil, err
	}
	if !v.audience.Direct {
		v.sawPlace(ctx)
	}
	if !fresh {
		return v.privately("Your request", lead(fmt.Sprintf("Your request for access %s is open already, since %s. No admin has decided it yet.", what, v.when(r.At)))), nil
	}
	v.note(ctx, access.ActionRequest, subject, "")
	reply := v.privately("Your request", lead("I passed it on: an admin sees that you ask for access "+what+"."),
		chat.Text{Text: "They see it when they look at access the next time, if I cannot reach them before; a word to them may help. Say “request” to me here once more (with a mention, in a channel) to see what became of it."})
	p, err := b.config.Keeper.Policy(ctx)
	if err != nil {
		return nil, err
	}
	reply.Notices = v.requestNotices(p, r)
	hint, err := v.claimHint(ctx)
	if err != nil {
		return nil, err
	}
	reply.Parts = append(reply.Parts, hint...)
	return reply, nil
}

// clip makes a name fit to be kept.
func clip(name string) string { return text.Truncate(text.Clean(name), maxName, text.Graphemes) }

// sawPlace remembers a channel that is to be set up. Nothing fails for it.
func (v *visit) sawPlace(ctx context.Context) {
	if err := v.bot.config.Asks.SawPlace(ctx, v.Place, v.bot.config.Now()); err != nil {
		v.bot.config.Log.WarnContext(ctx, "a place could not be remembered", "ref", v.Ref, "error", err)
	}
}

// atPlace are the arguments that name the channel of the visit.
func (v *visit) atPlace() chat.Args {
	if v.audience.Direct {
		return nil
	}
	return chat.Args{argChannel: v.Place.Channel}
}

// when is a moment in words, in the zone of the bot, which it names.
func (v *visit) when(at time.Time) string {
	return at.In(v.bot.config.Zone).Format("2 January 2006, 15:04 MST")
}

// decidedFor is how long what became of a request is shown to who made it.
const decidedFor = 30 * 24 * time.Hour

// requestStatus says what became of the last request that the asker made
// here. It is empty where there is none, or one that is open.
func (v *visit) requestStatus(ctx context.Context) ([]chat.Part, error) {
	who, here := access.PersonOf(v.User, v.Place), access.ChannelOf(v.Place)
	var last access.Request
	for _, state := range []access.RequestState{access.RequestOpen, access.RequestApproved, access.RequestDenied} {
		all, err := v.bot.config.Keeper.Requests(ctx, state)
		if err != nil {
			return nil, err
		}
		for _, r := range all {
			ours := r.Who == who && r.Direct == v.audience.Direct && (r.Direct || r.Channel == here)
			if ours && r.State == access.RequestOpen {
				return nil, nil
			}
			if ours && r.DecidedAt.After(last.DecidedAt) {
				last = r
			}
		}
	}
	if last.ID == 0 || v.bot.config.Now().Sub(last.DecidedAt) > decidedFor {
		return nil, nil
	}
	words := "An admin said no to your request of " + v.when(last.At) + "."
	if last.State == access.RequestApproved {
		words = "An admin said yes to your request of " + v.when(last.At) + "."
	}
	return []chat.Part{chat.Text{Text: words}}, nil
}
