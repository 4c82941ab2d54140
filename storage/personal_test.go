package storage

import (
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
	"insightbot/chat"
)

// somebody is a person whose traces can be looked for.
type somebody struct {
	key                        access.Key
	name, maiden, title, group string
	question                   string
}

func newSomebody() somebody {
	canary := func(what string) string { return "canary-" + what + "-" + rand.Text() }
	return somebody{
		key:  access.Key{Platform: "web", Workspace: "w", ID: canary("id")},
		name: canary("name"), maiden: canary("maiden"), title: canary("title"), group: canary("group"), question: canary("question"),
	}
}

// traces are the bytes that must be gone after an erasure.
func (p somebody) traces() map[string]string {
	return map[string]string{
		"id": p.key.ID, "name": p.name, "former name": p.maiden, "title": p.title, "group": p.group, "question": p.question,
	}
}

func (p somebody) hash() string { return hashOf(p.key.Platform, p.key.Workspace, p.key.ID) }

func (p somebody) user() chat.User {
	return chat.User{ID: p.key.ID, Name: p.name, Title: p.title, Groups: []string{p.group}, Guest: chat.No, External: chat.No}
}

func (p somebody) place() chat.Place {
	return chat.Place{Platform: p.key.Platform, Workspace: p.key.Workspace, Channel: "C1", Name: "#growth", Kind: chat.PlacePublic}
}

// lives lets somebody do all that leaves traces. It returns how many rows an
// erasure has to delete.
func (p somebody) lives(t testing.TB, s *Store) int {
	t.Helper()
	ctx := t.Context()
	for _, name := range []string{p.maiden, p.name} {
		change(t, s, func(policy *access.Policy) {
			policy.PutRole(access.Role{ID: "growth", Tags: []string{"growth"}})
			policy.PutPerson(access.Person{Key: p.key, Name: name, Roles: []string{"growth"}})
		})
	}
	for i := range 2 {
		a := ask(fmt.Sprintf("%s-%d", p.hash(), i))
		a.Platform, a.Workspace, a.User, a.Question, a.At = p.key.Platform, p.key.Workspace, p.hash(), p.question, noon.Add(time.Duration(i)*time.Minute)
		record(t, s, a)
		if err := s.RecordFeedback(ctx, a.Ref, p.hash(), "demo/signups", NotMeant, noon); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SetOptOut(ctx, p.hash(), true, noon); err != nil {
		t.Fatal(err)
	}
	r := access.Request{
		At: noon, Who: p.key, WhoName: p.name, ChannelName: "#growth",
		Channel: access.ChannelOf(p.place()), State: access.RequestOpen,
	}
	opened(t, s, r)
	direct := r
	direct.Direct, direct.Channel.ID, direct.ChannelName = true, "D-"+p.key.ID, p.name
	denied := opened(t, s, direct)
	if _, _, err := s.DecideRequest(ctx, denied.ID, decider, access.RequestDenied, "", nil); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first link is used, so it is gone already
		token, err := s.MakeSignIn(ctx, p.user(), p.place(), noon.Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.write.ExecContext(ctx, `UPDATE sign_ins SET expires = expires`); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.RedeemSignIn(ctx, token, noon); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.MakeSignIn(ctx, p.user(), p.place(), noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	saw(t, s, p.place(), noon)
	mail := p.place()
	mail.Channel, mail.Name, mail.Kind = "D-"+p.key.ID, p.name, chat.PlaceDirect
	saw(t, s, mail, noon)
	if err := s.RecordEvent(ctx, access.Event{At: noon, Ref: "SEEN", Actor: p.hash(), Action: access.ActionDenied, Subject: "insight:demo/mrr"}); err != nil {
		t.Fatal(err)
	}
	return 1 + 2 + 2 + 1 + 2 + 1 + p.talks(t, s) // person, asks, feedback, preference, requests, link
}

// talks lets somebody do in a chat what leaves traces.
func (p somebody) talks(t testing.TB, s *Store) int {
	t.Helper()
	ctx, at := t.Context(), p.place()
	d := delivery("event:" + p.question)
	d.Platform, d.Workspace, d.Person, d.Body = p.key.Platform, p.key.Workspace, p.key.ID, []byte(p.question+p.key.ID)
	finished, _, err := s.Accept(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	d.Keys = []string{"msg:D-" + p.key.ID}
	if _, _, err := s.Accept(ctx, d); err != nil {
		t.Fatal(err)
	}
	about := chat.Call{Command: "access.grant", Args: chat.Args{"person": "web/w/" + p.key.ID}}
	for user, c := range map[string]chat.Call{p.key.ID: p.call(), "": about} {
		at.Thread = "thread-" + p.name
		if err := s.PutThread(ctx, at, user, c, noon); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.KeepCall(ctx, at.Platform, at.Workspace, about, noon); err != nil {
		t.Fatal(err)
	}
	posted := p.posted()
	posted.User = p.key.ID
	if err := s.PutPosted(ctx, posted); err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(ctx, finished); err != nil {
		t.Fatal(err)
	}
	for _, person := range []string{p.hash(), ""} {
		if _, err := s.NoteShown(ctx, p.place(), person, "demo/signups", "v1", noon); err != nil {
			t.Fatal(err)
		}
	}
	return 1 + 2 + 1 + 1 + 1 // delivery, threads, kept call, posted, shown
}

func (p somebody) call() chat.Call {
	return chat.Call{Command: "ask", Args: chat.Args{"q": p.question}}
}

func (p somebody) posted() chat.Posted {
	return chat.Posted{
		Platform: p.key.Platform, Workspace: p.key.Workspace, Channel: "D-" + p.key.ID, Message: "1.2", Thread: "1.1",
		Ref: "REF", Files: []string{"F1", "F2"}, At: noon,
	}
}

// crowd fills pages before and after somebody, so that rows are moved about.
func crowd(t testing.TB, s *Store, round int) {
	t.Helper()
	change(t, s, func(p *access.Policy) {
		for range 150 {
			p.PutPerson(access.Person{
				Key: access.Key{Platform: "web", Workspace: "w", ID: "canary-id-" + rand.Text()}, Name: "one of many " + rand.Text(),
				Roles: []string{access.RoleEveryone},
			})
		}
	})
	err := s.update(t.Context(), "fill", func(tx *sql.Tx) error {
		for i := range 150 {
			_, err := tx.ExecContext(t.Context(), `
				INSERT INTO asks VALUES (?, ?, 'web', 'w', 'C1', ?, 'sign-ups?', 'answer', 'demo/signups', 1, 1)`,
				fmt.Sprintf("%s-%d-%d", rand.Text(), round, i), noon.UnixMilli(), rand.Text())
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// leave is the event of an erasure that somebody wished themselves.
func leave(p somebody) access.Event {
	return access.Event{At: noon, Ref: "BYE", Actor: p.hash(), Action: access.ActionPrivacy, Detail: "erased"}
}

func TestPersonalData_IsAllThatIsKept(t *testing.T) {
	s := newStore(t)
	mia, ben := newSomebody(), newSomebody()
	ben.lives(t, s)
	mia.lives(t, s)
	got, err := s.PersonalData(t.Context(), mia.key)
	if err != nil {
		t.Fatal(err)
	}
	asks, err := s.Recent(t.Context(), mia.hash(), -1)
	if err != nil || len(asks) != 2 {
		t.Fatalf("asks %v, %v", asks, err)
	}
	want := access.Personal{
		OptOut: true, Roles: []string{"growth"}, Asks: asks,
		Feedback: []access.Feedback{
			{Ref: mia.hash() + "-0", Insight: "demo/signups", Kind: NotMeant, At: noon},
			{Ref: mia.hash() + "-1", Insight: "demo/signups", Kind: NotMeant, At: noon},
		},
		Threads: []access.Thread{{Channel: "C1", Thread: "thread-" + mia.name, Call: mia.call(), At: noon}},
		Shown:   []access.Shown{{Insight: "demo/signups", Version: "v1", At: noon}},
		Posted:  []chat.Posted{mia.posted()},
		Waiting: []chat.Delivery{{
			ID: 4, Platform: "web", Workspace: "w", Person: mia.key.ID, Keys: []string{"msg:D-" + mia.key.ID},
			At: noon, Body: []byte(mia.question + mia.key.ID),
		}},
		// What somebody reached for in vain is not told: it might exist.
		Events: []access.Event{{At: noon, Ref: "SEEN", Actor: mia.hash(), Action: access.ActionDenied, Subject: "insight"}},
	}
	for _, state := range []access.RequestState{access.RequestOpen, access.RequestDenied} {
		all, err := s.Requests(t.Context(), state)
		if err != nil || len(all) != 2 {
			t.Fatalf("requests %v, %v", all, err)
		}
		want.Requests = append(want.Requests, all[1])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	nobody, err := s.PersonalData(t.Context(), access.Key{Platform: "web", Workspace: "w", ID: "nobody"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(access.Personal{}, nobody); diff != "" {
		t.Errorf("of nobody (-want +got)\n%s", diff)
	}
	if _, err := s.PersonalData(t.Context(), access.Key{Platform: "web", Workspace: "w"}); !errors.Is(err, ErrInvalid) {
		t.Errorf("err = %v, want ErrInvalid", err)
	}
}

func TestA34_AfterErasingNoByteOfThePersonIsLeft(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	mia, ben := newSomebody(), newSomebody()
	crowd(t, s, 1)
	ben.lives(t, s)
	want := mia.lives(t, s)
	crowd(t, s, 2)
	for name, trace := range mia.traces() {
		if len(holding(t, path, trace)) == 0 {
			t.Fatalf("the %s is not in the files: the test proves nothing", name)
		}
	}
	benBefore, err := s.PersonalData(t.Context(), ben.key)
	if err != nil {
		t.Fatal(err)
	}

	n, err := s.ErasePerson(t.Context(), mia.key, leave(mia))
	if err != nil || n != want {
		t.Fatalf("erased %d, %v, want %d", n, err, want)
	}
	for name, trace := range mia.traces() {
		if in := holding(t, path, trace); len(in) > 0 {
			t.Errorf("the %s is still in %v", name, in)
		}
	}
	left, err := s.PersonalData(t.Context(), mia.key)
	if err != nil {
		t.Fatal(err)
	}
	if len(left.Events) != 3 { // what she was denied, the role she lost, the erasure
		t.Errorf("%d lines of the log are left, want 3", len(left.Events))
	}
	left.Events = nil
	if diff := cmp.Diff(access.Personal{}, left); diff != "" {
		t.Errorf("left (-want +got)\n%s", diff)
	}
	if again, err := s.ErasePerson(t.Context(), mia.key, leave(mia)); err != nil || again != 0 {
		t.Errorf("again: %d, %v", again, err)
	}
	verified(t, s)
	benAfter, err := s.PersonalData(t.Context(), ben.key)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(benBefore, benAfter); diff != "" {
		t.Errorf("somebody else's data changed (-before +after)\n%s", diff)
	}
	if in := holding(t, path, ben.question); len(in) == 0 {
		t.Error("somebody else's question is gone")
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// The hash is left where the log cannot be changed, and nowhere else.
func TestA34_TheHashIsLeftInTheAuditLogAlone(t *testing.T) {
	s := newStore(t)
	mia, ben := newSomebody(), newSomebody()
	mia.lives(t, s)
	r := opened(t, s, access.Request{At: noon, Who: ben.key, State: access.RequestOpen})
	admin := decider
	admin.Actor = mia.hash()
	if _, _, err := s.DecideRequest(t.Context(), r.ID, admin, access.RequestDenied, "", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ErasePerson(t.Context(), mia.key, leave(mia)); err != nil {
		t.Fatal(err)
	}
	rows, err := s.read.QueryContext(t.Context(), `
		SELECT t.name, c.name FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c
		WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT LIKE 'sqlite_%'`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	found := map[string]bool{}
	columns := 0
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			t.Fatal(err)
		}
		columns++
		var n int
		query := fmt.Sprintf(`SELECT count(*) FROM %q WHERE instr(%q, ?) > 0`, table, column)
		if err := s.read.QueryRowContext(t.Context(), query, mia.hash()).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			found[table+"."+column] = true
		}
	}
	if err := rows.Err(); err != nil || columns < 50 {
		t.Fatalf("read %d columns, %v", columns, err)
	}
	if diff := cmp.Diff(map[string]bool{"audit.actor": true, "audit.subject": true}, found); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The twins: without zeros over what is deleted, or with the old log, the traces
// are found.
func TestA34_WithoutItsMeansTheTracesAreFound(t *testing.T) {
	for _, tt := range []struct {
		name, dsn string
		then      []string
	}{
		{"only deleted", "secure_delete(0)", nil},
		{"log emptied", "secure_delete(0)", []string{`PRAGMA wal_checkpoint(TRUNCATE)`}},
		{"zeros written, log not emptied", "secure_delete(1)", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := newPath(t)
			s := reopen(t, path)
			if err := s.write.Close(); err != nil {
				t.Fatal(err)
			}
			var err error
			if s.write, err = open(strings.Replace(writerDSN(path), "secure_delete(1)", tt.dsn, 1), 1); err != nil {
				t.Fatal(err)
			}
			var people []somebody
			for i := range 2 {
				p := newSomebody()
				p.lives(t, s)
				people = append(people, p)
				crowd(t, s, i)
			}
			err = s.update(t.Context(), "delete", func(tx *sql.Tx) error {
				for _, p := range people {
					if _, err := s.dropPerson(t.Context(), tx, p.key, leave(p)); err != nil {
						return err
					}
					if _, err := s.deletePerson(t.Context(), tx, p.key, p.hash()); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, statement := range tt.then {
				if _, err := s.write.ExecContext(t.Context(), statement); err != nil {
					t.Fatal(err)
				}
			}
			found := map[string]int{}
			for _, p := range people {
				for name, trace := range p.traces() {
					found[name] += len(holding(t, path, trace))
				}
			}
			total := 0
			for _, n := range found {
				total += n
			}
			if total == 0 {
				t.Error("nothing is found: what ErasePerson does beyond this is for nothing")
			}
		})
	}
}

// The twin that shows why the file is written anew: version 1 wrote no zeros, and
// rows that SQLite moved to another page are still in the gaps of the first.
func TestA34_WithoutANewFileCopiesAreFoundInTheGaps(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	exec := func(statement string, args ...any) {
		t.Helper()
		if _, err := s.write.ExecContext(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(`PRAGMA secure_delete = 0`)
	var canaries []string
	err := s.update(t.Context(), "fill", func(tx *sql.Tx) error {
		for i := range 600 {
			canaries = append(canaries, "canary-"+rand.Text())
			_, err := tx.ExecContext(t.Context(), `INSERT INTO access_people VALUES ('web', 'w', ?, ?, '[]')`,
				rand.Text(), canaries[i]+strings.Repeat("x", i*7919%300))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	exec(`PRAGMA secure_delete = 1`)
	exec(`DELETE FROM access_people WHERE name < 'canary-M'`)
	exec(`PRAGMA wal_checkpoint(TRUNCATE)`)
	found := func() (n int) {
		for _, c := range canaries {
			if c < "canary-M" {
				n += len(holding(t, path, c))
			}
		}
		return n
	}
	if found() == 0 {
		t.Error("no copy is found: writing the file anew is for nothing")
	}
	if err := s.scrub(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := found(); n > 0 {
		t.Errorf("%d copies are found in the new file", n)
	}
}

func TestErasePerson_NoRuleForbidsIt(t *testing.T) {
	s := newStore(t)
	mia := newSomebody()
	change(t, s, func(p *access.Policy) {
		p.PutRole(access.Role{ID: "admins", Abilities: access.Abilities()})
		p.PutPerson(access.Person{Key: mia.key, Roles: []string{"admins"}})
	})
	if n, err := s.ErasePerson(t.Context(), mia.key, leave(mia)); err != nil || n != 1 {
		t.Fatalf("erased %d, %v, want the only admin", n, err)
	}
	p, err := s.Policy(t.Context())
	if err != nil || p.HasAdmin("web", "w") {
		t.Errorf("she is still an admin: %+v, %v", p.People, err)
	}
	events, err := s.Events(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	if events[0].Subject != "person:"+mia.hash() || events[0].Action != access.ActionPrivacy || events[1].Action != access.ActionRule {
		t.Errorf("lines: %+v", events)
	}
	if _, err := s.ErasePerson(t.Context(), mia.key, access.Event{}); !errors.Is(err, ErrInvalid) {
		t.Errorf("nobody erased: err = %v, want ErrInvalid", err)
	}
}

// What a reader or a kill kept from being finished is finished later.
func TestErasePerson_WhatAReaderHoldsUpTheNextOpenFinishes(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	mia := newSomebody()
	mia.lives(t, s)
	tx, err := s.read.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRowContext(t.Context(), `SELECT count(*) FROM asks`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	if _, err := s.write.ExecContext(t.Context(), `PRAGMA busy_timeout = 50`); err != nil {
		t.Fatal(err)
	}
	if n, err := s.ErasePerson(t.Context(), mia.key, leave(mia)); !errors.Is(err, ErrBusy) || n == 0 {
		t.Fatalf("erased %d, %v, want rows and ErrBusy", n, err)
	}
	if len(holding(t, path, mia.question)) == 0 {
		t.Fatal("the bytes are gone already: the test proves nothing")
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	later := reopen(t, path)
	for name, trace := range mia.traces() {
		if in := holding(t, path, trace); len(in) > 0 {
			t.Errorf("the %s is still in %v", name, in)
		}
	}
	if err := later.read.QueryRowContext(t.Context(), `SELECT count(*) FROM erasing`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d erasures are still to be finished, %v", n, err)
	}
}
