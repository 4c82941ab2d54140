package storage

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
)

// delivery is something that came in, by its keys.
func delivery(keys ...string) chat.Delivery {
	return chat.Delivery{
		Platform: "slack", Workspace: "T1", Person: "U1", Keys: keys, At: noon, Body: []byte("body of " + strings.Join(keys, ", ")),
	}
}

// accepted accepts a delivery that has to be fresh, and returns it as it is
// kept.
func accepted(t testing.TB, s *Store, d chat.Delivery) chat.Delivery {
	t.Helper()
	id, fresh, err := s.Accept(t.Context(), d)
	if err != nil || !fresh {
		t.Fatalf("accept %v: fresh %v, %v", d.Keys, fresh, err)
	}
	d.ID, d.At = id, d.At.UTC()
	return d
}

func pending(t testing.TB, s *Store) []chat.Delivery {
	t.Helper()
	found, err := s.Pending(t.Context(), "slack", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// keysOf are the first keys of what is pending, in order.
func keysOf(t testing.TB, s *Store) string {
	t.Helper()
	var keys []string
	for _, d := range pending(t, s) {
		keys = append(keys, d.Keys[0])
	}
	return strings.Join(keys, " ")
}

func TestAccept_RoundTripsOverARestart(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	bare := chat.Delivery{Platform: "slack", At: noon}
	whole := delivery("event:Ev1", "msg:C1:1.2")
	whole.Body = []byte("\x00 ü \xff")
	whole.At = noon.In(time.FixedZone("x", 3600))
	sending := delivery("sending")
	want := []chat.Delivery{accepted(t, s, whole), accepted(t, s, bare), accepted(t, s, sending)}
	done := accepted(t, s, delivery("done"))
	for _, err := range []error{s.BeginSending(t.Context(), want[2].ID), s.Finish(t.Context(), done.ID)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want[2].Sending = true
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, pending(t, reopen(t, path))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAccept_WhatComesAgainIsTheSame(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	first := accepted(t, s, delivery("event:Ev1", "msg:C1:1.2"))
	other := accepted(t, s, delivery("event:Ev9"))
	again := func(s *Store, when string, want int64, keys ...string) {
		t.Helper()
		id, fresh, err := s.Accept(t.Context(), delivery(keys...))
		if err != nil || fresh || id != want {
			t.Errorf("%s, %v: id %d, fresh %v, %v, want %d and not fresh", when, keys, id, fresh, err, want)
		}
	}
	again(s, "at once", first.ID, "event:Ev1", "msg:C1:1.2")
	again(s, "the twin", first.ID, "event:Ev2", "msg:C1:1.2")
	again(s, "the twin by its own name", first.ID, "event:Ev2")
	again(s, "two at once", first.ID, "event:Ev9", "event:Ev1")
	if err := s.Finish(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	again(s, "finished", first.ID, "event:Ev1")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, path)
	again(s, "after a restart", first.ID, "event:Ev2", "event:new")
	again(s, "after a restart", other.ID, "event:Ev9")
	again(s, "the name it had only then", first.ID, "event:new")
	// The same names mean something else elsewhere.
	for _, elsewhere := range []tenant{{"slack", "T2"}, {"discord", "T1"}, {"slackT", "1"}, {"slack", ""}} {
		d := delivery("event:Ev1", "event:Ev1")
		d.Platform, d.Workspace = elsewhere.platform, elsewhere.workspace
		if id := accepted(t, s, d).ID; id == first.ID {
			t.Errorf("%s: it is taken for another workspace's", elsewhere.name())
		}
	}
	// Without a name nothing is the same.
	accepted(t, s, delivery())
	accepted(t, s, delivery())
}

func TestAccept_OfManyAtOnceOneIsFresh(t *testing.T) {
	s := newStore(t)
	const rounds, racers = 20, 32
	for round := range rounds {
		var fresh atomic.Int32
		ids := make([]int64, racers)
		var group sync.WaitGroup
		start := make(chan struct{})
		for i := range racers {
			group.Go(func() {
				<-start
				id, first, err := s.Accept(t.Context(), delivery(fmt.Sprintf("event:%d-%d", round, i), fmt.Sprint("msg:", round)))
				if err != nil {
					t.Error(err)
				}
				if ids[i] = id; first {
					fresh.Add(1)
				}
			})
		}
		close(start)
		group.Wait()
		for _, id := range ids {
			if id != ids[0] || id == 0 {
				t.Fatalf("round %d: ids %v", round, ids)
			}
		}
		if n := fresh.Load(); n != 1 {
			t.Fatalf("round %d: %d are fresh", round, n)
		}
	}
	if got := len(pending(t, s)); got != rounds {
		t.Errorf("%d are pending, want %d", got, rounds)
	}
}

func TestAccept_RefusesWhatCannotBeTold(t *testing.T) {
	s := newStore(t)
	for name, d := range map[string]chat.Delivery{
		"no platform": {At: noon, Keys: []string{"a"}},
		"no time":     {Platform: "slack", Keys: []string{"a"}},
		"empty key":   {Platform: "slack", At: noon, Keys: []string{"a", ""}},
	} {
		if _, _, err := s.Accept(t.Context(), d); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: err = %v, want ErrInvalid", name, err)
		}
	}
	if got := pending(t, s); len(got) > 0 {
		t.Errorf("kept: %v", got)
	}
}

func TestFinish_ErasesAllButThatItWasThere(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	d := delivery("event:canary-key-1", "msg:canary-dm-1")
	d.Person, d.Body = "canary-person-1", []byte("canary-body-1 "+strings.Repeat("x", 10_000))
	d = accepted(t, s, d)
	for range 2 {
		if err := s.Finish(t.Context(), d.ID); err != nil {
			t.Fatal(err)
		}
	}
	if got := pending(t, s); len(got) > 0 {
		t.Errorf("pending: %v", got)
	}
	// Somebody who was erased is still told so.
	if err := s.BeginSending(t.Context(), d.ID); err != nil {
		t.Error(err)
	}
	if got := pending(t, s); len(got) > 0 {
		t.Errorf("pending: %v", got)
	}
	// The log ends here; until then it holds what was.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, trace := range []string{"canary-key-1", "canary-dm-1", "canary-person-1", "canary-body-1"} {
		if in := holding(t, path, trace); len(in) > 0 {
			t.Errorf("%s is still in %v", trace, in)
		}
	}
	s = reopen(t, path)
	if id, fresh, err := s.Accept(t.Context(), delivery("msg:canary-dm-1")); err != nil || fresh || id != d.ID {
		t.Errorf("again: %d, fresh %v, %v", id, fresh, err)
	}
	// One that is not there is finished as well, but cannot be answered.
	if err := s.Finish(t.Context(), 4711); err != nil {
		t.Error(err)
	}
	if err := s.BeginSending(t.Context(), 4711); !errors.Is(err, ErrInvalid) {
		t.Errorf("err = %v, want ErrInvalid", err)
	}
}

func TestPending_Pages10000InOrder(t *testing.T) {
	s := newStore(t)
	const n = 10_000
	var group sync.WaitGroup
	for w := range 64 {
		group.Go(func() {
			for i := w; i < n; i += 64 {
				d := delivery(fmt.Sprint("event:", i))
				if i%100 == 0 {
					d.Platform = "discord"
				}
				if _, fresh, err := s.Accept(t.Context(), d); err != nil || !fresh {
					t.Errorf("%d: fresh %v, %v", i, fresh, err)
				}
			}
		})
	}
	group.Wait()
	seen := map[string]bool{}
	after, pages := int64(0), 0
	for {
		page, err := s.Pending(t.Context(), "slack", after, 256)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page {
			if d.ID <= after || d.Platform != "slack" || seen[d.Keys[0]] {
				t.Fatalf("after %d comes %+v", after, d)
			}
			after, seen[d.Keys[0]] = d.ID, true
		}
		if pages++; len(page) < 256 {
			break
		}
	}
	if len(seen) != n-n/100 || pages != (n-n/100)/256+1 {
		t.Errorf("%d deliveries in %d pages", len(seen), pages)
	}
	if none, err := s.Pending(t.Context(), "slack", 0, 0); err != nil || len(none) > 0 {
		t.Errorf("a page of none: %v, %v", none, err)
	}
}

func TestForgetDeliveries_EndsWhatWasFinishedAlone(t *testing.T) {
	now := noon
	o := testOptions()
	o.Now = func() time.Time { return now }
	s, err := Open(t.Context(), newPath(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	finished := func(key string) {
		t.Helper()
		if err := s.Finish(t.Context(), accepted(t, s, delivery(key)).ID); err != nil {
			t.Fatal(err)
		}
	}
	for i := range forgetAtOnce + 10 {
		finished(fmt.Sprint("old-", i))
	}
	waits := accepted(t, s, delivery("waits"))
	now = noon.Add(time.Hour)
	finished("new")
	if n, err := s.ForgetDeliveries(t.Context(), noon.Add(time.Millisecond)); err != nil || n != forgetAtOnce+10 {
		t.Errorf("forgot %d, %v", n, err)
	}
	if n, err := s.ForgetDeliveries(t.Context(), noon.Add(time.Hour)); err != nil || n != 0 {
		t.Errorf("the one finished at that moment: %d, %v", n, err)
	}
	var keys int
	if err := s.read.QueryRowContext(t.Context(), `SELECT count(*) FROM delivery_keys`).Scan(&keys); err != nil || keys != 2 {
		t.Errorf("%d keys are left, %v", keys, err)
	}
	if diff := cmp.Diff([]chat.Delivery{waits}, pending(t, s)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// A number is never given twice: references are made of it.
	if again := accepted(t, s, delivery("old-0")); again.ID <= waits.ID {
		t.Errorf("the id %d is given again", again.ID)
	}
}
