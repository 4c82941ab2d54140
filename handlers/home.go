package handlers

import (
	"context"
	"fmt"

	"insightbot/chat"
	"insightbot/text"
)

// The bounds of what the first page shows.
const (
	maxHomeInsights   = 5
	maxHomeQuestions  = 5
	maxHomeUnanswered = 5
	// maxHomeWords is how much of a question is shown, in graphemes.
	maxHomeWords = 100
)

// home is where people begin: what they can ask, what they asked before, and
// for admins what waits for them. Parts with nothing to show are left out.
func (b *Bot) home(ctx context.Context, v *visit) (*chat.Reply, error) {
	reply := v.privately("Home", lead(v.greeting()))
	past, err := v.past(ctx)
	if err != nil {
		return nil, err
	}
	first, admin, err := v.homeAdmin(ctx, len(past) > 0)
	if err != nil {
		return nil, err
	}
	switch {
	case !v.shut():
		reply.Parts = append(reply.Parts, chat.Text{Text: v.homeWords()})
	case len(first) == 0 || !v.admin():
		words, below := v.closedSays(ctx)
		reply.Parts = append(append(reply.Parts, chat.Text{Text: words}), below...)
	}
	reply.Parts = append(reply.Parts, first...)
	if c := insightChoices("You could ask", v.offers(maxHomeInsights, nil)); len(c.Items) > 0 {
		reply.Parts = append(reply.Parts, c, chat.Link{Label: "See everything that can be asked", Call: chat.Call{Command: "insights"}})
	}
	if c := v.askAgain(past); len(c.Items) > 0 {
		reply.Parts = append(reply.Parts, c)
	}
	reply.Parts = append(reply.Parts, admin...)
	if v.someone() {
		reply.Parts = append(reply.Parts, chat.Link{Label: "What is kept of me", Call: chat.Call{Command: "privacy"}})
	}
	return reply, nil
}

// greeting is one line.
func (v *visit) greeting() string {
	hello := "Hello"
	if name := clip(v.User.Name); name != "" {
		hello += ", " + name
	}
	return hello + ". Ask me in your own words; I answer from insights your colleagues saved and stand behind."
}

// homeWords say how much can be asked here, and how channels differ.
func (v *visit) homeWords() string {
	n := len(v.here())
	here := plural(n, "insight", "insights")
	switch {
	case n == 0:
		return fmt.Sprintf("%s shows nothing to everybody yet. Ask what your own roles open, and I answer you alone.", sentenceCase(v.placeName()))
	case !v.audience.Direct:
		return fmt.Sprintf("You can ask %s in %s, for everybody there to read. In a direct message you can ask what your own roles open.", here, v.placeName())
	}
	return fmt.Sprintf("You can ask %s here, and only you read the answers. A channel is shown what an admin opened to everybody who reads it; "+
		"ask there for more than that, and I answer you alone.", here)
}

// past are the last questions of the asker.
func (v *visit) past(ctx context.Context) ([]chat.Ask, error) {
	if v.bot.config.History == nil || !v.someone() {
		return nil, nil
	}
	return v.bot.config.History.RecentAsks(ctx, v.person(), 4*maxHomeQuestions)
}

// askAgain offers to ask those questions once more, in the same words, that
// can still be answered here.
func (v *visit) askAgain(past []chat.Ask) chat.Choices {
	c := chat.Choices{Prompt: "You asked lately"}
	for _, a := range past {
		if a.Question == "" || len(c.Items) == maxHomeQuestions {
			continue
		}
		if in, ok := v.shelf.find(a.Insight); a.Insight != "" && (!ok || !v.tellsHere(in)) {
			continue
		}
		c.Items = append(c.Items, chat.Choice{
			Label: shortQuestion(a.Question), Call: chat.Call{Command: "ask", Args: chat.Args{argQuestion: a.Question}},
		})
	}
	return c
}

// shortQuestion is a question as a line of a list.
func shortQuestion(s string) string {
	return text.Truncate(text.Clean(s), maxHomeWords, text.Graphemes)
}
