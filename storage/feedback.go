package storage

import (
	"context"
	"fmt"
	"time"
)

// The kinds of feedback people give on an answer.
const (
	// NotMeant: the insight was not the one they asked for.
	NotMeant = "not_meant"
	// Right: it was.
	Right = "right"
)

// RecordFeedback keeps what a person, named by the keyed hash the ask log
// holds, said of one insight that answered, or was offered for, their question
// with the reference ref. The last word on the same question and insight counts.
// It fails with ErrInvalid for a kind that is not NotMeant or Right, and for a
// question that the ask log does not hold as theirs: that it is another person's
// is not told apart from that it is not there.
func (s *Store) RecordFeedback(ctx context.Context, ref, person, insightID, kind string, at time.Time) error {
	if person == "" || insightID == "" || (kind != NotMeant && kind != Right) {
		return fmt.Errorf("%w: feedback %q on insight %q", ErrInvalid, kind, insightID)
	}
	result, err := s.write.ExecContext(ctx, `
		INSERT INTO feedback (ref, insight, kind, at) SELECT ref, ?3, ?4, ?5 FROM asks WHERE ref = ?1 AND user = ?2
		ON CONFLICT (ref, insight) DO UPDATE SET kind = excluded.kind, at = excluded.at`,
		ref, person, insightID, kind, at.UnixMilli())
	if err != nil {
		return wrap("record feedback on "+ref, err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return wrap("record feedback on "+ref, err)
	}
	if n == 0 {
		return fmt.Errorf("%w: feedback on question %q, which the ask log does not hold as theirs", ErrInvalid, ref)
	}
	return nil
}

// Feedback counts the feedback of one kind given at since or later, by the id
// of the insight.
func (s *Store) Feedback(ctx context.Context, kind string, since time.Time) (map[string]int, error) {
	return s.count(ctx, "count feedback",
		`SELECT insight, count(*) FROM feedback WHERE kind = ? AND at >= ? GROUP BY insight`, kind, since.UnixMilli())
}
