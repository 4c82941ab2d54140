package handlers

import (
	"context"
	"strings"

	"insightbot/chat"
)

// personalCommands are about what the asker may see and what is kept of them.
func personalCommands() []Command {
	return []Command{
		{
			Name: "access", Summary: "say what you can ask here and why; for admins, who may see what", ReadOnly: true,
			Args: []Arg{{Name: argChannel, Help: "for admins: id of a channel to set up"}},
			run:  func(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error) { return b.access(ctx, v) },
		},
		{
			Name: "why", Summary: "say why you cannot see something", ReadOnly: true,
			Examples: []string{"why can't I see revenue"},
			Args:     []Arg{{Name: argQuestion, Help: "name of an insight"}}, typed: typedWhy,
			run: func(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error) { return b.why(ctx, v) },
		},
		{
			Name: "request", Summary: "ask an admin for access",
			run: func(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error) { return b.request(ctx, v) },
		},
		{
			Name: "privacy", Summary: "show, export or erase what is kept of you", ReadOnly: true,
			run: func(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error) { return b.privacy(ctx, v) },
		},
		{
			Name: "privacy-export", Summary: "get what is kept of you as a file", Hidden: true,
			run: func(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error) { return b.exportData(ctx, v) },
		},
		{
			Name: "privacy-erase", Summary: "erase what is kept of you", Hidden: true,
			run: func(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error) { return b.eraseData(ctx, v) },
		},
		{
			Name: "privacy-opt-out", Summary: "be left out of what colleagues see", Hidden: true,
			run: func(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error) { return b.optOut(ctx, v) },
		},
		{
			Name: "signin", Summary: "open the web console", typed: typedAs("signin", "sign in", "sign-in"),
			run: func(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error) { return b.signIn(ctx, v) },
		},
		{
			Name: "claim", Summary: "become the first admin with the code", Hidden: true, typed: typedClaim,
			Args: []Arg{{Name: argCode, Help: "the code that serve printed", Required: true}},
			run:  func(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error) { return b.claim(ctx, v) },
		},
	}
}

// adminCommands change the rules or look at them. Each is behind the ability
// to.
func adminCommands() []Command {
	looks := []Command{
		{Name: "access-roles", Summary: "list the roles", typed: typedAs("access roles"), run: adminView(runWith((*Bot).roles))},
		{Name: "access-channels", Summary: "list the channels and their roles", typed: typedAs("access channels"), run: adminView(runWith((*Bot).channels))},
		{Name: "access-people", Summary: "list who has roles", typed: typedAs("access people"), run: adminView(runWith((*Bot).holdersList))},
		{Name: "access-explain", Summary: "say why somebody sees an insight somewhere", typed: typedAs("access explain"), Dialog: true, run: adminOnly(runWith((*Bot).explain))},
		{Name: "access-simulate", Summary: "try a question as somebody else", typed: typedAs("access simulate"), Dialog: true, run: adminOnly(runWith((*Bot).simulate))},
		{Name: "report", Summary: "show which channel may see which insight", typed: typedAs("report", "access report"), Args: reportArgs(), run: adminView(runWith((*Bot).report))},
		{Name: "audit", Summary: "show the newest lines of the audit log", typed: typedAs("audit", "access audit"), run: adminView(runWith((*Bot).audit))},
	}
	for i := range looks {
		looks[i].ReadOnly, looks[i].Hidden = true, true
	}
	changes := []Command{
		{Name: "access-mode", Summary: "choose who may ask what", typed: typedAs("access mode"), run: adminOnly(runWith((*Bot).mode))},
		{Name: "access-map", Summary: "change what a channel may see", run: adminOnly(runWith((*Bot).mapRoom))},
		{Name: "access-role", Summary: "make, change or delete a role", typed: typedAs("access role"), Dialog: true, run: adminOnly(runWith((*Bot).editRole))},
		{Name: "access-channel", Summary: "change the roles of a channel", typed: typedAs("access channel"), Dialog: true, run: adminOnly(runWith((*Bot).editChannel))},
		{Name: "access-person", Summary: "change the roles of a person", typed: typedAs("access person"), Dialog: true, run: adminOnly(people().edit)},
		{Name: "access-group", Summary: "change the roles of a group", typed: typedAs("access group"), Dialog: true, run: adminOnly(groups().edit)},
		{Name: "access-domain", Summary: "change the roles of an e-mail domain", typed: typedAs("access domain"), Dialog: true, run: adminOnly(domains().edit)},
		{Name: "access-decide", Summary: "say yes or no to a request", run: adminOnly(runWith((*Bot).decideRequest))},
	}
	for i := range changes {
		changes[i].Hidden = true
	}
	return append(looks, changes...)
}

// reportArgs narrow the matrix of the report.
func reportArgs() []Arg {
	return []Arg{{Name: argQuestion, Help: "part of a title, a tag or an id"}, {Name: argChannel, Help: "part of a channel's name, or its id"}}
}

// runWith makes a method of the Bot a runner.
func runWith(run func(*Bot, context.Context, *visit) (*chat.Reply, error)) runner {
	return func(ctx context.Context, b *Bot, v *visit) (*chat.Reply, error) { return run(b, ctx, v) }
}

// typedAs reads a command that is typed as one of these phrases, and nothing
// else.
func typedAs(phrases ...string) func(string) (chat.Args, bool) {
	return func(words string) (chat.Args, bool) {
		words = strings.Join(strings.Fields(strings.TrimRight(words, "?!. ")), " ")
		_, ok := findBy(phrases, func(p string) bool { return strings.EqualFold(p, words) })
		return nil, ok
	}
}
