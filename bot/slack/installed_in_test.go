package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"insightbot/access"
	"insightbot/bot/slack/receive"
	"insightbot/chat"
	"insightbot/storage"
)

// unheard is a Slack that calls nobody but an API of the test's own.
func unheard(t *testing.T, apiURL string) *Slack {
	t.Helper()
	store, err := storage.Open(t.Context(), filepath.Join(t.TempDir(), "bot", "bot.db"), storage.Options{
		AuditKey: []byte("a key for tests only"), SealKey: bytes.Repeat([]byte{7}, 32),
		Person: func(a, b, c string) string { return fmt.Sprintf("%064x", a+b+c)[:64] },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	s, err := New(Config{
		ClientID: "1", ClientSecret: "s", URL: "https://x", SigningSecret: "s", InstallKey: "k", API: apiURL, Store: store,
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Purge: func(ctx context.Context, w string) error {
			return store.PurgeWorkspace(ctx, Name, w, access.Event{At: time.Now(), Actor: access.ActorProgram, Action: access.ActionPrivacy})
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// nowhere is an API that is not there.
const nowhere = "http://127.0.0.1:1/"

// installed is an installation of one id.
func installed(id, enterprise, bot string) chat.Installation {
	return chat.Installation{Platform: Name, Workspace: id, Enterprise: enterprise, Bot: bot, Token: chat.Secret("xoxb-" + id), At: time.Now()}
}

// told is an event as it comes in, of a time.
func told(team, enterprise, authorization, inner string, at time.Time) receive.Delivery {
	payload := fmt.Sprintf(`{"type":"event_callback","team_id":%q,"enterprise_id":%q,"event_id":"Ev1","event_time":%d,"authorizations":[%s],"event":%s}`,
		team, enterprise, at.Unix(), authorization, inner)
	return receive.Delivery{
		Kind: receive.KindEvent, Team: team, Enterprise: enterprise, Keys: []string{"event:Ev1"}, At: time.Now(), Payload: json.RawMessage(payload),
	}
}

// pending is what waits in the inbox.
func pending(t *testing.T, s *Slack) []chat.Delivery {
	t.Helper()
	all, err := s.config.Store.Pending(t.Context(), Name, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// taken gives a delivery to the platform.
func taken(t *testing.T, s *Slack, d receive.Delivery) {
	t.Helper()
	if _, err := s.take(t.Context(), d); err != nil {
		t.Fatal(err)
	}
}

func TestRevoked_OfAnOldTurnLeavesTheNewInstallation(t *testing.T) {
	s := unheard(t, nowhere)
	s.spaces.add(installed("T1", "", "UB"), false)
	old := s.spaces.of("T1") // a turn in flight has it
	next := installed("T1", "", "UB")
	next.Token = "xoxb-new"
	if err := s.config.Store.PutInstallation(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	s.spaces.add(next, false)
	s.revoked(t.Context(), old, "a call with the old token was refused")
	kept, err := s.config.Store.Installations(t.Context(), Name)
	if err != nil || s.spaces.of("T1") == nil || len(kept) != 1 || !old.left() || s.spaces.of("T1").left() {
		t.Errorf("connected %v, kept %d, the old one left %v, %v", s.spaces.of("T1") != nil, len(kept), old.left(), err)
	}
}

// Two organisations installed the app as a whole; what somebody of one writes in
// a channel shared with the other is for whom Slack says it is.
func TestTake_AnEventIsForTheOrganisationItIsAuthorisedFor(t *testing.T) {
	event := told("T9", "E9", `{"enterprise_id":"E1","team_id":"T1","user_id":"UB1","is_bot":true,"is_enterprise_install":true}`,
		`{"type":"app_mention","user":"U9","text":"<@UB1> hi","ts":"1.1","channel":"C1"}`, time.Now())
	for _, others := range [][]string{{"E9"}, nil} {
		s := unheard(t, nowhere)
		for _, id := range append(others, "E1") {
			s.spaces.add(installed(id, id, "UB"), false)
		}
		taken(t, s, event)
		if all := pending(t, s); len(all) != 1 || all[0].Workspace != "E1" {
			t.Errorf("beside %v it is kept as %+v", others, all)
		}
	}
}

func TestToken_ARenewalThatHangsHoldsUpNobody(t *testing.T) {
	hang := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	}))
	defer srv.Close()
	defer close(hang)
	s := unheard(t, srv.URL+"/")
	in := installed("T1", "", "UB")
	in.Refresh, in.Expires = "r", time.Now().Add(90*time.Minute) // the token works for 90 minutes more
	s.spaces.add(in, false)
	w := s.spaces.of("T1")
	ctx, stop := context.WithCancel(t.Context())
	renewing := make(chan struct{})
	go func() {
		defer close(renewing)
		w.token(ctx) //nolint:errcheck // it hangs until it is stopped
	}()
	for w.renewing.TryLock() {
		w.renewing.Unlock()
		time.Sleep(time.Millisecond)
	}
	if token, err := w.token(t.Context()); err != nil || token != in.Token {
		t.Errorf("meanwhile: %v", err)
	}
	taken(t, s, told("T1", "", `{"team_id":"T1"}`, `{"type":"app_mention","user":"U1","text":"hi","ts":"1.1","channel":"C1"}`, time.Now()))
	if len(pending(t, s)) != 1 {
		t.Error("nothing was taken")
	}
	stop()
	<-renewing
	if _, _, due := w.state(); due {
		t.Error("it is tried again at once")
	}
}

func TestEnded_OneWorkspaceDoesNotEndItsOrganisation(t *testing.T) {
	s := unheard(t, nowhere)
	s.spaces.add(installed("E1", "E1", "UB1"), false)
	taken(t, s, told("T2", "E1", `{"enterprise_id":"E1","team_id":"T2","user_id":"UB2"}`, `{"type":"app_uninstalled"}`, time.Now().Add(time.Minute)))
	if s.spaces.of("E1") == nil {
		t.Error("the organisation is gone")
	}
	taken(t, s, told("", "E1", `{"enterprise_id":"E1","team_id":null}`, `{"type":"app_uninstalled"}`, time.Now().Add(time.Minute)))
	if s.spaces.of("E1") != nil {
		t.Error("the organisation is still there")
	}
}

func TestEnded_NewsOfTheInstallationBeforeChangeNothing(t *testing.T) {
	for _, inner := range []string{`{"type":"app_uninstalled"}`, `{"type":"tokens_revoked","tokens":{"bot":["UB"]}}`} {
		s := unheard(t, nowhere)
		s.spaces.add(installed("T1", "", "UB"), false)
		taken(t, s, told("T1", "", `{"team_id":"T1"}`, inner, time.Now().Add(-time.Minute)))
		if s.spaces.of("T1") == nil {
			t.Errorf("%s of before ended it", inner)
		}
		taken(t, s, told("T1", "", `{"team_id":"T1"}`, inner, time.Now().Add(time.Minute)))
		if s.spaces.of("T1") != nil {
			t.Errorf("%s of now did not end it", inner)
		}
	}
}

func TestTake_NewsOfAnOrganisationReachAllItsWorkspaces(t *testing.T) {
	info := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/conversations.info":
			if r.Header.Get("Authorization") == "Bearer xoxb-T2" {
				info++
			}
			fmt.Fprint(w, `{"ok":true,"channel":{"id":"C1","name":"x","is_shared":true,"is_org_shared":true,"is_ext_shared":false}}`)
		case "/conversations.members":
			fmt.Fprint(w, `{"ok":true,"members":["U1"]}`)
		case "/users.list":
			fmt.Fprint(w, `{"ok":true,"members":[{"id":"U1","team_id":"T2","enterprise_user":{"enterprise_id":"E1"}}]}`)
		default:
			fmt.Fprint(w, `{"ok":true}`)
		}
	}))
	defer srv.Close()
	s := unheard(t, srv.URL+"/")
	s.spaces.add(installed("T1", "E1", "UB1"), false)
	s.spaces.add(installed("T2", "E1", "UB2"), false)
	look := func() { s.spaces.of("T2").Place(t.Context(), "C1", false) } //nolint:errcheck // how often it asks is what counts
	look()
	look()
	if info != 1 {
		t.Fatalf("not cached: %d", info)
	}
	// One delivery for one app; the authorization names T1, though T2 has the channel too.
	taken(t, s, told("T1", "E1", `{"enterprise_id":"E1","team_id":"T1","user_id":"UB1"}`,
		`{"type":"channel_shared","channel":"C1","connected_team_id":"T7"}`, time.Now()))
	look()
	if info != 2 {
		t.Error("T2 still believes the cached audience of a channel that T1 was told is shared now")
	}
}
