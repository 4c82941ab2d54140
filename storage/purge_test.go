package storage

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
	"insightbot/chat"
)

// uninstalled is the event of a workspace that took the app away.
var uninstalled = access.Event{At: noon, Ref: "BYE", Actor: "program", Action: access.ActionPrivacy}

// countWhere counts the rows of every table that has a workspace, where a
// condition holds.
func countWhere(t *testing.T, s *Store, condition string, args ...any) map[string]int {
	t.Helper()
	names, err := readStrings(t.Context(), s.read, `
		SELECT t.name FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c
		WHERE t.schema = 'main' AND t.type = 'table' AND c.name = 'workspace'`)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, name := range names {
		var n int
		err := s.read.QueryRowContext(t.Context(), fmt.Sprintf(`SELECT count(*) FROM %q WHERE %s`, name, condition), args...).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		counts[name] = n
	}
	return counts
}

func TestPurgeWorkspace_LeavesNothingOfItAndAllOfTheOthers(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	all := tenants()
	for _, x := range all {
		x.fills(t, s)
		if _, err := s.MakeSignIn(t.Context(), chat.User{ID: "U1", Name: x.name()}, x.place(), noon.Add(1e9)); err != nil {
			t.Fatal(err)
		}
		// Somebody who left a trace in nothing but the rules, or in the inbox.
		change(t, s, func(p *access.Policy) {
			p.PutPerson(access.Person{Key: x.key("U2"), Name: x.name(), Roles: []string{x.role()}})
		})
		d := delivery("event:E2")
		d.Platform, d.Workspace, d.Person = x.platform, x.workspace, "U3"
		accepted(t, s, d)
		for _, id := range []string{"U2", "U3"} {
			if err := s.SetOptOut(t.Context(), hashOf(x.platform, x.workspace, id), true, noon); err != nil {
				t.Fatal(err)
			}
		}
	}
	gone := all[0]
	const there, elsewhere = `platform = ?1 AND workspace = ?2`, `NOT (platform = ?1 AND workspace = ?2)`
	for table, n := range countWhere(t, s, there, gone.platform, gone.workspace) {
		if n == 0 {
			t.Errorf("nothing is in %s: this proves nothing about it", table)
		}
	}
	before := countWhere(t, s, elsewhere, gone.platform, gone.workspace)
	if len(before) != 14 {
		t.Errorf("%d tables have a workspace: is PurgeWorkspace told of all of them?", len(before))
	}
	if len(holding(t, path, gone.name())) == 0 {
		t.Fatal("the workspace is not in the files: this proves nothing")
	}
	events, err := s.Events(t.Context(), -1)
	if err != nil {
		t.Fatal(err)
	}
	head := verified(t, s)

	if err := s.PurgeWorkspace(t.Context(), gone.platform, gone.workspace, uninstalled); err != nil {
		t.Fatal(err)
	}
	for table, n := range countWhere(t, s, there, gone.platform, gone.workspace) {
		if n > 0 {
			t.Errorf("%d rows are left in %s", n, table)
		}
	}
	if diff := cmp.Diff(before, countWhere(t, s, elsewhere, gone.platform, gone.workspace)); diff != "" {
		t.Errorf("of others (-before +after)\n%s", diff)
	}
	for _, x := range all {
		for _, id := range []string{"U1", "U2", "U3"} {
			out, err := s.OptOut(t.Context(), hashOf(x.platform, x.workspace, id))
			if err != nil || out == (x == gone) {
				t.Errorf("%s: %s is left out: %v, %v", x.name(), id, out, err)
			}
		}
		if got := x.traces(t, s); x != gone && len(got) != 21 {
			t.Errorf("%s reads only %v", x.name(), got)
		}
	}
	var keys int
	if err := s.read.QueryRowContext(t.Context(), `SELECT count(*) FROM delivery_keys`).Scan(&keys); err != nil || keys != 2*(len(all)-1) {
		t.Errorf("%d keys of deliveries are left, %v", keys, err)
	}
	checkPurgeLog(t, s, gone, head, events)

	// Again, as the two events of an uninstall come in any order.
	after := verified(t, s)
	if err := s.PurgeWorkspace(t.Context(), gone.platform, gone.workspace, uninstalled); err != nil {
		t.Fatal(err)
	}
	if again := verified(t, s); again != after {
		t.Errorf("purging nothing added lines: %v, %v", after, again)
	}
	// It may come back.
	gone.talks(t, s)
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// checkPurgeLog checks that the log goes on from where it was, with a line for
// each rule that went and one for the purge.
func checkPurgeLog(t *testing.T, s *Store, gone tenant, head AuditHead, before []access.Event) {
	t.Helper()
	if _, err := s.VerifyAudit(t.Context(), head.Head); err != nil {
		t.Error(err)
	}
	after, err := s.Events(t.Context(), -1)
	if err != nil {
		t.Fatal(err)
	}
	added := len(after) - len(before)
	if diff := cmp.Diff(before, after[added:]); diff != "" {
		t.Errorf("the log from before (-want +got)\n%s", diff)
	}
	last := uninstalled
	last.Subject, last.Detail = "workspace:"+gone.name(), "purged"
	if diff := cmp.Diff(last, after[0]); diff != "" {
		t.Errorf("the last line (-want +got)\n%s", diff)
	}
	subjects := map[string]bool{}
	for _, e := range after[1:added] {
		subjects[e.Subject] = true
		if e.Action != access.ActionRule || e.Actor != uninstalled.Actor {
			t.Errorf("a line about a rule: %+v", e)
		}
	}
	want := map[string]bool{
		"workspace:" + gone.name(): true, "channel:" + gone.name() + "/C1": true, "group:" + gone.name() + "/G1": true,
		"person:" + gone.hash(): true, "person:" + hashOf(gone.platform, gone.workspace, "U2"): true,
	}
	if diff := cmp.Diff(want, subjects); diff != "" {
		t.Errorf("lines about rules (-want +got)\n%s", diff)
	}
}

func TestPurgeWorkspace_TakesTheBytesOut(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	mia := newSomebody()
	mia.key.Workspace = "canary-workspace-x"
	crowd(t, s, 1)
	mia.lives(t, s)
	in := installation("web", mia.key.Workspace)
	in.Name = "canary-company-x"
	installed(t, s, in)
	crowd(t, s, 2)
	traces := mia.traces()
	traces["company"] = in.Name
	for name, trace := range traces {
		if len(holding(t, path, trace)) == 0 {
			t.Fatalf("the %s is not in the files: the test proves nothing", name)
		}
	}
	if err := s.PurgeWorkspace(t.Context(), "web", mia.key.Workspace, uninstalled); err != nil {
		t.Fatal(err)
	}
	for name, trace := range traces {
		if in := holding(t, path, trace); len(in) > 0 {
			t.Errorf("the %s is still in %v", name, in)
		}
	}
	verified(t, s)
	if got := countWhere(t, s, `workspace = 'w'`); got["asks"] != 300 || got["access_people"] != 300 {
		t.Errorf("of the crowd there are left %v", got)
	}
}

func TestPurgeWorkspace_WhatAReaderHeldUpIsFinishedLater(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	in := installation("slack", "T1")
	in.Name = "canary-company-y"
	installed(t, s, in)
	tx, err := s.read.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRowContext(t.Context(), `SELECT count(*) FROM installations`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	if _, err := s.write.ExecContext(t.Context(), `PRAGMA busy_timeout = 50`); err != nil {
		t.Fatal(err)
	}
	if err := s.PurgeWorkspace(t.Context(), "slack", "T1", uninstalled); !errors.Is(err, ErrBusy) {
		t.Fatalf("err = %v, want ErrBusy", err)
	}
	if got, err := s.Installations(t.Context(), "slack"); err != nil || len(got) > 0 {
		t.Errorf("the row is there: %v, %v", got, err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if len(holding(t, path, in.Name)) == 0 {
		t.Fatal("the bytes are gone already: the test proves nothing")
	}
	if err := s.PurgeWorkspace(t.Context(), "slack", "T1", uninstalled); err != nil {
		t.Fatal(err)
	}
	if in := holding(t, path, in.Name); len(in) > 0 {
		t.Errorf("the name is still in %v", in)
	}
	if head := verified(t, s); head.Rows != 1 {
		t.Errorf("%d lines, want one", head.Rows)
	}
}

func TestPurgeWorkspace_RefusesWhatItCannotAnswerFor(t *testing.T) {
	s := newStore(t)
	installed(t, s, installation("slack", "T1"))
	for name, err := range map[string]error{
		"no workspace": s.PurgeWorkspace(t.Context(), "slack", "", uninstalled),
		"no platform":  s.PurgeWorkspace(t.Context(), "", "T1", uninstalled),
		"nobody":       s.PurgeWorkspace(t.Context(), "slack", "T1", access.Event{At: noon}),
	} {
		if !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: err = %v, want ErrInvalid", name, err)
		}
	}
	s.auditKey = nil
	if err := s.PurgeWorkspace(t.Context(), "slack", "T1", uninstalled); !errors.Is(err, ErrNoKey) {
		t.Errorf("err = %v, want ErrNoKey", err)
	}
	if got, err := s.Installations(t.Context(), "slack"); err != nil || len(got) != 1 {
		t.Errorf("it is gone: %v, %v", got, err)
	}
}

// What somebody is being answered with survives that their data is erased: the
// answer that says so goes out.
func TestErasePerson_WhatIsBeingAnsweredCanStillBe(t *testing.T) {
	s := newStore(t)
	d := accepted(t, s, delivery("event:E1"))
	other := delivery("event:E2")
	other.Person = "U2"
	accepted(t, s, other)
	n, err := s.ErasePerson(t.Context(), access.Key{Platform: "slack", Workspace: "T1", ID: "U1"}, uninstalled)
	if err != nil || n != 1 {
		t.Fatalf("erased %d, %v", n, err)
	}
	for _, err := range []error{s.BeginSending(t.Context(), d.ID), s.Finish(t.Context(), d.ID)} {
		if err != nil {
			t.Error(err)
		}
	}
	if id, fresh, err := s.Accept(t.Context(), delivery("event:E1")); err != nil || fresh || id != d.ID {
		t.Errorf("again: %d, fresh %v, %v", id, fresh, err)
	}
	if got := keysOf(t, s); strings.TrimSpace(got) != "event:E2" {
		t.Errorf("pending: %q", got)
	}
}
