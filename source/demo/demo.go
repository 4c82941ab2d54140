package demo

import (
	"context"
	"fmt"
	"time"

	"insightbot/insight"
	sqlsource "insightbot/source/sql"
)

// Name is the name of the source: its insights are called demo/….
const Name = "demo"

// Source is the demo company as a source. Whenever its insights are listed it
// also adds what happened since, so that a bot that runs for weeks answers
// from fresh data.
type Source struct {
	*sqlsource.Source
	config Config
}

// Open fills the file of demo data up to now and opens its insights for
// reading. It fails when the folder cannot be written to, and when something
// else lies where the file should be: the error then says what to delete.
// Close the source when it is no longer used.
func Open(ctx context.Context, cfg Config) (*Source, error) {
	f, err := newFiller(cfg)
	if err != nil {
		return nil, err
	}
	if err := f.fill(ctx); err != nil {
		return nil, err
	}
	saved, err := insights(f.calendar, f.world.origin)
	if err != nil {
		return nil, err
	}
	source, err := sqlsource.Open(ctx, sqlsource.Config{
		Name: Name, Path: f.path, Insights: saved, Dir: "demo/insights", Zone: f.zone, WeekStart: time.Monday,
		Log: f.Log, Now: f.Now,
	})
	if err != nil {
		return nil, fmt.Errorf("demo: open: %w", err)
	}
	return &Source{Source: source, config: cfg}, nil
}

// Insights adds the data up to now and lists what is saved over it.
func (s *Source) Insights(ctx context.Context) ([]insight.Insight, error) {
	if _, err := Fill(ctx, s.config); err != nil {
		return nil, err
	}
	return s.Source.Insights(ctx)
}
