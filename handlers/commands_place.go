package handlers

import "insightbot/chat"

// placeCommands are what platforms call by themselves: for the page where
// people begin, for suggestions while they type, for addresses that they post,
// and to carry an answer somewhere else.
func placeCommands() []Command {
	return []Command{
		{
			Name: "home", Summary: "begin here: what you can ask, and what you asked", ReadOnly: true, Hidden: true,
			run: runWith((*Bot).home),
		},
		{
			Name: "complete", Summary: "suggest insights for what is being typed", ReadOnly: true, Hidden: true,
			Args: []Arg{{Name: argQuestion, Help: "the beginning of a title, or words of it"}},
			run:  runWith((*Bot).complete),
		},
		{
			Name: "preview", Summary: "show the answer behind an address", ReadOnly: true, Hidden: true,
			Args: []Arg{{Name: argURL, Help: "the address that somebody posted", Required: true}},
			run:  runWith((*Bot).preview),
		},
		{
			Name: "share", Summary: "show an answer in a channel", Hidden: true, Dialog: true,
			Args: []Arg{{Name: argInsight, Help: "id of the insight", Required: true}},
			run:  runWith((*Bot).share),
		},
	}
}

// accessChoice leads to the page about access.
func accessChoice(label string, args chat.Args) chat.Choice {
	return chat.Choice{Label: label, Call: chat.Call{Command: "access", Args: args}}
}
