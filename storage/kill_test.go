package storage

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// killedVar tells a copy of this test binary which file to write to until it
// is killed.
const killedVar = "STORAGE_TEST_WRITE_UNTIL_KILLED"

// TestMain lets this binary be the process that the test below kills.
func TestMain(m *testing.M) {
	if path := os.Getenv(killedVar); path != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(path))
		os.Exit(3)
	}
	os.Exit(m.Run())
}

func writeUntilKilled(path string) error {
	ctx := context.Background()
	s, err := Open(ctx, path, Options{})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		ref := fmt.Sprintf("%d-%d", os.Getpid(), i)
		if err := s.RecordAsk(ctx, ask(ref)); err != nil {
			return err
		}
		// The line is the acknowledgement, so it must not wait in a buffer.
		if _, err := fmt.Fprintln(os.Stdout, "ack", ref); err != nil {
			return err
		}
	}
}

func TestStore_KillLosesNoAcknowledgedRow(t *testing.T) {
	path := newPath(t)
	acknowledged := make(map[string]bool)
	for round := range 5 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), killedVar+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		// Each round is killed at another moment of a write.
		for seen := 0; lines.Scan(); {
			ref, ok := strings.CutPrefix(lines.Text(), "ack ")
			if !ok {
				continue
			}
			acknowledged[ref] = true
			if seen++; seen == 40+7*round {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("the writer ended with %v, want to have been killed", err)
		}
	}

	s := reopen(t, path)
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	asks, err := s.Recent(t.Context(), "hash-of-mia", -1)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range asks {
		delete(acknowledged, a.Ref)
	}
	if len(asks) < 5*40 || len(acknowledged) > 0 {
		t.Errorf("%d rows, %d acknowledged ones are lost: %v", len(asks), len(acknowledged), acknowledged)
	}
}
