package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Backup writes a whole, consistent copy of the database to a new file at
// path, while others read and write. Only its owner can read the copy. It
// fails with ErrExists rather than overwrite a file, and leaves nothing
// behind when it fails.
func (s *Store) Backup(ctx context.Context, path string) error {
	if err := s.write.PingContext(ctx); err != nil {
		return wrap("back up", err)
	}
	return vacuumInto(ctx, s.path, path)
}

// vacuumInto copies the database at from to a new file. It uses a connection
// of its own, so that the one writer does not wait for the copy.
func vacuumInto(ctx context.Context, from, to string) (err error) {
	// The target is made first, because SQLite would make it readable by
	// others; it accepts an empty file.
	if err := createPrivate(to); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(to))
		}
	}()
	db, err := open(writerDSN(from), 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, to); err != nil {
		return wrap("copy to "+to, err)
	}
	return flush(to)
}

// flush makes the file and its entry in the folder outlive a power cut.
func flush(path string) error {
	for _, name := range []string{path, filepath.Dir(path)} {
		f, err := os.Open(name)
		if err != nil {
			return fmt.Errorf("storage: flush copy: %w", err)
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return fmt.Errorf("storage: flush copy: %w", err)
		}
	}
	return nil
}

// copyLife is how long the copy from before a migration is kept. It holds what
// people erase afterwards, so it must end as every other backup does.
const copyLife = 35 * 24 * time.Hour

// copyName is how the end of the name of such a copy looks.
var copyName = regexp.MustCompile(`^\.before-\d{4}(\.part)?$`)

// dropOldCopies deletes the copies from before migrations that have had their
// time. One that cannot be deleted is said and keeps nothing from working.
func (s *Store) dropOldCopies(ctx context.Context) {
	dir, base := filepath.Split(s.path)
	entries, err := os.ReadDir(dir)
	if err != nil {
		s.log.WarnContext(ctx, "storage: old copies could not be looked for", "error", err)
		return
	}
	for _, e := range entries {
		end, ok := strings.CutPrefix(e.Name(), base)
		if !ok || !copyName.MatchString(end) {
			continue
		}
		info, err := e.Info()
		if err == nil && s.now().Sub(info.ModTime()) <= copyLife {
			continue
		}
		if err == nil {
			err = os.Remove(filepath.Join(dir, e.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			s.log.WarnContext(ctx, "storage: an old copy could not be deleted", "file", e.Name(), "error", err)
		}
	}
}
