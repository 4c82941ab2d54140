package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/slack-go/slack"
)

func section(words string) slack.Block {
	return slack.NewSectionBlock(slack.NewTextBlockObject(slack.PlainTextType, words, false, false), nil, nil)
}

func TestClient_MessagesMakeNoLinksMentionsOrPreviews(t *testing.T) {
	f := newFake(t)
	f.obliging()
	c := f.client()
	m := Message{
		Text: "a <b> & c", Blocks: []slack.Block{section("x")},
		Metadata: &slack.SlackMetadata{EventType: "answer", EventPayload: map[string]any{"ref": "R1"}},
	}
	ts, err := c.Post(t.Context(), To{Channel: "C0X"}, m)
	must(t, err)
	if ts != "1.5" {
		t.Errorf("ts %q", ts)
	}
	must(t, c.Ephemeral(t.Context(), To{Channel: "C0X", Thread: "1.1"}, "U0AAA1", m))
	must(t, c.Update(t.Context(), "C0X", "1.2", m))
	blocks, metadata := `[{"type":"section","text":{"type":"plain_text","text":"x","emoji":false}}]`, `{"event_type":"answer","event_payload":{"ref":"R1"}}`
	for method, want := range map[string]url.Values{
		"chat.postMessage": {
			"channel": {"C0X"}, "text": {"a <b> & c"}, "blocks": {blocks}, "metadata": {metadata},
			"parse": {"none"}, "link_names": {"false"}, "unfurl_links": {"false"}, "unfurl_media": {"false"},
		},
		"chat.postEphemeral": {
			"channel": {"C0X"}, "user": {"U0AAA1"}, "thread_ts": {"1.1"}, "text": {"a <b> & c"}, "blocks": {blocks},
			"parse": {"none"}, "link_names": {"false"},
		},
		"chat.update": {
			"channel": {"C0X"}, "ts": {"1.2"}, "text": {"a <b> & c"}, "blocks": {blocks}, "metadata": {metadata},
			"parse": {"none"}, "link_names": {"false"},
		},
	} {
		if diff := cmp.Diff(want, f.of(method)[0].form); diff != "" {
			t.Errorf("%s: %s", method, diff)
		}
	}
}

func TestClient_UpdateWithoutBlocksTakesTheOldOnesAway(t *testing.T) {
	f := newFake(t)
	f.obliging()
	must(t, f.client().Update(t.Context(), "C0X", "1.2", Message{Text: "gone"}))
	if got := f.of("chat.update")[0].form.Get("blocks"); got != "[]" {
		t.Errorf("blocks %q", got)
	}
}

func TestClient_PostChecksThatTheThreadTook(t *testing.T) {
	for _, tt := range []struct {
		name, answer string
		deletes      bool
		ts           string
		gone         bool
		taken        int
	}{
		{"it took", `{"ok":true,"channel":"C0NEW","ts":"1.5","message":{"ts":"1.5","thread_ts":"1.1"}}`, true, "1.5", false, 0},
		{"it did not", `{"ok":true,"channel":"C0NEW","ts":"1.5","message":{"ts":"1.5"}}`, true, "", true, 1},
		{"it did not, and stays", `{"ok":true,"channel":"C0NEW","ts":"1.5","message":{"ts":"1.5"}}`, false, "1.5", false, 1},
		{"nobody says", `{"ok":true,"channel":"C0NEW","ts":"1.5"}`, true, "1.5", false, 0},
		{"blocks nobody knows", `{"ok":true,"ts":"1.5","message":{"thread_ts":"1.1","blocks":[{"type":7}],"files":"none"}}`, true, "1.5", false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.obliging()
			f.says("chat.postMessage", tt.answer)
			if !tt.deletes {
				f.says("chat.delete", `{"ok":false,"error":"cant_delete_message"}`)
			}
			ts, err := f.client().Post(t.Context(), To{Channel: "C0X", Thread: "1.1"}, Message{Text: "x"})
			if ts != tt.ts || errors.Is(err, ErrGone) != tt.gone || (err != nil) != tt.gone {
				t.Errorf("ts %q, error %v", ts, err)
			}
			f.count("chat.delete", tt.taken)
			if tt.taken > 0 {
				if got := f.of("chat.delete")[0].form; got.Get("channel") != "C0NEW" || got.Get("ts") != "1.5" {
					t.Errorf("deletes %v", got)
				}
			}
			if got := f.of("chat.postMessage")[0].form.Get("thread_ts"); got != "1.1" {
				t.Errorf("thread_ts %q", got)
			}
		})
	}
}

func TestClient_APostWithAnAnswerThatIsNoneIsUnsure(t *testing.T) {
	for _, answer := range []string{`{"ok":true}`, `{"ok":true,"ts":15}`, `{}`, `null`} {
		f := newFake(t)
		f.says("chat.postMessage", answer)
		if _, err := f.client().Post(t.Context(), To{Channel: "C0X"}, Message{Text: "x"}); !errors.Is(err, ErrUnsure) {
			t.Errorf("%s: error %v", answer, err)
		}
		f.count("chat.postMessage", 1)
	}
}

func TestClient_NothingIsEverBroadcast(t *testing.T) {
	f := newFake(t)
	f.obliging()
	c := f.client()
	for _, call := range every() {
		must(t, call(t.Context(), c))
	}
	for _, s := range f.calls {
		if strings.Contains(s.body, "reply_broadcast") || strings.Contains(s.body, "sharedPublicURL") || s.method == "files.sharedPublicURL" {
			t.Errorf("%s sends %s", s.method, s.body)
		}
	}
}

func TestClient_UnfurlNamesTheMessageOrTheID(t *testing.T) {
	f := newFake(t)
	f.obliging()
	c := f.client()
	previews := map[string]Message{"https://a": {Text: "words", Blocks: []slack.Block{section("x")}}, "https://b": {Text: "only words"}}
	must(t, c.Unfurl(t.Context(), UnfurlTo{ID: "Uxxx", Source: "composer", Channel: "C0X", TS: "1.2"}, previews))
	must(t, c.Unfurl(t.Context(), UnfurlTo{Channel: "C0X", TS: "1.2"}, previews))
	calls := f.of("chat.unfurl")
	var got map[string]map[string]any
	must(t, json.Unmarshal([]byte(calls[0].form.Get("unfurls")), &got))
	if got["https://a"]["fallback"] != "words" || got["https://a"]["text"] != nil || got["https://a"]["blocks"] == nil || got["https://b"]["text"] != "only words" {
		t.Errorf("unfurls %v", got)
	}
	for i, want := range []url.Values{{"unfurl_id": {"Uxxx"}, "source": {"composer"}}, {"channel": {"C0X"}, "ts": {"1.2"}}} {
		form := calls[i].form
		form.Del("unfurls")
		if diff := cmp.Diff(want, form); diff != "" {
			t.Error(diff)
		}
	}
}

func TestClient_WhatIsDoneAlreadyIsNoError(t *testing.T) {
	f := newFake(t)
	c := f.client()
	for method, codes := range map[string][]string{
		"chat.delete": {"message_not_found"}, "reactions.add": {"already_reacted"}, "reactions.remove": {"no_reaction", "message_not_found"},
		"files.delete": {"file_not_found", "file_deleted"},
	} {
		for _, code := range codes {
			f.says(method, fmt.Sprintf(`{"ok":false,"error":%q}`, code))
			if err := every()[method](t.Context(), c); err != nil {
				t.Errorf("%s: %v", method, err)
			}
		}
		f.says(method, `{"ok":false,"error":"channel_not_found"}`)
		if err := every()[method](t.Context(), c); !errors.Is(err, ErrGone) {
			t.Errorf("%s: %v", method, err)
		}
	}
}

func TestClient_DirectIsOpenedOnce(t *testing.T) {
	f := newFake(t)
	f.obliging()
	c := f.client()
	for range 3 {
		id, err := c.Direct(t.Context(), "U0AAA1")
		must(t, err)
		if id != "D0X" {
			t.Errorf("channel %q", id)
		}
	}
	f.count("conversations.open", 1)
	if got := f.of("conversations.open")[0].form.Get("users"); got != "U0AAA1" {
		t.Errorf("users %q", got)
	}
	f.says("conversations.open", `{"ok":false,"error":"cannot_dm_bot"}`)
	for range 2 {
		if _, err := c.Direct(t.Context(), ourBot); err == nil {
			t.Error("no error")
		}
	}
	f.count("conversations.open", 3)
	f.says("conversations.open", `{"ok":true}`)
	if id, err := c.Direct(t.Context(), "U0AAA2"); id != "" || !errors.Is(err, ErrAnswer) {
		t.Errorf("got %q, %v", id, err)
	}
}

func TestClient_Views(t *testing.T) {
	f := newFake(t)
	f.obliging()
	c := f.client()
	modal := slack.ModalViewRequest{Type: slack.VTModal, Title: slack.NewTextBlockObject(slack.PlainTextType, "T", false, false), Blocks: slack.Blocks{BlockSet: []slack.Block{section("x")}}}
	id, hash, err := c.OpenView(t.Context(), "1.2.trigger", modal)
	must(t, err)
	if id != "V1" || hash != "h1" {
		t.Errorf("id %q, hash %q", id, hash)
	}
	view := `{"type":"modal","title":{"type":"plain_text","text":"T","emoji":false},"blocks":[{"type":"section","text":{"type":"plain_text","text":"x","emoji":false}}]}`
	if diff := cmp.Diff(url.Values{"trigger_id": {"1.2.trigger"}, "view": {view}}, f.of("views.open")[0].form); diff != "" {
		t.Error(diff)
	}
	must(t, c.UpdateView(t.Context(), "V1", "h1", modal))
	must(t, c.UpdateView(t.Context(), "V1", "", modal))
	calls := f.of("views.update")
	if diff := cmp.Diff(url.Values{"view_id": {"V1"}, "hash": {"h1"}, "view": {view}}, calls[0].form); diff != "" {
		t.Error(diff)
	}
	if calls[1].form.Has("hash") {
		t.Error("an empty hash is sent")
	}
	for code, want := range map[string]error{"hash_conflict": ErrStale, "not_found": nil, "invalid_arguments": nil} {
		f.says("views.update", fmt.Sprintf(`{"ok":false,"error":%q}`, code))
		if err := c.UpdateView(t.Context(), "V1", "h1", modal); err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%s: %v", code, err)
		}
	}
	for _, code := range []string{"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"} {
		f.says("views.open", fmt.Sprintf(`{"ok":false,"error":%q}`, code))
		if _, _, err := c.OpenView(t.Context(), "t", modal); !errors.Is(err, ErrLate) {
			t.Errorf("%s: %v", code, err)
		}
	}
	f.says("views.open", `{"ok":true}`)
	if _, _, err := c.OpenView(t.Context(), "t", modal); !errors.Is(err, ErrAnswer) {
		t.Errorf("error %v", err)
	}
	must(t, c.PublishHome(t.Context(), "U0AAA1", slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: []slack.Block{section("x")}}}))
	home := `{"type":"home","blocks":[{"type":"section","text":{"type":"plain_text","text":"x","emoji":false}}]}`
	if diff := cmp.Diff(url.Values{"user_id": {"U0AAA1"}, "view": {home}}, f.of("views.publish")[0].form); diff != "" {
		t.Error(diff)
	}
}

func TestClient_PromptsAreFour(t *testing.T) {
	f := newFake(t)
	f.obliging()
	c := f.client()
	must(t, c.Prompts(t.Context(), "D0X", "", []string{"a", "b", "c", "d", "e"}))
	must(t, c.Prompts(t.Context(), "D0X", "1.1", nil))
	calls := f.of("assistant.threads.setSuggestedPrompts")
	if got := calls[0].form.Get("prompts"); strings.Count(got, "title") != 4 || calls[0].form.Has("thread_ts") {
		t.Errorf("sent %v", calls[0].form)
	}
	if got := calls[1].form; got.Get("prompts") != "[]" || got.Get("thread_ts") != "1.1" {
		t.Errorf("sent %v", got)
	}
	must(t, c.Status(t.Context(), "D0X", "1.1", "is looking"))
	if diff := cmp.Diff(url.Values{"channel_id": {"D0X"}, "thread_ts": {"1.1"}, "status": {"is looking"}}, f.of("assistant.threads.setStatus")[0].form); diff != "" {
		t.Error(diff)
	}
}
