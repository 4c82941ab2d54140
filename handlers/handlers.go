// Package handlers is what the bot does: one file for each topic, and one
// table of commands from which help, completion and every platform's
// registration derive. It knows no platform and no kind of source.
package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
	"insightbot/match"
	"insightbot/render"
)

// Catalogue is what is saved, and the way to run it.
type Catalogue interface {
	// Insights returns everything that is saved, in order of ids, and a
	// revision that changes with it. The slice must not be changed.
	Insights() ([]insight.Insight, int)
	// Run runs one of them, with the errors of insight.Source.
	Run(ctx context.Context, in insight.Insight, q insight.Query) (insight.Result, error)
}

// Log keeps what was asked and what people said of the answers.
type Log interface {
	// RecordAsk keeps one question and what became of it.
	RecordAsk(ctx context.Context, a chat.Ask) error
	// RecordFeedback keeps what a person (by keyed hash) said of an insight
	// that answered, or was offered for, their own question with the reference
	// ref: kind is "right" or "not_meant".
	RecordFeedback(ctx context.Context, ref, person, insightID, kind string, at time.Time) error
	// SawPlace remembers that the bot was used in a place.
	SawPlace(ctx context.Context, p chat.Place, at time.Time) error
}

// History tells what was asked before, and what nothing answered.
type History interface {
	// RecentAsks are the last n questions of a person (by keyed hash) that
	// something answered or was offered for, the newest first, each once.
	RecentAsks(ctx context.Context, person string, n int) ([]chat.Ask, error)
	// Unanswered are the n questions that were asked most in a workspace since
	// a moment and that nothing answered.
	Unanswered(ctx context.Context, platform, workspace string, since time.Time, n int) ([]chat.Unanswered, error)
}

// Shown remembers which version of an insight was shown last.
type Shown interface {
	// NoteShown remembers that a version was shown in a place to all who read
	// there when person is "", else to that person (by keyed hash) alone. It
	// returns what was shown before; the zero Shown is nothing.
	NoteShown(ctx context.Context, p chat.Place, person, insight, version string, at time.Time) (access.Shown, error)
}

// Rules finds what admins decided that concerns one person in one place. It is
// asked for each request, so that a changed rule holds at once.
type Rules interface {
	Rules(ctx context.Context, u chat.User, p chat.Place) (access.Rules, error)
}

// Audit is the append-only log of what was decided, denied and taken away.
type Audit interface {
	RecordEvent(ctx context.Context, e access.Event) error
}

// Keeper keeps the rules of access and people's wishes for it. Its changes
// write their own audit lines.
type Keeper interface {
	Policy(ctx context.Context) (access.Policy, error)
	ChangePolicy(ctx context.Context, by access.Event, change func(*access.Policy) error) ([]access.Change, error)
	SeenChannels(ctx context.Context, since time.Time) ([]access.Seen, error)
	OpenRequest(ctx context.Context, r access.Request) (access.Request, bool, error)
	Requests(ctx context.Context, state access.RequestState) ([]access.Request, error)
	DecideRequest(ctx context.Context, id int64, by access.Event, state access.RequestState, role string,
		change func(*access.Policy, access.Request) error) (access.Request, []access.Change, error)
	Events(ctx context.Context, n int) ([]access.Event, error)
}

// Privacy keeps what concerns the privacy of one person.
type Privacy interface {
	OptOut(ctx context.Context, person string) (bool, error)
	SetOptOut(ctx context.Context, person string, out bool, at time.Time) error
	PersonalData(ctx context.Context, who access.Key) (access.Personal, error)
	ErasePerson(ctx context.Context, who access.Key, by access.Event) (int, error)
}

// SignIns makes links to the web console that work once.
type SignIns interface {
	MakeSignIn(ctx context.Context, u chat.User, p chat.Place, expires time.Time) (token string, err error)
}

// Config is what a Bot needs. Every field is required but those that say so.
type Config struct {
	Catalogue Catalogue
	Painter   *render.Painter
	Asks      Log
	Rules     Rules
	Audit     Audit
	Keeper    Keeper
	Privacy   Privacy
	SignIns   SignIns
	// History may be nil: then nobody is shown what was asked before.
	History History
	// Shown may be nil: then nobody is told that a definition changed.
	Shown Shown
	// Failing returns the names of the sources that could not be loaded lately;
	// it may be nil.
	Failing func() []string
	// Forgets says that what is asked is kept nowhere, as in a rehearsal.
	Forgets bool
	// Code is what the first admin of a workspace has to say; "" when nobody
	// can become one that way.
	Code string
	// Console is the address of the web console for other machines, without a
	// slash at its end; "" when there is none.
	Console string
	// Person gives the keyed hash under which the logs know a person.
	Person func(platform, workspace, user string) string
	Log    *slog.Logger
	Now    func() time.Time
	// Zone and WeekStart are what words like "yesterday" mean before it is
	// known which insight answers; then the insight's own zone counts.
	Zone      *time.Location
	WeekStart time.Weekday
}

// Bot answers requests. It is safe for use by many goroutines.
type Bot struct {
	config   Config
	commands []Command

	shelves shelves
	// claimed is set when the code made its one admin.
	claimed atomic.Bool
}

// New returns a Bot.
func New(c Config) *Bot { return &Bot{config: c, commands: commands()} }

// ErrCommand says that there is no such command.
var ErrCommand = errors.New("handlers: no such command")

// Answer runs the command that was called.
func (b *Bot) Answer(ctx context.Context, r *chat.Request) (*chat.Reply, error) {
	for _, c := range b.commands {
		if c.Name != r.Call.Command {
			continue
		}
		v, err := b.visit(ctx, r)
		if err != nil {
			return nil, err
		}
		reply, err := c.run(ctx, b, v)
		if err != nil {
			return nil, fmt.Errorf("handlers: %s: %w", c.Name, err)
		}
		v.close(ctx, reply)
		return reply, nil
	}
	return nil, fmt.Errorf("%w: %q", ErrCommand, r.Call.Command)
}

// clock is the calendar of questions that no insight has claimed yet.
func (b *Bot) clock() match.Clock {
	return match.Clock{Now: b.config.Now(), Zone: b.config.Zone, WeekStart: b.config.WeekStart}
}

// clockFor is the calendar of one insight, so that everybody who asks it gets
// the same days.
func (b *Bot) clockFor(in insight.Insight) match.Clock {
	return match.Clock{Now: b.config.Now(), Zone: in.Zone, WeekStart: in.WeekStart}
}
