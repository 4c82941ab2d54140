package storage

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
)

// asked is a question of somebody, some minutes after noon, and what became of
// it.
func asked(minute int, user, question string, outcome chat.Outcome) chat.Ask {
	a := ask(fmt.Sprintf("%s-%d-%s", user, minute, question))
	a.At, a.User, a.Question, a.Outcome = noon.Add(time.Duration(minute)*time.Minute), user, question, outcome
	if outcome != chat.OutcomeAnswer {
		a.Insight = ""
	}
	return a
}

func TestRecentAsks_AreTheirOwnAndEachOnce(t *testing.T) {
	s := newStore(t)
	want := []chat.Ask{
		asked(9, "mia", "  Sign-ups by COUNTRY ", chat.OutcomeAnswer),
		asked(8, "mia", "revenue", chat.OutcomeChoose),
		asked(2, "mia", "???", chat.OutcomeAnswer),
		asked(1, "mia", "gr\u00f6\u00dfe", chat.OutcomeAnswer),
	}
	record(
		t, s,
		asked(0, "mia", "Gro\u0308ße?", chat.OutcomeAnswer),
		want[3], want[2],
		asked(3, "mia", "sign-ups by country?", chat.OutcomeAnswer),
		asked(4, "mia", "nobody knows", chat.OutcomeNone),
		asked(5, "mia", "not so", chat.OutcomeRefused),
		asked(6, "mia", "broken", chat.OutcomeFailed),
		asked(7, "mia", "closed", chat.OutcomeClosed),
		want[1], want[0],
		asked(10, "mia", "", chat.OutcomeAnswer), // a button
		asked(11, "ben", "ben's own", chat.OutcomeAnswer),
		asked(11, "", "nobody's", chat.OutcomeAnswer),
	)
	for _, n := range []int{-1, 0, 1, 3, 4, 100} {
		got, err := s.RecentAsks(t.Context(), "mia", n)
		if err != nil {
			t.Fatal(err)
		}
		wanted := want
		if n >= 0 {
			wanted = append([]chat.Ask(nil), want[:min(n, len(want))]...)
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("the last %d (-want +got)\n%s", n, diff)
		}
	}
	for _, person := range []string{"", "somebody"} {
		if got, err := s.RecentAsks(t.Context(), person, 5); err != nil || len(got) > 0 {
			t.Errorf("of %q: %v, %v", person, got, err)
		}
	}
}

func TestUnanswered_CountsTheSameQuestionTogether(t *testing.T) {
	s := newStore(t)
	other := func(minute int, workspace, platform string) chat.Ask {
		a := asked(minute, "mia", "churn", chat.OutcomeNone)
		a.Ref, a.Workspace, a.Platform = fmt.Sprint(workspace, platform), workspace, platform
		return a
	}
	record(
		t, s,
		asked(-1, "mia", "churn", chat.OutcomeNone),
		asked(1, "mia", "churn", chat.OutcomeNone),
		asked(2, "ben", "churn", chat.OutcomeNone),
		asked(3, "mia", "  CHURN?", chat.OutcomeRefused),
		asked(4, "mia", "weather", chat.OutcomeNone),
		asked(5, "eve", "weather!", chat.OutcomeNone),
		asked(6, "eve", "churn", chat.OutcomeNone),
		asked(0, "mia", "payroll", chat.OutcomeRefused),
		asked(7, "mia", "late", chat.OutcomeNone),
		asked(8, "mia", "sign-ups", chat.OutcomeAnswer),
		asked(8, "mia", "revenue", chat.OutcomeChoose),
		asked(8, "mia", "broken", chat.OutcomeFailed),
		asked(8, "mia", "closed", chat.OutcomeClosed),
		asked(8, "mia", "", chat.OutcomeNone),
		other(9, "w2", "web"), other(9, "w1", "slack"),
	)
	// Eve is left out, from before as well.
	if err := s.SetOptOut(t.Context(), "eve", true, noon); err != nil {
		t.Fatal(err)
	}
	at := func(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }
	want := []chat.Unanswered{
		{Question: "  CHURN?", Times: 3, Last: at(3)},
		{Question: "late", Times: 1, Last: at(7)},
		{Question: "weather", Times: 1, Last: at(4)},
		{Question: "payroll", Times: 1, Last: at(0)},
	}
	for _, n := range []int{-1, 0, 1, 2, 4, 9} {
		got, err := s.Unanswered(t.Context(), "web", "w1", noon, n)
		if err != nil {
			t.Fatal(err)
		}
		wanted := want
		if n >= 0 {
			wanted = want[:min(n, len(want))]
		}
		if diff := cmp.Diff(append([]chat.Unanswered{}, wanted...), append([]chat.Unanswered{}, got...)); diff != "" {
			t.Errorf("the first %d (-want +got)\n%s", n, diff)
		}
	}
	if got, err := s.Unanswered(t.Context(), "web", "w3", noon, -1); err != nil || len(got) > 0 {
		t.Errorf("where nobody asked: %v, %v", got, err)
	}
}
