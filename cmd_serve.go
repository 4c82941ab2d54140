package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"insightbot/access"
	"insightbot/bot"
	"insightbot/bot/slack"
	"insightbot/bot/web"
	"insightbot/chat"
	"insightbot/handlers"
	"insightbot/storage"
)

// upkeepEvery is how often the catalogue is read again while serving.
const upkeepEvery = 5 * time.Minute

// retention is how long a question stays in the ask log.
const retention = 90 * 24 * time.Hour

// serveCommand runs every platform that is configured.
func (a *app) serveCommand() *cobra.Command {
	var addr string
	cmd := &cobra.Command{
		Use:     "serve",
		Short:   "Run the bot: the playground in the browser, and every platform that has tokens",
		Example: "  insightbot serve\n  insightbot serve --addr 127.0.0.1:9000",
		Args:    noCommandArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.settings()
			if err != nil {
				return err
			}
			if addr != "" {
				c.Addr = addr
			}
			return a.serve(cmd.Context(), c)
		},
	}
	cmd.Flags().StringVar(&addr, "addr", "", "address of the playground (default 127.0.0.1:8080)")
	return cmd
}

// serve runs until ctx is done and lets the answers in flight finish.
func (a *app) serve(ctx context.Context, c config) error {
	log, err := logger(a.errOut, c.Log, slog.LevelDebug)
	if err != nil {
		return err
	}
	if err := c.checkAddr(c.Addr); err != nil {
		return usage(err)
	}
	if err := c.Slack.checkApart(map[string]string{"addr": c.Addr}); err != nil {
		return usage(err)
	}
	w, err := a.wire(ctx, c, log)
	if err != nil {
		return err
	}
	defer func() {
		if err := w.close(); err != nil {
			log.ErrorContext(context.WithoutCancel(ctx), "closing failed", "error", err)
		}
	}()
	platforms, err := w.platforms()
	if err != nil {
		return err
	}
	background, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.upkeep(background)
	}()
	defer func() { stop(); <-done }()

	ins, _ := w.catalogue.Insights()
	fmt.Fprintf(a.errOut, `Insightbot answers from %d saved insights. %s
Ask in a terminal: insightbot chat. Your own data: see README.md, "Your own data".
%s
`, len(ins), c.openAt(), c.slackState())
	if c.Slack.clientID != "" {
		fmt.Fprintln(a.errOut, "To let one more workspace in: insightbot slack install")
	}
	if err := w.sayCode(ctx); err != nil {
		return err
	}
	return bot.Run(ctx, chat.Chain(w.bot, w.middleware(bot.Limit(c.Limits.limits(), w.now))...), platforms...)
}

// openAt says where the pages are.
func (c config) openAt() string {
	if c.Console != "" {
		return "Web console: " + c.Console + "\nTo open it, say \"signin\" to the bot, or run: insightbot signin"
	}
	return "Playground: http://" + c.Addr
}

// slackState says whether Slack is to be connected, and how.
func (c config) slackState() string {
	switch {
	case !c.Slack.on():
		return "Slack is not connected: docs/slack.md shows how, in ten minutes."
	case c.Slack.app != "":
		return "Slack: connecting by Socket Mode …"
	default:
		return "Slack: waiting for it by HTTP, on " + c.Slack.Addr + " …"
	}
}

// checkAddr reports why the pages cannot be served on an address.
func (c config) checkAddr(addr string) error {
	if c.Console != "" {
		return web.CheckSignInAddr(addr)
	}
	return web.CheckAddr(addr)
}

// sayCode tells whoever started the program how the first admin comes to be,
// while there is none. The code is of this process alone and is kept nowhere.
func (w *wiring) sayCode(ctx context.Context) error {
	policy, err := w.store.Policy(ctx)
	if err != nil {
		return err
	}
	if policy.HasAdmin("web", w.workspace()) && (!w.config.Slack.on() || hasAdminOn(policy, slack.Name)) {
		return nil
	}
	where := "the bot"
	if w.config.Slack.on() {
		where = "the bot in a direct message in Slack"
	}
	fmt.Fprintf(w.errOut, `Nobody may see anything there yet, because there is no admin. To become the first one, say this to %s: claim %s
The rules are explained in docs/access.md.
`, where, w.code)
	return nil
}

// hasAdminOn reports whether some workspace of a platform has an admin.
func hasAdminOn(policy access.Policy, platform string) bool {
	return slices.ContainsFunc(policy.People, func(p access.Person) bool {
		return p.Platform == platform && policy.HasAdmin(platform, p.Workspace)
	})
}

// upkeep reads the catalogue again from time to time and ends the retention of
// old questions, until ctx is done.
func (w *wiring) upkeep(ctx context.Context) {
	tick := time.NewTicker(upkeepEvery)
	defer tick.Stop()
	for {
		w.forget(ctx)
		w.forgetOld(ctx)
		w.noteHead(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		w.resync(ctx)
	}
}

// resync reads the sources anew. One that takes too long does not hold up the
// end of retention: it is read with the next turn.
func (w *wiring) resync(ctx context.Context) {
	bound, cancel := context.WithTimeout(ctx, upkeepEvery)
	defer cancel()
	if err := w.catalogue.Sync(bound); err != nil && ctx.Err() == nil {
		w.log.WarnContext(ctx, "the sources could not all be read in time", "error", err)
	}
}

// failing are the sources that could not be read the last time.
func (w *wiring) failing() []string {
	return slices.Sorted(maps.Keys(w.catalogue.Snapshot().Problems))
}

// forget ends the retention of old questions. Where the store is busy the next
// turn does it.
func (w *wiring) forget(ctx context.Context) {
	n, err := w.store.DeleteAsksBefore(ctx, w.now().Add(-retention))
	switch {
	case errors.Is(err, storage.ErrBusy), ctx.Err() != nil:
	case err != nil:
		w.log.ErrorContext(ctx, "old questions could not be deleted", "error", err)
	case n > 0:
		w.log.InfoContext(ctx, "old questions deleted", "count", n)
	}
}

// forgetOld ends the retention of everything else. Where the store is busy the
// next turn does it.
func (w *wiring) forgetOld(ctx context.Context) {
	n, err := w.store.ForgetOld(ctx, w.now())
	switch {
	case errors.Is(err, storage.ErrBusy), ctx.Err() != nil:
	case err != nil:
		w.log.ErrorContext(ctx, "what is kept no longer could not be deleted", "error", err)
	case n > 0:
		w.log.InfoContext(ctx, "what is kept no longer was deleted", "count", n)
	}
}

// noteHead writes the head of the audit log into the program's log once a day.
// Kept outside this machine, it proves later that no older file was put back.
func (w *wiring) noteHead(ctx context.Context) {
	if w.now().Sub(w.headNoted) < 24*time.Hour {
		return
	}
	head, err := w.store.VerifyAudit(ctx, "")
	switch {
	case ctx.Err() != nil, errors.Is(err, storage.ErrBusy):
		return
	case err != nil:
		w.log.ErrorContext(ctx, "the audit log does not verify", "error", err)
	default:
		w.log.InfoContext(ctx, "audit log verified", "rows", head.Rows, "head", head.Head)
	}
	w.headNoted = w.now()
}

// platforms is the table of transports. A new one is a line here.
func (w *wiring) platforms() ([]chat.Platform, error) {
	var list []chat.Platform
	for _, open := range []func(*wiring) (chat.Platform, error){openWeb, openSlack, openHooks} {
		p, err := open(w)
		if err != nil {
			return nil, err
		}
		if p != nil {
			list = append(list, p)
		}
	}
	return list, nil
}

// openWeb is the playground, with the people and channels of the demo company,
// or the console for other machines, where everybody is who they signed in as.
func openWeb(w *wiring) (chat.Platform, error) {
	c := web.Config{
		Addr: w.config.Addr, Title: "Insightbot", Tagline: "Answers from saved insights", Welcome: chat.Call{Command: "help"},
		ReadOnly: readOnly, Known: known, Log: w.log.With("platform", "web"), Now: w.now,
	}
	if w.config.Console == "" {
		c.Users, c.Places, c.Purpose = playgroundUsers(), playgroundPlaces(w.workspace()), purposes()
		return web.New(c)
	}
	u, err := url.Parse(w.config.Console)
	if err != nil {
		return nil, fmt.Errorf("settings: console: %w", err)
	}
	c.AllowRemote, c.Secure, c.Hosts = true, u.Scheme == "https", []string{u.Hostname()}
	c.SignIn = func(ctx context.Context, token string) (chat.User, chat.Place, error) {
		user, place, err := w.store.RedeemSignIn(ctx, token, w.now())
		if errors.Is(err, storage.ErrSignIn) {
			err = fmt.Errorf("%w: %w", web.ErrSignIn, err)
		}
		return user, place, err
	}
	return web.New(c)
}

// known reports whether there is a command of that name.
func known(command string) bool {
	return slices.ContainsFunc(handlers.Commands(), func(c handlers.Command) bool { return c.Name == command })
}

// readOnly reports whether a command changes nothing, so that a link may call
// it.
func readOnly(command string) bool {
	for _, c := range handlers.Commands() {
		if c.Name == command {
			return c.ReadOnly
		}
	}
	return false
}
