package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"insightbot/insight"
)

// drafter is a source that can draft an insight from one of its tables.
type drafter interface {
	Draft(ctx context.Context, table string) ([]byte, error)
}

// insightsNewCommand drafts an insight.
func (a *app) insightsNewCommand() *cobra.Command {
	var name, table string
	cmd := &cobra.Command{
		Use:   "new --source NAME --table TABLE",
		Short: "Draft an insight in YAML from a table, to be edited",
		Long: `Draft an insight in YAML from a table of a database: its columns, the likely time column and the likely breakdowns. It is
printed, to be looked at and saved in the source's folder of insights; docs/insights.md has every key.`,
		Example: "  insightbot insights new --source shop --table orders > insights/orders.yml",
		RunE: func(cmd *cobra.Command, words []string) (err error) {
			if len(words) > 0 {
				// Somebody searches for something new.
				return a.searchInsights(cmd, append([]string{cmd.Name()}, words...), false)
			}
			if name == "" || table == "" {
				return usage(errors.New("insights new needs --source and --table"))
			}
			w, err := a.wireQuietly(cmd)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, w.close()) }()
			d, err := w.drafter(name)
			if err != nil {
				return err
			}
			text, err := d.Draft(cmd.Context(), table)
			if err != nil {
				return fmt.Errorf("table %s: %w", table, err)
			}
			_, err = a.out.Write(text)
			return err
		},
	}
	cmd.Flags().StringVar(&name, "source", "", "the source, as it is named in the settings")
	cmd.Flags().StringVar(&table, "table", "", "the table or view, with its schema where that is needed")
	return cmd
}

// drafter is the source of that name, where it has tables.
func (w *wiring) drafter(name string) (drafter, error) {
	for _, s := range w.sources {
		if s.Name() != name {
			continue
		}
		if d, ok := s.(drafter); ok {
			return d, nil
		}
		return nil, usage(fmt.Errorf("source %s has no tables: its insights are saved in the tool itself", name))
	}
	return nil, usage(fmt.Errorf("there is no source %q; the settings name %s", name, sourceNames(w.sources)))
}

func sourceNames(all []insight.Source) string {
	names := make([]string, len(all))
	for i, s := range all {
		names[i] = s.Name()
	}
	return strings.Join(names, ", ")
}
