package sqlsource

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"insightbot/insight"
)

// Verdict is what trying an insight out came to.
type Verdict string

// The verdicts.
const (
	// VerdictGood: it runs and gives data.
	VerdictGood Verdict = "good"
	// VerdictEmpty: it runs and gives no data for its default period.
	VerdictEmpty Verdict = "empty"
	// VerdictSlow: it runs, but takes more than a quarter of the time limit; or
	// it was stopped there, and Finding.Err says so.
	VerdictSlow Verdict = "slow"
	// VerdictBroken: it fails; Finding.Err says why.
	VerdictBroken Verdict = "broken"
)

// Finding is what Check found out about one insight.
type Finding struct {
	// Insight is the id.
	Insight string
	Verdict Verdict
	// Took is how long the slowest of its runs needed.
	Took time.Duration
	// Err is why it is broken, or was stopped. It may hold the text of the database's error:
	// it is for the operator, not for a channel.
	Err error
}

// Check tries every insight with the query that defaults makes for it, and
// once more for each dimension it may be broken down by, with the limits of every
// run. Where its statement selects {{bucket}} it looks at how its times are
// stored: in SQLite always, as a column may hold anything there, and elsewhere
// when there was no data. Insights whose row
// attributes are unknown here are tried with a value nobody has. A nil
// defaults takes the last 30 days. It fails when nothing can be loaded or ctx
// ends; the problems of single insights are the error of Insights.
func (s *Source) Check(ctx context.Context, defaults func(insight.Insight) (insight.Query, error)) ([]Finding, error) {
	insights, err := s.Insights(ctx)
	if err != nil && len(insights) == 0 {
		return nil, err
	}
	if defaults == nil {
		defaults = s.lastDays
	}
	var findings []Finding
	for _, in := range insights {
		f := Finding{Insight: in.ID, Verdict: VerdictGood}
		q, err := defaults(in)
		if err == nil {
			err = s.try(ctx, in, q, &f)
		}
		if ctx.Err() != nil {
			return findings, fmt.Errorf("sqlsource: check: %w", context.Cause(ctx))
		}
		if err != nil {
			f.Verdict, f.Err = VerdictBroken, err
		}
		if errors.Is(err, insight.ErrTimeout) {
			f.Verdict = VerdictSlow
		}
		findings = append(findings, f)
	}
	return findings, nil
}

// lastDays is the query for the 30 days before today in the insight's zone.
func (s *Source) lastDays(in insight.Insight) (insight.Query, error) {
	q := insight.Query{Now: s.config.Now(), Grain: in.Default.Grain}
	if in.Accepts.Windows {
		today := insight.GrainDay.Floor(q.Now.In(in.Zone), in.WeekStart)
		q.Window = insight.Window{From: today.AddDate(0, 0, -30), To: today}
	}
	return q, nil
}

// try runs an insight whole and by each of its dimensions.
func (s *Source) try(ctx context.Context, in insight.Insight, q insight.Query, f *Finding) error {
	for _, name := range in.Accepts.Attributes {
		if len(q.Attributes[name]) == 0 {
			with := map[string][]string{}
			maps.Copy(with, q.Attributes)
			with[name] = []string{""}
			q.Attributes = with
		}
	}
	ways := [][]string{q.Breakdowns}
	for _, d := range in.Accepts.Dimensions {
		if d.Breakdown {
			ways = append(ways, []string{d.Name})
		}
	}
	for i, by := range ways {
		q.Breakdowns = by
		start := time.Now()
		r, err := s.Run(ctx, in, q)
		f.Took = max(f.Took, time.Since(start))
		switch {
		case errors.Is(err, insight.ErrTooLarge) && i > 0:
			// Too many groups for this period is no fault of the definition.
		case err != nil && len(by) > 0:
			return fmt.Errorf("by %s: %w", by[0], err)
		case err != nil:
			return err
		case i == 0 && r.Empty():
			f.Verdict = VerdictEmpty
		}
	}
	nothing := f.Verdict == VerdictEmpty
	f.judge(s.config.Timeout)
	if s.config.Type != TypeSQLite && !nothing {
		return nil
	}
	return s.stored(ctx, in)
}

// judge calls a run slow that took a good part of the time limit.
func (f *Finding) judge(limit time.Duration) {
	if f.Took > limit/4 && f.Verdict == VerdictGood {
		f.Verdict = VerdictSlow
	}
}
