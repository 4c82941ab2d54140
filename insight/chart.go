package insight

// Chart is the way an insight wants to be drawn.
type Chart string

// The chart kinds an insight may ask for. A kind that cannot be drawn yet is
// answered as the nearest one that can, and the answer says so.
const (
	ChartLine          Chart = "line"
	ChartArea          Chart = "area"
	ChartBar           Chart = "bar"
	ChartHorizontalBar Chart = "horizontal_bar"
	ChartStacked       Chart = "stacked"
	ChartPie           Chart = "pie"
	ChartNumber        Chart = "number"
	ChartFunnel        Chart = "funnel"
	ChartRetention     Chart = "retention"
	ChartLifecycle     Chart = "lifecycle"
	ChartStickiness    Chart = "stickiness"
	ChartPaths         Chart = "paths"
	ChartHistogram     Chart = "histogram"
	ChartBox           Chart = "box"
	ChartTable         Chart = "table"
)

// Charts lists every chart kind.
func Charts() []Chart {
	return []Chart{
		ChartLine, ChartArea, ChartBar, ChartHorizontalBar, ChartStacked, ChartPie, ChartNumber, ChartFunnel,
		ChartRetention, ChartLifecycle, ChartStickiness, ChartPaths, ChartHistogram, ChartBox, ChartTable,
	}
}

// Shape is the form of data the chart is drawn from.
func (c Chart) Shape() Shape {
	switch c {
	case ChartFunnel:
		return ShapeFunnel
	case ChartRetention:
		return ShapeRetention
	case ChartLifecycle:
		return ShapeLifecycle
	case ChartStickiness:
		return ShapeStickiness
	case ChartPaths:
		return ShapePaths
	case ChartHistogram:
		return ShapeHistogram
	case ChartBox:
		return ShapeBox
	case ChartTable:
		return ShapeTable
	default:
		return ShapeTrend
	}
}

// OverTime reports whether the chart has a time axis.
func (c Chart) OverTime() bool {
	switch c {
	case ChartLine, ChartArea, ChartBar, ChartStacked, ChartLifecycle, ChartBox:
		return true
	default:
		return false
	}
}

// Format says how the values of an insight are written.
type Format struct {
	Kind FormatKind
	// Unit is what is counted, in the plural: "sign-ups". May be "".
	Unit string
	// Currency is an ISO code, for FormatCurrency.
	Currency string
	// Decimals is how many are kept at most; negative means as needed.
	Decimals int
}

// FormatKind is the sort of number an insight gives.
type FormatKind string

// The number formats. Percent values are fractions: 0.25 is 25 %. Durations
// are seconds, Bytes are bytes.
const (
	FormatNumber   FormatKind = "number"
	FormatPercent  FormatKind = "percent"
	FormatCurrency FormatKind = "currency"
	FormatDuration FormatKind = "duration"
	FormatBytes    FormatKind = "bytes"
)

// Direction says which way of change is welcome.
type Direction string

// The directions.
const (
	GoodNeither Direction = ""
	GoodUp      Direction = "up"
	GoodDown    Direction = "down"
)
