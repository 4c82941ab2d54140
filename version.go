package main

import (
	"fmt"
	"runtime/debug"
)

// version is the release that this tree is, or becomes next.
const version = "0.1.0"

// versionLine says what is running: the release, the commit where the build
// knows it, and the compiler.
func versionLine() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "insightbot " + version
	}
	commit := ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			commit = " (" + s.Value[:min(12, len(s.Value))] + ")"
		}
	}
	return fmt.Sprintf("insightbot %s%s, %s", version, commit, info.GoVersion)
}
