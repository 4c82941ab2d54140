package handlers

import (
	"context"
	"fmt"
	"slices"

	"insightbot/access"
	"insightbot/chat"
)

// mode is the one question that an admin must answer: what the workspace
// begins with.
func (b *Bot) mode(ctx context.Context, v *visit) (*chat.Reply, error) {
	m := access.Mode(v.Call.Args[argMode])
	if !slices.Contains(access.Modes(), m) {
		return v.privately("Who may ask what?", lead("Choose what this workspace begins with. You can change it at any time."), v.modeChoices(v.rules.Mode)), nil
	}
	changes, err := v.change(ctx, func(p *access.Policy) error {
		p.SetMode(v.Place.Platform, v.Place.Workspace, m)
		return nil
	})
	if err != nil {
		return v.stopped(err)
	}
	if len(changes) == 0 {
		return v.changed(ctx, changes)
	}
	reply := v.privately("Saved", lead("Done: "+modeName(m)+". "+v.stock.modeWords(m)))
	if m != access.ModeOpen {
		reply.Parts = append(reply.Parts, chat.Text{Text: "Now go to a channel and " + mentionMe("access") + ". One click lets it see what belongs to it."})
	}
	if m == access.ModeStrict {
		reply.Parts = append(reply.Parts, chat.Text{Text: "Then give roles to people, to their groups or to your e-mail domain: until somebody has one, channels show them nothing."})
	}
	reply.Parts = append(reply.Parts, adminLinks())
	return reply, nil
}

// modeChoices offers the three modes, each with what it means here.
func (v *visit) modeChoices(current access.Mode) chat.Choices {
	c := chat.Choices{Prompt: "Who may ask what?"}
	for _, m := range access.Modes() {
		c.Items = append(c.Items, chat.Choice{
			Label: modeName(m), Detail: v.stock.modeWords(m), Current: m == current,
			Call: chat.Call{Command: "access-mode", Args: chat.Args{argMode: string(m)}},
		})
	}
	return c
}

// mentionMe is how a word reaches the bot in a channel: on most platforms it
// hears nothing there but what it is mentioned in.
func mentionMe(word string) string {
	return "mention me there with the word “" + word + "” (or just type it, where I hear everything)"
}

// modeName is a mode as a button.
func modeName(m access.Mode) string {
	switch m {
	case access.ModeOpen:
		return "Open"
	case access.ModeChannel:
		return "By channel"
	case access.ModeStrict:
		return "Strict"
	default:
		return "Not chosen yet"
	}
}

// modeWords say in plain words what a mode means for this catalogue.
func (st *stock) modeWords(m access.Mode) string {
	restricted := st.restricted()
	switch m {
	case access.ModeOpen:
		s := fmt.Sprintf("All full members, and all internal channels without guests, may ask %s.", st.openWords())
		if restricted > 0 {
			s += " Those you open one by one."
		}
		return s
	case access.ModeStrict:
		return "As by channel, and whoever asks needs a role of their own too: a channel alone shows nothing to somebody without one."
	default:
		return fmt.Sprintf("A channel shows what you let it show, and whoever reads it may ask that there. What you do not open stays closed; there %s %s.",
			verb(len(st.insights), "is", "are"), plural(len(st.insights), "insight", "insights"))
	}
}

// adminLinks lead to the pages of admins.
func adminLinks() chat.Choices {
	return chat.Choices{Prompt: "Look at", Items: []chat.Choice{
		{Label: "Roles", Call: chat.Call{Command: "access-roles"}},
		{Label: "Channels", Call: chat.Call{Command: "access-channels"}},
		{Label: "People", Call: chat.Call{Command: "access-people"}},
		{Label: "Report", Call: chat.Call{Command: "report"}},
		{Label: "Audit log", Call: chat.Call{Command: "audit"}},
	}}
}
