package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"insightbot/chat"
)

// every is a call of each method, through what is exported.
func every() map[string]func(ctx context.Context, c *Client) error {
	m := Message{Text: "hello"}
	modal := slack.ModalViewRequest{Type: slack.VTModal, Title: slack.NewTextBlockObject(slack.PlainTextType, "T", false, false)}
	png := chat.File{Name: "a.png", Type: "image/png", Data: []byte("PNG")}
	upload := func(ctx context.Context, c *Client) error {
		_, err := c.Upload(ctx, png, "alt", "title", To{})
		return err
	}
	return map[string]func(ctx context.Context, c *Client) error{
		"chat.postMessage": func(ctx context.Context, c *Client) error {
			_, err := c.Post(ctx, To{Channel: "C0X"}, m)
			return err
		},
		"chat.postEphemeral": func(ctx context.Context, c *Client) error {
			return c.Ephemeral(ctx, To{Channel: "C0X"}, "U0AAA1", m)
		},
		"chat.update": func(ctx context.Context, c *Client) error { return c.Update(ctx, "C0X", "1.2", m) },
		"chat.delete": func(ctx context.Context, c *Client) error { return c.Delete(ctx, "C0X", "1.2") },
		"chat.unfurl": func(ctx context.Context, c *Client) error {
			return c.Unfurl(ctx, UnfurlTo{ID: "u", Source: "composer"}, map[string]Message{"https://x": m})
		},
		"reactions.add":    func(ctx context.Context, c *Client) error { return c.React(ctx, "C0X", "1.2", "eyes") },
		"reactions.remove": func(ctx context.Context, c *Client) error { return c.Unreact(ctx, "C0X", "1.2", "eyes") },
		"views.open": func(ctx context.Context, c *Client) error {
			_, _, err := c.OpenView(ctx, "trigger", modal)
			return err
		},
		"views.update": func(ctx context.Context, c *Client) error { return c.UpdateView(ctx, "V1", "h", modal) },
		"views.publish": func(ctx context.Context, c *Client) error {
			return c.PublishHome(ctx, "U0AAA1", slack.HomeTabViewRequest{Type: slack.VTHomeTab})
		},
		"assistant.threads.setStatus":           func(ctx context.Context, c *Client) error { return c.Status(ctx, "D0X", "1.2", "is looking") },
		"assistant.threads.setSuggestedPrompts": func(ctx context.Context, c *Client) error { return c.Prompts(ctx, "D0X", "", []string{"how many?"}) },
		"conversations.open": func(ctx context.Context, c *Client) error {
			_, err := c.Direct(ctx, "U0AAA1")
			return err
		},
		"conversations.info": func(ctx context.Context, c *Client) error {
			_, err := c.Place(ctx, "C0X", false)
			return err
		},
		"conversations.members": func(ctx context.Context, c *Client) error {
			_, err := c.Member(ctx, "C0X", "U0AAA1")
			return err
		},
		"users.list": func(ctx context.Context, c *Client) error {
			_, err := c.Place(ctx, "C0X", false)
			return err
		},
		"users.info": func(ctx context.Context, c *Client) error {
			_, err := c.User(ctx, "U0AAA1", "")
			return err
		},
		"files.getUploadURLExternal":   upload,
		"upload":                       upload,
		"files.completeUploadExternal": upload,
		"files.info":                   upload,
		"files.delete":                 func(ctx context.Context, c *Client) error { return c.DeleteFile(ctx, "F1") },
		"auth.test": func(ctx context.Context, c *Client) error {
			_, err := Identify(ctx, c.config, theToken)
			return err
		},
		"response_url": func(ctx context.Context, c *Client) error {
			return c.Respond(ctx, strings.TrimSuffix(c.config.BaseURL, "api/")+"response_url", Response{Message: m})
		},
	}
}

// obliging makes the fake answer every method well.
func (f *fake) obliging() {
	f.workspace(flags(nil), "member")
	for method, answer := range map[string]string{
		"chat.postMessage": `{"ok":true,"channel":"C0X","ts":"1.5","message":{"ts":"1.5"}}`,
		"views.open":       `{"ok":true,"view":{"id":"V1","hash":"h1"}}`, "conversations.open": `{"ok":true,"channel":{"id":"D0X"}}`,
		"auth.test":                  `{"ok":true,"team":"Acme","team_id":"` + ourTeam + `","user_id":"` + ourBot + `"}`,
		"files.getUploadURLExternal": `{"ok":true,"file_id":"F1","upload_url":"` + f.server.URL + `/upload"}`,
		"files.info":                 `{"ok":true,"file":{"id":"F1","mimetype":"image/png"}}`,
		"upload":                     "OK - 3", "response_url": "ok", "/upload": "OK - 3", "/response_url": "ok",
	} {
		f.says(method, answer)
	}
	for _, method := range []string{
		"chat.postEphemeral", "chat.update", "chat.delete", "chat.unfurl", "reactions.add", "reactions.remove", "views.update", "views.publish",
		"assistant.threads.setStatus", "assistant.threads.setSuggestedPrompts", "files.completeUploadExternal", "files.delete",
	} {
		f.says(method, `{"ok":true}`)
	}
}

// path is how the fake calls a method: what is no method has the whole path.
func path(method string) string {
	if method == methodUpload || method == methodRespond {
		return "/" + method
	}
	return method
}

func TestClient_EveryMethodIsInTheTable(t *testing.T) {
	for name := range methods {
		if _, ok := every()[name]; !ok && name != "usergroups.list" { // it fails softly, see the test of groups
			t.Errorf("%s is not called by any test", name)
		}
	}
	for name := range every() {
		if _, ok := methods[name]; !ok {
			t.Errorf("%s has no tier", name)
		}
	}
}

func TestClient_EveryMethodWaitsWhenToldTo(t *testing.T) {
	for name, call := range every() {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.obliging()
			must(t, call(t.Context(), f.client()))
			good, n := f.answers[path(name)], len(f.of(path(name)))

			c := f.client()
			left, wait := maxLimited, 7*time.Second
			if name == "views.open" {
				wait = time.Second // its trigger does not work for longer
			}
			f.handle(path(name), func(w http.ResponseWriter, r *http.Request) {
				if left--; left >= 0 {
					w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds())))
					w.WriteHeader(http.StatusTooManyRequests)
					fmt.Fprint(w, `{"ok":false,"error":"ratelimited"}`)
					return
				}
				good(w, r)
			})
			began := f.clock.Now()
			err := call(t.Context(), c)
			must(t, err)
			f.count(path(name), n+maxLimited+1)
			if took := f.clock.Now().Sub(began); took < maxLimited*wait {
				t.Errorf("waited %v in all", took)
			}

			// A storm that does not end.
			before := len(f.of(path(name)))
			left = 1000
			c = f.client()
			if err := call(t.Context(), c); !errors.Is(err, ErrBusy) {
				t.Errorf("error %v, want ErrBusy", err)
			}
			f.count(path(name), before+maxLimited+1)
		})
	}
}

func TestClient_ARateLimitInTheAnswerCountsToo(t *testing.T) {
	f := newFake(t)
	f.says("chat.update", `{"ok":false,"error":"ratelimited"}`)
	if err := f.client().Update(t.Context(), "C0X", "1.2", Message{Text: "x"}); !errors.Is(err, ErrBusy) {
		t.Errorf("error %v", err)
	}
	f.count("chat.update", maxLimited+1)
}

func TestClient_TheWholeMethodPauses(t *testing.T) {
	f := newFake(t)
	f.obliging()
	c := f.client()
	first := true
	f.handle("chat.update", func(w http.ResponseWriter, _ *http.Request) {
		if first {
			first = false
			w.Header().Set("Retry-After", "200")
			w.WriteHeader(http.StatusTooManyRequests)
		}
		fmt.Fprint(w, `{"ok":true}`)
	})
	m := Message{Text: "x"}
	began := f.clock.Now()
	// Longer than anybody waits: busy at once, and so is everybody else.
	for i := range 3 {
		if err := c.Update(t.Context(), fmt.Sprintf("C%d", i), "1.2", m); !errors.Is(err, ErrBusy) {
			t.Errorf("error %v", err)
		}
	}
	f.count("chat.update", 1)
	must(t, c.Delete(t.Context(), "C0X", "1.2")) // another method is free
	if f.clock.Now() != began {
		t.Errorf("waited %v", f.clock.Now().Sub(began))
	}
	f.clock.pass(150 * time.Second)
	// After the pause they do not come all at once.
	for range 3 {
		must(t, c.Update(t.Context(), "C0X", "1.2", m))
	}
	calls := f.of("chat.update")[1:]
	if at := calls[0].at.Sub(began); at < 200*time.Second {
		t.Errorf("went on after %v", at)
	}
	for i, s := range calls[1:] {
		if gap := s.at.Sub(calls[i].at); gap < time.Second {
			t.Errorf("%v between calls after a pause", gap)
		}
	}
}

func TestRetryAfter_IsBounded(t *testing.T) {
	now := newClock().Now()
	for header, want := range map[string]time.Duration{
		"30": 30 * time.Second, " 2 ": 2 * time.Second, "1.5": 1500 * time.Millisecond, "0": minPause, "0.2": minPause, "-5": minPause,
		"1e9": maxPause, "99999999999999999999999": maxPause, "Inf": maxPause, "-Inf": minPause, "NaN": defaultPause,
		"": defaultPause, "soon": defaultPause, "10 seconds": defaultPause,
		now.Add(42 * time.Second).Format(http.TimeFormat): 42 * time.Second,
		now.Add(-time.Hour).Format(http.TimeFormat):       minPause,
		now.Add(48 * time.Hour).Format(http.TimeFormat):   maxPause,
	} {
		if got := retryAfter(header, now, 1); got != want {
			t.Errorf("%q gives %v, want %v", header, got, want)
		}
	}
	if got := retryAfter("", now, 3); got != 4*defaultPause {
		t.Errorf("the third time without a word gives %v", got)
	}
	if got := retryAfter("", now, 1000); got != 32*defaultPause {
		t.Errorf("the thousandth time gives %v", got)
	}
}

func TestClient_OneMessageASecondAndChannel(t *testing.T) {
	f := newFake(t)
	f.obliging()
	c := f.client()
	for range 100 {
		_, err := c.Post(t.Context(), To{Channel: "C0BUSY"}, Message{Text: "x"})
		must(t, err)
	}
	calls := f.of("chat.postMessage")
	for i := range calls {
		// In any stretch of n seconds there are n messages, and the burst.
		for j := i; j < len(calls); j++ {
			if n := j - i + 1; float64(n) > calls[j].at.Sub(calls[i].at).Seconds()+channelBurst+0.001 {
				t.Fatalf("%d messages in %v", n, calls[j].at.Sub(calls[i].at))
			}
		}
	}
	if took := calls[99].at.Sub(calls[0].at); took < 96*time.Second || took > 100*time.Second {
		t.Errorf("100 messages took %v", took)
	}
	before := f.clock.Now()
	_, err := c.Post(t.Context(), To{Channel: "C0IDLE"}, Message{Text: "x"})
	must(t, err)
	if f.clock.Now() != before {
		t.Error("another channel waits too")
	}
}

func TestClient_ABurstToManyChannelsKeepsToTheTier(t *testing.T) {
	f := newFake(t)
	f.obliging()
	c := f.client()
	for i := range 400 {
		_, err := c.Post(t.Context(), To{Channel: fmt.Sprintf("C%d", i)}, Message{Text: "x"})
		must(t, err)
	}
	calls := f.of("chat.postMessage")
	most := 0
	for i := range calls {
		n := 0
		for j := i; j < len(calls) && calls[j].at.Sub(calls[i].at) < time.Minute; j++ {
			n++
		}
		most = max(most, n)
	}
	if most > postTier+postTier/burstPart {
		t.Errorf("%d messages in one minute", most)
	}
	if n := len(c.limiter.places); n > keptChannels {
		t.Errorf("%d channels are remembered", n)
	}
}

func TestLimiter_IsBusyAtOnceWhenItWouldBeTooLate(t *testing.T) {
	f := newFake(t)
	f.obliging()
	c := f.client()
	busy := 0
	began := f.clock.Now()
	// A clock that stands still but for the sleepers: as many at once.
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range 200 {
		wg.Go(func() {
			now := c.limiter.now()
			_, _, d := c.limiter.reserve(now, "chat.postMessage", "C0X", nil, nil)
			if !c.limiter.fits(t.Context(), now.Add(d).Sub(began), d) {
				mu.Lock()
				busy++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if want := 200 - channelBurst - int(maxWait.Seconds()); busy != want {
		t.Errorf("%d of 200 are busy, want %d", busy, want)
	}
	// One that has no time does not begin to wait, and takes nobody's turn.
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	l := newLimiter(f.clock.Now, f.clock.Sleep)
	for range channelBurst {
		must(t, l.wait(t.Context(), began, "chat.postMessage", "C0Y"))
	}
	l.pause("chat.postMessage", 30*time.Second)
	if err := l.wait(ctx, began, "chat.postMessage", "C0Y"); !errors.Is(err, ErrBusy) || len(f.clock.slept) != 0 {
		t.Errorf("error %v after %v", err, f.clock.slept)
	}
	if err := l.wait(ctx, began, "chat.update", "C0Y"); !errors.Is(err, ErrBusy) {
		t.Errorf("error %v", err)
	}
	must(t, l.wait(t.Context(), began, "chat.update", "C0Y"))
	if got := f.clock.slept[0]; got != time.Second {
		t.Errorf("waited %v: the turn that was given back is gone", got)
	}
}

func TestClient_OnlyReadsAreRepeated(t *testing.T) {
	for name, call := range every() {
		for kind, h := range map[string]http.HandlerFunc{
			"503":            answering(http.StatusServiceUnavailable, "<html>busy</html>"),
			"internal error": answering(http.StatusOK, `{"ok":false,"error":"internal_error"}`),
			"no JSON":        answering(http.StatusOK, "<html>"),
			"hang up": func(w http.ResponseWriter, _ *http.Request) {
				conn, _, err := http.NewResponseController(w).Hijack()
				if err == nil {
					_ = conn.Close()
				}
			},
		} {
			if name == methodUpload && (kind == "no JSON" || kind == "internal error") {
				continue // its answer is not JSON, and only the status counts
			}
			t.Run(name+" after "+kind, func(t *testing.T) {
				f := newFake(t)
				f.obliging()
				f.handle(path(name), h)
				if name == "files.completeUploadExternal" {
					// Whether it took is seen by the file; here it did not.
					f.says("files.info", `{"ok":false,"error":"file_not_found"}`)
				}
				err := call(t.Context(), f.client())
				if err == nil {
					t.Fatal("no error")
				}
				reads := methods[name].reads
				want := 1
				if reads {
					want += maxFailed
				}
				f.count(path(name), want)
				if errors.Is(err, ErrUnsure) == reads {
					t.Errorf("error %v, unsure %v", err, !reads)
				}
			})
		}
	}
}

func TestClient_AReadIsRepeatedUntilItWorks(t *testing.T) {
	f := newFake(t)
	f.obliging()
	good, times := f.answers["users.info"], 0
	f.handle("users.info", func(w http.ResponseWriter, r *http.Request) {
		if times++; times <= maxFailed {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		good(w, r)
	})
	if u, err := f.client().User(t.Context(), "U0AAA1", ""); err != nil || u.Guest != chat.No {
		t.Errorf("got %+v, %v", u, err)
	}
}

func TestClient_APostThatTimesOutIsUnsure(t *testing.T) {
	f := newFake(t)
	f.obliging()
	goOn := make(chan bool)
	f.handle("chat.postMessage", func(http.ResponseWriter, *http.Request) { <-goOn })
	defer close(goOn)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := f.client().Post(ctx, To{Channel: "C0X"}, Message{Text: "x"})
	if !errors.Is(err, ErrUnsure) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	f.count("chat.postMessage", 1)
	// One that ended before it went out did nothing for sure.
	if _, err = f.client().Post(ctx, To{Channel: "C0X"}, Message{Text: "x"}); err == nil || errors.Is(err, ErrUnsure) {
		t.Errorf("error %v", err)
	}
	f.count("chat.postMessage", 1)
}

func TestClient_NoConnectionIsNotUnsure(t *testing.T) {
	f := newFake(t)
	config := f.config()
	f.server.Close()
	_, err := New(config).Post(t.Context(), To{Channel: "C0X"}, Message{Text: "x"})
	if err == nil || errors.Is(err, ErrUnsure) || len(f.clock.slept) > 0 {
		t.Errorf("error %v after %v", err, f.clock.slept)
	}
}

func TestClient_FollowsNoRedirect(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("another host was called") }))
	defer other.Close()
	for name, call := range every() {
		for _, code := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
			f := newFake(t)
			f.obliging()
			f.handle(path(name), func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, code) })
			if err := call(t.Context(), f.client()); err == nil {
				t.Errorf("%s: no error after %d", name, code)
			}
		}
	}
}

func TestClient_AnAnswerWithoutEndIsCutOff(t *testing.T) {
	f := newFake(t)
	f.obliging()
	f.says("chat.update", `{"ok":true,"x":"`+strings.Repeat("x", 2000)+`"}`)
	c := f.client()
	must(t, c.Update(t.Context(), "C0X", "1.2", Message{Text: "x"}))
	c.longest = 2000
	if err := c.Update(t.Context(), "C0X", "1.2", Message{Text: "x"}); !errors.Is(err, errLong) || !errors.Is(err, ErrUnsure) {
		t.Errorf("error %v", err)
	}
}

func TestClient_TheTokenIsAskedForEachTime(t *testing.T) {
	f := newFake(t)
	f.obliging()
	config := f.config()
	n := 0
	gone := errors.New("gone")
	config.Token = func(context.Context) (chat.Secret, error) {
		if n++; n > 2 {
			return "", gone
		}
		return chat.Secret(fmt.Sprintf("xoxb-%d", n)), nil
	}
	c := New(config)
	must(t, c.Delete(t.Context(), "C0X", "1"))
	must(t, c.Delete(t.Context(), "C0X", "1"))
	if err := c.Delete(t.Context(), "C0X", "1"); !errors.Is(err, gone) || errors.Is(err, ErrUnsure) {
		t.Errorf("error %v", err)
	}
	calls := f.of("chat.delete")
	if len(calls) != 2 || calls[0].header.Get("Authorization") != "Bearer xoxb-1" || calls[1].header.Get("Authorization") != "Bearer xoxb-2" {
		t.Errorf("calls %+v", calls)
	}
	if calls[0].form.Get("token") != "" {
		t.Error("the token stands in the body")
	}
}
