package storage

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
)

func keep(t testing.TB, s *Store, workspace string, c chat.Call, at time.Time) string {
	t.Helper()
	key, err := s.KeepCall(t.Context(), "slack", workspace, c, at)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestKeepCall_TheSameCallHasTheSameKey(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	long := chat.Call{Command: "ask", Args: chat.Args{}}
	for i := range 30 {
		long.Args[fmt.Sprint("arg", i)] = strings.Repeat("ü\x00\"", 100)
	}
	calls := []chat.Call{long, long.With("arg0", "x"), long.With("arg1", ""), {Command: "ask"}, {Command: "help"}}
	keys := map[string]bool{}
	for _, c := range calls {
		key := keep(t, s, "T1", c, noon)
		if keys[key] || len(key) != 26 {
			t.Errorf("the key %q of %s", key, c.Command)
		}
		keys[key] = true
		for range 20 { // a map has no order
			if again := keep(t, s, "T1", c.With("x", ""), noon); again != key {
				t.Fatalf("the same call has the keys %q and %q", key, again)
			}
		}
		if other := keep(t, s, "T2", c, noon); keys[other] {
			t.Errorf("the key %q is another workspace's too", other)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, path)
	for _, c := range calls {
		key := keep(t, s, "T1", c, noon)
		got, known, err := s.KeptCall(t.Context(), "slack", "T1", key)
		if err != nil || !known {
			t.Fatalf("known %v, %v", known, err)
		}
		if diff := cmp.Diff(c, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
		for _, elsewhere := range []tenant{{"slack", "T3"}, {"slack", "T2"}, {"discord", "T1"}, {"slackT", "1"}} {
			if got, known, err := s.KeptCall(t.Context(), elsewhere.platform, elsewhere.workspace, key); err != nil || known || !got.IsZero() {
				t.Errorf("%s: %+v, known %v, %v", elsewhere.name(), got, known, err)
			}
		}
	}
	if _, known, err := s.KeptCall(t.Context(), "slack", "T1", "made-up"); err != nil || known {
		t.Errorf("a made-up key: known %v, %v", known, err)
	}
	if _, err := s.KeepCall(t.Context(), "slack", "T1", chat.Call{}, noon); !errors.Is(err, ErrInvalid) {
		t.Errorf("no call: err = %v, want ErrInvalid", err)
	}
}

func TestKeptCall_Lives30DaysFromItsLastUse(t *testing.T) {
	s := newStore(t)
	const month = 30 * 24 * time.Hour
	for i, tt := range []struct {
		name  string
		at    []time.Time
		known bool
	}{
		{"30 days", []time.Time{noon.Add(-month)}, true},
		{"more", []time.Time{noon.Add(-month - time.Millisecond)}, false},
		{"used again", []time.Time{noon.Add(-2 * month), noon.Add(-time.Hour)}, true},
		{"used by a late one", []time.Time{noon.Add(-time.Hour), noon.Add(-2 * month)}, true},
	} {
		key := ""
		for _, at := range tt.at {
			key = keep(t, s, "T1", asking(fmt.Sprint(i)), at)
		}
		if _, known, err := s.KeptCall(t.Context(), "slack", "T1", key); err != nil || known != tt.known {
			t.Errorf("%s: known %v, %v", tt.name, known, err)
		}
	}
}
