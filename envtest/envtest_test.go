package envtest_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"insightbot/envtest"
)

// recorder is a testing.TB that remembers how it ended instead of ending.
type recorder struct {
	testing.TB
	skipped, failed string
}

func (r *recorder) Helper()       {}
func (r *recorder) Skip(a ...any) { r.skipped = fmt.Sprint(a...) }
func (r *recorder) Fatalf(f string, a ...any) {
	r.failed = fmt.Sprintf(f, a...)
}

func TestShared_SkipsWithoutTheDataAndFailsWhereItIsRequired(t *testing.T) {
	t.Setenv(envtest.SharedVar, "")
	for _, tt := range []struct {
		require string
		failed  bool
	}{{"", false}, {"0", false}, {"1", true}} {
		t.Setenv(envtest.RequireSharedVar, tt.require)
		r := &recorder{TB: t}
		envtest.Shared(r, "data")
		if got := r.failed != ""; got != tt.failed {
			t.Errorf("required %q: failed = %q, want failure %v", tt.require, r.failed, tt.failed)
		}
		if got := r.skipped != ""; got == tt.failed {
			t.Errorf("required %q: skipped = %q", tt.require, r.skipped)
		}
		if !strings.Contains(r.skipped+r.failed, envtest.SharedVar) {
			t.Errorf("required %q: the reason does not name %s", tt.require, envtest.SharedVar)
		}
	}
}

func TestShared_JoinsAndRefusesAPathThatIsNotThere(t *testing.T) {
	root := t.TempDir()
	t.Setenv(envtest.SharedVar, root)
	if got := envtest.Shared(t); got != root {
		t.Errorf("got %q, want %q", got, root)
	}
	r := &recorder{TB: t}
	envtest.Shared(r, "data", "none.csv")
	if !strings.Contains(r.failed, filepath.Join(root, "data", "none.csv")) {
		t.Errorf("failed = %q, want the missing path", r.failed)
	}
}

func TestChromium_SkipsWithoutOneAndFailsWhereItIsRequired(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv(envtest.ChromiumVar, "")
	t.Setenv(envtest.RequireChromiumVar, "")
	r := &recorder{TB: t}
	if got := envtest.Chromium(r); got != "" || r.skipped == "" || r.failed != "" {
		t.Errorf("got %q, skipped %q, failed %q", got, r.skipped, r.failed)
	}
	t.Setenv(envtest.RequireChromiumVar, "1")
	r = &recorder{TB: t}
	if envtest.Chromium(r); r.failed == "" {
		t.Error("did not fail although a browser is required")
	}
}
