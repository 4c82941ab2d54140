package storage

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"insightbot/chat"
)

// Unanswered returns the n questions that were asked most in a workspace at
// since or later and that nothing answered, the most asked first. Questions
// that differ in spelling that does not matter are one, which stands as it was
// typed last. What those asked who opted out is left out. A negative n returns
// all of them.
func (s *Store) Unanswered(ctx context.Context, platform, workspace string, since time.Time, n int) ([]chat.Unanswered, error) {
	const doing = "read unanswered questions"
	rows, err := s.read.QueryContext(ctx, `
		SELECT question, count(*), max(at) FROM asks
		WHERE platform = ? AND workspace = ? AND at >= ? AND outcome IN ('none', 'refused') AND question <> ''
			AND user NOT IN (SELECT person FROM preferences)
		GROUP BY question ORDER BY max(at) DESC, question`, platform, workspace, since.UnixMilli())
	if err != nil {
		return nil, wrap(doing, err)
	}
	defer func() { _ = rows.Close() }()
	var found []chat.Unanswered
	index := map[string]int{}
	for rows.Next() {
		var u chat.Unanswered
		var at int64
		if err := rows.Scan(&u.Question, &u.Times, &at); err != nil {
			return nil, wrap(doing, err)
		}
		same := folded(u.Question)
		if i, ok := index[same]; ok { // the one before was asked later
			found[i].Times += u.Times
			continue
		}
		u.Last = time.UnixMilli(at).UTC()
		index[same] = len(found)
		found = append(found, u)
	}
	if err := rows.Err(); err != nil {
		return nil, wrap(doing, err)
	}
	slices.SortStableFunc(found, func(a, b chat.Unanswered) int { return cmp.Compare(b.Times, a.Times) })
	if n >= 0 && n < len(found) {
		found = found[:n]
	}
	return found, nil
}

// folded is a question without what does not matter for being the same one:
// capitals, spaces, how letters are composed, and punctuation around it.
func folded(question string) string {
	whole := strings.Join(strings.Fields(strings.ToLower(norm.NFC.String(question))), " ")
	bare := strings.TrimFunc(whole, func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSpace(r) })
	return cmp.Or(bare, whole)
}
