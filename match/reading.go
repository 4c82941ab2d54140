package match

import (
	"time"

	"insightbot/insight"
)

// Reading is what a question says besides its subject: the period, the
// comparison, the breakdown and so on. What was not said is zero or empty.
type Reading struct {
	// Text is the question as it was typed.
	Text string
	// Period is nil where none was named.
	Period *Period
	// Others are further periods that were named. Only one can be asked for at
	// a time: Fit says that these were left out.
	Others []Period
	// Grain is the bucket that was named ("daily", "per month").
	Grain insight.Grain
	// OverTime is set for "over time", "trend", "development": a series is
	// wanted, of whatever grain.
	OverTime bool
	Compare  insight.Compare
	// Against is the earlier period to compare with, where one was named that
	// is neither the one before nor the same a year ago: "June vs January".
	Against *Period
	// Breakdowns and Filters are wishes: they may name something no insight
	// has. Fit says what an insight can take.
	Breakdowns []BreakdownWish
	Filters    []FilterWish
	// Mentions are names such as "@mia" that were said aside, and a "by" at the
	// end that nothing follows.
	Mentions []string
	// Chart is the way of drawing that was asked for ("as a table").
	Chart insight.Chart
	// Spans are the parts of Text that were understood, in order and without
	// overlap. Ranking must not let them disturb it.
	Spans []Span
	// Rest is Text without the spans: the words left for matching.
	Rest string
}

// Span is a part of a question, as byte offsets, and what it was read as.
type Span struct {
	From, To int
	Role     Role
}

// Role is what a part of a question is for.
type Role string

// The roles.
const (
	RolePeriod    Role = "period"
	RoleGrain     Role = "grain"
	RoleCompare   Role = "compare"
	RoleBreakdown Role = "breakdown"
	RoleFilter    Role = "filter"
	RoleChart     Role = "chart"
	RoleMention   Role = "mention"
)

// BreakdownWish is a breakdown as it was asked for.
type BreakdownWish struct {
	// Name is the dimension, or "" where no insight has one of these words.
	Name string
	// Words are what was typed: "browser".
	Words string
	// Sure is false where the words may as well belong to the subject
	// ("revenue by invoice"): the wish counts only if the insight can take it.
	Sure bool
}

// FilterWish is a filter as it was asked for.
type FilterWish struct {
	// Field and Values name a dimension and its values; Field is "" where the
	// words name no value that any insight knows.
	Field  string
	Op     insight.Op
	Values []string
	// Words are what was typed: "Germany".
	Words string
	// Sure is false where the words may as well belong to the subject
	// ("enterprise revenue"): no filter for an insight whose title says so.
	Sure bool
}

// Period is a period that was named.
type Period struct {
	// Window is in the zone of the clock. A period without a beginning ("until
	// May", "all time") begins in the year 1500: Fit moves it to where the data
	// begins.
	Window insight.Window
	Kind   PeriodKind
	// Unit is the calendar unit or the unit that was counted in: "last week",
	// "last 3 weeks" both have GrainWeek.
	Unit insight.Grain
	// Count is how many units, 1 for a calendar unit, 0 for a range.
	Count int
	// Words are what was typed, or what it stands for where a comparison alone
	// names the period: "this month" for "compared to last month". ReadPeriod
	// understands them, so that In can read them by another clock.
	Words string
	// Note is a sentence for people where the words were not taken as they
	// stand, such as a day that does not exist; or "".
	Note string
}

// PeriodKind says how a period was meant, which decides what comes before it.
type PeriodKind string

// The kinds of periods.
const (
	// PeriodCalendar is a whole calendar unit: "last week", "Q3 2025".
	PeriodCalendar PeriodKind = "calendar"
	// PeriodRolling counts back from the start of today: "past 90 days".
	PeriodRolling PeriodKind = "rolling"
	// PeriodRunning contains now: "today", "this week", "month to date".
	PeriodRunning PeriodKind = "running"
	// PeriodRange has explicit bounds: "since March", "between 3 and 17 May".
	PeriodRange PeriodKind = "range"
)

// Clock is the moment and the calendar that words like "yesterday" mean.
type Clock struct {
	Now       time.Time
	Zone      *time.Location
	WeekStart time.Weekday
}
