package main

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"insightbot/chat"
)

// benchQuestion is the question of the README.
const benchQuestion = "how many people signed up last week by country?"

// benchWiring is the bot over the demo company.
func benchWiring(b *testing.B) *wiring {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "data")
	copyDemo(b, dir)
	env := map[string]string{"INSIGHTBOT_DATA": dir}
	a := &app{getenv: func(k string) string { return env[k] }, in: strings.NewReader(""), out: io.Discard, errOut: io.Discard}
	c, err := a.settings()
	if err != nil {
		b.Fatal(err)
	}
	w, err := a.wire(b.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := w.close(); err != nil {
			b.Error(err)
		}
	})
	return w
}

// BenchmarkAsk answers one question: the whole way but for the picture, and
// with the pictures of both themes.
func BenchmarkAsk(b *testing.B) {
	w := benchWiring(b)
	request := func() *chat.Request {
		return &chat.Request{
			Ref: newRef(), Call: chat.Call{Command: "ask", Args: chat.Args{"q": benchQuestion}},
			Place: terminalPlace(), User: chat.User{ID: "mia", Guest: chat.No, External: chat.No}, At: time.Now(), Themes: []chat.Theme{chat.Light, chat.Dark},
		}
	}
	if a := w.bot.Ask(b.Context(), request()); a.Outcome != chat.OutcomeAnswer {
		b.Fatalf("outcome %q", a.Outcome)
	}
	b.Run("without-rendering", func(b *testing.B) {
		for b.Loop() {
			w.bot.Ask(b.Context(), request())
		}
	})
	b.Run("with-two-pictures", func(b *testing.B) {
		for b.Loop() {
			if _, err := w.handler.Answer(b.Context(), request()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkStart starts the program in a process of its own: to the first
// answer on a machine that never ran it, and once its data is there.
func BenchmarkStart(b *testing.B) {
	program := build(b)
	ask := func(b *testing.B, dir string) {
		b.Helper()
		cmd := exec.CommandContext(b.Context(), program, "ask", "--json", benchQuestion)
		cmd.Env = append(os.Environ(), "INSIGHTBOT_DATA="+dir)
		var out bytes.Buffer
		cmd.Stdout = &out
		if err := cmd.Run(); err != nil {
			b.Fatalf("%v: %s", err, out.String())
		}
	}
	b.Run("first-ever", func(b *testing.B) {
		for b.Loop() {
			ask(b, filepath.Join(b.TempDir(), "data"))
		}
	})
	b.Run("cold", func(b *testing.B) {
		dir := filepath.Join(b.TempDir(), "data")
		copyDemo(b, dir)
		for b.Loop() {
			ask(b, dir)
		}
	})
}

// BenchmarkServe reports what the program takes at rest: its memory after the
// first answers, and the size of the file.
func BenchmarkServe(b *testing.B) {
	program := build(b)
	dir := filepath.Join(b.TempDir(), "data")
	copyDemo(b, dir)
	addr := freeAddr(b)
	cmd := exec.CommandContext(b.Context(), program, "serve", "--addr", addr)
	cmd.Env = append(os.Environ(), "INSIGHTBOT_DATA="+dir)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		cmd.Process.Signal(os.Interrupt) //nolint:errcheck // it may have ended
		cmd.Wait()                       //nolint:errcheck // stopped on purpose
	}()
	if !waitFor(b, "http://"+addr+"/healthz", nil) {
		b.Fatal("serve does not serve")
	}
	client := newBrowser(b)
	for b.Loop() {
		client.post(b, "http://"+addr+"/chat/general", map[string][]string{"q": {benchQuestion}})
	}
	b.ReportMetric(residentMB(b, cmd.Process.Pid), "MB-resident")
	info, err := os.Stat(program)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(info.Size())/1e6, "MB-binary")
}

// build compiles the program as it is released.
func build(b *testing.B) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "insightbot")
	cmd := exec.CommandContext(b.Context(), "go", "build", "-o", program, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	return program
}

// residentMB is the resident memory of a process; 0 where it cannot be read.
func residentMB(b *testing.B, pid int) float64 {
	b.Helper()
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmRSS:" {
			kb, err := strconv.ParseFloat(f[1], 64)
			if err != nil {
				b.Fatal(err)
			}
			return kb / 1000
		}
	}
	return 0
}
