package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"insightbot/bot/slack"
	"insightbot/bot/slack/api"
	"insightbot/chat"
	"insightbot/storage"
)

// loadFor is how long the load driver sends events.
var loadFor = flag.Duration("load", 2*time.Second, "how long the load driver sends events to Slack's transport")

// loadSecret signs the events of the driver.
const loadSecret = "a signing secret for tests only"

// loadRate is how many events there are in a second. The race detector makes
// the store ten times as slow, and then that many would only be refused.
func loadRate() int {
	if raceOn {
		return 30
	}
	return 500
}

// quietSlack is a Slack that answers every call at once and counts messages.
type quietSlack struct {
	mu     sync.Mutex
	posted map[string]int // by the thread they answer
	total  int
}

func (q *quietSlack) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	answer := `{"ok":true}`
	switch r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:] {
	case "auth.test":
		answer = `{"ok":true,"team":"Fernfold","team_id":"T1","user":"insightbot","user_id":"UBOT","bot_id":"B1"}`
	case "users.info":
		answer = fmt.Sprintf(`{"ok":true,"user":{"id":%q,"team_id":"T1","name":"mia","profile":{}}}`, form.Get("user"))
	case "users.list":
		answer = `{"ok":true,"members":[{"id":"UBOT","team_id":"T1","is_bot":true}],"response_metadata":{"next_cursor":""}}`
	case "usergroups.list":
		answer = `{"ok":true,"usergroups":[]}`
	case "conversations.info":
		answer = fmt.Sprintf(`{"ok":true,"channel":{"id":%q,"name":"growth","is_channel":true,"is_member":true}}`, form.Get("channel"))
	case "conversations.members":
		answer = `{"ok":true,"members":["UBOT"],"response_metadata":{"next_cursor":""}}`
	case "conversations.open":
		answer = `{"ok":true,"channel":{"id":"D` + form.Get("users") + `"}}`
	case "chat.postMessage":
		q.mu.Lock()
		q.total++
		q.posted[form.Get("thread_ts")]++
		answer = fmt.Sprintf(`{"ok":true,"channel":%q,"ts":"2000000000.%06d","message":{"thread_ts":%q}}`, form.Get("channel"), q.total, form.Get("thread_ts"))
		q.mu.Unlock()
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(answer)),
	}, nil
}

// fastForward lets the calls to Slack wait for their limits in no time.
func fastForward(c *api.Config) {
	var mu sync.Mutex
	now := time.Now()
	c.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	c.Sleep = func(_ context.Context, d time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
		return nil
	}
}

// counts are the messages so far, and how many threads have one.
func (q *quietSlack) counts() (total, threads, twice int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, n := range q.posted {
		if n > 1 {
			twice++
		}
	}
	return q.total, len(q.posted), twice
}

// signedEvent is a request as Slack signs it.
func signedEvent(ctx context.Context, address string, body []byte) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(loadSecret))
	fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return r, nil
}

// mention is the n-th event of the load: somebody else each time.
func mention(n int) []byte {
	event := map[string]any{
		"token": "x", "team_id": "T1", "api_app_id": "A1", "type": "event_callback", "event_id": fmt.Sprintf("Ev%08d", n), "event_time": time.Now().Unix(),
		"authorizations": []map[string]any{{"team_id": "T1", "user_id": "UBOT", "is_bot": true}},
		"event": map[string]any{
			"type": "app_mention", "user": fmt.Sprintf("U%07d", n%5000), "text": "<@UBOT> parcels sent last week", "ts": fmt.Sprintf("1000000000.%06d", n),
			"channel": fmt.Sprintf("C%04d", n%2000), "event_ts": fmt.Sprintf("1000000000.%06d", n),
		},
	}
	body, err := json.Marshal(event)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return body
}

// TestSlackLoad_NothingIsLostOrDoubled sends 500 events a second, every tenth
// of them twice, while the source of all answers hangs. Each is acknowledged
// after it was written down, and answered once when the source is back. How
// long an acknowledgement takes is printed and decides nothing.
func TestSlackLoad_NothingIsLostOrDoubled(t *testing.T) {
	quiet := &quietSlack{posted: map[string]int{}}
	store, err := storage.Open(t.Context(), filepath.Join(t.TempDir(), "bot", "bot.db"), storage.Options{
		Person: hashed, AuditKey: []byte("a key for tests only"), SealKey: bytes.Repeat([]byte{7}, 32),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close() //nolint:errcheck // a temporary store
	s, err := slack.New(slack.Config{
		BotToken: "xoxb-load", SigningSecret: loadSecret, API: "https://slack.test/api/", Addr: "127.0.0.1:0", Store: store,
		Client: &http.Client{Transport: quiet}, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})), Now: time.Now,
		Purge: func(context.Context, string) error { return nil }, Calls: fastForward,
	})
	if err != nil {
		t.Fatal(err)
	}
	back := make(chan struct{})
	hanging := chat.HandlerFunc(func(ctx context.Context, r *chat.Request) (*chat.Reply, error) {
		select {
		case <-back:
		case <-ctx.Done():
		}
		return &chat.Reply{Ref: r.Ref, Parts: []chat.Part{chat.Text{Style: chat.Lead, Text: "120 parcels"}}}, nil
	})
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() { ran <- s.Run(ctx, hanging) }()
	defer func() {
		stop()
		if err := <-ran; err != nil {
			t.Error(err)
		}
	}()
	h, err := s.Handler()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	defer server.Close()
	await(t, "the workspace", func() bool { return len(s.Workspaces()) == 1 })

	n := int(loadFor.Seconds() * float64(loadRate()))
	took := drive(t, server.URL+"/slack/events", n)
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	slices.Sort(took)
	at := func(q float64) time.Duration { return took[int(q*float64(len(took)-1))] }
	t.Logf("%d events at %d a second while the source hangs: acknowledged p50 %v, p99 %v, p99.9 %v, worst %v; %d MB in use",
		n, loadRate(), at(.5).Round(time.Microsecond), at(.99).Round(time.Microsecond), at(.999).Round(time.Microsecond),
		took[len(took)-1].Round(time.Microsecond), memory.HeapInuse>>20)
	close(back)
	await(t, "every answer", func() bool { _, threads, _ := quiet.counts(); return threads >= n })
	if total, threads, twice := quiet.counts(); total != n || threads != n || twice != 0 {
		t.Errorf("%d events: %d messages in %d threads, %d threads with more than one", n, total, threads, twice)
	}
	await(t, "an empty inbox", func() bool {
		left, err := store.Pending(t.Context(), slack.Name, 0, 1)
		return err == nil && len(left) == 0
	})
}

// drive sends n events at the rate of the load, and every tenth once more, and
// returns how long each acknowledgement took.
func drive(t *testing.T, address string, n int) []time.Duration {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256, MaxConnsPerHost: 256}, Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	var took []time.Duration
	send := func(i int) {
		// As Slack does, an event that was not taken is sent again.
		for range 20 {
			r, err := signedEvent(t.Context(), address, mention(i))
			if err != nil {
				t.Error(err)
				return
			}
			began := time.Now()
			resp, err := client.Do(r)
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close() //nolint:errcheck // read to its end
			mu.Lock()
			took = append(took, time.Since(began))
			mu.Unlock()
			if resp.StatusCode == http.StatusOK {
				return
			}
			time.Sleep(time.Second)
		}
		t.Errorf("event %d was not taken", i)
	}
	var wg sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(loadRate()))
	defer tick.Stop()
	for i := range n {
		<-tick.C
		wg.Go(func() { send(i) })
		if i%10 == 0 {
			wg.Go(func() { send(i) })
		}
	}
	wg.Wait()
	return took
}

// await waits until something is so. It fails after so long that only a
// thing that never happens takes it.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not there after two minutes", what)
		}
	}
}
