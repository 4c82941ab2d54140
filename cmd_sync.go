package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/spf13/cobra"

	"insightbot/insight"
	"insightbot/source"
)

// syncJSON is what reading one source gave, as scripts read it.
type syncJSON struct {
	Source   string       `json:"source"`
	Insights int          `json:"insights"`
	Changes  []syncedJSON `json:"changes"`
	// Problems are what could not be loaded; the rest is served meanwhile.
	Problems []string `json:"problems"`
}

type syncedJSON struct {
	Kind  source.ChangeKind `json:"kind"`
	ID    string            `json:"id"`
	Title string            `json:"title"`
}

// syncCommand reads the sources anew.
func (a *app) syncCommand() *cobra.Command {
	var asJSON bool
	var only string
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Read what is saved in the sources now, and say what changed",
		Long: `Read what is saved in the sources now, and say what was added, changed or went away since the bot last read them. A bot that
serves reads them by itself, every five minutes. Exit codes: 0 all was read, 1 something could not be loaded.`,
		Example: "  insightbot sync\n  insightbot sync --source product --json",
		Args:    exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			w, before, err := a.wireKnown(cmd.Context())
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, w.close()) }()
			if only != "" && !slices.ContainsFunc(w.sources, func(s insight.Source) bool { return s.Name() == only }) {
				return usage(fmt.Errorf("there is no source %q; the settings name %s", only, sourceNames(w.sources)))
			}
			for _, s := range w.sources {
				// What cannot be read is among the problems below.
				if only == "" || s.Name() == only {
					_ = w.syncNow(cmd.Context(), s.Name()) //nolint:errcheck // see above
				}
			}
			all := w.synced(before, only)
			if asJSON {
				err = printJSON(a, all)
			} else {
				a.printSynced(all)
			}
			if err == nil && slices.ContainsFunc(all, func(s syncJSON) bool { return len(s.Problems) > 0 }) {
				return &exitError{code: exitFailed}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	cmd.Flags().StringVar(&only, "source", "", "say what changed in this source alone")
	return cmd
}

// wireKnown opens everything, which reads every source, and returns what was
// known of them before that.
func (a *app) wireKnown(ctx context.Context) (*wiring, source.Snapshot, error) {
	c, err := a.settings()
	if err != nil {
		return nil, source.Snapshot{}, err
	}
	log, err := logger(a.errOut, c.Log, slog.LevelError)
	if err != nil {
		return nil, source.Snapshot{}, err
	}
	w := a.newWiring(c, log)
	var before source.Snapshot
	err = w.openStore(ctx, a.getenv)
	for _, s := range c.sourceList() {
		if err != nil {
			break
		}
		var known []insight.Insight
		known, err = w.store.LoadCatalogue(ctx, s.Name)
		before.Insights = append(before.Insights, known...)
	}
	if err == nil {
		err = w.openSources(ctx)
	}
	if err != nil {
		return nil, source.Snapshot{}, errors.Join(err, w.close())
	}
	return w, before, nil
}

// synced is what changed since, source by source.
func (w *wiring) synced(before source.Snapshot, only string) []syncJSON {
	now := w.catalogue.Snapshot()
	all := []syncJSON{}
	for _, s := range w.sources {
		if only != "" && s.Name() != only {
			continue
		}
		j := syncJSON{Source: s.Name(), Changes: []syncedJSON{}, Problems: []string{}}
		for _, in := range now.Insights {
			if in.Source == s.Name() {
				j.Insights++
			}
		}
		for _, c := range source.Changes(of(before, s.Name()), of(now, s.Name())) {
			j.Changes = append(j.Changes, syncedJSON(c))
		}
		if err := now.Problems[s.Name()]; err != nil {
			for _, p := range insight.Problems(err) {
				j.Problems = append(j.Problems, p.Error())
			}
			if len(j.Problems) == 0 {
				j.Problems = []string{hideSecrets(err.Error())}
			}
		}
		all = append(all, j)
	}
	return all
}

// of is the part of a snapshot that comes from one source.
func of(s source.Snapshot, name string) source.Snapshot {
	s.Insights = slices.DeleteFunc(slices.Clone(s.Insights), func(in insight.Insight) bool { return in.Source != name })
	return s
}

// fewSynced is how many changes are named one by one.
const fewSynced = 20

func (a *app) printSynced(all []syncJSON) {
	for _, s := range all {
		fmt.Fprintf(a.out, "%s: %d insights, %d changes\n", s.Source, s.Insights, len(s.Changes))
		for i, c := range s.Changes {
			if i == fewSynced {
				fmt.Fprintf(a.out, "  … and %d more; --json names all\n", len(s.Changes)-fewSynced)
				break
			}
			fmt.Fprintf(a.out, "  %-7s %s  %s\n", c.Kind, plainLines(c.ID), plainLines(c.Title))
		}
		for _, p := range s.Problems {
			fmt.Fprintf(a.out, "  problem %s\n", plainLines(p))
		}
	}
}
