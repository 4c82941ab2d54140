package storage

import (
	"context"
	"time"
)

const (
	// followUpLife is how long a thread can be taken up again, and a button
	// works whose call was too long for it.
	followUpLife = 30 * 24 * time.Hour
	// keyLife is how long a delivery is known after it was worked off. Slack
	// sends one again for some minutes.
	keyLife = 24 * time.Hour
	// inboxLife is how long a delivery waits to be worked off: nobody waits
	// for the answer any more.
	inboxLife = 7 * 24 * time.Hour
	// recordLife is how long it is kept who may take a message back, what
	// became of a request, which version of an insight was shown, and that the
	// bot was used in a channel.
	recordLife = 180 * 24 * time.Hour
)

// forgetAtOnce is how many rows are deleted in one transaction, so that a
// platform that waits for its acknowledgement gets in between.
const forgetAtOnce = 500

// ForgetOld ends the retention of what had its time: threads and kept calls
// after 30 days, deliveries a day after they were finished or a week after they
// came in, posted messages, versions shown, decided requests and channels after 180 days, and
// links to sign in once they have expired. It returns how many rows that were.
// Questions have a retention of their own: see DeleteAsksBefore.
//
// It fails with ErrBusy when they are gone but a reader kept their bytes in the
// write-ahead log; calling it again finishes the work.
func (s *Store) ForgetOld(ctx context.Context, now time.Time) (int, error) {
	total := 0
	for _, old := range []struct {
		what, query string
		life        time.Duration
	}{
		{"deliveries", `DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE finished_at < ? LIMIT ?)`, keyLife},
		{"unfinished deliveries", `
			DELETE FROM deliveries WHERE id IN (SELECT id FROM deliveries WHERE finished_at IS NULL AND at < ? LIMIT ?)`, inboxLife},
		{"threads", `DELETE FROM threads WHERE rowid IN (SELECT rowid FROM threads WHERE at < ? LIMIT ?)`, followUpLife},
		{"kept calls", `DELETE FROM kept_calls WHERE rowid IN (SELECT rowid FROM kept_calls WHERE at < ? LIMIT ?)`, followUpLife},
		{"versions shown", `DELETE FROM shown WHERE rowid IN (SELECT rowid FROM shown WHERE at < ? LIMIT ?)`, recordLife},
		{"posted messages", `DELETE FROM posted WHERE rowid IN (SELECT rowid FROM posted WHERE at < ? LIMIT ?)`, recordLife},
		{"decided requests", `
			DELETE FROM access_requests WHERE id IN (SELECT id FROM access_requests WHERE decided_at < ? LIMIT ?)`, recordLife},
		{"channels", `
			DELETE FROM seen_channels WHERE (platform, workspace, id) IN
				(SELECT platform, workspace, id FROM seen_channels WHERE at < ? LIMIT ?)`, recordLife},
		{"links to sign in", `DELETE FROM sign_ins WHERE token IN (SELECT token FROM sign_ins WHERE expires < ? LIMIT ?)`, 0},
	} {
		n, err := s.forget(ctx, "forget old "+old.what, old.query, now.Add(-old.life))
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, checkpoint(ctx, s.write)
}

// forget deletes the rows that a statement of a moment and a number finds, so
// many at once, until none is left.
func (s *Store) forget(ctx context.Context, doing, query string, before time.Time) (int, error) {
	total := 0
	for {
		n, err := affected(s.write.ExecContext(ctx, query, before.UnixMilli(), forgetAtOnce))
		total += n
		if err != nil || n < forgetAtOnce {
			return total, wrap(doing, err)
		}
	}
}
