package demo

import (
	"cmp"
	"context"
	stdsql "database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	sqlsource "insightbot/source/sql"
)

// Config says where the demo keeps its data and what time it is.
type Config struct {
	// Dir is the folder the file lies in; it is made when it is missing.
	Dir string
	// Now gives the current time; nil means time.Now.
	Now func() time.Time
	// Progress is told how many of the missing days are written. May be nil.
	Progress func(done, total int)
	// Log may be nil.
	Log *slog.Logger
	// first is the first day of a new file; 0 means eighteen months ago.
	// Tests set it: short files are made quickly.
	first int
}

// fileName is the name of the data in Config.Dir.
const fileName = "fernfold.sqlite"

// chunk is how many days are written in one transaction. A process that is
// killed loses at most one chunk, which the next start makes again.
const chunk = 24

// Fill makes the file of demo data, or adds what is missing up to now, and
// returns its path. Several processes may do so at once: they take turns.
func Fill(ctx context.Context, cfg Config) (string, error) {
	f, err := newFiller(cfg)
	if err != nil {
		return "", err
	}
	return f.path, f.fill(ctx)
}

// filler fills one file.
type filler struct {
	Config
	calendar
	path  string
	now   time.Time
	world *world
	total int
}

func newFiller(cfg Config) (*filler, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Progress == nil {
		cfg.Progress = func(int, int) {}
	}
	zone, err := time.LoadLocation(zoneName)
	if err != nil {
		return nil, fmt.Errorf("demo: zone of the company: %w", err)
	}
	path, err := filepath.Abs(filepath.Join(cfg.Dir, fileName))
	if err != nil {
		return nil, fmt.Errorf("demo: place of the data: %w", err)
	}
	f := &filler{Config: cfg, calendar: calendar{zone}, path: path, now: cfg.Now()}
	if first := f.date(founded); f.now.Before(first.AddDate(0, reported, 0)) {
		return nil, fmt.Errorf("demo: the clock says %s, but the demo company opened on %s: check the clock of this machine",
			f.now.Format(time.DateOnly), first.Format(time.DateOnly))
	}
	return f, nil
}

// fill brings the file up to now.
func (f *filler) fill(ctx context.Context) error {
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return fmt.Errorf("demo: folder of the data: %w", err)
	}
	if err := inspect(f.path); err != nil {
		return err
	}
	db, err := sqlsource.Create(ctx, f.path)
	if err != nil {
		return blame(f.path, err)
	}
	defer db.Close() //nolint:errcheck // everything is committed by then
	began := time.Now()
	st, err := f.open(ctx, db)
	if err != nil {
		return err
	}
	if st.until < f.now.Unix() {
		f.Log.InfoContext(ctx, "filling the demo data", "path", f.path, "from", time.Unix(st.until, 0).UTC())
	}
	f.total = max(0, f.dayOf(f.now)-f.dayOf(time.Unix(st.until, 0))+1)
	for st.until < f.now.Unix() {
		if st, err = f.advance(ctx, db, st); err != nil {
			return err
		}
	}
	if err := f.finish(ctx, db, st); err != nil {
		return err
	}
	f.Log.DebugContext(ctx, "demo data ready", "path", f.path, "took", time.Since(began))
	return nil
}

// open reads how far the file is, and writes everybody who was there before
// its first day when it is new.
func (f *filler) open(ctx context.Context, db *stdsql.DB) (state, error) {
	var st state
	err := transact(ctx, db, func(tx *stdsql.Tx) error {
		var fresh bool
		var err error
		if st, fresh, err = begin(ctx, tx, f.calendar, cmp.Or(f.first, f.origin(f.now))); err != nil {
			return blame(f.path, err)
		}
		f.world = newWorld(f.zone, st.origin, max(f.dayOf(f.now), st.origin))
		if !fresh {
			return nil
		}
		w := newWriter(tx)
		w.people(ctx, f.world.before(), st.until)
		return w.end(ctx)
	})
	return st, err
}

// advance writes chunks until everything is written or another process turns
// out to have been faster, whose state is then returned.
func (f *filler) advance(ctx context.Context, db *stdsql.DB, st state) (state, error) {
	ctx, stop := context.WithCancel(ctx)
	batches := make(chan *batch, chunk)
	go f.generate(ctx, st.until, batches)
	defer func() {
		stop()
		for range batches { // the generator has ended when this does
		}
	}()
	for st.until < f.now.Unix() {
		var these []*batch
		for b := range batches {
			if these = append(these, b); len(these) == chunk {
				break
			}
		}
		if len(these) == 0 {
			return st, fmt.Errorf("demo: filling was stopped: %w", context.Cause(ctx))
		}
		next, err := f.write(ctx, db, these)
		if err != nil {
			return st, err
		}
		if next.until != these[len(these)-1].to {
			return next, nil
		}
		st = next
		f.Progress(f.total-max(0, f.dayOf(f.now)-these[len(these)-1].day), f.total)
	}
	return st, nil
}

// generate makes the batches from an instant to now.
func (f *filler) generate(ctx context.Context, from int64, batches chan<- *batch) {
	defer close(batches)
	now := f.now.Unix()
	for day := f.dayOf(time.Unix(from, 0)); f.start(day) < now; day++ {
		select {
		case batches <- f.world.batch(day, from, now):
		case <-ctx.Done():
			return
		}
	}
}

// write writes some batches in one transaction, unless the file has moved on.
func (f *filler) write(ctx context.Context, db *stdsql.DB, these []*batch) (state, error) {
	var st state
	err := transact(ctx, db, func(tx *stdsql.Tx) error {
		var err error
		if st, _, err = begin(ctx, tx, f.calendar, f.world.origin); err != nil {
			return blame(f.path, err)
		}
		if st.until != these[0].from {
			return nil
		}
		w := newWriter(tx)
		for _, b := range these {
			if err := w.batch(ctx, f.world, b); err != nil {
				return err
			}
		}
		if err := w.end(ctx); err != nil {
			return err
		}
		st.until = these[len(these)-1].to
		return setUntil(ctx, tx, st.until)
	})
	return st, err
}
