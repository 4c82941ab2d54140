package storage

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"regexp"
	"strconv"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrationName is "NNNN_what_it_does.sql".
var migrationName = regexp.MustCompile(`^(\d{4})_[a-z0-9_]+\.sql$`)

// migration is one step forward. Number is the user_version after it.
type migration struct {
	number int
	name   string
	sql    string
}

func embeddedMigrations() fs.FS {
	sub, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return sub
}

// readMigrations returns the steps in fsys in order. A name out of form or a
// gap in the numbers is an error, because a skipped step is never made up for.
func readMigrations(fsys fs.FS) ([]migration, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("storage: migrations: %w", err)
	}
	steps := make([]migration, 0, len(entries))
	for _, e := range entries {
		m := migrationName.FindStringSubmatch(e.Name())
		if m == nil {
			return nil, fmt.Errorf("storage: migrations: %q is not named NNNN_name.sql", e.Name())
		}
		number, err := strconv.Atoi(m[1])
		if err != nil || number != len(steps)+1 {
			return nil, fmt.Errorf("storage: migrations: %q should have the number %04d", e.Name(), len(steps)+1)
		}
		text, err := fs.ReadFile(fsys, e.Name())
		if err != nil {
			return nil, fmt.Errorf("storage: migrations: %w", err)
		}
		steps = append(steps, migration{number: number, name: e.Name(), sql: string(text)})
	}
	return steps, nil
}

// migrate brings the database at path up to the last step in fsys. Each step
// is a transaction of its own together with its number, so that a failing one
// leaves the database as the step before it did.
func migrate(ctx context.Context, db *sql.DB, path string, fsys fs.FS, log *slog.Logger) error {
	steps, err := readMigrations(fsys)
	if err != nil {
		return err
	}
	version, err := userVersion(ctx, db)
	if err != nil {
		return err
	}
	if version > len(steps) {
		return fmt.Errorf("%w: %s has schema %d, this program knows %d: run the newer one, or restore a backup",
			ErrNewer, path, version, len(steps))
	}
	if version == len(steps) {
		return nil
	}
	if version == 0 {
		if err := refuseForeign(ctx, db, path); err != nil {
			return err
		}
	} else if err := keepCopy(ctx, path, version+1); err != nil {
		return err
	}
	for _, m := range steps[version:] {
		log.InfoContext(ctx, "storage: migrating", "step", m.name)
		if err := m.apply(ctx, db); err != nil {
			return err
		}
	}
	return nil
}

func (m migration) apply(ctx context.Context, db *sql.DB) error {
	return inTx(ctx, db, "migrate "+m.name, func(tx *sql.Tx) error {
		// Another process may have been faster while this one waited.
		version, err := userVersion(ctx, tx)
		if err != nil || version >= m.number {
			return err
		}
		if _, err := tx.ExecContext(ctx, m.sql); err != nil {
			return err
		}
		// A PRAGMA takes no bound parameters; the number is our own.
		if _, err := tx.ExecContext(ctx, fmt.Sprintf(`PRAGMA user_version = %d`, m.number)); err != nil {
			return err
		}
		return checkForeignKeys(ctx, tx)
	})
}

func userVersion(ctx context.Context, db queryer) (int, error) {
	var version int
	err := db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version)
	return version, wrap("read schema version", err)
}

// refuseForeign keeps the first migration out of a file that already holds
// somebody else's tables.
func refuseForeign(ctx context.Context, db queryer, path string) error {
	var tables int
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&tables); err != nil {
		return wrap("read schema", err)
	}
	if tables > 0 {
		return fmt.Errorf("%w: %s has tables but no schema number", ErrForeign, path)
	}
	return nil
}

// checkForeignKeys reports a row that points nowhere as ErrCorrupt.
func checkForeignKeys(ctx context.Context, db queryer) error {
	rows, err := db.QueryContext(ctx, `PRAGMA foreign_key_check`)
	if err != nil {
		return wrap("check references", err)
	}
	defer func() { _ = rows.Close() }()
	if rows.Next() {
		var table, parent string
		var row, key sql.NullInt64
		if err := rows.Scan(&table, &row, &parent, &key); err != nil {
			return wrap("check references", err)
		}
		return fmt.Errorf("%w: row %d of %s points to no row of %s", ErrCorrupt, row.Int64, table, parent)
	}
	return wrap("check references", rows.Err())
}

// keepCopy saves the database as it is before the first new migration. A copy
// that an earlier, failed attempt left is replaced: it is of the same version.
func keepCopy(ctx context.Context, path string, next int) error {
	name := fmt.Sprintf("%s.before-%04d", path, next)
	part := name + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("storage: copy before migration: %w", err)
	}
	if err := vacuumInto(ctx, path, part); err != nil {
		return err
	}
	if err := os.Rename(part, name); err != nil {
		return fmt.Errorf("storage: copy before migration: %w", err)
	}
	return nil
}
