package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestServe_AnswersAndStopsCleanly starts the whole program on a free port,
// asks it a question as a browser without JavaScript does, and ends it while
// another answer is in flight.
func TestServe_AnswersAndStopsCleanly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	copyDemo(t, dir)
	addr := freeAddr(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	env := map[string]string{"INSIGHTBOT_DATA": dir, "INSIGHTBOT_LOG_FORMAT": "json"}
	log, logged := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--addr", addr}, func(k string) string { return env[k] }, strings.NewReader(""), io.Discard, logged)
		logged.Close() //nolint:errcheck // a pipe
	}()
	var lines []string
	var wg sync.WaitGroup
	wg.Go(func() {
		for in := bufio.NewScanner(log); in.Scan(); {
			lines = append(lines, in.Text())
		}
	})
	base := "http://" + addr
	if !waitFor(t, base+"/healthz", ended) {
		logged.Close() //nolint:errcheck // a pipe
		wg.Wait()
		t.Fatalf("serve does not serve:\n%s", strings.Join(lines, "\n"))
	}

	client := newBrowser(t)
	page := client.post(t, base+"/chat/general", url.Values{"q": {"how many people signed up last week?"}})
	if !strings.Contains(page, "Sign-ups") && !strings.Contains(page, "sign-ups") {
		t.Errorf("the page holds no answer:\n%.2000s", page)
	}
	inFlight := make(chan string, 1)
	go func() {
		inFlight <- client.post(t, base+"/chat/general", url.Values{"q": {"weekly active users last 12 months"}})
	}()
	time.Sleep(20 * time.Millisecond)
	stop()
	select {
	case code := <-ended:
		if code != exitOK {
			t.Errorf("exit code %d, want 0", code)
		}
	case <-time.After(60 * time.Second):
		t.Fatal("the program did not stop")
	}
	select {
	case page := <-inFlight:
		if page != "" && !strings.Contains(strings.ToLower(page), "active users") {
			t.Errorf("the answer in flight was cut off:\n%.2000s", page)
		}
	case <-time.After(10 * time.Second):
		t.Error("the request in flight never ended")
	}
	wg.Wait()
	out := strings.Join(lines, "\n")
	for _, want := range []string{"saved insights. Playground: http://" + addr, "insightbot chat", "Slack is not connected"} {
		if !strings.Contains(out, want) {
			t.Errorf("serve does not say %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "signed up last week") {
		t.Errorf("a question stands in the log:\n%s", out)
	}
}

// freeAddr is a loopback address that nobody listens on.
func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // nothing was accepted
	return l.Addr().String()
}

// waitFor polls an address until it answers; false when the program ended or
// it never did.
func waitFor(t testing.TB, address string, ended <-chan int) bool {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline) && len(ended) == 0; time.Sleep(50 * time.Millisecond) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close() //nolint:errcheck // only its arrival counts
			return true
		}
	}
	return false
}
