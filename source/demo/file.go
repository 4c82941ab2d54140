package demo

import (
	"bytes"
	"context"
	stdsql "database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"time"
)

// unusable says that a file cannot be used and what a person does about it.
func unusable(path string, why error) error {
	return fmt.Errorf("demo: %s is not a file of demo data that can be used: %w; delete it (and %s-wal and %s-shm "+
		"beside it, if they exist) and start again to have it made anew", path, why, path, path)
}

// blame says whose fault an error is: that of the file, which somebody has to
// delete then, or of something that may be better next time.
func blame(path string, err error) error {
	const wrongSQL, corrupt, noDatabase = 1, 11, 26 // result codes of SQLite
	coded, ok := errors.AsType[interface {
		error
		Code() int
	}](err)
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
	case !ok || slices.Contains([]int{wrongSQL, corrupt, noDatabase}, coded.Code()&0xff):
		return unusable(path, err)
	}
	return fmt.Errorf("demo: use %s: %w", path, err)
}

// inspect looks at a file before SQLite does, so that something else that lies
// there is never written to. A file that is missing or empty is fine.
func inspect(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("demo: open the data: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("demo: look at the data: %w", err)
	}
	if info.Size() == 0 {
		return nil
	}
	head := make([]byte, 100)
	if _, err := io.ReadFull(f, head); err != nil || !bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		return unusable(path, errors.New("it is no SQLite database"))
	}
	log, err := os.Stat(path + "-wal")
	if err == nil && log.Size() > 0 {
		return nil // the newest pages are in the log: the size says nothing
	}
	page := int64(binary.BigEndian.Uint16(head[16:18]))
	if page == 1 {
		page = 65536
	}
	if pages := int64(binary.BigEndian.Uint32(head[28:32])); info.Size() < page*pages {
		return unusable(path, errors.New("it is cut short"))
	}
	return nil
}

// state is how far a file was filled.
type state struct {
	origin int   // the first day
	until  int64 // everything before this instant is there
}

// begin reads the state inside a transaction; it makes the tables when the file
// is new.
func begin(ctx context.Context, tx *stdsql.Tx, c calendar, origin int) (state, bool, error) {
	var tables, ours int
	err := tx.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(name = 'meta'), 0) FROM sqlite_schema").Scan(&tables, &ours)
	if err != nil {
		return state{}, false, err
	}
	if tables > 0 && ours == 0 {
		return state{}, false, errors.New("it belongs to something else")
	}
	if tables == 0 {
		st := state{origin: origin, until: c.start(origin)}
		return st, true, create(ctx, tx, st, c)
	}
	var have, first, until string
	err = tx.QueryRowContext(ctx, `SELECT max(iif(key = 'version', value, '')), max(iif(key = 'origin', value, '')),
		max(iif(key = 'until', value, '')) FROM meta`).Scan(&have, &first, &until)
	if err != nil {
		return state{}, false, err
	}
	if have != version {
		return state{}, false, fmt.Errorf("it has form %q, this program makes form %q", have, version)
	}
	day, err := time.Parse(time.DateOnly, first)
	if err != nil {
		return state{}, false, fmt.Errorf("its first day is damaged: %w", err)
	}
	at, err := strconv.ParseInt(until, 10, 64)
	if err != nil {
		return state{}, false, fmt.Errorf("its state is damaged: %w", err)
	}
	return state{origin: int(day.Unix() / 86400), until: at}, false, nil
}

// create makes the tables of a new file.
func create(ctx context.Context, tx *stdsql.Tx, st state, c calendar) error {
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return err
	}
	for _, country := range countries {
		if _, err := tx.ExecContext(ctx, "INSERT INTO countries VALUES (?, ?)", country.key, regions[country.key]); err != nil {
			return err
		}
	}
	for key, value := range map[string]string{
		"version": version, "origin": c.date(st.origin).Format(time.DateOnly), "zone": zoneName,
	} {
		if _, err := tx.ExecContext(ctx, "INSERT INTO meta VALUES (?, ?)", key, value); err != nil {
			return err
		}
	}
	return setUntil(ctx, tx, st.until)
}

// setUntil records how far the file is filled.
func setUntil(ctx context.Context, tx *stdsql.Tx, until int64) error {
	_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO meta VALUES ('until', ?)", strconv.FormatInt(until, 10))
	if err != nil {
		return fmt.Errorf("demo: record the state: %w", err)
	}
	return nil
}
