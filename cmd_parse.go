package main

import (
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"insightbot/handlers"
	"insightbot/match"
)

// parseCommand shows how a question is read.
func (a *app) parseCommand() *cobra.Command {
	var asJSON bool
	var now, zone string
	cmd := &cobra.Command{
		Use:     "parse QUESTION",
		Short:   "Show how a question is read: period, grain, comparison, breakdown, filters",
		Example: `  insightbot parse --json --now 2026-11-22T10:00:00Z --zone Europe/Berlin "sign-ups since March by country"`,
		RunE: func(cmd *cobra.Command, words []string) error {
			if len(words) == 0 {
				return usage(errors.New(`parse takes a question; see "insightbot parse --help"`))
			}
			return a.parse(cmd, strings.Join(words, " "), now, zone, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	cmd.Flags().StringVar(&now, "now", "", "the moment to read it at, RFC 3339 (default now)")
	cmd.Flags().StringVar(&zone, "zone", "", "time zone to read it in (default the zone of the settings)")
	return cmd
}

// parsed is what parse prints.
type parsed struct {
	Query handlers.QueryJSON `json:"query"`
	Rest  string             `json:"rest"`
}

func (a *app) parse(cmd *cobra.Command, question, now, zone string, asJSON bool) (err error) {
	w, err := a.wireQuietly(cmd)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	clock, err := clockAt(w.config, now, zone)
	if err != nil {
		return usage(err)
	}
	ins, _ := w.catalogue.Insights()
	reading := match.Read(question, match.NewVocabulary(ins), clock)
	p := parsed{Query: handlers.ReadingJSON(reading, clock.Zone), Rest: reading.Rest}
	if asJSON {
		return printJSON(a, p)
	}
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	row := func(label string, value string) { fmt.Fprintf(t, "%s\t%s\n", label, value) }
	if p.Query.From != nil {
		row("period", p.Query.From.Format(time.RFC3339)+" up to "+p.Query.To.Format(time.RFC3339)+" ("+p.Query.Zone+")")
	}
	if p.Query.Grain != nil {
		row("grain", string(*p.Query.Grain))
	}
	if p.Query.Compare != nil {
		row("compare", *p.Query.Compare)
	}
	if len(p.Query.Breakdown) > 0 {
		row("breakdown", strings.Join(p.Query.Breakdown, ", "))
	}
	for _, f := range p.Query.Filters {
		row("filter", strings.TrimSpace(f.Field+" "+strings.ReplaceAll(string(f.Op), "_", " ")+" "+strings.Join(f.Values, ", ")+" (“"+f.Words+"”)"))
	}
	row("rest", p.Rest)
	if err := t.Flush(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// clockAt is the calendar of the flags over that of the settings.
func clockAt(c config, now, zone string) (match.Clock, error) {
	clock := match.Clock{Now: time.Now()}
	var err error
	if now != "" {
		if clock.Now, err = time.Parse(time.RFC3339, now); err != nil {
			return clock, fmt.Errorf("--now %q is not a time such as 2026-11-22T10:00:00Z", now)
		}
	}
	if zone == "" {
		zone = c.Zone
	}
	if clock.Zone, err = zoneNamed(zone); err != nil {
		return clock, err
	}
	clock.WeekStart, err = weekday(c.WeekStart)
	return clock, err
}
