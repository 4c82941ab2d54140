package handlers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"insightbot/chat"
	"insightbot/insight"
	"insightbot/match"
)

// list is the catalogue page: everything that can be asked here, or what a
// search finds of it.
func (b *Bot) list(v *visit) *chat.Reply {
	shelf := v.shelf
	words := strings.TrimSpace(v.Call.Args[argQuestion])
	found := shelf.search(words, b)
	reply := &chat.Reply{Title: "What can be asked", Parts: []chat.Part{
		chat.Form{
			Submit: "Search", Call: chat.Call{Command: "insights"},
			Fields: []chat.Field{{Name: argQuestion, Label: "Search insights", Kind: chat.FieldSearch, Value: words}},
		},
	}}
	if len(found) == 0 {
		reply.Parts = append(reply.Parts, chat.Text{Text: "Nothing saved matches these words. Try fewer or other words."})
		return reply
	}
	v.mention(shelf.insights...) // the foot counts them all
	foot := plural(len(found), "insight", "insights")
	if words != "" {
		foot += fmt.Sprintf(" of %d", len(shelf.insights))
	}
	reply.Parts = append(reply.Parts, catalogueTable(found, foot, b))
	return reply
}

// search returns what matches the words, best first, or everything by title.
func (s *shelf) search(words string, b *Bot) []insight.Insight {
	if words != "" {
		var found []insight.Insight
		hits := s.index.Rank(match.Read(words, s.words, b.clock()), maxTableRows)
		for _, h := range hits {
			if h.Exact || h.Score >= searchScore*hits[0].Score {
				found = append(found, h.Insight)
			}
		}
		return found
	}
	all := slices.Clone(s.insights)
	slices.SortStableFunc(all, func(x, y insight.Insight) int {
		return cmp.Or(compareBool(x.Replaced.Outdated(), y.Replaced.Outdated()), cmp.Compare(strings.ToLower(x.Title), strings.ToLower(y.Title)))
	})
	return all
}

// searchScore is how near to the best hit another one must be to be listed.
const searchScore = .5

// compareBool orders false before true.
func compareBool(x, y bool) int {
	switch {
	case x == y:
		return 0
	case y:
		return -1
	}
	return 1
}

// catalogueTable lists insights with what decides whether to trust them.
func catalogueTable(ins []insight.Insight, foot string, b *Bot) chat.Table {
	t := chat.Table{Foot: foot, Columns: []chat.Column{{Name: "Insight"}, {Name: "What it shows"}, {Name: "Owner"}, {Name: "Trust"}, {Name: "Asked", Number: true}}}
	for _, in := range ins {
		t.Rows = append(t.Rows, []chat.Cell{
			{Text: in.Title, Call: insightLink(in).Call},
			{Text: firstSentence(in.Description)},
			{Text: in.Owner.Name},
			{Text: trust(in, b)},
			{Text: fmt.Sprint(in.Asked)},
		})
	}
	return t
}

// trust is one word or two on whether to rely on an insight.
func trust(in insight.Insight, b *Bot) string {
	switch {
	case in.Replaced.Outdated():
		return "outdated"
	case in.Certified.Valid(b.config.Now()):
		return "certified"
	case in.Certified.By != "":
		return "certification ended"
	}
	return "not certified"
}

// suggestions are questions to begin with: what is asked most and vouched for,
// of what may be told here.
func (v *visit) suggestions(n int) chat.Choices {
	ins := slices.DeleteFunc(slices.Clone(v.here()), func(in insight.Insight) bool {
		return in.Replaced.Outdated() || len(in.Examples) == 0
	})
	slices.SortStableFunc(ins, func(x, y insight.Insight) int {
		return cmp.Or(cmp.Compare(y.Asked, x.Asked), compareBool(x.Certified.By == "", y.Certified.By == ""))
	})
	c := chat.Choices{Prompt: "You could ask"}
	for _, in := range ins[:min(n, len(ins))] {
		c.Items = append(c.Items, chat.Choice{
			Label: in.Examples[0],
			Call:  chat.Call{Command: "ask", Args: chat.Args{argQuestion: in.Examples[0]}},
		})
	}
	return c
}

// example is one question that can be asked here.
func (v *visit) example() string {
	if c := v.suggestions(1); len(c.Items) > 0 {
		return "“" + c.Items[0].Label + "”"
	}
	return "“how many people signed up last week?”"
}

// firstSentence cuts a description to its first sentence.
func firstSentence(s string) string {
	if i := strings.Index(s, ". "); i > 0 {
		return s[:i+1]
	}
	return s
}

// plural counts in words.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
