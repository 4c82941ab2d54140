package storage

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/access"
	"insightbot/chat"
)

// fillTexts gives every field of a struct of texts a value of its own.
func fillTexts(v reflect.Value, text string) {
	for field, f := range v.Fields() {
		name := text + "-" + field.Name
		switch f.Kind() {
		case reflect.String:
			f.SetString(name)
		case reflect.Struct:
			fillTexts(f, name)
		case reflect.Slice:
			f.Set(reflect.ValueOf([]string{name, "ü'\"\x00"}))
		default:
			panic("a field of another kind: " + name)
		}
	}
}

func TestSignIn_GivesBackEveryFieldOnce(t *testing.T) {
	path := newPath(t)
	s := reopen(t, path)
	var u chat.User
	var p chat.Place
	fillTexts(reflect.ValueOf(&u).Elem(), "user")
	fillTexts(reflect.ValueOf(&p).Elem(), "place")
	expires := noon.Add(10 * time.Minute)
	token, err := s.MakeSignIn(t.Context(), u, p, expires)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, path)
	gotUser, gotPlace, err := s.RedeemSignIn(t.Context(), token, expires.Add(-time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(u, gotUser); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(p, gotPlace); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	again, place, err := s.RedeemSignIn(t.Context(), token, noon)
	if !errors.Is(err, ErrSignIn) || !reflect.DeepEqual(again, chat.User{}) || place != (chat.Place{}) {
		t.Errorf("again: %v, %v, %v, want ErrSignIn and nobody", again, place, err)
	}
}

func TestSignIn_EndsWhenItExpires(t *testing.T) {
	s := newStore(t)
	u, p := chat.User{ID: "U-mia", Name: "Mia"}, chat.Place{Platform: "web", Workspace: "w"}
	var tokens []string
	for range 3 {
		token, err := s.MakeSignIn(t.Context(), u, p, noon.Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, token)
	}
	if tokens[0] == tokens[1] || len(tokens[0]) < 26 {
		t.Errorf("tokens %q: not 128 random bits each", tokens)
	}
	for _, token := range []string{tokens[0], "", "x", strings.ToLower(tokens[1])} {
		if _, _, err := s.RedeemSignIn(t.Context(), token, noon.Add(time.Minute)); !errors.Is(err, ErrSignIn) {
			t.Errorf("%q: err = %v, want ErrSignIn", token, err)
		}
	}
	// What expired is not kept, not even the one that nobody came for.
	var left int
	if err := s.read.QueryRowContext(t.Context(), `SELECT count(*) FROM sign_ins`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d are kept, %v", left, err)
	}
	for _, bad := range []func() (string, error){
		func() (string, error) { return s.MakeSignIn(t.Context(), chat.User{}, p, noon) },
		func() (string, error) { return s.MakeSignIn(t.Context(), u, chat.Place{}, noon) },
	} {
		if _, err := bad(); !errors.Is(err, ErrInvalid) {
			t.Errorf("err = %v, want ErrInvalid", err)
		}
	}
}

func TestSignIn_OneOfManyGetsIn(t *testing.T) {
	path := newPath(t)
	first := reopen(t, path)
	token, err := first.MakeSignIn(t.Context(), chat.User{ID: "U"}, chat.Place{Platform: "web"}, noon.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	var in atomic.Int32
	var group sync.WaitGroup
	for _, s := range []*Store{first, reopen(t, path)} {
		for range 8 {
			group.Go(func() {
				if _, _, err := s.RedeemSignIn(t.Context(), token, noon); err == nil {
					in.Add(1)
				} else if !errors.Is(err, ErrSignIn) {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	if in.Load() != 1 {
		t.Errorf("%d got in with one token", in.Load())
	}
}

// secretForms are the ways a secret could stand in a file or a line.
func secretForms(secret []byte) map[string][]byte {
	return map[string][]byte{
		"raw": secret, "hex": []byte(hex.EncodeToString(secret)), "HEX": []byte(strings.ToUpper(hex.EncodeToString(secret))),
		"base64": []byte(base64.StdEncoding.EncodeToString(secret)), "base64url": []byte(base64.RawURLEncoding.EncodeToString(secret)),
	}
}

// What the store is told in confidence, keys and tokens, is in no byte that it
// writes: not in the database and its log, not in a backup, not in its lines and
// errors. Even the right token with wrong words round it is in no error.
func TestA29_NoSecretIsInTheDatabaseItsCopiesOrItsLines(t *testing.T) {
	path := newPath(t)
	var lines bytes.Buffer
	o := testOptions()
	o.AuditKey = canaryKey()
	o.Log = slog.New(slog.NewJSONHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s, err := Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	u, p := chat.User{ID: "U-mia", Name: "Mia"}, chat.Place{Platform: "web", Workspace: "w", Channel: "C1"}
	var said []string
	secrets := map[string][]byte{"audit key": o.AuditKey}
	for _, name := range []string{"open", "used", "expired"} {
		token, err := s.MakeSignIn(t.Context(), u, p, noon.Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		secrets["token "+name] = []byte(token)
	}
	if _, _, err := s.RedeemSignIn(t.Context(), string(secrets["token used"]), noon); err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{string(secrets["token used"]), " " + string(secrets["token open"])} {
		_, _, err := s.RedeemSignIn(t.Context(), token, noon)
		said = append(said, err.Error())
	}
	change(t, s, func(p *access.Policy) { p.PutRole(access.Role{ID: "growth"}) })
	var export bytes.Buffer
	if err := s.ExportAudit(t.Context(), &export); err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(filepath.Dir(path), "backup.db")
	if err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}

	places := map[string][]byte{"log": lines.Bytes(), "errors": []byte(strings.Join(said, "\n")), "export": export.Bytes()}
	for _, name := range []string{path, path + "-wal", path + "-shm", backup} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		places[filepath.Base(name)] = data
	}
	for place, data := range places {
		if len(data) == 0 {
			t.Errorf("%s is empty: this proves nothing", place)
		}
		for name, secret := range secrets {
			for form, text := range secretForms(secret) {
				if bytes.Contains(data, text) {
					t.Errorf("%s holds the %s, %s", place, name, form)
				}
			}
		}
	}
	// The twin: what is meant to be there is found the same way.
	open := sha256.Sum256(secrets["token open"])
	if !bytes.Contains(places["bot.db-wal"], open[:]) || !bytes.Contains(places["backup.db"], open[:]) {
		t.Error("not even the hash of a token is found: this proves nothing")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
