// Package envtest finds what a test needs from the machine it runs on: the
// reference data and a browser. A developer who lacks one sees the test
// skipped with the reason; the full check sets the requirement, so that there
// a test can never pass by not running.
package envtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The environment variables this package reads. A requirement is in force
// when its variable holds anything but "" or "0".
const (
	// SharedVar holds the absolute path of the reference data.
	SharedVar = "INSIGHTBOT_SHARED"
	// RequireSharedVar makes a test fail where the reference data is missing.
	RequireSharedVar = "INSIGHTBOT_REQUIRE_SHARED"
	// ChromiumVar holds the path of a Chromium, where it is not in PATH.
	ChromiumVar = "INSIGHTBOT_CHROMIUM"
	// RequireChromiumVar makes a test fail where there is no browser.
	RequireChromiumVar = "INSIGHTBOT_REQUIRE_CHROMIUM"
)

// Shared returns the path of a file or folder of the reference data, given by
// its path elements: Shared(t, "data", "events.csv"). Without the data the
// test is skipped, or fails where it is required.
func Shared(t testing.TB, elem ...string) string {
	t.Helper()
	root := os.Getenv(SharedVar)
	if root == "" {
		missing(t, RequireSharedVar, SharedVar+" is not set, so the reference data is missing")
		return ""
	}
	path := filepath.Join(append([]string{root}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		// A wrong path is a mistake whether or not the data is required.
		t.Fatalf("%s: %v", SharedVar, err)
	}
	return path
}

// Chromium returns the path of a Chromium or Chrome. Without one the test is
// skipped, or fails where it is required.
func Chromium(t testing.TB) string {
	t.Helper()
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}
	if name := os.Getenv(ChromiumVar); name != "" {
		names = []string{name}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, RequireChromiumVar, "no Chromium in PATH, and "+ChromiumVar+" names none")
	return ""
}

func missing(t testing.TB, requirement, reason string) {
	t.Helper()
	if v := os.Getenv(requirement); v != "" && v != "0" {
		t.Fatalf("%s, but %s is set", reason, requirement)
		return
	}
	t.Skip(reason)
}
