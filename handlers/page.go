package handlers

import (
	"context"
	"fmt"
	"strings"

	"insightbot/chat"
	"insightbot/insight"
)

// page is the page of one insight: what it counts, whom to ask, what it takes,
// and questions to try.
func (b *Bot) page(ctx context.Context, v *visit) *chat.Reply {
	in, ok := v.reach(ctx, v.Call.Args[argID])
	if !ok {
		return v.noPage()
	}
	v.mention(in)
	reply := &chat.Reply{Title: in.Title, Parts: []chat.Part{chat.Text{Text: in.Description}}}
	if in.Replaced.Outdated() {
		reply.Parts = append(reply.Parts, chat.Text{Style: chat.Caution, Text: strings.TrimSpace("Outdated. " + v.outdated(in))})
		if newer, ok := v.shelf.find(in.Replaced.By); ok {
			v.mention(newer)
			reply.Parts = append(reply.Parts, chat.Link{Label: "Use “" + newer.Title + "” instead", Call: insightLink(newer).Call})
		}
	}
	reply.Parts = append(reply.Parts, b.pageFacts(in))
	if len(in.Caveats) > 0 {
		reply.Parts = append(reply.Parts, chat.Text{Style: chat.Heading, Text: "Know before you use it"})
		for _, c := range in.Caveats {
			reply.Parts = append(reply.Parts, chat.Text{Style: chat.Caution, Text: c.Text + caveatDates(c)})
		}
	}
	ask := chat.Choices{Prompt: "Ask it", Items: []chat.Choice{
		{Label: "Run it now", Call: chat.Call{Command: "ask", Args: chat.Args{argInsight: in.ID}}},
	}}
	for _, q := range in.Examples {
		ask.Items = append(ask.Items, chat.Choice{Label: q, Call: chat.Call{Command: "ask", Args: chat.Args{argQuestion: q}}})
	}
	reply.Parts = append(reply.Parts, ask)
	if in.Link != "" {
		reply.Parts = append(reply.Parts, chat.Link{Label: "Open in its source", URL: in.Link})
	}
	return reply
}

// maxNearest is how many insights are offered in the place of one that is not
// there.
const maxNearest = 3

// noPage says that there is no such insight, and offers those that may be told
// here whose titles come near to what was typed. A whole id comes from a link or
// a button: it is answered in one way, whether it is hidden or was never there.
func (v *visit) noPage() *chat.Reply {
	reply := &chat.Reply{Title: "No such insight", Parts: []chat.Part{chat.Text{Style: chat.Lead, Text: noInsight}}}
	near := chat.Choices{Prompt: "Did you mean one of these?"}
	typed := strings.TrimSpace(v.Call.Args[argID])
	var nearest []insight.Insight
	if !strings.Contains(typed, "/") {
		nearest = v.completions(typed)
	}
	for _, in := range nearest {
		if len(near.Items) < maxNearest {
			near.Items = append(near.Items, chat.Choice{Label: in.Title, Detail: detail(in), Call: insightLink(in).Call})
		}
	}
	if len(near.Items) > 0 {
		reply.Parts = append(reply.Parts, near)
	}
	reply.Parts = append(reply.Parts, chat.Link{Label: "See everything that can be asked", Call: chat.Call{Command: "insights"}})
	return reply
}

// pageFacts is what is known of an insight, in short.
func (b *Bot) pageFacts(in insight.Insight) chat.Facts {
	f := chat.Facts{Items: []chat.Item{
		{Label: "Owner", Text: owner(in)},
		{Label: "Certified", Text: certified(in, b.config.Now())},
		{Label: "Shown as", Text: sentenceCase(chartName(in.Chart))},
		{Label: "Periods", Text: periods(in)},
		{Label: "Time zone", Text: in.Zone.String()},
	}}
	var by, filters []string
	for _, d := range in.Accepts.Dimensions {
		if d.Breakdown {
			by = append(by, strings.ToLower(d.Label))
		}
		if d.Filter && len(d.Values) > 0 {
			filters = append(filters, strings.ToLower(d.Label))
		}
	}
	add := func(label string, list []string) {
		if len(list) > 0 {
			f.Items = append(f.Items, chat.Item{Label: label, Text: strings.Join(list, ", ")})
		}
	}
	add("Can be broken down by", by)
	add("Can be filtered by", filters)
	add("Tags", in.Tags)
	f.Items = append(f.Items,
		chat.Item{Label: "Asked", Text: times(in.Asked) + " in the last 30 days"},
		chat.Item{Label: "Id", Text: in.ID},
	)
	return f
}

// periods says which periods and buckets an insight takes.
func periods(in insight.Insight) string {
	if !in.Accepts.Windows {
		return "always the present state"
	}
	s := "any; " + in.Default.Period + " when you do not say"
	var grains []string
	for _, g := range in.Accepts.Grains {
		grains = append(grains, string(g))
	}
	if len(grains) > 0 {
		s += "; by " + strings.Join(grains, ", ")
	}
	if e := in.Accepts.Earliest; !e.IsZero() {
		s += "; data since " + e.Format("2 January 2006")
	}
	return s
}

// caveatDates says which days a caveat is about. Its end is the first day
// after, so the last day is the one before.
func caveatDates(c insight.Caveat) string {
	const day = "2 January 2006"
	switch {
	case c.From.IsZero() && c.Until.IsZero():
		return ""
	case c.Until.IsZero():
		return fmt.Sprintf(" (since %s)", c.From.Format(day))
	case c.From.IsZero():
		return fmt.Sprintf(" (until %s)", c.Until.AddDate(0, 0, -1).Format(day))
	}
	from, to := c.From.Format(day), c.Until.AddDate(0, 0, -1).Format(day)
	if from == to {
		return " (" + from + ")"
	}
	return fmt.Sprintf(" (%s to %s)", from, to)
}
