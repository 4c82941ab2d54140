package slacktest_test

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"insightbot/bot/slack/slacktest"
)

func text(words string) slack.MsgOption { return slack.MsgOptionText(words, false) }

// listener is a Socket Mode client of the library with what it got.
type listener struct {
	*socketmode.Client
	mu    sync.Mutex
	kinds []socketmode.EventType
	came  []socketmode.Request
	deaf  bool
}

// listening connects one; it acknowledges until it is deaf.
func listening(t *testing.T, s *slacktest.Server, options ...socketmode.Option) *listener {
	t.Helper()
	before := s.Sockets()
	l := &listener{Client: socketmode.New(client(s), options...)}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = l.RunContext(ctx) })
	wg.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case e := <-l.Events:
				l.take(e)
			}
		}
	})
	t.Cleanup(func() {
		stop()
		wg.Wait()
	})
	s.Eventually(t, "a socket is open", func() bool { return s.Sockets() == before+1 && l.count(socketmode.EventTypeHello) > 0 })
	return l
}

func (l *listener) take(e socketmode.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kinds = append(l.kinds, e.Type)
	if e.Request == nil || e.Request.EnvelopeID == "" {
		return
	}
	l.came = append(l.came, *e.Request)
	if !l.deaf {
		_ = l.Ack(*e.Request)
	}
}

func (l *listener) count(kind socketmode.EventType) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, k := range l.kinds {
		if k == kind {
			n++
		}
	}
	return n
}

func (l *listener) requests() []socketmode.Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.came)
}

func (l *listener) hear(yes bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deaf = !yes
}

func TestSocketMode_DeliversToOneOfSeveral(t *testing.T) {
	s, ann, _, _, channel := room(t)
	first, second := listening(t, s), listening(t, s)
	for range 6 {
		if d := s.Mention(ann, channel, "revenue").Wait(t); !d.Acked() || d.Attempts() != 1 {
			t.Fatalf("%d attempts: %s", d.Attempts(), d.Trouble())
		}
	}
	a, b := len(first.requests()), len(second.requests())
	if a+b != 6 || a == 0 || b == 0 {
		t.Errorf("%d and %d deliveries of 6", a, b)
	}
	d := s.Command(ann, channel, "/insight", "revenue").Wait(t)
	if !d.Acked() {
		t.Errorf("the command: %s", d.Trouble())
	}
	if first.count(socketmode.EventTypeSlashCommand)+second.count(socketmode.EventTypeSlashCommand) != 1 {
		t.Error("the command came not once")
	}
}

func TestSocketMode_SendsAgainWhatIsNotAcknowledged(t *testing.T) {
	s, ann, _, _, channel := room(t)
	s.Timing.Ack = 50 * time.Millisecond
	s.Timing.Retries = []time.Duration{0, time.Hour}
	l := listening(t, s)
	l.hear(false)
	d := s.Mention(ann, channel, "revenue")
	s.Eventually(t, "it comes again", func() bool { return len(l.requests()) == 2 })
	r := l.requests()
	if r[0].RetryAttempt != 0 || r[1].RetryAttempt != 1 || r[1].RetryReason != "timeout" || r[0].EnvelopeID == r[1].EnvelopeID ||
		string(r[0].Payload) != string(r[1].Payload) {
		t.Errorf("the attempts are %+v", r)
	}
	if d.Acked() {
		t.Error("it counts as acknowledged")
	}
	c := s.Command(ann, channel, "/insight", "x").Wait(t)
	if c.Attempts() != 1 || c.Acked() || !s.SeesText(ann, "failed with the error") {
		t.Errorf("a command is sent %d times", c.Attempts())
	}
}

func TestSocketMode_EventsWaitForAConnection(t *testing.T) {
	s, ann, _, _, channel := room(t)
	d := s.Mention(ann, channel, "revenue")
	l := listening(t, s)
	if d.Wait(t); !d.Acked() || len(l.requests()) != 1 {
		t.Errorf("%d came", len(l.requests()))
	}
}

func TestSocketMode_Disconnects(t *testing.T) {
	s, ann, _, _, channel := room(t)
	s.Timing.Warning = 30 * time.Millisecond
	l := listening(t, s)
	for i, reason := range []string{"refresh_requested", "warning"} {
		s.Disconnect(reason)
		s.Eventually(t, "it connects again after "+reason, func() bool {
			return l.count(socketmode.EventTypeHello) == i+2 && s.Sockets() == 1
		})
	}
	s.Cut()
	s.Eventually(t, "it connects again after a broken frame", func() bool { return l.count(socketmode.EventTypeHello) == 4 })
	if d := s.Mention(ann, channel, "revenue").Wait(t); !d.Acked() {
		t.Errorf("afterwards: %s", d.Trouble())
	}
	bad := `{"type":"events_api","envelope_id":"bad","payload":{"type":"event_callback","event":{"type":"app_mention","user":5}}}`
	if !s.SendRaw([]byte(bad)) {
		t.Fatal("no connection")
	}
	s.Eventually(t, "what cannot be read is told", func() bool { return l.count(socketmode.EventTypeErrorBadMessage) == 1 })
}

// dial opens a socket by hand and returns the first thing it says.
func dial(t *testing.T, s *slacktest.Server) (*websocket.Conn, string) {
	t.Helper()
	_, address, err := client(s).StartSocketModeContext(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conn, r, err := websocket.DefaultDialer.DialContext(t.Context(), address, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	t.Cleanup(func() { _ = conn.Close() })
	var first struct{ Type, Reason string }
	_, b, err := conn.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &first); err != nil {
		t.Fatal(err)
	}
	if _, r, err := websocket.DefaultDialer.DialContext(t.Context(), address, nil); err == nil {
		t.Error("the address works twice")
	} else if r != nil {
		_ = r.Body.Close()
	}
	return conn, first.Type + " " + first.Reason
}

func TestSocketMode_BoundsConnections(t *testing.T) {
	s := slacktest.New(t)
	for range 10 {
		if _, first := dial(t, s); first != "hello " {
			t.Fatal(first)
		}
	}
	if _, first := dial(t, s); first != "disconnect too_many_websockets" {
		t.Errorf("the eleventh hears %s", first)
	}
	s.Disconnect("link_disabled")
	s.Eventually(t, "all are gone", func() bool { return s.Sockets() == 0 })
	if _, first := dial(t, s); first != "disconnect link_disabled" {
		t.Errorf("after link_disabled: %s", first)
	}
	s.Relink()
	if _, first := dial(t, s); first != "hello " {
		t.Errorf("after relinking: %s", first)
	}
}

func TestSocketMode_DropsLongAcknowledgements(t *testing.T) {
	s, ann, _, _, channel := room(t)
	s.Timing.Ack = 300 * time.Millisecond
	conn, _ := dial(t, s)
	answer := func(payload string) *slacktest.Sent {
		d := s.Command(ann, channel, "/insight", "x")
		_, b, err := conn.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		var e struct {
			ID      string `json:"envelope_id"`
			Accepts bool   `json:"accepts_response_payload"`
		}
		if err := json.Unmarshal(b, &e); err != nil || !e.Accepts {
			t.Fatalf("%s: %v", b, err)
		}
		if err := conn.WriteMessage(websocket.TextMessage, []byte(`{"envelope_id":"`+e.ID+`","payload":{"text":"`+payload+`"}}`)); err != nil {
			t.Fatal(err)
		}
		return d.Wait(t)
	}
	if d := answer("short"); !d.Acked() || !s.SeesText(ann, "short") {
		t.Errorf("a short answer: %s", d.Trouble())
	}
	long := make([]byte, 20_000)
	for i := range long {
		long[i] = 'x'
	}
	if d := answer(string(long)); d.Acked() || len(s.Problems()) != 1 {
		t.Errorf("a long answer counts: %v", s.Problems())
	}
}

func TestSocketMode_PingsOnlyWhenAsked(t *testing.T) {
	s := slacktest.New(t)
	s.Timing.Ping = 10 * time.Millisecond
	l := listening(t, s, socketmode.OptionPingInterval(300*time.Millisecond))
	time.Sleep(700 * time.Millisecond)
	if n := l.count(socketmode.EventTypeHello); n != 1 {
		t.Errorf("%d connections though it is pinged", n)
	}
	quiet := slacktest.New(t)
	quiet.Timing.Ping = 0
	l = listening(t, quiet, socketmode.OptionPingInterval(100*time.Millisecond))
	quiet.Eventually(t, "the client gives a silent connection up", func() bool { return l.count(socketmode.EventTypeHello) > 1 })
}
