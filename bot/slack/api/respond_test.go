package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

func TestClient_RespondFiveTimesInHalfAnHour(t *testing.T) {
	f := newFake(t)
	f.obliging()
	c := f.client()
	address := f.server.URL + "/response_url"
	for range responseUses {
		must(t, c.Respond(t.Context(), address, Response{Message: Message{Text: "x"}}))
	}
	if err := c.Respond(t.Context(), address, Response{Message: Message{Text: "x"}}); !errors.Is(err, ErrSpent) {
		t.Errorf("the sixth: %v", err)
	}
	f.count("/response_url", responseUses)
	// Another address is another account.
	must(t, c.Respond(t.Context(), address+"?2", Response{Message: Message{Text: "x"}}))
	f.clock.pass(responseFor - time.Second)
	must(t, c.Respond(t.Context(), address+"?2", Response{Message: Message{Text: "x"}}))
	f.clock.pass(time.Second)
	for _, a := range []string{address, address + "?2"} {
		if err := c.Respond(t.Context(), a, Response{Message: Message{Text: "x"}}); !errors.Is(err, ErrSpent) {
			t.Errorf("after half an hour: %v", err)
		}
	}
	f.count("/response_url", responseUses+2)
}

func TestClient_RespondCountsWhatMayHaveArrived(t *testing.T) {
	f := newFake(t)
	c := f.client()
	address := f.server.URL + "/response_url"
	// What came too often, or was refused, was no use of it.
	for range 10 {
		f.handle("/response_url", answering(http.StatusTooManyRequests, ""))
		if err := c.Respond(t.Context(), address, Response{}); !errors.Is(err, ErrBusy) {
			t.Errorf("error %v", err)
		}
		f.handle("/response_url", answering(http.StatusBadRequest, `{"ok":false,"error":"invalid_blocks"}`))
		if err := c.Respond(t.Context(), address, Response{}); !errors.Is(err, ErrBlocks) {
			t.Errorf("error %v", err)
		}
		f.clock.pass(time.Second)
	}
	f.handle("/response_url", answering(http.StatusBadGateway, ""))
	for range responseUses {
		if err := c.Respond(t.Context(), address, Response{}); !errors.Is(err, ErrUnsure) {
			t.Errorf("error %v", err)
		}
	}
	if err := c.Respond(t.Context(), address, Response{}); !errors.Is(err, ErrSpent) {
		t.Errorf("error %v", err)
	}
}

func TestClient_RespondHearsThatSlackIsDoneWithIt(t *testing.T) {
	for body, code := range map[string]int{
		`{"ok":false,"error":"used_url"}`: 404, `{"ok":false,"error":"expired_url"}`: 404, "Expired url": 404, "gone": 410, `{"ok":false,"error":"expired_url"} `: 200,
	} {
		f := newFake(t)
		f.handle("/response_url", answering(code, body))
		if err := f.client().Respond(t.Context(), f.server.URL+"/response_url", Response{}); !errors.Is(err, ErrSpent) {
			t.Errorf("%d %s: %v", code, body, err)
		}
	}
}

func TestClient_RespondGoesToSlackOnly(t *testing.T) {
	f := newFake(t)
	for _, address := range []string{"https://evil.example/commands/T/1/2", "", "http://hooks.slack.com/x", strings.Replace(f.server.URL, "127.0.0.1", "localhost", 1) + "/response_url"} {
		if err := f.client().Respond(t.Context(), address, Response{}); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if len(f.calls) != 0 {
		t.Errorf("%d calls", len(f.calls))
	}
}

func TestClient_RespondSaysWhoReadsIt(t *testing.T) {
	f := newFake(t)
	f.obliging()
	c := f.client()
	address := f.server.URL + "/response_url"
	off := `"parse":"none","link_names":false,"unfurl_links":false,"unfurl_media":false`
	for _, tt := range []struct {
		response Response
		want     string
	}{
		{Response{Message: Message{Text: "x"}}, `{"response_type":"ephemeral","replace_original":false,"text":"x",` + off + `}`},
		{Response{Message: Message{Text: "x"}, InChannel: true, Replace: true}, `{"response_type":"in_channel","replace_original":true,"text":"x",` + off + `}`},
		{Response{Message: Message{Text: "x", Blocks: []slack.Block{section("y")}}}, `{"response_type":"ephemeral","replace_original":false,"text":"x","blocks":[{"type":"section","text":{"type":"plain_text","text":"y","emoji":false}}],` + off + `}`},
		{Response{Message: Message{Text: "x"}, Delete: true}, `{"delete_original":true}`},
	} {
		must(t, c.Respond(t.Context(), address, tt.response))
		calls := f.of("/response_url")
		s := calls[len(calls)-1]
		if s.body != tt.want {
			t.Errorf("sent %s\nwant %s", s.body, tt.want)
		}
		if s.header.Get("Authorization") != "" || strings.Contains(s.body, theToken) {
			t.Error("the token goes to the address for replies")
		}
	}
}

func TestReplies_AreBounded(t *testing.T) {
	clock := newClock()
	r := newReplies(clock.Now)
	for i := range keptReplies + 500 {
		r.take(replyKey([]byte(fmt.Sprintf("%032d", i))))
		clock.pass(time.Millisecond)
	}
	if len(r.used) > keptReplies {
		t.Errorf("%d addresses are kept", len(r.used))
	}
	clock.pass(3 * responseFor)
	r.take(replyKey{})
	if len(r.used) != 1 {
		t.Errorf("%d addresses are kept after they ended", len(r.used))
	}
}
