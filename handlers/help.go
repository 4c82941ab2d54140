package handlers

import (
	"fmt"

	"insightbot/chat"
)

// help says what the bot does, what can be asked here, and which commands
// there are.
func (b *Bot) help(v *visit) *chat.Reply {
	reply := &chat.Reply{Title: "What I can do", Parts: []chat.Part{
		chat.Text{Style: chat.Lead, Text: "Ask in your own words; I answer from insights your colleagues saved and stand behind."},
		chat.Text{Text: fmt.Sprintf("There are %s here. Say a period (“last month”), a breakdown (“by country”), a filter (“in Germany”), "+
			"a comparison (“vs the week before”) or a form (“as a table”), and I run the insight for it. I only read, so you cannot break anything.",
			plural(len(v.here()), "insight", "insights"))},
	}}
	if s := v.suggestions(4); len(s.Items) > 0 {
		reply.Parts = append(reply.Parts, s)
	}
	facts := chat.Facts{}
	for _, c := range b.commands {
		if !c.Hidden {
			facts.Items = append(facts.Items, chat.Item{Label: c.Name, Text: c.Summary})
		}
	}
	reply.Parts = append(reply.Parts, facts, chat.Link{Label: "See everything that can be asked", Call: chat.Call{Command: "insights"}})
	return reply
}
