package sqlsource

import (
	"time"

	"insightbot/insight"
)

// definition is an insight and what its source alone needs to know to run it.
type definition struct {
	insight    insight.Insight
	statement  template
	time       *timeColumn
	dimensions map[string]string // name to column expression
	attributes []attribute
	// zero is set where a bucket without a row counts as zero.
	zero bool
	asOf string
}

// attribute is a row attribute and the column it is compared with.
type attribute struct{ name, column string }

// timeColumn is the column that windows are compared with.
type timeColumn struct {
	column string
	kind   timeKind
	// stored is the zone of a datetime.
	stored *time.Location
}

// timeKind is how a moment is stored.
type timeKind string

const (
	timeUnix     timeKind = "unix"
	timeUnixMS   timeKind = "unix_ms"
	timeDatetime timeKind = "datetime"
	timeDate     timeKind = "date"
	// timeInstant is a moment that the database itself keeps as one.
	timeInstant timeKind = "timestamptz"
)

// shared is a dimension that several insights use.
type shared struct {
	label  string
	words  []string
	values []insight.Value
	// query lists the values, where the database knows them.
	query string
	place insight.Problem
}

// folder is what a folder of insights holds.
type folder struct {
	insights []definition
	shared   map[string]shared
}

// comparableShape reports whether results of this shape can be set against those
// of an earlier window.
func comparableShape(s insight.Shape) bool {
	switch s {
	case insight.ShapeTrend, insight.ShapeFunnel, insight.ShapeHistogram, insight.ShapeStickiness:
		return true
	default:
		return false
	}
}

// bucketedShape reports whether results of this shape have a time axis of buckets.
func bucketedShape(s insight.Shape) bool {
	switch s {
	case insight.ShapeTrend, insight.ShapeLifecycle, insight.ShapeBox, insight.ShapeRetention:
		return true
	default:
		return false
	}
}

// brokenDownShape reports whether results of this shape can be split by a dimension.
func brokenDownShape(s insight.Shape) bool {
	switch s {
	case insight.ShapeBox, insight.ShapeHistogram, insight.ShapeLifecycle, insight.ShapePaths:
		return false
	default:
		return true
	}
}
