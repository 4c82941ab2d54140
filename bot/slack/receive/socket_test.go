package receive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"insightbot/chat"
)

// bubble runs a test on a clock of its own. It fails when a goroutine is left.
func bubble(t *testing.T, f func(t *testing.T, slack *fake)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, newFake(t)) })
}

func TestSocket_TakesAndAcknowledges(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		got := taken{answer: map[string]string{"text": "looking"}}
		s, stop := slack.start(SocketConfig{Take: got.take, Connections: 1})
		p := slack.next()
		p.hello()
		p.send(event("e1", "1.1"))
		if id, payload := acked(t, <-p.in); id != "e1" || payload != nil {
			t.Errorf("acknowledged %s with %s", id, payload)
		}
		p.send(command("e2"))
		if id, payload := acked(t, <-p.in); id != "e2" || string(payload) != `{"text":"looking"}` {
			t.Errorf("acknowledged %s with %s", id, payload)
		}
		p.send(strings.Replace(command("e3"), `"accepts_response_payload":true`, `"accepts_response_payload":false`, 1))
		if id, payload := acked(t, <-p.in); id != "e3" || payload != nil {
			t.Errorf("acknowledged %s with %s, which Slack did not ask for", id, payload)
		}
		p.send(`{"envelope_id":"e4","type":"interactive","accepts_response_payload":true,"retry_attempt":2,"payload":{"type":"view_closed"}}`)
		p.send(`{"envelope_id":"e5","type":"dance","payload":{}}`)
		for _, want := range []string{"e4", "e5"} {
			if id, payload := acked(t, <-p.in); id != want || payload != nil {
				t.Errorf("acknowledged %s with %s, want %s", id, payload, want)
			}
		}
		list := got.all()
		if len(list) != 3 || !slices.Equal(list[0].Keys, []string{"event:Ev1.1", "msg:C1:1.1"}) || list[1].Kind != KindCommand {
			t.Fatalf("took %+v", list)
		}
		if list[0].At != time.Now() || list[0].MaxAnswer != 0 || list[1].MaxAnswer < 19_000 {
			t.Errorf("took %+v", list)
		}
		if bytes.Contains(list[0].Payload, []byte("verification")) || bytes.Contains(list[1].Payload, []byte("verification")) {
			t.Error("the verification token is still in the payload")
		}
		synctest.Wait()
		if st := s.State(); st.Connected != 1 || st.Connections != 1 || st.Unread != 0 || st.Trouble != "" || st.Heard != time.Now() {
			t.Errorf("the state is %+v", st)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
		<-p.ended
		if !strings.Contains(p.closing, "1000") || s.State().Connected != 0 {
			t.Errorf("ended with %q, state %+v", p.closing, s.State())
		}
	})
}

// TestSocket_SameDeliveryAsHTTP holds both transports to one form.
func TestSocket_SameDeliveryAsHTTP(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		var byHTTP, bySocket taken
		serve(testHandler(t, byHTTP.take), post("/slack/commands", "token=verification&team_id=T1&user_id=U1&command=%2Finsights&text=visits&trigger_id=1.2.x&is_enterprise_install=false"))
		_, stop := slack.start(SocketConfig{Take: bySocket.take, Connections: 1, Now: func() time.Time { return testNow }})
		p := slack.next()
		p.hello()
		p.send(command("x"))
		<-p.in
		a, b := byHTTP.all()[0].Encode(), bySocket.all()[0].Encode()
		if !bytes.Equal(a, b) {
			t.Errorf("over HTTP\n%s\nby Socket Mode\n%s", a, b)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestSocket_StaysWhileSlackPings(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		s, stop := slack.start(SocketConfig{Take: (&taken{}).take, Connections: 1})
		p := slack.next()
		p.hello()
		quiet := p.ping()
		if got := <-p.pongs; got != "ping" {
			t.Errorf("answered %q", got)
		}
		time.Sleep(24 * time.Hour)
		if n := len(slack.times()); n != 1 || s.State().Connected != 1 {
			t.Errorf("opened %d times in a day, state %+v", n, s.State())
		}
		quiet()
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestSocket_RenewsASilentConnection(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		s, stop := slack.start(SocketConfig{Take: (&taken{}).take, Connections: 1})
		p := slack.next()
		p.hello()
		began := time.Now()
		<-p.ended
		if d := time.Since(began); d != staleAfter {
			t.Errorf("waited %s for a sign of life", d)
		}
		p = slack.next()
		if d := time.Since(began); d > staleAfter+time.Second {
			t.Errorf("the next came after %s", d)
		}
		if s.State().Trouble == "" {
			t.Error("the state does not say why")
		}
		p.hello()
		synctest.Wait()
		if st := s.State(); st.Trouble != "" || st.Connected != 1 {
			t.Errorf("the state is %+v", st)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestSocket_WaitsForHelloOnlySoLong(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		_, stop := slack.start(SocketConfig{Take: (&taken{}).take, Connections: 1})
		p := slack.next()
		quiet := p.ping()
		began := time.Now()
		<-p.ended
		if d := time.Since(began); d != helloWithin {
			t.Errorf("waited %s for hello", d)
		}
		quiet()
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// TestSocket_RefreshHasNoGap has Slack close the connection after a warning,
// or at once, while it sends a delivery every 100 ms to one that is open.
func TestSocket_RefreshHasNoGap(t *testing.T) {
	for _, reason := range []string{"warning", "refresh_requested"} {
		t.Run(reason, func(t *testing.T) {
			bubble(t, func(t *testing.T, slack *fake) {
				var got taken
				s, stop := slack.start(SocketConfig{Take: got.take, Connections: 2})
				a, b := slack.next(), slack.next()
				a.hello()
				b.hello()
				quiet := []func(){a.ping(), b.ping()}
				time.Sleep(time.Hour)
				opened := time.Now()
				a.disconnect(reason)
				next := slack.next()
				next.hello()
				quiet = append(quiet, next.ping())
				if d := time.Since(opened); d != 0 {
					t.Errorf("the next one came after %s", d)
				}
				// The old one is read on, and acknowledges, until Slack closes it.
				for n := range 90 {
					for _, p := range []*peer{a, b, next} {
						p.send(event(fmt.Sprint("e", n), fmt.Sprint(n)))
						if id, _ := acked(t, <-p.in); id != fmt.Sprint("e", n) {
							t.Fatalf("acknowledged %s", id)
						}
					}
					time.Sleep(100 * time.Millisecond)
				}
				a.disconnect("refresh_requested")
				synctest.Wait()
				_ = a.ws.Close()
				<-a.ended
				synctest.Wait()
				if st := s.State(); st.Connected != 2 || len(slack.times()) != 3 || len(got.all()) != 270 {
					t.Errorf("state %+v, %d opened, %d taken", st, len(slack.times()), len(got.all()))
				}
				for _, q := range quiet {
					q()
				}
				if err := stop(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestSocket_LeavesAConnectionThatSlackForgetsToClose(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		_, stop := slack.start(SocketConfig{Take: (&taken{}).take, Connections: 1})
		p := slack.next()
		p.hello()
		quiet := p.ping()
		began := time.Now()
		p.disconnect("warning")
		<-p.ended
		if d := time.Since(began); d != drainFor {
			t.Errorf("left it after %s", d)
		}
		quiet()
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestSocket_SurvivesACloseInMidFrame(t *testing.T) {
	for name, frame := range map[string][]byte{
		"in the header":            {0x81},
		"in the length":            {0x81, 126, 1},
		"in the text":              append([]byte{0x81, 126, 1, 0}, `{"envelope_id":"cut"`...),
		"a reserved opcode":        {0x83, 1, 'x'},
		"a text of 2 GB":           {0x81, 127, 0, 0, 0, 0, 0x80, 0, 0, 0},
		"a text beyond the limit":  {0x81, 127, 0, 0, 0, 0, 0, 0x20, 0, 0},
		"a close without a reason": {0x88, 0},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, slack *fake) {
				var got taken
				_, stop := slack.start(SocketConfig{Take: got.take, Connections: 1})
				p := slack.next()
				p.hello()
				began := time.Now()
				if _, err := p.ws.NetConn().Write(frame); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				select {
				case <-p.ended:
				default:
					if strings.Contains(name, "text of") || strings.Contains(name, "beyond") {
						t.Error("waits for a text that is too long")
					}
				}
				_ = p.ws.Close()
				next := slack.next()
				if d := time.Since(began); d > time.Second {
					t.Errorf("the next one came after %s", d)
				}
				next.hello()
				next.send(event("cut", "1.1"))
				if id, _ := acked(t, <-next.in); id != "cut" || len(got.all()) != 1 {
					t.Errorf("acknowledged %s, took %d", id, len(got.all()))
				}
				if err := stop(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestSocket_AcknowledgesWhatCannotBeRead(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		var got taken
		var log bytes.Buffer
		s, stop := slack.start(SocketConfig{Take: got.take, Connections: 1, Log: slog.New(slog.NewTextHandler(&log, nil))})
		p := slack.next()
		p.hello()
		bad := []string{
			`{"envelope_id":"b0","type":"events_api","payload":{"secret text`,
			`{"type":"events_api","payload":"secret text","envelope_id" : "b1"`,
			`{"envelope_id":"b2","type":"events_api","payload":"secret text"}`,
			`{"envelope_id":"b3","type":"events_api"}`,
			`{"envelope_id":"b4","type":7,"payload":{}}`,
			`{"envelope_id":"b5","type":"events_api","payload":` + strings.Repeat("[", 3000) + strings.Repeat("]", 3000) + `}`,
			`{"envelope_id":"b6","type":"events_api","payload":{"event":{"type":"message","text":"` + strings.Repeat("x", 70_000) + `"}}}`,
			`{"envelope_id":"b7","type":"slash_commands","payload":[]}`,
			`{"envelope_id":"b8","type":"interactive","payload":null}`,
			`{"envelope_id":"b9","type":"interactive","payload":{"type":"block_actions","type":"shortcut"}}`,
		}
		for n, s := range bad {
			p.send(s)
			if id, payload := acked(t, <-p.in); id != fmt.Sprint("b", n) || payload != nil {
				t.Errorf("acknowledged %q with %s, want b%d", id, payload, n)
			}
		}
		for _, s := range []string{"", "no json", "[1,2]", `{"type":"events_api"`, "\x00\xff", "null", "7"} {
			p.send(s)
		}
		p.send(event("good", "1.1"))
		if id, _ := acked(t, <-p.in); id != "good" || len(got.all()) != 1 || len(slack.times()) != 1 {
			t.Errorf("acknowledged %q, took %d, opened %d times", id, len(got.all()), len(slack.times()))
		}
		if n := s.State().Unread; n < int64(len(bad)) {
			t.Errorf("counted %d", n)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
		if strings.Contains(log.String(), "secret") || !strings.Contains(log.String(), "could not be read") {
			t.Errorf("the log is %s", log.String())
		}
	})
}

func TestSocket_WhatIsNotTakenIsSentAgainOrSaid(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		got := taken{err: errors.New("the store is down")}
		_, stop := slack.start(SocketConfig{Take: got.take, Connections: 1})
		p := slack.next()
		p.hello()
		p.send(event("e1", "1.1"))
		synctest.Wait()
		p.send(command("e2"))
		if id, payload := acked(t, <-p.in); id != "e2" || !strings.Contains(string(payload), "Sorry") || !strings.Contains(string(payload), "ephemeral") {
			t.Errorf("acknowledged %s with %s", id, payload)
		}
		p.send(`{"envelope_id":"e3","type":"interactive","accepts_response_payload":true,"payload":{"type":"view_submission"}}`)
		synctest.Wait()
		got.mu.Lock()
		got.err = nil
		got.mu.Unlock()
		p.send(strings.Replace(event("e1", "1.1"), `"retry_attempt":0`, `"retry_attempt":1`, 1))
		if id, _ := acked(t, <-p.in); id != "e1" {
			t.Errorf("acknowledged %s", id)
		}
		if last := got.all()[3]; last.Retry != 1 || last.Keys[0] != got.all()[0].Keys[0] {
			t.Errorf("the second time it is %+v", last)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
		if len(p.in) != 0 {
			t.Errorf("%d more acknowledgements", len(p.in))
		}
	})
}

func TestSocket_AStuckTakerHoldsUpNothing(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		release := make(chan struct{})
		s, stop := slack.start(SocketConfig{Connections: 1, Take: func(_ context.Context, d Delivery) (any, error) {
			if d.Kind == KindCommand && strings.Contains(d.Keys[0], "stuck") {
				<-release
			}
			return nil, nil
		}})
		p := slack.next()
		p.hello()
		began := time.Now()
		p.send(command("stuck"))
		p.send(event("e1", "1.1"))
		if id, _ := acked(t, <-p.in); id != "e1" || time.Since(began) != 0 {
			t.Errorf("acknowledged %s after %s", id, time.Since(began))
		}
		if id, payload := acked(t, <-p.in); id != "stuck" || time.Since(began) != Limit || !strings.Contains(string(payload), "Sorry") {
			t.Errorf("acknowledged %s after %s with %s", id, time.Since(began), payload)
		}
		if s.State().Connected != 1 {
			t.Errorf("the state is %+v", s.State())
		}
		close(release)
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestSocket_RefusesAnAcknowledgementThatSlackWouldDrop(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		var log bytes.Buffer
		var mu sync.Mutex
		size, most := 0, 0
		_, stop := slack.start(SocketConfig{Connections: 1, Log: slog.New(slog.NewTextHandler(&log, nil)), Take: func(_ context.Context, d Delivery) (any, error) {
			mu.Lock()
			defer mu.Unlock()
			most = d.MaxAnswer
			return strings.Repeat("x", size-2), nil
		}})
		p := slack.next()
		p.hello()
		for n, want := range map[int]bool{10: true, 19_000: true, 20_480: false, 300_000: false} {
			mu.Lock()
			size = n
			mu.Unlock()
			p.send(command("e"))
			if _, payload := acked(t, <-p.in); (len(payload) == n) != want {
				t.Errorf("an answer of %d bytes: sent %d", n, len(payload))
			}
		}
		// To the byte: the whole message stays below the limit.
		for _, over := range []int{0, 1} {
			mu.Lock()
			size = most + over
			mu.Unlock()
			p.send(command("e"))
			if got := <-p.in; (len(got) == maxAck-1) != (over == 0) {
				t.Errorf("%d bytes more than it may have: sent %d", over, len(got))
			}
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
		if strings.Count(log.String(), errAnswer.Error()) != 3 {
			t.Errorf("the log is %s", log.String())
		}
	})
}

func TestConn_NeverSendsWhatSlackWouldDrop(t *testing.T) {
	var c conn // would panic if it sent something
	for _, n := range []int{maxAck, 20_480, 1 << 20} {
		if err := c.acknowledge("e1", []byte(`"`+strings.Repeat("x", n)+`"`)); !errors.Is(err, errAnswer) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestSocket_StopFinishesWhatWasBegun(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		_, stop := slack.start(SocketConfig{Connections: 1, Take: func(ctx context.Context, _ Delivery) (any, error) {
			time.Sleep(2 * time.Second)
			return nil, ctx.Err()
		}})
		p := slack.next()
		p.hello()
		p.send(event("e1", "1.1"))
		synctest.Wait()
		if err := stop(); err != nil {
			t.Error(err)
		}
		if id, _ := acked(t, <-p.in); id != "e1" {
			t.Errorf("acknowledged %s", id)
		}
	})
}

func TestSocket_TooManyConnections(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		s, stop := slack.start(SocketConfig{Take: (&taken{}).take, Connections: 1})
		for n := range 3 {
			began := time.Now()
			p := slack.next()
			if d := time.Since(began); n > 0 && (d < crowdedWait || d > maxWait) {
				t.Errorf("came back after %s", d)
			}
			p.disconnect("too_many_websockets")
			synctest.Wait()
			_ = p.ws.Close()
			if !strings.Contains(s.State().Trouble, "too_many_websockets") {
				t.Errorf("the state is %+v", s.State())
			}
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestSocket_LinkDisabledEndsAll(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		c := SocketConfig{Take: (&taken{}).take, AppToken: "xapp-1-test", APIURL: "http://slack.test/api", Dial: slack.dial}
		s := NewSocket(c)
		ended := make(chan error, 1)
		go func() { ended <- s.Run(t.Context()) }()
		a, b := slack.next(), slack.next()
		a.hello()
		b.hello()
		a.disconnect("link_disabled")
		if err := <-ended; !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "link_disabled") {
			t.Errorf("ended with %v", err)
		}
		if st := s.State(); st.Connected != 0 || !strings.Contains(st.Trouble, "link_disabled") || len(slack.times()) != 2 {
			t.Errorf("state %+v, opened %d", st, len(slack.times()))
		}
	})
}

func TestSocket_ARefusedTokenEndsAll(t *testing.T) {
	for _, why := range []string{"invalid_auth", "not_authed", "account_inactive", "token_revoked", "not_allowed_token_type", "missing_scope"} {
		t.Run(why, func(t *testing.T) {
			bubble(t, func(t *testing.T, slack *fake) {
				slack.open = func(int) (int, string) { return 200, `{"ok":false,"error":"` + why + `"}` }
				s := NewSocket(SocketConfig{Take: (&taken{}).take, AppToken: "xapp-1-test", APIURL: "http://slack.test/api/", Dial: slack.dial})
				err := s.Run(t.Context())
				if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), why) || strings.Contains(err.Error(), "xapp") {
					t.Errorf("ended with %v", err)
				}
			})
		})
	}
	if err := NewSocket(SocketConfig{}).Run(t.Context()); !errors.Is(err, ErrRefused) {
		t.Errorf("without a token it ended with %v", err)
	}
}

func TestSocket_TriesAgainLaterEachTime(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		answers := []struct {
			status int
			body   string
		}{
			{500, "broken"},
			{200, "no json"},
			{200, `{"ok":false,"error":"internal_error"}`},
			{404, "not found"},
			{429, "100"},
			{200, `{"ok":true,"url":"http://slack.test/link"}`},
			{200, `{"ok":true,"url":"ws://slack.test/link?ticket=secret-ticket"}`},
			{200, `{"ok":true,"url":"://secret-ticket"}`},
			{200, `{"ok":true,"url":"ws://elsewhere.test/link?ticket=secret-ticket"}`},
		}
		slack.open = func(n int) (int, string) {
			if n > len(answers) {
				return 0, ""
			}
			return answers[n-1].status, answers[n-1].body
		}
		var log bytes.Buffer
		s, stop := slack.start(SocketConfig{Take: (&taken{}).take, Connections: 1, Log: slog.New(slog.NewTextHandler(&log, nil))})
		p := slack.next()
		p.hello()
		synctest.Wait()
		if st := s.State(); st.Connected != 1 || st.Trouble != "" {
			t.Errorf("the state is %+v", st)
		}
		times := slack.times()
		if len(times) != len(answers)+1 {
			t.Fatalf("opened %d times", len(times))
		}
		for n := range answers {
			least, most := pauseBounds(n + 1)
			if answers[n].status == http.StatusTooManyRequests {
				least, most = 100*time.Second, 100*time.Second
			}
			if d := times[n+1].Sub(times[n]); d < least || d > most {
				t.Errorf("after %d failures it waited %s, want %s to %s", n+1, d, least, most)
			}
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
		for _, secret := range []string{"secret-ticket", "xapp-1"} {
			if strings.Contains(log.String(), secret) {
				t.Errorf("the log has %s: %s", secret, log.String())
			}
		}
	})
}

func pauseBounds(failures int) (least, most time.Duration) {
	most = min(minWait<<(failures-1), maxWait)
	return most / 2, most
}

func TestSocket_AnUnencryptedConnectionIsNotMadeForAnEncryptedAPI(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewSocket(SocketConfig{Take: (&taken{}).take, AppToken: "xapp-1-test", Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("dialled")
		}})
		s.http.Transport = answer(`{"ok":true,"url":"ws://wss-primary.slack.com/link/?ticket=secret"}`)
		_, err := s.open(t.Context())
		if err == nil || strings.Contains(err.Error(), "dialled") || strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v", err)
		}
		s.http.Transport = answer(`{"ok":true,"url":"wss://wss-primary.slack.com/link/?ticket=secret"}`)
		if _, err = s.open(t.Context()); err == nil || !strings.Contains(err.Error(), "dialled") || strings.Contains(err.Error(), "secret") {
			t.Errorf("got %v", err)
		}
	})
}

// answer is a transport that always answers the same.
type answer string

func (a answer) RoundTrip(r *http.Request) (*http.Response, error) {
	w := newRecorder()
	_, _ = w.WriteString(string(a))
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

func TestSocket_FlappingIsSlowedDown(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		_, stop := slack.start(SocketConfig{Take: (&taken{}).take, Connections: 1})
		began := time.Now()
		for range 12 {
			p := slack.next()
			p.hello()
			synctest.Wait()
			_ = p.ws.Close()
		}
		if d := time.Since(began); d < 2*time.Minute {
			t.Errorf("connected 12 times in %s", d)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestSocket_EachConnectionWorksAlone(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		var got taken
		s, stop := slack.start(SocketConfig{Take: got.take})
		a, b := slack.next(), slack.next()
		a.hello()
		b.hello()
		_ = a.ws.Close()
		<-a.ended
		// While the other one comes back, this one goes on.
		b.send(event("e1", "1.1"))
		if id, _ := acked(t, <-b.in); id != "e1" {
			t.Errorf("acknowledged %s", id)
		}
		c := slack.next()
		c.hello()
		c.send(event("e2", "2.2"))
		if id, _ := acked(t, <-c.in); id != "e2" || len(got.all()) != 2 {
			t.Errorf("acknowledged %s, took %d", id, len(got.all()))
		}
		synctest.Wait()
		if st := s.State(); st.Connected != 2 {
			t.Errorf("the state is %+v", st)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestSocket_ManyAtOnceAreAllAcknowledged(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		var got taken
		_, stop := slack.start(SocketConfig{Connections: 1, Take: func(ctx context.Context, d Delivery) (any, error) {
			time.Sleep(time.Second)
			return got.take(ctx, d)
		}})
		p := slack.next()
		p.hello()
		for n := range 400 {
			p.send(event(fmt.Sprint("e", n), fmt.Sprint(n)))
		}
		ids := map[string]bool{}
		for range 400 {
			id, _ := acked(t, <-p.in)
			ids[id] = true
		}
		if len(ids) != 400 || len(got.all()) != 400 {
			t.Errorf("acknowledged %d, took %d", len(ids), len(got.all()))
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// What Slack had to say while there was no connection may never come, so that
// nothing that was known before may be believed.
func TestSocket_SaysThatSomethingMayHaveBeenMissed(t *testing.T) {
	bubble(t, func(t *testing.T, slack *fake) {
		var missed atomic.Int64
		_, stop := slack.start(SocketConfig{Take: (&taken{}).take, Connections: 2, Missed: func() { missed.Add(1) }})
		a, b := slack.next(), slack.next()
		quietA := a.ping()
		quietB := b.ping()
		a.hello()
		b.hello()
		synctest.Wait()
		quietA()
		<-a.ended
		c := slack.next()
		quietC := c.ping()
		c.hello()
		synctest.Wait()
		if n := missed.Load(); n != 0 {
			t.Errorf("said %d times, though there always was a connection", n)
		}
		quietB()
		quietC()
		<-b.ended
		<-c.ended
		d, e := slack.next(), slack.next()
		d.hello()
		e.hello()
		synctest.Wait()
		if n := missed.Load(); n != 1 {
			t.Errorf("said %d times after there was none", n)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

func TestSocket_ATokenThatNoRequestCanHoldIsNotTriedForEver(t *testing.T) {
	for _, token := range []string{"xapp-1\n", "xapp-1 2", "xapp-1\x1b"} {
		s := NewSocket(SocketConfig{AppToken: chat.Secret(token), APIURL: "http://127.0.0.1:1/"})
		if err := s.Run(t.Context()); !errors.Is(err, ErrRefused) || strings.Contains(err.Error(), "xapp") {
			t.Errorf("%q: %v", token, err)
		}
	}
}
