package storage

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"insightbot/chat"
)

// noon is a moment without a part that milliseconds would lose.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// newPath is where a store may be made: testing's own folders are readable by
// others, so Open makes one of its own inside.
func newPath(t testing.TB) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "data", "bot.db")
}

func newStore(t testing.TB) *Store {
	t.Helper()
	return reopen(t, newPath(t))
}

func reopen(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, testOptions())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// testOptions have keys of their own, made up for the tests.
func testOptions() Options {
	return Options{
		Person: hashOf, AuditKey: []byte("a key for tests, and nothing else"), SealKey: []byte("this key has 32 bytes, for tests"),
		Now: func() time.Time { return noon },
	}
}

// hashOf is the keyed hash of a person.
func hashOf(platform, workspace, user string) string {
	sum := sha256.Sum256([]byte(platform + "\x00" + workspace + "\x00" + user))
	return hex.EncodeToString(sum[:16])
}

// holding lists which files of a database hold some bytes.
func holding(t *testing.T, path, text string) []string {
	t.Helper()
	var in []string
	for _, end := range []string{"", "-wal", "-shm"} {
		data, err := os.ReadFile(path + end)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(text)) {
			in = append(in, "bot.db"+end)
		}
	}
	return in
}

func ask(ref string) chat.Ask {
	return chat.Ask{
		Ref: ref, At: noon, Platform: "web", Workspace: "w1", Channel: "c1", User: "hash-of-mia",
		Question: "sign-ups by country?", Outcome: chat.OutcomeAnswer, Insight: "demo/signups",
		Confidence: 0.75, Took: 1234 * time.Millisecond,
	}
}

func TestOpen_SettingsHoldOnEveryConnection(t *testing.T) {
	s := newStore(t)
	common := map[string]string{
		"busy_timeout": "5000", "foreign_keys": "1", "trusted_schema": "0", "cell_size_check": "1", "journal_mode": "wal",
	}
	writer := map[string]string{"synchronous": "2", "secure_delete": "1", "journal_size_limit": "67108864", "query_only": "0"}
	reader := map[string]string{"query_only": "1"}

	read := func(q queryer, want map[string]string) {
		t.Helper()
		for name, value := range want {
			var got string
			if err := q.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if got != value {
				t.Errorf("%s = %s, want %s", name, got, value)
			}
		}
		// Defensive mode has no PRAGMA to read; it shows in what it refuses.
		if _, err := q.ExecContext(t.Context(), "PRAGMA writable_schema = 1"); err != nil {
			t.Fatal(err)
		}
		var writable string
		if err := q.QueryRowContext(t.Context(), "PRAGMA writable_schema").Scan(&writable); err != nil || writable != "0" {
			t.Errorf("writable_schema = %s, %v: the connection is not defensive", writable, err)
		}
	}

	if got := s.write.Stats().MaxOpenConnections; got != 1 {
		t.Errorf("writers = %d, want 1", got)
	}
	read(s.write, common)
	read(s.write, writer)
	// All readers are held at once, so that each is a connection of its own.
	for range readers {
		conn, err := s.read.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		read(conn, common)
		read(conn, reader)
		if _, err := conn.ExecContext(t.Context(), `DELETE FROM asks`); !errors.Is(wrap("x", err), ErrReadOnly) {
			t.Errorf("a reader could write: %v", err)
		}
		// The file itself is open for reading, whatever a statement sets.
		if _, err := conn.ExecContext(t.Context(), `PRAGMA query_only = 0`); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.ExecContext(t.Context(), `DELETE FROM asks`); !errors.Is(wrap("x", err), ErrReadOnly) {
			t.Errorf("a reader could write without query_only: %v", err)
		}
	}
	if got := s.read.Stats().OpenConnections; got != readers {
		t.Errorf("readers = %d, want %d", got, readers)
	}
}

func TestOpen_MakesFilesOnlyTheOwnerCanRead(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	if err := s.RecordAsk(t.Context(), ask("a")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{
		filepath.Dir(path): 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600,
	} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %04o, want %04o", filepath.Base(name), got, want)
		}
	}
}

func TestOpen_RefusesWhatOthersCanRead(t *testing.T) {
	for _, tt := range []struct {
		name string
		path func(db string) string
		mode os.FileMode
		cure string
	}{
		{"file by group", func(db string) string { return db }, 0o640, "chmod 0600"},
		{"file by world", func(db string) string { return db }, 0o604, "chmod 0600"},
		{"folder", filepath.Dir, 0o755, "chmod 0700"},
		{"log", func(db string) string { return db + "-wal" }, 0o644, "chmod 0600"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := newPath(t)
			if err := reopen(t, db).Close(); err != nil {
				t.Fatal(err)
			}
			target := tt.path(db)
			if _, err := os.Stat(target); err != nil {
				if err := os.WriteFile(target, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(target, tt.mode); err != nil {
				t.Fatal(err)
			}
			_, err := Open(t.Context(), db, Options{})
			if !errors.Is(err, ErrExposed) {
				t.Fatalf("err = %v, want ErrExposed", err)
			}
			if !strings.Contains(err.Error(), tt.cure) || !strings.Contains(err.Error(), target) {
				t.Errorf("%q does not say %q and %q", err, tt.cure, target)
			}
		})
	}
}

func TestOpen_PathMayHoldAnyCharacter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?mode=memory&%41#c", "bot.db")
	s := reopen(t, path)
	if err := s.RecordAsk(t.Context(), ask("a")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Errorf("no data in %s: %v", path, err)
	}
}

func TestOpen_RefusesAFileThatIsNoDatabase(t *testing.T) {
	path := newPath(t)
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Repeat([]byte("not a database "), 400), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, Options{}); !errors.Is(err, ErrForeign) {
		t.Errorf("err = %v, want ErrForeign", err)
	}
}

func TestStore_CloseIsIdempotentAndEmptiesTheLog(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	if err := s.RecordAsk(t.Context(), ask("a")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		t.Errorf("the log still holds %d bytes", info.Size())
	}
	if err := s.RecordAsk(t.Context(), ask("b")); !errors.Is(err, ErrClosed) {
		t.Errorf("writing after Close: %v, want ErrClosed", err)
	}
	if _, err := s.Recent(t.Context(), "x", 1); !errors.Is(err, ErrClosed) {
		t.Errorf("reading after Close: %v, want ErrClosed", err)
	}
}

// SQLite empties the log itself when the last one closes; here somebody else
// still has the file open.
func TestStore_CloseMovesTheLogIntoTheFileWhileOthersRead(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	other, err := open(readerDSN(path), 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	if err := other.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	a := ask("a")
	a.Question = "canary-77d1"
	record(t, s, a)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(data, []byte(a.Question)) {
		t.Error("the last question is only in the log")
	}
}

func TestStore_CheckFindsDamage(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	for i := range 300 {
		if err := s.RecordAsk(t.Context(), ask(fmt.Sprint("ref-", i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Check(t.Context()); err != nil {
		t.Fatalf("a sound file: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	// What lies well past the schema is turned to noise, page headers included.
	noise := bytes.Repeat([]byte{0xA5}, int(info.Size()/4))
	if _, err := f.WriteAt(noise, info.Size()-int64(len(noise))); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := reopen(t, path).Check(t.Context()); !errors.Is(err, ErrCorrupt) {
		t.Errorf("err = %v, want ErrCorrupt", err)
	}
}

// readModifyWrite lets four writers add to one number 300 times each, every
// one over a connection of its own, and returns how many of the 1,200 failed
// and what the number is in the end.
func readModifyWrite(t *testing.T, path, dsn string) (failed, total int) {
	t.Helper()
	s := reopen(t, path)
	if _, err := s.write.ExecContext(t.Context(),
		`CREATE TABLE counter (n INTEGER NOT NULL) STRICT; INSERT INTO counter VALUES (0)`); err != nil {
		t.Fatal(err)
	}
	add := func(ctx context.Context, db beginner) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT n FROM counter`).Scan(&n); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE counter SET n = ?`, n+1); err != nil {
			return err
		}
		return tx.Commit()
	}
	var mu sync.Mutex
	var group sync.WaitGroup
	for range 4 {
		db, err := open(dsn, 1)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		group.Go(func() {
			for range 300 {
				if err := add(t.Context(), db); err != nil {
					mu.Lock()
					failed++
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	if err := s.read.QueryRowContext(t.Context(), `SELECT n FROM counter`).Scan(&total); err != nil {
		t.Fatal(err)
	}
	return failed, total
}

func TestWriterDSN_LetsFourWritersReadModifyAndWrite(t *testing.T) {
	path := newPath(t)
	failed, total := readModifyWrite(t, path, writerDSN(path))
	if failed != 0 || total != 1200 {
		t.Errorf("%d of 1,200 failed, the counter is %d", failed, total)
	}
}

// The twin shows that the test above can fail, and why _txlock is there.
func TestWriterDSN_WithoutImmediateFails(t *testing.T) {
	path := newPath(t)
	deferred := strings.Replace(writerDSN(path), "_txlock=immediate&", "", 1)
	if deferred == writerDSN(path) {
		t.Fatal("the DSN holds no _txlock=immediate")
	}
	failed, total := readModifyWrite(t, path, deferred)
	if failed == 0 {
		t.Error("deferred transactions lost nothing: the proof proves nothing")
	}
	t.Logf("deferred: %d of 1,200 failed, the counter is %d", failed, total)
}

func TestStore_ManyUsersAtOnce(t *testing.T) {
	s := newStore(t)
	var group sync.WaitGroup
	for w := range 4 {
		group.Go(func() {
			for i := range 100 {
				if err := s.RecordAsk(t.Context(), ask(fmt.Sprintf("%d-%d", w, i))); err != nil {
					t.Error(err)
				}
				if _, err := s.Recent(t.Context(), "hash-of-mia", 5); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	got, err := s.Asked(t.Context(), noon)
	if err != nil || got["demo/signups"] != 400 {
		t.Errorf("asked = %v, %v, want 400", got, err)
	}
}

func TestStore_AContextStopsAWaitingWriter(t *testing.T) {
	s := newStore(t)
	tx, err := s.write.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.RecordAsk(ctx, ask("a")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v, want the deadline", err)
	}
}

func TestStore_AFullDiskIsAClearErrorAndPasses(t *testing.T) {
	s := newStore(t)
	record(t, s, ask("before"))
	// SQLite's own bound on pages fails just as a full disk does.
	var pages int
	if err := s.write.QueryRowContext(t.Context(), `PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		t.Helper()
		if _, err := s.write.ExecContext(t.Context(), fmt.Sprintf(`PRAGMA max_page_count = %d`, n)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages)
	large := ask("large")
	large.Question = strings.Repeat("why? ", 10_000)
	if err := s.RecordAsk(t.Context(), large); !errors.Is(err, ErrFull) {
		t.Errorf("err = %v, want ErrFull", err)
	}
	if got, err := s.Recent(t.Context(), "hash-of-mia", -1); err != nil || len(got) != 1 {
		t.Errorf("reading while full: %d asks, %v, want 1", len(got), err)
	}
	limit(1_000_000)
	record(t, s, large)
}

// canaryKey is a key made up at run time.
func canaryKey() []byte {
	key := make([]byte, 32)
	rand.Read(key) //nolint:errcheck // documented never to fail
	return key
}
