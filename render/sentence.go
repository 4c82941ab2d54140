package render

import (
	"cmp"
	"math"
	"strings"

	"insightbot/insight"
	"insightbot/text"
)

// maxFinding is how many graphemes a finding may have.
const maxFinding = 200

// sentence is a finding in parts. What does not fit is left out from the end;
// what was counted, when, and with which filters always stays.
type sentence struct {
	// title opens the sentence unless what is counted says it already.
	title string
	// body is the number with its unit: "1,234 sign-ups".
	body string
	// when is the period with its preposition, "so far" included.
	when string
	// late puts the body behind the period: "Sign-ups in May: …".
	late bool
	// limits are the filters and whatever else bounds what was counted.
	limits []string
	// change is what happened against the window before and when that was:
	// "up 4.2% from 1,184" and "in 9–15 Nov".
	change, base string
	// extra is one more thing worth knowing: the largest part or mover.
	extra string
}

// String puts the sentence together, as much of it as has room.
func (s sentence) String() string {
	full := s.build(s.limits)
	if fits(full) {
		return full
	}
	shorter := s
	shorter.title = text.Truncate(s.title, 60, text.Graphemes)
	for _, drop := range []func(){
		func() {},
		func() { shorter.extra = "" },
		func() {
			if len(s.limits) > 0 {
				shorter.limits = []string{"filtered"}
			}
		},
		func() { shorter.base = "" },
		func() { shorter.change = "" },
		func() { shorter.title = text.Truncate(s.title, 30, text.Graphemes) },
	} {
		drop()
		if out := shorter.build(shorter.limits); fits(out) {
			return out
		}
	}
	return text.Truncate(shorter.build(shorter.limits), maxFinding, text.Graphemes)
}

// fits reports whether a finding is short enough.
func fits(s string) bool { return text.Graphemes(s) <= maxFinding }

// build writes the sentence with the given limits.
func (s sentence) build(limits []string) string {
	var b strings.Builder
	when := s.when
	if len(limits) > 0 {
		when = strings.TrimSpace(when + " (" + strings.Join(limits, ", ") + ")")
	}
	switch {
	case s.late:
		b.WriteString(joinNonEmpty(" ", s.title, when) + ": " + s.body)
	case s.title != "":
		b.WriteString(s.title + ": " + joinNonEmpty(" ", s.body, when))
	default:
		b.WriteString(joinNonEmpty(" ", s.body, when))
	}
	if s.change != "" {
		b.WriteString(", " + joinNonEmpty(" ", s.change, s.base))
	}
	if s.extra != "" {
		b.WriteString("; " + s.extra)
	}
	out := b.String()
	if !strings.HasSuffix(out, ".") && !strings.HasSuffix(out, text.Ellipsis) {
		out += "."
	}
	return out
}

// joinNonEmpty joins the parts that are there.
func joinNonEmpty(by string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, by)
}

// begin starts the sentence about a result: its title, period and limits.
func begin(in insight.Insight, r insight.Result) sentence {
	s := sentence{title: titleOf(in), when: PeriodPhrase(r.Window), limits: filterWords(in, r)}
	switch {
	case s.when == "" && !r.AsOf.IsZero():
		s.when = "as of " + momentLabel(inZone(in, r.AsOf))
	case s.when == "":
		s.when = "now"
	case r.Running():
		s.when = "so far " + s.when
	}
	if r.Estimated {
		s.limits = append(s.limits, "estimated")
	}
	return s
}

// titleOf is the title of an insight as one line without a full stop.
func titleOf(in insight.Insight) string {
	title := strings.TrimRight(text.Clean(in.Title), " .:")
	if title == "" {
		return "This insight"
	}
	return title
}

// counted sets the number of the sentence. Where the title names just the
// unit, the unit alone says what was counted: "1,234 sign-ups".
func (s *sentence) counted(f insight.Format, v float64) {
	number := Short(f, v)
	unit := text.Clean(f.Unit)
	if f.Kind != insight.FormatNumber && f.Kind != "" {
		unit = ""
	}
	switch {
	case unit == "":
		s.body = number
		return
	case strings.EqualFold(unit, s.title):
		s.title = ""
	case strings.HasSuffix(strings.ToLower(s.title), " "+strings.ToLower(unit)):
		s.body = number
		return
	}
	if number == "1" {
		unit = text.Singular(unit)
	}
	s.body = number + " " + unit
}

// changed sets what happened against the window before.
func (s *sentence) changed(r insight.Result, f insight.Format, now, before float64) {
	if r.Previous.IsZero() {
		return
	}
	d := Change(f, now, before)
	s.base = previousPhrase(r)
	switch {
	case finite(now) && !finite(before):
		s.change, s.base = "with no data "+s.base+" to compare", ""
	case !finite(now, before):
		s.base = ""
	case isComparable(r):
		s.change = d.Words
	default:
		// Half a week is not a fall against a whole one.
		s.change, s.base = "", ""
		s.extra = d.Base + inAllOf(r)
	}
}

// wholly opens the phrase about a whole window, where another is still filling.
const wholly = " in all of "

// inAllOf names the comparison window as a whole, or as the part that it is:
// " in all of 9–15 Nov", " on Tue 24 Nov until 10:00".
func inAllOf(r insight.Result) string {
	phrase := previousPhrase(r)
	if w := r.Previous; w.IsZero() || !startsDay(w.From) || !startsDay(w.To.In(w.Zone())) {
		return " " + phrase
	}
	return wholly + strings.TrimPrefix(strings.TrimPrefix(phrase, "in "), "on ")
}

// withValues keeps the groups that have a value. Where a series has no total,
// its last complete bucket stands for it, and the sentence is about that bucket.
func (s *sentence) withValues(r insight.Result, groups []groupTotal) []groupTotal {
	var kept []groupTotal
	for _, g := range groups {
		if math.IsNaN(g.now) {
			last, _, ok := lastComplete(r, g.series.Points)
			if !ok {
				continue
			}
			g.now, g.before = last.Value, math.NaN()
			s.when = BucketPhrase(r.Grain, last.At, r.Window)
		}
		kept = append(kept, g)
	}
	return kept
}

// totalled says how the one number of a longer period was made, where that is
// neither a sum nor a count of its own: a mean of its weeks, or its last value.
func (s *sentence) totalled(in insight.Insight, r insight.Result) {
	grain := cmp.Or(r.Grain, in.Default.Grain)
	if r.Window.IsZero() || grain == insight.GrainNone {
		return
	}
	end := r.Window.To
	if r.Running() && !r.AsOf.IsZero() {
		end = earliest(end, r.AsOf)
	}
	if next := grain.Next(grain.Floor(r.Window.From, in.WeekStart)); !next.Before(end) {
		return // one bucket is itself
	}
	switch {
	case in.Total == insight.TotalAverage:
		s.body += " on average " + article(grain)
		s.extra = strings.Replace(s.extra, wholly, " in ", 1) // a mean is not of "all" of a window
	case in.Total == insight.TotalLast && !r.Running():
		s.when = "on " + lastDay(r.Window)
		if s.change != "" && s.base != "" {
			s.base = "on " + lastDay(r.Previous)
		}
	default:
	}
}

// lastDay is the last day of a window.
func lastDay(w insight.Window) string {
	return PeriodLabel(insight.Window{From: insight.GrainDay.Floor(w.To.Add(-1), 0), To: w.To})
}

// article is a grain with its article: "a week", "an hour".
func article(g insight.Grain) string {
	if g == insight.GrainHour {
		return "an hour"
	}
	return "a " + string(g)
}
