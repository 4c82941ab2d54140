package handlers

import (
	"strings"

	"insightbot/chat"
	"insightbot/insight"
	"insightbot/match"
)

// replyChoose asks which of a few insights was meant, and says of each what
// sets it apart.
func replyChoose(r *chat.Request, a Answer) *chat.Reply {
	lead := strings.TrimSpace(a.Reason + " Which one do you mean?")
	reply := &chat.Reply{Parts: []chat.Part{chat.Text{Style: chat.Lead, Text: lead}}}
	reply.Parts = append(reply.Parts, menu("", a.Question, a.Hits))
	reply.Parts = append(reply.Parts, chat.Choices{Items: []chat.Choice{
		{Label: "None of these", Call: noneOfThese(r, a)},
	}})
	return reply
}

// menu offers insights for a question.
func menu(prompt, question string, hits []match.Hit) chat.Choices {
	c := chat.Choices{Prompt: prompt}
	for _, h := range hits {
		in := h.Insight
		c.Items = append(c.Items, chat.Choice{
			Label: in.Title, Detail: detail(in),
			Call: chat.Call{Command: "ask", Args: chat.Args{argQuestion: question, argInsight: in.ID, argRead: "yes"}},
		})
	}
	return c
}

// detail is one line that tells an insight from its twins.
func detail(in insight.Insight) string {
	text := firstSentence(in.Description)
	marks := []string{in.Owner.Name}
	if in.Replaced.Outdated() {
		marks = append(marks, "outdated")
	} else if in.Certified.By != "" {
		marks = append(marks, "certified by "+in.Certified.By)
	}
	return strings.TrimSpace(text + " (" + strings.Join(marks, ", ") + ")")
}

// noneOfThese records that no candidate was meant, and asks again without them.
func noneOfThese(r *chat.Request, a Answer) chat.Call {
	ids := make([]string, len(a.Hits))
	for i, h := range a.Hits {
		ids[i] = h.Insight.ID
	}
	return chat.Call{Command: "feedback", Args: chat.Args{argQuestion: a.Question, argInsight: strings.Join(ids, ","), argRef: r.Ref}}
}

// replyRefused says what the closest insight cannot take, and offers what it
// can.
func replyRefused(r *chat.Request, a Answer) *chat.Reply {
	reply := &chat.Reply{Title: a.Insight.Title}
	style := chat.Lead
	for _, m := range a.Misfits {
		reply.Parts = append(reply.Parts, chat.Text{Style: style, Text: m.Why})
		style = chat.Body
	}
	without := a.Reading
	without.Breakdowns, without.Filters = taken(a)
	state := chat.Call{Command: "ask", Args: stateOf(a.Insight, without)}
	offer := chat.Choices{Prompt: "What it can show", Items: []chat.Choice{
		{Label: a.Insight.Title + " without that", Detail: detail(a.Insight), Call: state},
	}}
	if len(without.Breakdowns) == 0 {
		for _, d := range a.Insight.Accepts.Dimensions {
			if d.Breakdown && len(offer.Items) < maxDimensionButtons {
				offer.Items = append(offer.Items, chat.Choice{Label: "By " + strings.ToLower(d.Label), Call: state.With(argBreakdown, d.Name)})
			}
		}
	}
	reply.Parts = append(reply.Parts, offer, chat.Choices{Items: []chat.Choice{{
		Label: "Something else", Call: chat.Call{Command: "feedback", Args: chat.Args{argQuestion: a.Question, argInsight: a.Insight.ID, argRef: r.Ref}},
	}}})
	return reply
}

// taken are the breakdowns and filters of the reading that the query holds.
func taken(a Answer) ([]match.BreakdownWish, []match.FilterWish) {
	var by []match.BreakdownWish
	for _, w := range a.Reading.Breakdowns {
		for _, name := range a.Query.Breakdowns {
			if w.Name == name {
				by = append(by, w)
			}
		}
	}
	var filters []match.FilterWish
	for _, w := range a.Reading.Filters {
		for _, f := range a.Query.Filters {
			if w.Field == f.Field && w.Op == f.Op {
				filters = append(filters, w)
			}
		}
	}
	return by, filters
}

// replyFailed says that the insight was found but could not be run.
func replyFailed(r *chat.Request, a Answer) *chat.Reply {
	state := chat.Call{Command: "ask", Args: stateOf(a.Insight, a.Reading)}
	retry := []chat.Choice{{Label: "Try again", Call: state}}
	if a.Insight.Accepts.Windows {
		retry = append(retry, chat.Choice{Label: "Only the last 7 days", Call: state.With(argPeriod, "last 7 days").With(argGrain, "")})
	}
	return &chat.Reply{Title: a.Insight.Title, Parts: []chat.Part{
		chat.Text{Style: chat.Lead, Text: "“" + a.Insight.Title + "” is the insight for this, but it could not be run."},
		a.Failure.part(),
		chat.Text{Style: chat.Note, Text: "Reference " + r.Ref + " · Owner " + owner(a.Insight)},
		chat.Choices{Items: retry},
	}}
}

// replyNone says honestly that nothing saved answers the question, and what
// comes nearest.
func (v *visit) replyNone(a Answer) *chat.Reply {
	lead := a.Notice
	if lead == "" {
		lead = "No saved insight answers this."
	}
	reply := &chat.Reply{Parts: []chat.Part{chat.Text{Style: chat.Lead, Text: lead}}}
	if a.Notice == "" {
		words := "I only answer from insights somebody saved and stands behind; I never make one up."
		if !v.bot.config.Forgets {
			words += " Your question is kept, so that it can become one."
		}
		reply.Parts = append(reply.Parts, chat.Text{Text: words})
	}
	if len(a.Hits) > 0 {
		v.mentionHits(a.Hits)
		reply.Parts = append(reply.Parts, menu("The nearest topics", a.Question, a.Hits))
	} else if s := v.suggestions(3); len(s.Items) > 0 {
		reply.Parts = append(reply.Parts, s)
	}
	reply.Parts = append(reply.Parts, chat.Link{Label: "See everything that can be asked", Call: chat.Call{Command: "insights"}})
	return reply
}
