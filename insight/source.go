package insight

import (
	"context"
	"errors"
)

// Source is a place where saved insights live and run. A Source is safe for
// use by many goroutines.
type Source interface {
	// Name is the short name by which insights are prefixed.
	Name() string
	// Insights lists everything saved there. Insights that are broken are left
	// out and reported in the error, which wraps a Problem for each; the good
	// ones are returned beside it.
	Insights(ctx context.Context) ([]Insight, error)
	// Run runs one insight. It fails with the errors below, wrapped with what
	// was tried; it never returns a partial result as a whole one.
	Run(ctx context.Context, in Insight, q Query) (Result, error)
}

// The errors of a source, which handlers turn into a sentence for people.
var (
	// ErrUnknown: there is no such insight, or not any more.
	ErrUnknown = errors.New("insight: unknown")
	// ErrUnsupported: the insight cannot take a part of the query.
	ErrUnsupported = errors.New("insight: cannot take this query")
	// ErrAttribute: the audience lacks a row attribute the insight requires.
	ErrAttribute = errors.New("insight: required attribute missing")
	// ErrTooLarge: the answer has more rows or bytes than are allowed.
	ErrTooLarge = errors.New("insight: result too large")
	// ErrTimeout: it took longer than is allowed. Never read as zero.
	ErrTimeout = errors.New("insight: took too long")
	// ErrRefused: the statement wanted more than to read.
	ErrRefused = errors.New("insight: statement refused")
	// ErrUnavailable: the source cannot be reached now.
	ErrUnavailable = errors.New("insight: source unavailable")
	// ErrBusy: the source has too much to do now.
	ErrBusy = errors.New("insight: source busy")
	// ErrBroken: the saved insight itself is wrong: its statement fails.
	ErrBroken = errors.New("insight: definition broken")
	// ErrChanged: the insight changed since it was found, so that what was
	// decided about it may no longer hold. Finding it again helps.
	ErrChanged = errors.New("insight: changed since it was found")
	// ErrSmallGroups: the audience may not see small groups of people, and
	// nobody can tell how many people the parts of this answer are about.
	ErrSmallGroups = errors.New("insight: groups may be too small")
)
