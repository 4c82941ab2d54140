package storage

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
)

// installation is a workspace with tokens of its own.
func installation(platform, workspace string) chat.Installation {
	return chat.Installation{
		Platform: platform, Workspace: workspace, Enterprise: "E1", Name: "Fernfold", App: "A1", Bot: "B1",
		Token: chat.Secret("canary-token-" + rand.Text()), Refresh: chat.Secret("canary-refresh-" + rand.Text()),
		Expires: noon.Add(12 * time.Hour), Scopes: []string{"chat:write", "commands"}, At: noon,
	}
}

func installed(t testing.TB, s *Store, all ...chat.Installation) {
	t.Helper()
	for _, in := range all {
		if err := s.PutInstallation(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPutInstallation_RoundTripsOverARestart(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	first, second, elsewhere := installation("slack", "T2"), installation("slack", "T1"), installation("discord", "T1")
	second.Refresh, second.Expires, second.Enterprise, second.Scopes = "", time.Time{}, "", nil
	installed(t, s, installation("slack", "T2"), first, second, elsewhere)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, path)
	for platform, want := range map[string][]chat.Installation{"slack": {second, first}, "discord": {elsewhere}, "web": nil} {
		got, err := s.Installations(t.Context(), platform)
		if err != nil {
			t.Fatal(err)
		}
		// A secret is compared as what it is, and a difference is not printed.
		if !cmp.Equal(want, got) {
			t.Errorf("%s: got %+v, want %+v", platform, got, want)
		}
	}
	for range 2 {
		if err := s.DropInstallation(t.Context(), "slack", "T2"); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Installations(t.Context(), "slack"); err != nil || !cmp.Equal([]chat.Installation{second}, got) {
		t.Errorf("after one was dropped: %+v, %v", got, err)
	}
}

func TestA29_NoTokenIsInTheBytesOfTheFile(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	in := installation("slack", "T1")
	installed(t, s, in)
	look := func(when string) {
		t.Helper()
		for _, secret := range []chat.Secret{in.Token, in.Refresh} {
			// Not even a part of it that could have been split over pages.
			for _, part := range []string{secret.Reveal(), secret.Reveal()[:20], secret.Reveal()[20:]} {
				if found := holding(t, path, part); len(found) > 0 {
					t.Errorf("%s, a token is in %v", when, found)
				}
			}
		}
	}
	if len(holding(t, path, "Fernfold")) == 0 {
		t.Fatal("the row is not in the files: this proves nothing")
	}
	look("in the log")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	look("in the file")
	// The twin: without the seal it is found.
	s = reopen(t, path)
	if _, err := s.write.ExecContext(t.Context(), `UPDATE installations SET token = ?`, []byte(in.Token.Reveal())); err != nil {
		t.Fatal(err)
	}
	if len(holding(t, path, in.Token.Reveal())) == 0 {
		t.Error("a token that is not sealed is not found either: the test proves nothing")
	}
}

// The same token never looks the same, so that nobody sees that it stayed.
func TestPutInstallation_SealsAnewEachTime(t *testing.T) {
	s := newStore(t)
	in := installation("slack", "T1")
	seen := map[string]bool{}
	for range 10 {
		installed(t, s, in)
		var token, refresh string
		if err := s.read.QueryRowContext(t.Context(), `SELECT hex(token), hex(refresh) FROM installations`).Scan(&token, &refresh); err != nil {
			t.Fatal(err)
		}
		seen[token[:24]], seen[refresh[:24]] = true, true
	}
	if len(seen) != 20 {
		t.Errorf("%d nonces for 20 secrets", len(seen))
	}
}

func TestInstallations_AnythingElseThanWhatWasSealedIsRefused(t *testing.T) {
	for name, statement := range map[string]string{
		"the token of another workspace": `UPDATE installations SET token = (SELECT token FROM installations WHERE workspace = 'T2') WHERE workspace = 'T1'`,
		"the refresh token as the token": `UPDATE installations SET token = refresh WHERE workspace = 'T1'`,
		"the token as the refresh token": `UPDATE installations SET refresh = token WHERE workspace = 'T1'`,
		"a row of another name":          `UPDATE installations SET workspace = 'T0' WHERE workspace = 'T1'`,
		"a row of another platform":      `UPDATE installations SET platform = 'slackT', workspace = '1' WHERE workspace = 'T1'`,
		"a bit that was turned":          `UPDATE installations SET token = CAST(substr(token, 1, 30) || x'00' || substr(token, 32) AS BLOB) WHERE workspace = 'T1'`,
		"something short":                `UPDATE installations SET refresh = x'0102' WHERE workspace = 'T1'`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			in := installation("slack", "T1")
			installed(t, s, in, installation("slack", "T2"))
			if name == "a bit that was turned" { // whatever stood there
				in.Token += "x"
			}
			if _, err := s.write.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
			var failures int
			for _, platform := range []string{"slack", "slackT"} {
				got, err := s.Installations(t.Context(), platform)
				if err == nil {
					continue
				}
				failures++
				if !errors.Is(err, ErrSealed) || len(got) > 0 {
					t.Errorf("%v, %v, want nothing and ErrSealed", got, err)
				}
				for _, said := range []string{"workspace", "install the app there again"} {
					if !strings.Contains(err.Error(), said) {
						t.Errorf("%q does not say %q", err, said)
					}
				}
				if strings.Contains(err.Error(), "canary") {
					t.Errorf("%q holds a secret", err)
				}
			}
			if failures != 1 {
				t.Errorf("%d platforms could not be read, want one", failures)
			}
		})
	}
}

func TestOpen_TheKeyOfTokens(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	installed(t, s, installation("slack", "T1"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	with := func(key []byte) (*Store, error) {
		o := testOptions()
		o.SealKey = key
		s, err := Open(t.Context(), path, o)
		if err == nil {
			t.Cleanup(func() { _ = s.Close() })
		}
		return s, err
	}
	if _, err := with(make([]byte, 31)); !errors.Is(err, ErrInvalid) {
		t.Errorf("a short key: %v, want ErrInvalid", err)
	}
	none, err := with(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := none.Installations(t.Context(), "slack"); !errors.Is(err, ErrNoKey) {
		t.Errorf("reading without a key: %v, want ErrNoKey", err)
	}
	if err := none.PutInstallation(t.Context(), installation("slack", "T1")); !errors.Is(err, ErrNoKey) {
		t.Errorf("writing without a key: %v, want ErrNoKey", err)
	}
	other, err := with(canaryKey())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Installations(t.Context(), "slack"); !errors.Is(err, ErrSealed) || !strings.Contains(err.Error(), "T1") {
		t.Errorf("with another key: %v, want ErrSealed and the workspace", err)
	}
	// What cannot be read can be put anew and deleted.
	again := installation("slack", "T1")
	installed(t, other, again)
	if got, err := other.Installations(t.Context(), "slack"); err != nil || !cmp.Equal([]chat.Installation{again}, got) {
		t.Errorf("installed again: %+v, %v", got, err)
	}
	if err := none.DropInstallation(t.Context(), "slack", "T1"); err != nil {
		t.Error(err)
	}
}

func TestPutInstallation_RefusesWhatIsNone(t *testing.T) {
	s := newStore(t)
	for name, spoil := range map[string]func(*chat.Installation){
		"no platform":  func(in *chat.Installation) { in.Platform = "" },
		"no workspace": func(in *chat.Installation) { in.Workspace = "" },
		"no token":     func(in *chat.Installation) { in.Token = "" },
		"no time":      func(in *chat.Installation) { in.At = time.Time{} },
	} {
		in := installation("slack", "T1")
		spoil(&in)
		if err := s.PutInstallation(t.Context(), in); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: err = %v, want ErrInvalid", name, err)
		}
	}
}
