package eval

import (
	"time"

	"insightbot/match"
)

// now is the moment questions are read at. It is fixed, so that a measurement
// gives the same figures on every day.
var now = time.Date(2026, time.November, 25, 12, 0, 0, 0, time.UTC)

// read reads a question as it is read for a person.
func read(text string, v *match.Vocabulary) match.Reading {
	return match.Read(text, v, match.Clock{Now: now, Zone: time.UTC, WeekStart: time.Monday})
}
