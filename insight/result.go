package insight

import "time"

// Result is what a run of an insight gave. Shape says which of its fields hold
// the data; the others are empty. Numbers are never invented: a value that is
// missing is NaN, and no data at all is an empty Result, not zero.
type Result struct {
	Shape Shape
	// Window is the period that was really run, resolved by the source, and
	// Previous the one it is compared with; zero when there is none.
	Window, Previous Window
	Grain            Grain
	// AsOf is up to when the data is complete: "data as of".
	AsOf time.Time
	// Incomplete is the start of the first bucket that is still filling, or
	// zero when every bucket is complete. When only totals were asked for and
	// the window is still running, it is Window.From.
	Incomplete time.Time

	// Series: ShapeTrend, ShapeStickiness, ShapeLifecycle, and funnels over
	// time (whose points are percentages).
	Series []Series
	// Funnels: ShapeFunnel, one for each breakdown group and period.
	Funnels []Funnel
	// Cohorts: ShapeRetention, one for each breakdown group.
	Cohorts []Cohorts
	// Paths: ShapePaths, most frequent first.
	Paths []Path
	// Bins: ShapeHistogram, one list for each period.
	Bins []Histogram
	// Boxes: ShapeBox, one for each series.
	Boxes []BoxSeries
	// Table: ShapeTable.
	Table Table

	// BrokenDownBy are the dimensions that were really used.
	BrokenDownBy []Dimension
	// Filters are the filters that were really applied.
	Filters []Filter
	// More is true when the source had more rows than it may return.
	More bool
	// Estimated is true when the source sampled.
	Estimated bool
	// Cached is true when the result was not computed for this question.
	Cached bool
	// At is when it was computed; zero means just now.
	At time.Time
	// Notes are sentences for the reader about how this was run.
	Notes []string
}

// Shape is the form of a result's data.
type Shape string

// The shapes.
const (
	ShapeTrend      Shape = "trend"
	ShapeFunnel     Shape = "funnel"
	ShapeRetention  Shape = "retention"
	ShapeStickiness Shape = "stickiness"
	ShapeLifecycle  Shape = "lifecycle"
	ShapePaths      Shape = "paths"
	ShapeHistogram  Shape = "histogram"
	ShapeBox        Shape = "box"
	ShapeTable      Shape = "table"
)

// Series is one line of a trend, or one group of a total.
type Series struct {
	// Key is the identity of the series over time and across windows: colour
	// and order hang on it. It is "" for the only series of an insight.
	Key string
	// Label is what people read.
	Label string
	// Values are the breakdown values, one for each of BrokenDownBy.
	Values []string
	// Previous marks a series of the comparison window. It has the Key of its
	// partner in the current one, and its points keep their own dates.
	Previous bool
	// Status is the lifecycle status of the series; else "".
	Status Status
	// Points are in order of time and include empty buckets. They are absent
	// when only totals were asked for.
	Points []Point
	// Total is the insight's own value for the whole window. It is not always
	// the sum of the points: distinct people are not.
	Total float64
}

// Point is one bucket of a series. Value is NaN where there is no data.
type Point struct {
	// At is the start of the bucket, in the result's zone. For stickiness it
	// is zero and X holds the number of days.
	At    time.Time
	X     int
	Value float64
}

// Status is the part of a lifecycle a series holds. Dormant values are
// negative, as they arrive.
type Status string

// The lifecycle statuses.
const (
	StatusNew          Status = "new"
	StatusReturning    Status = "returning"
	StatusResurrecting Status = "resurrecting"
	StatusDormant      Status = "dormant"
)

// Funnel is the steps of one breakdown group in one period.
type Funnel struct {
	Key, Label string
	Values     []string
	Previous   bool
	Steps      []Step
}

// Step is one step of a funnel.
type Step struct {
	Name  string
	Count float64
	// Average and Median are the times to get here from the step before;
	// negative when unknown, as always on the first step.
	Average, Median time.Duration
}

// Cohorts is a retention triangle. Rows get shorter; the newest cell of each
// may be incomplete.
type Cohorts struct {
	Key, Label string
	Values     []string
	Rows       []Cohort
}

// Cohort is the people who began in one period and how many came back after
// 0, 1, 2 … periods. Counts[0] is the size of the cohort; 0 means no rate.
type Cohort struct {
	At     time.Time
	Label  string
	Counts []float64
	// Incomplete marks that the last of Counts is still filling.
	Incomplete bool
}

// Path is one hop between two places and how many took it.
type Path struct {
	Step         int
	Source       string
	Target       string
	Count        float64
	AverageAfter time.Duration
}

// Histogram is a distribution: how many values fell in each bin.
type Histogram struct {
	Label    string
	Previous bool
	Bins     []Bin
	// Average is NaN when unknown.
	Average float64
}

// Bin is one bar of a histogram: its lower bound in the insight's unit.
type Bin struct {
	From  float64
	Count float64
}

// BoxSeries is a box plot over time.
type BoxSeries struct {
	Key, Label string
	Boxes      []Box
}

// Box is the five-number summary, and the mean, of one bucket.
type Box struct {
	At                               time.Time
	Min, P25, Median, P75, Max, Mean float64
}

// Table is rows as they came, already masked.
type Table struct {
	Columns []Column
	Rows    [][]Cell
}

// Cell is one cell of a table. Text is for people; Number is set and IsNumber
// true where the cell holds a number. Null is true where there is no value.
type Cell struct {
	Text     string
	Number   float64
	IsNumber bool
	Null     bool
}

// Running reports whether the window itself is still filling: more data for it
// will come. A window that ended may have an incomplete last bucket all the
// same, where it ends in the middle of one.
func (r Result) Running() bool {
	return !r.Incomplete.IsZero() && (r.Window.IsZero() || r.AsOf.IsZero() || r.AsOf.Before(r.Window.To))
}

// Empty reports whether the result holds no data at all.
func (r Result) Empty() bool {
	return len(r.Series) == 0 && len(r.Funnels) == 0 && len(r.Cohorts) == 0 && len(r.Paths) == 0 &&
		len(r.Bins) == 0 && len(r.Boxes) == 0 && len(r.Table.Rows) == 0
}
