package sqlsource

import (
	"fmt"
	"math"
	"strings"

	"insightbot/insight"
)

// twice returns a function that decides about a row for what may have had one
// before. A bucket and group has one row; but a database that stores 1 and '1'
// in one column groups by both, and people read one value. They are added up
// where that is how totals are made.
func (r *run) twice(rows rowset, breakdowns int) func(row []any, place string, again bool, before, v float64) (float64, error) {
	seen := map[string]bool{}
	return func(row []any, place string, again bool, before, v float64) (float64, error) {
		types := rows.typesOf(row, breakdowns)
		same := seen[place+types]
		if breakdowns > 0 {
			seen[place+types] = true
		}
		switch {
		case !again:
			return v, nil
		case breakdowns == 0 || same:
			return 0, fmt.Errorf("two rows for one bucket and breakdown: %w", insight.ErrBroken)
		case !r.additive():
			return 0, fmt.Errorf("two rows for one bucket and breakdown, because the column stores one value as several types: cast it: %w", insight.ErrBroken)
		case math.IsNaN(before):
			return v, nil
		case math.IsNaN(v):
			return before, nil
		}
		return before + v, nil
	}
}

// typesOf names the types in which a row has its breakdown values.
func (s rowset) typesOf(row []any, breakdowns int) string {
	var b strings.Builder
	for i := range breakdowns {
		name := "breakdown"
		if i > 0 {
			name = fmt.Sprintf("breakdown_%d", i+1)
		}
		if at := s.column(name); at >= 0 {
			fmt.Fprintf(&b, "\x1f%T", row[at])
		}
	}
	return b.String()
}
