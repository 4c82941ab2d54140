package web

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"insightbot/chat"
)

// Config says who can be spoken as, where, and at which address. Users and
// Places are required where nobody signs in; everything else has a default.
type Config struct {
	// Addr is the address to listen on; "127.0.0.1:8080" when empty.
	Addr string
	// AllowRemote says that other machines reach the pages: directly, or
	// through a proxy. An Addr of more than this machine, Hosts, and Secure
	// say the same. Then everybody has to sign in, so that SignIn is required;
	// on this machine alone nobody has to.
	AllowRemote bool
	// SignIn tells who a token signs in, and from which place, and ends the
	// token. It returns an error that is ErrSignIn for one that was used, is
	// too old, or never was. Tokens are of 22 to 128 letters, digits, "-" and
	// "_", and have at least 128 random bits: nothing else stops guessing.
	SignIn func(ctx context.Context, token string) (chat.User, chat.Place, error)
	// Secure says that browsers come by HTTPS, through a proxy that is alone
	// in reaching Addr and hands on the Host they asked for. Headers of a
	// request that say so are never believed.
	Secure bool
	// Hosts are names under which the playground may be called besides those
	// of this machine, without a port: "playground.example".
	Hosts []string
	// Users are the people to speak as; the first is who one begins as. Who
	// signed in speaks as nobody but themselves.
	Users []chat.User
	// Places are the channels, in the order of the list. Who signed in has one
	// place of their own instead, like a direct message, in the workspace they
	// signed in from.
	Places []chat.Place
	// Purpose is a line on what a channel is for, by Place.Channel.
	Purpose map[string]string
	// Title is the name of the bot, Tagline a few words on what it does.
	Title, Tagline string
	// Welcome is called for an empty conversation: the questions its reply
	// offers are shown to begin with. The zero Call shows none.
	Welcome chat.Call
	// Ask is the command that takes a typed question as its argument "q";
	// "ask" when empty.
	Ask string
	// Pages gives commands an address of their own. Nil means the usual
	// ones: /insights, /insights/<id>, /help, and those below /access.
	Pages []Page
	// ReadOnly says which commands change nothing, so that a link may call
	// them. Nil means that none may.
	ReadOnly func(command string) bool
	// Known says which commands exist, so that the log may name them. Nil
	// means those that this Config names or ReadOnly knows.
	Known func(command string) bool
	// StopWithin is how long answers in flight may take to finish once Run
	// is to end; 35 seconds when zero. It should be longer than the longest
	// answer.
	StopWithin time.Duration
	// Log receives what went wrong; nothing is logged when nil.
	Log *slog.Logger
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

// Page is a read-only command with an address of its own.
type Page struct {
	// Path is the address: "/insights". Where Arg is set it ends in a slash,
	// and what follows is the value of that argument.
	Path    string
	Command string
	Arg     string
	// Label lists the page beside the channels, where its command is read-only;
	// "" does not list it.
	Label string
}

// usualPages are the addresses when a Config gives none.
func usualPages() []Page {
	return []Page{
		{Path: "/insights", Command: "insights", Label: "Insights"},
		{Path: "/insights/", Command: "insight", Arg: "id"},
		{Path: "/help", Command: "help", Label: "Help"},
		{Path: "/access", Command: "access", Label: "Access"},
		{Path: "/access/report", Command: "report"},
		{Path: "/access/roles", Command: "access-roles"},
		{Path: "/access/channels", Command: "access-channels"},
		{Path: "/access/people", Command: "access-people"},
		{Path: "/access/explain", Command: "access-explain"},
		{Path: "/access/simulate", Command: "access-simulate"},
		{Path: "/access/audit", Command: "audit"},
	}
}

// withDefaults fills what a Config leaves open.
func withDefaults(c Config) Config {
	def := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	def(&c.Addr, "127.0.0.1:8080")
	def(&c.Title, "Insightbot")
	def(&c.Ask, "ask")
	if c.Pages == nil {
		c.Pages = usualPages()
	}
	if c.ReadOnly == nil {
		c.ReadOnly = func(string) bool { return false }
	}
	if c.Known == nil {
		c.Known = c.names
	}
	if c.StopWithin <= 0 {
		c.StopWithin = stopWithin
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// names reports whether a Config names a command.
func (c Config) names(command string) bool {
	return command == c.Ask || command == c.Welcome.Command || c.ReadOnly(command) ||
		slices.ContainsFunc(c.Pages, func(p Page) bool { return p.Command == command })
}

// remote reports whether other machines reach the pages, so that everybody has
// to sign in. A name that is not one of this machine's means that a proxy
// stands before it.
func (c Config) remote() bool {
	return c.AllowRemote || c.Secure || len(c.Hosts) > 0 || !loopback(c.Addr)
}

// check says why nobody could be served.
func (c Config) check() error {
	if err := c.checkAddr(); err != nil {
		return err
	}
	if err := checkPages(c.Pages); err != nil {
		return err
	}
	if c.remote() {
		return nil
	}
	if err := checkIDs(c.Users, "user", func(u chat.User) string { return u.ID }); err != nil {
		return err
	}
	return checkIDs(c.Places, "place", func(p chat.Place) string { return p.Channel })
}

// checkIDs refuses a missing or doubled id.
func checkIDs[T any](list []T, noun string, id func(T) string) error {
	if len(list) == 0 {
		return fmt.Errorf("web: at least one %s is needed", noun)
	}
	seen := make(map[string]bool, len(list))
	for _, v := range list {
		switch key := id(v); {
		case key == "":
			return fmt.Errorf("web: a %s has no id", noun)
		case seen[key]:
			return fmt.Errorf("web: two entries for %s %q", noun, key)
		default:
			seen[key] = true
		}
	}
	return nil
}
