// Package handlers is what the bot does: one file for each topic, and one
// table of commands from which help, completion and every platform's
// registration derive. It knows no platform and no kind of source.
package handlers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

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
	// RecordFeedback keeps what somebody said of an insight that answered, or
	// was offered for, the question with the reference ref: kind is "right" or
	// "not_meant".
	RecordFeedback(ctx context.Context, ref, insightID, kind string, at time.Time) error
}

// Config is what a Bot needs. Every field is required.
type Config struct {
	Catalogue Catalogue
	Painter   *render.Painter
	Asks      Log
	// Person gives the keyed hash under which the ask log knows a person.
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

	mu    sync.Mutex
	shelf *shelf
}

// New returns a Bot.
func New(c Config) *Bot { return &Bot{config: c, commands: commands()} }

// ErrCommand says that there is no such command.
var ErrCommand = errors.New("handlers: no such command")

// Answer runs the command that was called.
func (b *Bot) Answer(ctx context.Context, r *chat.Request) (*chat.Reply, error) {
	for _, c := range b.commands {
		if c.Name == r.Call.Command {
			reply, err := c.run(ctx, b, r)
			if err != nil {
				return nil, fmt.Errorf("handlers: %s: %w", c.Name, err)
			}
			reply.Ref = r.Ref
			return reply, nil
		}
	}
	return nil, fmt.Errorf("%w: %q", ErrCommand, r.Call.Command)
}

// shelf is what one audience may ask, made ready for matching. Everything a
// reply says of the catalogue comes from a shelf.
type shelf struct {
	revision int
	insights []insight.Insight
	words    *match.Vocabulary
	index    *match.Index
}

// shelfFor returns what can be asked in this request. This is the one place
// where the catalogue enters the handlers.
func (b *Bot) shelfFor(_ *chat.Request) *shelf {
	ins, revision := b.config.Catalogue.Insights()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shelf == nil || b.shelf.revision != revision {
		b.shelf = &shelf{
			revision: revision, insights: ins,
			words: match.NewVocabulary(ins),
			index: match.NewIndex(ins, match.Options{Now: b.config.Now()}),
		}
	}
	return b.shelf
}

// find returns an insight of the shelf by id.
func (s *shelf) find(id string) (insight.Insight, bool) {
	for _, in := range s.insights {
		if in.ID == id {
			return in, true
		}
	}
	return insight.Insight{}, false
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
