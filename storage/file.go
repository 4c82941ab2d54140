package storage

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// writerPragmas are settings of the connection that writes, readerPragmas of
// those that read. Each is one statement, which StrictPragmas enforces.
// synchronous(FULL) makes a commit outlive a power cut; secure_delete writes
// zeros over what is deleted; the rest keeps a damaged or hostile file from
// doing more harm than being unreadable.
var (
	writerPragmas = []string{
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"trusted_schema(0)", "cell_size_check(1)", "journal_size_limit(67108864)",
		"secure_delete(1)",
	}
	readerPragmas = []string{
		"busy_timeout(5000)", "foreign_keys(1)", "trusted_schema(0)", "cell_size_check(1)", "query_only(1)",
	}
)

// writerDSN names the file for writing. Transactions are IMMEDIATE: one that
// reads first and locks later fails when somebody wrote in between, and no
// timeout helps against that.
func writerDSN(path string) string {
	return dsn(path, "_txlock=immediate", writerPragmas)
}

// readerDSN names the file for reading only.
func readerDSN(path string) string {
	return dsn(path, "mode=ro", readerPragmas)
}

func dsn(path, first string, pragmas []string) string {
	// "file:" matters: without it SQLite's own parameters (mode) are ignored.
	// The URL type escapes "?" and "%" in the path.
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path)}
	parameters := []string{first}
	for _, p := range pragmas {
		parameters = append(parameters, "_pragma="+p)
	}
	u.RawQuery = strings.Join(append(parameters, "_defensive=1"), "&")
	return u.String()
}

func open(dsn string, connections int) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, wrap("open", err)
	}
	db.SetMaxOpenConns(connections)
	// Connections are kept: to open one costs as much as a hundred queries.
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(time.Duration(0))
	return db, nil
}

// prepareFile makes the folder and the file where they are missing, and
// refuses both where others can read them.
func prepareFile(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("storage: make folder: %w", err)
	}
	if err := private(dir, 0o700); err != nil {
		return err
	}
	err := createPrivate(path)
	if err != nil && !errors.Is(err, ErrExists) {
		return err
	}
	// SQLite gives the log and its index the file's own mode, but files that
	// somebody copied here may have another one.
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if err := private(name, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// createPrivate makes an empty file that only its owner can read. It fails
// with ErrExists where there is one.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: %s", ErrExists, path)
	}
	if err != nil {
		return fmt.Errorf("storage: make file: %w", err)
	}
	return f.Close()
}

// private refuses a file or folder that group or world can read or write. The
// message holds the command that cures it.
func private(path string, want fs.FileMode) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("storage: %w", err)
	}
	// Windows has no such bits: there the folder's access list decides.
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return fmt.Errorf("%w: %s has mode %04o; run: chmod %04o %q", ErrExposed, path, mode, want, path)
	}
	return nil
}
