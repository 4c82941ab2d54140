package handlers

import (
	"context"
	"slices"

	"insightbot/chat"
	"insightbot/match"
)

// notMeant is the kind of feedback behind "Not what I meant".
const notMeant = "not_meant"

// feedback records that an answer or a menu was not what was meant, and offers
// what else could have been.
func (b *Bot) feedback(ctx context.Context, v *visit) (*chat.Reply, error) {
	args, shelf := v.Call.Args, v.shelf
	question := args[argQuestion]
	if len(question) > maxQuestion {
		question = ""
	}
	lead := "Thank you, that is noted and helps the next person who asks."
	said := 0
	for id := range splitSeq(args[argInsight], ",") {
		if _, ok := shelf.find(id); !ok || said == rankLimit {
			continue // nothing a button of ours carries
		}
		said++
		if err := b.config.Asks.RecordFeedback(ctx, args[argRef], v.person(), id, notMeant, b.config.Now()); err != nil {
			// The person wants another answer; that the log lost the question
			// meanwhile (retention, a restore) is not their trouble.
			b.config.Log.WarnContext(ctx, "feedback could not be kept", "ref", v.Ref, "insight", id, "error", err)
			lead = "Let us find another one."
		}
	}
	reply := &chat.Reply{Title: "Something else", Parts: []chat.Part{chat.Text{Style: chat.Lead, Text: lead}}}
	if question == "" {
		return reply, nil
	}
	hits := shelf.index.Rank(match.Read(question, shelf.words, b.clock()), rankLimit)
	hits = slices.DeleteFunc(hits, func(h match.Hit) bool { return isListed(args[argInsight], h.Insight.ID) })
	if len(hits) > 4 {
		hits = hits[:4]
	}
	if len(hits) > 0 {
		v.mentionHits(hits)
		reply.Parts = append(reply.Parts, menu("Did you mean one of these?", question, hits))
	}
	reply.Parts = append(reply.Parts, chat.Link{Label: "See everything that can be asked", Call: chat.Call{Command: "insights"}})
	return reply, nil
}
