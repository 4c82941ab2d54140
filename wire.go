package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"insightbot/bot"
	"insightbot/chat"
	"insightbot/handlers"
	"insightbot/insight"
	"insightbot/render"
	"insightbot/source"
	"insightbot/storage"
)

// answerLimit is the longest that one answer may take, and so the longest that
// a shutdown waits for one.
const answerLimit = 30 * time.Second

// askedWindow is the time over which "how often asked" counts.
const askedWindow = 30 * 24 * time.Hour

// wiring is the bot, put together.
type wiring struct {
	config    config
	log       *slog.Logger
	errOut    io.Writer
	now       func() time.Time
	store     *storage.Store
	catalogue *source.Catalogue
	sources   []insight.Source
	bot       *handlers.Bot
	handler   chat.Handler
	person    func(platform, workspace, user string) string
	// installKey has to be known to install the app in one more workspace.
	installKey chat.Secret
	// code is what the first admin of a workspace has to say to this process.
	code string
	// headNoted is when the head of the audit log was last written down.
	headNoted time.Time
	closers   []io.Closer
}

// wire opens everything the bot needs and reads the catalogue. What it opened
// is closed by close, whatever it returns.
func (a *app) wire(ctx context.Context, c config, log *slog.Logger) (*wiring, error) {
	w := a.newWiring(c, log)
	if err := w.open(ctx, a.getenv); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// newWiring is a bot of which nothing is open yet.
func (a *app) newWiring(c config, log *slog.Logger) *wiring {
	return &wiring{config: c, log: log, errOut: a.errOut, now: time.Now, code: newCode()}
}

// open opens what the bot keeps and answers from, and puts it together.
func (w *wiring) open(ctx context.Context, getenv func(string) string) error {
	if err := w.openStore(ctx, getenv); err != nil {
		return err
	}
	if err := w.openSources(ctx); err != nil {
		return err
	}
	if err := w.seed(ctx); err != nil {
		return err
	}
	given, err := w.botConfig()
	if err != nil {
		return err
	}
	w.bot = handlers.New(given)
	w.handler = chat.Chain(w.bot, w.middleware()...)
	return nil
}

// openStore opens the bot's own database alone, which is all that rules, the
// audit log and people's data need: it is there while every source is down.
func (w *wiring) openStore(ctx context.Context, getenv func(string) string) error {
	c := w.config
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return fmt.Errorf("data directory: %w", err)
	}
	key, err := loadKey(c.Data, getenv)
	if err != nil {
		return err
	}
	person, err := key.person()
	if err != nil {
		return err
	}
	w.person = person
	auditKey, err := key.audit()
	if err != nil {
		return err
	}
	if w.installKey, err = key.install(); err != nil {
		return err
	}
	sealKey, err := key.seal()
	if err != nil {
		return err
	}
	w.store, err = storage.Open(ctx, c.database(), storage.Options{Log: w.log, Person: person, AuditKey: auditKey, SealKey: sealKey})
	if err != nil {
		return err
	}
	w.closers = append(w.closers, w.store)
	return nil
}

// database is the file of the bot's own database.
func (c config) database() string { return filepath.Join(c.Data, databaseName) }

// databaseName is the file of what the bot remembers, in its data directory.
const databaseName = "bot.db"

// botConfig is what the bot is made of, once everything is open.
func (w *wiring) botConfig() (handlers.Config, error) {
	c := w.config
	zone, err := c.zone()
	if err != nil {
		return handlers.Config{}, err
	}
	weekStart, err := weekday(c.WeekStart)
	if err != nil {
		return handlers.Config{}, err
	}
	return handlers.Config{
		Catalogue: w.catalogue, Painter: render.NewPainter(painterOptions(c)), Asks: w.store,
		Rules: w.rules(), Audit: w.store, Keeper: w.store, Privacy: w.store, SignIns: w.store, History: w.store, Shown: w.store, Failing: w.failing,
		Code: w.code, Console: c.Console, Person: w.person, Log: w.log, Now: w.now, Zone: zone, WeekStart: weekStart,
	}, nil
}

// middleware is what every request passes on its way to the bot; the limits of
// serving go in before the time of an answer begins.
func (w *wiring) middleware(limits ...chat.Middleware) []chat.Middleware {
	list := append([]chat.Middleware{bot.Log(w.log, w.now), bot.Recover(w.log)}, limits...)
	return append(list, bot.Timeout(answerLimit))
}

// painterOptions say where the fonts lie.
func painterOptions(c config) render.PainterOptions {
	return render.PainterOptions{FontDir: c.Fonts, SystemFonts: true}
}

// close closes what was opened, last first.
func (w *wiring) close() error {
	var errs []error
	for _, c := range slices.Backward(w.closers) {
		errs = append(errs, c.Close())
	}
	w.closers = nil
	return errors.Join(errs...)
}

// newRef makes a reference that people can read out: eight letters and digits.
func newRef() string { return rand.Text()[:8] }

// logger writes to w as the settings say, never below level least.
func logger(w io.Writer, c logConfig, least slog.Level) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		return nil, usage(fmt.Errorf("settings: log level %q is not one of debug, info, warn, error", c.Level))
	}
	o := &slog.HandlerOptions{Level: max(level, least), ReplaceAttr: hideSecretsIn}
	switch c.Format {
	case "json":
		return slog.New(slog.NewJSONHandler(w, o)), nil
	case "text":
		return slog.New(slog.NewTextHandler(w, o)), nil
	}
	return nil, usage(fmt.Errorf("settings: log format %q is not text or json", c.Format))
}
