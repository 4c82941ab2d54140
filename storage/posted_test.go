package storage

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
)

// answer is a message that somebody may take back.
func answer(message, user string) chat.Posted {
	return chat.Posted{
		Platform: "slack", Workspace: "T1", Channel: "C1", Message: message, Thread: "1.1", User: user, Ref: "REF-" + message,
		Files: []string{"F1", "F2"}, At: noon,
	}
}

func post(t testing.TB, s *Store, all ...chat.Posted) {
	t.Helper()
	for _, p := range all {
		if err := s.PutPosted(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPutPosted_RoundTripsAndIsTheAskersAlone(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	bare := chat.Posted{Platform: "slack", Channel: "C1", Message: "3", At: noon}
	old := answer("1", "U9")
	old.Ref, old.Files = "OLD", nil
	post(t, s, old, answer("1", "U1"), answer("2", "U2"), bare)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, path)
	want := answer("1", "")
	got, known, err := s.Posted(t.Context(), "slack", "T1", "C1", "1")
	if err != nil || !known {
		t.Fatalf("known %v, %v", known, err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got, known, err := s.Posted(t.Context(), "slack", "", "C1", "3"); err != nil || !known || !cmp.Equal(bare, got) {
		t.Errorf("the bare one: %+v, %v, %v", got, known, err)
	}
	for _, tt := range []struct {
		name                        string
		workspace, channel, message string
		user                        string
		theirs                      bool
	}{
		{"the asker", "T1", "C1", "1", "U1", true},
		{"the other asker", "T1", "C1", "2", "U2", true},
		{"somebody else", "T1", "C1", "1", "U2", false},
		{"the asker of what stood there before", "T1", "C1", "1", "U9", false},
		{"nobody", "T1", "C1", "1", "", false},
		{"nobody, of nobody's", "", "C1", "3", "", false},
		{"somebody, of nobody's", "", "C1", "3", "U1", false},
		{"another message", "T1", "C1", "9", "U1", false},
		{"another channel", "T1", "C2", "1", "U1", false},
		{"another workspace", "T2", "C1", "1", "U1", false},
	} {
		got, theirs, err := s.PostedBy(t.Context(), "slack", tt.workspace, tt.channel, tt.message, tt.user)
		if err != nil || theirs != tt.theirs {
			t.Errorf("%s: theirs %v, %v", tt.name, theirs, err)
		}
		// Of what is not theirs they learn nothing.
		if !theirs && !cmp.Equal(chat.Posted{}, got) || theirs && got.Message != tt.message {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
	for range 2 {
		if err := s.DropPosted(t.Context(), "slack", "T1", "C1", "1"); err != nil {
			t.Fatal(err)
		}
	}
	if _, known, err := s.Posted(t.Context(), "slack", "T1", "C1", "1"); err != nil || known {
		t.Errorf("after it was dropped: known %v, %v", known, err)
	}
	if _, known, err := s.Posted(t.Context(), "slack", "T1", "C1", "2"); err != nil || !known {
		t.Errorf("the other one: known %v, %v", known, err)
	}
}

func TestPutPosted_RefusesWhatCannotBeKept(t *testing.T) {
	s := newStore(t)
	for name, spoil := range map[string]func(*chat.Posted){
		"no platform": func(p *chat.Posted) { p.Platform = "" },
		"no channel":  func(p *chat.Posted) { p.Channel = "" },
		"no message":  func(p *chat.Posted) { p.Message = "" },
		"no time":     func(p *chat.Posted) { p.At = time.Time{} },
	} {
		p := answer("1", "U1")
		spoil(&p)
		if err := s.PutPosted(t.Context(), p); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: err = %v, want ErrInvalid", name, err)
		}
	}
	s.person = nil
	if err := s.PutPosted(t.Context(), answer("1", "U1")); !errors.Is(err, ErrNoKey) {
		t.Errorf("no key: err = %v, want ErrNoKey", err)
	}
	if _, _, err := s.PostedBy(t.Context(), "slack", "T1", "C1", "1", "U1"); !errors.Is(err, ErrNoKey) {
		t.Errorf("no key: err = %v, want ErrNoKey", err)
	}
}
