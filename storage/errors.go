package storage

import (
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The errors of a store, wrapped with what was tried.
var (
	// ErrFull: the disk is full. Nothing of the failed change was kept;
	// reading still works, and writing does again once there is room.
	ErrFull = errors.New("storage: disk full")
	// ErrBusy: another process or reader held the database for too long.
	ErrBusy = errors.New("storage: database busy")
	// ErrCorrupt: the file is damaged. Restore the last backup.
	ErrCorrupt = errors.New("storage: database damaged")
	// ErrReadOnly: the file, its folder or its disk does not take writes.
	ErrReadOnly = errors.New("storage: database is read-only")
	// ErrExposed: others on this machine can read the file or its folder.
	ErrExposed = errors.New("storage: readable by others")
	// ErrNewer: a newer version of this program wrote the file.
	ErrNewer = errors.New("storage: written by a newer version")
	// ErrForeign: the file is a database of some other program.
	ErrForeign = errors.New("storage: not a database of this program")
	// ErrClosed: the store was closed.
	ErrClosed = errors.New("storage: closed")
	// ErrExists: a file is in the place where a new one was to be written.
	ErrExists = errors.New("storage: file exists")
	// ErrInvalid: the value to store breaks a rule that its message states.
	ErrInvalid = errors.New("storage: invalid value")
	// ErrNoKey: the store was opened without a key that this needs.
	ErrNoKey = errors.New("storage: no key")
	// ErrTampered: the audit log is not what was written. The message names
	// the first row that is not right.
	ErrTampered = errors.New("storage: audit log tampered with")
	// ErrDecided: the request was decided already.
	ErrDecided = errors.New("storage: decided already")
	// ErrSignIn: the link to sign in does not work (any more).
	ErrSignIn = errors.New("storage: no such sign-in")
	// ErrSealed: a token cannot be read, as it was sealed with another key or
	// is not what was written.
	ErrSealed = errors.New("storage: cannot be unsealed")
)

// wrap adds what was being done, and the sentinel that fits the driver's code.
// It returns nil for nil.
func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	if sentinel := sentinelOf(err); sentinel != nil && !errors.Is(err, sentinel) {
		return fmt.Errorf("%w: %s: %w", sentinel, doing, err)
	}
	return fmt.Errorf("storage: %s: %w", doing, err)
}

func sentinelOf(err error) error {
	if errors.Is(err, sql.ErrConnDone) || err.Error() == "sql: database is closed" {
		// database/sql has no sentinel for the second one.
		return ErrClosed
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return nil
	}
	// The low byte is the class; the others say more about it.
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return ErrFull
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return ErrBusy
	case sqlite3.SQLITE_CORRUPT:
		return ErrCorrupt
	case sqlite3.SQLITE_NOTADB:
		return ErrForeign
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return ErrReadOnly
	}
	return nil
}
