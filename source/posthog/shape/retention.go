package shape

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"insightbot/insight"
)

// retention reads cohorts and how many of each came back. PostHog shows so many
// cohorts up to the end of the window, whatever its beginning: those before it
// are left out, and where it reaches back further the answer says so.
func (r *reading) retention(a Answer) error {
	r.result.Shape, r.result.Grain = insight.ShapeRetention, r.saved.def.grain
	if !isList(a.body.result) {
		return fmt.Errorf("cohorts that are no list: %w", insight.ErrBroken)
	}
	var all []insight.Cohorts
	var split []bool
	place := map[string]int{}
	var days []time.Time
	list := listOf(a.body.result)
	for _, raw := range list {
		r.creditCohort(fieldsOf(raw))
	}
	for i, raw := range list {
		f := fieldsOf(raw)
		if !isList(f["values"]) {
			return fmt.Errorf("a cohort without values: %w", insight.ErrBroken)
		}
		g := r.groupOf(f)
		if !g.split {
			g.key = ""
		}
		if _, ok := place[g.key]; !ok {
			place[g.key] = len(all)
			if !g.split {
				g.label = r.saved.Title()
			}
			all = append(all, insight.Cohorts{Key: g.key, Label: g.label, Values: g.values})
			split = append(split, g.split)
		}
		row, err := r.cohort(f, i)
		if err != nil {
			return err
		}
		if !row.At.IsZero() {
			days = append(days, row.At)
		}
		at := place[g.key]
		all[at].Rows = append(all[at].Rows, row)
	}
	if err := r.checkSplit(split); err != nil {
		return err
	}
	r.result.Cohorts = r.inWindow(all, days)
	if len(r.result.Cohorts) > r.project.maxRows() {
		r.result.Cohorts, r.result.More = r.result.Cohorts[:r.project.maxRows()], true
	}
	r.running()
	return nil
}

// countOf is the number of one cell.
func countOf(raw json.RawMessage) (float64, error) {
	if cell := fieldsOf(raw); cell != nil {
		raw = cell["count"]
	}
	return figure(raw)
}

// creditCohort checks that nobody came back after the data is said to end.
func (r *reading) creditCohort(f fields) {
	at := momentOf(f.text("date"), r.zone)
	for _, raw := range f.list("values") {
		if n, err := countOf(raw); err == nil && r.ahead(at) && !math.IsNaN(n) && n != 0 {
			r.distrust(at)
		}
		at = r.saved.def.grain.Next(at)
	}
}

// cohort reads one row. The rates are of how many began, so that sizes alone
// are counted here.
func (r *reading) cohort(f fields, place int) (insight.Cohort, error) {
	g := r.saved.def.grain
	c := insight.Cohort{At: momentOf(f.text("date"), r.zone), Label: hideAddresses(f.text("label"))}
	if c.Label == "" {
		c.Label = fmt.Sprintf("Cohort %d", place+1)
	}
	begin := c.At
	for n, raw := range f.list("values") {
		if !c.At.IsZero() && n > 0 && r.ahead(begin) {
			break // nobody can have come back in what has not begun
		}
		count, err := countOf(raw)
		if err != nil {
			return c, err
		}
		c.Counts = append(c.Counts, count)
		if !c.At.IsZero() {
			begin = g.Next(begin)
			c.Incomplete = !r.limit.IsZero() && begin.After(r.limit)
		}
	}
	return c, nil
}

// inWindow leaves out the cohorts that began outside of the window.
func (r *reading) inWindow(all []insight.Cohorts, days []time.Time) []insight.Cohorts {
	w := r.query.Window
	if w.IsZero() || len(days) == 0 {
		return all
	}
	g := r.saved.def.grain
	first, last := days[0], days[0]
	for _, d := range days {
		if d.Before(first) {
			first = d
		}
		if d.After(last) {
			last = d
		}
	}
	if !g.Next(last).After(w.From) || !first.Before(w.To) {
		r.settle(insight.Window{From: first, To: g.Next(last)})
		return all
	}
	if first.After(w.From) && math.Abs(float64(first.Sub(w.From))) >= float64(g.Next(first).Sub(first)) {
		r.result.Window.From = first
		r.note("It shows %d cohorts, so that it begins on %s.", r.saved.cohorts(), dayOf(first))
	}
	var kept []insight.Cohorts
	for _, c := range all {
		var rows []insight.Cohort
		for _, row := range c.Rows {
			if row.At.IsZero() || g.Next(row.At).After(w.From) && row.At.Before(w.To) {
				rows = append(rows, row)
			}
		}
		if c.Rows = rows; len(rows) > 0 {
			kept = append(kept, c)
		}
	}
	return kept
}
