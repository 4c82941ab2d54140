package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	sqlsource "insightbot/source/sql"
)

// TestMain makes this test binary the program as well, so that stories run it
// in processes of their own.
func TestMain(m *testing.M) {
	testscript.Main(tidy{m}, map[string]func(){
		"insightbot": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)) //nolint:gocritic // the process ends
		},
	})
}

// tidy removes the demo data after the tests.
type tidy struct{ *testing.M }

func (t tidy) Run() int {
	code := t.M.Run()
	if dir, err := demoDir(); err == nil {
		os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	}
	return code
}

// TestStories runs the stories of testdata/script: each tells one thing a
// person does with the program.
func TestStories(t *testing.T) {
	data := demoData(t)
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"mkdb": makeDatabase, "patch": patchFile},
		Setup: func(e *testscript.Env) error {
			e.Setenv("INSIGHTBOT_DATA", filepath.Join(e.WorkDir, "data"))
			e.Setenv("USER", "mia")
			return copyDir(data, filepath.Join(e.WorkDir, "data"))
		},
	})
}

// makeDatabase is the command "mkdb FILE SCRIPT" of stories: it runs SQL on a
// new SQLite file.
func makeDatabase(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mkdb FILE SCRIPT")
	}
	ctx := context.Background()
	db, err := sqlsource.Create(ctx, ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = db.ExecContext(ctx, ts.ReadFile(args[1]))
	ts.Check(errors.Join(err, db.Close()))
}

// patchFile is the command "patch FILE OLD NEW" of stories: it writes NEW over
// the one place where OLD stands in a file of any kind, as somebody does who
// has the disk and no key.
func patchFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 || len(args[1]) != len(args[2]) {
		ts.Fatalf("usage: patch FILE OLD NEW, with OLD and NEW of one length")
	}
	data := []byte(ts.ReadFile(args[0]))
	if n := bytes.Count(data, []byte(args[1])); n != 1 {
		ts.Fatalf("%q stands in %s %d times", args[1], args[0], n)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), bytes.Replace(data, []byte(args[1]), []byte(args[2]), 1), 0o600))
}
