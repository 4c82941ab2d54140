package sqlsource

import (
	"context"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"insightbot/insight"
)

// samples is how many stored times are looked at.
const samples = 50

var (
	datePattern     = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
	datetimePattern = regexp.MustCompile(`^\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d(\.\d+)?)?)?$`)
)

// stored compares some stored times with the type that the insight declares:
// a wrong one finds no rows, or all of them, and fails nowhere. It can look at
// what stands in {{bucket}} and at nothing else.
func (s *Source) stored(ctx context.Context, in insight.Insight) error {
	d, err := s.definition(ctx, in.ID)
	if err != nil || d.time == nil || !d.statement.has(holeBucket) || s.engine.stored == nil {
		return err
	}
	if number := d.time.kind == timeUnix || d.time.kind == timeUnixMS; !number && s.config.Type != TypeSQLite {
		return nil // the database itself refuses what does not fit
	}
	st, err := compile(d, request{stored: true}, s.engine.dialect)
	if err != nil {
		return err
	}
	st.text = fmt.Sprintf("SELECT * FROM (%s) AS sample LIMIT %d", st.text, samples)
	var rows rowset
	err = s.session(ctx, func(ctx context.Context, db querier) (err error) {
		rows, err = fetch(ctx, db, st, caps{rows: samples, bytes: s.config.MaxBytes})
		return err
	})
	if errors.Is(err, insight.ErrTimeout) || errors.Is(err, insight.ErrBusy) {
		return nil // all of the data may be too much; the insight never asks for it
	}
	if err != nil {
		return nil //nolint:nilerr // a statement that computes with its buckets cannot take what is stored
	}
	at := rows.column("bucket", "cohort")
	if at < 0 {
		return nil
	}
	looked, wrong, example := 0, 0, ""
	for _, row := range rows.rows {
		kind, text, ok := strings.Cut(keyOf(row[at]), ":")
		if !ok {
			continue
		}
		looked++
		if !d.time.kind.fits(kind, text) {
			wrong++
			example = text
		}
	}
	if 2*wrong <= looked {
		return nil
	}
	return fmt.Errorf("time.type is %s, but the column %s stores %d of %d times in another form, such as “%s”: %w",
		d.time.kind, d.time.column, wrong, looked, clip(example), insight.ErrBroken)
}

// fits reports whether a stored value, of a type of the database and written
// as text, looks like a time of this kind. The type is "" where the database
// keeps types itself.
func (k timeKind) fits(kind, text string) bool {
	// Seconds reach it in the year 5138; milliseconds reached the other bound
	// in April 1970.
	const milliseconds, early = 1e11, 1e10
	switch k {
	case timeUnix, timeUnixMS:
		n, err := strconv.ParseFloat(text, 64)
		if kind != "integer" && kind != "real" && kind != "" || err != nil {
			return false
		}
		if k == timeUnix {
			// A year or a day's number is a whole number too.
			return math.Abs(n) < milliseconds && (math.Abs(n) >= 1e6 || n == 0)
		}
		return math.Abs(n) >= early || n == 0
	case timeDatetime, timeInstant:
		return kind == "text" && datetimePattern.MatchString(text)
	case timeDate:
		return kind == "text" && datePattern.MatchString(text)
	}
	return false
}
