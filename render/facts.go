package render

import (
	"math"
	"slices"
	"strings"
	"time"

	"insightbot/insight"
	"insightbot/text"
)

// countFormat writes counts of people or events whose unit the insight does
// not name, shareFormat the shares between them.
var (
	countFormat = insight.Format{Kind: insight.FormatNumber, Decimals: -1}
	shareFormat = insight.Format{Kind: insight.FormatPercent, Decimals: 1}
)

// maxName is how many graphemes of a label a sentence has room for.
const maxName = 40

// groupTotal is one series or group of a result with its partner in the comparison
// window. before is NaN where there is none.
type groupTotal struct {
	key, name   string
	now, before float64
	series      insight.Series
	previous    insight.Series
}

// change is the difference to the window before, NaN where it is unknown.
func (g groupTotal) change() float64 { return g.now - g.before }

// groupsOf pairs the series of a result with their partners.
func groupsOf(r insight.Result) []groupTotal {
	type identity struct {
		key    string
		status insight.Status
	}
	partners := map[identity]int{}
	for i, s := range slices.Backward(r.Series) {
		if s.Previous {
			partners[identity{s.Key, s.Status}] = i
		}
	}
	var list []groupTotal
	for _, s := range r.Series {
		if s.Previous {
			continue
		}
		g := groupTotal{key: s.Key, name: nameOf(s.Label, s.Key), now: s.Total, before: math.NaN(), series: s}
		if i, ok := partners[identity{s.Key, s.Status}]; ok {
			g.before, g.previous = r.Series[i].Total, r.Series[i]
		}
		list = append(list, g)
	}
	return list
}

// nameOf is a label made fit for a sentence.
func nameOf(label, key string) string {
	if label = text.Clean(label); label == "" && key == insight.KeyOther {
		label = "Other"
	}
	if label == "" {
		label = text.Clean(key)
	}
	return text.Truncate(label, maxName, text.Graphemes)
}

// isRest reports whether a group only sums up what has no name of its own.
func (g groupTotal) isRest() bool {
	return g.key == insight.KeyOther || strings.EqualFold(g.name, "Other")
}

// addsUp reports whether the groups of a broken-down result are parts of one
// whole, so that their sum and their shares mean something. Averages and rates
// never add up, and neither do distinct people. The result shows which it is
// where it has a series: the parts over time add up to the total only of
// something that is counted. Where it has none the insight itself must tell.
func addsUp(in insight.Insight, r insight.Result, groups []groupTotal) bool {
	if len(r.BrokenDownBy) == 0 || r.More || r.Shape != insight.ShapeTrend && r.Shape != "" {
		return false
	}
	if in.Format.Kind == insight.FormatPercent {
		return false
	}
	switch in.Total {
	case insight.TotalSum, insight.TotalLast:
		return true
	case insight.TotalAverage:
		return false
	default:
	}
	whole, proven := true, false
	for _, g := range groups {
		if math.IsInf(g.now, 0) || g.now < 0 {
			return false
		}
		whole = whole && (math.IsNaN(g.now) || g.now == math.Trunc(g.now))
		sum, parts := pointSum(g.series.Points)
		if math.IsNaN(g.now) || parts < 2 {
			continue
		}
		if math.Abs(sum-g.now) > 1e-6*math.Max(1, math.Abs(g.now)) {
			return false
		}
		proven = true
	}
	if proven || in.Total == insight.TotalRerun {
		return proven
	}
	if slices.Contains([]insight.Chart{insight.ChartPie, insight.ChartStacked, insight.ChartArea}, in.Chart) {
		return true // such charts are chosen for parts of a whole
	}
	if in.Format.Kind == insight.FormatDuration || saysAverage(in.Title) {
		return false
	}
	return whole || in.Format.Kind != insight.FormatNumber && in.Format.Kind != ""
}

// pointSum adds up the points of a series and counts those that are not zero.
func pointSum(points []insight.Point) (sum float64, parts int) {
	for _, p := range points {
		if finite(p.Value) && p.Value != 0 {
			sum += p.Value
			parts++
		}
	}
	return sum, parts
}

// saysAverage reports whether a title names a number that does not add up.
func saysAverage(title string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}) {
		switch w {
		case "average", "avg", "mean", "median", "per", "rate", "ratio", "share", "percent", "unique", "distinct",
			"active", "arpu", "aov", "p50", "p75", "p90", "p95", "p99", "max", "maximum", "min", "minimum", "price",
			"age", "score", "nps":
			return true
		}
	}
	return false
}

// sums adds up the groups of both windows. before is NaN where no group has a
// partner; a group without one counts as nothing there only when others have.
func sums(groups []groupTotal, r insight.Result) (now, before float64) {
	now, before = math.NaN(), math.NaN()
	add := func(to *float64, v float64) {
		if math.IsNaN(v) {
			return
		}
		if math.IsNaN(*to) {
			*to = 0
		}
		*to += v
	}
	for _, g := range groups {
		add(&now, g.now)
	}
	for _, s := range r.Series {
		if s.Previous {
			add(&before, s.Total) // partners that have vanished since count too
		}
	}
	return now, before
}

// isComparable reports whether the totals of both windows may be set against
// each other as they are. A window that is still filling may be only against
// one that was cut at the same moment, or when hardly anything is missing.
func isComparable(r insight.Result) bool {
	if !r.Running() {
		return true
	}
	length := r.Window.To.Sub(r.Window.From)
	if length <= 0 || r.AsOf.IsZero() || r.Previous.IsZero() {
		return false
	}
	before := r.Previous.To.Sub(r.Previous.From)
	if elapsed := r.AsOf.Sub(r.Window.From); elapsed > 0 && (before-elapsed).Abs() <= elapsed/20 {
		return true // cut at the same moment
	}
	off := before - length
	return off.Abs() <= length/20 && r.Window.To.Sub(r.AsOf) <= length/20
}

// isFilling reports whether the bucket of a point is incomplete.
func isFilling(r insight.Result, p insight.Point) bool {
	return !r.Incomplete.IsZero() && !p.At.IsZero() && !p.At.Before(r.Incomplete)
}

// isWhole reports whether the bucket of a point is complete and lies in the
// window with all its days: the first and the last may stick out of it.
func isWhole(r insight.Result, p insight.Point) bool {
	if isFilling(r, p) {
		return false
	}
	if p.At.IsZero() || r.Window.IsZero() || r.Grain == insight.GrainNone {
		return true
	}
	b := bucketWindow(r, p.At)
	return !b.From.Before(r.Window.From) && !b.To.After(r.Window.To)
}

// lastComplete returns the newest complete bucket with a value, and the one
// before it. ok is false where there is no complete one; before.Value is NaN
// where there is none before it.
func lastComplete(r insight.Result, points []insight.Point) (last, before insight.Point, ok bool) {
	before.Value = math.NaN()
	for i, p := range slices.Backward(points) {
		if !isWhole(r, p) || math.IsNaN(p.Value) {
			continue
		}
		if i > 0 && isWhole(r, points[i-1]) {
			before = points[i-1]
		}
		return p, before, true
	}
	return last, before, false
}

// previousPhrase names the comparison window in a sentence, without the year
// where it is that of the window itself.
func previousPhrase(r insight.Result) string {
	return withoutYear(PeriodPhrase(r.Previous), r.Previous, r.Window)
}

// withoutYear drops the year at the end of a phrase about w where it is clear
// from other.
func withoutYear(phrase string, w, other insight.Window) string {
	if w.IsZero() || other.IsZero() || w.From.Year() != other.From.Year() {
		return phrase
	}
	year := w.From.Format(" 2006")
	if cut := strings.TrimSuffix(phrase, year); cut != "in" {
		phrase = cut
	}
	// The year may stand before a time of day: "Tue 24 Nov 2026 until 11:00".
	return strings.Replace(phrase, year+" until ", " until ", 1)
}

// stepWords is the change from one bucket to the next: "up 4.2% from 1,184 in
// 9–15 Nov".
func stepWords(r insight.Result, f insight.Format, last, before insight.Point) string {
	d := Change(f, last.Value, before.Value)
	if d.Words == "" || before.At.IsZero() {
		return ""
	}
	phrase := BucketPhrase(r.Grain, before.At, r.Window)
	return d.Words + " " + withoutYear(phrase, bucketWindow(r, before.At), bucketWindow(r, last.At))
}

// nearLabel names a bucket without the year that the window has.
func nearLabel(r insight.Result, at time.Time) string {
	_, label, _ := strings.Cut(withoutYear(BucketPhrase(r.Grain, at, r.Window), bucketWindow(r, at), r.Window), " ")
	return label
}

// bucketWindow is the window of the bucket that starts at t.
func bucketWindow(r insight.Result, t time.Time) insight.Window {
	if !r.Window.IsZero() {
		t = t.In(r.Window.Zone())
	}
	return insight.Window{From: t, To: r.Grain.Next(t)}
}

// inZone puts an instant into the reporting zone of an insight.
func inZone(in insight.Insight, t time.Time) time.Time {
	if in.Zone == nil {
		return t
	}
	return t.In(in.Zone)
}
