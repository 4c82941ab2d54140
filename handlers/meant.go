package handlers

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"insightbot/chat"
)

// The bounds of a mistyped command: how long it is at least, in letters, and
// how many of them may be wrong.
const (
	minMeant    = 4
	maxMistyped = 2
)

// withMeant offers the command that somebody may have mistyped, below the
// first sentence of a reply to a question that nothing answers.
func (b *Bot) withMeant(v *visit, reply *chat.Reply) *chat.Reply {
	if v.Call.Args[argInsight] != "" {
		return reply
	}
	c, ok := b.meant(v.Call.Args[argQuestion])
	if !ok {
		return reply
	}
	reply.Parts = slices.Insert(reply.Parts, min(1, len(reply.Parts)), chat.Part(chat.Choices{
		Prompt: "Did you mean “" + c.Name + "”?",
		Items:  []chat.Choice{{Label: c.Name, Detail: c.Summary, Call: chat.Call{Command: c.Name}}},
	}))
	return reply
}

// meant finds the one command that a single word is nearest to.
func (b *Bot) meant(words string) (Command, bool) {
	word := strings.ToLower(strings.TrimRight(strings.TrimSpace(words), "?!. "))
	word = strings.TrimSpace(strings.TrimPrefix(word, typedPrefix))
	if n := utf8.RuneCountInString(word); n < minMeant || n > 40 || strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }) {
		return Command{}, false
	}
	var nearest Command
	best, many := maxMistyped+1, false
	for _, c := range b.commands {
		if c.Hidden || c.Name == "ask" || slices.ContainsFunc(c.Args, func(a Arg) bool { return a.Required }) {
			continue // its name alone does nothing
		}
		switch d := mistyped(word, c.Name); {
		case d < best:
			nearest, best, many = c, d, false
		case d == best:
			many = true
		}
	}
	return nearest, best <= maxMistyped && !many
}

// mistyped counts the letters to add, drop or change to make one word of
// another (Levenshtein).
func mistyped(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range y {
			cost := 1
			if r == s {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(y)]
}
