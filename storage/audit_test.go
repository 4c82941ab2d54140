package storage

import (
	"bytes"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
)

// happened is an event without a hair in it.
func happened(n int) access.Event {
	return access.Event{
		At: noon.Add(time.Duration(n) * time.Minute), Ref: fmt.Sprint("REF", n), Actor: "hash-of-ann", Action: access.ActionRule,
		Subject: "role:growth", Detail: fmt.Sprintf("detail-of-row-%02d", n),
	}
}

// logged is a database whose audit log has rows 1 to n.
func logged(t testing.TB, n int) (*Store, string) {
	t.Helper()
	path := newPath(t)
	s := reopen(t, path)
	appendAll(t, s, 1, n)
	return s, path
}

// appendAll appends rows from to upto in one transaction.
func appendAll(t testing.TB, s *Store, from, upto int) {
	t.Helper()
	var events []access.Event
	for i := from; i <= upto; i++ {
		events = append(events, happened(i))
	}
	err := s.update(t.Context(), "fill", func(tx *sql.Tx) error { return s.appendEvents(t.Context(), tx, events...) })
	if err != nil {
		t.Fatal(err)
	}
}

// verified fails the test unless the log is right, and returns its state.
func verified(t testing.TB, s *Store) AuditHead {
	t.Helper()
	head, err := s.VerifyAudit(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	return head
}

// disarmed is somebody with the file in their hands: a connection of their own,
// on which no trigger is left.
func disarmed(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	for _, name := range []string{
		"audit_insert", "audit_update", "audit_delete", "audit_head_insert", "audit_head_update", "audit_head_delete",
	} {
		if _, err := db.ExecContext(t.Context(), "DROP TRIGGER "+name); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func TestRecordEvent_RoundTripsNewestFirst(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	var want []access.Event
	for i := range 5 {
		e := happened(i)
		if i == 2 {
			e = access.Event{At: noon.In(time.FixedZone("x", 3600)), Actor: access.ActorOperator, Action: access.ActionView}
		}
		if err := s.RecordEvent(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		e.At = e.At.UTC()
		want = append([]access.Event{e}, want...)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, path)
	for n, list := range map[int][]access.Event{2: want[:2], 0: nil, -1: want} {
		got, err := s.Events(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(list, got); diff != "" {
			t.Errorf("n = %d (-want +got)\n%s", n, diff)
		}
	}
	if head := verified(t, s); head.Rows != 5 || !strings.HasPrefix(head.Head, "5:") {
		t.Errorf("head = %+v", head)
	}
}

func TestRecordEvent_RefusesWhatSaysNothing(t *testing.T) {
	s := newStore(t)
	for _, e := range []access.Event{
		{Actor: "a", Action: access.ActionRule},
		{At: noon, Action: access.ActionRule},
		{At: noon, Actor: "a"},
	} {
		if err := s.RecordEvent(t.Context(), e); !errors.Is(err, ErrInvalid) {
			t.Errorf("%+v: err = %v, want ErrInvalid", e, err)
		}
	}
	if head := verified(t, s); head != (AuditHead{}) {
		t.Errorf("an empty log has the head %+v", head)
	}
}

func TestOpen_WithoutKeysFailsWhereTheyAreNeeded(t *testing.T) {
	path := newPath(t)
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	ctx := t.Context()
	record(t, s, ask("others work"))
	for name, do := range map[string]func() error{
		"RecordEvent": func() error { return s.RecordEvent(ctx, happened(1)) },
		"VerifyAudit": func() error { _, err := s.VerifyAudit(ctx, ""); return err },
		"ChangePolicy": func() error {
			_, err := s.ChangePolicy(ctx, happened(1), func(*access.Policy) error { return nil })
			return err
		},
		"DecideRequest": func() error {
			_, _, err := s.DecideRequest(ctx, 1, happened(1), access.RequestDenied, "", nil)
			return err
		},
		"PersonalData": func() error { _, err := s.PersonalData(ctx, access.Key{ID: "mia"}); return err },
		"ErasePerson":  func() error { _, err := s.ErasePerson(ctx, access.Key{ID: "mia"}, happened(1)); return err },
	} {
		if err := do(); !errors.Is(err, ErrNoKey) {
			t.Errorf("%s: err = %v, want ErrNoKey", name, err)
		}
	}
	if _, err := Open(t.Context(), path, Options{AuditKey: []byte("short")}); !errors.Is(err, ErrInvalid) {
		t.Errorf("a short key: err = %v, want ErrInvalid", err)
	}
}

// rewrites are the ways to change the log with statements.
var rewrites = map[string]string{
	"update":           `UPDATE audit SET detail = 'nothing happened' WHERE seq = 2`,
	"update or":        `UPDATE OR REPLACE audit SET seq = 1 WHERE seq = 2`,
	"delete":           `DELETE FROM audit WHERE seq = 3`,
	"delete all":       `DELETE FROM audit`,
	"replace":          `INSERT OR REPLACE INTO audit SELECT seq, at, ref, actor, action, subject, 'x', mac FROM audit WHERE seq = 2`,
	"upsert":           `INSERT INTO audit SELECT * FROM audit WHERE seq = 2 ON CONFLICT DO UPDATE SET detail = 'x'`,
	"insert before":    `INSERT INTO audit SELECT 0, at, ref, actor, action, subject, detail, mac FROM audit WHERE seq = 2`,
	"insert far":       `INSERT INTO audit SELECT 9, at, ref, actor, action, subject, detail, mac FROM audit WHERE seq = 2`,
	"insert unplaced":  `INSERT INTO audit (at, ref, actor, action, subject, detail, mac) SELECT at, ref, actor, action, subject, detail, mac FROM audit WHERE seq = 2`,
	"head back":        `UPDATE audit_head SET seq = 2, mac = (SELECT mac FROM audit WHERE seq = 2)`,
	"head same":        `UPDATE audit_head SET seal = x''`,
	"head forward":     `UPDATE audit_head SET seq = seq + 1`,
	"head gone":        `DELETE FROM audit_head`,
	"head replaced":    `INSERT OR REPLACE INTO audit_head VALUES (1, 0, x'', x'')`,
	"head twice, away": `UPDATE OR REPLACE audit_head SET one = 1, seq = 0`,
}

func TestA31_UpdateAndDeleteAreRefused(t *testing.T) {
	s, _ := logged(t, 3)
	before := verified(t, s)
	for name, statement := range rewrites {
		if _, err := s.write.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "audit log") {
			t.Errorf("%s: err = %v, want to be refused by a trigger", name, err)
		}
	}
	if after := verified(t, s); after != before {
		t.Errorf("the log changed from %v to %v", before, after)
	}
}

// The twin: it is the triggers that refuse, and even without them a rewritten
// log does not verify.
func TestA31_WithoutTriggersTheyAreAcceptedAndFound(t *testing.T) {
	for name, statement := range rewrites {
		t.Run(name, func(t *testing.T) {
			s, path := logged(t, 3)
			db := disarmed(t, path)
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatalf("refused all the same: %v", err)
			}
			if _, err := s.VerifyAudit(t.Context(), ""); !errors.Is(err, ErrTampered) {
				t.Errorf("err = %v, want ErrTampered", err)
			}
		})
	}
}

// headTo makes row n the last one as far as that can be done without the key.
const headTo = `
	UPDATE audit_head SET seq = %[1]d, mac = (SELECT mac FROM audit WHERE seq = %[1]d);
	UPDATE sqlite_sequence SET seq = %[1]d WHERE name = 'audit';`

func TestA31_VerifyNamesTheFirstBadRow(t *testing.T) {
	const forged = `INSERT INTO audit SELECT %d, at, ref, actor, action, subject, detail, %s FROM audit WHERE seq = 5;`
	for _, tt := range []struct {
		name, statements string
		row              int
	}{
		{"time edited", `UPDATE audit SET at = at + 1 WHERE seq = 5`, 5},
		{"ref edited", `UPDATE audit SET ref = 'x' WHERE seq = 5`, 5},
		{"actor edited", `UPDATE audit SET actor = 'hash-of-ben' WHERE seq = 5`, 5},
		{"action edited", `UPDATE audit SET action = 'view' WHERE seq = 5`, 5},
		{"subject edited", `UPDATE audit SET subject = subject || 's' WHERE seq = 5`, 5},
		{"detail edited", `UPDATE audit SET detail = '' WHERE seq = 5`, 5},
		{"text moved into the next field", `UPDATE audit SET subject = 'role:', detail = 'growth' || detail WHERE seq = 5`, 5},
		{"hash edited", `UPDATE audit SET mac = zeroblob(32) WHERE seq = 5`, 5},
		{"first edited", `UPDATE audit SET detail = '' WHERE seq = 1`, 1},
		{"last edited", `UPDATE audit SET detail = '' WHERE seq = 9`, 9},
		{"two edited", `UPDATE audit SET detail = '' WHERE seq IN (4, 7)`, 4},
		{"first removed", `DELETE FROM audit WHERE seq = 1`, 1},
		{"middle removed", `DELETE FROM audit WHERE seq = 5`, 5},
		{"middle removed, the rest moved up", `DELETE FROM audit WHERE seq = 5; UPDATE audit SET seq = seq - 1 WHERE seq > 5;` + fmt.Sprintf(headTo, 8), 5},
		{"last removed", `DELETE FROM audit WHERE seq = 9`, 9},
		{"last three removed", `DELETE FROM audit WHERE seq > 6`, 7},
		{"all removed", `DELETE FROM audit`, 1},
		{"last removed, counter moved", `DELETE FROM audit WHERE seq = 9; UPDATE sqlite_sequence SET seq = 8 WHERE name = 'audit'`, 9},
		{"last removed, head moved", `DELETE FROM audit WHERE seq = 9; UPDATE audit_head SET seq = 8, mac = (SELECT mac FROM audit WHERE seq = 8)`, 9},
		{"last removed, head and counter moved", `DELETE FROM audit WHERE seq = 9;` + fmt.Sprintf(headTo, 8), 8},
		{"reordered", `
			UPDATE audit SET seq = 100 WHERE seq = 4; UPDATE audit SET seq = 4 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 100;
			UPDATE sqlite_sequence SET seq = 9 WHERE name = 'audit'`, 4},
		{"inserted before", fmt.Sprintf(forged, 0, "mac") + fmt.Sprintf(headTo, 9), 0},
		{"inserted between", `UPDATE audit SET seq = -seq WHERE seq > 4; UPDATE audit SET seq = 1 - seq WHERE seq < 0;` + `
			INSERT INTO audit SELECT 5, at, ref, actor, action, subject, detail, mac FROM audit WHERE seq = 4;` + fmt.Sprintf(headTo, 10), 5},
		{"inserted at the end", fmt.Sprintf(forged, 10, "zeroblob(32)"), 10},
		{"inserted at the end, head moved", fmt.Sprintf(forged, 10, "zeroblob(32)") + fmt.Sprintf(headTo, 10), 10},
		{"seal edited", `UPDATE audit_head SET seal = zeroblob(32)`, 9},
		{"counter moved", `UPDATE sqlite_sequence SET seq = 8 WHERE name = 'audit'`, 9},
		{"counter gone", `DELETE FROM sqlite_sequence WHERE name = 'audit'`, 9},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, path := logged(t, 9)
			verified(t, s)
			if _, err := disarmed(t, path).ExecContext(t.Context(), tt.statements); err != nil {
				t.Fatal(err)
			}
			_, err := s.VerifyAudit(t.Context(), "")
			if !errors.Is(err, ErrTampered) || !strings.Contains(err.Error(), fmt.Sprintf("row %d ", tt.row)) &&
				!strings.Contains(err.Error(), fmt.Sprintf("row %d,", tt.row)) {
				t.Errorf("err = %v, want ErrTampered at row %d", err, tt.row)
			}
			// The twin: SQLite's own check knows nothing of it.
			if err := s.Check(t.Context()); err != nil {
				t.Errorf("the file is damaged, so that this proves nothing: %v", err)
			}
		})
	}
}

func TestA31_AByteEditedInTheFileIsFound(t *testing.T) {
	s, path := logged(t, 9)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, []byte("detail-of-row-06"))
	if at < 0 || bytes.Count(data, []byte("detail-of-row-06")) != 1 {
		t.Fatal("the row is not in the file once")
	}
	data[at] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := reopen(t, path).VerifyAudit(t.Context(), ""); !errors.Is(err, ErrTampered) || !strings.Contains(err.Error(), "row 6 ") {
		t.Errorf("err = %v, want ErrTampered at row 6", err)
	}
}

// A row more would give a cut log a true end again.
func TestA31_NothingIsAddedToACutLog(t *testing.T) {
	for name, statements := range map[string]string{
		"cut":      `DELETE FROM audit WHERE seq > 5;` + fmt.Sprintf(headTo, 5),
		"no head":  `DELETE FROM audit_head`,
		"as new":   `DELETE FROM audit; DELETE FROM sqlite_sequence; UPDATE audit_head SET seq = 0, mac = x'', seal = x''`,
		"not seal": `UPDATE audit_head SET seal = zeroblob(32)`,
	} {
		t.Run(name, func(t *testing.T) {
			s, path := logged(t, 9)
			change(t, s, func(p *access.Policy) { p.PutRole(access.Role{ID: "growth"}) })
			if _, err := disarmed(t, path).ExecContext(t.Context(), statements); err != nil {
				t.Fatal(err)
			}
			if err := s.RecordEvent(t.Context(), happened(10)); !errors.Is(err, ErrTampered) {
				t.Errorf("RecordEvent: err = %v, want ErrTampered", err)
			}
			_, err := s.ChangePolicy(t.Context(), happened(10), func(p *access.Policy) error {
				p.PutRole(access.Role{ID: "other"})
				return nil
			})
			if !errors.Is(err, ErrTampered) {
				t.Errorf("ChangePolicy: err = %v, want ErrTampered", err)
			}
			if p, err := s.Policy(t.Context()); err != nil || len(p.Roles) != 2 {
				t.Errorf("the rules changed without a line: %v, %v", p.Roles, err)
			}
			if _, err := s.VerifyAudit(t.Context(), ""); !errors.Is(err, ErrTampered) {
				t.Errorf("VerifyAudit: err = %v, want ErrTampered", err)
			}
		})
	}
}

// A whole older file is right in itself; only a head from outside tells.
func TestA31_AHeadNotedEarlierFindsAnOlderFilePutBack(t *testing.T) {
	s, path := logged(t, 5)
	older := filepath.Join(filepath.Dir(path), "older.db")
	if err := s.Backup(t.Context(), older); err != nil {
		t.Fatal(err)
	}
	early := verified(t, s)
	appendAll(t, s, 6, 9)
	noted := verified(t, s)
	for _, head := range []string{early.Head, noted.Head, " " + noted.Head + "\n"} {
		if got, err := s.VerifyAudit(t.Context(), head); err != nil || got != noted {
			t.Errorf("%q: %v, %v, want %v", head, got, err, noted)
		}
	}

	back := reopen(t, older)
	if got, err := back.VerifyAudit(t.Context(), ""); err != nil || got != early {
		t.Errorf("the older file: %v, %v: this proves nothing", got, err)
	}
	if _, err := back.VerifyAudit(t.Context(), noted.Head); !errors.Is(err, ErrTampered) || !strings.Contains(err.Error(), "row 6 ") {
		t.Errorf("err = %v, want ErrTampered at row 6", err)
	}
	// It is written on, with other rows.
	appendAll(t, back, 16, 19)
	if _, err := back.VerifyAudit(t.Context(), noted.Head); !errors.Is(err, ErrTampered) || !strings.Contains(err.Error(), "row 9 ") {
		t.Errorf("err = %v, want ErrTampered at row 9", err)
	}
	for _, head := range []string{"9", "9:zz", "x:" + strings.Repeat("0", 64), "0:" + strings.Repeat("0", 64), "9:00"} {
		if _, err := s.VerifyAudit(t.Context(), head); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: err = %v, want ErrInvalid", head, err)
		}
	}
}

// Rows of another copy of the log were written with the right key, in the right
// place; it is the chain and the end that tell them.
func TestA31_RowsOfAnotherCopyAreFound(t *testing.T) {
	const from = `INSERT INTO audit SELECT * FROM other.audit WHERE seq = %d;`
	for _, tt := range []struct {
		name string
		// split is the row after which the two copies went apart.
		split      int
		statements string
		row        int
	}{
		{"one in the middle", 5, `DELETE FROM audit WHERE seq = 7;` + fmt.Sprintf(from, 7), 7},
		{"all since", 5, `DELETE FROM audit WHERE seq > 5; INSERT INTO audit SELECT * FROM other.audit WHERE seq BETWEEN 6 AND 9`, 9},
		{"one more", 9, fmt.Sprintf(from, 10), 10},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, path := logged(t, tt.split)
			copied := filepath.Join(filepath.Dir(path), "copy.db")
			if err := s.Backup(t.Context(), copied); err != nil {
				t.Fatal(err)
			}
			appendAll(t, s, tt.split+1, 9)
			other := reopen(t, copied)
			appendAll(t, other, tt.split+11, 20)
			if err := other.Close(); err != nil {
				t.Fatal(err)
			}
			db := disarmed(t, path)
			if _, err := db.ExecContext(t.Context(), `ATTACH ? AS other`, copied); err != nil {
				t.Fatal(err)
			}
			if _, err := db.ExecContext(t.Context(), tt.statements); err != nil {
				t.Fatal(err)
			}
			_, err := s.VerifyAudit(t.Context(), "")
			if !errors.Is(err, ErrTampered) || !strings.Contains(err.Error(), fmt.Sprintf("row %d ", tt.row)) {
				t.Errorf("err = %v, want ErrTampered at row %d", err, tt.row)
			}
		})
	}
}

func TestVerifyAudit_AnotherKeyFindsNothingRight(t *testing.T) {
	s, path := logged(t, 3)
	o := testOptions()
	o.AuditKey = []byte("another key, that is as long as it")
	other, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	if _, err := other.VerifyAudit(t.Context(), ""); !errors.Is(err, ErrTampered) || !strings.Contains(err.Error(), "key") {
		t.Errorf("err = %v, want ErrTampered that speaks of the key", err)
	}
	if err := other.RecordEvent(t.Context(), happened(4)); !errors.Is(err, ErrTampered) {
		t.Errorf("it wrote on with another key: %v", err)
	}
	verified(t, s)
}

func TestExportAudit_StreamsTheChainOldestFirst(t *testing.T) {
	const n = 2*exportPage + 7
	s, _ := logged(t, n)
	var out bytes.Buffer
	if err := s.ExportAudit(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != n {
		t.Fatalf("%d lines, want %d", len(lines), n)
	}
	previous := ""
	for i, text := range lines {
		var line struct {
			Seq                                                 int64
			At                                                  time.Time
			Ref, Actor, Action, Subject, Detail, Previous, Hash string
		}
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		e := happened(i + 1)
		want := fmt.Sprint(i+1, e.At, e.Ref, e.Actor, e.Action, e.Subject, e.Detail, previous)
		if got := fmt.Sprint(line.Seq, line.At, line.Ref, line.Actor, line.Action, line.Subject, line.Detail, line.Previous); got != want {
			t.Fatalf("line %d is %s, want %s", i, got, want)
		}
		if hash, err := hex.DecodeString(line.Hash); err != nil || len(hash) != 32 {
			t.Fatalf("line %d has the hash %q", i, line.Hash)
		}
		previous = line.Hash
	}
	if head := verified(t, s); head.Head != fmt.Sprintf("%d:%s", n, previous) {
		t.Errorf("the last line is not the head %s", head.Head)
	}
	full := &fullWriter{room: 3}
	if err := s.ExportAudit(t.Context(), full); !errors.Is(err, errFull) {
		t.Errorf("err = %v, want that of the writer", err)
	}
}

var errFull = errors.New("no room")

type fullWriter struct{ room int }

func (w *fullWriter) Write(p []byte) (int, error) {
	if w.room--; w.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestRecordEvent_TwoProcessesWriteOneChain(t *testing.T) {
	path := newPath(t)
	var group sync.WaitGroup
	for i := range 2 {
		s := reopen(t, path)
		for range 2 {
			group.Go(func() {
				for n := range 25 {
					if err := s.RecordEvent(t.Context(), happened(100*i+n)); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	group.Wait()
	if head := verified(t, reopen(t, path)); head.Rows != 100 {
		t.Errorf("%d rows, want 100", head.Rows)
	}
}
