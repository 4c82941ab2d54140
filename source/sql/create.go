package sqlsource

import (
	"context"
	stdsql "database/sql"
	"fmt"
	"net/url"

	_ "modernc.org/sqlite" // the driver of the files this package reads and makes
)

// Create opens a SQLite file for writing and makes it when it is missing: for
// the demo, which builds the data it then reads. There is one connection, so a
// transaction is the only writer of this process; every transaction takes the
// write lock when it begins, and waits up to 20 seconds for another process
// that holds it. The caller closes it.
func Create(ctx context.Context, path string) (*stdsql.DB, error) {
	q := url.Values{}
	q.Set("_txlock", "immediate")
	// The driver runs this one after the pragmas below, which are run in the
	// order of their names: a page has no other size any more after it.
	q.Set("_journal_mode", "WAL")
	for _, pragma := range []string{
		"busy_timeout(20000)", "page_size(16384)", "synchronous(NORMAL)", "cache_size(-16000)",
		"wal_autocheckpoint(1000)", "temp_store(MEMORY)",
	} {
		q.Add("_pragma", pragma)
	}
	db, err := stdsql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("sqlsource: create %s: %w", path, err)
	}
	db.SetMaxOpenConns(1)
	if err := db.PingContext(ctx); err != nil {
		db.Close() //nolint:errcheck // the ping says what is wrong
		return nil, fmt.Errorf("sqlsource: create %s: %w", path, err)
	}
	return db, nil
}
