package handlers

import (
	"time"

	"insightbot/chat"
	"insightbot/insight"
	"insightbot/match"
	"insightbot/render"
)

// QueryJSON is a query as scripts read it. Times are RFC 3339, half-open;
// what was not said is null.
type QueryJSON struct {
	From      *time.Time     `json:"from"`
	To        *time.Time     `json:"to"`
	Zone      string         `json:"zone"`
	Grain     *insight.Grain `json:"grain"`
	Compare   *string        `json:"compare"`
	Breakdown []string       `json:"breakdown"`
	Filters   []FilterJSON   `json:"filters"`
}

// FilterJSON is a filter as scripts read it.
type FilterJSON struct {
	Field  string     `json:"field"`
	Op     insight.Op `json:"op"`
	Values []string   `json:"values"`
	Words  string     `json:"words"`
}

// ReadingJSON writes what a question was read as, before any insight is known.
func ReadingJSON(r match.Reading, zone *time.Location) QueryJSON {
	q := QueryJSON{Zone: zone.String(), Breakdown: []string{}, Filters: []FilterJSON{}}
	if r.Period != nil {
		q.From, q.To = &r.Period.Window.From, &r.Period.Window.To
	}
	q.Grain, q.Compare = orNull(r.Grain), compareOrNull(r.Compare)
	for _, w := range r.Breakdowns {
		name := w.Name
		if name == "" {
			name = w.Words
		}
		q.Breakdown = append(q.Breakdown, name)
	}
	for _, f := range r.Filters {
		q.Filters = append(q.Filters, FilterJSON{Field: f.Field, Op: f.Op, Values: orEmpty(f.Values), Words: f.Words})
	}
	return q
}

// AnswerJSON is a whole answer as scripts read it.
type AnswerJSON struct {
	Outcome    chat.Outcome  `json:"outcome"`
	Insight    string        `json:"insight"`
	Title      string        `json:"title"`
	Confidence float64       `json:"confidence"`
	Why        string        `json:"why"`
	Query      QueryJSON     `json:"query"`
	Finding    string        `json:"finding"`
	Alt        string        `json:"alt"`
	Caveats    []string      `json:"caveats"`
	Misfits    []string      `json:"misfits"`
	AsOf       *time.Time    `json:"as_of"`
	Incomplete *time.Time    `json:"incomplete"`
	Chart      insight.Chart `json:"chart"`
	Certified  bool          `json:"certified"`
	Owner      string        `json:"owner"`
	// Alternatives are the ids of a menu, or of the next best beside an answer.
	Alternatives []string `json:"alternatives"`
	// Message says why there is no answer.
	Message string `json:"message"`
	Ref     string `json:"ref"`
}

// JSON writes the answer for scripts. The query in it is the one that was run,
// save that an unasked comparison is null.
func (a Answer) JSON(ref string, now time.Time) AnswerJSON {
	j := AnswerJSON{
		Outcome: a.Outcome, Insight: a.Insight.ID, Title: a.Insight.Title, Confidence: a.Confidence, Why: a.Why,
		Finding: a.Finding, Caveats: orEmpty(a.Caveats), Misfits: []string{}, Alternatives: orEmpty(a.Alternatives),
		Message: a.Notice, Owner: a.Insight.Owner.Name, Certified: a.Insight.Certified.Valid(now), Ref: ref,
	}
	for _, m := range a.Misfits {
		j.Misfits = append(j.Misfits, m.Why)
	}
	if a.Insight.ID == "" {
		for _, h := range a.Hits {
			j.Alternatives = append(j.Alternatives, h.Insight.ID)
		}
		if j.Message == "" {
			j.Message = a.Reason
		}
		j.Query = ReadingJSON(a.Reading, time.UTC)
		return j
	}
	j.Query = queryJSON(a)
	if a.Failure != nil {
		j.Message = a.Failure.Sentence + " " + a.Failure.Next
	}
	if a.Outcome == chat.OutcomeAnswer {
		j.Chart = a.chart()
		j.Alt = render.Alt(a.Insight, a.Result, j.Chart, a.Insight.Title)
		j.AsOf, j.Incomplete = timeOrNull(a.Result.AsOf), timeOrNull(a.Result.Incomplete)
	}
	return j
}

// queryJSON is the query that was run for an answer.
func queryJSON(a Answer) QueryJSON {
	q := QueryJSON{
		Zone: a.Insight.Zone.String(), Grain: orNull(a.Query.Grain), Compare: compareOrNull(a.Reading.Compare),
		Breakdown: orEmpty(a.Query.Breakdowns), Filters: []FilterJSON{},
	}
	w := a.Query.Window
	if !a.Result.Window.IsZero() {
		w = a.Result.Window
	}
	q.From, q.To = timeOrNull(w.From), timeOrNull(w.To)
	for _, f := range a.Query.Filters {
		q.Filters = append(q.Filters, FilterJSON{Field: f.Field, Op: f.Op, Values: orEmpty(f.Values), Words: f.Words})
	}
	return q
}

func orNull[T ~string](v T) *T {
	if v == "" {
		return nil
	}
	return &v
}

func compareOrNull(c insight.Compare) *string { return orNull(string(c)) }

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func orEmpty[T any](v []T) []T {
	if v == nil {
		return []T{}
	}
	return v
}
