package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestBackup_IsWholeWhileOthersWrite(t *testing.T) {
	s := newStore(t)
	for i := range 50 {
		if err := s.RecordAsk(t.Context(), ask(fmt.Sprint("before-", i))); err != nil {
			t.Fatal(err)
		}
	}
	var group sync.WaitGroup
	group.Go(func() {
		for i := range 50 {
			if err := s.RecordAsk(t.Context(), ask(fmt.Sprint("while-", i))); err != nil {
				t.Error(err)
			}
		}
	})
	dir := filepath.Join(t.TempDir(), "backups")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "copy.db")
	err := s.Backup(t.Context(), to)
	group.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("copy: %v, %v, want mode 0600", info, err)
	}

	restored := reopen(t, to)
	if err := restored.Check(t.Context()); err != nil {
		t.Error(err)
	}
	asks, err := restored.Recent(t.Context(), "hash-of-mia", -1)
	if err != nil || len(asks) < 50 {
		t.Errorf("the copy holds %d asks, %v, want at least the 50 from before", len(asks), err)
	}
}

func TestBackup_OverwritesNothingAndLeavesNothingBehind(t *testing.T) {
	s := newStore(t)
	dir := t.TempDir()
	taken := filepath.Join(dir, "taken")
	if err := os.WriteFile(taken, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), taken); !errors.Is(err, ErrExists) {
		t.Errorf("err = %v, want ErrExists", err)
	}
	if text, err := os.ReadFile(taken); err != nil || string(text) != "precious" {
		t.Errorf("the file in the way is now %q, %v", text, err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	half := filepath.Join(dir, "half")
	if err := vacuumInto(stopped, s.path, half); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want that it was stopped", err)
	}
	if _, err := os.Stat(half); err == nil {
		t.Error("a backup that was stopped left a file")
	}

	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(dir, "fresh")
	if err := s.Backup(t.Context(), fresh); !errors.Is(err, ErrClosed) {
		t.Errorf("err = %v, want ErrClosed", err)
	}
	if _, err := os.Stat(fresh); err == nil {
		t.Error("a failed backup left a file")
	}
}
