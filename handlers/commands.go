package handlers

import (
	"context"
	"slices"

	"insightbot/chat"
)

// Command is one thing the bot can be told to do. The table below is the only
// place where commands are named: help, completion, the pages of the web and
// the registrations of the platforms derive from it.
type Command struct {
	// Name is one lower-case word; Summary says in a few words what it does.
	Name, Summary string
	// Examples are calls as people type them.
	Examples []string
	Args     []Arg
	// ReadOnly commands change nothing and leave no trace, so that a link may
	// call them.
	ReadOnly bool
	// Hidden commands are behind buttons and not listed in help.
	Hidden bool
	// Dialog commands mostly answer a button with a Form, so that a platform
	// that shows forms in a window of their own can open it at once.
	Dialog bool

	// typed reads the arguments from what somebody typed where a question is
	// expected; nil means that the name alone calls a command that is not
	// hidden.
	typed func(words string) (chat.Args, bool)
	run   func(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error)
}

// Arg is an argument of a Command.
type Arg struct {
	Name, Help string
	Required   bool
}

// Commands returns the command table.
func Commands() []Command { return commands() }

// commands is a function, not a variable, because help reads the table it is
// itself a part of.
func commands() []Command {
	return slices.Concat(askCommands(), placeCommands(), adminCommands(), personalCommands())
}

// askCommands are about insights.
func askCommands() []Command {
	return []Command{
		{
			Name: "ask", Summary: "answer a question from a saved insight",
			Examples: []string{"how many people signed up last week by country?", "revenue this month vs last month"},
			Args: []Arg{
				{Name: argQuestion, Help: "the question, in your own words"},
				{Name: argInsight, Help: "id of an insight to run"},
				{Name: argPeriod, Help: "period, such as \"last 30 days\""},
				{Name: argBreakdown, Help: "break down by, such as \"country\""},
				{Name: argGrain, Help: "time bucket: hour, day, week, month, quarter or year"},
				{Name: argCompare, Help: "compare with: previous or year"},
				{Name: argFilter, Help: "filters, such as \"country:is:DE\""},
				{Name: argChart, Help: "how to show it, such as \"table\" or \"csv\""},
			},
			run: func(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error) { return b.ask(ctx, v) },
		},
		{
			Name: "insights", Summary: "list and search what can be asked", ReadOnly: true,
			Examples: []string{"insights", "insights revenue"},
			Args:     []Arg{{Name: argQuestion, Help: "words to search for"}},
			run:      func(_ context.Context, b *Bot, v *visit) (*chat.Reply, error) { return b.list(v), nil },
		},
		{
			Name: "insight", Summary: "show one insight: what it counts, who owns it, what it takes", ReadOnly: true,
			Examples: []string{"insight demo/signups"},
			Args:     []Arg{{Name: argID, Help: "id of the insight", Required: true}},
			run:      func(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error) { return b.page(ctx, v), nil },
		},
		{
			Name: "help", Summary: "say what the bot can do here", ReadOnly: true,
			run: func(_ context.Context, b *Bot, v *visit) (*chat.Reply, error) { return b.help(v), nil },
		},
		{
			Name: "feedback", Summary: "say that an answer was not what was meant", Hidden: true,
			Args: []Arg{{Name: argQuestion, Help: "what had been asked"}, {Name: argInsight, Help: "what answered", Required: true}},
			run:  func(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error) { return b.feedback(ctx, v) },
		},
	}
}

// The names of arguments, which buttons, links and platforms share.
const (
	argQuestion  = "q"
	argInsight   = "insight"
	argPeriod    = "period"
	argBreakdown = "by"
	argGrain     = "grain"
	argCompare   = "compare"
	argFilter    = "filter"
	argChart     = "chart"
	argID        = "id"
	argAgainst   = "against"
	argRef       = "ref"
	argNot       = "not"
	// argRead is set where the question is still to be read for the insight.
	argRead = "read"
	// argURL is an address that somebody posted, argTo a place that was chosen.
	argURL = "url"
	argTo  = "to"
)
