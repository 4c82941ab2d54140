package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"insightbot/insight"
	"insightbot/match"
	sqlsource "insightbot/source/sql"
)

// checkedJSON is what trying one insight out came to, as scripts read it.
type checkedJSON struct {
	Insight string            `json:"insight"`
	Title   string            `json:"title"`
	Verdict sqlsource.Verdict `json:"verdict"`
	// Seconds is how long the slowest of its runs took.
	Seconds float64 `json:"seconds"`
	// Asked is how often it was asked in the last 30 days.
	Asked int    `json:"asked"`
	Error string `json:"error,omitempty"`
}

// insightsCheckCommand tries every insight out.
func (a *app) insightsCheckCommand() *cobra.Command {
	var asJSON bool
	var only string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Run every insight once and say which are broken, slow, empty or never asked",
		Long: `Run every insight for its default period, with the limits of its source, and say which are broken, slow, empty or never
asked. Exit codes: 0 none is broken, 1 some are.`,
		Example: "  insightbot insights check\n  insightbot insights check --source shop --json",
		RunE: func(cmd *cobra.Command, words []string) (err error) {
			if len(words) > 0 {
				// Somebody searches for check-ins.
				return a.searchInsights(cmd, append([]string{cmd.Name()}, words...), false)
			}
			w, err := a.wireQuietly(cmd)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, w.close()) }()
			if only != "" && !slices.ContainsFunc(w.sources, func(s insight.Source) bool { return s.Name() == only }) {
				return usage(fmt.Errorf("there is no source %q", only))
			}
			checked, err := w.checkInsights(cmd.Context(), only)
			if err != nil {
				return err
			}
			if asJSON {
				err = printJSON(a, checked)
			} else {
				a.printChecked(checked)
			}
			if err == nil && slices.ContainsFunc(checked, func(c checkedJSON) bool { return c.Verdict == sqlsource.VerdictBroken }) {
				return &exitError{code: exitFailed}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	cmd.Flags().StringVar(&only, "source", "", "try the insights of this source alone")
	return cmd
}

// checker is a source that can try its insights out.
type checker interface {
	Check(ctx context.Context, defaults func(insight.Insight) (insight.Query, error)) ([]sqlsource.Finding, error)
}

// defaultQuery is what an insight runs with when nobody says anything.
func defaultQuery(now time.Time) func(insight.Insight) (insight.Query, error) {
	return func(in insight.Insight) (insight.Query, error) {
		q, _ := match.Fit(match.Reading{}, in, match.Clock{Now: now, Zone: in.Zone, WeekStart: in.WeekStart})
		return q, nil
	}
}

// checkInsights tries the insights of one source, or of all. What could not
// even be loaded is broken too.
func (w *wiring) checkInsights(ctx context.Context, only string) ([]checkedJSON, error) {
	all := []checkedJSON{}
	snapshot := w.catalogue.Snapshot()
	for _, s := range w.sources {
		if only != "" && s.Name() != only {
			continue
		}
		for _, p := range insight.Problems(snapshot.Problems[s.Name()]) {
			all = append(all, checkedJSON{Insight: s.Name(), Verdict: sqlsource.VerdictBroken, Error: p.Error()})
		}
		found, err := w.tryOut(ctx, s, snapshot.Insights)
		if err != nil {
			return nil, fmt.Errorf("source %s: %w", s.Name(), err)
		}
		for _, f := range found {
			c := checkedJSON{Insight: f.Insight, Verdict: f.Verdict, Seconds: f.Took.Round(time.Millisecond).Seconds()}
			if i := slices.IndexFunc(snapshot.Insights, func(in insight.Insight) bool { return in.ID == f.Insight }); i >= 0 {
				c.Title, c.Asked = snapshot.Insights[i].Title, snapshot.Insights[i].Asked
			}
			if f.Err != nil {
				c.Error = f.Err.Error()
			}
			all = append(all, c)
		}
	}
	return all, nil
}

// tryOut tries the insights of a source its own way, or runs each as it is
// saved, one after the other.
func (w *wiring) tryOut(ctx context.Context, s insight.Source, ins []insight.Insight) ([]sqlsource.Finding, error) {
	if c, ok := s.(checker); ok {
		return c.Check(ctx, defaultQuery(w.now()))
	}
	var found []sqlsource.Finding
	for _, in := range ins {
		if in.Source != s.Name() {
			continue
		}
		q, err := defaultQuery(w.now())(in)
		if err != nil {
			return nil, err
		}
		began := w.now()
		r, err := s.Run(ctx, in, q)
		f := sqlsource.Finding{Insight: in.ID, Verdict: sqlsource.VerdictGood, Took: w.now().Sub(began), Err: err}
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err != nil:
			f.Verdict = sqlsource.VerdictBroken
		case r.Empty():
			f.Verdict = sqlsource.VerdictEmpty
		case f.Took > answerLimit/4:
			f.Verdict = sqlsource.VerdictSlow
		}
		found = append(found, f)
	}
	return found, nil
}

// printChecked says what needs somebody's eye, and counts the rest.
func (a *app) printChecked(all []checkedJSON) {
	good, idle := 0, 0
	for _, c := range all {
		switch c.Verdict {
		case sqlsource.VerdictGood:
			good++
		case sqlsource.VerdictBroken:
			fmt.Fprintf(a.out, "broken  %s  %s\n", plainLines(c.Insight), plainLines(c.Error))
		case sqlsource.VerdictSlow:
			fmt.Fprintf(a.out, "slow    %s  %.1f s: add an index or a shorter default period\n", plainLines(c.Insight), c.Seconds)
		case sqlsource.VerdictEmpty:
			fmt.Fprintf(a.out, "empty   %s  no data for its default period\n", plainLines(c.Insight))
		}
	}
	for _, c := range all {
		if c.Title != "" && c.Asked == 0 {
			idle++
		}
	}
	fmt.Fprintf(a.out, "%d of %d are good; %d were not asked in the last 30 days\n", good, len(all), idle)
}
