package match

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"insightbot/insight"
)

// Misfit is a wish that an insight cannot take. Nothing that was asked for is
// left out without one.
type Misfit struct {
	Role Role
	// Words are what was typed.
	Words string
	// Why is one sentence for people.
	Why string
}

// Fit makes the query that answers a reading with one insight, and says which
// wishes it cannot take. Periods are read again by the insight's own zone and
// week; what was not said comes from the insight's defaults. Compare is set
// even when nobody asked, as totals alone, where the insight can: the answer
// then says how much something changed. What was asked for is in the Reading.
func Fit(r Reading, in insight.Insight, c Clock) (insight.Query, []Misfit) {
	f := fitting{r: r, in: in, clock: InsightClock(in, c), q: insight.Query{Now: c.Now}}
	f.window()
	f.breakdowns()
	f.filters()
	f.mentions()
	f.grain()
	f.compare()
	f.chart()
	return f.q, f.misfits
}

// InsightClock is the clock of an insight: its reporting zone and its week.
func InsightClock(in insight.Insight, c Clock) Clock {
	c.Zone, c.WeekStart = in.Zone, in.WeekStart
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	return c
}

// PeriodFor is the period that an insight is run for, by its own clock: the
// one that was named, or else its default. It reports whether it was named.
func PeriodFor(r Reading, in insight.Insight, c Clock) (Period, bool) {
	c = InsightClock(in, c)
	if r.Period != nil {
		return r.Period.In(c), true
	}
	if p, ok := ReadPeriod(in.Default.Period, c); ok {
		return p, false
	}
	p, _ := ReadPeriod("last 30 days", c)
	return p, false
}

// fitting is one run of Fit.
type fitting struct {
	r       Reading
	in      insight.Insight
	clock   Clock
	period  Period
	q       insight.Query
	misfits []Misfit
	// split: a breakdown was asked for, rather than taken by default.
	split bool
}

func (f *fitting) miss(role Role, words, why string) {
	f.misfits = append(f.misfits, Misfit{Role: role, Words: words, Why: why})
}

// typed is what was typed for a role.
func (f *fitting) typed(role Role) string {
	var words []string
	for _, s := range f.r.Spans {
		if s.Role == role && 0 <= s.From && s.From <= s.To && s.To <= len(f.r.Text) {
			words = append(words, f.r.Text[s.From:s.To])
		}
	}
	return strings.Join(words, ", ")
}

// name is the insight's title as it stands in a sentence.
func (f *fitting) name() string { return "“" + f.in.Title + "”" }

// says reports whether the insight itself is about these words, so that a wish
// made of them is fulfilled by choosing it.
func (f *fitting) says(words string) bool {
	var content []string
	for _, t := range Tokens(words) {
		if !stopWords[t.Text] {
			content = append(content, t.Text)
		}
	}
	return inWords(content, f.in.Title+" "+f.in.Description+" "+strings.Join(f.in.Tags, " "))
}

// breakdowns fits the dimensions that were asked for.
func (f *fitting) breakdowns() {
	limit := f.in.Accepts.MaxBreakdowns
	for _, w := range f.r.Breakdowns {
		if f.r.perSubject(w, f.in.Title) {
			continue
		}
		d, ok := f.dimension(w.Words, w.Name, func(d insight.Dimension) bool { return d.Breakdown })
		switch {
		case ok && slices.Contains(f.q.Breakdowns, d.Name):
		case ok && len(f.q.Breakdowns) < limit:
			f.q.Breakdowns = append(f.q.Breakdowns, d.Name)
		case ok && limit > 0:
			f.miss(RoleBreakdown, w.Words, f.name()+" can be broken down by "+atMost(limit)+" at once, so "+inQuotes(w.Words)+" was left out.")
		case w.Sure && !f.says(w.Words):
			f.miss(RoleBreakdown, w.Words, f.name()+" cannot be broken down by "+inQuotes(w.Words)+f.alternatives()+".")
		}
	}
	f.split = len(f.q.Breakdowns) > 0
	if len(f.r.Breakdowns) == 0 {
		for _, name := range f.in.Default.Breakdowns {
			if d, ok := f.in.Accepts.Dimension(name); ok && d.Breakdown && len(f.q.Breakdowns) < max(1, limit) {
				f.q.Breakdowns = append(f.q.Breakdowns, name)
			}
		}
	}
}

// dimension finds what the insight itself calls by these words or this name.
func (f *fitting) dimension(words, name string, usable func(insight.Dimension) bool) (insight.Dimension, bool) {
	typed := joined(words)
	for _, d := range f.in.Accepts.Dimensions {
		if !usable(d) {
			continue
		}
		for _, w := range append([]string{d.Name, d.Label}, d.Words...) {
			if typed != "" && slices.Contains(numbers(joined(w)), typed) {
				return d, true
			}
		}
	}
	d, ok := f.in.Accepts.Dimension(name)
	return d, ok && usable(d)
}

// alternatives names what the insight can be broken down by.
func (f *fitting) alternatives() string {
	var labels []string
	for _, d := range f.in.Accepts.Dimensions {
		if d.Breakdown && f.in.Accepts.MaxBreakdowns > 0 {
			labels = append(labels, strings.ToLower(label(d)))
		}
	}
	if len(labels) == 0 {
		return ""
	}
	return "; it can by " + list(labels, "or")
}

// chart says where a way of drawing does not go with the data.
func (f *fitting) chart() {
	c := f.r.Chart
	if c == "" || c == insight.ChartTable || c == f.in.Chart || c.Shape() == f.in.Chart.Shape() && c.Shape() == insight.ShapeTrend {
		return
	}
	f.miss(RoleChart, f.typed(RoleChart), f.name()+" cannot be drawn as a "+strings.ReplaceAll(string(c), "_", " ")+" chart; it is shown as usual.")
}

func label(d insight.Dimension) string {
	if d.Label != "" {
		return d.Label
	}
	return d.Name
}

func atMost(n int) string {
	if n == 1 {
		return "one thing"
	}
	return strconv.Itoa(n) + " things"
}

func inQuotes(s string) string { return "“" + s + "”" }

// list writes names for a sentence: "country, plan or platform".
func list(names []string, joint string) string {
	const most = 8
	if len(names) > most {
		names = append(slices.Clone(names[:most]), "others")
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + joint + " " + names[len(names)-1]
}
