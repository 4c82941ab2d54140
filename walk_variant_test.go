package main

import (
	"slices"
	"strings"

	"insightbot/chat"
	"insightbot/handlers"
)

// variant is one way to call a command. Most are made from the table of
// commands, so that a new command, or a new argument, is walked by itself.
type variant struct {
	name string
	// command is that of the table which it walks.
	command string
	call    chat.Call
	typed   string
	context chat.Call
}

// sent is all that is sent with it.
func (v variant) sent() string {
	return v.typed + "\n" + everyText(v.call) + everyText(v.context)
}

// points reports whether a variant leads to the canary whatever else there is:
// by its name, or because it lists what there is.
func (v variant) points(c *canary) bool {
	sent := v.sent()
	bare := v.typed == "" && len(v.call.Args) == 0
	lists := (v.command == "help" || v.command == "insights") && (v.typed == v.command || bare) || (v.command == "home" || v.command == "complete") && bare
	return strings.Contains(sent, c.sent) || strings.Contains(sent, c.id) || strings.Contains(sent, c.insight.Link) || lists
}

// hiddenArgs are arguments that only buttons and forms carry. None of the
// values they are given here confirms anything.
func hiddenArgs() []string {
	return []string{"id", "insight", "channel", "tag", "role", "remove", "roles", "name", "who", "where", "go", "save", "sure", "ref", "not", "against", "state", "mode", "to"}
}

// walkVariants are all ways to call every command.
func walkVariants(c *canary) []variant {
	var list []variant
	var every []string
	for _, command := range handlers.Commands() {
		for _, a := range command.Args {
			every = append(every, a.Name)
		}
	}
	every = append(every, hiddenArgs()...)
	for _, command := range handlers.Commands() {
		add := func(name, typed string, pairs ...string) {
			v := variant{name: name, command: command.Name, call: called(command.Name, pairs...), typed: typed}
			if typed != "" {
				v.call = called("ask", "q", typed)
			}
			list = append(list, v)
		}
		add("no arguments", "")
		add("typed", command.Name)
		for _, e := range command.Examples {
			add("typed example "+e, e)
		}
		for what, probe := range map[string]string{"id": c.id, "word": c.sent} {
			var all, all2 []string
			for _, a := range command.Args {
				add(a.Name+" = "+what, "", a.Name, probe)
				all = append(all, a.Name, probe)
			}
			for _, a := range every {
				all2 = append(all2, a, probe)
			}
			if len(command.Args) > 1 {
				add("all = "+what, "", all...)
			}
			add("every argument there is = "+what, "", all2...)
			add("typed with "+what, "/insight "+command.Name+" "+probe)
		}
	}
	list = append(list, askVariants(c)...)
	slices.SortFunc(list, func(x, y variant) int { return strings.Compare(x.command+x.name, y.command+y.name) })
	return list
}

// askVariants are questions, follow-ups and old buttons.
func askVariants(c *canary) []variant {
	last := called("ask", "insight", c.id)
	typed := func(name, words string) variant {
		return variant{name: name, command: "ask", typed: words, call: called("ask", "q", words)}
	}
	after := func(name, words string, context chat.Call) variant {
		v := typed(name, words)
		v.context = context
		return v
	}
	button := func(name, command string, pairs ...string) variant {
		return variant{name: "old button: " + name, command: command, call: called(command, pairs...)}
	}
	return []variant{
		typed("the word", c.sent), typed("a question", "how much "+c.sent+" last month by week?"), typed("a slip of the pen", c.sent[:4]+c.sent[5:]),
		typed("the beginning of the word", c.sent[:6]), typed("beside another", "parcels sent and "+c.sent), typed("why", "why can't I see the "+c.sent+"?"),
		after("follow-up: a period", "and last month?", last), after("follow-up: a table", "as a table", last), after("follow-up: a file", "as csv", last),
		after("follow-up: of a file", "and last week?", last.With("chart", "csv")), after("follow-up: over time", "by week", last.With("period", "last month")),
		button("file", "ask", "insight", c.id, "chart", "csv"), button("table", "ask", "insight", c.id, "chart", "table"),
		button("picture", "ask", "insight", c.id, "chart", "bar", "grain", "week"), button("period", "ask", "insight", c.id, "period", "last week", "grain", "any"),
		button("compare", "ask", "insight", c.id, "compare", "previous", "chart", "table"), button("menu", "ask", "q", c.sent, "insight", c.id, "read", "yes"),
		button("nonsense", "ask", "insight", c.id, "grain", "nonsense"), button("none of these", "ask", "q", c.sent, "not", "depot/parcels"),
		button("not meant", "feedback", "q", c.sent, "insight", c.id, "ref", "R1"), button("another meant", "feedback", "q", c.sent, "insight", "depot/parcels", "ref", "R1"),
		button("share", "share", "insight", c.id, "go", "yes"), button("share a table", "share", "insight", c.id, "go", "yes", "chart", "table", "q", c.sent),
		button("share, in which channel", "share", "insight", c.id, "period", "last week"), button("share nonsense", "share", "insight", c.id, "go", "yes", "grain", "nonsense"),
		{name: "the address of its source", command: "preview", call: called("preview", "url", c.insight.Link)},
		{name: "the address of its page", command: "preview", call: called("preview", "url", "https://console.example/insights/"+c.id)},
		{name: "the long address of its page", command: "preview", call: called("preview", "url", "https://CONSOLE.example/c/insight?id="+c.id)},
		{name: "the beginning of the word", command: "complete", call: called("complete", "q", c.sent[:4])},
		{name: "the beginning of the other word", command: "complete", call: called("complete", "q", c.sent+" "+c.never[:3])},
		button("by a word", "ask", "insight", c.id, "by", c.sent), button("filter", "ask", "insight", c.id, "filter", c.sent+":is:"+c.sent),
	}
}
