// Package insight is the vocabulary of analytics: what a saved insight is and
// accepts, what can be asked of it, what comes back, and what a source of them
// must do. It imports nothing of ours, so that every other package may speak
// it.
package insight

import (
	"slices"
	"time"
)

// Insight is one saved question that somebody built, named and answers for. It
// says what it accepts, so that a wish it cannot take is refused before
// anything runs. It never carries data of its own.
type Insight struct {
	// ID is unique over all sources and never changes: "<source>/<key>".
	ID string
	// Source is the name of the source that runs it.
	Source string
	// Version changes whenever the definition does: a hash, opaque to readers.
	Version string

	// Title and Description are plain text as their author wrote them.
	Title, Description string
	Tags               []string
	// Events are the events, tables or metrics it is built on. Only matching
	// uses them.
	Events []string
	// Examples are questions in people's own words that it answers.
	Examples []string

	Owner     Owner
	Certified Certification
	// Replaced says that a newer insight should be used instead.
	Replaced Replacement
	Caveats  []Caveat

	Chart  Chart
	Format Format
	// Good says which direction of change is welcome.
	Good Direction
	// Total says how the one value of a whole period is made.
	Total Total
	// People says whether its values count people, which decides what a role
	// that hides small groups may see of it.
	People People
	// FromZero is false where the author wants the value axis cut, which the
	// alt text then says.
	FromZero bool

	// Zone is the reporting zone: windows and buckets use it, so that two
	// people get the same number. Never nil in a catalogue.
	Zone *time.Location
	// WeekStart is the first day of a week in this insight's zone.
	WeekStart time.Weekday

	Accepts Accepts
	// Default is what runs when a question does not say.
	Default Defaults

	// Fresh is how long a result may be used again for the same query; 0 is
	// the default of the source.
	Fresh time.Duration

	// Link is where a person can look at it in its source, or "".
	Link string
	// UpdatedAt is when its definition last changed, or zero when unknown.
	UpdatedAt time.Time
	// Asked is how often it was asked through this bot in the last 30 days,
	// Viewers how many people looked at it in its source; 0 when unknown.
	Asked, Viewers int
}

// Total is the way in which the one value of a whole period is made, which
// decides how it may be spoken of: "on average a week", "at the end of May".
type Total string

// The ways to make a total; "" is not known.
const (
	// TotalRerun: the insight runs once more without buckets.
	TotalRerun Total = "rerun"
	// TotalSum: the buckets are added up, so that groups are parts of a whole.
	TotalSum Total = "sum"
	// TotalLast: the value of the last bucket.
	TotalLast Total = "last"
	// TotalAverage: the mean of the buckets of the default grain.
	TotalAverage Total = "average"
)

// People says what an insight's values have to do with persons.
type People string

// What values can be. An insight that does not say is held to be about people
// whose number is not known.
const (
	PeopleUnknown People = ""
	// PeopleCounted: every value is a number of people, or of accounts.
	PeopleCounted People = "counted"
	// PeopleNone: the data is not about people at all: disk space, uptime.
	PeopleNone People = "none"
)

// Owner is who answers for an insight: a person or a team.
type Owner struct {
	Name string
	// Contact is a handle, channel or address, printed as it is; or "".
	Contact string
}

// Certification says that somebody vouches for an insight. The zero value
// means nobody does.
type Certification struct {
	By string
	// On and Until are civil dates at midnight in the insight's zone. A zero
	// Until does not end.
	On, Until time.Time
}

// Valid reports whether the certification holds at now.
func (c Certification) Valid(now time.Time) bool {
	return c.By != "" && !now.Before(c.On) && (c.Until.IsZero() || now.Before(c.Until))
}

// Replacement points from an outdated insight to the one that took its place.
// The zero value means it is current.
type Replacement struct {
	// By is the ID of the newer insight, or "" where there is none.
	By string
	// Why is one sentence for people.
	Why string
}

// Outdated reports whether the insight was replaced or withdrawn.
func (r Replacement) Outdated() bool { return r.By != "" || r.Why != "" }

// Caveat is something a reader must know about the data of some period. From
// and Until bound the days it is about, half-open, at midnight in the
// insight's zone; a zero bound is open.
type Caveat struct {
	Text        string
	From, Until time.Time
}

// Applies reports whether the caveat concerns any part of w.
func (c Caveat) Applies(w Window) bool {
	return (c.Until.IsZero() || w.From.Before(c.Until)) && (c.From.IsZero() || c.From.Before(w.To))
}

// Accepts lists what an insight can be run with. A field left empty means
// that it cannot take such a wish at all.
type Accepts struct {
	// Windows is false for an insight without a time column: it always shows
	// the state of its data as of now.
	Windows bool
	// Earliest is the first day with data, or zero when unknown.
	Earliest time.Time
	// Grains are the time buckets it can be drawn in.
	Grains []Grain
	// Compare lists the comparisons it can be run with.
	Compare []Compare
	// Dimensions are what it can be broken down and filtered by.
	Dimensions []Dimension
	// MaxBreakdowns is how many dimensions can be used at once.
	MaxBreakdowns int
	// Attributes are row attributes the audience must hold ("region"). Their
	// values are bound as parameters; without them the insight is refused.
	Attributes []string
	// Columns are the output columns that may have to be masked.
	Columns []Column
}

// Dimension looks a dimension up by its name.
func (a Accepts) Dimension(name string) (Dimension, bool) {
	i := slices.IndexFunc(a.Dimensions, func(d Dimension) bool { return d.Name == name })
	if i < 0 {
		return Dimension{}, false
	}
	return a.Dimensions[i], true
}

// Dimension is something an insight can be split or narrowed by. It is named,
// never spelled as SQL: the source knows what the name stands for.
type Dimension struct {
	// Name is the identifier used in a Query: "country".
	Name string
	// Label is what people read: "Country".
	Label string
	// Words are other words people use for it: "nation", "market".
	Words []string
	// Breakdown and Filter say what it may be used for.
	Breakdown, Filter bool
	// Values are the values it can take, where they are known. Empty means
	// that they are not, and a filter on it is refused.
	Values []Value
}

// Value is one value of a dimension.
type Value struct {
	// Key is what the source compares with: "DE".
	Key string
	// Label is what people read: "Germany". Empty means Key.
	Label string
	// Words are other ways to say it: "German", "Deutschland".
	Words []string
}

// Name is the label, or the key where there is none.
func (v Value) Name() string {
	if v.Label != "" {
		return v.Label
	}
	return v.Key
}

// Column is an output column of a table insight.
type Column struct {
	Name string
	Type ColumnType
}

// ColumnType says what a column holds where that decides how it is shown or
// hidden.
type ColumnType string

// The column types. Personal ones are masked unless a role unmasks them.
const (
	ColumnPlain  ColumnType = ""
	ColumnNumber ColumnType = "number"
	ColumnTime   ColumnType = "time"
	ColumnEmail  ColumnType = "email"
	ColumnName   ColumnType = "name"
	ColumnIP     ColumnType = "ip"
)

// Defaults is what an insight runs with when the question leaves it open.
type Defaults struct {
	// Period is a phrase the period reader understands: "last 30 days".
	Period     string
	Grain      Grain
	Breakdowns []string
}
