package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"insightbot/bot/slack"
	"insightbot/bot/slack/slacktest"
	"insightbot/chat"
	"insightbot/storage"
)

// walkSlack is a Slack in memory with the people and places of the walk, as
// facts of Slack: a guest is_restricted, a channel of two companies
// is_ext_shared, and what nobody knows is a look-up that fails. It keeps all
// that it was sent, because somebody could read it.
type walkSlack struct {
	mu   sync.Mutex
	seen strings.Builder
	// public are the messages and previews that everybody in a channel reads.
	public []string
	n      int
}

// slackID is an id of the walk as Slack's ids are.
func slackID(kind, id string) string { return kind + strings.ToUpper(id) }

// walkID is the id of the walk behind one of Slack's.
func walkID(id string) string { return strings.ToLower(id[min(1, len(id)):]) }

// RoundTrip answers a call.
func (s *walkSlack) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	method := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	form, err := url.ParseQuery(string(body))
	if err != nil || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		form = url.Values{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	said := string(body)
	if len(form) > 0 {
		said = ""
		for _, values := range form {
			said += strings.Join(values, "\n") + "\n"
		}
	}
	s.seen.WriteString(said)
	if strings.HasPrefix(form.Get("channel"), "C") && (method == "chat.postMessage" || method == "chat.unfurl" || method == "chat.update") {
		s.public = append(s.public, said)
	}
	answer, err := json.Marshal(s.answer(method, form))
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Request: r, Body: io.NopCloser(bytes.NewReader(answer)),
	}, nil
}

// object is a JSON object.
type object = map[string]any

// answer is that of a method. The lock is held.
func (s *walkSlack) answer(method string, form url.Values) object {
	broken := object{"ok": false, "error": "internal_error"}
	ok := object{"ok": true}
	with := func(name string, v any) object { return object{"ok": true, name: v} }
	switch method {
	case "auth.test":
		return object{"ok": true, "team": "Walk", "team_id": "T1", "user": "insightbot", "user_id": "UBOT", "bot_id": "B1"}
	case "users.info":
		if form.Get("user") == slackID("U", "unknown") {
			return broken
		}
		return with("user", walkMember(form.Get("user")))
	case "users.list":
		members := []object{{"id": "UBOT", "team_id": "T1", "is_bot": true, "profile": object{}}}
		for _, u := range append(walkPeople(), holder) {
			if u.ID != "unknown" {
				members = append(members, walkMember(slackID("U", u.ID)))
			}
		}
		return object{"ok": true, "members": members, "response_metadata": object{"next_cursor": ""}}
	case "usergroups.list":
		return with("usergroups", []object{})
	case "conversations.info":
		return s.channel(form.Get("channel"))
	case "conversations.members":
		members := []string{"UBOT", slackID("U", "member")}
		if form.Get("channel") == slackID("C", "guests") {
			members = append(members, slackID("U", "guest"))
		}
		return object{"ok": true, "members": members, "response_metadata": object{"next_cursor": ""}}
	case "conversations.open":
		return with("channel", object{"id": "D" + strings.TrimPrefix(form.Get("users"), "U")})
	case "chat.postMessage":
		s.n++
		return object{"ok": true, "channel": form.Get("channel"), "ts": fmt.Sprintf("2.%06d", s.n), "message": object{"thread_ts": form.Get("thread_ts")}}
	case "chat.postEphemeral":
		return with("message_ts", "3.1")
	case "files.getUploadURLExternal":
		s.n++
		return object{"ok": true, "upload_url": "https://slack.test/upload/v1/x", "file_id": fmt.Sprintf("F%09d", s.n)}
	case "files.completeUploadExternal":
		return with("files", []object{{"id": fmt.Sprintf("F%09d", s.n)}})
	case "files.info":
		return with("file", object{
			"id": form.Get("file"), "mimetype": "image/png",
			"shares": object{"public": object{"C": []object{{"ts": "1"}}}},
		})
	case "views.open", "views.update", "views.publish":
		return with("view", object{"id": "V1", "hash": "h"})
	default:
		return ok
	}
}

// walkMember is a person of the walk at Slack.
func walkMember(id string) object {
	name := capital(walkID(id))
	u := object{
		"id": id, "team_id": "T1", "name": walkID(id), "is_restricted": walkID(id) == "guest", "is_ultra_restricted": false, "is_stranger": false,
		"is_bot": false, "deleted": false, "profile": object{"display_name": name, "real_name": name},
	}
	if walkID(id) == "external" {
		u["team_id"] = "T2"
	}
	return u
}

// channel is a place of the walk at Slack.
func (s *walkSlack) channel(id string) object {
	c := object{
		"id": id, "name": walkID(id), "is_channel": true, "is_member": true, "is_private": false, "is_im": false, "is_mpim": false,
		"is_shared": false, "is_ext_shared": false, "is_org_shared": false, "is_pending_ext_shared": false,
	}
	switch {
	case strings.HasPrefix(id, "D"):
		c["is_im"], c["is_channel"] = true, false
	case id == slackID("C", "unknown"):
		return object{"ok": false, "error": "internal_error"}
	case id == slackID("C", "private"), id == slackID("C", "guests"):
		c["is_private"] = true
	case id == slackID("C", "shared"):
		c["is_shared"], c["is_ext_shared"] = true, true
	}
	return object{"ok": true, "channel": c}
}

// finishing tells when a delivery was worked off.
type finishing struct {
	*storage.Store
	done chan int64
}

func (f finishing) Finish(ctx context.Context, id int64) error {
	err := f.Store.Finish(ctx, id)
	f.done <- id
	return err
}

// inWalkWords gives people and places the ids that the rules of the walk name.
// What the transport found out about them stays.
func inWalkWords(next chat.Handler) chat.Handler {
	return chat.HandlerFunc(func(ctx context.Context, r *chat.Request) (*chat.Reply, error) {
		copied := *r
		copied.Place.Platform, copied.Place.Workspace, copied.Place.Channel = "web", walkSpace, walkID(r.Place.Channel)
		if r.Place.Kind == chat.PlaceDirect {
			copied.Place.Channel = "direct"
		}
		copied.User.ID = walkID(r.User.ID)
		return next.Answer(ctx, &copied)
	})
}

// openWalkSlack speaks to the bot in Slack: what is typed is a mention or a
// direct message, and every other call a pressed button; a link is posted, and
// the home page opened.
func openWalkSlack(t *testing.T, w *world, h *tapped) func(attempt) string {
	fake, now := &walkSlack{}, func() time.Time { return attackNow }
	store := finishing{w.store, make(chan int64, 16)}
	s, err := slack.New(slack.Config{
		BotToken: "xoxb-walk", SigningSecret: loadSecret, API: "https://slack.test/api/", Store: store, Dialog: dialog,
		Client: &http.Client{Transport: fake}, Log: w.slog, Now: now, Purge: func(context.Context, string) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- s.Run(ctx, inWalkWords(h)) }()
	t.Cleanup(func() {
		stop()
		if err := <-ran; err != nil {
			t.Error(err)
		}
	})
	received, err := s.Handler()
	if err != nil {
		t.Fatal(err)
	}
	for len(s.Workspaces()) == 0 {
		time.Sleep(time.Millisecond)
	}
	return func(a attempt) string {
		fake.mu.Lock()
		fake.seen.Reset()
		fake.public = nil
		fake.mu.Unlock()
		if !a.context.IsZero() {
			place := chat.Place{Platform: slack.Name, Workspace: "T1", Channel: slackChannel(a), Thread: "1.000001"}
			if err := w.store.PutThread(t.Context(), place, slackID("U", a.user.ID), a.context, attackNow); err != nil {
				t.Error(err)
			}
		}
		path, kind, body := slackDelivery(a, w.ref())
		r, err := slacktest.NewRequest(t.Context(), loadSecret, "http://slack.test"+path, kind, body, attackNow)
		if err != nil {
			t.Fatal(err)
		}
		rec := httptest.NewRecorder()
		received.ServeHTTP(rec, r)
		if rec.Code != http.StatusOK {
			t.Errorf("status %d", rec.Code)
		}
		<-store.done
		fake.mu.Lock()
		defer fake.mu.Unlock()
		replies, _ := h.kept()
		private := len(replies) > 0 && !slices.ContainsFunc(replies, func(r *chat.Reply) bool { return !r.Private })
		if private && len(fake.public) > 0 {
			t.Errorf("%s: a private reply went to all who read the channel: %.500q", a, fake.public)
		}
		return rec.Body.String() + "\n" + fake.seen.String()
	}
}

// slackChannel is where an attempt takes place.
func slackChannel(a attempt) string {
	if a.direct() {
		return slackID("D", a.user.ID)
	}
	return slackID("C", a.place.Channel)
}

// slackDelivery is an attempt as Slack sends it.
func slackDelivery(a attempt, ref string) (path, contentType string, body []byte) {
	user, channel := slackID("U", a.user.ID), slackChannel(a)
	event := object{"type": "app_mention", "user": user, "channel": channel, "ts": "4." + ref, "thread_ts": "1.000001"}
	switch {
	case a.typed != "":
		event["text"] = "<@UBOT> " + strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(a.typed)
		if a.direct() {
			event["type"], event["channel_type"] = "message", "im"
		}
	case a.call.Command == "preview":
		event = object{
			"type": "link_shared", "user": user, "channel": channel, "message_ts": "1.000001", "links": []object{{"url": a.call.Args["url"]}},
			"unfurl_id": ref, "source": "conversations_history",
		}
	case a.call.Command == "home" && a.direct():
		event = object{"type": "app_home_opened", "user": user, "channel": slackID("D", a.user.ID), "tab": "home"}
	default:
		return "/slack/interactions", "application/x-www-form-urlencoded", slackPress(a, user, channel, ref)
	}
	body, _ = json.Marshal(object{ //nolint:errchkjson // strings
		"type": "event_callback", "team_id": "T1", "event_id": ref, "event": event, "authorizations": []object{{"team_id": "T1", "user_id": "UBOT"}},
	})
	return "/slack/events", "application/json", body
}

// slackPress is a pressed button that carries a call.
func slackPress(a attempt, user, channel, ref string) []byte {
	value := []string{a.call.Command}
	for name, v := range a.call.Args {
		value = append(value, name, v)
	}
	button, _ := json.Marshal(value)   //nolint:errchkjson // strings
	payload, _ := json.Marshal(object{ //nolint:errchkjson // strings
		"type": "block_actions", "team": object{"id": "T1"}, "user": object{"id": user, "team_id": teamOfWalk(a)}, "trigger_id": ref,
		"channel": object{"id": channel}, "container": object{"type": "message", "message_ts": "1.000001", "channel_id": channel, "thread_ts": "1.000001"},
		"actions": []object{{"type": "button", "action_id": "a1", "block_id": "b1", "action_ts": ref, "value": string(button)}},
	})
	return []byte(url.Values{"payload": {string(payload)}}.Encode())
}

// teamOfWalk is the workspace that somebody is of.
func teamOfWalk(a attempt) string {
	if a.user.ID == "external" {
		return "T2"
	}
	return "T1"
}

// takenBySlack reports whether an attempt can be made there: a button carries
// no more than Slack lets it.
func takenBySlack(a attempt) bool {
	b, err := json.Marshal(a.call)
	return !a.clock && err == nil && len(b) < 1500 && a.call.Command != plant
}
