package handlers

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"insightbot/chat"
	"insightbot/insight"
	"insightbot/match"
)

// maxCompletions is how many insights are suggested while somebody types.
const maxCompletions = 20

// complete suggests insights for what is being typed: those that may be told
// where it is typed, so that what is chosen can be asked there.
func (b *Bot) complete(_ context.Context, v *visit) (*chat.Reply, error) {
	words := strings.TrimSpace(v.Call.Args[argQuestion])
	found := v.offers(maxCompletions, nil)
	if words != "" {
		found = v.completions(words)
	}
	return &chat.Reply{Parts: []chat.Part{insightChoices("", found)}}, nil
}

// insightChoices offer to ask insights by their titles.
func insightChoices(prompt string, ins []insight.Insight) chat.Choices {
	c := chat.Choices{Prompt: prompt}
	for _, in := range ins {
		c.Items = append(c.Items, chat.Choice{
			Label: in.Title, Detail: detail(in), Call: chat.Call{Command: "ask", Args: chat.Args{argInsight: in.ID}},
		})
	}
	return c
}

// completions are the insights whose titles hold words that begin like those
// that were typed, titles that begin so first; else what a search finds.
func (v *visit) completions(words string) []insight.Insight {
	typed := match.Tokens(words)
	if len(words) > maxQuestion || len(typed) == 0 {
		return nil
	}
	titles := v.shelf.titles()
	found := v.offers(maxCompletions, func(at int) int {
		return completes(titles[at], typed)
	})
	if len(found) > 0 {
		return found
	}
	for _, in := range v.shelf.search(words, v.bot) {
		if len(found) < maxCompletions && !in.Replaced.Outdated() && v.tellsHere(in) {
			found = append(found, in)
		}
	}
	return found
}

// completes says how well a title goes on with what was typed: 2 where it
// begins with it, 1 where it holds each of the words, else 0.
func completes(title, typed []match.Token) int {
	begins := func(a, b match.Token) bool { return strings.HasPrefix(a.Text, b.Text) }
	if len(typed) <= len(title) && slices.EqualFunc(title[:len(typed)], typed, begins) {
		return 2
	}
	for _, t := range typed {
		if !slices.ContainsFunc(title, func(w match.Token) bool { return begins(w, t) }) {
			return 0
		}
	}
	return 1
}

// offers are the n insights to offer first of those that may be told here: what
// somebody vouches for, then what is asked most. fits, where it is set, leaves
// out what it gives 0 for and puts first what it gives more. Outdated ones are
// offered to nobody.
func (v *visit) offers(n int, fits func(at int) int) []insight.Insight {
	type offer struct {
		at, fit, asked, viewers int
		unsure                  bool
	}
	var list []offer
	now := v.bot.config.Now()
	for at := range v.shelf.insights {
		in := &v.shelf.insights[at]
		o := offer{at: at, fit: 1, asked: in.Asked, viewers: in.Viewers}
		if fits != nil {
			o.fit = fits(at)
		}
		if o.fit == 0 || in.Replaced.Outdated() {
			continue
		}
		o.unsure = !in.Certified.Valid(now)
		list = append(list, o)
	}
	slices.SortFunc(list, func(x, y offer) int {
		c := cmp.Or(cmp.Compare(y.fit, x.fit), compareBool(x.unsure, y.unsure), cmp.Compare(y.asked, x.asked), cmp.Compare(y.viewers, x.viewers))
		if c == 0 {
			a, b := &v.shelf.insights[x.at], &v.shelf.insights[y.at]
			c = cmp.Or(cmp.Compare(a.Title, b.Title), cmp.Compare(x.at, y.at))
		}
		return c
	})
	var first []insight.Insight
	for _, o := range list {
		if len(first) == n {
			break
		}
		// Whether it may be told is worked out last, as it takes longest.
		if in := v.shelf.insights[o.at]; v.tellsHere(in) {
			first = append(first, in)
		}
	}
	return first
}
