package envtest

import (
	"os"
	"path/filepath"
	"testing"
)

const (
	// EmulatorsVar holds the path of a folder like test/emulators/slack with its
	// packages installed.
	EmulatorsVar = "INSIGHTBOT_EMULATORS"
	// RequireEmulatorsVar makes a test fail where there is none.
	RequireEmulatorsVar = "INSIGHTBOT_REQUIRE_EMULATORS"
)

// Emulators returns the path of a file or folder in the folder of the programs
// that others made for Slack. Without them the test is skipped, or fails where
// they are required.
func Emulators(t testing.TB, elem ...string) string {
	t.Helper()
	root := os.Getenv(EmulatorsVar)
	if root == "" {
		missing(t, RequireEmulatorsVar, EmulatorsVar+" is not set, so Bolt and emulate are missing; test/emulators/slack/package.json lists them")
		return ""
	}
	path := filepath.Join(append([]string{root}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		// A wrong path is a mistake whether or not they are required.
		t.Fatalf("%s: %v", EmulatorsVar, err)
	}
	return path
}
