package storage

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
	"insightbot/chat"
)

var room = chat.Place{
	Platform: "web", Workspace: "w1", Channel: "c1", Thread: "t", Name: "#growth", Kind: chat.PlacePublic,
	Audience: chat.Audience{Shared: chat.No, Guests: chat.Unknown},
}

func saw(t testing.TB, s *Store, p chat.Place, at time.Time) {
	t.Helper()
	if err := s.SawPlace(t.Context(), p, at); err != nil {
		t.Fatal(err)
	}
}

func seenOf(p chat.Place, asked int, at time.Time) access.Seen {
	return access.Seen{Key: access.ChannelOf(p), Name: p.Name, Kind: p.Kind, Shared: p.Audience.Shared, Guests: p.Audience.Guests, Asked: asked, At: at}
}

func TestSeenChannels_AreThoseOfLateWithTheirAsks(t *testing.T) {
	s := newStore(t)
	other, old := room, room
	other.Workspace, other.Kind = "w2", chat.PlacePrivate
	old.Channel = "c0"
	direct := room
	direct.Channel, direct.Kind, direct.Name = "D1", chat.PlaceDirect, "Mia"
	saw(t, s, room, noon)
	saw(t, s, other, noon)
	saw(t, s, old, noon.Add(-time.Hour))
	saw(t, s, direct, noon)
	saw(t, s, chat.Place{Platform: "web", Workspace: "w1"}, noon)
	for i, age := range []time.Duration{0, 29 * 24 * time.Hour, 31 * 24 * time.Hour} {
		a := ask(fmt.Sprint("r", i))
		a.At = noon.Add(-age)
		record(t, s, a)
	}
	gone := ask("gone")
	gone.User = "hash-of-ben"
	record(t, s, gone)
	if err := s.SetOptOut(t.Context(), "hash-of-ben", true, noon); err != nil {
		t.Fatal(err)
	}
	for since, want := range map[time.Time][]access.Seen{
		noon:                 {seenOf(room, 2, noon), seenOf(other, 0, noon)},
		noon.Add(-time.Hour): {seenOf(old, 0, noon.Add(-time.Hour)), seenOf(room, 2, noon), seenOf(other, 0, noon)},
		noon.Add(1):          {seenOf(room, 2, noon), seenOf(other, 0, noon)}, // milliseconds are kept
		noon.Add(time.Hour):  nil,
	} {
		got, err := s.SeenChannels(t.Context(), since)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("since %v (-want +got)\n%s", since, diff)
		}
	}
}

func TestSawPlace_WritesOnlyWhereItMatters(t *testing.T) {
	s := newStore(t)
	writes := func() (n int) {
		if err := s.write.QueryRowContext(t.Context(), `SELECT total_changes()`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	shared, nameless, renamed := room, room, room
	shared.Audience.Shared = chat.Yes
	nameless.Audience.Shared, nameless.Name = chat.Yes, ""
	renamed.Audience.Shared, renamed.Name = chat.Yes, "#growth-team"
	for _, tt := range []struct {
		name  string
		place chat.Place
		after time.Duration
		wrote bool
	}{
		{"first", room, 0, true},
		{"the same", room, time.Minute, false},
		{"the same, earlier", room, -time.Minute, false},
		{"almost an hour", room, time.Hour - time.Millisecond, false},
		{"an hour", room, time.Hour, true},
		{"it is shared now", shared, time.Hour + time.Second, true},
		{"word of before comes late", room, time.Hour, false},
		{"no name told", nameless, time.Hour + 2*time.Second, false},
		{"no name told, later", nameless, 3 * time.Hour, true},
		{"renamed", renamed, 3*time.Hour + time.Second, true},
	} {
		before := writes()
		saw(t, s, tt.place, noon.Add(tt.after))
		if wrote := writes() > before; wrote != tt.wrote {
			t.Errorf("%s: wrote %v, want %v", tt.name, wrote, tt.wrote)
		}
		if tt.place.Name == "" {
			if got, err := s.SeenChannels(t.Context(), noon); err != nil || got[0].Name != "#growth" {
				t.Errorf("%s: the name is %v, %v", tt.name, got, err)
			}
		}
	}
	got, err := s.SeenChannels(t.Context(), noon)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]access.Seen{seenOf(renamed, 0, noon.Add(3*time.Hour+time.Second))}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
