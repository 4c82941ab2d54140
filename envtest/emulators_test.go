package envtest_test

import (
	"path/filepath"
	"strings"
	"testing"

	"insightbot/envtest"
)

func TestEmulators_SkipsWithoutThemAndFailsWhereTheyAreRequired(t *testing.T) {
	t.Setenv(envtest.EmulatorsVar, "")
	t.Setenv(envtest.RequireEmulatorsVar, "")
	r := &recorder{TB: t}
	if got := envtest.Emulators(r, "bolt.mjs"); got != "" || !strings.Contains(r.skipped, envtest.EmulatorsVar) || r.failed != "" {
		t.Errorf("got %q, skipped %q, failed %q", got, r.skipped, r.failed)
	}
	t.Setenv(envtest.RequireEmulatorsVar, "1")
	r = &recorder{TB: t}
	if envtest.Emulators(r, "bolt.mjs"); r.failed == "" || r.skipped != "" {
		t.Errorf("required: failed %q, skipped %q", r.failed, r.skipped)
	}
	root := t.TempDir()
	t.Setenv(envtest.EmulatorsVar, root)
	r = &recorder{TB: t}
	if envtest.Emulators(r, "none.mjs"); !strings.Contains(r.failed, filepath.Join(root, "none.mjs")) {
		t.Errorf("failed = %q, want the missing path", r.failed)
	}
}
