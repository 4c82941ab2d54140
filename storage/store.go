// Package storage keeps what the bot must remember in one SQLite file: one Go
// file for each noun, literal SQL beside the scan that reads it, and numbered
// forward-only migrations.
//
// There is one writer and several readers, each with its settings in the data
// source name, because a PRAGMA run through a pool reaches only one of its
// connections. Instants are stored as milliseconds since 1970 in UTC.
package storage

import (
	"context"
	"crypto/cipher"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"modernc.org/sqlite"
)

// readers is how many connections read at once.
const readers = 4

// minKey is the least length of a key in bytes.
const minKey = 16

// Options are what Open may be told. The zero value works for everything but
// the audit log and what is written together with it.
type Options struct {
	// Log is told of what an operator may want to know; nil discards it.
	Log *slog.Logger
	// Person gives the keyed hash under which the ask log and the audit log
	// know a person. Without it, what concerns one person fails with ErrNoKey.
	Person func(platform, workspace, user string) string
	// AuditKey is the key of the hash chain of the audit log, 16 bytes or
	// more. Without it, nothing that is audited can be done: it fails with
	// ErrNoKey.
	AuditKey []byte
	// SealKey is the key that seals the tokens of workspaces that let the bot
	// in, 32 bytes. Without it, installations fail with ErrNoKey.
	SealKey []byte
	// Now is the clock by which "the last 30 days" and old copies are told;
	// nil is that of the machine.
	Now func() time.Time
}

// Store is an open database. It is safe for use by many goroutines.
type Store struct {
	path string
	// write has one connection, so writers wait for each other in Go, in
	// order, instead of in SQLite, by polling.
	write, read *sql.DB
	close       func() error
	together    together

	log      *slog.Logger
	person   func(platform, workspace, user string) string
	auditKey []byte
	sealer   cipher.AEAD
	now      func() time.Time
}

// Open opens the database file at path, makes it (and its folder, readable by
// its owner alone) where it is missing, and brings its tables up to date. A
// copy of a database that holds data is kept beside it before that, named
// "<path>.before-NNNN" after the first new migration. A copy that is older than
// 35 days is deleted, as it may hold what was erased since.
//
// It fails with ErrExposed where others can read the file or its folder, with
// ErrNewer where a newer program wrote it, and with ErrForeign where the file
// is some other program's. A program that opens other SQLite files as well
// should open this one first: only then can its locks be made to survive
// another opening of the same file.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if n := len(o.AuditKey); n > 0 && n < minKey {
		return nil, fmt.Errorf("%w: the audit key has %d bytes, and needs %d", ErrInvalid, n, minKey)
	}
	sealer, err := newSealer(o.SealKey)
	if err != nil {
		return nil, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return nil, fmt.Errorf("storage: %w", err)
	}
	if err := prepareFile(path); err != nil {
		return nil, err
	}
	sqlite.StrictPragmas(true)
	if _, err := sqlite.OFDLocking(true); err != nil {
		// Not a reason to stop: the older locks are only lost when this same
		// process opens and closes the file once more, which it never does.
		log.WarnContext(ctx, "storage: database uses POSIX record locks", "reason", err)
	}

	s := &Store{path: path, log: log, person: o.Person, auditKey: slices.Clone(o.AuditKey), sealer: sealer, now: o.Now}
	if s.now == nil {
		s.now = time.Now
	}
	s.close = sync.OnceValue(s.shut)
	if s.write, err = open(writerDSN(path), 1); err != nil {
		return nil, err
	}
	if err := migrate(ctx, s.write, path, embeddedMigrations(), log); err != nil {
		return nil, errors.Join(err, s.write.Close())
	}
	if s.read, err = open(readerDSN(path), readers); err != nil {
		return nil, errors.Join(err, s.write.Close())
	}
	s.dropOldCopies(ctx)
	s.finishErasing(ctx)
	return s, nil
}

// Path is the absolute path of the database file.
func (s *Store) Path() string { return s.path }

// Check reads the whole file and reports damage as ErrCorrupt. It takes
// seconds for a large file, so it belongs into a diagnosis, not into a start.
func (s *Store) Check(ctx context.Context) error {
	rows, err := s.read.QueryContext(ctx, `PRAGMA quick_check`)
	if err != nil {
		return wrap("check", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var finding string
		if err := rows.Scan(&finding); err != nil {
			return wrap("check", err)
		}
		if finding != "ok" {
			return fmt.Errorf("%w: check %s: %s", ErrCorrupt, s.path, finding)
		}
	}
	if err := rows.Err(); err != nil {
		return wrap("check", err)
	}
	return checkForeignKeys(ctx, s.read)
}

// Close lets what waits to be written be written, writes the log back into the
// file and closes it. It may be called more than once; every call returns the
// result of the first.
func (s *Store) Close() error { return s.close() }

func (s *Store) shut() error {
	// A caller that stops has no context left that would still be valid. The
	// checkpoint is passive: another process that reads (a copying sidecar)
	// must neither hold the stop up nor make it fail; nothing is lost by it.
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := wrap("write what waits", s.together.end(ctx))
	// The readers go first, so that none of them holds the checkpoint up.
	err = errors.Join(err, s.read.Close())
	if _, e := s.write.ExecContext(ctx, `PRAGMA wal_checkpoint(PASSIVE)`); e != nil {
		err = errors.Join(err, wrap("checkpoint", e))
	}
	err = errors.Join(err, s.write.Close())
	// Who still writes finds the file closed, and ends.
	return errors.Join(err, s.together.end(context.WithoutCancel(ctx)))
}

// checkpoint moves the whole write-ahead log into the file and empties it. It
// fails with ErrBusy where a reader keeps it from that.
func checkpoint(ctx context.Context, db queryer) error {
	var busy, pages, moved int
	err := db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved)
	if err != nil {
		return wrap("checkpoint", err)
	}
	if busy != 0 {
		return fmt.Errorf("%w: checkpoint: a reader holds the log", ErrBusy)
	}
	return nil
}

// queryer is what *sql.DB, *sql.Conn and *sql.Tx have in common.
type queryer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// update runs f in one IMMEDIATE transaction, which commits when f succeeds.
// Its errors are wrapped with what was being done.
func (s *Store) update(ctx context.Context, doing string, f func(tx *sql.Tx) error) error {
	return inTx(ctx, s.write, doing, f)
}

// beginner is what *sql.DB and *sql.Conn have in common to begin with.
type beginner interface {
	BeginTx(ctx context.Context, opts *sql.TxOptions) (*sql.Tx, error)
}

func inTx(ctx context.Context, db beginner, doing string, f func(tx *sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return wrap(doing, err)
	}
	// It does nothing after a commit, and frees the only writer where f fails
	// or panics. What went wrong matters; a failing rollback is its consequence.
	defer func() { _ = tx.Rollback() }()
	if err := f(tx); err != nil {
		return wrap(doing, err)
	}
	return wrap(doing, tx.Commit())
}

// view runs f in one transaction that only reads, so that all it reads is of
// the same moment.
func (s *Store) view(ctx context.Context, doing string, f func(tx *sql.Tx) error) error {
	return inTx(ctx, s.read, doing, f)
}
