package handlers

import (
	"strings"

	"insightbot/chat"
)

// typedPrefix may stand before a command that is typed where a question is
// expected, as it does in a workspace.
const typedPrefix = "/insight "

// typedCommand finds the command that somebody typed as a question: its name
// alone, or what the command itself recognises.
func (b *Bot) typedCommand(args chat.Args) (Command, chat.Args, bool) {
	words := strings.TrimSpace(args[argQuestion])
	if len(args) != 1 || len(words) > maxQuestion {
		return Command{}, nil, false
	}
	prefixed := len(words) >= len(typedPrefix) && strings.EqualFold(words[:len(typedPrefix)], typedPrefix)
	if prefixed {
		words = strings.TrimSpace(words[len(typedPrefix):])
	}
	name, rest, _ := strings.Cut(words, " ")
	for _, c := range b.commands {
		if c.Name == "ask" {
			continue
		}
		if c.typed != nil {
			if read, ok := c.typed(words); ok {
				return c, read, true
			}
		}
		switch {
		case c.Hidden || !strings.EqualFold(name, c.Name):
		case rest == "":
			return c, nil, true
		case prefixed && len(c.Args) > 0:
			return c, chat.Args{c.Args[0].Name: strings.TrimSpace(rest)}, true
		}
	}
	return Command{}, nil, false
}
