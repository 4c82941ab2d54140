package storage

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
	"insightbot/chat"
)

func TestForgetOld_EndsEachThingAtItsTime(t *testing.T) {
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name string
		life time.Duration
		// put keeps one thing that is of that moment.
		put func(t *testing.T, s *Store, name string, at time.Time)
		// rows counts what is kept.
		rows string
	}{
		{"finished delivery", day, func(t *testing.T, s *Store, name string, at time.Time) {
			d := delivery(name)
			d.At = noon.Add(-365 * day) // how old it was when it was finished does not matter
			now := s.now
			defer func() { s.now = now }()
			s.now = func() time.Time { return at }
			if err := s.Finish(t.Context(), accepted(t, s, d).ID); err != nil {
				t.Fatal(err)
			}
		}, `SELECT count(*) FROM deliveries`},
		{"waiting delivery", 7 * day, func(t *testing.T, s *Store, name string, at time.Time) {
			d := delivery(name)
			d.At = at
			accepted(t, s, d)
		}, `SELECT count(*) FROM deliveries`},
		{"thread", 30 * day, func(t *testing.T, s *Store, name string, at time.Time) {
			put(t, s, inThread(name), "U1", asking("a"), at)
		}, `SELECT count(*) FROM threads`},
		{"kept call", 30 * day, func(t *testing.T, s *Store, name string, at time.Time) {
			keep(t, s, "T1", asking(name), at)
		}, `SELECT count(*) FROM kept_calls`},
		{"posted message", 180 * day, func(t *testing.T, s *Store, name string, at time.Time) {
			p := answer(name, "U1")
			p.At = at
			post(t, s, p)
		}, `SELECT count(*) FROM posted`},
		{"version shown", 180 * day, func(t *testing.T, s *Store, name string, at time.Time) {
			if _, err := s.NoteShown(t.Context(), inThread(""), "", name, "v1", at); err != nil {
				t.Fatal(err)
			}
		}, `SELECT count(*) FROM shown`},
		{"decided request", 180 * day, func(t *testing.T, s *Store, name string, at time.Time) {
			r := opened(t, s, access.Request{At: noon.Add(-365 * day), Who: access.Key{Platform: "slack", Workspace: "T1", ID: name}})
			by := decider
			by.At = at
			if _, _, err := s.DecideRequest(t.Context(), r.ID, by, access.RequestDenied, "", nil); err != nil {
				t.Fatal(err)
			}
		}, `SELECT count(*) FROM access_requests`},
		{"channel", 180 * day, func(t *testing.T, s *Store, name string, at time.Time) {
			saw(t, s, chat.Place{Platform: "slack", Workspace: "T1", Channel: name, Kind: chat.PlacePublic}, at)
		}, `SELECT count(*) FROM seen_channels`},
		{"sign-in", 0, func(t *testing.T, s *Store, name string, at time.Time) {
			now := s.now
			defer func() { s.now = now }()
			s.now = func() time.Time { return at.Add(-day) } // it clears up what has expired by then
			if _, err := s.MakeSignIn(t.Context(), chat.User{ID: name}, inThread(""), at); err != nil {
				t.Fatal(err)
			}
		}, `SELECT count(*) FROM sign_ins`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStore(t)
			limit := noon.Add(-tt.life)
			for i, at := range []time.Time{limit.Add(-time.Hour), limit.Add(-time.Millisecond), limit, limit.Add(time.Hour)} {
				tt.put(t, s, fmt.Sprint("n", i), at)
			}
			for _, want := range []int{2, 0} {
				if n, err := s.ForgetOld(t.Context(), noon); err != nil || n != want {
					t.Errorf("forgot %d, %v, want %d", n, err, want)
				}
				var left int
				if err := s.read.QueryRowContext(t.Context(), tt.rows).Scan(&left); err != nil || left != 2 {
					t.Errorf("%d are left, %v, want 2", left, err)
				}
			}
			if err := s.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestForgetOld_KeepsWhatWaitsToBeDecidedAndWhatWasAsked(t *testing.T) {
	s := newStore(t)
	long := noon.Add(-10 * 365 * 24 * time.Hour)
	r := opened(t, s, access.Request{At: long, Who: access.Key{Platform: "slack", Workspace: "T1", ID: "U1"}})
	old := ask("old")
	old.At = long
	record(t, s, old)
	in := installation("slack", "T1")
	in.At = long
	installed(t, s, in)
	change(t, s, func(p *access.Policy) { p.PutRole(access.Role{ID: "growth"}) })
	if n, err := s.ForgetOld(t.Context(), noon); err != nil || n != 0 {
		t.Errorf("forgot %d, %v", n, err)
	}
	open, err := s.Requests(t.Context(), access.RequestOpen)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]access.Request{r}, open); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if asks, err := s.Recent(t.Context(), old.User, -1); err != nil || len(asks) != 1 {
		t.Errorf("asks %v, %v", asks, err)
	}
	if all, err := s.Installations(t.Context(), "slack"); err != nil || len(all) != 1 {
		t.Errorf("installations %v, %v", all, err)
	}
	verified(t, s)
}

func TestForgetOld_TakesManyInParts(t *testing.T) {
	s := newStore(t)
	for i := range 2*forgetAtOnce + 1 {
		put(t, s, inThread(fmt.Sprint(i)), "", asking("a"), noon.Add(-31*24*time.Hour))
	}
	put(t, s, inThread("new"), "", asking("a"), noon)
	if n, err := s.ForgetOld(t.Context(), noon); err != nil || n != 2*forgetAtOnce+1 {
		t.Errorf("forgot %d, %v", n, err)
	}
	wantThread(t, s, "the new one", inThread("new"), "", asking("a"))
}

func TestForgetOld_SaysWhenAReaderKeptTheBytes(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	put(t, s, inThread("1"), "", asking("canary-words-3"), noon.Add(-31*24*time.Hour))
	tx, err := s.read.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRowContext(t.Context(), `SELECT count(*) FROM threads`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	if _, err := s.write.ExecContext(t.Context(), `PRAGMA busy_timeout = 50`); err != nil {
		t.Fatal(err)
	}
	if n, err := s.ForgetOld(t.Context(), noon); !errors.Is(err, ErrBusy) || n != 1 {
		t.Errorf("forgot %d, %v, want 1 and ErrBusy", n, err)
	}
	if len(holding(t, path, "canary-words-3")) == 0 {
		t.Fatal("the bytes are gone already: the test proves nothing")
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if n, err := s.ForgetOld(t.Context(), noon); err != nil || n != 0 {
		t.Errorf("again: %d, %v", n, err)
	}
	if in := holding(t, path, "canary-words-3"); len(in) > 0 {
		t.Errorf("the words are still in %v", in)
	}
}
