package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"insightbot/bot/hook"
	"insightbot/chat"
	"insightbot/insight"
	"insightbot/match"
	"insightbot/source"
	"insightbot/source/demo"
	"insightbot/source/guard"
	"insightbot/source/posthog"
	sqlsource "insightbot/source/sql"
)

// opener opens a source of one type.
type opener func(ctx context.Context, w *wiring, s sourceConfig) (insight.Source, error)

// openSources opens every source of the settings, the demo when there is none,
// and reads the catalogue.
func (w *wiring) openSources(ctx context.Context) error {
	for _, s := range w.config.sourceList() {
		src, err := sources()[s.Type].open(ctx, w, s)
		if err != nil {
			return fmt.Errorf("source %s: %w", s.Name, err)
		}
		w.sources = append(w.sources, src)
		if c, ok := src.(io.Closer); ok {
			w.closers = append(w.closers, c)
		}
	}
	var err error
	w.catalogue, err = source.New(source.Config{
		Sources: w.sources, Cache: w.store, Results: source.Results{MaxBytes: resultBytes, Limits: source.Limits{Fresh: freshFor, Stale: staleFor}},
		Limits: w.config.limitsOf, Log: w.log, Now: w.now,
		Asked: func(ctx context.Context) (map[string]int, error) {
			return w.store.Asked(ctx, w.now().Add(-askedWindow))
		},
	})
	if err != nil {
		return err
	}
	// It ends before its sources do: what it renews runs in them.
	w.closers = append(w.closers, closing(w.catalogue.Close))
	return w.catalogue.Sync(ctx)
}

// closing is something to close that cannot fail.
type closing func()

// Close implements io.Closer.
func (c closing) Close() error {
	c()
	return nil
}

const (
	// resultBytes is how much memory results may take, of all sources together.
	resultBytes = 64 << 20
	// freshFor and staleFor are those of sources that say nothing.
	freshFor, staleFor = time.Minute, 10 * time.Minute
)

// limitsOf is what the settings say of the results of a source. The demo runs in
// the program and is asked anew each time.
func (c *config) limitsOf(name string) source.Limits {
	for _, s := range c.sourceList() {
		if s.Name == name {
			return source.Limits{Fresh: s.Fresh, Stale: s.Stale, NoCache: s.Fresh < 0 || s.Type == demo.Name}
		}
	}
	return source.Limits{}
}

// sourceList are the sources of the settings, the demo when there is none.
func (c *config) sourceList() []sourceConfig {
	if len(c.Sources) == 0 {
		return []sourceConfig{{Name: demo.Name, Type: demo.Name}}
	}
	return c.Sources
}

// openDemo opens the embedded company, making its data at the first start.
func openDemo(ctx context.Context, w *wiring, _ sourceConfig) (insight.Source, error) {
	return demo.Open(ctx, demo.Config{Dir: w.config.Data, Now: w.now, Log: w.log, Progress: progress(w.errOut)})
}

// calendar is the zone of a source, and its first day of the week.
func (s *sourceConfig) calendar() (*time.Location, time.Weekday, error) {
	zone, err := zoneNamed(s.Zone)
	if err != nil {
		return nil, 0, err
	}
	weekStart, err := weekday(s.WeekStart)
	return zone, weekStart, err
}

// openSQL opens a database of the user's own.
func openSQL(ctx context.Context, w *wiring, s sourceConfig) (insight.Source, error) {
	zone, weekStart, err := s.calendar()
	if err != nil {
		return nil, err
	}
	return sqlsource.Open(ctx, sqlsource.Config{
		Name: s.Name, Type: s.Type, Path: s.Path, DSN: insight.Secret(s.Address.Reveal()), CAFile: s.CAFile,
		Dir: s.Insights, Zone: zone, WeekStart: weekStart, Period: knownPeriod,
		Timeout: s.Timeout, MaxRows: s.MaxRows, Concurrency: s.Concurrency, Log: w.log, Now: w.now,
	})
}

// knownPeriod says whether a default period of an insight can be read.
func knownPeriod(phrase string) error {
	if _, ok := match.ReadPeriod(phrase, match.Clock{Now: time.Now(), Zone: time.UTC, WeekStart: time.Monday}); !ok {
		return fmt.Errorf("%q is not a period, such as \"last 30 days\"", phrase)
	}
	return nil
}

// fewDays is how many missing days are added without a word: it takes no time
// that anybody would notice.
const fewDays = 14

// progress draws a bar on a terminal and says one line elsewhere.
func progress(w io.Writer) func(done, total int) {
	const what = "Making the data of the demo company"
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		said := false
		return func(_, total int) {
			if !said && total > fewDays {
				fmt.Fprintln(w, what+" (once, a few seconds) …")
				said = true
			}
		}
	}
	var bar *progressbar.ProgressBar
	return func(done, total int) {
		if total <= fewDays {
			return
		}
		if bar == nil {
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(w), progressbar.OptionClearOnFinish(),
				progressbar.OptionSetDescription(what), progressbar.OptionSetWidth(30))
		}
		bar.Set(done) //nolint:errcheck // a bar that cannot be drawn stops nothing
	}
}

// openPostHog opens a project of PostHog.
func openPostHog(_ context.Context, w *wiring, s sourceConfig) (insight.Source, error) {
	u, err := url.Parse(s.Host)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("host %q is not an address such as https://eu.posthog.com", s.Host)
	}
	private, err := s.private()
	if err != nil {
		return nil, err
	}
	g, err := guard.New(guard.Config{Hosts: []string{u.Host}, Private: private})
	if err != nil {
		return nil, err
	}
	return posthog.Open(posthog.Config{
		Name: s.Name, Host: s.Host, Project: s.Project, Key: insight.Secret(s.Key.Reveal()), Tags: s.Tags, Guard: g, Plain: len(private) > 0,
		Timeout: s.Timeout, Concurrency: s.Concurrency, MaxRows: s.MaxRows, State: w.store, Log: w.log, Now: w.now,
	})
}

// openHooks takes notices of changes, where a source has a secret for them.
func openHooks(w *wiring) (chat.Platform, error) {
	secrets := map[string]chat.Secret{}
	for _, s := range w.config.Sources {
		if s.HookSecret != "" {
			secrets[s.Name] = s.HookSecret
		}
	}
	if len(secrets) == 0 {
		return nil, nil //nolint:nilnil // no platform is no error: see platforms
	}
	return hook.New(hook.Config{
		Addr: w.config.Hooks.Addr, Secrets: secrets, Sync: w.syncNow, Log: w.log.With("platform", "hook"), Now: w.now,
	})
}

// syncNow reads one source anew, whatever is due there.
func (w *wiring) syncNow(ctx context.Context, name string) error {
	for _, s := range w.sources {
		if now, ok := s.(interface{ SyncNow(context.Context) error }); ok && s.Name() == name {
			if err := now.SyncNow(ctx); err != nil {
				return err
			}
		}
	}
	return w.catalogue.SyncSource(ctx, name)
}
