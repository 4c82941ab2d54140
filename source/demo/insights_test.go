package demo

import (
	"io/fs"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"insightbot/insight"
	"insightbot/match"
)

func TestInsights_CoverWhatIsPromised(t *testing.T) {
	all := saved(t)
	if len(all) < 45 {
		t.Errorf("%d insights", len(all))
	}
	charts, tags, owners := map[insight.Chart]int{}, map[string]int{}, map[string]int{}
	valid, lapsed, never, caveats, outdated, state, personal, bounded := 0, 0, 0, 0, 0, 0, 0, 0
	for key, in := range all {
		charts[in.Chart]++
		owners[in.Owner.Name]++
		for _, tag := range in.Tags {
			tags[tag]++
		}
		switch {
		case in.Certified.Valid(now):
			valid++
		case in.Certified.By != "":
			lapsed++
		default:
			never++
		}
		caveats += min(1, len(in.Caveats))
		if slices.ContainsFunc(in.Caveats, func(c insight.Caveat) bool { return !c.From.IsZero() && !c.Until.IsZero() }) {
			bounded++
		}
		if in.Replaced.Outdated() {
			outdated++
			if _, ok := all[strings.TrimPrefix(in.Replaced.By, Name+"/")]; !ok {
				t.Errorf("%s is replaced by %s, which does not exist", key, in.Replaced.By)
			}
		}
		if !in.Accepts.Windows {
			state++
		}
		if slices.ContainsFunc(in.Accepts.Columns, func(c insight.Column) bool { return c.Type == insight.ColumnEmail }) {
			personal++
		}
		if len(in.Description) < 30 || len(in.Tags) == 0 || len(in.Examples) == 0 || len(in.Events) == 0 || in.Owner.Contact == "" {
			t.Errorf("%s is told too little of", key)
		}
		if len(in.Title) > 60 {
			t.Errorf("the title of %s is long", key)
		}
		if in.Zone.String() != zoneName || in.WeekStart != time.Monday {
			t.Errorf("%s reports in %s from %s on", key, in.Zone, in.WeekStart)
		}
		if strings.Contains(in.Description+in.Title, "$(") || slices.ContainsFunc(in.Caveats, func(c insight.Caveat) bool { return strings.Contains(c.Text, "$(") }) {
			t.Errorf("a date of %s is not filled in", key)
		}
	}
	for _, chart := range insight.Charts() {
		if charts[chart] == 0 {
			t.Errorf("no %s", chart)
		}
	}
	if valid < 10 || lapsed < 3 || never < 10 || caveats < 15 || bounded < 10 || outdated != 1 || state < 5 || personal < 2 ||
		len(owners) < 10 || len(tags) < 15 {
		t.Errorf("%d certified, %d lapsed, %d never, %d with caveats, %d dated, %d outdated, %d states, %d personal, %d owners, %d tags",
			valid, lapsed, never, caveats, bounded, outdated, state, personal, len(owners), len(tags))
	}
}

func TestInsights_EveryDateOfTheStoryIsKnown(t *testing.T) {
	c := calendar{zone(t)}
	dir, err := insights(c, c.origin(now))
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(dir, "*.yml")
	if err != nil || len(files) < 9 {
		t.Fatalf("files %v, error %v", files, err)
	}
	for _, name := range files {
		data, err := fs.ReadFile(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		if left := regexp.MustCompile(`\$\([^)]*\)`).FindString(string(data)); left != "" {
			t.Errorf("%s: %s is left", name, left)
		}
	}
}

// hollow says what is wrong with the data of a result.
func hollow(r insight.Result) string {
	if r.Empty() {
		return "no data"
	}
	finite := 0
	count := func(v float64) {
		if !math.IsNaN(v) && !math.IsInf(v, 0) && v != 0 {
			finite++
		}
	}
	for _, s := range r.Series {
		count(s.Total)
		for _, p := range s.Points {
			count(p.Value)
		}
	}
	for _, f := range r.Funnels {
		for _, s := range f.Steps {
			count(s.Count)
		}
		if !slices.IsSortedFunc(f.Steps, func(a, b insight.Step) int { return int(b.Count - a.Count) }) {
			return "a funnel that widens"
		}
	}
	for _, c := range r.Cohorts {
		for _, row := range c.Rows {
			for n, v := range row.Counts {
				count(v)
				if v > row.Counts[0] {
					return "more came back than began in " + row.Label + " after " + string(rune('0'+n))
				}
			}
		}
	}
	for _, p := range r.Paths {
		count(p.Count)
	}
	for _, h := range r.Bins {
		for _, b := range h.Bins {
			count(b.Count)
		}
	}
	for _, b := range r.Boxes {
		for _, box := range b.Boxes {
			count(box.Max)
			if !slices.IsSorted([]float64{box.Min, box.P25, box.Median, box.P75, box.Max}) && !math.IsNaN(box.Min) {
				return "a box whose parts are not in order"
			}
		}
	}
	for _, row := range r.Table.Rows {
		count(float64(len(row)))
	}
	if finite == 0 {
		return "no value but nothing"
	}
	return ""
}

func TestInsights_EveryOneRunsInEveryWayItAccepts(t *testing.T) {
	source := open(t)
	window, previous := days(t, time.October, 5, time.November, 2), days(t, time.September, 7, time.October, 5)
	for key, in := range saved(t) {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			run := func(what string, change func(*insight.Query)) {
				q := insight.Query{Now: now, Grain: in.Default.Grain, Breakdowns: in.Default.Breakdowns}
				if in.Accepts.Windows {
					q.Window = window
				}
				change(&q)
				r, err := source.Run(t.Context(), in, q)
				if err != nil {
					t.Errorf("%s: %v", what, err)
					return
				}
				if wrong := hollow(r); wrong != "" {
					t.Errorf("%s: %s", what, wrong)
				}
				if q.Compare != insight.CompareNone && !slices.ContainsFunc(r.Series, func(s insight.Series) bool { return s.Previous }) &&
					!slices.ContainsFunc(r.Funnels, func(f insight.Funnel) bool { return f.Previous }) && len(r.Bins) < 2 {
					t.Errorf("%s: nothing to compare with", what)
				}
			}
			run("as saved", func(*insight.Query) {})
			for _, grain := range in.Accepts.Grains {
				run("by "+string(grain), func(q *insight.Query) { q.Grain = grain })
			}
			for _, compare := range in.Accepts.Compare {
				if compare == insight.ComparePrevious {
					run("compared", func(q *insight.Query) { q.Compare, q.Previous, q.Breakdowns = compare, previous, nil })
				}
			}
			if testing.Short() {
				return
			}
			for _, d := range in.Accepts.Dimensions {
				if d.Breakdown {
					run("by "+d.Name, func(q *insight.Query) {
						q.Breakdowns = []string{d.Name}
						if in.Chart.Shape() == insight.ShapeTrend {
							q.Grain = insight.GrainNone
						}
					})
				}
				if d.Filter {
					run("without one "+d.Name, func(q *insight.Query) {
						q.Filters = []insight.Filter{{Field: d.Name, Op: insight.OpIsNot, Values: []string{d.Values[len(d.Values)-1].Key}}}
						q.Grain, q.Breakdowns = insight.GrainNone, nil
					})
				}
			}
		})
	}
}

func TestInsights_DefaultsAreUnderstoodAndNotEmpty(t *testing.T) {
	source := open(t)
	for key, in := range saved(t) {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			q := insight.Query{Now: now, Grain: in.Default.Grain, Breakdowns: in.Default.Breakdowns}
			if in.Accepts.Windows {
				p, ok := match.ReadPeriod(in.Default.Period, match.Clock{Now: now, Zone: in.Zone, WeekStart: in.WeekStart})
				if !ok {
					t.Fatalf("the period %q is not understood", in.Default.Period)
				}
				q.Window = p.Window
			}
			r, err := source.Run(t.Context(), in, q)
			if err != nil {
				t.Fatal(err)
			}
			if wrong := hollow(r); wrong != "" {
				t.Error(wrong)
			}
			if late := now.Sub(r.AsOf); late < 0 || late > 12*time.Hour {
				t.Errorf("the data is as of %s", r.AsOf)
			}
		})
	}
}
