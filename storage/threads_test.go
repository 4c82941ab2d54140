package storage

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
)

// inThread is a place in a thread.
func inThread(id string) chat.Place {
	return chat.Place{Platform: "slack", Workspace: "T1", Channel: "C1", Thread: id, Name: "#growth", Kind: chat.PlacePublic}
}

func asking(words string) chat.Call {
	return chat.Call{Command: "ask", Args: chat.Args{"q": words, "by": "country"}}
}

func put(t testing.TB, s *Store, p chat.Place, user string, c chat.Call, at time.Time) {
	t.Helper()
	if err := s.PutThread(t.Context(), p, user, c, at); err != nil {
		t.Fatal(err)
	}
}

func wantThread(t testing.TB, s *Store, what string, p chat.Place, user string, want chat.Call) {
	t.Helper()
	got, err := s.Thread(t.Context(), p, user)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got)\n%s", what, diff)
	}
}

func TestThread_IsTheLaterOfOnesOwnAndThePublicOne(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	public, own, later := asking("public"), asking("own"), asking("later")
	p := inThread("1.1")
	wantThread(t, s, "nothing was said", p, "U1", chat.Call{})
	put(t, s, p, "", public, noon.Add(-time.Hour))
	wantThread(t, s, "public alone", p, "U1", public)
	wantThread(t, s, "to nobody", p, "", public)
	put(t, s, p, "U1", own, noon.Add(-time.Minute))
	wantThread(t, s, "their own is newer", p, "U1", own)
	wantThread(t, s, "somebody else is told nothing of it", p, "U2", public)
	wantThread(t, s, "nobody is told of it", p, "", public)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, path)
	wantThread(t, s, "after a restart", p, "U1", own)
	put(t, s, p, "", later, noon)
	wantThread(t, s, "the public one is newer", p, "U1", later)
	put(t, s, p, "", public, noon.Add(-time.Second))
	wantThread(t, s, "what comes late replaces nothing", p, "U1", later)
	put(t, s, p, "U1", own, noon)
	wantThread(t, s, "at the same moment", p, "U1", own)
	put(t, s, p, "U1", later, noon)
	wantThread(t, s, "again at the same moment", p, "U1", later)
	// Nothing of it is said anywhere else.
	wantThread(t, s, "another thread", inThread("1.2"), "U1", chat.Call{})
	wantThread(t, s, "outside of threads", inThread(""), "U1", chat.Call{})
	bare := chat.Call{Command: "help"}
	put(t, s, inThread(""), "", bare, noon)
	wantThread(t, s, "outside of threads, said there", inThread(""), "U1", bare)
}

func TestThread_EndsAfter30Days(t *testing.T) {
	s := newStore(t)
	const month = 30 * 24 * time.Hour
	put(t, s, inThread("1"), "", asking("old"), noon.Add(-month))
	wantThread(t, s, "30 days old", inThread("1"), "", asking("old"))
	put(t, s, inThread("2"), "", asking("older"), noon.Add(-month-time.Millisecond))
	wantThread(t, s, "older", inThread("2"), "U1", chat.Call{})
	put(t, s, inThread("2"), "U1", asking("own"), noon.Add(-month))
	wantThread(t, s, "their own is not", inThread("2"), "U1", asking("own"))
}

func TestPutThread_RefusesWhatCannotBeKept(t *testing.T) {
	s := newStore(t)
	if err := s.PutThread(t.Context(), inThread("1"), "", chat.Call{}, noon); !errors.Is(err, ErrInvalid) {
		t.Errorf("no call: err = %v, want ErrInvalid", err)
	}
	if err := s.PutThread(t.Context(), inThread("1"), "", asking("a"), time.Time{}); !errors.Is(err, ErrInvalid) {
		t.Errorf("no time: err = %v, want ErrInvalid", err)
	}
	if err := s.PutThread(t.Context(), chat.Place{}, "", asking("a"), noon); !errors.Is(err, ErrInvalid) {
		t.Errorf("no place: err = %v, want ErrInvalid", err)
	}
	// A person is kept as a hash or not at all.
	s.person = nil
	if err := s.PutThread(t.Context(), inThread("1"), "U1", asking("a"), noon); !errors.Is(err, ErrNoKey) {
		t.Errorf("no key: err = %v, want ErrNoKey", err)
	}
	if _, err := s.Thread(t.Context(), inThread("1"), "U1"); !errors.Is(err, ErrNoKey) {
		t.Errorf("no key: err = %v, want ErrNoKey", err)
	}
	put(t, s, inThread("1"), "", asking("a"), noon)
	wantThread(t, s, "nobody needs no key", inThread("1"), "", asking("a"))
}

// Who was told something alone is nowhere in the file.
func TestPutThread_KeepsNobodysID(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	put(t, s, inThread("1"), "canary-person-2", asking("canary-words-2"), noon)
	if err := s.PutPosted(t.Context(), chat.Posted{Platform: "slack", Workspace: "T1", Channel: "C1", Message: "1", User: "canary-person-2", At: noon}); err != nil {
		t.Fatal(err)
	}
	if len(holding(t, path, "canary-words-2")) == 0 {
		t.Fatal("the words are not in the files: this proves nothing")
	}
	if in := holding(t, path, "canary-person-2"); len(in) > 0 {
		t.Errorf("the id is in %v", in)
	}
}
