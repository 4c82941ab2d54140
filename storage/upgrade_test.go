package storage

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
	"insightbot/chat"
)

// version1 makes a database as the first version left it, with data.
func version1(t *testing.T) string {
	t.Helper()
	db, path := rawFile(t)
	first, err := fs.ReadFile(embeddedMigrations(), "0001_catalogue_asks_feedback.sql")
	if err != nil {
		t.Fatal(err)
	}
	steps := files(map[string]string{"0001_catalogue_asks_feedback.sql": string(first)})
	if err := migrate(t.Context(), db, path, steps, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), `
		INSERT INTO catalogue (source, id, version, definition, first_seen, changed_at)
			VALUES ('demo', 'demo/signups', '1', '{"title":"Sign-ups","zone":"UTC","chart":"line","format":{"kind":"number","decimals":0}}', 1, 1);
		INSERT INTO asks VALUES ('r1', 1772625600000, 'web', 'w1', 'c1', 'hash-of-mia', 'sign-ups by country?', 'answer', 'demo/signups', 0.75, 1234);
		INSERT INTO feedback VALUES ('r1', 'demo/signups', 'not_meant', 1772625600000);`)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpen_TakesADatabaseOfVersion1AlongWithItsData(t *testing.T) {
	path := version1(t)
	s := reopen(t, path)
	if version, err := userVersion(t.Context(), s.read); err != nil || version < 2 {
		t.Errorf("version = %d, %v", version, err)
	}
	asks, err := s.Recent(t.Context(), "hash-of-mia", -1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]chat.Ask{ask("r1")}, asks); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if n, err := s.Feedback(t.Context(), NotMeant, noon); err != nil || n["demo/signups"] != 1 {
		t.Errorf("feedback %v, %v", n, err)
	}
	if ins, err := s.LoadCatalogue(t.Context(), "demo"); err != nil || len(ins) != 1 || ins[0].Title != "Sign-ups" {
		t.Errorf("catalogue %v, %v", ins, err)
	}
	// What was let in then is let in by no rule: all is denied until told.
	p, err := s.Policy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(access.Policy{}.Normalize(), p); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if head := verified(t, s); head != (AuditHead{}) {
		t.Errorf("head = %v", head)
	}
	change(t, s, func(p *access.Policy) { p.PutRole(access.Role{ID: "growth"}) })
	verified(t, s)
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(path + ".before-0002"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy from before: %v, %v", info, err)
	}
}

// A copy from before a migration holds what people erase later, so it ends when
// every other backup does; nothing else beside the database is touched.
func TestOpen_DeletesCopiesThatHadTheirTime(t *testing.T) {
	path := version1(t)
	s := reopen(t, path)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{
		".before-0002": true, ".before-0003": true, ".before-0002.part": true,
		".before-02": false, ".before-0002.mine": false, ".backup": false, "x.before-0002": false,
	}
	age := func(days int) {
		t.Helper()
		for name := range names {
			if err := os.WriteFile(path+name, []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
			at := noon.Add(-time.Duration(days) * 24 * time.Hour)
			if err := os.Chtimes(path+name, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	look := func(when string, mayGo bool) {
		t.Helper()
		for name, copied := range names {
			_, err := os.Stat(path + name)
			if gone := errors.Is(err, fs.ErrNotExist); gone != (copied && mayGo) {
				t.Errorf("%s: %s is gone: %v", when, name, gone)
			}
		}
	}
	age(35)
	s = reopen(t, path)
	look("after 35 days", false)
	age(36)
	if _, err := s.DeleteAsksBefore(t.Context(), noon.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	look("after 36 days, at the daily deletion", true)
	age(36)
	reopen(t, path)
	look("after 36 days, at the start", true)
}

// A database of version 2 has rules and a log, which go on as they were.
func TestOpen_TakesADatabaseOfVersion2AlongWithItsLog(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	mia := newSomebody()
	mia.lives(t, s)
	head := verified(t, s)
	for _, statement := range []string{
		`DROP INDEX asks_unanswered`, `DROP INDEX access_requests_decided`, `DROP TABLE delivery_keys`, `DROP TABLE deliveries`,
		`DROP TABLE installations`, `DROP TABLE threads`, `DROP TABLE posted`, `DROP TABLE kept_calls`,
		`DROP TABLE source_states`, `DROP TABLE shown`, `PRAGMA user_version = 2`,
	} {
		if _, err := s.write.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, path)
	if version, err := userVersion(t.Context(), s.read); err != nil || version != 4 {
		t.Errorf("version = %d, %v", version, err)
	}
	if got, err := s.VerifyAudit(t.Context(), head.Head); err != nil || got != head {
		t.Errorf("the log: %v, %v, want %v", got, err, head)
	}
	kept, err := s.PersonalData(t.Context(), mia.key)
	if err != nil || len(kept.Asks) != 2 || len(kept.Requests) != 2 || len(kept.Waiting) != 0 {
		t.Errorf("kept %+v, %v", kept, err)
	}
	accepted(t, s, delivery("event:E1"))
	mia.talks(t, s)
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(path + ".before-0003"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy from before: %v, %v", info, err)
	}
}
