package handlers

import (
	"fmt"
	"time"

	"insightbot/chat"
	"insightbot/insight"
)

// provenance says which insight answered, why it was chosen, who vouches for
// it and who answers for it.
func provenance(now time.Time, a Answer) chat.Part {
	in := a.Insight
	facts := chat.Facts{Items: []chat.Item{{Label: "Insight", Text: in.Title, Link: insightLink(in)}}}
	if a.Why != "" {
		facts.Items = append(facts.Items, chat.Item{Label: "Chosen because", Text: a.Why})
	}
	facts.Items = append(facts.Items,
		chat.Item{Label: "Certified", Text: certified(in, now)},
		chat.Item{Label: "Owner", Text: owner(in)},
	)
	if in.Asked > 0 {
		facts.Items = append(facts.Items, chat.Item{Label: "Asked", Text: times(in.Asked) + " in the last 30 days"})
	}
	if in.Link != "" {
		facts.Items = append(facts.Items, chat.Item{Label: "Source", Text: in.Link, Link: chat.Link{Label: "Open in its source", URL: in.Link}})
	}
	title := in.Title + " · " + in.Owner.Name
	if in.Certified.Valid(now) {
		title += " · certified"
	}
	return chat.Section{Title: title, Folded: true, Parts: []chat.Part{facts}}
}

// insightLink leads to the page of an insight.
func insightLink(in insight.Insight) chat.Link {
	return chat.Link{Label: in.Title, Call: chat.Call{Command: "insight", Args: chat.Args{argID: in.ID}}}
}

// certified says who vouches for an insight, and whether that still holds.
func certified(in insight.Insight, now time.Time) string {
	c := in.Certified
	switch {
	case c.By == "":
		return "not certified"
	case c.Valid(now) && c.Until.IsZero():
		return "by " + c.By
	case c.Valid(now):
		return fmt.Sprintf("by %s, until %s", c.By, c.Until.Format("2 January 2006"))
	case now.Before(c.On):
		return fmt.Sprintf("by %s from %s", c.By, c.On.Format("2 January 2006"))
	default:
		return fmt.Sprintf("not any more: by %s until %s", c.By, c.Until.Format("2 January 2006"))
	}
}

// owner is who answers for an insight and how to reach them.
func owner(in insight.Insight) string {
	if in.Owner.Contact == "" {
		return in.Owner.Name
	}
	return in.Owner.Name + " (" + in.Owner.Contact + ")"
}

// times says how often.
func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}
