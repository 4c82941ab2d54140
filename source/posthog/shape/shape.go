// Package shape reads what PostHog says and says what PostHog understands. It
// turns saved insights, as they come from the API, into the vocabulary of
// insights; a question into the calls that answer it; and the answers into a
// result. It is pure: it sends nothing, and it needs no clock. Everything that
// the API would silently ignore is refused here, before a call is made, and
// what came back is compared with what was asked.
package shape

import (
	"encoding/json"
	"time"

	"insightbot/insight"
)

// Project is what has to be known of a project to read and to run its insights.
// It must be the same for Saved.Insight, Saved.Plan and Saved.Result.
type Project struct {
	// Source is the name of the source, which prefixes the ids of insights.
	Source string
	// Zone is the time zone of the project, in which PostHog reads dates.
	Zone *time.Location
	// WeekStart is the first day of a week: Sunday or Monday, as the project
	// says.
	WeekStart time.Weekday
	// Currency is the ISO code of the project's currency, or "".
	Currency string
	// Properties are what insights may be broken down by and filtered by,
	// beyond what they use themselves. Each must exist in the project: PostHog
	// answers zeros, and no error, for one that does not.
	Properties []Property
	// Variables are those of the project that SQL may use.
	Variables []Variable
	// Cohorts are the names of cohorts by their id, for breakdowns by them.
	Cohorts map[int64]string
	// MaxRows is how many rows of a table, groups or buckets are kept at most;
	// 0 means 10,000. When there were more, the result says so.
	MaxRows int
}

// Property is a property of events, persons or sessions.
type Property struct {
	// Name is as PostHog has it: "$browser".
	Name string
	// Type is what carries it; "" means EventProperty.
	Type PropertyType
	// Label is what people read, or "" for one made from the name; Words are
	// other words for it.
	Label string
	Words []string
	// Values are those it can take, where they are known. Without them nobody
	// can filter by it.
	Values []insight.Value
}

// PropertyType says what a property belongs to.
type PropertyType string

// The property types that an insight can be broken down by on request.
const (
	EventProperty   PropertyType = "event"
	PersonProperty  PropertyType = "person"
	SessionProperty PropertyType = "session"
)

// Variable is a placeholder of SQL insights that PostHog lets people fill in.
type Variable struct {
	// ID is the UUID of the variable, Code the name in {variables.code}.
	ID, Code string
	// Name is what people read.
	Name string
	// Values are those of a variable of the type List. One without values is
	// never offered.
	Values []string
}

// Kind is the kind of query that a saved insight is.
type Kind string

// The kinds. KindUnknown is everything that the bot cannot run.
const (
	KindUnknown    Kind = ""
	KindTrends     Kind = "TrendsQuery"
	KindFunnels    Kind = "FunnelsQuery"
	KindRetention  Kind = "RetentionQuery"
	KindPaths      Kind = "PathsQuery"
	KindStickiness Kind = "StickinessQuery"
	KindLifecycle  Kind = "LifecycleQuery"
	KindSQL        Kind = "HogQLQuery"
)

// Saved is one saved insight. Parse makes it; it must not be changed.
type Saved struct {
	// ID is the number by which the API is addressed, ShortID what stands in
	// links. Key, not ShortID, is what insight ids are made of.
	ID      int64
	ShortID string
	Kind    Kind

	// Name may be empty, Derived is what PostHog makes of the query.
	Name, Derived, Description string
	Tags                       []string
	// Owner is the name of whoever made it, or "": never an e-mail address.
	Owner string
	// Dashboards are the ids of the dashboards it lies on.
	Dashboards []int64
	// Kept says that somebody saved it, rather than it being a draft.
	Kept, Favorited, Deleted bool
	// Hidden says that the key may not see it: only ids came.
	Hidden bool
	// Created, Modified, Refreshed and Viewed are zero where they are not
	// known. Modified is when the definition last changed, Refreshed when its
	// cached result was computed.
	Created, Modified, Refreshed, Viewed time.Time

	// query is the whole query where it has nodes around def.source.
	query json.RawMessage
	def   definition
}

// Endpoint says which call of the API is meant.
type Endpoint string

// The two ways to run an insight: GET insights/{id}/ with overrides in the
// query string, and POST query/ with the saved query, changed.
const (
	EndpointInsight Endpoint = "insight"
	EndpointQuery   Endpoint = "query"
)

// Part says what one of several calls is for.
type Part string

// The parts of an answer: the window asked for, its value without buckets, and
// both for the earlier window.
const (
	PartMain          Part = "main"
	PartTotal         Part = "total"
	PartPrevious      Part = "previous"
	PartPreviousTotal Part = "previous total"
)

// Refresh is the mode of a run. It goes into the query string of
// EndpointInsight and into the body of EndpointQuery.
type Refresh string

// The refresh modes the bot uses. RefreshBlocking calculates unless the cache
// of PostHog is fresh; RefreshAsync answers at once with a query id to poll.
const (
	RefreshBlocking Refresh = "blocking"
	RefreshAsync    Refresh = "async"
)

// Call is one call of the API that a run needs. All calls of a plan are
// independent of each other.
type Call struct {
	Part     Part
	Endpoint Endpoint
	// ID is the number of the insight, for EndpointInsight.
	ID int64
	// Refresh is the mode to begin with. The caller may change it: every mode
	// gives bodies that Read understands.
	Refresh Refresh
	// FiltersOverride and VariablesOverride go into the query string of
	// EndpointInsight, or into the body of EndpointQuery; nil for none.
	FiltersOverride, VariablesOverride json.RawMessage
	// Query is the value of "query" in the body, for EndpointQuery.
	Query json.RawMessage
}

// Plan is the calls that answer one question, the main one first.
type Plan struct {
	Calls []Call
}

// State says what the body of an answer is. A 200 is not always an answer.
type State string

// The states. Only StateAnswer and StateStale carry data.
const (
	// StateAnswer: the result is there.
	StateAnswer State = "answer"
	// StateMissing: it is not in the cache and was not computed. Run it with
	// RefreshBlocking.
	StateMissing State = "missing"
	// StateRunning: it is being computed. Poll GET query/{QueryID}/.
	StateRunning State = "running"
	// StateStale: an old result, while a new one is being computed under
	// QueryID. It may be used; the result then says how old it is.
	StateStale State = "stale"
	// StateFailed: it could not be computed; Message says why.
	StateFailed State = "failed"
)

// Answer is one body that the API sent in answer to a Call, or while polling.
type Answer struct {
	State State
	// QueryID is what to poll and to cancel, where something is running.
	QueryID string
	// Message is PostHog's own reason of a failure. It may quote SQL and
	// values: it is for logs and curators, never for a channel.
	Message string
	// Busy is set when the failure is that too much runs at once.
	Busy bool
	// Cached says that the result was not computed for this call.
	Cached bool
	// ComputedAt is when it was computed, or zero when the body does not say.
	ComputedAt time.Time
	// NextRefresh is before when a forced refresh is not welcome, or zero.
	NextRefresh time.Time

	body body
}
