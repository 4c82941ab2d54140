package handlers

import (
	"strings"
	"time"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/insight"
	"insightbot/match"
	"insightbot/render"
)

// Answer is what a question came to, before any platform draws it. The Outcome
// says which of the other fields are set.
type Answer struct {
	Outcome  chat.Outcome
	Question string
	// Notice is a sentence for a question that could not be read at all.
	Notice string

	// Insight answers, with this Confidence (0 to 1) and for this reason.
	Insight    insight.Insight
	Confidence float64
	Why        string
	// Reading is what was asked, Query what was run for it, and Misfits what
	// the insight could not take of it.
	Reading match.Reading
	Query   insight.Query
	Misfits []match.Misfit
	// CSV asks for a file instead of a picture.
	CSV bool

	// Decision is where the answer may be told, and under which terms.
	Decision access.Decision

	Result insight.Result
	// Finding is the answer in one sentence.
	Finding string
	// Caveats are the sentences a reader must know for this period.
	Caveats []string

	// Hits are the candidates of a menu, or the nearest topics when nothing
	// answers; Reason says why it is not an answer.
	Hits   []match.Hit
	Reason string
	// Alternatives are the ids of the next best insights beside an answer.
	Alternatives []string

	// Outdated says why the insight should not be used any more; "" where that
	// would name what its reader may not see.
	Outdated string

	// Failure is set when running failed.
	Failure *Failure
}

// fit makes the query for the insight. A breakdown or a filter that it cannot
// take turns the answer into a refusal: a number for everybody is no answer to
// a question about somebody. Anything else it cannot take is said beside the
// answer.
func (a *Answer) fit(r match.Reading, c match.Clock) {
	a.Reading = r
	a.Query, a.Misfits = match.Fit(r, a.Insight, c)
	for _, m := range a.Misfits {
		if m.Role == match.RoleBreakdown || m.Role == match.RoleFilter {
			a.Outcome = chat.OutcomeRefused
		}
	}
}

// describe puts the result into words.
func (a *Answer) describe(now time.Time) {
	a.Finding = render.Finding(a.Insight, a.Result)
	if a.Insight.Replaced.Outdated() {
		a.Caveats = append(a.Caveats, strings.TrimSpace("This insight is outdated. "+a.Outdated))
	}
	if c := a.Insight.Certified; c.By != "" && !c.Valid(now) && !c.Until.IsZero() && !now.Before(c.Until) {
		a.Caveats = append(a.Caveats, "Its certification by "+c.By+" ended on "+c.Until.Format("2 January 2006")+".")
	}
	for _, c := range a.Insight.Caveats {
		if a.Result.Window.IsZero() || c.Applies(a.Result.Window) || (!a.Result.Previous.IsZero() && c.Applies(a.Result.Previous)) {
			a.Caveats = append(a.Caveats, c.Text)
		}
	}
	if a.Result.Estimated {
		a.Caveats = append(a.Caveats, "The source sampled its data, so these numbers are estimates.")
	}
	if a.Result.More {
		a.Caveats = append(a.Caveats, "There is more data than is shown here.")
	}
	a.Caveats = append(a.Caveats, a.Result.Notes...)
}

// chart is the kind that shows this answer: the one asked for where the result
// has the form for it.
func (a Answer) chart() insight.Chart {
	if a.Reading.Chart == insight.ChartTable {
		return insight.ChartTable
	}
	return render.Pick(a.Insight, a.Result, a.Reading.Chart)
}
