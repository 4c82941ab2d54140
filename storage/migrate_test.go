package storage

import (
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func files(list map[string]string) fs.FS {
	fsys := fstest.MapFS{}
	for name, text := range list {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// rawFile opens a new, empty database the way Open does before it migrates.
func rawFile(t *testing.T) (*sql.DB, string) {
	t.Helper()
	path := newPath(t)
	if err := prepareFile(path); err != nil {
		t.Fatal(err)
	}
	db, err := open(writerDSN(path), 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db, path
}

func tables(t *testing.T, db queryer) string {
	t.Helper()
	var names string
	err := db.QueryRowContext(t.Context(),
		`SELECT coalesce(group_concat(name, ' '), '') FROM (SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name)`).Scan(&names)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestMigrate_AFailingStepLeavesTheOneBefore(t *testing.T) {
	for _, tt := range []struct{ name, broken, message string }{
		{"wrong SQL", `CREATE TABLE b (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);`, "nowhere"},
		{
			"a row that points nowhere",
			`CREATE TABLE b (x INTEGER REFERENCES a (x) DEFERRABLE INITIALLY DEFERRED) STRICT; INSERT INTO b VALUES (7);`,
			"points to no row",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db, path := rawFile(t)
			err := migrate(t.Context(), db, path, files(map[string]string{
				"0001_a.sql": `CREATE TABLE a (x INTEGER PRIMARY KEY) STRICT;`,
				"0002_b.sql": tt.broken,
				"0003_c.sql": `CREATE TABLE c (x INTEGER) STRICT;`,
			}), slog.New(slog.DiscardHandler))
			if err == nil || !strings.Contains(err.Error(), tt.message) || !strings.Contains(err.Error(), "0002_b.sql") {
				t.Fatalf("err = %v, want one that names the step and %q", err, tt.message)
			}
			version, err := userVersion(t.Context(), db)
			if err != nil || version != 1 {
				t.Errorf("version = %d, %v, want 1", version, err)
			}
			if got := tables(t, db); got != "a" {
				t.Errorf("tables = %q, want only a", got)
			}
		})
	}
}

func TestMigrate_KeepsACopyBeforeItTouchesData(t *testing.T) {
	db, path := rawFile(t)
	log := slog.New(slog.DiscardHandler)
	first := map[string]string{"0001_a.sql": `CREATE TABLE a (x INTEGER) STRICT;`}
	if err := migrate(t.Context(), db, path, files(first), log); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".before-0001"); err == nil {
		t.Error("an empty database was copied")
	}
	if _, err := db.ExecContext(t.Context(), `INSERT INTO a VALUES (41)`); err != nil {
		t.Fatal(err)
	}
	second := map[string]string{"0001_a.sql": first["0001_a.sql"], "0002_b.sql": `broken`}
	for range 2 { // the second time, the first copy is in the way
		if err := migrate(t.Context(), db, path, files(second), log); err == nil {
			t.Fatal("the broken step passed")
		}
	}
	second["0002_b.sql"] = `UPDATE a SET x = x + 1;`
	if err := migrate(t.Context(), db, path, files(second), log); err != nil {
		t.Fatal(err)
	}

	name := path + ".before-0002"
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("copy: %v, %v, want mode 0600", info, err)
	}
	old, err := open(readerDSN(name), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = old.Close() }()
	var before, now int
	if err := old.QueryRowContext(t.Context(), `SELECT x FROM a`).Scan(&before); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRowContext(t.Context(), `SELECT x FROM a`).Scan(&now); err != nil {
		t.Fatal(err)
	}
	if before != 41 || now != 42 {
		t.Errorf("copy holds %d, database %d, want 41 and 42", before, now)
	}
	if version, err := userVersion(t.Context(), old); err != nil || version != 1 {
		t.Errorf("the copy has version %d, %v, want 1", version, err)
	}
	if left, err := filepath.Glob(path + "*.part"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestOpen_RefusesANewerVersionAndSaysWhatToDo(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	if _, err := s.write.ExecContext(t.Context(), `PRAGMA user_version = 999`); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), path, Options{})
	if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "999") || !strings.Contains(err.Error(), "backup") {
		t.Errorf("err = %v, want ErrNewer with the numbers and the way out", err)
	}
}

func TestOpen_RefusesAnotherProgramsDatabase(t *testing.T) {
	db, path := rawFile(t)
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE theirs (x)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, Options{}); !errors.Is(err, ErrForeign) {
		t.Errorf("err = %v, want ErrForeign", err)
	}
}

func TestReadMigrations_RefusesGapsAndNames(t *testing.T) {
	for name, list := range map[string]map[string]string{
		"gap":      {"0001_a.sql": "", "0003_b.sql": ""},
		"twice":    {"0001_a.sql": "", "0001_b.sql": ""},
		"form":     {"1_a.sql": ""},
		"not from": {"0002_a.sql": ""},
	} {
		if _, err := readMigrations(files(list)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// Every table is STRICT: without it SQLite keeps a word in a number's column.
func TestMigrations_EveryTableIsStrict(t *testing.T) {
	s := newStore(t)
	rows, err := s.read.QueryContext(t.Context(),
		`SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	seen := 0
	for rows.Next() {
		var name string
		var strict bool
		if err := rows.Scan(&name, &strict); err != nil {
			t.Fatal(err)
		}
		if seen++; !strict {
			t.Errorf("table %s is not STRICT", name)
		}
	}
	if err := rows.Err(); err != nil || seen < 3 {
		t.Errorf("read %d tables, %v", seen, err)
	}
}
