package sqlsource

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"

	"insightbot/insight"
	"insightbot/source"
)

// Config is what a Source needs. Only Name, Path or DSN, and Insights or Dir
// are required.
type Config struct {
	// Name prefixes the ids of the insights.
	Name string
	// Type is the kind of database; "" is TypeSQLite.
	Type string
	// Path is the SQLite file. It need not exist yet.
	Path string
	// DSN is the address of any other database, as its driver reads it, with
	// the name and the password of a role that can only read.
	DSN insight.Secret
	// CAFile holds the certificates that a server is checked against, in place
	// of those of the system; it makes the connection an encrypted one.
	CAFile string
	// Insights is the folder of YAML files, and Dir what it is called in
	// problems. With Insights nil, the folder Dir itself is read.
	Insights fs.FS
	Dir      string
	// Zone and WeekStart are those of insights that name none; Zone nil is
	// UTC. The zero WeekStart is Sunday.
	Zone      *time.Location
	WeekStart time.Weekday
	// Period says what is wrong with a default period; nil takes any.
	Period func(phrase string) error
	// MaxRows and MaxBytes bound what one statement returns (10,000 rows,
	// 16 MB); Timeout is how long one run may take (20 s); Concurrency is how
	// many run at once (4).
	MaxRows, MaxBytes int
	Timeout           time.Duration
	Concurrency       int
	// Log may be nil: nothing is logged. Now may be nil: time.Now.
	Log *slog.Logger
	Now func() time.Time
}

// Source is a database and the insights over it. It is safe for use by many
// goroutines.
type Source struct {
	config Config
	engine engine
	db     *sql.DB
	gate   *source.Gate

	mu          sync.RWMutex
	definitions map[string]definition
	fresh       map[string]freshness
}

var _ insight.Source = (*Source)(nil)

// firstLook is how long a start waits for a database.
const firstLook = 3 * time.Second

// Open makes a Source. It fails when the configuration is wrong; a database
// that cannot be reached now is logged and tried again with each run. Close
// it when it is no longer used.
func Open(ctx context.Context, c Config) (*Source, error) {
	c.defaults()
	e, err := engineOf(c.Type)
	if err != nil {
		return nil, err
	}
	if c.Name == "" || c.Path == "" && c.DSN == "" {
		return nil, errors.New("sqlsource: open: a source needs a name, and a path or an address")
	}
	if c.Insights == nil {
		if c.Dir == "" {
			return nil, fmt.Errorf("sqlsource: open %s: a source needs a folder of insights", c.Name)
		}
		c.Insights = os.DirFS(c.Dir)
	}
	if c.Dir == "" {
		c.Dir = "insights"
	}
	db, err := e.open(c)
	if err != nil {
		return nil, fmt.Errorf("sqlsource: open %s: %w", c.Name, err)
	}
	pool(db, e, c.Concurrency)
	s := &Source{
		config: c, engine: e, db: db, gate: source.NewGate(c.Concurrency, queueFactor*c.Concurrency), fresh: map[string]freshness{},
	}
	look, cancel := context.WithTimeout(ctx, firstLook)
	defer cancel()
	if err := db.PingContext(look); err != nil && ctx.Err() == nil {
		c.Log.WarnContext(ctx, "the database of a source cannot be opened now", "source", c.Name, "error", err)
	}
	return s, nil
}

// pool bounds the connections to a database. One more than may run is for
// stopping those that do.
func pool(db *sql.DB, e engine, running int) {
	const idle = 5 * time.Minute
	if e.stop != nil {
		running++
	}
	db.SetMaxOpenConns(running)
	db.SetMaxIdleConns(running)
	db.SetConnMaxIdleTime(idle)
}

// defaults fills in what was left out.
func (c *Config) defaults() {
	if c.Type == "" {
		c.Type = TypeSQLite
	}
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	if c.MaxRows <= 0 {
		c.MaxRows = 10_000
	}
	if c.MaxBytes <= 0 {
		c.MaxBytes = 16_000_000
	}
	if c.Timeout <= 0 {
		c.Timeout = 20 * time.Second
	}
	if c.Concurrency <= 0 {
		c.Concurrency = 4
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
}

// Name implements insight.Source.
func (s *Source) Name() string { return s.config.Name }

// Close closes the database.
func (s *Source) Close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("sqlsource: close %s: %w", s.config.Name, err)
	}
	return nil
}

// Insights implements insight.Source: it reads the folder anew, and the values
// of the dimensions that the database knows. The error joins a Problem for
// each insight that was left out, and for each dimension whose values could
// not be read: nobody can filter by it until they can.
func (s *Source) Insights(ctx context.Context) ([]insight.Insight, error) {
	f, problems := loadFolder(s.config.Insights, s.config.Dir, settings{
		source: s.config.Name, zone: s.config.Zone, weekStart: s.config.WeekStart, period: s.config.Period, fault: s.engine.fault,
	})
	problems = append(problems, s.fillValues(ctx, f)...)
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("sqlsource: insights of %s: %w", s.config.Name, err)
	}
	definitions := make(map[string]definition, len(f.insights))
	insights := make([]insight.Insight, 0, len(f.insights))
	for _, d := range f.insights {
		definitions[d.insight.ID] = d
		insights = append(insights, d.insight)
	}
	s.mu.Lock()
	s.definitions = definitions
	s.mu.Unlock()
	errs := make([]error, len(problems))
	for i, p := range problems {
		errs[i] = p
	}
	return insights, errors.Join(errs...)
}

// definition finds what an insight stands for, reading the folder first if
// that never happened.
func (s *Source) definition(ctx context.Context, id string) (definition, error) {
	s.mu.RLock()
	loaded := s.definitions != nil
	d, ok := s.definitions[id]
	s.mu.RUnlock()
	if !loaded {
		if _, err := s.Insights(ctx); err != nil {
			s.config.Log.WarnContext(ctx, "some insights could not be loaded", "source", s.config.Name, "error", err)
		}
		s.mu.RLock()
		d, ok = s.definitions[id]
		s.mu.RUnlock()
	}
	if !ok {
		return definition{}, fmt.Errorf("no insight %q: %w", id, insight.ErrUnknown)
	}
	return d, nil
}
