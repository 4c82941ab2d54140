package storage

import (
	"errors"
	"testing"
	"time"

	"insightbot/access"
	"insightbot/chat"
)

func TestNoteShown_TellsWhatWasShownBefore(t *testing.T) {
	s := newStore(t)
	channel := chat.Place{Platform: "slack", Workspace: "T1", Channel: "C1"}
	other := channel
	other.Workspace = "T2"
	was := func(version string, at time.Time) access.Shown {
		return access.Shown{Insight: "shop/orders", Version: version, At: at}
	}
	for i, step := range []struct {
		place   chat.Place
		person  string
		version string
		at      time.Time
		before  access.Shown
	}{
		{channel, "", "v1", noon, access.Shown{}},
		{channel, "", "v1", noon.Add(time.Minute), was("v1", noon)},
		{channel, "", "v2", noon.Add(2 * time.Minute), was("v1", noon)},
		{channel, "", "v2", noon.Add(3 * time.Hour), was("v2", noon.Add(2*time.Minute))},
		// What comes late does not take the later away.
		{channel, "", "v1", noon, was("v2", noon.Add(3*time.Hour))},
		{channel, "", "v2", noon.Add(4 * time.Hour), was("v2", noon.Add(3*time.Hour))},
		// A person, and another workspace, are others.
		{channel, "hash", "v2", noon, access.Shown{}},
		{other, "", "v2", noon, access.Shown{}},
		// A person is told once, wherever that is.
		{chat.Place{Platform: "slack", Workspace: "T1", Channel: "D1"}, "hash", "v3", noon.Add(time.Hour), was("v2", noon)},
	} {
		got, err := s.NoteShown(t.Context(), step.place, step.person, "shop/orders", step.version, step.at)
		if err != nil || got != step.before {
			t.Errorf("step %d: %+v, %v, want %+v", i, got, err, step.before)
		}
	}
	if _, err := s.NoteShown(t.Context(), chat.Place{Platform: "web"}, "", "shop/orders", "v1", noon); !errors.Is(err, ErrInvalid) {
		t.Errorf("nowhere: %v", err)
	}
}

func TestSourceState_IsWhatWasSavedLast(t *testing.T) {
	s := newStore(t)
	if state, err := s.LoadSourceState(t.Context(), "posthog"); err != nil || state != nil {
		t.Errorf("before: %q, %v", state, err)
	}
	for _, want := range []string{`{"mark":1}`, ``, `{"mark":2}`} {
		if err := s.SaveSourceState(t.Context(), "posthog", []byte(want)); err != nil {
			t.Fatal(err)
		}
		if state, err := s.LoadSourceState(t.Context(), "posthog"); err != nil || string(state) != want {
			t.Errorf("%q, %v, want %q", state, err, want)
		}
	}
	if err := s.SaveSourceState(t.Context(), "", nil); !errors.Is(err, ErrInvalid) {
		t.Errorf("no source: %v", err)
	}
}
