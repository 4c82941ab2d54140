package storage

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
)

func record(t testing.TB, s *Store, asks ...chat.Ask) {
	t.Helper()
	for _, a := range asks {
		if err := s.RecordAsk(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRecordAsk_RoundTrips(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	want := ask("r1")
	want.Question = "Wie viele 👩‍👩‍👧‍👦\x00 \"'; DROP TABLE asks; --"
	inBerlin := want
	inBerlin.At = want.At.In(time.FixedZone("x", 3600))
	record(t, s, inBerlin)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := reopen(t, path).Recent(t.Context(), want.User, 10)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]chat.Ask{want}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRecordAsk_ARedeliveryCountsOnce(t *testing.T) {
	s := newStore(t)
	again := ask("same")
	again.Insight = "demo/other"
	record(t, s, ask("same"), again)
	got, err := s.Asked(t.Context(), noon)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"demo/signups": 1}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRecordAsk_RefusesWhatCannotBeFoundAgain(t *testing.T) {
	s := newStore(t)
	for _, a := range []chat.Ask{{At: noon}, {Ref: "x"}} {
		if err := s.RecordAsk(t.Context(), a); !errors.Is(err, ErrInvalid) {
			t.Errorf("%+v: err = %v, want ErrInvalid", a, err)
		}
	}
}

func TestAsked_CountsAnswersSinceAMoment(t *testing.T) {
	s := newStore(t)
	early, exact, other, none, failed := ask("1"), ask("2"), ask("3"), ask("4"), ask("5")
	early.At = noon.Add(-time.Millisecond)
	other.Insight = "demo/revenue"
	none.Outcome, none.Insight = chat.OutcomeNone, ""
	failed.Outcome = chat.OutcomeFailed
	record(t, s, early, exact, other, none, failed)
	got, err := s.Asked(t.Context(), noon)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"demo/signups": 1, "demo/revenue": 1}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRecent_IsOneUsersNewestFirst(t *testing.T) {
	s := newStore(t)
	for i := range 5 {
		a := ask(fmt.Sprint(i))
		a.At = noon.Add(time.Duration(i) * time.Minute)
		record(t, s, a)
	}
	other := ask("other")
	other.User = "hash-of-ben"
	record(t, s, other)
	for n, want := range map[int][]string{2: {"4", "3"}, 0: nil, -1: {"4", "3", "2", "1", "0"}} {
		asks, err := s.Recent(t.Context(), "hash-of-mia", n)
		if err != nil {
			t.Fatal(err)
		}
		var refs []string
		for _, a := range asks {
			refs = append(refs, a.Ref)
		}
		if diff := cmp.Diff(want, refs); diff != "" {
			t.Errorf("n = %d (-want +got)\n%s", n, diff)
		}
	}
}

func TestDeleteAsksBefore_EndsTheRetentionWithItsFeedback(t *testing.T) {
	s := newStore(t)
	old := ask("old")
	old.At = noon.Add(-time.Millisecond)
	record(t, s, old, ask("new"))
	for _, ref := range []string{"old", "new"} {
		if err := s.RecordFeedback(t.Context(), ref, "hash-of-mia", "demo/signups", NotMeant, noon); err != nil {
			t.Fatal(err)
		}
	}
	n, err := s.DeleteAsksBefore(t.Context(), noon)
	if err != nil || n != 1 {
		t.Fatalf("deleted %d, %v, want 1", n, err)
	}
	left, err := s.Recent(t.Context(), "hash-of-mia", -1)
	if err != nil || len(left) != 1 || left[0].Ref != "new" {
		t.Errorf("left %v, %v", left, err)
	}
	counts, err := s.Feedback(t.Context(), NotMeant, noon)
	if err != nil || counts["demo/signups"] != 1 {
		t.Errorf("feedback %v, %v, want only the newer", counts, err)
	}
}

func TestDeleteAsksBefore_TakesTheBytesToo(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	old := ask("old")
	old.At, old.Question = noon.Add(-time.Hour), "canary-"+rand.Text()
	record(t, s, ask("a"), old, ask("b"))
	if len(holding(t, path, old.Question)) == 0 {
		t.Fatal("the canary is not in the files: the test proves nothing")
	}
	if n, err := s.DeleteAsksBefore(t.Context(), noon); err != nil || n != 1 {
		t.Fatalf("deleted %d, %v, want 1", n, err)
	}
	if in := holding(t, path, old.Question); len(in) > 0 {
		t.Errorf("the question is still in %v", in)
	}
}

func TestAsked_LeavesOutWhoOptedOut(t *testing.T) {
	s := newStore(t)
	other := ask("2")
	other.User = "hash-of-ben"
	record(t, s, ask("1"), other)
	for _, tt := range []struct {
		out  bool
		want int
	}{{true, 1}, {false, 2}} {
		if err := s.SetOptOut(t.Context(), "hash-of-ben", tt.out, noon); err != nil {
			t.Fatal(err)
		}
		if out, err := s.OptOut(t.Context(), "hash-of-ben"); err != nil || out != tt.out {
			t.Errorf("opted out %v, %v, want %v", out, err, tt.out)
		}
		got, err := s.Asked(t.Context(), noon)
		if err != nil || got["demo/signups"] != tt.want {
			t.Errorf("opted out %v: asked %v, %v, want %d", tt.out, got, err, tt.want)
		}
	}
	if err := s.SetOptOut(t.Context(), "", true, noon); !errors.Is(err, ErrInvalid) {
		t.Errorf("nobody opted out: err = %v, want ErrInvalid", err)
	}
}

func TestRecordFeedback_TheLastWordCounts(t *testing.T) {
	s := newStore(t)
	record(t, s, ask("r"))
	for i, kind := range []string{NotMeant, Right, NotMeant} {
		if err := s.RecordFeedback(t.Context(), "r", "hash-of-mia", "demo/signups", kind, noon.Add(time.Duration(i))); err != nil {
			t.Fatal(err)
		}
	}
	for kind, want := range map[string]map[string]int{NotMeant: {"demo/signups": 1}, Right: {}} {
		got, err := s.Feedback(t.Context(), kind, noon)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", kind, diff)
		}
	}
}

func TestRecordFeedback_RefusesWhatMeansNothing(t *testing.T) {
	s := newStore(t)
	record(t, s, ask("r"))
	for _, tt := range [][4]string{
		{"r", "hash-of-mia", "demo/signups", "so so"},
		{"r", "hash-of-mia", "", Right},
		{"never asked", "hash-of-mia", "demo/signups", Right},
		{"r", "hash-of-ben", "demo/signups", Right},
		{"r", "", "demo/signups", Right},
	} {
		if err := s.RecordFeedback(t.Context(), tt[0], tt[1], tt[2], tt[3], noon); !errors.Is(err, ErrInvalid) {
			t.Errorf("%v: err = %v, want ErrInvalid", tt, err)
		}
	}
	if got, err := s.Feedback(t.Context(), Right, noon); err != nil || len(got) != 0 {
		t.Errorf("kept %v, %v", got, err)
	}
}

// Nobody learns from an error whether somebody else asked something.
func TestRecordFeedback_SaysTheSameOfAnothersQuestionAndOfNone(t *testing.T) {
	s := newStore(t)
	record(t, s, ask("r1"))
	theirs := s.RecordFeedback(t.Context(), "r1", "hash-of-ben", "demo/signups", Right, noon)
	none := s.RecordFeedback(t.Context(), "r2", "hash-of-ben", "demo/signups", Right, noon)
	if theirs == nil || none == nil || strings.ReplaceAll(theirs.Error(), "r1", "r2") != none.Error() {
		t.Errorf("told apart: %v, %v", theirs, none)
	}
}
