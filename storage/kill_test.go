package storage

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"insightbot/access"
)

// killedVar tells a copy of this test binary which file to write to until it
// is killed, and killedDoing what to write.
const (
	killedVar   = "STORAGE_TEST_WRITE_UNTIL_KILLED"
	killedDoing = "STORAGE_TEST_WRITE_WHAT"
)

// TestMain lets this binary be the process that the tests below kill.
func TestMain(m *testing.M) {
	if path := os.Getenv(killedVar); path != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(path, os.Getenv(killedDoing)))
		os.Exit(3)
	}
	os.Exit(m.Run())
}

func writeUntilKilled(path, doing string) error {
	ctx := context.Background()
	s, err := Open(ctx, path, testOptions())
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		ref := fmt.Sprintf("p%d-%d", os.Getpid(), i)
		var err error
		switch doing {
		case "rules":
			err = changeUntilKilled(ctx, s, ref)
		case "erase":
			err = eraseUntilKilled(ctx, s, ref)
		case "inbox":
			err = acceptUntilKilled(ctx, s, ref)
		default:
			err = s.RecordAsk(ctx, ask(ref))
		}
		if err != nil {
			return err
		}
		// The line is the acknowledgement, so it must not wait in a buffer.
		if _, err := fmt.Fprintln(os.Stdout, "ack", ref); err != nil {
			return err
		}
	}
}

// changeUntilKilled makes a role, a channel and a person at once.
func changeUntilKilled(ctx context.Context, s *Store, ref string) error {
	_, err := s.ChangePolicy(ctx, by, func(p *access.Policy) error {
		key := access.Key{Platform: "web", Workspace: "w", ID: ref}
		p.PutRole(access.Role{ID: ref, Tags: []string{"growth"}})
		p.PutChannel(access.Channel{Key: key, Roles: []string{ref}})
		p.PutPerson(access.Person{Key: key, Roles: []string{ref}})
		return nil
	})
	return err
}

// canaryOf is a text that no other one begins with.
func canaryOf(ref string) string { return "canary-" + ref + "." }

// eraseUntilKilled lets somebody come and be erased.
func eraseUntilKilled(ctx context.Context, s *Store, ref string) error {
	key := access.Key{Platform: "web", Workspace: "w", ID: canaryOf(ref)}
	a := ask(ref)
	a.User, a.Question = hashOf("web", "w", key.ID), canaryOf(ref)
	if err := s.RecordAsk(ctx, a); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(os.Stdout, "ack asked", ref); err != nil {
		return err
	}
	_, err := s.ErasePerson(ctx, key, by)
	return err
}

// killedInbox is how many deliveries are accepted at once.
const killedInbox = 8

// inboxKey is the key of one of the deliveries that are accepted at once.
func inboxKey(ref string, i int) string { return fmt.Sprintf("%s.%d", ref, i) }

// acceptUntilKilled accepts some deliveries at once, and finishes the first.
func acceptUntilKilled(ctx context.Context, s *Store, ref string) error {
	errs := make([]error, killedInbox)
	var group sync.WaitGroup
	for i := range killedInbox {
		group.Go(func() {
			id, _, err := s.Accept(ctx, delivery(inboxKey(ref, i)))
			if err == nil && i == 0 {
				err = s.Finish(ctx, id)
			}
			errs[i] = err
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// untilKilled runs a copy of this binary that writes, kills it a while after so
// many acknowledgements, and returns what it acknowledged.
func untilKilled(t *testing.T, path, doing string, after int, while time.Duration) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), killedVar+"="+path, killedDoing+"="+doing)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var acknowledged []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		ref, ok := strings.CutPrefix(lines.Text(), "ack ")
		if !ok {
			continue
		}
		if acknowledged = append(acknowledged, ref); len(acknowledged) == after {
			time.Sleep(while)
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("the writer ended with %v, want to have been killed", err)
	}
	return acknowledged
}

func TestStore_KillLosesNoAcknowledgedRow(t *testing.T) {
	path := newPath(t)
	acknowledged := make(map[string]bool)
	for round := range 5 {
		// Each round is killed at another moment of a write.
		for _, ref := range untilKilled(t, path, "", 40+7*round, 0) {
			acknowledged[ref] = true
		}
	}

	s := reopen(t, path)
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	asks, err := s.Recent(t.Context(), "hash-of-mia", -1)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range asks {
		delete(acknowledged, a.Ref)
	}
	if len(asks) < 5*40 || len(acknowledged) > 0 {
		t.Errorf("%d rows, %d acknowledged ones are lost: %v", len(asks), len(acknowledged), acknowledged)
	}
}

// Rules and the lines about them are one: after every kill the log is right, each
// rule has its lines, and each line its rule.
func TestChangePolicy_KillLeavesRulesAndLogAgreed(t *testing.T) {
	path := newPath(t)
	acknowledged := make(map[string]bool)
	head := ""
	for round := range 6 {
		for _, ref := range untilKilled(t, path, "rules", 12+5*round, 0) {
			acknowledged[ref] = true
		}
		s := reopen(t, path)
		state, err := s.VerifyAudit(t.Context(), head)
		if err != nil {
			t.Fatal(err)
		}
		head = state.Head
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
		p, err := s.Policy(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		events, err := s.Events(t.Context(), -1)
		if err != nil {
			t.Fatal(err)
		}
		told := make(map[string]int)
		for _, e := range events {
			told[e.Subject]++
		}
		want := make(map[string]int)
		for _, r := range p.Roles {
			if r.ID != access.RoleEveryone {
				want["role:"+r.ID]++
			}
		}
		for _, c := range p.Channels {
			want["channel:web/w/"+c.ID]++
		}
		for _, c := range p.People {
			want["person:"+hashOf("web", "w", c.ID)]++
		}
		for subject := range told {
			if want[subject] == 0 {
				t.Errorf("round %d: a line about %s, which is not there", round, subject)
			}
		}
		for subject := range want {
			if told[subject] == 0 {
				t.Errorf("round %d: %s has no line", round, subject)
			}
		}
		if len(p.Roles)-1 != len(p.Channels) || len(p.Channels) != len(p.People) || len(p.People) < len(acknowledged) {
			t.Errorf("round %d: %d roles, %d channels, %d people for %d acknowledged changes",
				round, len(p.Roles)-1, len(p.Channels), len(p.People), len(acknowledged))
		}
		for ref := range acknowledged {
			if _, ok := p.Role(ref); !ok {
				t.Errorf("round %d: the acknowledged %s is lost", round, ref)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Whoever was erased is gone after a kill too, and who was being erased is there
// as a whole or gone as a whole, bytes included.
func TestErasePerson_KillLeavesNothingHalf(t *testing.T) {
	path := newPath(t)
	for round := range 8 {
		// Each round is killed at another moment of an erasure.
		acknowledged := untilKilled(t, path, "erase", 4+round, time.Duration(round)*time.Millisecond)
		s := reopen(t, path)
		verified(t, s)
		if err := s.Check(t.Context()); err != nil {
			t.Error(err)
		}
		for _, ref := range acknowledged {
			ref, asked := strings.CutPrefix(ref, "asked ")
			asks, err := s.Recent(t.Context(), hashOf("web", "w", canaryOf(ref)), -1)
			if err != nil {
				t.Fatal(err)
			}
			if !asked && len(asks) > 0 {
				t.Errorf("round %d: %s was erased, and has a row", round, ref)
			}
			if in := holding(t, path, canaryOf(ref)); len(asks) == 0 && len(in) > 0 {
				t.Errorf("round %d: %s has no row, and is in %v", round, ref, in)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// What was accepted is there after a kill, whole, and known when it comes again;
// what was finished is known too, and not there to be done again.
func TestAccept_KillLosesNothingThatWasAccepted(t *testing.T) {
	path := newPath(t)
	acknowledged := make(map[string]bool)
	for round := range 5 {
		for _, ref := range untilKilled(t, path, "inbox", 10+3*round, 0) {
			acknowledged[ref] = true
		}
	}
	s := reopen(t, path)
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	pending, err := s.Pending(t.Context(), "slack", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	waits := make(map[string]bool)
	for _, d := range pending {
		waits[d.Keys[0]] = true
		if string(d.Body) != string(delivery(d.Keys[0]).Body) {
			t.Errorf("%s has the body %q", d.Keys[0], d.Body)
		}
	}
	if len(acknowledged) < 5*10 {
		t.Errorf("only %d were acknowledged", len(acknowledged))
	}
	for ref := range acknowledged {
		for i := range killedInbox {
			key := inboxKey(ref, i)
			if waits[key] != (i != 0) {
				t.Errorf("%s waits: %v", key, waits[key])
			}
			if _, fresh, err := s.Accept(t.Context(), delivery(key)); err != nil || fresh {
				t.Errorf("%s again: fresh %v, %v", key, fresh, err)
			}
		}
	}
}
