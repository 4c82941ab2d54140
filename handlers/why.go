package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
	"insightbot/match"
	"insightbot/text"
)

// whyMissing is said of an insight that the asker may not see and of one that
// does not exist. It never differs between the two.
const whyMissing = "I know no insight of that name that you may see."

// why explains to the asker which key is missing here, or where an insight
// that is theirs can be seen.
func (b *Bot) why(ctx context.Context, v *visit) (*chat.Reply, error) {
	name := strings.TrimSpace(v.Call.Args[argQuestion])
	if name == "" || len(name) > maxQuestion {
		return v.whyReply("This decides what you can see here."), nil
	}
	in, ok := v.onShelf(name)
	if !ok {
		v.missed = true
		v.noteMissing(ctx, name)
		return v.whyReply(whyMissing), nil
	}
	d := v.decide(in)
	words := "You can see “" + in.Title + "” here, and so can everybody who reads " + v.placeName() + "."
	switch {
	case v.audience.Direct:
		words = "You can see “" + in.Title + "” here: only you read this."
	case d.Where == access.Privately:
		words = "You can see “" + in.Title + "”: ask for it here, and I answer you alone."
	}
	reply := v.whyReply(words)
	reply.Parts = slices.Insert(reply.Parts, 1, chat.Part(chat.Text{Text: d.Reason.Sentence()}),
		chat.Part(chat.Choices{Items: []chat.Choice{{Label: "Ask it", Call: chat.Call{Command: "ask", Args: chat.Args{argInsight: in.ID}}}}}))
	return reply, nil
}

// whyReply gives the general reasons under a first sentence. They depend on the
// person and the place alone.
func (v *visit) whyReply(words string) *chat.Reply {
	facts := chat.Facts{Items: append(v.keyFacts(), chat.Item{Label: "Your roles", Text: v.heldWords()})}
	reply := v.privately("Why can't I see something?", lead(words), facts,
		chat.Text{Text: "An admin can open more, for this channel or for you."})
	c := chat.Choices{Items: []chat.Choice{{Label: "What can be asked here?", Call: chat.Call{Command: "insights"}}}}
	if v.member() && !v.admin() {
		c.Items = append(c.Items, requestChoice())
	}
	reply.Parts = append(reply.Parts, c)
	return reply
}

// onShelf finds an insight that somebody named, among those that the asker may
// see.
func (v *visit) onShelf(name string) (insight.Insight, bool) {
	if in, ok := byName(v.shelf.insights, name); ok {
		return in, true
	}
	d := match.Decide(v.shelf.index.Rank(match.Read(name, v.shelf.words, v.bot.clock()), rankLimit))
	if d.Outcome != match.Answer {
		return insight.Insight{}, false
	}
	return d.Hits[0].Insight, true
}

// byName finds an insight by its id or its title.
func byName(ins []insight.Insight, name string) (insight.Insight, bool) {
	name = text.Clean(name)
	return findBy(ins, func(in insight.Insight) bool {
		return strings.EqualFold(in.ID, name) || strings.EqualFold(text.Clean(in.Title), name)
	})
}

// insightID is how ids of insights look.
var insightID = regexp.MustCompile(`^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$`)

// noteMissing keeps that somebody reached for an insight. What they typed is
// kept only where it is an id: it could be a question, which the audit log does
// not hold.
func (v *visit) noteMissing(ctx context.Context, name string) {
	subject, reason := "insight", "missing"
	if insightID.MatchString(name) {
		subject += ":" + name
	}
	if in, there := byName(v.stock.insights, name); there {
		subject, reason = "insight:"+in.ID, string(v.decide(in).Reason)
	}
	v.note(ctx, access.ActionDenied, subject, reason)
}

// whyPatterns are the ways to ask it.
var whyPatterns = []*regexp.Regexp{
	regexp.MustCompile(`(?i)^why\s+(?:can['’]?t|cannot|can\s+not)\s+i\s+(?:see|ask|find|open)\s*(.*)$`),
	regexp.MustCompile(`(?i)^why\s+can\s+i\s+not\s+(?:see|ask|find|open)\s*(.*)$`),
	regexp.MustCompile(`(?i)^why\s+(?:is|are)\s+(.+?)\s+hidden(?:\s+(?:here|from me))?$`),
	regexp.MustCompile(`(?i)^why()$`),
}

// typedWhy reads "why can't I see the revenue?".
func typedWhy(words string) (chat.Args, bool) {
	words = strings.TrimSpace(strings.TrimRight(strings.TrimSpace(words), "?!. "))
	for _, p := range whyPatterns {
		m := p.FindStringSubmatch(words)
		if m == nil {
			continue
		}
		name := strings.Trim(strings.TrimSpace(m[1]), `"“”'‘’ `)
		for _, article := range []string{"the ", "our ", "this ", "that "} {
			if len(name) > len(article) && strings.EqualFold(name[:len(article)], article) {
				name = name[len(article):]
			}
		}
		switch strings.ToLower(name) {
		case "", "it", "this", "that", "something", "anything", "more", "everything", "here":
			return nil, true
		}
		return chat.Args{argQuestion: name}, true
	}
	return nil, false
}
