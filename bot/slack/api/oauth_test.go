package api

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
)

func (f *fake) oauth() OAuth {
	return OAuth{
		BaseURL: f.server.URL + "/api/", HTTP: f.server.Client(), ClientID: "1.2", ClientSecret: "canary-client-secret",
		RedirectURL: "https://bot.example/slack/oauth", Scopes: []string{"chat:write", "users:read"},
	}
}

func TestOAuth_AuthoriseURL(t *testing.T) {
	o := OAuth{BaseURL: "https://slack.com/api/", ClientID: "1.2", ClientSecret: "canary", RedirectURL: "https://bot.example/slack/oauth", Scopes: []string{"chat:write", "users:read"}}
	u, err := url.Parse(o.AuthoriseURL("a state&b"))
	must(t, err)
	want := url.Values{"client_id": {"1.2"}, "scope": {"chat:write,users:read"}, "state": {"a state&b"}, "redirect_uri": {"https://bot.example/slack/oauth"}}
	if u.Scheme+"://"+u.Host+u.Path != "https://slack.com/oauth/v2/authorize" {
		t.Errorf("address %s", u)
	}
	if diff := cmp.Diff(want, u.Query()); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(u.String(), "canary") {
		t.Error("the secret stands in the address")
	}
}

func TestOAuth_Exchange(t *testing.T) {
	f := newFake(t)
	now := f.clock.Now()
	f.says("oauth.v2.access", `{"ok":true,"access_token":"xoxe.xoxb-1","token_type":"bot","scope":"chat:write,users:read","bot_user_id":"U0BOT","app_id":"A1",
		"expires_in":43200,"refresh_token":"xoxe-1","team":{"id":"T1","name":"Acme"},"enterprise":{"id":"E1","name":"Org"},"is_enterprise_install":false}`)
	in, err := f.oauth().Exchange(t.Context(), "the code", now)
	must(t, err)
	want := chat.Installation{
		Platform: "slack", Workspace: "T1", Enterprise: "E1", Name: "Acme", App: "A1", Bot: "U0BOT", Token: "xoxe.xoxb-1", Refresh: "xoxe-1",
		Expires: now.Add(12 * time.Hour), Scopes: []string{"chat:write", "users:read"}, At: now,
	}
	if diff := cmp.Diff(want, in); diff != "" {
		t.Error(diff)
	}
	sent := url.Values{"client_id": {"1.2"}, "client_secret": {"canary-client-secret"}, "code": {"the code"}, "redirect_uri": {"https://bot.example/slack/oauth"}}
	if diff := cmp.Diff(sent, f.of("oauth.v2.access")[0].form); diff != "" {
		t.Error(diff)
	}
}

func TestOAuth_ExchangeForAWholeOrganisation(t *testing.T) {
	f := newFake(t)
	f.says("oauth.v2.access", `{"ok":true,"access_token":"xoxb-1","token_type":"bot","bot_user_id":"U0BOT","team":null,"enterprise":{"id":"E1","name":"Org"},"is_enterprise_install":true}`)
	in, err := f.oauth().Exchange(t.Context(), "code", f.clock.Now())
	must(t, err)
	if in.Workspace != "E1" || in.Enterprise != "E1" || in.Name != "Org" || !in.Expires.IsZero() {
		t.Errorf("got %+v", in)
	}
}

func TestOAuth_RefusesWhatIsNoInstallation(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"a used code":  answering(200, `{"ok":false,"error":"invalid_code"}`),
		"a mute no":    answering(200, `{"ok":false}`),
		"no token":     answering(200, `{"ok":true,"team":{"id":"T1"}}`),
		"a person's":   answering(200, `{"ok":true,"access_token":"xoxp-1","token_type":"user","team":{"id":"T1"}}`),
		"no workspace": answering(200, `{"ok":true,"access_token":"xoxb-1","token_type":"bot","enterprise":{"id":"E1"}}`),
		"no JSON":      answering(200, `<html>canary-client-secret</html>`),
		"502":          answering(502, `canary-client-secret`),
		"odd errors":   answering(200, `{"ok":false,"error":"x","errors":[{"canary-client-secret":1}]}`),
		"limited":      func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Retry-After", "5"); w.WriteHeader(429) },
		"limited oddly": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "canary")
			w.WriteHeader(429)
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/canary", http.StatusTemporaryRedirect)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.handle("oauth.v2.access", h)
			in, err := f.oauth().Exchange(t.Context(), "canary-code", f.clock.Now())
			if err == nil || in.Token != "" {
				t.Errorf("got %+v, %v", in, err)
			}
			if strings.Contains(fmt.Sprintf("%v %+v", err, err), "canary") {
				t.Errorf("the error says %v", err)
			}
			_, err = Refresh(t.Context(), f.oauth(), chat.Installation{Workspace: "T9", Refresh: "xoxe-canary"}, f.clock.Now())
			if name != "no workspace" && name != "a person's" && err == nil {
				t.Error("the refresh took it")
			}
			if strings.Contains(fmt.Sprintf("%v %+v", err, err), "canary") {
				t.Errorf("the error says %v", err)
			}
		})
	}
}

func TestRefresh_TakesTheNextToken(t *testing.T) {
	f := newFake(t)
	now := f.clock.Now()
	old := chat.Installation{
		Platform: "slack", Workspace: "T1", Enterprise: "E1", Name: "Acme", App: "A1", Bot: "U0BOT", Token: "xoxe.xoxb-1", Refresh: "xoxe-1",
		Expires: now.Add(time.Hour), Scopes: []string{"chat:write"}, At: now.Add(-11 * time.Hour),
	}
	f.says("oauth.v2.access", `{"ok":true,"access_token":"xoxe.xoxb-2","token_type":"bot","scope":"chat:write,users:read","expires_in":43200,"refresh_token":"xoxe-2","team":{"id":"T1","name":"Acme"}}`)
	in, err := Refresh(t.Context(), f.oauth(), old, now)
	must(t, err)
	want := old
	want.Token, want.Refresh, want.Expires, want.Scopes = "xoxe.xoxb-2", "xoxe-2", now.Add(12*time.Hour), []string{"chat:write", "users:read"}
	if diff := cmp.Diff(want, in); diff != "" {
		t.Error(diff)
	}
	sent := url.Values{"client_id": {"1.2"}, "client_secret": {"canary-client-secret"}, "grant_type": {"refresh_token"}, "refresh_token": {"xoxe-1"}}
	if diff := cmp.Diff(sent, f.of("oauth.v2.access")[0].form); diff != "" {
		t.Error(diff)
	}
	f.says("oauth.v2.access", `{"ok":true,"access_token":"xoxb-9","team":{"id":"T9"}}`)
	if _, err := Refresh(t.Context(), f.oauth(), old, now); !errors.Is(err, ErrAnswer) {
		t.Errorf("another workspace's token: %v", err)
	}
	f.says("oauth.v2.access", `{"ok":false,"error":"invalid_refresh_token"}`)
	if _, err := Refresh(t.Context(), f.oauth(), old, now); !Revoked(err) {
		t.Errorf("error %v", err)
	}
}

func TestIdentify_SaysWhoseTokenItIs(t *testing.T) {
	f := newFake(t)
	f.handle("auth.test", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-OAuth-Scopes", "chat:write, users:read")
		fmt.Fprint(w, `{"ok":true,"url":"https://acme.slack.com/","team":"Acme","user":"bot","team_id":"T1","user_id":"U0BOT","bot_id":"B1","enterprise_id":"E1"}`)
	})
	config := f.config()
	config.Token = nil
	in, err := Identify(t.Context(), config, "xoxb-9")
	must(t, err)
	want := chat.Installation{Platform: "slack", Workspace: "T1", Enterprise: "E1", Name: "Acme", Bot: "U0BOT", Token: "xoxb-9", Scopes: []string{"chat:write", "users:read"}, At: f.clock.Now()}
	if diff := cmp.Diff(want, in); diff != "" {
		t.Error(diff)
	}
	if got := f.of("auth.test")[0].header.Get("Authorization"); got != "Bearer xoxb-9" {
		t.Errorf("authorization %q", got)
	}
	f.says("auth.test", `{"ok":false,"error":"invalid_auth"}`)
	if _, err := Identify(t.Context(), config, "xoxb-9"); !Revoked(err) {
		t.Errorf("error %v", err)
	}
	f.says("auth.test", `{"ok":true}`)
	if _, err := Identify(t.Context(), config, "xoxb-9"); !errors.Is(err, ErrAnswer) {
		t.Errorf("error %v", err)
	}
}
